/*
 * suspend and activate --here: this host's own word about an account of the fleet, which the fleet never takes back.
 */
#ifndef CODER_VERBS_HERE_H
#define CODER_VERBS_HERE_H

#include <stdbool.h>

#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_fleet_accounts.h"
#include "terminal/command.h"

/* The status that suspend and activate are about: of an account of the fleet and without --here its word there, else what
 * holds here. GO_ON; or said and REFUSED: activate, where this host alone has suspended it. */
enum status here_status(const struct tool *tool, const struct account *account, enum account_status *ret);

/* Is it such an account, and --here given? *ret: what is known of it. */
bool here_is_meant(const struct tool *tool, const struct account *account, struct fleet_account *ret);

/* GO_ON when there is something to do, else said: DONE when it is so already, REFUSED where the fleet alone can. */
enum status here_check(const struct account *account, const struct fleet_account *from, bool suspends);

/* The detail of the audit row: "here", and the reason where there is one. */
enum { HERE_DETAIL_SIZE = ACCOUNT_REASON_SIZE + 8 };
const char *here_detail(const struct tool *tool, char ret[HERE_DETAIL_SIZE]);

#endif
