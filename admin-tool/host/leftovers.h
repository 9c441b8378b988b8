/*
 * What a deleted user leaves behind.
 */
#ifndef CODER_LEFTOVERS_H
#define CODER_LEFTOVERS_H

#include <stdio.h>

#include "sql/account.h"

/* What on this machine still belongs to this user: jobs, mail, lingering, ranges of ids, lines
 * that name it, files. Nothing
 * is printed when there is nothing. Takes a few seconds at most, and says so when that was too little. */
void leftovers_print(const struct account *account, FILE *out);

#endif
