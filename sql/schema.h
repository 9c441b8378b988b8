/*
 * Our schema, made by numbered migrations; and whether a file is one of ours. Internal to sql/.
 */
#ifndef CODER_SCHEMA_H
#define CODER_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "database.h"
#include "store.h"

/* Our schema, as the migrations make it, into an empty database: to compare others with. */
enum store_result schema_make(sqlite3 *db);

/* The schema version of a file that is ours or still empty; else FOREIGN, TOO_NEW or DAMAGED. */
enum store_result schema_read_version(struct store *store, int64_t *ret);
bool schema_is_newest(int64_t version);

/* From `version` to the newest. In the open transaction. */
enum store_result schema_migrate(struct store *store, int64_t version);

#endif
