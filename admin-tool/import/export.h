/*
 * Users export.
 */
#ifndef CODER_IMPORT_EXPORT_H
#define CODER_IMPORT_EXPORT_H

#include "terminal/command.h"

enum status users_export(struct tool *tool);

#endif
