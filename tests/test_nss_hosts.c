/*
 * test_nss_hosts.c - libnss_coder.so.2 in host programs of every kind and state, called by plain libc functions,
 * in a private world.
 *
 * The principle: each host is a process of its own that looks everything up before, during and after what is done
 * to it; it must get the right answers, or none where there is no usable file, and keep no descriptor and no
 * second map. What glibc makes of each status is shown by a service behind ours that knows everybody.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture_directory.h"

#define NOBODY ((uid_t)-1) /* as an answer: there is no such user */

enum { NEXT_ID = 4242, BUFFER = 1024, SMALL_STACK = 65536, REPLACEMENTS = 300 };

/* -- a host ------------------------------------------------------------------------------------ */

static char *note; /* shared with the host's process: what it found wrong first, "" if nothing */

static void expect(bool fine, const char *what, long got)
{
    if (!fine && note[0] == '\0')
        snprintf(note, 200, "%s (%ld)", what, got);
}

/* What nsswitch.conf says decides; a host reads it at its first lookup. */
static void host(const char *services, void (*body)(void))
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
    return found != NULL ? entry.pw_uid : NOBODY;
}

static void expect_uid(const char *name, uid_t expected)
{
    int error;
    uid_t uid = ask(name, &error);

    if (uid != expected && note[0] == '\0')
        snprintf(note, 200, "%s is %ld, not %ld (error %d)", name, (long)(int)uid, (long)(int)expected, error);
}

/* Nobody answers, and the caller sees why. */
static void expect_refusal(const char *name, int expected)
{
    int error = 0;
    uid_t uid = ask(name, &error);

    expect(uid == NOBODY && error == expected, "refused with another error", error);
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

static void expect_everything(uint64_t generation)
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
    expect(gids[0] == FIXTURE_ALICE && memcmp(gids + 1, fixture_users[0].gids, 4 * sizeof gids[0]) == 0,
           "one of the groups of alice", 0);
    expect_uid("dave", NOBODY);
}

static void publish(uint64_t generation)
{
    expect(fixture_publish(DIRECTORY_PATH, generation), "cannot publish", errno);
}

static void expect_next_user(size_t i, uint64_t generation)
{
    char buffer[BUFFER];
    struct passwd entry, *found = NULL;

    getpwent_r(&entry, buffer, sizeof buffer, &found);
    expect_passwd(found, i, generation);
}

static void expect_one_map(void)
{
    size_t maps = fixture_mappings(DIRECTORY_PATH);

    expect(maps == 1, "maps of the directory", (long)maps);
}

/* -- descriptors -------------------------------------------------------------------------------- */

static void close_everything(void)
{
    size_t before = fixture_descriptors();

    expect_everything(1);
    expect(fixture_descriptors() == before, "descriptors are kept", (long)fixture_descriptors());
    setpwent();
    expect_next_user(0, 1);
    closefrom(3);
    for (int i = 0; i < 20; i++) /* and the numbers are given to others */
        expect(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0, "cannot open", errno);
    expect_next_user(1, 1);
    expect_everything(1);
    publish(2);
    closefrom(0);
    expect_everything(2);
    expect_next_user(2, 1);
    endpwent();
    expect_one_map();
}

static void a_host_that_closes_every_descriptor(void **state)
{
    (void)state;
    host("coder files", close_everything);
}

static void limited(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit limit;

    getrlimit(what, &limit);
    limit.rlim_cur = most;
    expect(setrlimit(what, &limit) == 0, "setrlimit", errno);
}

/* A map needs no descriptor; a new file needs one. */
static void run_out_of_descriptors(void)
{
    expect_everything(1);
    limited(RLIMIT_NOFILE, 0);
    expect_everything(1);
    limited(RLIMIT_NOFILE, 1024);
    publish(2);
    limited(RLIMIT_NOFILE, 0);
    expect_refusal("alice", EAGAIN);
    limited(RLIMIT_NOFILE, 1024);
    expect_everything(2);
}

static void a_host_without_a_free_descriptor(void **state)
{
    (void)state;
    host("files coder", run_out_of_descriptors);
}

/* -- memory --------------------------------------------------------------------------------------- */

