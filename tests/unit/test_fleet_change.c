/*
 * A user's change of a password of the fleet, as the helper judges it: what is asked of coder_fleet and when, what each of
 * its answers comes to, and that nobody waits for it without an end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pam_coder/credential.h"
#include "pam_coder/judge.h"
#include "pam_coder/login_day.h"
#include "pam_coder/request.h"
#include "pam_coder/turn.h"
#include "sql/account.h"
#include "fixture/fixture.h"
#include "fixture/fleet_player.h"
#include "fixture/judge_case.h"

static char coming[ACCOUNT_HASH_SIZE]; /* of NEW */

static void prepare(void **state)
{
    with_alice(state);
    fleet_joins(ALICE);
    if (coming[0] == '\0')
        assert_true(credential_hash(NEW, coming));
}

/* A change with this play; what was heard of it is in *ret_heard. */
static struct answer change_with(struct fleet_play play, const char **ret_heard)
{
    struct answer answer;

    play.uid = ALICE;
    fleet_play_begin(&play);
    answer = ask_change(REQUEST_CHANGE, RIGHT, NEW);
    *ret_heard = fleet_play_end();
    return answer;
}

static void what_is_asked_is_the_change_and_the_word_to_go(void **state)
{
    const char *heard;

    prepare(state);
    assert_answer(change_with((struct fleet_play){ .says = "ready\n", .goes = "done\n", .hash = coming }, &heard), VERDICT_ACTIVE, true);
    assert_string_equal(heard, "change-password\nname alice\nold 7468652072696768742070617373706872617365\n"
                               "new 616e6f74686572206c6f6e672070617373706872617365\n\ngo\n");
    assert_true(password_is(NEW));
    assert_int_equal(audit_rows(), 1);
    assert_int_equal(fixture_number("SELECT count(*) FROM audit WHERE event = 'password changed' AND via = 'sshd' AND after LIKE '%in the fleet%'"), 1);
}

static const struct {
    const char *says, *goes;
    bool right;
    uint32_t elsewhere, weakness, must_wait;
} answers[] = {
    { "wrong\n", NULL, false, ELSEWHERE_OVERTAKEN, 0, 0 },
    { "away\n", NULL, false, ELSEWHERE_AWAY, 0, 0 },
    { "", NULL, false, ELSEWHERE_AWAY, 0, 0 },
    { "done\0", NULL, false, ELSEWHERE_AWAY, 0, 0 },
    { "{\"line\":\"unusable\"}\n", NULL, false, ELSEWHERE_AWAY, 0, 0 },
    { "refused a rule\n", NULL, false, ELSEWHERE_REFUSED, 0, 0 },
    { "refused\n", NULL, false, ELSEWHERE_AWAY, 0, 0 },
    { "ready\n", "wrong\n", false, ELSEWHERE_OVERTAKEN, 0, 0 },
    { "ready\n", "used\n", false, ELSEWHERE_FLEET, CREDENTIAL_USED, 0 },
    { "ready\n", "early\n", false, ELSEWHERE_FLEET, 0, 1 },
    { "ready\n", "refused %s%n \x1b[2J\n", false, ELSEWHERE_REFUSED, 0, 0 },
    { "ready\n", "away\n", false, ELSEWHERE_AWAY, 0, 0 },
    { "ready\n", "unknown\n", false, ELSEWHERE_UNKNOWN, 0, 0 },
    { "ready\n", "", false, ELSEWHERE_UNKNOWN, 0, 0 },
    { "ready\n", "nonsense\n", false, ELSEWHERE_UNKNOWN, 0, 0 },
    { "ready\n", "done\n", true, ELSEWHERE_COMING, 0, 0 },
};

static void each_answer_has_its_meaning(void **state)
{
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        const char *heard;
        struct answer answer;

        prepare(state);
        answer = change_with((struct fleet_play){ .says = answers[i].says, .goes = answers[i].goes }, &heard);
        assert_answer(answer, VERDICT_ACTIVE, answers[i].right);
        assert_int_equal(answer.elsewhere, answers[i].elsewhere);
        assert_int_equal(answer.weakness, answers[i].weakness);
        assert_int_equal(answer.must_wait, answers[i].must_wait);
        assert_true(password_is(RIGHT));
        assert_int_equal(failures_of(ALICE), 0);
        assert_int_equal(audit_rows(), answers[i].right);
    }
}

static void a_change_that_comes_late_has_come(void **state)
{
    const char *heard;
    struct answer answer;

    prepare(state);
    answer = change_with((struct fleet_play){ .says = "ready\n", .goes = "done\n", .hash = coming, .pause_ms = 700 }, &heard);
    assert_true(answer.right);
    assert_int_equal(answer.elsewhere, ELSEWHERE_FLEET);
    prepare(state);
    answer = change_with((struct fleet_play){ .says = "ready\n", .goes = "unknown\n", .hash = coming, .pause_ms = 700 }, &heard);
    assert_true(answer.right);
    assert_int_equal(answer.elsewhere, ELSEWHERE_FLEET);
}

