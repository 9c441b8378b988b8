/*
 * Names and ids that are taken on this machine.
 */
#ifndef CODER_HOST_NAMES_H
#define CODER_HOST_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "terminal/command.h"

/* GO_ON when no NSS source has a user or group of this name (or id), else said. */
enum status host_name_is_free(const char *username);
enum status host_uid_is_free(uint32_t uid);
bool host_has_id(uint32_t id);

/* The gid of a group of /etc/group. False with errno: 0 when it has none of this name. */
bool host_find_group(const char *name, uint32_t *ret);

#endif
