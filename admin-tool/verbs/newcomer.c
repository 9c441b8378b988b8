/*
 * What users create was told: on the command line, at the prompts, on standard input. First whether
 * all was said, then whether each value is valid; nothing is opened and nothing changed here.
 */
#include "newcomer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/defaults.h"
#include "host/shell.h"
#include "pam_coder/credential.h"
#include "sql/account.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/hidden.h"
#include "terminal/say.h"
#include "terminal/when.h"
#include "username.h"
#include "key_source.h"

/* -- usage: what was said ----------------------------------------------------------------- */

static bool prompt(const struct tool *tool, const char *question, char *ret, size_t size)
{
    fputs(question, tool_wants_json(tool) ? stderr : stdout);
    fflush(NULL);
    if (fgets(ret, (int)size, stdin) == NULL)
        return false;
    ret[strcspn(ret, "\r\n")] = '\0';
    return ret[0] != '\0';
}

static bool may_ask(const struct tool *tool)
{
    return isatty(STDIN_FILENO) && !tool_has(tool, OPTION_PASSWORD_STDIN) && !tool_has(tool, OPTION_YES);
}

/* The option's value, or the answer to a question; NULL when there is neither. */
static const char *ask_for(const struct tool *tool, enum option_id option, const char *question,
                           char *ret, size_t size)
{
    if (tool_has(tool, option))
        return tool->arguments.value[option];
    return may_ask(tool) && prompt(tool, question, ret, size) ? ret : NULL;
}

/* The first line of standard input; on a terminal it is asked for. */
static enum status read_password(const struct account *account, char ret[CREDENTIAL_SIZE])
{
    char question[ACCOUNT_NAME_SIZE + 64];
    ssize_t length;

    snprintf(question, sizeof question, "Temporary password for %s (it is not shown): ", account->username);
    length = hidden_read(question, answer_is_json() ? stderr : stdout, ret, CREDENTIAL_SIZE);
    if (length < 0)
        return tool_refuse(STATUS_USAGE, "--password-stdin: standard input: %s", strerror(errno));
    if (length == CREDENTIAL_SIZE)
        return tool_refuse_as(KIND_INVALID, "password", NULL, "the password is longer than %d octets",
                           CREDENTIAL_SIZE - 1);
    ret[length] = '\0';
    if (strlen(ret) < (size_t)length)
        return tool_refuse_as(KIND_INVALID, "password", NULL, "the password has a NUL in it");
    if (length == 0 || account_text_fault(ret) != NULL)
        return tool_refuse_as(KIND_INVALID, "password", NULL, "the password %s",
                           length == 0 ? "is empty" : account_text_fault(ret));
    return GO_ON;
}

static enum status copy_valid(const char *field, const char *what, const char *value, const char *fault, char *ret,
                              size_t size)
{
    size_t length = strlen(value);

    if (fault == NULL && length >= size)
        fault = "is too long";
    if (fault != NULL)
        return tool_refuse_as(KIND_INVALID, field, value, "the %s '%s' %s", what, value, fault);
    memcpy(ret, value, length + 1);
    return GO_ON;
}

static enum status take_number(const struct tool *tool, struct account *ret)
{
    const char *text = tool->arguments.value[OPTION_UID];

    if (text == NULL)
        return GO_ON;
    if (text[0] == '\0' || strlen(text) > 18 || text[strspn(text, "0123456789")] != '\0')
        return tool_refuse_as(KIND_USAGE, "uid", text, "--uid takes a number, not '%s'", text);
    if (account_uid_fault(strtoull(text, NULL, 10)) != NULL)
        return tool_refuse_as(KIND_RESERVED, "uid", text, "the uid %s %s", text,
                           account_uid_fault(strtoull(text, NULL, 10)));
    ret->uid = ret->gid = (uint32_t)strtoul(text, NULL, 10);
    return GO_ON;
}

enum status newcomer_take_expiry(const struct tool *tool, struct account *ret)
{
    const char *text = tool->arguments.value[OPTION_EXPIRES];

    if (text == NULL)
        return GO_ON;
    if (strcmp(text, "never") == 0) {
        ret->expires_at = 0;
        return GO_ON;
    }
    if (!when_parse_end(text, tool->now, &ret->expires_at))
        return tool_refuse_as(KIND_USAGE, "expires", text,
                              "--expires takes the last day, 2027-06-30, today or +90d, or "
                           "\"2027-06-30 18:00\", or never, not '%s'", text);
    if (ret->expires_at <= tool->now)
        return tool_refuse_as(KIND_INVALID, "expires", text, "--expires %s lies in the past", text);
    return GO_ON;
}

