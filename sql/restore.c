/*
 * Putting a backup back into the store that is: no name or uid goes to another person, and nothing
 * is forgotten, tombstones and the audit log only grow. What becomes of an account is said in
 * restore_plan.c.
 */
#include "restore.h"

#include <sqlite3.h>
#include <string.h>

#include "account.h"
#include "database.h"
#include "memory.h"
#include "policy.h"
#include "restore_plan.h"
#include "store.h"
#include "store_audit.h"
#include "store_chain.h"
#include "store_changes.h"

/* -- rows as they are --------------------------------------------------------------------- */

/* Run `to` on the store with the columns of each row that `from` (uid: its ?1) gives of the backup.
 * When `to` finds a row that ends it with TAKEN, and ret_name is the second column of the backup's
 * row. */
static enum store_result carry(struct store *backup, const char *from, int64_t uid,
                               struct store *store, const char *to, char *ret_name)
{
    sqlite3_stmt *source = database_prepare(backup->db, from, "i", uid);
    sqlite3_stmt *target = database_prepare(store->db, to, "");
    int rc = source == NULL || target == NULL ? SQLITE_ERROR : SQLITE_OK;
    enum store_result result = database_result(rc);

    while (result == STORE_OK && (rc = sqlite3_step(source)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(source); i++)
            sqlite3_bind_value(target, i + 1, sqlite3_column_value(source, i));
        rc = sqlite3_step(target);
        result = rc == SQLITE_ROW ? STORE_TAKEN : database_result(rc);
        if (rc == SQLITE_ROW && ret_name != NULL)
            database_text(source, 1, ret_name, ACCOUNT_NAME_SIZE);
        sqlite3_reset(target);
    }
    if (result == STORE_OK)
        result = database_result(rc);
    database_finish(source);
    database_finish(target);
    return result;
}

enum store_result restore_find_conflict(struct store *store, struct store *backup,
                                        char ret[ACCOUNT_NAME_SIZE])
{
    enum store_result result = carry(backup,
        "SELECT uid, username FROM accounts WHERE ?1 = 0"
        " UNION SELECT uid, username FROM tombstones WHERE ?1 = 0", 0, store,
        "WITH known AS (SELECT uid, username FROM accounts WHERE uid = ?1 OR username = ?2"
        "               UNION ALL SELECT uid, username FROM tombstones WHERE uid = ?1 OR username = ?2)"
        " SELECT 1 WHERE EXISTS (SELECT 1 FROM known WHERE uid <> ?1)"
        " OR (EXISTS (SELECT 1 FROM known) AND NOT EXISTS (SELECT 1 FROM known WHERE username = ?2))", ret);

    if (result == STORE_TAKEN)
        return STORE_OK;
    return result == STORE_OK ? STORE_NOT_FOUND : result;
}

/* -- policy and log ----------------------------------------------------------------------- */

static const char policy_object[] =
    "SELECT json_group_object(key, value) FROM (SELECT key, value FROM policy ORDER BY key)";

static enum store_result read_policies(struct store *store, struct store *backup, char **ret_before,
                                       char **ret_after)
{
    enum store_result result = database_copy(store->db, ret_before, policy_object, "");

    return result == STORE_OK ? database_copy(backup->db, ret_after, policy_object, "") : result;
}

enum store_result restore_changes_rest(struct store *store, struct store *backup, bool *ret)
{
    char *before = NULL, *after = NULL;
    enum store_result result = carry(backup,
        "SELECT username FROM tombstones WHERE ?1 = 0", 0, store,
        "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM tombstones WHERE username = ?1)", NULL);
    bool changes = result == STORE_TAKEN;

    if (result == STORE_OK) {
        result = carry(backup, "SELECT 1 FROM fleet WHERE ?1 = 0", 0, store,
                       "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM fleet)", NULL);
        changes = result == STORE_TAKEN;
    }
    if (result == STORE_OK)
        result = read_policies(store, backup, &before, &after);
    if (result == STORE_OK)
        changes = strcmp(before, after) != 0;
    store_text_free(before);
    store_text_free(after);
    if (result == STORE_OK || result == STORE_TAKEN)
        *ret = changes;
    return result == STORE_TAKEN ? STORE_OK : result;
}

