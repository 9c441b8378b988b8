/*
 * Finding accounts: what SQL says of a record is what account.c says, in all combinations; text is plain text; order,
 * parts and counts fit together.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "sql/database.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_find.h"
#include "fixture/fixture.h"
#include "fixture/store_case.h"

enum { ALL_MAX = 4096, DAYS = 90, DAY = 86400 };

static struct policy policy;
static struct store *store;
static struct account *accounts; /* all there are, by uid */
static size_t account_count;

static void read_all(void)
{
    accounts = calloc(ALL_MAX, sizeof *accounts);
    assert_non_null(accounts);
    assert_int_equal(store_accounts_page(store, 0, accounts, ALL_MAX, &account_count), STORE_OK);
    assert_true(account_count < ALL_MAX);
}

static int end(void **state)
{
    (void)state;
    store_close(store);
    store = NULL;
    free(accounts);
    accounts = NULL;
    return 0;
}

static int begin(void **state)
{
    fresh_store(state);
    make_store();
    policy_defaults(&policy);
    store = open_store(STORE_EXISTING);
    return 0;
}

static struct account_filter everybody(int64_t now)
{
    return (struct account_filter){ .policy = &policy, .now = now };
}

static struct found find(const struct account_filter *filter, const char *key, bool reverse)
{
    struct account_order order = { .reverse = reverse };
    struct found found;

    assert_true(store_find_key(key, &order.key));
    assert_int_equal(store_find(store, filter, &order, 0, -1, &found), STORE_OK);
    return found;
}

/* -- what a record means ------------------------------------------------------------------ */

/* Every combination of what the states come from, with times before, at and after what decides. */
static int combinations(void **state)
{
    begin(state);
    fixture_sql(
        "WITH status(a) AS (VALUES ('active'), ('suspended')), service(b) AS (VALUES (0), (1)), never(c) AS (VALUES (0), (1)),"
        " login(d) AS (VALUES (NULL), (0), ((1800000000 / 86400 - 91) * 86400), ((1800000000 / 86400 - 90) * 86400)),"
        " created(e) AS (VALUES (1), (1800000000 - 90 * 86400), (1800000000 - 90 * 86400 + 1)),"
        " awake(f) AS (VALUES (NULL), (1), (1800000000 - 90 * 86400), (1800000000)),"
        " ends(g) AS (VALUES (NULL), (0), (1800000000), (1800000001)),"
        " word(h) AS (VALUES (NULL), ('$y$j9T$x')),"
        " combined AS (SELECT *, row_number() OVER () AS n FROM status, service, never, login, created, awake, ends, word)"
        "INSERT INTO accounts (uid, username, email, home, shell, status, service, never_dormant, last_login_day,"
        " created_at, awake_since, expires_at, hash, password_changed_at, password_max_days)"
        " SELECT 100000 + n, 'u' || n, 'u' || n || '@x', '/h', '/s', a, b, c, d, e, f, g, h,"
        "  CASE n % 3 WHEN 0 THEN NULL ELSE 1790000000 + n END, CASE n % 4 WHEN 0 THEN -1 WHEN 1 THEN 30 ELSE NULL END"
        " FROM combined");
    read_all();
    assert_int_equal(account_count, 2 * 2 * 2 * 4 * 3 * 4 * 4 * 2);
    return 0;
}

static void assert_states(unsigned states, int64_t now)
{
    struct account_filter filter = everybody(now);
    struct found found;
    size_t next = 0;

    filter.states = states;
    found = find(&filter, "uid", false);
    for (size_t i = 0; i < account_count; i++)
        if ((states & 1u << account_state(&accounts[i], &policy, now)) != 0) {
            assert_true(next < found.count);
            assert_int_equal(found.uids[next++], accounts[i].uid);
        }
    assert_int_equal(found.count, next);
    found_free(&found);
}

static void a_status_is_what_account_state_says(void **state)
{
    static const int64_t moments[] = { NOW - 1, NOW, NOW + 1, NOW / DAY * DAY, NOW / DAY * DAY - 1 };

    (void)state;
    for (policy.dormant_days = 0; policy.dormant_days <= DAYS; policy.dormant_days += DAYS)
        for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++)
            for (unsigned states = 1; states < 1u << ACCOUNT_STATE_COUNT; states++)
                assert_states(states, moments[i]);
}

static void unused_is_what_account_unused_since_says(void **state)
{
    static const int64_t moments[] = { 1, NOW - DAYS * DAY, NOW - DAYS * DAY + 1, (NOW / DAY - 90) * DAY,
                                       (NOW / DAY - 90) * DAY - 1, NOW };

    (void)state;
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        struct account_filter filter = everybody(NOW);
        struct found found;
        size_t count = 0;

        filter.unused_since = moments[i];
        found = find(&filter, "uid", false);
        for (size_t j = 0; j < account_count; j++)
            count += account_unused_since(&accounts[j]) <= moments[i];
        assert_int_equal(found.count, count);
        found_free(&found);
    }
}

