/*
 * The store: private/accounts.db, the only truth about accounts. Opened by fully-root processes
 * only (admin-tool and coder_helper), never while a prompt is shown or a byte is printed: every
 * function here has finished its statements when it returns, only store_begin leaves something
 * open.
 */
#ifndef CODER_STORE_H
#define CODER_STORE_H

#include "account.h"

/* In all functions: every other result than OK changes nothing and leaves ret alone. */
enum store_result {
    STORE_OK,
    STORE_NOT_FOUND,
    STORE_TAKEN,   /* username, e-mail or uid is somebody's, a tombstone's included */
    STORE_REFUSED, /* a rule of the schema says no, see store_detail */
    STORE_LOST,    /* conditional write: an admin was faster */
    STORE_MISSING, /* no store yet */
    STORE_UNSAFE,  /* wrong owner, mode or kind of file */
    STORE_FOREIGN, /* an SQLite file, but not ours */
    STORE_TOO_NEW, /* a later schema than this program knows */
    STORE_BUSY,    /* somebody held the lock for longer than the timeout */
    STORE_WAIT,    /* activity_charge only: others' attempts are under way */
    STORE_FULL,    /* no space, or a read-only disk */
    STORE_DAMAGED,
    STORE_FAILED   /* anything else: memory, I/O */
};

enum store_mode {
    STORE_EXISTING, /* MISSING when there is none; an older schema is migrated */
    STORE_CREATE    /* made when there is none; the folder must exist */
};

struct store;

/*
 * Open <private_dir>/accounts.db. The folder must be 0700 and the file 0600, both
 * CODER_OWNER_UID's, and neither a link: checked by lstat, because opening and closing the file
 * would drop SQLite's locks (sqlite.org/howtocorrupt.html 2.2). ret: to be closed with store_close,
 * one thread only.
 */
enum store_result store_open(const char *private_dir, enum store_mode mode, struct store **ret);
void store_close(struct store *store);

/*
 * Where store_open says FULL: the store as it is after what a killed writer left on a read-only disk
 * was rolled back (or an older schema migrated), from a copy below run_dir (made when needed; 0700,
 * CODER_OWNER_UID's) whose files are gone when this returns. Every change of it fails with FULL.
 */
enum store_result store_open_copy(const char *private_dir, const char *run_dir, struct store **ret);

/* What SQLite said last, for a log line; "" if nothing. Valid until the next call. */
const char *store_detail(const struct store *store);

/* The checks of store_open alone: OK, MISSING or UNSAFE. `what` is "accounts.db" or
 * "activity.db". */
enum store_result store_check_files(const char *private_dir, const char *what);

/* One BEGIN IMMEDIATE per change; a failed commit has rolled back. */
enum store_result store_begin(struct store *store);
enum store_result store_commit(struct store *store);
void store_rollback(struct store *store); /* nothing if none is open */

/* Raised by the schema's triggers with every change of something public; inside a transaction it is
 * the one that commit will leave. */
enum store_result store_generation(struct store *store, int64_t *ret);

enum store_result store_policy(struct store *store, struct policy *ret);

/* One setting, not judged here; NULL: the default again. */
enum store_result store_policy_set(struct store *store, const char *key, const char *value);

/* -- accounts (store_accounts.c) --------------------------------------------------------- */

enum store_result store_account_by_name(struct store *store, const char *username,
                                        struct account *ret);
enum store_result store_account_by_uid(struct store *store, uint32_t uid, struct account *ret);
enum store_result store_account_by_email(struct store *store, const char *email,
                                         struct account *ret);

/* Up to `size` accounts with a uid above `after`, by uid; *ret is how many, 0 at the end. */
enum store_result store_accounts_page(struct store *store, uint32_t after, struct account *page,
                                      size_t size, size_t *ret);

/* How many there are. */
enum store_result store_accounts_count(struct store *store, uint64_t *ret);

/* Which of them; NULL: any. status: active or suspended; role: admin or auditor. */
struct account_filter {
    const char *status, *role;
};
enum store_result store_accounts_select(struct store *store, const struct account_filter *filter,
                                        uint32_t after, struct account *page, size_t size,
                                        size_t *ret);

/* TAKEN when an account or tombstone has this name, uid or (account only) e-mail; OK when free. */
enum store_result store_name_is_free(struct store *store, const char *username);
enum store_result store_email_is_free(struct store *store, const char *email);
enum store_result store_uid_is_free(struct store *store, uint32_t uid);

/* An account other than uid's with this home, by its name; NOT_FOUND when there is none. */
enum store_result store_home_owner(struct store *store, const char *home, uint32_t uid,
                                   char ret[ACCOUNT_NAME_SIZE]);

/* Which deleted account had this uid, or this username; NOT_FOUND when none had. */
enum store_result store_tombstone_by_uid(struct store *store, uint32_t uid,
                                         char ret[ACCOUNT_NAME_SIZE]);
enum store_result store_tombstone_by_name(struct store *store, const char *username, uint32_t *ret);

/* An id never handed out in [min, max]: the one above all others there, else the lowest left.
 * NOT_FOUND when the range is used up. */
enum store_result store_next_uid(struct store *store, uint32_t min, uint32_t max, uint32_t *ret);

/* Changing: store_changes.c. */
enum store_result store_account_insert(struct store *store, const struct account *account);
/* Everything of the account with this uid and username. NOT_FOUND without one. */
enum store_result store_account_replace(struct store *store, const struct account *account);
enum store_result store_account_delete(struct store *store, uint32_t uid); /* leaves a tombstone */
enum store_result store_account_set_status(struct store *store, uint32_t uid,
                                           enum account_status status);
