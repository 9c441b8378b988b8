/*
 * The store: reading and writing accounts, policy and JSON.
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
#include "sql/memory.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_changes.h"
#include "sql/store_json.h"
#include "fixture/fixture.h"
#include "fixture/store_case.h"

/* -- reading and writing ------------------------------------------------------------------ */

static void an_account_comes_back_as_it_was_put_in(void **state)
{
    struct account put = fixture_account("alice", 70100), got;
    struct store *store;

    (void)state;
    snprintf(put.full_name, sizeof put.full_name, "Zo\xc3\xab O'Brien \"%%s\" \xf0\x9f\x98\x80");
    snprintf(put.hash, sizeof put.hash, HASH_A);
    put.roles = ROLE_MEMBER | ROLE_ADMIN | ROLE_AUDITOR;
    put.status = ACCOUNT_SUSPENDED;
    put.temporary = true;
    put.temporary_until = NOW + 1;
    put.expires_at = NOW + 2;
    put.password_changed_at = NOW + 3;
    fixture_add(&put, NULL);
    got = read_account(70100);
    assert_int_equal(got.uid, put.uid);
    assert_string_equal(got.username, put.username);
    assert_string_equal(got.email, put.email);
    assert_string_equal(got.full_name, put.full_name);
    assert_string_equal(got.home, put.home);
    assert_string_equal(got.shell, put.shell);
    assert_string_equal(got.hash, put.hash);
    assert_int_equal(got.roles, put.roles);
    assert_int_equal(got.status, put.status);
    assert_int_equal(got.temporary, put.temporary);
    assert_int_equal(got.temporary_until, put.temporary_until);
    assert_int_equal(got.expires_at, put.expires_at);
    assert_int_equal(got.created_at, put.created_at);
    assert_int_equal(got.password_changed_at, put.password_changed_at);
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_by_name(store, "alice", &got), STORE_OK);
    assert_int_equal(store_account_by_name(store, "ALICE", &got), STORE_NOT_FOUND);
    assert_int_equal(store_account_by_name(store, "alice' OR '1'='1", &got), STORE_NOT_FOUND);
    assert_int_equal(store_account_by_uid(store, 70101, &got), STORE_NOT_FOUND);
    store_close(store);
}

static void a_text_longer_than_its_field_is_damage(void **state)
{
    struct store *store;
    struct account account;

    (void)state;
    make_alice();
    fixture_sql("UPDATE accounts SET full_name = hex(zeroblob(200))");
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_by_uid(store, 70100, &account), STORE_DAMAGED);
    store_close(store);
    fixture_sql("UPDATE accounts SET full_name = CAST(x'41004200' AS TEXT)");
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_by_uid(store, 70100, &account), STORE_DAMAGED);
    store_close(store);
}

static void changes_of_an_unknown_uid_find_nothing(void **state)
{
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_delete(store, 70999), STORE_NOT_FOUND);
    assert_int_equal(store_account_set_status(store, 70999, ACCOUNT_SUSPENDED), STORE_NOT_FOUND);
    assert_int_equal(store_account_set_password(store, 70999, HASH_A, false, 0, NOW),
                     STORE_NOT_FOUND);
    assert_int_equal(store_account_set_roles(store, 70999, ROLE_ADMIN), STORE_REFUSED);
    store_close(store);
}

static void roles_are_replaced_as_a_set(void **state)
{
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_set_roles(store, 70100, ROLE_ADMIN), STORE_OK);
    store_close(store);
    assert_int_equal(read_account(70100).roles, ROLE_MEMBER | ROLE_ADMIN);
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_set_roles(store, 70100, ROLE_AUDITOR | ROLE_MEMBER), STORE_OK);
    store_close(store);
    assert_int_equal(read_account(70100).roles, ROLE_MEMBER | ROLE_AUDITOR);
}

