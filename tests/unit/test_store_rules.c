/*
 * The store: the rules that its schema keeps whatever a program does. Broken by plain SQL, as a later
 * program might by mistake.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sql/account.h"
#include "sql/database.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_changes.h"
#include "fixture/fixture.h"
#include "fixture/store_case.h"

/* SQLite's extended code for one statement of a program that means no harm. */
static int try_sql(const char *sql)
{
    sqlite3 *db = NULL;
    int rc;

    assert_int_equal(sqlite3_open_v2(STORE_FILE, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    return rc;
}

static void assert_breaks_rule(const char *sql)
{
    if ((try_sql(sql) & 0xff) != SQLITE_CONSTRAINT)
        fail_msg("no rule stopped: %s", sql);
}

/* -- rules of the schema ------------------------------------------------------------------ */

static void a_uid_never_changes_and_a_name_leaves_a_tombstone(void **state)
{
    (void)state;
    make_alice();
    assert_int_equal(try_sql("INSERT INTO accounts (uid, username, email, home, shell, created_at)"
                             " VALUES (70109, 'eve', 'e@x', '/h', '/s', 1)"), SQLITE_OK);
    assert_breaks_rule("UPDATE accounts SET username = 'alice' WHERE uid = 70109");
    assert_breaks_rule("UPDATE OR REPLACE accounts SET username = 'alice' WHERE uid = 70109");
    assert_int_equal(try_sql("UPDATE accounts SET username = 'eva' WHERE uid = 70109"), SQLITE_OK);
    assert_breaks_rule("UPDATE accounts SET username = 'eve' WHERE uid = 70100");
    assert_breaks_rule("UPDATE accounts SET username = 'eve' WHERE uid = 70109");
    assert_int_equal(fixture_number("SELECT uid FROM tombstones WHERE username = 'eve'"), 70109);
    assert_breaks_rule("UPDATE accounts SET uid = 70101");
    assert_breaks_rule("UPDATE OR REPLACE accounts SET uid = uid + 1");
    assert_breaks_rule(
        "INSERT OR REPLACE INTO accounts (uid, username, email, home, shell, created_at)"
        " VALUES (70100, 'bob', 'bob@example.org', '/home/bob', '/bin/sh', 1)");
    assert_breaks_rule(
        "INSERT OR REPLACE INTO accounts (uid, username, email, home, shell, created_at)"
        " VALUES (70101, 'alice', 'bob@example.org', '/home/bob', '/bin/sh', 1)");
    assert_breaks_rule(
        "INSERT OR REPLACE INTO accounts (uid, username, email, home, shell, created_at)"
        " VALUES (70101, 'bob', 'Alice@example.org', '/home/bob', '/bin/sh', 1)");
    assert_string_equal(read_account(70100).username, "alice");
}

static void a_deleted_accounts_name_and_uid_are_never_used_again(void **state)
{
    struct account same_name = fixture_account("alice", 70101);
    struct account same_uid = fixture_account("bob", 70100);
    struct account same_email = fixture_account("carol", 70102);
    struct store *store;

    (void)state;
    make_alice();
    delete_account(70100);
    assert_int_equal(insert(&same_name), STORE_TAKEN);
    assert_int_equal(insert(&same_uid), STORE_TAKEN);
    snprintf(same_email.email, sizeof same_email.email, "alice@example.org");
    assert_int_equal(insert(&same_email), STORE_OK);
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_name_is_free(store, "alice"), STORE_TAKEN);
    assert_int_equal(store_uid_is_free(store, 70100), STORE_TAKEN);
    assert_int_equal(store_name_is_free(store, "bob"), STORE_OK);
    assert_int_equal(store_uid_is_free(store, 70101), STORE_OK);
    store_close(store);
}

static void a_tombstone_stays(void **state)
{
    (void)state;
    make_alice();
    delete_account(70100);
    assert_breaks_rule("DELETE FROM tombstones");
    assert_breaks_rule("UPDATE tombstones SET username = 'bob'");
    assert_breaks_rule("UPDATE tombstones SET uid = 70101");
    assert_breaks_rule("UPDATE tombstones SET gone_to = 'somewhere'");
    assert_int_equal(try_sql("UPDATE tombstones SET gone_to = 'passwd'"), SQLITE_OK);
    assert_breaks_rule("UPDATE tombstones SET gone_to = NULL");
    assert_breaks_rule("INSERT OR REPLACE INTO tombstones VALUES ('alice', 70101, 1, NULL)");
    assert_int_equal(fixture_number("SELECT count(*) FROM tombstones WHERE username = 'alice'"
                                    " AND uid = 70100"),
                     1);
}

static void counters_never_go_back(void **state)
{
    (void)state;
    make_alice();
    assert_breaks_rule("UPDATE counters SET generation = generation - 1");
    assert_breaks_rule("DELETE FROM counters");
    assert_breaks_rule("INSERT INTO counters VALUES (2, 0)");
    assert_breaks_rule("INSERT OR REPLACE INTO counters VALUES (1, 0)");
    assert_true(fixture_number("SELECT generation FROM counters") > 0);
}

static void a_field_out_of_its_range_is_refused(void **state)
{
    static const char *const statements[] = {
        "UPDATE accounts SET status = 'sleeping'",
        "UPDATE accounts SET status = NULL",
        "UPDATE accounts SET email = ''",
        "UPDATE accounts SET email = hex(zeroblob(128))",
        "UPDATE accounts SET home = 'home'",
        "UPDATE accounts SET shell = ''",
        "UPDATE accounts SET hash = ''",
        "UPDATE accounts SET hash = hex(zeroblob(192))",
        "UPDATE accounts SET temporary = 2",
        "UPDATE accounts SET temporary = 0, temporary_until = 5",
        "UPDATE accounts SET expires_at = 'never'",
        "UPDATE accounts SET gid = 0",
        "UPDATE accounts SET gid = uid",
        "UPDATE accounts SET email = NULL",
        "UPDATE accounts SET password_max_days = 0",
        "UPDATE accounts SET password_max_days = 99999",
        "UPDATE accounts SET never_dormant = 2",
        "INSERT INTO account_keys (uid, fingerprint, line, added_at) VALUES (70100, 'MD5:x', 'x', 1)",
        "INSERT INTO account_keys (uid, fingerprint, line, added_at) VALUES (70100, 'SHA256:x', 'x\ny', 1)",
        "INSERT INTO account_keys (uid, fingerprint, line, added_at) VALUES (70999, 'SHA256:x', 'x', 1)",
        "INSERT INTO account_roles VALUES (70100, 'root')",
        "INSERT INTO account_roles VALUES (70100, 'member')",
        "INSERT INTO account_roles VALUES (70999, 'admin')",
        "INSERT INTO password_history VALUES (70999, 1, 'x')",
    };

    (void)state;
    make_alice();
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        assert_breaks_rule(statements[i]);
}

static void a_name_or_uid_out_of_its_range_is_refused(void **state)
{
    static const char *const names[] = {
        "",    "Bob", "9b",      "-b",        "b..b", "b.",
        "b b", "b\n", "coder-b", "b\xc3\xa9", "abcdefghijklmnopqrstuvwxyz0123456"
    };
    static const uint32_t uids[] = { 0, 999, 2147483648U, UINT32_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct account bob = fixture_account("bob", 70101);

        memset(bob.username, 0, sizeof bob.username);
        memcpy(bob.username, names[i], strnlen(names[i], sizeof bob.username - 1));
        if (strlen(names[i]) < sizeof bob.username)
            assert_int_equal(insert(&bob), STORE_REFUSED);
    }
    for (size_t i = 0; i < sizeof uids / sizeof uids[0]; i++) {
        struct account bob = fixture_account("bob", uids[i]);

        assert_int_equal(insert(&bob), STORE_REFUSED);
    }
    assert_breaks_rule("INSERT INTO accounts (uid, username, email, home, shell, created_at) VALUES"
                       " (70101, 'abcdefghijklmnopqrstuvwxyz0123456', 'a@b', '/', '/', 1)");
}

static void an_email_is_unique_without_case(void **state)
{
    struct account bob = fixture_account("bob", 70101);
    struct account found;
    struct store *store;

    (void)state;
    make_alice();
    snprintf(bob.email, sizeof bob.email, "ALICE@Example.ORG");
    assert_int_equal(insert(&bob), STORE_TAKEN);
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_email_is_free(store, "aLiCe@example.org"), STORE_TAKEN);
    assert_int_equal(store_email_is_free(store, "bob@example.org"), STORE_OK);
    assert_int_equal(store_account_by_email(store, "ALICE@EXAMPLE.ORG", &found), STORE_OK);
    assert_string_equal(found.username, "alice");
    store_close(store);
}

