/*
 * What an entry says becomes what the account is. A bad one is held: its account stays as it was, but is never kept more
 * open than the entry says.
 */
#include "take.h"

#include <stdio.h>
#include <string.h>

#include "host/home_owner.h"
#include "sql/account.h"
#include "sql/said.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_changes.h"
#include "sql/store_fleet_accounts.h"
#include "sql/store_fleet_held.h"
#include "terminal/command.h"
#include "alter.h"
#include "applying.h"
#include "batch.h"
#include "hold.h"
#include "line.h"
#include "moving.h"

/* One entry while it is taken. */
struct taking {
    struct applying *applying;
    struct store *store;
    const struct said *said;
    const struct fleet_entry *entry;
    bool known;                 /* it has an account here: */
    struct fleet_account fleet;
    struct account present;
};

static enum store_result find(struct taking *taking)
{
    enum store_result result = store_fleet_account_by_entry(taking->store, taking->said->entry_uuid, &taking->fleet);

    taking->known = result == STORE_OK;
    if (result == STORE_OK)
        result = store_account_by_uid(taking->store, taking->fleet.uid, &taking->present);
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

/* -- deleted ------------------------------------------------------------------------------ */

static enum store_result bury(struct taking *taking)
{
    const struct account *present = &taking->present;
    enum store_result result;

    if (!taking->known)
        return hold_grave(taking->applying, taking->said, taking->entry->record.account.username);
    result = store_account_delete(taking->store, present->uid);
    if (result == STORE_OK)
        result = store_fleet_bury(taking->store, taking->said->entry_uuid, present->username,
                                  taking->applying->tool->now);
    if (result == STORE_OK)
        result = store_fleet_sweep_due(taking->store, present, true);
    if (result == STORE_OK)
        result = applying_note(taking->applying, taking->entry->changed_by, "delete", present, NULL,
                               taking->entry->reason[0] != '\0' ? taking->entry->reason : NULL);
    return result;
}

/* -- as the entry says -------------------------------------------------------------------- */

/* What the fleet says beside the account. */
static void speak(const struct taking *taking, enum fleet_status status, struct fleet_account *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->uid = taking->present.uid;
    ret->status = status;
    memcpy(ret->entry_uuid, taking->said->entry_uuid, sizeof ret->entry_uuid);
    snprintf(ret->reason, sizeof ret->reason, "%s", taking->entry->reason);
    snprintf(ret->changed_by, sizeof ret->changed_by, "%s", taking->entry->changed_by);
    snprintf(ret->csn, sizeof ret->csn, "%s", taking->entry->csn);
    snprintf(ret->scopes, sizeof ret->scopes, "%s",
             taking->entry->record.scopes[0] != '\0' ? taking->entry->record.scopes : taking->fleet.scopes);
}

/* True: a role was left out. */
static bool read_wanted(const struct taking *taking, struct account *ret)
{
    const struct tool *tool = taking->applying->tool;
    unsigned allowed = ROLE_MEMBER, given;

    if (tool->policy.fleet_roles[0] != '\0' && !roles_parse(tool->policy.fleet_roles, &allowed))
        allowed = ROLE_MEMBER;
    *ret = taking->entry->record.account;
    if (ret->gid == 0)
        ret->gid = ret->uid;
    given = ret->roles;
    ret->roles &= allowed | ROLE_MEMBER;
    return ret->roles != given;
}

/* TAKEN: whoever logged in first would own what is another's. */
static enum store_result check_home(struct store *store, const struct account *wanted, char ret_owner[ACCOUNT_NAME_SIZE])
{
    enum store_result result = home_is_nobodys(wanted->home)
                                   ? STORE_NOT_FOUND
                                   : store_home_owner(store, wanted->home, wanted->uid, ret_owner);

    return result == STORE_OK ? STORE_TAKEN : result == STORE_NOT_FOUND ? STORE_OK : result;
}

static enum store_result make(struct taking *taking, struct account *wanted)
{
    const struct tool *tool = taking->applying->tool;
    struct fleet_account fleet;
    enum store_result result;

    wanted->awake_since = tool->now; /* whenever it was created: here nobody could use it */
    if (wanted->created_at == 0)
        wanted->created_at = tool->now;
    result = store_account_insert(taking->store, wanted);
    taking->present = *wanted;
    speak(taking, taking->said->word == WORD_ACTIVE ? FLEET_ACTIVE : FLEET_SUSPENDED, &fleet);
    if (result == STORE_OK)
        result = store_fleet_put(taking->store, &fleet, 0);
    if (result == STORE_OK)
        result = applying_note(taking->applying, taking->entry->changed_by, "create", NULL, wanted, NULL);
    return result;
}

/* The fleet's word on whether it may be used, and an audit row where that is another one. */
static enum store_result set_status(struct taking *taking, enum fleet_status status)
{
    struct account before = taking->present;
    const char *reason = taking->entry->reason[0] != '\0' ? taking->entry->reason : NULL;
    struct fleet_account fleet;
    enum store_result result;

