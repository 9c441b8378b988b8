/*
 * directory_finish.c - from collected records to a directory file on the disk.
 *
 * The principle: nothing is written before everything has been judged. Filling the hash tables
 * finds every duplicate, resolving the members every stranger; then come the checksums of
 * records, the sections one after the other, the header when its sum is known, then fsync.
 */
#include "directory_writer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SMALLEST_TABLE 8 /* slots */
#define SPARE_SHARE 16   /* one spare record for so many */
#define SPARE_LEAST 7

const size_t directory_item_sizes[DIRECTORY_SECTIONS] = {
    sizeof(struct directory_record), sizeof(struct directory_record),
    sizeof(struct directory_slot),   sizeof(struct directory_slot),
    sizeof(struct directory_slot),   sizeof(struct directory_slot), 1,
};

size_t directory_list_room(size_t length)
{
    return length + length / 16 + 2 * (DIRECTORY_NAME_MAX + 1);
}

/* Which record a table is asked for. */
struct wanted {
    const char *name; /* NULL: by id */
    uint32_t id;
};

static size_t record_count(const struct directory_writer *writer, enum directory_section records)
{
    return writer->sections[records].used / sizeof(struct directory_record);
}

static struct directory_record *record_get(const struct directory_writer *writer,
                                           enum directory_section records, size_t index)
{
    return (struct directory_record *)(void *)writer->sections[records].data + index;
}

static const char *record_name(const struct directory_writer *writer,
                               const struct directory_record *record)
{
    return (const char *)writer->sections[DIRECTORY_HEAP].data + record->text_offset;
}

static struct wanted record_key(const struct directory_writer *writer,
                                const struct directory_record *record, bool by_name)
{
    return (struct wanted){by_name ? record_name(writer, record) : NULL, record->id};
}

static bool record_matches(const struct directory_writer *writer,
                           const struct directory_record *record, const struct wanted *wanted)
{
    if (wanted->name == NULL)
        return record->id == wanted->id;
    return strcmp(record_name(writer, record), wanted->name) == 0;
}

static uint64_t wanted_hash(const struct wanted *wanted)
{
    if (wanted->name == NULL)
        return directory_hash_id(wanted->id);
    return directory_hash_name(wanted->name, strlen(wanted->name));
}

static enum directory_section table_records(enum directory_section table)
{
    bool users = table == DIRECTORY_USER_NAMES || table == DIRECTORY_USER_IDS;
    return users ? DIRECTORY_USERS : DIRECTORY_GROUPS;
}

/* The slot of the wanted record, or the empty one where it belongs: half of a table is empty. */
static struct directory_slot *table_probe(const struct directory_writer *writer,
                                          enum directory_section table,
                                          const struct wanted *wanted)
{
    struct directory_slot *slots = (void *)writer->sections[table].data;
    enum directory_section records = table_records(table);
    uint64_t mask = writer->sections[table].used / sizeof(*slots) - 1;
    uint64_t hash = wanted_hash(wanted);
    uint64_t at = hash & mask;
    for (; slots[at].index != 0; at = (at + 1) & mask) {
        if (slots[at].fingerprint == (uint32_t)(hash >> 32)
            && record_matches(writer, record_get(writer, records, slots[at].index - 1U), wanted))
            break;
    }
    return &slots[at];
}

static enum directory_result table_fill(struct directory_writer *writer,
                                        enum directory_section table, bool by_name)
{
    enum directory_section records = table_records(table);
    size_t count = record_count(writer, records);
    size_t slots = SMALLEST_TABLE;
    while (slots < count * 2)
        slots *= 2;
    if (!directory_section_reserve(&writer->sections[table], slots * sizeof(struct directory_slot)))
        return DIRECTORY_NO_RESOURCES;
    directory_section_skip(&writer->sections[table], slots * sizeof(struct directory_slot));

