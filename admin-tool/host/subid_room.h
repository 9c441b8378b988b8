/*
 * Where there is room for another range of subordinate ids.
 */
#ifndef CODER_HOST_SUBID_ROOM_H
#define CODER_HOST_SUBID_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "local_files.h"
#include "login_defs.h"

struct subid_room {
    struct subid_rule rule;
    struct id_ranges used; /* by first id; none touches another */
};

/* Beside the ranges of this file, which is loaded, and the ids of `taken`. False: no memory. To be ended. */
bool subid_room_begin(struct subid_room *room, const struct local_file *file, struct subid_rule rule,
                      const struct id_ranges *taken);
void subid_room_end(struct subid_room *room);

/* The first free range of rule.count ids from the uid's own place on, and then from rule.min on; it is none from now on.
 * False: all is used up. */
bool subid_room_take(struct subid_room *room, uint32_t uid, unsigned long *ret_first);

#endif
