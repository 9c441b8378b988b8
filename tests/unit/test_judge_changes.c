/*
 * Judging: changes of a password, who wins against an administrator, sessions, and that nothing secret is
 * left behind.
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
#include "sql/database.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_audit.h"
#include "sql/store_changes.h"
#include "fixture/fixture.h"
#include "fixture/judge_case.h"

/* -- changing ----------------------------------------------------------------------------- */

static void a_change_needs_the_current_password(void **state)
{
    (void)state;
    assert_answer(ask_change(REQUEST_CHANGE, WRONG, NEW), VERDICT_ACTIVE, false);
    assert_answer(ask_change(REQUEST_CHANGE, "", NEW), VERDICT_ACTIVE, false);
    assert_true(password_is(RIGHT));
    assert_int_equal(audit_rows(), 0);
}

static void a_weak_new_password_is_named_and_nothing_changes(void **state)
{
    static const struct {
        const char *text;
        enum credential_weakness weakness;
    } weak[] = { { "", CREDENTIAL_EMPTY },
                 { "short", CREDENTIAL_TOO_SHORT },
                 { "alice in wonderland", CREDENTIAL_HAS_NAME },
                 { "passwordpassword", CREDENTIAL_COMMON },
                 { RIGHT, CREDENTIAL_SAME } };

    (void)state;
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        struct answer answer = ask_change(REQUEST_CHANGE, RIGHT, weak[i].text);

        assert_answer(answer, VERDICT_ACTIVE, false);
        assert_int_equal(answer.weakness, weak[i].weakness);
        assert_int_equal(answer.min_length, 12);
    }
    assert_true(password_is(RIGHT));
    assert_int_equal(audit_rows(), 0);
}

static void with_the_wrong_password_nothing_is_said_of_the_former_ones(void **state)
{
    struct answer answer;

    (void)state;
    answer = ask_change(REQUEST_CHANGE, WRONG, RIGHT);
    assert_answer(answer, VERDICT_ACTIVE, false);
    assert_int_equal(answer.weakness, CREDENTIAL_FINE);
}

static void a_change_is_written_with_its_audit_row(void **state)
{
    (void)state;
    fixture_sql("UPDATE accounts SET temporary = 1, temporary_until = 4000000000");
    assert_answer(ask_change(REQUEST_CHANGE, RIGHT, NEW), VERDICT_TEMPORARY, true);
    assert_answer(ask(REQUEST_AUTHENTICATE, NEW), VERDICT_ACTIVE, true);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, false);
    assert_int_equal(
        fixture_number("SELECT count(*) FROM accounts WHERE temporary = 0 AND"
                       " temporary_until IS NULL AND password_changed_at > 1700000000"),
        1);
    assert_int_equal(
        fixture_number("SELECT count(*) FROM audit WHERE event = 'password changed' AND"
                       " actor = 'alice' AND actor_uid = 70100 AND uid = 70100 AND"
                       " via = 'sshd' AND origin = '192.0.2.1' AND"
                       " before ->> 'must_change' = 1 AND after ->> 'must_change' = 0"),
        1);
    assert_int_equal(audit_rows(), 1);
}

/* Suspended between the comparison and the writing. */
static void a_hash_is_not_renewed_on_a_suspended_account(void **state)
{
    struct store *store = NULL;
    struct account alice;

    (void)state;
    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store), STORE_OK);
    assert_int_equal(store_account_by_uid(store, ALICE, &alice), STORE_OK);
    assert_int_equal(store_account_set_status(store, ALICE, ACCOUNT_SUSPENDED), STORE_OK);
    assert_int_equal(store_account_renew_hash(store, ALICE, alice.hash, "$y$j9T$new$hash"),
                     STORE_LOST);
    store_close(store);
    assert_true(password_is(RIGHT));
}

