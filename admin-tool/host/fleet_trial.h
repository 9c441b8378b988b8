/*
 * coder_fleet asked to try what it would follow by: certificates, and each server.
 */
#ifndef CODER_HOST_FLEET_TRIAL_H
#define CODER_HOST_FLEET_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fleet_folder.h"

enum { FLEET_SERVERS_MAX = 8 };

enum fleet_end { FLEET_END_CERTIFICATE, FLEET_END_AUTHORITY, FLEET_END_REVOKED, FLEET_ENDS };

struct fleet_server {
    char uri[FLEET_VALUE_SIZE], why[FLEET_VALUE_SIZE]; /* why: "": it answers */
    bool tried;
};

struct fleet_trial {
    int64_t ends[FLEET_ENDS]; /* 0: not known, or there is none */
    struct fleet_server servers[FLEET_SERVERS_MAX]; /* of the settings, in their order */
    size_t count;
};

/* Some seconds for each server that does not answer. What could not be tried says nothing. */
void fleet_try(struct fleet_trial *ret);

/* The server says that this host has no scope there. */
bool fleet_server_is_out(const struct fleet_server *server);
/* Some server does, and none lets it follow: it was put out of the fleet. */
bool fleet_trial_is_out(const struct fleet_trial *trial);

#endif
