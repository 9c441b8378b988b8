/*
 * What each option is called, takes and does: the one table getopt's tables, the help and the completion come from.
 */
#ifndef CODER_TERMINAL_OPTION_ROWS_H
#define CODER_TERMINAL_OPTION_ROWS_H

#include "command.h"

struct option_row {
    const char *name;
    char letter; /* 0: none. The same letter may mean different options of different commands */
    const char *value; /* what it takes, NULL: nothing; "a|b", in small letters: one of these words */
    const char *help;
    const char *newcomer; /* more of the help, of a command that makes an account; NULL: none */
};

extern const struct option_row option_rows[OPTION_ID_COUNT];

#endif
