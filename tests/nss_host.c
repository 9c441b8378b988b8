/*
 * nss_host.c - a host program of NSS for tests.
 *
 * The principle: only the host's process looks anything up, so each begins as any program does,
 * with nothing loaded or mapped; what it finds goes to the test through shared memory.
 */
#include "nss_host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "fixture_directory.h"

enum { BUFFER = 1024 };

static char *note; /* shared with the host's process: what it found wrong first, "" if nothing */

bool host_prepare(void)
{
    umask(022);
    note = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return note != MAP_FAILED && (mkdir(CODER_STATE_DIR, 0755) == 0 || errno == EEXIST);
}

bool host_has_note(void)
{
    return note[0] != '\0';
}

void expect(bool fine, const char *what, long got)
{
    if (!fine && note[0] == '\0')
        snprintf(note, 200, "%s (%ld)", what, got);
}

/* What nsswitch.conf says decides; a host reads it at its first lookup. */
void host_run(const char *services, void (*body)(void))
{
    FILE *file = fopen("/etc/nsswitch.conf", "we");
    int status = -1;
    pid_t child;

    assert_non_null(file);
    fprintf(file, "passwd: %s\ngroup: %s\n", services, services);
    assert_int_equal(fclose(file), 0);
    unlink(DIRECTORY_PATH);
    assert_true(fixture_publish(DIRECTORY_PATH, 1));
    note[0] = '\0';
    child = fork();
    if (child == 0) {
        alarm(60);
        body();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (note[0] != '\0')
        fail_msg("%s", note);
    assert_int_equal(status, 0);
}

static uid_t ask(const char *name, int *ret_error)
{
    char buffer[BUFFER];
    struct passwd entry, *found = NULL;

    *ret_error = getpwnam_r(name, &entry, buffer, sizeof buffer, &found);
    return found != NULL ? entry.pw_uid : HOST_NOBODY;
}

void expect_uid(const char *name, uid_t expected)
{
    int error;
    uid_t uid = ask(name, &error);

    if (uid != expected && note[0] == '\0')
        snprintf(note, 200, "%s is %ld, not %ld (error %d)", name, (long)(int)uid,
                 (long)(int)expected, error);
}

void expect_refusal(const char *name, int expected)
{
    int error = 0;
    uid_t uid = ask(name, &error);

    expect(uid == HOST_NOBODY && error == expected, "refused with another error", error);
}

static void expect_passwd(const struct passwd *found, size_t i, uint64_t generation)
{
    const struct fixture_user *user = &fixture_users[i];
    char gecos[64];

    fixture_gecos(user, generation, gecos);
    expect(found != NULL && strcmp(found->pw_name, user->name) == 0 && found->pw_uid == user->uid &&
               found->pw_gid == user->uid && strcmp(found->pw_gecos, gecos) == 0 &&
               strcmp(found->pw_dir, user->home) == 0 && strcmp(found->pw_shell, user->shell) == 0,
           "a user is not as published", (long)i);
}

static void expect_group(const char *name, gid_t gid)
{
    char buffer[BUFFER];
    struct group entry, *found = NULL;

    expect(getgrgid_r(gid, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL &&
               strcmp(entry.gr_name, name) == 0 && entry.gr_gid == gid,
           name, (long)gid);
}

void expect_everything(uint64_t generation)
{
    gid_t gids[8];
    int count = 8;

    for (size_t i = 0; i < FIXTURE_USERS; i++) {
        char buffer[BUFFER];
        struct passwd entry, *found = NULL;

        getpwnam_r(fixture_users[i].name, &entry, buffer, sizeof buffer, &found);
        expect_passwd(found, i, generation);
        found = NULL;
        getpwuid_r(fixture_users[i].uid, &entry, buffer, sizeof buffer, &found);
        expect_passwd(found, i, generation);
        expect_group(fixture_users[i].name, fixture_users[i].uid);
    }
    expect_group("coder-auditor", FIXTURE_AUDITOR);
    expect(getgrouplist("alice", FIXTURE_ALICE, gids, &count) == 5, "the groups of alice", count);
    expect(gids[0] == FIXTURE_ALICE &&
               memcmp(gids + 1, fixture_users[0].gids, 4 * sizeof gids[0]) == 0,
           "one of the groups of alice", 0);
    expect_uid("dave", HOST_NOBODY);
}

void host_publish(uint64_t generation)
{
    expect(fixture_publish(DIRECTORY_PATH, generation), "cannot publish", errno);
}

void expect_next_user(size_t i, uint64_t generation)
{
    char buffer[BUFFER];
    struct passwd entry, *found = NULL;

    getpwent_r(&entry, buffer, sizeof buffer, &found);
    expect_passwd(found, i, generation);
}

void expect_one_map(void)
{
    size_t maps = fixture_mappings(DIRECTORY_PATH);

    expect(maps == 1, "maps of the directory", (long)maps);
}

void host_limit(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit limit;

    getrlimit(what, &limit);
    limit.rlim_cur = most;
    expect(setrlimit(what, &limit) == 0, "setrlimit", errno);
}
