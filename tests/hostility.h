/*
 * What a caller can leave in a process before it executes a program with more rights than he has:
 * one named attribute each, set to something hostile.
 */
#ifndef CODER_HOSTILITY_H
#define CODER_HOSTILITY_H

#include <stdbool.h>
#include <stddef.h>

enum hostility_kind {
    HOSTILITY_RESET,     /* it is as if nothing had been set, and the program works */
    HOSTILITY_SELF_HARM, /* reset; but the system itself may refuse to execute the program, or end it before */
    HOSTILITY_HARD,      /* a hard limit: as SELF_HARM, and only CAP_SYS_RESOURCE raises it again */
    HOSTILITY_KEPT,      /* it stays and has no effect */
    HOSTILITY_POWERLESS, /* the set-user-ID bit has no effect, or the helper ends at once */
};

struct hostility {
    const char *name;
    bool (*set)(void); /* in the caller's process, descriptor 0 untouched; false: cannot be set here */
    enum hostility_kind kind;
};

extern const struct hostility hostilities[];
extern const size_t hostility_count;

const struct hostility *hostility_find(const char *name); /* NULL when there is none */

#endif
