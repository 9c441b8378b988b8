/*
 * What is said to a person: everything that can go wrong becomes a status and one line, at one place.
 */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "sql/store.h"
#include "answer.h"
#include "command.h"
#include "escape.h"
#include "fault.h"
#include "unknown.h"

static struct {
    FILE *out; /* NULL: at once */
    char *text;
    size_t size;
} later;

void say_later(void)
{
    fflush(NULL);
    later.out = open_memstream(&later.text, &later.size); /* without memory the stream's own buffer must do */
}

void say_now(void)
{
    if (later.out == NULL)
        return;
    fclose(later.out);
    later.out = NULL;
    fwrite(later.text, 1, later.size, stderr);
    free(later.text);
}

enum { TEXT_SIZE = 1024 };

/* Escaped; the part before the format's first "; " is what went wrong, the one behind it what to do. */
struct line {
    char whole[4 * TEXT_SIZE], message[4 * TEXT_SIZE];
    const char *advice; /* in `whole`; NULL: none */
};

/* That nothing was changed is no advice. */
static const char *find_advice(const char *format)
{
    const char *end = strstr(format, "; ");

    return end != NULL && strncmp(end, "; nothing was", strlen("; nothing was")) == 0 ? strstr(end + 1, "; ") : end;
}

static void compose(const char *format, va_list list, struct line *ret)
{
    const char *end = find_advice(format);
    char text[TEXT_SIZE], *first = strndup(format, end != NULL ? (size_t)(end - format) : strlen(format));
    va_list again;

    va_copy(again, list);
    vsnprintf(text, sizeof text, format, list);
    print_escape(text, ret->whole, sizeof ret->whole);
    vsnprintf(text, sizeof text, first != NULL ? first : format, again);
    print_escape(text, ret->message, sizeof ret->message);
    va_end(again);
    free(first);
    ret->advice = end != NULL && strlen(ret->whole) > strlen(ret->message) + 2 ? ret->whole + strlen(ret->message) + 2 : NULL;
}

static void say(const struct line *line)
{
    fprintf(later.out != NULL ? later.out : stderr, "admin-tool: %s\n", line->whole);
}

static enum status refuse(enum fault_kind kind, const char *field, const char *subject, const char *format, va_list list)
{
    struct line line;

    compose(format, list, &line);
    say(&line);
    answer_keep_fault(kind, field, subject, line.message, line.advice);
    return fault_status(kind);
}

static void mention(enum answer_line what, const char *format, va_list list)
{
    struct line line;

    compose(format, list, &line);
    say(&line);
    answer_keep(what, line.whole);
}

enum status tool_refuse(enum status status, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    if (status == GO_ON || status == STATUS_DONE)
        mention(ANSWER_NOTE, format, list);
    else
        refuse(fault_usual(status), NULL, NULL, format, list);
    va_end(list);
    return status;
}

enum status tool_refuse_as(enum fault_kind kind, const char *field, const char *subject, const char *format, ...)
{
    enum status status;
    va_list list;

    va_start(list, format);
    status = refuse(kind, field, subject, format, list);
    va_end(list);
    return status;
}

void tool_complain(struct tool *tool, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    mention(ANSWER_PROBLEM, format, list);
    va_end(list);
    tool->troubled = true;
}

static enum status say_unknown(const struct tool *tool, const char *subject)
{
    char name[ACCOUNT_NAME_SIZE];

    switch (unknown_find(tool, subject, name)) {
    case UNKNOWN_RENAMED:
        return tool_refuse_as(KIND_NOT_FOUND, "username", subject,
                              "no such user: %s is now %s; see 'admin-tool users show %s'", subject, name, name);
    case UNKNOWN_GONE:
        return tool_refuse_as(KIND_LOCAL_ACCOUNT, "username", subject, "no such user: %s went to /etc/passwd; see "
                              "usermod(8), or 'admin-tool users import --from-passwd --take-over %s'", subject, subject);
    case UNKNOWN_LOCAL:
        return tool_refuse_as(KIND_LOCAL_ACCOUNT, "username", subject, "%s is a local account of /etc/passwd; use "
                              "'passwd %s', or 'admin-tool users import --from-passwd %s'", subject, subject, subject);
    case UNKNOWN_SYSTEM:
        return tool_refuse_as(KIND_LOCAL_ACCOUNT, "username", subject,
                              "%s is a local account of /etc/passwd; see usermod(8)", subject);
    case UNKNOWN_SIMILAR:
        return tool_refuse_as(KIND_NOT_FOUND, "username", subject, "no such user: %s; did you mean %s?", subject, name);
    case UNKNOWN_NOBODY:
    default:
        return tool_refuse_as(KIND_NOT_FOUND, "username", subject, tool->store != NULL
                                  ? "no such user: %s; see 'admin-tool users list'"
                                  : "no such user: %s; there is no account yet, see 'admin-tool users create'", subject);
    }
}

