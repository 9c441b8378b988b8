/*
 * Command lines: one table of all options, from which both getopt's tables and the help are made,
 * so that what is documented is what is accepted. Options may stand before and after the operand.
 */
#include "options.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sql/ascii.h"
#include "columns.h"
#include "command.h"
#include "say.h"
#include "when.h"

struct option_row {
    const char *name;
    char letter; /* 0: none. The same letter may mean different options of different commands */
    const char *value; /* what it takes, NULL: nothing; "a|b", in small letters: one of these words */
    const char *help;
    const char *newcomer; /* more of the help, of a command that makes an account; NULL: none */
};

static const struct option_row rows[OPTION_ID_COUNT] = {
    [OPTION_USERNAME] = { "username", 'u', "NAME", "the login name; asked for on a terminal" },
    [OPTION_EMAIL] = { "email", 'e', "EMAIL", "the e-mail address", "; asked for on a terminal, too" },
    [OPTION_FULL_NAME] = { "full-name", 'n', "FULL-NAME", "the full name" },
    [OPTION_ROLES] = { "roles", 0, "R,R", "of admin, auditor, member; everyone is a member" },
    [OPTION_UID] = { "uid", 0, "N", "this user id instead of the next free one" },
    [OPTION_SHELL] = { "shell", 0, "PATH", "the login shell", "; default /bin/bash" },
    [OPTION_HOME] = { "home", 0, "DIR", "the home directory; default /home/NAME" },
    [OPTION_EXPIRES] = { "expires", 0, "DAY", "the last good day, today, +90d; or a time; or never" },
    [OPTION_NO_CREATE_HOME] = { "no-create-home", 0, NULL, "make no home directory" },
    [OPTION_PASSWORD_STDIN] = { "password-stdin", 0, NULL,
                                "the temporary password is the first line of standard input" },
    [OPTION_NO_PASSWORD] = { "no-password", 0, NULL, "no password: only a key opens it" },
    [OPTION_COLUMNS] = { "columns", 'c', "COL,COL", "which columns, see below" },
    [OPTION_STATUS] = { "status", 0, "active|suspended|expired|dormant", "only users of this status" },
    [OPTION_ROLE] = { "role", 0, "admin|auditor|member", "only users with this role" },
    [OPTION_YES] = { "yes", 'y', NULL, "do not ask" },
    [OPTION_REASON] = { "reason", 0, "TEXT", "why, for the audit log" },
    [OPTION_KEEP_SESSIONS] = { "keep-sessions", 0, NULL, "do not end what the user runs" },
    [OPTION_END_SESSIONS] = { "end-sessions", 0, NULL, "end what the user runs" },
    [OPTION_REMOVE_HOME] = { "remove-home", 0, NULL, "remove the home directory, too" },
    [OPTION_FORCE] = { "force", 0, NULL, "even against the rules, see below" },
    [OPTION_USER] = { "user", 0, "NAME", "only what was done to this user" },
    [OPTION_SINCE] = { "since", 0, "WHEN",
                       "2026-11-30, \"2026-11-30 18:00\", or \"2d ago\" (s m h d w)" },
    [OPTION_COUNT] = { "lines", 'n', "N", "only the newest N" },
    [OPTION_FOLLOW] = { "follow", 'f', NULL, "go on with what is added, until interrupted" },
    [OPTION_VERIFY] = { "verify", 0, NULL, "look for changed, removed and reordered rows" },
    [OPTION_BEFORE] = { "before", 0, "WHEN", "only what is older; as --since of 'admin-tool audit'" },
    [OPTION_FROM_PASSWD] = { "from-passwd", 0, NULL, "the named local accounts, or all above 999" },
    [OPTION_TAKE_OVER] = { "take-over", 0, NULL, "remove their lines from the local files" },
    [OPTION_SKIP_BAD] = { "skip-bad", 0, NULL, "import the good lines, though others are bad" },
    [OPTION_PASSWORDS_TO] = { "passwords-to", 0, "FILE",
                              "write the temporary passwords into this new file, mode 0600" },
    [OPTION_WITH_HASHES] = { "with-hashes", 0, NULL, "with the hashes of the passwords" },
    [OPTION_FORMAT] = { "format", 0, "csv|json", "default csv" },
    [OPTION_REPAIR] = { "repair", 0, NULL, "mend what can be mended without loss" },
    [OPTION_EXACT] = { "exact", 0, NULL, "even suspensions and deletions made since are undone" },
    [OPTION_TEXT_OUTPUT] = { "output", 'o', "text|json", "default text" },
    [OPTION_TABLE_OUTPUT] = { "output", 'o', "table|json", "default table" },
    [OPTION_CHECK_OUTPUT] = { "output", 'o', "text|json|nagios|prometheus", "default text" },
    [OPTION_DRY_RUN] = { "dry-run", 0, NULL, "say what would be done, and change nothing" },
    [OPTION_HELP] = { "help", 'h', NULL, "this text" },
    [OPTION_VERSION] = { "version", 0, NULL, "the version" },
    [OPTION_KEEP_GROUPS] = { "keep-groups", 0, NULL, "leave the name in the local groups' lists" },
    [OPTION_REMOVE_SETID] = { "remove-setid", 0, NULL,
                              "take the set-id bits off the user's files" },
    [OPTION_SSH_KEY] = { "ssh-key", 0, "FILE|KEY", "an ssh key of the account; again for each" },
    [OPTION_NO_SUBIDS] = { "no-subids", 0, NULL, "give no subordinate ids" },
    [OPTION_SERVICE_ACCOUNT] = { "service-account", 0, NULL, "of a program: no e-mail, password or ageing" },
    [OPTION_PASSWORD_MAX_DAYS] = { "password-max-days", 0, "N|never|default",
                                   "a password must be changed after so many days" },
    [OPTION_NEVER_DORMANT] = { "never-dormant", 0, NULL, "stays usable however long it is not used" },
    [OPTION_MAY_BE_DORMANT] = { "may-be-dormant", 0, NULL, "takes --never-dormant back" },
    [OPTION_INACTIVE] = { "inactive", 0, "WHEN", "only users without a login for so long, 90d, or since a day" },
    [OPTION_ALL] = { "all", 0, NULL, "every account" },
    [OPTION_MOVE_HOME] = { "move-home", 0, NULL, "the home directory gets the new name, too" },
    [OPTION_TO_PASSWD] = { "to-passwd", 0, NULL, "move the named accounts to the local files" },
    [OPTION_STRICT] = { "strict", 0, NULL, "refuse unknown columns" },
};

