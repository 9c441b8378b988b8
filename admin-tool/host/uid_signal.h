/*
 * A signal to everybody of a uid, by the kernel, at once.
 */
#ifndef CODER_UID_SIGNAL_H
#define CODER_UID_SIGNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Send the signal to each process whose real or saved uid is one of these, for each uid in one walk of the kernel's
 * (kill(2), -1): none of them forks meanwhile, and nobody else is hit. False: it could not be sent for all, e.g. in a
 * user namespace that has no uid to spare; takes 5 s at most for each.
 */
bool uid_signal(const uint32_t *uids, size_t count, int signal);

#endif
