/*
 * The audit log: every row says who did what to whom and what differs, is written with the change
 * or not at all, holds no secret, and stays as it is.
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
#include "sql/store.h"
#include "sql/store_audit.h"
#include "sql/store_changes.h"
#include "fixture/fixture.h"

#define NOW 1800000000LL
#define HASH "$y$j9T$aaaaaaaaaaaaaaaaaaaaaa$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const struct audit_actor carol = {
    .login_uid = 1000, .name = "carol", .via = "root", .origin = "192.0.2.7"
};

static const struct audit_filter all = AUDIT_ALL;

static struct store *store; /* of the test that runs */

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
    store = NULL;
    return 0;
}

static void append(const char *event, const struct account *before, const struct account *after,
                   const char *detail, int64_t now)
{
    assert_int_equal(store_audit_append(store, &carol, event, before, after, detail, now),
                     STORE_OK);
}

/* The one row there is; to be freed. */
static struct audit_row only_row(void)
{
    struct audit_row page[2];
    size_t count = 0;

    assert_int_equal(store_audit_page(store, 0, &all, page, 2, &count), STORE_OK);
    assert_int_equal(count, 1);
    return page[0];
}

static void assert_in_row(const char *path, const char *expected)
{
    struct audit_row row = only_row();
    char *text = NULL;
    enum store_result result = database_copy(
        store->db, &text, "SELECT CAST(json_extract(?, ?) AS TEXT)", "tt", row.json, path);

    if (expected == NULL)
        assert_int_equal(result, STORE_NOT_FOUND);
    else
        assert_int_equal(result, STORE_OK);
    if (expected != NULL)
        assert_string_equal(text, expected);
    store_text_free(text);
    store_audit_page_free(&row, 1);
}

static void a_row_says_who_did_it_and_to_whom(void **state)
{
    struct account alice = fixture_account("alice", 70100), after = alice;
    struct audit_row row;

    (void)state;
    after.status = ACCOUNT_SUSPENDED;
    append("suspended", &alice, &after, NULL, NOW);
    row = only_row();
    assert_int_equal(row.at, NOW);
    assert_string_equal(row.event, "suspended");
    assert_string_equal(row.actor, "carol");
    assert_string_equal(row.via, "root");
    assert_string_equal(row.origin, "192.0.2.7");
    assert_string_equal(row.username, "alice");
    store_audit_page_free(&row, 1);
    assert_in_row("$.at", "2027-01-15T08:00:00Z");
    assert_in_row("$.actor_uid", "1000");
    assert_in_row("$.uid", "70100");
    assert_in_row("$.before.status", "active");
    assert_in_row("$.after.status", "suspended");
    assert_in_row("$.after.roles", "[\"member\"]");
}

static void change_names_only_what_differs(void **state)
{
    struct account before = fixture_account("alice", 70100), after = before;
    struct audit_row row;

    (void)state;
    after.status = ACCOUNT_SUSPENDED;
    append("suspended", &before, &after, NULL, NOW);
    row = only_row();
    assert_string_equal(row.change, "status: active -> suspended");
    store_audit_page_free(&row, 1);
}

static void change_says_true_and_false(void **state)
{
    struct account before = fixture_account("alice", 70100), after = before;
    struct audit_row row;

    (void)state;
    before.temporary = true;
    append("password changed", &before, &after, NULL, NOW);
    row = only_row();
    assert_string_equal(row.change, "must_change: true -> false");
    store_audit_page_free(&row, 1);
}

static void change_names_roles_and_detail(void **state)
{
    struct account before = fixture_account("alice", 70100), after = before;
    struct audit_row row;

    (void)state;
    after.roles = ROLE_MEMBER | ROLE_ADMIN;
    append("roles", &before, &after, "as \"agreed\"\n", NOW);
    row = only_row();
    assert_non_null(strstr(row.change, "roles: [\"member\"] -> [\"member\",\"admin\"]"));
    assert_non_null(strstr(row.change, "detail: - -> as \"agreed\""));
    assert_null(strchr(row.json, '\n'));
    store_audit_page_free(&row, 1);
    assert_in_row("$.after.detail", "as \"agreed\"\n");
}

