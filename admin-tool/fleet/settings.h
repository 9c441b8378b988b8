/*
 * Where the fleet is and who this host is there: /etc/coder/fleet/fleet.conf, lines of KEY and VALUE. `fleet join` writes
 * it; beside it are the certificates.
 */
#ifndef CODER_FLEET_SETTINGS_H
#define CODER_FLEET_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#define SETTINGS_FOLDER "/etc/coder/fleet"
/* In the folder, which is where coder_fleet works. */
#define SETTINGS_FILE "fleet.conf"
#define SETTINGS_CA "ca.pem"
#define SETTINGS_CERTIFICATE "host.pem"
#define SETTINGS_KEY "host.key"

enum { SETTINGS_URIS_MAX = 8, SETTINGS_VALUE_SIZE = 512, SETTINGS_FAULT_SIZE = 128, SETTINGS_TEXT_MAX = 16384, SETTINGS_CA_MAX = 1 << 20 };

struct settings {
    size_t uri_count; /* in the order to try them */
    char uris[SETTINGS_URIS_MAX][SETTINGS_VALUE_SIZE];
    char base[SETTINGS_VALUE_SIZE], host[SETTINGS_VALUE_SIZE]; /* DNs */
};

/* Text of the file to settings; false with what is wrong. */
bool settings_parse(const char *text, struct settings *ret, char fault[SETTINGS_FAULT_SIZE]);

/* The file. */
bool settings_read(const char *path, struct settings *ret, char fault[SETTINGS_FAULT_SIZE]);

/* The authority's file also says what it took back: a CRL in PEM stands behind its certificate. True also when the file
 * cannot be read to its end: then it must be heard, and nothing be believed. */
bool settings_revokes(const char *path);

#endif
