/*
 * Judging: every state of an account against every kind of request, whose user it is, what is charged, and
 * what becomes of it when the store cannot be used.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <crypt.h>

#include "pam_coder/credential.h"
#include "pam_coder/request.h"
#include "sql/account.h"
#include "sql/activity.h"
#include "sql/database.h"
#include "sql/store.h"
#include "fixture/fixture.h"
#include "fixture/judge_case.h"

/* -- the contract's table ----------------------------------------------------------------- */

static const struct {
    const char *sql;
    enum verdict verdict;
    bool may_enter;
} states[] = {
    { "UPDATE accounts SET status = 'active'", VERDICT_ACTIVE, true },
    { "UPDATE accounts SET temporary = 1", VERDICT_TEMPORARY, true },
    { "UPDATE accounts SET temporary = 1, temporary_until = 1", VERDICT_TEMPORARY_EXPIRED, false },
    { "UPDATE accounts SET password_changed_at = 1, password_max_days = 90", VERDICT_TOO_OLD, true },
    { "UPDATE accounts SET expires_at = 1", VERDICT_ACCOUNT_EXPIRED, false },
    { "UPDATE accounts SET created_at = 1, last_login_day = 86400; INSERT INTO policy VALUES ('dormant_days', '90')",
      VERDICT_DORMANT, false },
    { "UPDATE accounts SET status = 'suspended'", VERDICT_SUSPENDED, false },
    { "UPDATE accounts SET status = 'suspended', expires_at = 1, temporary = 1, temporary_until = "
      "1",
      VERDICT_SUSPENDED, false },
};

enum { STATES = sizeof states / sizeof states[0] };

static void every_state_has_its_verdict_for_a_right_and_a_wrong_password(void **state)
{
    for (size_t i = 0; i < STATES; i++) {
        with_alice(state);
        fixture_sql(states[i].sql);
        assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), states[i].verdict, true);
        assert_answer(ask(REQUEST_AUTHENTICATE, WRONG), states[i].verdict, false);
        assert_answer(ask(REQUEST_VERIFY, RIGHT), states[i].verdict, true);
        assert_answer(ask(REQUEST_VERIFY, WRONG), states[i].verdict, false);
    }
}

static void every_state_has_its_verdict_without_a_password(void **state)
{
    for (size_t i = 0; i < STATES; i++) {
        with_alice(state);
        fixture_sql(states[i].sql);
        assert_answer(ask(REQUEST_ACCOUNT, ""), states[i].verdict, false);
        assert_answer(ask(REQUEST_SESSION, ""), states[i].verdict, false);
        assert_int_equal(access(FIXTURE_PRIVATE "/activity.db", F_OK) == 0, states[i].may_enter);
    }
}

static void only_who_may_enter_gets_a_new_password(void **state)
{
    for (size_t i = 0; i < STATES; i++) {
        with_alice(state);
        fixture_sql(states[i].sql);
        assert_answer(ask_change(REQUEST_CHANGE, RIGHT, NEW), states[i].verdict,
                      states[i].may_enter);
        assert_int_equal(password_is(NEW), states[i].may_enter);
        with_alice(state);
        fixture_sql(states[i].sql);
        assert_answer(ask_change(REQUEST_SET, "", NEW), states[i].verdict, states[i].may_enter);
        assert_int_equal(password_is(NEW), states[i].may_enter);
        assert_int_equal(audit_rows(), states[i].may_enter);
    }
}

static void services_without_a_keyboard_pass_a_pending_change(void **state)
{
    struct request request = about_alice(REQUEST_ACCOUNT, "");

    for (size_t i = 1; i <= 3; i++) { /* temporary, temporary expired, too old */
        with_alice(state);
        fixture_sql(states[i].sql);
        snprintf(request.service, sizeof request.service, "cron");
        request.kind = REQUEST_ACCOUNT;
        assert_answer(judge(&request, ROOT), VERDICT_ACTIVE, false);
        request.kind = REQUEST_SESSION;
        assert_answer(judge(&request, ROOT), VERDICT_ACTIVE, false);
        request.kind = REQUEST_AUTHENTICATE;
        snprintf(request.password, sizeof request.password, RIGHT);
        assert_answer(judge(&request, ROOT), states[i].verdict, true);
        snprintf(request.service, sizeof request.service, "sshd");
        request.kind = REQUEST_ACCOUNT;
        assert_answer(judge(&request, ROOT), states[i].verdict, false);
    }
}