static void times_are_rfc_3339(void **state)
{
    struct account before = fixture_account("alice", 70100), after = before;

    (void)state;
    after.temporary = true;
    after.temporary_until = NOW;
    after.expires_at = NOW + 1;
    append("password reset", &before, &after, NULL, NOW);
    assert_in_row("$.before.password_expires_at", NULL);
    assert_in_row("$.after.password_expires_at", "2027-01-15T08:00:00Z");
    assert_in_row("$.after.account_expires_at", "2027-01-15T08:00:01Z");
}

static void creation_has_no_before(void **state)
{
    struct account alice = fixture_account("alice", 70100);
    struct audit_row row;

    (void)state;
    append("created", NULL, &alice, NULL, NOW);
    row = only_row();
    assert_string_equal(row.change, "roles: [\"member\"]"); /* whether an Admin was made is what is asked of it */
    assert_string_equal(row.username, "alice");
    store_audit_page_free(&row, 1);
    assert_in_row("$.before", NULL);
    assert_in_row("$.after.email", "alice@example.org");
}

static void deletion_has_no_after(void **state)
{
    struct account alice = fixture_account("alice", 70100);

    (void)state;
    append("deleted", &alice, NULL, NULL, NOW);
    assert_in_row("$.before.email", "alice@example.org");
    assert_in_row("$.after", NULL);
    assert_in_row("$.username", "alice");
}

static void a_row_may_be_about_nobody(void **state)
{
    (void)state;
    append("published", NULL, NULL, "generation 7", NOW);
    assert_in_row("$.username", NULL);
    assert_in_row("$.uid", NULL);
    assert_in_row("$.after.detail", "generation 7");
}

static void rows_that_say_all_in_words_read_like_the_others(void **state)
{
    struct audit_row row;

    (void)state;
    append("policy", NULL, NULL, "lock_seconds: 30 -> 60", NOW);
    row = only_row();
    assert_string_equal(row.change, "lock_seconds: 30 -> 60");
    store_audit_page_free(&row, 1);
}

static void no_login_uid_is_null(void **state)
{
    struct audit_actor nobody = carol;

    (void)state;
    nobody.login_uid = -1;
    assert_int_equal(store_audit_append(store, &nobody, "x", NULL, NULL, NULL, NOW), STORE_OK);
    assert_in_row("$.actor_uid", NULL);
}

static void no_hash_is_ever_in_a_row(void **state)
{
    struct account before = fixture_account("alice", 70100), after = before;

    (void)state;
    snprintf(after.hash, sizeof after.hash, HASH);
    append("password set", &before, &after, NULL, NOW);
    assert_in_row("$.before.has_password", "0");
    assert_in_row("$.after.has_password", "1");
    store_close(store);
    store = NULL;
    assert_false(fixture_holds("AAAAAAAAAAAA"));
    assert_false(fixture_holds("$y$"));
}

static void rows_never_change_or_go(void **state)
{
    static const char *const statements[] = {
        "UPDATE audit SET actor = 'mallory'",
        "UPDATE OR REPLACE audit SET at = 0",
        "DELETE FROM audit",
        "REPLACE INTO audit (id, at, event, actor, via, origin) VALUES (1, 0, '', '', '', '')",
        "INSERT INTO audit (at, event, actor, via, origin, after) VALUES (0, '', '', '', '', '{')",
    };

    (void)state;
    append("x", NULL, NULL, NULL, NOW);
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        if (database_run(store->db, statements[i], "") != STORE_REFUSED)
            fail_msg("no rule stopped: %s", statements[i]);
    assert_in_row("$.actor", "carol");
}

