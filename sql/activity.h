/*
 * Attempts and last logins, apart from the truth (DESIGN D7): private/activity.db, synchronous=OFF,
 * expendable and recreated when damaged; on a full or read-only disk its stand-in below /run.
 * Charge first: an attempt is counted before anything is compared, and settled afterwards.
 */
#ifndef CODER_ACTIVITY_H
#define CODER_ACTIVITY_H

#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "policy.h"
#include "store.h"

enum { ORIGIN_SIZE = 129, SERVICE_SIZE = 65 };

/* Names nobody has are charged like users, under a uid from here up: 65536 of them, told apart by a
 * 16-bit hash of the name, so that the name itself need not be known or stored. */
#define ACTIVITY_NOBODY UINT32_C(0xf0000000)

struct activity_log;

/*
 * Charge one attempt. OK: *ret_charge is to be settled. REFUSED: locked out, nothing charged, *ret
 * says why. WAIT: as many attempts as may still fail are under way at this origin; ask again soon.
 * *ret is the state before this attempt.
 */
enum store_result activity_charge(struct activity_log *log, uint32_t uid, const char *origin,
                                  const struct policy *policy, int64_t now, struct activity *ret,
                                  int64_t *ret_charge);

enum activity_outcome {
    ATTEMPT_FAILED,    /* stays counted */
    ATTEMPT_SUCCEEDED, /* clears this origin and makes it a known one */
    ATTEMPT_NEUTRAL    /* right password, refused for another reason: neither */
};

/* Settle a charge exactly once. A charge never settled becomes a failure after 30 s. */
enum store_result activity_settle(struct activity_log *log, int64_t charge, uint32_t uid,
                                  const char *origin, enum activity_outcome outcome, int64_t now);

/* What a user is told when a session begins. Texts: origins, "" if there is none. */
struct activity_notice {
    int64_t last_login_at; /* 0: never */
    int64_t failures;      /* since then, whatever became of the lock */
    int64_t last_failure_at;
    char last_origin[ORIGIN_SIZE], failure_origin[ORIGIN_SIZE];
};

/* Record a login; *ret is what there was to tell, which is told only once. */
enum store_result activity_record_login(struct activity_log *log, uint32_t uid,
                                        const char *service, const char *origin, int64_t now,
                                        struct activity_notice *ret);

/* Forget every failure and attempt under way of this user. */
enum store_result activity_unlock(struct activity_log *log, uint32_t uid);

#endif
