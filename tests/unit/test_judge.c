/*
 * Judging: every state of an account against every kind of request, what is charged, what is
 * written, who wins against an administrator, and that nothing secret is left behind.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <crypt.h>

#include "pam_coder/credential.h"
#include "pam_coder/judge.h"
#include "pam_coder/request.h"
#include "sql/account.h"
#include "sql/activity.h"
#include "sql/database.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_audit.h"
#include "sql/store_changes.h"
#include "fixture/fixture.h"

#define RIGHT "the right passphrase"
#define WRONG "the wrong passphrase"
#define NEW "another long passphrase"
#define ROOT CODER_OWNER_UID /* whom this build takes for root */
#define HERE "192.0.2.1"
#define THERE "192.0.2.2"
enum { ALICE = 70100, STRANGER = 5000 };

static int fresh(void **state)
{
    (void)state;
    fixture_reset();
    return 0;
}

/* alice, active, with the right password. */
static int with_alice(void **state)
{
    struct account alice = fixture_account("alice", ALICE);

    fresh(state);
    fixture_add(&alice, RIGHT);
    return 0;
}

/* A request about alice by sshd from HERE; the caller changes what differs. */
static struct request about_alice(enum request_kind kind, const char *password)
{
    struct request request = { .size = sizeof request,
                               .kind = kind,
                               .uid = ALICE,
                               .user = "alice",
                               .service = "sshd",
                               .tty = "ssh",
                               .rhost = "client",
                               .address = HERE };

    snprintf(request.password, sizeof request.password, "%s", password);
    return request;
}

static struct answer judge(const struct request *request, uint32_t caller_uid)
{
    const struct judge here = { .private_dir = FIXTURE_PRIVATE,
                                .run_dir = FIXTURE_RUN,
                                .caller_uid = caller_uid };
    struct answer answer;

    memset(&answer, 0x5a, sizeof answer);
    judge_request(&here, request, &answer);
    return answer;
}

static struct answer ask(enum request_kind kind, const char *password)
{
    struct request request = about_alice(kind, password);
    struct answer answer = judge(&request, ROOT);

    assert_true(answer_is_sound(&answer, sizeof answer));
    return answer;
}

static struct answer ask_from(const char *address, enum request_kind kind, const char *password)
{
    struct request request = about_alice(kind, password);

    snprintf(request.address, sizeof request.address, "%s", address);
    return judge(&request, ROOT);
}

/* A change from `current` to `new_password`, or with SET root's word. */
static struct answer ask_change(enum request_kind kind, const char *current,
                                const char *new_password)
{
    struct request request = about_alice(kind, current);
    struct answer answer;

    snprintf(request.new_password, sizeof request.new_password, "%s", new_password);
    answer = judge(&request, ROOT);
    assert_true(answer_is_sound(&answer, sizeof answer));
    return answer;
}

static void assert_answer(struct answer answer, enum verdict verdict, bool right)
{
    assert_string_equal(verdict_name((enum verdict)answer.verdict), verdict_name(verdict));
    assert_int_equal(answer.right, right);
}

static bool password_is(const char *password)
{
    struct store *store = NULL;
    struct account alice;

    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store), STORE_OK);
    assert_int_equal(store_account_by_uid(store, ALICE, &alice), STORE_OK);
    store_close(store);
    return credential_verify(password, alice.hash);
}

static int64_t failures_of(uint32_t uid)
{
    char sql[96];

    snprintf(sql, sizeof sql, "SELECT coalesce(sum(count), 0) FROM failures WHERE uid = %u", uid);
    return fixture_activity_number(sql);
}

static int64_t audit_rows(void)
{
    return fixture_number("SELECT count(*) FROM audit");
}

/* -- the contract's table ----------------------------------------------------------------- */