static void a_row_is_written_with_the_change_or_not_at_all(void **state)
{
    struct account alice = fixture_account("alice", 70100);
    struct audit_row row;

    (void)state;
    assert_int_equal(store_begin(store), STORE_OK);
    append("lost", NULL, &alice, NULL, NOW);
    store_rollback(store);
    assert_int_equal(store_begin(store), STORE_OK);
    append("kept", NULL, &alice, NULL, NOW);
    assert_int_equal(store_commit(store), STORE_OK);
    row = only_row();
    assert_string_equal(row.event, "kept");
    store_audit_page_free(&row, 1);
}

static void ids_are_not_used_again(void **state)
{
    struct audit_row row;

    (void)state;
    assert_int_equal(store_begin(store), STORE_OK);
    append("one", NULL, NULL, NULL, NOW);
    assert_int_equal(store_commit(store), STORE_OK);
    row = only_row();
    assert_int_equal(row.id, 1);
    store_audit_page_free(&row, 1);
    assert_int_equal(
        database_run(store->db, "UPDATE sqlite_sequence SET seq = 40 WHERE name = 'audit'", ""),
        STORE_OK);
    append("two", NULL, NULL, NULL, NOW);
    assert_int_equal(fixture_number("SELECT max(id) FROM audit"), 41);
}

/* Ten rows, one a second, in turn about alice and bob. */
static void append_ten(void)
{
    struct account who[2] = { fixture_account("alice", 70100), fixture_account("bob", 70101) };

    for (int i = 0; i < 10; i++) {
        char event[24];

        snprintf(event, sizeof event, "event %d", i);
        append(event, NULL, &who[i % 2], NULL, NOW + i);
    }
}

static void pages_follow_one_another(void **state)
{
    struct audit_row page[4];
    int64_t after = 0;
    int seen = 0;
    size_t count = 4;

    (void)state;
    append_ten();
    while (count == 4) {
        assert_int_equal(store_audit_page(store, after, &all, page, 4, &count), STORE_OK);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(page[i].at, NOW + seen++);
            after = page[i].id;
        }
        store_audit_page_free(page, count);
    }
    assert_int_equal(seen, 10);
}

static size_t count_matching(const struct audit_filter *filter)
{
    struct audit_row page[20];
    size_t count = 99;

    assert_int_equal(store_audit_page(store, 0, filter, page, 20, &count), STORE_OK);
    store_audit_page_free(page, count);
    return count;
}

static size_t count_rows(const char *username, int64_t since)
{
    struct audit_filter filter = AUDIT_ALL;
    struct audit_row page[20];
    size_t count = 99;

    filter.username = username;
    filter.since = since;
    assert_int_equal(store_audit_page(store, 0, &filter, page, 20, &count), STORE_OK);
    for (size_t i = 0; i < count; i++) {
        if (username != NULL)
            assert_string_equal(page[i].username, username);
        assert_true(page[i].at >= since);
    }
    store_audit_page_free(page, count);
    return count;
}

static void pages_are_filtered_by_user_and_time(void **state)
{
    (void)state;
    append_ten();
    assert_int_equal(count_rows(NULL, 0), 10);
    assert_int_equal(count_rows("alice", 0), 5);
    assert_int_equal(count_rows("bob", NOW + 7), 2);
    assert_int_equal(count_rows(NULL, NOW + 9), 1);
    assert_int_equal(count_rows(NULL, NOW + 10), 0);
    assert_int_equal(count_rows("ali", 0), 0);
    assert_int_equal(count_rows("' OR 1 --", 0), 0);
}