/* getopt_long(3) returns this for the option at `id`; letters are below. */
enum { FIRST_LONG = 256 };

struct tables {
    struct option longs[OPTION_ID_COUNT + 1];
    char shorts[2 * OPTION_ID_COUNT + 2];
};

static bool takes(const struct command *command, size_t id)
{
    return (command->options & WITH(id)) != 0;
}

static void make_tables(const struct command *command, struct tables *ret)
{
    size_t longs = 0, shorts = 0;

    memset(ret, 0, sizeof *ret);
    ret->shorts[shorts++] = ':'; /* a missing value is told from an unknown option */
    for (size_t id = 0; id < OPTION_ID_COUNT; id++) {
        if (!takes(command, id))
            continue;
        ret->longs[longs++] = (struct option){
            rows[id].name, rows[id].value != NULL ? required_argument : no_argument, NULL,
            FIRST_LONG + (int)id,
        };
        if (rows[id].letter == 0)
            continue;
        ret->shorts[shorts++] = rows[id].letter;
        if (rows[id].value != NULL)
            ret->shorts[shorts++] = ':';
    }
}

static size_t find_id(const struct command *command, int found)
{
    for (size_t id = 0; found < FIRST_LONG && id < OPTION_ID_COUNT; id++)
        if (takes(command, id) && rows[id].letter == found)
            return id;
    return (size_t)(found - FIRST_LONG);
}

