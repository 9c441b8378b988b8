/*
 * The audit log, proved whole and pruned: what keeps it a log that can be relied on, and of a length that
 * can be kept. Nothing is printed or waited for while a transaction is open.
 */
#include "audit_keep.h"

#include <stdio.h>

#include "change/lock.h"
#include "change/ready.h"
#include "change/record.h"
#include "change/transaction.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_chain.h"
#include "sql/store_prune.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/confirm.h"
#include "terminal/options.h"
#include "terminal/say.h"
#include "terminal/when.h"

/* -- verifying ---------------------------------------------------------------------------- */

static void print_proof(const struct tool *tool, const struct audit_proof *proof)
{
    char *json = json_make_object("itii", "rows", proof->rows, "hash", proof->link.hash, "id",
                                  proof->link.id, "pruned_through", proof->pruned_through);

    if (tool_wants_json(tool))
        puts(json != NULL ? json : "{}");
    else
        printf("The audit log is whole%s. Rows: %lld; the newest is %lld, with the hash\n%s\n"
               "That nothing was cut off at the end, or the whole log written anew by root, shows only\n"
               "if that hash, or an earlier one, is the same where root of this host cannot write: in\n"
               "the lines of admin-tool (\"audit=ID:HASH\") in a system log kept elsewhere, or a backup.\n",
               proof->pruned_through != 0 ? " since the last pruning" : "", (long long)proof->rows,
               (long long)proof->link.id, proof->link.hash);
    store_text_free(json);
}

enum status audit_verify(struct tool *tool)
{
    struct audit_proof proof = { 0 };
    enum status status = tool_open(tool);

    if (status != GO_ON)
        return status;
    if (tool->store == NULL)
        return tool_refuse(STATUS_FAILED, "there is no store, and so no audit log to verify");
    status = tool_store_status(tool, store_audit_verify(tool->store, &proof), "the audit log");
    if (status != GO_ON)
        return status;
    if (!proof.whole)
        return tool_refuse(STATUS_FAILED,
                           "the audit log is not as it was written: the first bad row is %lld (it, or "
                           "what was before it, was changed, removed, moved or inserted); the rows up "
                           "to %lld are whole", (long long)proof.bad, (long long)proof.link.id);
    print_proof(tool, &proof);
    return STATUS_DONE;
}

/* -- pruning ------------------------------------------------------------------------------ */

static enum status ask(const struct tool *tool, int64_t count, int64_t before)
{
    char when[WHEN_SIZE];

    when_format(before, "-", when);
    if (tool_has(tool, OPTION_DRY_RUN)) {
        printf("Would remove what is older than %s; rows: %lld; nothing was changed.\n", when,
               (long long)count);
        return STATUS_DONE;
    }
    if (tool_has(tool, OPTION_YES))
        return GO_ON;
    printf("Rows older than %s: %lld.\n", when, (long long)count);
    return confirm_change("remove them from the audit log", stdout);
}

/* The rows that are there now: one more or less than at the question is as old. */
static enum status prune(struct tool *tool, int64_t before)
{
    enum status status = tool_lock(tool);
    enum store_result result;

    if (status == GO_ON)
        status = tool_store_status(tool, store_begin(tool->store), "the store");
    if (status != GO_ON)
        return status;
    change_hold_signals();
    result = store_audit_prune(tool->store, &tool->actor.audit, before, tool->now);
    if (result == STORE_NOT_FOUND) /* somebody else did */
        result = STORE_LOST;
    status = tool_store_status(tool, result, "the audit log");
    if (status == GO_ON)
        status = tool_store_status(tool, store_commit(tool->store), "the change");
    store_rollback(tool->store);
    tool_unlock(tool);
    if (status == GO_ON) {
        tool->changed = true;
        record_event(tool, "audit-prune", NULL);
    }
    change_release_signals();
    return status;
}

enum status audit_prune(struct tool *tool)
{
    int64_t before = 0, count = 0;
    enum status status = options_parse_when(tool, OPTION_BEFORE, "--before", &before);

    if (!tool_has(tool, OPTION_BEFORE))
        return tool_refuse_as(KIND_MISSING, "before", NULL, "missing: --before WHEN; what is older is removed");
    answer_hear();
    if (status == GO_ON)
        status = tool_open(tool);
    if (status == GO_ON && tool->store != NULL)
        status = tool_store_status(tool, store_audit_count_prunable(tool->store, before, &count),
                                   "the audit log");
    if (status == GO_ON && count == 0) {
        puts("No row is older; nothing was changed.");
        return STATUS_DONE;
    }
    if (status == GO_ON)
        status = ask(tool, count, before);
    if (status == GO_ON)
        status = prune(tool, before);
    if (status != GO_ON)
        return status;
    answer_count("removed", count);
    printf("Rows removed: %lld.\n", (long long)count);
    return STATUS_DONE;
}
