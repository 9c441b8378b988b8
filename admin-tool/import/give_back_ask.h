/*
 * The question before accounts go back to /etc/passwd.
 */
#ifndef CODER_IMPORT_GIVE_BACK_ASK_H
#define CODER_IMPORT_GIVE_BACK_ASK_H

#include <stddef.h>

#include "terminal/command.h"
#include "give_back_files.h"

/* Say what each of them loses, and ask. there: how many of them have lines there already. GO_ON, DONE with --dry-run, or said. */
enum status give_back_ask(struct tool *tool, const struct goer *goers, size_t count,
                          size_t there);

#endif
