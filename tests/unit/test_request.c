/*
 * Packets between module and helper: what is sound, what a hostile or dead peer can do, and that
 * every wait ends at its deadline.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "pam_coder/credential.h"
#include "pam_coder/request.h"
#include "sql/account.h"

static struct request sound_request(void)
{
    struct request request = { .size = sizeof request,
                               .kind = REQUEST_AUTHENTICATE,
                               .uid = 70100,
                               .user = "alice",
                               .service = "sshd",
                               .tty = "ssh",
                               .rhost = "host",
                               .address = "192.0.2.1",
                               .password = "a",
                               .new_password = "b" };

    return request;
}

static struct answer sound_answer(void)
{
    struct answer answer = {
        .size = sizeof answer, .verdict = VERDICT_ACTIVE, .right = 1, .min_length = 12
    };

    return answer;
}

/* -- soundness ---------------------------------------------------------------------------- */

static void a_sound_request_is_sound(void **state)
{
    struct request request = sound_request();

    (void)state;
    for (uint32_t kind = 0; kind < REQUEST_KINDS; kind++) {
        request.kind = kind;
        assert_true(request_is_sound(&request, sizeof request));
    }
    request.uid = REQUEST_NO_UID;
    assert_true(request_is_sound(&request, sizeof request));
}

static void a_request_of_another_length_is_not(void **state)
{
    struct request request = sound_request();

    (void)state;
    assert_false(request_is_sound(&request, 0));
    assert_false(request_is_sound(&request, 4));
    assert_false(request_is_sound(&request, sizeof request - 1));
    assert_false(request_is_sound(&request, sizeof request + 1));
    assert_false(request_is_sound(&request, SIZE_MAX));
    request.size--;
    assert_false(request_is_sound(&request, sizeof request));
    request.size += 2;
    assert_false(request_is_sound(&request, sizeof request));
    request.size = 0;
    assert_false(request_is_sound(&request, sizeof request));
}

static void a_request_of_an_unknown_kind_is_not(void **state)
{
    static const uint32_t kinds[] = { REQUEST_KINDS, REQUEST_KINDS + 1, INT32_MAX, 0x80000000U,
                                      UINT32_MAX };
    struct request request = sound_request();

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        request.kind = kinds[i];
        assert_false(request_is_sound(&request, sizeof request));
    }
}

static void a_request_is_silent_or_not(void **state)
{
    struct request request = sound_request();

    (void)state;
    request.silent = 1;
    assert_true(request_is_sound(&request, sizeof request));
    request.silent = 2;
    assert_false(request_is_sound(&request, sizeof request));
    request.silent = UINT32_MAX;
    assert_false(request_is_sound(&request, sizeof request));
}

static void a_text_without_end_is_not_sound(void **state)
{
    static const struct {
        size_t offset, size;
    } fields[] = {
#define FIELD(name) { offsetof(struct request, name), sizeof(((struct request *)NULL)->name) }
        FIELD(user),    FIELD(service),  FIELD(tty),          FIELD(rhost),
        FIELD(address), FIELD(server),   FIELD(password),     FIELD(new_password),
    };

    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct request request = sound_request();
        char *field = (char *)&request + fields[i].offset;

        memset(field, 'x', fields[i].size);
        assert_false(request_is_sound(&request, sizeof request));
        field[fields[i].size - 1] = '\0'; /* the longest there is */
        assert_true(request_is_sound(&request, sizeof request));
    }
}

