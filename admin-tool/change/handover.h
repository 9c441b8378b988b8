/*
 * The text that is passed on to the user.
 */
#ifndef CODER_CHANGE_HANDOVER_H
#define CODER_CHANGE_HANDOVER_H

#include <stdbool.h>

#include "sql/account.h"
#include "sql/ssh_key_set.h"
#include "terminal/command.h"

/* Room for policy's longest text with the longest values, and for the lines of all keys. */
enum { HANDOVER_TEXT_SIZE = 32768 };

/* Policy's own text, or the usual one. password: NULL for none, here and below. False when it is longer, which it is not.
 * To be wiped. Looks up what this host is called: not under a lock. */
bool handover_make_text(struct tool *tool, const struct account *account, const char *password,
                        char ret[HANDOVER_TEXT_SIZE]);

/* The same of one that is not in the store yet, with the keys it is to have. */
bool handover_make_new_text(const struct tool *tool, const struct account *account, const struct ssh_key_set *keys,
                            const char *password, char ret[HANDOVER_TEXT_SIZE]);

/* For programs: "temporary_password" and "expires_at", its end, "login" and "hand_over", the text. To be freed by
 * store_text_free; NULL when memory is short. */
char *handover_make_object(struct tool *tool, const struct account *account, const char *password);

/* On stdout, as text; complains when a password could not be shown. */
void handover_print(struct tool *tool, const struct account *account, const char *password);

/* That complaint. */
void handover_complain(struct tool *tool, const struct account *account, const char *password);

#endif
