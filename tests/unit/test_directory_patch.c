/*
 * test_directory_patch.c - a patched directory answers like one written whole.
 *
 * The principle: a model of accounts changes at random; each change is patched into the file, and
 * the file written whole from the model says what every lookup and enumeration must answer. From a
 * damaged file no patch makes a wrong answer, nor a file that looks whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_patch.h"
#include "fixture/fixture_directory.h"
#include "fixture/fixture_model.h"

static char folder[64], path[80], whole_path[80];

/* In memory where possible: every file here is synced. */
static int folder_make(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/dev/shm/coder-patch-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        snprintf(folder, sizeof(folder), "/tmp/coder-patch-XXXXXX");
        if (mkdtemp(folder) == NULL)
            return -1;
    }
    snprintf(path, sizeof(path), "%s/directory", folder);
    snprintf(whole_path, sizeof(whole_path), "%s/whole", folder);
    return 0;
}

static int folder_remove(void **state)
{
    (void)state;
    unlink(path);
    unlink(whole_path);
    return rmdir(folder);
}

/* -- tests ---- */

/* One change at random, patched or, where that is refused, the file written whole. */
static bool step(struct model *model)
{
    static const struct model_account nobody;
    struct model_account before = nobody, *account;
    struct directory_patch patch;
    struct model_shown shown[2];
    if (model->count == 0 || (model->count < MODEL_ACCOUNTS && model_pick(4) == 0)) {
        account = model_add(model);
    } else {
        account = &model->accounts[model_pick((uint32_t)model->count)];
        before = *account;
        if (account->roles != 0 && model_pick(16) == 0)
            model_change_keys(account);
        else if (account->roles != 0)
            model_change(account);
    }
    if (before.roles == 0 && account->roles == 0)
        return true;
    model_describe(model, &before, account, shown, &patch);
    model->generation = patch.generation;
    if (model_patch(path, &patch) == DIRECTORY_OK)
        return true;
    model_write(model, path);
    return false;
}

static void test_random_changes(void **state)
{
    (void)state;
    static struct model model;
    for (uint64_t round = 0; round < 4; round++) {
        size_t patched = 0;
        model_seed = 20261124 + round;
        model = (struct model){.generation = 7, .listed = round % 2 == 0 ? 6 : 7};
        model_write(&model, path);
        for (size_t i = 0; i < 400; i++) {
            patched += step(&model);
            model_assert_answers(&model, path, whole_path, false);
        }
        assert_true(patched > 300); /* and the others were refused, not wrong */
    }
}

static void model_fill(struct model *model, size_t count)
{
    model_seed = 1;
    *model = (struct model){.generation = 7, .listed = 7};
    while (model->count < count)
        model_add(model)->roles = 7;
    for (size_t i = 0; i < count; i += 5)
        model->accounts[i].suspended = true;
    for (size_t i = 1; i < count; i += 3)
        model_change_keys(&model->accounts[i]);
    model_write(model, path);
}

/* One change of each kind, patched into the file as it is at path. */
static void patch_each_kind(const struct model *good, const void *file, size_t size)
{
    static struct model model;
    static const struct model_account nobody;
    for (int kind = 0; kind < 4; kind++) {
        struct directory_patch patch;
        struct model_shown shown[2];
        model = *good;
        struct model_account *account = kind == 0 ? model_add(&model) : &model.accounts[7];
        struct model_account before = kind == 0 ? nobody : *account;
        if (kind == 1)
            account->roles = 0;
        else if (kind == 2)
            account->suspended = true;
        else
            account->roles = MEMBER;
        model_describe(&model, &before, account, shown, &patch);
        assert_true(fixture_put(path, file, size));
        if (model_patch(path, &patch) != DIRECTORY_OK)
            continue;
        model.generation = patch.generation;
        model_assert_answers(&model, path, whole_path, true);
    }
}

static void test_damage_never_becomes_an_answer(void **state)
{
    (void)state;
    static struct model model;
    size_t size;
    model_fill(&model, 10);
    unsigned char *file = fixture_read(path, &size);
    for (size_t at = 0; at < size; at += 1 + model_pick(9)) {
        unsigned char bit = (unsigned char)(1U << model_pick(8));
        file[at] ^= bit;
        patch_each_kind(&model, file, size);
        file[at] ^= bit;
    }
    free(file);
}

