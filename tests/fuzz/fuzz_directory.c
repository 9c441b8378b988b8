/*
 * The reader of the directory on files bent at will: no octet outside the file is looked at, what
 * comes out keeps the promises of directory.h, and where no checksum was forged it is the truth.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_keys.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_read.h"
#include "nss_coder/directory_write.h"
#include "nss_coder/directory_writer.h"
#include "damage.h"

enum { BASES = 2, LONG_LIST = 200, NOW = 1000 };

static char keys_text[201]; /* one line */
static struct damaged bases[BASES]; /* never bent */
static char folder[] = "/tmp/coder-fuzz.XXXXXX";
static char path[64];

/* -- the files ---- */

/* Texts and lists that do not fit into a record. */
static bool add_long_ones(struct directory_writer *writer)
{
    static uint32_t gids[LONG_LIST];
    char name[33], gecos[200];
    bool good = true;

    memset(gecos, 'g', sizeof gecos);
    gecos[sizeof gecos - 1] = '\0';
    for (uint32_t i = 0; i < LONG_LIST; i++)
        gids[i] = 90000 + i;
    memset(keys_text, 'k', sizeof keys_text - 2);
    keys_text[sizeof keys_text - 2] = '\n';
    gids[0] = 79000;
    gids[1] = 27;
    for (uint32_t i = 0; i < 20; i++) {
        bool shared = i % 4 == 3;
        struct directory_user user = { .name = name, .uid = 80000 + i,
                                       .gid = shared ? 100 : 80000 + i, .private_group = !shared,
                                       .gecos = gecos + i, .home = "/home/long", .shell = "/bin/sh",
                                       .shut = i % 5 == 1, .until = i % 6 == 5 ? NOW : 0,
                                       .keys = keys_text + 9 * i, .gids = gids,
                                       .gid_count = 9 * i + 2, .listed_count = i < 3 ? 2 : 1 };

        user.keys_length = i % 3 == 0 ? 0 : strlen(user.keys);
        snprintf(name, sizeof name, "a-rather-long-name-number-%u", (unsigned)i);
        good = good && directory_writer_add_user(writer, &user) == DIRECTORY_OK;
    }
    const struct directory_group group = { "crowd", 79000, false };
    const struct directory_group local = { "sudo", 27, true };
    return good && directory_writer_add_group(writer, &group) == DIRECTORY_OK &&
           directory_writer_add_group(writer, &local) == DIRECTORY_OK;
}

static void make_base(size_t which)
{
    struct directory_writer *writer = fixture_writer(7);

    fuzz_require(writer != NULL && (which == 0 || add_long_ones(writer)) &&
                     fixture_replace(path, writer),
                 "a directory can be written");
    bases[which].file = fixture_read(path, &bases[which].size);
    fuzz_require(bases[which].file != NULL, "and read");
}

static void clean_up(void)
{
    unlink(path);
    rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_require(mkdtemp(folder) != NULL, "there is a folder");
    snprintf(path, sizeof path, "%s/directory", folder);
    fuzz_at_exit(clean_up);
    for (size_t i = 0; i < BASES; i++)
        make_base(i);
    return 0;
}

/* -- what must hold of an answer ---- */

static void check_gids(const struct directory_view *view, const struct directory_entry *entry)
{
    uint32_t *gids = malloc(DIRECTORY_GIDS_MAX * sizeof *gids);
    size_t count = 0;

    if (directory_user_gids(view, entry, gids, &count) == DIRECTORY_OK) {
        fuzz_require(count <= DIRECTORY_GIDS_MAX && count <= entry->list_count, "gids are counted");
        for (size_t i = 0; i < count; i++)
            fuzz_require(gids[i] != 0, "gid 0 is nobody's");
    }
    free(gids);
}

