/*
 * What the log of attempts knows of users, for whoever asks: last logins, failures, and where they are locked out.
 */
#ifndef CODER_ACTIVITY_SUMMARY_H
#define CODER_ACTIVITY_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "activity.h"
#include "policy.h"
#include "store.h"

struct activity_summary {
    int64_t locked_until;  /* the latest over all origins, 0 if none */
    int64_t failures;      /* counted at present, all origins */
    int64_t last_login_at; /* 0: never */
    char last_service[SERVICE_SIZE], last_origin[ORIGIN_SIZE];
};
enum store_result activity_summarise(struct activity_log *log, uint32_t uid,
                                     const struct policy *policy, int64_t now,
                                     struct activity_summary *ret);

/* The same for a page of accounts: ret[0] to ret[count - 1], to be used only when OK. */
enum store_result activity_summarise_page(struct activity_log *log, const struct account *page,
                                          size_t count, const struct policy *policy, int64_t now,
                                          struct activity_summary *ret);

/* Where a user is locked out: [{"origin": TEXT, "failures": N, "until": TIME}], the latest failure first. One with the
 * origin null is the lock of all origins together, but of those where the user is known. For store_text_free. */
enum store_result activity_locks_json(struct activity_log *log, uint32_t uid, const struct policy *policy, int64_t now,
                                      char **ret);

/* Who is locked out anywhere: their uids as an array of JSON, for store_text_free. */
enum store_result activity_locked_uids(struct activity_log *log, const struct policy *policy, int64_t now, char **ret);

#endif
