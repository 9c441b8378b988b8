/*
 * Tamper evidence for the audit log: each row's hash covers its content and the hash of the row
 * before it, so no row can be changed, removed, inserted or moved without every later hash being
 * another. Whoever is root can make a new chain: only the newest hash, kept where he is not root,
 * tells that he did.
 *
 * The hash is SHA-256, in lower-case hexadecimal, over: the hash of the row before (64 digits, all
 * 0 for the very first), then id, at, event, actor_uid, actor, via, origin, uid, username, before
 * and after, each as "n," for NULL, "i<decimal>," for a number and "t<octets>:<text>," for a text.
 */
#include "store_chain.h"

#include <sha2.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "chain.h"
#include "database.h"
#include "memory.h"
#include "store.h"

#define CONTENT "id, at, event, actor_uid, actor, via, origin, uid, username, before, after"

enum { CONTENT_COLUMNS = 11, COLUMN_HASH = CONTENT_COLUMNS, PAGE_SIZE = 256 };

static const char origin_hash[AUDIT_HASH_SIZE] =
    "0000000000000000000000000000000000000000000000000000000000000000";

/* -- one row ------------------------------------------------------------------------------ */

static void add_column(SHA2_CTX *context, sqlite3_stmt *row, int column)
{
    char head[32];
    const unsigned char *text = NULL;
    size_t length = 0;

    switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL:
        snprintf(head, sizeof head, "n");
        break;
    case SQLITE_INTEGER:
        snprintf(head, sizeof head, "i%lld", (long long)sqlite3_column_int64(row, column));
        break;
    default: /* nothing else in a STRICT table */
        text = sqlite3_column_text(row, column);
        length = (size_t)sqlite3_column_bytes(row, column);
        snprintf(head, sizeof head, "t%zu:", length);
    }
    SHA256Update(context, (const uint8_t *)head, strlen(head));
    if (text != NULL)
        SHA256Update(context, text, length);
    SHA256Update(context, (const uint8_t *)",", 1);
}

/* The row of CONTENT the statement stands on, after a row of hash `previous`. */
static void hash_row(sqlite3_stmt *row, const char previous[AUDIT_HASH_SIZE],
                     char ret[AUDIT_HASH_SIZE])
{
    SHA2_CTX context;

    SHA256Init(&context);
    SHA256Update(&context, (const uint8_t *)previous, AUDIT_HASH_SIZE - 1);
    for (int column = 0; column < CONTENT_COLUMNS; column++)
        add_column(&context, row, column);
    SHA256End(&context, ret);
}

/* Link row `id`: ret is the hash it now has. */
static enum store_result link_row(struct store *store, int64_t id,
                                  const char previous[AUDIT_HASH_SIZE], char ret[AUDIT_HASH_SIZE])
{
    sqlite3_stmt *row =
        database_prepare(store->db, "SELECT " CONTENT " FROM audit WHERE id = ?", "i", id);
    char hash[AUDIT_HASH_SIZE];
    int rc;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    rc = sqlite3_step(row);
    if (rc == SQLITE_ROW)
        hash_row(row, previous, hash);
    database_finish(row);
    if (rc != SQLITE_ROW)
        return rc == SQLITE_DONE ? STORE_DAMAGED : database_result(rc);
    memcpy(ret, hash, sizeof hash);
    return database_run(store->db, "UPDATE audit SET hash = ?1 WHERE id = ?2", "ti", hash, id);
}

/* The hash of the newest row below `id`. */
static enum store_result hash_before(struct store *store, int64_t id, char ret[AUDIT_HASH_SIZE])
{
    char *hash = NULL;
    enum store_result result = database_copy(store->db, &hash,
        "SELECT hash FROM audit WHERE id < ? ORDER BY id DESC LIMIT 1", "i", id);

    if (result != STORE_OK && result != STORE_NOT_FOUND)
        return result;
    snprintf(ret, AUDIT_HASH_SIZE, "%s", result == STORE_OK ? hash : origin_hash);
    store_text_free(hash);
    return STORE_OK;
}

enum store_result chain_link_newest(struct store *store)
{
    char previous[AUDIT_HASH_SIZE], hash[AUDIT_HASH_SIZE];
    int64_t id = sqlite3_last_insert_rowid(store->db);
    enum store_result result = hash_before(store, id, previous);

    return result == STORE_OK ? link_row(store, id, previous, hash) : result;
}

/* Step the two statements of chain_link_all to the next row. DONE at the end. */
static int link_next(sqlite3_stmt *next, sqlite3_stmt *update, int64_t *id,
                     char hash[AUDIT_HASH_SIZE])
{
    int rc;

    sqlite3_reset(next);
    sqlite3_reset(update);
    sqlite3_bind_int64(next, 1, *id);
    rc = sqlite3_step(next);
    if (rc != SQLITE_ROW)
        return rc;
    *id = sqlite3_column_int64(next, 0);
    hash_row(next, hash, hash);
    sqlite3_bind_text(update, 1, hash, -1, SQLITE_STATIC);
    sqlite3_bind_int64(update, 2, *id);
    rc = sqlite3_step(update);
    return rc == SQLITE_DONE ? SQLITE_ROW : rc;
}