static void other_admins_are_counted_only_when_active(void **state)
{
    static const struct {
        const char *name;
        uint32_t uid;
        enum account_status status;
        unsigned roles;
    } who[] = { { "alice", 70100, ACCOUNT_ACTIVE, ROLE_ADMIN },
                { "bob", 70101, ACCOUNT_SUSPENDED, ROLE_ADMIN },
                { "carol", 70102, ACCOUNT_ACTIVE, ROLE_AUDITOR },
                { "dave", 70103, ACCOUNT_ACTIVE, ROLE_ADMIN } };
    struct store *store;
    struct policy policy;
    int64_t count = -1;

    (void)state;
    policy_defaults(&policy);
    for (size_t i = 0; i < 4; i++) {
        struct account account = fixture_account(who[i].name, who[i].uid);

        account.status = who[i].status;
        account.roles = who[i].roles;
        fixture_add(&account, NULL);
    }
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_count_other_admins(store, 70100, &policy, 1, &count), STORE_OK);
    assert_int_equal(count, 1);
    assert_int_equal(store_count_other_admins(store, 70102, &policy, 1, &count), STORE_OK);
    assert_int_equal(count, 2);
    store_close(store);
}

static void pages_follow_one_another_by_uid(void **state)
{
    struct account page[3];
    struct store *store;
    uint32_t expected = 70100;
    size_t count = 9, sizes[4];

    (void)state;
    for (uint32_t i = 0; i < 7; i++) {
        char name[16];
        struct account account;

        snprintf(name, sizeof name, "u%u", 6 - i);
        account = fixture_account(name, 70106 - i);
        fixture_add(&account, NULL);
    }
    store = open_store(STORE_EXISTING);
    for (size_t n = 0; n < 4; n++) {
        assert_int_equal(store_accounts_page(store, expected - 1, page, 3, &count), STORE_OK);
        sizes[n] = count;
        for (size_t i = 0; i < count; i++)
            assert_int_equal(page[i].uid, expected++);
    }
    store_close(store);
    assert_true(sizes[0] == 3 && sizes[1] == 3 && sizes[2] == 1 && sizes[3] == 0);
}

/* -- ids ---------------------------------------------------------------------------------- */

static enum store_result next_uid(uint32_t min, uint32_t max, uint32_t *ret)
{
    struct store *store = open_store(STORE_CREATE);
    enum store_result result = store_next_uid(store, min, max, ret);

    store_close(store);
    return result;
}

static void the_next_uid_is_above_accounts_and_tombstones(void **state)
{
    struct account bob = fixture_account("bob", 70101), high = fixture_account("high", 80000);
    uint32_t uid = 0;

    (void)state;
    assert_int_equal(next_uid(70100, 70199, &uid), STORE_OK);
    assert_int_equal(uid, 70100);
    make_alice();
    assert_int_equal(insert(&bob), STORE_OK);
    assert_int_equal(insert(&high), STORE_OK); /* outside the range */
    delete_account(70101);
    assert_int_equal(next_uid(70100, 70199, &uid), STORE_OK);
    assert_int_equal(uid, 70102);
}

static void an_id_taken_by_hand_at_the_top_leaves_the_range_usable(void **state)
{
    struct account last = fixture_account("last", 70103), bob = fixture_account("bob", 70101);
    uint32_t uid = 0;

    (void)state;
    make_alice();
    assert_int_equal(insert(&last), STORE_OK);
    assert_int_equal(insert(&bob), STORE_OK);
    delete_account(70101);
    assert_int_equal(next_uid(70100, 70103, &uid), STORE_OK);
    assert_int_equal(uid, 70102);
    assert_int_equal(next_uid(70099, 70103, &uid), STORE_OK);
    assert_int_equal(uid, 70099);
}

static void a_used_up_range_gives_no_id(void **state)
{
    struct account bob = fixture_account("bob", 70101);
    uint32_t uid = 7;

    (void)state;
    make_alice();
    assert_int_equal(insert(&bob), STORE_OK);
    delete_account(70100);
    assert_int_equal(next_uid(70100, 70101, &uid), STORE_NOT_FOUND);
    assert_int_equal(uid, 7);
}

/* -- policy ------------------------------------------------------------------------------- */

static void policy_is_the_defaults_and_what_the_store_says(void **state)
{
    struct policy policy = { .free_failures = 99 };
    struct store *store;

    (void)state;
    make_store();
    fixture_sql("INSERT INTO policy VALUES ('password_min_length', '20'), ('list_members', '0')");
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_policy(store, &policy), STORE_OK);
    store_close(store);
    assert_int_equal(policy.password_min_length, 20);
    assert_int_equal(policy.list_members, 0);
    assert_int_equal(policy.free_failures, 5);
}

