/*
 * test_nss_threads.c - libnss_coder.so.2 in programs with threads, called by plain libc functions,
 * in a private world whose nsswitch.conf has it.
 *
 * The principle: every part of every answer carries the generation of the file it came from. So a
 * mix of two files, an answer older than the last rename before the call, or a torn one cannot pass
 * for right. The same source is built with ThreadSanitizer, together with the module
 * (tests/hostile/nss-tsan.sh).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_write.h"
#include "nss_coder/directory_writer.h"
#include "fixture/fixture_directory.h"

enum {
    USERS = 40,
    FIRST_UID = 70100,
    AUDITORS = 70002, /* the group that lists every second user, odd or even by the generation */
    THREADS = 4,
    REPLACEMENTS = 1000,
    FORKS = 40, /* by each thread */
    BUFFER = 4096,
    GIDS = 16
};

/* Between the replacer's process and the threads. Any answer is of a generation from `published` as
 * it was before the call to `started` as it was after it. */
static struct shared {
    _Atomic uint64_t started, published;
    atomic_bool stop;
} *shared;

static atomic_ulong lookups;
static atomic_bool noted;
static char note[200];

/* -- a directory of one generation ----------------------------------------------------------- */

static bool is_auditor(uint32_t number, uint64_t generation)
{
    return number % 2 == generation % 2;
}

static size_t gids_of(uint32_t number, uint64_t generation, uint32_t ret[GIDS])
{
    size_t first = is_auditor(number, generation), count = first + 3 + generation % 5;

    ret[0] = AUDITORS;
    for (size_t i = first; i < count; i++)
        ret[i] = (uint32_t)(100000 * (i + 1) + generation);
    return count;
}

static bool add_user(struct directory_writer *writer, uint32_t number, uint64_t generation)
{
    uint32_t gids[GIDS];
    char name[16], gecos[32], home[64];
    struct directory_user user = { .name = name,
                                   .uid = FIRST_UID + number,
                                   .gid = FIRST_UID + number,
                                   .private_group = true,
                                   .gecos = gecos,
                                   .home = home,
                                   .shell = "/bin/sh",
                                   .gids = gids,
                                   .listed_count = is_auditor(number, generation) };

    snprintf(name, sizeof name, "user%02u", number);
    snprintf(gecos, sizeof gecos, "%llu", (unsigned long long)generation);
    snprintf(home, sizeof home, "/home/%s/%llu", name, (unsigned long long)generation);
    user.gid_count = gids_of(number, generation, gids);
    return directory_writer_add_user(writer, &user) == DIRECTORY_OK;
}

static void publish(uint64_t generation)
{
    const struct directory_plan plan = { .generation = generation, .users = USERS, .groups = 1 };
    struct directory_writer *writer = fixture_writer_begin(&plan);
    struct directory_group group = { .name = "coder-auditor", .gid = AUDITORS };
    bool added = writer != NULL;

    for (uint32_t i = 0; i < USERS; i++)
        added = added && add_user(writer, i, generation);
    added = added && directory_writer_add_group(writer, &group) == DIRECTORY_OK;
    atomic_store(&shared->started, generation);
    if (!added || !fixture_replace(DIRECTORY_PATH, writer))
        abort();
    atomic_store(&shared->published, generation);
}

/* -- one lookup, judged ---------------------------------------------------------------------- */

/* Why an answer is wrong; the first reason is kept. */
static bool is_wrong(const char *what, uint32_t number, int error)
{
    if (!atomic_exchange(&noted, true))
        snprintf(note, sizeof note, "%s, user %u, error %d", what, number, error);
    return false;
}

static bool is_recent(uint64_t generation, uint64_t earliest)
{
    return generation >= earliest && generation <= atomic_load(&shared->started);
}

static bool passwd_is_right(const struct passwd *entry, uint32_t number, uint64_t earliest)
{
    uint64_t generation = strtoull(entry->pw_gecos, NULL, 10);
    char name[16], home[64];

    snprintf(name, sizeof name, "user%02u", number);
    snprintf(home, sizeof home, "/home/%s/%llu", name, (unsigned long long)generation);
    return is_recent(generation, earliest) && strcmp(entry->pw_name, name) == 0 &&
           strcmp(entry->pw_dir, home) == 0 && entry->pw_uid == FIRST_UID + number &&
           entry->pw_gid == entry->pw_uid && strcmp(entry->pw_passwd, "x") == 0 &&
           strcmp(entry->pw_shell, "/bin/sh") == 0;
}

