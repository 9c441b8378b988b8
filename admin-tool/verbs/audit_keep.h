/*
 * What keeps the audit log: is it whole, and removing what is old.
 */
#ifndef CODER_VERBS_AUDIT_KEEP_H
#define CODER_VERBS_AUDIT_KEEP_H

#include "terminal/command.h"

enum status audit_verify(struct tool *tool); /* audit --verify */

enum status audit_prune(struct tool *tool);

#endif
