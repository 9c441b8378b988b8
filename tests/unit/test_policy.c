/*
 * The policy as values and in the store, and the records' changes beside it: every setting has all there is
 * to say, takes exactly its range, and what it is set to is read back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sql/account.h"
#include "sql/activity.h"
#include "sql/activity_file.h"
#include "sql/activity_log.h"
#include "sql/activity_summary.h"
#include "sql/database.h"
#include "sql/memory.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_changes.h"
#include "sql/store_json.h"
#include "fixture/fixture.h"

static void settings_are_complete(void **state)
{
    struct policy_setting setting;
    struct policy policy;
    char value[POLICY_VALUE_SIZE];

    (void)state;
    policy_defaults(&policy);
    for (size_t i = 0; i < POLICY_COUNT; i++) {
        policy_setting_at(i, &setting);
        assert_int_equal(policy_find(setting.key), i);
        assert_true(strlen(setting.meaning) > 10 && setting.range[0] != '\0');
        policy_value_at(&policy, i, value);
        assert_true(policy_set(&policy, setting.key, value));
    }
    assert_int_equal(policy_find("nonsense"), POLICY_COUNT);
    assert_int_equal(policy_find(""), POLICY_COUNT);
    assert_null(policy_fault(&policy));
}

static void numbers_take_their_range(void **state)
{
    struct policy_setting setting;
    struct policy policy;
    char value[POLICY_VALUE_SIZE], back[POLICY_VALUE_SIZE];

    (void)state;
    policy_defaults(&policy);
    for (size_t i = 0; i < POLICY_COUNT; i++) {
        policy_setting_at(i, &setting);
        if (setting.type >= POLICY_LIST)
            continue;
        for (int64_t n = setting.least - 1; n <= setting.most + 1; n += setting.most - setting.least + 1) {
            snprintf(value, sizeof value, "%lld", (long long)n);
            assert_int_equal(policy_set(&policy, setting.key, value), n == setting.most);
        }
        snprintf(value, sizeof value, "%lld", (long long)setting.least);
        assert_true(policy_set(&policy, setting.key, value));
        policy_value_at(&policy, i, back);
        assert_string_equal(back, value);
    }
}

static const char *fault_with(const char *key, const char *value)
{
    struct policy policy;

    policy_defaults(&policy);
    assert_true(policy_set(&policy, key, value));
    return policy_fault(&policy);
}

static void settings_fit_together(void **state)
{
    (void)state;
    assert_non_null(fault_with("lock_seconds", "901"));
    assert_null(fault_with("lock_seconds", "900"));
    assert_non_null(fault_with("uid_min", "100000"));
    assert_null(fault_with("uid_min", "99999"));
    assert_non_null(fault_with("uid_min", "60000"));
    assert_non_null(fault_with("uid_min", "60001"));
    assert_non_null(fault_with("uid_max", "524288"));
    assert_non_null(fault_with("uid_max", "1900000000"));
    assert_null(fault_with("uid_max", "524287"));
}

static void lists_are_names(void **state)
{
    static const char *const good[] = { "", "sudo", "sudo,adm", "a.b,c-d,e_f,g$", "DOM.x@y+z" };
    static const char *const bad[] = { ",", "a,", ",a", "a,,b", "-a", "12", "a,12", "a:b", "a/b",
                                       "a%b", "abcdefghijklmnopqrstuvwxyzabcdefg" };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_null(fault_with("admin_groups", good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_non_null(fault_with("admin_groups", bad[i]));
        assert_non_null(fault_with("member_groups", bad[i]));
        assert_non_null(fault_with("auditor_groups", bad[i]));
        assert_non_null(fault_with("keyboardless_services", bad[i]));
    }
}

static bool is_good(const char *key, const char *value)
{
    char fault[POLICY_FAULT_SIZE] = "";
    bool good = policy_value_good(policy_find(key), value, fault);
    struct policy policy;

    policy_defaults(&policy);
    assert_int_equal(good, fault[0] == '\0');
    assert_int_equal(good, policy_set(&policy, key, value)); /* what set refuses the store does not hold either */
    return good;
}

