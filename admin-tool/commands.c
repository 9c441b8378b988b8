/*
 * The table of commands: a verb is a row here, and a file of its own.
 */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "check/doctor.h"
#include "import/export.h"
#include "import/import.h"
#include "terminal/command.h"
#include "verbs/audit.h"
#include "verbs/audit_keep.h"
#include "verbs/backup.h"
#include "verbs/create.h"
#include "verbs/delete.h"
#include "verbs/edit.h"
#include "verbs/keys.h"
#include "verbs/listing.h"
#include "verbs/make_homes.h"
#include "verbs/policy.h"
#include "verbs/publish.h"
#include "verbs/rename.h"
#include "verbs/require_change.h"
#include "verbs/reset_password.h"
#include "verbs/restore.h"
#include "verbs/show.h"
#include "verbs/users.h"

/* What a command takes besides what all take. */
#define OPTIONS(...) (const uint8_t[]){ OPTION_HELP, OPTION_VERSION, __VA_ARGS__, OPTION_ID_COUNT }

#define CHANGING OPTION_DRY_RUN
#define CHANGING_ACCOUNTS CHANGING, OPTION_TEXT_OUTPUT
#define CREATE_OPTIONS                                                                                                \
    CHANGING, OPTION_USERNAME, OPTION_EMAIL, OPTION_FULL_NAME, OPTION_ROLES, OPTION_UID, OPTION_SHELL, OPTION_HOME,    \
        OPTION_EXPIRES, OPTION_NO_CREATE_HOME, OPTION_PASSWORD_STDIN, OPTION_NO_PASSWORD, OPTION_SERVICE_ACCOUNT,       \
        OPTION_SSH_KEY, OPTION_PASSWORD_MAX_DAYS, OPTION_NEVER_DORMANT, OPTION_NO_SUBIDS, OPTION_FORCE,                 \
        OPTION_TEXT_OUTPUT
#define SHOW_OPTIONS OPTION_COLUMNS, OPTION_TABLE_OUTPUT
#define LIST_OPTIONS SHOW_OPTIONS, OPTION_STATUS, OPTION_ROLE, OPTION_INACTIVE
#define IMPORT_OPTIONS                                                                                                \
    CHANGING, OPTION_FROM_PASSWD, OPTION_TAKE_OVER, OPTION_SKIP_BAD, OPTION_PASSWORDS_TO, OPTION_NO_CREATE_HOME,        \
        OPTION_NO_SUBIDS, OPTION_STRICT, OPTION_SKIP_EXISTING, OPTION_UPDATE, OPTION_YES, OPTION_FORCE

