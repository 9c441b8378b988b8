/*
 * `coder_fleet check`: whether this host could follow, for admin-tool check and fleet status.
 */
#ifndef CODER_FLEET_PROBE_H
#define CODER_FLEET_PROBE_H

#include "settings.h"

enum { PROBE_STEP_MS = 3000, PROBE_SECONDS = 10 };

/* On standard output "certificate SECONDS" (when the host's own ends), "authority SECONDS" and "revoked SECONDS" (when
 * what stands in ca.pem does), each where that can be read, and for each provider "uri URI ok" or "uri URI WHY". After PROBE_SECONDS no further one is asked. */
void probe_print(const struct settings *settings);

#endif
