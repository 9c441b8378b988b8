/*
 * The uids of one user, from the files and the store, not from NSS: a source that hangs must not hold this up.
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

/* No such file: there are none. */
static bool read_ranges(const struct account *account, struct id_ranges *ret)
{
    FILE *file = fopen("/etc/subuid", "re");
    struct id_range range;
    char *line = NULL;
    size_t room = 0;
    bool good = file != NULL || errno == ENOENT;

    while (file != NULL && good && getline(&line, &room, file) != -1)
        if (is_of(line, account) && id_range_parse(line, &range))
            good = id_ranges_add(ret, range);
    if (file != NULL) {
        good = good && !ferror(file);
        fclose(file);
    }
    free(line);
    return good;
}

bool whose_read(struct store *store, const struct account *account, struct whose *ret)
{
    *ret = (struct whose){ .uid = account->uid };
    if (read_ranges(account, &ret->subordinate) &&
        (ret->subordinate.count == 0 || (store != NULL && subid_taken_read(store, 0, &ret->taken))))
        return true;
    ret->subordinate.count = 0;
    return false;
}

void whose_free(struct whose *whose)
{
    free(whose->subordinate.ranges);
    free(whose->taken.ranges);
    *whose = (struct whose){ 0 };
}

bool whose_has(const struct whose *whose, uint32_t uid)
{
    return uid == whose->uid || (uid != 0 && host_subordinates_have(&whose->subordinate, uid) &&
                                 !host_subordinates_have(&whose->taken, uid));
}
