/*
 * Finding accounts in one statement, which is finished before anything is shown: what is found is a list of uids, and
 * the records are read page by page. Whom a lock keeps out is in another database; its uids come as a value.
 */
#include "store_find.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "account_row.h"
#include "database.h"
#include "policy.h"
#include "store.h"

/* Parameters of a filter: ?1 to ?10, as FILTER_TYPES and FILTER_VALUES have them; ?11 is policy's password_max_days. */
#define FILTER_TYPES "titiiiiti" "ii"
#define FILTER_VALUES(f) \
    (f)->text, (int64_t)(f)->states, (f)->role, (f)->unused_since, (f)->ends_by, (int64_t)(f)->must_change, \
        (int64_t)(f)->no_key, (f)->uids, (f)->policy->dormant_days, (f)->now, (f)->policy->password_max_days

/* What account.c says of a record, in SQL: account_unused_since, account_dormant_from, account_password_end and
 * account_state, whose numbers these are. A time that never comes is NULL, and NEVER where times are put in order.
 * DORMANCY, the time that dormant_days are counted from, and TEXT are those of 0004_fleet.sql's indices, word by word. */
#define NEVER "9223372036854775807"
#define UNUSED_SINCE "max(iif(last_login_day, last_login_day + 86400, 0), created_at)"
#define DORMANCY \
    "coalesce(iif(service OR never_dormant, NULL, nullif(max(iif(last_login_day, last_login_day + 86400, 0)," \
    " created_at, coalesce(awake_since, 0)), 0)), " NEVER ")"
#define DORMANT_FROM "iif(?9 <= 0, NULL, nullif(" DORMANCY ", " NEVER ") + ?9 * 86400)"
#define MAX_DAYS "coalesce(nullif(password_max_days, 0), ?11)"
#define PASSWORD_END \
    "iif(service OR hash IS NULL OR " MAX_DAYS " <= 0, NULL, nullif(password_changed_at, 0) + " MAX_DAYS " * 86400)"
#define STATE \
    "CASE WHEN status <> 'active' THEN 1 WHEN " DORMANT_FROM " <= ?10 THEN 3" \
    "     WHEN nullif(expires_at, 0) <= ?10 THEN 2 ELSE 0 END"
#define HAS_ROLE(role) "EXISTS (SELECT 1 FROM account_roles r WHERE r.uid = a.uid AND r.role = " role ")"
#define HAS_KEY "EXISTS (SELECT 1 FROM account_keys k WHERE k.uid = a.uid)"

/* Like (ASCII letters in any case), with % and _ as they are, within one of the three. No text has more than 256
 * characters, SQLite's patterns an end. */
#define TEXT "lower(username || char(10) || full_name || char(10) || coalesce(email, ''))"
#define HAS_TEXT \
    "length(?1) <= 256 AND instr(?1, char(10)) = 0 AND " TEXT \
    " LIKE '%' || replace(replace(replace(?1, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%' ESCAPE '\\'"
/* ... those who have it, found by the index: which the order makes SQLite take, and the limit makes it keep the order */
#define IN_TEXT "a.uid IN (SELECT uid FROM accounts WHERE " HAS_TEXT " ORDER BY " TEXT " LIMIT -1)"

/* -- conditions --------------------------------------------------------------------------- */

/* Only what is asked for is looked at: among a hundred thousand each condition costs. */
static const char *state_condition(unsigned states)
{
    if (states == 1u << ACCOUNT_STATE_SUSPENDED)
        return "status <> 'active'";
    if (states == 1u << ACCOUNT_STATE_DORMANT)
        return "status = 'active' AND ?9 > 0 AND " DORMANCY " <= ?10 - ?9 * 86400";
    return "(?2 >> (" STATE ")) & 1";
}

/* text: HAS_TEXT or IN_TEXT. For sqlite3_free; NULL when memory is short. */
static char *conditions(const struct account_filter *filter, const char *text)
{
    const struct {
        bool asked;
        const char *sql;
    } all[] = {
        { filter->text != NULL, text },
        { filter->states != 0, state_condition(filter->states) },
        { filter->role != NULL, "a.uid IN (SELECT uid FROM account_roles WHERE role = ?3)" },
        { filter->unused_since != 0, UNUSED_SINCE " <= ?4" },
        { filter->ends_by != 0, "expires_at <> 0 AND expires_at <= ?5" },
        { filter->must_change, "temporary = 1" },
        { filter->no_key, "NOT " HAS_KEY },
        { filter->uids != NULL, "a.uid IN (SELECT value FROM json_each(?8))" },
    };
    sqlite3_str *sql = sqlite3_str_new(NULL);

    sqlite3_str_appendall(sql, "true");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].asked)
            sqlite3_str_appendf(sql, " AND %s", all[i].sql);
    return sqlite3_str_finish(sql);
}

