/*
 * Text that came from elsewhere, made a word of a command that somebody may paste.
 */
#include "shell_word.h"

#include <stdio.h>
#include <string.h>

void shell_word(const char *text, char ret[SHELL_WORD_SIZE])
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:@%+=,-";
    char *to = ret;

    if (text[0] != '\0' && text[strspn(text, plain)] == '\0') {
        snprintf(ret, SHELL_WORD_SIZE, "%s", text);
        return;
    }
    *to++ = '\'';
    for (; *text != '\0' && to - ret < SHELL_WORD_SIZE - 6; text++) {
        const char *piece = *text == '\'' ? "'\\''" : NULL;

        if (piece != NULL)
            to = stpcpy(to, piece);
        else
            *to++ = *text;
    }
    *to++ = '\'';
    *to = '\0';
}