static enum store_result replace_policy(struct store *store, struct store *backup,
                                        const struct audit_actor *actor, int64_t now)
{
    struct policy before, after;
    enum store_result result = store_policy(store, &before);

    if (result == STORE_OK)
        result = database_run(store->db, "DELETE FROM policy", "");
    if (result == STORE_OK)
        result = carry(backup, "SELECT key, value FROM policy WHERE ?1 = 0", 0, store,
                       "INSERT INTO policy VALUES (?1, ?2)", NULL);
    if (result == STORE_OK)
        result = store_policy(store, &after);
    return result == STORE_OK
               ? store_audit_append_policy(store, actor, "restore", &before, &after, now)
               : result;
}

static enum store_result put_policy(struct store *store, struct store *backup,
                                    const struct audit_actor *actor, int64_t now)
{
    char *before = NULL, *after = NULL;
    enum store_result result = read_policies(store, backup, &before, &after);

    if (result == STORE_OK && strcmp(before, after) != 0)
        result = replace_policy(store, backup, actor, now);
    store_text_free(before);
    store_text_free(after);
    return result;
}

enum store_result restore_knows_log(struct store *store, struct store *backup, bool *ret)
{
    struct audit_link newest = { 0 };
    int64_t known = 0;
    enum store_result result = store_audit_newest(backup, &newest);

    if (result == STORE_OK)
        result = database_number(store->db, &known,
            "SELECT ?1 = 0 OR NOT EXISTS (SELECT 1 FROM audit)"
            " OR EXISTS (SELECT 1 FROM audit WHERE id = ?1 AND hash = ?2)"
            " OR EXISTS (SELECT 1 FROM audit WHERE event = 'audit-prune'"
            "            AND json_extract(after, '$.pruned_through') >= ?1)", "it", newest.id,
            newest.hash);
    if (result == STORE_OK)
        *ret = known != 0;
    return result;
}

/* A store that has no log yet was made for this. */
static enum store_result put_log(struct store *store, struct store *backup)
{
    struct audit_link newest = { 0 };
    enum store_result result = store_audit_newest(store, &newest);

    if (result != STORE_OK || newest.id != 0)
        return result;
    return carry(backup,
        "SELECT id, at, event, actor_uid, actor, via, origin, uid, username, before, after, hash"
        " FROM audit WHERE ?1 = 0 ORDER BY id", 0, store,
        "INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)", NULL);
}

/* -- all of it ---------------------------------------------------------------------------- */

static enum store_result insert(struct store *store, struct store *backup,
                                const struct account *account)
{
    enum store_result result = store_account_return(store, account);

    if (result != STORE_OK)
        return result;
    return carry(backup, "SELECT uid, replaced_at, hash FROM password_history WHERE uid = ?1"
                 " ORDER BY rowid", (int64_t)account->uid, store, "INSERT INTO password_history VALUES (?1, ?2, ?3)",
                 NULL);
}

static enum store_result put_keys(struct store *store, struct store *backup, uint32_t uid)
{
    enum store_result result = database_run(store->db, "DELETE FROM account_keys WHERE uid = ?", "i",
                                            (int64_t)uid);

    if (result != STORE_OK)
        return result;
    return carry(backup, "SELECT uid, fingerprint, line, added_at FROM account_keys WHERE uid = ?1 ORDER BY id",
                 (int64_t)uid, store, "INSERT INTO account_keys (uid, fingerprint, line, added_at)"
                 " VALUES (?1, ?2, ?3, ?4)", NULL);
}

static enum store_result put_account(struct store *store, struct store *backup,
                                     const struct restored *one)
{
    enum store_result result;

    if (!one->is)
        result = store_account_delete(store, one->before.uid);
    else
        result = one->was ? store_account_replace(store, &one->after)
                          : insert(store, backup, &one->after);
    if (result == STORE_OK && one->is && one->keys)
        result = put_keys(store, backup, one->after.uid);
    return result == STORE_NOT_FOUND ? STORE_DAMAGED : result; /* it was there a moment ago */
}

/* What of the backup is not among the facts of an audit row. */
static const char *unseen(const struct restored *one)
{
    if (one->password && one->keys)
        return "the password and the ssh keys are the backup's";
    if (one->password)
        return "the password is the backup's";
    return one->keys ? "the ssh keys are the backup's" : NULL;
}

/* What put_accounts does with each. */
struct work {
    const struct audit_actor *actor; /* NULL: change; else: write the audit rows */
    int64_t now;
    bool moves_emails; /* an e-mail address may be another's still */
};

static enum store_result audit(struct store *store, struct work *work, const struct restored *one)
{
    work->moves_emails |=
        !one->was || (one->is && strcmp(one->before.email, one->after.email) != 0);
    return store_audit_append(store, work->actor, "restore", one->was ? &one->before : NULL,
                              one->is ? &one->after : NULL,
                              unseen(one), work->now);
}

