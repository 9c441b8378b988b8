/*
 * Is the password right?.
 */
#ifndef CODER_VERIFY_H
#define CODER_VERIFY_H

#include "hearing.h"
#include "request.h"

/* verify.c: is request->password right? Sets verdict and right of *ret. Every comparison of a
 * secret is charged in here, and every refusal costs the work of a comparison. */
void hearing_verify(struct hearing *hearing, struct answer *ret);

#endif
