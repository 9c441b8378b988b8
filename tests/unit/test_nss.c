/*
 * test_nss.c - libnss_coder.so.2 through its entry points, as glibc calls them.
 *
 * The principle: the module is a file (CODER_NSS_MODULE), loaded by dlopen and known only by the
 * names of its functions; every status and every buffer size is asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_checksum.h"
#include "fixture/fixture_directory.h"
#include "fixture/nss_module.h"

/* -- passwd ---- */

static void assert_passwd(const struct passwd *entry, const struct fixture_user *user,
                          uint64_t generation)
{
    char gecos[64];
    fixture_gecos(user, generation, gecos);
    assert_string_equal(entry->pw_name, user->name);
    assert_string_equal(entry->pw_passwd, "x");
    assert_int_equal(entry->pw_uid, user->uid);
    assert_int_equal(entry->pw_gid, user->gid != 0 ? user->gid : user->uid);
    assert_string_equal(entry->pw_gecos, gecos);
    assert_string_equal(entry->pw_dir, user->home);
    assert_string_equal(entry->pw_shell, user->shell);
}

static size_t passwd_size(const struct fixture_user *user)
{
    char gecos[64];
    fixture_gecos(user, 1, gecos);
    return strlen(user->name) + strlen(gecos) + strlen(user->home) + strlen(user->shell) + 4 + 2;
}

static void test_passwd_every_buffer(void **state)
{
    (void)state;
    for (size_t i = 0; i < FIXTURE_USERS; i++) {
        const struct fixture_user *user = &fixture_users[i];
        for (size_t size = 0; size < ENOUGH; size++) {
            char *buffer = malloc(size); /* of exactly this size, for the sanitizer to watch */
            bool fits = size >= passwd_size(user);
            struct passwd entry;
            int error = 0;
            enum nss_status status = nss.getpwnam(user->name, &entry, buffer, size, &error);
            assert_int_equal(status, fits ? NSS_STATUS_SUCCESS : NSS_STATUS_TRYAGAIN);
            assert_int_equal(error, fits ? 0 : ERANGE);
            if (fits)
                assert_passwd(&entry, user, 1);
            error = 0;
            status = nss.getpwuid(user->uid, &entry, buffer, size, &error);
            assert_int_equal(status, fits ? NSS_STATUS_SUCCESS : NSS_STATUS_TRYAGAIN);
            assert_int_equal(error, fits ? 0 : ERANGE);
            if (fits)
                assert_passwd(&entry, user, 1);
            free(buffer);
        }
    }
}

static void test_strangers(void **state)
{
    (void)state;
    nss_module_assert_name("dave", NSS_STATUS_NOTFOUND);
    nss_module_assert_name("", NSS_STATUS_NOTFOUND);
    nss_module_assert_name("coder-admin", NSS_STATUS_NOTFOUND);
    nss_module_assert_uid(0, NSS_STATUS_NOTFOUND);
    nss_module_assert_uid((uid_t)-1, NSS_STATUS_NOTFOUND);
    nss_module_assert_uid(FIXTURE_ADMIN, NSS_STATUS_NOTFOUND);
    nss_module_assert_uid(70103, NSS_STATUS_NOTFOUND);
    nss_module_assert_uid(FIXTURE_CAROL, NSS_STATUS_SUCCESS);
}

