/*
 * test_directory.c - the public directory file: what goes in and what comes back.
 *
 * The principle: write as the product does (a new file, renamed) and ask through the public calls.
 * Damage, distrust and threads are in test_directory_hostile.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_finish.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_read.h"
#include "nss_coder/directory_write.h"
#include "nss_coder/directory_writer.h"
#include "fixture/fixture_directory.h"

static char folder[] = "/tmp/coder-directory-XXXXXX";
static char path[64];

static int folder_make(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/directory", folder);
    return 0;
}

static int folder_remove(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static struct directory_view view_open(void)
{
    struct directory_view view;
    assert_int_equal(directory_view_open(path, &view), DIRECTORY_OK);
    return view;
}

static void assert_user(const struct directory_entry *entry, const struct fixture_user *user,
                        uint64_t generation)
{
    char gecos[64];
    fixture_gecos(user, generation, gecos);
    assert_int_equal(entry->id, user->uid);
    assert_int_equal(entry->gid, user->gid != 0 ? user->gid : user->uid);
    assert_int_equal(entry->private_group, user->gid == 0);
    assert_int_equal(entry->suspended, user->suspended);
    assert_string_equal(entry->text, user->name);
    assert_int_equal(entry->name_length, strlen(user->name));
    assert_string_equal(entry->text + entry->gecos, gecos);
    assert_string_equal(entry->text + entry->home, user->home);
    assert_string_equal(entry->text + entry->shell, user->shell);
}

static void test_users_come_back(void **state)
{
    (void)state;
    assert_true(fixture_publish(path, 7));
    struct directory_view view = view_open();
    assert_int_equal(directory_view_generation(&view), 7);
    assert_int_equal(directory_view_check_whole(&view), DIRECTORY_OK);
    for (size_t i = 0; i < FIXTURE_USERS; i++) {
        const struct fixture_user *user = &fixture_users[i];
        struct directory_entry entry;
        assert_int_equal(directory_find_user_by_name(&view, user->name, &entry), DIRECTORY_OK);
        assert_user(&entry, user, 7);
        assert_int_equal(directory_find_user_by_uid(&view, user->uid, &entry), DIRECTORY_OK);
        assert_user(&entry, user, 7);
        assert_int_equal(directory_user_at(&view, i, &entry), DIRECTORY_OK);
        assert_user(&entry, user, 7);
        uint32_t gids[DIRECTORY_GIDS_MAX];
        size_t count = 99;
        assert_int_equal(directory_user_gids(&view, &entry, gids, &count), DIRECTORY_OK);
        assert_int_equal(count, user->gid_count);
        assert_memory_equal(gids, user->gids, count * sizeof(gids[0]));
    }
    struct directory_entry entry;
    assert_int_equal(directory_user_at(&view, FIXTURE_USERS, &entry), DIRECTORY_NOT_FOUND);
    directory_view_close(&view);
}

static void assert_group(const struct directory_view *view, const struct directory_entry *entry,
                         const struct fixture_group *group)
{
    assert_int_equal(entry->id, group->gid);
    assert_string_equal(entry->text, group->name);
    assert_int_equal(entry->list_count, group->member_count);
    char names[64];
    char *members[4];
    assert_true(entry->list_length <= sizeof(names));
    assert_int_equal(directory_group_members(view, entry, names, members), DIRECTORY_OK);
    for (size_t i = 0; i < group->member_count; i++)
        assert_string_equal(members[i], group->member_names[i]);
    assert_null(members[group->member_count]);
}

static void test_groups_come_back(void **state)
{
    (void)state;
    assert_true(fixture_publish(path, 1));
    struct directory_view view = view_open();
    for (size_t i = 0; i < FIXTURE_GROUPS; i++) {
        const struct fixture_group *group = &fixture_groups[i];
        struct directory_entry entry;
        assert_int_equal(directory_find_group_by_name(&view, group->name, &entry), DIRECTORY_OK);
        assert_group(&view, &entry, group);
        assert_int_equal(directory_find_group_by_gid(&view, group->gid, &entry), DIRECTORY_OK);
        assert_group(&view, &entry, group);
        assert_int_equal(directory_group_at(&view, i, &entry), DIRECTORY_OK);
        assert_group(&view, &entry, group);
        /* A group is no user. */
        assert_int_equal(directory_find_user_by_name(&view, group->name, &entry),
                         DIRECTORY_NOT_FOUND);
        assert_int_equal(directory_find_user_by_uid(&view, group->gid, &entry),
                         DIRECTORY_NOT_FOUND);
    }
    directory_view_close(&view);
}

