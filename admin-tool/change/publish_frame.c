/*
 * How an account looks in the directory file, and what that depends on beside the account: policy
 * and this machine's groups. Names of groups are resolved whenever a file is written.
 */
#include "publish_frame.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/names.h"
#include "nss_coder/directory.h"
#include "nss_coder/directory_checksum.h"
#include "sql/account.h"
#include "sql/policy.h"
#include "sql/primary_group.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"

enum { DAY = 86400 }; /* seconds, of UTC */

/* -- what all records depend on ----------------------------------------------------------- */

static void show_group(struct frame *frame, const char *name, uint32_t gid, bool local)
{
    for (size_t g = 0; g < frame->group_count; g++)
        if (frame->groups[g].gid == gid || strcmp(frame->groups[g].name, name) == 0)
            return;
    snprintf(frame->groups[frame->group_count].name, ACCOUNT_NAME_SIZE, "%s", name);
    frame->groups[frame->group_count].gid = gid;
    frame->groups[frame->group_count++].local = local;
}

/* TAKEN when an account shows a private group of this id or, when name is not NULL, of this name; or did so once. */
static enum store_result find_private(struct store *store, const char *name, uint32_t gid)
{
    struct account account;
    enum store_result result = name != NULL ? store_account_by_name(store, name, &account)
                                            : store_account_by_uid(store, gid, &account);

    if (result == STORE_NOT_FOUND)
        return name != NULL ? store_name_is_free(store, name) : store_uid_is_free(store, gid);
    if (result == STORE_OK && account_has_private_group(&account))
        result = STORE_TAKEN;
    explicit_bzero(account.hash, sizeof account.hash);
    return result;
}

/* Is it one of ours: a role's, or an account's private group? */
static enum status find_ours(const struct tool *tool, const char *name, gid_t gid, bool *ret)
{
    enum store_result result = find_private(tool->store, NULL, gid);

    if (result == STORE_OK)
        result = find_private(tool->store, name, 0);
    *ret = result == STORE_TAKEN || gid == role_gid(ROLE_MEMBER) ||
           gid == role_gid(ROLE_AUDITOR) || gid == role_gid(ROLE_ADMIN);
    return tool_store_status(tool, result == STORE_TAKEN ? STORE_OK : result, "the ids taken");
}

static enum status refuse_groups(void)
{
    return tool_refuse(STATUS_FAILED, "cannot read /etc/group: %s; nothing was changed", strerror(errno));
}

/*
 * Missing groups are not granted, nor root's, nor ours. The file shows them too: where
 * nsswitch.conf merges, /etc/group's members and ours are shown together.
 */
static enum status add_local_group(const struct tool *tool, struct frame *frame,
                                   struct role_groups *groups, const char *name)
{
    uint32_t gid = 0;
    bool ours = false;
    enum status status;

    if (!host_find_group(name, &gid) && errno != 0)
        return refuse_groups();
    if (gid == 0 || gid == UINT32_MAX || groups->gid_count == 1 + LOCAL_GROUPS_MAX)
        return GO_ON;
    status = find_ours(tool, name, gid, &ours);
    if (status != GO_ON || ours)
        return status;
    groups->gids[groups->gid_count++] = gid;
    if (account_username_fault(name) == NULL)
        show_group(frame, name, gid, true);
    return GO_ON;
}

static enum status add_local_groups(const struct tool *tool, struct frame *frame,
                                    struct role_groups *groups, const char *names)
{
    enum status status = GO_ON;

    while (status == GO_ON && *names != '\0') {
        size_t length = strcspn(names, ",");
        char name[ACCOUNT_NAME_SIZE];

        if (length < sizeof name) {
            memcpy(name, names, length);
            name[length] = '\0';
            status = add_local_group(tool, frame, groups, name);
        }
        names += length + (names[length] == ',');
    }
    return status;
}

enum status publish_find_frame(const struct tool *tool, struct frame *ret)
{
    enum status status = GO_ON;
    const struct policy *policy = &tool->policy;
    const struct { enum role role; bool listed; const char *local; } rules[ROLES] = {
        { ROLE_MEMBER, policy->list_members != 0, policy->member_groups },
        { ROLE_AUDITOR, true, policy->auditor_groups },
        { ROLE_ADMIN, true, policy->admin_groups },
    };

