/*
 * Absent is not deleted. A server that is still filling itself, or somebody's mistake with a scope, must not lock out a
 * whole host: many at once wait for an administrator's word.
 */
#include "vanish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "sql/said.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_fleet.h"
#include "sql/store_fleet_accounts.h"
#include "sql/store_fleet_held.h"
#include "terminal/command.h"
#include "applying.h"
#include "batch.h"

enum { BRAKE_SECONDS = 600, BRAKE_LEAST = 20, BRAKE_SHARE = 20 /* a twentieth */, AT_ONCE = 256 };

/* Whoever is missing, by uid. */
struct missing {
    uint32_t *uids;
    size_t count, room;
};

static bool add(struct missing *missing, uint32_t uid)
{
    if (missing->count == missing->room) {
        size_t room = 2 * missing->room + 64;
        uint32_t *uids = reallocarray(missing->uids, room, sizeof *uids);

        if (uids == NULL)
            return false;
        missing->uids = uids;
        missing->room = room;
    }
    missing->uids[missing->count++] = uid;
    return true;
}

/* -- who ---------------------------------------------------------------------------------- */

static bool is_held(struct store *store, const char *entry_uuid, struct fleet_held *ret)
{
    return store_fleet_held_of(store, entry_uuid, ret) == STORE_OK;
}

/* An entry that the server takes for known here: it must be. */
static enum store_result meet(struct applying *applying, const struct said *said)
{
    struct store *store = applying->tool->store;
    struct fleet_account fleet;
    struct fleet_held held;
    enum store_result result = store_fleet_account_by_entry(store, said->entry_uuid, &fleet);
    bool holds = is_held(store, said->entry_uuid, &held);

    if (result == STORE_NOT_FOUND && !holds && store_fleet_is_buried(store, said->entry_uuid) == STORE_NOT_FOUND)
        applying->whole_due = true;
    if (result == STORE_OK && fleet.status == FLEET_ABSENT)
        applying->whole_due = true; /* it is back, and as what is not known */
    if (holds && held.kind == HELD_VANISHED)
        return store_fleet_let_go(store, said->entry_uuid);
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

static enum store_result miss(struct applying *applying, const char *entry_uuid, struct missing *ret)
{
    struct fleet_account fleet;
    enum store_result result = store_fleet_account_by_entry(applying->tool->store, entry_uuid, &fleet);

    if (result == STORE_NOT_FOUND)
        return store_fleet_let_go(applying->tool->store, entry_uuid);
    if (result == STORE_OK && fleet.status != FLEET_ABSENT && !add(ret, fleet.uid))
        return STORE_FAILED;
    return result;
}

/* OK, or what ends the batch: what cannot be looked up is not missing. */
static enum store_result is_named(const struct applying *applying, const char *entry_uuid, bool *ret)
{
    struct said said;
    enum store_result result = said_find(applying->batch->said, entry_uuid, &said);

    *ret = result == STORE_OK;
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

/* Of all who are here, those that no line named. */
static enum store_result find_unnamed(struct applying *applying, struct missing *ret)
{
    struct store *store = applying->tool->store;
    uint32_t uids[AT_ONCE], after = 0;
    enum store_result result = STORE_OK;
    size_t count = 1;

    while (result == STORE_OK && count > 0) {
        result = store_fleet_uids(store, after, uids, AT_ONCE, &count);
        for (size_t i = 0; result == STORE_OK && i < count; i++) {
            struct fleet_account fleet;
            bool named = true;

            after = uids[i];
            result = store_fleet_account(store, uids[i], &fleet);
            if (result == STORE_OK && fleet.status != FLEET_ABSENT)
                result = is_named(applying, fleet.entry_uuid, &named);
            if (result == STORE_OK && !named && !add(ret, fleet.uid))
                result = STORE_FAILED;
        }
    }
    return result;
}

/* What was held of entries that are in the tree no more. */
static enum store_result forget_held(struct applying *applying)
{
    struct store *store = applying->tool->store;
    char after[FLEET_UUID_SIZE] = "";
    struct fleet_account fleet;
    struct fleet_held held;
    size_t count = 1;
    enum store_result result = STORE_OK;

    while (result == STORE_OK && (result = store_fleet_held(store, after, &held, 1, &count)) == STORE_OK && count > 0) {
        bool named = true;

        memcpy(after, held.entry_uuid, sizeof after);
        result = is_named(applying, held.entry_uuid, &named);
        if (result == STORE_OK && !named && store_fleet_account_by_entry(store, held.entry_uuid, &fleet) == STORE_NOT_FOUND)
            result = store_fleet_let_go(store, held.entry_uuid);
    }
    return result;
}

static enum store_result find_missing(struct applying *applying, struct missing *ret)
{
    const struct batch *batch = applying->batch;
    struct said said = { .number = 0 };
    enum store_result result;

