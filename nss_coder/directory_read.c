/*
 * directory_read.c - looking up users and groups in one view of the directory file.
 *
 * The principle: whatever the file says, an answer is right or it is none. A record is used only
 * after its bounds and its checksum, and only if it has the very name or id that was asked for;
 * uid 0 and gid 0 are never handed out.
 */
#include "directory_read.h"

#include <string.h>

#include "directory.h"
#include "directory_checksum.h"
#include "directory_map.h"
#include "directory_reader.h"

/* Four strings, each with its NUL where the lengths say. */
static bool text_is_sound(const struct directory_record *record, const char *text)
{
    if (record->lengths[0] == 0 || record->lengths[0] > DIRECTORY_NAME_MAX)
        return false;
    size_t end = 0;
    for (int i = 0; i < 4; i++) {
        end += record->lengths[i];
        if (end >= record->text_length || text[end] != '\0')
            return false;
        end++;
    }
    return end == record->text_length;
}

static bool id_is_sound(uint32_t id)
{
    return id != 0 && id != UINT32_MAX;
}

/* An id that may be shown, and a list that stays inside the file. */
static bool record_is_sound(const struct directory_view *view,
                            const struct directory_record *record)
{
    uint64_t size = directory_view_header(view)->size;
    return id_is_sound(record->id)
        && record->text_length <= DIRECTORY_TEXT_MAX && record->list_offset <= size
        && record->list_length <= size - record->list_offset
        && record->list_count <= record->list_length;
}

bool directory_record_load(const struct directory_view *view, enum directory_section records,
                           uint64_t index, struct directory_loaded *ret)
{
    const struct directory_extent *table = &directory_view_header(view)->sections[records];
    struct directory_record *record = &ret->record;
    if (index >= table->count)
        return false;
    const void *bytes = directory_view_bytes(view, table->offset + index * sizeof(*record),
                                             sizeof(*record), ret->scratch);
    if (bytes == NULL)
        return false;
    memcpy(record, bytes, sizeof(*record));
    if (!record_is_sound(view, record))
        return false;
    ret->text = directory_view_bytes(view, record->text_offset, record->text_length, ret->scratch);
    if (ret->text == NULL || !text_is_sound(record, ret->text))
        return false;

    return directory_record_checksum(record, ret->text) == record->checksum;
}

static void entry_fill(const struct directory_loaded *loaded, struct directory_entry *ret)
{
    const struct directory_record *record = &loaded->record;
    ret->id = record->id;
    ret->gid = record->id;
    ret->private_group = (record->flags & DIRECTORY_NO_GROUP) == 0;
    ret->suspended = (record->flags & DIRECTORY_SUSPENDED) != 0;
    ret->shut = (record->flags & DIRECTORY_SHUT) != 0;
    ret->local = (record->flags & DIRECTORY_LOCAL) != 0;
    ret->list_offset = record->list_offset;
    ret->list_length = record->list_length;
    ret->list_count = record->list_count;
    ret->list_checksum = record->list_checksum;
    ret->name_length = record->lengths[0];
    ret->gecos = (uint16_t)(record->lengths[0] + 1U);
    ret->home = (uint16_t)(ret->gecos + record->lengths[1] + 1U);
    ret->shell = (uint16_t)(ret->home + record->lengths[2] + 1U);
    ret->text_length = (uint16_t)record->text_length;
    if (loaded->text != ret->text)
        memcpy(ret->text, loaded->text, record->text_length);
}

/* A list as a record or an entry names it. */
struct list {
    uint64_t offset;
    uint32_t length;
    uint32_t count;
    uint32_t checksum;
};

static struct list list_of(const struct directory_entry *entry)
{
    return (struct list){entry->list_offset, entry->list_length, entry->list_count,
                         entry->list_checksum};
}

static const void *list_load(const struct directory_view *view, const struct list *list,
                             void *scratch)
{
    const void *bytes = directory_view_bytes(view, list->offset, list->length, scratch);
    if (bytes == NULL)
        return NULL;
    return directory_list_checksum(bytes, list->length) == list->checksum ? bytes : NULL;
}

/* A list of gids, if that is what it is. */
static const char *gids_load(const struct directory_view *view, const struct list *list,
                             uint32_t scratch[DIRECTORY_GIDS_MAX])
{
    if (list->count > DIRECTORY_GIDS_MAX || list->length != list->count * sizeof(*scratch))
        return NULL;
    return list_load(view, list, scratch);
}

static uint32_t gid_at(const char *gids, uint32_t index)
{
    uint32_t gid;
    memcpy(&gid, gids + index * sizeof(gid), sizeof(gid));
    return gid;
}

