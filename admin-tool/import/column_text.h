/*
 * An account's facts as texts, as the columns of a file have them.
 */
#ifndef CODER_IMPORT_COLUMN_TEXT_H
#define CODER_IMPORT_COLUMN_TEXT_H

#include "sql/account.h"
#include "terminal/when.h"
#include "record.h"

/* The account's own text, or one made in room; "": none, and always of ssh_keys, which no account holds. */
const char *import_column_text(const struct account *account, enum import_column column, char room[WHEN_SIZE]);

#endif