static enum store_result put_accounts(struct store *store, struct store *backup,
                                      const struct restore_rules *rules, struct work *work)
{
    struct restore *restore = restore_new(store, backup, rules);
    enum store_result result = restore != NULL ? STORE_OK : STORE_FAILED;
    struct restored one;

    while (result == STORE_OK && (result = restore_next(restore, &one)) == STORE_OK)
        result = work->actor != NULL ? audit(store, work, &one) : put_account(store, backup, &one);
    explicit_bzero(&one, sizeof one);
    restore_free(restore);
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

/* A host that follows a fleet goes on from where it is. For another one that of the backup comes back, with all to be
 * sent anew; who was suspended since is so by this host's own word. */
static enum store_result put_fleet(struct store *store, struct store *backup)
{
    int64_t joined;
    enum store_result result = database_number(store->db, &joined, "SELECT 1 FROM fleet", "");

    if (result != STORE_NOT_FOUND)
        return result;
    result = carry(backup, "SELECT base, joined_at, last_contact, last_uri, latched_at FROM fleet WHERE ?1 = 0", 0, store,
                   "INSERT INTO fleet (base, joined_at, cookie, last_contact, last_uri, latched_at)"
                   " VALUES (?1, ?2, '', ?3, ?4, ?5)", NULL);
    if (result == STORE_OK)
        result = carry(backup, "SELECT f.uid, username, entry_uuid, f.status, reason, here_suspended, csn, changed_by"
                       " FROM fleet_accounts f JOIN accounts a USING (uid) WHERE ?1 = 0", 0, store,
                       "INSERT INTO fleet_accounts (uid, entry_uuid, status, reason, here_suspended, csn, changed_by)"
                       " SELECT ?1, ?3, ?4, ?5, max(?6, ?4 = 'active' AND status <> 'active'), ?7, ?8 FROM accounts"
                       " WHERE uid = ?1 AND username = ?2", NULL);
    if (result == STORE_OK)
        result = carry(backup, "SELECT entry_uuid, username, since FROM fleet_held WHERE ?1 = 0 AND kind = 'gone'", 0, store,
                       "INSERT INTO fleet_held VALUES (?1, 'gone', ?2, '', ?3, '', NULL)", NULL);
    if (result == STORE_OK)
        result = database_run(store->db, "UPDATE fleet_accounts SET status = status", ""); /* what follows from it */
    return result;
}

static enum store_result put_rest(struct store *store, struct store *backup)
{
    int64_t generation = 0;
    enum store_result result = carry(backup,
        "SELECT username, uid, deleted_at, gone_to FROM tombstones WHERE ?1 = 0", 0, store,
        "INSERT INTO tombstones SELECT ?1, ?2, ?3, ?4"
        " WHERE NOT EXISTS (SELECT 1 FROM tombstones WHERE username = ?1)", NULL);

    if (result == STORE_OK)
        result = put_fleet(store, backup);
    if (result == STORE_OK)
        result = store_generation(backup, &generation);
    if (result == STORE_OK)
        result = database_run(store->db,
            "UPDATE counters SET generation = max(generation, ?) + 1", "i", generation);
    return result;
}

enum store_result restore_apply(struct store *store, struct store *backup,
                                const struct restore_rules *rules,
                                const struct audit_actor *actor, int64_t now)
{
    struct work work = { .actor = actor, .now = now };
    char name[ACCOUNT_NAME_SIZE];
    enum store_result result = restore_find_conflict(store, backup, name);

    if (result != STORE_NOT_FOUND)
        return result == STORE_OK ? STORE_REFUSED : result;
    result = put_log(store, backup);
    if (result == STORE_OK)
        result = put_accounts(store, backup, rules, &work); /* the rows, while all is as it was */
    if (result == STORE_OK && work.moves_emails) /* RFC 2606: nobody's; all are written anew then */
        result = database_run(store->db, "UPDATE accounts SET email = uid || '@restore.invalid' WHERE email IS NOT NULL"
                              " AND uid NOT IN (SELECT uid FROM fleet_accounts)", "");
    work.actor = NULL;
    if (result == STORE_OK)
        result = put_accounts(store, backup, rules, &work);
    if (result == STORE_OK)
        result = put_policy(store, backup, actor, now);
    return result == STORE_OK ? put_rest(store, backup) : result;
}