static void test_passwd_enumeration(void **state)
{
    (void)state;
    struct passwd entry;
    char buffer[ENOUGH];
    int error = 0;
    assert_int_equal(nss.setpwent(0), NSS_STATUS_SUCCESS);
    for (size_t i = 0; i < FIXTURE_USERS; i++) {
        /* Too short: the same entry again. Replaced meanwhile: still the file it began with. */
        assert_int_equal(nss.getpwent(&entry, buffer, 5, &error), NSS_STATUS_TRYAGAIN);
        assert_int_equal(error, ERANGE);
        assert_true(fixture_publish(DIRECTORY_PATH, 2 + i));
        assert_int_equal(nss.getpwent(&entry, buffer, sizeof(buffer), &error), NSS_STATUS_SUCCESS);
        assert_passwd(&entry, &fixture_users[i], 1);
    }
    error = 77;
    assert_int_equal(nss.getpwent(&entry, buffer, sizeof(buffer), &error), NSS_STATUS_NOTFOUND);
    assert_int_equal(error, 77); /* the end is no error */
    assert_int_equal(nss.endpwent(), NSS_STATUS_SUCCESS);
    assert_int_equal(nss.getpwent(&entry, buffer, sizeof(buffer), &error), NSS_STATUS_SUCCESS);
    assert_passwd(&entry, &fixture_users[0], 1 + FIXTURE_USERS);
    assert_int_equal(nss.setpwent(1), NSS_STATUS_SUCCESS);
    assert_int_equal(nss.getpwent(&entry, buffer, sizeof(buffer), &error), NSS_STATUS_SUCCESS);
    assert_passwd(&entry, &fixture_users[0], 1 + FIXTURE_USERS);
    assert_int_equal(nss.endpwent(), NSS_STATUS_SUCCESS);
    assert_int_equal(fixture_mappings(DIRECTORY_PATH), 1);
}

/* -- group ---- */

static void assert_group(const struct group *entry, const struct fixture_group *group)
{
    assert_string_equal(entry->gr_name, group->name);
    assert_string_equal(entry->gr_passwd, "x");
    assert_int_equal(entry->gr_gid, group->gid);
    for (size_t i = 0; i < group->member_count; i++)
        assert_string_equal(entry->gr_mem[i], group->member_names[i]);
    assert_null(entry->gr_mem[group->member_count]);
}

static size_t group_size(const struct fixture_group *group)
{
    size_t size = (group->member_count + 1) * sizeof(char *) + strlen(group->name) + 1 + 2;
    for (size_t i = 0; i < group->member_count; i++)
        size += strlen(group->member_names[i]) + 1;
    return size;
}

static void assert_group_buffer(const struct fixture_group *group, size_t size, size_t shift)
{
    char *memory = malloc(size + shift);
    size_t pointer = sizeof(char *);
    size_t padding = (pointer - (uintptr_t)(memory + shift) % pointer) % pointer;
    bool fits = size >= padding + group_size(group);
    struct group entry;
    int error = 0;
    enum nss_status status = nss.getgrnam(group->name, &entry, memory + shift, size, &error);
    assert_int_equal(status, fits ? NSS_STATUS_SUCCESS : NSS_STATUS_TRYAGAIN);
    assert_int_equal(error, fits ? 0 : ERANGE);
    if (fits)
        assert_group(&entry, group);
    error = 0;
    status = nss.getgrgid(group->gid, &entry, memory + shift, size, &error);
    assert_int_equal(status, fits ? NSS_STATUS_SUCCESS : NSS_STATUS_TRYAGAIN);
    assert_int_equal(error, fits ? 0 : ERANGE);
    if (fits)
        assert_group(&entry, group);
    free(memory);
}

static void test_group_every_buffer(void **state)
{
    (void)state;
    const struct fixture_group private = {.name = "bob", .gid = FIXTURE_BOB};
    for (size_t shift = 0; shift < sizeof(char *); shift++) {
        for (size_t size = 0; size < 100; size++) {
            for (size_t i = 0; i < FIXTURE_GROUPS; i++)
                assert_group_buffer(&fixture_groups[i], size, shift);
            assert_group_buffer(&private, size, shift);
        }
    }
}

static void test_group_strangers(void **state)
{
    (void)state;
    struct group entry;
    char buffer[ENOUGH];
    static const gid_t strangers[] = {0, (gid_t)-1, 27, 70003};
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
        int error = 0;
        assert_int_equal(nss.getgrgid(strangers[i], &entry, buffer, sizeof(buffer), &error),
                         NSS_STATUS_NOTFOUND);
        assert_int_equal(error, ENOENT);
    }
    int error = 0;
    assert_int_equal(nss.getgrnam("sudo", &entry, buffer, sizeof(buffer), &error),
                     NSS_STATUS_NOTFOUND);
    assert_int_equal(error, ENOENT);
}

