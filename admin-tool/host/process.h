/*
 * The process made safe before it does anything.
 */
#ifndef CODER_HOST_PROCESS_H
#define CODER_HOST_PROCESS_H

#include <stdbool.h>

/* First thing of all. False: do nothing. ret_folder: struct tool's. */
bool process_harden(int *ret_folder);

#endif