static const struct {
    const char *sql;
    enum verdict verdict;
    bool may_enter;
} states[] = {
    { "UPDATE accounts SET status = 'active'", VERDICT_ACTIVE, true },
    { "UPDATE accounts SET temporary = 1", VERDICT_TEMPORARY, true },
    { "UPDATE accounts SET temporary = 1, temporary_until = 1", VERDICT_TEMPORARY_EXPIRED, false },
    { "UPDATE accounts SET expires_at = 1", VERDICT_ACCOUNT_EXPIRED, false },
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

    for (size_t i = 1; i <= 2; i++) { /* temporary, temporary expired */
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

static struct answer ask_as(const char *name, uint32_t uid, enum request_kind kind)
{
    struct request request = about_alice(kind, RIGHT);

    snprintf(request.user, sizeof request.user, "%s", name);
    snprintf(request.new_password, sizeof request.new_password, NEW);
    request.uid = uid;
    return judge(&request, ROOT);
}

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

/* -- charging ----------------------------------------------------------------------------- */

static void five_wrong_passwords_lock_this_origin_only(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_answer(ask(REQUEST_AUTHENTICATE, WRONG), VERDICT_ACTIVE, false);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_LOCKED, false);
    assert_answer(ask(REQUEST_VERIFY, RIGHT), VERDICT_LOCKED, false);
    assert_answer(ask_change(REQUEST_CHANGE, RIGHT, NEW), VERDICT_LOCKED, false);
    assert_answer(ask(REQUEST_ACCOUNT, ""), VERDICT_ACTIVE, false); /* keys are not guesses */
    assert_answer(ask(REQUEST_SESSION, ""), VERDICT_ACTIVE, false);
    assert_answer(ask_from(THERE, REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_LOCKED, false);
    assert_int_equal(failures_of(ALICE), 5);
    assert_true(password_is(RIGHT));
}

static void every_comparison_charges(void **state)
{
    (void)state;
    ask(REQUEST_AUTHENTICATE, WRONG);
    ask(REQUEST_VERIFY, WRONG);
    ask_change(REQUEST_CHANGE, WRONG, NEW);
    assert_int_equal(failures_of(ALICE), 3);
}

static void a_lock_that_has_run_out_lets_the_right_password_in(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        ask(REQUEST_AUTHENTICATE, WRONG);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_LOCKED, false);
    fixture_activity_sql("UPDATE failures SET last = last - 31");
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
    assert_int_equal(failures_of(ALICE), 0);
}

static void locked_comes_before_suspended(void **state)
{
    (void)state;
    fixture_sql("UPDATE accounts SET status = 'suspended'");
    for (int i = 0; i < 5; i++)
        assert_answer(ask(REQUEST_AUTHENTICATE, WRONG), VERDICT_SUSPENDED, false);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_LOCKED, false);
}

static void a_right_password_refused_for_another_reason_is_no_failure(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        ask(REQUEST_AUTHENTICATE, WRONG);
    fixture_sql("UPDATE accounts SET status = 'suspended'");
    for (int i = 0; i < 6; i++)
        assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_SUSPENDED, true);
    assert_int_equal(failures_of(ALICE), 4);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM known_origins"), 0);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM pending"), 0);
}

static void success_makes_the_origin_known_and_clears_it(void **state)
{
    (void)state;
    ask(REQUEST_AUTHENTICATE, WRONG);
    ask_from(THERE, REQUEST_AUTHENTICATE, WRONG);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
    assert_int_equal(failures_of(ALICE), 1);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM known_origins WHERE uid = 70100"
                                             " AND origin = 'ip:192.0.2.1'"),
                     1);
}

static void an_unprivileged_caller_is_its_own_origin(void **state)
{
    struct request request = about_alice(REQUEST_AUTHENTICATE, WRONG);

    (void)state;
    judge(&request, 4000);
    assert_int_equal(
        fixture_activity_number("SELECT count FROM failures WHERE origin = 'uid:4000'"), 1);
}

static void plant_pending(int count)
{
    char sql[256];

    ask(REQUEST_AUTHENTICATE, RIGHT); /* so that there is a file */
    snprintf(sql, sizeof sql,
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             " INSERT INTO pending (uid, origin, at) SELECT 70100, 'ip:" HERE
             "', unixepoch() FROM n",
             count);
    fixture_activity_sql(sql);
}

/* argument: SQL for the store just before, or NULL. */
static void *land_soon(void *argument)
{
    sqlite3 *db = NULL;

    usleep(400000);
    if (argument != NULL)
        fixture_sql(argument);
    if (sqlite3_open_v2(FIXTURE_PRIVATE "/activity.db", &db, SQLITE_OPEN_READWRITE, NULL) ==
        SQLITE_OK) {
        sqlite3_busy_timeout(db, 2000);
        sqlite3_exec(db, "DELETE FROM pending WHERE id = (SELECT min(id) FROM pending)", NULL, NULL,
                     NULL);
    }
    sqlite3_close(db);
    return NULL;
}

static void an_attempt_waits_for_those_in_flight(void **state)
{
    int64_t start;
    pthread_t thread;

    (void)state;
    plant_pending(5);
    start = packet_clock();
    assert_int_equal(pthread_create(&thread, NULL, land_soon, NULL), 0);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
    pthread_join(thread, NULL);
    assert_true(packet_clock() - start >= 399);
    assert_int_equal(failures_of(ALICE), 0);
}

/* The right password after a wait in which an administrator did this. */
static struct answer ask_after_waiting(char *sql)
{
    struct answer answer;
    pthread_t thread;

    plant_pending(5);
    assert_int_equal(pthread_create(&thread, NULL, land_soon, sql), 0);
    answer = ask(REQUEST_AUTHENTICATE, RIGHT);
    pthread_join(thread, NULL);
    return answer;
}

