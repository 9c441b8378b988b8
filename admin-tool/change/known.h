/*
 * All that is known of one account beside its record, for who shows it.
 */
#ifndef CODER_CHANGE_KNOWN_H
#define CODER_CHANGE_KNOWN_H

#include "sql/account.h"
#include "sql/activity.h"
#include "sql/store_json.h"
#include "terminal/command.h"

struct known {
    struct account_extra extra; /* for store_account_json; its texts are of this struct */
    char *locks;
};

/* The log of attempts, for known_read and then activity_close. One may have to wait for it: not while a lock is held.
 * NULL: it cannot be used. */
struct activity_log *known_open(const struct tool *tool);

/* log: NULL: nothing is known of logins and locks. For known_free. */
void known_read(const struct tool *tool, struct activity_log *log, const struct account *account, struct known *ret);
void known_free(struct known *known);

#endif
