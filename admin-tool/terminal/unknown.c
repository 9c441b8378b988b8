/*
 * Whom somebody may have meant who asks for an account that is not there: in the store, in /etc/passwd, or mistyped.
 */
#include "unknown.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "command.h"
#include "similar.h"

enum { PAGE_SIZE = 256, FIRST_PERSON = 1000 };

static bool find_similar(struct store *store, const char *subject, char ret[ACCOUNT_NAME_SIZE])
{
    char page[PAGE_SIZE][ACCOUNT_NAME_SIZE], after[ACCOUNT_NAME_SIZE] = "";
    size_t length = strlen(subject), count = PAGE_SIZE;
    unsigned nearest = SIMILAR_NONE;

    while (count == PAGE_SIZE && store_names_page(store, after, length > 2 ? length - 2 : 0, length + 2, page, PAGE_SIZE,
                                                  &count) == STORE_OK) {
        for (size_t i = 0; i < count; i++)
            if (similar_is_nearer(subject, page[i], &nearest))
                memcpy(ret, page[i], ACCOUNT_NAME_SIZE);
        if (count == PAGE_SIZE)
            memcpy(after, page[PAGE_SIZE - 1], ACCOUNT_NAME_SIZE);
    }
    return nearest != SIMILAR_NONE;
}

static bool find_heir(struct store *store, const char *subject, char ret[ACCOUNT_NAME_SIZE])
{
    struct account account;
    bool found = store_account_by_former_name(store, subject, &account) == STORE_OK;

    if (found)
        memcpy(ret, account.username, ACCOUNT_NAME_SIZE);
    explicit_bzero(&account, sizeof account);
    return found;
}

enum unknown_kind unknown_find(const struct tool *tool, const char *subject, char ret_name[ACCOUNT_NAME_SIZE])
{
    bool looks = tool->lock < 0;
    uint32_t uid;

    if (tool->store != NULL && find_heir(tool->store, subject, ret_name))
        return UNKNOWN_RENAMED;
    if (tool->store != NULL && store_went_to_passwd(tool->store, subject, 0) == STORE_OK)
        return UNKNOWN_GONE;
    if (looks && tool->find_local(subject, &uid))
        return uid < FIRST_PERSON ? UNKNOWN_SYSTEM : UNKNOWN_LOCAL;
    if (looks && tool->store != NULL && find_similar(tool->store, subject, ret_name))
        return UNKNOWN_SIMILAR;
    return UNKNOWN_NOBODY;
}
