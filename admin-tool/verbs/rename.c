/*
 * users rename: an account gets another name, and what this machine keeps by name follows. The store comes first; should
 * we be killed then, the same command again does what is left, and `check` says so.
 */
#include "rename.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "change/change.h"
#include "host/former_name.h"
#include "host/home_move.h"
#include "host/local_lines.h"
#include "host/local_names.h"
#include "host/local_users.h"
#include "host/mentions.h"
#include "host/named_files.h"
#include "host/sessions.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_changes.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "username.h"

/* -- allowed? ----------------------------------------------------------------------------- */

static enum status check_rename(struct tool *tool, const struct change *change, const struct account *account)
{
    if (strcmp(account->username, change->new_name) == 0) {
        printf("The name is %s already.\n", account->username);
        return STATUS_DONE;
    }
    if (strcmp(account->username, tool->arguments.operand) != 0) /* it has had a third one since */
        return tool_store_status(tool, STORE_NOT_FOUND, tool->arguments.operand);
    return username_check_store(tool, change->new_name);
}

/* What lies under the new name would be the user's. */
static enum status check_left(const char *name)
{
    struct named_file files[NAMED_FILES];
    const char *path = local_names_find(name);

    if (path != NULL && errno != 0)
        return tool_refuse(STATUS_FAILED, "cannot read %s: %s; nothing was changed", path, strerror(errno));
    if (named_files_find(name, files) > 0)
        return tool_refuse(STATUS_REFUSED, "%s (%s) is there already, and would be this user's: look whose it was, "
                           "and move it away", files[0].path, files[0].what);
    if (path != NULL)
        return tool_refuse(STATUS_REFUSED, "%s names a user %s, which this user would become: take that out, or choose "
                           "another name", path, name);
    return GO_ON;
}

static enum status refuse_home(const char *why)
{
    return tool_refuse(STATUS_REFUSED, "%s; leave --move-home out, and the home stays where it is", why);
}

static enum status refuse_shared(const char *home, const char *name)
{
    char why[ACCOUNT_PATH_SIZE + ACCOUNT_NAME_SIZE + 32];

    snprintf(why, sizeof why, "%s is the home of %s", home, name);
    return refuse_home(why);
}

/* Another account, or a user of /etc/passwd, has this home. */
static enum status check_shared(struct tool *tool, const struct account *account, const char *home)
{
    char name[ACCOUNT_NAME_SIZE];
    enum store_result result = store_home_owner(tool->store, home, account->uid, name);

    if (result == STORE_OK || (result == STORE_NOT_FOUND && local_find_home(home, account->username, name)))
        return refuse_shared(home, name);
    return result == STORE_NOT_FOUND ? GO_ON : tool_store_status(tool, result, home);
}

static enum status check_home(struct tool *tool, const struct change *change, const struct account *account)
{
    char home[ACCOUNT_PATH_SIZE], reason[HOME_REASON_SIZE];
    enum status status;

    if (!tool_has(tool, OPTION_MOVE_HOME))
        return GO_ON;
    if (!home_move_target(account->home, account->username, change->new_name, home))
        return refuse_home("the home has another name than the user");
    status = check_shared(tool, account, account->home);
    if (status == GO_ON)
        status = check_shared(tool, account, home);
    if (status == GO_ON && !home_move_is_possible(account->home, account->uid, home, reason))
        status = refuse_home(reason);
    return status;
}

static enum status check_running(struct tool *tool, const struct account *account)
{
    struct running running;

    if (tool_has(tool, OPTION_END_SESSIONS))
        return GO_ON;
    if (!sessions_find(tool, account, 1, &running))
        return tool_refuse(STATUS_FAILED, "cannot find out what runs for %s; run 'admin-tool check', or use "
                           "--end-sessions", account->username);
    if (running.count == 0)
        return GO_ON;
    return tool_refuse(STATUS_REFUSED, "%s runs %zu process%s (see 'ps -fp %d'), which would keep the former name: wait "
                       "for the end, or use --end-sessions", account->username, running.count,
                       running.count == 1 ? "" : "es", (int)running.first);
}

static enum status look_rename(struct tool *tool, const struct change *change, const struct account *account)
{
    enum status status = host_refuse_local(account->username, "which decides;");

    if (status == GO_ON)
        status = username_check_host(tool, change->new_name);
    if (status == GO_ON)
        status = check_left(change->new_name);
    if (status == GO_ON)
        status = check_home(tool, change, account);
    return status == GO_ON ? check_running(tool, account) : status;
}

/* -- the change --------------------------------------------------------------------------- */

static enum store_result apply_rename(struct tool *tool, const struct change *change, const struct account *account)
{
    char home[ACCOUNT_PATH_SIZE];

    if (!tool_has(tool, OPTION_MOVE_HOME) ||
        !home_move_target(account->home, account->username, change->new_name, home))
        snprintf(home, sizeof home, "%s", account->home);
    return store_account_rename(tool->store, account->uid, change->new_name, home);
}

static void set_name(struct tool *tool, const struct change *change, const struct account *account,
                     struct fleet_request *request)
{
    (void)tool;
    (void)account;
    fleet_request_set(request, "username", change->new_name);
}

/* -- what follows ------------------------------------------------------------------------- */

static void settle_running(struct tool *tool, const struct account *account)
{
    struct running running;

    if (tool_has(tool, OPTION_END_SESSIONS))
        sessions_interrupt(tool, account, 1);
    else if (sessions_find(tool, account, 1, &running) && running.count > 0)
        tool_complain(tool, "%s began to run something meanwhile, which keeps the former name; see 'ps -fp %d'",
                      account->username, (int)running.first);
}

/* The sessions last, for one may be our own. What follows the fleet does it for its accounts, on each host. */
static void follow(struct tool *tool, const char *old, const struct account *account)
{
    if (!account->fleet)
        former_name_follow(tool, old, account);
    mentions_print_former(old, account->username, stdout);
    if (!account->fleet)
        settle_running(tool, account);
}

static void finish_rename(struct tool *tool, const struct change *change, const struct account *before,
                          const struct account *after)
{
    (void)change;
    printf("%s is %s now.\n", before->username, after->username);
    fflush(stdout); /* what follows may take seconds */
    follow(tool, before->username, after);
}

static void rename_again(struct tool *tool, const struct account *account)
{
    if (strcmp(tool->arguments.operand, account->username) != 0)
        follow(tool, tool->arguments.operand, account);
}

static void preview_rename(struct tool *tool, const struct change *change, const struct account *account, FILE *out)
{
    const char *old = account->username, *new = change->new_name;
    char home[ACCOUNT_PATH_SIZE];

    named_files_preview(old, account->uid, new, out);
    local_names_preview(old, new, out);
    if (tool_has(tool, OPTION_MOVE_HOME) && home_move_target(account->home, old, new, home) &&
        access(account->home, F_OK) == 0)
        fprintf(out, "Would move the home %s to %s.\n", account->home, home);
    mentions_print_former(old, new, out);
}

enum status users_rename(struct tool *tool)
{
    const char *name = tool->arguments.operands[1];
    char plan[ACCOUNT_NAME_SIZE + 32];
    const struct change change = {
        .event = "rename", .plan = plan, .asks = true, .new_name = name,
        .check = check_rename, .look = look_rename, .apply = apply_rename, .finish = finish_rename,
        .preview = preview_rename, .again = rename_again, .fleet_does = "rename", .fleet_sets = set_name,
    };
    enum status status = username_check_form(name);

    if (status != GO_ON)
        return status;
    snprintf(plan, sizeof plan, "give the name %s to", name);
    return change_account(tool, &change);
}
