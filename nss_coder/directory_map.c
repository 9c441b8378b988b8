/*
 * directory_map.c - finding, judging and keeping the directory file's bytes for the reader.
 *
 * The principle: no lock and nothing to wait for. A few static shelves hold maps, each with an
 * atomic count of its readers; the newest one is current, older ones are retired and unmapped by
 * whoever drops their last count. A count that a fork left behind costs one map in that child, and
 * when no shelf is free a lookup maps the file for itself.
 */
#include "directory_map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"
#include "directory_checksum.h"

#define SHELVES 8
#define SHELF_READY 0x80000000U   /* the map is filled in */
#define SHELF_RETIRED 0x40000000U /* no new readers */
#define SHELF_BUSY 0x20000000U    /* one thread fills or empties it; below: the count */

#define OVERFLOW_UID 65534 /* what an unmapped owner looks like, user_namespaces(7) */

struct directory_shelf {
    _Alignas(64) _Atomic uint32_t state; /* 0: free */
    _Alignas(64) struct directory_map map;
};

static struct directory_shelf shelves[SHELVES];
static _Atomic uint32_t current; /* the shelf's number plus one; 0: none */

static void map_release(struct directory_map *map)
{
    if (map->data != NULL)
        munmap((void *)map->data, (size_t)map->size);
    else
        close(map->fd);
}

static void shelf_empty_if_unused(struct directory_shelf *shelf)
{
    uint32_t unused = SHELF_READY | SHELF_RETIRED;
    if (!atomic_compare_exchange_strong(&shelf->state, &unused, SHELF_BUSY))
        return;
    map_release(&shelf->map);
    atomic_store(&shelf->state, 0);
}

static bool shelf_take(struct directory_shelf *shelf)
{
    uint32_t state = atomic_load_explicit(&shelf->state, memory_order_relaxed);
    while ((state & (SHELF_READY | SHELF_RETIRED)) == SHELF_READY) {
        if (atomic_compare_exchange_weak(&shelf->state, &state, state + 1))
            return true;
    }
    return false;
}

static void shelf_drop(struct directory_shelf *shelf)
{
    if (atomic_fetch_sub(&shelf->state, 1) == (SHELF_READY | SHELF_RETIRED | 1))
        shelf_empty_if_unused(shelf);
}

/* Only the thread that took the number out of `current` retires that shelf, so never twice. */
static void shelf_retire(uint32_t number)
{
    if (number == 0)
        return;
    atomic_fetch_or(&shelves[number - 1].state, SHELF_RETIRED);
    shelf_empty_if_unused(&shelves[number - 1]);
}

