/*
 * What looking somebody up costs: plain libc calls, answered by whatever nsswitch.conf names. Every
 * answer is compared with what tests/bench/fill_nss.sh put there; after a wrong one there is no
 * figure. Prints lines of "MEASURE VALUE STAT": microseconds unless said otherwise, and those of
 * one stat() in the same process.
 *
 *   bench_nss ACCOUNTS lookups|initgroups|threads|enumeration|warm|warm-groups
 *   bench_nss ACCOUNTS repeat MEASURE COUNT   ask so often and print nothing, for callgrind to count
 *   bench_nss ACCOUNTS cold COMMAND...   milliseconds of running a program, the median of several
 *   BENCH_KEYS=N                         ask for so many names and ids, instead of 16384
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_UID = 1900000000, KEYS = 16384, THREADS = 4, COLD_RUNS = 41, BATCHES = 1024 };
enum { ADMINS = 70000, MEMBERS = 70001, AUDITORS = 70002 };

static const double budget_us = 120e3; /* for one figure */

/* -- what is asked, and what is right -------------------------------------------------------- */

struct key {
    char name[16];
    uint32_t id;
    bool exists;
};

static struct key keys[KEYS];
static size_t key_count = KEYS;
static uint32_t accounts;

/* Every tenth is a miss. */
static void make_keys(void)
{
    uint64_t state = 88172645463325252U;

    for (size_t i = 0; i < KEYS; i++) {
        uint32_t number;

        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        number = (uint32_t)(state % accounts);
        keys[i].exists = i % 10 != 9;
        keys[i].id = FIRST_UID + number + (keys[i].exists ? 0 : accounts);
        snprintf(keys[i].name, sizeof keys[i].name, "%s%07u", keys[i].exists ? "user" : "miss",
                 number % 10000000);
    }
}

static bool passwd_is_right(const struct passwd *entry, const char *name, uint32_t id)
{
    return entry->pw_uid == id && entry->pw_gid == id && strcmp(entry->pw_name, name) == 0 &&
           strncmp(entry->pw_gecos, "User Number ", 12) == 0 &&
           strncmp(entry->pw_dir, "/home/", 6) == 0 && strcmp(entry->pw_dir + 6, name) == 0 &&
           strcmp(entry->pw_shell, "/bin/bash") == 0;
}

/* As programs do it: as large as it has to be, and kept. Peers want room for the longest line. */
static _Thread_local struct room {
    char *bytes;
    size_t size;
} room;

static void room_grow(void)
{
    free(room.bytes);
    room.size = room.size == 0 ? 1024 : 2 * room.size;
    room.bytes = malloc(room.size);
    if (room.bytes == NULL)
        exit(1);
}

static bool is_missing(int error)
{
    return error == 0 || error == ENOENT;
}

static bool ask_name(const struct key *key)
{
    struct passwd entry, *found = NULL;
    int error;

    while ((error = getpwnam_r(key->name, &entry, room.bytes, room.size, &found)) == ERANGE)
        room_grow();
    return key->exists ? found != NULL && passwd_is_right(found, key->name, key->id)
                       : found == NULL && is_missing(error);
}

static bool ask_uid(const struct key *key)
{
    struct passwd entry, *found = NULL;
    int error;

    while ((error = getpwuid_r(key->id, &entry, room.bytes, room.size, &found)) == ERANGE)
        room_grow();
    return key->exists ? found != NULL && passwd_is_right(found, key->name, key->id)
                       : found == NULL && is_missing(error);
}

static bool ask_gid(const struct key *key)
{
    struct group entry, *found = NULL;
    int error;

    while ((error = getgrgid_r(key->id, &entry, room.bytes, room.size, &found)) == ERANGE)
        room_grow();
    return key->exists ? found != NULL && found->gr_gid == key->id &&
                             strcmp(found->gr_name, key->name) == 0 && found->gr_mem[0] == NULL
                       : found == NULL && is_missing(error);
}

