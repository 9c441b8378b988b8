/*
 * What this machine is called.
 */
#ifndef CODER_HOST_OWN_NAME_H
#define CODER_HOST_OWN_NAME_H

/* Fully qualified, as hostname(1) -f has it, where that is found in OWN_NAME_SECONDS; else as the kernel knows it. Never
 * empty, and plain. Asked for once; nobody waits for it under a lock. */
enum { OWN_NAME_SECONDS = 2 };
const char *own_name(void);

#endif
