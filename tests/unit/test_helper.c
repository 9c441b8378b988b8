/*
 * What is sent to coder_helper by whoever executes it himself: what is no request gets no answer, one visit
 * is one answer, and nobody is held up. One source, two builds: in a private world the caller is a user.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pam_coder/request.h"
#include "fixture/fixture.h"
#include "fixture/visit.h"

#define RIGHT VISIT_RIGHT
#define WRONG "wrong-password-1"

enum { CALLER = VISIT_CALLER };

static uid_t caller_uid; /* CALLER in the world, 0 (himself) else */

static int setup(void **state)
{
    (void)state;
    visit_setup();
    return 0;
}

/* -- what is no request ------------------------------------------------------------------- */

static void expect_nothing(const void *packet, size_t size)
{
    struct visit visit_by = { .uid = caller_uid };
    struct answer answer;

    assert_false(visit(&visit_by, packet, size, &answer));
}

static void what_is_no_request_gets_no_answer(void **state)
{
    static char large[65536];
    struct request request = visit_own(REQUEST_AUTHENTICATE, RIGHT);
    struct request broken = request;

    (void)state;
    memcpy(large, &request, sizeof request);
    expect_nothing(&request, sizeof request - 1);
    expect_nothing(&request, 1);
    expect_nothing(large, sizeof request + 1);
    expect_nothing(large, sizeof large);
    broken.size--;
    expect_nothing(&broken, sizeof broken);
    broken = request;
    broken.kind = REQUEST_KINDS;
    expect_nothing(&broken, sizeof broken);
    broken.kind = UINT32_MAX;
    expect_nothing(&broken, sizeof broken);
    memset(&broken, 0xff, sizeof broken);
    expect_nothing(&broken, sizeof broken);
    assert_int_equal(fixture_failures("1"), 0);
}

static void a_text_without_an_end_is_no_request(void **state)
{
    static const struct {
        size_t offset, size;
    } texts[] = {
#define TEXT(field) { offsetof(struct request, field), sizeof(((struct request *)NULL)->field) }
        TEXT(user), TEXT(service), TEXT(tty), TEXT(rhost), TEXT(address), TEXT(server), TEXT(password), TEXT(new_password),
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct request request = visit_own(REQUEST_AUTHENTICATE, RIGHT);

        memset((char *)&request + texts[i].offset, 'x', texts[i].size);
        expect_nothing(&request, sizeof request);
    }
}

/* -- descriptor 0 ------------------------------------------------------------------------- */

static bool no_descriptor(void) { return close(0) == 0; }

static bool no_socket(void)
{
    int pair[2];

    return pipe(pair) == 0 && dup2(pair[0], 0) == 0;
}

static bool a_file(void) { return dup2(open("/dev/zero", O_RDWR), 0) == 0; }
static bool a_public_file(void) { return dup2(open("/etc/passwd", O_RDONLY), 0) == 0; }

static void descriptor_0_must_be_a_socket(void **state)
{
    static bool (*const hostile[])(void) = { no_descriptor, no_socket, a_file, a_public_file };
    struct request request = visit_own(REQUEST_AUTHENTICATE, RIGHT);
    struct answer answer;

    (void)state;
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        struct visit visit_by = { .uid = caller_uid, .hostile = hostile[i] };

        assert_false(visit(&visit_by, &request, sizeof request, &answer));
    }
}

/* A stream has no packets: half a request is none, and what follows is not waited for. */
static void a_stream_is_no_way_round(void **state)
{
    static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
    struct request request = visit_own(REQUEST_AUTHENTICATE, WRONG);
    struct answer answer;

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct visit visit_by = { .uid = caller_uid, .type = types[i] };

        if (types[i] == SOCK_STREAM) /* a datagram's sender is not told that nobody answers */
            assert_false(visit(&visit_by, &request, sizeof request / 2, &answer));
        if (visit(&visit_by, &request, sizeof request, &answer))
            assert_int_equal(answer.right, 0);
    }
    assert_true(fixture_failures("1") <= 2);
}

/* -- time --------------------------------------------------------------------------------- */

static void who_says_nothing_holds_nobody_up(void **state)
{
    enum { SILENT = 20 };
    struct visit visit_by = { .uid = caller_uid };
    struct request request = visit_own(REQUEST_AUTHENTICATE, RIGHT);
    struct visitor silent[SILENT];
    struct answer answer;

    (void)state;
    for (size_t i = 0; i < SILENT; i++)
        silent[i] = visit_begin(&visit_by, NULL, VISIT_SILENT);
    assert_true(visit(&visit_by, &request, sizeof request, &answer));
    assert_int_equal(answer.right, 1);
    fixture_sql("UPDATE accounts SET full_name = 'written meanwhile'");
    for (size_t i = 0; i < SILENT; i++) {
        int status;

        assert_int_equal(waitpid(silent[i].pid, &status, 0), silent[i].pid); /* though we hold on */
        assert_int_equal(status, 1 << 8);
        close(silent[i].fd);
    }
}

static void who_hangs_up_is_counted(void **state)
{
    struct visit visit_by = { .uid = caller_uid };
    struct request request = visit_own(REQUEST_AUTHENTICATE, WRONG);

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct visitor visitor = visit_begin(&visit_by, &request, sizeof request);

        assert_int_equal(visit_end(&visitor), 0);
    }
    assert_int_equal(fixture_failures("uid = 70100"), 3);
}

static void one_visit_is_one_answer(void **state)
{
    struct visit visit_by = { .uid = caller_uid };
    struct request request = visit_own(REQUEST_AUTHENTICATE, WRONG);
    struct visitor visitor = visit_begin(&visit_by, &request, sizeof request);
    struct answer answer;
    int answers = 0;

    (void)state;
    for (int i = 0; i < 5; i++)
        (void)send(visitor.fd, &request, sizeof request, MSG_NOSIGNAL | MSG_DONTWAIT);
    /* unread packets at the helper's end can cost the caller his one answer (unix(7), ECONNRESET) */
    for (int i = 0; i < 6; i++)
        answers += visit_answer(&visitor, 2000, &answer);
    assert_true(answers <= 1);
    assert_int_equal(visit_end(&visitor), 0);
    assert_int_equal(fixture_failures("1"), 1);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_no_request_gets_no_answer),
        TEST(a_text_without_an_end_is_no_request),
        TEST(descriptor_0_must_be_a_socket),
        TEST(a_stream_is_no_way_round),
        TEST(who_says_nothing_holds_nobody_up),
        TEST(who_hangs_up_is_counted),
        TEST(one_visit_is_one_answer),
    };

    if (getenv("CODER_PAM_MODULE") == NULL) /* the shipped helper, so this is the world */
        caller_uid = CALLER;
    return cmocka_run_group_tests_name("helper", tests, NULL, NULL);
}