static void services_without_a_keyboard_stop_the_suspended(void **state)
{
    struct request request = about_alice(REQUEST_ACCOUNT, "");

    (void)state;
    fixture_sql("UPDATE accounts SET status = 'suspended', temporary = 1");
    snprintf(request.service, sizeof request.service, "cron");
    assert_answer(judge(&request, ROOT), VERDICT_SUSPENDED, false);
}

static void the_least_length_is_policys(void **state)
{
    (void)state;
    assert_int_equal(ask(REQUEST_ACCOUNT, "").min_length, 12);
    fixture_sql("INSERT INTO policy VALUES ('password_min_length', '30')");
    assert_int_equal(ask(REQUEST_ACCOUNT, "").min_length, 30);
    assert_int_equal(ask_change(REQUEST_CHANGE, RIGHT, NEW).weakness, CREDENTIAL_TOO_SHORT);
}

static void an_account_without_password_is_never_right(void **state)
{
    (void)state;
    fixture_sql("UPDATE accounts SET hash = NULL");
    assert_answer(ask(REQUEST_AUTHENTICATE, ""), VERDICT_ACTIVE, false);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, false);
    assert_answer(ask_change(REQUEST_CHANGE, "", NEW), VERDICT_ACTIVE, false);
    assert_answer(ask(REQUEST_ACCOUNT, ""), VERDICT_ACTIVE, false);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts WHERE hash IS NULL"), 1);
}

static void the_empty_password_is_wrong_and_charged(void **state)
{
    (void)state;
    assert_answer(ask(REQUEST_AUTHENTICATE, ""), VERDICT_ACTIVE, false);
    assert_int_equal(failures_of(ALICE), 1);
}

/* -- whose user --------------------------------------------------------------------------- */

static void a_name_nobody_has_is_unknown(void **state)
{
    (void)state;
    for (uint32_t kind = 0; kind < REQUEST_KINDS; kind++)
        assert_answer(ask_as("", REQUEST_NO_UID, kind), VERDICT_UNKNOWN, false);
    assert_answer(ask_as("alice", REQUEST_NO_UID, REQUEST_AUTHENTICATE), VERDICT_UNKNOWN, false);
    assert_true(password_is(RIGHT));
}

static void a_user_with_another_uid_is_anothers(void **state)
{
    (void)state;
    for (uint32_t kind = 0; kind < REQUEST_KINDS; kind++) {
        assert_answer(ask_as("alice", STRANGER, kind), VERDICT_OTHERS, false);
        assert_answer(ask_as("bob", STRANGER, kind), VERDICT_OTHERS, false);
        assert_answer(ask_as("bob", ALICE, kind), VERDICT_OTHERS, false);
        assert_answer(ask_as("Alice", ALICE, kind), VERDICT_OTHERS, false);
    }
    assert_true(password_is(RIGHT));
    assert_int_equal(failures_of(ALICE), 0);
}

static void an_unknown_name_is_charged_to_nobody_and_not_stored(void **state)
{
    (void)state;
    assert_answer(ask_as("zaphodbeeblebrox", STRANGER, REQUEST_AUTHENTICATE), VERDICT_OTHERS,
                  false);
    assert_answer(ask_as("", REQUEST_NO_UID, REQUEST_AUTHENTICATE), VERDICT_UNKNOWN, false);
    assert_int_equal(failures_of(ACTIVITY_NOBODY), 2);
    assert_int_equal(failures_of(ALICE), 0);
    assert_false(fixture_holds("zaphod"));
}

static void unknown_names_stay_unknown_when_their_origin_is_locked(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++)
        assert_answer(ask_as("", REQUEST_NO_UID, REQUEST_AUTHENTICATE), VERDICT_UNKNOWN, false);
    assert_int_equal(failures_of(ACTIVITY_NOBODY), 5);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
}