/* What hangs: how long it took, in milliseconds. */
static int64_t hangs(void **state, const char *says, const char *goes, uint32_t elsewhere)
{
    const char *heard;
    struct answer answer;
    int64_t begin;

    prepare(state);
    begin = packet_clock();
    answer = change_with((struct fleet_play){ .says = says, .goes = goes }, &heard);
    begin = packet_clock() - begin;
    assert_answer(answer, VERDICT_ACTIVE, false);
    assert_int_equal(answer.elsewhere, elsewhere);
    assert_true(password_is(RIGHT));
    return begin;
}

static void nobody_waits_without_an_end(void **state)
{
    assert_in_range(hangs(state, NULL, NULL, ELSEWHERE_AWAY), 5900, 7500);
    assert_in_range(hangs(state, "read", NULL, ELSEWHERE_AWAY), 0, 7500);
    assert_in_range(hangs(state, "ready\n", NULL, ELSEWHERE_UNKNOWN), 5900, 9500);
}

static void a_helper_whose_time_is_short_begins_none(void **state)
{
    const char *heard;
    struct answer answer;

    prepare(state);
    alarm(9);
    answer = change_with((struct fleet_play){ .says = "ready\n", .goes = "done\n" }, &heard);
    assert_in_range(alarm(0), 7, 9);
    assert_int_equal(answer.elsewhere, ELSEWHERE_AWAY);
    assert_string_equal(heard, "");
}

static void without_a_door_nothing_is_changed(void **state)
{
    prepare(state);
    assert_int_equal(ask_change(REQUEST_CHANGE, RIGHT, NEW).elsewhere, ELSEWHERE_AWAY);
    assert_true(password_is(RIGHT));
}

/* Asked of the fleet only by who knows the password, may enter, and has a good new one. */
static void who_is_refused_here_is_no_matter_of_the_fleet(void **state)
{
    struct fleet_play play = { .says = "ready\n", .goes = "done\n", .uid = ALICE };

    prepare(state);
    fleet_play_begin(&play);
    assert_answer(ask_change(REQUEST_CHANGE, WRONG, NEW), VERDICT_ACTIVE, false);
    assert_int_equal(failures_of(ALICE), 1);
    assert_int_equal(ask_change(REQUEST_CHANGE, RIGHT, "short").weakness, CREDENTIAL_TOO_SHORT);
    assert_int_equal(ask_change(REQUEST_CHANGE, RIGHT, RIGHT).weakness, CREDENTIAL_SAME);
    assert_answer(ask_change(REQUEST_SET, "", NEW), VERDICT_ACTIVE, false);
    assert_int_equal(ask_change(REQUEST_SET, "", NEW).elsewhere, ELSEWHERE_FLEET);
    fixture_sql("INSERT INTO policy VALUES ('password_min_hours', '1')");
    fixture_sql("UPDATE fleet SET applying = 1; UPDATE accounts SET password_changed_at = unixepoch(); UPDATE fleet SET applying = NULL");
    assert_int_equal(ask_change(REQUEST_CHANGE, RIGHT, NEW).must_wait, 1);
    fixture_sql("DELETE FROM policy");
    fixture_sql("UPDATE fleet_accounts SET status = 'suspended'");
    assert_answer(ask_change(REQUEST_CHANGE, RIGHT, NEW), VERDICT_SUSPENDED, false);
    assert_string_equal(fleet_play_end(), "");
    assert_true(password_is(RIGHT));
}

/* -- who asks at once -------------------------------------------------------------------------------------------- */

enum { DOOR_TURNS = 2, DOOR_TURNS_OF_ALL = 24 };

/* Of another process each: a process has its own locks always. Ends with what it has to end. */
static pid_t has_a_turn(uint32_t uid)
{
    int told[2];
    char given = 'n';
    pid_t pid;

    assert_int_equal(pipe(told), 0);
    pid = fork();
    if (pid == 0) {
        given = turn_at_door(FIXTURE_RUN, uid) >= 0 ? 'y' : 'n';
        if (write(told[1], &given, 1) == 1 && given == 'y')
            pause();
        _exit(0);
    }
    assert_int_equal(read(told[0], &given, 1), 1);
    close(told[0]);
    close(told[1]);
    if (given == 'y')
        return pid;
    waitpid(pid, NULL, 0);
    return 0;
}

static void take_back(const pid_t *pids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pids[i] > 0) {
            kill(pids[i], SIGKILL);
            waitpid(pids[i], NULL, 0);
        }
}

static void one_account_does_not_fill_the_door(void **state)
{
    struct fleet_play play = { .says = "ready\n", .goes = "done\n", .uid = ALICE };
    pid_t turns[DOOR_TURNS + 2] = { 0 };
    int64_t begin;

    prepare(state);
    for (size_t i = 0; i < DOOR_TURNS; i++)
        assert_true((turns[i] = has_a_turn(ALICE)) > 0);
    assert_int_equal(has_a_turn(ALICE), 0);
    fleet_play_begin(&play);
    begin = packet_clock();
    assert_int_equal(ask_change(REQUEST_CHANGE, RIGHT, NEW).elsewhere, ELSEWHERE_AWAY);
    assert_in_range(packet_clock() - begin, 0, 2000);
    assert_string_equal(fleet_play_end(), "");
    assert_true((turns[DOOR_TURNS] = has_a_turn(ALICE + 1)) > 0);
    take_back(turns, sizeof turns / sizeof turns[0]);
    turns[0] = has_a_turn(ALICE);
    assert_true(turns[0] > 0);
    take_back(turns, 1);
}

