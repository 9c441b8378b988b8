/*
 * The record, the policy and the log of attempts together.
 */
#include "known.h"

#include <unistd.h>

#include "sql/activity_summary.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "terminal/say.h"
#include "open.h"

/* A dry run makes no log where there is none, nor is one made where there is no account. */
struct activity_log *known_open(const struct tool *tool)
{
    if (tool->store == NULL)
        return NULL;
    if (tool_has(tool, OPTION_DRY_RUN) && access(PRIVATE_DIR "/activity.db", F_OK) != 0)
        return NULL;
    return tool_open_activity();
}

void known_read(const struct tool *tool, struct activity_log *log, const struct account *account, struct known *ret)
{
    struct activity_summary summary;

    *ret = (struct known){ .locks = NULL };
    account_extra_begin(account, &tool->policy, tool->now, &ret->extra);
    if (log != NULL && activity_summarise(log, account->uid, &tool->policy, tool->now, &summary) == STORE_OK) {
        ret->extra.last_login_at = summary.last_login_at;
        ret->extra.locked_until = summary.locked_until;
        activity_locks_json(log, account->uid, &tool->policy, tool->now, &ret->locks);
    }
    ret->extra.locks = ret->locks;
}

void known_free(struct known *known)
{
    store_text_free(known->locks);
    known->locks = NULL;
}