static void a_policy_that_makes_no_sense_is_damage(void **state)
{
    struct policy policy = { .free_failures = 99 };
    struct store *store;

    (void)state;
    make_store();
    fixture_sql("INSERT INTO policy VALUES ('free_failures', '-1')");
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_policy(store, &policy), STORE_DAMAGED);
    store_close(store);
    assert_int_equal(policy.free_failures, 99);
}

/* -- JSON --------------------------------------------------------------------------------- */

static char *json_of(const struct account *account, const struct account_extra *extra)
{
    struct store *store = open_store(STORE_EXISTING);
    char *json = NULL;

    assert_int_equal(store_account_json(store, account, extra, &json), STORE_OK);
    store_close(store);
    return json;
}

/* What SQLite reads back at `path`; to be freed with sqlite3_free. NULL for JSON's null. */
static char *json_at(const char *json, const char *path)
{
    struct store *store = open_store(STORE_EXISTING);
    int64_t valid = 0;
    char *text = NULL;

    assert_int_equal(database_number(store->db, &valid, "SELECT json_valid(?)", "t", json),
                     STORE_OK);
    assert_int_equal(valid, 1);
    database_copy(store->db, &text, "SELECT CAST(json_extract(?, ?) AS TEXT)", "tt", json, path);
    store_close(store);
    return text;
}

static void assert_json(const char *json, const char *path, const char *expected)
{
    char *text = json_at(json, path);

    if (expected == NULL)
        assert_null(text);
    else
        assert_string_equal(text, expected);
    store_text_free(text);
}

static void json_has_the_contracts_keys_and_no_hash(void **state)
{
    struct account alice = fixture_account("alice", 70100);
    struct account_extra extra = { .state = ACCOUNT_STATE_EXPIRED, .last_login_at = NOW,
                                   .locked_until = NOW + 60 };
    char *json;

    (void)state;
    alice.roles = ROLE_MEMBER | ROLE_ADMIN;
    alice.expires_at = NOW;
    snprintf(alice.hash, sizeof alice.hash, HASH_A);
    fixture_add(&alice, NULL);
    json = json_of(&alice, &extra);
    assert_json(json, "$.username", "alice");
    assert_json(json, "$.uid", "70100");
    assert_json(json, "$.email", "alice@example.org");
    assert_json(json, "$.full_name", "");
    assert_json(json, "$.roles", "[\"member\",\"admin\"]");
    assert_json(json, "$.status", "expired");
    assert_json(json, "$.must_change", "0");
    assert_json(json, "$.created_at", "2023-11-14T22:13:20Z");
    assert_json(json, "$.account_expires_at", "2027-01-15T08:00:00Z");
    assert_json(json, "$.last_login", "2027-01-15T08:00:00Z");
    assert_json(json, "$.locked_until", "2027-01-15T08:01:00Z");
    assert_json(json, "$.password_expires_at", NULL);
    assert_null(strstr(json, "$y$"));
    assert_null(strstr(json, "hash"));
    assert_null(strstr(json, "temporary_password"));
    assert_non_null(strstr(json, "\"must_change\":false"));
    store_text_free(json);
}

static void json_of_create_has_the_password_and_its_end(void **state)
{
    struct account alice = fixture_account("alice", 70100);
    struct account_extra extra = { .temporary_password = "abcd-\"\\efgh" };
    char *json;

    (void)state;
    alice.temporary = true;
    alice.temporary_until = NOW;
    fixture_add(&alice, NULL);
    json = json_of(&alice, &extra);
    assert_json(json, "$.temporary_password", "abcd-\"\\efgh");
    assert_json(json, "$.expires_at", "2027-01-15T08:00:00Z");
    assert_json(json, "$.roles", "[\"member\"]");
    assert_json(json, "$.last_login", NULL);
    assert_non_null(strstr(json, "\"must_change\":true"));
    store_text_free(json);
}