static void an_outdated_hash_is_renewed_once_at_a_login(void **state)
{
    (void)state;
    make_hash_outdated();
    assert_answer(ask(REQUEST_AUTHENTICATE, "wrong-password-1"), VERDICT_ACTIVE, false);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts WHERE hash GLOB '$6$*'"), 1);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts WHERE hash GLOB '$y$*'"), 1);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
    assert_int_equal(fixture_number("SELECT count(*) FROM audit WHERE event = 'hash renewed'"), 1);
}

static void a_session_tells_the_failures_before_it(void **state)
{
    struct answer answer;

    (void)state;
    answer = ask(REQUEST_SESSION, "");
    assert_int_equal(answer.last_login_at, 0);
    ask_from("203.0.113.9", REQUEST_AUTHENTICATE, "wrong-password-1");
    ask_from("203.0.113.9", REQUEST_AUTHENTICATE, "wrong-password-2");
    answer = ask(REQUEST_SESSION, "");
    assert_true(answer.last_login_at >= time(NULL) - 60);
    assert_int_equal(answer.failures, 2);
    assert_string_equal(answer.failure_origin, "ip:203.0.113.9");
    assert_int_equal(ask(REQUEST_SESSION, "").failures, 0);
}

static void a_cron_job_is_no_login(void **state)
{
    struct request request = about_alice(REQUEST_SESSION, "");

    (void)state;
    snprintf(request.service, sizeof request.service, "cron");
    assert_int_equal(judge(&request, ROOT).verdict, VERDICT_ACTIVE);
    assert_int_equal(ask(REQUEST_SESSION, "").last_login_at, 0);
}

static void a_silent_session_uses_up_nothing_and_is_no_login(void **state)
{
    struct request request = about_alice(REQUEST_SESSION, "");
    struct answer answer;

    (void)state;
    request.silent = 1;
    ask_from("203.0.113.9", REQUEST_AUTHENTICATE, "wrong-password-1");
    answer = judge(&request, ROOT);
    assert_int_equal(answer.verdict, VERDICT_ACTIVE);
    assert_int_equal(answer.failures, 0);
    answer = ask(REQUEST_SESSION, "");
    assert_int_equal(answer.last_login_at, 0);
    assert_int_equal(answer.failures, 1);
    fixture_sql("UPDATE accounts SET status = 'suspended'");
    assert_int_equal(judge(&request, ROOT).verdict, VERDICT_SUSPENDED);
}

static void a_former_password_is_refused_until_it_is_old_enough(void **state)
{
    struct answer answer;

    (void)state;
    fixture_sql("INSERT INTO policy VALUES ('password_history', '2')");
    assert_int_equal(ask_change(REQUEST_CHANGE, RIGHT, NEW).right, 1);
    answer = ask_change(REQUEST_CHANGE, NEW, RIGHT);
    assert_answer(answer, VERDICT_ACTIVE, false);
    assert_int_equal(answer.weakness, CREDENTIAL_USED);
    assert_int_equal(ask_change(REQUEST_CHANGE, NEW, NEW " 2").right, 1);
    assert_int_equal(ask_change(REQUEST_CHANGE, NEW " 2", RIGHT).weakness, CREDENTIAL_USED);
    assert_int_equal(ask_change(REQUEST_CHANGE, NEW " 2", NEW " 3").right, 1);
    assert_int_equal(ask_change(REQUEST_CHANGE, NEW " 3", RIGHT).right, 1);
}

static void a_user_waits_before_the_next_change_of_his_own_accord(void **state)
{
    struct answer answer;

    (void)state;
    fixture_sql("INSERT INTO policy VALUES ('password_min_hours', '1')");
    assert_int_equal(ask(REQUEST_ACCOUNT, "").must_wait, 0);
    assert_int_equal(ask_change(REQUEST_CHANGE, RIGHT, NEW).right, 1);
    assert_int_equal(ask(REQUEST_ACCOUNT, "").must_wait, 1);
    answer = ask_change(REQUEST_CHANGE, NEW, NEW " 2");
    assert_answer(answer, VERDICT_ACTIVE, false);
    assert_int_equal(answer.must_wait, 1);
    assert_int_equal(answer.weakness, CREDENTIAL_FINE);
    assert_int_equal(ask_change(REQUEST_CHANGE, WRONG, NEW " 2").must_wait, 1);
    assert_int_equal(failures_of(ALICE), 0); /* nothing was compared */
    assert_true(password_is(NEW));
    assert_answer(ask(REQUEST_AUTHENTICATE, NEW), VERDICT_ACTIVE, true);
    fixture_sql("UPDATE accounts SET password_changed_at = password_changed_at - 3600");
    assert_int_equal(ask_change(REQUEST_CHANGE, NEW, NEW " 2").right, 1);
}

