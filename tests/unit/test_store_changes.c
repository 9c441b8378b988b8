/*
 * The store: passwords, and which of two writers wins.
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

/* -- passwords ---------------------------------------------------------------------------- */

static enum store_result change(const char *verified, const char *hash)
{
    struct store *store = open_store(STORE_EXISTING);
    enum store_result result = store_account_change_password(store, 70100, verified, hash, NOW);

    store_close(store);
    return result;
}

static void a_users_change_clears_the_temporary_flag(void **state)
{
    struct account alice;
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_set_password(store, 70100, HASH_A, true, NOW + 9, NOW),
                     STORE_OK);
    store_close(store);
    alice = read_account(70100);
    assert_true(alice.temporary);
    assert_int_equal(alice.temporary_until, NOW + 9);
    assert_int_equal(change(HASH_A, HASH_B), STORE_OK);
    alice = read_account(70100);
    assert_string_equal(alice.hash, HASH_B);
    assert_false(alice.temporary);
    assert_int_equal(alice.temporary_until, 0);
    assert_int_equal(alice.password_changed_at, NOW);
}

static void a_users_change_loses_to_a_reset(void **state)
{
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_set_password(store, 70100, HASH_B, true, NOW + 9, NOW),
                     STORE_OK);
    store_close(store);
    assert_int_equal(change(HASH_A, "mine"), STORE_LOST);
    assert_string_equal(read_account(70100).hash, HASH_B);
    assert_true(read_account(70100).temporary);
}

static void a_users_change_loses_to_a_suspension(void **state)
{
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_set_status(store, 70100, ACCOUNT_SUSPENDED), STORE_OK);
    store_close(store);
    assert_int_equal(change(HASH_A, HASH_B), STORE_LOST);
    assert_string_equal(read_account(70100).hash, HASH_A);
}

static void a_users_change_loses_to_a_deletion(void **state)
{
    (void)state;
    make_alice();
    delete_account(70100);
    assert_int_equal(change(HASH_A, HASH_B), STORE_LOST);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 0);
}

static void an_account_without_password_cannot_be_changed_by_its_user(void **state)
{
    struct account bob = fixture_account("bob", 70100);

    (void)state;
    fixture_add(&bob, NULL);
    assert_int_equal(change("", HASH_B), STORE_LOST);
    assert_string_equal(read_account(70100).hash, "");
}

static void former_hashes_are_kept_newest_first_and_24_at_most(void **state)
{
    char hash[ACCOUNT_HASH_SIZE], next[ACCOUNT_HASH_SIZE];
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_former_hash(store, 70100, 0, hash), STORE_NOT_FOUND);
    snprintf(hash, sizeof hash, HASH_A);
    for (int n = 0; n < 30; n++) {
        snprintf(next, sizeof next, "hash-%d", n);
        assert_int_equal(store_account_change_password(store, 70100, hash, next, NOW), STORE_OK);
        memcpy(hash, next, sizeof hash);
    }
    for (int64_t n = 0; n < 24; n++) {
        snprintf(next, sizeof next, "hash-%d", (int)(28 - n));
        assert_int_equal(store_former_hash(store, 70100, n, hash), STORE_OK);
        assert_string_equal(hash, next);
    }
    assert_int_equal(store_former_hash(store, 70100, 24, hash), STORE_NOT_FOUND);
    store_close(store);
    assert_int_equal(fixture_number("SELECT count(*) FROM password_history"), 24);
}

/* -- transactions ------------------------------------------------------------------------- */

static void a_rollback_undoes_everything(void **state)
{
    struct account bob = fixture_account("bob", 70101);
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_account_insert(store, &bob), STORE_OK);
    assert_int_equal(store_account_delete(store, 70100), STORE_OK);
    store_rollback(store);
    store_rollback(store); /* nothing is open: nothing happens */
    store_close(store);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts WHERE uid = 70100"), 1);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 1);
    assert_int_equal(fixture_number("SELECT count(*) FROM tombstones"), 0);
}

static void closing_undoes_what_is_not_committed(void **state)
{
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_account_delete(store, 70100), STORE_OK);
    store_close(store);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 1);
}

static void one_writer_at_a_time_and_readers_meanwhile(void **state)
{
    struct store *first, *second;
    struct account account;

    (void)state;
    make_alice();
    first = open_store(STORE_EXISTING);
    second = open_store(STORE_EXISTING);
    sqlite3_busy_timeout(second->db, 50);
    assert_int_equal(store_begin(first), STORE_OK);
    assert_int_equal(store_account_set_status(first, 70100, ACCOUNT_SUSPENDED), STORE_OK);
    assert_int_equal(store_begin(second), STORE_BUSY);
    assert_int_equal(store_account_by_uid(second, 70100, &account), STORE_OK);
    assert_int_equal(account.status, ACCOUNT_ACTIVE); /* not committed yet */
    assert_int_equal(store_commit(first), STORE_OK);
    assert_int_equal(store_begin(second), STORE_OK);
    assert_int_equal(store_account_by_uid(second, 70100, &account), STORE_OK);
    assert_int_equal(account.status, ACCOUNT_SUSPENDED);
    store_close(second);
    store_close(first);
}

static void a_writer_waits_before_it_says_busy(void **state)
{
    struct store *first, *second;
    time_t start;

    (void)state;
    make_alice();
    first = open_store(STORE_EXISTING);
    second = open_store(STORE_EXISTING);
    assert_int_equal(store_begin(first), STORE_OK);
    start = time(NULL);
    assert_int_equal(store_begin(second), STORE_BUSY);
    assert_true(time(NULL) - start >= 3);
    store_close(second);
    store_close(first);
}

static void a_commit_that_fails_has_rolled_back(void **state)
{
    struct store *writer, *reader;
    sqlite3_stmt *row;

    (void)state;
    make_alice();
    writer = open_store(STORE_EXISTING);
    reader = open_store(STORE_EXISTING);
    sqlite3_busy_timeout(writer->db, 50);
    row = database_prepare(reader->db, "SELECT uid FROM accounts UNION ALL SELECT 1", "");
    assert_int_equal(sqlite3_step(row), SQLITE_ROW); /* a reader in the middle of it */
    assert_int_equal(store_begin(writer), STORE_OK);
    assert_int_equal(store_account_delete(writer, 70100), STORE_OK);
    assert_int_equal(store_commit(writer), STORE_BUSY);
    sqlite3_finalize(row);
    assert_int_equal(store_begin(writer), STORE_OK);
    store_close(reader);
    store_close(writer);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 1);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_users_change_clears_the_temporary_flag),
        TEST(a_users_change_loses_to_a_reset),
        TEST(a_users_change_loses_to_a_suspension),
        TEST(a_users_change_loses_to_a_deletion),
        TEST(an_account_without_password_cannot_be_changed_by_its_user),
        TEST(former_hashes_are_kept_newest_first_and_24_at_most),
        TEST(a_rollback_undoes_everything),
        TEST(closing_undoes_what_is_not_committed),
        TEST(one_writer_at_a_time_and_readers_meanwhile),
        TEST(a_writer_waits_before_it_says_busy),
        TEST(a_commit_that_fails_has_rolled_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