/* -- order -------------------------------------------------------------------------------- */

#define NEVER_LAST(time) "coalesce(nullif(" time ", 0), " NEVER ")"
#define NEVER_FIRST(time) "coalesce(" time ", 0)"

static const struct {
    const char *name, *value; /* the value is SQL */
} keys[] = {
    { "username", "username" },
    { "email", "email COLLATE NOCASE" },
    { "created_at", "created_at" },
    { "status", "CASE " STATE " WHEN 0 THEN 'active' WHEN 1 THEN 'suspended' WHEN 2 THEN 'expired' ELSE 'dormant' END" },
    { "uid", "uid" },
    { "gid", "coalesce(gid, uid)" },
    { "full_name", "full_name COLLATE NOCASE" },
    { "roles", "iif(" HAS_ROLE("'admin'") ", 0, 2) + iif(" HAS_ROLE("'auditor'") ", 0, 1)" },
    { "must_change", "temporary" },
    { "password_expires_at", NEVER_LAST("temporary_until") },
    { "password_changed_at", NEVER_FIRST("password_changed_at") },
    { "account_expires_at", NEVER_LAST("expires_at") },
    { "password_max_days", "iif(password_max_days = -1, 99999, coalesce(password_max_days, 0))" },
    { "password_too_old_at", NEVER_LAST(PASSWORD_END) },
    { "last_login_day", NEVER_FIRST("last_login_day") },
    { "dormant_at", DORMANCY },
    { "never_dormant", "never_dormant" },
    { "home", "home" },
    { "shell", "shell" },
    { "service_account", "service" },
};
enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

bool store_find_key(const char *name, size_t *ret)
{
    size_t key = 0;

    while (key < KEY_COUNT && strcmp(keys[key].name, name) != 0)
        key++;
    if (key < KEY_COUNT)
        *ret = key;
    return key < KEY_COUNT;
}

/* -- finding ------------------------------------------------------------------------------ */

static bool add(struct found *found, size_t *room, uint32_t uid)
{
    if (found->count == *room) {
        size_t more = *room == 0 ? 256 : 2 * *room;
        uint32_t *uids = reallocarray(found->uids, more, sizeof *uids);

        if (uids == NULL)
            return false;
        found->uids = uids;
        *room = more;
    }
    found->uids[found->count++] = uid;
    return true;
}

static enum store_result read_uids(sqlite3_stmt *row, struct found *ret)
{
    size_t room = 0;
    int rc;

    while ((rc = sqlite3_step(row)) == SQLITE_ROW)
        if (!add(ret, &room, (uint32_t)sqlite3_column_int64(row, 0)))
            return STORE_FAILED;
    return database_result(rc);
}

/* -- the best order to look in ------------------------------------------------------------ */

/* Those whom no index leads to. */
static bool is_searched(const struct account_filter *filter)
{
    bool most = filter->states == 0 || filter->states == 1u << ACCOUNT_STATE_SUSPENDED ||
                (filter->states & 1u << ACCOUNT_STATE_ACTIVE) != 0;

    return filter->text != NULL || filter->role != NULL || filter->uids != NULL || filter->unused_since != 0 ||
           filter->ends_by != 0 || !most;
}

static const char *value_of(const struct account_filter *filter, const struct account_order *order)
{
    bool never = strcmp(keys[order->key].value, DORMANCY) == 0 && filter->policy->dormant_days <= 0;

    return never ? "username" : keys[order->key].value;
}

/* Where most pass, or an index has them by name, the first come soonest by an index of the order; of few, or unknown
 * many, all are found and then put in order. "+": not by an index. */
static char *make_query(const struct account_filter *filter, const struct account_order *order)
{
    bool by_name = order->key == 0, alone = filter->role == NULL && filter->uids == NULL;
    bool by_text = filter->text != NULL && by_name && alone;
    bool by_index = by_name ? !is_searched(filter) : !is_searched(filter) && filter->states == 0 && !filter->must_change;
    const char *value = by_text ? TEXT : value_of(filter, order); /* its order is that of the names */
    const char *direction = order->reverse ? " DESC" : "";
    char *where = conditions(filter, by_text ? HAS_TEXT : IN_TEXT), *sql = NULL;

    if (where != NULL)
        sql = sqlite3_mprintf("SELECT uid FROM accounts a WHERE %s ORDER BY %s%s%s%s%s LIMIT ?12 OFFSET ?13", where,
                              by_index || by_text ? "" : "+", value, direction, by_name ? "" : ", username",
                              by_name ? "" : direction);
    sqlite3_free(where);
    return sql;
}

