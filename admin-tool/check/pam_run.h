/*
 * A PAM stack run on paper.
 */
#ifndef CODER_CHECK_PAM_RUN_H
#define CODER_CHECK_PAM_RUN_H

#include <stdbool.h>

#include "pam_stack.h"

/* What libpam would return; *ret_asked: was pam_coder run? NULL: no matter. */
enum pam_code pam_stack_run(const struct pam_stack *stack, const struct pam_answers *answers,
                            bool *ret_asked);

/* The line of pam_coder.so, NULL when there is none. */
const struct pam_line *pam_stack_find(const struct pam_stack *stack, const char *module);

#endif