static void nor_do_all_together(void **state)
{
    pid_t turns[DOOR_TURNS_OF_ALL] = { 0 };

    prepare(state);
    for (size_t i = 0; i < DOOR_TURNS_OF_ALL; i++)
        assert_true((turns[i] = has_a_turn(ALICE + (uint32_t)i / 2)) > 0);
    assert_int_equal(has_a_turn(ALICE + 1000), 0);
    take_back(turns, 1);
    turns[0] = has_a_turn(UINT32_MAX - 1);
    assert_true(turns[0] > 0);
    take_back(turns, DOOR_TURNS_OF_ALL);
}

/* -- policy fleet_offline_temporary -------------------------------------------------------------------------------- */

static struct answer ask_account(pid_t host)
{
    const struct judge here = { .private_dir = FIXTURE_PRIVATE, .run_dir = FIXTURE_RUN, .caller_uid = ROOT, .host = host };
    struct request request = about_alice(REQUEST_ACCOUNT, "");
    struct login_day login;
    struct answer answer;

    judge_request(&here, &request, &answer, &login);
    assert_true(answer_is_sound(&answer, sizeof answer));
    return answer;
}

static void with_a_temporary_one(void **state, const char *until)
{
    char sql[256];

    prepare(state);
    snprintf(sql, sizeof sql, "UPDATE fleet SET applying = 1; UPDATE accounts SET temporary = 1, temporary_until = %s; UPDATE fleet SET applying = NULL", until);
    fixture_sql(sql);
}

static void offline_a_temporary_password_lets_in_where_policy_says_so(void **state)
{
    struct fleet_play there = { .says = "there\n" }, away = { .says = "away\n" }, hung = { .says = NULL };
    int64_t begin;

    with_a_temporary_one(state, "unixepoch() + 60");
    fleet_play_begin(&away);
    assert_answer(ask_account(getpid()), VERDICT_TEMPORARY, false);
    assert_string_equal(fleet_play_end(), "");
    fixture_sql("INSERT INTO policy VALUES ('fleet_offline_temporary', '1')");
    fleet_play_begin(&away);
    assert_answer(ask_account(getpid()), VERDICT_ACTIVE, false);
    assert_int_equal(ask_account(getpid()).elsewhere, ELSEWHERE_AWAY);
    assert_int_equal(strncmp(fleet_play_end(), "probe\n", 6), 0);
    fleet_play_begin(&there);
    assert_answer(ask_account(getpid()), VERDICT_TEMPORARY, false);
    assert_string_equal(fleet_play_end(), "probe\n");
    assert_answer(ask_account(getpid()), VERDICT_ACTIVE, false); /* no door at all */
    fleet_play_begin(&hung);
    begin = packet_clock();
    assert_answer(ask_account(getpid()), VERDICT_ACTIVE, false);
    assert_in_range(packet_clock() - begin, 1900, 3500);
    fleet_play_end();
}

static void offline_nobody_else_is_let_in(void **state)
{
    struct fleet_play away = { .says = "away\n" };

    with_a_temporary_one(state, "1");
    fixture_sql("INSERT INTO policy VALUES ('fleet_offline_temporary', '1')");
    fleet_play_begin(&away);
    assert_answer(ask_account(getpid()), VERDICT_TEMPORARY_EXPIRED, false);
    with_a_temporary_one(state, "unixepoch() + 60");
    fixture_sql("INSERT INTO policy VALUES ('fleet_offline_temporary', '1')");
    assert_answer(ask_account(0), VERDICT_TEMPORARY, false); /* not root's program */
    fixture_sql("UPDATE fleet_accounts SET here_suspended = 1");
    assert_answer(ask_account(getpid()), VERDICT_SUSPENDED, false);
    with_alice(state); /* of here */
    fixture_sql("UPDATE accounts SET temporary = 1");
    fixture_sql("INSERT INTO policy VALUES ('fleet_offline_temporary', '1')");
    assert_answer(ask_account(getpid()), VERDICT_TEMPORARY, false);
    assert_string_equal(fleet_play_end(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_is_the_change_and_the_word_to_go),
        cmocka_unit_test(each_answer_has_its_meaning),
        cmocka_unit_test(a_change_that_comes_late_has_come),
        cmocka_unit_test(nobody_waits_without_an_end),
        cmocka_unit_test(a_helper_whose_time_is_short_begins_none),
        cmocka_unit_test(without_a_door_nothing_is_changed),
        cmocka_unit_test(who_is_refused_here_is_no_matter_of_the_fleet),
        cmocka_unit_test(one_account_does_not_fill_the_door),
        cmocka_unit_test(nor_do_all_together),
        cmocka_unit_test(offline_a_temporary_password_lets_in_where_policy_says_so),
        cmocka_unit_test(offline_nobody_else_is_let_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