static void test_what_does_not_follow_is_refused(void **state)
{
    (void)state;
    static struct model model;
    struct model_shown shown[2];
    struct directory_patch good, bad;
    model_fill(&model, 10);
    struct model_account before = model.accounts[7];
    model.accounts[7].suspended = true;
    model_describe(&model, &before, &model.accounts[7], shown, &good);
    static const uint32_t stranger[] = {FIXTURE_MEMBER, 27};
    struct directory_user elsewhere = *good.after;
    elsewhere.gids = stranger, elsewhere.gid_count = elsewhere.listed_count = 2;

    bad = good, bad.before_generation--;
    assert_int_equal(model_patch(path, &bad), DIRECTORY_REFUSED);
    bad = good, bad.frame++;
    assert_int_equal(model_patch(path, &bad), DIRECTORY_REFUSED);
    bad = good, bad.after = &elsewhere; /* in a group there is not */
    assert_int_equal(model_patch(path, &bad), DIRECTORY_REFUSED);
    bad = good, bad.before = NULL; /* the uid is taken */
    assert_int_equal(model_patch(path, &bad), DIRECTORY_REFUSED);
    bad = good, bad.before = bad.after = NULL;
    assert_int_equal(model_patch(path, &bad), DIRECTORY_REFUSED);
    assert_int_equal(model_patch(path, &good), DIRECTORY_OK);
    assert_int_equal(model_patch(path, &good), DIRECTORY_REFUSED); /* done already */
}

/* Keys, their end, and who goes with keys or comes with some: the whole file. All else may be patched. */
static void test_keys_are_never_patched(void **state)
{
    (void)state;
    static struct model model;
    static const struct model_account nobody;
    model_fill(&model, 10);
    struct model_account good = model.accounts[7];
    assert_true(good.keys[0] != '\0');
    for (int kind = 0; kind < 8; kind++) {
        struct model_shown shown[2];
        struct directory_patch patch;
        struct model_account before = good, *account = &model.accounts[7];
        bool other = kind < 5;
        if (kind == 0)
            account->keys[3] = 'x';
        else if (kind == 1)
            account->keys[0] = '\0';
        else if (kind == 2)
            account->until += 9;
        else if (kind == 3)
            account->roles = 0;
        else if (kind == 4)
            before = nobody, account = model_add(&model), snprintf(account->keys, sizeof account->keys, "ssh-rsa A\n");
        else if (kind == 5)
            account->suspended = true;
        else if (kind == 6)
            account->shut = true;
        else
            account->shared = !account->shared;
        model_describe(&model, &before, account, shown, &patch);
        assert_int_equal(model_patch(path, &patch), other ? DIRECTORY_REFUSED : DIRECTORY_OK);
        model.generation = other ? model.generation : patch.generation;
        if (account == &model.accounts[7] && other)
            *account = good;
        else
            good = model.accounts[7], model.count = 10;
    }
    model_assert_answers(&model, path, whole_path, false);
}

/* The user is not shown so, or may not be shown so. */
static void test_other_users_are_refused(void **state)
{
    (void)state;
    static struct model model;
    struct model_shown shown[2];
    struct directory_patch patch;
    model_fill(&model, 10);
    struct model_account before = model.accounts[7];
    snprintf(model.accounts[7].gecos, sizeof(before.gecos), "New");
    model_describe(&model, &before, &model.accounts[7], shown, &patch);
    for (int which = 0; which < 2; which++) {
        struct directory_user *user = &shown[which].user, good = *user;
        static const uint32_t root[] = {FIXTURE_MEMBER, FIXTURE_AUDITOR, 0};
        static const struct directory_user others[] = {
            {.name = "other"}, {.uid = 70103}, {.gecos = "a:b"}, {.home = "home"}, {.shell = "sh"},
            {.gids = root},
        };
        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
            *user = good;
            user->name = others[i].name != NULL ? others[i].name : good.name;
            user->uid = user->gid = others[i].uid != 0 ? others[i].uid : good.uid;
            user->gecos = others[i].gecos != NULL ? others[i].gecos : good.gecos;
            user->home = others[i].home != NULL ? others[i].home : good.home;
            user->shell = others[i].shell != NULL ? others[i].shell : good.shell;
            user->gids = others[i].gids != NULL ? others[i].gids : good.gids;
            assert_int_equal(model_patch(path, &patch), DIRECTORY_REFUSED);
        }
        *user = good;
        user->suspended = !user->suspended;
        assert_int_equal(model_patch(path, &patch) == DIRECTORY_OK, which == 1);
        *user = good;
    }
}

