/*
 * Looking into what is a user's, as that user: a child with his ids and groups and no right of root's, so
 * that nothing is found out that he could not see himself, and nothing he mounted or linked there holds up
 * or misleads the tool.
 */
#ifndef CODER_AS_USER_H
#define CODER_AS_USER_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/account.h"
#include "deputy.h"

enum { AS_USER_SECONDS = 3 };

/*
 * Run `look` as the account's user, with the groups that NSS gives him, for at most AS_USER_SECONDS. False: he
 * could not be become, or there was no answer in time; ret is unchanged. He may signal the child, not trace it:
 * its answer is his word about his own things, so it is numbers, and the caller asks whether they are in range.
 */
bool as_user_ask(const struct account *account, deputy_work *look, const void *context, void *ret,
                 size_t size);

#endif