    for (size_t i = 0; i < count; i++) {
        struct wanted wanted = record_key(writer, record_get(writer, records, i), by_name);
        struct directory_slot *slot = table_probe(writer, table, &wanted);
        if (slot->index != 0)
            return DIRECTORY_REFUSED;
        slot->fingerprint = (uint32_t)(wanted_hash(&wanted) >> 32);
        slot->index = (uint32_t)i + 1;
    }
    return DIRECTORY_OK;
}

/* A role group must not have the name or id of a user's private group. */
static enum directory_result groups_compare_with_private(const struct directory_writer *writer)
{
    for (size_t i = 0; i < record_count(writer, DIRECTORY_GROUPS); i++) {
        const struct directory_record *group = record_get(writer, DIRECTORY_GROUPS, i);
        struct wanted by_name = record_key(writer, group, true);
        struct wanted by_id = record_key(writer, group, false);
        if (table_probe(writer, DIRECTORY_USER_NAMES, &by_name)->index != 0
            || table_probe(writer, DIRECTORY_USER_IDS, &by_id)->index != 0)
            return DIRECTORY_REFUSED;
    }
    return DIRECTORY_OK;
}

/* Turn one group's uids into names in the heap. */
static enum directory_result members_resolve(struct directory_writer *writer,
                                             struct directory_record *group)
{
    struct section *heap = &writer->sections[DIRECTORY_HEAP];
    const unsigned char *uids = writer->members.data + group->list_offset;
    group->list_offset = heap->used;
    for (uint32_t i = 0; i < group->list_count; i++) {
        struct wanted wanted = {NULL, 0};
        memcpy(&wanted.id, uids + i * sizeof(wanted.id), sizeof(wanted.id));
        uint32_t index = table_probe(writer, DIRECTORY_USER_IDS, &wanted)->index;
        if (index == 0)
            return DIRECTORY_REFUSED;
        if (!directory_section_reserve(heap, DIRECTORY_NAME_MAX + 1))
            return DIRECTORY_NO_RESOURCES;
        const struct directory_record *user = record_get(writer, DIRECTORY_USERS, index - 1);
        directory_section_add(heap, record_name(writer, user), user->lengths[0] + 1U);
    }
    group->list_length = (uint32_t)(heap->used - group->list_offset);
    group->list_room = (uint32_t)directory_list_room(group->list_length);
    if (!directory_section_reserve(heap, group->list_room - group->list_length))
        return DIRECTORY_NO_RESOURCES;
    directory_section_skip(heap, group->list_room - group->list_length);
    return DIRECTORY_OK;
}

static enum directory_result writer_resolve(struct directory_writer *writer)
{
    enum directory_result result = table_fill(writer, DIRECTORY_USER_NAMES, true);
    if (result == DIRECTORY_OK)
        result = table_fill(writer, DIRECTORY_USER_IDS, false);
    if (result == DIRECTORY_OK)
        result = table_fill(writer, DIRECTORY_GROUP_NAMES, true);
    if (result == DIRECTORY_OK)
        result = table_fill(writer, DIRECTORY_GROUP_IDS, false);
    if (result == DIRECTORY_OK)
        result = groups_compare_with_private(writer);
    for (size_t i = 0; result == DIRECTORY_OK && i < record_count(writer, DIRECTORY_GROUPS); i++)
        result = members_resolve(writer, record_get(writer, DIRECTORY_GROUPS, i));
    return result;
}

static void records_seal(struct directory_writer *writer, enum directory_section records)
{
    const unsigned char *heap = writer->sections[DIRECTORY_HEAP].data;
    for (size_t i = 0; i < record_count(writer, records); i++) {
        struct directory_record *record = record_get(writer, records, i);
        record->list_checksum =
            directory_list_checksum(heap + record->list_offset, record->list_length);
        record->checksum = directory_record_checksum(record, heap + record->text_offset);
    }
}

static uint64_t round_up(uint64_t length, uint64_t unit)
{
    return (length + unit - 1) / unit * unit;
}

