/*
 * Where an attempt came from: as the key that failures are counted under (DESIGN D8), and as a person wants to
 * know it.
 */
#ifndef CODER_ORIGIN_H
#define CODER_ORIGIN_H

#include <stdint.h>

#include "sql/activity.h"
#include "request.h"

/* What costs nothing to have more of is one origin: this host's own addresses, and those of its link. */
#define ORIGIN_LOCAL "local"

/*
 * The key, the first of these that there is. For a caller other than root "subuid:NAME", the owner of the range
 * that his uid is in (subuid(5)), or "uid:N". For a numeric client address ORIGIN_LOCAL or "ip:A", v4-mapped as IPv4,
 * IPv6 by its /64. For a host's name ORIGIN_LOCAL, when it is this host's own, or "host:TEXT". "service:NAME tty:KIND",
 * a terminal's number left out. Printable ASCII; anything else in a host's text becomes '?'.
 */
void origin_of_request(const struct request *request, uint32_t caller_uid, char ret[ORIGIN_SIZE]);

/* The same, but as it is where it is ORIGIN_LOCAL or a terminal, for the audit log and the last login. */
void origin_place(const struct request *request, uint32_t caller_uid, char ret[ORIGIN_SIZE]);

#endif
