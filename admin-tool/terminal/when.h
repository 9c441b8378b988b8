/*
 * Times as people write and read them.
 */
#ifndef CODER_TERMINAL_WHEN_H
#define CODER_TERMINAL_WHEN_H

#include <stdbool.h>
#include <stdint.h>

/* "2026-11-30", "2026-11-30 18:00", with seconds, with Z (RFC 3339), or "2d" ago (s, m, h, d, w);
 * local time without Z. False if it is none of these. */
bool when_parse(const char *text, int64_t now, int64_t *ret);

enum { WHEN_SIZE = 40 };
/* RFC 3339 in UTC; "" for 0. */
void when_format_utc(int64_t when, char ret[WHEN_SIZE]);

/* Local time, or `never` (the word given) for 0. */
void when_format(int64_t when, const char *never, char ret[WHEN_SIZE]);

#endif
