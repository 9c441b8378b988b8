/*
 * The uids of some users, from the files and the store, not from NSS: a source that hangs must not hold this up.
 */
#include "whose.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subid_taken.h"

static bool is_of(const char *line, const struct account *account)
{
    size_t length = strcspn(line, ":");
    char number[16];

    snprintf(number, sizeof number, "%u", account->uid);
    return (length == strlen(account->username) && strncmp(line, account->username, length) == 0) ||
           (length == strlen(number) && strncmp(line, number, length) == 0);
}

/* Who has the line gets its range. False: no memory. */
static bool give(struct whose *whose, const struct account *accounts, const char *line)
{
    struct id_range range;
    bool good = true;

    if (!id_range_parse(line, &range))
        return true;
    for (size_t i = 0; i < whose->count && good; i++)
        if (is_of(line, &accounts[i]))
            good = id_ranges_add(&whose->users[i].subordinate, range);
    return good;
}

/* No such file: there are none. */
static bool read_ranges(struct whose *whose, const struct account *accounts)
{
    FILE *file = fopen("/etc/subuid", "re");
    char *line = NULL;
    size_t room = 0;
    bool good = file != NULL || errno == ENOENT;

    while (file != NULL && good && getline(&line, &room, file) != -1)
        good = give(whose, accounts, line);
    if (file != NULL) {
        good = good && !ferror(file);
        fclose(file);
    }
    free(line);
    return good;
}

static bool has_ranges(const struct whose *whose)
{
    for (size_t i = 0; i < whose->count; i++)
        if (whose->users[i].subordinate.count > 0)
            return true;
    return false;
}

bool whose_read(struct store *store, const struct account *accounts, size_t count, struct whose *ret)
{
    *ret = (struct whose){ .users = calloc(count, sizeof *ret->users) };
    if (ret->users == NULL)
        return count == 0;
    ret->count = count;
    for (size_t i = 0; i < count; i++)
        ret->users[i].uid = accounts[i].uid;
    if (read_ranges(ret, accounts) &&
        (!has_ranges(ret) || (store != NULL && subid_taken_read(store, 0, &ret->taken))))
        return true;
    for (size_t i = 0; i < count; i++)
        ret->users[i].subordinate.count = 0;
    return false;
}

void whose_free(struct whose *whose)
{
    for (size_t i = 0; i < whose->count; i++) {
        free(whose->users[i].subordinate.ranges);
        openings_free(&whose->users[i].openings);
    }
    free(whose->users);
    free(whose->taken.ranges);
    *whose = (struct whose){ 0 };
}

static bool has(const struct whose *whose, const struct whose_user *user, uint32_t uid)
{
    return uid == user->uid || (uid != 0 && host_subordinates_have(&user->subordinate, uid) &&
                                !host_subordinates_have(&whose->taken, uid));
}

int whose_find(const struct whose *whose, uint32_t uid, int but)
{
    for (size_t i = 0; i < whose->count; i++)
        if ((int)i != but && has(whose, &whose->users[i], uid))
            return (int)i;
    return WHOSE_NOBODYS;
}

int whose_find_own(const struct whose *whose, uint32_t uid)
{
    for (size_t i = 0; i < whose->count; i++)
        if (whose->users[i].uid == uid)
            return (int)i;
    return WHOSE_NOBODYS;
}
