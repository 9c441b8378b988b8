/*
 * Many at once, in a private world: guesses made side by side are no more than guesses made one by one, and
 * right passwords side by side never get in each other's way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "sql/account.h"
#include "fixture/fixture.h"
#include "fixture/pam_host.h"

#define RIGHT "plain-horse-9-lantern"
#define WRONG "wrong-password-1"

enum { USER_UID = 70100, GUESSER_UID = 70105, GUESSERS = 100, CLIENTS = 24, ROUNDS = 50, CLIENTS_MAX = 100 };

static struct client {
    int codes[ROUNDS];
    double milliseconds[ROUNDS];
} *clients; /* shared with their processes */

static int setup(void **state)
{
    struct account one = fixture_account("ada", USER_UID);

    (void)state;
    fixture_reset();
    fixture_add(&one, RIGHT);
    fixture_publish();
    memset(clients, 0xff, CLIENTS_MAX * sizeof *clients);
    return 0;
}

static double milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int answer(int count, const struct pam_message **messages, struct pam_response **ret, void *data)
{
    *ret = calloc((size_t)count, sizeof **ret);
    for (int i = 0; i < count; i++)
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            (*ret)[i].resp = strdup(data);
    return PAM_SUCCESS;
}

static int authenticate(const char *password, const char *rhost)
{
    static const char *const none[] = { NULL };
    const struct pam_conv conversation = { answer, (void *)(uintptr_t)password };
    pam_handle_t *pamh = host_start("ada", none);
    int code;

    pam_set_item(pamh, PAM_CONV, &conversation);
    pam_set_item(pamh, PAM_RHOST, rhost);
    code = pam_authenticate(pamh, 0);
    pam_end(pamh, code);
    return code;
}

/* One client's process: real uid `uid`, as a setuid program's; all begin when the pipe is closed. */
static void live(struct client *client, uid_t uid, int rounds, const char *password, int start)
{
    char none;

    if (setresuid(uid, 0, 0) != 0 || read(start, &none, 1) != 0)
        _exit(1);
    for (int i = 0; i < rounds; i++) {
        double begun = milliseconds();

        client->codes[i] = authenticate(password, HOST_RHOST);
        client->milliseconds[i] = milliseconds() - begun;
    }
    _exit(0);
}

static void run_at_once(size_t count, uid_t uid, int rounds, const char *password)
{
    int start[2], status;

    assert_int_equal(pipe(start), 0);
    fflush(NULL);
    for (size_t i = 0; i < count; i++) {
        if (fork() == 0) {
            close(start[1]);
            live(&clients[i], uid, rounds, password, start[0]);
        }
    }
    close(start[0]);
    close(start[1]);
    for (size_t i = 0; i < count; i++)
        assert_true(wait(&status) > 0 && status == 0);
}

static void a_hundred_guesses_at_once_are_five(void **state)
{
    (void)state;
    run_at_once(GUESSERS, GUESSER_UID, 1, WRONG);
    for (size_t i = 0; i < GUESSERS; i++)
        assert_int_equal(clients[i].codes[0], PAM_AUTH_ERR);
    assert_int_equal(fixture_activity_number("SELECT sum(count) FROM failures"), 5);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM pending"), 0);
    run_at_once(1, GUESSER_UID, 1, RIGHT);
    assert_int_equal(clients[0].codes[0], PAM_AUTH_ERR);
    run_at_once(1, USER_UID, 1, RIGHT); /* another origin */
    assert_int_equal(clients[0].codes[0], PAM_SUCCESS);
    assert_int_equal(fixture_activity_number("SELECT sum(count) FROM failures"), 5);
}

/* Wrong ones among many right ones: each is counted, and none passes. */
static void right_ones_do_not_hide_wrong_ones(void **state)
{
    (void)state;
    run_at_once(4, GUESSER_UID, 1, WRONG);
    assert_int_equal(fixture_activity_number("SELECT sum(count) FROM failures"), 4);
    run_at_once(8, USER_UID, 2, RIGHT);
    assert_int_equal(fixture_activity_number("SELECT sum(count) FROM failures"), 4);
    run_at_once(8, GUESSER_UID, 1, WRONG);
    assert_int_equal(fixture_activity_number("SELECT sum(count) FROM failures"), 5);
}

static void a_success_clears_its_own_origin_only(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++)
        assert_int_equal(authenticate(WRONG, i % 2 == 0 ? "192.0.2.20" : "192.0.2.21"), PAM_AUTH_ERR);
    assert_int_equal(authenticate(RIGHT, "192.0.2.20"), PAM_SUCCESS);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM failures"), 1);
    assert_int_equal(fixture_activity_number("SELECT sum(count) FROM failures WHERE origin ="
                                             " 'ip:192.0.2.21'"), 3);
}

static int compare(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

static void tell_times(void)
{
    static double all[CLIENTS * ROUNDS];

    for (size_t i = 0; i < CLIENTS * ROUNDS; i++)
        all[i] = clients[i / ROUNDS].milliseconds[i % ROUNDS];
    qsort(all, CLIENTS * ROUNDS, sizeof all[0], compare);
    printf("# %d clients x %d: median %.0f ms, p99 %.0f ms, most %.0f ms\n", CLIENTS, ROUNDS,
           all[CLIENTS * ROUNDS / 2], all[CLIENTS * ROUNDS * 99 / 100], all[CLIENTS * ROUNDS - 1]);
}

static void all_right_ones_are_let_in(void **state)
{
    int refused = 0;

    (void)state;
    run_at_once(CLIENTS, 0, ROUNDS, RIGHT);
    for (size_t i = 0; i < CLIENTS * ROUNDS; i++)
        refused += clients[i / ROUNDS].codes[i % ROUNDS] != PAM_SUCCESS;
    tell_times();
    assert_int_equal(refused, 0);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM failures"), 0);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM pending"), 0);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_hundred_guesses_at_once_are_five),
        TEST(right_ones_do_not_hide_wrong_ones),
        TEST(a_success_clears_its_own_origin_only),
        TEST(all_right_ones_are_let_in),
    };
    int failed;

    clients = mmap(NULL, CLIENTS_MAX * sizeof *clients, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (clients == MAP_FAILED || !host_open())
        return 1;
    failed = cmocka_run_group_tests_name("parallel", tests, NULL, NULL);
    host_close();
    return failed;
}
