/*
 * The one question before a change.
 */
#include "confirm.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "say.h"

enum reply { REPLY_YES, REPLY_NO, REPLY_OTHER };

/* All of the line, whatever is in it. */
static bool is_word(const char *line, size_t length, const char *word)
{
    return length == strlen(word) && memcmp(line, word, length) == 0;
}

/* The end of the input is a no. */
static enum reply read_reply(FILE *out)
{
    char line[64];
    size_t length;

    memset(line, ' ', sizeof line); /* so that the last NUL is the line's end */
    if (fgets(line, sizeof line, stdin) == NULL) {
        fputc('\n', out);
        return REPLY_NO;
    }
    if (!isatty(STDIN_FILENO))
        fputc('\n', out); /* which nobody typed there */
    length = (size_t)((const char *)memrchr(line, '\0', sizeof line) - line);
    length -= length > 0 && line[length - 1] == '\n';
    if (is_word(line, length, "yes"))
        return REPLY_YES;
    return length == 0 || is_word(line, length, "no") || is_word(line, length, "n") ? REPLY_NO : REPLY_OTHER;
}

enum status confirm_change(const char *plan, FILE *out)
{
    if (answer_is_json())
        out = stderr; /* standard output is the answer's */
    fprintf(out, "Are you sure you want to %s? (yes/no) ", plan);
    fflush(out);
    switch (read_reply(out)) {
    case REPLY_YES:
        return GO_ON;
    case REPLY_OTHER:
        return tool_refuse(STATUS_NOT_CONFIRMED, "not confirmed, as only the word yes counts; nothing was changed");
    default:
        return tool_refuse(STATUS_NOT_CONFIRMED, "not confirmed; nothing was changed");
    }
}
