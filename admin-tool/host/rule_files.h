/*
 * The files of rules of sudo and polkit on this machine.
 */
#ifndef CODER_RULE_FILES_H
#define CODER_RULE_FILES_H

#include "rule_groups.h"

/* Each file that sudo (with those it includes) or polkit reads: its text, of at most 1 MiB. One that cannot be read is
 * passed over. */
void rule_files_walk(void (*visit)(void *context, enum rule_language language, const char *path, const char *text),
                     void *context);

#endif