static void texts_take_what_they_are_for(void **state)
{
    static const char *const paths[] = { "bash", "/", "/srv/", "/a b", "/a'b", "/a\"b", "/a$b", "/a:b", "/a//b", "/a/../b", "/a/.b",
                                         "/a\nb", "/a\033b", "/\303\244" };
    static const char *const hosts[] = { "-x", ".x", "a b", "a;b", "a@b", "a/b", "a\033b", "b\303\274cher" };
    char longest[400] = "/";

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_false(is_good("default_shell", paths[i]));
        assert_false(is_good("home_base", paths[i]));
    }
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
        assert_false(is_good("login_host", hosts[i]));
    assert_true(is_good("default_shell", "/bin/sh") && is_good("default_shell", "") && is_good("home_base", "/srv/h-1_a.b"));
    assert_false(is_good("home_base", ""));
    assert_true(is_good("login_host", "") && is_good("login_host", "a-b.example.org") && is_good("login_host", "2001:db8::1"));
    memset(longest + 1, 'a', 255);
    assert_true(is_good("home_base", longest) && is_good("default_shell", longest));
    memset(longest + 1, 'a', 256);
    assert_false(is_good("home_base", longest) || is_good("default_shell", longest));
}

static void long_values_are_shown_in_one_line(void **state)
{
    char shown[POLICY_SHOWN_SIZE], value[400];

    (void)state;
    policy_value_shown("a,b", shown);
    assert_string_equal(shown, "a,b");
    policy_value_shown("a\n\303\244\n", shown);
    assert_string_equal(shown, "(4 characters)");
    memset(value, 'a', 257);
    value[257] = '\0';
    policy_value_shown(value, shown);
    assert_string_equal(shown, "(257 characters)");
    value[256] = '\0';
    policy_value_shown(value, shown);
    assert_string_equal(shown, value);
}

/* -- in the store ------------------------------------------------------------------------- */

static struct store *open_with_users(void)
{
    struct store *store = NULL;

    fixture_reset();
    for (uint32_t i = 0; i < 5; i++) {
        char name[8];
        struct account account;

        snprintf(name, sizeof name, "user%u", i);
        account = fixture_account(name, 70100 + i);
        account.roles = i % 2 == 0 ? ROLE_MEMBER | ROLE_ADMIN : ROLE_MEMBER;
        account.status = i == 4 ? ACCOUNT_SUSPENDED : ACCOUNT_ACTIVE;
        account.expires_at = i == 2 ? 1000 : 0;
        fixture_add(&account, NULL);
    }
    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store), STORE_OK);
    return store;
}

static void what_is_set_is_read_back(void **state)
{
    struct store *store = open_with_users();
    struct policy policy;
    int64_t before, after;

    (void)state;
    assert_int_equal(store_generation(store, &before), STORE_OK);
    assert_int_equal(store_policy_set(store, "lock_seconds", "60"), STORE_OK);
    assert_int_equal(store_policy_set(store, "lock_seconds", "61"), STORE_OK);
    assert_int_equal(store_policy(store, &policy), STORE_OK);
    assert_int_equal(policy.lock_seconds, 61);
    assert_int_equal(store_generation(store, &after), STORE_OK);
    assert_true(after > before); /* groups are published */
    assert_int_equal(store_policy_set(store, "lock_seconds", NULL), STORE_OK);
    assert_int_equal(store_policy_set(store, "lock_seconds", NULL), STORE_OK);
    assert_int_equal(store_policy(store, &policy), STORE_OK);
    assert_int_equal(policy.lock_seconds, 30);
    store_close(store);
}

