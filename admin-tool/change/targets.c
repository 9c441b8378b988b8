/*
 * Names read, and the accounts they are found to be.
 */
#include "targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"

/* More than anybody names; a line that is longer than a name is none. */
enum { TARGETS_MAX = 10000, LINE_SIZE = 256 };

static enum status refuse_memory(void)
{
    return tool_refuse(STATUS_FAILED, "not enough memory; nothing was changed");
}

static bool is_found(const struct targets *targets, uint32_t uid)
{
    for (size_t i = 0; i < targets->count; i++)
        if (targets->list[i].before.uid == uid)
            return true;
    return false;
}

static enum status make_room(struct targets *targets)
{
    size_t room = targets->count == 0 ? 1 : 2 * targets->count;
    struct target *list;

    if (targets->count >= TARGETS_MAX)
        return tool_refuse(STATUS_REFUSED, "more than %d names; name fewer at once", TARGETS_MAX);
    if ((targets->count & (targets->count - 1)) != 0) /* it grows at powers of two */
        return GO_ON;
    list = calloc(room, sizeof *list);
    if (list == NULL)
        return refuse_memory();
    if (targets->count > 0)
        memcpy(list, targets->list, targets->count * sizeof *list);
    if (targets->count > 0)
        explicit_bzero(targets->list, targets->count * sizeof *list);
    free(targets->list);
    targets->list = list;
    return GO_ON;
}

static enum status find(struct tool *tool, const char *name, bool former, struct targets *targets)
{
    struct account account = { 0 };
    enum store_result result = STORE_MISSING;
    enum status status;

    if (tool->store != NULL)
        result = store_account_by_name(tool->store, name, &account);
    if (result == STORE_NOT_FOUND && former)
        result = store_account_by_former_name(tool->store, name, &account);
    status = tool_store_status(tool, result, name);
    if (status == GO_ON && !is_found(targets, account.uid))
        status = make_room(targets);
    else if (status == GO_ON)
        return GO_ON;
    if (status == GO_ON)
        targets->list[targets->count++].before = account;
    explicit_bzero(account.hash, sizeof account.hash);
    return status;
}

/* An unknown name does not hide the next one. */
static void take_worse(enum status *status, enum status next)
{
    if (next != GO_ON && *status == GO_ON)
        *status = next;
}

static enum status read_names(struct tool *tool, bool former, struct targets *targets)
{
    enum status status = GO_ON;
    char line[LINE_SIZE];

    while ((status == GO_ON || status == STATUS_NOT_FOUND) && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] != '\0')
            take_worse(&status, find(tool, line, former, targets));
    }
    if (ferror(stdin)) /* the rest of the names is not known */
        return tool_refuse(STATUS_FAILED, "standard input could not be read; nothing was changed");
    if (status == GO_ON && targets->count == 0)
        status = tool_refuse_as(KIND_MISSING, "username", NULL, "missing: NAME; standard input has none");
    return status;
}

enum status targets_find(struct tool *tool, char *const *names, size_t count, bool former, struct targets *ret)
{
    bool reads = count == 1 && strcmp(names[0], "-") == 0;
    enum status status = GO_ON;

    *ret = (struct targets){ .several = reads || count > 1 };
    if (reads)
        status = read_names(tool, former, ret);
    for (size_t i = 0; !reads && (status == GO_ON || status == STATUS_NOT_FOUND) && i < count; i++)
        take_worse(&status, find(tool, names[i], former, ret));
    if (status != GO_ON)
        targets_free(ret);
    return status;
}

size_t targets_due(const struct targets *targets)
{
    size_t due = 0;

    for (size_t i = 0; i < targets->count; i++)
        due += targets->list[i].due;
    return due;
}

void targets_free(struct targets *targets)
{
    if (targets->list != NULL)
        explicit_bzero(targets->list, targets->count * sizeof *targets->list);
    free(targets->list);
    *targets = (struct targets){ .list = NULL };
}
