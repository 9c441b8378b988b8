/*
 * The lines of one run, kept for its answer in JSON. When memory is short the answer has fewer of them.
 */
#include "answer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "command.h"
#include "escape.h"
#include "fault.h"

struct line {
    struct line *next;
    enum answer_line what;
    char about[ACCOUNT_NAME_SIZE]; /* "": nobody */
    char text[];
};

static struct {
    bool expected, written;
    bool monitored; /* a monitor reads one line, whatever happens */
    char about[ACCOUNT_NAME_SIZE]; /* "": nobody */
    struct line *lines; /* the newest first */
    size_t count;
    char *more; /* an object: what the answer says besides; NULL: nothing */
    char *fault; /* the object; NULL: nothing was refused */
    char *message;
    FILE *shown; /* the real standard output while we listen; NULL: we do not */
    char *heard;
    size_t heard_size, taken;
} answer;

void answer_expect(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        bool apart = i + 1 < argc && (strcmp(argv[i], "-o") == 0 || strcmp(argv[i], "--output") == 0);
        const char *form = apart ? argv[i + 1] : "";

        if (!apart && strncmp(argv[i], "-o", strlen("-o")) == 0)
            form = argv[i] + strlen("-o");
        if (strncmp(argv[i], "--output=", strlen("--output=")) == 0)
            form = argv[i] + strlen("--output=");
        answer.expected |= strcmp(form, "json") == 0;
        answer.monitored |= strcmp(form, "nagios") == 0;
    }
}

void answer_take(const char *output)
{
    answer.expected = strcmp(output, "json") == 0;
    answer.monitored = strcmp(output, "nagios") == 0;
}

bool answer_is_json(void)
{
    return answer.expected;
}

/* -- keeping ------------------------------------------------------------------------------ */

static void keep(enum answer_line what, const char *text, size_t length)
{
    struct line *line = malloc(sizeof *line + length + 1);

    if (line == NULL)
        return;
    line->next = answer.lines;
    line->what = what;
    memcpy(line->about, answer.about, sizeof line->about);
    memcpy(line->text, text, length);
    line->text[length] = '\0';
    answer.lines = line;
    answer.count++;
}

/* What was printed since the last time, line by line. */
static void listen(void)
{
    if (answer.shown == NULL || fflush(stdout) != 0)
        return;
    while (answer.taken < answer.heard_size) {
        const char *line = answer.heard + answer.taken;
        size_t length = strcspn(line, "\n");

        if (length > 0)
            keep(ANSWER_SAID, line, length);
        answer.taken += length + 1;
    }
}

void answer_about(const char *username)
{
    listen();
    snprintf(answer.about, sizeof answer.about, "%s", username != NULL ? username : "");
}

void answer_keep(enum answer_line line, const char *text)
{
    static const char note[] = "note: ";

    if (!answer.expected)
        return;
    if (strncmp(text, note, strlen(note)) == 0)
        text += strlen(note);
    listen();
    keep(line, text, strlen(text));
}

void answer_keep_fault(enum fault_kind kind, const char *field, const char *subject, const char *message,
                       const char *advice)
{
    char plain[4 * ACCOUNT_PATH_SIZE];

    if (!answer.expected && !answer.monitored)
        return;
    if (subject != NULL)
        print_escape(subject, plain, sizeof plain);
    if (answer.message != NULL)
        keep(ANSWER_NOTE, answer.message, strlen(answer.message));
    free(answer.message);
    store_text_free(answer.fault);
    answer.message = strdup(message);
    answer.fault = json_make_object("itttt" "t", "code", (int64_t)fault_status(kind), "kind", fault_name(kind), "field",
                                    field, "subject", subject != NULL ? plain : NULL, "message", message, "advice",
                                    advice);
}