static void an_edit_changes_four_facts(void **state)
{
    struct store *store = open_with_users();
    struct account account, after;
    int64_t before, generation;

    (void)state;
    assert_int_equal(store_account_by_uid(store, 70101, &account), STORE_OK);
    assert_int_equal(store_generation(store, &before), STORE_OK);
    snprintf(account.email, sizeof account.email, "other@example.com");
    account.expires_at = 5000;
    assert_int_equal(store_account_edit(store, &account), STORE_OK);
    assert_int_equal(store_generation(store, &generation), STORE_OK);
    assert_int_equal(generation, before); /* nothing public */
    snprintf(account.full_name, sizeof account.full_name, "Other");
    snprintf(account.shell, sizeof account.shell, "/bin/other");
    account.expires_at = 0;
    assert_int_equal(store_account_edit(store, &account), STORE_OK);
    assert_int_equal(store_account_by_uid(store, 70101, &after), STORE_OK);
    assert_memory_equal(&account, &after, sizeof after);
    assert_int_equal(store_generation(store, &generation), STORE_OK);
    assert_true(generation > before);
    snprintf(account.email, sizeof account.email, "user0@example.org");
    assert_int_not_equal(store_account_edit(store, &account), STORE_OK);
    account.uid = 79999;
    assert_int_equal(store_account_edit(store, &account), STORE_NOT_FOUND);
    store_close(store);
}

static size_t count_with_role(struct store *store, const char *role)
{
    struct account page[8];
    size_t count = 99;

    assert_int_equal(store_accounts_with_role(store, role, 0, page, 8, &count), STORE_OK);
    return count;
}

static void roles_select(void **state)
{
    struct store *store = open_with_users();

    (void)state;
    assert_int_equal(count_with_role(store, NULL), 5);
    assert_int_equal(count_with_role(store, "admin"), 3);
    assert_int_equal(count_with_role(store, "auditor"), 0);
    store_close(store);
}

static void an_expired_admin_is_not_left(void **state)
{
    struct store *store = open_with_users();
    struct policy policy;
    int64_t count = -1;

    (void)state;
    policy_defaults(&policy);
    assert_int_equal(store_count_other_admins(store, 70100, &policy, 999, &count), STORE_OK);
    assert_int_equal(count, 1);
    assert_int_equal(store_count_other_admins(store, 70100, &policy, 1000, &count), STORE_OK);
    assert_int_equal(count, 0);
    store_close(store);
}

static void pages_of_json_and_activity(void **state)
{
    struct store *store = open_with_users();
    struct account page[5];
    struct account_extra extras[5] = { { 0 } };
    struct activity_summary summaries[5];
    struct activity_log *log = NULL;
    struct policy policy;
    char *texts[5], *one;
    size_t count;

    (void)state;
    policy_defaults(&policy);
    assert_int_equal(store_accounts_page(store, 0, page, 5, &count), STORE_OK);
    assert_int_equal(activity_open(FIXTURE_PRIVATE, FIXTURE_RUN, &log), STORE_OK);
    fixture_activity_sql("INSERT INTO logins VALUES (70102, 4711, 'sshd', 'x');"
                         "INSERT INTO failures VALUES (70103, 'x', 5, 9000)");
    assert_int_equal(activity_summarise_page(log, page, 5, &policy, 9001, summaries), STORE_OK);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(summaries[i].last_login_at, i == 2 ? 4711 : 0);
        assert_int_equal(summaries[i].locked_until, i == 3 ? 9030 : 0);
        extras[i].last_login_at = summaries[i].last_login_at;
    }
    activity_close(log);
    assert_int_equal(store_accounts_json(store, page, extras, 5, texts), STORE_OK);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(store_account_json(store, &page[i], &extras[i], &one), STORE_OK);
        assert_string_equal(one, texts[i]);
        assert_int_equal(strstr(one, "\"last_login\":null") == NULL, i == 2);
        store_text_free(one);
        store_text_free(texts[i]);
    }
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_complete),
        cmocka_unit_test(numbers_take_their_range),
        cmocka_unit_test(settings_fit_together),
        cmocka_unit_test(lists_are_names),
        cmocka_unit_test(texts_take_what_they_are_for),
        cmocka_unit_test(long_values_are_shown_in_one_line),
        cmocka_unit_test(what_is_set_is_read_back),
        cmocka_unit_test(an_edit_changes_four_facts),
        cmocka_unit_test(roles_select),
        cmocka_unit_test(an_expired_admin_is_not_left),
        cmocka_unit_test(pages_of_json_and_activity),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
