/*
 * coder_fleet asked to try what it would follow by: the certificate, and each server.
 */
#ifndef CODER_HOST_FLEET_TRIAL_H
#define CODER_HOST_FLEET_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fleet_folder.h"

enum { FLEET_SERVERS_MAX = 8 };

struct fleet_server {
    char uri[FLEET_VALUE_SIZE], why[FLEET_VALUE_SIZE]; /* why: "": it answers */
    bool tried;
};

struct fleet_trial {
    int64_t certificate_end; /* 0: not known */
    struct fleet_server servers[FLEET_SERVERS_MAX]; /* of the settings, in their order */
    size_t count;
};

/* Some seconds for each server that does not answer. What could not be tried says nothing. */
void fleet_try(struct fleet_trial *ret);

#endif
