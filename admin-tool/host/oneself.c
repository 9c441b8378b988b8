/*
 * Who shuts himself out cannot undo it, and seldom means it.
 */
#include "oneself.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "terminal/say.h"

bool oneself_is(const struct actor *actor, uint32_t uid, const char *username)
{
    return actor->audit.login_uid == (int64_t)uid || strcmp(actor->via, username) == 0;
}

enum status oneself_check(const struct tool *tool, const struct account *account)
{
    if (tool_has(tool, OPTION_FORCE) || !oneself_is(&tool->actor, account->uid, account->username))
        return GO_ON;
    return tool_refuse_as(KIND_YOURSELF, "username", account->username, "%s is your own account: you would lose access and your "
                          "sessions; let another Admin do it, or use --force", account->username);
}

void oneself_take_leave(const struct tool *tool, const struct account *account)
{
    static const struct timespec pause = { 0, 500000000 };

    if (!oneself_is(&tool->actor, account->uid, account->username))
        return;
    signal(SIGHUP, SIG_IGN);  /* of the terminal that goes with them; the work goes on */
    signal(SIGTERM, SIG_IGN); /* of systemd's, to all that is in the session */
    fflush(NULL);
    nanosleep(&pause, NULL);
}
