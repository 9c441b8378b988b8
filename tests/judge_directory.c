/*
 * judge_directory.c - one answer, and all of them.
 */
#include "judge_directory.h"

#include <string.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_read.h"

/* 1: right, 0: none, -1: wrong. */
static int judge_user(enum directory_result result, const struct directory_entry *entry,
                      const struct fixture_user *user, uint64_t generation)
{
    char gecos[64];
    fixture_gecos(user, generation, gecos);
    if (result != DIRECTORY_OK)
        return 0;
    bool right = entry->id == user->uid && entry->suspended == user->suspended
        && strcmp(entry->text, user->name) == 0
        && strcmp(entry->text + entry->gecos, gecos) == 0
        && strcmp(entry->text + entry->home, user->home) == 0
        && strcmp(entry->text + entry->shell, user->shell) == 0;
    return right ? 1 : -1;
}

static int judge_gids(const struct directory_view *view, const struct directory_entry *entry,
                      const struct fixture_user *user)
{
    uint32_t gids[DIRECTORY_GIDS_MAX];
    size_t count;
    if (directory_user_gids(view, entry, gids, &count) != DIRECTORY_OK)
        return 0;
    bool right = count == user->gid_count && memcmp(gids, user->gids, count * sizeof(*gids)) == 0;
    return right ? 1 : -1;
}

static int judge_group(const struct directory_view *view, enum directory_result result,
                       const struct directory_entry *entry, const struct fixture_group *group)
{
    char names[256];
    char *members[16];
    if (result != DIRECTORY_OK)
        return 0;
    if (entry->id != group->gid || strcmp(entry->text, group->name) != 0
        || entry->list_count != group->member_count || entry->list_length > sizeof(names))
        return -1;
    if (directory_group_members(view, entry, names, members) != DIRECTORY_OK)
        return 0;
    for (size_t i = 0; i < group->member_count; i++) {
        if (strcmp(members[i], group->member_names[i]) != 0)
            return -1;
    }
    return members[group->member_count] == NULL ? 1 : -1;
}

static bool tally(int judged, int *right)
{
    *right += judged > 0;
    return judged >= 0;
}

static bool judge_users(const struct directory_view *view, uint64_t generation, int *right)
{
    bool good = true;
    struct directory_entry entry;
    for (size_t i = 0; i < FIXTURE_USERS; i++) {
        const struct fixture_user *user = &fixture_users[i];
        enum directory_result result = directory_find_user_by_name(view, user->name, &entry);
        good = tally(judge_user(result, &entry, user, generation), right) && good;
        if (result == DIRECTORY_OK)
            good = tally(judge_gids(view, &entry, user), right) && good;
        result = directory_find_user_by_uid(view, user->uid, &entry);
        good = tally(judge_user(result, &entry, user, generation), right) && good;
        result = directory_user_at(view, i, &entry);
        good = tally(judge_user(result, &entry, user, generation), right) && good;
    }
    return good;
}

static bool judge_groups(const struct directory_view *view, int *right)
{
    bool good = true;
    struct directory_entry entry;
    for (size_t i = 0; i < FIXTURE_GROUPS + FIXTURE_USERS; i++) {
        struct fixture_group own = {0};
        if (i >= FIXTURE_GROUPS) {
            own.name = fixture_users[i - FIXTURE_GROUPS].name;
            own.gid = fixture_users[i - FIXTURE_GROUPS].uid;
        }
        const struct fixture_group *group = i < FIXTURE_GROUPS ? &fixture_groups[i] : &own;
        enum directory_result result = directory_find_group_by_name(view, group->name, &entry);
        good = tally(judge_group(view, result, &entry, group), right) && good;
        result = directory_find_group_by_gid(view, group->gid, &entry);
        good = tally(judge_group(view, result, &entry, group), right) && good;
        result = directory_group_at(view, i, &entry);
        good = tally(judge_group(view, result, &entry, group), right) && good;
    }
    return good;
}

static bool judge_strangers(const struct directory_view *view)
{
    struct directory_entry entry;
    return directory_find_user_by_name(view, "dave", &entry) != DIRECTORY_OK
        && directory_find_user_by_uid(view, 70103, &entry) != DIRECTORY_OK
        && directory_find_user_by_uid(view, 0, &entry) != DIRECTORY_OK
        && directory_find_group_by_name(view, "root", &entry) != DIRECTORY_OK
        && directory_find_group_by_gid(view, 0, &entry) != DIRECTORY_OK;
}

bool judge_all(const struct directory_view *view, uint64_t generation, int *right)
{
    bool users = judge_users(view, generation, right);
    bool groups = judge_groups(view, right);
    return users && groups && judge_strangers(view);
}

int judge_path(const char *path, uint64_t generation)
{
    struct directory_view view;
    if (directory_view_open(path, &view) != DIRECTORY_OK)
        return 0;
    int right = 0;
    bool good = judge_all(&view, generation, &right);
    directory_view_close(&view);
    return good ? right : -1;
}
