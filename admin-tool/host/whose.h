/*
 * Whose a uid is, of some users: their own ones, and those subordinate to them (subuid(5)), which they become by
 * newuidmap(1) and a set-id file made in a user namespace.
 */
#ifndef CODER_HOST_WHOSE_H
#define CODER_HOST_WHOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/account.h"
#include "sql/openings.h"
#include "sql/store.h"
#include "login_defs.h"

enum { WHOSE_NOBODYS = -1 };

struct whose_user {
    uint32_t uid;
    struct id_ranges subordinate; /* of /etc/subuid, by name and by uid */
    struct openings openings;     /* who was let open a session for this user; the caller's to read */
};

struct whose {
    struct whose_user *users; /* in the order of the accounts; a user is known by the place here */
    size_t count;
    struct id_ranges taken;   /* never subordinate, whatever /etc/subuid says: a local user's or an account's own */
};

/* Always with their own uids, unless memory is short: then of nobody. False: the subordinate ones are not known, and
 * nobody has any. To be freed in every case. */
bool whose_read(struct store *store, const struct account *accounts, size_t count, struct whose *ret);
void whose_free(struct whose *whose);

/* The first user who has it, `but` left out; WHOSE_NOBODYS. */
int whose_find(const struct whose *whose, uint32_t uid, int but);

/* Whose own it is, not a subordinate one. */
int whose_find_own(const struct whose *whose, uint32_t uid);

#endif