static void neither_root_nor_who_must_change_waits(void **state)
{
    (void)state;
    fixture_sql("INSERT INTO policy VALUES ('password_min_hours', '8760')");
    assert_int_equal(ask_change(REQUEST_CHANGE, RIGHT, NEW).right, 1);
    assert_int_equal(ask_change(REQUEST_SET, "", NEW " 2").right, 1);
    assert_int_equal(ask(REQUEST_ACCOUNT, "").must_wait, 0);
    assert_int_equal(ask_change(REQUEST_CHANGE, NEW " 2", NEW " 3").right, 1);
    assert_int_equal(ask_change(REQUEST_CHANGE, NEW " 3", NEW " 4").must_wait, 1);
}

/* As if a minute had gone by since the newest row and the newest repeat. */
static void let_a_minute_pass(void)
{
    fixture_sql("DROP TRIGGER IF EXISTS audit_is_fixed; UPDATE audit SET at = at - 60");
    if (fixture_activity_number("SELECT count(*) FROM sqlite_master WHERE name = 'repeats'") != 0)
        fixture_activity_sql("UPDATE repeats SET last = last - 60");
}

static int64_t rows_saying(const char *detail)
{
    char sql[200];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM audit WHERE event = 'password changed' AND uid = 70100"
             " AND actor = 'alice' AND after ->> 'detail' GLOB '%s'", detail);
    return fixture_number(sql);
}

static void change_five_times(void)
{
    static const char *const words[] = { RIGHT, NEW, NEW " 2", NEW " 3", NEW " 4", NEW " 5" };

    for (size_t i = 1; i < 6; i++)
        assert_int_equal(ask_change(REQUEST_CHANGE, words[i - 1], words[i]).right, 1);
}

static void changes_within_a_minute_are_one_row_and_a_count(void **state)
{
    (void)state;
    change_five_times();
    assert_true(password_is(NEW " 5"));
    assert_int_equal(audit_rows(), 1);
    ask(REQUEST_SESSION, ""); /* the minute is not over */
    assert_int_equal(audit_rows(), 1);
    let_a_minute_pass();
    assert_int_equal(ask_change(REQUEST_CHANGE, NEW " 5", NEW " 6").right, 1);
    assert_int_equal(audit_rows(), 2);
    assert_int_equal(rows_saying("after 4 more since the row before"), 1);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM repeats"), 0);
    let_a_minute_pass();
    assert_int_equal(ask_change(REQUEST_CHANGE, NEW " 6", NEW " 7").right, 1);
    assert_int_equal(audit_rows(), 3);
    assert_int_equal(rows_saying("*"), 1);
}

static void the_count_comes_with_the_next_session(void **state)
{
    (void)state;
    change_five_times();
    let_a_minute_pass();
    ask(REQUEST_SESSION, "");
    assert_int_equal(audit_rows(), 2);
    assert_int_equal(rows_saying("4 more, the last at 20*Z"), 1);
    ask(REQUEST_SESSION, "");
    assert_int_equal(audit_rows(), 2);
}

static void every_required_change_has_its_row(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        fixture_sql("UPDATE accounts SET temporary = 1; DELETE FROM password_history");
        assert_int_equal(ask_change(REQUEST_CHANGE, i % 2 == 0 ? RIGHT : NEW, i % 2 == 0 ? NEW : RIGHT).right, 1);
    }
    assert_int_equal(audit_rows(), 3);
}

