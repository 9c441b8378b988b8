/*
 * The uids that are one user's: his own, and those subordinate to him (subuid(5)), which he becomes by newuidmap(1)
 * and a set-id file made in a user namespace.
 */
#ifndef CODER_HOST_WHOSE_H
#define CODER_HOST_WHOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/account.h"
#include "sql/store.h"
#include "login_defs.h"

struct whose {
    uint32_t uid;
    struct id_ranges subordinate; /* of /etc/subuid, by name and by uid */
    struct id_ranges taken;       /* never his, whatever /etc/subuid says: a local user's or an account's own */
};

/* Always with his own uid. False: the subordinate ones are not known, and none is his. To be freed in every case. */
bool whose_read(struct store *store, const struct account *account, struct whose *ret);
void whose_free(struct whose *whose);

bool whose_has(const struct whose *whose, uint32_t uid);

#endif
