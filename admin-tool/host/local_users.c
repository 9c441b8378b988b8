/*
 * Accounts that /etc/passwd decides about, whatever we say.
 */
#include "local_users.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"

bool host_is_local(const char *username)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *entry;
    bool found = false;

    if (file == NULL)
        return false;
    while (!found && (entry = fgetpwent(file)) != NULL)
        found = strcmp(entry->pw_name, username) == 0;
    fclose(file);
    return found;
}

void host_note_local(const char *username)
{
    if (host_is_local(username))
        tool_refuse(GO_ON, "note: %s still has a line in /etc/passwd, which decides: suspending has no "
                    "effect on it until 'admin-tool users import --from-passwd --take-over %s'",
                    username, username);
}

static bool is_account(const struct tool *tool, const char *username)
{
    struct account account = { 0 };
    bool found = tool->store != NULL &&
                 store_account_by_name(tool->store, username, &account) == STORE_OK;

    explicit_bzero(account.hash, sizeof account.hash);
    return found;
}

void host_note_locals(const struct tool *tool)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *user;
    char first[ACCOUNT_NAME_SIZE] = "";
    size_t count = 0;

    while (file != NULL && (user = fgetpwent(file)) != NULL)
        if (is_account(tool, user->pw_name) && count++ == 0)
            snprintf(first, sizeof first, "%s", user->pw_name);
    if (file != NULL)
        fclose(file);
    if (count == 1)
        host_note_local(first);
    else if (count > 1)
        tool_refuse(GO_ON, "note: %s and %zu more still have lines in /etc/passwd, which decide: "
                    "suspending has no effect on them until 'admin-tool users import --from-passwd "
                    "--take-over'", first, count - 1);
}
