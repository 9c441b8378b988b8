/*
 * The table of commands: a verb is a row here, and a file of its own.
 */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "check/doctor.h"
#include "follow/follow.h"
#include "import/apply.h"
#include "import/export.h"
#include "import/import.h"
#include "terminal/command.h"
#include "terminal/options.h"
#include "terminal/say.h"
#include "terminal/similar.h"
#include "verbs/audit.h"
#include "verbs/audit_keep.h"
#include "verbs/backup.h"
#include "verbs/count.h"
#include "verbs/create.h"
#include "verbs/delete.h"
#include "verbs/edit.h"
#include "verbs/fleet_accept.h"
#include "verbs/fleet_add_host.h"
#include "verbs/fleet_hosts.h"
#include "verbs/fleet_join.h"
#include "verbs/fleet_leave.h"
#include "verbs/fleet_resync.h"
#include "verbs/fleet_status.h"
#include "verbs/keys.h"
#include "verbs/listing.h"
#include "verbs/make_homes.h"
#include "verbs/move_to_fleet.h"
#include "verbs/policy.h"
#include "verbs/policy_apply.h"
#include "verbs/publish.h"
#include "verbs/rename.h"
#include "verbs/require_change.h"
#include "verbs/reset_password.h"
#include "verbs/restore.h"
#include "verbs/show.h"
#include "verbs/users.h"

/* What a command takes besides what all take. */
#define OPTIONS(...) (const uint8_t[]){ OPTION_HELP, OPTION_VERSION, __VA_ARGS__, OPTION_ID_COUNT }

#define NO_OPTIONS (const uint8_t[]){ OPTION_HELP, OPTION_VERSION, OPTION_ID_COUNT }

#define CHANGING OPTION_YES, OPTION_DRY_RUN, OPTION_TEXT_OUTPUT
#define CREATE_OPTIONS                                                                                                \
    CHANGING, OPTION_USERNAME, OPTION_EMAIL, OPTION_FULL_NAME, OPTION_ROLES, OPTION_UID, OPTION_SHELL, OPTION_HOME,    \
        OPTION_EXPIRES, OPTION_NO_CREATE_HOME, OPTION_PASSWORD_STDIN, OPTION_NO_PASSWORD, OPTION_SERVICE_ACCOUNT,       \
        OPTION_SSH_KEY, OPTION_PASSWORD_MAX_DAYS, OPTION_NEVER_DORMANT, OPTION_NO_SUBIDS, OPTION_FORCE, OPTION_HERE,    \
        OPTION_SCOPE, OPTION_IDENTITY
#define SHOW_OPTIONS OPTION_COLUMNS, OPTION_TABLE_OUTPUT
#define FILTER_OPTIONS                                                                                                \
    OPTION_STATUS, OPTION_ROLE, OPTION_INACTIVE, OPTION_EXPIRES_BEFORE, OPTION_LOCKED, OPTION_MUST_CHANGE, OPTION_NO_KEY
#define LIST_OPTIONS                                                                                                  \
    OPTION_COLUMNS, FILTER_OPTIONS, OPTION_SORT, OPTION_REVERSE, OPTION_LIMIT, OPTION_OFFSET, OPTION_LIST_OUTPUT
#define IMPORT_OPTIONS                                                                                                \
    CHANGING, OPTION_FROM_PASSWD, OPTION_TAKE_OVER, OPTION_SKIP_BAD, OPTION_PASSWORDS_TO, OPTION_NO_CREATE_HOME,        \
        OPTION_NO_SUBIDS, OPTION_STRICT, OPTION_SKIP_EXISTING, OPTION_UPDATE, OPTION_HAND_OVER_TO,     \
        OPTION_PROGRESS, OPTION_FORCE, OPTION_HERE, OPTION_SCOPE, OPTION_IDENTITY
#define APPLY_OPTIONS                                                                                                 \
    CHANGING, OPTION_PRUNE, OPTION_PASSWORDS_TO, OPTION_HAND_OVER_TO, OPTION_NO_CREATE_HOME,                \
        OPTION_NO_SUBIDS, OPTION_STRICT, OPTION_FORCE, OPTION_TEXT_OUTPUT, OPTION_HERE, OPTION_SCOPE, OPTION_IDENTITY

static enum status help(struct tool *tool);
static enum status version(struct tool *tool);

