/*
 * What login.defs(5) says, and the subordinate ids that are handed out by it (subuid(5)).
 */
#ifndef CODER_HOST_LOGIN_DEFS_H
#define CODER_HOST_LOGIN_DEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* True when id is in login.defs' SUB_UID or SUB_GID range or in /etc/subuid, /etc/subgid (subuid(5)). */
bool host_uid_is_subordinate(uint32_t uid);

/* The same for many ids: all those ranges at once. False with errno; ranges: to be freed in every case. */
struct id_range {
    unsigned long first, count;
};
struct id_ranges {
    struct id_range *ranges;
    size_t count;
};
/* "name:first:count" of subuid(5); false when the line is none. */
bool id_range_parse(const char *line, struct id_range *ret);
bool id_ranges_add(struct id_ranges *ranges, struct id_range range);
bool host_subordinates_read(struct id_ranges *ret);
bool host_subordinates_have(const struct id_ranges *ranges, uint32_t uid);
/* The first id from uid on that is in none of them; UINT32_MAX: there is none. */
uint32_t host_subordinates_beyond(const struct id_ranges *ranges, uint32_t uid);

/* Where useradd(8) takes subordinate ids from, and how many each user gets; its own choice where nothing is said. */
struct subid_rule {
    unsigned long min, max, count;
};
struct subid_rule host_subid_rule(bool groups);

/* HOME_MODE of login.defs(5), else 0700. */
mode_t host_home_mode(void);

#endif