static const struct account *account_of(uint32_t uid)
{
    size_t i = 0;

    while (i < account_count && accounts[i].uid != uid)
        i++;
    assert_true(i < account_count);
    return &accounts[i];
}

/* Times come in their order, and 0, which is never, at the end; those alike by name. */
static void assert_order(const char *key, int64_t (*time_of)(const struct account *account, const struct policy *policy))
{
    struct account_filter filter = everybody(NOW);
    struct found found = find(&filter, key, false), reverse = find(&filter, key, true);
    const struct account *before = NULL;

    assert_int_equal(found.count, account_count);
    assert_int_equal(reverse.count, account_count);
    for (size_t i = 0; i < found.count; i++) {
        const struct account *one = account_of(found.uids[i]);
        int64_t now = time_of(one, &policy), last = before != NULL ? time_of(before, &policy) : 1;

        assert_int_equal(reverse.uids[found.count - 1 - i], one->uid);
        assert_true(now == last ? before == NULL || strcmp(before->username, one->username) < 0 : now == 0 || (last != 0 && now > last));
        before = one;
    }
    found_free(&found);
    found_free(&reverse);
}

static void ends_are_sorted_as_they_come(void **state)
{
    (void)state;
    policy.dormant_days = DAYS;
    policy.password_max_days = 60;
    assert_order("dormant_at", account_dormant_from);
    assert_order("password_too_old_at", account_password_end);
    policy.password_max_days = 0;
    assert_order("password_too_old_at", account_password_end);
    policy.dormant_days = 0; /* nobody ever */
    assert_order("dormant_at", account_dormant_from);
}

static void counts_are_what_is_found(void **state)
{
    struct account_filter filter = everybody(NOW);
    struct account_counts counts;
    int64_t states[ACCOUNT_STATE_COUNT] = { 0 }, services = 0;

    (void)state;
    policy.dormant_days = DAYS;
    for (size_t i = 0; i < account_count; i++) {
        states[account_state(&accounts[i], &policy, NOW)]++;
        services += accounts[i].service;
    }
    assert_int_equal(store_find_count(store, &filter, "[100001,100002,7]", &counts), STORE_OK);
    assert_int_equal(counts.total, account_count);
    for (size_t i = 0; i < ACCOUNT_STATE_COUNT; i++)
        assert_int_equal(counts.states[i], states[i]);
    assert_int_equal(counts.locked, 2);
    assert_int_equal(counts.services, services);
    assert_int_equal(counts.no_key, account_count);
    assert_int_equal(counts.admins + counts.auditors + counts.must_change, 0);
    filter.states = 1u << ACCOUNT_STATE_EXPIRED;
    assert_int_equal(store_find_count(store, &filter, NULL, &counts), STORE_OK);
    assert_int_equal(counts.total, states[ACCOUNT_STATE_EXPIRED]);
    assert_int_equal(counts.states[ACCOUNT_STATE_EXPIRED], counts.total);
    assert_int_equal(counts.locked, 0);
}

/* -- whom --------------------------------------------------------------------------------- */

static int people(void **state)
{
    begin(state);
    fixture_sql("INSERT INTO accounts (uid, username, email, full_name, home, shell, created_at, service) VALUES"
                " (70100, 'zoe', 'Zoe@Example.org', 'Zo\xc3\xab 100%', '/h', '/s', 5, 0),"
                " (70101, 'a_b', 'x@example.org', 'Under_Score', '/h', '/s', 3, 0),"
                " (70102, 'a-b', 'y@example.com', '\xc3\x84NNE Back\\slash', '/h', '/s', 4, 0),"
                " (70103, 'backup', NULL, '', '/h', '/s', 3, 1)");
    fixture_sql("INSERT INTO account_roles VALUES (70100, 'auditor'), (70102, 'admin'), (70103, 'admin')");
    fixture_sql("INSERT INTO account_keys (uid, fingerprint, line, added_at) VALUES (70101, 'SHA256:x', 'y', 1)");
    read_all();
    return 0;
}

static void assert_found(const struct account_filter *filter, const char *key, bool reverse, const char *expected)
{
    struct found found = find(filter, key, reverse);
    char names[256] = "";
    size_t length = 0;

    for (size_t i = 0; i < found.count && length < sizeof names; i++)
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", i > 0 ? " " : "",
                                   account_of(found.uids[i])->username);
    assert_string_equal(names, expected);
    found_free(&found);
}

