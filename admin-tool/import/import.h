/*
 * Many accounts at once: the nouns of users import and users export. What is read from a file is a
 * record; a record that is valid becomes a row of the batch; who or what has a name or an id already
 * is a claim. Reading, records and claims are pure: they know neither the tool nor this machine.
 */
#ifndef CODER_IMPORT_H
#define CODER_IMPORT_H

#include <sys/stat.h>

#include "terminal/command.h"
#include "host/local_files.h"

/* -- import_record.c: one account as a file says it --------------------------------------- */

/* In the order in which export writes them. */
enum import_column {
    IMPORT_USERNAME, IMPORT_EMAIL, IMPORT_FULL_NAME, IMPORT_ROLES, IMPORT_UID, IMPORT_SHELL,
    IMPORT_HOME, IMPORT_STATUS, IMPORT_EXPIRES, IMPORT_CREATED, IMPORT_HASH, IMPORT_MUST_CHANGE,
    IMPORT_PASSWORD_EXPIRES, IMPORT_PASSWORD_CHANGED, IMPORT_COLUMN_COUNT
};
/* From here on only with hashes: they speak of the password. */
enum { IMPORT_PUBLIC_COUNT = IMPORT_HASH };

enum { IMPORT_REASON_SIZE = 512 };

struct import_record {
    size_t line;    /* its first, from 1 */
    unsigned given; /* 1 << column of each that has a value */
    struct account account;
};

const char *import_column_name(enum import_column column);

/* False if there is no such column (ret unchanged). */
bool import_column_find(const char *name, enum import_column *ret);

/* Set one value; an empty one is as none. False with the reason, which holds the value, never a
 * hash. Times: RFC 3339 or as when_parse, "never" is 0; password_hash: `*` or `!` is no password. */
bool import_record_set(struct import_record *record, enum import_column column, const char *value,
                       char ret_reason[IMPORT_REASON_SIZE]);

/* After the last value: is all there, and does it go together? Fills in what has a default but the
 * shell, which is the machine's affair. */
bool import_record_complete(struct import_record *record, char ret_reason[IMPORT_REASON_SIZE]);

/* -- import_read.c: CSV (RFC 4180) or JSON lines ------------------------------------------ */

struct import_reader;

enum import_result {
    IMPORT_GOOD,
    IMPORT_BAD,     /* this record, with its line and the reason */
    IMPORT_END,
    IMPORT_UNUSABLE, /* the whole input, with the reason */
    IMPORT_FAILED    /* reading it, with the reason */
};

/* Reads the descriptor, which stays the caller's. NULL when memory is short. */
struct import_reader *import_reader_new(int fd);
void import_reader_free(struct import_reader *reader); /* wipes: there may be hashes in it */

/* ret->line is set for BAD, too. */
enum import_result import_reader_next(struct import_reader *reader, struct import_record *ret,
                                      char ret_reason[IMPORT_REASON_SIZE]);

/* -- import_claims.c: who has it already -------------------------------------------------- */

enum claim_kind {
    CLAIM_USER = 'U', /* a user's name of this machine; number: the uid */
    CLAIM_GROUP = 'G',
    CLAIM_UID = 'u', /* holder: the user's name */
    CLAIM_GID = 'g',
    CLAIM_ROW_NAME = 'n', /* an earlier record's; number: its line */
    CLAIM_ROW_EMAIL = 'e', /* in lower case */
    CLAIM_ROW_UID = 'i',
    CLAIM_PRIMARY = 'P', /* a gid that a user of this machine has as primary one */
    CLAIM_MEMBER = 'm', /* a name that a group of this machine lists; holder: the group's */
    CLAIM_HOME = 'h', /* of a user of this machine or of the store; holder: the name */
    CLAIM_ROW_HOME = 'd', /* an earlier record's */
    CLAIM_HASHING = 'p' /* parameters of crypt(3); number: 1 when they work here */
};

struct claim {
    uint64_t number;
    bool shared;        /* claimed again, by another holder */
    const char *key, *holder; /* the key begins with its kind */
};

struct claims {
    void *tree;
};

/* The claim that was there, or the new one; NULL when memory is short. */
struct claim *claims_add(struct claims *claims, enum claim_kind kind, const char *key,
                         uint64_t number, const char *holder);
/* NULL when nobody has it. */
struct claim *claims_find(const struct claims *claims, enum claim_kind kind, const char *key);
void claims_free(struct claims *claims);

/* -- import_batch.c: what is to be imported ----------------------------------------------- */

enum row_kind {
    ROW_NEW,    /* from a file */
    ROW_STAGED, /* a local account, to be imported */
    ROW_OURS    /* a local account that was imported before: only its lines may be taken over */
};

