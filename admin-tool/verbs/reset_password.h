/*
 * Admin-tool reset-password.
 */
#ifndef CODER_VERBS_RESET_PASSWORD_H
#define CODER_VERBS_RESET_PASSWORD_H

#include "terminal/command.h"

enum status reset_password(struct tool *tool);

#endif
