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

void applying_told(struct applying *applying)
{
    applying->told = 0;
}

void applying_free(struct applying *applying)
{
    free(applying->happened);
    explicit_bzero(applying, sizeof *applying);
}

/* Each one but, of very many, those that take nothing away: the next suspension would wait while they are written. */
static bool is_told(struct applying *applying, const char *event)
{
    enum { MOST_MILD = 500 };
    bool takes_away = strcmp(event, "suspend") == 0 || strcmp(event, "delete") == 0;

    applying->changed++;
    applying->milder += !takes_away;
    if (takes_away || applying->milder <= MOST_MILD)
        return true;
    applying->untold++;
    return false;
}

static bool remember(struct applying *applying, const char *actor, const char *event, const struct account *whom)
{
    struct happened *happened;

    if (!is_told(applying, event))
        return true;
    if (applying->told == applying->room) {
        size_t room = 2 * applying->room + 64;

        happened = reallocarray(applying->happened, room, sizeof *happened);
        if (happened == NULL)
            return false;
        applying->happened = happened;
        applying->room = room;
    }
    happened = &applying->happened[applying->told++];
    *happened = (struct happened){ .event = event, .uid = whom->uid };
    memcpy(happened->username, whom->username, sizeof happened->username);
    snprintf(happened->actor, sizeof happened->actor, "%s", actor);
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
    *ret = (struct applying_mark){ .told = applying->told, .changed = applying->changed, .milder = applying->milder, .untold = applying->untold,
                                   .held = applying->held, .before = applying->before, .after = applying->after,
                                   .only = applying->only, .several = applying->several };
}

void applying_return(struct applying *applying, const struct applying_mark *mark)
{
    applying->told = mark->told;
    applying->changed = mark->changed;
    applying->milder = mark->milder;
    applying->untold = mark->untold;
    applying->held = mark->held;
    applying->before = mark->before;
    applying->after = mark->after;
    applying->only = mark->only;
    applying->several = mark->several;
}
