/*
 * Where an attempt came from, as the key that failures are counted under (DESIGN D8).
 */
#ifndef CODER_ORIGIN_H
#define CODER_ORIGIN_H

#include "activity.h"
#include "request.h"

/*
 * The first of these that there is: "uid:N" for a caller other than root; "ip:A" for a numeric
 * client address, v4-mapped as IPv4 (RFC 4291 2.5.5.2), IPv6 by its /64; "host:TEXT"; "service:NAME
 * tty:NAME". Printable ASCII; anything else in a host's text becomes '?'.
 */
void origin_of_request(const struct request *request, uint32_t caller_uid, char ret[ORIGIN_SIZE]);

#endif
