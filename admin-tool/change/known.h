/*
 * All that is known of one account beside its record, for who shows it.
 */
#ifndef CODER_CHANGE_KNOWN_H
#define CODER_CHANGE_KNOWN_H

#include "sql/account.h"
#include "sql/store_json.h"
#include "terminal/command.h"

struct known {
    struct account_extra extra; /* for store_account_json; its texts are of this struct */
    char *locks;
};

/* The log of attempts is asked, too, which may wait for it: not while a lock is held. Without one nothing is known of
 * logins and locks. For known_free. */
void known_read(const struct tool *tool, const struct account *account, struct known *ret);
void known_free(struct known *known);

#endif
