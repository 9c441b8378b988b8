/*
 * directory_patch_members.c - one member more or less in a group's list, in a copy of the file.
 *
 * The principle: the list stays in the order of uids, as a whole file has it, and is written from
 * the first byte that changes; one that outgrows its room moves to the end of the heap.
 */
#include "directory_patch_members.h"

#include <stdlib.h>
#include <string.h>

#include "directory.h"
#include "directory_checksum.h"
#include "directory_finish.h"
#include "directory_patch_bytes.h"
#include "directory_patching.h"
#include "directory_read.h"
#include "directory_reader.h"

/* Names one behind the other, each with its NUL. */
struct members {
    char *names; /* room for one more */
    size_t length;
    uint32_t count;
};

/* Where the name of this byte begins. */
static size_t members_begin(const struct members *members, size_t at)
{
    while (at > 0 && members->names[at - 1] != '\0')
        at--;
    return at;
}

/* Where a new member goes: in front of the first one with a higher uid. Found by halving, because
 * each look costs a search. */
static bool members_search(const struct directory_patching *patching, const struct members *members,
                           uint32_t uid, size_t *ret)
{
    size_t low = 0;
    size_t high = members->length;
    while (low < high) {
        size_t middle = members_begin(members, low + (high - low) / 2);
        struct directory_entry entry;
        const char *name = members->names + middle;
        if (directory_find_user_by_name(&patching->view, name, &entry) != DIRECTORY_OK
            || entry.id == uid)
            return false;
        if (entry.id < uid)
            low = middle + strlen(name) + 1;
        else
            high = middle;
    }
    *ret = low;
    return true;
}

static bool members_add(const struct directory_patching *patching, struct members *members,
                        const struct directory_user *user, size_t *ret_at)
{
    size_t size = strlen(user->name) + 1;
    if (!members_search(patching, members, user->uid, ret_at))
        return false;
    char *place = members->names + *ret_at;
    memmove(place + size, place, members->length - *ret_at);
    memcpy(place, user->name, size);
    members->length += size;
    members->count++;
    return true;
}

static bool members_remove(struct members *members, const struct directory_user *user,
                           size_t *ret_at)
{
    size_t size = strlen(user->name) + 1;
    for (size_t at = 0; at < members->length; at += strlen(members->names + at) + 1) {
        char *place = members->names + at;
        if (strcmp(place, user->name) != 0)
            continue;
        members->length -= size;
        members->count--;
        memmove(place, place + size, members->length - at);
        *ret_at = at;
        return true;
    }
    return false;
}

/* OK for a list in which every byte belongs to a name. */
static bool members_load(const struct directory_patching *patching,
                         const struct directory_record *record, struct members *members)
{
    members->length = record->list_length;
    members->count = record->list_count;
    if (!patching_read(patching, record->list_offset, members->names, members->length))
        return false;
    return directory_list_checksum(members->names, members->length) == record->list_checksum
        && (members->length == 0 || members->names[members->length - 1] == '\0');
}

/* from: the first byte that is other than before. */
static bool members_put(struct directory_patching *patching, struct directory_loaded *group,
                        uint64_t index, const struct members *members, size_t from)
{
    struct directory_record *record = &group->record;
    size_t room = directory_list_room(members->length);
    size_t freed = 0;
    bool done;
    if (members->length < record->list_length)
        freed = record->list_length - members->length;
    if (room > UINT32_MAX)
        return false;
    if (members->length <= record->list_room)
        done = patching_put_heap(patching, record->list_offset + from, members->names + from,
                        members->length - from)
            && patching_put_heap(patching, record->list_offset + members->length, NULL, freed);
    else
        done = patching_replace(patching, &record->list_offset, &record->list_room, members->names,
                            members->length, room);
    record->list_length = (uint32_t)members->length;
    record->list_count = members->count;
    record->list_checksum = directory_list_checksum(members->names, members->length);
    record->checksum = directory_record_checksum(record, group->text);
    return done && patching_put_record(patching, DIRECTORY_GROUPS, index, record);
}

bool patching_change_group(struct directory_patching *patching, uint32_t gid,
                           const struct directory_user *user, bool joins)
{
    struct directory_key key = directory_key_of_id(gid);
    char scratch[DIRECTORY_TEXT_MAX];
    struct directory_loaded group = {.scratch = scratch};
    struct directory_place place;
    if (directory_locate(&patching->view, DIRECTORY_GROUP_IDS, &key, &group, &place)
            != DIRECTORY_OK
        || !patching_rooms_are_sound(patching, &group.record))
        return false;
    struct members members = {malloc((size_t)group.record.list_length + DIRECTORY_NAME_MAX + 1),
                              0, 0};
    size_t from = 0;
    bool done = members.names != NULL && members_load(patching, &group.record, &members)
             && (joins ? members_add(patching, &members, user, &from)
                       : members_remove(&members, user, &from))
             && members_put(patching, &group, place.index, &members, from);
    free(members.names);
    return done;
}
