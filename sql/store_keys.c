/*
 * The ssh keys of accounts: what an account's authorized_keys would hold. A line comes in only as struct ssh_key, so it
 * has been judged.
 */
#include "store_keys.h"

#include <sqlite3.h>

#include "database.h"
#include "ssh_key.h"
#include "ssh_key_set.h"
#include "store.h"

enum store_result store_keys_text(struct store *store, uint32_t uid, char **ret)
{
    return database_copy(store->db, ret,
        "SELECT coalesce(group_concat(line || char(10), ''), '')"
        " FROM (SELECT line FROM account_keys WHERE uid = ? ORDER BY id)", "i", (int64_t)uid);
}

enum store_result store_keys_json(struct store *store, uint32_t uid, char **ret)
{
    return database_copy(store->db, ret,
        "SELECT json_group_array(line) FROM (SELECT line FROM account_keys WHERE uid = ? ORDER BY id)", "i",
        (int64_t)uid);
}

static enum store_result read_key(sqlite3_stmt *row, void *place)
{
    struct account_key *ret = place;
    enum store_result result = database_text(row, 0, ret->fingerprint, sizeof ret->fingerprint);

    ret->added_at = sqlite3_column_int64(row, 2);
    return result == STORE_OK ? database_text(row, 1, ret->line, sizeof ret->line) : result;
}

enum store_result store_keys_read(struct store *store, uint32_t uid, struct account_key *keys, size_t size,
                                  size_t *ret)
{
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT fingerprint, line, added_at FROM account_keys WHERE uid = ? ORDER BY id LIMIT ?", "ii", (int64_t)uid,
        (int64_t)size);

    return database_page(store->db, row, read_key, keys, sizeof *keys, size, ret);
}

enum store_result store_keys_count(struct store *store, uint32_t uid, struct store_keys_count *ret)
{
    int64_t keys = 0, octets = 0;
    enum store_result result = database_number(store->db, &keys, "SELECT count(*) FROM account_keys WHERE uid = ?", "i",
                                               (int64_t)uid);

    if (result == STORE_OK)
        result = database_number(store->db, &octets,
            "SELECT coalesce(sum(length(CAST(line AS BLOB)) + 1), 0) FROM account_keys WHERE uid = ?", "i",
            (int64_t)uid);
    if (result == STORE_OK)
        *ret = (struct store_keys_count){ (size_t)keys, (size_t)octets };
    return result;
}

enum store_result store_keys_owners(struct store *store, int64_t *ret)
{
    return database_number(store->db, ret, "SELECT count(DISTINCT uid) FROM account_keys", "");
}

enum store_result store_keys_octets(struct store *store, int64_t *ret)
{
    return database_number(store->db, ret, "SELECT coalesce(sum(length(CAST(line AS BLOB)) + 1), 0) FROM account_keys",
                           "");
}

enum store_result store_keys_next(struct store *store, uint32_t after, uint32_t *ret)
{
    int64_t uid = 0;
    enum store_result result = database_number(store->db, &uid,
        "SELECT uid FROM account_keys WHERE uid > ? ORDER BY uid LIMIT 1", "i", (int64_t)after);

    if (result == STORE_OK)
        *ret = (uint32_t)uid;
    return result;
}

enum store_result store_key_find(struct store *store, uint32_t uid, const char *fingerprint)
{
    int64_t id = 0;

    return database_number(store->db, &id, "SELECT id FROM account_keys WHERE uid = ? AND fingerprint = ?", "it",
                           (int64_t)uid, fingerprint);
}

static enum store_result add(struct store *store, uint32_t uid, const struct ssh_key *key, int64_t now)
{
    enum store_result result = store_key_find(store, uid, key->fingerprint);

    return result != STORE_NOT_FOUND ? result : database_run(store->db,
        "INSERT INTO account_keys (uid, fingerprint, line, added_at) VALUES (?, ?, ?, ?)", "itti", (int64_t)uid,
        key->fingerprint, key->line, now);
}

enum store_result store_keys_add(struct store *store, uint32_t uid, const struct ssh_key_set *keys, int64_t now)
{
    struct store_keys_count have = { 0, 0 };
    enum store_result result = STORE_OK;

    for (size_t i = 0; result == STORE_OK && i < keys->count; i++)
        result = add(store, uid, &keys->keys[i], now);
    if (result == STORE_OK)
        result = store_keys_count(store, uid, &have);
    if (result == STORE_OK && (have.keys > SSH_KEYS_MAX || have.octets > SSH_KEYS_TEXT_SIZE))
        return STORE_REFUSED;
    return result;
}

enum store_result store_key_remove(struct store *store, uint32_t uid, const char *fingerprint)
{
    enum store_result result = database_run(store->db, "DELETE FROM account_keys WHERE uid = ? AND fingerprint = ?",
                                            "it", (int64_t)uid, fingerprint);

    return result == STORE_OK && sqlite3_changes(store->db) == 0 ? STORE_NOT_FOUND : result;
}
