/*
 * The gids of /etc/group, read once for many questions.
 */
#ifndef CODER_HOST_GROUP_IDS_H
#define CODER_HOST_GROUP_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct group_ids {
    uint32_t *ids; /* in order */
    size_t count;
};

/* False with errno; no file is none. To be freed in either case. */
bool group_ids_read(struct group_ids *ret);
void group_ids_free(struct group_ids *ids);

bool group_ids_have(const struct group_ids *ids, uint32_t gid);

#endif
