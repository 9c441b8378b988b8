/*
 * The fleet in the store: whose word holds, what nobody else may change, what is held, and what a backup brings back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sql/account.h"
#include "sql/database.h"
#include "sql/memory.h"
#include "sql/restore.h"
#include "sql/restore_plan.h"
#include "sql/ssh_key_set.h"
#include "sql/scope_list.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_audit.h"
#include "sql/store_backup.h"
#include "sql/store_changes.h"
#include "sql/store_fleet.h"
#include "sql/store_fleet_accounts.h"
#include "sql/store_fleet_held.h"
#include "sql/store_keys.h"
#include "fixture/fixture.h"

#define NOW 1800000000LL
#define BASE "dc=fleet"
#define HASH "$y$j9T$aaaaaaaaaaaaaaaaaaaaaa$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define ENTRY_ANN "aaaaaaaa-0000-4000-8000-000000000001"
#define ENTRY_BEN "bbbbbbbb-0000-4000-8000-000000000002"
enum { ANN = 1900000001, BEN = 1900000002, LEA = 70100 }; /* lea is of here */

static const struct audit_actor root = { .login_uid = -1, .name = "root", .via = "", .origin = "" };
static struct store *store, *backup;
static unsigned char *bytes;
static size_t size;

static void add(const char *name, uint32_t uid)
{
    struct account account = fixture_account(name, uid);

    snprintf(account.hash, sizeof account.hash, HASH);
    assert_int_equal(store_account_insert(store, &account), STORE_OK);
}

static struct account get(uint32_t uid)
{
    struct account account;

    assert_int_equal(store_account_by_uid(store, uid, &account), STORE_OK);
    return account;
}

static struct fleet_account of_fleet(uint32_t uid)
{
    struct fleet_account account;

    assert_int_equal(store_fleet_account(store, uid, &account), STORE_OK);
    return account;
}

/* The fleet's word, in a transaction of its own. */
static enum store_result say(uint32_t uid, const char *entry_uuid, enum fleet_status status, int64_t vanished_at)
{
    struct fleet_account account = { .uid = uid, .status = status, .csn = "csn", .changed_by = "cn=anna" };
    enum store_result result;

    snprintf(account.entry_uuid, sizeof account.entry_uuid, "%s", entry_uuid);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_fleet_apply_begin(store), STORE_OK);
    result = store_fleet_put(store, &account, vanished_at);
    assert_int_equal(store_fleet_apply_end(store, "cookie"), STORE_OK);
    if (result == STORE_OK)
        assert_int_equal(store_commit(store), STORE_OK);
    store_rollback(store);
    return result;
}

static void join(void)
{
    assert_int_equal(store_fleet_join(store, BASE, NOW), STORE_OK);
    add("ann", ANN);
    add("ben", BEN);
    add("lea", LEA);
    assert_int_equal(say(ANN, ENTRY_ANN, FLEET_ACTIVE, 0), STORE_OK);
    assert_int_equal(say(BEN, ENTRY_BEN, FLEET_ACTIVE, 0), STORE_OK);
}

static int begin(void **state)
{
    (void)state;
    fixture_reset();
    return store_open(FIXTURE_PRIVATE, STORE_CREATE, &store) == STORE_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    store_close(store);
    store_close(backup);
    store_snapshot_free(bytes, size);
    store = backup = NULL;
    bytes = NULL;
    return 0;
}

/* -- the host ----------------------------------------------------------------------------- */

static void a_host_joins_once_and_leaves_with_its_accounts(void **state)
{
    struct fleet fleet;
    struct account ann;

    (void)state;
    assert_int_equal(store_fleet(store, &fleet), STORE_NOT_FOUND);
    assert_int_equal(store_fleet_resync(store), STORE_NOT_FOUND);
    assert_int_equal(store_fleet_heard(store, "ldaps://a", NOW), STORE_NOT_FOUND);
    join();
    assert_int_equal(store_fleet_join(store, "dc=other", NOW), STORE_TAKEN);
    assert_int_equal(store_fleet(store, &fleet), STORE_OK);
    assert_string_equal(fleet.base, BASE);
    assert_false(fleet.whole_due);
    assert_int_equal(fleet.last_contact, 0);
    assert_true(get(ANN).fleet);
    assert_int_equal(get(ANN).fleet_heard_at, NOW);
    assert_false(get(LEA).fleet);
    assert_int_equal(store_fleet_heard(store, "ldaps://a", NOW + 60), STORE_OK);
    assert_int_equal(get(ANN).fleet_heard_at, NOW + 60);
    assert_int_equal(store_fleet_resync(store), STORE_OK);
    assert_int_equal(store_fleet(store, &fleet), STORE_OK);
    assert_true(fleet.whole_due);
    assert_int_equal(say(ANN, ENTRY_ANN, FLEET_SUSPENDED, 0), STORE_OK);
    assert_int_equal(store_fleet_leave(store), STORE_OK);
    ann = get(ANN);
    assert_false(ann.fleet);
    assert_int_equal(ann.status, ACCOUNT_SUSPENDED);
    assert_int_equal(store_account_set_status(store, ANN, ACCOUNT_ACTIVE), STORE_OK);
}

