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
#include "host/own_name.h"
#include "sql/account.h"
#include "sql/hand_over.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "sql/ssh_key_set.h"
#include "sql/store.h"
#include "sql/store_keys.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/say.h"
#include "terminal/when.h"

enum { HOST_SIZE = 257, LOGIN_SIZE = 4 + ACCOUNT_NAME_SIZE + 1 + HOST_SIZE };

static const char *name_host(const struct tool *tool)
{
    return tool->policy.login_host[0] != '\0' ? tool->policy.login_host : own_name();
}

/* The password opens nothing once the account has ended. */
static void write_end(const struct account *account, char ret[WHEN_SIZE])
{
    bool ends_before = account->expires_at != 0 &&
                       (account->temporary_until == 0 || account->expires_at < account->temporary_until);

    if (ends_before)
        when_format_end(account->expires_at, "never", ret);
    else
        when_format(account->temporary_until, "never", ret);
}

/* snprintf's rule: what did not fit is counted, too. */
static size_t make_password_lines(const struct account *account, const char *password, char *ret,
                                  size_t size)
{
    char until[WHEN_SIZE];

    if (password == NULL)
        return (size_t)snprintf(ret, size, "%s\n", account->hash[0] != '\0'
                                                       ? "Your password is the one that you have."
                                                       : "There is no password: log in with your key.");
    write_end(account, until);
    return (size_t)snprintf(ret, size,
                            "Temporary password: %s\n"
                            "Valid until: %s\n"
                            "\n"
                            "You must change this password the first time you log in.\n",
                            password, until);
}

/* Which keys open the account, so that its user takes the right one. */
enum { KEY_LINES_SIZE = SSH_KEYS_MAX * (SSH_KEY_FINGERPRINT_SIZE + 16) };

static void add_key_line(char ret[KEY_LINES_SIZE], const char *fingerprint)
{
    size_t length = strlen(ret);

    snprintf(ret + length, KEY_LINES_SIZE - length, "Ssh key: %s\n", fingerprint);
}

/* Of an account of the store. */
static void make_key_lines(struct tool *tool, const struct account *account, char ret[KEY_LINES_SIZE])
{
    struct account_key *keys = calloc(SSH_KEYS_MAX, sizeof *keys);
    size_t count = 0;

    ret[0] = '\0';
    if (keys == NULL || store_keys_read(tool->store, account->uid, keys, SSH_KEYS_MAX, &count) != STORE_OK)
        count = 0;
    for (size_t i = 0; i < count; i++)
        add_key_line(ret, keys[i].fingerprint);
    free(keys);
}

/* nologin(8), false(1): sshd runs them in place of what was asked for. */
static bool has_login_shell(const struct account *account)
{
    const char *name = strrchr(account->shell, '/');

    return name != NULL && strcmp(name, "/nologin") != 0 && strcmp(name, "/false") != 0;
}

/* Nobody logs in: what it is, for whoever made it. */
static size_t make_service_lines(const struct account *account, char *ret, size_t size)
{
    const char *name = account->username;
    char shell[ACCOUNT_NAME_SIZE + 64] = "";

    if (!has_login_shell(account))
        snprintf(shell, sizeof shell, "admin-tool users edit %s --shell /bin/sh, and ", name);
    return (size_t)snprintf(ret, size,
                            "%s is a service account: it has no password, and its shell is %s.\n"
                            "Run a program as it with: runuser -u %s -- COMMAND, or as User=%s of a unit\n"
                            "Let a program log in as it with: %sadmin-tool keys add %s FILE\n",
                            name, account->shell, name, name, shell, name);
}

static void make_login(const struct tool *tool, const struct account *account, char ret[LOGIN_SIZE])
{
    snprintf(ret, LOGIN_SIZE, "ssh %s@%s", account->username, name_host(tool));
}

static size_t make_user_lines(const struct tool *tool, const struct account *account, char *ret, size_t size)
{
    char login[LOGIN_SIZE];

    make_login(tool, account, login);
    return (size_t)snprintf(ret, size,
                            "Log in to your account with: %s\n"
                            "\n"
                            "Username: %s\n"
                            "%s%s%s",
                            login, account->username,
                            account->email[0] != '\0' ? "Email: " : "", account->email,
                            account->email[0] != '\0' ? "\n" : "");
}

