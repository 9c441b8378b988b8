/*
 * What is in a home runs as its user.
 */
#include "newcomer_home.h"

#include "host/home_owner.h"
#include "host/local_lines.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"

static enum status refuse_shared(const char *home, const char *name)
{
    return tool_refuse_as(KIND_TAKEN, "home", home, "%s is the home of %s: each could change what the other runs; "
                       "choose another with --home, or use --force", home, name);
}

/* An account of the store has this home. */
enum status newcomer_check_shared(struct tool *tool, const struct account *account)
{
    char name[ACCOUNT_NAME_SIZE] = "";
    enum store_result result = STORE_NOT_FOUND;

    if (tool->store != NULL && !home_is_nobodys(account->home))
        result = store_home_owner(tool->store, account->home, account->uid, name);
    if (result == STORE_OK)
        return refuse_shared(account->home, name);
    return result == STORE_NOT_FOUND ? GO_ON : tool_store_status(tool, result, account->home);
}

/* Or one of /etc/passwd. */
static enum status check_shared_here(struct tool *tool, const struct account *account)
{
    char name[ACCOUNT_NAME_SIZE] = "";
    enum status status = newcomer_check_shared(tool, account);

    if (status == GO_ON && !home_is_nobodys(account->home) &&
        local_find_home(account->home, account->username, name))
        return refuse_shared(account->home, name);
    return status;
}

enum status newcomer_check_home(struct tool *tool, const struct account *account)
{
    char reason[HOME_REASON_SIZE];
    enum home_owner owner;
    enum status status = GO_ON;

    if (tool_has(tool, OPTION_FORCE))
        return GO_ON;
    owner = home_judge(account->home, account->uid, reason);
    if (owner == HOME_ABSENT || owner == HOME_OWN)
        status = check_shared_here(tool, account);
    else
        status = tool_refuse_as(KIND_RESERVED, "home", NULL, "%s; what is in a home runs as its user: choose "
                             "another with --home, or look and use --force", reason);
    return status;
}
