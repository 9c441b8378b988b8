/*
 * directory_write.c - collecting what the public directory file will say.
 *
 * The principle: every record is judged before it is taken, by the rules its readers rely on, so a
 * mistake elsewhere becomes a refused publication and never a wrong line in somebody's getent.
 */
#include "directory_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "directory.h"
#include "directory_checksum.h"
#include "directory_room.h"
#include "directory_write_keys.h"
#include "directory_writer.h"

enum directory_result directory_writer_new(int fd, const struct directory_plan *plan,
                                           struct directory_writer **ret)
{
    struct directory_writer *writer = calloc(1, sizeof(*writer));
    if (writer == NULL)
        return DIRECTORY_NO_RESOURCES;
    writer->plan = *plan;
    writer->fd = fd;
    enum directory_result result = directory_room_make(writer);
    if (result == DIRECTORY_OK)
        *ret = writer;
    else
        directory_writer_free(writer);
    return result;
}

void directory_writer_free(struct directory_writer *writer)
{
    int error = errno;
    if (writer == NULL)
        return;
    directory_room_free(writer);
    free(writer);
    errno = error;
}

static bool name_is_valid(const char *name)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz_";
    static const char others[] = "abcdefghijklmnopqrstuvwxyz_0123456789-.";
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

static bool texts_are_valid(const struct directory_user *user)
{
    const char *const strings[4] = {user->name, user->gecos, user->home, user->shell};
    char text[DIRECTORY_TEXT_MAX];
    uint16_t lengths[4];
    return text_is_valid(user->gecos) && text_is_valid(user->home) && text_is_valid(user->shell)
        && user->home[0] == '/' && user->shell[0] == '/'
        && directory_text_make(strings, text, lengths) > 0;
}

/* Readers print them as they are. */
static bool keys_are_valid(const struct directory_user *user)
{
    if (user->keys_length == 0)
        return true;
    if (user->keys_length > DIRECTORY_KEYS_MAX || user->keys[user->keys_length - 1] != '\n')
        return false;
    for (size_t i = 0; i < user->keys_length; i++) {
        unsigned char byte = (unsigned char)user->keys[i];
        if ((byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7f)
            return false;
    }
    return true;
}

bool directory_user_is_valid(const struct directory_user *user)
{
    if (!name_is_valid(user->name) || !id_is_valid(user->uid) || !id_is_valid(user->gid)
        || (user->private_group && user->gid != user->uid) || !texts_are_valid(user)
        || !keys_are_valid(user))
        return false;
    if (user->gid_count + (user->private_group ? 0 : 1) > DIRECTORY_GIDS_MAX
        || user->listed_count > user->gid_count)
        return false;
    for (size_t i = 0; i < user->gid_count; i++) {
        if (!id_is_valid(user->gids[i]))
            return false;
    }
    return true;
}

uint32_t directory_user_flags(const struct directory_user *user)
{
    uint32_t flags = user->suspended ? DIRECTORY_SUSPENDED : 0;
    if (!user->private_group)
        flags |= DIRECTORY_NO_GROUP;
    return user->shut && !user->suspended ? flags | DIRECTORY_SHUT : flags;
}

size_t directory_user_list(const struct directory_user *user, uint32_t ret[DIRECTORY_GIDS_MAX])
{
    size_t count = user->gid_count;
    if (count > 0)
        memcpy(ret, user->gids, count * sizeof(*ret));
    if (!user->private_group)
        ret[count++] = user->gid;
    return count;
}

/* Behind what is in the record already or, where that is full, in the heap; room 0: the former. */
static uint64_t piece_add(struct directory_writer *writer, struct directory_record *record,
                          uint64_t near_at, size_t *near, const void *data, size_t length,
                          uint32_t *ret_room)
{
    bool fits = length <= DIRECTORY_NEAR - *near;
    uint64_t offset = near_at + *near;
    *ret_room = fits ? 0 : (uint32_t)length;
    if (!fits)
        return directory_heap_add(writer, data, length);
    if (data != NULL && length > 0)
        memcpy(record->near + *near, data, length);
    *near += length;
    return offset;
}

/* Reserve first, then add: either all of it is added or nothing. */
static enum directory_result record_add(struct directory_writer *writer,
                                        enum directory_section records,
                                        struct directory_record *record, const uint32_t *gids,
                                        const char *const strings[4])
{
    struct directory_extent *section = &writer->header.sections[records];
    uint64_t at = section->offset + section->count * sizeof(*record);
    uint64_t near_at = at + offsetof(struct directory_record, near);
    size_t near = 0;
    char text[DIRECTORY_TEXT_MAX];
    size_t length = directory_text_make(strings, text, record->lengths);
    enum directory_result result = directory_room_reserve(writer, length + record->list_length);
    if (result != DIRECTORY_OK)
        return result;
    record->text_length = (uint32_t)length;
    record->text_offset = piece_add(writer, record, near_at, &near, text, length,
                                    &record->text_room);
    record->list_offset = piece_add(writer, record, near_at, &near, gids, record->list_length,
                                    &record->list_room);
    record->list_checksum = directory_list_checksum(gids, record->list_length);
    record->checksum = directory_record_checksum(record, text);
    memcpy(writer->file + at, record, sizeof(*record));
    section->count++;
    return DIRECTORY_OK;
}

enum directory_result directory_writer_add_user(struct directory_writer *writer,
                                                const struct directory_user *user)
{
    if (!directory_user_is_valid(user)
        || writer->header.sections[DIRECTORY_USERS].count == writer->plan.users
        || !directory_keys_fit(writer, user))
        return DIRECTORY_REFUSED;
    uint32_t gids[DIRECTORY_GIDS_MAX];
    size_t count = directory_user_list(user, gids);
    struct directory_record record = {
        .id = user->uid,
        .flags = directory_user_flags(user),
        .list_length = (uint32_t)(count * sizeof(*gids)),
        .list_count = (uint32_t)count,
        .listed = (uint32_t)user->listed_count,
    };
    const char *const strings[4] = {user->name, user->gecos, user->home, user->shell};
    enum directory_result result = record_add(writer, DIRECTORY_USERS, &record, gids, strings);
    if (result == DIRECTORY_OK)
        directory_keys_add(writer, user);
    return result;
}

/* The members follow when all users are there. */
enum directory_result directory_writer_add_group(struct directory_writer *writer,
                                                 const struct directory_group *group)
{
    if (!name_is_valid(group->name) || !id_is_valid(group->gid)
        || writer->header.sections[DIRECTORY_GROUPS].count == writer->plan.groups)
        return DIRECTORY_REFUSED;
    struct directory_record record = {
        .id = group->gid,
        .flags = group->local ? DIRECTORY_LOCAL : 0,
    };
    const char *const strings[4] = {group->name, "", "", ""};
    return record_add(writer, DIRECTORY_GROUPS, &record, NULL, strings);
}
