/*
 * A request "write": one server after another, until one writes; its operations in their order; the answers to the peer.
 */
#ifndef CODER_FLEET_WRITE_H
#define CODER_FLEET_WRITE_H

#include "peer.h"
#include "settings.h"

enum { WRITE_STEP_MS = 5000, WRITE_WHOLE_MS = 30000, WRITE_SECONDS = 45 };

/* Reads what follows the first line, and answers it. The secret in it is wiped. */
void write_serve(const struct settings *settings, struct peer *peer);

/* The same where there are no settings, and why. */
void write_refuse(const char *why, struct peer *peer);

#endif
