/*
 * The audit log: who did what to whom, from where, before and after; appended in the transaction of
 * the change, linked into the chain of hashes, never changed (triggers), never with a secret.
 */
#include "store_audit.h"

#include <sqlite3.h>
#include <string.h>

#include "account.h"
#include "chain.h"
#include "database.h"
#include "memory.h"
#include "policy.h"
#include "store.h"

/* An account's facts worth auditing; the hash is not among them. */
static const char facts_object[] =
    "SELECT json_object('username', ?1, 'uid', ?2, 'email', nullif(?3, ''), 'full_name', ?4, 'home', ?5,"
    " 'shell', ?6, 'status', ?7, 'roles', " SQL_ROLES ","
    " 'must_change', json(iif(?9, 'true', 'false')), 'password_expires_at', " SQL_RFC3339("?10") ","
    " 'account_expires_at', " SQL_RFC3339("?11") ","
    " 'has_password', json(iif(?12, 'true', 'false')), 'service_account', json(iif(?13, 'true', 'null')),"
    " 'password_max_days', iif(?14 = 0, NULL, max(?14, 0)), 'never_dormant', json(iif(?15, 'true', 'false')),"
    " 'awake_since', " SQL_RFC3339("?16") ")";

static enum store_result facts_json(struct store *store, const struct account *account, char **ret)
{
    return database_copy(store->db, ret, facts_object, "tittttt" "iiiiii" "iii", account->username,
                         (int64_t)account->uid, account->email, account->full_name, account->home,
                         account->shell, account_status_name(account->status),
                         (int64_t)account->roles, (int64_t)account->temporary,
                         account->temporary_until, account->expires_at,
                         (int64_t)(account->hash[0] != '\0'), (int64_t)account->service, account->password_max_days,
                         (int64_t)account->never_dormant, account->awake_since);
}

/* An address as it is: "ip:" before it is for the log of attempts, where other origins are keys, too. */
static const char *place_of(const struct audit_actor *actor)
{
    static const char address[] = "ip:";
    size_t length = strlen(address);

    return actor->origin != NULL && strncmp(actor->origin, address, length) == 0 ? actor->origin + length : actor->origin;
}

enum store_result store_audit_append(struct store *store, const struct audit_actor *actor,
                                     const char *event, const struct account *before,
                                     const struct account *after, const char *detail, int64_t now)
{
    const struct account *whom = before != NULL ? before : after; /* a rename is the former name's last row */
    enum store_result result = STORE_OK;
    char *old = NULL, *new = NULL;

    if (before != NULL)
        result = facts_json(store, before, &old);
    if (after != NULL && result == STORE_OK)
        result = facts_json(store, after, &new);
    if (result == STORE_OK)
        result = database_run(store->db,
            "INSERT INTO audit"
            " (at, event, actor_uid, actor, via, origin, uid, username, before, after)"
            " VALUES (?1, ?2, nullif(?3, -1), ?4, ?5, ?6, nullif(?7, 0), ?8, ?9,"
            "  iif(?11 IS NULL, ?10, json_set(coalesce(?10, '{}'), '$.detail', ?11)))",
            "itittti" "tttt",
            now, event, actor->login_uid, actor->name, actor->via, place_of(actor),
            whom != NULL ? (int64_t)whom->uid : (int64_t)0, whom != NULL ? whom->username : NULL,
            old, new, detail);
    if (result == STORE_OK)
        result = chain_link_newest(store);
    store_text_free(old);
    store_text_free(new);
    return result;
}

enum store_result store_audit_append_facts(struct store *store, const struct audit_actor *actor,
                                           const char *event, const char *before, const char *after,
                                           int64_t now)
{
    enum store_result result = database_run(store->db,
        "INSERT INTO audit (at, event, actor_uid, actor, via, origin, before, after)"
        " VALUES (?1, ?2, nullif(?3, -1), ?4, ?5, ?6, ?7, ?8)", "itittttt", now, event,
        actor->login_uid, actor->name, actor->via, place_of(actor), before, after);

    return result == STORE_OK ? chain_link_newest(store) : result;
}

static enum store_result add_setting(struct store *store, const struct policy *policy, size_t index,
                                     char **object)
{
    char value[POLICY_VALUE_SIZE], *more = NULL;
    struct policy_setting setting;
    enum store_result result;

    policy_setting_at(index, &setting);
    policy_value_at(policy, index, value);
    result = database_copy(store->db, &more,
        "SELECT json_set(?1, '$.' || ?2, iif(?3, ?4, CAST(?4 AS INTEGER)))", "ttit", *object,
        setting.key, (int64_t)(setting.type >= POLICY_LIST), value);
    if (result != STORE_OK)
        return result;
    store_text_free(*object);
    *object = more;
    return STORE_OK;
}

/* {"lock_seconds":30}: the settings of `policy` that are others in `other`. *ret is to be freed in every
 * case. */
static enum store_result settings_json(struct store *store, const struct policy *policy,
                                       const struct policy *other, char **ret)
{
    enum store_result result = database_copy(store->db, ret, "SELECT json_object()", "");

    for (size_t i = 0; result == STORE_OK && i < POLICY_COUNT; i++) {
        char here[POLICY_VALUE_SIZE], there[POLICY_VALUE_SIZE];

        policy_value_at(policy, i, here);
        policy_value_at(other, i, there);
        if (strcmp(here, there) != 0)
            result = add_setting(store, policy, i, ret);
    }
    return result;
}

