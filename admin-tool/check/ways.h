/*
 * The ways in that one user has.
 */
#ifndef CODER_CHECK_WAYS_H
#define CODER_CHECK_WAYS_H

#include "sql/account.h"
#include "visit.h"

/* Why this state keeps a user out, "" when it does not. */
const char *visit_reason(enum verdict verdict);

/* Adds one line for each way in that this machine has. */
void visit_judge(struct visit *visit);

#endif
