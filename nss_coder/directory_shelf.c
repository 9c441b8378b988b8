/*
 * directory_shelf.c - maps kept for the next lookup, shared by all threads.
 *
 * The principle: no lock and nothing to wait for. A few static shelves hold maps, each with atomic
 * counts of its readers; the newest one is current, older ones are retired and unmapped by whoever
 * drops their last count. A count that a fork left behind costs one map in that child.
 *
 * Threads count in lanes of their own, so that none waits for the other's cache line. A reader counts
 * first and then looks whether the shelf is still current; who retires it takes it out of `current`
 * first and then looks at all counts. So one of the two sees the other. Whoever counted too late goes
 * away without a look at the map.
 *
 * When an answer may come from a map without a look at the path (DESIGN D15), and who is seen when:
 * - our tools' replacement: on the next lookup, by the mark;
 * - a file made shorter in place, `cp` over it under way: on the next lookup, by its last word, which
 *   the kernel is asked for before any of its pages is touched. A reader that has passed this is sent
 *   SIGBUS only by who cuts the file in the moment between, as between a stat(2) and the answer;
 * - another file written into it: on the next lookup, by its header;
 * - anybody else's replacement, removal, chmod, chroot: within DIRECTORY_LOOK_MS.
 * In doubt the path is looked at.
 */
#include "directory_shelf.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "directory.h"
#include "directory_map.h"
#include "directory_probe.h"

#define SHELVES 6 /* all of it in the one page that the module writes to: ld.so(8) maps a second one by a call more */
#define LANES 16
#define LANE_BITS 4

enum shelf_state {
    SHELF_FREE,
    SHELF_BUSY,    /* one thread fills or empties it */
    SHELF_READY,   /* the map is filled in */
    SHELF_RETIRED  /* it is current no more: no new readers */
};

struct lane {
    _Alignas(64) _Atomic uint32_t readers[SHELVES];
};

struct directory_shelf {
    _Alignas(64) _Atomic uint32_t state; /* enum shelf_state */
    _Atomic int64_t looked;              /* when the path was last this file's, by directory_clock() */
    bool quick;
    _Alignas(64) struct directory_map map;
};

static struct directory_shelf shelves[SHELVES];
static struct lane lanes[LANES];
static _Atomic uint32_t current; /* the shelf's number plus one; 0: none */

int64_t directory_clock(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC_COARSE, &now) != 0)
        return -1;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void directory_map_release(struct directory_map *map)
{
    if (map->data != NULL)
        munmap((void *)map->data, (size_t)map->size);
    else
        close(map->fd);
}

/* A thread's errno has an address of its own, and those of a few threads differ in these bits of the
 * product. Any lane would do. */
unsigned directory_lane(void)
{
    uint64_t place = (uint64_t)(uintptr_t)&errno >> 6;
    return (unsigned)((place * 0x9e3779b97f4a7c15U) >> (64 - LANE_BITS));
}

static bool shelf_is_read(struct directory_shelf *shelf)
{
    for (unsigned i = 0; i < LANES; i++) {
        if (atomic_load(&lanes[i].readers[shelf - shelves]) != 0)
            return true;
    }
    return false;
}

/* Looked at twice: between the first look and the exchange the shelf may have been emptied and have
 * come here again with another map and its readers. */
static void shelf_empty_if_unused(struct directory_shelf *shelf)
{
    while (atomic_load(&shelf->state) == SHELF_RETIRED && !shelf_is_read(shelf)) {
        uint32_t retired = SHELF_RETIRED;
        if (!atomic_compare_exchange_strong(&shelf->state, &retired, SHELF_BUSY))
            return;
        bool unused = !shelf_is_read(shelf);
        if (unused)
            directory_map_release(&shelf->map);
        atomic_store(&shelf->state, unused ? SHELF_FREE : SHELF_RETIRED);
    }
}

