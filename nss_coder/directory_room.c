/*
 * directory_room.c - where everything goes in a new directory file, and the room for it.
 *
 * The principle: the file is written through a shared mapping, so the kernel may put a long one on
 * the disk as it grows, and none of it is this process's memory. posix_fallocate(3) takes the disk's
 * room first: touching a page that the disk has no room for would be a signal.
 */
#include "directory_room.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <fcntl.h>
#include <unistd.h>

#include "directory.h"
#include "directory_writer.h"

#define SPARE_SHARE 16 /* one spare record for so many */
#define SPARE_LEAST 7
#define SMALLEST_TABLE 8        /* slots */
#define HEAP_LEAST (256 << 10)  /* bytes that are mapped, at the least */
#define MOST_RECORDS (UINT32_MAX / 4)

const size_t directory_item_sizes[DIRECTORY_SECTIONS] = {
    sizeof(struct directory_record), sizeof(struct directory_record),
    sizeof(struct directory_slot),   sizeof(struct directory_slot),
    sizeof(struct directory_slot),   sizeof(struct directory_slot), 1,
};

static uint64_t round_up(uint64_t length, uint64_t unit)
{
    return (length + unit - 1) / unit * unit;
}

/* -- the layout ---- */

/* At least half of a new table is empty. */
static uint64_t table_slots(uint64_t records)
{
    uint64_t slots = SMALLEST_TABLE;
    while (slots < records * 2)
        slots *= 2;
    return slots;
}

/* Where what follows begins. */
static uint64_t lay_out_keys(struct directory_writer *writer, uint64_t at)
{
    const struct directory_plan *plan = &writer->plan;
    writer->extension.rings.offset = at;
    at += round_up(plan->rings * sizeof(struct directory_ring), DIRECTORY_ALIGNMENT);
    writer->extension.texts.offset = at;
    return at + round_up(plan->keys, DIRECTORY_ALIGNMENT);
}

static void lay_out(struct directory_writer *writer)
{
    const struct directory_plan *plan = &writer->plan;
    const uint64_t items[DIRECTORY_SECTIONS] = {
        plan->users + plan->users / SPARE_SHARE + SPARE_LEAST, plan->groups,
        table_slots(plan->users),  table_slots(plan->users),
        table_slots(plan->groups), table_slots(plan->groups), 0,
    };
    uint64_t at = DIRECTORY_BLOCK;
    for (int i = 0; i < DIRECTORY_SECTIONS; i++) {
        bool grows = i == DIRECTORY_USERS || i == DIRECTORY_GROUPS;
        if (i == DIRECTORY_HEAP)
            at = lay_out_keys(writer, at);
        writer->header.sections[i] = (struct directory_extent){at, grows ? 0 : items[i]};
        at += round_up(items[i] * directory_item_sizes[i], DIRECTORY_ALIGNMENT);
    }
}

/* -- the room ---- */

static bool is_unmappable(int error)
{
    return error == EACCES || error == ENODEV;
}

/* The pages behind `room`; the first time all of them. */
static bool map_room(struct directory_writer *writer, uint64_t room)
{
    void *file;
    if (writer->file != NULL) {
        file = mremap(writer->file, (size_t)writer->room, (size_t)room, MREMAP_MAYMOVE);
    } else {
        file = mmap(NULL, (size_t)room, PROT_READ | PROT_WRITE, MAP_SHARED, writer->fd, 0);
        writer->shared = file != MAP_FAILED;
        if (!writer->shared && is_unmappable(errno))
            file = mmap(NULL, (size_t)room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                        -1, 0);
    }
    if (file == MAP_FAILED)
        return false;
    writer->file = file;
    writer->room = room;
    return true;
}

static enum directory_result grow_to(struct directory_writer *writer, uint64_t room)
{
    int error;
    do
        error = posix_fallocate(writer->fd, (off_t)writer->room, (off_t)(room - writer->room));
    while (error == EINTR);
    if (error == 0 && map_room(writer, room))
        return DIRECTORY_OK;
    if (error == 0)
        error = errno;
    errno = error;
    return error == ENOMEM || error == EAGAIN ? DIRECTORY_NO_RESOURCES : DIRECTORY_FAILED;
}

enum directory_result directory_room_make(struct directory_writer *writer)
{
    const struct directory_plan *plan = &writer->plan;
    if (plan->users > MOST_RECORDS || plan->groups > MOST_RECORDS || plan->rings > plan->users
        || plan->keys > plan->rings * DIRECTORY_KEYS_MAX)
        return DIRECTORY_REFUSED;
    lay_out(writer);
    uint64_t end = writer->header.sections[DIRECTORY_HEAP].offset;
    return grow_to(writer, round_up(end + HEAP_LEAST, DIRECTORY_BLOCK));
}

enum directory_result directory_room_reserve(struct directory_writer *writer, uint64_t length)
{
    const struct directory_extent *heap = &writer->header.sections[DIRECTORY_HEAP];
    uint64_t end = heap->offset + heap->count + length;
    if (end <= writer->room)
        return DIRECTORY_OK;
    return grow_to(writer, round_up(end + heap->count, DIRECTORY_BLOCK));
}

static bool write_fully(int fd, const unsigned char *data, uint64_t length)
{
    for (uint64_t at = 0; at < length;) {
        ssize_t written = pwrite(fd, data + at, (size_t)(length - at), (off_t)at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += (uint64_t)written;
    }
    return true;
}

bool directory_room_end(struct directory_writer *writer)
{
    uint64_t size = writer->header.size;
    return ftruncate(writer->fd, (off_t)size) == 0
        && (writer->shared || write_fully(writer->fd, writer->file, size));
}

void directory_room_free(struct directory_writer *writer)
{
    if (writer->file != NULL)
        munmap(writer->file, (size_t)writer->room);
}

uint64_t directory_heap_add(struct directory_writer *writer, const void *data, size_t length)
{
    struct directory_extent *heap = &writer->header.sections[DIRECTORY_HEAP];
    uint64_t offset = heap->offset + heap->count;
    if (data != NULL && length > 0)
        memcpy(writer->file + offset, data, length);
    heap->count += length;
    return offset;
}
