/*
 * The one question before a change.
 */
#include "confirm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"

/* Only the word `yes` goes on; the end of the input does not. */
bool change_is_confirmed(const char *plan, FILE *out)
{
    char line[64];
    const char *end;

    if (answer_is_json())
        out = stderr; /* standard output is the answer's */
    memset(line, ' ', sizeof line); /* so that the last NUL is the line's end */
    fprintf(out, "Are you sure you want to %s? (yes/no) ", plan);
    fflush(out);
    if (fgets(line, sizeof line, stdin) == NULL || !isatty(STDIN_FILENO))
        fputc('\n', out); /* which nobody typed there */
    end = memrchr(line, '\0', sizeof line);
    return end != NULL && (end - line == 3 || (end - line == 4 && line[3] == '\n')) &&
           memcmp(line, "yes", 3) == 0;
}