/* The supplementary ones. */
static enum directory_result gids_copy(const struct directory_view *view, const struct list *list,
                                       bool private_group, uint32_t ret[DIRECTORY_GIDS_MAX],
                                       size_t *ret_count)
{
    const char *gids = gids_load(view, list, ret);
    uint32_t primary = private_group ? 0 : 1;
    if (gids == NULL || list->count < primary
        || (primary == 1 && !id_is_sound(gid_at(gids, list->count - 1U))))
        return DIRECTORY_UNAVAILABLE;
    size_t count = 0;
    for (uint32_t i = 0; i < list->count - primary; i++) {
        uint32_t gid = gid_at(gids, i);
        if (id_is_sound(gid))
            ret[count++] = gid;
    }
    *ret_count = count;
    return DIRECTORY_OK;
}

/* The last gid is the primary group's; without it there is no answer. Not inlined: its room on the
 * stack is for the few who have another than their private one. */
__attribute__((noinline)) static enum directory_result
entry_find_group(const struct directory_view *view, struct directory_entry *user)
{
    uint32_t scratch[DIRECTORY_GIDS_MAX];
    struct list list = list_of(user);
    const char *gids = gids_load(view, &list, scratch);
    if (gids == NULL || list.count == 0)
        return DIRECTORY_UNAVAILABLE;
    user->gid = gid_at(gids, list.count - 1U);
    return id_is_sound(user->gid) ? DIRECTORY_OK : DIRECTORY_UNAVAILABLE;
}

static enum directory_result entry_complete(const struct directory_view *view,
                                            enum directory_section records,
                                            struct directory_entry *entry)
{
    if (entry->private_group || records != DIRECTORY_USERS)
        return DIRECTORY_OK;
    return entry_find_group(view, entry);
}

/* A private group has the user's name and id, and no members. NOT_FOUND: this user has none. */
static enum directory_result entry_make_private_group(struct directory_entry *entry)
{
    if (!entry->private_group)
        return DIRECTORY_NOT_FOUND;
    entry->suspended = false;
    entry->shut = false;
    entry->list_length = 0;
    entry->list_count = 0;
    return DIRECTORY_OK;
}

static bool key_matches(const struct directory_key *key, const struct directory_loaded *loaded)
{
    if (key->name == NULL)
        return loaded->record.id == key->id;
    return loaded->record.lengths[0] == key->name_length
        && memcmp(loaded->text, key->name, key->name_length) == 0;
}

bool directory_slot_read(const struct directory_view *view, enum directory_section table,
                         uint64_t number, struct directory_slot *ret)
{
    uint64_t offset = directory_view_header(view)->sections[table].offset;
    struct directory_slot scratch;
    const void *bytes = directory_view_bytes(view, offset + number * sizeof(scratch),
                                             sizeof(scratch), &scratch);
    if (bytes == NULL)
        return false;
    memcpy(ret, bytes, sizeof(*ret));
    return true;
}

static enum directory_section table_records(enum directory_section table)
{
    bool users = table == DIRECTORY_USER_NAMES || table == DIRECTORY_USER_IDS;
    return users ? DIRECTORY_USERS : DIRECTORY_GROUPS;
}

enum directory_result directory_locate(const struct directory_view *view,
                                       enum directory_section table,
                                       const struct directory_key *key,
                                       struct directory_loaded *ret,
                                       struct directory_place *ret_place)
{
    enum directory_section records = table_records(table);
    uint64_t count = directory_view_header(view)->sections[table].count;
    for (uint64_t n = 0; n < count; n++) {
        uint64_t number = (key->hash + n) & (count - 1);
        struct directory_slot slot;
        if (!directory_slot_read(view, table, number, &slot))
            return DIRECTORY_UNAVAILABLE;
        if (ret_place != NULL)
            *ret_place = (struct directory_place){number, slot.index - 1U};
        if (slot.index == 0)
            return DIRECTORY_NOT_FOUND;
        if (slot.fingerprint != (uint32_t)(key->hash >> 32))
            continue;
        if (!directory_record_load(view, records, slot.index - 1U, ret))
            return DIRECTORY_UNAVAILABLE;
        if (key_matches(key, ret))
            return DIRECTORY_OK;
    }
    return DIRECTORY_NOT_FOUND;
}

static enum directory_result table_find(const struct directory_view *view,
                                        enum directory_section table,
                                        const struct directory_key *key,
                                        struct directory_entry *ret)
{
    if (key->name == NULL && !id_is_sound(key->id))
        return DIRECTORY_NOT_FOUND;
    struct directory_loaded loaded;
    loaded.scratch = ret->text;
    enum directory_result result = directory_locate(view, table, key, &loaded, NULL);
    if (result != DIRECTORY_OK)
        return result;
    entry_fill(&loaded, ret);
    return entry_complete(view, table_records(table), ret);
}

struct directory_key directory_key_of_name(const char *name)
{
    size_t length = strnlen(name, DIRECTORY_NAME_MAX + 1);
    return (struct directory_key){.name = name, .name_length = length,
                                  .hash = directory_hash_name(name, length)};
}

struct directory_key directory_key_of_id(uint32_t id)
{
    return (struct directory_key){.id = id, .hash = directory_hash_id(id)};
}