static void a_taken_name_or_uid_is_said_to_be_taken(void **state)
{
    struct account same_name = fixture_account("alice", 70101);
    struct account same_uid = fixture_account("bob", 70100);

    (void)state;
    make_alice();
    snprintf(same_name.email, sizeof same_name.email, "other@example.org");
    assert_int_equal(insert(&same_name), STORE_TAKEN);
    assert_int_equal(insert(&same_uid), STORE_TAKEN);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 1);
}

static void deleting_takes_roles_and_former_hashes_along(void **state)
{
    struct account alice = fixture_account("alice", 70100);

    (void)state;
    alice.roles |= ROLE_ADMIN;
    snprintf(alice.hash, sizeof alice.hash, HASH_A);
    fixture_add(&alice, NULL);
    fixture_sql("UPDATE accounts SET hash = '" HASH_B "'");
    assert_int_equal(fixture_number("SELECT count(*) FROM password_history"), 1);
    delete_account(70100);
    assert_int_equal(fixture_number("SELECT (SELECT count(*) FROM account_roles) +"
                                    " (SELECT count(*) FROM password_history)"),
                     0);
    assert_false(fixture_holds(HASH_A)); /* secure_delete: not in a free page either */
    assert_false(fixture_holds(HASH_B));
}

/* -- generation --------------------------------------------------------------------------- */

