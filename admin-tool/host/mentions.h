/*
 * Lines of this machine's configuration that name a user: sudoers(5), system crontabs (crontab(5)), who may use
 * cron and at. A deleted user's lines are the next one's of that name, or the next one's of that uid; a renamed one's
 * mean nobody.
 */
#ifndef CODER_MENTIONS_H
#define CODER_MENTIONS_H

#include <stddef.h>
#include <stdio.h>

#include "sql/account.h"

/* Each line, with its file and number, and the command that removes it. Nothing is changed. */
void mentions_print(const struct account *account, FILE *out);

/* The lines that name a user by a name that is `now` another, and more of them: sshd_config(5), /etc/security,
 * units of systemd. Nothing is printed when there are none. */
void mentions_print_former(const char *old, const char *now, FILE *out);

/* A username as a regular expression, cut to size: of what it may hold only the dot means something there. */
void mentions_pattern(const char *name, char *ret, size_t size);

#endif