/* Each of the ten rows has carol as its actor, root as via and 192.0.2.7 as origin. */
static void pages_are_filtered_by_all_that_was_asked(void **state)
{
    static const struct {
        size_t expected;
        struct audit_filter filter;
    } cases[] = {
        { 1, { .event = "event 3", .until = INT64_MAX, .before = INT64_MAX } },
        { 0, { .event = "event", .until = INT64_MAX, .before = INT64_MAX } },
        { 10, { .actor = "carol", .until = INT64_MAX, .before = INT64_MAX } },
        { 10, { .actor = "root", .until = INT64_MAX, .before = INT64_MAX } },
        { 0, { .actor = "", .until = INT64_MAX, .before = INT64_MAX } },
        { 0, { .actor = "alice", .until = INT64_MAX, .before = INT64_MAX } },
        { 10, { .origin = "192.0.2.7", .until = INT64_MAX, .before = INT64_MAX } },
        { 0, { .origin = "192.0.2.", .until = INT64_MAX, .before = INT64_MAX } },
        { 4, { .until = NOW + 4, .before = INT64_MAX } },
        { 3, { .since = NOW + 2, .until = NOW + 5, .before = INT64_MAX } },
        { 6, { .until = INT64_MAX, .before = 7 } },
        { 0, { .until = INT64_MAX, .before = 1 } },
        { 3, { .username = "alice", .until = INT64_MAX, .before = 7 } },
        { 1, { .username = "bob", .event = "event 3", .actor = "carol", .origin = "192.0.2.7", .since = NOW, .until = NOW + 9,
               .before = 9 } },
        { 0, { .username = "alice", .event = "event 3", .until = INT64_MAX, .before = INT64_MAX } },
    };

    (void)state;
    append_ten();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(count_matching(&cases[i].filter), cases[i].expected);
}

static void what_is_claimed_is_found_by_who_is_claimed(void **state)
{
    struct audit_filter by_actor = AUDIT_ALL, by_origin = AUDIT_ALL;
    struct audit_actor actor = carol;

    (void)state;
    actor.via = "dave (claimed)";
    actor.origin = "192.0.2.9 (claimed)";
    assert_int_equal(store_audit_append(store, &actor, "x", NULL, NULL, NULL, NOW), STORE_OK);
    by_actor.actor = "dave";
    by_origin.origin = "192.0.2.9";
    assert_int_equal(count_matching(&by_actor), 1);
    assert_int_equal(count_matching(&by_origin), 1);
}

static void a_name_is_known_that_an_account_or_a_row_has(void **state)
{
    struct account dave = fixture_account("dave", 70200);

    (void)state;
    append_ten();
    assert_int_equal(store_audit_knows(store, "alice"), STORE_OK); /* of a row alone */
    assert_int_equal(store_audit_knows(store, "ali"), STORE_NOT_FOUND);
    assert_int_equal(store_audit_knows(store, ""), STORE_NOT_FOUND);
    assert_int_equal(store_account_insert(store, &dave), STORE_OK);
    assert_int_equal(store_audit_knows(store, "dave"), STORE_OK);
    assert_int_equal(store_account_delete(store, 70200), STORE_OK);
    assert_int_equal(store_audit_knows(store, "dave"), STORE_OK);
}

/* How many rows follow the id that `the last count` gives. */
static size_t tail(const char *username, int64_t since, int64_t count)
{
    struct audit_filter filter = AUDIT_ALL;
    struct audit_row page[20];
    int64_t after = -1;
    size_t found = 0;

    filter.username = username;
    filter.since = since;
    assert_int_equal(store_audit_tail(store, &filter, count, &after), STORE_OK);
    assert_int_equal(store_audit_page(store, after, &filter, page, 20, &found), STORE_OK);
    if (found > 0) /* it is the end of the log, not some other part */
        assert_true(page[found - 1].at >= NOW + 8);
    store_audit_page_free(page, found);
    return found;
}

static void the_last_n_rows_are_n(void **state)
{
    (void)state;
    append_ten();
    assert_int_equal(tail(NULL, 0, 3), 3);
    assert_int_equal(tail(NULL, 0, 0), 0);
    assert_int_equal(tail(NULL, 0, 10), 10);
    assert_int_equal(tail(NULL, 0, 11), 10);
    assert_int_equal(tail("alice", 0, 2), 2);
    assert_int_equal(tail("alice", 0, 100), 5);
    assert_int_equal(tail("bob", NOW + 5, 100), 3);
    assert_int_equal(tail("nobody", 0, 5), 0);
}