static void of_root_a_services_name_is_taken_or_is_other(void **state)
{
    static const char *const names[][2] = {
        { "sshd", "sshd" },      { "su-l", "su-l" },      { "gdm_x.Y9", "gdm_x.Y9" },
        { "", "other" },         { "a b", "other" },      { "ss\nhd", "other" },
        { "\x1b[2J", "other" },  { "caf\xc3\xa9", "other" }, { "a/b", "other" },
        { "a,b", "other" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct request request = sound_request();

        snprintf(request.service, sizeof request.service, "%s", names[i][0]);
        request_settle(&request, true);
        assert_string_equal(request.service, names[i][1]);
        assert_string_equal(request.tty, "ssh");
        assert_string_equal(request.rhost, "host");
        assert_string_equal(request.address, "192.0.2.1");
    }
}

static void of_anybody_else_nothing_is_taken(void **state)
{
    struct request request = sound_request();

    (void)state;
    request_settle(&request, false);
    assert_string_equal(request.service, "helper");
    assert_string_equal(request.tty, "");
    assert_string_equal(request.rhost, "");
    assert_string_equal(request.address, "");
    assert_string_equal(request.server, "");
    assert_string_equal(request.user, "alice");
    assert_string_equal(request.password, "a");
}

static void an_answers_texts_must_end(void **state)
{
    struct answer answer = { .size = sizeof answer };

    (void)state;
    memset(answer.last_origin, 'x', sizeof answer.last_origin);
    assert_false(answer_is_sound(&answer, sizeof answer));
    answer.last_origin[128] = '\0';
    assert_true(answer_is_sound(&answer, sizeof answer));
    memset(answer.failure_origin, 'x', sizeof answer.failure_origin);
    assert_false(answer_is_sound(&answer, sizeof answer));
    answer.failure_origin[128] = '\0';
    answer.failures = -1;
    assert_false(answer_is_sound(&answer, sizeof answer));
}

static void strangers_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(request_stranger("mallory"), request_stranger("mallory"));
    assert_int_not_equal(request_stranger("mallory"), request_stranger("mallorz"));
    assert_true(request_stranger("") <= 0xffff);
    assert_true(request_stranger("\xff\xfe") <= 0xffff);
}

static void the_fields_are_all_of_the_request(void **state)
{
    (void)state;
    /* a new field must be looked at by request_is_sound and by the test above */
    assert_int_equal(sizeof(struct request),
                     (6 * 4 + 33 + 65 + 65 + 129 + 65 + 65 + 512 + 512 + 3) / 4 * 4);
    assert_int_equal(sizeof(struct answer), (9 * 4 + 4 + 3 * 8 + 2 * 129 + 7) / 8 * 8);
}

static void an_answer_out_of_range_is_not_sound(void **state)
{
    struct answer answer = sound_answer();

    (void)state;
    assert_true(answer_is_sound(&answer, sizeof answer));
    assert_false(answer_is_sound(&answer, sizeof answer - 1));
    assert_false(answer_is_sound(&answer, sizeof answer + 1));
    assert_false(answer_is_sound(&answer, 0));
    answer.days_left = 365;
    assert_true(answer_is_sound(&answer, sizeof answer));
    for (size_t i = 0; i < 8; i++) {
        answer = sound_answer();
        answer.size += i == 0;
        answer.verdict = i == 1 ? VERDICT_COUNT : answer.verdict;
        answer.right = i == 2 ? 2 : answer.right;
        answer.weakness = i == 3 ? CREDENTIAL_USED + 1 : answer.weakness;
        answer.temporary = i == 4 ? UINT32_MAX : answer.temporary;
        answer.must_wait = i == 5 ? 2 : answer.must_wait;
        answer.days_left = i == 6 ? 366 : answer.days_left;
        answer.elsewhere = i == 7 ? ELSEWHERE_COUNT : answer.elsewhere;
        assert_false(answer_is_sound(&answer, sizeof answer));
    }
}

/* -- sending and receiving ---------------------------------------------------------------- */

static int ends[2];

