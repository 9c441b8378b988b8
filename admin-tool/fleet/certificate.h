/*
 * The host's certificate, as far as somebody must know of it: when it ends. Pure.
 */
#ifndef CODER_FLEET_CERTIFICATE_H
#define CODER_FLEET_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

enum { CERTIFICATE_TEXT_MAX = 65536 };

/* notAfter of the first certificate (RFC 5280) in PEM text (RFC 7468), in Unix seconds. False when there is none. */
bool certificate_end(const char *pem, int64_t *ret);

#endif