/* How much one statement raises the generation. */
static int64_t growth(const char *sql)
{
    int64_t before = fixture_number("SELECT generation FROM counters");

    assert_int_equal(try_sql(sql), SQLITE_OK);
    return fixture_number("SELECT generation FROM counters") - before;
}

static void the_generation_grows_with_every_public_change(void **state)
{
    (void)state;
    make_alice();
    assert_true(growth("UPDATE accounts SET status = 'suspended'") > 0);
    assert_true(growth("UPDATE accounts SET full_name = 'A'") > 0);
    assert_true(growth("UPDATE accounts SET home = '/srv/a'") > 0);
    assert_true(growth("UPDATE accounts SET shell = '/bin/bash'") > 0);
    assert_true(growth("UPDATE accounts SET gid = 100") > 0);
    assert_true(growth("UPDATE accounts SET username = 'alicia'") > 0);
    assert_true(growth("UPDATE accounts SET expires_at = 5, awake_since = 5") == 0);
    assert_true(growth("INSERT INTO account_keys (uid, fingerprint, line, added_at)"
                       " VALUES (70100, 'SHA256:x', 'x', 1)") > 0);
    assert_true(growth("UPDATE accounts SET expires_at = 6") > 0); /* a key opens until then */
    assert_true(growth("UPDATE accounts SET awake_since = 6") > 0);
    assert_true(growth("UPDATE accounts SET never_dormant = 1") > 0);
    assert_true(growth("UPDATE accounts SET last_login_day = 86400, expires_at = 6") == 0);
    assert_true(growth("DELETE FROM account_keys") > 0);
    assert_true(growth("INSERT INTO account_roles VALUES (70100, 'admin')") > 0);
    assert_true(growth("DELETE FROM account_roles") > 0);
    assert_true(growth("INSERT INTO policy VALUES ('list_members', '0')") > 0);
    assert_true(growth("UPDATE policy SET value = '1'") > 0);
    assert_true(growth("DELETE FROM policy") > 0);
    assert_true(growth("INSERT INTO accounts (uid, username, email, home, shell, created_at)"
                       " VALUES (70101, 'bob', 'b@x', '/h', '/s', 1)") > 0);
    assert_true(growth("DELETE FROM accounts WHERE uid = 70101") > 0);
}

static void the_generation_stays_with_what_nobody_sees(void **state)
{
    struct account before, after;
    struct store *store;
    int64_t generation;

    (void)state;
    make_alice();
    before = read_account(70100);
    generation = fixture_number("SELECT generation FROM counters");
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_change_password(store, 70100, HASH_A, HASH_B, NOW), STORE_OK);
    assert_int_equal(store_account_set_password(store, 70100, HASH_A, true, NOW, NOW), STORE_OK);
    store_close(store);
    after = read_account(70100);
    assert_int_not_equal(before.temporary, after.temporary);
    assert_int_equal(growth("UPDATE accounts SET email = 'new@example.org', expires_at = 5"), 0);
    assert_int_equal(fixture_number("SELECT generation FROM counters"), generation);
}

static void inside_a_transaction_the_generation_is_the_one_to_come(void **state)
{
    struct store *store;
    int64_t before, within = 0, after = 0;

    (void)state;
    make_alice();
    before = fixture_number("SELECT generation FROM counters");
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_account_set_status(store, 70100, ACCOUNT_SUSPENDED), STORE_OK);
    assert_int_equal(store_generation(store, &within), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(store_generation(store, &after), STORE_OK);
    store_close(store);
    assert_true(within > before);
    assert_int_equal(after, within);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_uid_never_changes_and_a_name_leaves_a_tombstone),
        TEST(a_deleted_accounts_name_and_uid_are_never_used_again),
        TEST(a_tombstone_stays),
        TEST(counters_never_go_back),
        TEST(a_field_out_of_its_range_is_refused),
        TEST(a_name_or_uid_out_of_its_range_is_refused),
        TEST(an_email_is_unique_without_case),
        TEST(a_taken_name_or_uid_is_said_to_be_taken),
        TEST(deleting_takes_roles_and_former_hashes_along),
        TEST(the_generation_grows_with_every_public_change),
        TEST(the_generation_stays_with_what_nobody_sees),
        TEST(inside_a_transaction_the_generation_is_the_one_to_come),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
