/*
 * Clashes: who stands on this machine, outside our store, on the name or the id of an account.
 */
#ifndef CODER_HOST_CLASH_H
#define CODER_HOST_CLASH_H

#include <stdbool.h>

#include "sql/account.h"

enum { CLASH_REASON_SIZE = 1280 };

/* Has another user or group the account's name or id? ret_reason: who; unescaped. ours: a user or group of
 * exactly this name and id is the account itself, or a local one that waits to be taken over. What NSS
 * cannot tell is a clash, too. */
bool clash_find_identity(const struct account *account, bool ours, char ret_reason[CLASH_REASON_SIZE]);

/* Write a reason, cut where it is too long; true, for "return clash_say(...)". */
bool clash_say(char ret_reason[CLASH_REASON_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
