/*
 * A host more or less in the tree: its entry, and its membership of the groups that its scopes are.
 */
#ifndef CODER_FLEET_WRITE_HOST_H
#define CODER_FLEET_WRITE_HOST_H

#include "course.h"

/* add-host, remove-host. What is half done is done to its end by asking again. */
enum course_end write_host(struct course *course, long long until);

#endif
