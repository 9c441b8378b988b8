/*
 * Who of this machine stands in the fleet's range of ids.
 */
#include "fleet_range.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "sql/store_accounts.h"
#include "login_defs.h"

enum { PAGE_SIZE = 64, TEXT_SIZE = 512 };

struct walk {
    const struct fleet_range *range;
    fleet_range_found *found;
    void *context;
};

static bool is_in(const struct walk *walk, int64_t id)
{
    return id >= walk->range->min && id <= walk->range->max;
}

static void tell(const struct walk *walk, const char *where, const char *kind, const char *name, uint32_t id)
{
    char what[TEXT_SIZE];

    snprintf(what, sizeof what, "%s %.200s has the id %u", kind, name, id);
    walk->found(walk->context, where, what);
}

static void walk_users(const struct walk *walk)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *line;

    while (file != NULL && (line = fgetpwent(file)) != NULL)
        if (is_in(walk, line->pw_uid))
            tell(walk, "/etc/passwd", "user", line->pw_name, line->pw_uid);
    if (file != NULL)
        fclose(file);
}

static void walk_groups(const struct walk *walk)
{
    static const enum role roles[] = { ROLE_MEMBER, ROLE_AUDITOR, ROLE_ADMIN };
    FILE *file = fopen("/etc/group", "re");
    const struct group *line;

    while (file != NULL && (line = fgetgrent(file)) != NULL)
        if (is_in(walk, line->gr_gid))
            tell(walk, "/etc/group", "group", line->gr_name, line->gr_gid);
    if (file != NULL)
        fclose(file);
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (is_in(walk, role_gid(roles[i])))
            tell(walk, "the store", "the group of the role", role_name(roles[i]), role_gid(roles[i]));
}

static void walk_shares(const struct walk *walk)
{
    struct id_ranges shares = { 0 };

    host_subordinates_read(&shares);
    for (size_t i = 0; i < shares.count; i++) {
        int64_t first = (int64_t)shares.ranges[i].first, last = first + (int64_t)shares.ranges[i].count - 1;
        char what[TEXT_SIZE];

        if (last < walk->range->min || first > walk->range->max)
            continue;
        snprintf(what, sizeof what, "subordinate ids are given from %lld to %lld", (long long)first, (long long)last);
        walk->found(walk->context, "/etc/login.defs, /etc/subuid, /etc/subgid", what);
    }
    free(shares.ranges);
}

/* Of a page, those that are of here. */
static void look_at_page(const struct walk *walk, const struct account *page, size_t count)
{
    for (size_t i = 0; i < count && is_in(walk, page[i].uid); i++)
        if (!page[i].fleet)
            tell(walk, "the store", "the account", page[i].username, page[i].uid);
}

static enum store_result walk_accounts(const struct walk *walk, struct store *store)
{
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    enum store_result result = page != NULL ? STORE_OK : STORE_FAILED;
    uint32_t after = (uint32_t)(walk->range->min - 1);
    size_t count = 1;

    while (result == STORE_OK && count > 0 && after < walk->range->max) {
        result = store_accounts_page(store, after, page, PAGE_SIZE, &count);
        if (result == STORE_OK)
            look_at_page(walk, page, count);
        if (result == STORE_OK && count > 0)
            after = page[count - 1].uid;
    }
    if (page != NULL)
        explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
    return result;
}

void fleet_range_walk(const struct fleet_range *range, fleet_range_found *found, void *context)
{
    const struct walk walk = { .range = range, .found = found, .context = context };

    walk_users(&walk);
    walk_groups(&walk);
    walk_shares(&walk);
}

enum store_result fleet_range_walk_accounts(const struct fleet_range *range, struct store *store, fleet_range_found *found,
                                            void *context)
{
    const struct walk walk = { .range = range, .found = found, .context = context };

    return walk_accounts(&walk, store);
}
