/*
 * What a deleted user leaves behind.
 */
#ifndef CODER_LEFTOVERS_H
#define CODER_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sql/account.h"

/* What on this machine still belongs to each of these users: jobs, mail, lingering, ranges of ids, lines that name it, the
 * home, files (of one walk for all); each with the command that removes it and needs no account. without_home: the
 * homes are to be removed beside, or were, so they are not looked at where they are the users' own. Nothing is printed
 * of one who leaves nothing. Takes a few seconds at most, and says so when that was too little. */
void leftovers_print(const struct account *accounts, size_t count, bool without_home, FILE *out);

#endif