static void test_private_groups(void **state)
{
    (void)state;
    assert_true(fixture_publish(path, 1));
    struct directory_view view = view_open();
    for (size_t i = 0; i < FIXTURE_PRIVATE; i++) {
        struct fixture_group group = {.name = fixture_users[i].name, .gid = fixture_users[i].uid};
        struct directory_entry entry;
        assert_int_equal(directory_find_group_by_name(&view, group.name, &entry), DIRECTORY_OK);
        assert_group(&view, &entry, &group);
        assert_int_equal(directory_find_group_by_gid(&view, group.gid, &entry), DIRECTORY_OK);
        assert_group(&view, &entry, &group);
        assert_int_equal(directory_group_at(&view, FIXTURE_GROUPS + i, &entry), DIRECTORY_OK);
        assert_group(&view, &entry, &group);
    }
    struct directory_entry entry;
    const struct fixture_user *dora = &fixture_users[FIXTURE_PRIVATE]; /* has none */
    assert_int_equal(directory_group_at(&view, FIXTURE_GROUPS + FIXTURE_PRIVATE, &entry),
                     DIRECTORY_UNAVAILABLE);
    assert_int_equal(directory_group_at(&view, FIXTURE_GROUPS + FIXTURE_USERS, &entry),
                     DIRECTORY_NOT_FOUND);
    assert_int_equal(directory_find_group_by_name(&view, dora->name, &entry), DIRECTORY_NOT_FOUND);
    assert_int_equal(directory_find_group_by_gid(&view, dora->uid, &entry), DIRECTORY_NOT_FOUND);
    directory_view_close(&view);
}

static void assert_nobody(const struct directory_view *view, const char *name, uint32_t id)
{
    struct directory_entry entry;
    assert_int_equal(directory_find_user_by_name(view, name, &entry), DIRECTORY_NOT_FOUND);
    assert_int_equal(directory_find_group_by_name(view, name, &entry), DIRECTORY_NOT_FOUND);
    assert_int_equal(directory_find_user_by_uid(view, id, &entry), DIRECTORY_NOT_FOUND);
    assert_int_equal(directory_find_group_by_gid(view, id, &entry), DIRECTORY_NOT_FOUND);
}

static void test_strangers_are_not_found(void **state)
{
    (void)state;
    assert_true(fixture_publish(path, 1));
    char endless[5000];
    memset(endless, 'a', sizeof(endless) - 1);
    endless[sizeof(endless) - 1] = '\0';
    struct directory_view view = view_open();
    assert_nobody(&view, "dave", 70103);
    assert_nobody(&view, "", 0);
    assert_nobody(&view, "alic", UINT32_MAX);
    assert_nobody(&view, "alicee", 1);
    assert_nobody(&view, "Alice", UINT32_MAX - 1);
    assert_nobody(&view, endless, 27);
    directory_view_close(&view);
}

static void test_empty_directory(void **state)
{
    (void)state;
    const struct directory_plan plan = {.generation = 3};
    assert_true(fixture_replace(path, fixture_writer_begin(&plan)));
    struct directory_view view = view_open();
    struct directory_entry entry;
    assert_int_equal(directory_view_generation(&view), 3);
    assert_int_equal(directory_view_check_whole(&view), DIRECTORY_OK);
    assert_nobody(&view, "alice", FIXTURE_ALICE);
    assert_int_equal(directory_user_at(&view, 0, &entry), DIRECTORY_NOT_FOUND);
    assert_int_equal(directory_group_at(&view, 0, &entry), DIRECTORY_NOT_FOUND);
    directory_view_close(&view);
}

