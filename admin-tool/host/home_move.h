/*
 * A home under another name, in the same folder.
 */
#ifndef CODER_HOST_HOME_MOVE_H
#define CODER_HOST_HOME_MOVE_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/account.h"
#include "home_owner.h"

/* The path with its last word, which must be `old`, replaced: "/home/old", "/home/new". False: it is another word, or
 * the path is too long. */
bool home_move_target(const char *home, const char *old, const char *new, char ret[ACCOUNT_PATH_SIZE]);

/* A folder of the account's beside its home bears its former name `old`: where, into ret. */
bool home_move_is_due(const struct account *account, const char *old, char ret[ACCOUNT_PATH_SIZE]);

/* May the folder `home` of this uid's be called `to`, of the same folder? It must be his own and no mount point, the
 * way there root's alone to change, and nothing be called so. ret_reason: what is in the way, "" for true. True where
 * there is no home. */
bool home_move_is_possible(const char *home, uint32_t uid, const char *to, char ret_reason[HOME_REASON_SIZE]);

/* Move it, by rename(2) alone. False with the reason: nothing was moved. */
bool home_move(const char *home, uint32_t uid, const char *to, char ret_reason[HOME_REASON_SIZE]);

#endif