    speak(taking, status, &fleet);
    result = store_fleet_put(taking->store, &fleet, 0);
    if (result != STORE_OK || status == taking->fleet.status)
        return result;
    result = store_account_by_uid(taking->store, before.uid, &taking->present);
    if (result == STORE_OK && status == FLEET_ACTIVE && taking->present.status == ACCOUNT_ACTIVE)
        result = store_account_wake(taking->store, before.uid, taking->applying->tool->now);
    if (result == STORE_OK)
        result = store_account_by_uid(taking->store, before.uid, &taking->present);
    if (result == STORE_OK)
        result = applying_note(taking->applying, taking->entry->changed_by, status == FLEET_ACTIVE ? "activate" : "suspend",
                               &before, &taking->present, status == FLEET_ACTIVE ? NULL : reason);
    explicit_bzero(&before, sizeof before);
    return result;
}

/* Whoever lost his access, or a role, goes. */
static enum store_result sweep_if_lost(const struct taking *taking, const struct account *before)
{
    const struct account *after = &taking->present;
    bool lost = (before->status == ACCOUNT_ACTIVE && after->status != ACCOUNT_ACTIVE) || (before->roles & ~after->roles) != 0;

    return lost ? store_fleet_sweep_due(taking->store, after, false) : STORE_OK;
}

static enum store_result change(struct taking *taking, const struct account *wanted, const char *keys)
{
    struct account before = taking->present;
    enum store_result result = set_status(taking, taking->said->word == WORD_ACTIVE ? FLEET_ACTIVE : FLEET_SUSPENDED);

    if (result == STORE_OK)
        result = alter_account(taking->applying, taking->entry->changed_by, wanted, &taking->present);
    if (result == STORE_OK)
        result = alter_keys(taking->applying, taking->entry->changed_by, &taking->present, keys);
    if (result == STORE_OK)
        result = sweep_if_lost(taking, &before);
    explicit_bzero(&before, sizeof before);
    return result;
}

/* -- held --------------------------------------------------------------------------------- */

static enum store_result hold(struct taking *taking, enum fleet_held_kind kind, const char *why)
{
    return hold_entry(taking->applying, taking->said, taking->entry, taking->known ? taking->present.username : NULL, kind, why);
}

/* Kept as it was, but not more open than the entry says. */
static enum store_result refuse(struct taking *taking, const char *why)
{
    struct account before = taking->present;
    enum store_result result = hold(taking, HELD_ENTRY, why);

    if (result == STORE_OK && taking->known && taking->said->word == WORD_SUSPENDED && taking->fleet.status == FLEET_ACTIVE)
        result = set_status(taking, FLEET_SUSPENDED);
    if (result == STORE_OK && taking->known)
        result = sweep_if_lost(taking, &before);
    explicit_bzero(&before, sizeof before);
    return result;
}

/* One of many that are deleted at once: out, but its name and uid are not spent. */
static enum store_result shut(struct taking *taking)
{
    struct account before = taking->present;
    enum store_result result = set_status(taking, FLEET_SUSPENDED);

    if (result == STORE_OK)
        result = sweep_if_lost(taking, &before);
    explicit_bzero(&before, sizeof before);
    return result == STORE_OK ? hold(taking, HELD_DELETED, "it was deleted with others") : result;
}

#define NAME_TAKEN "its username is or was an account's of this host"

/* What of it is another's here; NULL: nothing that is known. */
static const char *find_taken(struct taking *taking, const struct account *wanted)
{
    struct account owner;
    bool mails;

    if ((!taking->known || strcmp(taking->present.username, wanted->username) != 0) &&
        store_name_is_free(taking->store, wanted->username) == STORE_TAKEN)
        return NAME_TAKEN;
    if (!taking->known && store_uid_is_free(taking->store, wanted->uid) == STORE_TAKEN)
        return "its uid is or was an account's of this host";
    mails = store_account_by_email(taking->store, wanted->email, &owner) == STORE_OK && owner.uid != wanted->uid;
    explicit_bzero(&owner, sizeof owner);
    if (mails)
        return "its e-mail address is another account's here";
    return NULL;
}

/* A name that is another's says more than that his home is; one that was this entry's, less. */
static const char *find_first(struct taking *taking, const char *why)
{
    const char *name = taking->entry->record.account.username;
    bool is_taken = !taking->known && name[0] != '\0' && store_name_is_free(taking->store, name) == STORE_TAKEN;

    return is_taken && store_fleet_is_buried(taking->store, taking->said->entry_uuid) == STORE_NOT_FOUND ? NAME_TAKEN : why;
}

/* What was said no to. */
static void explain(struct taking *taking, enum store_result refused, char ret[FLEET_WHY_SIZE])
{
    char owner[ACCOUNT_NAME_SIZE];
    struct account wanted;
    const char *taken;

    read_wanted(taking, &wanted);
    taken = find_taken(taking, &wanted);
    if (taken != NULL)
        snprintf(ret, FLEET_WHY_SIZE, "%s", taken);
    else if (check_home(taking->store, &wanted, owner) == STORE_TAKEN)
        snprintf(ret, FLEET_WHY_SIZE, "%.300s is the home of %s, too", wanted.home, owner);
    else
        snprintf(ret, FLEET_WHY_SIZE, "%s", refused == STORE_TAKEN ? "something of it is another account's here"
                                                                    : "it breaks a rule of the store");
    explicit_bzero(&wanted, sizeof wanted);
}

/* -- the whole ---------------------------------------------------------------------------- */

/* One that was sent up from here is known from now on. */
static enum store_result adopt(struct taking *taking)
{
    struct account account;
    enum store_result result = moving_find(taking->store, taking->entry, &account);