static int connect_ends(void **state)
{
    (void)state;
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

static int close_ends(void **state)
{
    (void)state;
    close(ends[0]);
    close(ends[1]);
    return 0;
}

static int64_t in(int64_t milliseconds)
{
    return packet_clock() + milliseconds;
}

static void a_packet_arrives_as_it_was_sent(void **state)
{
    struct request sent = sound_request(), got;

    (void)state;
    assert_true(packet_send(ends[0], &sent, sizeof sent, in(1000)));
    assert_int_equal(packet_receive(ends[1], &got, sizeof got, in(1000)), sizeof got);
    assert_memory_equal(&got, &sent, sizeof got);
}

static void an_oversized_packet_says_so_and_writes_no_further(void **state)
{
    char sent[4096], got[65];

    (void)state;
    memset(sent, 'x', sizeof sent);
    got[64] = 'c';
    assert_true(packet_send(ends[0], sent, sizeof sent, in(1000)));
    assert_int_equal(packet_receive(ends[1], got, 64, in(1000)), sizeof sent);
    assert_int_equal(got[63], 'x');
    assert_int_equal(got[64], 'c');
}

static void a_cut_packet_is_as_long_as_it_is(void **state)
{
    struct request sent = sound_request(), got;
    ptrdiff_t length;

    (void)state;
    assert_true(packet_send(ends[0], &sent, 7, in(1000)));
    length = packet_receive(ends[1], &got, sizeof got, in(1000));
    assert_int_equal(length, 7);
    assert_false(request_is_sound(&got, (size_t)length));
}

static void two_packets_are_not_one(void **state)
{
    struct request sent = sound_request(), got;

    (void)state;
    assert_true(packet_send(ends[0], &sent, 100, in(1000)));
    assert_true(packet_send(ends[0], (char *)&sent + 100, sizeof sent - 100, in(1000)));
    assert_int_equal(packet_receive(ends[1], &got, sizeof got, in(1000)), 100);
}

static void a_silent_peer_is_waited_for_until_the_deadline(void **state)
{
    int64_t start = packet_clock(), took;
    char got[8];

    (void)state;
    assert_int_equal(packet_receive(ends[1], got, sizeof got, in(200)), -1);
    took = packet_clock() - start;
    assert_true(took >= 199 && took < 2000);
}

static void a_deadline_that_is_past_waits_for_nothing(void **state)
{
    char got[8] = "";

    (void)state;
    assert_true(packet_send(ends[0], "x", 1, in(1000)));
    assert_int_equal(packet_receive(ends[1], got, sizeof got, in(-1)), -1);
    assert_int_equal(packet_receive(ends[1], got, sizeof got, INT64_MIN / 2), -1);
    assert_false(packet_send(ends[0], "x", 1, in(0)));
}

static void a_peer_that_reads_nothing_is_given_up_at_the_deadline(void **state)
{
    static char packet[65536];
    int64_t start = packet_clock(), took;
    int sent = 0;

    (void)state;
    while (sent < 1000 && packet_send(ends[0], packet, sizeof packet, start + 300))
        sent++;
    took = packet_clock() - start;
    assert_true(sent < 1000);
    assert_true(took >= 299 && took < 2000);
}

static void a_peer_that_has_gone_is_no_answer_and_no_signal(void **state)
{
    char got[8];
    ptrdiff_t length;

    (void)state;
    close(ends[0]);
    ends[0] = -1;
    length = packet_receive(ends[1], got, sizeof got, in(1000));
    assert_true(length <= 0);
    assert_false(packet_send(ends[1], "x", 1, in(1000))); /* SIGPIPE would end the test */
}

/* An attacker may listen with another kind of socket than ours: there the kernel would signal. */
static void a_stream_whose_peer_has_gone_raises_no_signal(void **state)
{
    int stream[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream), 0);
    close(stream[0]);
    assert_false(packet_send(stream[1], "x", 1, in(1000)));
    close(stream[1]);
}

static void a_wrong_descriptor_is_an_error(void **state)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    char got[8];

    (void)state;
    assert_int_equal(packet_receive(-1, got, sizeof got, in(100)), -1);
    assert_false(packet_send(-1, got, sizeof got, in(100)));
    assert_int_equal(packet_receive(null, got, sizeof got, in(100)), -1);
    assert_false(packet_send(null, "x", 1, in(100)));
    close(null);
}