static bool is_among(gid_t gid, const gid_t *gids, int count)
{
    for (int i = 0; i < count; i++)
        if (gids[i] == gid)
            return true;
    return false;
}

static bool ask_groups(const struct key *key)
{
    gid_t gids[16];
    int count = 16, expected;

    if (!key->exists) /* nobody asks for the groups of who is not there */
        key--;
    expected = 2 + (key->id % 10 == 0) + (key->id % 100 == 0);
    return getgrouplist(key->name, key->id, gids, &count) == expected && gids[0] == key->id &&
           is_among(MEMBERS, gids, count) &&
           (key->id % 10 != 0 || is_among(AUDITORS, gids, count)) &&
           (key->id % 100 != 0 || is_among(ADMINS, gids, count));
}

/* -- measuring ------------------------------------------------------------------------------- */

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static bool ask_stat(const struct key *key)
{
    struct stat file;

    (void)key;
    return stat("/etc/nsswitch.conf", &file) == 0;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/*
 * Microseconds for one, below 0 after a wrong answer: the median over batches of about a
 * millisecond, so that somebody else's turn on the processor does not count.
 */
static double time_one(bool (*ask)(const struct key *key), double most_us)
{
    static double batches[BATCHES];
    double begun = now_us();
    size_t done = 0, batch = 1, count = 0;

    while (count < BATCHES && (count == 0 || now_us() - begun < most_us)) {
        double from = now_us(), spent;

        for (size_t i = 0; i < batch; i++, done++)
            if (!ask(&keys[done % key_count]))
                return -1;
        spent = now_us() - from;
        batches[count++] = spent / (double)batch;
        if (spent < 500) { /* too short to tell */
            batch *= 2;
            count = 0;
        }
    }
    qsort(batches, count, sizeof batches[0], compare);
    return batches[count / 2];
}

static double stat_us(void)
{
    return time_one(ask_stat, 20e3);
}

static void print(const char *measure, double value, double one_stat)
{
    if (value < 0)
        printf("%s wrong -\n", measure);
    else
        printf("%s %.4f %.4f\n", measure, value, one_stat);
    fflush(stdout);
}

/* The stat() of a figure is timed right before and right after it. */
static void measure(const char *name, bool (*ask)(const struct key *key))
{
    double before = stat_us(), value, after;

    ask(&keys[0]);
    value = time_one(ask, budget_us);
    after = stat_us();
    print(name, value, (before + after) / 2);
}

/* Kilobytes of memory that no other process can share. */
static long anonymous_kb(void)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "re");
    char line[256];
    long kb = -1;

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "Anonymous: %ld", &kb) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return kb;
}

static int descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void measure_lookups(void)
{
    int open_before = descriptors();
    long kb;

    anonymous_kb(); /* its own memory, stdio's, is not the lookup's */
    kb = anonymous_kb();
    ask_name(&keys[0]);
    ask_gid(&keys[0]);
    print("private-kb", (double)(anonymous_kb() - kb), 0);
    print("descriptors", descriptors() - open_before, 0);
    measure("getpwnam", ask_name);
    measure("getpwuid", ask_uid);
    measure("getgrgid", ask_gid);
}

/* -- threads --------------------------------------------------------------------------------- */

static atomic_bool stop, wrong;
static atomic_ulong lookups;

static void *ask_always(void *data)
{
    unsigned long own = 0;

    room_grow();
    for (size_t i = (size_t)data * (KEYS / THREADS);
         !atomic_load_explicit(&stop, memory_order_relaxed); i++, own++)
        if (!ask_name(&keys[i % key_count])) {
            atomic_store(&wrong, true);
            break;
        }
    atomic_fetch_add(&lookups, own);
    return NULL;
}

static void measure_threads(void)
{
    pthread_t threads[THREADS];
    double one_stat = stat_us(), begun;

    ask_name(&keys[0]);
    begun = now_us();
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, ask_always, (void *)i) != 0)
            exit(1);
    usleep(300000);
    atomic_store(&stop, true);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    /* Per lookup, so that less is better in every figure. */
    print("threads", atomic_load(&wrong) ? -1 : (now_us() - begun) / (double)atomic_load(&lookups),
          one_stat);
}

