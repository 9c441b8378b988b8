/*
 * What runs for some users: ended, or counted.
 */
#ifndef CODER_HOST_SESSIONS_H
#define CODER_HOST_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "sql/account.h"
#include "terminal/command.h"

/* One user's. */
struct running {
    size_t count;
    pid_t first; /* 0: none */
};

/*
 * End whatever runs for these users (DESIGN D11), in one sweep for all of them: at most 10 s and what systemd takes. What
 * is left is complained about, for each who is meant. What is several users' counts for the first.
 */
void sessions_end(struct tool *tool, const struct account *accounts, size_t count);

/* The same, after which whoever lingers does so again, with what was started since under the name he has now. */
void sessions_interrupt(struct tool *tool, const struct account *accounts, size_t count);

/* What sessions_end would end now, by one look: ret[i] is that of accounts[i]. False, and nothing written, when that
 * cannot be found out. */
bool sessions_find(const struct tool *tool, const struct account *accounts, size_t count, struct running *ret);

#endif