    while ((result = said_next(batch->said, SAID_UUIDS, said.number, &said)) == STORE_OK) {
        result = said.what == SAID_PRESENT ? meet(applying, &said) : miss(applying, said.entry_uuid, ret);
        if (result != STORE_OK)
            return result;
    }
    result = result == STORE_NOT_FOUND ? STORE_OK : result;
    if (result == STORE_OK && batch->absent)
        result = find_unnamed(applying, ret);
    if (result == STORE_OK && batch->absent)
        result = forget_held(applying);
    return result;
}

/* -- what becomes of them ----------------------------------------------------------------- */

static enum store_result hold(struct applying *applying, const struct fleet_account *fleet, const struct account *account,
                              size_t count)
{
    struct fleet_held held = { .kind = HELD_VANISHED, .since = applying->tool->now };

    memcpy(held.entry_uuid, fleet->entry_uuid, sizeof held.entry_uuid);
    memcpy(held.username, account->username, sizeof held.username);
    snprintf(held.csn, sizeof held.csn, "%s", fleet->csn);
    applying->held++;
    snprintf(held.why, sizeof held.why, "it vanished with others, %zu at once", count);
    return store_fleet_hold(applying->tool->store, &held);
}

static enum store_result leave(struct applying *applying, struct fleet_account *fleet, const struct account *present)
{
    struct store *store = applying->tool->store;
    struct account after = *present;
    enum store_result result;

    fleet->status = FLEET_ABSENT;
    fleet->reason[0] = '\0';
    result = store_fleet_put(store, fleet, applying->tool->now);
    if (result == STORE_OK && present->status == ACCOUNT_ACTIVE)
        result = store_fleet_sweep_due(store, present, false);
    if (result == STORE_OK)
        result = store_account_by_uid(store, present->uid, &after);
    if (result == STORE_OK)
        result = applying_note(applying, "", "suspend", present, &after, "the fleet does not show it to this host any more");
    if (result == STORE_OK)
        result = store_fleet_let_go(store, fleet->entry_uuid);
    explicit_bzero(&after, sizeof after);
    return result;
}

/* Suspended or deleted before it vanished, in this very batch: that is never held. */
static enum store_result is_shut(const struct applying *applying, const struct fleet_account *fleet, bool *ret)
{
    struct said said;
    enum store_result result = said_find(applying->batch->said, fleet->entry_uuid, &said);

    *ret = result == STORE_OK && (said.word == WORD_SUSPENDED || said.word == WORD_DELETED);
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

/* One that waits for its deletion still does. */
static enum store_result take_one(struct applying *applying, uint32_t uid, bool brakes, size_t count)
{
    struct account present = { 0 };
    struct fleet_account fleet;
    enum store_result result = store_fleet_account(applying->tool->store, uid, &fleet);
    struct fleet_held held;
    bool shut = false;

    if (result == STORE_OK)
        result = store_account_by_uid(applying->tool->store, uid, &present);
    if (result == STORE_OK)
        result = is_shut(applying, &fleet, &shut);
    if (result == STORE_OK && !(is_held(applying->tool->store, fleet.entry_uuid, &held) && held.kind == HELD_DELETED))
        result = brakes && !shut ? hold(applying, &fleet, &present, count) : leave(applying, &fleet, &present);
    explicit_bzero(&present, sizeof present);
    return result;
}

static enum store_result brake_if_many(struct applying *applying, size_t count, bool *ret)
{
    int64_t recent = 0, all = 0, now = applying->tool->now;
    struct fleet fleet;
    enum store_result result = store_fleet(applying->tool->store, &fleet);

    if (result == STORE_OK)
        result = store_fleet_count_vanished(applying->tool->store, now - BRAKE_SECONDS, &recent, &all);
    if (result != STORE_OK)
        return result;
    recent += (int64_t)count;
    *ret = fleet.braked_at != 0 || (recent > BRAKE_LEAST && recent * BRAKE_SHARE > all);
    return *ret ? store_fleet_brake(applying->tool->store, now) : STORE_OK;
}

/* One that is deleted and still here. */
static enum store_result count_deleted(const struct applying *applying, size_t *ret)
{
    struct said said = { .number = 0 };
    enum store_result result;

    while ((result = said_next(applying->batch->said, SAID_DELETED, said.number, &said)) == STORE_OK) {
        struct fleet_account fleet;

        result = store_fleet_account_by_entry(applying->tool->store, said.entry_uuid, &fleet);
        if (result != STORE_OK && result != STORE_NOT_FOUND)
            return result;
        *ret += result == STORE_OK && fleet.status != FLEET_ABSENT;
    }
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

enum store_result vanish_judge_deleted(struct applying *applying)
{
    size_t count = 0;
    enum store_result result = count_deleted(applying, &count);

    return result == STORE_OK && count > 0 ? brake_if_many(applying, count, &applying->keeps_deleted) : result;
}

/* When all are back who were held, nobody has to say a word. */
static enum store_result release_if_back(struct store *store)
{
    struct fleet_counts counts;
    struct fleet fleet;
    enum store_result result = store_fleet(store, &fleet);

    if (result != STORE_OK || fleet.braked_at == 0)
        return result;
    result = store_fleet_count(store, &counts);
    return result == STORE_OK && counts.vanished == 0 && counts.deleted == 0 ? store_fleet_release(store) : result;
}

enum store_result vanish_all(struct applying *applying)
{
    struct missing missing = { NULL, 0, 0 };
    bool brakes = false;
    enum store_result result = find_missing(applying, &missing);

    if (result == STORE_OK && missing.count > 0)
        result = brake_if_many(applying, missing.count, &brakes);
    for (size_t i = 0; result == STORE_OK && i < missing.count; i++)
        result = take_one(applying, missing.uids[i], brakes, missing.count);
    if (result == STORE_OK)
        result = release_if_back(applying->tool->store);
    applying->vanished = missing.count;
    free(missing.uids);
    return result;
}
