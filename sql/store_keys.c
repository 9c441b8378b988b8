/*
 * The ssh keys of accounts: what an account's authorized_keys would hold.
 */
#include "store_keys.h"

#include "database.h"
#include "store.h"

enum store_result store_keys_text(struct store *store, uint32_t uid, char **ret)
{
    return database_copy(store->db, ret,
        "SELECT coalesce(group_concat(line || char(10), ''), '')"
        " FROM (SELECT line FROM account_keys WHERE uid = ? ORDER BY id)", "i", (int64_t)uid);
}