static void run_out_of_addresses(void)
{
    size_t descriptors = fixture_descriptors();
    unsigned long pages = 0;
    FILE *file;

    expect_everything(1);
    fixture_mappings(DIRECTORY_PATH);
    publish(2);
    file = fopen("/proc/self/statm", "re");
    expect(file != NULL && fscanf(file, "%lu", &pages) == 1, "statm", errno);
    fclose(file);
    limited(RLIMIT_AS, pages * (rlim_t)sysconf(_SC_PAGESIZE));
    expect(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED, "there is room", 0);
    expect_everything(2);
    setpwent();
    for (size_t i = 0; i < FIXTURE_USERS; i++)
        expect_next_user(i, 2);
    expect(fixture_descriptors() == descriptors, "descriptors are kept", (long)fixture_descriptors());
    endpwent();
    limited(RLIMIT_AS, RLIM_INFINITY);
    expect_everything(2);
    expect_one_map();
}

static void a_host_without_room_for_a_map(void **state)
{
    (void)state;
    host("coder files", run_out_of_addresses);
}

static void *look_up_in_thread(void *data)
{
    expect_everything(1);
    setpwent();
    for (size_t i = 0; i < FIXTURE_USERS; i++)
        expect_next_user(i, 1);
    endpwent();
    return data;
}

static void use_small_stacks(void)
{
    pthread_attr_t attributes;
    pthread_t thread;

    pthread_attr_init(&attributes);
    expect(pthread_attr_setstacksize(&attributes, SMALL_STACK) == 0, "stack size", 0);
    for (int i = 0; i < 2; i++) {
        int error = pthread_create(&thread, &attributes, look_up_in_thread, NULL);

        expect(error == 0, "pthread_create", error);
        if (error == 0)
            pthread_join(thread, NULL);
    }
}

static void threads_with_64_kb_stacks(void **state)
{
    (void)state;
    host("coder files", use_small_stacks);
}

/* -- time -------------------------------------------------------------------------------------------- */

/* Long-lived: the file is replaced again and again, with and without lookups between, and amid an enumeration. */
static void live_long(void)
{
    size_t descriptors = fixture_descriptors();

    expect_everything(1);
    for (uint64_t i = 2; i < REPLACEMENTS; i++)
        publish(i);
    expect_everything(REPLACEMENTS - 1);
    expect_one_map();
    setpwent();
    expect_next_user(0, REPLACEMENTS - 1);
    for (uint64_t i = 0; i < REPLACEMENTS; i++) {
        publish(REPLACEMENTS + i);
        expect_everything(REPLACEMENTS + i);
    }
    expect(fixture_mappings(DIRECTORY_PATH) == 2, "maps amid an enumeration", 0);
    expect_next_user(1, REPLACEMENTS - 1);
    expect_next_user(2, REPLACEMENTS - 1);
    endpwent();
    expect_one_map();
    expect(fixture_descriptors() == descriptors, "descriptors are kept", (long)fixture_descriptors());
}

static void a_host_that_lives_long(void **state)
{
    (void)state;
    host("coder files", live_long);
}

static volatile sig_atomic_t alarms;

static void count_alarm(int number)
{
    (void)number;
    alarms++;
}

static void be_interrupted(void)
{
    const struct sigaction action = { .sa_handler = count_alarm }; /* no SA_RESTART */
    const struct itimerval often = { { 0, 50 }, { 0, 50 } }, never = { { 0, 0 }, { 0, 0 } };
    uint64_t generation = 1;

    sigaction(SIGALRM, &action, NULL);
    for (int i = 0; (i < 500 || alarms < 500) && note[0] == '\0'; i++) {
        setitimer(ITIMER_REAL, &never, NULL);
        if (i % 4 == 0)
            publish(++generation);
        setitimer(ITIMER_REAL, &often, NULL);
        expect_everything(generation);
    }
    setitimer(ITIMER_REAL, &never, NULL);
    expect_one_map();
}

static void a_host_that_is_interrupted_always(void **state)
{
    (void)state;
    host("coder files", be_interrupted);
}

/* -- places --------------------------------------------------------------------------------------------- */

static void change_root(void)
{
    int outside = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    expect_everything(1);
    expect((mkdir("/tmp/empty", 0755) == 0 || errno == EEXIST) && chroot("/tmp/empty") == 0, "chroot", errno);
    expect_uid("alice", NOBODY);
    expect(fchdir(outside) == 0 && chroot(".") == 0, "fchdir", errno);
    expect_everything(1);
}

static void a_chroot_without_the_file(void **state)
{
    (void)state;
    host("coder files", change_root);
}

static void bend_missing(void) { unlink(DIRECTORY_PATH); }
static void bend_owner(void) { expect(chown(DIRECTORY_PATH, 1, 0) == 0, "chown", errno); }
static void bend_mode_group(void) { chmod(DIRECTORY_PATH, 0664); }
static void bend_mode_all(void) { chmod(DIRECTORY_PATH, 0646); }
static void bend_empty(void) { expect(truncate(DIRECTORY_PATH, 0) == 0, "truncate", errno); }
static void bend_short(void) { expect(truncate(DIRECTORY_PATH, 200) == 0, "truncate", errno); }

