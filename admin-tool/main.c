/*
 * admin-tool: the only way to change accounts. This file is its edge: the table of commands
 * and the one place where a result becomes a line for a person and an exit status.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "change/open.h"
#include "check/doctor.h"
#include "host/process.h"
#include "import/export.h"
#include "import/import.h"
#include "sql/deadline.h"
#include "sql/holder.h"
#include "sql/memory.h"
#include "terminal/command.h"
#include "terminal/options.h"
#include "terminal/say.h"
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
#include "verbs/users.h"

/* -- the commands: a new verb is a new line ----------------------------------------------- */

#define ALWAYS (WITH(OPTION_HELP) | WITH(OPTION_VERSION))
#define CHANGING (ALWAYS | WITH(OPTION_DRY_RUN))
#define CREATE_OPTIONS                                                                          \
    (CHANGING | WITH(OPTION_USERNAME) | WITH(OPTION_EMAIL) | WITH(OPTION_FULL_NAME) |           \
     WITH(OPTION_ROLES) | WITH(OPTION_UID) | WITH(OPTION_SHELL) | WITH(OPTION_HOME) |           \
     WITH(OPTION_EXPIRES) | WITH(OPTION_NO_CREATE_HOME) | WITH(OPTION_PASSWORD_STDIN) |         \
     WITH(OPTION_NO_PASSWORD) | WITH(OPTION_SERVICE_ACCOUNT) | WITH(OPTION_SSH_KEY) |          \
     WITH(OPTION_PASSWORD_MAX_DAYS) | WITH(OPTION_NEVER_DORMANT) |                             \
     WITH(OPTION_NO_SUBIDS) | WITH(OPTION_FORCE) | WITH(OPTION_TEXT_OUTPUT))
#define SHOW_OPTIONS (ALWAYS | WITH(OPTION_COLUMNS) | WITH(OPTION_TABLE_OUTPUT))
#define LIST_OPTIONS (SHOW_OPTIONS | WITH(OPTION_STATUS) | WITH(OPTION_ROLE) | WITH(OPTION_INACTIVE))
#define IMPORT_OPTIONS                                                                          \
    (CHANGING | WITH(OPTION_FROM_PASSWD) | WITH(OPTION_TAKE_OVER) | WITH(OPTION_SKIP_BAD) |     \
     WITH(OPTION_PASSWORDS_TO) | WITH(OPTION_NO_CREATE_HOME) | WITH(OPTION_NO_SUBIDS) |      \
     WITH(OPTION_STRICT) | WITH(OPTION_YES) | WITH(OPTION_FORCE))

