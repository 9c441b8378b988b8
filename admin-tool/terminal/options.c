/*
 * Command lines: both getopt's tables and the help are made from one table of all options,
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
#include "option_rows.h"
#include "say.h"
#include "similar.h"
#include "when.h"

/* getopt_long(3) returns this for the option at `id`; letters are below. */
enum { FIRST_LONG = 256 };

struct tables {
    struct option longs[OPTION_ID_COUNT + 1];
    char shorts[2 * OPTION_ID_COUNT + 2];
};


bool options_take(const struct command *command, enum option_id id)
{
    const uint8_t *option = command->options;

    while (*option != OPTION_ID_COUNT && *option != id)
        option++;
    return *option == id;
}

static void make_tables(const struct command *command, struct tables *ret)
{
    size_t longs = 0, shorts = 0;

    memset(ret, 0, sizeof *ret);
    ret->shorts[shorts++] = ':'; /* a missing value is told from an unknown option */
    for (enum option_id id = 0; id < OPTION_ID_COUNT; id++) {
        if (!options_take(command, id))
            continue;
        ret->longs[longs++] = (struct option){
            option_rows[id].name, option_rows[id].value != NULL ? required_argument : no_argument, NULL,
            FIRST_LONG + (int)id,
        };
        if (option_rows[id].letter == 0)
            continue;
        ret->shorts[shorts++] = option_rows[id].letter;
        if (option_rows[id].value != NULL)
            ret->shorts[shorts++] = ':';
    }
}

static enum option_id find_id(const struct command *command, int found)
{
    for (enum option_id id = 0; found < FIRST_LONG && id < OPTION_ID_COUNT; id++)
        if (options_take(command, id) && option_rows[id].letter == found)
            return id;
    return (enum option_id)(found - FIRST_LONG);
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

static enum status refuse_usage(const struct command *command, enum fault_kind kind, const char *what, const char *which)
{
    return tool_refuse_as(kind, NULL, which, "%s%s; try 'admin-tool %s%s%s --help'", what, which,
                          command->group != NULL ? command->group : "",
                          command->group != NULL && command->name[0] != '\0' ? " " : "", command->name);
}

/* The nearest of its options to "--rolw=x"; NULL: none is near. */
static const char *find_similar(const struct command *command, const char *word)
{
    unsigned nearest = SIMILAR_NONE;
    const char *similar = NULL;
    char typed[64];

    if (strncmp(word, "--", 2) != 0)
        return NULL;
    snprintf(typed, sizeof typed, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    for (enum option_id id = 0; id < OPTION_ID_COUNT; id++)
        if (options_take(command, id) && similar_is_nearer(typed, option_rows[id].name, &nearest))
            similar = option_rows[id].name;
    return similar;
}

/* getopt leaves in optopt: a letter, our number of a long option, or 0 for an unknown long one. */
static enum status refuse_option(const struct command *command, int found, const char *word)
{
    const char *similar = optopt == 0 ? find_similar(command, word) : NULL;
    char letter[] = { '-', (char)optopt, '\0' };

    if (similar != NULL)
        return tool_refuse(STATUS_USAGE, "unknown option: %s; did you mean --%s?", word, similar);

    if (optopt >= FIRST_LONG)
        return refuse_usage(command, KIND_USAGE, found == ':' ? "needs a value: --" : "takes no value: --",
                            option_rows[optopt - FIRST_LONG].name);
    return refuse_usage(command, KIND_USAGE, found == ':' ? "needs a value: " : "unknown option: ",
                        optopt != 0 ? letter : word);
}

/* Its values are arguments.repeated. */
static bool repeats(enum option_id id)
{
    return id == OPTION_SSH_KEY || id == OPTION_STATUS; /* no command takes both */
}

static enum status take_value(const struct command *command, enum option_id id, struct arguments *ret)
{
    const char *value = option_rows[id].value != NULL ? optarg : "";

    if (option_rows[id].value != NULL && ascii_upper(option_rows[id].value[0]) != option_rows[id].value[0] &&
        !is_one_of(option_rows[id].value, value))
        return tool_refuse(STATUS_USAGE, "--%s takes one of %s, not '%s'", option_rows[id].name,
                           option_rows[id].value, value);
    if (ret->value[id] != NULL && option_rows[id].value != NULL && !repeats(id))
        return refuse_usage(command, KIND_USAGE, "given twice: --", option_rows[id].name);
    if (repeats(id) && ret->repeated_count == REPEATED_MAX)
        return refuse_usage(command, KIND_USAGE, "given too often: --", option_rows[id].name);
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
        return refuse_usage(command, KIND_MISSING, "missing: ", missing);
    if (count > most && most == 0)
        return refuse_usage(command, KIND_USAGE, "unexpected: ", operands[0]);
    if (count > most && strstr(command->operand, "...") == NULL)
        return refuse_usage(command, KIND_USAGE, most == 1 ? "one at a time; unexpected: " : "unexpected: ", operands[most]);
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
    if (ret->value[OPTION_HELP] != NULL) /* whatever else is there: whoever looks for it gets it, and nothing is done */
        return GO_ON;
    if (ret->value[OPTION_VERSION] != NULL)
        return optind == argc ? GO_ON : refuse_usage(command, KIND_USAGE, "unexpected: ", argv[optind]);
    return take_operands(command, (size_t)(argc - optind), argv + optind, ret);
}

static void print_option(const struct command *command, const struct option_row *row)
{
    char left[64];

    snprintf(left, sizeof left, "%c%c%s --%s%s%s", row->letter != 0 ? '-' : ' ',
             row->letter != 0 ? row->letter : ' ', row->letter != 0 ? "," : " ", row->name,
             row->value != NULL ? " " : "", row->value != NULL ? row->value : "");
    printf("  %-32s %s%s\n", left, row->help,
           row->newcomer != NULL && options_take(command, OPTION_USERNAME) ? row->newcomer : "");
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
         "Who has an account here is a bad line, but --skip-existing passes over those of the same e-mail\n"
         "address, and --update changes what differs: never uid, gid, home or password, and nothing for an\n"
         "empty cell or a column that is not there.\n"
         "\n"
         "--from-passwd takes NAMEs instead of a FILE, without any all local accounts with a uid from\n"
         "1000 to 59999, with their ids, passwords, homes and shells. The e-mail address is NAME@HOST\n"
         "(HOST as /etc/mailname says) unless given as NAME=EMAIL. Until --take-over removes the lines\n"
         "of /etc/passwd (and keeps the files as they were), these decide and suspending has no effect.");
}

#define EVENTS \
    "activate, audit-prune, create, delete, edit, edit-roles, fleet-accept, fleet-add-host, fleet-join, fleet-latch, " \
    "fleet-leave, fleet-remove-host, fleet-resync, import, key-add, key-remove, move-to-fleet, password changed, password set, policy, rename, repair, require-change, " \
    "reset-password, restore, suspend, take-over, to-passwd, unlock"

enum status options_check_event(const struct tool *tool)
{
    const char *event = tool->arguments.value[OPTION_EVENT];
    size_t length = event != NULL ? strlen(event) : 0;

