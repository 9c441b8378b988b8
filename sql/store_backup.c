/*
 * A store as bytes and back. What somebody hands us as a backup is trusted with nothing before it
 * is known to be exactly of our schema: text for text, so that no trigger, view or index of his
 * ever runs.
 */
#include "store_backup.h"

#include <sha2.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "memory.h"
#include "policy.h"
#include "schema.h"
#include "store.h"

/* -- is it ours --------------------------------------------------------------------------- */

static const char schema_text[] =
    "SELECT group_concat(concat, char(10)) FROM (SELECT type || ' ' || quote(name) || ' ' ||"
    "  quote(tbl_name) || ' ' || quote(sql) AS concat FROM sqlite_schema ORDER BY type, name)";

enum store_result store_make_empty(struct store **ret)
{
    struct store *store = calloc(1, sizeof *store);
    enum store_result result;

    if (store == NULL)
        return STORE_FAILED;
    result = database_open_memory(NULL, 0, &store->holder, &store->db);
    if (result == STORE_OK)
        result = schema_make(store->db);
    if (result == STORE_OK)
        *ret = store;
    else
        store_close(store);
    return result;
}

/* The schema this program makes, and its version. */
static enum store_result read_own_schema(char **ret, int64_t *ret_version)
{
    struct store *own = NULL;
    enum store_result result = store_make_empty(&own);

    if (result == STORE_OK)
        result = schema_read_version(own, ret_version);
    if (result == STORE_OK)
        result = database_copy(own->db, ret, schema_text, "");
    store_close(own);
    return result;
}

static enum store_result check_schema(struct store *copy)
{
    char *ours = NULL, *theirs = NULL;
    int64_t version = 0, own = 0;
    enum store_result result = schema_read_version(copy, &version);

    if (result == STORE_OK)
        result = read_own_schema(&ours, &own);
    if (result == STORE_OK)
        result = database_copy(copy->db, &theirs, schema_text, "");
    if (result == STORE_NOT_FOUND ||
        (result == STORE_OK && (version != own || strcmp(ours, theirs) != 0)))
        result = STORE_FOREIGN;
    store_text_free(ours);
    store_text_free(theirs);
    return result;
}

/* Only of a schema that is ours: the check evaluates its constraints. */
static enum store_result check_content(struct store *copy)
{
    struct policy policy;
    char *verdict = NULL;
    int64_t row;
    enum store_result result =
        database_copy(copy->db, &verdict, "PRAGMA integrity_check(1)", "");

    if (result == STORE_OK && strcmp(verdict, "ok") != 0)
        result = STORE_DAMAGED;
    store_text_free(verdict);
    if (result == STORE_OK)
        result = database_number(copy->db, &row, "PRAGMA foreign_key_check", "");
    if (result != STORE_NOT_FOUND)
        return result == STORE_OK ? STORE_DAMAGED : result;
    result = store_policy(copy, &policy);
    return result == STORE_OK && policy_fault(&policy) != NULL ? STORE_DAMAGED : result;
}

/* SQLite reads what is cut off as zeros, and an empty page has nothing else. */
static enum store_result check_size(struct store *copy, size_t size)
{
    int64_t count = 0, page = 0;
    enum store_result result = database_number(copy->db, &count, "PRAGMA page_count", "");

    if (result == STORE_OK)
        result = database_number(copy->db, &page, "PRAGMA page_size", "");
    return result == STORE_OK && (size_t)(count * page) != size ? STORE_DAMAGED : result;
}

enum store_result store_load(unsigned char *bytes, size_t size, struct store **ret)
{
    struct store *copy = calloc(1, sizeof *copy);
    enum store_result result;

    if (copy == NULL)
        return STORE_FAILED;
    result = database_open_memory(bytes, size, &copy->holder, &copy->db);
    if (result == STORE_OK)
        result = check_size(copy, size);
    if (result == STORE_OK)
        result = check_schema(copy);
    if (result == STORE_OK)
        result = check_content(copy);
    if (result == STORE_OK)
        *ret = copy;
    else
        store_close(copy);
    return result;
}

/* -- the seal ----------------------------------------------------------------------------- */

#define SEAL_WORDS "\nSHA-256 of what is before this line: "

enum { DIGEST_AT = sizeof SEAL_WORDS - 1, DIGEST_SIZE = SHA256_DIGEST_STRING_LENGTH - 1 };
_Static_assert(DIGEST_AT + DIGEST_SIZE + 1 == BACKUP_SEAL_SIZE, "words, digest, end of line");

void backup_seal(const unsigned char *bytes, size_t size, char ret[BACKUP_SEAL_SIZE])
{
    char digest[SHA256_DIGEST_STRING_LENGTH];

    SHA256Data(bytes, size, digest);
    memcpy(ret, SEAL_WORDS, DIGEST_AT);
    memcpy(ret + DIGEST_AT, digest, DIGEST_SIZE);
    ret[BACKUP_SEAL_SIZE - 1] = '\n';
}

bool backup_unseal(const unsigned char *bytes, size_t *size)
{
    size_t inside = *size - BACKUP_SEAL_SIZE;
    char seal[BACKUP_SEAL_SIZE];

    if (*size < BACKUP_SEAL_SIZE || memcmp(bytes + inside, SEAL_WORDS, DIGEST_AT) != 0)
        return true;
    backup_seal(bytes, inside, seal);
    if (memcmp(bytes + inside, seal, sizeof seal) != 0)
        return false;
    *size = inside;
    return true;
}

/* -- bytes -------------------------------------------------------------------------------- */

void store_snapshot_free(unsigned char *bytes, size_t size)
{
    if (bytes != NULL)
        explicit_bzero(bytes, size); /* hashes are in it */
    sqlite3_free(bytes);
}

/* All pages in one read transaction. */
static enum store_result serialize(struct store *store, unsigned char **ret, size_t *ret_size)
{
    enum store_result result = database_run(store->db, "BEGIN", "");
    sqlite3_int64 size = 0;
    int64_t generation;

    if (result == STORE_OK)
        result = store_generation(store, &generation); /* BEGIN alone holds nothing */
    if (result == STORE_OK) {
        unsigned char *bytes = sqlite3_serialize(store->db, "main", &size, 0);

        if (bytes == NULL)
            result = STORE_FAILED;
        else
            *ret = bytes;
        *ret_size = (size_t)size;
    }
    store_rollback(store);
    return result;
}

enum store_result store_snapshot(struct store *store, unsigned char **ret, size_t *ret_size)
{
    struct store *copy = NULL;
    unsigned char *bytes = NULL;
    size_t size = 0;
    enum store_result result = serialize(store, &bytes, &size);

    if (result == STORE_OK)
        result = store_load(bytes, size, &copy);
    store_close(copy);
    if (result == STORE_OK) {
        *ret = bytes;
        *ret_size = size;
        return STORE_OK;
    }
    store_snapshot_free(bytes, size);
    return result;
}