static const struct command commands[] = {
    { "users", "create", "[LOGIN]", COMMAND_CHANGES, OPTIONS(CREATE_OPTIONS), users_create,
      "Create an account and print the text to pass on to its user" },
    { "users", "list", "[TEXT]", 0, OPTIONS(LIST_OPTIONS), users_list,
      "List the accounts, or those with TEXT in the name, full name or e-mail" },
    { "users", "count", "[TEXT]", 0, OPTIONS(FILTER_OPTIONS, OPTION_TEXT_OUTPUT), users_count,
      "Count the same accounts, by status and more" },
    { "users", "show", "NAME|UID|EMAIL", 0, OPTIONS(SHOW_OPTIONS), users_show, "Show one account" },
    { "users", "suspend", "NAME...", COMMAND_CHANGES,
      OPTIONS(CHANGING, OPTION_REASON, OPTION_KEEP_SESSIONS, OPTION_REMOVE_SETID, OPTION_FORCE, OPTION_HERE,
              OPTION_IDENTITY),
      users_suspend, "Suspend accounts: take all access away and end what they run" },
    { "users", "activate", "NAME...", COMMAND_CHANGES, OPTIONS(CHANGING, OPTION_HERE, OPTION_IDENTITY),
      users_activate,
      "Give a suspended or dormant user access again" },
    { "users", "edit-roles", "NAME...", COMMAND_CHANGES,
      OPTIONS(CHANGING, OPTION_ROLES, OPTION_KEEP_SESSIONS, OPTION_REMOVE_SETID, OPTION_FORCE, OPTION_IDENTITY),
      users_edit_roles, "Replace the set of roles; removing one ends what the user runs" },
    { "users", "edit", "NAME", COMMAND_CHANGES,
      OPTIONS(CHANGING, OPTION_EMAIL, OPTION_FULL_NAME, OPTION_SHELL, OPTION_EXPIRES, OPTION_NO_PASSWORD,
              OPTION_PASSWORD_MAX_DAYS, OPTION_NEVER_DORMANT, OPTION_MAY_BE_DORMANT, OPTION_SCOPE, OPTION_IDENTITY),
      users_edit, "Change e-mail, full name, shell or expiration, or remove the password" },
    { "users", "rename", "OLD NEW", COMMAND_CHANGES,
      OPTIONS(CHANGING, OPTION_MOVE_HOME, OPTION_END_SESSIONS, OPTION_IDENTITY), users_rename,
      "Rename an account; its id, password, roles and files stay the same" },
    { "users", "delete", "NAME...", COMMAND_CHANGES,
      OPTIONS(CHANGING, OPTION_REMOVE_HOME, OPTION_KEEP_GROUPS, OPTION_REMOVE_SETID, OPTION_FORCE,
              OPTION_IDENTITY),
      users_delete,
      "Delete an account; its name and id are never used again" },
    { "users", "unlock", "NAME...", COMMAND_CHANGES, OPTIONS(CHANGING), users_unlock,
      "Forget the failed logins that lock a user out" },
    { "users", "require-change", "[NAME...]", COMMAND_CHANGES, OPTIONS(CHANGING, OPTION_ALL, OPTION_IDENTITY),
      users_require_change, "Require a new password at the next login; until then the old one works" },
    { "users", "move-to-fleet", "NAME...", COMMAND_CHANGES, OPTIONS(CHANGING, OPTION_SCOPE, OPTION_YES, OPTION_IDENTITY),
      users_move_to_fleet, "Make accounts of here the fleet's, with their ids, passwords and keys" },
    { "users", "import", "[FILE|NAME...]", COMMAND_CHANGES, OPTIONS(IMPORT_OPTIONS), users_import,
      "Create accounts from CSV, JSON lines or this machine's /etc/passwd" },
    { "users", "export", "[NAME...]", 0,
      OPTIONS(CHANGING, OPTION_FORMAT, OPTION_WITH_HASHES, OPTION_TO_PASSWD, OPTION_ALL),
      users_export, "Write all accounts as users import reads them; or move some to /etc/passwd" },
    { "users", "apply", "FILE", COMMAND_CHANGES, OPTIONS(APPLY_OPTIONS), users_apply,
      "Make the accounts match a file that users export wrote" },
    { "users", "make-homes", "[NAME...]", 0, OPTIONS(CHANGING), users_make_homes,
      "Make the home directories that are missing, of these users or of all active ones" },
    { "keys", "list", "NAME", 0, OPTIONS(OPTION_TEXT_OUTPUT), keys_list,
      "List the ssh keys of an account" },
    { "keys", "add", "NAME [FILE|-|KEY]", COMMAND_CHANGES, OPTIONS(CHANGING, OPTION_IDENTITY), keys_add,
      "Add ssh keys to an account: a KEY in quotes, a FILE of them, - for standard input" },
    { "keys", "remove", "NAME... FINGERPRINT|COMMENT", COMMAND_CHANGES, OPTIONS(CHANGING, OPTION_IDENTITY), keys_remove,
      "Remove an ssh key from an account" },
    { NULL, "reset-password", "NAME...", COMMAND_CHANGES,
      OPTIONS(CHANGING, OPTION_END_SESSIONS, OPTION_IDENTITY),
      reset_password, "Set a temporary password, to be changed at the next login" },
    { "audit", "", NULL, COMMAND_READS_LOG,
      OPTIONS(OPTION_USER, OPTION_EVENT, OPTION_ACTOR, OPTION_ORIGIN, OPTION_SINCE, OPTION_UNTIL, OPTION_BEFORE_ID,
              OPTION_COUNT, OPTION_FOLLOW, OPTION_VERIFY, OPTION_FLEET, OPTION_IDENTITY, OPTION_LOG_OUTPUT),
      audit_show, "Show who changed what, oldest first" },
    { "audit", "prune", NULL, COMMAND_CHANGES,
      OPTIONS(CHANGING, OPTION_BEFORE), audit_prune,
      "Remove old rows of the audit log, and say so in it" },
    { NULL, "backup", "FILE|-", 0, OPTIONS(CHANGING, OPTION_KEEP, OPTION_QUIET), backup_make,
      "Copy the store into a new file, complete or not at all; -: to standard output" },
    { NULL, "restore", "FILE", COMMAND_CHANGES | COMMAND_REPLACES,
      OPTIONS(CHANGING, OPTION_EXACT, OPTION_FORCE), backup_restore,
      "Restore the accounts of a backup" },
    { "policy", "", NULL, 0, OPTIONS(OPTION_TABLE_OUTPUT), policy_list,
      "List the settings; 'policy get' and 'policy set' are about single ones" },
    { "policy", "get", "KEY", 0, OPTIONS(OPTION_TABLE_OUTPUT), policy_get,
      "Show one setting" },
    { "policy", "set", "KEY=VALUE...", COMMAND_CHANGES, OPTIONS(OPTION_YES, OPTION_DRY_RUN, OPTION_TABLE_OUTPUT),
      policy_change, "Change settings, all or none; KEY=default takes a change back" },
    { "policy", "apply", "FILE|-", COMMAND_CHANGES, OPTIONS(OPTION_YES, OPTION_DRY_RUN, OPTION_TABLE_OUTPUT), policy_apply,
      "Change settings to what FILE says, which 'policy -o json' wrote; others stay" },
    { "fleet", "join", "FILE|-", COMMAND_CHANGES, OPTIONS(CHANGING), fleet_join,
      "Follow a fleet's accounts from now on, by the join file that its server made for this host" },
    { "fleet", "leave", NULL, COMMAND_CHANGES, OPTIONS(CHANGING, OPTION_KEEP_ACCOUNTS, OPTION_FORCE), fleet_leave,
      "Follow the fleet no more; its accounts are deleted, or kept as accounts of here" },
    { "fleet", "status", NULL, 0, OPTIONS(OPTION_TEXT_OUTPUT), fleet_status,
      "Show which fleet is followed, how far, and what was held back" },
    { "fleet", "accept", NULL, COMMAND_CHANGES, OPTIONS(CHANGING), fleet_accept_verb,
      "Accept that many accounts went from the fleet at once, or that its server went back" },
    { "fleet", "resync", NULL, COMMAND_CHANGES, OPTIONS(CHANGING), fleet_resync,
      "Ask the fleet for everything anew" },
    { "fleet", "hosts", NULL, 0, OPTIONS(OPTION_SCOPE, OPTION_IDENTITY, OPTION_TABLE_OUTPUT), fleet_hosts,
      "List the fleet's hosts, and to which server each is connected" },
    { "fleet", "add-host", "NAME", COMMAND_CHANGES,
      OPTIONS(CHANGING, OPTION_SCOPE, OPTION_JOIN, OPTION_CERTIFICATE, OPTION_RENEW, OPTION_IDENTITY), fleet_add_host,
      "Add a host to the fleet, and make the file that it joins by" },
    { "fleet", "remove-host", "NAME", COMMAND_CHANGES, OPTIONS(CHANGING, OPTION_IDENTITY), fleet_remove_host,
      "Put a host out of the fleet: it is told nothing more" },
    { NULL, "publish", NULL, COMMAND_CHANGES, OPTIONS(CHANGING), publish_anew,
      "Write the public directory of users and groups again" },
    { NULL, "check", "[NAME]", 0,
      OPTIONS(OPTION_REPAIR, OPTION_YES, OPTION_DRY_RUN, OPTION_CHECK_OUTPUT), check_run,
      "Report what keeps users, or NAME, from logging in, and how to fix it" },
    { NULL, "follow", NULL, COMMAND_CHANGES, NO_OPTIONS, follow_run,
      "Apply what the fleet says, until this host leaves it; a service runs this" },
    { NULL, "help", "[COMMAND...]", COMMAND_FOR_ALL, NO_OPTIONS, help, "Show the commands, or the options of one" },
    { NULL, "version", NULL, COMMAND_FOR_ALL, NO_OPTIONS, version, "Show the version" },
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

/* Other words for the same; name NULL: for the group. */
static const struct {
    const char *group, *word, *name;
} aliases[] = {
    { "users", "user", NULL }, { "users", "ls", "list" }, { "users", "add", "create" }, { "users", "rm", "delete" },
};
enum { ALIAS_COUNT = sizeof aliases / sizeof aliases[0] };

/* -- showing them --------------------------------------------------------------------------- */

enum { WORDS_SIZE = 64 };

/* "users list NAME..." */
static void write_words(const struct command *command, const char *operand, char ret[WORDS_SIZE])
{
    snprintf(ret, WORDS_SIZE, "%s%s%s%s%s", command->group != NULL ? command->group : "",
             command->group != NULL && command->name[0] != '\0' ? " " : "", command->name, operand != NULL ? " " : "",
             operand != NULL ? operand : "");
}

void commands_print(FILE *out, const char *group)
{
    fputs("Usage: admin-tool COMMAND [OPTION...]\n\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *command = &commands[i];
        char words[WORDS_SIZE];

        if (group != NULL && (command->group == NULL || strcmp(command->group, group) != 0))
            continue;
        write_words(command, command->operand, words);
        fprintf(out, "  %-28s %s\n", words, command->summary);
    }
    fputs("\n'admin-tool COMMAND --help' lists its options; --version the version.\n"
          "users ls, users add and users rm are list, create and delete; user is users.\n", out);
}

static enum status version(struct tool *tool)
{
    (void)tool;
    puts("admin-tool " CODER_VERSION);
    return STATUS_DONE;
}

/* The words of one command, or a group's; as if --help stood behind them. */
static enum status help(struct tool *tool)
{
    const struct arguments *arguments = &tool->arguments;
    const char *first = arguments->operand, *second = arguments->operand_count > 1 ? arguments->operands[1] : NULL;
    const char *group = first != NULL ? commands_find_group(first) : NULL;
    const struct command *command = NULL;
    size_t words = group != NULL ? 2 : 1;

    if (arguments->operand_count > words)
        return tool_refuse(STATUS_USAGE, "unexpected: %s; try 'admin-tool help'", arguments->operands[words]);
    if (first != NULL)
        command = group == NULL ? commands_find(NULL, first) : commands_find(group, second != NULL ? second : "");
    if (command != NULL)
        options_print_help(command);
    else if (first == NULL || (group != NULL && second == NULL))
        commands_print(stdout, group);
    else
        return commands_refuse(first, second);
    return STATUS_DONE;
}

/* -- finding one ---------------------------------------------------------------------------- */

static const char *find_alias(const char *group, const char *word)
{
    for (size_t i = 0; i < ALIAS_COUNT; i++)
        if (aliases[i].name != NULL && strcmp(aliases[i].group, group) == 0 && strcmp(aliases[i].word, word) == 0)
            return aliases[i].name;
    return word;
}

const struct command *commands_find(const char *group, const char *name)
{
    if (group != NULL)
        name = find_alias(group, name);
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
    for (size_t i = 0; i < ALIAS_COUNT; i++)
        if (aliases[i].name == NULL && strcmp(aliases[i].word, word) == 0)
            return aliases[i].group;
    return NULL;
}

/* What other tools, and other verbs of ours, call it. The first row that fits; a word alone is taken as one of users. */
static const struct {
    const char *group, *words, *meant; /* group "": a word alone */
} other_words[] = {
    { "", "get", "policy get" },
    { "", "set", "policy set" },
    { "", "doctor status", "check" },
    { "users", "add new useradd adduser", "users create" },
    { "users", "rm del remove userdel deluser", "users delete" },
    { "users", "set modify change usermod chsh chfn chage", "users edit" },
    { "users", "ls find search", "users list" },
    { "users", "get info id status", "users show" },
    { "users", "lock block disable", "users suspend" },
    { "users", "enable unsuspend", "users activate" },
    { "users", "role roles", "users edit-roles" },
    { "users", "reset password passwd", "reset-password" },
    { "users", "log logs", "audit" },
    { "keys", "rm del delete", "keys remove" },
    { "keys", "ls get show", "keys list" },
    { "audit", "ls list log show", "audit" },
    { "policy", "ls list show", "policy" },
    { "fleet", "ls list", "fleet hosts" },
    { "fleet", "show", "fleet status" },
};
enum { OTHER_WORDS_COUNT = sizeof other_words / sizeof other_words[0] };

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);

    for (const char *p = words; length > 0 && *p != '\0'; p += strcspn(p, " "), p += strspn(p, " "))
        if (strcspn(p, " ") == length && strncmp(p, word, length) == 0)
            return true;
    return false;
}

