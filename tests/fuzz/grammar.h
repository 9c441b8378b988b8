/*
 * grammar.h - what an account's values may be, said a second time: regular expressions and a second
 * reading of UTF-8, from the manuals and not from account.c.
 */
#ifndef CODER_FUZZ_GRAMMAR_H
#define CODER_FUZZ_GRAMMAR_H

#include <stdbool.h>

#include "sql/account.h"

bool grammar_is_username(const char *text);
bool grammar_is_email(const char *text);
bool grammar_is_text(const char *text);
bool grammar_is_full_name(const char *text);
bool grammar_is_path(const char *text);
bool grammar_is_home(const char *text);
bool grammar_is_roles(const char *text);
bool grammar_is_uid(uint64_t uid);

/* Requires of every value of an account that it may be there. An empty text passes where `partly`. */
void grammar_require_account(const struct account *account, bool partly);

#endif