static void check_members(const struct directory_view *view, const struct directory_entry *entry)
{
    char *names = malloc((size_t)entry->list_length + (entry->list_length == 0));
    char **members = malloc(((size_t)entry->list_count + 1) * sizeof *members);
    size_t count = 0;

    fuzz_require(names != NULL && members != NULL, "a list is no longer than the file");
    if (directory_group_members(view, entry, names, members) == DIRECTORY_OK) {
        for (; members[count] != NULL; count++) {
            size_t at = (size_t)(members[count] - names);

            fuzz_require(at < entry->list_length &&
                             memchr(members[count], '\0', entry->list_length - at) != NULL,
                         "a member's name ends inside the list");
        }
        fuzz_require(count == entry->list_count, "members are counted");
    }
    free(members);
    free(names);
}

static void check_entry(const struct directory_view *view, const struct directory_entry *entry,
                        bool group)
{
    fuzz_require(entry->id != 0 && entry->id != UINT32_MAX, "an id is never 0 or -1");
    fuzz_require(entry->gid != 0 && entry->gid != UINT32_MAX, "nor a primary group");
    fuzz_require(!group || entry->gid == entry->id, "a group is its own");
    fuzz_require(entry->name_length > 0 && entry->name_length <= DIRECTORY_NAME_MAX, "a name's length");
    fuzz_require(entry->text_length <= DIRECTORY_TEXT_MAX && entry->gecos < entry->home &&
                     entry->home < entry->shell && entry->shell < entry->text_length &&
                     entry->text[entry->text_length - 1] == '\0',
                 "texts end one behind the other");
    fuzz_require(entry->list_length <= directory_view_header(view)->size, "a list is in the file");
    if (group)
        check_members(view, entry);
    else
        check_gids(view, entry);
}

/* -- the truth ---- */

/* A user or group of the file as it was made; groups with their private ones. */
static bool find_truth(const struct damaged *base, const struct directory_entry *entry, bool group)
{
    struct directory_view view;
    struct directory_entry truth;
    int fd = fuzz_file(base->file, base->size);
    bool same;

    fuzz_require(directory_view_of(fd, &view) == DIRECTORY_OK, "what was not bent can be read");
    same = (group ? directory_find_group_by_gid(&view, entry->id, &truth)
                  : directory_find_user_by_uid(&view, entry->id, &truth)) == DIRECTORY_OK &&
           truth.text_length == entry->text_length && truth.suspended == entry->suspended &&
           truth.gid == entry->gid && truth.shut == entry->shut &&
           truth.private_group == entry->private_group &&
           truth.local == entry->local && truth.list_count == entry->list_count &&
           memcmp(truth.text, entry->text, truth.text_length) == 0;
    close(fd);
    return same;
}

/* The keys this user has in the file as it was made. */
static bool are_true_keys(const struct damaged *base, const struct directory_entry *user,
                          const char *keys, size_t length)
{
    static char truth[DIRECTORY_KEYS_MAX];
    struct directory_view view;
    size_t true_length = 0;
    int fd = fuzz_file(base->file, base->size);
    bool same;

    fuzz_require(directory_view_of(fd, &view) == DIRECTORY_OK, "what was not bent can be read");
    same = directory_user_keys(&view, user, NOW, truth, &true_length) == DIRECTORY_OK &&
           length == true_length && memcmp(keys, truth, length) == 0;
    close(fd);
    return same;
}

struct trial {
    const struct directory_view *view;
    const struct damaged *base;
    bool forged;
};

static void check_keys(const struct trial *trial, const struct directory_entry *user)
{
    char *keys = malloc(DIRECTORY_KEYS_MAX);
    size_t length = 0;

    if (directory_user_keys(trial->view, user, NOW, keys, &length) == DIRECTORY_OK) {
        fuzz_require(!user->suspended && !user->shut, "nobody suspended or shut has keys");
        fuzz_require(length > 0 && length <= DIRECTORY_KEYS_MAX && keys[length - 1] == '\n' &&
                         memchr(keys, '\0', length) == NULL,
                     "keys are lines");
        fuzz_require(trial->forged || are_true_keys(trial->base, user, keys, length),
                     "keys are the truth");
    }
    free(keys);
}