static const struct directory_user good = {
    .name = "dave", .uid = 70103, .gid = 70103, .private_group = true, .gecos = "Dave",
    .home = "/home/dave", .shell = "/bin/sh",
};

static enum directory_result add_user(struct directory_user user)
{
    const struct directory_plan plan = {.users = 1};
    struct directory_writer *writer = fixture_writer_begin(&plan);
    assert_non_null(writer);
    enum directory_result result = directory_writer_add_user(writer, &user);
    assert_int_equal(directory_user_is_valid(&user), result == DIRECTORY_OK);
    fixture_writer_free(writer);
    return result;
}

static void test_writer_refuses_bad_names(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "Dave", "1dave", "-dave", "da ve", "da:ve", "da\nve", "../dave", "da,ve", "d\xc3\xa4ve",
        "root$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" /* 33 */,
    };
    struct directory_user user = good;
    assert_int_equal(add_user(user), DIRECTORY_OK);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        user.name = bad[i];
        assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    }
    user.name = "_d-4567890123456789012345678901x"; /* 32 */
    assert_int_equal(strlen(user.name), 32);
    assert_int_equal(add_user(user), DIRECTORY_OK);
}

static void test_writer_refuses_bad_ids(void **state)
{
    (void)state;
    static const uint32_t zero[] = {27, 0}, none[] = {UINT32_MAX};
    struct directory_user user = good;
    user.uid = user.gid = 0;
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    user.uid = user.gid = UINT32_MAX;
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    user.uid = 70103, user.gid = 100; /* with a private group of that id there is none */
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    user.private_group = false;
    assert_int_equal(add_user(user), DIRECTORY_OK);
    user.gid = 0;
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    user.gid = UINT32_MAX;
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    user = good;
    user.gids = zero, user.gid_count = 2;
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    user.gids = none, user.gid_count = 1;
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);

    const struct directory_plan plan = {.groups = 1};
    struct directory_writer *writer = fixture_writer_begin(&plan);
    struct directory_group group = {.name = "coder-x"};
    assert_int_equal(directory_writer_add_group(writer, &group), DIRECTORY_REFUSED);
    group.gid = UINT32_MAX;
    assert_int_equal(directory_writer_add_group(writer, &group), DIRECTORY_REFUSED);
    group = (struct directory_group){.name = "Coder", .gid = 70009};
    assert_int_equal(directory_writer_add_group(writer, &group), DIRECTORY_REFUSED);
    fixture_writer_free(writer);
}

static void test_writer_keeps_to_the_plan(void **state)
{
    (void)state;
    static const struct directory_plan plan = {.users = 1, .groups = 1};
    static const struct directory_plan endless = {.users = UINT64_MAX / 128};
    static const struct directory_group group = {.name = "coder-x", .gid = 70009};
    struct directory_writer *writer = fixture_writer_begin(&plan);
    struct directory_user user = good;
    assert_int_equal(directory_writer_add_user(writer, &user), DIRECTORY_OK);
    user.name = "erin", user.uid = user.gid = 70104;
    assert_int_equal(directory_writer_add_user(writer, &user), DIRECTORY_REFUSED);
    assert_int_equal(directory_writer_add_group(writer, &group), DIRECTORY_OK);
    assert_int_equal(directory_writer_add_group(writer, &group), DIRECTORY_REFUSED);
    assert_true(fixture_replace(path, writer));
    assert_null(fixture_writer_begin(&endless));
}