static void a_change_that_fails_is_not_counted(void **state)
{
    (void)state;
    assert_int_equal(ask_change(REQUEST_CHANGE, RIGHT, NEW).right, 1);
    fixture_sql("CREATE TRIGGER no_more BEFORE UPDATE OF hash ON accounts BEGIN SELECT RAISE(ABORT, 'x'); END");
    assert_int_equal(ask_change(REQUEST_CHANGE, NEW, NEW " 2").right, 0);
    assert_int_equal(ask_change(REQUEST_CHANGE, WRONG, NEW " 2").right, 0);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM repeats"), 0);
    assert_int_equal(audit_rows(), 1);
}

static void what_root_sets_is_temporary_and_audited(void **state)
{
    struct answer answer;
    time_t now = time(NULL);
    char sql[160];

    (void)state;
    answer = ask_change(REQUEST_SET, "", NEW);
    assert_answer(answer, VERDICT_ACTIVE, true);
    assert_int_equal(answer.temporary, 1);
    assert_answer(ask(REQUEST_AUTHENTICATE, NEW), VERDICT_TEMPORARY, true);
    snprintf(sql, sizeof sql, "SELECT temporary_until BETWEEN %lld AND %lld FROM accounts",
             (long long)now + 72 * 3600, (long long)now + 72 * 3600 + 60);
    assert_int_equal(fixture_number(sql), 1);
    assert_int_equal(fixture_number("SELECT count(*) FROM audit WHERE event = 'password set' AND"
                                    " actor = 'root' AND username = 'alice' AND"
                                    " after ->> 'must_change' = 1"),
                     1);
    assert_int_equal(fixture_number("SELECT actor_uid FROM audit"), ROOT);
}

static void what_root_sets_is_final_when_policy_says_so(void **state)
{
    struct answer answer;

    (void)state;
    fixture_sql("INSERT INTO policy VALUES ('admin_password_temporary', '0')");
    answer = ask_change(REQUEST_SET, "", NEW);
    assert_answer(answer, VERDICT_ACTIVE, true);
    assert_int_equal(answer.temporary, 0);
    assert_answer(ask(REQUEST_AUTHENTICATE, NEW), VERDICT_ACTIVE, true);
}

static void root_is_only_warned_of_a_weak_password(void **state)
{
    struct answer answer = ask_change(REQUEST_SET, "", "short");

    (void)state;
    assert_answer(answer, VERDICT_ACTIVE, true);
    assert_int_equal(answer.weakness, CREDENTIAL_TOO_SHORT);
    assert_true(password_is("short"));
}

static void not_even_root_sets_an_empty_password(void **state)
{
    struct answer answer = ask_change(REQUEST_SET, "", "");

    (void)state;
    assert_answer(answer, VERDICT_ACTIVE, false);
    assert_int_equal(answer.weakness, CREDENTIAL_EMPTY);
    assert_true(password_is(RIGHT));
    assert_int_equal(audit_rows(), 0);
}

static void an_account_without_password_gets_one_from_root(void **state)
{
    (void)state;
    fixture_sql("UPDATE accounts SET hash = NULL");
    assert_answer(ask_change(REQUEST_SET, "", NEW), VERDICT_ACTIVE, true);
    assert_true(password_is(NEW));
}

/* -- against an administrator ------------------------------------------------------------- */

struct race {
    enum request_kind kind;
    struct answer answer;
};

static void *ask_racing(void *argument)
{
    struct race *race = argument;
    struct request request = about_alice(race->kind, RIGHT);

    snprintf(request.new_password, sizeof request.new_password, NEW);
    race->answer = judge(&request, ROOT);
    return NULL;
}

/*
 * The judge reads and verifies while an administrator's transaction is open, so its own write must
 * wait; `word` is what the administrator then says and commits.
 */
static struct answer race_against(enum request_kind kind, enum store_result (*word)(struct store *))
{
    struct race race = { .kind = kind };
    struct store *store = NULL;
    pthread_t thread;