static bool look_up_passwd(uint32_t number, bool by_name)
{
    uint64_t earliest = atomic_load(&shared->published);
    char buffer[BUFFER], name[16];
    struct passwd entry, *found = NULL;
    int error;

    snprintf(name, sizeof name, "user%02u", number);
    error = by_name ? getpwnam_r(name, &entry, buffer, sizeof buffer, &found)
                    : getpwuid_r(FIRST_UID + number, &entry, buffer, sizeof buffer, &found);
    if (found == NULL || !passwd_is_right(&entry, number, earliest))
        return is_wrong(by_name ? "getpwnam" : "getpwuid", number, error);
    return true;
}

static bool look_up_private_group(uint32_t number)
{
    char buffer[BUFFER], name[16];
    struct group entry, *found = NULL;
    int error = getgrgid_r(FIRST_UID + number, &entry, buffer, sizeof buffer, &found);

    snprintf(name, sizeof name, "user%02u", number);
    if (found == NULL || strcmp(entry.gr_name, name) != 0 || entry.gr_gid != FIRST_UID + number ||
        entry.gr_mem[0] != NULL)
        return is_wrong("getgrgid", number, error);
    return true;
}

/* All the odd users or all the even ones. */
static bool look_up_auditors(void)
{
    char buffer[BUFFER], name[16];
    struct group entry, *found = NULL;
    int error = getgrnam_r("coder-auditor", &entry, buffer, sizeof buffer, &found);

    if (found == NULL || entry.gr_gid != AUDITORS || entry.gr_mem[0] == NULL)
        return is_wrong("getgrnam", 0, error);
    for (unsigned i = 0; i < USERS / 2; i++) {
        snprintf(name, sizeof name, "user%02u", 2 * i + (strcmp(entry.gr_mem[0], "user01") == 0));
        if (entry.gr_mem[i] == NULL || strcmp(entry.gr_mem[i], name) != 0)
            return is_wrong("members", i, 0);
    }
    return entry.gr_mem[USERS / 2] == NULL || is_wrong("more members", 0, 0);
}

static bool look_up_groups(uint32_t number)
{
    uint64_t earliest = atomic_load(&shared->published);
    gid_t gids[2 * GIDS];
    uint32_t expected[GIDS];
    int count = 2 * GIDS;
    char name[16];

    snprintf(name, sizeof name, "user%02u", number);
    if (getgrouplist(name, FIRST_UID + number, gids, &count) < 4 || gids[0] != FIRST_UID + number)
        return is_wrong("getgrouplist", number, count);
    if (!is_recent(gids[count - 1] % 100000, earliest) ||
        gids_of(number, gids[count - 1] % 100000, expected) != (size_t)count - 1 ||
        memcmp(gids + 1, expected, ((size_t)count - 1) * sizeof(gid_t)) != 0)
        return is_wrong("groups", number, count);
    return true;
}

static bool look_up_stranger(void)
{
    char buffer[BUFFER];
    struct passwd entry, *found = NULL;
    int error = getpwnam_r("user99", &entry, buffer, sizeof buffer, &found);

    return (found == NULL && error == 0) || is_wrong("stranger", 99, error);
}

static bool look_up(uint32_t number, unsigned kind)
{
    atomic_fetch_add(&lookups, 1);
    switch (kind % 6) {
    case 0: return look_up_passwd(number, true);
    case 1: return look_up_passwd(number, false);
    case 2: return look_up_private_group(number);
    case 3: return look_up_auditors();
    case 4: return look_up_groups(number);
    default: return look_up_stranger();
    }
}

/* -- threads --------------------------------------------------------------------------------- */

static void *look_up_always(void *data)
{
    unsigned kind = (unsigned)(uintptr_t)data;

    for (uint32_t i = 0; !atomic_load(&shared->stop) && !atomic_load(&noted); i++)
        look_up(i % USERS, kind++);
    return NULL;
}