    memset(ret, 0, sizeof *ret);
    ret->policy = *policy;
    ret->now = tool->now;
    if (!group_ids_read(&ret->local))
        return refuse_groups();
    for (size_t r = 0; r < ROLES; r++) {
        char name[ACCOUNT_NAME_SIZE];

        ret->roles[r] = (struct role_groups){ .role = rules[r].role, .listed = rules[r].listed,
                                              .gids = { role_gid(rules[r].role) }, .gid_count = 1 };
        snprintf(name, sizeof name, "coder-%s", role_name(rules[r].role));
        show_group(ret, name, role_gid(rules[r].role), false);
    }
    for (size_t r = 0; status == GO_ON && r < ROLES; r++)
        status = add_local_groups(tool, ret, &ret->roles[r], rules[r].local);
    return status;
}

void publish_free_frame(struct frame *frame)
{
    group_ids_free(&frame->local);
}

/* Which accounts are dormant is another question each day. */
static uint64_t add_day(uint64_t state, const struct frame *frame)
{
    const int64_t facts[] = { frame->policy.dormant_days, frame->now / DAY };

    return frame->policy.dormant_days > 0 ? directory_hash_add(state, facts, sizeof facts) : state;
}

uint64_t publish_frame_hash(const struct frame *frame)
{
    uint64_t state = add_day(0, frame);

    for (size_t r = 0; r < ROLES; r++) {
        const struct role_groups *groups = &frame->roles[r];
        uint64_t facts[] = { groups->role, groups->listed, groups->gid_count };

        state = directory_hash_add(state, facts, sizeof facts);
        state = directory_hash_add(state, groups->gids, sizeof groups->gids);
    }
    for (size_t g = 0; g < frame->group_count; g++) {
        state = directory_hash_add(state, frame->groups[g].name, sizeof frame->groups[g].name);
        state = directory_hash_add(state, &frame->groups[g].gid, sizeof frame->groups[g].gid);
    }
    for (size_t g = 0; g < frame->local.count; g++)
        if (account_uid_fault(frame->local.ids[g]) == NULL) /* or it is nobody's private group anyway */
            state = directory_hash_add(state, &frame->local.ids[g], sizeof frame->local.ids[g]);
    return directory_hash_end(state);
}

/* -- one account -------------------------------------------------------------------------- */

static void add_once(struct shown *shown, uint32_t gid)
{
    for (size_t i = 0; i < shown->user.gid_count; i++)
        if (shown->gids[i] == gid)
            return;
    shown->gids[shown->user.gid_count++] = gid;
}

static bool is_shown(const struct frame *frame, uint32_t gid)
{
    for (size_t g = 0; g < frame->group_count; g++)
        if (frame->groups[g].gid == gid)
            return true;
    return false;
}

/* The groups of the file that name a holder of these roles as a member, or the others. */
static void collect_groups(const struct frame *frame, unsigned held, bool listed, struct shown *ret)
{
    for (size_t r = 0; r < ROLES; r++) {
        const struct role_groups *groups = &frame->roles[r];

        for (size_t g = 0; (held & groups->role) != 0 && g < groups->gid_count; g++)
            if ((groups->listed && is_shown(frame, groups->gids[g])) == listed)
                add_once(ret, groups->gids[g]);
    }
}

/* One that /etc/group has not got instead. */
static bool has_private_group(const struct frame *frame, const struct account *account)
{
    return account_has_private_group(account) && !group_ids_have(&frame->local, account->uid);
}

void publish_show(const struct frame *frame, const struct account *account, const char *keys, struct shown *ret)
{
    bool suspended = account->status != ACCOUNT_ACTIVE;
    unsigned held = suspended ? 0 : account->roles | ROLE_MEMBER;

    ret->user = (struct directory_user){
        .name = account->username,
        .uid = account->uid,
        .gid = account_has_private_group(account) ? account->uid : account->gid,
        .private_group = has_private_group(frame, account),
        .gecos = account->full_name,
        .home = account->home,
        .shell = suspended ? "/usr/sbin/nologin" : account->shell,
        .suspended = suspended,
        .shut = keys[0] != '\0' &&
                account_state(account, &frame->policy, frame->now) == ACCOUNT_STATE_DORMANT,
        .keys = keys,
        .keys_length = strlen(keys),
        .until = account->expires_at,
        .gids = ret->gids,
    };
    collect_groups(frame, held, true, ret);
    ret->user.listed_count = ret->user.gid_count;
    collect_groups(frame, held, false, ret);
}