/* -- enumeration ----------------------------------------------------------------------------- */

static void measure_enumeration(void)
{
    double one_stat = stat_us(), begun;
    uint32_t count = 0;
    bool right = true;
    long kb;

    ask_name(&keys[0]);
    kb = anonymous_kb();
    begun = now_us();
    setpwent();
    for (struct passwd *entry; (entry = getpwent()) != NULL;) {
        if (strncmp(entry->pw_name, "user", 4) != 0)
            continue; /* the model, and what else is in /etc/passwd */
        right = right && passwd_is_right(entry, entry->pw_name,
                                         FIRST_UID + (uint32_t)atoi(entry->pw_name + 4));
        count++;
    }
    right = right && count == accounts;
    print("enumeration-kb", right ? (double)(anonymous_kb() - kb) : -1, 0);
    endpwent();
    print("enumeration", right ? (now_us() - begun) / 1e3 : -1, one_stat); /* milliseconds */
}

/* -- a program's whole life ------------------------------------------------------------------ */

static double run_ms(char *const *argv)
{
    double begun = now_us();
    posix_spawn_file_actions_t actions;
    int status = -1;
    pid_t child;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&child, argv[0], &actions, NULL, argv, environ) != 0 ||
        waitpid(child, &status, 0) != child)
        status = -1;
    posix_spawn_file_actions_destroy(&actions);
    return status == 0 ? (now_us() - begun) / 1e3 : -1;
}

static void measure_cold(char *const *argv)
{
    double times[COLD_RUNS];

    for (int i = 0; i < COLD_RUNS; i++)
        times[i] = run_ms(argv);
    qsort(times, COLD_RUNS, sizeof times[0], compare);
    print("cold", times[0] < 0 ? -1 : times[COLD_RUNS / 2], stat_us());
}

/* Whoever fills a cache when first asked has it full after this. */
static void warm(bool groups)
{
    double begun = now_us();

    for (size_t i = 0; i < key_count && now_us() - begun < 40e6; i++) {
        if (groups) {
            ask_groups(&keys[i]);
            continue;
        }
        ask_name(&keys[i]);
        ask_uid(&keys[i]);
        ask_gid(&keys[i]);
    }
}

static int repeat(const char *what, size_t times)
{
    bool (*ask)(const struct key *key) = strcmp(what, "getpwnam") == 0   ? ask_name
                                         : strcmp(what, "getpwuid") == 0 ? ask_uid
                                         : strcmp(what, "getgrgid") == 0 ? ask_gid
                                                                         : ask_groups;

    for (size_t i = 0; i < times; i++)
        if (!ask(&keys[i % key_count]))
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 3 || (accounts = (uint32_t)atol(argv[1])) == 0)
        return 2;
    make_keys();
    room_grow();
    if (getenv("BENCH_KEYS") != NULL)
        key_count = (size_t)atol(getenv("BENCH_KEYS")) % (KEYS + 1);
    if (key_count == 0)
        return 2;
    if (strcmp(argv[2], "lookups") == 0)
        measure_lookups();
    else if (strcmp(argv[2], "initgroups") == 0)
        measure("initgroups", ask_groups);
    else if (strcmp(argv[2], "threads") == 0)
        measure_threads();
    else if (strcmp(argv[2], "enumeration") == 0)
        measure_enumeration();
    else if (strncmp(argv[2], "warm", 4) == 0)
        warm(strcmp(argv[2], "warm-groups") == 0);
    else if (strcmp(argv[2], "repeat") == 0 && argc == 5)
        return repeat(argv[3], (size_t)atol(argv[4]));
    else if (strcmp(argv[2], "cold") == 0 && argc > 3)
        measure_cold(argv + 3);
    else
        return 2;
    return 0;
}
