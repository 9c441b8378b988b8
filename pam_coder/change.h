/*
 * Changing a password.
 */
#ifndef CODER_CHANGE_H
#define CODER_CHANGE_H

#include "hearing.h"
#include "request.h"

/* The user's own change, and root's word. */
void hearing_change(struct hearing *hearing, struct answer *ret);
void hearing_set(struct hearing *hearing, struct answer *ret);

#endif
