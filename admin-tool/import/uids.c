/*
 * Ids for those who come without: out of policy's range, and free in the store, on this machine and in the file.
 */
#include "uids.h"

#include <stdio.h>

#include "host/login_defs.h"
#include "sql/account.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "batch.h"
#include "claims.h"
#include "host.h"

static bool is_free_here(const struct import_batch *batch, uint32_t uid)
{
    char id[16];

    snprintf(id, sizeof id, "%u", uid);
    return account_uid_fault(uid) == NULL && uid != role_gid(ROLE_ADMIN) &&
           uid != role_gid(ROLE_MEMBER) && uid != role_gid(ROLE_AUDITOR) &&
           claims_find(&batch->claims, CLAIM_UID, id) == NULL &&
           claims_find(&batch->claims, CLAIM_GID, id) == NULL &&
           claims_find(&batch->claims, CLAIM_PRIMARY, id) == NULL &&
           claims_find(&batch->claims, CLAIM_ROW_UID, id) == NULL &&
           !host_subordinates_have(&batch->subordinate, uid) &&
           (!batch->asks_remote || !import_host_knows(NULL, uid));
}

/* Give the row this uid, if it can have it. */
static enum status try_uid(const struct import_batch *batch, struct import_row *row, uint32_t uid)
{
    enum store_result result = STORE_OK;

    if (!is_free_here(batch, uid))
        return GO_ON;
    if (batch->tool->store != NULL)
        result = store_uid_is_free(batch->tool->store, uid);
    if (result == STORE_TAKEN)
        return GO_ON;
    if (result == STORE_OK) {
        row->uid = uid;
        row->chosen = true;
    }
    return tool_store_status(batch->tool, result, "the ids taken");
}

static size_t count_wanted(const struct import_batch *batch)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->count; i++)
        count += batch->rows[i].uid == 0;
    return count;
}

static enum status refuse_range(const struct import_batch *batch, size_t wanted, size_t found)
{
    const struct policy *policy = &batch->tool->policy;

    wanted += batch->beyond;
    return tool_refuse_as(KIND_TAKEN, "uid", NULL, "%zu %s an id, and policy's range %lld-%lld has %zu left, so nothing "
                          "was changed; take a larger one ('admin-tool policy set uid_min=1900000000 "
                          "uid_max=1999999999'), or give uids in the file", wanted,
                          wanted == 1 ? "account needs" : "accounts need", (long long)policy->uid_min,
                          (long long)policy->uid_max, found);
}

/* Once round policy's range; each id is looked at once. */
enum status import_choose_uids(struct import_batch *batch)
{
    const struct policy *policy = &batch->tool->policy;
    uint32_t min = (uint32_t)policy->uid_min, max = (uint32_t)policy->uid_max, uid = min;
    uint64_t left = (uint64_t)max - min + 1;
    enum store_result result = STORE_OK;
    size_t wanted = count_wanted(batch);
    enum status status;

    if (batch->fleet) /* which gives them */
        return GO_ON;
    if (max < min)
        left = 0;
    if (batch->tool->store != NULL)
        result = store_next_uid(batch->tool->store, min, max, &uid); /* a start, no more */
    status = tool_store_status(batch->tool, result == STORE_NOT_FOUND ? STORE_OK : result,
                               "the ids taken");
    for (size_t i = 0; i < batch->count; i++) {
        while (status == GO_ON && batch->rows[i].uid == 0 && left > 0) {
            status = try_uid(batch, &batch->rows[i], uid);
            uid = uid < max ? uid + 1 : min;
            left--;
        }
        if (status != GO_ON)
            return status;
        if (batch->rows[i].uid == 0)
            return refuse_range(batch, wanted, wanted - count_wanted(batch));
    }
    return GO_ON;
}

bool import_is_beyond(const struct import_batch *batch)
{
    const struct policy *policy = &batch->tool->policy;

    return !batch->fleet && (int64_t)batch->wanted > policy->uid_max - policy->uid_min + 1;
}

enum store_result import_keep_uids(struct import_batch *batch)
{
    enum store_result result = STORE_OK;

    for (size_t i = 0; result == STORE_OK && i < batch->count; i++)
        if (batch->rows[i].chosen)
            result = store_uid_is_free(batch->tool->store, batch->rows[i].uid);
    for (size_t i = 0; result == STORE_TAKEN && i < batch->count; i++) {
        batch->rows[i].uid = batch->rows[i].chosen ? 0 : batch->rows[i].uid;
        batch->rows[i].chosen = false;
    }
    return result;
}