enum status newcomer_take_days(const struct tool *tool, struct account *ret)
{
    const char *text = tool->arguments.value[OPTION_PASSWORD_MAX_DAYS];

    if (tool_has(tool, OPTION_NEVER_DORMANT) && tool_has(tool, OPTION_MAY_BE_DORMANT))
        return tool_refuse(STATUS_USAGE, "--never-dormant and --may-be-dormant exclude each other");
    ret->never_dormant = tool_has(tool, OPTION_NEVER_DORMANT);
    if (text == NULL || account_days_parse(text, &ret->password_max_days))
        return GO_ON;
    return tool_refuse_as(KIND_USAGE, "password_max_days", text,
                          "--password-max-days takes a number of days up to 99998, never, or default "
                       "(as policy says), not '%s'", text);
}

/* -- validity ----------------------------------------------------------------------------- */

enum status newcomer_take_full_name(const struct tool *tool, struct account *ret)
{
    const char *full_name = tool->arguments.value[OPTION_FULL_NAME];

    if (full_name == NULL)
        return GO_ON;
    return copy_valid("full_name", "full name", full_name, account_full_name_fault(full_name), ret->full_name,
                      sizeof ret->full_name);
}

enum status newcomer_take_email(const char *email, struct account *ret)
{
    return copy_valid("email", "e-mail", email, account_email_fault(email), ret->email, sizeof ret->email);
}

enum status newcomer_email_status(const struct tool *tool, enum store_result result, const char *email)
{
    if (result == STORE_TAKEN)
        return tool_refuse_as(KIND_TAKEN, "email", email,
                              "%s is another account's e-mail address; choose another", email);
    return tool_store_status(tool, result, email);
}

/* Behind the command or with -u, or asked for; NULL: neither. */
static const char *find_username(const struct tool *tool, char *typed, size_t size)
{
    const char *operand = tool->arguments.operand;

    return operand != NULL ? operand : ask_for(tool, OPTION_USERNAME, "Username: ", typed, size);
}

/* A service account needs none: "". */
static const char *find_email(const struct tool *tool, char *typed, size_t size)
{
    if (tool_has(tool, OPTION_SERVICE_ACCOUNT) && !tool_has(tool, OPTION_EMAIL))
        return "";
    return ask_for(tool, OPTION_EMAIL, "Email: ", typed, size);
}

static enum status refuse_missing(bool username, bool email)
{
    return tool_refuse_as(KIND_MISSING, username ? "username" : "email", NULL, "missing:%s%s",
                          username ? " -u NAME" : "", email ? " -e EMAIL" : "");
}

/* Neither given nor to be asked for. */
static bool is_missing_email(const struct tool *tool)
{
    return !tool_has(tool, OPTION_SERVICE_ACCOUNT) && !tool_has(tool, OPTION_EMAIL) && !newcomer_asks_email(tool);
}

static enum status take_username(const struct tool *tool, struct account *ret)
{
    char typed[256];
    const char *username = find_username(tool, typed, sizeof typed);
    enum status status;

    if (username == NULL || is_missing_email(tool))
        return refuse_missing(username == NULL, is_missing_email(tool));
    status = username_check_form(username);
    if (status == GO_ON)
        snprintf(ret->username, sizeof ret->username, "%.32s", username);
    return status;
}

bool newcomer_asks_email(const struct tool *tool)
{
    return !tool_has(tool, OPTION_SERVICE_ACCOUNT) && !tool_has(tool, OPTION_EMAIL) && may_ask(tool);
}

static enum status take_email(const struct tool *tool, struct account *ret)
{
    char typed[512];
    const char *email = find_email(tool, typed, sizeof typed);

    if (email == NULL)
        return refuse_missing(false, true);
    return email[0] != '\0' || tool_has(tool, OPTION_EMAIL) ? newcomer_take_email(email, ret) : GO_ON;
}

static enum status take_home(const struct tool *tool, struct account *ret)
{
    const char *home = tool->arguments.value[OPTION_HOME];

    if (home == NULL)
        return GO_ON;
    return copy_valid("home", "home", home, account_home_fault(home), ret->home, sizeof ret->home);
}

enum status newcomer_take_shell(const struct tool *tool, struct account *ret)
{
    const char *shell = tool->arguments.value[OPTION_SHELL];

    if (shell == NULL)
        return GO_ON;
    return copy_valid("shell", "shell", shell, host_shell_fault(shell), ret->shell, sizeof ret->shell);
}