enum status tool_store_status(const struct tool *tool, enum store_result result,
                              const char *subject)
{
    const char *detail = tool->store != NULL ? store_detail(tool->store) : "";

    switch (result) {
    case STORE_OK:
        return GO_ON;
    case STORE_NOT_FOUND:
    case STORE_MISSING:
        return say_unknown(tool, subject);
    case STORE_TAKEN:
        return tool_refuse_as(KIND_TAKEN, NULL, subject, "%s is taken by an account or a deleted one; choose another",
                              subject);
    case STORE_REFUSED:
        return tool_refuse(STATUS_REFUSED, "%s is refused by the store: %s", subject, detail);
    case STORE_LOST:
        return tool_refuse(STATUS_REFUSED, "%s was changed meanwhile; look and run it again", subject);
    case STORE_UNSAFE:
        return tool_refuse(STATUS_STORE,
                           CODER_STATE_DIR " (0755), " PRIVATE_DIR " (0700) or a file in it (0600) is "
                           "not root's alone or is a link; find out why, then chown and chmod it");
    case STORE_FOREIGN:
        return tool_refuse(STATUS_STORE, PRIVATE_DIR "/accounts.db is another program's file; "
                           "move it away, or put our own back");
    case STORE_TOO_NEW:
        return tool_refuse_as(KIND_TOO_NEW, NULL, NULL, PRIVATE_DIR "/accounts.db was written by a newer version; "
                              "install that version here (this is " CODER_VERSION ")");
    case STORE_BUSY:
        return tool_refuse_as(KIND_BUSY, NULL, NULL, PRIVATE_DIR "/accounts.db is busy; nothing was changed, try again");
    case STORE_DAMAGED:
        if (tool->store != NULL && detail[0] == '\0') /* SQLite is content: a value is not ours */
            return tool_refuse(STATUS_STORE, PRIVATE_DIR "/accounts.db holds what no program of "
                               "ours writes; run 'admin-tool check', which names it and what mends "
                               "it");
        return tool_refuse(STATUS_STORE, PRIVATE_DIR "/accounts.db is damaged%s%s; "
                           "move it away and run 'admin-tool restore FILE'",
                           detail[0] != '\0' ? ": " : "", detail);
    case STORE_FULL:
        return tool_refuse(STATUS_FAILED,
                           "cannot write to " PRIVATE_DIR ": no space, or a read-only "
                           "disk; make room and try again");
    case STORE_FAILED:
    default:
        return tool_refuse(STATUS_FAILED, "cannot use " PRIVATE_DIR "/accounts.db: %s",
                           detail[0] != '\0' ? detail : "memory, input or output failed");
    }
}

bool tool_has(const struct tool *tool, enum option_id option)
{
    return tool->arguments.value[option] != NULL;
}

const char *tool_output(const struct tool *tool)
{
    static const enum option_id outputs[] = {
        OPTION_TEXT_OUTPUT, OPTION_TABLE_OUTPUT, OPTION_CHECK_OUTPUT, OPTION_LIST_OUTPUT, OPTION_LOG_OUTPUT,
    };

    for (size_t i = 0; i < sizeof outputs / sizeof outputs[0]; i++)
        if (tool_has(tool, outputs[i]))
            return tool->arguments.value[outputs[i]];
    return "";
}

bool tool_wants_json(const struct tool *tool)
{
    return strcmp(tool_output(tool), "json") == 0;
}