/* glibc gives the whole program one place in the map, so only one thread enumerates. */
static void *enumerate_always(void *data)
{
    while (!atomic_load(&shared->stop) && !atomic_load(&noted)) {
        uint64_t earliest = atomic_load(&shared->published), generation = 0;
        char buffer[BUFFER];
        struct passwd entry, *found;
        uint32_t number = 0;

        setpwent();
        while (getpwent_r(&entry, buffer, sizeof buffer, &found) == 0) {
            if (strncmp(entry.pw_name, "user", 4) != 0)
                continue;
            generation = number == 0 ? strtoull(entry.pw_gecos, NULL, 10) : generation;
            if (!passwd_is_right(&entry, number, earliest) ||
                strtoull(entry.pw_gecos, NULL, 10) != generation)
                is_wrong("getpwent", number, 0);
            number++;
        }
        endpwent();
        if (number != USERS)
            is_wrong("enumerated", number, 0);
    }
    return data;
}

static pid_t replacer_start(void)
{
    pid_t replacer = fork();

    assert_true(replacer >= 0);
    if (replacer != 0)
        return replacer;
    for (uint64_t i = 0; i < REPLACEMENTS; i++)
        publish(atomic_load(&shared->published) + 1);
    _exit(0);
}

static void replacer_end(pid_t replacer)
{
    int status = -1;

    assert_int_equal(waitpid(replacer, &status, 0), replacer);
    assert_int_equal(status, 0);
}

static void start(pthread_t *threads, size_t count, void *(*body)(void *))
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, body, (void *)i), 0);
}

static void join(const pthread_t *threads, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void assert_nothing_noted(void)
{
    if (atomic_load(&noted))
        fail_msg("%s", note);
}

static void every_answer_is_right_while_the_file_is_replaced(void **state)
{
    pthread_t threads[THREADS], enumerator;
    size_t descriptors = fixture_descriptors();
    pid_t replacer = replacer_start();

    (void)state;
    start(threads, THREADS, look_up_always);
    start(&enumerator, 1, enumerate_always);
    replacer_end(replacer);
    atomic_store(&shared->stop, true);
    join(threads, THREADS);
    join(&enumerator, 1);
    assert_nothing_noted();
    assert_int_equal(atomic_load(&shared->published), 1 + REPLACEMENTS);
    assert_true(atomic_load(&lookups) > REPLACEMENTS);
    assert_true(look_up_passwd(0, true));
    assert_int_equal(fixture_mappings(DIRECTORY_PATH), 1);
    assert_int_equal(fixture_descriptors(), descriptors);
    print_message("# %lu lookups during %d replacements\n", atomic_load(&lookups), REPLACEMENTS);
}

/* In the child of one thread of several; alarm ends it if it waits for a lock that nobody drops. */
static void look_up_all_and_exit(void)
{
    bool right = true;

    alarm(60);
    for (uint32_t i = 0; right && i < USERS * 6; i++)
        right = look_up(i % USERS, i);
    _exit(right ? 0 : 1);
}

static void *fork_often(void *data)
{
    for (int i = 0; i < FORKS && !atomic_load(&noted); i++) {
        int status = -1;
        pid_t child = fork();

        if (child == 0)
            look_up_all_and_exit();
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            is_wrong("a child", (uint32_t)i, status);
        look_up((uint32_t)i % USERS, (unsigned)i);
    }
    return data;
}

static void children_of_threads_get_right_answers(void **state)
{
    pthread_t threads[2], forkers[2];
    pid_t replacer = replacer_start();

    (void)state;
    start(threads, 2, look_up_always);
    start(forkers, 2, fork_often);
    join(forkers, 2);
    atomic_store(&shared->stop, true);
    join(threads, 2);
    replacer_end(replacer);
    assert_nothing_noted();
}

/* -- the run --------------------------------------------------------------------------------- */

static int begin(void **state)
{
    (void)state;
    memset(shared, 0, sizeof *shared);
    atomic_store(&noted, false);
    atomic_store(&lookups, 0);
    mkdir(CODER_STATE_DIR, 0755);
    publish(1);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_answer_is_right_while_the_file_is_replaced, begin),
        cmocka_unit_test_setup(children_of_threads_get_right_answers, begin),
    };

    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return shared == MAP_FAILED ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
