/*
 * What users create was told.
 */
#ifndef CODER_VERBS_NEWCOMER_H
#define CODER_VERBS_NEWCOMER_H

#include <stdbool.h>

#include "pam_coder/credential.h"
#include "sql/account.h"
#include "sql/ssh_key_set.h"
#include "sql/store.h"
#include "terminal/command.h"

struct newcomer {
    struct account account;         /* uid 0: to be chosen */
    char password[CREDENTIAL_SIZE]; /* "": none was given. Wiped by whoever owns the struct */
    struct ssh_key_set keys;        /* freed by whoever owns the struct */
};

/* The name, from the words or a prompt, and how it looks. GO_ON, or said: USAGE, of an e-mail address that is missing,
 * too, then REFUSED. */
enum status newcomer_read_name(struct tool *tool, struct newcomer *ret);

/* The e-mail address is going to be asked for. */
bool newcomer_asks_email(const struct tool *tool);

/* The rest, from options, prompts and standard input. GO_ON, or said. */
enum status newcomer_read(struct tool *tool, struct newcomer *ret);

/* When the policy is known: the home and the shell that were not given. GO_ON, or said. */
enum status newcomer_complete(const struct tool *tool, struct account *ret);

/* Its temporary password: one that was given, or a new one; hashed. GO_ON, or said. */
enum status newcomer_make_password(struct tool *tool, struct newcomer *newcomer);

/* It was made, and neither a password nor a key opens it: that is noted. */
void newcomer_note_no_way(const struct newcomer *newcomer);

/* One value each into ret, judged: GO_ON, or said. Left alone when the option was not given. */
enum status newcomer_take_email(const char *email, struct account *ret);
enum status newcomer_take_full_name(const struct tool *tool, struct account *ret);
enum status newcomer_take_shell(const struct tool *tool, struct account *ret);
enum status newcomer_take_expiry(const struct tool *tool, struct account *ret);
enum status newcomer_take_days(const struct tool *tool, struct account *ret); /* of passwords, and of lying unused */

/* GO_ON for OK; else what the store said of an e-mail address is said. */
enum status newcomer_email_status(const struct tool *tool, enum store_result result, const char *email);

#endif