static void test_writer_refuses_bad_texts(void **state)
{
    (void)state;
    static char longest[DIRECTORY_TEXT_MAX + 1];
    static uint32_t gids[DIRECTORY_GIDS_MAX + 1];
    struct directory_user user = good;
    user.gecos = "Dave:x:0";
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    user.gecos = "Dave\nroot";
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    user = good, user.home = "home";
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    user = good, user.shell = "";
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    user = good, user.shell = "/bin/sh\x7f";
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);

    user = good, user.gecos = longest;
    size_t others = strlen(user.name) + strlen(user.home) + strlen(user.shell) + 4;
    memset(longest, 'x', DIRECTORY_TEXT_MAX - others);
    assert_int_equal(add_user(user), DIRECTORY_OK);
    longest[DIRECTORY_TEXT_MAX - others] = 'x';
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    memset(longest, 'x', DIRECTORY_TEXT_MAX);
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);

    user = good, user.gids = gids;
    for (size_t i = 0; i <= DIRECTORY_GIDS_MAX; i++)
        gids[i] = 100;
    user.gid_count = DIRECTORY_GIDS_MAX;
    assert_int_equal(add_user(user), DIRECTORY_OK);
    user.private_group = false; /* one more */
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    user.gid_count--;
    assert_int_equal(add_user(user), DIRECTORY_OK);
    user = good, user.gids = gids, user.gid_count = DIRECTORY_GIDS_MAX + 1;
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
    user = good, user.gids = gids, user.gid_count = 1, user.listed_count = 2;
    assert_int_equal(add_user(user), DIRECTORY_REFUSED);
}

/* A name and an id, added to the fixture as a user or a role group; no reader may take the file. */
static void assert_added(const char *name, uint32_t id, bool group, enum directory_result expected)
{
    const struct directory_plan plan = {2, 0, FIXTURE_USERS + 1, FIXTURE_GROUPS + 1,
                                        FIXTURE_USERS, FIXTURE_KEYS};
    struct directory_writer *writer;
    struct directory_view view;
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(directory_writer_new(fd, &plan, &writer), DIRECTORY_OK);
    assert_true(fixture_fill(writer, 2));
    struct directory_user user = good;
    user.name = name, user.uid = user.gid = id;
    struct directory_group role = {.name = name, .gid = id};
    assert_int_equal(group ? directory_writer_add_group(writer, &role)
                           : directory_writer_add_user(writer, &user), DIRECTORY_OK);
    assert_int_equal(directory_writer_finish(writer), expected);
    assert_int_equal(directory_view_of(fd, &view),
                     expected == DIRECTORY_OK ? DIRECTORY_OK : DIRECTORY_UNAVAILABLE);
    close(fd);
    directory_writer_free(writer);
}

static void assert_duplicate(const char *name, uint32_t id, bool group)
{
    assert_added(name, id, group, DIRECTORY_REFUSED);
}

static void test_writer_refuses_duplicates(void **state)
{
    (void)state;
    assert_duplicate("alice", 70103, false);
    assert_duplicate("dave", FIXTURE_ALICE, false);
    assert_duplicate("coder-admin", 70103, false);
    assert_duplicate("dave", FIXTURE_ADMIN, false);
    assert_duplicate("alice", 70003, true);
    assert_duplicate("coder-x", FIXTURE_ALICE, true);
    assert_duplicate("coder-admin", 70003, true);
    assert_duplicate("coder-x", FIXTURE_ADMIN, true);
    assert_added("dora", 70003, true, DIRECTORY_OK); /* who has no private group */
    assert_added("coder-x", FIXTURE_DORA, true, DIRECTORY_OK);
}

/* With a text that only the heap has room for. */
static enum directory_result add_long(struct directory_writer *writer, uint32_t i)
{
    char name[32], gecos[3000];
    struct directory_user user = good;
    snprintf(name, sizeof(name), "long%u", i);
    memset(gecos, 'g', sizeof(gecos));
    gecos[sizeof(gecos) - 1] = '\0';
    user.name = name, user.uid = user.gid = 80000 + i, user.gecos = gecos;
    return directory_writer_add_user(writer, &user);
}

