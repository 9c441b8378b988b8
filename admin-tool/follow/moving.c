/*
 * Who may write in the tree could make an entry of any name and id; but nobody chooses which accounts of here are on their
 * way.
 */
#include "moving.h"

#include <stdio.h>
#include <string.h>

#include "sql/store_accounts.h"
#include "sql/store_fleet_accounts.h"

static bool is_it(const struct fleet_entry *entry, const char *awaited, const struct account *account)
{
    const struct account *wanted = &entry->record.account;

    if (strcmp(account->username, wanted->username) != 0)
        return false;
    return awaited[0] != '\0' ? strcmp(awaited, entry->entry_uuid) == 0 : strcmp(account->hash, wanted->hash) == 0;
}

enum store_result moving_find(struct store *store, const struct fleet_entry *entry, struct account *ret)
{
    char awaited[FLEET_UUID_SIZE];
    enum store_result result = store_fleet_moving(store, entry->record.account.uid, awaited);

    if (result == STORE_OK)
        result = store_account_by_uid(store, entry->record.account.uid, ret);
    return result == STORE_OK && !is_it(entry, awaited, ret) ? STORE_NOT_FOUND : result;
}

enum store_result moving_adopt(struct store *store, const struct fleet_entry *entry, const struct account *account)
{
    struct fleet_account fleet = { .uid = account->uid, .status = FLEET_SUSPENDED };
    enum store_result result;

    if (account->status == ACCOUNT_ACTIVE)
        fleet.status = FLEET_ACTIVE;
    memcpy(fleet.entry_uuid, entry->entry_uuid, sizeof fleet.entry_uuid);
    snprintf(fleet.changed_by, sizeof fleet.changed_by, "%s", entry->changed_by);
    result = store_fleet_put(store, &fleet, 0);
    if (result == STORE_OK && account->status != ACCOUNT_ACTIVE && entry->word == WORD_ACTIVE)
        result = store_fleet_suspend_here(store, account->uid, true);
    return result == STORE_OK ? store_fleet_stay(store, account->uid) : result;
}
