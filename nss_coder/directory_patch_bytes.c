/*
 * directory_patch_bytes.c - copying a directory file and writing into the copy.
 *
 * The principle: whatever is written, the sum over the blocks stays what it would be had the whole
 * file been written so. A block's old checksum leaves the sum when its new one enters it; a block
 * that was damaged before is not what the sum was made of, and never becomes it.
 */
#include "directory_patch_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"
#include "directory_checksum.h"
#include "directory_map.h"
#include "directory_mark.h"
#include "directory_patching.h"

#define COPY_PART (8 << 20) /* bytes */

bool patching_copy(const char *path, int fd)
{
    int old;
    struct stat file;
    if (directory_open_file(path, &old, &file) != DIRECTORY_OK)
        return false;
    off_t done = 0;
    while (done < file.st_size) {
        size_t part = file.st_size - done < COPY_PART ? (size_t)(file.st_size - done) : COPY_PART;
        ssize_t copied = copy_file_range(old, NULL, fd, NULL, part, 0);
        if (copied < 0 && errno == EINTR)
            continue;
        if (copied <= 0)
            break;
        /* The disk begins now, so that fsync has less to wait for. That alone is what counts. */
        (void)sync_file_range(fd, done, copied, SYNC_FILE_RANGE_WRITE);
        done += copied;
    }
    close(old);
    return done == file.st_size;
}

/* -- bytes ---- */

bool patching_read(const struct directory_patching *patching, uint64_t at, void *ret,
                   size_t length)
{
    unsigned char *bytes = ret;
    while (length > 0) {
        ssize_t got = pread(patching->fd, bytes, length, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        bytes += got;
        at += (uint64_t)got;
        length -= (size_t)got;
    }
    return true;
}

static bool write_at(int fd, uint64_t at, const unsigned char *data, size_t length)
{
    while (length > 0) {
        ssize_t put = pwrite(fd, data, length, (off_t)at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        data += put;
        at += (uint64_t)put;
        length -= (size_t)put;
    }
    return true;
}

static uint64_t blocks_sum(uint64_t place, const unsigned char *blocks, size_t length)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < length; i += DIRECTORY_BLOCK)
        sum += directory_block_checksum(place + i, blocks + i);
    return sum;
}

/* Write at this place of the file (data NULL: zeros), behind the header's block and inside the
 * file. The blocks' old checksums leave the sum, their new ones enter it. */
static bool put(struct directory_patching *patching, uint64_t at, const void *data, size_t length)
{
    unsigned char blocks[32 * DIRECTORY_BLOCK];
    uint64_t size = patching->header.size;
    if (at < DIRECTORY_BLOCK || at > size || length > size - at)
        return false;
    while (length > 0) {
        size_t skip = at % DIRECTORY_BLOCK;
        size_t part = sizeof(blocks) - skip;
        part = part < length ? part : length;
        size_t span = (skip + part + DIRECTORY_BLOCK - 1) / DIRECTORY_BLOCK * DIRECTORY_BLOCK;
        if (!patching_read(patching, at - skip, blocks, span))
            return false;
        patching->header.body_checksum -= blocks_sum(at - skip, blocks, span);
        if (data != NULL)
            memcpy(blocks + skip, data, part);
        else
            memset(blocks + skip, 0, part);
        patching->header.body_checksum += blocks_sum(at - skip, blocks, span);
        if (!write_at(patching->fd, at - skip, blocks, span))
            return false;
        data = data != NULL ? (const char *)data + part : NULL;
        at += part;
        length -= part;
    }
    return true;
}

/* -- the heap ---- */

bool patching_put_heap(struct directory_patching *patching, uint64_t offset, const void *data,
                       size_t length)
{
    const struct directory_extent *heap = &patching->header.sections[DIRECTORY_HEAP];
    return offset >= heap->offset && offset - heap->offset <= heap->count
        && length <= heap->count - (offset - heap->offset) && put(patching, offset, data, length);
}

/* The file's last word, where the heap leaves it free: a file from before there was one may not. */
static bool put_end(struct directory_patching *patching, const char *end)
{
    const struct directory_header *header = &patching->header;
    const struct directory_extent *heap = &header->sections[DIRECTORY_HEAP];
    return header->size - (heap->offset + heap->count) < DIRECTORY_END_SIZE
        || put(patching, header->size - DIRECTORY_END_SIZE, end, DIRECTORY_END_SIZE);
}

/* New room at the end of the heap, zero; the file becomes longer by whole blocks. */
static bool heap_grow(struct directory_patching *patching, size_t length, uint64_t *ret_offset)
{
    static const unsigned char zeros[DIRECTORY_BLOCK];
    struct directory_header *header = &patching->header;
    struct directory_extent *heap = &header->sections[DIRECTORY_HEAP];
    if (!put_end(patching, NULL))
        return false;
    *ret_offset = heap->offset + heap->count;
    heap->count += length;
    uint64_t size = header->size;
    while (size < heap->offset + heap->count + DIRECTORY_END_SIZE) {
        header->body_checksum += directory_block_checksum(size, zeros);
        size += DIRECTORY_BLOCK;
    }
    header->size = size;
    return ftruncate(patching->fd, (off_t)size) == 0;
}

bool patching_release(struct directory_patching *patching, uint64_t offset, uint32_t *room)
{
    bool done = *room == 0 || patching_put_heap(patching, offset, NULL, *room);
    patching->header.dead += *room;
    *room = 0;
    return done;
}

bool patching_replace(struct directory_patching *patching, uint64_t *offset, uint32_t *room,
                      const void *data, size_t length, size_t new_room)
{
    if (length > *room) {
        if (!patching_release(patching, *offset, room) || !heap_grow(patching, new_room, offset))
            return false;
        *room = (uint32_t)new_room;
    }
    return patching_put_heap(patching, *offset, data, length)
        && patching_put_heap(patching, *offset + length, NULL, *room - length);
}

/* -- records and slots ---- */

static bool room_is_sound(const struct directory_extent *heap, uint64_t offset, uint32_t length,
                          uint32_t room)
{
    return room == 0
        || (room >= length && offset >= heap->offset && offset - heap->offset <= heap->count
            && room <= heap->count - (offset - heap->offset));
}

bool patching_rooms_are_sound(const struct directory_patching *patching,
                              const struct directory_record *record)
{
    const struct directory_extent *heap = &patching->header.sections[DIRECTORY_HEAP];
    return room_is_sound(heap, record->text_offset, record->text_length, record->text_room)
        && room_is_sound(heap, record->list_offset, record->list_length, record->list_room);
}

bool patching_put_record(struct directory_patching *patching, enum directory_section records,
                         uint64_t index, const struct directory_record *record)
{
    uint64_t offset = patching->header.sections[records].offset;
    return put(patching, offset + index * sizeof(*record), record, sizeof(*record));
}

bool patching_put_slot(struct directory_patching *patching, enum directory_section table,
                       uint64_t number, const struct directory_slot *slot)
{
    uint64_t offset = patching->header.sections[table].offset;
    return put(patching, offset + number * sizeof(*slot), slot, sizeof(*slot));
}

bool patching_seal(struct directory_patching *patching)
{
    struct directory_header *header = &patching->header;
    if (!put_end(patching, DIRECTORY_END))
        return false;
    header->checksum = directory_header_checksum(header);
    return directory_unmark(patching->fd)
        && write_at(patching->fd, 0, (const unsigned char *)header, sizeof(*header));
}
