/*
 * A path or name as one word of a command for sh.
 */
#ifndef CODER_SHELL_WORD_H
#define CODER_SHELL_WORD_H

#include <limits.h>

enum { SHELL_WORD_SIZE = 4 * PATH_MAX + 3 };

/* As it is where nothing in it means something to a shell, else quoted (POSIX, Shell Command Language, 2.2.2). */
void shell_word(const char *text, char ret[SHELL_WORD_SIZE]);

#endif