/* Share this map, with one count for the caller. NULL when every shelf is taken. */
static struct directory_shelf *shelf_put(const struct directory_map *map)
{
    for (uint32_t i = 0; i < SHELVES; i++) {
        uint32_t unclaimed = 0;
        if (!atomic_compare_exchange_strong(&shelves[i].state, &unclaimed, SHELF_BUSY))
            continue;
        shelves[i].map = *map;
        atomic_store(&shelves[i].state, SHELF_READY | 1);
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

static enum directory_result result_of_errno(int error)
{
    if (error == EMFILE || error == ENFILE || error == ENOMEM)
        return DIRECTORY_NO_RESOURCES;
    return DIRECTORY_UNAVAILABLE;
}

/* Where every id is mapped (the initial namespace) uid 65534 is a user like any other. */
static bool namespace_maps_every_id(void)
{
    int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return true;
    char text[256];
    ssize_t length = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (length < 0)
        return true;
    text[length] = '\0';
    return strstr(text, " 4294967295\n") != NULL;
}

static bool file_is_trusted(const struct stat *file)
{
    if (!S_ISREG(file->st_mode) || (file->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return false;
    if (file->st_uid == (uid_t)CODER_OWNER_UID)
        return true;
    return file->st_uid == OVERFLOW_UID && !namespace_maps_every_id();
}

/* The mapping pins the inode, so its number cannot come back for another file. */
static bool map_is_of(const struct directory_map *map, const struct stat *file)
{
    return map->device == file->st_dev && map->inode == file->st_ino
        && map->size == file->st_size && map->owner == file->st_uid && map->mode == file->st_mode
        && map->mtime.tv_sec == file->st_mtim.tv_sec && map->mtime.tv_nsec == file->st_mtim.tv_nsec
        && map->ctime.tv_sec == file->st_ctim.tv_sec && map->ctime.tv_nsec == file->st_ctim.tv_nsec;
}

static bool read_fully(int fd, uint64_t offset, size_t length, void *ret)
{
    for (size_t done = 0; done < length;) {
        ssize_t got = pread(fd, (char *)ret + done, length - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static const void *map_bytes(const struct directory_map *map, uint64_t offset, size_t length,
                             void *scratch)
{
    uint64_t size = (uint64_t)map->size;
    if (offset > size || length > size - offset)
        return NULL;
    if (map->data != NULL)
        return map->data + offset;
    return read_fully(map->fd, offset, length, scratch) ? scratch : NULL;
}

static bool extent_is_inside(const struct directory_extent *extent, uint64_t size, uint64_t item)
{
    return extent->offset <= size && extent->count <= (size - extent->offset) / item;
}

static bool sections_are_sound(const struct directory_header *header)
{
    const struct directory_extent *sections = header->sections;
    for (int i = 0; i < DIRECTORY_SECTIONS; i++) {
        bool table = i >= DIRECTORY_USER_NAMES && i <= DIRECTORY_GROUP_IDS;
        uint64_t item = i == DIRECTORY_HEAP ? 1 : sizeof(struct directory_record);
        if (table)
            item = sizeof(struct directory_slot);
        if (!extent_is_inside(&sections[i], header->size, item))
            return false;
        /* The reader's probe wraps by a mask. */
        if (table && (sections[i].count == 0 || (sections[i].count & (sections[i].count - 1)) != 0))
            return false;
    }
    return true;
}

static bool map_load_header(struct directory_map *map)
{
    struct directory_header *header = &map->header;
    const void *bytes = map_bytes(map, 0, sizeof(*header), header);
    if (bytes == NULL)
        return false;
    if (bytes != header)
        memcpy(header, bytes, sizeof(*header));
    if (memcmp(header->magic, DIRECTORY_MAGIC, sizeof(header->magic)) != 0
        || header->version != DIRECTORY_VERSION || header->byte_order != DIRECTORY_BYTE_ORDER
        || header->size != (uint64_t)map->size)
        return false;
    return directory_header_checksum(header) == header->checksum && sections_are_sound(header);
}

/* The mapping needs no descriptor; only where mmap fails (RLIMIT_AS) it stays open. */
static void map_attach(struct directory_map *map)
{
    if (map->size <= 0 || (uint64_t)map->size > SIZE_MAX)
        return;
    void *data = mmap(NULL, (size_t)map->size, PROT_READ, MAP_SHARED, map->fd, 0);
    if (data == MAP_FAILED)
        return;
    map->data = data;
    close(map->fd);
    map->fd = -1;
}

enum directory_result directory_open_file(const char *path, int *ret_fd, struct stat *ret_file)
{
    /* O_NONBLOCK: a fifo in the file's place must not hang the host. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return result_of_errno(errno);
    if (fstat(fd, ret_file) != 0 || !file_is_trusted(ret_file)) {
        close(fd);
        return DIRECTORY_UNAVAILABLE;
    }
    *ret_fd = fd;
    return DIRECTORY_OK;
}

static enum directory_result map_open(const char *path, struct directory_map *ret)
{
    int fd;
    struct stat file;
    enum directory_result result = directory_open_file(path, &fd, &file);
    if (result != DIRECTORY_OK)
        return result;
    struct directory_map map = {
        .fd = fd, .device = file.st_dev, .inode = file.st_ino, .size = file.st_size,
        .owner = file.st_uid, .mode = file.st_mode, .mtime = file.st_mtim, .ctime = file.st_ctim,
    };
    map_attach(&map);
    if (!map_load_header(&map)) {
        map_release(&map);
        return DIRECTORY_UNAVAILABLE;
    }
    *ret = map;
    return DIRECTORY_OK;
}

/* The current shelf, with one count for the caller; NULL when there is none. */
static struct directory_shelf *shelf_take_current(void)
{
    uint32_t number = atomic_load(&current);
    return number != 0 && shelf_take(&shelves[number - 1]) ? &shelves[number - 1] : NULL;
}

/* Where the search will begin is fetched while the kernel looks at the path. */
static void map_expect(const struct directory_map *map, enum directory_section table,
                       uint64_t hash)
{
    const struct directory_extent *slots = &map->header.sections[table];
    __builtin_prefetch(map->data + slots->offset
                       + (hash & (slots->count - 1)) * sizeof(struct directory_slot));
}

enum directory_result directory_view_open(const char *path, struct directory_view *ret)
{
    return directory_view_open_for(path, DIRECTORY_USER_NAMES, 0, ret);
}

enum directory_result directory_view_open_for(const char *path, enum directory_section table,
                                              uint64_t hash, struct directory_view *ret)
{
    enum directory_result result;
    struct directory_shelf *shelf = shelf_take_current();
    if (shelf != NULL) {
        map_expect(&shelf->map, table, hash);
        /* lstat, for the file itself: a link to the file already mapped is refused like any other. */
        struct stat file;
        int error = lstat(path, &file) != 0 ? errno : 0;
        if (error == 0 && map_is_of(&shelf->map, &file)) {
            ret->shelf = shelf;
            return DIRECTORY_OK;
        }
        shelf_drop(shelf);
        if (error != 0)
            return result_of_errno(error);
    }

    struct directory_map map;
    result = map_open(path, &map);
    if (result != DIRECTORY_OK)
        return result;
    ret->shelf = map.data != NULL ? shelf_put(&map) : NULL;
    if (ret->shelf == NULL)
        ret->own = map;
    return DIRECTORY_OK;
}

void directory_view_close(struct directory_view *view)
{
    if (view->shelf != NULL)
        shelf_drop(view->shelf);
    else
        map_release(&view->own);
}

enum directory_result directory_view_of(int fd, struct directory_view *ret)
{
    struct stat file;
    if (fstat(fd, &file) != 0)
        return DIRECTORY_UNAVAILABLE;
    *ret = (struct directory_view){.own = {.fd = fd, .size = file.st_size}};
    return map_load_header(&ret->own) ? DIRECTORY_OK : DIRECTORY_UNAVAILABLE;
}

static const struct directory_map *view_map(const struct directory_view *view)
{
    return view->shelf != NULL ? &view->shelf->map : &view->own;
}

const struct directory_header *directory_view_header(const struct directory_view *view)
{
    return &view_map(view)->header;
}

uint64_t directory_view_generation(const struct directory_view *view)
{
    return view_map(view)->header.generation;
}

bool directory_view_holds_descriptor(const struct directory_view *view)
{
    return view_map(view)->data == NULL;
}

const void *directory_view_bytes(const struct directory_view *view, uint64_t offset, size_t length,
                                 void *scratch)
{
    return map_bytes(view_map(view), offset, length, scratch);
}

enum directory_result directory_view_check_whole(const struct directory_view *view)
{
    const struct directory_header *header = directory_view_header(view);
    char scratch[DIRECTORY_BLOCK];
    uint64_t sum = 0;
    for (uint64_t at = 0; at < header->size; at += DIRECTORY_BLOCK) {
        const void *block = directory_view_bytes(view, at, DIRECTORY_BLOCK, scratch);
        if (block == NULL)
            return DIRECTORY_UNAVAILABLE;
        sum += directory_block_checksum(at, block);
    }
    return sum == header->body_checksum ? DIRECTORY_OK : DIRECTORY_UNAVAILABLE;
}
