/*
 * directory_patch_users.c - one user's record and slots in a copy of the directory file.
 *
 * The principle: the file must show the user just as he was before the change, found by name and by
 * id; else it is not the file this change follows on.
 */
#include "directory_patch_users.h"

#include <string.h>

#include "directory.h"
#include "directory_checksum.h"
#include "directory_keys.h"
#include "directory_patch_bytes.h"
#include "directory_patching.h"
#include "directory_read.h"
#include "directory_reader.h"
#include "directory_write.h"

/* -- slots ---- */

static bool slot_add(struct directory_patching *patching, enum directory_section table,
                     const struct directory_key *key, uint64_t index)
{
    char scratch[DIRECTORY_TEXT_MAX];
    struct directory_loaded unused = {.scratch = scratch};
    struct directory_place place;
    struct directory_slot slot;
    if (directory_locate(&patching->view, table, key, &unused, &place) != DIRECTORY_NOT_FOUND
        || !directory_slot_read(&patching->view, table, place.slot, &slot) || slot.index != 0)
        return false;
    slot = (struct directory_slot){(uint32_t)(key->hash >> 32), (uint32_t)index + 1};
    return patching_put_slot(patching, table, place.slot, &slot);
}

/* Where the search for this slot's record begins. */
static bool slot_home(const struct directory_patching *patching, enum directory_section table,
                      const struct directory_slot *slot, uint64_t *ret)
{
    char scratch[DIRECTORY_TEXT_MAX];
    struct directory_loaded loaded = {.scratch = scratch};
    if (!directory_record_load(&patching->view, DIRECTORY_USERS, slot->index - 1U, &loaded))
        return false;
    struct directory_key key = table == DIRECTORY_USER_NAMES
                                   ? directory_key_of_name(loaded.text)
                                   : directory_key_of_id(loaded.record.id);
    *ret = key.hash & (patching->header.sections[table].count - 1);
    return slot->fingerprint == (uint32_t)(key.hash >> 32);
}

/* Take a slot out and move up those behind it that are searched for across it, so that no search
 * ends too early. */
static bool slot_remove(struct directory_patching *patching, enum directory_section table,
                        const struct directory_key *key)
{
    uint64_t mask = patching->header.sections[table].count - 1;
    char scratch[DIRECTORY_TEXT_MAX];
    struct directory_loaded unused = {.scratch = scratch};
    struct directory_place place;
    if (directory_locate(&patching->view, table, key, &unused, &place) != DIRECTORY_OK)
        return false;
    uint64_t hole = place.slot;
    for (uint64_t at = (hole + 1) & mask; at != place.slot; at = (at + 1) & mask) {
        static const struct directory_slot empty;
        struct directory_slot slot;
        uint64_t home;
        if (!directory_slot_read(&patching->view, table, at, &slot))
            return false;
        if (slot.index == 0)
            return patching_put_slot(patching, table, hole, &empty);
        if (!slot_home(patching, table, &slot, &home))
            return false;
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        if (!patching_put_slot(patching, table, hole, &slot))
            return false;
        hole = at;
    }
    return false; /* no empty slot in the table */
}

/* -- the user ---- */

static size_t text_make(const struct directory_user *user, char ret[DIRECTORY_TEXT_MAX],
                        uint16_t ret_lengths[4])
{
    const char *const strings[4] = {user->name, user->gecos, user->home, user->shell};
    return directory_text_make(strings, ret, ret_lengths);
}

/* Does the file show this user just so? */
static bool user_is_shown(const struct directory_patching *patching,
                          const struct directory_user *user,
                          const struct directory_loaded *loaded)
{
    char text[DIRECTORY_TEXT_MAX];
    uint16_t lengths[4];
    uint32_t gids[DIRECTORY_GIDS_MAX];
    struct directory_entry entry;
    size_t count;
    size_t length = text_make(user, text, lengths);
    return patching_rooms_are_sound(patching, &loaded->record)
        && loaded->record.text_length == length
        && memcmp(loaded->text, text, length) == 0
        && loaded->record.flags == directory_user_flags(user)
        && directory_find_user_by_name(&patching->view, user->name, &entry) == DIRECTORY_OK
        && entry.id == user->uid && entry.gid == user->gid
        && directory_user_gids(&patching->view, &entry, gids, &count) == DIRECTORY_OK
        && count == user->gid_count && memcmp(gids, user->gids, count * sizeof(*gids)) == 0;
}

/* A record in the making: what is near fills up from the front. */
struct making {
    struct directory_record record;
    uint64_t near_at; /* of the record's `near`, in the file */
    size_t near;      /* bytes of it that are filled */
};

/* As the writer places it: near where it fits, else in the heap. */
static bool piece_put(struct directory_patching *patching, struct making *making, uint64_t *offset,
                      uint32_t *room, const void *data, size_t length)
{
    if (length > DIRECTORY_NEAR - making->near)
        return patching_replace(patching, offset, room, data, length, length);
    if (!patching_release(patching, *offset, room))
        return false;
    if (length > 0)
        memcpy(making->record.near + making->near, data, length);
    *offset = making->near_at + making->near;
    making->near += length;
    return true;
}

