/*
 * The verbs that look after what accounts rest on: passwords, the public directory.
 */
#include "publish.h"

#include <stdio.h>

#include "change/lock.h"
#include "change/publish_now.h"
#include "change/ready.h"
#include "nss_coder/directory.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/say.h"

enum status publish_anew(struct tool *tool)
{
    enum status status = tool_open(tool);

    answer_hear();
    if (status == GO_ON && tool_has(tool, OPTION_DRY_RUN)) {
        puts("Would write " DIRECTORY_PATH " anew; nothing was changed.");
        return STATUS_DONE;
    }
    if (status == GO_ON)
        status = tool_lock(tool);
    if (status == GO_ON)
        status = publish_now(tool);
    tool_unlock(tool);
    if (status != GO_ON)
        return status;
    tool->changed = true;
    puts(DIRECTORY_PATH " is up to date.");
    return STATUS_DONE;
}
