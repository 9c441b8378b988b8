/*
 * Times as people write and read them.
 */
#ifndef CODER_TERMINAL_WHEN_H
#define CODER_TERMINAL_WHEN_H

#include <stdbool.h>
#include <stdint.h>

/* "2026-11-30", "2026-11-30 18:00", with seconds, with a zone ("Z", "+02:00", RFC 3339), or "2d" ago (s, m, h, d, w);
 * in this host's zone without one, and a day is its 00:00. False if it is none of these, or before 1970 or after the
 * year 9999. */
bool when_parse(const char *text, int64_t now, int64_t *ret);

/* When something is over that is given as its last day, "2026-11-30", "today" or "+90d" (d, w): 00:00 of the day after
 * it in this host's zone. Or a moment, as above, or "+8h" (s, m, h): that one. False if it is none of these. */
bool when_parse_end(const char *text, int64_t now, int64_t *ret);

/* The same for when such a day begins: its own 00:00. */
bool when_parse_start(const char *text, int64_t now, int64_t *ret);

enum { WHEN_SIZE = 40 };
/* RFC 3339 in UTC; "" for 0. */
void when_format_utc(int64_t when, char ret[WHEN_SIZE]);

/* In this host's zone, or `never` (the word given) for 0. */
void when_format(int64_t when, const char *never, char ret[WHEN_SIZE]);

/* As when_parse_end reads it back: the last day where it is a whole one, else the moment. */
void when_format_end(int64_t when, const char *never, char ret[WHEN_SIZE]);

#endif