/* NULL: nothing is called so. */
static const char *find_other_word(const char *group, const char *word)
{
    for (size_t i = 0; i < OTHER_WORDS_COUNT; i++) {
        const char *own = other_words[i].group;
        bool fits = group != NULL ? strcmp(own, group) == 0 : own[0] == '\0' || strcmp(own, "users") == 0;

        if (fits && has_word(other_words[i].words, word))
            return other_words[i].meant;
    }
    if (group != NULL && strcmp(group, "policy") == 0 && strchr(word, '=') != NULL)
        return "policy set";
    return NULL;
}

/* The nearest to what was typed, "" of none: as a command, as a group, as a verb of another group or of none. */
static void find_similar(const char *group, const char *word, const char *both, char ret[WORDS_SIZE])
{
    const char *meant = find_other_word(group, word);
    unsigned nearest = SIMILAR_NONE;
    char words[WORDS_SIZE];

    snprintf(ret, WORDS_SIZE, "%s", meant != NULL ? meant : "");
    for (size_t i = 0; meant == NULL && i < COMMAND_COUNT; i++) {
        write_words(&commands[i], NULL, words);
        if (similar_is_nearer(both, words, &nearest) || (group == NULL && similar_is_nearer(word, words, &nearest)))
            memcpy(ret, words, WORDS_SIZE);
    }
    for (size_t i = 0; meant == NULL && i < COMMAND_COUNT; i++)
        if (commands[i].group != NULL && similar_is_nearer(word, commands[i].group, &nearest))
            snprintf(ret, WORDS_SIZE, "%s", commands[i].group);
    for (size_t i = 0; meant == NULL && i < COMMAND_COUNT; i++)
        if (similar_is_nearer(word, commands[i].name, &nearest))
            write_words(&commands[i], NULL, ret);
}

enum status commands_refuse(const char *first, const char *second)
{
    const char *group = commands_find_group(first);
    char both[2 * WORDS_SIZE], similar[WORDS_SIZE];

    snprintf(both, sizeof both, "%s%s%s", group != NULL ? group : first, second != NULL ? " " : "",
             second != NULL ? second : "");
    find_similar(group, group != NULL && second != NULL ? second : first, both, similar);
    if (similar[0] != '\0')
        return tool_refuse(STATUS_USAGE, "unknown command: %s%s%s; did you mean '%s'?", first, group != NULL ? " " : "",
                           group != NULL ? second : "", similar);
    return tool_refuse(STATUS_USAGE, "unknown command: %s%s%s; see 'admin-tool --help'", first, group != NULL ? " " : "",
                       group != NULL ? second : "");
}
