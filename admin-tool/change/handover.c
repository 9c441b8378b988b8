/*
 * What is passed on to the user: how to log in, and the temporary password, which is shown here
 * once and nowhere else. It goes through a buffer of our own, never through stdio's.
 */
#include "handover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/descriptor.h"
#include "sql/account.h"
#include "sql/memory.h"
#include "sql/ssh_key_set.h"
#include "sql/store.h"
#include "sql/store_json.h"
#include "sql/store_keys.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/say.h"
#include "terminal/when.h"

static bool write_json(struct tool *tool, const struct account *account, const char *password)
{
    struct account_extra extra;
    char *text = NULL;
    bool written;

    account_extra_begin(account, &tool->policy, tool->now, &extra);
    extra.temporary_password = password != NULL ? password : "";
    written = answer_write("") && store_account_json(tool->store, account, &extra, &text) == STORE_OK &&
              descriptor_write(STDOUT_FILENO, text, strlen(text)) &&
              descriptor_write(STDOUT_FILENO, "\n", 1);
    store_text_free(text);
    return written;
}

static void name_host(char *ret, size_t size)
{
    if (gethostname(ret, size) != 0 || memchr(ret, '\0', size) == NULL || !print_is_plain(ret))
        snprintf(ret, size, "this-host");
}

/* snprintf's rule: what did not fit is counted, too. */
static size_t make_password_lines(const struct account *account, const char *password, char *ret,
                                  size_t size)
{
    char until[WHEN_SIZE];

    if (password == NULL)
        return (size_t)snprintf(ret, size, "There is no password: log in with your key.\n");
    when_format(account->temporary_until, "never", until);
    return (size_t)snprintf(ret, size,
                            "Temporary password: %s\n"
                            "Valid until: %s\n"
                            "\n"
                            "You must change this password the first time you log in.\n",
                            password, until);
}

/* Which keys open the account, so that its user takes the right one. */
static size_t make_key_lines(struct tool *tool, const struct account *account, char *ret, size_t size)
{
    struct account_key *keys = calloc(SSH_KEYS_MAX, sizeof *keys);
    size_t count = 0, length = 0;

    if (keys == NULL || store_keys_read(tool->store, account->uid, keys, SSH_KEYS_MAX, &count) != STORE_OK)
        count = 0;
    for (size_t i = 0; i < count && length < size; i++)
        length += (size_t)snprintf(ret + length, size - length, "Ssh key: %s\n", keys[i].fingerprint);
    free(keys);
    return length;
}

/* Nobody logs in: what it is, for whoever made it. */
static size_t make_service_lines(const struct account *account, char *ret, size_t size)
{
    return (size_t)snprintf(ret, size,
                            "%s is a service account: it has no password, and its shell is %s.\n"
                            "Run a program as it with: runuser -u %s -- COMMAND, or as User=%s of a unit\n"
                            "Let a program log in as it with: admin-tool keys add %s FILE\n",
                            account->username, account->shell, account->username, account->username,
                            account->username);
}

static size_t make_user_lines(const struct account *account, char *ret, size_t size)
{
    char host[256];

    name_host(host, sizeof host);
    return (size_t)snprintf(ret, size,
                            "Please pass this on to the user:\n"
                            "\n"
                            "Log in to your account with: ssh %s@%s\n"
                            "\n"
                            "Username: %s\n"
                            "%s%s%s",
                            account->username, host, account->username,
                            account->email[0] != '\0' ? "Email: " : "", account->email,
                            account->email[0] != '\0' ? "\n" : "");
}

static bool write_text(struct tool *tool, const struct account *account, const char *password)
{
    bool is_service = account->service && password == NULL, written;
    char text[8192];
    size_t length = is_service ? make_service_lines(account, text, sizeof text)
                               : make_user_lines(account, text, sizeof text);

    if (length < sizeof text)
        length += make_key_lines(tool, account, text + length, sizeof text - length);
    if (!is_service && length < sizeof text)
        length += make_password_lines(account, password, text + length, sizeof text - length);
    written = length < sizeof text && descriptor_write(STDOUT_FILENO, text, length);
    explicit_bzero(text, sizeof text);
    return written;
}

void handover_print(struct tool *tool, const struct account *account, const char *password)
{
    bool written = fflush(stdout) == 0 && (tool_wants_json(tool)
                                               ? write_json(tool, account, password)
                                               : write_text(tool, account, password));

    if (!written && password != NULL)
        tool_complain(tool, "the change was made, but the temporary password could not be shown; "
                      "run 'admin-tool reset-password %s' for another", account->username);
    else if (!written)
        tool_refuse(GO_ON, "the change was made, but standard output could not be written");
}