static enum status take_roles(const struct tool *tool, struct account *ret)
{
    const char *text = tool->arguments.value[OPTION_ROLES];

    ret->roles = ROLE_MEMBER;
    if (text == NULL || roles_parse(text, &ret->roles))
        return GO_ON;
    return tool_refuse_as(KIND_INVALID, "roles", text, "unknown role in '%s'; roles are admin, auditor, member",
                       text);
}

/* Standard input is not among the sources here: it may be the password's, or answers. */
static enum status take_keys(const struct tool *tool, struct ssh_key_set *ret)
{
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < tool->arguments.repeated_count; i++) {
        const char *word = tool->arguments.repeated[i];

        status = strcmp(word, "-") != 0 ? key_source_read(tool, word, ret)
                                        : tool_refuse(STATUS_USAGE, "--ssh-key takes a FILE or a KEY, not '-'; see "
                                                      "'admin-tool keys add'");
    }
    return status;
}

enum status newcomer_complete(const struct tool *tool, struct account *ret)
{
    char shell[ACCOUNT_PATH_SIZE];

    defaults_fill(&tool->policy, ret);
    memcpy(shell, ret->shell, sizeof shell);
    return copy_valid("shell", "shell", shell, host_shell_fault(shell), ret->shell, sizeof ret->shell);
}

enum status newcomer_read_name(struct tool *tool, struct newcomer *ret)
{
    if (tool_has(tool, OPTION_PASSWORD_STDIN) &&
        (tool_has(tool, OPTION_NO_PASSWORD) || tool_has(tool, OPTION_SERVICE_ACCOUNT)))
        return tool_refuse(STATUS_USAGE, "--password-stdin and %s exclude each other",
                           tool_has(tool, OPTION_NO_PASSWORD) ? "--no-password" : "--service-account");
    if (tool->arguments.operand != NULL && tool_has(tool, OPTION_USERNAME))
        return tool_refuse(STATUS_USAGE, "two names: %s, and --username %s", tool->arguments.operand,
                           tool->arguments.value[OPTION_USERNAME]);
    ret->account.service = tool_has(tool, OPTION_SERVICE_ACCOUNT);
    return take_username(tool, &ret->account);
}

enum status newcomer_read(struct tool *tool, struct newcomer *ret)
{
    enum status status;

    if ((status = take_email(tool, &ret->account)) != GO_ON ||
        (status = newcomer_take_full_name(tool, &ret->account)) != GO_ON ||
        (status = take_number(tool, &ret->account)) != GO_ON ||
        (status = newcomer_take_expiry(tool, &ret->account)) != GO_ON ||
        (status = newcomer_take_days(tool, &ret->account)) != GO_ON ||
        (status = take_roles(tool, &ret->account)) != GO_ON ||
        (status = take_home(tool, &ret->account)) != GO_ON ||
        (status = newcomer_take_shell(tool, &ret->account)) != GO_ON ||
        (status = take_keys(tool, &ret->keys)) != GO_ON)
        return status;
    return tool_has(tool, OPTION_PASSWORD_STDIN) ? read_password(&ret->account, ret->password) : GO_ON;
}

/* -- the password ------------------------------------------------------------------------- */

enum status newcomer_make_password(struct tool *tool, struct newcomer *newcomer)
{
    struct account *account = &newcomer->account;
    bool given = newcomer->password[0] != '\0';

    if (tool_has(tool, OPTION_NO_PASSWORD) || account->service)
        return GO_ON;
    if (!given && !credential_generate(newcomer->password))
        return tool_refuse(STATUS_FAILED, "no password could be made; nothing was created");
    if (given &&
        credential_weakness(newcomer->password, account, &tool->policy) != CREDENTIAL_FINE)
        tool_refuse(GO_ON, "note: this password is shorter than %lld characters, too common or like the name; "
                    "the user's own must be better", (long long)tool->policy.password_min_length);
    if (!credential_hash(newcomer->password, account->hash))
        return tool_refuse(STATUS_FAILED, "the password could not be hashed; nothing was created");
    account->temporary = true;
    account->temporary_until = tool->now + tool->policy.temporary_hours * 3600;
    account->password_changed_at = tool->now;
    return GO_ON;
}

void newcomer_note_no_way(const struct newcomer *newcomer)
{
    if (!newcomer->account.service && newcomer->password[0] == '\0' && newcomer->keys.count == 0)
        tool_refuse(GO_ON, "note: %s has neither a password nor a key yet; give a key by 'admin-tool keys add'",
                    newcomer->account.username);
}