static void test_untrusted_files_are_refused(void **state)
{
    (void)state;
    static struct model model;
    struct model_shown shown[2];
    struct directory_patch patch;
    model_fill(&model, 10);
    struct model_account before = model.accounts[7];
    model.accounts[7].suspended = true;
    model_describe(&model, &before, &model.accounts[7], shown, &patch);
    assert_int_equal(chmod(path, 0666), 0);
    assert_int_equal(model_patch(path, &patch), DIRECTORY_REFUSED);
    assert_int_equal(rename(path, whole_path), 0);
    assert_int_equal(model_patch(path, &patch), DIRECTORY_REFUSED);
    assert_int_equal(chmod(whole_path, 0644), 0);
    assert_int_equal(symlink(whole_path, path), 0);
    assert_int_equal(model_patch(path, &patch), DIRECTORY_REFUSED);
    assert_int_equal(rename(whole_path, path), 0);
    assert_int_equal(model_patch(path, &patch), DIRECTORY_OK);
}

/* Right checksums, wrong places: whatever comes of it, it ends and stays inside the file. */
static void test_forged_places(void **state)
{
    (void)state;
    static const uint64_t odd[] = {0, 1, 64, 512, 4096, UINT32_MAX, UINT64_MAX - 63, 1ULL << 63};
    static struct model model;
    struct model_shown shown[2];
    struct directory_patch patch;
    size_t size;
    model_fill(&model, 10);
    struct model_account before = model.accounts[7];
    snprintf(model.accounts[7].gecos, sizeof(before.gecos), "Longer than it was before");
    model.accounts[7].roles = MEMBER;
    model_describe(&model, &before, &model.accounts[7], shown, &patch);
    unsigned char *file = fixture_read(path, &size);
    unsigned char *bent = malloc(size);
    size_t record = fixture_record(file, DIRECTORY_USERS, 7);
    for (size_t i = 0; i < 8 * (sizeof(struct directory_header) + 64) / 8; i++) {
        bool header = i < sizeof(struct directory_header);
        size_t at = header ? i / 8 * 8 : record + (i - sizeof(struct directory_header)) / 8 * 8;
        memcpy(bent, file, size);
        memcpy(bent + at, &odd[i % 8], sizeof(odd[0]));
        if (header)
            fixture_seal_header(bent);
        else
            fixture_seal_record(bent, DIRECTORY_USERS, 7);
        assert_true(fixture_put(path, bent, size));
        model_patch(path, &patch);
    }
    free(bent);
    free(file);
}

/* Texts that grow for ever make the file larger by a part of itself only. */
static void test_dead_bytes_are_bounded(void **state)
{
    (void)state;
    static struct model model;
    size_t size, refused = 0;
    model_fill(&model, 100);
    free(fixture_read(path, &size));
    for (size_t i = 0; i < 1000; i++) {
        struct model_shown shown[2];
        struct directory_patch patch;
        struct stat file;
        struct model_account *account = &model.accounts[i % 100], before = *account;
        snprintf(account->gecos, sizeof(account->gecos), "%0*d", (int)(i / 20) + 20, 0);
        model_describe(&model, &before, account, shown, &patch);
        model.generation = patch.generation;
        if (model_patch(path, &patch) != DIRECTORY_OK) {
            model_write(&model, path);
            refused++;
        }
        assert_int_equal(stat(path, &file), 0);
        assert_true((size_t)file.st_size < 2 * size + 16384);
    }
    assert_in_range(refused, 1, 30);
    model_assert_answers(&model, path, whole_path, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_changes),
        cmocka_unit_test(test_damage_never_becomes_an_answer),
        cmocka_unit_test(test_what_does_not_follow_is_refused),
        cmocka_unit_test(test_keys_are_never_patched),
        cmocka_unit_test(test_other_users_are_refused),
        cmocka_unit_test(test_untrusted_files_are_refused),
        cmocka_unit_test(test_forged_places),
        cmocka_unit_test(test_dead_bytes_are_bounded),
    };
    return cmocka_run_group_tests_name("directory, patched", tests, folder_make, folder_remove);
}