void answer_hear(void)
{
    FILE *heard;

    if (!answer.expected || answer.shown != NULL || fflush(stdout) != 0)
        return;
    heard = open_memstream(&answer.heard, &answer.heard_size);
    if (heard == NULL)
        return; /* it is shown, then */
    answer.shown = stdout;
    stdout = heard;
}

FILE *answer_beside(void)
{
    return answer.expected && answer.shown == NULL ? stderr : stdout;
}

static void hear_no_more(void)
{
    if (answer.shown == NULL)
        return;
    listen();
    fclose(stdout);
    stdout = answer.shown;
    answer.shown = NULL;
    free(answer.heard);
    answer.heard_size = answer.taken = 0; /* it may begin again */
}

/* -- answering ---------------------------------------------------------------------------- */

static bool is_of(const struct line *line, enum answer_line what, const char *username, bool alone)
{
    return line->what == what && (line->about[0] == '\0' ? alone : strcmp(line->about, username) == 0);
}

static char *list(enum answer_line what, const char *username, bool alone)
{
    const char **texts = calloc(answer.count + 1, sizeof *texts);
    size_t first = answer.count;
    char *array;

    if (texts == NULL)
        return NULL;
    for (const struct line *line = answer.lines; line != NULL; line = line->next)
        if (is_of(line, what, username, alone))
            texts[--first] = line->text;
    array = json_make_array(texts + first, answer.count - first);
    free(texts);
    return array;
}

char *answer_lines(const char *username, bool alone)
{
    char *said, *notes, *problems, *object = NULL;

    listen();
    said = list(ANSWER_SAID, username, alone);
    notes = list(ANSWER_NOTE, username, alone);
    problems = list(ANSWER_PROBLEM, username, alone);
    if (said != NULL && notes != NULL && problems != NULL)
        object = json_make_object("jjj", "said", said, "notes", notes, "problems", problems);
    store_text_free(said);
    store_text_free(notes);
    store_text_free(problems);
    return object;
}

bool answer_write(const char *text)
{
    hear_no_more();
    if (!answer.written)
        setvbuf(stdout, NULL, _IONBF, 0); /* it may hold a password, of which no copy stays behind */
    answer.written = true;
    return fputs(text, stdout) != EOF;
}

char *answer_join(char *object, char *more)
{
    char *joined = object != NULL && more != NULL ? json_join(object, more) : NULL;

    store_text_free(object);
    store_text_free(more);
    return joined;
}

static void add(char *object)
{
    answer.more = answer.more != NULL ? answer_join(answer.more, object) : object;
}

void answer_count(const char *key, int64_t value)
{
    if (answer.expected)
        add(json_make_object("i", key, value));
}

void answer_add(const char *key, const char *text)
{
    if (answer.expected)
        add(json_make_object("j", key, text));
}

/* With what it says besides. */
static void write_object(char *object)
{
    if (answer.more != NULL)
        object = answer_join(object, answer.more);
    answer.more = NULL;
    if (object != NULL)
        puts(object);
    store_text_free(object);
}

static void write_error(void)
{
    char *notes = list(ANSWER_NOTE, "", true);

    write_object(notes != NULL ? json_make_object("jj", "error", answer.fault, "notes", notes) : NULL);
    store_text_free(notes);
}

static void write_outcome(bool changed)
{
    write_object(answer_join(json_make_object("b", "changed", changed), answer_lines("", true)));
}

enum status answer_end(enum status status, bool changed)
{
    bool listened = answer.shown != NULL;

    listen();
    hear_no_more();
    if (answer.monitored && answer.message != NULL && status != STATUS_DONE) {
        printf("CODER UNKNOWN - %s\n", answer.message);
        return STATUS_UNKNOWN;
    }
    if (!answer.expected || answer.written || __fpending(stdout) != 0)
        ; /* it is answered */
    else if (answer.fault != NULL && status != STATUS_DONE)
        write_error();
    else if (listened)
        write_outcome(changed);
    store_text_free(answer.more);
    answer.more = NULL;
    return status;
}
