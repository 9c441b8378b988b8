/*
 * One value of a join file.
 */
#ifndef CODER_VERBS_JOIN_VALUE_H
#define CODER_VERBS_JOIN_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "join_file.h"

const char *join_value_name(enum join_key key);
/* False when there is no such key (ret unchanged). */
bool join_value_find(const char *name, enum join_key *ret);

/* value: NULL: the file has none. False with what is wrong; never with what a key says. */
enum { JOIN_FAULT_SIZE = 512 };
bool join_value_good(enum join_key key, const char *value, int64_t now, char ret_fault[JOIN_FAULT_SIZE]);

/* Does the host's name lie below the base (RFC 4514: "cn=web17,ou=hosts," and the base)? */
bool join_values_agree(const char *host, const char *base);

#endif
