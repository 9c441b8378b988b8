/*
 * A name asked for.
 */
#ifndef CODER_VERBS_USERNAME_H
#define CODER_VERBS_USERNAME_H

#include "terminal/command.h"

/* GO_ON when it is a name that an account may have; else said, with the one in small letters where that is. */
enum status username_check_form(const char *username);

/* GO_ON when no account of the store, which is open, has or had it; else said. */
enum status username_check_store(const struct tool *tool, const char *username);

/* GO_ON when no source of this machine knows a user or group of this name, and it has no meaning here, no local
 * group lists it and no rule trusts it (which --force permits, where the verb takes it); else said. Asks NSS and reads
 * files: not under a lock. */
enum status username_check_host(const struct tool *tool, const char *username);

#endif
