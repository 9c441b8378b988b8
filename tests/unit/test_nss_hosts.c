/*
 * test_nss_hosts.c - libnss_coder.so.2 in host programs of every kind and state, called by plain
 * libc functions, in a private world.
 *
 * The principle: each host looks everything up before, during and after what is done to it. It must
 * get the right answers, and keep no descriptor and no second map.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "fixture/fixture_directory.h"
#include "fixture/nss_host.h"

enum { SMALL_STACK = 65536, REPLACEMENTS = 300 };

/* -- descriptors ----------------------------------------------------------------------------- */

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
    host_publish(2);
    closefrom(0);
    expect_everything(2);
    expect_next_user(2, 1);
    endpwent();
    expect_one_map();
}

static void a_host_that_closes_every_descriptor(void **state)
{
    (void)state;
    host_run("coder files", close_everything);
}

/* A map needs no descriptor; a new file needs one. */
static void run_out_of_descriptors(void)
{
    expect_everything(1);
    host_limit(RLIMIT_NOFILE, 0);
    expect_everything(1);
    host_limit(RLIMIT_NOFILE, 1024);
    host_publish(2);
    host_limit(RLIMIT_NOFILE, 0);
    expect_refusal("alice", EAGAIN);
    host_limit(RLIMIT_NOFILE, 1024);
    expect_everything(2);
}

static void a_host_without_a_free_descriptor(void **state)
{
    (void)state;
    host_run("files coder", run_out_of_descriptors);
}

/* -- memory ---------------------------------------------------------------------------------- */

static void run_out_of_addresses(void)
{
    size_t descriptors = fixture_descriptors();
    unsigned long pages = 0;
    FILE *file;

    expect_everything(1);
    fixture_mappings(DIRECTORY_PATH);
    host_publish(2);
    file = fopen("/proc/self/statm", "re");
    expect(file != NULL && fscanf(file, "%lu", &pages) == 1, "statm", errno);
    fclose(file);
    host_limit(RLIMIT_AS, pages * (rlim_t)sysconf(_SC_PAGESIZE));
    expect(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED,
           "there is room", 0);
    expect_everything(2);
    setpwent();
    for (size_t i = 0; i < FIXTURE_USERS; i++)
        expect_next_user(i, 2);
    expect(fixture_descriptors() == descriptors, "descriptors are kept",
           (long)fixture_descriptors());
    endpwent();
    host_limit(RLIMIT_AS, RLIM_INFINITY);
    expect_everything(2);
    expect_one_map();
}

static void a_host_without_room_for_a_map(void **state)
{
    (void)state;
    host_run("coder files", run_out_of_addresses);
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
    host_run("coder files", use_small_stacks);
}

/* -- time ------------------------------------------------------------------------------------ */

/* Long-lived: the file is replaced again and again, with and without lookups between, and amid an
 * enumeration. */
static void live_long(void)
{
    size_t descriptors = fixture_descriptors();

    expect_everything(1);
    for (uint64_t i = 2; i < REPLACEMENTS; i++)
        host_publish(i);
    expect_everything(REPLACEMENTS - 1);
    expect_one_map();
    setpwent();
    expect_next_user(0, REPLACEMENTS - 1);
    for (uint64_t i = 0; i < REPLACEMENTS; i++) {
        host_publish(REPLACEMENTS + i);
        expect_everything(REPLACEMENTS + i);
    }
    expect(fixture_mappings(DIRECTORY_PATH) == 2, "maps amid an enumeration", 0);
    expect_next_user(1, REPLACEMENTS - 1);
    expect_next_user(2, REPLACEMENTS - 1);
    endpwent();
    expect_one_map();
    expect(fixture_descriptors() == descriptors, "descriptors are kept",
           (long)fixture_descriptors());
}

static void a_host_that_lives_long(void **state)
{
    (void)state;
    host_run("coder files", live_long);
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
    for (int i = 0; (i < 500 || alarms < 500) && !host_has_note(); i++) {
        setitimer(ITIMER_REAL, &never, NULL);
        if (i % 4 == 0)
            host_publish(++generation);
        setitimer(ITIMER_REAL, &often, NULL);
        expect_everything(generation);
    }
    setitimer(ITIMER_REAL, &never, NULL);
    expect_one_map();
}

static void a_host_that_is_interrupted_always(void **state)
{
    (void)state;
    host_run("coder files", be_interrupted);
}

/* -- places ---------------------------------------------------------------------------------- */

static void change_root(void)
{
    int outside = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    expect_everything(1);
    expect((mkdir("/tmp/empty", 0755) == 0 || errno == EEXIST) && chroot("/tmp/empty") == 0,
           "chroot", errno);
    fixture_wait(); /* nobody said that anything was replaced */
    expect_uid("alice", HOST_NOBODY);
    expect(fchdir(outside) == 0 && chroot(".") == 0, "fchdir", errno);
    expect_everything(1);
}

static void a_chroot_without_the_file(void **state)
{
    (void)state;
    host_run("coder files", change_root);
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
    };

    return host_prepare() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
