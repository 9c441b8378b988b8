/*
 * directory_write.c - collecting what the public directory file will say.
 *
 * The principle: every record is judged before it is taken, by the rules its readers rely on, so a
 * mistake elsewhere becomes a refused publication and never a wrong line in somebody's getent.
 */
#include "directory_writer.h"

#include <stdlib.h>
#include <string.h>

struct directory_writer *directory_writer_new(uint64_t generation)
{
    struct directory_writer *writer = calloc(1, sizeof(*writer));
    if (writer != NULL)
        writer->generation = generation;
    return writer;
}

void directory_writer_free(struct directory_writer *writer)
{
    if (writer == NULL)
        return;
    for (int i = 0; i < DIRECTORY_SECTIONS; i++)
        free(writer->sections[i].data);
    free(writer->members.data);
    free(writer);
}

void directory_writer_set_frame(struct directory_writer *writer, uint64_t frame)
{
    writer->frame = frame;
}

bool directory_section_reserve(struct section *section, size_t length)
{
    if (length <= section->capacity - section->used)
        return true;
    if (length > SIZE_MAX / 4 || section->capacity > SIZE_MAX / 4)
        return false;
    size_t capacity = section->capacity * 2 + length + DIRECTORY_ALIGNMENT;
    unsigned char *data = realloc(section->data, capacity);
    if (data == NULL)
        return false;
    section->data = data;
    section->capacity = capacity;
    return true;
}

void directory_section_add(struct section *section, const void *data, size_t length)
{
    if (length > 0)
        memcpy(section->data + section->used, data, length);
    section->used += length;
}

void directory_section_skip(struct section *section, size_t length)
{
    memset(section->data + section->used, 0, length);
    section->used += length;
}

static bool name_is_valid(const char *name)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz_";
    static const char others[] = "abcdefghijklmnopqrstuvwxyz_0123456789-";
    size_t length = strnlen(name, DIRECTORY_NAME_MAX + 1);
    return length > 0 && length <= DIRECTORY_NAME_MAX && strchr(first, name[0]) != NULL
        && strspn(name, others) == length;
}

static bool id_is_valid(uint32_t id)
{
    return id != 0 && id != UINT32_MAX;
}

/* A ':' or a newline would let a text forge fields and lines in everybody's getent. */
static bool text_is_valid(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f || *text == ':')
            return false;
    }
    return true;
}

bool directory_user_is_valid(const struct directory_user *user)
{
    if (!name_is_valid(user->name) || !id_is_valid(user->uid) || user->gid != user->uid)
        return false;
    if (!text_is_valid(user->gecos) || !text_is_valid(user->home) || !text_is_valid(user->shell))
        return false;
    if (user->home[0] != '/' || user->shell[0] != '/' || user->gid_count > DIRECTORY_GIDS_MAX)
        return false;
    for (size_t i = 0; i < user->gid_count; i++) {
        if (!id_is_valid(user->gids[i]))
            return false;
    }
    return true;
}

/* Where a record's list goes while records are added. */
struct list {
    struct section *section;
    const uint32_t *ids;
    size_t count;
    bool near; /* into the record instead, where there is room */
};

/* Into the record behind what is there already, or into the section; room 0: the former. */
static void piece_add(struct directory_record *record, size_t *near, struct section *section,
                      const void *data, size_t length, bool fits, uint64_t *ret_offset,
                      uint32_t *ret_room)
{
    *ret_offset = fits ? *near : section->used;
    *ret_room = fits ? 0 : (uint32_t)length;
    if (!fits) {
        directory_section_add(section, data, length);
        return;
    }
    if (length > 0)
        memcpy(record->near + *near, data, length);
    *near += length;
}

size_t directory_text_make(const char *const strings[4], char ret[DIRECTORY_TEXT_MAX],
                           uint16_t ret_lengths[4])
{
    size_t total = 0;
    for (int i = 0; i < 4; i++) {
        size_t length = strnlen(strings[i], DIRECTORY_TEXT_MAX);
        if (length >= DIRECTORY_TEXT_MAX - total)
            return 0;
        memcpy(ret + total, strings[i], length + 1);
        ret_lengths[i] = (uint16_t)length;
        total += length + 1;
    }
    return total;
}

static bool record_reserve(struct directory_writer *writer, struct section *records,
                           size_t text_length, const struct list *list)
{
    return directory_section_reserve(records, sizeof(struct directory_record))
        && directory_section_reserve(&writer->sections[DIRECTORY_HEAP],
                                     text_length + list->count * sizeof(*list->ids))
        && directory_section_reserve(list->section, list->count * sizeof(*list->ids));
}

/* Reserve first, then add: either all of it is added or nothing. */
static enum directory_result record_add(struct directory_writer *writer, struct section *records,
                                        struct directory_record *record, const struct list *list,
                                        const char *const strings[4])
{
    struct section *heap = &writer->sections[DIRECTORY_HEAP];
    size_t list_length = list->count * sizeof(*list->ids);
    char text[DIRECTORY_TEXT_MAX];
    size_t length = directory_text_make(strings, text, record->lengths);
    if (length == 0 || records->used / sizeof(*record) >= UINT32_MAX / 4)
        return DIRECTORY_REFUSED;
    if (!record_reserve(writer, records, length, list))
        return DIRECTORY_NO_RESOURCES;

    size_t near = 0;
    record->text_length = (uint32_t)length;
    record->list_count = (uint32_t)list->count;
    piece_add(record, &near, heap, text, length, length <= DIRECTORY_NEAR, &record->text_offset,
              &record->text_room);
    piece_add(record, &near, list->section, list->ids, list_length,
              list->near && list_length <= DIRECTORY_NEAR - near, &record->list_offset,
              &record->list_room);
    directory_section_add(records, record, sizeof(*record));
    return DIRECTORY_OK;
}

enum directory_result directory_writer_add_user(struct directory_writer *writer,
                                                const struct directory_user *user)
{
    if (!directory_user_is_valid(user))
        return DIRECTORY_REFUSED;
    struct directory_record record = {
        .id = user->uid,
        .flags = user->suspended ? DIRECTORY_SUSPENDED : 0,
        .list_length = (uint32_t)(user->gid_count * sizeof(*user->gids)),
    };
    struct list gids = {&writer->sections[DIRECTORY_HEAP], user->gids, user->gid_count,
                        true};
    const char *const strings[4] = {user->name, user->gecos, user->home, user->shell};
    return record_add(writer, &writer->sections[DIRECTORY_USERS], &record, &gids, strings);
}

enum directory_result directory_writer_add_group(struct directory_writer *writer,
                                                 const struct directory_group *group)
{
    if (!name_is_valid(group->name) || !id_is_valid(group->gid)
        || group->member_count > UINT32_MAX / (2 * (DIRECTORY_NAME_MAX + 1)))
        return DIRECTORY_REFUSED;
    struct directory_record record = {
        .id = group->gid,
        .flags = group->local ? DIRECTORY_LOCAL : 0,
    };
    struct list uids = {&writer->members, group->members, group->member_count, false};
    const char *const strings[4] = {group->name, "", "", ""};
    return record_add(writer, &writer->sections[DIRECTORY_GROUPS], &record, &uids, strings);
}