enum store_result store_account_set_roles(struct store *store, uint32_t uid, unsigned roles);

/* E-mail, full name, shell and account expiry as in `account`, found by its uid. */
enum store_result store_account_edit(struct store *store, const struct account *account);

/* An administrator's word, unconditional. until: Unix seconds, only with temporary. */
enum store_result store_account_set_password(struct store *store, uint32_t uid, const char *hash,
                                             bool temporary, int64_t until, int64_t now);

/*
 * A user's own change: LOST unless the account is still active with the very hash that was verified
 * (DESIGN D10). Clears the temporary flag.
 */
enum store_result store_account_change_password(struct store *store, uint32_t uid,
                                                const char *verified_hash, const char *new_hash,
                                                int64_t now);

/* The same password hashed anew; LOST as above. */
enum store_result store_account_renew_hash(struct store *store, uint32_t uid,
                                           const char *verified_hash, const char *new_hash);

/* The nth last former hash (0: the one before the present); NOT_FOUND when there is none. */
enum store_result store_former_hash(struct store *store, uint32_t uid, int64_t nth,
                                    char ret[ACCOUNT_HASH_SIZE]);

/* Active admins other than `uid` whose account has not expired. */
enum store_result store_count_other_admins(struct store *store, uint32_t uid, int64_t now,
                                           int64_t *ret);

/* What JSON shows beside the record; 0 and NULL give null. */
struct account_extra {
    const char *temporary_password; /* only for create and reset-password; "": there is none */
    int64_t last_login_at, locked_until;
};

/* One JSON object, written by SQLite; extra->temporary_password adds that key and `expires_at` is
 * the password's end then. *ret: sqlite memory, wiped and freed by store_text_free. */
enum store_result store_account_json(struct store *store, const struct account *account,
                                     const struct account_extra *extra, char **ret);
/* The same for a page of them: ret[0] to ret[count - 1], none of them on failure. */
enum store_result store_accounts_json(struct store *store, const struct account *accounts,
                                      const struct account_extra *extras, size_t count, char **ret);
void store_text_free(char *text);

/* One JSON object as users import reads it (store_export.c); the hash (`*`: none) and what is said of the
 * password only when wanted. */
enum store_result store_account_line(struct store *store, const struct account *account,
                                     bool with_hash, char **ret);

/* -- audit (store_audit.c) ---------------------------------------------------------------- */

/* Who does it. Strings are borrowed. login_uid: -1 when there is none (credentials(7)). */
struct audit_actor {
    int64_t login_uid;
    const char *name, *via, *origin;
};

struct audit_row {
    int64_t id, at;
    char event[33], actor[ACCOUNT_NAME_SIZE], via[65], origin[257]; /* via: a service, too */
    char username[ACCOUNT_NAME_SIZE];
    char *json;   /* the whole row as a JSON object */
    char *change; /* what differs between before and after, one line of text */
};

/* In the open transaction. before and after may be NULL (create, delete). detail: extra text put
 * into `after` under "detail", or NULL. Never a hash or a password: only the record's public
 * facts. */
enum store_result store_audit_append(struct store *store, const struct audit_actor *actor,
                                     const char *event, const struct account *before,
                                     const struct account *after, const char *detail, int64_t now);

/* The same for what is about no account: before and after are JSON objects, or NULL. */
enum store_result store_audit_append_facts(struct store *store, const struct audit_actor *actor,
                                           const char *event, const char *before, const char *after,
                                           int64_t now);

/* The same for settings: before and after are objects of those that differ, with numbers as numbers and
 * lists as texts. */
enum store_result store_audit_append_policy(struct store *store, const struct audit_actor *actor,
                                            const char *event, const struct policy *before,
                                            const struct policy *after, int64_t now);

/* Up to `size` rows with an id above `after` about `username` (NULL: all) since `since`; the rows'
 * texts are freed by store_audit_page_free. */
enum store_result store_audit_page(struct store *store, int64_t after, const char *username,
                                   int64_t since, struct audit_row *page, size_t size, size_t *ret);

/* Frees the texts of a page's rows. */
void store_audit_page_free(struct audit_row *page, size_t count);

/* The id before the newest `count` matching rows, for "the last N" (0 when there are fewer). */
enum store_result store_audit_tail(struct store *store, const char *username, int64_t since,
                                   int64_t count, int64_t *ret);

/* -- the chain of hashes over the log (store_chain.c) ------------------------------------- */

enum { AUDIT_HASH_SIZE = 65 };

/* A row and its hash: lower-case hexadecimal, all 0 for "no row", id 0. */
struct audit_link {
    int64_t id;
    char hash[AUDIT_HASH_SIZE];
};

enum store_result store_audit_newest(struct store *store, struct audit_link *ret);

struct audit_proof {
    struct audit_link link; /* the last row that is as it was and follows its predecessors */
    int64_t rows;           /* how many are */
    int64_t pruned_through; /* the chain begins after this row; 0: at the beginning */
    bool whole;
    int64_t bad;            /* when not: the first id that is changed, missing, moved or inserted */
};

/* Walk the whole log, a page at a time: nobody waits for it. */
enum store_result store_audit_verify(struct store *store, struct audit_proof *ret);

/* How many rows store_audit_prune would remove: the oldest, up to the first not before `before`. */
enum store_result store_audit_count_prunable(struct store *store, int64_t before, int64_t *ret);

/* In the open transaction: remove them, and append a row that says through which id, how many, and
 * the hash of the last one, on which the chain then hangs. NOT_FOUND: nothing is to be removed. */
enum store_result store_audit_prune(struct store *store, const struct audit_actor *actor,
                                    int64_t before, int64_t now);

#endif
