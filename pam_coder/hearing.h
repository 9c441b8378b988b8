/*
 * One request while it is judged: shared by the files that implement judge.h.
 */
#ifndef CODER_HEARING_H
#define CODER_HEARING_H

#include "activity.h"
#include "judge.h"
#include "store.h"

/* All that is known. The account is all zero unless the user is ours. */
struct hearing {
    const struct judge *judge;
    const struct request *request;
    char origin[ORIGIN_SIZE], place[ORIGIN_SIZE]; /* origin.h: what is counted, what is told */
    struct policy policy;
    struct account account;
    bool ours;
    int64_t now;
};

/* judge.c: read policy and account anew: open, ask, close. False: said in the log. */
bool hearing_read_truth(struct hearing *hearing);

/* What the account's record means for this request. */
enum verdict hearing_standing(const struct hearing *hearing);
bool hearing_may_enter(enum verdict verdict);
enum verdict hearing_stranger(const struct hearing *hearing);

/* One line to syslog unless OK; true when OK. what: the file. */
bool hearing_report(enum store_result result, const char *what);

/* verify.c: is request->password right? Sets verdict and right of *ret. Every comparison of a
 * secret is charged in here, and every refusal costs the work of a comparison. */
void hearing_verify(struct hearing *hearing, struct answer *ret);

/* change.c: the user's own change, root's word, and the same password hashed anew. */
void hearing_change(struct hearing *hearing, struct answer *ret);
void hearing_set(struct hearing *hearing, struct answer *ret);
void hearing_renew_hash(const struct hearing *hearing);

#endif