static bool is_one_of(const char *choices, const char *word)
{
    size_t length = strlen(word);

    for (const char *p = choices; length > 0; p += strcspn(p, "|") + 1) {
        if (strncmp(p, word, length) == 0 && (p[length] == '|' || p[length] == '\0'))
            return true;
        if (p[strcspn(p, "|")] == '\0')
            return false;
    }
    return false;
}

static void print_name(const struct command *command, FILE *out)
{
    fprintf(out, "admin-tool%s%s%s%s", command->group != NULL ? " " : "",
            command->group != NULL ? command->group : "", command->name[0] != '\0' ? " " : "",
            command->name);
}

static enum status refuse_usage(const struct command *command, const char *what, const char *which)
{
    return tool_refuse(STATUS_USAGE, "%s%s; try 'admin-tool %s%s%s --help'", what, which,
                       command->group != NULL ? command->group : "",
                       command->group != NULL && command->name[0] != '\0' ? " " : "",
                       command->name);
}

/* getopt leaves in optopt: a letter, our number of a long option, or 0 for an unknown long one. */
static enum status refuse_option(const struct command *command, int found, const char *word)
{
    char letter[] = { '-', (char)optopt, '\0' };

    if (optopt >= FIRST_LONG)
        return refuse_usage(command, found == ':' ? "needs a value: --" : "takes no value: --",
                            rows[optopt - FIRST_LONG].name);
    return refuse_usage(command, found == ':' ? "needs a value: " : "unknown option: ",
                        optopt != 0 ? letter : word);
}

/* Its values are arguments.repeated. */
static bool repeats(size_t id)
{
    return id == OPTION_SSH_KEY;
}

static enum status take_value(const struct command *command, size_t id, struct arguments *ret)
{
    const char *value = rows[id].value != NULL ? optarg : "";

    if (rows[id].value != NULL && ascii_upper(rows[id].value[0]) != rows[id].value[0] &&
        !is_one_of(rows[id].value, value))
        return tool_refuse(STATUS_USAGE, "--%s takes one of %s, not '%s'", rows[id].name,
                           rows[id].value, value);
    if (ret->value[id] != NULL && rows[id].value != NULL && !repeats(id))
        return refuse_usage(command, "given twice: --", rows[id].name);
    if (repeats(id) && ret->repeated_count == REPEATED_MAX)
        return refuse_usage(command, "given too often: --", rows[id].name);
    if (repeats(id))
        ret->repeated[ret->repeated_count++] = value;
    ret->value[id] = value;
    return GO_ON;
}

/* How many words "NAME [FILE]" has; *ret_missing is the first that is not given and has to be, NULL: none. */
static size_t count_operands(const char *words, size_t given, const char **ret_missing)
{
    size_t count = 0;

    *ret_missing = NULL;
    for (; words != NULL && *words != '\0'; words += strcspn(words, " "), words += strspn(words, " "))
        if (count++ >= given && *words != '[' && *ret_missing == NULL)
            *ret_missing = words;
    return count;
}

/* Which operands there may be is said by how the help calls them: "OLD NEW", "[NAME...]". */
static enum status take_operands(const struct command *command, size_t count, char **operands,
                                 struct arguments *ret)
{
    const char *missing;
    size_t most = count_operands(command->operand, count, &missing);

    if (missing != NULL)
        return refuse_usage(command, "missing: ", missing);
    if (count > most && most == 0)
        return refuse_usage(command, "unexpected: ", operands[0]);
    if (count > most && strstr(command->operand, "...") == NULL)
        return refuse_usage(command, most == 1 ? "one at a time; unexpected: " : "unexpected: ", operands[most]);
    ret->operand = count > 0 ? operands[0] : NULL;
    ret->operands = operands;
    ret->operand_count = count;
    return GO_ON;
}

enum status options_parse(const struct command *command, int argc, char **argv,
                          struct arguments *ret)
{
    enum status status = GO_ON;
    struct tables tables;
    int found;