/* -- status ------------------------------------------------------------------------------- */

static void the_stricter_word_holds(void **state)
{
    (void)state;
    join();
    for (enum fleet_status word = FLEET_ACTIVE; word <= FLEET_ABSENT; word++)
        for (int here = 0; here < 2; here++) {
            bool active = word == FLEET_ACTIVE && here == 0;

            assert_int_equal(store_fleet_suspend_here(store, ANN, here != 0), STORE_OK);
            assert_int_equal(say(ANN, ENTRY_ANN, word, 0), STORE_OK);
            assert_int_equal(get(ANN).status == ACCOUNT_ACTIVE, active);
            assert_int_equal(of_fleet(ANN).here_suspended, here);
            assert_int_equal(of_fleet(ANN).status, word);
            assert_int_equal(store_account_set_status(store, ANN, active ? ACCOUNT_SUSPENDED : ACCOUNT_ACTIVE),
                             STORE_REFUSED);
        }
    assert_int_equal(store_fleet_suspend_here(store, LEA, true), STORE_NOT_FOUND);
}

static void the_fleet_never_activates_whom_this_host_suspended(void **state)
{
    (void)state;
    join();
    assert_int_equal(store_fleet_suspend_here(store, ANN, true), STORE_OK);
    assert_int_equal(say(ANN, ENTRY_ANN, FLEET_SUSPENDED, 0), STORE_OK);
    assert_int_equal(say(ANN, ENTRY_ANN, FLEET_ACTIVE, 0), STORE_OK);
    assert_int_equal(of_fleet(ANN).here_suspended, true);
    assert_int_equal(get(ANN).status, ACCOUNT_SUSPENDED);
    assert_int_equal(store_fleet_suspend_here(store, ANN, false), STORE_OK);
    assert_int_equal(get(ANN).status, ACCOUNT_ACTIVE);
}

static void only_a_change_of_what_holds_is_a_new_generation(void **state)
{
    int64_t before = 0, after = 0;

    (void)state;
    join();
    assert_int_equal(store_generation(store, &before), STORE_OK);
    assert_int_equal(say(ANN, ENTRY_ANN, FLEET_ACTIVE, 0), STORE_OK);
    assert_int_equal(store_generation(store, &after), STORE_OK);
    assert_int_equal(after, before);
    assert_int_equal(say(ANN, ENTRY_ANN, FLEET_ABSENT, NOW), STORE_OK);
    assert_int_equal(store_generation(store, &after), STORE_OK);
    assert_int_equal(after, before + 1);
}

/* -- what nobody else changes --------------------------------------------------------------- */

