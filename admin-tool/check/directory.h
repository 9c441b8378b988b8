/*
 * The public file.
 */
#ifndef CODER_CHECK_DIRECTORY_H
#define CODER_CHECK_DIRECTORY_H

#include "finding.h"

void check_directory(struct doctor *doctor); /* check_directory.c: the public file */

#endif
