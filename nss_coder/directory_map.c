/*
 * directory_map.c - finding, judging and opening the directory file's bytes for the reader.
 *
 * The principle: a file is believed as little as possible, and kept as a map on a shelf for the next
 * lookup (directory_shelf.c). Where no shelf is free a lookup maps the file for itself.
 */
#include "directory_map.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"
#include "directory_checksum.h"
#include "directory_shelf.h"

#define OVERFLOW_UID 65534 /* what an unmapped owner looks like, user_namespaces(7) */

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
        directory_map_release(&map);
        return DIRECTORY_UNAVAILABLE;
    }
    *ret = map;
    return DIRECTORY_OK;
}

/* lstat, for the file itself: a link to the file already mapped is refused like any other. */
static enum directory_result shelf_look(struct directory_shelf *shelf, const char *path)
{
    int64_t now = directory_clock();
    struct stat file;
    if (lstat(path, &file) != 0)
        return result_of_errno(errno);
    if (!map_is_of(directory_shelf_map(shelf), &file))
        return DIRECTORY_NOT_FOUND;
    directory_shelf_looked(shelf, now);
    return DIRECTORY_OK;
}

/* Where the search will begin is fetched while mark, clock or path are looked at. */
static void map_expect(const struct directory_map *map, enum directory_section table,
                       uint64_t hash)
{
    const struct directory_extent *slots = &map->header.sections[table];
    __builtin_prefetch(map->data + slots->offset
                       + (hash & (slots->count - 1)) * sizeof(struct directory_slot));
}

static void view_share(struct directory_view *view, struct directory_shelf *shelf)
{
    view->shelf = shelf;
    view->shared = directory_shelf_map(shelf);
}

static enum directory_result view_map_anew(const char *path, struct directory_view *ret)
{
    int64_t now = directory_clock();
    struct directory_map map;
    enum directory_result result = map_open(path, &map);
    if (result != DIRECTORY_OK)
        return result;
    struct directory_shelf *shelf =
        map.data != NULL ? directory_shelf_put(&map, now, ret->lane) : NULL;
    if (shelf != NULL) {
        view_share(ret, shelf);
    } else {
        ret->shared = NULL;
        ret->own = map;
    }
    return DIRECTORY_OK;
}

/* NOT_FOUND: the shelf's file is not the one at the path any more, or there is no shelf. */
static enum directory_result view_open_shared(const char *path, struct directory_shelf *shelf,
                                              bool may_be_fresh, struct directory_view *ret)
{
    if (shelf == NULL)
        return DIRECTORY_NOT_FOUND;
    enum directory_result result = DIRECTORY_OK;
    if (!may_be_fresh || !directory_shelf_is_fresh(shelf))
        result = shelf_look(shelf, path);
    if (result == DIRECTORY_OK)
        view_share(ret, shelf);
    else
        directory_shelf_drop(shelf, ret->lane);
    return result;
}

enum directory_result directory_view_open(const char *path, struct directory_view *ret)
{
    ret->lane = directory_lane();
    enum directory_result result =
        view_open_shared(path, directory_shelf_take(ret->lane), false, ret);
    return result == DIRECTORY_NOT_FOUND ? view_map_anew(path, ret) : result;
}

enum directory_result directory_view_open_for(const char *path, enum directory_section table,
                                              uint64_t hash, struct directory_view *ret)
{
    ret->lane = directory_lane();
    struct directory_shelf *shelf = directory_shelf_take(ret->lane);
    if (shelf != NULL)
        map_expect(directory_shelf_map(shelf), table, hash);
    enum directory_result result = view_open_shared(path, shelf, true, ret);
    return result == DIRECTORY_NOT_FOUND ? view_map_anew(path, ret) : result;
}

void directory_view_close(struct directory_view *view)
{
    if (view->shared != NULL)
        directory_shelf_drop(view->shelf, view->lane);
    else
        directory_map_release(&view->own);
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
    return view->shared != NULL ? view->shared : &view->own;
}

const struct directory_header *directory_view_header(const struct directory_view *view)
{
    return &view_map(view)->header;
}

uint64_t directory_view_generation(const struct directory_view *view)
{
    return view_map(view)->header.generation;
}

bool directory_view_is_marked(const struct directory_view *view)
{
    uint32_t scratch;
    const void *mark = directory_view_bytes(view, DIRECTORY_MARK, sizeof(scratch), &scratch);
    return mark != NULL && *(const uint32_t *)mark != 0;
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

void directory_view_let_go(const struct directory_view *view)
{
    const struct directory_map *map = view_map(view);
    if (map->data != NULL)
        (void)madvise((void *)map->data, (size_t)map->size, MADV_DONTNEED);
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
