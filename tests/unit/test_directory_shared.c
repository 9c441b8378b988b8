/*
 * test_directory_shared.c - the directory reader in threads, in forks and without address space.
 *
 * The principle: whoever replaces the file meanwhile, a lookup gives the right answer or none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_map.h"
#include "fixture/fixture_directory.h"
#include "fixture/judge_directory.h"

#define REPLACEMENTS 1000
#define THREADS 4

static char folder[] = "/tmp/coder-shared-XXXXXX";
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

static atomic_bool stop;
static atomic_int wrong;
static atomic_ulong lookups;
static atomic_ulong published; /* the generation of the last publication that has returned */

static bool judge_now(uint64_t *last)
{
    struct directory_view view;
    uint64_t oldest = atomic_load(&published);
    if (directory_view_open_for(path, DIRECTORY_USER_NAMES, 0, &view) != DIRECTORY_OK)
        return false;
    uint64_t generation = directory_view_generation(&view);
    int right = 0;
    bool good = judge_all(&view, generation, &right) && right == ALL_RIGHT && generation >= *last
             && generation >= oldest;
    directory_view_close(&view);
    *last = generation;
    return good;
}

static void *look_up_until_stop(void *unused)
{
    (void)unused;
    uint64_t last = 0;
    while (!atomic_load(&stop)) {
        if (!judge_now(&last))
            atomic_fetch_add(&wrong, 1);
        atomic_fetch_add(&lookups, 1);
    }
    return NULL;
}

static void threads_start(pthread_t threads[THREADS])
{
    atomic_store(&stop, false);
    atomic_store(&wrong, 0);
    atomic_store(&lookups, 0);
    atomic_store(&published, 1);
    assert_true(fixture_publish(path, 1));
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, look_up_until_stop, NULL), 0);
}

static void threads_stop(pthread_t threads[THREADS])
{
    atomic_store(&stop, true);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&wrong), 0);
}

static bool is_marked(void)
{
    struct directory_view view;
    assert_int_equal(directory_view_open(path, &view), DIRECTORY_OK);
    bool marked = directory_view_is_marked(&view);
    directory_view_close(&view);
    return marked;
}

static void test_threads_during_replacements(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    threads_start(threads);
    bool all_published = true;
    for (uint64_t generation = 2; generation < 2 + REPLACEMENTS; generation++) {
        all_published = fixture_publish(path, generation) && all_published;
        atomic_store(&published, generation);
    }
    while (atomic_load(&lookups) < 100)
        usleep(1000);
    threads_stop(threads);
    assert_true(all_published);
    assert_int_equal(judge_path(path, 1 + REPLACEMENTS), ALL_RIGHT);
    assert_false(is_marked()); /* or each lookup would look at the path */
    assert_int_equal(fixture_mappings(path), 1);
}

/* A child of a threaded process: looks up, now and after a replacement, and waits for nobody. */
static int child_of_threads(void)
{
    alarm(20);
    uint64_t last = 0;
    for (uint64_t i = 0; i < 20; i++) {
        if (!judge_now(&last))
            return 1;
    }
    if (!fixture_publish(path, 1000000 + last) || !judge_now(&last))
        return 2;
    return fixture_mappings(path) <= 1 + THREADS ? 0 : 3; /* one left behind by each, at most */
}

static void test_fork_amid_lookups(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    threads_start(threads);
    int failed = 0; /* a child's status, asserted only when the threads have ended */
    for (int i = 0; i < 50; i++) {
        pid_t child = fork();
        if (child == 0)
            _exit(child_of_threads());
        int status = -1;
        waitpid(child, &status, 0);
        failed = status != 0 ? status : failed;
    }
    threads_stop(threads);
    assert_int_equal(failed, 0);
}

static int judge_without_address_space(void)
{
    static const struct rlimit tight = {1 << 20, 1 << 20};
    size_t descriptors = fixture_descriptors();
    struct directory_view view;
    if (setrlimit(RLIMIT_AS, &tight) != 0)
        return 100;
    if (directory_view_open(path, &view) != DIRECTORY_OK)
        return 101;
    if (!directory_view_holds_descriptor(&view)
        || directory_view_check_whole(&view) != DIRECTORY_OK)
        return 102;
    directory_view_close(&view);
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC); /* the lowest free one: nothing was kept */
    if (fd < 0 || (size_t)fd > descriptors)
        return 103;
    return judge_path(path, 1);
}

static void test_read_where_mmap_fails(void **state)
{
    (void)state;
    assert_true(fixture_publish(path, 1));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(judge_without_address_space());
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), ALL_RIGHT);
}

/* In kB, as proc_pid_smaps(5) has it; -1: it is not mapped. */
static long mapped_memory(void)
{
    FILE *maps = fopen("/proc/self/smaps", "re");
    char line[512];
    bool found = false;
    long memory = -1;
    while (maps != NULL && memory < 0 && fgets(line, sizeof(line), maps) != NULL) {
        found = found || strstr(line, path) != NULL;
        if (found && strncmp(line, "Rss:", 4) == 0)
            memory = strtol(line + 4, NULL, 10);
    }
    if (maps != NULL)
        fclose(maps);
    return memory;
}

static void test_let_go_is_no_memory_and_still_read(void **state)
{
    (void)state;
    struct directory_view view;
    assert_true(fixture_publish(path, 1));
    assert_int_equal(directory_view_open(path, &view), DIRECTORY_OK);
    assert_int_equal(directory_view_check_whole(&view), DIRECTORY_OK);
    assert_true(mapped_memory() > 0);
    directory_view_let_go(&view);
    assert_int_equal(mapped_memory(), 0);
    assert_int_equal(directory_view_check_whole(&view), DIRECTORY_OK);
    directory_view_close(&view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_during_replacements),
        cmocka_unit_test(test_fork_amid_lookups),
        cmocka_unit_test(test_read_where_mmap_fails),
        cmocka_unit_test(test_let_go_is_no_memory_and_still_read),
    };
    return cmocka_run_group_tests_name("directory, shared", tests, folder_make, folder_remove);
}
