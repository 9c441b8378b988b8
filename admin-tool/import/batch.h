/*
 * What is to be imported.
 */
#ifndef CODER_IMPORT_BATCH_H
#define CODER_IMPORT_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/group_ids.h"
#include "host/login_defs.h"
#include "pam_coder/credential.h"
#include "sql/account.h"
#include "terminal/command.h"
#include "claims.h"
#include "record.h"

enum row_kind {
    ROW_NEW,    /* from a file */
    ROW_STAGED, /* a local account, to be imported */
    ROW_OURS,   /* a local account that was imported before: only its lines may be taken over */
    ROW_CHANGE, /* of a file: an account of the store that is to be changed */
    ROW_GONE    /* of no file: an account of the store that is to be deleted */
};

/* An account packed: a hundred octets instead of two thousand. */
struct import_row {
    size_t line; /* 0: of no file */
    enum row_kind kind;
    bool needs_password;
    uint32_t uid; /* 0: to be chosen */
    uint32_t gid; /* 0: the private group */
    bool chosen;  /* the uid was, by us */
    bool returns; /* a local account that was ours and went to /etc/passwd */
    bool inherits; /* the e-mail address, of one who goes */
    bool made, late; /* in the fleet; and this host has not heard of it yet */
    unsigned given;   /* CHANGE: 1 << column of each that the file has */
    unsigned changed; /* ... and of each that is changed */
    bool takes;       /* ... which took a role away, or suspended */
    unsigned roles;
    enum account_status status;
    bool temporary, service, never_dormant;
    int32_t min_days, warn_days, inactive_days; /* of a line of shadow(5), for ages_note; -1: none */
    int64_t temporary_until, expires_at, created_at, password_changed_at, password_max_days;
    char *texts; /* username, email, full_name, home, shell: each with its NUL */
    char *hash;  /* NULL: none */
    char *keys;  /* ssh keys, a newline behind each; NULL: none */
    char *scopes; /* NULL: none */
    char password[CREDENTIAL_GENERATED_SIZE]; /* in the clear, when one was made */
};

struct import_batch {
    struct tool *tool;
    const char *source; /* of which lines are told: the file's name. NULL: /etc/passwd */
    struct import_row *rows;
    size_t count, room;
    struct claims claims;
    struct id_ranges subordinate;
    struct group_ids local_groups;
    bool asks_remote; /* NSS has sources that may enumerate nothing */
    size_t bad, noted;
    size_t wanted; /* rows that came without a uid */
    size_t beyond; /* lines that came after there were more of those than ids, and were only counted */
    size_t passed; /* lines of accounts that are so already, or are passed over */
    uint32_t *out; /* ... and of them the uids that are suspended, as their lines say */
    size_t out_count;
    size_t tried; /* methods and costs of hashes */
    bool fleet; /* new accounts are the fleet's, and its own are changed there */
    bool store_decides; /* what its accounts and other records have is not claimed: each is written at once, and the store
                           says who has what already */
    void (*report)(struct import_batch *batch); /* after the commit; NULL: as users import does */
};

bool import_batch_add(struct import_batch *batch, const struct import_record *record,
                      enum row_kind kind); /* false: no memory */
void import_batch_free(struct import_batch *batch); /* wipes */
/* A line of an account that is so already. given: 1 << column of each that the line has. False: no memory. */
bool import_batch_pass(struct import_batch *batch, const struct account *present, unsigned given);
/* The rows that are new. */
size_t import_count_new(const struct import_batch *batch);
void import_batch_date(struct import_batch *batch); /* whose creation is not told is created now */
/* Room for the hash of a row without. False: no memory. */
bool import_row_make_room(struct import_row *row);
void import_row_free(struct import_row *row);
const char *import_row_name(const struct import_row *row);
void import_row_unpack(const struct import_row *row, struct account *ret);

/* One line about a bad record or an odd one; from the hundred-and-first on they are counted. */
void import_batch_refuse(struct import_batch *batch, size_t line, const char *name,
                         const char *reason);
void import_batch_note_folded(struct import_batch *batch, const struct import_record *record);
void import_batch_note(struct import_batch *batch, const char *name, const char *text);
void import_batch_tell_rest(const struct import_batch *batch);

#endif
