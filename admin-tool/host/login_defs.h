/*
 * What login.defs(5) says, and the subordinate ids that are handed out by it (subuid(5)).
 */
#ifndef CODER_HOST_LOGIN_DEFS_H
#define CODER_HOST_LOGIN_DEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* True when id is in login.defs' SUB_UID range or in /etc/subuid, /etc/subgid (subuid(5)). */
bool host_uid_is_subordinate(uint32_t uid);

/* The same for many ids: all those ranges at once. False when memory is short; ranges: to be freed. */
struct id_range {
    unsigned long first, count;
};
struct id_ranges {
    struct id_range *ranges;
    size_t count;
};
bool host_subordinates_read(struct id_ranges *ret);
bool host_subordinates_have(const struct id_ranges *ranges, uint32_t uid);

/* HOME_MODE of login.defs(5), else 0700. */
mode_t host_home_mode(void);

#endif
