/*
 * directory_finish.c - from records to tables, members' lists and the header.
 *
 * The principle: the header, without which no reader takes a file, is put there when everything has
 * been judged. Filling the hash tables finds every duplicate.
 */
#include "directory_finish.h"

#include <string.h>
#include <unistd.h>

#include "directory.h"
#include "directory_checksum.h"
#include "directory_room.h"
#include "directory_write_keys.h"
#include "directory_writer.h"

size_t directory_list_room(size_t length)
{
    return length + length / 16 + 2 * ((size_t)DIRECTORY_NAME_MAX + 1);
}

/* Which record a table is asked for. */
struct wanted {
    const char *name; /* NULL: by id */
    uint32_t id;
};

static size_t record_count(const struct directory_writer *writer, enum directory_section records)
{
    return (size_t)writer->header.sections[records].count;
}

static struct directory_record *record_get(const struct directory_writer *writer,
                                           enum directory_section records, size_t index)
{
    uint64_t offset = writer->header.sections[records].offset;
    return (struct directory_record *)(void *)(writer->file + offset) + index;
}

static const char *record_name(const struct directory_writer *writer,
                               const struct directory_record *record)
{
    return (const char *)writer->file + record->text_offset;
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
    const struct directory_extent *section = &writer->header.sections[table];
    struct directory_slot *slots = (void *)(writer->file + section->offset);
    enum directory_section records = table_records(table);
    uint64_t mask = section->count - 1;
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
    for (size_t i = 0; i < record_count(writer, records); i++) {
        struct wanted wanted = record_key(writer, record_get(writer, records, i), by_name);
        struct directory_slot *slot = table_probe(writer, table, &wanted);
        if (slot->index != 0)
            return DIRECTORY_REFUSED;
        slot->fingerprint = (uint32_t)(wanted_hash(&wanted) >> 32);
        slot->index = (uint32_t)i + 1;
    }
    return DIRECTORY_OK;
}

/* Is the private group of this name or id there? */
static bool has_private_group(const struct directory_writer *writer, enum directory_section table,
                              const struct wanted *wanted)
{
    const struct directory_slot *slot = table_probe(writer, table, wanted);
    return slot->index != 0
        && (record_get(writer, DIRECTORY_USERS, slot->index - 1U)->flags & DIRECTORY_NO_GROUP) == 0;
}

/* A role group must not have the name or id of a user's private group. */
static enum directory_result groups_compare_with_private(const struct directory_writer *writer)
{
    for (size_t i = 0; i < record_count(writer, DIRECTORY_GROUPS); i++) {
        const struct directory_record *group = record_get(writer, DIRECTORY_GROUPS, i);
        struct wanted by_name = record_key(writer, group, true);
        struct wanted by_id = record_key(writer, group, false);
        if (has_private_group(writer, DIRECTORY_USER_NAMES, &by_name)
            || has_private_group(writer, DIRECTORY_USER_IDS, &by_id))
            return DIRECTORY_REFUSED;
    }
    return DIRECTORY_OK;
}

/* Is this user a listed member of the group with this gid? */
static bool user_is_listed(const struct directory_writer *writer,
                           const struct directory_record *user, uint32_t gid)
{
    const unsigned char *gids = writer->file + user->list_offset;
    for (uint32_t i = 0; i < user->listed; i++) {
        if (memcmp(gids + i * sizeof(gid), &gid, sizeof(gid)) == 0)
            return true;
    }
    return false;
}

/* Append the user's name to the heap. */
static enum directory_result member_add(struct directory_writer *writer, size_t index)
{
    enum directory_result result = directory_room_reserve(writer, DIRECTORY_NAME_MAX + 1);
    if (result != DIRECTORY_OK)
        return result;
    const struct directory_record *user = record_get(writer, DIRECTORY_USERS, index);
    directory_heap_add(writer, record_name(writer, user), user->lengths[0] + 1U);
    return DIRECTORY_OK;
}

/* A list that lies at the end of the heap becomes the group's. */
static enum directory_result members_seal(struct directory_writer *writer, size_t index,
                                          uint64_t offset, uint32_t count)
{
    const struct directory_extent *heap = &writer->header.sections[DIRECTORY_HEAP];
    uint64_t length = heap->offset + heap->count - offset;
    if (length > UINT32_MAX / 2)
        return DIRECTORY_REFUSED;
    size_t room = directory_list_room((size_t)length);
    enum directory_result result = directory_room_reserve(writer, room - length);
    if (result != DIRECTORY_OK)
        return result;
    directory_heap_add(writer, NULL, room - (size_t)length);
    struct directory_record *group = record_get(writer, DIRECTORY_GROUPS, index);
    group->list_offset = offset;
    group->list_length = (uint32_t)length;
    group->list_room = (uint32_t)room;
    group->list_count = count;
    group->list_checksum = directory_list_checksum(writer->file + offset, (size_t)length);
    group->checksum = directory_record_checksum(group, record_name(writer, group));
    return DIRECTORY_OK;
}

/* Name one group's members, by what the users say. */
static enum directory_result members_list(struct directory_writer *writer, size_t index)
{
    const struct directory_extent *heap = &writer->header.sections[DIRECTORY_HEAP];
    uint64_t offset = heap->offset + heap->count;
    uint32_t gid = record_get(writer, DIRECTORY_GROUPS, index)->id;
    uint32_t count = 0;
    enum directory_result result = DIRECTORY_OK;
    for (size_t i = 0; result == DIRECTORY_OK && i < record_count(writer, DIRECTORY_USERS); i++) {
        if (!user_is_listed(writer, record_get(writer, DIRECTORY_USERS, i), gid))
            continue;
        result = member_add(writer, i);
        count++;
    }
    return result == DIRECTORY_OK ? members_seal(writer, index, offset, count) : result;
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
        result = members_list(writer, i);
    return result == DIRECTORY_OK ? directory_room_reserve(writer, DIRECTORY_END_SIZE) : result;
}

/* The body's checksum, then the header's. */
static void writer_seal(struct directory_writer *writer)
{
    struct directory_header *header = &writer->header;
    const struct directory_extent *heap = &header->sections[DIRECTORY_HEAP];
    uint64_t end = heap->offset + heap->count + DIRECTORY_END_SIZE;
    header->size = (end + DIRECTORY_BLOCK - 1) / DIRECTORY_BLOCK * DIRECTORY_BLOCK;
    memcpy(writer->file + header->size - DIRECTORY_END_SIZE, DIRECTORY_END, DIRECTORY_END_SIZE);
    directory_keys_seal(writer);
    for (uint64_t at = 0; at < header->size; at += DIRECTORY_BLOCK)
        header->body_checksum += directory_block_checksum(at, writer->file + at);
    memcpy(header->magic, DIRECTORY_MAGIC, sizeof(header->magic));
    header->version = DIRECTORY_VERSION;
    header->byte_order = DIRECTORY_BYTE_ORDER;
    header->generation = writer->plan.generation;
    header->frame = writer->plan.frame;
    header->checksum = directory_header_checksum(header);
    memcpy(writer->file, header, sizeof(*header));
}

enum directory_result directory_writer_finish(struct directory_writer *writer)
{
    enum directory_result result = writer_resolve(writer);
    if (result != DIRECTORY_OK)
        return result;
    writer_seal(writer);
    /* fsync(2) takes what was put there through the mapping, too */
    return directory_room_end(writer) && fsync(writer->fd) == 0 ? DIRECTORY_OK : DIRECTORY_FAILED;
}
