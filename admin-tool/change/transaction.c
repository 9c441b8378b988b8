/*
 * One transaction of the store: the audit row, the publication prepared, COMMIT, published. Nothing is asked in it,
 * and what is said in it is written after it (say_later).
 */
#include "transaction.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_audit.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "publish.h"

static void set_signals(int how)
{
    static const int held[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++)
        sigaddset(&set, held[i]);
    sigprocmask(how, &set, NULL);
}

void change_hold_signals(void)
{
    set_signals(SIG_BLOCK);
}

void change_release_signals(void)
{
    set_signals(SIG_UNBLOCK);
}

static enum status commit(struct tool *tool, bool publishes)
{
    enum status status = tool_store_status(tool, store_commit(tool->store), "the change");

    if (status != GO_ON) {
        publish_abandon();
        return status;
    }
    tool->changed = true;
    if (publishes && !publish_finish(tool))
        tool_complain(tool, "the change was made, but the public directory could not be replaced: "
                      "%s; run 'admin-tool publish'", strerror(errno));
    return GO_ON;
}

enum status change_begin(struct tool *tool)
{
    int64_t generation = 0;
    enum status status = tool_store_status(tool, store_begin(tool->store), "the store");

    tool->begun = 0;
    if (status == GO_ON)
        status = tool_store_status(tool, store_policy(tool->store, &tool->policy), "the policy");
    if (status == GO_ON)
        status = tool_store_status(tool, store_generation(tool->store, &generation),
                                   "the generation");
    if (status == GO_ON)
        tool->begun = generation;
    else
        store_rollback(tool->store);
    return status;
}

enum status change_append(struct tool *tool, const char *event, const struct account *before,
                          const struct account *after, const char *detail)
{
    return tool_store_status(tool, store_audit_append(tool->store, &tool->actor.audit, event, before,
                                                      after, detail, tool->now), "the audit row");
}

enum status change_end(struct tool *tool, const struct account *before, const struct account *after)
{
    bool publishes = publish_is_due(tool);
    enum status status = publishes ? publish_prepare(tool, before, after) : GO_ON;

    if (status == GO_ON)
        status = commit(tool, publishes);
    store_rollback(tool->store);
    tool->begun = 0;
    return status;
}

enum status change_commit(struct tool *tool, const char *event, const struct account *before,
                          const struct account *after, const char *detail)
{
    enum status status = change_append(tool, event, before, after, detail);

    if (status == GO_ON)
        status = change_end(tool, before, after);
    store_rollback(tool->store);
    tool->begun = 0;
    return status;
}
