/*
 * Units of systemd that no file of a package's or an administrator's has: somebody started them by hand, with
 * systemd-run(1) or run0(1). They run as root or whom he named, outside every session, and nothing says who he was.
 */
#ifndef CODER_HOST_BY_HAND_H
#define CODER_HOST_BY_HAND_H

#include <stdint.h>

/* Each that was started since then (seconds) and is active, in the order of their names, but for the one that we are in.
 * systemd is asked about each, for at most 10 s. The name is good until visit returns. */
void by_hand_walk(int64_t since, void (*visit)(void *context, const char *name), void *context);

#endif
