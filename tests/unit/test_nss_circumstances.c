/*
 * test_nss_circumstances.c - the NSS module in a host that is short of something: no file, no descriptors,
 * no address space, little stack.
 *
 * The principle: it answers with what it has, or says truly what is missing, and leaves nothing behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "fixture/fixture_directory.h"
#include "fixture/nss_module.h"

static void test_no_usable_file(void **state)
{
    (void)state;
    struct passwd user;
    struct group group;
    struct spwd shadow;
    char buffer[ENOUGH];
    int error = 0;
    assert_true(fixture_put(DIRECTORY_PATH, "garbage", 7));
    nss_module_assert_name("alice", NSS_STATUS_UNAVAIL);
    fixture_withdraw(DIRECTORY_PATH);
    nss_module_assert_name("alice", NSS_STATUS_UNAVAIL);
    nss_module_assert_uid(FIXTURE_ALICE, NSS_STATUS_UNAVAIL);
    assert_int_equal(nss.getgrnam("alice", &group, buffer, sizeof(buffer), &error),
                     NSS_STATUS_UNAVAIL);
    assert_int_equal(error, ENOENT);
    assert_int_equal(nss.getspnam("bob", &shadow, buffer, sizeof(buffer), &error),
                     NSS_STATUS_UNAVAIL);
    assert_int_equal(nss.setpwent(0), NSS_STATUS_UNAVAIL);
    assert_int_equal(nss.getpwent(&user, buffer, sizeof(buffer), &error), NSS_STATUS_UNAVAIL);
    assert_int_equal(nss.setgrent(0), NSS_STATUS_UNAVAIL);
    assert_int_equal(nss.setspent(0), NSS_STATUS_UNAVAIL);
    assert_int_equal(nss.endpwent(), NSS_STATUS_SUCCESS);
}

static void test_exhausted_descriptors(void **state)
{
    (void)state;
    struct passwd entry;
    char buffer[ENOUGH];
    int error = 0;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const struct rlimit none = {0, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum nss_status status = nss.getpwnam("alice", &entry, buffer, sizeof(buffer), &error);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(status, NSS_STATUS_TRYAGAIN);
    assert_int_equal(error, EAGAIN);
}

static void test_errno_is_left_alone(void **state)
{
    (void)state;
    struct passwd entry;
    char buffer[ENOUGH];
    int error = 77;
    errno = 42;
    assert_int_equal(nss.getpwnam("alice", &entry, buffer, sizeof(buffer), &error),
                     NSS_STATUS_SUCCESS);
    assert_int_equal(error, 77);
    fixture_withdraw(DIRECTORY_PATH);
    errno = 42;
    assert_int_equal(nss.getpwnam("alice", &entry, buffer, sizeof(buffer), &error),
                     NSS_STATUS_UNAVAIL);
    assert_int_equal(errno, 42);
    assert_int_equal(error, ENOENT);
}

/* In a child: true says exit status 0. */
static void assert_in_child(bool (*judge)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(judge() ? 0 : 1);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static bool enumerates_all(int fd_expected)
{
    struct passwd entry;
    char buffer[ENOUGH];
    int error;
    size_t count = 0;
    if (nss.setpwent(0) != NSS_STATUS_SUCCESS)
        return false;
    while (nss.getpwent(&entry, buffer, sizeof(buffer), &error) == NSS_STATUS_SUCCESS) {
        if (strcmp(entry.pw_name, fixture_users[count++].name) != 0)
            return false;
        int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (fd != fd_expected || close(fd) != 0)
            return false;
    }
    nss.endpwent();
    return count == FIXTURE_USERS;
}

/* The host closes every descriptor amid an enumeration and between lookups. */
static bool judge_after_closefrom(void)
{
    struct passwd entry;
    char buffer[ENOUGH];
    int error;
    if (nss.setpwent(0) != NSS_STATUS_SUCCESS)
        return false;
    closefrom(3);
    return nss.getpwent(&entry, buffer, sizeof(buffer), &error) == NSS_STATUS_SUCCESS
        && strcmp(entry.pw_name, "alice") == 0
        && nss.getpwnam("carol", &entry, buffer, sizeof(buffer), &error) == NSS_STATUS_SUCCESS
        && entry.pw_uid == FIXTURE_CAROL && enumerates_all(3);
}

static void test_closed_descriptors(void **state)
{
    (void)state;
    assert_in_child(judge_after_closefrom);
}

static bool judge_without_address_space(void)
{
    static const struct rlimit tight = {1 << 20, 1 << 20};
    struct passwd entry;
    struct group group;
    char buffer[ENOUGH];
    int error = 0;
    closefrom(3);
    if (setrlimit(RLIMIT_AS, &tight) != 0)
        return false;
    errno = 42;
    return nss.getpwnam("carol", &entry, buffer, sizeof(buffer), &error) == NSS_STATUS_SUCCESS
        && errno == 42 && entry.pw_uid == FIXTURE_CAROL
        && nss.getgrnam("coder-auditor", &group, buffer, sizeof(buffer), &error)
               == NSS_STATUS_SUCCESS
        && strcmp(group.gr_mem[1], "carol") == 0
        && fixture_users[0].uid == FIXTURE_ALICE && enumerates_all(3);
}

static void test_where_mmap_fails(void **state)
{
    (void)state;
    assert_in_child(judge_without_address_space);
}

static void *look_up_on_small_stack(void *unused)
{
    (void)unused;
    struct passwd entry;
    struct group group;
    char buffer[ENOUGH];
    int error;
    gid_t room[8], *gids = room;
    long int start = 0, size = 8;
    bool good = nss.getpwnam("alice", &entry, buffer, sizeof(buffer), &error) == NSS_STATUS_SUCCESS
        && nss.getgrgid(FIXTURE_AUDITOR, &group, buffer, sizeof(buffer), &error)
               == NSS_STATUS_SUCCESS
        && nss.initgroups("alice", 1, &start, &size, &gids, 8, &error) == NSS_STATUS_SUCCESS;
    return good && start == 4 ? &nss : NULL;
}

static void test_small_stack(void **state)
{
    (void)state;
    pthread_attr_t attributes;
    pthread_t thread;
    void *good = NULL;
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstacksize(&attributes, 64 * 1024), 0);
    assert_int_equal(pthread_create(&thread, &attributes, look_up_on_small_stack, NULL), 0);
    assert_int_equal(pthread_join(thread, &good), 0);
    pthread_attr_destroy(&attributes);
    assert_non_null(good);
}

static void test_unloading_leaves_no_map(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        nss_module_assert_name("alice", NSS_STATUS_SUCCESS);
        assert_int_equal(fixture_mappings(DIRECTORY_PATH), 1);
        assert_int_equal(dlclose(nss.handle), 0);
        assert_int_equal(fixture_mappings(DIRECTORY_PATH), 0);
        assert_true(nss_module_open());
    }
}

#define TEST(function) cmocka_unit_test_setup(function, nss_module_publish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_usable_file),
        TEST(test_exhausted_descriptors),
        TEST(test_errno_is_left_alone),
        TEST(test_closed_descriptors),
        TEST(test_where_mmap_fails),
        TEST(test_small_stack),
        TEST(test_unloading_leaves_no_map),
    };
    return cmocka_run_group_tests_name("nss, circumstances", tests, nss_module_load, nss_module_remove);
}