/* Policy's own text in place of the usual lines. */
static size_t make_own_lines(const struct tool *tool, const struct account *account, const char *password, char *ret,
                             size_t size)
{
    char until[WHEN_SIZE] = "-";
    const char *values[HAND_OVER_WORDS] = {
        [HAND_OVER_USERNAME] = account->username,
        [HAND_OVER_EMAIL] = account->email,
        [HAND_OVER_FULL_NAME] = account->full_name[0] != '\0' ? account->full_name : account->username,
        [HAND_OVER_HOST] = name_host(tool),
        [HAND_OVER_PASSWORD] = password != NULL ? password : "-",
        [HAND_OVER_VALID_UNTIL] = until,
    };

    if (password != NULL)
        write_end(account, until);
    return hand_over_fill(tool->policy.hand_over_text, values, ret, size);
}

static bool make_text(const struct tool *tool, const struct account *account, const char *key_lines, const char *password,
                      char ret[HANDOVER_TEXT_SIZE])
{
    const char *own = tool->policy.hand_over_text;
    bool is_service = account->service && password == NULL;
    bool says_password = !is_service && own[0] != '\0' && password != NULL && hand_over_holds(own, HAND_OVER_PASSWORD);
    size_t size = HANDOVER_TEXT_SIZE;
    size_t length = is_service       ? make_service_lines(account, ret, size)
                    : own[0] != '\0' ? make_own_lines(tool, account, password, ret, size)
                                     : make_user_lines(tool, account, ret, size);

    if (length < size)
        length += (size_t)snprintf(ret + length, size - length, "%s", key_lines);
    if (!is_service && !says_password && length < size)
        length += make_password_lines(account, password, ret + length, size - length);
    return length < size;
}

bool handover_make_text(struct tool *tool, const struct account *account, const char *password,
                        char ret[HANDOVER_TEXT_SIZE])
{
    char key_lines[KEY_LINES_SIZE];

    make_key_lines(tool, account, key_lines);
    return make_text(tool, account, key_lines, password, ret);
}

bool handover_make_new_text(const struct tool *tool, const struct account *account, const struct ssh_key_set *keys,
                            const char *password, char ret[HANDOVER_TEXT_SIZE])
{
    char key_lines[KEY_LINES_SIZE] = "";

    for (size_t i = 0; i < keys->count; i++)
        add_key_line(key_lines, keys->keys[i].fingerprint);
    return make_text(tool, account, key_lines, password, ret);
}

char *handover_make_object(struct tool *tool, const struct account *account, const char *password)
{
    char text[HANDOVER_TEXT_SIZE], login[LOGIN_SIZE], *object = NULL;

    make_login(tool, account, login);
    if (handover_make_text(tool, account, password, text))
        object = json_make_object("twtt", "temporary_password", password, "expires_at", account->temporary_until,
                                  "login", login, "hand_over", text);
    explicit_bzero(text, sizeof text);
    return object;
}

void handover_complain(struct tool *tool, const struct account *account, const char *password)
{
    if (password != NULL)
        tool_complain(tool, "the change was made, but the temporary password could not be shown; "
                      "run 'admin-tool reset-password %s' for another", account->username);
    else
        tool_refuse(GO_ON, "the change was made, but standard output could not be written");
}

/* A terminal that does not read UTF-8 may take octets of it for its controls. */
static bool write_for(const char *text)
{
    bool whole = !isatty(STDOUT_FILENO) || print_takes_utf8(), written = true;

    if (whole)
        return descriptor_write(STDOUT_FILENO, text, strlen(text));
    for (char shown[8]; written && *text != '\0'; text++) {
        snprintf(shown, sizeof shown, (unsigned char)*text < 0x80 ? "%c" : "\\x%02x", (unsigned char)*text);
        written = descriptor_write(STDOUT_FILENO, shown, strlen(shown));
    }
    return written;
}

/* For whoever reads it here, and no part of what is passed on. */
static const char *heading_of(const struct tool *tool, const struct account *account, const char *password)
{
    bool for_the_user = tool->policy.hand_over_text[0] == '\0' && !(account->service && password == NULL);

    return for_the_user ? "Please pass this on to the user:\n\n" : "";
}

void handover_print(struct tool *tool, const struct account *account, const char *password)
{
    char text[HANDOVER_TEXT_SIZE];
    bool written = fflush(stdout) == 0 && handover_make_text(tool, account, password, text) &&
                   write_for(heading_of(tool, account, password)) && write_for(text);

    explicit_bzero(text, sizeof text);
    if (!written)
        handover_complain(tool, account, password);
}
