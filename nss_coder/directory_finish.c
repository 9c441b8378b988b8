/*
 * directory_finish.c - from collected records to tables, lists and checksums.
 *
 * The principle: nothing is written before everything has been judged. Filling the hash tables
 * finds every duplicate, resolving the members every stranger; then come the checksums of
 * records, and directory_emit.c writes it all.
 */
#include "directory_writer.h"

#include <string.h>

#define SMALLEST_TABLE 8 /* slots */

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
    if (record->text_room == 0)
        return (const char *)record->near + record->text_offset;
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

/* Checksums, and offsets from the start of the file. */
static void records_seal(struct directory_writer *writer, const struct directory_header *header,
                         enum directory_section records)
{
    const unsigned char *heap = writer->sections[DIRECTORY_HEAP].data;
    uint64_t heap_at = header->sections[DIRECTORY_HEAP].offset;
    uint64_t near_at = header->sections[records].offset + offsetof(struct directory_record, near);
    for (size_t i = 0; i < record_count(writer, records); i++) {
        struct directory_record *record = record_get(writer, records, i);
        const char *text = record_name(writer, record);
        const void *list = (record->list_room == 0 ? record->near : heap) + record->list_offset;
        record->list_checksum = directory_list_checksum(list, record->list_length);
        record->text_offset += record->text_room == 0 ? near_at : heap_at;
        record->list_offset += record->list_room == 0 ? near_at : heap_at;
        record->checksum = directory_record_checksum(record, text);
        near_at += sizeof(*record);
    }
}

enum directory_result directory_writer_finish(struct directory_writer *writer, int fd)
{
    enum directory_result result = writer_resolve(writer);
    if (result != DIRECTORY_OK)
        return result;
    struct directory_header header = {.size = 0};
    directory_lay_out(writer, &header);
    records_seal(writer, &header, DIRECTORY_USERS);
    records_seal(writer, &header, DIRECTORY_GROUPS);
    return directory_emit(writer, &header, fd) ? DIRECTORY_OK : DIRECTORY_FAILED;
}
