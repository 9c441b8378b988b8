/*
 * Backups: what comes back is what was, but for what took access away since; what is not exactly
 * ours is not even looked into; and nothing is half done.
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
#include "sql/policy.h"
#include "sql/restore.h"
#include "sql/restore_plan.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_audit.h"
#include "sql/store_backup.h"
#include "sql/store_chain.h"
#include "sql/store_changes.h"
#include "sql/store_keys.h"
#include "sql/store_prune.h"
#include "fixture/fixture.h"

#define NOW 1800000000LL
#define OLD_HASH "$y$j9T$aaaaaaaaaaaaaaaaaaaaaa$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define NEW_HASH "$y$j9T$bbbbbbbbbbbbbbbbbbbbbb$BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"

static const struct audit_actor carol = {
    .login_uid = 1000, .name = "carol", .via = "", .origin = "192.0.2.7"
};

static struct store *store, *backup;
static unsigned char *bytes;
static size_t size;

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

static void add(const char *name, uint32_t uid, const char *hash)
{
    struct account account = fixture_account(name, uid);

    snprintf(account.hash, sizeof account.hash, "%s", hash);
    assert_int_equal(store_account_insert(store, &account), STORE_OK);
    assert_int_equal(store_audit_append(store, &carol, "create", NULL, &account, NULL, NOW), STORE_OK);
}

/* alice, bob and eve as of the backup. */
static void make_backup(void)
{
    add("alice", 70100, OLD_HASH);
    add("bob", 70101, OLD_HASH);
    add("eve", 70102, OLD_HASH);
    assert_int_equal(store_account_set_roles(store, 70100, ROLE_MEMBER | ROLE_ADMIN), STORE_OK);
    assert_int_equal(store_snapshot(store, &bytes, &size), STORE_OK);
    assert_int_equal(store_load(bytes, size, &backup), STORE_OK);
}

