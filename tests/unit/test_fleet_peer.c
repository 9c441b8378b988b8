/*
 * Settings of the fleet, the end of a certificate, and a peer that is slow, silent or gone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "fleet/certificate.h"
#include "fleet/peer.h"
#include "fleet/settings.h"

#define WHOLE "uri ldaps://a.example:636\nuri ldap://b.example\nbase dc=fleet\nhost cn=web17,ou=hosts,dc=fleet\n"

static struct settings settings;
static char fault[SETTINGS_FAULT_SIZE];

static void settings_are_read(void **state)
{
    (void)state;
    assert_true(settings_parse("# a comment\n\n" WHOLE, &settings, fault));
    assert_int_equal(settings.uri_count, 2);
    assert_string_equal(settings.uris[0], "ldaps://a.example:636");
    assert_string_equal(settings.uris[1], "ldap://b.example");
    assert_string_equal(settings.base, "dc=fleet");
    assert_string_equal(settings.host, "cn=web17,ou=hosts,dc=fleet");
    assert_true(settings_parse("uri   ldaps://[2001:db8::1]:636/  \r\nbase\tdc=a b\nhost cn=x", &settings, fault));
    assert_string_equal(settings.uris[0], "ldaps://[2001:db8::1]:636/");
    assert_string_equal(settings.base, "dc=a b");
}

static void wrong_settings_are_named(void **state)
{
    static const struct {
        const char *text, *fault;
    } cases[] = {
        { "", "there is no line \"uri ...\"" },
        { "uri ldaps://a\nhost cn=x\n", "there is no line \"base ...\"" },
        { "uri ldaps://a\nbase dc=x\n", "there is no line \"host ...\"" },
        { "url ldaps://a\n", "line 1: unknown key (known: uri, base, host)" },
        { "\nuri\n", "line 2: no value" },
        { "uri https://a\n", "line 1: a URI is ldaps://HOST[:PORT] or ldap://HOST[:PORT]" },
        { "uri ldaps://\n", "line 1: a URI is ldaps://HOST[:PORT] or ldap://HOST[:PORT]" },
        { "uri ldaps://:636\n", "line 1: a URI is ldaps://HOST[:PORT] or ldap://HOST[:PORT]" },
        { "uri ldapi:///\n", "line 1: a URI is ldaps://HOST[:PORT] or ldap://HOST[:PORT]" },
        { "uri ldaps://a ldap://b\n", "line 1: a URI is ldaps://HOST[:PORT] or ldap://HOST[:PORT]" },
        { "uri ldaps://a/dc=x??sub\n", "line 1: a URI is ldaps://HOST[:PORT] or ldap://HOST[:PORT]" },
        { "uri ldaps://a,b\n", "line 1: a URI is ldaps://HOST[:PORT] or ldap://HOST[:PORT]" },
        { "base fleet\n", "line 1: no distinguished name" },
        { "base dc=a\nbase dc=b\n", "line 2: given twice" },
    };
    char text[2048] = "";

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(settings_parse(cases[i].text, &settings, fault));
        assert_string_equal(fault, cases[i].fault);
    }
    for (int i = 0; i < 9; i++)
        strncat(text, "uri ldaps://a\n", sizeof text - strlen(text) - 1);
    assert_false(settings_parse(text, &settings, fault));
    assert_string_equal(fault, "line 9: more than 8 URIs");
    memset(text, 'x', SETTINGS_VALUE_SIZE);
    assert_false(settings_parse(text, &settings, fault));
    assert_string_equal(fault, "line 1: too long");
}

/* openssl req -x509 -newkey ed25519 -days 3650 -subj /CN=x, of 2026-11-29 */
static const char certificate[] =
    "text before\n-----BEGIN CERTIFICATE-----\n"
    "MIIBLDCB36ADAgECAhRij3quacyWRtXLtIIduVRlHSqSCTAFBgMrZXAwDDEKMAgG\n"
    "A1UEAwwBeDAeFw0yNjExMjkwMDAwNTlaFw0zNjExMjYwMDAwNTlaMAwxCjAIBgNV\n"
    "BAMMAXgwKjAFBgMrZXADIQBgyVNqlteRRQEgx7s5jF2HZwBtuuZuiHc6qxHpFS8f\n"
    "W6NTMFEwHQYDVR0OBBYEFCjbY99q30t628X7wgr2xUjZNUyqMB8GA1UdIwQYMBaA\n"
    "FCjbY99q30t628X7wgr2xUjZNUyqMA8GA1UdEwEB/wQFMAMBAf8wBQYDK2VwA0EA\n"
    "+ghlANQFk6iV/S/s3sxIJj+QODV2WfHH3JXRDUDjBGWT2PkUStpftU0M/X2noxJD\n"
    "0AM/LWu25BLkV4DQAMcQAQ==\n"
    "-----END CERTIFICATE-----\n";

