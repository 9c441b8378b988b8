/*
 * An operation on an account of the tree: what is there is looked at, then written under the assertion that it is still
 * so.
 */
#ifndef CODER_FLEET_WRITE_ACCOUNT_H
#define CODER_FLEET_WRITE_ACCOUNT_H

#include "course.h"

/* add, change, delete, rename. */
enum course_end write_account(struct course *course);

#endif