static void test_group_enumeration(void **state)
{
    (void)state;
    struct group entry;
    char buffer[ENOUGH];
    int error = 0;
    assert_int_equal(nss.setgrent(0), NSS_STATUS_SUCCESS);
    for (size_t i = 0; i < FIXTURE_GROUPS + FIXTURE_PRIVATE; i++) {
        assert_int_equal(nss.getgrent(&entry, buffer, 9, &error), NSS_STATUS_TRYAGAIN);
        assert_int_equal(error, ERANGE);
        assert_int_equal(nss.getgrent(&entry, buffer, sizeof(buffer), &error), NSS_STATUS_SUCCESS);
        if (i < FIXTURE_GROUPS)
            assert_group(&entry, &fixture_groups[i]);
        else
            assert_string_equal(entry.gr_name, fixture_users[i - FIXTURE_GROUPS].name);
    }
    assert_int_equal(nss.getgrent(&entry, buffer, sizeof(buffer), &error), NSS_STATUS_NOTFOUND);
    assert_int_equal(nss.endgrent(), NSS_STATUS_SUCCESS);
}

/* -- initgroups ---- */

struct grant {
    gid_t *gids;
    long int start, size, limit;
};

static struct grant grant_new(long int size, long int limit)
{
    return (struct grant){calloc((size_t)size, sizeof(gid_t)), 0, size, limit};
}

static enum nss_status grant_ask(struct grant *grant, const char *user, gid_t skip, int *error)
{
    *error = 0;
    return nss.initgroups(user, skip, &grant->start, &grant->size, &grant->gids, grant->limit,
                          error);
}

static void test_initgroups_grows(void **state)
{
    (void)state;
    int error;
    struct grant grant = grant_new(1, -1);
    assert_int_equal(grant_ask(&grant, "alice", FIXTURE_ALICE, &error), NSS_STATUS_SUCCESS);
    assert_int_equal(error, 0);
    assert_int_equal(grant.start, 4);
    assert_true(grant.size >= 4);
    assert_memory_equal(grant.gids, fixture_users[0].gids, 4 * sizeof(gid_t));
    /* Again: all of it is there already. */
    assert_int_equal(grant_ask(&grant, "alice", FIXTURE_ALICE, &error), NSS_STATUS_SUCCESS);
    assert_int_equal(grant.start, 4);
    free(grant.gids);
}

static void test_initgroups_appends_and_skips(void **state)
{
    (void)state;
    int error;
    struct grant grant = grant_new(8, 8);
    grant.gids[0] = 5;
    grant.gids[1] = FIXTURE_AUDITOR;
    grant.start = 2;
    assert_int_equal(grant_ask(&grant, "alice", FIXTURE_ADMIN, &error), NSS_STATUS_SUCCESS);
    static const gid_t expected[] = {5, FIXTURE_AUDITOR, FIXTURE_MEMBER, 27};
    assert_int_equal(grant.start, 4);
    assert_memory_equal(grant.gids, expected, sizeof(expected));
    free(grant.gids);
}

static void test_initgroups_limit(void **state)
{
    (void)state;
    for (long int limit = 1; limit < 6; limit++) {
        int error;
        struct grant grant = grant_new(1, limit);
        assert_int_equal(grant_ask(&grant, "alice", FIXTURE_ALICE, &error), NSS_STATUS_SUCCESS);
        assert_int_equal(grant.start, limit < 4 ? limit : 4);
        assert_true(grant.size <= limit);
        assert_memory_equal(grant.gids, fixture_users[0].gids,
                            (size_t)grant.start * sizeof(gid_t));
        free(grant.gids);
    }
}

static void test_initgroups_others(void **state)
{
    (void)state;
    int error;
    struct grant grant = grant_new(4, -1);
    assert_int_equal(grant_ask(&grant, "bob", FIXTURE_BOB, &error), NSS_STATUS_SUCCESS);
    assert_int_equal(grant.start, 0); /* suspended */
    assert_int_equal(grant_ask(&grant, "dave", 100, &error), NSS_STATUS_NOTFOUND);
    assert_int_equal(grant.start, 0);
    fixture_withdraw(DIRECTORY_PATH);
    assert_int_equal(grant_ask(&grant, "alice", 100, &error), NSS_STATUS_UNAVAIL);
    assert_int_equal(error, ENOENT);
    free(grant.gids);
}

