/*
 * What is asked of the fleet: the text of a request of coder_fleet(8), with what proves who asks. Memory that is short, and
 * a value that would be more than one line, show when it is sent.
 */
#ifndef CODER_CHANGE_FLEET_REQUEST_H
#define CODER_CHANGE_FLEET_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/account.h"

/* Begins as zeros; for fleet_request_free, which wipes it. */
struct fleet_request {
    char *text;
    size_t length, room;
    bool failed;
};

/* The line "KEY VALUE", or KEY alone where the value is "" or NULL. */
void fleet_request_add(struct fleet_request *request, const char *key, const char *value);

/* A fact, which "" takes away; a time or number, which 0 takes away. */
void fleet_request_set(struct fleet_request *request, const char *fact, const char *value);
void fleet_request_set_number(struct fleet_request *request, const char *fact, int64_t value);
/* The roles beside everybody's. */
void fleet_request_set_roles(struct fleet_request *request, unsigned roles);

/* Every fact of a new account but its keys and scopes; uid 0: the fleet gives it. */
void fleet_request_set_all(struct fleet_request *request, const struct account *account);

/* Octets of any kind, in base64 (RFC 4648). */
void fleet_request_add_octets(struct fleet_request *request, const char *key, const char *octets, size_t length);

/* Another's text behind it. */
void fleet_request_join(struct fleet_request *request, const struct fleet_request *more);

void fleet_request_free(struct fleet_request *request);

#endif
