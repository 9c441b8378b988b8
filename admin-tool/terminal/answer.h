/*
 * What a program is told (-o json) of what is said to a person. The lines are kept while the command runs; there is one
 * answer, as there is one standard output.
 */
#ifndef CODER_TERMINAL_ANSWER_H
#define CODER_TERMINAL_ANSWER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "command.h"
#include "fault.h"

/* JSON is asked for, by the words of the command line alone: so a command line that is wrong is answered in it, too.
 * Once it is read, answer_take has what -o said: tool_output's. */
void answer_expect(int argc, char **argv);
void answer_take(const char *output);
bool answer_is_json(void);

enum answer_line {
    ANSWER_SAID,    /* on standard output, between answer_hear and answer_write */
    ANSWER_NOTE,    /* on standard error, but nothing went wrong */
    ANSWER_PROBLEM, /* went wrong after a change */
    ANSWER_LINES
};

/* Whom the lines that follow are about, NULL: all or nobody. The name is copied. */
void answer_about(const char *username);
void answer_keep(enum answer_line line, const char *text);

/* The refusal that ends the command, the last one of several; those before it are notes. NULL fields: none. */
void answer_keep_fault(enum fault_kind kind, const char *field, const char *subject, const char *message,
                       const char *advice);

/* With JSON: from now on what is printed to stdout is kept and not shown, until the answer is written. */
void answer_hear(void);

/* Where a list goes that people are to read: standard output, as long as that is not the answer's alone. */
FILE *answer_beside(void);

/* Those kept of one account, and those about nobody where `alone`: {"said": [], "notes": [], "problems": []} for
 * store_text_free; NULL when memory is short. */
char *answer_lines(const char *username, bool alone);

/* Two objects as one; the parts are freed. NULL when one is, or memory is short. */
char *answer_join(char *object, char *more);

/* JSON text is written as the answer, whole or in parts: no error object follows. False with errno. */
bool answer_write(const char *text);

/* A number, or JSON text (which is copied), that belongs to the answer of a command which has no other, be it an error's:
 * "removed", 3. */
void answer_count(const char *key, int64_t value);
void answer_add(const char *key, const char *text);

/* At the end, when JSON is asked for and nothing else was the answer: the error object if something was refused; of a
 * command that we listened to, whether it changed something, its numbers and its lines. A monitor (-o nagios) that was
 * refused gets its line, too, and UNKNOWN for the status. The status to end with. */
enum status answer_end(enum status status, bool changed);

#endif
