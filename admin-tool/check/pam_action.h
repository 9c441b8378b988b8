/*
 * The control field of pam.conf(5): what libpam does with each answer of a module.
 */
#ifndef CODER_PAM_ACTION_H
#define CODER_PAM_ACTION_H

#include <stdbool.h>

#include "pam_stack.h"

enum pam_action {
    ACTION_IGNORE = -1,
    ACTION_OK = -2,
    ACTION_DONE = -3,
    ACTION_BAD = -4,
    ACTION_DIE = -5,
    ACTION_RESET = -6
};

/* "required", "[success=1 default=ignore]" and the like. False: libpam would not understand it. */
bool pam_action_parse(const char *control, short ret[PAM_CODES]);

#endif