enum store_result store_find(struct store *store, const struct account_filter *filter, const struct account_order *order,
                             int64_t offset, int64_t limit, struct found *ret)
{
    char *sql = make_query(filter, order);
    struct found found = { NULL, 0 };
    enum store_result result;
    sqlite3_stmt *row;

    if (sql == NULL)
        return STORE_FAILED;
    row = database_prepare(store->db, sql, FILTER_TYPES "ii", FILTER_VALUES(filter), limit, offset);
    result = row != NULL ? read_uids(row, &found) : database_result(sqlite3_extended_errcode(store->db));
    database_finish(row);
    sqlite3_free(sql);
    if (result == STORE_OK)
        *ret = found;
    else
        found_free(&found);
    return result;
}

void found_free(struct found *found)
{
    free(found->uids);
    *found = (struct found){ NULL, 0 };
}

/* The statement's other parameters stay. */
static enum store_result read_records(sqlite3_stmt *row, const uint32_t *uids, size_t count, struct account *page,
                                      size_t *ret)
{
    enum store_result result = STORE_OK;

    for (size_t i = 0; result == STORE_OK && i < count; i++) {
        int rc;

        sqlite3_reset(row);
        rc = sqlite3_bind_int64(row, 12, uids[i]);
        if (rc == SQLITE_OK)
            rc = sqlite3_step(row);
        result = rc == SQLITE_ROW ? account_row_read(row, &page[*ret]) : database_result(rc);
        *ret += rc == SQLITE_ROW;
    }
    return result;
}

static enum store_result read_found(struct store *store, const struct account_filter *filter, const uint32_t *uids,
                                    size_t count, struct account *page, size_t *ret)
{
    char *where = conditions(filter, HAS_TEXT), *sql = NULL;
    enum store_result result = STORE_FAILED;
    sqlite3_stmt *row;

    if (where != NULL)
        sql = sqlite3_mprintf("SELECT " ACCOUNT_COLUMNS " FROM accounts a WHERE uid = ?12 AND %s", where);
    sqlite3_free(where);
    if (sql == NULL)
        return STORE_FAILED;
    row = database_prepare(store->db, sql, FILTER_TYPES, FILTER_VALUES(filter));
    result = row != NULL ? read_records(row, uids, count, page, ret)
                         : database_result(sqlite3_extended_errcode(store->db));
    database_finish(row);
    sqlite3_free(sql);
    return result;
}

enum store_result store_found_page(struct store *store, const struct account_filter *filter, const uint32_t *uids,
                                   size_t count, struct account *page, size_t *ret)
{
    enum store_result result = database_run(store->db, "BEGIN", ""); /* locked and unlocked once, not for each */
    size_t read = 0;

    if (result != STORE_OK)
        return result;
    result = read_found(store, filter, uids, count, page, &read);
    store_rollback(store); /* nothing was written */
    if (result == STORE_OK)
        *ret = read;
    return result;
}

/* -- counting ----------------------------------------------------------------------------- */

#define COUNT(what) ", count(*) FILTER (WHERE " what ")"

static const char count_all[] =
    "SELECT count(*)" COUNT("state = 0") COUNT("state = 1") COUNT("state = 2") COUNT("state = 3") COUNT("locked")
    COUNT("temporary") COUNT("no_key") COUNT("admin") COUNT("auditor") COUNT("service")
    " FROM (SELECT " STATE " AS state, temporary, service, NOT " HAS_KEY " AS no_key,"
    "  " HAS_ROLE("'admin'") " AS admin, " HAS_ROLE("'auditor'") " AS auditor,"
    "  ?12 IS NOT NULL AND a.uid IN (SELECT value FROM json_each(?12)) AS locked"
    "  FROM accounts a WHERE %s LIMIT -1)"; /* with a limit the columns are made once for each row */

static enum store_result read_counts(struct store *store, sqlite3_stmt *row, struct account_counts *ret)
{
    int64_t *const places[] = {
        &ret->total, &ret->states[0], &ret->states[1], &ret->states[2], &ret->states[3], &ret->locked,
        &ret->must_change, &ret->no_key, &ret->admins, &ret->auditors, &ret->services,
    };
    int rc = row != NULL ? sqlite3_step(row) : sqlite3_extended_errcode(store->db);

    for (size_t i = 0; rc == SQLITE_ROW && i < sizeof places / sizeof places[0]; i++)
        *places[i] = sqlite3_column_int64(row, (int)i);
    return database_result(rc);
}

enum store_result store_find_count(struct store *store, const struct account_filter *filter, const char *locked,
                                   struct account_counts *ret)
{
    char *where = conditions(filter, IN_TEXT), *sql = where != NULL ? sqlite3_mprintf(count_all, where) : NULL;
    enum store_result result = STORE_FAILED;
    sqlite3_stmt *row;

    sqlite3_free(where);
    if (sql == NULL)
        return result;
    row = database_prepare(store->db, sql, FILTER_TYPES "t", FILTER_VALUES(filter), locked);
    result = read_counts(store, row, ret);
    database_finish(row);
    sqlite3_free(sql);
    return result;
}