static void what_was_read_before_waiting_is_read_again(void **state)
{
    char suspended[] = "UPDATE accounts SET status = 'suspended'";
    char reset[] = "UPDATE accounts SET hash = '$y$j9T$x$y', temporary = 1";
    char deleted[] = "PRAGMA foreign_keys = ON; DELETE FROM accounts";

    assert_answer(ask_after_waiting(suspended), VERDICT_SUSPENDED, true);
    with_alice(state);
    assert_answer(ask_after_waiting(reset), VERDICT_TEMPORARY, false);
    with_alice(state);
    assert_int_equal(ask_after_waiting(deleted).right, 0);
}

static void an_attempt_waits_no_longer_than_five_seconds(void **state)
{
    int64_t start, took;

    (void)state;
    plant_pending(5);
    start = packet_clock();
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_LOCKED, false);
    took = packet_clock() - start;
    assert_true(took >= 4900 && took < 9000);
    assert_int_equal(failures_of(ALICE), 0);
}

struct parallel {
    const char *password;
    struct answer answer;
};

static void *ask_in_parallel(void *argument)
{
    struct parallel *parallel = argument;
    struct request request = about_alice(REQUEST_AUTHENTICATE, parallel->password);

    parallel->answer = judge(&request, ROOT);
    return NULL;
}

/* Twelve at once; how many were right, and how many were judged at all. */
static void ask_twelve(const char *password, int *ret_right, int *ret_judged)
{
    struct parallel parallel[12];
    pthread_t threads[12];

    *ret_right = *ret_judged = 0;
    for (int i = 0; i < 12; i++) {
        parallel[i].password = password;
        assert_int_equal(pthread_create(&threads[i], NULL, ask_in_parallel, &parallel[i]), 0);
    }
    for (int i = 0; i < 12; i++) {
        pthread_join(threads[i], NULL);
        *ret_right += parallel[i].answer.right == 1;
        *ret_judged += parallel[i].answer.verdict == VERDICT_ACTIVE;
    }
}

static void twelve_right_passwords_at_once_all_get_in(void **state)
{
    int right, judged;

    (void)state;
    ask_twelve(RIGHT, &right, &judged);
    assert_int_equal(right, 12);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM pending"), 0);
}

static void of_twelve_wrong_passwords_at_once_five_are_judged(void **state)
{
    int right, judged;

    (void)state;
    ask_twelve(WRONG, &right, &judged);
    assert_int_equal(right, 0);
    assert_int_equal(judged, 5);
    assert_int_equal(failures_of(ALICE), 5);
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
                       " via = 'sshd' AND origin = 'ip:192.0.2.1' AND"
                       " before ->> 'must_change' = 1 AND after ->> 'must_change' = 0"),
        1);
    assert_int_equal(audit_rows(), 1);
}

/* Of the right password, by a former method. */
static void make_hash_outdated(void)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE], sql[600];
    struct crypt_data data = { 0 };

    assert_non_null(crypt_gensalt_rn("$6$", 0, NULL, 0, setting, sizeof setting));
    snprintf(sql, sizeof sql, "UPDATE accounts SET hash = '%s'",
             crypt_rn(RIGHT, setting, &data, sizeof data));
    fixture_sql(sql);
}

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
        TEST(five_wrong_passwords_lock_this_origin_only),
        TEST(every_comparison_charges),
        TEST(a_lock_that_has_run_out_lets_the_right_password_in),
        TEST(locked_comes_before_suspended),
        TEST(a_right_password_refused_for_another_reason_is_no_failure),
        TEST(success_makes_the_origin_known_and_clears_it),
        TEST(an_unprivileged_caller_is_its_own_origin),
        TEST(an_attempt_waits_for_those_in_flight),
        TEST(what_was_read_before_waiting_is_read_again),
        TEST(an_attempt_waits_no_longer_than_five_seconds),
        TEST(twelve_right_passwords_at_once_all_get_in),
        TEST(of_twelve_wrong_passwords_at_once_five_are_judged),
        FRESH(whatever_is_wrong_with_the_store_is_unusable_for_everybody),
        TEST(a_locked_store_is_unusable_after_a_while),
        TEST(a_transaction_of_the_tool_does_not_stop_logins),
        TEST(what_cannot_be_charged_is_not_judged),
        TEST(with_a_stand_in_for_the_attempts_logins_go_on),
        TEST(a_change_needs_the_current_password),
        TEST(a_weak_new_password_is_named_and_nothing_changes),
        TEST(with_the_wrong_password_nothing_is_said_of_the_former_ones),
        TEST(a_change_is_written_with_its_audit_row),
        TEST(a_former_password_is_refused_until_it_is_old_enough),
        TEST(an_outdated_hash_is_renewed_once_at_a_login),
        FRESH(who_may_not_enter_keeps_his_outdated_hash),
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