static const struct command commands[] = {
    { "users", "create", "[LOGIN]", COMMAND_CHANGES, OPTIONS(CREATE_OPTIONS), users_create,
      "Create an account and print the text to pass on to its user" },
    { "users", "list", NULL, 0, OPTIONS(LIST_OPTIONS), users_list, "List the accounts" },
    { "users", "ls", NULL, 0, OPTIONS(LIST_OPTIONS), users_list, "The same as list" },
    { "users", "show", "NAME|UID|EMAIL", 0, OPTIONS(SHOW_OPTIONS), users_show, "Show one account" },
    { "users", "suspend", "NAME...", COMMAND_CHANGES,
      OPTIONS(CHANGING_ACCOUNTS, OPTION_YES, OPTION_REASON, OPTION_KEEP_SESSIONS, OPTION_REMOVE_SETID, OPTION_FORCE),
      users_suspend, "Take all access away, and end what the user runs" },
    { "users", "activate", "NAME...", COMMAND_CHANGES, OPTIONS(CHANGING_ACCOUNTS, OPTION_YES), users_activate,
      "Give a suspended or dormant user access again" },
    { "users", "edit-roles", "NAME...", COMMAND_CHANGES,
      OPTIONS(CHANGING_ACCOUNTS, OPTION_ROLES, OPTION_YES, OPTION_KEEP_SESSIONS, OPTION_REMOVE_SETID, OPTION_FORCE),
      users_edit_roles, "Replace the set of roles" },
    { "users", "edit", "NAME", COMMAND_CHANGES,
      OPTIONS(CHANGING_ACCOUNTS, OPTION_EMAIL, OPTION_FULL_NAME, OPTION_SHELL, OPTION_EXPIRES, OPTION_NO_PASSWORD,
              OPTION_PASSWORD_MAX_DAYS, OPTION_NEVER_DORMANT, OPTION_MAY_BE_DORMANT),
      users_edit, "Change e-mail, full name, shell or some last day, or take the password away" },
    { "users", "rename", "OLD NEW", COMMAND_CHANGES,
      OPTIONS(CHANGING_ACCOUNTS, OPTION_MOVE_HOME, OPTION_END_SESSIONS, OPTION_YES), users_rename,
      "Give an account another name; its id, password, roles and files stay" },
    { "users", "delete", "NAME...", COMMAND_CHANGES,
      OPTIONS(CHANGING_ACCOUNTS, OPTION_YES, OPTION_REMOVE_HOME, OPTION_KEEP_GROUPS, OPTION_REMOVE_SETID, OPTION_FORCE),
      users_delete,
      "Delete an account; its name and id are never given out again" },
    { "users", "unlock", "NAME...", COMMAND_CHANGES, OPTIONS(CHANGING_ACCOUNTS), users_unlock,
      "Forget the failed logins that lock a user out" },
    { "users", "require-change", "[NAME...]", COMMAND_CHANGES, OPTIONS(CHANGING_ACCOUNTS, OPTION_ALL, OPTION_YES),
      users_require_change, "Have the password changed at the next login, for which it is still good" },
    { "users", "import", "[FILE|NAME...]", COMMAND_CHANGES, OPTIONS(IMPORT_OPTIONS), users_import,
      "Create accounts from CSV, JSON lines or this machine's /etc/passwd" },
    { "users", "export", "[NAME...]", 0,
      OPTIONS(CHANGING, OPTION_FORMAT, OPTION_WITH_HASHES, OPTION_TO_PASSWD, OPTION_ALL, OPTION_YES),
      users_export, "Write all accounts as users import reads them; or move some to /etc/passwd" },
    { "users", "make-homes", "[NAME...]", 0, OPTIONS(CHANGING), users_make_homes,
      "Make the home directories that are missing, of these users or of all active ones" },
    { "keys", "list", "NAME", 0, OPTIONS(OPTION_TEXT_OUTPUT), keys_list,
      "List the ssh keys of an account" },
    { "keys", "add", "NAME [FILE|-|KEY]", COMMAND_CHANGES, OPTIONS(CHANGING_ACCOUNTS), keys_add,
      "Add ssh keys to an account: a KEY in quotes, a FILE of them, - for standard input" },
    { "keys", "remove", "NAME... FINGERPRINT|COMMENT", COMMAND_CHANGES, OPTIONS(CHANGING_ACCOUNTS), keys_remove,
      "Take an ssh key from an account" },
    { NULL, "reset-password", "NAME...", COMMAND_CHANGES,
      OPTIONS(CHANGING, OPTION_YES, OPTION_END_SESSIONS, OPTION_TEXT_OUTPUT),
      reset_password, "Give a new temporary password, to be changed at the next login" },
    { "audit", "", NULL, COMMAND_READS_LOG,
      OPTIONS(OPTION_USER, OPTION_EVENT, OPTION_ACTOR, OPTION_ORIGIN, OPTION_SINCE, OPTION_UNTIL, OPTION_BEFORE_ID,
              OPTION_COUNT, OPTION_FOLLOW, OPTION_VERIFY, OPTION_LOG_OUTPUT),
      audit_show, "Show who changed what, oldest first" },
    { "audit", "prune", NULL, COMMAND_CHANGES,
      OPTIONS(CHANGING, OPTION_BEFORE, OPTION_YES), audit_prune,
      "Remove old rows of the audit log, and say so in it" },
    { NULL, "backup", "FILE", 0, OPTIONS(OPTION_DRY_RUN), backup_make,
      "Copy the store into a new file, complete or not at all" },
    { NULL, "restore", "FILE", COMMAND_CHANGES | COMMAND_REPLACES,
      OPTIONS(CHANGING, OPTION_EXACT, OPTION_YES, OPTION_FORCE), backup_restore,
      "Put the accounts of a backup back" },
    { "policy", "", NULL, 0, OPTIONS(OPTION_TABLE_OUTPUT), policy_list,
      "List the settings; 'policy get' and 'policy set' are about single ones" },
    { "policy", "get", "KEY", 0, OPTIONS(OPTION_TABLE_OUTPUT), policy_get,
      "Show one setting" },
    { "policy", "set", "KEY=VALUE...", COMMAND_CHANGES, OPTIONS(CHANGING, OPTION_TABLE_OUTPUT),
      policy_change, "Change settings, all or none; KEY=default takes a change back" },
    { NULL, "publish", NULL, COMMAND_CHANGES, OPTIONS(CHANGING), publish_anew,
      "Write the public directory of users and groups anew" },
    { NULL, "check", "[NAME]", 0,
      OPTIONS(OPTION_REPAIR, OPTION_DRY_RUN, OPTION_CHECK_OUTPUT), check_run,
      "Say what keeps users from logging in, or NAME, and what mends it" },
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

void commands_print(FILE *out, const char *group)
{
    fputs("Usage: admin-tool COMMAND [OPTION...]\n\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *command = &commands[i];
        char words[64];

        if (group != NULL && (command->group == NULL || strcmp(command->group, group) != 0))
            continue;
        snprintf(words, sizeof words, "%s%s%s%s%s", command->group != NULL ? command->group : "",
                 command->group != NULL && command->name[0] != '\0' ? " " : "", command->name,
                 command->operand != NULL ? " " : "",
                 command->operand != NULL ? command->operand : "");
        fprintf(out, "  %-28s %s\n", words, command->summary);
    }
    fputs("\n'admin-tool COMMAND --help' tells its options; --version the version.\n", out);
}

const struct command *commands_find(const char *group, const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const char *own = commands[i].group;
        bool same = group == NULL || own == NULL ? group == own : strcmp(own, group) == 0;

        if (same && strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

const char *commands_find_group(const char *word)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (commands[i].group != NULL && strcmp(commands[i].group, word) == 0)
            return commands[i].group;
    return NULL;
}