static void a_certificate_ends(void **state)
{
    char text[sizeof certificate];
    int64_t end = 0;

    (void)state;
    assert_true(certificate_end(certificate, &end));
    assert_int_equal(end, 2111270459);
    assert_false(certificate_end("", &end));
    assert_false(certificate_end("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", &end));
    assert_false(certificate_end("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", &end));
    for (size_t at = 40; at < sizeof text - 30; at++) { /* any letter another: read or not, and no further */
        memcpy(text, certificate, sizeof text);
        text[at] = text[at] == 'A' ? '/' : 'A';
        certificate_end(text, &end);
    }
}

/* -- the peer ---- */

static struct peer peer;
static int other;

static int connect_pair(void **state)
{
    int pair[2];

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    peer_init(&peer, pair[0], pair[0]);
    other = pair[1];
    return 0;
}

static int disconnect(void **state)
{
    (void)state;
    close(peer.in);
    if (other >= 0)
        close(other);
    return 0;
}

static void send_all(const char *octets, size_t length)
{
    assert_int_equal(write(other, octets, length), length);
}

static void a_request_is_one_line(void **state)
{
    char request[PEER_LINE_SIZE];

    (void)state;
    send_all("follow rid=000\n", 15);
    assert_true(peer_read_line(&peer, request, 1000));
    assert_string_equal(request, "follow rid=000");
    assert_false(peer.gone);
}

static void a_request_without_an_end_is_none(void **state)
{
    static char request[PEER_LINE_SIZE], many[PEER_LINE_SIZE];
    long long begun = peer_clock_ms();

    (void)state;
    send_all("follow", 6);
    assert_false(peer_read_line(&peer, request, 100));
    assert_in_range(peer_clock_ms() - begun, 90, 2000);
    assert_true(peer.gone);
    memset(many, 'x', sizeof many);
    send_all(many, sizeof many);
    assert_false(peer_read_line(&peer, request, 1000));
}

static void a_request_with_a_nul_is_none(void **state)
{
    char request[PEER_LINE_SIZE];

    (void)state;
    send_all("fol\0low\n", 8);
    assert_false(peer_read_line(&peer, request, 1000));
}

static struct json_line line;

static void fill_line(void)
{
    json_line_begin(&line, "entry");
    for (int i = 0; i < 2000; i++)
        json_line_string(&line, "key", "a value of some octets, to fill what the kernel keeps for who does not read");
    assert_true(json_line_end(&line));
}

static void who_does_not_read_is_left(void **state)
{
    long long begun = peer_clock_ms();

    (void)state;
    peer.take_ms = 200;
    fill_line();
    for (int i = 0; i < 50 && peer_say(&peer, &line); i++)
        ;
    assert_true(peer.gone);
    assert_in_range(peer_clock_ms() - begun, 190, 5000);
    assert_false(peer_say(&peer, &line)); /* and not waited for again */
}

static void who_has_closed_is_left(void **state)
{
    (void)state;
    close(other);
    other = -1;
    fill_line();
    assert_false(peer_say(&peer, &line));
    assert_true(peer.gone);
}

static void who_closes_while_nothing_happens_is_noticed(void **state)
{
    (void)state;
    assert_false(peer_wait(&peer, -1, 10));
    assert_false(peer.gone);
    shutdown(other, SHUT_WR);
    assert_false(peer_wait(&peer, -1, 5000));
    assert_true(peer.gone);
}

static void who_speaks_again_is_left(void **state)
{
    (void)state;
    send_all("x", 1);
    assert_false(peer_wait(&peer, -1, 5000));
    assert_true(peer.gone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_read),
        cmocka_unit_test(wrong_settings_are_named),
        cmocka_unit_test(a_certificate_ends),
        cmocka_unit_test_setup_teardown(a_request_is_one_line, connect_pair, disconnect),
        cmocka_unit_test_setup_teardown(a_request_without_an_end_is_none, connect_pair, disconnect),
        cmocka_unit_test_setup_teardown(a_request_with_a_nul_is_none, connect_pair, disconnect),
        cmocka_unit_test_setup_teardown(who_does_not_read_is_left, connect_pair, disconnect),
        cmocka_unit_test_setup_teardown(who_has_closed_is_left, connect_pair, disconnect),
        cmocka_unit_test_setup_teardown(who_closes_while_nothing_happens_is_noticed, connect_pair, disconnect),
        cmocka_unit_test_setup_teardown(who_speaks_again_is_left, connect_pair, disconnect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
