/*
 * A name asked for, of a new account or of one renamed: whether it is free, and fit for a person.
 */
#include "username.h"

#include <string.h>

#include "host/local_lines.h"
#include "host/names.h"
#include "host/reserved.h"
#include "host/trusted.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/options.h"
#include "terminal/say.h"

enum status username_check_form(const char *username)
{
    const char *fault = account_username_fault(username);
    char folded[ACCOUNT_NAME_SIZE];

    if (fault == NULL)
        return GO_ON;
    if (account_username_fold(username, folded))
        return tool_refuse_as(KIND_INVALID, "username", username,
                              "the username '%s' has capital letters, which names do not have here; "
                           "use %s", username, folded);
    return tool_refuse_as(KIND_INVALID, "username", username, "the username '%s' %s", username, fault);
}

/* Renamed, and deleted or given back since. */
static enum status refuse_late(const struct tool *tool, const char *username, const char *last)
{
    bool went = store_went_to_passwd(tool->store, last, 0) == STORE_OK;

    return tool_refuse_as(KIND_TAKEN, "username", username, "%s is the former name of %s, who %s; names are never used "
                          "again, so choose another", username, last, went ? "went to /etc/passwd" : "was deleted");
}

static enum status refuse_former(const struct tool *tool, const char *username)
{
    struct account heir = { 0 };
    char last[ACCOUNT_NAME_SIZE];
    uint32_t uid;
    enum store_result result = store_account_by_former_name(tool->store, username, &heir);

    explicit_bzero(heir.hash, sizeof heir.hash);
    if (result == STORE_OK)
        return tool_refuse_as(KIND_TAKEN, "username", username,
                              "%s is the former name of %s; names are never used again, so "
                           "choose another", username, heir.username);
    if (store_tombstone_by_name(tool->store, username, &uid) == STORE_OK &&
        store_tombstone_by_uid(tool->store, uid, last) == STORE_OK && strcmp(last, username) != 0)
        return refuse_late(tool, username, last);
    if (store_went_to_passwd(tool->store, username, 0) == STORE_OK)
        return tool_refuse_as(KIND_TAKEN, "username", username,
                              "%s went to /etc/passwd, and the name is nobody else's; if it is there, 'admin-tool "
                           "users import --from-passwd --take-over %s' brings it back", username, username);
    return tool_refuse_as(KIND_TAKEN, "username", username,
                          "%s was deleted; names are never used again, so choose another", username);
}

enum status username_check_store(const struct tool *tool, const char *username)
{
    struct account present = { 0 };
    enum store_result result = store_name_is_free(tool->store, username);

    if (result != STORE_TAKEN)
        return tool_store_status(tool, result, username);
    result = store_account_by_name(tool->store, username, &present);
    explicit_bzero(&present, sizeof present);
    if (result == STORE_NOT_FOUND)
        return refuse_former(tool, username);
    return result != STORE_OK ? tool_store_status(tool, result, username)
           : tool_refuse_as(KIND_TAKEN, "username", username,
                            "%s is taken by an account of this store; see 'admin-tool users show %s'", username,
                            username);
}

/* Where the verb has one. */
static const char *way_out(const struct tool *tool)
{
    return options_take(tool->command, OPTION_FORCE) ? ", or use --force" : "";
}

enum status username_check_host(const struct tool *tool, const char *username)
{
    const char *whose = reserved_name(username);
    char group[ACCOUNT_NAME_SIZE], path[ACCOUNT_PATH_SIZE];
    enum status status = host_name_is_free(username);

    if (status != GO_ON || tool_has(tool, OPTION_FORCE))
        return status;
    if (whose == NULL && local_find_member(username, group))
        return tool_refuse_as(KIND_RESERVED, "username", username,
                              "the local group %s lists a member %s, which the user would "
                           "become: run 'gpasswd -d %s %s'%s", group, username, username, group,
                           way_out(tool));
    if (whose == NULL && trusted_find(username, 0, path, sizeof path))
        return tool_refuse_as(KIND_RESERVED, "username", username,
                              "%s has a rule for %s, which the user would get: choose another name%s",
                           path, username, way_out(tool));
    if (whose == NULL)
        return GO_ON;
    return tool_refuse_as(KIND_RESERVED, "username", username,
                          "%s is a name with a meaning (%s): rules and files would trust "
                       "the user's private group; choose another%s", username, whose, way_out(tool));
}