/* Where everything goes, and how long the file will be. */
static void sections_lay_out(const struct directory_writer *writer,
                             struct directory_header *header)
{
    header->size = DIRECTORY_BLOCK;
    for (int i = 0; i < DIRECTORY_SECTIONS; i++) {
        uint64_t used = writer->sections[i].used;
        header->sections[i].offset = header->size;
        header->sections[i].count = used / directory_item_sizes[i];
        if (i == DIRECTORY_USERS)
            used += (header->sections[i].count / SPARE_SHARE + SPARE_LEAST)
                  * sizeof(struct directory_record);
        header->size += round_up(used, DIRECTORY_ALIGNMENT);
    }
    header->size = round_up(header->size, DIRECTORY_BLOCK);
}

static bool write_fully(int fd, const unsigned char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        data += written;
        length -= (size_t)written;
    }
    return true;
}

/* The file as a stream of blocks: their checksums add up as they go out. */
struct stream {
    int fd;
    uint64_t at; /* where in the file the buffer begins */
    uint64_t sum;
    size_t used;
    unsigned char buffer[64 * DIRECTORY_BLOCK];
};

/* The buffer holds whole blocks. */
static bool stream_flush(struct stream *stream)
{
    for (size_t i = 0; i < stream->used; i += DIRECTORY_BLOCK)
        stream->sum += directory_block_checksum(stream->at + i, stream->buffer + i);
    if (!write_fully(stream->fd, stream->buffer, stream->used))
        return false;
    stream->at += stream->used;
    stream->used = 0;
    return true;
}

/* data NULL: zeros. */
static bool stream_add(struct stream *stream, const unsigned char *data, size_t length)
{
    while (length > 0) {
        size_t part = sizeof(stream->buffer) - stream->used;
        part = part < length ? part : length;
        if (data != NULL)
            memcpy(stream->buffer + stream->used, data, part);
        else
            memset(stream->buffer + stream->used, 0, part);
        data = data != NULL ? data + part : NULL;
        length -= part;
        stream->used += part;
        if (stream->used == sizeof(stream->buffer) && !stream_flush(stream))
            return false;
    }
    return true;
}

/* Up to this place of the file. */
static bool stream_pad(struct stream *stream, uint64_t until)
{
    return stream_add(stream, NULL, (size_t)(until - stream->at - stream->used));
}

static bool body_write(const struct directory_writer *writer, struct directory_header *header,
                       int fd)
{
    struct stream stream = {.fd = fd};
    for (int i = 0; i < DIRECTORY_SECTIONS; i++) {
        const struct section *section = &writer->sections[i];
        if (!stream_pad(&stream, header->sections[i].offset)
            || !stream_add(&stream, section->data, section->used))
            return false;
    }
    if (!stream_pad(&stream, header->size) || !stream_flush(&stream))
        return false;
    header->body_checksum = stream.sum;
    return true;
}

static bool header_write(const struct directory_writer *writer, struct directory_header *header,
                         int fd)
{
    memcpy(header->magic, DIRECTORY_MAGIC, sizeof(header->magic));
    header->version = DIRECTORY_VERSION;
    header->byte_order = DIRECTORY_BYTE_ORDER;
    header->generation = writer->generation;
    header->frame = writer->frame;
    header->checksum = directory_header_checksum(header);
    return pwrite(fd, header, sizeof(*header), 0) == (ssize_t)sizeof(*header);
}

enum directory_result directory_writer_finish(struct directory_writer *writer, int fd)
{
    enum directory_result result = writer_resolve(writer);
    if (result != DIRECTORY_OK)
        return result;
    records_seal(writer, DIRECTORY_USERS);
    records_seal(writer, DIRECTORY_GROUPS);
    struct directory_header header = {.size = 0};
    sections_lay_out(writer, &header);
    if (!body_write(writer, &header, fd) || !header_write(writer, &header, fd))
        return DIRECTORY_FAILED;
    return fsync(fd) == 0 ? DIRECTORY_OK : DIRECTORY_FAILED;
}