static void what_the_fleet_says_is_not_changed_here(void **state)
{
    static const char *const changes[] = {
        "UPDATE accounts SET email = 'x@example.org' WHERE uid = 1900000001",
        "UPDATE accounts SET email = upper(email) WHERE uid = 1900000001",
        "UPDATE accounts SET home = '/x' WHERE uid = 1900000001",
        "UPDATE accounts SET shell = '/x' WHERE uid = 1900000001",
        "UPDATE accounts SET hash = 'x' WHERE uid = 1900000001",
        "UPDATE accounts SET hash = NULL WHERE uid = 1900000001",
        "UPDATE accounts SET temporary = 1 WHERE uid = 1900000001",
        "UPDATE accounts SET temporary = 1, temporary_until = 9 WHERE uid = 1900000001",
        "UPDATE accounts SET expires_at = 9 WHERE uid = 1900000001",
        "UPDATE accounts SET username = 'x' WHERE uid = 1900000001",
        "UPDATE accounts SET status = 'suspended' WHERE uid = 1900000001",
        "DELETE FROM accounts WHERE uid = 1900000001",
        "INSERT INTO account_roles VALUES (1900000001, 'admin')",
        "DELETE FROM account_roles WHERE uid = 1900000002",
        "INSERT INTO account_keys (uid, fingerprint, line, added_at) VALUES (1900000001, 'SHA256:y', 'y', 1)",
        "DELETE FROM account_keys WHERE uid = 1900000002",
    };

    (void)state;
    join();
    assert_int_equal(database_run(store->db, "UPDATE fleet SET applying = 1", ""), STORE_OK);
    assert_int_equal(database_run(store->db, "INSERT INTO account_roles VALUES (1900000002, 'auditor')", ""), STORE_OK);
    assert_int_equal(database_run(store->db, "INSERT INTO account_keys (uid, fingerprint, line, added_at)"
                                  " VALUES (1900000002, 'SHA256:x', 'x', 1)", ""), STORE_OK);
    assert_int_equal(database_run(store->db, "UPDATE fleet SET applying = NULL", ""), STORE_OK);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        if (database_run(store->db, changes[i], "") != STORE_REFUSED)
            fail_msg("no rule stopped: %s", changes[i]);
    for (size_t i = 0; i < 9; i++) { /* of an account of here nobody minds */
        char *sql = sqlite3_mprintf("%.*s%d", (int)(strlen(changes[i]) - 10), changes[i], (int)LEA);

        if (database_run(store->db, sql, "") != STORE_OK)
            fail_msg("a rule stopped: %s", sql);
        sqlite3_free(sql);
    }
}

static void what_is_this_hosts_own_changes_here(void **state)
{
    struct account ann;

    (void)state;
    join();
    ann = get(ANN);
    ann.password_max_days = 9;
    ann.never_dormant = true;
    assert_int_equal(store_account_edit(store, &ann), STORE_OK);
    assert_int_equal(store_account_note_login(store, ANN, 86400), STORE_OK);
    assert_int_equal(store_account_wake(store, ANN, NOW), STORE_OK);
}

static void a_password_of_the_fleets_is_not_changed_here(void **state)
{
    (void)state;
    join();
    assert_int_equal(store_account_change_password(store, ANN, HASH, "$y$other", NOW), STORE_REFUSED);
    assert_int_equal(store_account_renew_hash(store, ANN, HASH, "$y$other"), STORE_REFUSED);
    assert_int_equal(store_account_set_password(store, ANN, "$y$other", true, 0, NOW), STORE_REFUSED);
    assert_int_equal(store_account_require_change(store, ANN), STORE_REFUSED);
    assert_string_equal(get(ANN).hash, HASH);
}

static void an_entry_is_one_account_and_a_buried_one_none(void **state)
{
    struct fleet_held held = { .kind = HELD_ENTRY };
    size_t count = 1;

    (void)state;
    join();
    assert_int_equal(say(LEA, ENTRY_ANN, FLEET_ACTIVE, 0), STORE_TAKEN);
    assert_int_equal(say(ANN, ENTRY_BEN, FLEET_ACTIVE, 0), STORE_TAKEN);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_fleet_apply_begin(store), STORE_OK);
    assert_int_equal(store_account_delete(store, ANN), STORE_OK);
    assert_int_equal(store_fleet_bury(store, ENTRY_ANN, "ann", NOW), STORE_OK);
    assert_int_equal(store_fleet_apply_end(store, "cookie"), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(store_fleet_is_buried(store, ENTRY_ANN), STORE_OK);
    assert_int_equal(store_fleet_is_buried(store, ENTRY_BEN), STORE_NOT_FOUND);
    assert_int_equal(store_name_is_free(store, "ann"), STORE_TAKEN);
    assert_int_equal(store_fleet_held(store, "", &held, 1, &count), STORE_OK);
    assert_int_equal(count, 0);
    snprintf(held.entry_uuid, sizeof held.entry_uuid, ENTRY_ANN);
    snprintf(held.why, sizeof held.why, "back");
    assert_int_equal(store_fleet_hold(store, &held), STORE_OK);
    assert_int_equal(store_fleet_held(store, "", &held, 1, &count), STORE_OK);
    assert_int_equal(count, 1);
    assert_int_equal(held.kind, HELD_ENTRY);
    assert_int_equal(store_fleet_let_go(store, ENTRY_ANN), STORE_OK);
    assert_int_equal(store_fleet_is_buried(store, ENTRY_ANN), STORE_OK);
}

/* -- held --------------------------------------------------------------------------------- */