static void a_deleted_user_is_unknown(void **state)
{
    (void)state;
    fixture_sql("PRAGMA foreign_keys=ON; DELETE FROM accounts");
    assert_answer(ask_as("", REQUEST_NO_UID, REQUEST_AUTHENTICATE), VERDICT_UNKNOWN, false);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_OTHERS, false);
}

/* -- work --------------------------------------------------------------------------------- */

static double cpu_of(const struct request *request)
{
    struct timespec from, to;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    judge(request, ROOT);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static void nobody_costs_less_than_a_hash(void **state)
{
    static const char *const sqls[] = {
        "UPDATE accounts SET status = 'suspended'",
        "UPDATE accounts SET status = 'active', expires_at = 1",
        "UPDATE accounts SET expires_at = NULL, hash = NULL",
        "PRAGMA user_version = 99",
    };
    struct request right = about_alice(REQUEST_AUTHENTICATE, RIGHT), other = right;
    double one = cpu_of(&right), cost;

    (void)state;
    for (int i = 0; i < 3; i++) { /* the quickest: a busy machine only adds */
        cost = cpu_of(&right);
        one = cost < one ? cost : one;
    }
    for (int i = 0; i < 7; i++) { /* wrong, then locked out */
        other = about_alice(REQUEST_AUTHENTICATE, i % 2 ? WRONG : "");
        cost = cpu_of(&other);
        assert_true(cost > one / 3);
    }
    snprintf(other.address, sizeof other.address, THERE);
    other.uid = REQUEST_NO_UID;
    cost = cpu_of(&other);
    assert_true(cost > one / 3);
    other.uid = ALICE;
    for (size_t i = 0; i < sizeof sqls / sizeof sqls[0]; i++) {
        fixture_sql(sqls[i]);
        cost = cpu_of(&other);
        assert_true(cost > one / 3);
    }
}

/* -- unusable ----------------------------------------------------------------------------- */

static void make_text_file(void)
{
    fixture_write(FIXTURE_PRIVATE "/accounts.db", "not a database, whatever it is called\n", 38,
                  0600);
}

static void make_foreign(void)
{
    unlink(FIXTURE_PRIVATE "/accounts.db");
    fixture_write(FIXTURE_PRIVATE "/accounts.db", "", 0, 0600);
    fixture_sql("CREATE TABLE accounts (username, hash)");
}

static void remove_store(void)
{
    unlink(FIXTURE_PRIVATE "/accounts.db");
}

static void widen_store(void)
{
    chmod(FIXTURE_PRIVATE "/accounts.db", 0644);
}

static void widen_folder(void)
{
    chmod(FIXTURE_PRIVATE, 0755);
}

static void empty_store(void)
{
    fixture_write(FIXTURE_PRIVATE "/accounts.db", "", 0, 0600);
}

static void make_too_new(void)
{
    fixture_sql("PRAGMA user_version = 1000");
}

static void drop_a_table(void)
{
    fixture_sql("DROP TABLE account_roles");
}

static void break_policy(void)
{
    fixture_sql("INSERT INTO policy VALUES ('no_such_setting', '1')");
}

static void zero_the_pages(void)
{
    size_t size;
    char *bytes = fixture_read(FIXTURE_PRIVATE "/accounts.db", &size);

    memset(bytes + 100, 0, size - 100);
    fixture_write(FIXTURE_PRIVATE "/accounts.db", bytes, size, 0600);
    free(bytes);
}

static void link_store(void)
{
    rename(FIXTURE_PRIVATE "/accounts.db", CODER_STATE_DIR "/elsewhere");
    assert_int_equal(symlink(CODER_STATE_DIR "/elsewhere", FIXTURE_PRIVATE "/accounts.db"), 0);
}

static void whatever_is_wrong_with_the_store_is_unusable_for_everybody(void **state)
{
    void (*const faults[])(void) = { remove_store,   widen_store,    widen_folder, empty_store,
                                     make_text_file, make_foreign,   make_too_new, drop_a_table,
                                     break_policy,   zero_the_pages, link_store };

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        with_alice(state);
        faults[i]();
        for (uint32_t kind = 0; kind < REQUEST_KINDS; kind++)
            assert_answer(ask_change(kind, RIGHT, NEW), VERDICT_UNUSABLE, false);
    }
}