enum store_result store_audit_append_policy(struct store *store, const struct audit_actor *actor,
                                            const char *event, const struct policy *before,
                                            const struct policy *after, int64_t now)
{
    char *old = NULL, *new = NULL;
    enum store_result result = settings_json(store, before, after, &old);

    if (result == STORE_OK)
        result = settings_json(store, after, before, &new);
    if (result == STORE_OK)
        result = store_audit_append_facts(store, actor, event, old, new, now);
    store_text_free(old);
    store_text_free(new);
    return result;
}

/* `change` names the facts that differ, as a person would say it: "status: active -> suspended"; of a new account, its roles. Of
 * JSON's true and false the value would be 1 and 0, their type is the word. The text to hand over may be long: policy_value_shown. */
#define SPOKEN(value, type) \
    "CASE WHEN " type " IN ('true', 'false') THEN " type \
    " WHEN n.key = 'hand_over_text' AND (instr(" value ", char(10)) > 0 OR length(CAST(" value " AS BLOB)) > 256)" \
    "  THEN '(' || length(" value ") || ' characters)'" \
    " ELSE coalesce(nullif(" value ", ''), '-') END"
#define OLD_VALUE "json_extract(a.before, n.fullkey)"
#define OLD_TYPE "json_type(a.before, n.fullkey)"
#define CHANGE \
    "coalesce((SELECT group_concat(n.key || ': ' || " SPOKEN(OLD_VALUE, OLD_TYPE) \
    "     || ' -> ' || " SPOKEN("n.value", "n.type") ", ', ') FROM json_each(a.after) n" \
    "  WHERE a.before IS NOT NULL AND n.value IS NOT " OLD_VALUE "), a.after ->> '$.detail'," \
    " 'roles: ' || iif(a.before IS NULL, a.after ->> '$.roles', NULL))"

#define ROW_OBJECT \
    "json_object('id', id, 'at', strftime('%Y-%m-%dT%H:%M:%SZ', at, 'unixepoch'), 'event', event," \
    " 'username', username, 'uid', uid, 'actor', actor, 'actor_uid', actor_uid, 'via', via," \
    " 'origin', origin, 'before', json(before), 'after', json(after), 'hash', hash)"

static char *copy_text(sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);

    return sqlite3_mprintf("%s", text != NULL ? (const char *)text : "");
}

static enum store_result read_row(sqlite3_stmt *row, void *place)
{
    struct audit_row *ret = place;
    enum store_result result = STORE_OK;
    const struct {
        int column;
        char *text;
        size_t size;
    } texts[] = {
        { 2, ret->event, sizeof ret->event },       { 3, ret->actor, sizeof ret->actor },
        { 4, ret->via, sizeof ret->via },           { 5, ret->origin, sizeof ret->origin },
        { 6, ret->username, sizeof ret->username },
    };

    memset(ret, 0, sizeof *ret);
    ret->id = sqlite3_column_int64(row, 0);
    ret->at = sqlite3_column_int64(row, 1);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && result == STORE_OK; i++)
        result = database_text(row, texts[i].column, texts[i].text, texts[i].size);
    if (result != STORE_OK)
        return result;
    ret->json = copy_text(row, 7);
    ret->change = copy_text(row, 8);
    return ret->json != NULL && ret->change != NULL ? STORE_OK : STORE_FAILED;
}

void store_audit_page_free(struct audit_row *page, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        store_text_free(page[i].json);
        store_text_free(page[i].change);
    }
}

#define CLAIMED " || ' (claimed)'"
#define MATCHES \
    "(?1 IS NULL OR username = ?1) AND (?2 IS NULL OR event = ?2)" \
    " AND (?3 IS NULL OR ?3 IN (actor, via) OR via = ?3" CLAIMED ")" \
    " AND (?4 IS NULL OR origin IN (?4, ?4" CLAIMED ", 'ip:' || ?4)) AND at >= ?5 AND at < ?6 AND id < ?7"
#define MATCH_TYPES "ttttiii"
#define MATCH_VALUES(filter) \
    (filter)->username, (filter)->event, (filter)->actor, (filter)->origin, (filter)->since, (filter)->until, \
        (filter)->before

enum store_result store_audit_page(struct store *store, int64_t after, const struct audit_filter *filter,
                                   struct audit_row *page, size_t size, size_t *ret)
{
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT id, at, event, actor, via, origin, username, " ROW_OBJECT ", " CHANGE
        " FROM audit a WHERE id > ?8 AND " MATCHES " ORDER BY id LIMIT ?9",
        MATCH_TYPES "ii", MATCH_VALUES(filter), after, (int64_t)size);
    enum store_result result = database_page(store->db, row, read_row, page, sizeof *page, size, ret);

    if (result != STORE_OK) {
        store_audit_page_free(page, *ret);
        *ret = 0;
    }
    return result;
}

enum store_result store_audit_tail(struct store *store, const struct audit_filter *filter, int64_t count,
                                   int64_t *ret)
{
    return database_number(store->db, ret,
        "SELECT coalesce((SELECT id FROM audit WHERE " MATCHES " ORDER BY id DESC LIMIT 1 OFFSET ?8), 0)",
        MATCH_TYPES "i", MATCH_VALUES(filter), count);
}

enum store_result store_audit_knows(struct store *store, const char *username)
{
    int64_t known;

    return database_number(store->db, &known,
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM accounts WHERE username = ?1)"
        " OR EXISTS (SELECT 1 FROM tombstones WHERE username = ?1)"
        " OR EXISTS (SELECT 1 FROM audit WHERE username = ?1)", "t", username);
}