static void restore(bool exact)
{
    const struct restore_rules rules = { .exact = exact };

    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(restore_apply(store, backup, &rules, &carol, NOW + 10), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(fixture_number("SELECT count(*) FROM returning_accounts"), 0);
}

static struct account get(uint32_t uid)
{
    struct account account;

    assert_int_equal(store_account_by_uid(store, uid, &account), STORE_OK);
    return account;
}

static int64_t count_changes(bool exact)
{
    const struct restore_rules rules = { .exact = exact };
    struct restore *walk = restore_new(store, backup, &rules);
    struct restored one;
    int64_t count = 0;

    while (restore_next(walk, &one) == STORE_OK)
        count++;
    restore_free(walk);
    return count;
}

static void a_backup_of_an_unchanged_store_changes_nothing(void **state)
{
    bool changes = true, known = false;

    (void)state;
    make_backup();
    assert_int_equal(count_changes(false), 0);
    assert_int_equal(count_changes(true), 0);
    assert_int_equal(restore_changes_rest(store, backup, &changes), STORE_OK);
    assert_false(changes);
    assert_int_equal(restore_knows_log(store, backup, &known), STORE_OK);
    assert_true(known);
}

static void everything_of_an_account_comes_back(void **state)
{
    struct account alice, was;

    (void)state;
    make_backup();
    was = get(70100);
    alice = was;
    snprintf(alice.email, sizeof alice.email, "other@example.org");
    snprintf(alice.full_name, sizeof alice.full_name, "Other");
    snprintf(alice.home, sizeof alice.home, "/other");
    snprintf(alice.shell, sizeof alice.shell, "/bin/other");
    snprintf(alice.hash, sizeof alice.hash, NEW_HASH);
    alice.roles = ROLE_MEMBER | ROLE_AUDITOR;
    alice.temporary = true;
    alice.temporary_until = NOW;
    alice.expires_at = NOW;
    assert_int_equal(store_account_replace(store, &alice), STORE_OK);
    assert_int_equal(count_changes(false), 1);
    restore(false);
    alice = get(70100);
    assert_memory_equal(&alice, &was, sizeof was);
    assert_int_equal(fixture_number("SELECT count(*) FROM password_history WHERE hash = '" NEW_HASH "'"), 1);
    assert_int_equal(fixture_number("SELECT count(*) FROM audit WHERE event = 'restore'"), 1);
}

static void a_suspension_made_since_stays(void **state)
{
    (void)state;
    make_backup();
    assert_int_equal(store_account_set_status(store, 70101, ACCOUNT_SUSPENDED), STORE_OK);
    assert_int_equal(store_account_set_status(store, 70102, ACCOUNT_SUSPENDED), STORE_OK);
    assert_int_equal(store_account_set_password(store, 70102, NEW_HASH, false, 0, NOW), STORE_OK);
    assert_int_equal(count_changes(false), 1);
    restore(false);
    assert_int_equal(get(70101).status, ACCOUNT_SUSPENDED);
    assert_int_equal(get(70102).status, ACCOUNT_SUSPENDED);
    assert_string_equal(get(70102).hash, OLD_HASH);
    restore(true);
    assert_int_equal(get(70101).status, ACCOUNT_ACTIVE);
    assert_int_equal(get(70102).status, ACCOUNT_ACTIVE);
}

static void a_suspension_of_then_comes_back(void **state)
{
    (void)state;
    add("alice", 70100, OLD_HASH);
    assert_int_equal(store_account_set_status(store, 70100, ACCOUNT_SUSPENDED), STORE_OK);
    assert_int_equal(store_snapshot(store, &bytes, &size), STORE_OK);
    assert_int_equal(store_load(bytes, size, &backup), STORE_OK);
    assert_int_equal(store_account_set_status(store, 70100, ACCOUNT_ACTIVE), STORE_OK);
    restore(false);
    assert_int_equal(get(70100).status, ACCOUNT_SUSPENDED);
}

/* Whom the caller does not want in: also one who would come back as he was, and exactly. */
static void the_rules_shut_out(void **state)
{
    static const uint32_t uids[] = { 70100, 70102 };
    const struct restore_rules rules = { .exact = true, .suspended = uids, .suspended_count = 2 };

    (void)state;
    make_backup();
    assert_int_equal(store_account_delete(store, 70102), STORE_OK);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(restore_apply(store, backup, &rules, &carol, NOW + 10), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(get(70100).status, ACCOUNT_SUSPENDED);
    assert_int_equal(get(70101).status, ACCOUNT_ACTIVE);
    assert_int_equal(get(70102).status, ACCOUNT_SUSPENDED);
    assert_int_equal(fixture_number("SELECT count(*) FROM audit WHERE event = 'restore' AND"
                                    " json_extract(after, '$.status') = 'suspended'"), 2);
}

static void one_made_since_goes_and_leaves_a_tombstone(void **state)
{
    struct account nobody;

    (void)state;
    make_backup();
    add("dave", 70103, NEW_HASH);
    restore(false);
    assert_int_equal(store_account_by_name(store, "dave", &nobody), STORE_NOT_FOUND);
    assert_int_equal(store_name_is_free(store, "dave"), STORE_TAKEN);
    assert_int_equal(store_uid_is_free(store, 70103), STORE_TAKEN);
}

static void one_deleted_since_stays_deleted_unless_exactly(void **state)
{
    struct account nobody;

    (void)state;
    make_backup();
    assert_int_equal(store_account_set_password(store, 70101, NEW_HASH, false, 0, NOW), STORE_OK);
    assert_int_equal(store_account_delete(store, 70101), STORE_OK);
    assert_int_equal(count_changes(false), 0);
    restore(false);
    assert_int_equal(store_account_by_uid(store, 70101, &nobody), STORE_NOT_FOUND);
    assert_int_equal(store_uid_is_free(store, 70101), STORE_TAKEN);
    assert_int_equal(count_changes(true), 1);
    restore(true);
    assert_string_equal(get(70101).username, "bob");
    assert_int_equal(fixture_number("SELECT count(*) FROM tombstones"), 0);
    assert_int_equal(store_account_delete(store, 70101), STORE_OK); /* and again */
    assert_int_equal(fixture_number("SELECT count(*) FROM tombstones"), 1);
}

static void a_name_given_since_stays(void **state)
{
    char conflict[ACCOUNT_NAME_SIZE];

    (void)state;
    make_backup();
    fixture_sql("UPDATE accounts SET username = 'robert', last_login_day = 86400 WHERE uid = 70101");
    assert_int_equal(restore_find_conflict(store, backup, conflict), STORE_NOT_FOUND);
    assert_int_equal(count_changes(true), 0);
    assert_int_equal(store_account_delete(store, 70101), STORE_OK);
    assert_int_equal(restore_find_conflict(store, backup, conflict), STORE_NOT_FOUND);
    restore(false);
    assert_int_equal(store_name_is_free(store, "bob"), STORE_TAKEN);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts WHERE uid = 70101"), 0);
}

static void keys_are_the_backups(void **state)
{
    char *text = NULL;

    (void)state;
    fixture_sql("INSERT INTO accounts (uid, username, email, home, shell, created_at)"
                " VALUES (70100, 'alice', 'alice@example.org', '/home/alice', '/bin/sh', 1)");
    fixture_sql("INSERT INTO account_keys (uid, fingerprint, line, added_at) VALUES (70100, 'SHA256:a', 'a', 1)");
    assert_int_equal(store_snapshot(store, &bytes, &size), STORE_OK);
    assert_int_equal(store_load(bytes, size, &backup), STORE_OK);
    assert_int_equal(count_changes(false), 0);
    fixture_sql("INSERT INTO account_keys (uid, fingerprint, line, added_at) VALUES (70100, 'SHA256:b', 'b', 2)");
    assert_int_equal(count_changes(false), 1);
    restore(false);
    assert_int_equal(store_keys_text(store, 70100, &text), STORE_OK);
    assert_string_equal(text, "a\n");
    store_text_free(text);
    assert_int_equal(fixture_number("SELECT count(*) FROM audit WHERE instr(after, 'ssh keys are the backup')"), 1);
    assert_int_equal(store_account_delete(store, 70100), STORE_OK);
    restore(true);
    assert_int_equal(fixture_number("SELECT count(*) FROM account_keys WHERE uid = 70100"), 1);
}

static void addresses_may_have_changed_hands(void **state)
{
    struct account bob, eve, dave = fixture_account("dave", 70103);

    (void)state;
    make_backup();
    bob = get(70101);
    eve = get(70102);
    assert_int_equal(store_account_delete(store, 70102), STORE_OK);
    snprintf(dave.email, sizeof dave.email, "%s", eve.email);
    snprintf(bob.email, sizeof bob.email, "bob2@example.org");
    assert_int_equal(store_account_replace(store, &bob), STORE_OK);
    snprintf(bob.email, sizeof bob.email, "alice@example.org");
    eve = get(70100);
    snprintf(eve.email, sizeof eve.email, "bob@example.org");
    assert_int_equal(store_account_replace(store, &eve), STORE_OK);
    assert_int_equal(store_account_replace(store, &bob), STORE_OK);
    assert_int_equal(store_account_insert(store, &dave), STORE_OK);
    restore(true);
    assert_string_equal(get(70100).email, "alice@example.org");
    assert_string_equal(get(70101).email, "bob@example.org");
    assert_string_equal(get(70102).email, "eve@example.org");
    assert_int_equal(fixture_number("SELECT count(*) FROM audit WHERE instr(before, 'restore.invalid')"), 0);
}

static void policy_tombstones_and_the_higher_generation(void **state)
{
    struct policy policy;
    int64_t generation, later;

    (void)state;
    fixture_sql("INSERT INTO policy VALUES ('password_min_length', '20')");
    fixture_sql("INSERT INTO tombstones VALUES ('old', 70090, 1, NULL)");
    make_backup();
    fixture_sql("UPDATE policy SET value = '13'");
    fixture_sql("INSERT INTO policy VALUES ('free_failures', '3')");
    assert_int_equal(store_generation(store, &generation), STORE_OK);
    restore(false);
    assert_int_equal(store_policy(store, &policy), STORE_OK);
    assert_int_equal(policy.password_min_length, 20);
    assert_int_equal(policy.free_failures, 5);
    assert_int_equal(fixture_number("SELECT count(*) FROM audit WHERE event = 'restore'"
        " AND before = '{\"password_min_length\":13,\"free_failures\":3}'"
        " AND after = '{\"password_min_length\":20,\"free_failures\":5}'"), 1);
    assert_int_equal(store_generation(store, &later), STORE_OK);
    assert_true(later > generation);
    assert_int_equal(fixture_number("SELECT count(*) FROM tombstones"), 1);
}

static void the_log_stays_and_goes_on(void **state)
{
    struct audit_proof proof;

    (void)state;
    make_backup();
    add("dave", 70103, NEW_HASH);
    restore(false);
    assert_int_equal(store_audit_verify(store, &proof), STORE_OK);
    assert_true(proof.whole);
    assert_int_equal(proof.rows, 5);
    assert_int_equal(fixture_number("SELECT count(*) FROM audit WHERE username = 'dave'"), 2);
}

/* A host that died: the backup is all there is. */
static void an_empty_store_takes_all_of_it(void **state)
{
    struct audit_proof proof;
    int64_t generation, then;
    bool known = false;

    (void)state;
    fixture_sql("INSERT INTO tombstones VALUES ('old', 70090, 1, NULL)");
    make_backup();
    assert_int_equal(store_account_set_password(store, 70101, NEW_HASH, false, 0, NOW), STORE_OK);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_audit_prune(store, &carol, NOW + 1, NOW + 2), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    store_close(backup);
    store_snapshot_free(bytes, size);
    assert_int_equal(store_snapshot(store, &bytes, &size), STORE_OK);
    assert_int_equal(store_load(bytes, size, &backup), STORE_OK);
    store_close(store);
    begin(NULL);
    assert_int_equal(restore_knows_log(store, backup, &known), STORE_OK);
    assert_true(known);
    restore(false);
    assert_int_equal(get(70100).roles, ROLE_MEMBER | ROLE_ADMIN);
    assert_string_equal(get(70101).hash, NEW_HASH);
    assert_int_equal(fixture_number("SELECT count(*) FROM password_history"), 1);
    assert_int_equal(fixture_number("SELECT count(*) FROM tombstones"), 1);
    assert_int_equal(store_audit_verify(store, &proof), STORE_OK);
    assert_true(proof.whole);
    assert_int_equal(proof.rows, 1 + 3);
    assert_int_equal(proof.pruned_through, 3);
    assert_int_equal(store_generation(store, &generation), STORE_OK);
    assert_int_equal(store_generation(backup, &then), STORE_OK);
    assert_true(generation > then);
}

/* Another store's: bob's uid is eve's there, or his name another uid's. */
static void anothers_name_or_uid_is_a_conflict(void **state)
{
    static const char *const others[] = {
        "INSERT INTO accounts (uid, username, email, home, shell, created_at) "
        "VALUES (70101, 'mallory', 'm@x', '/', '/', 1)",
        "INSERT INTO accounts (uid, username, email, home, shell, created_at) "
        "VALUES (70111, 'bob', 'm@x', '/', '/', 1)",
        "INSERT INTO tombstones VALUES ('mallory', 70101, 1, NULL)",
        "INSERT INTO tombstones VALUES ('bob', 70111, 1, NULL)",
    };
    const struct restore_rules rules = { .exact = true };
    char name[ACCOUNT_NAME_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        end(NULL);
        begin(NULL);
        make_backup();
        assert_int_equal(restore_find_conflict(store, backup, name), STORE_NOT_FOUND);
        store_close(store);
        begin(NULL);
        fixture_sql(others[i]);
        assert_int_equal(restore_find_conflict(store, backup, name), STORE_OK);
        assert_string_equal(name, "bob");
        assert_int_equal(store_begin(store), STORE_OK);
        assert_int_equal(restore_apply(store, backup, &rules, &carol, NOW), STORE_REFUSED);
        store_rollback(store);
    }
}

/* -- what is not a backup ----------------------------------------------------------------- */

static void what_is_not_exactly_ours_is_refused(void **state)
{
    static const struct {
        const char *sql;
        enum store_result result;
    } changes[] = {
        { "CREATE TRIGGER t AFTER INSERT ON audit BEGIN UPDATE accounts SET status = 'active'; END",
          STORE_FOREIGN },
        { "CREATE VIEW v AS SELECT 1", STORE_FOREIGN },
        { "CREATE TABLE t (x)", STORE_FOREIGN },
        { "CREATE INDEX i ON accounts (home)", STORE_FOREIGN },
        { "ANALYZE", STORE_FOREIGN },
        { "DROP TRIGGER audit_is_fixed", STORE_FOREIGN },
        { "DROP TRIGGER audit_is_fixed; CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit"
          " WHEN 0 BEGIN SELECT RAISE(ABORT, 'audit rows never change'); END", STORE_FOREIGN },
        { "PRAGMA application_id = 7", STORE_FOREIGN },
        { "PRAGMA user_version = 1", STORE_FOREIGN },
        { "PRAGMA user_version = 99", STORE_TOO_NEW },
        { "INSERT INTO policy VALUES ('no_such_setting', '1')", STORE_DAMAGED },
        { "INSERT INTO policy VALUES ('uid_min', '70500'), ('uid_max', '70400')", STORE_DAMAGED },
        { "INSERT INTO policy VALUES ('admin_groups', 'sudo,=adm')", STORE_DAMAGED },
        { "PRAGMA foreign_keys = OFF; INSERT INTO account_roles VALUES (5, 'admin')", STORE_DAMAGED },
        { "PRAGMA ignore_check_constraints = ON; UPDATE accounts SET status = 'x'", STORE_DAMAGED },
        { "PRAGMA journal_mode = WAL", STORE_FAILED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct store *other = NULL;
        size_t length;
        char *file;

        end(NULL);
        begin(NULL);
        add("alice", 70100, OLD_HASH);
        store_close(store);
        store = NULL;
        fixture_sql(changes[i].sql);
        file = fixture_read(FIXTURE_PRIVATE "/accounts.db", &length);
        if (store_load((unsigned char *)file, length, &other) != changes[i].result)
            fail_msg("not %d: %s", (int)changes[i].result, changes[i].sql);
        free(file);
    }
}

static void a_damaged_file_is_refused_wherever_it_is_cut(void **state)
{
    struct store *other = NULL;
    unsigned char *copy;

    (void)state;
    make_backup();
    copy = malloc(size);
    assert_non_null(copy);
    for (size_t length = 0; length < size; length += length < 200 ? 7 : 1013) {
        memcpy(copy, bytes, length);
        assert_int_not_equal(store_load(copy, length, &other), STORE_OK);
    }
    free(copy);
    assert_null(other);
}

static void a_backup_cannot_be_written(void **state)
{
    (void)state;
    make_backup();
    assert_int_not_equal(store_account_delete(backup, 70100), STORE_OK);
    assert_int_not_equal(database_run(backup->db, "PRAGMA user_version = 1", ""), STORE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_backup_of_an_unchanged_store_changes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(everything_of_an_account_comes_back, begin, end),
        cmocka_unit_test_setup_teardown(a_suspension_made_since_stays, begin, end),
        cmocka_unit_test_setup_teardown(a_suspension_of_then_comes_back, begin, end),
        cmocka_unit_test_setup_teardown(the_rules_shut_out, begin, end),
        cmocka_unit_test_setup_teardown(one_made_since_goes_and_leaves_a_tombstone, begin, end),
        cmocka_unit_test_setup_teardown(one_deleted_since_stays_deleted_unless_exactly, begin, end),
        cmocka_unit_test_setup_teardown(a_name_given_since_stays, begin, end),
        cmocka_unit_test_setup_teardown(keys_are_the_backups, begin, end),
        cmocka_unit_test_setup_teardown(addresses_may_have_changed_hands, begin, end),
        cmocka_unit_test_setup_teardown(policy_tombstones_and_the_higher_generation, begin, end),
        cmocka_unit_test_setup_teardown(the_log_stays_and_goes_on, begin, end),
        cmocka_unit_test_setup_teardown(an_empty_store_takes_all_of_it, begin, end),
        cmocka_unit_test_setup_teardown(anothers_name_or_uid_is_a_conflict, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_exactly_ours_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_damaged_file_is_refused_wherever_it_is_cut, begin, end),
        cmocka_unit_test_setup_teardown(a_backup_cannot_be_written, begin, end),
    };

    return cmocka_run_group_tests_name("backup", tests, NULL, NULL);
}