/* Prepared once: a log may have many rows, and somebody waits for his login meanwhile. */
enum store_result chain_link_all(struct store *store)
{
    sqlite3_stmt *next = database_prepare(store->db,
        "SELECT " CONTENT " FROM audit WHERE id > ? ORDER BY id LIMIT 1", "");
    sqlite3_stmt *update =
        database_prepare(store->db, "UPDATE audit SET hash = ?1 WHERE id = ?2", "");
    char hash[AUDIT_HASH_SIZE];
    int64_t id = 0;
    int rc = next != NULL && update != NULL ? SQLITE_ROW : SQLITE_ERROR;

    memcpy(hash, origin_hash, sizeof hash);
    while (rc == SQLITE_ROW)
        rc = link_next(next, update, &id, hash);
    database_finish(next);
    database_finish(update);
    return database_result(rc);
}

/* -- the whole chain ---------------------------------------------------------------------- */

/* id and hash of one row, 0 and the hash before all others without. */
static enum store_result read_link(struct store *store, const char *sql, struct audit_link *ret)
{
    sqlite3_stmt *row = database_prepare(store->db, sql, "");
    enum store_result result = STORE_OK;
    struct audit_link link = { 0 };
    int rc;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    memcpy(link.hash, origin_hash, sizeof link.hash);
    rc = sqlite3_step(row);
    if (rc == SQLITE_ROW) {
        link.id = sqlite3_column_int64(row, 0);
        result = database_text(row, 1, link.hash, sizeof link.hash);
    }
    database_finish(row);
    if (result == STORE_OK && (result = database_result(rc)) == STORE_OK)
        *ret = link;
    return result;
}

enum store_result store_audit_newest(struct store *store, struct audit_link *ret)
{
    return read_link(store, "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1", ret);
}

/* Where the chain begins: after the last row that was pruned, or at nothing. */
static enum store_result read_anchor(struct store *store, struct audit_link *ret)
{
    return read_link(store,
        "SELECT json_extract(after, '$.pruned_through'), json_extract(after, '$.pruned_hash')"
        " FROM audit WHERE event = 'audit-prune' ORDER BY id DESC LIMIT 1", ret);
}

/* Go on from proof->link for a page at most; *ret is how many rows were as they should be. A row
 * that is not is proof->bad. */
static enum store_result verify_page(struct store *store, struct audit_proof *proof, size_t *ret)
{
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT " CONTENT ", hash FROM audit WHERE id > ? ORDER BY id LIMIT ?", "ii",
        proof->link.id, (int64_t)PAGE_SIZE);
    char hash[AUDIT_HASH_SIZE];
    size_t count = 0;
    int rc = SQLITE_DONE;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    while (proof->whole && count < PAGE_SIZE && (rc = sqlite3_step(row)) == SQLITE_ROW) {
        const unsigned char *written = sqlite3_column_text(row, COLUMN_HASH);

        hash_row(row, proof->link.hash, hash);
        if (written == NULL || strcmp((const char *)written, hash) != 0) {
            proof->bad = sqlite3_column_int64(row, 0);
            proof->whole = false;
            continue;
        }
        proof->link.id = sqlite3_column_int64(row, 0);
        memcpy(proof->link.hash, hash, sizeof hash);
        count++;
    }
    database_finish(row);
    *ret = count;
    return database_result(rc);
}

/* Ids are given out one after the other, and the number of the last one is kept: in one statement,
 * because rows are added meanwhile. A row at or below the anchor was put back after a pruning. */
static enum store_result find_lost(struct store *store, const struct audit_link *anchor,
                                   int64_t *ret)
{
    enum store_result result = database_number(store->db, ret,
        "SELECT max(id) + 1 FROM audit"
        " HAVING max(id) < (SELECT seq FROM sqlite_sequence WHERE name = 'audit')", "");

    if (result == STORE_NOT_FOUND)
        result = database_number(store->db, ret, "SELECT min(id) FROM audit HAVING min(id) <= ?",
                                 "i", anchor->id);
    if (result == STORE_NOT_FOUND)
        result = database_number(store->db, ret,
            "SELECT 1 FROM sqlite_sequence WHERE name = 'audit' AND seq > 0"
            " AND NOT EXISTS (SELECT 1 FROM audit)", "");
    return result;
}

static enum store_result verify_from(struct store *store, const struct audit_link *anchor,
                                     struct audit_proof *ret)
{
    struct audit_proof proof = { .link = *anchor, .pruned_through = anchor->id, .whole = true };
    enum store_result result = STORE_OK;
    size_t count = 1;

    while (result == STORE_OK && count > 0) {
        result = verify_page(store, &proof, &count);
        proof.rows += (int64_t)count;
    }
    if (result == STORE_OK && proof.whole) {
        result = find_lost(store, anchor, &proof.bad);
        proof.whole = result == STORE_NOT_FOUND;
        result = proof.whole ? STORE_OK : result;
    }
    if (result == STORE_OK)
        *ret = proof;
    return result;
}

enum store_result store_audit_verify(struct store *store, struct audit_proof *ret)
{
    struct audit_link anchor = { .id = -1 }, present = { 0 };
    enum store_result result = read_anchor(store, &present);

    while (result == STORE_OK && present.id != anchor.id) { /* anew when rows were pruned meanwhile */
        anchor = present;
        result = verify_from(store, &anchor, ret);
        if (result == STORE_OK)
            result = read_anchor(store, &present);
    }
    return result;
}