    make_tables(command, &tables);
    memset(ret, 0, sizeof *ret);
    opterr = 0;
    optind = 1;
    while (status == GO_ON &&
           (found = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
        if (found == ':' || found == '?')
            status = refuse_option(command, found, argv[optind - 1]);
        else
            status = take_value(command, find_id(command, found), ret);
    }
    if (status != GO_ON)
        return status;
    if (ret->value[OPTION_HELP] != NULL || ret->value[OPTION_VERSION] != NULL)
        return optind == argc ? GO_ON : refuse_usage(command, "unexpected: ", argv[optind]);
    return take_operands(command, (size_t)(argc - optind), argv + optind, ret);
}

static void print_option(const struct command *command, const struct option_row *row)
{
    char left[64];

    snprintf(left, sizeof left, "%c%c%s --%s%s%s", row->letter != 0 ? '-' : ' ',
             row->letter != 0 ? row->letter : ' ', row->letter != 0 ? "," : " ", row->name,
             row->value != NULL ? " " : "", row->value != NULL ? row->value : "");
    printf("  %-32s %s%s\n", left, row->help,
           row->newcomer != NULL && takes(command, OPTION_USERNAME) ? row->newcomer : "");
}

static void print_import_help(void)
{
    puts("\n"
         "FILE (- is standard input) is CSV (or parted by ; or tabs) whose first line names the columns, or\n"
         "one JSON object on each line with the same keys: username, email; full_name, roles\n"
         "(admin;auditor), uid, gid, shell, home, status, account_expires_at, created_at, ssh_keys (a line for\n"
         "each), service_account, password_max_days, never_dormant, password_hash (* is no password), must_change,\n"
         "password_expires_at, password_changed_at. All but the first two are optional. An account\n"
         "without a password_hash gets a temporary password, shown once: as JSON on standard output,\n"
         "or in the file of --passwords-to. Nothing is imported while a line is bad, but with --skip-bad,\n"
         "which ends with status 1 when lines were skipped. Homes and subordinate ids as users create.\n"
         "\n"
         "--from-passwd takes NAMEs instead of a FILE, without any all local accounts with a uid from\n"
         "1000 to 59999, with their ids, passwords, homes and shells. The e-mail address is NAME@HOST\n"
         "(HOST as /etc/mailname says) unless given as NAME=EMAIL. Until --take-over removes the lines\n"
         "of /etc/passwd (and keeps the files as they were), these decide and suspending has no effect.");
}

static const char *force_help(const struct command *command)
{
    if (takes(command, OPTION_EXACT))
        return "\n--force permits it though no active Admin is left or you yourself lose something, and where\n"
               "somebody of this machine stands on a name, an id or a home: such accounts come in suspended.";
    if (takes(command, OPTION_UID) || takes(command, OPTION_SKIP_BAD))
        return "\n--force permits an id of the host's ranges of subordinate ids, a name with a meaning to the\n"
               "system or to a package or that a local group lists, and a home that is somebody else's or that\n"
               "others can change.";
    return "\n--force permits it for the last active Admin, and for yourself.";
}

void options_print_help(const struct command *command)
{
    char names[512];

    printf("Usage: ");
    print_name(command, stdout);
    printf("%s%s [OPTION...]\n\n%s.\n\nOptions:\n", command->operand != NULL ? " " : "",
           command->operand != NULL ? command->operand : "", command->summary);
    for (size_t id = 0; id < OPTION_ID_COUNT; id++)
        if (takes(command, id))
            print_option(command, &rows[id]);
    if (takes(command, OPTION_COLUMNS)) {
        print_column_names(names, sizeof names);
        printf("\nColumns: %s.\n", names);
    }
    if (takes(command, OPTION_SKIP_BAD))
        print_import_help();
    if (takes(command, OPTION_FORCE))
        puts(force_help(command));
}

enum status options_parse_when(const struct tool *tool, enum option_id option, const char *name,
                             int64_t *ret)
{
    const char *text = tool->arguments.value[option];

    if (text == NULL || when_parse(text, tool->now, ret))
        return GO_ON;
    return tool_refuse(STATUS_USAGE, "%s takes 2026-11-30, \"2026-11-30 18:00\" or \"2d ago\", not '%s'",
                       name, text);
}