/* Write record, text and list; those of before are where its record says. */
static bool user_put(struct directory_patching *patching, uint64_t index,
                     const struct directory_record *before, const struct directory_user *user)
{
    struct making making = {.record = *before};
    struct directory_record *record = &making.record;
    char text[DIRECTORY_TEXT_MAX];
    size_t length = text_make(user, text, record->lengths);
    uint32_t gids[DIRECTORY_GIDS_MAX];
    size_t count = directory_user_list(user, gids);
    size_t list_length = count * sizeof(*gids);
    memset(record->near, 0, sizeof(record->near));
    making.near_at = patching->header.sections[DIRECTORY_USERS].offset + index * sizeof(*record)
                   + offsetof(struct directory_record, near);
    if (length == 0
        || !piece_put(patching, &making, &record->text_offset, &record->text_room, text, length)
        || !piece_put(patching, &making, &record->list_offset, &record->list_room, gids,
                      list_length))
        return false;
    record->id = user->uid;
    record->flags = directory_user_flags(user);
    record->text_length = (uint32_t)length;
    record->list_length = (uint32_t)list_length;
    record->list_count = (uint32_t)count;
    record->listed = (uint32_t)user->listed_count;
    record->list_checksum = directory_list_checksum(gids, list_length);
    record->checksum = directory_record_checksum(record, text);
    return patching_put_record(patching, DIRECTORY_USERS, index, record);
}

static bool user_remove(struct directory_patching *patching, uint64_t index,
                        const struct directory_loaded *loaded)
{
    static const struct directory_record none;
    struct directory_record record = loaded->record;
    struct directory_key by_name = directory_key_of_name(loaded->text);
    struct directory_key by_id = directory_key_of_id(record.id);
    return slot_remove(patching, DIRECTORY_USER_NAMES, &by_name)
        && slot_remove(patching, DIRECTORY_USER_IDS, &by_id)
        && patching_release(patching, record.text_offset, &record.text_room)
        && patching_release(patching, record.list_offset, &record.list_room)
        && patching_put_record(patching, DIRECTORY_USERS, index, &none);
}

/* Behind all others: users are in the order of their ids. Removed ones at the end say nothing. */
static bool user_is_last(const struct directory_patching *patching, uint32_t uid)
{
    char scratch[DIRECTORY_TEXT_MAX];
    struct directory_loaded loaded = {.scratch = scratch};
    static const struct directory_record none;
    for (uint64_t i = patching->header.sections[DIRECTORY_USERS].count; i > 0; i--) {
        if (directory_record_load(&patching->view, DIRECTORY_USERS, i - 1, &loaded))
            return loaded.record.id < uid;
        if (memcmp(&loaded.record, &none, sizeof(none)) != 0)
            return false;
    }
    return true;
}

/* Name and id are nobody's, no role group's either, and there is a record and slots to spare. */
static bool user_has_room(const struct directory_patching *patching,
                          const struct directory_user *user)
{
    const struct directory_extent *sections = patching->header.sections;
    uint64_t wanted = sections[DIRECTORY_USERS].count + 1;
    uint64_t room = (sections[DIRECTORY_GROUPS].offset - sections[DIRECTORY_USERS].offset)
                  / sizeof(struct directory_record);
    struct directory_entry entry;
    return wanted <= room && wanted <= sections[DIRECTORY_USER_NAMES].count / 4 * 3
        && wanted <= sections[DIRECTORY_USER_IDS].count / 4 * 3
        && directory_find_group_by_name(&patching->view, user->name, &entry) == DIRECTORY_NOT_FOUND
        && directory_find_group_by_gid(&patching->view, user->uid, &entry) == DIRECTORY_NOT_FOUND;
}

static bool user_add(struct directory_patching *patching, const struct directory_user *user)
{
    static const struct directory_record none;
    struct directory_key by_name = directory_key_of_name(user->name);
    struct directory_key by_id = directory_key_of_id(user->uid);
    uint64_t index = patching->header.sections[DIRECTORY_USERS].count;
    if (!user_is_last(patching, user->uid) || !user_has_room(patching, user)
        || !slot_add(patching, DIRECTORY_USER_NAMES, &by_name, index)
        || !slot_add(patching, DIRECTORY_USER_IDS, &by_id, index))
        return false;
    patching->header.sections[DIRECTORY_USERS].count++;
    return user_put(patching, index, &none, user);
}

/* The keys stay as they are, so of this user they must say what a whole file would. */
static bool keys_may_stay(const struct directory_patching *patching, uint32_t uid,
                          const struct directory_user *after)
{
    char keys[DIRECTORY_KEYS_MAX];
    size_t length = 0;
    int64_t until = 0;
    enum directory_result result = directory_keys_of(&patching->view, uid, keys, &length, &until);
    if (after == NULL || after->keys_length == 0)
        return result == DIRECTORY_NOT_FOUND;
    return result == DIRECTORY_OK && until == after->until && length == after->keys_length
        && memcmp(keys, after->keys, length) == 0;
}

bool patching_change_user(struct directory_patching *patching, const struct directory_user *before,
                          const struct directory_user *after)
{
    const struct directory_user *known = before != NULL ? before : after;
    if (known == NULL || (after != NULL && !directory_user_is_valid(after))
        || !keys_may_stay(patching, known->uid, after))
        return false;
    if (before == NULL)
        return user_add(patching, after);
    struct directory_key key = directory_key_of_id(before->uid);
    char scratch[DIRECTORY_TEXT_MAX];
    struct directory_loaded loaded = {.scratch = scratch};
    struct directory_place place;
    if (directory_locate(&patching->view, DIRECTORY_USER_IDS, &key, &loaded, &place)
            != DIRECTORY_OK
        || !user_is_shown(patching, before, &loaded))
        return false;
    if (after == NULL)
        return user_remove(patching, place.index, &loaded);
    if (after->uid != before->uid || strcmp(after->name, before->name) != 0)
        return false; /* another name has other slots: written whole */
    return user_put(patching, place.index, &loaded.record, after);
}