    if (result == STORE_OK)
        result = moving_adopt(taking->store, taking->entry, &account);
    if (result == STORE_OK)
        result = find(taking);
    if (result == STORE_OK)
        result = applying_note(taking->applying, taking->entry->changed_by, "move-to-fleet", &account, &taking->present, NULL);
    explicit_bzero(&account, sizeof account);
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

static enum store_result try(struct taking *taking)
{
    struct account wanted;
    bool left_out = read_wanted(taking, &wanted);
    const char *keys = taking->entry->record.keys;
    char owner[ACCOUNT_NAME_SIZE];
    enum store_result result = taking->known ? STORE_OK : adopt(taking);

    if (result == STORE_OK && (!taking->known || strcmp(taking->present.home, wanted.home) != 0))
        result = check_home(taking->store, &wanted, owner);
    if (result == STORE_OK)
        result = taking->known ? change(taking, &wanted, keys) : make(taking, &wanted);
    if (result == STORE_OK && !taking->known)
        result = alter_keys(taking->applying, taking->entry->changed_by, &taking->present, keys);
    if (result == STORE_OK)
        result = left_out ? hold(taking, HELD_REMARK, "a role was left out (policy fleet_roles)")
                          : store_fleet_let_go(taking->store, taking->said->entry_uuid);
    taking->applying->otherwise |= result == STORE_OK && !left_out;
    explicit_bzero(&wanted, sizeof wanted);
    return result;
}

static bool is_refusal(enum store_result result)
{
    return result == STORE_TAKEN || result == STORE_REFUSED || result == STORE_LOST || result == STORE_NOT_FOUND;
}

/* In a part of the transaction: what the schema refuses is undone, and held. */
static enum store_result try_or_refuse(struct taking *taking)
{
    struct applying_mark mark;
    char why[FLEET_WHY_SIZE];
    enum store_result result = store_part_begin(taking->store), refused;

    if (result != STORE_OK)
        return result;
    applying_mark(taking->applying, &mark);
    result = refused = try(taking);
    if (!is_refusal(refused)) {
        explicit_bzero(&mark, sizeof mark);
        return result == STORE_OK ? store_part_keep(taking->store) : result;
    }
    result = store_part_undo(taking->store);
    applying_return(taking->applying, &mark);
    explicit_bzero(&mark, sizeof mark);
    if (result == STORE_OK)
        result = find(taking);
    if (result != STORE_OK)
        return result;
    explain(taking, refused, why);
    return refuse(taking, why);
}

static enum store_result take(struct applying *applying, const struct said *said, const struct fleet_entry *entry)
{
    struct taking taking = { .applying = applying, .store = applying->tool->store, .said = said, .entry = entry };
    const char *why = said->why[0] != '\0' ? said->why : entry->why;
    bool deleted = said->word == WORD_DELETED;
    enum store_result result = find(&taking);

    if (result == STORE_OK && deleted && applying->keeps_deleted && taking.known && taking.fleet.status != FLEET_ABSENT)
        result = shut(&taking);
    else if (result == STORE_OK && deleted && (result = bury(&taking)) == STORE_OK)
        result = store_fleet_let_go(taking.store, said->entry_uuid);
    else if (result == STORE_OK && !deleted)
        result = why[0] != '\0' ? refuse(&taking, find_first(&taking, why)) : try_or_refuse(&taking);
    explicit_bzero(&taking, sizeof taking);
    return result;
}

enum store_result take_entry(struct applying *applying, const struct said *said)
{
    struct line line;
    enum store_result result = batch_read(applying->batch, said, &line);

    if (result == STORE_OK)
        result = take(applying, said, &line.entry);
    line_wipe(&line);
    return result;
}
