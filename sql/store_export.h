/*
 * An account as a line that users import reads.
 */
#ifndef CODER_STORE_EXPORT_H
#define CODER_STORE_EXPORT_H

#include <stdbool.h>

#include "account.h"
#include "store.h"

/* One JSON object as users import reads it (store_export.c); keys: store_keys_json, NULL: none; scopes: of fleet_accounts, "": none; the hash (`*`: none) and what is said of the
 * password only when wanted. */
enum store_result store_account_line(struct store *store, const struct account *account,
                                     const char *keys, const char *scopes, bool with_hash, char **ret);

#endif
