/*
 * What a host's trust hangs on, as far as somebody must know of it: when it ends. Pure.
 */
#ifndef CODER_FLEET_CERTIFICATE_H
#define CODER_FLEET_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

enum { CERTIFICATE_TEXT_MAX = 1048576 /* lists of revoked ones are long */ };

/* notAfter of the first certificate (RFC 5280) in PEM text (RFC 7468), in Unix seconds. False when there is none. */
bool certificate_end(const char *pem, int64_t *ret);

/* Of several, that of the first to end after now; of none in force, the last one's. An authority that was followed by
 * another stays in the text, and is no fault. */
bool certificate_authority_end(const char *pem, int64_t now, int64_t *ret);

/* nextUpdate of the first list of revoked certificates in the text. False when there is none, or it has no end. */
bool certificate_revoked_end(const char *pem, int64_t *ret);

#endif
