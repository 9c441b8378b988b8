/*
 * One object for each account a change was about: the account as it is now, whether it was changed, what was said. Of one
 * that is gone: as it was.
 */
#include "answer_targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/oneself.h"
#include "sql/account.h"
#include "sql/activity_file.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "sql/store_accounts.h"
#include "sql/store_json.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "handover.h"
#include "known.h"
#include "upward.h"

/* As users show has it. */
static char *account_object(struct tool *tool, struct activity_log *log, const struct target *target)
{
    const struct account *account = target->after.uid != 0 ? &target->after : &target->before;
    struct known known;
    char *text = NULL;

    if (tool->store == NULL || account->uid == 0) /* a dry run before there is one, or of one whose id the fleet gives */
        return json_make_object("tit", "username", account->username, "uid", (int64_t)account->uid, "email",
                                account->email);
    known_read(tool, log, account, &known);
    if (store_account_json(tool->store, account, &known.extra, &text) != STORE_OK)
        text = NULL;
    known_free(&known);
    return text;
}

static bool is_last_admin(struct tool *tool, const struct account *account)
{
    int64_t others = 1;

    return tool->store != NULL && (account->roles & ROLE_ADMIN) != 0 &&
           account_state(account, &tool->policy, tool->now) == ACCOUNT_STATE_ACTIVE &&
           store_count_other_admins(tool->store, account->uid, &tool->policy, tool->now, &others) == STORE_OK &&
           others == 0;
}

static char *outcome_object(struct tool *tool, const struct target *target)
{
    const struct account *account = &target->before;
    char processes[24];

    if (!tool_has(tool, OPTION_DRY_RUN))
        return json_make_object("bb", "changed", target->changed, "deleted", target->changed && target->after.uid == 0);
    snprintf(processes, sizeof processes, "%zu", target->processes);
    return json_make_object("bbbbbj", "changed", false, "dry_run", true, "would_change", target->due, "last_admin",
                            is_last_admin(tool, account), "yourself",
                            oneself_is(&tool->actor, account->uid, account->username), "processes",
                            target->counted ? processes : NULL);
}

static char *make_object(struct tool *tool, struct activity_log *log, const struct change *change,
                         const struct target *target)
{
    char *object = answer_join(account_object(tool, log, target), outcome_object(tool, target));

    if (change->more != NULL && target->changed)
        object = answer_join(object, change->more(tool, change, &target->after));
    if (change->upward != NULL && target->changed)
        object = answer_join(object, upward_object(change->upward, change->nth));
    return answer_join(object, answer_lines(target->before.username, change->among->count == 1));
}

static bool write_all(struct tool *tool, const struct change *change)
{
    const struct targets *targets = change->among;
    struct activity_log *log = known_open(tool);
    struct change nth = *change;
    bool whole = true;

    for (nth.nth = 0; whole && nth.nth < targets->count; nth.nth++) {
        char *object = make_object(tool, log, &nth, &targets->list[nth.nth]);

        whole = object != NULL && (!targets->several || answer_write(nth.nth == 0 ? "[" : ",\n ")) &&
                answer_write(object);
        store_text_free(object);
    }
    activity_close(log);
    return whole && answer_write(targets->several ? "]\n" : "\n");
}

/* A password that nobody could read is as good as none. */
static void complain(struct tool *tool, const struct change *change)
{
    if (change->more == NULL)
        tool_complain(tool, "the answer could not be written");
    for (size_t i = 0; change->more != NULL && i < change->among->count; i++)
        if (change->among->list[i].changed)
            handover_complain(tool, &change->among->list[i].after, "");
}

void answer_targets(struct tool *tool, const struct change *change)
{
    if (answer_is_json() && !write_all(tool, change))
        complain(tool, change);
}
