/*
 * Admin-tool audit.
 */
#ifndef CODER_VERBS_AUDIT_H
#define CODER_VERBS_AUDIT_H

#include "terminal/command.h"

enum status audit_show(struct tool *tool);

#endif