static void hostile_text_stays_one_json_object(void **state)
{
    struct account before = fixture_account("alice", 70100), after = before;
    struct audit_row row;

    (void)state;
    snprintf(after.full_name, sizeof after.full_name, "\"},{\n\xf0\x9f\x98\x80'\\");
    append("edited", &before, &after, NULL, NOW);
    row = only_row();
    assert_null(strchr(row.json, '\n'));
    store_audit_page_free(&row, 1);
    assert_in_row("$.after.full_name", "\"},{\n\xf0\x9f\x98\x80'\\");
}

static void a_service_as_long_as_a_request_may_name_can_be_read_back(void **state)
{
    struct audit_actor actor = carol;
    char service[65];

    (void)state;
    memset(service, 's', sizeof service);
    service[64] = '\0';
    actor.via = service;
    assert_int_equal(store_audit_append(store, &actor, "x", NULL, NULL, NULL, NOW), STORE_OK);
    assert_in_row("$.via", service);
}

static void settings_are_before_and_after_with_their_types(void **state)
{
    struct policy before, after;
    struct audit_row row;

    (void)state;
    policy_defaults(&before);
    after = before;
    after.lock_seconds = 60;
    snprintf(after.admin_groups, sizeof after.admin_groups, "sudo,\"adm\"");
    assert_int_equal(store_audit_append_policy(store, &carol, "policy", &before, &after, NOW),
                     STORE_OK);
    row = only_row();
    assert_string_equal(row.change, "lock_seconds: 30 -> 60, admin_groups: - -> sudo,\"adm\"");
    assert_non_null(strstr(row.json, "\"before\":{\"lock_seconds\":30,\"admin_groups\":\"\"}"));
    assert_non_null(strstr(row.json, "\"after\":{\"lock_seconds\":60,"
                                     "\"admin_groups\":\"sudo,\\\"adm\\\"\"}"));
    store_audit_page_free(&row, 1);
}

static void settings_that_are_the_same_are_empty_objects(void **state)
{
    struct policy policy;
    struct audit_row row;

    (void)state;
    policy_defaults(&policy);
    assert_int_equal(store_audit_append_policy(store, &carol, "policy", &policy, &policy, NOW),
                     STORE_OK);
    row = only_row();
    assert_string_equal(row.change, "");
    assert_non_null(strstr(row.json, "\"before\":{},\"after\":{}"));
    store_audit_page_free(&row, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_row_says_who_did_it_and_to_whom),
        TEST(change_names_only_what_differs),
        TEST(change_says_true_and_false),
        TEST(change_names_roles_and_detail),
        TEST(times_are_rfc_3339),
        TEST(creation_has_no_before),
        TEST(deletion_has_no_after),
        TEST(a_row_may_be_about_nobody),
        TEST(no_login_uid_is_null),
        TEST(no_hash_is_ever_in_a_row),
        TEST(rows_never_change_or_go),
        TEST(a_row_is_written_with_the_change_or_not_at_all),
        TEST(ids_are_not_used_again),
        TEST(pages_follow_one_another),
        TEST(pages_are_filtered_by_user_and_time),
        TEST(pages_are_filtered_by_all_that_was_asked),
        TEST(what_is_claimed_is_found_by_who_is_claimed),
        TEST(a_name_is_known_that_an_account_or_a_row_has),
        TEST(the_last_n_rows_are_n),
        TEST(hostile_text_stays_one_json_object),
        TEST(rows_that_say_all_in_words_read_like_the_others),
        TEST(settings_are_before_and_after_with_their_types),
        TEST(settings_that_are_the_same_are_empty_objects),
        TEST(a_service_as_long_as_a_request_may_name_can_be_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