static void what_is_held_says_since_when(void **state)
{
    struct fleet_held held = { .entry_uuid = ENTRY_ANN, .kind = HELD_ENTRY, .username = "ann", .why = "a", .since = 1 };
    struct fleet_held page[4];
    size_t count = 0;

    (void)state;
    assert_int_equal(store_fleet_hold(store, &held), STORE_OK);
    held.since = 2;
    assert_int_equal(store_fleet_hold(store, &held), STORE_OK);
    assert_int_equal(store_fleet_held(store, "", page, 4, &count), STORE_OK);
    assert_int_equal(count, 1);
    assert_int_equal(page[0].since, 1);
    snprintf(held.why, sizeof held.why, "b");
    assert_int_equal(store_fleet_hold(store, &held), STORE_OK);
    assert_int_equal(store_fleet_held(store, "", page, 4, &count), STORE_OK);
    assert_int_equal(page[0].since, 2);
    assert_string_equal(page[0].why, "b");
    assert_int_equal(store_fleet_held(store, ENTRY_ANN, page, 4, &count), STORE_OK);
    assert_int_equal(count, 0);
    assert_int_equal(store_fleet_let_go(store, ENTRY_ANN), STORE_OK);
    assert_int_equal(store_fleet_held(store, "", page, 4, &count), STORE_OK);
    assert_int_equal(count, 0);
}

static void the_brake_counts_who_vanished_lately(void **state)
{
    int64_t vanished = 0, all = 0;

    (void)state;
    join();
    assert_int_equal(say(ANN, ENTRY_ANN, FLEET_ABSENT, 0), STORE_OK);
    assert_int_equal(say(BEN, ENTRY_BEN, FLEET_ABSENT, NOW), STORE_OK);
    assert_int_equal(store_fleet_count_vanished(store, NOW - 600, &vanished, &all), STORE_OK);
    assert_int_equal(vanished, 1);
    assert_int_equal(all, 2);
    assert_int_equal(store_fleet_count_vanished(store, NOW, &vanished, &all), STORE_OK);
    assert_int_equal(vanished, 0);
    assert_int_equal(store_fleet_forgive(store), STORE_OK);
    assert_int_equal(store_fleet_count_vanished(store, NOW - 600, &vanished, &all), STORE_OK);
    assert_int_equal(vanished, 0);
}

static void who_is_to_be_swept_stays_due_until_it_is_done(void **state)
{
    struct account ann;
    struct fleet_sweep sweeps[4];
    size_t due = 0;

    (void)state;
    join();
    ann = get(ANN);
    assert_int_equal(store_fleet_sweep_due(store, &ann, false), STORE_OK);
    assert_int_equal(store_fleet_sweeps(store, 0, sweeps, 4, &due), STORE_OK);
    assert_int_equal(due, 1);
    assert_string_equal(sweeps[0].username, "ann");
    assert_int_equal(store_fleet_sweep_due(store, &ann, true), STORE_OK);
    assert_int_equal(store_fleet_sweeps_done(store, sweeps[0].id), STORE_OK);
    assert_int_equal(store_fleet_sweeps(store, 0, sweeps, 4, &due), STORE_OK);
    assert_int_equal(due, 1);
    assert_true(sweeps[0].deleted);
}

/* -- backups ------------------------------------------------------------------------------ */

static void snapshot(void)
{
    assert_int_equal(store_snapshot(store, &bytes, &size), STORE_OK);
    assert_int_equal(store_load(bytes, size, &backup), STORE_OK);
}

static void restore(bool exact)
{
    const struct restore_rules rules = { .exact = exact };

    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(restore_apply(store, backup, &rules, &root, NOW + 10), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
}

static void a_backup_changes_nothing_of_the_fleets(void **state)
{
    char *cookie = NULL;

    (void)state;
    join();
    snapshot();
    assert_int_equal(say(ANN, ENTRY_ANN, FLEET_SUSPENDED, 0), STORE_OK);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_fleet_apply_begin(store), STORE_OK);
    assert_int_equal(store_account_delete(store, BEN), STORE_OK);
    assert_int_equal(store_fleet_bury(store, ENTRY_BEN, "ben", NOW), STORE_OK);
    assert_int_equal(store_fleet_apply_end(store, "later"), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    add("cat", 1900000003);
    assert_int_equal(say(1900000003, "cccccccc-0000-4000-8000-000000000003", FLEET_ACTIVE, 0), STORE_OK);
    assert_int_equal(database_run(store->db, "UPDATE accounts SET full_name = 'X', email = 'x@example.org' WHERE uid = 70100", ""),
                     STORE_OK);
    restore(true);
    assert_int_equal(get(ANN).status, ACCOUNT_SUSPENDED);
    assert_int_equal(get(1900000003).status, ACCOUNT_ACTIVE);
    assert_int_equal(store_uid_is_free(store, BEN), STORE_TAKEN);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 3);
    assert_string_equal(get(LEA).full_name, "");
    assert_int_equal(store_fleet_cookie(store, &cookie), STORE_OK);
    assert_string_equal(cookie, "cookie");
    store_text_free(cookie);
}

