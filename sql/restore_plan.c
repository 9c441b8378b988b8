/*
 * What a restore means for each account. Who was suspended or deleted since the backup stays so,
 * unless told exactly; roles, passwords and ends are the backup's in every case. Both sides are walked by uid, a page at a time; the backup is another
 * database and never attached.
 */
#include "restore_plan.h"

#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "database.h"
#include "memory.h"
#include "store.h"
#include "store_accounts.h"
#include "store_keys.h"

enum { PAGE_SIZE = 64 };

struct side {
    struct store *store;
    struct account page[PAGE_SIZE];
    size_t count, at;
    uint32_t after; /* the last uid read */
    bool ended;
};

struct restore {
    struct restore_rules rules;
    bool joined; /* the present follows a fleet */
    struct side present, backup;
};

/* In doubt it has. */
static bool has_joined(struct store *store)
{
    int64_t joined;

    return database_number(store->db, &joined, "SELECT 1 FROM fleet", "") != STORE_NOT_FOUND;
}

struct restore *restore_new(struct store *store, struct store *backup,
                            const struct restore_rules *rules)
{
    struct restore *restore = calloc(1, sizeof *restore);

    if (restore == NULL)
        return NULL;
    restore->rules = *rules;
    restore->present.store = store;
    restore->backup.store = backup;
    restore->joined = has_joined(store);
    return restore;
}

void restore_free(struct restore *restore)
{
    if (restore != NULL)
        explicit_bzero(restore, sizeof *restore);
    free(restore);
}

/* *ret: the account this side stands on, NULL at its end. */
static enum store_result peek(struct side *side, const struct account **ret)
{
    enum store_result result = STORE_OK;

    if (side->at == side->count && !side->ended) {
        result = store_accounts_page(side->store, side->after, side->page, PAGE_SIZE, &side->count);
        if (result != STORE_OK)
            return result;
        side->at = 0;
        side->ended = side->count == 0;
        if (side->count > 0)
            side->after = side->page[side->count - 1].uid;
    }
    *ret = side->ended ? NULL : &side->page[side->at];
    return result;
}

static bool differs(const struct account *a, const struct account *b)
{
    return strcmp(a->email, b->email) != 0 || strcmp(a->full_name, b->full_name) != 0 ||
           strcmp(a->home, b->home) != 0 || strcmp(a->shell, b->shell) != 0 ||
           strcmp(a->hash, b->hash) != 0 || a->roles != b->roles || a->status != b->status ||
           a->temporary != b->temporary || a->temporary_until != b->temporary_until ||
           a->expires_at != b->expires_at || a->created_at != b->created_at ||
           a->password_changed_at != b->password_changed_at || a->gid != b->gid || a->service != b->service ||
           a->password_max_days != b->password_max_days || a->never_dormant != b->never_dormant ||
           a->last_login_day != b->last_login_day || a->awake_since != b->awake_since;
}

/* In doubt they do, and come back. */
static bool keys_differ(const struct restore *restore, uint32_t uid)
{
    char *present = NULL, *backup = NULL;
    bool differ = store_keys_text(restore->present.store, uid, &present) != STORE_OK ||
                  store_keys_text(restore->backup.store, uid, &backup) != STORE_OK || strcmp(present, backup) != 0;

    store_text_free(present);
    store_text_free(backup);
    return differ;
}

static int64_t later(int64_t one, int64_t other)
{
    return one > other ? one : other;
}

/* What only the present knows, of an account that both sides have: `ret` is the backup's. */
static void keep_since(const struct account *present, struct account *ret)
{
    memcpy(ret->username, present->username, sizeof ret->username);
    ret->last_login_day = later(ret->last_login_day, present->last_login_day);
    ret->awake_since = later(ret->awake_since, present->awake_since);
}

static bool is_tombstone(struct store *store, uint32_t uid)
{
    int64_t found;

    return database_number(store->db, &found, "SELECT 1 FROM tombstones WHERE uid = ?", "i",
                           (int64_t)uid) != STORE_NOT_FOUND; /* in doubt it stays deleted */
}

static int compare_uids(const void *a, const void *b)
{
    uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;

    return (first > second) - (first < second);
}

static bool is_shut_out(const struct restore_rules *rules, uint32_t uid)
{
    return rules->suspended_count > 0 &&
           bsearch(&uid, rules->suspended, rules->suspended_count, sizeof uid, compare_uids) != NULL;
}

/* What the fleet says of its accounts holds, and no file goes behind it. */
static bool is_followed(const struct restore *restore, const struct account *present, const struct account *backup)
{
    return (present != NULL && present->fleet) || (restore->joined && backup != NULL && backup->fleet);
}

/* One uid, of which at least one side has an account. True when something changes. */
static bool judge(const struct restore *restore, const struct account *present,
                  const struct account *backup, struct restored *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->was = present != NULL;
    ret->is = backup != NULL;
    if (ret->was)
        ret->before = *present;
    if (ret->is)
        ret->after = *backup;
    if (is_followed(restore, present, backup))
        return false;
    if (present == NULL && backup != NULL && !restore->rules.exact &&
        is_tombstone(restore->present.store, backup->uid))
        return false;
    if (present != NULL && backup != NULL)
        keep_since(present, &ret->after);
    if (present != NULL && present->status == ACCOUNT_SUSPENDED && !restore->rules.exact)
        ret->after.status = ACCOUNT_SUSPENDED;
    if (backup != NULL && is_shut_out(&restore->rules, backup->uid))
        ret->after.status = ACCOUNT_SUSPENDED;
    ret->password = backup != NULL && (present == NULL || strcmp(present->hash, backup->hash) != 0);
    ret->keys = backup != NULL && keys_differ(restore, backup->uid);
    return ret->was != ret->is || ret->keys || differs(&ret->before, &ret->after);
}

enum store_result restore_next(struct restore *restore, struct restored *ret)
{
    const struct account *present = NULL, *backup = NULL;
    enum store_result result;
    bool changes = false;

    while (!changes) {
        if ((result = peek(&restore->present, &present)) != STORE_OK ||
            (result = peek(&restore->backup, &backup)) != STORE_OK)
            return result;
        if (present == NULL && backup == NULL)
            return STORE_NOT_FOUND;
        if (present != NULL && backup != NULL && present->uid < backup->uid)
            backup = NULL; /* its turn is later */
        else if (present != NULL && backup != NULL && backup->uid < present->uid)
            present = NULL;
        changes = judge(restore, present, backup, ret);
        restore->present.at += present != NULL;
        restore->backup.at += backup != NULL;
    }
    return STORE_OK;
}