/* An account packed: a hundred octets instead of two thousand. */
struct import_row {
    size_t line; /* 0: of no file */
    enum row_kind kind;
    bool needs_password;
    uint32_t uid; /* 0: to be chosen */
    bool chosen;  /* the uid was, by us */
    unsigned roles;
    enum account_status status;
    bool temporary;
    int64_t temporary_until, expires_at, created_at, password_changed_at;
    char *texts; /* username, email, full_name, home, shell: each with its NUL */
    char *hash;  /* NULL: none */
    char password[CREDENTIAL_GENERATED_SIZE]; /* in the clear, when one was made */
};

struct import_batch {
    struct tool *tool;
    const char *source; /* of which lines are told: the file's name. NULL: /etc/passwd */
    struct import_row *rows;
    size_t count, room;
    struct claims claims;
    struct id_ranges subordinate;
    bool asks_remote; /* NSS has sources that may enumerate nothing */
    size_t bad, noted;
    size_t tried; /* methods and costs of hashes */
};

bool import_batch_add(struct import_batch *batch, const struct import_record *record,
                      enum row_kind kind); /* false: no memory */
void import_batch_free(struct import_batch *batch); /* wipes */
/* Room for the hash of a row without. False: no memory. */
bool import_row_make_room(struct import_row *row);
void import_row_free(struct import_row *row);
const char *import_row_name(const struct import_row *row);
void import_row_unpack(const struct import_row *row, struct account *ret);

/* One line about a bad record or an odd one; from the hundred-and-first on they are counted. */
void import_batch_refuse(struct import_batch *batch, size_t line, const char *name,
                         const char *reason);
void import_batch_note(struct import_batch *batch, const char *name, const char *text);
void import_batch_tell_rest(const struct import_batch *batch);

/* -- import_host.c: what this machine has ------------------------------------------------- */

/* Claims for all users, homes and groups that NSS enumerates, and the ranges of subordinate ids. GO_ON, or
 * said. */
enum status import_host_read(struct import_batch *batch);

/* True when any source has this name (NULL: none) or id (0: none) as a user or a group. */
bool import_host_knows(const char *name, uint32_t uid);

/* -- import_check.c: the rules of users create, for many ---------------------------------- */

/* Claims for the homes of the store's accounts. GO_ON, or said. */
enum status import_claim_homes(struct import_batch *batch);

/* Record against machine and batch; a good one is claimed. */
bool import_check_record(struct import_batch *batch, const struct import_record *record,
                         enum row_kind kind, char ret_reason[IMPORT_REASON_SIZE]);

/* Row against store: OK (and kind OURS when it was imported before), TAKEN with the reason, or what
 * ends it all. */
enum store_result import_check_row(struct import_batch *batch, struct import_row *row,
                                   char ret_reason[IMPORT_REASON_SIZE]);

/* -- import_make.c: one transaction ------------------------------------------------------- */

/* An id for each row without: from the one above all others in policy's range. GO_ON, or said. */
enum status import_choose_uids(struct import_batch *batch);

/* Those that are new. */
size_t import_count_new(const struct import_batch *batch);

/* Passwords, accounts, publication, report, take-over. GO_ON, or said and nothing was changed. */
enum status import_make(struct import_batch *batch);

/* -- import_hash.c: a temporary password each, on all cores ------------------------------- */

/* GO_ON, or said. */
enum status import_make_passwords(struct import_batch *batch);

/* -- import_passwords.c ------------------------------------------------------------------- */

/* An array of {username, email, temporary_password, expires_at} of the rows that got a password: into
 * a new file, 0600 and fsynced (GO_ON, or said and nothing left behind); or on stdout, after the
 * commit (trouble is a complaint). */
enum status import_passwords_to_file(const struct import_batch *batch, const char *path);
void import_passwords_print(const struct import_batch *batch);

/* -- import_shadow.c ---------------------------------------------------------------------- */

/* What is kept of a line of shadow(5). */
struct shadow_line {
    char name[ACCOUNT_NAME_SIZE], hash[ACCOUNT_HASH_SIZE]; /* one too long is cut */
    long changed, max, inactive, expires; /* days; -1: not set */
};

struct shadow {
    struct shadow_line *list; /* by name */
    size_t count, room;
};

/* All of /etc/shadow. GO_ON, or said; ret is to be freed in every case. */
enum status shadow_read(struct shadow *ret);
void shadow_free(struct shadow *shadow);
/* NULL when there is none of this name. */
const struct shadow_line *shadow_find(const struct shadow *shadow, const char *name);

/* -- import_passwd.c: local accounts ------------------------------------------------------ */

/* Records of /etc/passwd and /etc/shadow: those named ("NAME" or "NAME=EMAIL"), or all from uid
 * 1000 to 59999. GO_ON, or said. */
enum status import_passwd_read(struct import_batch *batch);

/* Those named that are not in /etc/passwd: NOT_FOUND, said, unless one is to be taken over and is
 * ours already. */
enum status import_passwd_check_absent(const struct import_batch *batch);

/* -- take_over.c -------------------------------------------------------------------------- */

/* Ask. GO_ON, or said. */
enum status take_over_confirm(struct import_batch *batch);

/* Remove the rows' lines from the local files. Trouble is a complaint. */
void take_over(struct import_batch *batch);

#endif
