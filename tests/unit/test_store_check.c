/*
 * Looking for damage in the store: what is whole is called whole, and each kind of damage by its
 * name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sql/account.h"
#include "sql/activity_file.h"
#include "sql/activity_log.h"
#include "sql/database.h"
#include "sql/store.h"
#include "sql/store_check.h"
#include "fixture/fixture.h"

static struct store *store;

static int open_fresh(void **state)
{
    struct account alice = fixture_account("alice", 70100);

    (void)state;
    fixture_reset();
    fixture_add(&alice, NULL);
    return store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store) == STORE_OK ? 0 : -1;
}

static int close_it(void **state)
{
    (void)state;
    store_close(store);
    store = NULL;
    return 0;
}

static const char *schema_fault(void)
{
    static char fault[STORE_FAULT_SIZE];

    assert_int_equal(store_check_schema(store, fault), STORE_OK);
    return fault;
}

static void test_check_a_fresh_store_is_whole(void **state)
{
    char fault[STORE_FAULT_SIZE] = "x";
    int64_t orphans = 1, newest = 0;
    bool indexes;

    (void)state;
    assert_int_equal(store_check_integrity(store, fault, &indexes), STORE_OK);
    assert_string_equal(fault, "");
    assert_string_equal(schema_fault(), "");
    assert_int_equal(store_check_orphans(store, &orphans), STORE_OK);
    assert_int_equal(orphans, 0);
    assert_int_equal(store_check_policy(store, fault), STORE_OK);
    assert_string_equal(fault, "");
    assert_int_equal(store_check_texts(store, fault), STORE_OK);
    assert_string_equal(fault, "");
    assert_int_equal(store_check_newest(store, &newest), STORE_OK);
    assert_true(newest > 0);
}

static void test_check_the_schema_is_compared_word_by_word(void **state)
{
    (void)state;
    fixture_sql("DROP TRIGGER audit_is_fixed");
    assert_string_equal(schema_fault(), "the trigger audit_is_fixed is missing or changed");
    fixture_sql("CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit BEGIN SELECT 1; END");
    assert_string_equal(schema_fault(), "the trigger audit_is_fixed is missing or changed");
}

static void test_check_what_is_not_ours_is_named(void **state)
{
    (void)state;
    fixture_sql("CREATE VIEW v AS SELECT 1");
    assert_string_equal(schema_fault(), "the view v is not ours");
}

static void test_check_rows_of_nobody_are_counted(void **state)
{
    int64_t orphans = 0;

    (void)state;
    fixture_sql("PRAGMA foreign_keys = OFF");
    fixture_sql("INSERT INTO password_history VALUES (4711, 0, 'x')");
    assert_int_equal(store_check_orphans(store, &orphans), STORE_OK);
    assert_int_equal(orphans, 1);
}

static void test_check_settings_and_texts_by_name(void **state)
{
    char fault[STORE_FAULT_SIZE] = "";

    (void)state;
    fixture_sql("INSERT INTO policy VALUES ('lock_seconds', '0'), ('zz', '1')");
    assert_int_equal(store_check_policy(store, fault), STORE_OK);
    assert_string_equal(fault, "lock_seconds");
    fixture_sql("UPDATE accounts SET full_name = hex(zeroblob(200))");
    assert_int_equal(store_check_texts(store, fault), STORE_OK);
    assert_string_equal(fault, "alice");
    fixture_sql("UPDATE accounts SET full_name = 'a' || char(0) || 'b'");
    assert_int_equal(store_check_texts(store, fault), STORE_OK);
    assert_string_equal(fault, "alice");
}

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFg"
#define FINGERPRINT "SHA256:h7wnGFvCsaj5Qqvkytl+rF0vWPI89QOFGSYf25/V3/Y"

static void test_check_keys_are_judged(void **state)
{
    static const char *const bad[] = {
        "('SHA256:x', '" KEY "')", "('" FINGERPRINT "', 'cert-authority " KEY "')", "('" FINGERPRINT "', '" KEY "  x')",
        "('" FINGERPRINT "', '" KEY " ' || char(13))", "('" FINGERPRINT "', 'command=\"x " KEY "')",
    };
    struct bad_key key = { 0, "" };
    char text[1024];

    (void)state;
    assert_int_equal(store_check_keys(store, &key), STORE_NOT_FOUND);
    fixture_sql("INSERT INTO account_keys (id, uid, fingerprint, line, added_at) SELECT 7, uid, '" FINGERPRINT "', '" KEY "', 1"
                " FROM accounts WHERE username = 'alice'");
    assert_int_equal(store_check_keys(store, &key), STORE_NOT_FOUND);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(text, sizeof text, "DELETE FROM account_keys; INSERT INTO account_keys (id, uid, fingerprint, line, added_at)"
                 " SELECT 8, uid, k.column1, k.column2, 1 FROM accounts, (VALUES %s) k WHERE username = 'alice'", bad[i]);
        fixture_sql(text);
        assert_int_equal(store_check_keys(store, &key), STORE_OK);
        assert_int_equal(key.id, 8);
        assert_string_equal(key.username, "alice");
    }
}

static void test_check_a_copy_is_whole_and_never_over_another(void **state)
{
    static const char path[] = FIXTURE_PRIVATE "/copy";
    size_t size = 0;
    char *bytes;

    (void)state;
    assert_int_equal(store_check_copy(store, path), STORE_OK);
    bytes = fixture_read(path, &size);
    assert_true(size > 4096);
    assert_memory_equal(bytes, "SQLite format 3", 16);
    free(bytes);
    assert_int_equal(store_check_copy(store, path), STORE_TAKEN);
    unlink(path);
    assert_int_equal(symlink("/nonesuch/x", path), 0);
    assert_int_equal(store_check_copy(store, path), STORE_TAKEN);
    unlink(path);
}

static void test_check_the_log_of_attempts(void **state)
{
    static const char path[] = FIXTURE_PRIVATE "/activity.db";
    struct activity_log *log = NULL;
    char garbage[8192];

    (void)state;
    assert_int_equal(activity_check(FIXTURE_PRIVATE), STORE_MISSING);
    assert_int_equal(activity_open(FIXTURE_PRIVATE, FIXTURE_RUN, &log), STORE_OK);
    activity_close(log);
    assert_int_equal(activity_check(FIXTURE_PRIVATE), STORE_OK);
    fixture_activity_sql("DROP TABLE pending");
    assert_int_equal(activity_check(FIXTURE_PRIVATE), STORE_DAMAGED);
    memset(garbage, 0x5a, sizeof garbage);
    fixture_write(path, garbage, sizeof garbage, 0600);
    assert_int_equal(activity_check(FIXTURE_PRIVATE), STORE_DAMAGED);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(activity_check(FIXTURE_PRIVATE), STORE_UNSAFE);
    activity_discard(FIXTURE_PRIVATE);
    assert_int_equal(activity_check(FIXTURE_PRIVATE), STORE_MISSING);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, open_fresh, close_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(test_check_a_fresh_store_is_whole),
        WITH_STORE(test_check_the_schema_is_compared_word_by_word),
        WITH_STORE(test_check_what_is_not_ours_is_named),
        WITH_STORE(test_check_rows_of_nobody_are_counted),
        WITH_STORE(test_check_settings_and_texts_by_name),
        WITH_STORE(test_check_keys_are_judged),
        WITH_STORE(test_check_a_copy_is_whole_and_never_over_another),
        WITH_STORE(test_check_the_log_of_attempts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
