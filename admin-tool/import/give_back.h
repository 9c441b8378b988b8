/*
 * users export --to-passwd: accounts written back to the local files.
 */
#ifndef CODER_IMPORT_GIVE_BACK_H
#define CODER_IMPORT_GIVE_BACK_H

#include "terminal/command.h"

enum status give_back(struct tool *tool);

#endif
