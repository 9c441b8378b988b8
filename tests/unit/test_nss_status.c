/*
 * test_nss_status.c - what glibc makes of libnss_coder.so.2's statuses, in a private world.
 *
 * The principle: a service behind ours knows everybody (nss_next.c), so its answer tells that glibc
 * went on. The actions in nsswitch.conf tell NOTFOUND from UNAVAIL and TRYAGAIN.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "fixture/fixture_directory.h"
#include "fixture/nss_host.h"

enum { BUFFER = 1024 };

/* -- files that are no directory ------------------------------------------------------------- */

static void bend_missing(void) { unlink(DIRECTORY_PATH); }
static void bend_owner(void) { expect(chown(DIRECTORY_PATH, 1, 0) == 0, "chown", errno); }
static void bend_mode_group(void) { chmod(DIRECTORY_PATH, 0664); }
static void bend_mode_all(void) { chmod(DIRECTORY_PATH, 0646); }
static void bend_empty(void) { expect(truncate(DIRECTORY_PATH, 0) == 0, "truncate", errno); }
static void bend_short(void) { expect(truncate(DIRECTORY_PATH, 200) == 0, "truncate", errno); }

static void bend_link(void)
{
    unlink("/tmp/real");
    expect(fixture_publish("/tmp/real", 1) && unlink(DIRECTORY_PATH) == 0 &&
               symlink("/tmp/real", DIRECTORY_PATH) == 0,
           "symlink", errno);
}

static void bend_fifo(void)
{
    expect(unlink(DIRECTORY_PATH) == 0 && mkfifo(DIRECTORY_PATH, 0644) == 0, "mkfifo", errno);
}

static void bend_unreadable(void)
{
    expect(chmod(DIRECTORY_PATH, 0) == 0 && seteuid(65534) == 0, "seteuid", errno);
}

static void bend_folder(void)
{
    expect(chmod(CODER_STATE_DIR, 0700) == 0 && seteuid(65534) == 0, "seteuid", errno);
}

/* What is done to the path is seen soon, what is done to the file itself at once. */
static const struct bend {
    void (*make)(void);
    bool at_once;
} bends[] = {
    {bend_missing, false}, {bend_owner, false}, {bend_mode_group, false}, {bend_mode_all, false},
    {bend_empty, true},    {bend_short, true},  {bend_link, false},       {bend_fifo, false},
    {bend_unreadable, false}, {bend_folder, false},
};
enum { BENDS = sizeof bends / sizeof bends[0] };

static void bend(size_t i)
{
    bends[i].make();
    if (!bends[i].at_once)
        fixture_wait();
}

static void unbend(void)
{
    expect(seteuid(0) == 0 && chmod(CODER_STATE_DIR, 0755) == 0, "seteuid", errno);
    unlink(DIRECTORY_PATH);
}

/* UNAVAIL: the next service is asked, for users and for groups, and ours again as soon as its file
 * is back. */
static void see_bent_files(void)
{
    for (uint64_t i = 0; i < BENDS; i++) {
        gid_t gids[8];
        int count = 8;

        expect_uid("alice", FIXTURE_ALICE);
        bend(i);
        expect_uid("alice", HOST_NEXT);
        expect_uid("root", HOST_NEXT);
        expect(getgrouplist("alice", 5, gids, &count) == 2 && gids[1] == HOST_NEXT, "groups",
               (long)i);
        unbend();
        host_publish(i + 2);
        expect_uid("alice", FIXTURE_ALICE);
        expect_one_map();
    }
}

static void unusable_files_are_unavailable(void **state)
{
    (void)state;
    host_run("coder [NOTFOUND=return] next", see_bent_files);
}

static void see_root_only(void)
{
    for (uint64_t i = 0; i < BENDS; i++) {
        bend(i);
        expect_uid("alice", HOST_NOBODY);
        expect_uid("root", 0);
        unbend();
        host_publish(i + 2);
        expect_uid("alice", FIXTURE_ALICE);
    }
}

static void and_hide_no_local_user(void **state)
{
    (void)state;
    host_run("coder files", see_root_only);
}

/* -- statuses -------------------------------------------------------------------------------- */

static void ask_on(void)
{
    gid_t gids[8];
    int count = 8;

    expect_uid("alice", FIXTURE_ALICE);
    expect_uid("dave", HOST_NEXT);
    expect(getgrouplist("alice", FIXTURE_ALICE, gids, &count) == 6 && gids[5] == HOST_NEXT,
           "groups", count);
    host_publish(2);
    host_limit(RLIMIT_NOFILE, 0);
    expect_uid("alice", HOST_NEXT);
}

static void ask_no_further(void)
{
    expect_uid("dave", HOST_NEXT);
    expect_uid("alice", FIXTURE_ALICE);
    fixture_withdraw(DIRECTORY_PATH);
    expect_refusal("dave", ENOENT);
    host_publish(2);
    host_limit(RLIMIT_NOFILE, 0);
    expect_refusal("dave", EAGAIN);
    host_limit(RLIMIT_NOFILE, 1024);
    expect_uid("dave", HOST_NEXT);
}

/* Not the other service's answer: the host is to come again with a larger buffer. */
static void ask_with_short_buffer(void)
{
    char buffer[BUFFER];
    struct passwd entry, *found = NULL;

    for (size_t size = 0; size < 20; size++)
        expect(getpwnam_r("alice", &entry, buffer, size, &found) == ERANGE && found == NULL,
               "short", (long)size);
    expect_uid("alice", FIXTURE_ALICE);
}

static void statuses_as_glibc_takes_them(void **state)
{
    (void)state;
    host_run("coder next", ask_on);
    host_run("coder [UNAVAIL=return TRYAGAIN=return] next", ask_no_further);
    host_run("coder next", ask_with_short_buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unusable_files_are_unavailable),
        cmocka_unit_test(and_hide_no_local_user),
        cmocka_unit_test(statuses_as_glibc_takes_them),
    };

    return host_prepare() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
