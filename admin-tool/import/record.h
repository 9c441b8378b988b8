/*
 * One account as a file says it.
 */
#ifndef CODER_IMPORT_RECORD_H
#define CODER_IMPORT_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/account.h"
#include "sql/store_fleet_accounts.h"

/* In the order in which export writes them. */
enum import_column {
    IMPORT_USERNAME, IMPORT_EMAIL, IMPORT_FULL_NAME, IMPORT_ROLES, IMPORT_UID, IMPORT_GID, IMPORT_SHELL,
    IMPORT_HOME, IMPORT_STATUS, IMPORT_EXPIRES, IMPORT_CREATED, IMPORT_KEYS, IMPORT_SERVICE,
    IMPORT_MAX_DAYS, IMPORT_NEVER_DORMANT, IMPORT_SCOPES, IMPORT_HASH, IMPORT_MUST_CHANGE, IMPORT_PASSWORD_EXPIRES,
    IMPORT_PASSWORD_CHANGED, IMPORT_COLUMN_COUNT
};
/* From here on only with hashes: they speak of the password. */
enum { IMPORT_PUBLIC_COUNT = IMPORT_HASH };

enum { IMPORT_REASON_SIZE = 512 };

struct import_record {
    size_t line;    /* its first, from 1 */
    unsigned given; /* 1 << column of each that has a value ... */
    unsigned named; /* ... and of each that is there, with a value or without */
    char written[ACCOUNT_NAME_SIZE]; /* the username as it stands there, where it has capital letters; else "" */
    struct account account;
    char scopes[FLEET_SCOPES_SIZE]; /* of the fleet, as scope_list has them; "": none */
    char *keys; /* the ssh keys, a newline behind each, in SSH_KEYS_TEXT_SIZE + 1 octets of the reader's; NULL: none */
};

const char *import_column_name(enum import_column column);

/* By its name in any case, with blanks or '-' for '_' or nothing. False if there is no such column (ret unchanged). */
bool import_column_find(const char *name, enum import_column *ret);

/* Set one value; an empty one is as none. False with the reason behind those that are there already; it holds the value, never a
 * hash or a key. Times: as when_parse, the account's end as when_parse_end but not relative to now; "never" is 0;
 * password_hash: `*` or `!` is no password. */
bool import_record_set(struct import_record *record, enum import_column column, const char *value,
                       char ret_reason[IMPORT_REASON_SIZE]);

/* After the last value: true when no reason was given, all is there and goes together. Fills in what has a default but shell
 * and home (host/defaults.h). */
bool import_record_complete(struct import_record *record, char ret_reason[IMPORT_REASON_SIZE]);

/* One more of them, behind "; ": all faults of a record are told at once. False. */
bool import_add_reason(char reason[IMPORT_REASON_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
