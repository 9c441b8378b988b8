/*
 * quiet.h - libc's slow and loud calls, answered by the program itself.
 */
#ifndef CODER_FUZZ_QUIET_H
#define CODER_FUZZ_QUIET_H

/* What no line of the log may hold; NULL: nothing. */
extern const char *quiet_secret;

#endif