    for (const char *p = EVENTS; event != NULL; p += 2) {
        size_t here = strcspn(p, ",");

        if (here == length && strncmp(p, event, here) == 0)
            return GO_ON;
        p += here;
        if (*p == '\0')
            return tool_refuse_as(KIND_USAGE, "event", event, "there is no event '%s'; there are " EVENTS, event);
    }
    return GO_ON;
}

static const char *force_help(const struct command *command)
{
    if (options_take(command, OPTION_EXACT))
        return "\n--force permits it though no active Admin is left or you yourself lose something, and where\n"
               "somebody of this machine stands on a name, an id or a home: such accounts come in suspended.";
    if (options_take(command, OPTION_PRUNE))
        return "\n--force permits it for the last active Admin, and for yourself; names and homes that users create\n"
               "would refuse; and with --prune a file without an account.";
    if (options_take(command, OPTION_UID) || options_take(command, OPTION_SKIP_BAD))
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
    for (enum option_id id = 0; id < OPTION_ID_COUNT; id++)
        if (options_take(command, id))
            print_option(command, &option_rows[id]);
    if (options_take(command, OPTION_COLUMNS)) {
        print_column_names(names, sizeof names);
        printf("\nColumns: %s.\n", names);
    }
    if (options_take(command, OPTION_EVENT))
        puts("\nEvents: " EVENTS ".");
    if (options_take(command, OPTION_SKIP_BAD))
        print_import_help();
    if (options_take(command, OPTION_FORCE))
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