static void test_initgroups_never_root(void **state)
{
    (void)state;
    size_t size;
    unsigned char *file = fixture_read(DIRECTORY_PATH, &size);
    struct directory_record *alice = (void *)(file + fixture_record(file, DIRECTORY_USERS, 0));
    unsigned char *list = file + alice->list_offset;
    memset(list + sizeof(gid_t), 0, sizeof(gid_t));
    uint64_t sum = directory_hash_end(directory_hash_add(0, list, alice->list_length));
    alice->list_checksum = (uint32_t)sum;
    fixture_seal_record(file, DIRECTORY_USERS, 0);
    assert_true(fixture_put(DIRECTORY_PATH, file, size));
    free(file);

    int error;
    struct grant grant = grant_new(8, -1);
    assert_int_equal(grant_ask(&grant, "alice", FIXTURE_ALICE, &error), NSS_STATUS_SUCCESS);
    static const gid_t expected[] = {FIXTURE_ADMIN, FIXTURE_MEMBER, 27};
    assert_int_equal(grant.start, 3);
    assert_memory_equal(grant.gids, expected, sizeof(expected));
    free(grant.gids);
}

/* -- shadow ---- */

static void assert_locked(const struct spwd *entry)
{
    assert_string_equal(entry->sp_namp, "bob");
    assert_string_equal(entry->sp_pwdp, "!");
    assert_int_equal(entry->sp_expire, 1);
    assert_int_equal(entry->sp_lstchg, 1);
    assert_int_equal(entry->sp_min, -1);
    assert_int_equal(entry->sp_max, -1);
    assert_int_equal(entry->sp_warn, -1);
    assert_int_equal(entry->sp_inact, -1);
    assert_true(entry->sp_flag == (unsigned long)-1);
}

static void test_shadow_by_name(void **state)
{
    (void)state;
    struct spwd entry;
    char buffer[ENOUGH];
    for (size_t size = 0; size < 20; size++) {
        char *exact = malloc(size);
        int error = 0;
        bool fits = size >= sizeof("bob") + sizeof("!");
        assert_int_equal(nss.getspnam("bob", &entry, exact, size, &error),
                         fits ? NSS_STATUS_SUCCESS : NSS_STATUS_TRYAGAIN);
        assert_int_equal(error, fits ? 0 : ERANGE);
        if (fits)
            assert_locked(&entry);
        free(exact);
    }
    static const char *const others[] = {"alice", "carol", "dave", "root", ""};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        int error = 0;
        assert_int_equal(nss.getspnam(others[i], &entry, buffer, sizeof(buffer), &error),
                         NSS_STATUS_NOTFOUND);
        assert_int_equal(error, ENOENT);
    }
}

static void test_shadow_enumeration(void **state)
{
    (void)state;
    struct spwd entry;
    char buffer[ENOUGH];
    int error = 0;
    assert_int_equal(nss.setspent(0), NSS_STATUS_SUCCESS);
    assert_int_equal(nss.getspent(&entry, buffer, 3, &error), NSS_STATUS_TRYAGAIN);
    assert_int_equal(nss.getspent(&entry, buffer, sizeof(buffer), &error), NSS_STATUS_SUCCESS);
    assert_locked(&entry);
    error = 77;
    assert_int_equal(nss.getspent(&entry, buffer, sizeof(buffer), &error), NSS_STATUS_NOTFOUND);
    assert_int_equal(error, 77);
    assert_int_equal(nss.endspent(), NSS_STATUS_SUCCESS);
}

#define TEST(function) cmocka_unit_test_setup(function, nss_module_publish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_passwd_every_buffer),
        TEST(test_strangers),
        TEST(test_passwd_enumeration),
        TEST(test_group_every_buffer),
        TEST(test_group_strangers),
        TEST(test_group_enumeration),
        TEST(test_initgroups_grows),
        TEST(test_initgroups_appends_and_skips),
        TEST(test_initgroups_limit),
        TEST(test_initgroups_others),
        TEST(test_initgroups_never_root),
        TEST(test_shadow_by_name),
        TEST(test_shadow_enumeration),
    };
    return cmocka_run_group_tests_name("nss", tests, nss_module_load, nss_module_remove);
}
