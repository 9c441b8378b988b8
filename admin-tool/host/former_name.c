/*
 * Each thing has a noun of its own that knows how it follows; this is the list of them.
 */
#include "former_name.h"

#include <stdio.h>

#include "terminal/say.h"
#include "home_move.h"
#include "local_names.h"
#include "local_users.h"
#include "named_files.h"

/* Whether just so decided, or left by a run that was killed. */
static void follow_home(struct tool *tool, const char *old, const struct account *account)
{
    char from[ACCOUNT_PATH_SIZE], reason[HOME_REASON_SIZE];

    if (!home_move_is_due(account, old, from))
        return;
    if (home_move(from, account->uid, account->home, reason))
        printf("%s (home) is %s now.\n", from, account->home);
    else
        tool_complain(tool, "the home %s could not be moved to %s: %s; mend that, and run 'admin-tool users rename %s "
                      "%s' again", from, account->home, reason, old, account->username);
}

void former_name_follow(struct tool *tool, const char *old, const struct account *account)
{
    if (host_is_anothers(old, account->uid)) {
        tool_complain(tool, "%s is another user of this machine by now: what bears that name was left alone", old);
    } else {
        named_files_follow(tool, old, account->uid, account->username);
        local_names_follow(tool, old, account->username);
    }
    follow_home(tool, old, account);
}
