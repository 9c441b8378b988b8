/*
 * Clashes of a backup with this machine. Our own directory answers NSS, too, so an answer that is
 * exactly what it says is ours and no clash.
 */
#include "restore_clash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/clash.h"
#include "host/home_owner.h"
#include "host/local_lines.h"
#include "host/local_users.h"
#include "host/login_defs.h"
#include "host/reserved.h"
#include "import/claims.h"
#include "import/trust.h"
#include "nss_coder/directory.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_read.h"
#include "sql/account.h"
#include "sql/restore_plan.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/escape.h"

enum { PAGE_SIZE = 64, CLASHES_SHOWN = 100 };

struct clashes {
    struct claims homes; /* of the backup; holder: the account's name */
    struct claims rules; /* of this machine */
    struct id_ranges subordinate;
    bool published;
    struct directory_view directory;
};

/* -- what is read once -------------------------------------------------------------------- */

static bool read_homes(struct clashes *clashes, struct store *backup)
{
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    bool good = page != NULL;
    uint32_t after = 0;
    size_t count = 1;

    while (good && count > 0) {
        good = store_accounts_page(backup, after, page, PAGE_SIZE, &count) == STORE_OK;
        for (size_t i = 0; good && i < count; i++) {
            after = page[i].uid;
            good = home_is_nobodys(page[i].home) ||
                   claims_add(&clashes->homes, CLAIM_HOME, page[i].home, 0, page[i].username) != NULL;
        }
    }
    if (page != NULL)
        explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
    return good;
}

struct clashes *clashes_new(struct store *backup)
{
    struct clashes *clashes = calloc(1, sizeof *clashes);

    if (clashes == NULL)
        return NULL;
    clashes->published = directory_view_open(DIRECTORY_PATH, &clashes->directory) == DIRECTORY_OK;
    if (read_homes(clashes, backup) && import_rules_read(&clashes->rules) &&
        host_subordinates_read(&clashes->subordinate))
        return clashes;
    clashes_free(clashes);
    return NULL;
}

void clashes_free(struct clashes *clashes)
{
    if (clashes == NULL)
        return;
    claims_free(&clashes->homes);
    claims_free(&clashes->rules);
    free(clashes->subordinate.ranges);
    if (clashes->published)
        directory_view_close(&clashes->directory);
    free(clashes);
}

/* Is it what our own source tells NSS? */
static bool is_ours(const struct clashes *clashes, const struct restored *one)
{
    struct directory_entry entry;

    if (one->was)
        return true;
    return clashes->published && !host_is_local(one->after.username) &&
           directory_find_user_by_name(&clashes->directory, one->after.username, &entry) ==
               DIRECTORY_OK &&
           entry.id == one->after.uid;
}

/* -- what users create permits with --force ----------------------------------------------- */

static bool find_meaning(const struct clashes *clashes, const struct account *account,
                         char ret_reason[CLASH_REASON_SIZE])
{
    const char *whose = reserved_name(account->username);
    const struct claim *rule = import_rules_find(&clashes->rules, account->username, account->uid);
    char group[ACCOUNT_NAME_SIZE];

    if (whose != NULL)
        return clash_say(ret_reason, "it is a name with a meaning (%s)", whose);
    if (local_find_member(account->username, group))
        return clash_say(ret_reason, "the group %s of this machine lists a member of this name", group);
    if (rule != NULL)
        return clash_say(ret_reason, "%s has a rule for %s", rule->holder, rule->key + 1);
    if (host_subordinates_have(&clashes->subordinate, account->uid))
        return clash_say(ret_reason, "uid %u is in this machine's range of subordinate ids (subuid(5))",
                   account->uid);
    return false;
}

static bool find_home(const struct clashes *clashes, const struct account *account,
                      char ret_reason[CLASH_REASON_SIZE])
{
    const struct claim *claim = claims_find(&clashes->homes, CLAIM_HOME, account->home);
    char name[ACCOUNT_NAME_SIZE];
    enum home_owner owner = home_judge(account->home, account->uid, ret_reason);

    if (owner == HOME_OPEN || owner == HOME_WAY || owner == HOME_OTHERS)
        return true;
    if (claim != NULL && claim->shared)
        return clash_say(ret_reason, "%s is the home of another account of the backup, too",
                   account->home);
    if (!home_is_nobodys(account->home) &&
        local_find_home(account->home, account->username, name))
        return clash_say(ret_reason, "%s is the home of %s of this machine, too", account->home, name);
    return false;
}

/* A role that comes back reaches the local user of this name. */
static bool find_gift(const struct restored *one, char ret_reason[CLASH_REASON_SIZE])
{
    unsigned given = one->after.roles & ~one->before.roles & ~(unsigned)ROLE_MEMBER;

    return one->was && given != 0 && host_is_local(one->after.username) &&
           clash_say(ret_reason, "it is still a user of /etc/passwd, who would get the groups of the roles");
}

bool clashes_find(const struct clashes *clashes, const struct restored *one,
                  char ret_reason[CLASH_REASON_SIZE])
{
    const struct account *account = &one->after;
    bool ours;

    if (!one->is)
        return false;
    ours = is_ours(clashes, one);
    if (clash_find_identity(account, ours, ret_reason) || find_gift(one, ret_reason) ||
        (!one->was && find_meaning(clashes, account, ret_reason)))
        return true;
    return (!one->was || strcmp(one->before.home, account->home) != 0) &&
           find_home(clashes, account, ret_reason);
}

/* -- those that were found ---------------------------------------------------------------- */

static bool make_room(struct clash_list *list)
{
    uint32_t *uids = reallocarray(list->uids, list->count + 1, sizeof *uids);
    struct clash *clashes = reallocarray(list->list, list->count + 1, sizeof *clashes);

    if (uids != NULL)
        list->uids = uids;
    if (clashes != NULL)
        list->list = clashes;
    return uids != NULL && clashes != NULL;
}

bool clash_list_add(struct clash_list *list, const struct account *account, const char *reason)
{
    char plain[4 * CLASH_REASON_SIZE], *copy;

    if (!make_room(list))
        return false;
    print_escape(reason, plain, sizeof plain);
    copy = strdup(plain);
    if (copy == NULL)
        return false;
    list->list[list->count].reason = copy;
    memcpy(list->list[list->count].username, account->username, ACCOUNT_NAME_SIZE);
    list->uids[list->count++] = account->uid;
    return true;
}

void clash_list_print(const struct clash_list *list)
{
    for (size_t i = 0; i < list->count && i < CLASHES_SHOWN; i++)
        printf("clash: %s: %s\n", list->list[i].username, list->list[i].reason);
    if (list->count > CLASHES_SHOWN)
        printf("clash: and %zu more accounts\n", list->count - CLASHES_SHOWN);
}

void clash_list_free(struct clash_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->list[i].reason);
    free(list->list);
    free(list->uids);
}
