/*
 * How new what the fleet gave this host is.
 */
#ifndef CODER_HOST_FLEET_CLOCK_H
#define CODER_HOST_FLEET_CLOCK_H

#include <stdint.h>

/* When the newest change of a cookie was made ("rid=000,csn=20261128231500.123456Z#...;..."), by the clock of the server
 * that took it; 0: it has none. */
int64_t fleet_newest_change(const char *cookie);

#endif
