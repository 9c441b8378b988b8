/*
 * The store before it is opened and what is in it; what is ours, for check and repair alike.
 */
#ifndef CODER_CHECK_STORE_H
#define CODER_CHECK_STORE_H

#include <stdbool.h>
#include <sys/types.h>

#include "finding.h"

void check_store(struct doctor *doctor);     /* check_store.c: files, schema, integrity; opens it */

struct own_file {
    const char *path;
    mode_t kind, mode;
};
enum { OWN_FILES = 10 };
extern const struct own_file check_own_files[OWN_FILES];

/* Does the file of this kind have our owner and mode? True as well when there is none. */
bool check_own_file_is_good(const struct own_file *own);

/* Is the name one of those that belong into the private folder? */
bool check_private_name_is_known(const char *name);

#endif