static void test_full_disk_fails_with_errno(void **state)
{
    (void)state;
    const struct directory_plan large = {.users = 10000}, small = {.users = 1000};
    struct directory_writer *writer = NULL;
    enum directory_result result = DIRECTORY_OK;
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    struct rlimit limit, old;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    limit = old, limit.rlim_cur = 600 << 10;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);

    errno = 0; /* at once ... */
    assert_int_equal(directory_writer_new(fd, &large, &writer), DIRECTORY_FAILED);
    assert_int_equal(errno, EFBIG);
    assert_int_equal(directory_writer_new(fd, &small, &writer), DIRECTORY_OK);
    for (uint32_t i = 0; result == DIRECTORY_OK && i < 1000; i++) /* ... or by and by */
        result = add_long(writer, i);
    assert_int_equal(result, DIRECTORY_FAILED);
    assert_int_equal(errno, EFBIG);
    directory_writer_free(writer);
    directory_writer_free(NULL);
    close(fd);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, handler);
}

/* Where the file cannot be mapped for writing the same comes of it. */
static void test_unmappable_file(void **state)
{
    (void)state;
    const struct directory_plan plan = {1, 0, FIXTURE_ROOM, FIXTURE_ROOM, FIXTURE_OWNERS, FIXTURE_KEYS};
    struct directory_writer *writer;
    char beside[80];
    size_t size, mapped_size;
    snprintf(beside, sizeof(beside), "%s/beside", folder);
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    assert_int_equal(directory_writer_new(fd, &plan, &writer), DIRECTORY_OK);
    assert_true(fixture_fill(writer, 1));
    for (uint32_t i = 0; i < 50; i++)
        assert_int_equal(add_long(writer, i), DIRECTORY_OK);
    assert_int_equal(directory_writer_finish(writer), DIRECTORY_OK);
    directory_writer_free(writer);
    close(fd);

    writer = fixture_writer(1);
    for (uint32_t i = 0; i < 50; i++)
        assert_int_equal(add_long(writer, i), DIRECTORY_OK);
    assert_true(fixture_replace(path, writer));
    unsigned char *file = fixture_read(beside, &size), *mapped = fixture_read(path, &mapped_size);
    assert_int_equal(size, mapped_size);
    assert_memory_equal(file, mapped, size);
    free(file);
    free(mapped);
    unlink(beside);
}

static void test_ten_thousand_users(void **state)
{
    (void)state;
    static const uint32_t member[] = {70001};
    const struct directory_plan plan = {.generation = 1, .users = 10000, .groups = 1};
    struct directory_writer *writer = fixture_writer_begin(&plan);
    for (uint32_t i = 0; i < 10000; i++) {
        char name[32];
        snprintf(name, sizeof(name), "user%u", i);
        struct directory_user user = good;
        user.name = name, user.uid = user.gid = 1900000000U + i;
        user.gids = member, user.gid_count = user.listed_count = 1;
        assert_int_equal(directory_writer_add_user(writer, &user), DIRECTORY_OK);
    }
    struct directory_group group = {"coder-member", 70001, false};
    assert_int_equal(directory_writer_add_group(writer, &group), DIRECTORY_OK);
    assert_true(fixture_replace(path, writer));

    struct directory_view view = view_open();
    struct directory_entry entry;
    for (uint32_t i = 0; i < 10000; i++) {
        assert_int_equal(directory_find_user_by_uid(&view, 1900000000U + i, &entry), DIRECTORY_OK);
        assert_int_equal(atoi(entry.text + 4), i);
        assert_int_equal(directory_find_user_by_name(&view, entry.text, &entry), DIRECTORY_OK);
        assert_int_equal(entry.id, 1900000000U + i);
    }
    assert_int_equal(directory_find_group_by_gid(&view, 70001, &entry), DIRECTORY_OK);
    char *names = malloc(entry.list_length);
    char **list = malloc((entry.list_count + 1) * sizeof(*list));
    assert_int_equal(directory_group_members(&view, &entry, names, list), DIRECTORY_OK);
    assert_string_equal(list[9999], "user9999");
    free(names);
    free(list);
    directory_view_close(&view);
}