static void assert_text(const char *text, const char *expected)
{
    struct account_filter filter = everybody(NOW);

    filter.text = text;
    assert_found(&filter, "username", false, expected);
}

static void text_is_plain_text(void **state)
{
    char longest[60000];

    (void)state;
    assert_text("zoe", "zoe");
    assert_text("EXAMPLE.ORG", "a_b zoe");
    assert_text("under_s", "a_b");
    assert_text("_", "a_b");
    assert_text("a-b", "a-b");
    assert_text("%", "zoe");
    assert_text("0%", "zoe");
    assert_text("\\", "a-b");
    assert_text("\\s", "a-b");
    assert_text("%%", "");
    assert_text("zo\xc3\xab", "zoe");
    assert_text("\xc3\x84nne", "a-b");
    assert_text("\xc3\xa4nne", ""); /* ASCII letters alone are alike */
    assert_text("'; DROP TABLE accounts; --", "");
    assert_text("", "a-b a_b backup zoe");
    memset(longest, '%', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_text(longest, "");
}

static void filters_add_up(void **state)
{
    struct account_filter filter = everybody(NOW);

    (void)state;
    filter.role = "admin";
    assert_found(&filter, "username", false, "a-b backup");
    filter.text = "example";
    assert_found(&filter, "username", false, "a-b");
    filter = everybody(NOW);
    filter.no_key = true;
    assert_found(&filter, "username", false, "a-b backup zoe");
    filter.uids = "[70100,70101]";
    assert_found(&filter, "username", false, "zoe");
    filter.uids = "[]";
    assert_found(&filter, "username", false, "");
    filter = everybody(NOW);
    filter.must_change = true;
    assert_found(&filter, "username", false, "");
}

static void order_is_stable_and_turns_round(void **state)
{
    struct account_filter filter = everybody(NOW);

    (void)state;
    assert_found(&filter, "username", false, "a-b a_b backup zoe");
    assert_found(&filter, "username", true, "zoe backup a_b a-b");
    assert_found(&filter, "created_at", false, "a_b backup a-b zoe");
    assert_found(&filter, "created_at", true, "zoe a-b backup a_b");
    assert_found(&filter, "email", false, "backup a_b a-b zoe");
    assert_found(&filter, "roles", false, "a-b backup zoe a_b");
    assert_found(&filter, "service_account", true, "backup zoe a_b a-b");
}

static void a_part_is_a_part_of_the_whole(void **state)
{
    struct account_filter filter = everybody(NOW);
    const struct account_order order = { 0 };
    struct found found;

    (void)state;
    assert_int_equal(store_find(store, &filter, &order, 1, 2, &found), STORE_OK);
    assert_int_equal(found.count, 2);
    assert_string_equal(account_of(found.uids[0])->username, "a_b");
    assert_string_equal(account_of(found.uids[1])->username, "backup");
    found_free(&found);
    assert_int_equal(store_find(store, &filter, &order, 9, -1, &found), STORE_OK);
    assert_int_equal(found.count, 0);
    found_free(&found);
}

static void a_page_passes_over_who_does_not_pass_any_more(void **state)
{
    struct account_filter filter = everybody(NOW);
    struct account page[4];
    struct found found;
    size_t count = 9;

    (void)state;
    filter.states = 1u << ACCOUNT_STATE_ACTIVE;
    found = find(&filter, "username", true);
    fixture_sql("UPDATE accounts SET status = 'suspended' WHERE username = 'backup'");
    fixture_sql("DELETE FROM accounts WHERE username = 'a-b'");
    assert_int_equal(store_found_page(store, &filter, found.uids, found.count, page, &count), STORE_OK);
    assert_int_equal(count, 2);
    assert_string_equal(page[0].username, "zoe");
    assert_string_equal(page[1].username, "a_b");
    found_free(&found);
}

static void keys_are_those_of_json(void **state)
{
    size_t key = 7;

    (void)state;
    assert_true(store_find_key("username", &key));
    assert_int_equal(key, 0);
    key = 7;
    assert_false(store_find_key("last_login", &key));
    assert_false(store_find_key("hash", &key));
    assert_int_equal(key, 7);
}

#define OF(people, name) cmocka_unit_test_setup_teardown(name, people, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OF(combinations, a_status_is_what_account_state_says),
        OF(combinations, unused_is_what_account_unused_since_says),
        OF(combinations, ends_are_sorted_as_they_come),
        OF(combinations, counts_are_what_is_found),
        OF(people, text_is_plain_text),
        OF(people, filters_add_up),
        OF(people, order_is_stable_and_turns_round),
        OF(people, a_part_is_a_part_of_the_whole),
        OF(people, a_page_passes_over_who_does_not_pass_any_more),
        OF(people, keys_are_those_of_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
