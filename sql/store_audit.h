/*
 * The audit log: rows appended and read.
 */
#ifndef CODER_STORE_AUDIT_H
#define CODER_STORE_AUDIT_H

#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "policy.h"
#include "store.h"

/* Who does it. Strings are borrowed. login_uid: -1 when there is none (credentials(7)). */
struct audit_actor {
    int64_t login_uid;
    const char *name, *via, *origin;
};

struct audit_row {
    int64_t id, at;
    char event[33], actor[257], via[65], origin[257]; /* actor: of the fleet, a DN */ /* via: a service, too */
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

/* Which rows: those that have each text that is not NULL, since <= at < until, and id < before. What was only claimed
 * ("NAME (claimed)") counts, too. */
struct audit_filter {
    const char *username, *event;
    const char *actor; /* who did it, or of whom root's rights were got (via) */
    const char *origin;
    int64_t since, until, before;
};
#define AUDIT_ALL { .until = INT64_MAX, .before = INT64_MAX }

/* Up to `size` of these rows with an id above `after`; their texts are freed by store_audit_page_free. */
enum store_result store_audit_page(struct store *store, int64_t after, const struct audit_filter *filter,
                                   struct audit_row *page, size_t size, size_t *ret);

/* Frees the texts of a page's rows. */
void store_audit_page_free(struct audit_row *page, size_t count);

/* The id before the newest `count` of these rows, for "the last N" (0 when there are fewer). */
enum store_result store_audit_tail(struct store *store, const struct audit_filter *filter, int64_t count,
                                   int64_t *ret);

/* OK when an account has or had this name, or a row is about it; else NOT_FOUND. */
enum store_result store_audit_knows(struct store *store, const char *username);

#endif
