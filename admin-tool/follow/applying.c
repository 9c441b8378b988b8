/*
 * What a batch changes is noted row by row: who said it stands in the tree, and is told as such.
 */
#include "applying.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_audit.h"
#include "terminal/command.h"

#define NOBODY "the fleet" /* a deletion does not say by whom */

void applying_free(struct applying *applying)
{
    free(applying->happened);
    explicit_bzero(applying, sizeof *applying);
}

static bool remember(struct applying *applying, const char *actor, const char *event, const struct account *whom)
{
    struct happened *happened;

    if (applying->count == applying->room) {
        size_t room = 2 * applying->room + 64;

        happened = reallocarray(applying->happened, room, sizeof *happened);
        if (happened == NULL)
            return false;
        applying->happened = happened;
        applying->room = room;
    }
    happened = &applying->happened[applying->count++];
    *happened = (struct happened){ .event = event, .actor = actor, .uid = whom->uid };
    memcpy(happened->username, whom->username, sizeof happened->username);
    return true;
}

/* Of one account the directory file is patched, of more it is made anew. */
static void count_change(struct applying *applying, const struct account *before, const struct account *after)
{
    const struct account *whom = before != NULL ? before : after;
    bool first = applying->only == 0;

    if (first && before != NULL)
        applying->before = *before;
    if (first || applying->only == whom->uid) {
        applying->only = whom->uid;
        explicit_bzero(&applying->after, sizeof applying->after);
        if (after != NULL)
            applying->after = *after;
    } else {
        applying->several = true;
    }
}

enum store_result applying_note(struct applying *applying, const char *actor, const char *event, const struct account *before,
                                const struct account *after, const char *detail)
{
    struct tool *tool = applying->tool;
    struct audit_actor who = tool->actor.audit;

    who.name = actor[0] != '\0' ? actor : NOBODY;
    count_change(applying, before, after);
    if (!remember(applying, who.name, event, before != NULL ? before : after))
        return STORE_FAILED;
    return store_audit_append(tool->store, &who, event, before, after, detail, tool->now);
}

void applying_mark(const struct applying *applying, struct applying_mark *ret)
{
    *ret = (struct applying_mark){ .count = applying->count, .before = applying->before, .after = applying->after,
                                   .only = applying->only, .several = applying->several };
}

void applying_return(struct applying *applying, const struct applying_mark *mark)
{
    applying->count = mark->count;
    applying->before = mark->before;
    applying->after = mark->after;
    applying->only = mark->only;
    applying->several = mark->several;
}
