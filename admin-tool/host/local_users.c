/*
 * Accounts that /etc/passwd decides about, whatever we say.
 */
#include "local_users.h"

#include <pwd.h>
#include <shadow.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "home_owner.h"
#include "local_lines.h"

bool host_find_local(const char *username, uint32_t *ret_uid)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *entry;
    bool found = false;

    if (file == NULL)
        return false;
    while (!found && (entry = fgetpwent(file)) != NULL)
        if (strcmp(entry->pw_name, username) == 0) {
            *ret_uid = entry->pw_uid;
            found = true;
        }
    fclose(file);
    return found;
}

bool host_is_local(const char *username)
{
    uint32_t uid;

    return host_find_local(username, &uid);
}

bool host_is_anothers(const char *username, uint32_t uid)
{
    const struct passwd *user = getpwnam(username);

    return host_is_local(username) || (user != NULL && user->pw_uid != uid);
}

void host_note_local(const char *username)
{
    if (host_is_local(username))
        tool_refuse(GO_ON, "note: %s still has a line in /etc/passwd, which decides: suspending has no "
                    "effect on it until 'admin-tool users import --from-passwd --take-over %s'",
                    username, username);
}

/* An array of JSON of those names that an account of ours could have, for free(3); NULL: there are none, or no memory. */
static char *read_names(FILE *file)
{
    char *line = NULL, *names = NULL;
    size_t room = 0, size = 0, count = 0;
    FILE *out = open_memstream(&names, &size);

    while (out != NULL && getline(&line, &room, file) > 0) {
        line[strcspn(line, ":\n")] = '\0';
        if (account_username_fault(line) == NULL) /* so nothing in it needs an escape */
            fprintf(out, "%s\"%s\"", count++ == 0 ? "[" : ",", line);
    }
    free(line);
    if (out != NULL && count > 0)
        fputc(']', out);
    if (out == NULL || (fclose(out) == 0 && count > 0))
        return names;
    free(names);
    return NULL;
}

static uint64_t count_ours(const struct tool *tool, char ret_first[ACCOUNT_NAME_SIZE])
{
    FILE *file = fopen("/etc/passwd", "re");
    char *names = file != NULL ? read_names(file) : NULL;
    uint64_t count = 0;

    if (file != NULL)
        fclose(file);
    if (names != NULL && store_names_count(tool->store, names, &count, ret_first) != STORE_OK)
        count = 0;
    free(names);
    return count;
}

void host_note_locals(const struct tool *tool)
{
    char first[ACCOUNT_NAME_SIZE] = "";
    uint64_t count = tool->store != NULL ? count_ours(tool, first) : 0;

    if (count == 1)
        host_note_local(first);
    else if (count > 1)
        tool_refuse(GO_ON, "note: %s and %llu more still have lines in /etc/passwd, which decide: "
                    "suspending has no effect on them until 'admin-tool users import --from-passwd "
                    "--take-over'", first, (unsigned long long)(count - 1));
}

enum status host_refuse_local(const char *username, const char *why)
{
    if (!host_is_local(username))
        return GO_ON;
    return tool_refuse(STATUS_REFUSED, "%s is still a user of /etc/passwd, %s take the account over first: "
                       "'admin-tool users import --from-passwd --take-over %s'", username, why, username);
}

enum status host_refuse_local_home(const struct account *account)
{
    char name[ACCOUNT_NAME_SIZE];

    if (!home_is_nobodys(account->home) && local_find_home(account->home, account->username, name))
        return tool_refuse(STATUS_REFUSED, "%s is the home of %s, a user of /etc/passwd; leave --remove-home "
                           "out", account->home, name);
    return host_refuse_local(account->username, "and the home is theirs; leave --remove-home out, or");
}

/* shadow(5): days since 1970; empty, which is -1, is never. */
static bool has_expired(const char *username, int64_t now)
{
    FILE *file = fopen("/etc/shadow", "re");
    const struct spwd *line;
    bool expired = false;

    while (file != NULL && (line = fgetspent(file)) != NULL) {
        if (strcmp(line->sp_namp, username) == 0)
            expired = line->sp_expire >= 0 && line->sp_expire < now / 86400;
        explicit_bzero(line->sp_pwdp, strlen(line->sp_pwdp));
    }
    if (file != NULL)
        fclose(file);
    return expired;
}

void host_complain_local(struct tool *tool, const char *username)
{
    if (host_is_local(username) && !has_expired(username, tool->now))
        tool_complain(tool, "%s can still log in as a user of /etc/passwd; lock that with 'usermod -L -e 1 %s', or "
                      "take the account over: 'admin-tool users import --from-passwd --take-over %s'", username,
                      username, username);
}