static void nothing_is_waited_for_on_a_blocking_socket_that_fills(void **state)
{
    int size = 1;
    static char packet[4096];
    int64_t start = packet_clock();

    (void)state;
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    while (packet_send(ends[0], packet, sizeof packet, start + 200) &&
           packet_clock() < start + 5000)
        ;
    assert_true(packet_clock() < start + 2000);
}

/* -- signals ------------------------------------------------------------------------------ */

static volatile sig_atomic_t alarms;

static void count_alarm(int number)
{
    (void)number;
    alarms++;
}

/* SIGALRM every 10 ms, not restarting anything; 0 ends it. */
static void ring(int every_ms)
{
    struct sigaction action = { .sa_handler = every_ms != 0 ? count_alarm : SIG_IGN };
    struct itimerval timer = { .it_interval = { .tv_usec = every_ms * 1000 },
                               .it_value = { .tv_usec = every_ms * 1000 } };

    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void signals_do_not_lengthen_a_wait(void **state)
{
    int64_t start = packet_clock(), took;
    char got[8];

    (void)state;
    alarms = 0;
    ring(10);
    assert_int_equal(packet_receive(ends[1], got, sizeof got, in(300)), -1);
    ring(0);
    took = packet_clock() - start;
    assert_true(alarms > 3);
    assert_true(took >= 299 && took < 2000);
}

static void *send_late(void *unused)
{
    sigset_t all;

    (void)unused;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    usleep(150000);
    send(ends[0], "late", 4, 0);
    return NULL;
}

static void signals_do_not_end_a_wait(void **state)
{
    pthread_t sender;
    char got[8] = "";

    (void)state;
    alarms = 0;
    assert_int_equal(pthread_create(&sender, NULL, send_late, NULL), 0);
    ring(10);
    assert_int_equal(packet_receive(ends[1], got, sizeof got, in(3000)), 4);
    ring(0);
    pthread_join(sender, NULL);
    assert_true(alarms > 3);
    assert_memory_equal(got, "late", 4);
}

#define SOCKET(name) cmocka_unit_test_setup_teardown(name, connect_ends, close_ends)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_request_is_sound),
        cmocka_unit_test(a_request_of_another_length_is_not),
        cmocka_unit_test(a_request_of_an_unknown_kind_is_not),
        cmocka_unit_test(a_request_is_silent_or_not),
        cmocka_unit_test(a_text_without_end_is_not_sound),
        cmocka_unit_test(the_fields_are_all_of_the_request),
        cmocka_unit_test(of_root_a_services_name_is_taken_or_is_other),
        cmocka_unit_test(of_anybody_else_nothing_is_taken),
        cmocka_unit_test(an_answers_texts_must_end),
        cmocka_unit_test(strangers_are_told_apart),
        cmocka_unit_test(an_answer_out_of_range_is_not_sound),
        SOCKET(a_packet_arrives_as_it_was_sent),
        SOCKET(an_oversized_packet_says_so_and_writes_no_further),
        SOCKET(a_cut_packet_is_as_long_as_it_is),
        SOCKET(two_packets_are_not_one),
        SOCKET(a_silent_peer_is_waited_for_until_the_deadline),
        SOCKET(a_deadline_that_is_past_waits_for_nothing),
        SOCKET(a_peer_that_reads_nothing_is_given_up_at_the_deadline),
        SOCKET(a_peer_that_has_gone_is_no_answer_and_no_signal),
        SOCKET(nothing_is_waited_for_on_a_blocking_socket_that_fills),
        SOCKET(signals_do_not_lengthen_a_wait),
        SOCKET(signals_do_not_end_a_wait),
        cmocka_unit_test(a_stream_whose_peer_has_gone_raises_no_signal),
        cmocka_unit_test(a_wrong_descriptor_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
