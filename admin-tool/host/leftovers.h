/*
 * What a deleted user leaves behind.
 */
#ifndef CODER_LEFTOVERS_H
#define CODER_LEFTOVERS_H

#include <stdbool.h>
#include <stdio.h>

#include "sql/account.h"

/* What on this machine still belongs to this user: jobs, mail, lingering, ranges of ids, lines that name it, the
 * home, files; each with the command that removes it and needs no account. without_home: the home is to be removed
 * beside, or was, so it is not looked at where it is the user's own. Nothing is printed when there is nothing.
 * Takes a few seconds at most, and says so when that was too little. */
void leftovers_print(const struct account *account, bool without_home, FILE *out);

#endif
