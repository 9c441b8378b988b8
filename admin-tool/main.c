/*
 * admin-tool: the only way to change accounts. This file is its edge: which command is meant, and the one place where
 * what became of it is an exit status.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "change/open.h"
#include "host/local_users.h"
#include "host/process.h"
#include "sql/deadline.h"
#include "sql/holder.h"
#include "sql/memory.h"
#include "sql/policy.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/options.h"
#include "terminal/say.h"
#include "terminal/terminal.h"
#include "commands.h"

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static bool is_version(const char *word)
{
    return strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0;
}

static enum status print_version(struct tool *tool)
{
    return commands_find(NULL, "version")->run(tool);
}

/* --help and --version of all, or of a group's; next: the word behind it, NULL: none. */
static enum status answer_alone(struct tool *tool, const char *group, const char *word, const char *next)
{
    if (next != NULL)
        return tool_refuse(STATUS_USAGE, "unexpected: %s; %s stands alone", next, word);
    if (!is_help(word))
        return print_version(tool);
    commands_print(stdout, group);
    return STATUS_DONE;
}

static enum status run_command(struct tool *tool, int argc, char **argv)
{
    enum status status = options_parse(tool->command, argc, argv, &tool->arguments);

    if (status != GO_ON)
        return status;
    answer_take(tool_output(tool));
    if (tool_has(tool, OPTION_HELP)) {
        options_print_help(tool->command);
        return STATUS_DONE;
    }
    if (tool_has(tool, OPTION_VERSION))
        return print_version(tool);
    if (geteuid() != 0 && (tool->command->flags & COMMAND_FOR_ALL) == 0)
        return tool_refuse(STATUS_NOT_ROOT, "must be run as root; try sudo");
    return tool->command->run(tool);
}

/* The words before the options: "users list" or "audit". */
static enum status run(struct tool *tool, int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : "";
    const char *group = commands_find_group(first);
    int words = group != NULL ? 2 : 1;

    if (group != NULL && (argc == 2 || argv[2][0] == '-'))
        tool->command = commands_find(group, ""); /* the group's word alone is a command */
    if (tool->command != NULL)
        return run_command(tool, argc - 1, argv + 1);
    if (argc > words && (is_help(argv[words]) || is_version(argv[words])))
        return answer_alone(tool, group, argv[words], argv[words + 1]);
    if (argc <= words) {
        tool_refuse_as(KIND_MISSING, "command", NULL, "missing: COMMAND, one of these:");
        commands_print(stderr, group);
        return STATUS_USAGE;
    }
    tool->command = commands_find(group, argv[words]);
    if (tool->command == NULL)
        return commands_refuse(first, argc > 2 ? argv[2] : NULL);
    return run_command(tool, argc - words, argv + words);
}

/* What was committed stays done, though nobody could read about it. Whoever went away after the first lines of what only
 * reads has what he wanted. */
static enum status settle(const struct tool *tool, enum status status)
{
    bool unread = fflush(stdout) != 0 || ferror(stdout);

    if (unread && tool->changed)
        tool_refuse(status, "the change was made, but standard output could not be written");
    if (unread && !tool->changed && status == STATUS_DONE && !terminal_is_left(stdout, 0))
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
    struct tool tool = { .lock = -1, .folder = -1, .find_local = host_find_local };
    enum status status;

    if (!process_harden(&tool.folder) || !memory_wipe_freed())
        return STATUS_FAILED;
    deadline_set(HOLD_MS, GAVE_UP, STATUS_FAILED);
    holder_set_patience(WAIT_MS);
    tool.now = (int64_t)time(NULL);
    policy_defaults(&tool.policy);
    answer_expect(argc, argv);
    status = run(&tool, argc, argv);
    tool_close(&tool);
    status = answer_end(status, tool.changed);
    return settle(&tool, status);
}