static void check_answer(const struct trial *trial, enum directory_result result,
                         const struct directory_entry *entry, bool group)
{
    if (result != DIRECTORY_OK)
        return;
    check_entry(trial->view, entry, group);
    if (!group)
        check_keys(trial, entry);
    fuzz_require(trial->forged || find_truth(trial->base, entry, group), "an answer is the truth");
}

/* -- questions ---- */

static void ask_name(const struct trial *trial, const char *name)
{
    struct directory_entry entry;
    enum directory_result result = directory_find_user_by_name(trial->view, name, &entry);

    fuzz_require(result != DIRECTORY_OK ||
                     (entry.name_length == strlen(name) && strcmp(entry.text, name) == 0),
                 "the user asked for");
    check_answer(trial, result, &entry, false);
    result = directory_find_group_by_name(trial->view, name, &entry);
    fuzz_require(result != DIRECTORY_OK || strcmp(entry.text, name) == 0, "the group asked for");
    check_answer(trial, result, &entry, true);
}

static void ask_id(const struct trial *trial, uint32_t id)
{
    struct directory_entry entry;
    enum directory_result result = directory_find_user_by_uid(trial->view, id, &entry);

    fuzz_require(result != DIRECTORY_OK || entry.id == id, "the uid asked for");
    check_answer(trial, result, &entry, false);
    result = directory_find_group_by_gid(trial->view, id, &entry);
    fuzz_require(result != DIRECTORY_OK || entry.id == id, "the gid asked for");
    check_answer(trial, result, &entry, true);
}

static void enumerate(const struct trial *trial, bool group)
{
    const uint64_t most = 2 * directory_view_header(trial->view)->size / sizeof(struct directory_record);
    struct directory_entry entry;
    enum directory_result result = DIRECTORY_OK;
    uint64_t index = 0;

    while (result != DIRECTORY_NOT_FOUND) {
        result = group ? directory_group_at(trial->view, index, &entry)
                       : directory_user_at(trial->view, index, &entry);
        check_answer(trial, result, &entry, group);
        fuzz_require(index++ <= most, "enumeration ends");
    }
}

static void ask_all(const struct trial *trial)
{
    static const char *const names[] = { "alice", "bob", "carol", "dora", "coder-admin", "coder-member", "sudo",
                                         "a-rather-long-name-number-7", "crowd", "nobody", "", "root" };
    static const uint32_t ids[] = { FIXTURE_ALICE, FIXTURE_BOB, FIXTURE_AUDITOR, 79000, 80003, 27, FIXTURE_DORA, 100, 0,
                                    UINT32_MAX, 4242 };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ask_name(trial, names[i]);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        ask_id(trial, ids[i]);
    enumerate(trial, false);
    enumerate(trial, true);
    directory_view_check_whole(trial->view);
}

/* Through a descriptor, and as if mapped into memory of the very size. */
static void read_it(const struct damaged *damaged, const struct damaged *base)
{
    int fd = fuzz_file(damaged->file, damaged->size);
    struct directory_view view;
    struct trial trial = { &view, base, damaged->forged };

    if (directory_view_of(fd, &view) == DIRECTORY_OK) {
        ask_all(&trial);
        view.own.data = damaged->file;
        ask_all(&trial);
    }
    close(fd);
}

static void read_by_path(const struct damaged *damaged, const struct damaged *base)
{
    struct directory_view view;
    struct trial trial = { &view, base, damaged->forged };

    fuzz_require(fixture_put(path, damaged->file, damaged->size), "a file can be put there");
    if (directory_view_open(path, &view) != DIRECTORY_OK)
        return;
    ask_all(&trial);
    directory_view_close(&view);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = { data, size };
    uint8_t choice = fuzz_octet(&input);
    const struct damaged *base = &bases[choice % BASES];
    struct damaged damaged = { malloc(base->size), base->size, false, false };

    fuzz_require(damaged.file != NULL, "there is memory");
    memcpy(damaged.file, base->file, base->size);
    damage_apply(&input, (choice & 2) != 0, &damaged);
    read_it(&damaged, base);
    if ((choice & 4) != 0)
        read_by_path(&damaged, base);
    free(damaged.file);
    return 0;
}