void directory_shelf_drop(struct directory_shelf *shelf, unsigned lane)
{
    atomic_fetch_sub(&lanes[lane].readers[shelf - shelves], 1);
    shelf_empty_if_unused(shelf);
}

/* Only the thread that took the number out of `current` retires that shelf, so never twice. */
static void shelf_retire(uint32_t number)
{
    if (number == 0)
        return;
    atomic_store(&shelves[number - 1].state, SHELF_RETIRED);
    shelf_empty_if_unused(&shelves[number - 1]);
}

/* Emulators, which may answer the probe by rules of their own, give no vdso(7); nor is the clock free there. */
static bool kernel_is_itself(void)
{
    return getauxval(AT_SYSINFO_EHDR) != 0;
}

struct directory_shelf *directory_shelf_put(const struct directory_map *map, int64_t looked,
                                            unsigned lane)
{
    for (uint32_t i = 0; i < SHELVES; i++) {
        uint32_t unclaimed = SHELF_FREE;
        if (!atomic_compare_exchange_strong(&shelves[i].state, &unclaimed, SHELF_BUSY))
            continue;
        shelves[i].map = *map;
        shelves[i].quick = kernel_is_itself();
        atomic_store(&shelves[i].looked, looked);
        atomic_fetch_add(&lanes[lane].readers[i], 1);
        atomic_store(&shelves[i].state, SHELF_READY);
        shelf_retire(atomic_exchange(&current, i + 1));
        return &shelves[i];
    }
    return NULL;
}

/* A host that unloads the module (libpam after every transaction) must not lose a map each time. */
__attribute__((destructor)) static void shelves_unload(void)
{
    shelf_retire(atomic_exchange(&current, 0));
}

struct directory_shelf *directory_shelf_take(unsigned lane)
{
    uint32_t number = atomic_load(&current);
    if (number == 0)
        return NULL;
    struct directory_shelf *shelf = &shelves[number - 1];
    atomic_fetch_add(&lanes[lane].readers[number - 1], 1);
    if (atomic_load(&current) == number)
        return shelf;
    directory_shelf_drop(shelf, lane);
    return NULL;
}

/* Nobody made it shorter: what is behind a file's end is zero or not there at all. */
static bool map_reaches_its_end(const struct directory_map *map)
{
    const unsigned char *end = map->data + map->size;
    return directory_probe(end - DIRECTORY_PROBED)
        && memcmp(end - DIRECTORY_END_SIZE, DIRECTORY_END, DIRECTORY_END_SIZE) == 0;
}

/* Nobody wrote another file into it. Sums and mark share a line of the cache. */
static bool map_is_as_read(const struct directory_map *map)
{
    const struct directory_header *header = (const void *)map->data;
    return header->body_checksum == map->header.body_checksum
        && header->checksum == map->header.checksum;
}

static bool map_is_marked(const struct directory_map *map)
{
    const void *mark = map->data + DIRECTORY_MARK;
    return atomic_load_explicit((const _Atomic uint32_t *)mark, memory_order_acquire) != 0;
}

static bool shelf_was_looked_at(struct directory_shelf *shelf)
{
    int64_t now = directory_clock();
    int64_t looked = atomic_load_explicit(&shelf->looked, memory_order_relaxed);
    return looked >= 0 && now >= looked && now - looked < DIRECTORY_LOOK_MS;
}

bool directory_shelf_is_fresh(struct directory_shelf *shelf)
{
    const struct directory_map *map = &shelf->map;
    return shelf->quick && shelf_was_looked_at(shelf) && map_reaches_its_end(map)
        && map_is_as_read(map) && !map_is_marked(map);
}

const struct directory_map *directory_shelf_map(const struct directory_shelf *shelf)
{
    return &shelf->map;
}

void directory_shelf_looked(struct directory_shelf *shelf, int64_t now)
{
    atomic_store_explicit(&shelf->looked, now, memory_order_relaxed);
}