static void test_replaced_file_is_seen_at_once(void **state)
{
    (void)state;
    assert_true(fixture_publish(path, 100));
    struct directory_view old = view_open();
    for (uint64_t generation = 101; generation < 200; generation++) {
        assert_true(fixture_publish(path, generation));
        struct directory_view view = view_open();
        struct directory_entry entry;
        assert_int_equal(directory_view_generation(&view), generation);
        assert_int_equal(directory_find_user_by_name(&view, "carol", &entry), DIRECTORY_OK);
        assert_user(&entry, &fixture_users[2], generation);
        directory_view_close(&view);
    }
    struct directory_entry entry;
    assert_int_equal(directory_find_user_by_name(&old, "carol", &entry), DIRECTORY_OK);
    assert_user(&entry, &fixture_users[2], 100);
    directory_view_close(&old);

    struct directory_view view;
    assert_int_equal(unlink(path), 0);
    assert_int_equal(directory_view_open(path, &view), DIRECTORY_UNAVAILABLE);
    assert_true(fixture_publish(path, 200));
    view = view_open();
    directory_view_close(&view);
}

static void test_one_map_and_no_descriptor_stay(void **state)
{
    (void)state;
    struct directory_view views[20]; /* more than there are shelves */
    size_t descriptors = fixture_descriptors();
    for (uint64_t i = 0; i < 20; i++) {
        assert_true(fixture_publish(path, i));
        views[i] = view_open();
    }
    assert_int_equal(fixture_descriptors(), descriptors);
    assert_int_equal(fixture_mappings(path), 20);
    for (uint64_t i = 0; i < 20; i++) {
        struct directory_entry entry;
        assert_int_equal(directory_find_user_by_uid(&views[i], FIXTURE_BOB, &entry), DIRECTORY_OK);
        assert_user(&entry, &fixture_users[1], i);
        directory_view_close(&views[i]);
    }
    struct directory_view view = view_open();
    directory_view_close(&view);
    assert_int_equal(fixture_mappings(path), 1);
    view = view_open();
    directory_view_close(&view);
    assert_int_equal(fixture_mappings(path), 1);
}

static void test_exhausted_descriptors(void **state)
{
    (void)state;
    assert_true(fixture_publish(path, 1));
    struct rlimit limit, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    struct directory_view view;
    enum directory_result result = directory_view_open(path, &view);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(result, DIRECTORY_NO_RESOURCES);

    view = view_open();
    directory_view_close(&view);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    result = directory_view_open(path, &view); /* mapped already: needs none */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(result, DIRECTORY_OK);
    directory_view_close(&view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_users_come_back),
        cmocka_unit_test(test_groups_come_back),
        cmocka_unit_test(test_private_groups),
        cmocka_unit_test(test_strangers_are_not_found),
        cmocka_unit_test(test_empty_directory),
        cmocka_unit_test(test_writer_refuses_bad_names),
        cmocka_unit_test(test_writer_refuses_bad_ids),
        cmocka_unit_test(test_writer_keeps_to_the_plan),
        cmocka_unit_test(test_writer_refuses_bad_texts),
        cmocka_unit_test(test_writer_refuses_duplicates),
        cmocka_unit_test(test_full_disk_fails_with_errno),
        cmocka_unit_test(test_unmappable_file),
        cmocka_unit_test(test_ten_thousand_users),
        cmocka_unit_test(test_replaced_file_is_seen_at_once),
        cmocka_unit_test(test_one_map_and_no_descriptor_stay),
        cmocka_unit_test(test_exhausted_descriptors),
    };
    return cmocka_run_group_tests_name("directory", tests, folder_make, folder_remove);
}