static void a_locked_store_is_unusable_after_a_while(void **state)
{
    struct store *store = NULL;
    int64_t start = packet_clock();

    (void)state;
    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store), STORE_OK);
    assert_int_equal(sqlite3_exec(store->db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_UNUSABLE, false);
    store_close(store);
    assert_true(packet_clock() - start < 15000);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
}

static void a_transaction_of_the_tool_does_not_stop_logins(void **state)
{
    struct store *store = NULL;

    (void)state;
    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store), STORE_OK);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
    assert_answer(ask(REQUEST_ACCOUNT, ""), VERDICT_ACTIVE, false);
    store_close(store);
}

static void what_cannot_be_charged_is_not_judged(void **state)
{
    (void)state;
    fixture_write(FIXTURE_PRIVATE "/activity.db", "", 0, 0644);
    mkdir(CODER_RUN_DIR, 0755);
    assert_int_equal(mkdir(FIXTURE_RUN, 0755), 0);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_UNUSABLE, false);
    assert_answer(ask(REQUEST_VERIFY, RIGHT), VERDICT_UNUSABLE, false);
    assert_answer(ask_change(REQUEST_CHANGE, RIGHT, NEW), VERDICT_UNUSABLE, false);
    assert_answer(ask_as("", REQUEST_NO_UID, REQUEST_AUTHENTICATE), VERDICT_UNUSABLE, false);
    assert_answer(ask(REQUEST_ACCOUNT, ""), VERDICT_ACTIVE, false);
    assert_answer(ask(REQUEST_SESSION, ""), VERDICT_ACTIVE, false);
    assert_true(password_is(RIGHT));
}

static void with_a_stand_in_for_the_attempts_logins_go_on(void **state)
{
    (void)state;
    fixture_write(FIXTURE_PRIVATE "/activity.db", "", 0, 0644);
    for (int i = 0; i < 5; i++)
        assert_answer(ask(REQUEST_AUTHENTICATE, WRONG), VERDICT_ACTIVE, false);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_LOCKED, false);
    assert_answer(ask_from(THERE, REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
}

/* -- changing ----------------------------------------------------------------------------- */

static void who_may_not_enter_keeps_his_outdated_hash(void **state)
{
    for (size_t i = 0; i < STATES; i++) {
        with_alice(state);
        make_hash_outdated();
        fixture_sql(states[i].sql);
        assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), states[i].verdict, true);
        assert_int_equal(fixture_number("SELECT count(*) FROM accounts WHERE hash GLOB '$6$*'"),
                         states[i].may_enter ? 0 : 1);
    }
}

#define FRESH(name) cmocka_unit_test_setup(name, fresh)
#define TEST(name) cmocka_unit_test_setup(name, with_alice)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(every_state_has_its_verdict_for_a_right_and_a_wrong_password),
        FRESH(every_state_has_its_verdict_without_a_password),
        FRESH(only_who_may_enter_gets_a_new_password),
        FRESH(services_without_a_keyboard_pass_a_pending_change),
        TEST(services_without_a_keyboard_stop_the_suspended),
        TEST(the_least_length_is_policys),
        TEST(an_account_without_password_is_never_right),
        TEST(the_empty_password_is_wrong_and_charged),
        TEST(a_name_nobody_has_is_unknown),
        TEST(a_user_with_another_uid_is_anothers),
        TEST(an_unknown_name_is_charged_to_nobody_and_not_stored),
        TEST(unknown_names_stay_unknown_when_their_origin_is_locked),
        TEST(a_deleted_user_is_unknown),
        TEST(nobody_costs_less_than_a_hash),
        FRESH(whatever_is_wrong_with_the_store_is_unusable_for_everybody),
        TEST(a_locked_store_is_unusable_after_a_while),
        TEST(a_transaction_of_the_tool_does_not_stop_logins),
        TEST(what_cannot_be_charged_is_not_judged),
        TEST(with_a_stand_in_for_the_attempts_logins_go_on),
        FRESH(who_may_not_enter_keeps_his_outdated_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
