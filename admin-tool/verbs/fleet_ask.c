/*
 * Nothing of it changes this host but its log.
 */
#include "fleet_ask.h"

#include <stdio.h>

#include "change/actor.h"
#include "change/fleet_write.h"
#include "change/lock.h"
#include "change/record.h"
#include "change/transaction.h"
#include "sql/store.h"
#include "terminal/say.h"

enum { DETAIL_SIZE = 2048 };

enum status fleet_ask_find(struct tool *tool, struct fleet *ret)
{
    enum store_result result = tool->store != NULL ? store_fleet(tool->store, ret) : STORE_NOT_FOUND;

    if (result != STORE_NOT_FOUND)
        return tool_store_status(tool, result, "the fleet");
    return tool_refuse_as(KIND_FAILED, NULL, NULL, "this host is in no fleet; 'admin-tool fleet join' first");
}

/* Nothing is asserted here, so what is not as it was is not there. */
static enum status refuse(const struct fleet_identity *identity, const struct fleet_answer *answer, const char *subject,
                          const char *reader)
{
    if (answer->refusal == FLEET_CHANGED)
        return tool_refuse_as(KIND_NOT_FOUND, NULL, subject, "the fleet has no %s; see 'admin-tool fleet hosts'", subject);
    return reader != NULL ? fleet_write_refuse_read(identity, answer, subject, reader)
                          : fleet_write_refuse(identity, answer, subject);
}

/* Of what is gone nobody says who wrote it. */
static void name_asker(const struct fleet_identity *identity, struct fleet_done *done)
{
    if (done->by[0] == '\0')
        snprintf(done->by, sizeof done->by, "%.*s", (int)sizeof done->by - 1,
                 identity->name[0] != '\0' ? identity->name : identity->path);
}

enum status fleet_ask(struct tool *tool, const struct fleet_request *what, const char *subject, const char *reader,
                      struct fleet_answer *ret)
{
    struct fleet_identity identity = { .secret = NULL };
    enum status status;

    *ret = (struct fleet_answer){ .done = NULL };
    if (tool->actor.name[0] == '\0') /* of a command that changes nothing */
        actor_find(&tool->actor);
    status = fleet_identity_find(tool, &identity);
    if (status == GO_ON && fleet_write(&identity, what, 1, ret) != GO_ON)
        status = refuse(&identity, ret, subject, reader);
    if (status == GO_ON)
        name_asker(&identity, &ret->done[0]);
    fleet_identity_forget(&identity);
    return status;
}

void fleet_ask_record(struct tool *tool, const char *event, const struct fleet_answer *answer, const char *detail)
{
    char text[DETAIL_SIZE];
    enum status status = tool_lock(tool);

    snprintf(text, sizeof text, "in the fleet as %s: %s", answer->done[0].by, detail);
    tool->changed = true;
    if (status == GO_ON)
        status = change_begin(tool);
    if (status == GO_ON)
        status = change_commit(tool, event, NULL, NULL, text);
    if (tool->store != NULL)
        store_rollback(tool->store);
    tool_unlock(tool);
    if (status == GO_ON)
        record_event(tool, event, NULL);
    else
        tool_complain(tool, "it was done in the fleet, but is not on record here");
}

void fleet_ask_note(const struct fleet_answer *answer, const char *what)
{
    for (size_t i = 0; i < answer->unasked.count; i++)
        tool_refuse(GO_ON, "note: %s could not be asked %s", answer->unasked.list[i].text, what);
}