static const struct command commands[] = {
    { "users", "create", "[LOGIN]", COMMAND_CHANGES, CREATE_OPTIONS, users_create,
      "Create an account and print the text to pass on to its user" },
    { "users", "list", NULL, 0, LIST_OPTIONS, users_list, "List the accounts" },
    { "users", "ls", NULL, 0, LIST_OPTIONS, users_list, "The same as list" },
    { "users", "show", "NAME|UID|EMAIL", 0, SHOW_OPTIONS, users_show, "Show one account" },
    { "users", "suspend", "NAME", COMMAND_CHANGES,
      CHANGING | WITH(OPTION_YES) | WITH(OPTION_REASON) | WITH(OPTION_KEEP_SESSIONS) |
          WITH(OPTION_REMOVE_SETID) | WITH(OPTION_FORCE),
      users_suspend, "Take all access away, and end what the user runs" },
    { "users", "activate", "NAME", COMMAND_CHANGES, CHANGING | WITH(OPTION_YES), users_activate,
      "Give a suspended or dormant user access again" },
    { "users", "edit-roles", "NAME", COMMAND_CHANGES,
      CHANGING | WITH(OPTION_ROLES) | WITH(OPTION_YES) | WITH(OPTION_KEEP_SESSIONS) |
          WITH(OPTION_REMOVE_SETID) | WITH(OPTION_FORCE),
      users_edit_roles, "Replace the set of roles" },
    { "users", "edit", "NAME", COMMAND_CHANGES,
      CHANGING | WITH(OPTION_EMAIL) | WITH(OPTION_FULL_NAME) | WITH(OPTION_SHELL) |
          WITH(OPTION_EXPIRES) | WITH(OPTION_NO_PASSWORD) | WITH(OPTION_PASSWORD_MAX_DAYS) |
          WITH(OPTION_NEVER_DORMANT) | WITH(OPTION_MAY_BE_DORMANT),
      users_edit, "Change e-mail, full name, shell or some last day, or take the password away" },
    { "users", "rename", "OLD NEW", COMMAND_CHANGES,
      CHANGING | WITH(OPTION_MOVE_HOME) | WITH(OPTION_END_SESSIONS) | WITH(OPTION_YES), users_rename,
      "Give an account another name; its id, password, roles and files stay" },
    { "users", "delete", "NAME", COMMAND_CHANGES,
      CHANGING | WITH(OPTION_YES) | WITH(OPTION_REMOVE_HOME) | WITH(OPTION_KEEP_GROUPS) |
          WITH(OPTION_REMOVE_SETID) | WITH(OPTION_FORCE),
      users_delete,
      "Delete an account; its name and id are never given out again" },
    { "users", "unlock", "NAME", COMMAND_CHANGES, CHANGING, users_unlock,
      "Forget the failed logins that lock a user out" },
    { "users", "require-change", "[NAME...]", COMMAND_CHANGES, CHANGING | WITH(OPTION_ALL) | WITH(OPTION_YES),
      users_require_change, "Have the password changed at the next login, for which it is still good" },
    { "users", "import", "[FILE|NAME...]", COMMAND_CHANGES, IMPORT_OPTIONS, users_import,
      "Create accounts from CSV, JSON lines or this machine's /etc/passwd" },
    { "users", "export", "[NAME...]", 0,
      CHANGING | WITH(OPTION_FORMAT) | WITH(OPTION_WITH_HASHES) | WITH(OPTION_TO_PASSWD) | WITH(OPTION_ALL) |
          WITH(OPTION_YES),
      users_export, "Write all accounts as users import reads them; or move some to /etc/passwd" },
    { "users", "make-homes", "[NAME...]", 0, CHANGING, users_make_homes,
      "Make the home directories that are missing, of these users or of all active ones" },
    { "keys", "list", "NAME", 0, ALWAYS | WITH(OPTION_TEXT_OUTPUT), keys_list,
      "List the ssh keys of an account" },
    { "keys", "add", "NAME [FILE|-|KEY]", COMMAND_CHANGES, CHANGING, keys_add,
      "Add ssh keys to an account: a KEY in quotes, a FILE of them, - for standard input" },
    { "keys", "remove", "NAME FINGERPRINT|COMMENT", COMMAND_CHANGES, CHANGING, keys_remove,
      "Take an ssh key from an account" },
    { NULL, "reset-password", "NAME", COMMAND_CHANGES,
      CHANGING | WITH(OPTION_YES) | WITH(OPTION_END_SESSIONS) | WITH(OPTION_TEXT_OUTPUT),
      reset_password, "Give a new temporary password, to be changed at the next login" },
    { "audit", "", NULL, COMMAND_READS_LOG,
      ALWAYS | WITH(OPTION_USER) | WITH(OPTION_SINCE) | WITH(OPTION_COUNT) |
          WITH(OPTION_FOLLOW) | WITH(OPTION_VERIFY) | WITH(OPTION_TABLE_OUTPUT),
      audit_show, "Show who changed what, oldest first" },
    { "audit", "prune", NULL, COMMAND_CHANGES,
      CHANGING | WITH(OPTION_BEFORE) | WITH(OPTION_YES), audit_prune,
      "Remove old rows of the audit log, and say so in it" },
    { NULL, "backup", "FILE", 0, ALWAYS | WITH(OPTION_DRY_RUN), backup_make,
      "Copy the store into a new file, complete or not at all" },
    { NULL, "restore", "FILE", COMMAND_CHANGES | COMMAND_REPLACES,
      CHANGING | WITH(OPTION_EXACT) | WITH(OPTION_YES) | WITH(OPTION_FORCE), backup_restore,
      "Put the accounts of a backup back" },
    { "policy", "", NULL, 0, ALWAYS | WITH(OPTION_TABLE_OUTPUT), policy_list,
      "List the settings; 'policy get' and 'policy set' are about single ones" },
    { "policy", "get", "KEY", 0, ALWAYS | WITH(OPTION_TABLE_OUTPUT), policy_get,
      "Show one setting" },
    { "policy", "set", "KEY=VALUE...", COMMAND_CHANGES, CHANGING | WITH(OPTION_TABLE_OUTPUT),
      policy_change, "Change settings, all or none; KEY=default takes a change back" },
    { NULL, "publish", NULL, COMMAND_CHANGES, CHANGING, publish_anew,
      "Write the public directory of users and groups anew" },
    { NULL, "check", "[NAME]", 0,
      ALWAYS | WITH(OPTION_REPAIR) | WITH(OPTION_DRY_RUN) | WITH(OPTION_CHECK_OUTPUT), check_run,
      "Say what keeps users from logging in, or NAME, and what mends it" },
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

/* -- finding and running a command -------------------------------------------------------- */

static void print_overview(FILE *out, const char *group)
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

static const struct command *find_command(const char *group, const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const char *own = commands[i].group;
        bool same = group == NULL || own == NULL ? group == own : strcmp(own, group) == 0;

        if (same && strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static const char *find_group(const char *word)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (commands[i].group != NULL && strcmp(commands[i].group, word) == 0)
            return commands[i].group;
    return NULL;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static enum status print_version(void)
{
    puts("admin-tool " CODER_VERSION);
    return STATUS_DONE;
}

/* --help and --version of all, or of a group's; next: the word behind it, NULL: none. */
static enum status answer_alone(const char *group, const char *word, const char *next)
{
    if (next != NULL)
        return tool_refuse(STATUS_USAGE, "unexpected: %s; %s stands alone", next, word);
    if (!is_help(word))
        return print_version();
    print_overview(stdout, group);
    return STATUS_DONE;
}

static enum status run_command(struct tool *tool, int argc, char **argv)
{
    enum status status = options_parse(tool->command, argc, argv, &tool->arguments);

    if (status != GO_ON)
        return status;
    if (tool_has(tool, OPTION_HELP)) {
        options_print_help(tool->command);
        return STATUS_DONE;
    }
    if (tool_has(tool, OPTION_VERSION))
        return print_version();
    if (geteuid() != 0)
        return tool_refuse(STATUS_NOT_ROOT, "must be run as root; try sudo");
    return tool->command->run(tool);
}

/* The words before the options: "users list" or "audit". */
static enum status run(struct tool *tool, int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : "";
    const char *group = find_group(first);
    int words = group != NULL ? 2 : 1;

    if (group != NULL && (argc == 2 || argv[2][0] == '-'))
        tool->command = find_command(group, ""); /* the group's word alone is a command */
    if (tool->command != NULL)
        return run_command(tool, argc - 1, argv + 1);
    if (argc > words && (is_help(argv[words]) || strcmp(argv[words], "--version") == 0))
        return answer_alone(group, argv[words], argv[words + 1]);
    if (argc <= words) {
        tool_refuse(STATUS_USAGE, "missing: COMMAND, one of these:");
        print_overview(stderr, group);
        return STATUS_USAGE;
    }
    tool->command = find_command(group, argv[words]);
    if (tool->command == NULL)
        return tool_refuse(STATUS_USAGE, "unknown command: %s%s%s; see 'admin-tool --help'",
                           group != NULL ? group : "", group != NULL ? " " : "", argv[words]);
    return run_command(tool, argc - words, argv + words);
}

/* What was committed stays done, though nobody could read about it. */
static enum status settle(const struct tool *tool, enum status status)
{
    bool unread = fflush(stdout) != 0 || ferror(stdout);

    if (unread && tool->changed)
        tool_refuse(status, "the change was made, but standard output could not be written");
    if (unread && !tool->changed && status == STATUS_DONE)
        return tool_refuse(STATUS_FAILED, "standard output could not be written; nothing was changed, "
                           "so try again when there is room or a reader for it");
    return status == STATUS_DONE && tool->troubled ? STATUS_FAILED : status;
}

/* A change takes some milliseconds; but a disk may be slow, and whoever waits must outlast the other. */
enum { HOLD_MS = 10000, WAIT_MS = 30000 };

#define GAVE_UP "admin-tool: gave up: it got no further for 10 s and would have kept logins and other changes " \
                "waiting; what was not complete by then is undone: see what is stuck (a disk, or a machine that has " \
                "too much to do), look whether the change was made, and run it again\n"

int main(int argc, char **argv)
{
    struct tool tool = { .lock = -1, .folder = -1 };
    enum status status;

    if (!process_harden(&tool.folder) || !memory_wipe_freed())
        return STATUS_FAILED;
    deadline_set(HOLD_MS, GAVE_UP, STATUS_FAILED);
    holder_set_patience(WAIT_MS);
    tool.now = (int64_t)time(NULL);
    status = run(&tool, argc, argv);
    tool_close(&tool);
    return settle(&tool, status);
}
