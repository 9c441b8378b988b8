/*
 * A signal to everybody of one uid, by the kernel, at once.
 */
#ifndef CODER_UID_SIGNAL_H
#define CODER_UID_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Send the signal to each process whose real or saved uid is this one, in one walk of the kernel's
 * (kill(2), -1): none of them forks meanwhile, and nobody else is hit. False: it could not be sent,
 * e.g. in a user namespace that has no uid to spare; takes 5 s at most.
 */
bool uid_signal(uint32_t uid, int signal);

#endif
