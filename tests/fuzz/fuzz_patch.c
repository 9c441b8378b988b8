/*
 * Patching a directory that was bent before: a damaged old file is refused, or the new one lacks
 * what was damaged; it never shows anybody or anything wrong.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_patch.h"
#include "damage.h"
#include "../unit/fixture/fixture_model.h"

enum { BASES = 3 };

static struct base {
    struct model model;
    struct damaged file;
} bases[BASES];
static char folder[] = "/tmp/coder-fuzz.XXXXXX";
static char path[64], whole[64];

static void make_base(struct base *base, uint64_t seed, size_t count)
{
    model_seed = seed;
    base->model.generation = 10;
    base->model.listed = AUDITOR | ADMIN | (seed % 2 != 0 ? MEMBER : 0);
    for (size_t i = 0; i < count; i++) {
        struct model_account *account = model_add(&base->model);

        model_change(account);
        if (i % 2 != 0)
            model_change_keys(account);
    }
    model_write(&base->model, path);
    base->file.file = fixture_read(path, &base->file.size);
    fuzz_require(base->file.file != NULL, "a directory can be made");
}

static void clean_up(void)
{
    unlink(path);
    unlink(whole);
    rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_require(mkdtemp(folder) != NULL, "there is a folder");
    snprintf(path, sizeof path, "%s/directory", folder);
    snprintf(whole, sizeof whole, "%s/whole", folder);
    fuzz_at_exit(clean_up);
    make_base(&bases[0], 1, 4);
    make_base(&bases[1], 2, 12);
    make_base(&bases[2], 3, 25);
    return 0;
}

/* The change of one account, or a new one. */
static void pick_change(struct fuzz_input *input, struct model *model, struct model_account *before,
                        struct model_account *after)
{
    size_t which = fuzz_octet(input) % (model->count + 1);
    struct model_account *account = &model->accounts[which];

    model_seed = fuzz_word(input, 4);
    if (which == model->count) {
        account = model_add(model);
        *before = *account;
        before->roles = 0;
    } else {
        *before = *account;
        if (model_pick(8) == 0)
            model_change_keys(account);
        else
            model_change(account);
    }
    *after = *account;
}

/* The header's own octets are as they were: with others the file is another one. */
static bool is_same_header(const struct damaged *one, const struct damaged *other)
{
    return one->size == other->size &&
           memcmp(one->file, other->file, sizeof(struct directory_header)) == 0;
}

static void try_patch(struct fuzz_input *input, const struct base *base, const struct damaged *old)
{
    struct model *model = malloc(sizeof *model);
    struct model_account before, after;
    struct model_shown shown[2];
    struct directory_patch patch;
    bool changed = old->size != base->file.size || memcmp(old->file, base->file.file, old->size) != 0;

    fuzz_require(model != NULL, "there is memory");
    *model = base->model;
    pick_change(input, model, &before, &after);
    if (before.roles != 0 || after.roles != 0) {
        model_describe(model, &before, &after, shown, &patch);
        if (model_patch(path, &patch) == DIRECTORY_OK && !old->forged && !old->swapped) {
            fuzz_require(is_same_header(old, &base->file), "another header is refused");
            model->generation = patch.generation;
            model_assert_answers(model, path, whole, changed);
        }
    }
    free(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = { data, size }, change;
    uint8_t choice = fuzz_octet(&input);
    const struct base *base = &bases[choice % BASES];
    struct damaged old = { malloc(base->file.size), base->file.size, false, false };

    change = input; /* five octets for it, the rest bends the file */
    for (size_t i = 0; i < 5; i++)
        fuzz_octet(&input);
    fuzz_require(old.file != NULL, "there is memory");
    memcpy(old.file, base->file.file, base->file.size);
    damage_apply(&input, choice < 192, &old);
    fuzz_require(fixture_put(path, old.file, old.size), "a file can be put there");
    try_patch(&change, base, &old);
    free(old.file);
    return 0;
}