    ask_from(THERE, REQUEST_AUTHENTICATE,
             RIGHT); /* so that there is a file, with one known origin */
    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store), STORE_OK);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(pthread_create(&thread, NULL, ask_racing, &race), 0);
    for (int i = 0; i < 100 && kind == REQUEST_CHANGE &&
                    fixture_activity_number("SELECT count(*) FROM known_origins") < 2;
         i++)
        usleep(20000);
    usleep(kind == REQUEST_CHANGE ? 0 : 500000);
    assert_int_equal(word(store), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    pthread_join(thread, NULL);
    store_close(store);
    return race.answer;
}

static enum store_result say_reset(struct store *store)
{
    char hash[ACCOUNT_HASH_SIZE];

    return credential_hash("what the admin said", hash)
               ? store_account_set_password(store, ALICE, hash, true, INT64_MAX / 2, 1)
               : STORE_FAILED;
}

static enum store_result say_suspend(struct store *store)
{
    return store_account_set_status(store, ALICE, ACCOUNT_SUSPENDED);
}

static enum store_result say_delete(struct store *store)
{
    return store_account_delete(store, ALICE);
}

static enum store_result say_nothing(struct store *store)
{
    return store_audit_append(store, &(struct audit_actor){ .name = "", .via = "", .origin = "" },
                              "x", NULL, NULL, NULL, 1);
}

static void a_change_that_waited_is_made_when_nothing_stands_against_it(void **state)
{
    (void)state;
    assert_answer(race_against(REQUEST_CHANGE, say_nothing), VERDICT_ACTIVE, true);
    assert_true(password_is(NEW));
}

static void a_change_loses_to_a_reset_made_meanwhile(void **state)
{
    struct answer answer = race_against(REQUEST_CHANGE, say_reset);

    (void)state;
    assert_int_equal(answer.right, 0);
    assert_int_equal(answer.weakness, CREDENTIAL_FINE);
    assert_true(password_is("what the admin said"));
    assert_answer(ask(REQUEST_ACCOUNT, ""), VERDICT_TEMPORARY, false);
    assert_int_equal(audit_rows(), 0);
}

static void a_change_loses_to_a_suspension_made_meanwhile(void **state)
{
    struct answer answer = race_against(REQUEST_CHANGE, say_suspend);

    (void)state;
    assert_int_equal(answer.right, 0);
    assert_true(password_is(RIGHT));
    assert_int_equal(audit_rows(), 0);
}

static void a_change_loses_to_a_deletion_made_meanwhile(void **state)
{
    (void)state;
    assert_int_equal(race_against(REQUEST_CHANGE, say_delete).right, 0);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 0);
    assert_int_equal(audit_rows(), 0);
}

static void roots_word_loses_to_a_suspension_made_meanwhile(void **state)
{
    (void)state;
    assert_int_equal(race_against(REQUEST_SET, say_suspend).right, 0);
    assert_true(password_is(RIGHT));
    assert_int_equal(audit_rows(), 0);
}

static void roots_word_loses_to_a_deletion_made_meanwhile(void **state)
{
    (void)state;
    assert_int_equal(race_against(REQUEST_SET, say_delete).right, 0);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 0);
}

/* -- sessions and secrets ----------------------------------------------------------------- */

static void a_session_records_the_login(void **state)
{
    (void)state;
    assert_answer(ask(REQUEST_SESSION, ""), VERDICT_ACTIVE, false);
    assert_int_equal(
        fixture_activity_number("SELECT count(*) FROM logins WHERE uid = 70100 AND service ="
                                " 'sshd' AND origin = 'ip:192.0.2.1' AND at > 1700000000"),
        1);
}

static void a_refused_session_records_nothing(void **state)
{
    (void)state;
    ask(REQUEST_SESSION, "");
    fixture_sql("UPDATE accounts SET status = 'suspended'");
    fixture_activity_sql("DELETE FROM logins");
    assert_answer(ask(REQUEST_SESSION, ""), VERDICT_SUSPENDED, false);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM logins"), 0);
}