static void bend_link(void)
{
    unlink("/tmp/real");
    expect(fixture_publish("/tmp/real", 1) && unlink(DIRECTORY_PATH) == 0 && symlink("/tmp/real", DIRECTORY_PATH) == 0,
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

static void (*const bends[])(void) = {
    bend_missing, bend_owner, bend_mode_group, bend_mode_all, bend_empty,
    bend_short, bend_link, bend_fifo, bend_unreadable, bend_folder,
};
enum { BENDS = sizeof bends / sizeof bends[0] };

static void unbend(void)
{
    expect(seteuid(0) == 0 && chmod(CODER_STATE_DIR, 0755) == 0, "seteuid", errno);
    unlink(DIRECTORY_PATH);
}

/* UNAVAIL: the next service is asked, for users and for groups, and ours again as soon as its file is back. */
static void see_bent_files(void)
{
    for (uint64_t i = 0; i < BENDS; i++) {
        gid_t gids[8];
        int count = 8;

        expect_uid("alice", FIXTURE_ALICE);
        bends[i]();
        expect_uid("alice", NEXT_ID);
        expect_uid("root", NEXT_ID);
        expect(getgrouplist("alice", 5, gids, &count) == 2 && gids[1] == NEXT_ID, "groups", (long)i);
        unbend();
        publish(i + 2);
        expect_uid("alice", FIXTURE_ALICE);
        expect_one_map();
    }
}

static void unusable_files_are_unavailable(void **state)
{
    (void)state;
    host("coder [NOTFOUND=return] next", see_bent_files);
}

static void see_root_only(void)
{
    for (uint64_t i = 0; i < BENDS; i++) {
        bends[i]();
        expect_uid("alice", NOBODY);
        expect_uid("root", 0);
        unbend();
        publish(i + 2);
        expect_uid("alice", FIXTURE_ALICE);
    }
}

static void and_hide_no_local_user(void **state)
{
    (void)state;
    host("coder files", see_root_only);
}

/* -- statuses --------------------------------------------------------------------------------------------- */

static void ask_on(void)
{
    gid_t gids[8];
    int count = 8;

    expect_uid("alice", FIXTURE_ALICE);
    expect_uid("dave", NEXT_ID);
    expect(getgrouplist("alice", FIXTURE_ALICE, gids, &count) == 6 && gids[5] == NEXT_ID, "groups", count);
    publish(2);
    limited(RLIMIT_NOFILE, 0);
    expect_uid("alice", NEXT_ID);
}

static void ask_no_further(void)
{
    expect_uid("dave", NEXT_ID);
    expect_uid("alice", FIXTURE_ALICE);
    unlink(DIRECTORY_PATH);
    expect_refusal("dave", ENOENT);
    publish(2);
    limited(RLIMIT_NOFILE, 0);
    expect_refusal("dave", EAGAIN);
    limited(RLIMIT_NOFILE, 1024);
    expect_uid("dave", NEXT_ID);
}

/* Not the other service's answer: the host is to come again with a larger buffer. */
static void ask_with_short_buffer(void)
{
    char buffer[BUFFER];
    struct passwd entry, *found = NULL;

    for (size_t size = 0; size < 20; size++)
        expect(getpwnam_r("alice", &entry, buffer, size, &found) == ERANGE && found == NULL, "short", (long)size);
    expect_uid("alice", FIXTURE_ALICE);
}

static void statuses_as_glibc_takes_them(void **state)
{
    (void)state;
    host("coder next", ask_on);
    host("coder [UNAVAIL=return TRYAGAIN=return] next", ask_no_further);
    host("coder next", ask_with_short_buffer);
}

/* -- the run ------------------------------------------------------------------------------------------------ */

static int begin(void **state)
{
    (void)state;
    note = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    umask(022);
    return note == MAP_FAILED || (mkdir(CODER_STATE_DIR, 0755) != 0 && errno != EEXIST) ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_that_closes_every_descriptor),
        cmocka_unit_test(a_host_without_a_free_descriptor),
        cmocka_unit_test(a_host_without_room_for_a_map),
        cmocka_unit_test(threads_with_64_kb_stacks),
        cmocka_unit_test(a_host_that_lives_long),
        cmocka_unit_test(a_host_that_is_interrupted_always),
        cmocka_unit_test(a_chroot_without_the_file),
        cmocka_unit_test(unusable_files_are_unavailable),
        cmocka_unit_test(and_hide_no_local_user),
        cmocka_unit_test(statuses_as_glibc_takes_them),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
