/*
 * The day of an account's last login, in the truth: by it an account falls asleep, so a lost activity.db changes
 * nothing. Written at most once a day, when the login has its answer: it is never a reason to refuse one.
 */
#ifndef CODER_LOGIN_DAY_H
#define CODER_LOGIN_DAY_H

#include <stdint.h>

struct hearing;
struct judge;

struct login_day {
    uint32_t uid; /* 0: there is nothing to write */
    int64_t day;  /* 00:00 UTC, Unix seconds */
};

/* What is to be written for a login that was let in: nothing when the truth has that day already. */
void login_day_note(const struct hearing *hearing, struct login_day *ret);

/* What fails is one line in the log, and the next login of the day tries again. */
void login_day_write(const struct judge *judge, const struct login_day *login);

#endif