static void json_survives_hostile_text(void **state)
{
    static const char *const texts[] = {
        "a\"b\\c/d",    "a\nb\tc\r",   "\x01\x1f\x7f", "\xf0\x9f\x98\x80 \xc3\xab",
        "</script>'",   "{\"x\":[1]}", "null",         "%s%n",
        "\xe2\x80\xae",
    };

    (void)state;
    make_store();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct account account = fixture_account("alice", 70100);
        struct account_extra extra = { .temporary_password = NULL };
        char *json;

        snprintf(account.full_name, sizeof account.full_name, "%s", texts[i]);
        json = json_of(&account, &extra);
        assert_json(json, "$.full_name", texts[i]);
        assert_null(strchr(json, '\n'));
        store_text_free(json);
    }
}

/* Whose values a kept statement would show to whoever reads our memory, and whose lock it would hold. */
static void assert_nothing_is_open(struct store *store)
{
    int count = 0;

    for (sqlite3_stmt *kept = sqlite3_next_stmt(store->db, NULL); kept != NULL;
         kept = sqlite3_next_stmt(store->db, kept)) {
        char *text = sqlite3_expanded_sql(kept);

        assert_non_null(text);
        assert_null(strstr(text, HASH_A));
        assert_null(strstr(text, "alice"));
        assert_false(sqlite3_stmt_busy(kept));
        sqlite3_free(text);
        count++;
    }
    assert_in_range(count, 1, 24);
}

static void a_kept_statement_holds_no_value_and_no_lock(void **state)
{
    struct account page[1];
    struct store *store, *other;
    size_t count;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_set_password(store, 70100, HASH_A, false, 0, NOW), STORE_OK);
    assert_int_equal(store_accounts_page(store, 0, page, 1, &count), STORE_OK); /* not to its end */
    assert_int_equal(store_account_by_name(store, "alice", page), STORE_OK);
    assert_int_equal(store_name_is_free(store, "alice"), STORE_TAKEN);
    assert_nothing_is_open(store);
    other = open_store(STORE_EXISTING); /* neither waits for the other */
    assert_int_equal(store_account_set_status(other, 70100, ACCOUNT_SUSPENDED), STORE_OK);
    assert_int_equal(store_account_by_name(store, "alice", page), STORE_OK);
    assert_int_equal(page[0].status, ACCOUNT_SUSPENDED);
    store_close(other);
    store_close(store);
}

static void no_more_statements_are_kept_than_the_limit(void **state)
{
    struct store *store;
    char sql[64];
    int64_t number = 0;

    (void)state;
    make_store();
    store = open_store(STORE_EXISTING);
    for (int64_t round = 0; round < 2; round++)
        for (int64_t i = 0; i < 60; i++) {
            snprintf(sql, sizeof sql, "SELECT %d + ?", (int)i);
            assert_int_equal(database_number(store->db, &number, sql, "i", round), STORE_OK);
            assert_int_equal(number, i + round);
            assert_nothing_is_open(store);
        }
    store_close(store);
}

static void a_kept_statement_follows_a_change_of_the_schema(void **state)
{
    struct account account;
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_by_name(store, "alice", &account), STORE_OK);
    fixture_sql("CREATE TABLE more (one INTEGER) STRICT");
    assert_int_equal(store_account_by_name(store, "alice", &account), STORE_OK);
    assert_int_equal(account.uid, 70100);
    store_close(store);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_account_comes_back_as_it_was_put_in),
        TEST(a_text_longer_than_its_field_is_damage),
        TEST(changes_of_an_unknown_uid_find_nothing),
        TEST(roles_are_replaced_as_a_set),
        TEST(other_admins_are_counted_only_when_active),
        TEST(pages_follow_one_another_by_uid),
        TEST(the_next_uid_is_above_accounts_and_tombstones),
        TEST(an_id_taken_by_hand_at_the_top_leaves_the_range_usable),
        TEST(a_used_up_range_gives_no_id),
        TEST(a_kept_statement_holds_no_value_and_no_lock),
        TEST(no_more_statements_are_kept_than_the_limit),
        TEST(a_kept_statement_follows_a_change_of_the_schema),
        TEST(policy_is_the_defaults_and_what_the_store_says),
        TEST(a_policy_that_makes_no_sense_is_damage),
        TEST(json_has_the_contracts_keys_and_no_hash),
        TEST(json_of_create_has_the_password_and_its_end),
        TEST(json_survives_hostile_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
