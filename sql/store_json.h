/*
 * Accounts as JSON.
 */
#ifndef CODER_STORE_JSON_H
#define CODER_STORE_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "policy.h"
#include "store.h"

/* What JSON shows beside the record; 0 and NULL give null. */
struct account_extra {
    enum account_state state;
    const char *temporary_password; /* only for create and reset-password; "": there is none */
    int64_t last_login_at, locked_until, password_end, dormant_from;
    const char *locks; /* activity_locks_json; NULL: not known */
};

/* What record and policy say of it; the rest is 0. */
void account_extra_begin(const struct account *account, const struct policy *policy, int64_t now,
                         struct account_extra *ret);

/* The suspension that holds, of the audit log. */
struct account_suspension {
    int64_t at;
    char by[257], reason[1024]; /* cut to size; "": none was given */
};

/* NOT_FOUND: the account is not suspended, or its log has been pruned. */
enum store_result store_account_suspension(struct store *store, const struct account *account,
                                           struct account_suspension *ret);

/* One JSON object, written by SQLite; extra->temporary_password adds that key and `expires_at` is
 * the password's end then. *ret: sqlite memory, wiped and freed by store_text_free. */
enum store_result store_account_json(struct store *store, const struct account *account,
                                     const struct account_extra *extra, char **ret);

/* The same for a page of them: ret[0] to ret[count - 1], none of them on failure. */
enum store_result store_accounts_json(struct store *store, const struct account *accounts,
                                      const struct account_extra *extras, size_t count, char **ret);

#endif
