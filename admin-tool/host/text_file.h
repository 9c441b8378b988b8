/*
 * Configuration files as text, line by line: what every parser of the doctor reads through.
 */
#ifndef CODER_TEXT_FILE_H
#define CODER_TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* ROOT/PATH for reading, "" for the machine's own root; only a regular file of at most 1 MiB, so
 * that a pipe or device in its place cannot hold us. NULL with errno. To be closed with fclose. */
FILE *text_file_open(const char *root, const char *path);

/* One line without its end and comment; lines that end in '\' are joined. Longer ones are cut to
 * size, and NULs end them. False at the end of the file. */
bool text_file_line(FILE *file, char *ret, size_t size);

/* The next word of *text, behind blanks, copied and cut to size; "[...]" is one word. *text: moved
 * behind it. False when there is none. */
bool text_word(const char **text, char *ret, size_t size);

#endif