static void no_password_is_left_in_any_file(void **state)
{
    char *hash = NULL;
    struct store *store = NULL;
    int64_t in_audit = -1;

    (void)state;
    ask(REQUEST_AUTHENTICATE, RIGHT);
    ask(REQUEST_AUTHENTICATE, WRONG);
    ask_as("", REQUEST_NO_UID, REQUEST_AUTHENTICATE);
    ask_change(REQUEST_CHANGE, WRONG, NEW);
    assert_int_equal(ask_change(REQUEST_CHANGE, RIGHT, NEW).right, 1);
    assert_int_equal(ask_change(REQUEST_SET, "", NEW " 2").right, 1);
    ask(REQUEST_SESSION, "");
    assert_int_equal(audit_rows(), 2);
    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store), STORE_OK);
    assert_int_equal(database_copy(store->db, &hash, "SELECT substr(hash, 8) FROM accounts", ""),
                     STORE_OK);
    assert_int_equal(database_number(store->db, &in_audit,
                                     "SELECT count(*) FROM audit WHERE instr(before, ?1)"
                                     " OR instr(after, ?1) OR instr(before || after, '$y$')",
                                     "t", hash),
                     STORE_OK);
    store_close(store);
    assert_int_equal(in_audit, 0);
    assert_true(fixture_holds(hash)); /* the search finds what is there */
    store_text_free(hash);
    assert_false(fixture_holds(RIGHT));
    assert_false(fixture_holds(WRONG));
    assert_false(fixture_holds(NEW));
}

static void the_attempts_file_holds_no_hash(void **state)
{
    size_t size;
    char *bytes;

    (void)state;
    ask(REQUEST_AUTHENTICATE, RIGHT);
    ask(REQUEST_AUTHENTICATE, WRONG);
    bytes = fixture_read(FIXTURE_PRIVATE "/activity.db", &size);
    assert_null(memmem(bytes, size, "$y$", 3));
    assert_null(memmem(bytes, size, "alice", 5));
    free(bytes);
}

#define TEST(name) cmocka_unit_test_setup(name, with_alice)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_change_needs_the_current_password),
        TEST(a_weak_new_password_is_named_and_nothing_changes),
        TEST(with_the_wrong_password_nothing_is_said_of_the_former_ones),
        TEST(a_change_is_written_with_its_audit_row),
        TEST(a_former_password_is_refused_until_it_is_old_enough),
        TEST(an_outdated_hash_is_renewed_once_at_a_login),
        TEST(a_hash_is_not_renewed_on_a_suspended_account),
        TEST(a_session_tells_the_failures_before_it),
        TEST(a_cron_job_is_no_login),
        TEST(a_silent_session_uses_up_nothing_and_is_no_login),
        TEST(a_user_waits_before_the_next_change_of_his_own_accord),
        TEST(neither_root_nor_who_must_change_waits),
        TEST(changes_within_a_minute_are_one_row_and_a_count),
        TEST(the_count_comes_with_the_next_session),
        TEST(every_required_change_has_its_row),
        TEST(a_change_that_fails_is_not_counted),
        TEST(what_root_sets_is_temporary_and_audited),
        TEST(what_root_sets_is_final_when_policy_says_so),
        TEST(root_is_only_warned_of_a_weak_password),
        TEST(not_even_root_sets_an_empty_password),
        TEST(an_account_without_password_gets_one_from_root),
        TEST(a_change_that_waited_is_made_when_nothing_stands_against_it),
        TEST(a_change_loses_to_a_reset_made_meanwhile),
        TEST(a_change_loses_to_a_suspension_made_meanwhile),
        TEST(a_change_loses_to_a_deletion_made_meanwhile),
        TEST(roots_word_loses_to_a_suspension_made_meanwhile),
        TEST(roots_word_loses_to_a_deletion_made_meanwhile),
        TEST(a_session_records_the_login),
        TEST(a_refused_session_records_nothing),
        TEST(no_password_is_left_in_any_file),
        TEST(the_attempts_file_holds_no_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
