/*
 * One request while it is judged: shared by the files that implement judge.h.
 */
#ifndef CODER_HEARING_H
#define CODER_HEARING_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/account.h"
#include "sql/activity.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "judge.h"
#include "request.h"

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

#endif
