/*
 * Accounts that /etc/passwd decides about, whatever we say.
 */
#ifndef CODER_HOST_LOCAL_USERS_H
#define CODER_HOST_LOCAL_USERS_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/account.h"
#include "terminal/command.h"

/* True when /etc/passwd itself has a line of this name; and a note that says what follows from it. */
bool host_is_local(const char *username);
bool host_find_local(const char *username, uint32_t *ret_uid);
void host_note_local(const char *username);

/* Somebody of another uid has the name, or will: /etc/passwd or another source knows one. Asks NSS. */
bool host_is_anothers(const char *username, uint32_t uid);

/* The note for all accounts of the store at once. */
void host_note_locals(const struct tool *tool);

/* GO_ON when /etc/passwd has no such line; else refused: "NAME is still a user of /etc/passwd, `why` ...". */
enum status host_refuse_local(const char *username, const char *why);

/* The same of the home, which is theirs; be it that of a user of another name. */
enum status host_refuse_local_home(const struct account *account);

/* When ours is suspended: a complaint if there is such a line that can log in yet, which is one that has not
 * expired by /etc/shadow (a locked password keeps no key out). */
void host_complain_local(struct tool *tool, const char *username);

#endif
