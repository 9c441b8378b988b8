/*
 * What a file wants otherwise of an account that is there.
 */
#ifndef CODER_IMPORT_DIFFERENCE_H
#define CODER_IMPORT_DIFFERENCE_H

#include <stdbool.h>
#include <stdio.h>

#include "change/fleet_request.h"
#include "sql/account.h"
#include "sql/store.h"
#include "terminal/columns.h"
#include "terminal/command.h"
#include "key_difference.h"
#include "record.h"

struct difference {
    unsigned columns;        /* 1 << column of each that is to change, with the flags below; 0: it is so already */
    struct account after;    /* the account with them */
    struct key_difference keys;
    char scopes[2][FLEET_SCOPES_SIZE]; /* before and after, where they are to change */
};

/* Beside the columns. */
enum {
    DIFFERENCE_KEYS_GO = 1u << IMPORT_COLUMN_COUNT,   /* found: keys.gone */
    DIFFERENCE_WHOLE = 2u << IMPORT_COLUMN_COUNT,     /* asked: what is given is all; other keys go, and service_account may change */
    DIFFERENCE_EMAIL_FREE = 4u << IMPORT_COLUMN_COUNT /* asked: who has the e-mail address will not have it by then */
};

/*
 * columns: 1 << column of each of wanted's values that is meant; keys: its ssh keys, a line for each, NULL: none; scopes: as
 * scope_list has them, only of an account of the fleet. OK,
 * or REFUSED with all reasons: an e-mail address that is another's, too many keys, or a value that no file changes
 * (uid, gid, home, service_account and what is said of the password) and that is another one here. created_at and
 * password_changed_at are not compared. Looks at nothing but the store. ret is to be freed in every case.
 */
enum store_result difference_find(struct store *store, const struct account *present, const struct account *wanted,
                                  const char *keys, const char *scopes, unsigned columns, struct difference *ret,
                                  char ret_reason[IMPORT_REASON_SIZE]);
void difference_free(struct difference *difference); /* wipes */

/* What this machine has to say to it, as users edit, edit-roles and activate ask: an account that comes from the fleet (asked
 * of it: upward), the shell, a local account that would get more, who else has the identity. False with the reason. Asks
 * NSS: not under a lock. */
bool difference_is_allowed(const struct account *present, const struct difference *difference, bool upward,
                           char ret_reason[IMPORT_REASON_SIZE]);

/* The columns that are each host's own, also of an account that comes from the fleet. */
enum { DIFFERENCE_AGEING = 1u << IMPORT_MAX_DAYS | 1u << IMPORT_NEVER_DORMANT };

/* What the fleet is to be asked for. */
void difference_ask(struct store *store, const struct difference *difference, struct fleet_request *request);

/* Is a role lost, or a suspension made? Then what the user runs is to end. */
bool difference_takes(const struct account *present, const struct difference *difference);

/* One value as people are told, escaped: "none" where there is none. Into ret, and that. */
const char *difference_shown(const struct account *account, enum import_column column, char ret[CELL_SIZE]);

/* "email: a@example.com -> b@example.com"; no ssh_keys. */
void difference_print_one(const struct account *present, const struct difference *difference, enum import_column column, FILE *out);

/* A line for each: "alice: email: a@example.com -> b@example.com". */
void difference_print(const struct account *present, const struct difference *difference, FILE *out);

/* In a transaction: written, with an audit row for each of edit, edit-roles, suspend or activate, key-add. GO_ON, or
 * said. */
enum status difference_apply(struct tool *tool, const struct account *present, const struct difference *difference);

/* After the commit and the lock: the same events, which the columns tell, to the system log. */
void difference_record(const struct tool *tool, const struct account *after, unsigned columns);

#endif
