/*
 * The oldest rows of the audit log taken out: the chain then hangs on the hash of the last of them.
 */
#include "store_prune.h"

#include <sha2.h>

#include "database.h"
#include "memory.h"
#include "store.h"
#include "store_audit.h"

#define PRUNABLE \
    " FROM audit WHERE id < coalesce((SELECT min(id) FROM audit WHERE at >= ?1)," \
    "                                1 + (SELECT max(id) FROM audit))"

enum store_result store_audit_count_prunable(struct store *store, int64_t before, int64_t *ret)
{
    return database_number(store->db, ret, "SELECT count(*)" PRUNABLE, "i", before);
}

enum store_result store_audit_prune(struct store *store, const struct audit_actor *actor,
                                    int64_t before, int64_t now)
{
    char *facts = NULL;
    enum store_result result = database_copy(store->db, &facts,
        "SELECT json_object('pruned_through', id, 'pruned_hash', hash, 'pruned_rows',"
        "  (SELECT count(*)" PRUNABLE "))" PRUNABLE " ORDER BY id DESC LIMIT 1", "i", before);

    if (result == STORE_OK)
        result = store_audit_append_facts(store, actor, "audit-prune", "{}", facts, now);
    if (result == STORE_OK) /* as the schema permits: up to what the newest of these rows says */
        result = database_run(store->db,
            "DELETE FROM audit WHERE id <= (SELECT json_extract(after, '$.pruned_through')"
            " FROM audit WHERE event = 'audit-prune' ORDER BY id DESC LIMIT 1)", "");
    store_text_free(facts);
    return result;
}
