/*
 * A command made ready to run: the store opened, and what a tool that was killed left behind caught up with. Healing is
 * a favour to a reading command, and what a changing one begins with.
 */
#include "ready.h"

#include <unistd.h>

#include "sql/activity_file.h"
#include "sql/repeats.h"
#include "sql/store.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "actor.h"
#include "lock.h"
#include "open.h"
#include "publish.h"
#include "publish_now.h"

/* Is it a changing one, as users export is when it writes to /etc/passwd? */
static bool may_change(const struct tool *tool)
{
    return (tool->command->flags & COMMAND_CHANGES) != 0 || tool_has(tool, OPTION_TO_PASSWD);
}

static bool changes(const struct tool *tool)
{
    return may_change(tool) && !tool_has(tool, OPTION_DRY_RUN);
}

static enum status open_to_change(struct tool *tool)
{
    enum status status = open_make_place(tool);

    if (status == GO_ON)
        status = tool_lock(tool);
    if (status == GO_ON)
        status = open_refuse_lost(tool);
    if (status == GO_ON)
        status = open_store(tool, STORE_CREATE);
    if (status == GO_ON && publish_is_due(tool))
        status = publish_now(tool);
    tool_unlock(tool);
    return status;
}

/* Healing is a favour here: whoever holds the lock is about to publish himself. */
static enum status open_to_read(struct tool *tool)
{
    enum status status = open_store(tool, STORE_EXISTING);

    if (status == GO_ON && tool->store == NULL)
        return open_refuse_lost(tool);
    if (status != GO_ON || !publish_is_due(tool))
        return status;
    if (!tool_has(tool, OPTION_DRY_RUN) && lock_take(tool, false) && publish_is_due(tool))
        publish_now(tool);
    tool_unlock(tool);
    return GO_ON;
}

/* What a user did so often that it has no row yet comes into the log before more does, and before it is read. A
 * favour: it fails nothing. */
static void settle_repeats(const struct tool *tool)
{
    struct activity_log *log;

    if (tool->store == NULL || tool_has(tool, OPTION_DRY_RUN) ||
        (!changes(tool) && (tool->command->flags & COMMAND_READS_LOG) == 0) ||
        access(PRIVATE_DIR "/activity.db", F_OK) != 0)
        return;
    log = tool_open_activity();
    if (log != NULL && repeats_is_due(log, tool->now))
        repeats_settle(tool->store, log, tool->now);
    activity_close(log);
}

enum status tool_open(struct tool *tool)
{
    enum status status;

    if (may_change(tool))
        actor_find(&tool->actor); /* now: it may ask a slow NSS source */
    status = changes(tool) ? open_to_change(tool) : open_to_read(tool);
    if (status == GO_ON)
        settle_repeats(tool);
    return status;
}
