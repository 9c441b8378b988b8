/*
 * The public directory written for the store as it is.
 */
#include "publish_now.h"

#include <errno.h>
#include <string.h>

#include "nss_coder/directory.h"
#include "sql/store.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "lock.h"
#include "publish.h"
#include "transaction.h"

enum status publish_now(struct tool *tool)
{
    enum status status = change_begin(tool);

    if (status == GO_ON)
        status = publish_prepare(tool, NULL, NULL);
    store_rollback(tool->store); /* nothing was written: it only kept others from changing */
    if (status == GO_ON && !publish_finish(tool))
        status = tool_refuse(STATUS_FAILED, DIRECTORY_PATH ": %s; users may be missing or out of "
                             "date until 'admin-tool publish' succeeds", strerror(errno));
    return status;
}

enum status publish_if_due(struct tool *tool)
{
    enum status status = publish_is_due(tool) ? tool_lock(tool) : GO_ON;

    if (status == GO_ON && tool->lock != -1)
        status = publish_now(tool);
    tool_unlock(tool);
    return status;
}
