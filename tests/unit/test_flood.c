/*
 * A user's many helpers, each executed with a time of his own: neither another user's login nor an answer about
 * himself depends on it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture/fixture.h"
#include "fixture/visit.h"

enum { CALLER = VISIT_CALLER, VICTIM = 70101, HELPERS = 30, LOGINS = 9, INSTANTS = 22, PATIENCE_MS = 8000 };

static int setup(void **state)
{
    struct account victim = fixture_account("victim", VICTIM);

    (void)state;
    visit_setup();
    fixture_add(&victim, VISIT_RIGHT);
    return 0;
}

/* -- a slack of 30 s: every short wait lasts as long as the helper ----------------------------- */

static bool slack(void)
{
    return prctl(PR_SET_TIMERSLACK, 30000000000UL, 0, 0, 0) == 0;
}

static void begin_flood(struct visitor ret[HELPERS])
{
    const struct visit hostile = { .uid = CALLER, .hostile = slack };
    const struct request request = visit_own(REQUEST_AUTHENTICATE, "wrong-password-1");

    for (int i = 0; i < HELPERS; i++)
        ret[i] = visit_begin(&hostile, &request, sizeof request);
}

/* How many of them were answered: with the slack one that has to wait ends first. */
static int end_flood(struct visitor flood[HELPERS])
{
    struct answer answer;
    int answered = 0;

    for (int i = 0; i < HELPERS; i++) {
        answered += visit_answer(&flood[i], PATIENCE_MS, &answer);
        visit_end(&flood[i]);
    }
    return answered;
}

static void a_flood_with_slack_keeps_nobody_else_out(void **state)
{
    const struct visit by_root = { .uid = 0 };
    const struct request login = visit_request(REQUEST_AUTHENTICATE, "victim", VICTIM, VISIT_RIGHT);
    struct visitor flood[HELPERS];
    struct answer answer;

    (void)state;
    for (int i = 0; i < LOGINS; i++) {
        begin_flood(flood);
        usleep(20000);
        assert_true(visit(&by_root, &login, sizeof login, &answer));
        assert_int_equal(answer.right, 1);
        assert_int_equal(end_flood(flood), HELPERS);
    }
}

/* -- a timer of the processor's time: at any instant of the judging ------------------------------- */

static int instant_ms;

static bool profile(void)
{
    const struct itimerval once = { .it_value = { 0, instant_ms * 1000L } };

    return setitimer(ITIMER_PROF, &once, NULL) == 0;
}

static void no_instant_ends_a_helper(void **state)
{
    const struct visit hostile = { .uid = CALLER, .hostile = profile };
    const struct request right = visit_own(REQUEST_AUTHENTICATE, VISIT_RIGHT);
    struct answer answer;

    (void)state;
    for (instant_ms = 4; instant_ms < 4 + INSTANTS; instant_ms++) {
        assert_true(visit(&hostile, &right, sizeof right, &answer));
        assert_int_equal(answer.right, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_flood_with_slack_keeps_nobody_else_out, setup),
        cmocka_unit_test_setup(no_instant_ends_a_helper, setup),
    };

    return cmocka_run_group_tests_name("flood", tests, NULL, NULL);
}