static void a_new_host_goes_on_as_the_backups(void **state)
{
    struct fleet fleet;
    bool changes = false;

    (void)state;
    join();
    assert_int_equal(store_fleet_suspend_here(store, BEN, true), STORE_OK);
    snapshot();
    store_close(store);
    fixture_reset();
    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_CREATE, &store), STORE_OK);
    assert_int_equal(restore_changes_rest(store, backup, &changes), STORE_OK);
    assert_true(changes);
    restore(false);
    assert_int_equal(store_fleet(store, &fleet), STORE_OK);
    assert_true(fleet.whole_due);
    assert_true(get(ANN).fleet);
    assert_int_equal(get(ANN).status, ACCOUNT_ACTIVE);
    assert_int_equal(get(BEN).status, ACCOUNT_SUSPENDED);
    assert_true(of_fleet(BEN).here_suspended);
    assert_false(get(LEA).fleet);
}

static void who_was_suspended_since_leaving_stays_so(void **state)
{
    (void)state;
    join();
    snapshot();
    assert_int_equal(store_fleet_leave(store), STORE_OK);
    assert_int_equal(store_account_set_status(store, ANN, ACCOUNT_SUSPENDED), STORE_OK);
    restore(false);
    assert_int_equal(get(ANN).status, ACCOUNT_SUSPENDED);
    assert_true(of_fleet(ANN).here_suspended);
    assert_int_equal(of_fleet(ANN).status, FLEET_ACTIVE);
    assert_int_equal(get(BEN).status, ACCOUNT_ACTIVE);
}

static void the_scopes_are_one_text_in_whatever_order(void **state)
{
    static const struct {
        const char *text, *list;
        bool all;
    } cases[] = {
        { "", "", true }, { "web", "web", true }, { "web\nall", "all,web", true }, { ",web;all,,web", "all,web", true },
        { "web,\x1b[31m,a b", "web", false }, { "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p", false },
        { "0123456789012345678901234567890123456789012345678901234567890123", "0123456789012345678901234567890123456789012345678901234567890123", true },
        { "01234567890123456789012345678901234567890123456789012345678901234", "", false },
    };
    char list[FLEET_SCOPES_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(scope_list(cases[i].text, list), cases[i].all);
        assert_string_equal(list, cases[i].list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_host_joins_once_and_leaves_with_its_accounts, begin, end),
        cmocka_unit_test_setup_teardown(the_stricter_word_holds, begin, end),
        cmocka_unit_test_setup_teardown(the_fleet_never_activates_whom_this_host_suspended, begin, end),
        cmocka_unit_test_setup_teardown(only_a_change_of_what_holds_is_a_new_generation, begin, end),
        cmocka_unit_test_setup_teardown(what_the_fleet_says_is_not_changed_here, begin, end),
        cmocka_unit_test_setup_teardown(what_is_this_hosts_own_changes_here, begin, end),
        cmocka_unit_test_setup_teardown(a_password_of_the_fleets_is_not_changed_here, begin, end),
        cmocka_unit_test_setup_teardown(an_entry_is_one_account_and_a_buried_one_none, begin, end),
        cmocka_unit_test_setup_teardown(what_is_held_says_since_when, begin, end),
        cmocka_unit_test_setup_teardown(the_brake_counts_who_vanished_lately, begin, end),
        cmocka_unit_test_setup_teardown(who_is_to_be_swept_stays_due_until_it_is_done, begin, end),
        cmocka_unit_test_setup_teardown(a_backup_changes_nothing_of_the_fleets, begin, end),
        cmocka_unit_test_setup_teardown(a_new_host_goes_on_as_the_backups, begin, end),
        cmocka_unit_test_setup_teardown(who_was_suspended_since_leaving_stays_so, begin, end),
        cmocka_unit_test(the_scopes_are_one_text_in_whatever_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