enum directory_result directory_find_user(const struct directory_view *view,
                                          const struct directory_key *key,
                                          struct directory_entry *ret)
{
    return table_find(view, key->name != NULL ? DIRECTORY_USER_NAMES : DIRECTORY_USER_IDS, key, ret);
}

enum directory_result directory_find_user_by_name(const struct directory_view *view,
                                                  const char *name, struct directory_entry *ret)
{
    struct directory_key key = directory_key_of_name(name);
    return directory_find_user(view, &key, ret);
}

enum directory_result directory_find_user_by_uid(const struct directory_view *view, uint32_t uid,
                                                 struct directory_entry *ret)
{
    struct directory_key key = directory_key_of_id(uid);
    return directory_find_user(view, &key, ret);
}

/* Role groups first: the writer refuses a private group of the same name or id. */
enum directory_result directory_find_group(const struct directory_view *view,
                                           const struct directory_key *key,
                                           struct directory_entry *ret)
{
    enum directory_section table = key->name != NULL ? DIRECTORY_GROUP_NAMES : DIRECTORY_GROUP_IDS;
    enum directory_result result = table_find(view, table, key, ret);
    if (result != DIRECTORY_NOT_FOUND)
        return result;
    result = directory_find_user(view, key, ret);
    return result == DIRECTORY_OK ? entry_make_private_group(ret) : result;
}

enum directory_result directory_find_group_by_name(const struct directory_view *view,
                                                   const char *name, struct directory_entry *ret)
{
    struct directory_key key = directory_key_of_name(name);
    return directory_find_group(view, &key, ret);
}

enum directory_result directory_find_group_by_gid(const struct directory_view *view, uint32_t gid,
                                                  struct directory_entry *ret)
{
    struct directory_key key = directory_key_of_id(gid);
    return directory_find_group(view, &key, ret);
}

static enum directory_result record_at(const struct directory_view *view,
                                       enum directory_section section, uint64_t index,
                                       struct directory_entry *ret)
{
    if (index >= directory_view_header(view)->sections[section].count)
        return DIRECTORY_NOT_FOUND;
    struct directory_loaded loaded;
    loaded.scratch = ret->text;
    if (!directory_record_load(view, section, index, &loaded))
        return DIRECTORY_UNAVAILABLE;
    entry_fill(&loaded, ret);
    return entry_complete(view, section, ret);
}

enum directory_result directory_user_at(const struct directory_view *view, uint64_t index,
                                        struct directory_entry *ret)
{
    return record_at(view, DIRECTORY_USERS, index, ret);
}

enum directory_result directory_group_at(const struct directory_view *view, uint64_t index,
                                         struct directory_entry *ret)
{
    uint64_t groups = directory_view_header(view)->sections[DIRECTORY_GROUPS].count;
    if (index >= groups) {
        enum directory_result result = record_at(view, DIRECTORY_USERS, index - groups, ret);
        if (result == DIRECTORY_OK && entry_make_private_group(ret) != DIRECTORY_OK)
            return DIRECTORY_UNAVAILABLE;
        return result;
    }
    enum directory_result result = record_at(view, DIRECTORY_GROUPS, index, ret);
    return result == DIRECTORY_OK && ret->local ? DIRECTORY_UNAVAILABLE : result;
}

enum directory_result directory_user_gids(const struct directory_view *view,
                                          const struct directory_entry *user,
                                          uint32_t ret[DIRECTORY_GIDS_MAX], size_t *ret_count)
{
    struct list list = list_of(user);
    return gids_copy(view, &list, user->private_group, ret, ret_count);
}

enum directory_result directory_find_gids(const struct directory_view *view,
                                          const struct directory_key *key,
                                          uint32_t ret[DIRECTORY_GIDS_MAX], size_t *ret_count)
{
    struct directory_loaded user;
    user.scratch = (char *)ret;
    enum directory_result result = directory_locate(view, DIRECTORY_USER_NAMES, key, &user, NULL);
    if (result != DIRECTORY_OK)
        return result;
    const struct directory_record *record = &user.record;
    struct list list = {record->list_offset, record->list_length, record->list_count,
                        record->list_checksum};
    return gids_copy(view, &list, (record->flags & DIRECTORY_NO_GROUP) == 0, ret, ret_count);
}

enum directory_result directory_group_members(const struct directory_view *view,
                                              const struct directory_entry *group, char *names,
                                              char **members)
{
    members[0] = NULL;
    if (group->list_count == 0)
        return DIRECTORY_OK;
    struct list list = list_of(group);
    const void *bytes = list_load(view, &list, names);
    if (bytes == NULL)
        return DIRECTORY_UNAVAILABLE;
    memmove(names, bytes, group->list_length);
    char *end = names + group->list_length;
    for (uint32_t i = 0; i < group->list_count; i++) {
        char *nul = memchr(names, '\0', (size_t)(end - names));
        if (nul == NULL)
            return DIRECTORY_UNAVAILABLE;
        members[i] = names;
        names = nul + 1;
    }
    members[group->list_count] = NULL;
    return names == end ? DIRECTORY_OK : DIRECTORY_UNAVAILABLE;
}
