/*
 * As whom an administrator writes: his certificate and key in PEM, his ticket, or his name and password. None touches a disk.
 */
#ifndef CODER_FLEET_IDENTITY_H
#define CODER_FLEET_IDENTITY_H

#include "connect.h"
#include "settings.h"
#include "write_request.h"

enum { IDENTITY_PATH_SIZE = 32, IDENTITY_DN_SIZE = WRITE_NAME_MAX + SETTINGS_VALUE_SIZE + 16 };

struct identity {
    struct connect_as as;
    char path[IDENTITY_PATH_SIZE], dn[IDENTITY_DN_SIZE];
};

/* Borrows the request's secret where it is a password. NULL, or why it cannot be used. The descriptor that it may open
 * stays open until the process ends. */
const char *identity_make(const struct settings *settings, const struct write_request *request, struct identity *ret);

#endif
