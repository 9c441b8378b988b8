/*
 * An account as the local files have one: lines of passwd(5), shadow(5), group(5) and gshadow(5). Pure.
 */
#ifndef CODER_IMPORT_LINES_H
#define CODER_IMPORT_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/account.h"
#include "sql/policy.h"

enum { LINE_SIZE = 2048 }; /* with newline and NUL; the longest account needs less */

/* What these files cannot hold of it: NULL, or what is wrong, with the way out. */
const char *lines_fault(const struct account *account);

/* Is it let in by nobody's password or key today: suspended or dormant? Its line is locked and expired. */
bool lines_are_shut(const struct account *account, const struct policy *policy, int64_t now);

/* A temporary password whose end has passed: there is no such end in shadow(5), so it is locked. */
bool lines_lock_password(const struct account *account, int64_t now);

void lines_passwd(const struct account *account, char ret[LINE_SIZE]);
/* No password is '*', which keeps no key out. The ages are the account's or policy's; the end is a day, from whose
 * beginning it is refused; shut: '!' before the hash, and an end long past. ret holds the hash: to be wiped. */
void lines_shadow(const struct account *account, const struct policy *policy, int64_t now,
                  char ret[LINE_SIZE]);
/* Of the private group. */
void lines_group(const struct account *account, char ret[LINE_SIZE]);
void lines_gshadow(const struct account *account, char ret[LINE_SIZE]);

#endif
