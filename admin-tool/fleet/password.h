/*
 * The requests of coder_helper: "change-password", a user's own change, made as that user, and "probe", whether a server
 * that writes is there. The answers are plain words, a line each (coder_fleet(8)).
 */
#ifndef CODER_FLEET_PASSWORD_H
#define CODER_FLEET_PASSWORD_H

#include "peer.h"
#include "settings.h"

/* No server is asked after the whole time; the asker has a deadline of its own behind it. */
enum { PASSWORD_STEP_MS = 2000, PASSWORD_WHOLE_MS = 5000, PASSWORD_PROBE_STEP_MS = 1000, PASSWORD_PROBE_MS = 1800 };

void password_serve_change(const struct settings *settings, const char *nothing, struct peer *peer);
void password_serve_probe(const struct settings *settings, const char *nothing, struct peer *peer);

#endif
