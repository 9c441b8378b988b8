/*
 * Where an attempt came from: one guesser is one origin, however he writes his address, and nothing
 * a caller merely says comes before what is known of him.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "origin.h"

#define ROOT CODER_OWNER_UID /* whom this build takes for root */

static void assert_origin(uint32_t caller_uid, const char *address, const char *rhost,
                          const char *expected)
{
    struct request request = { .service = "sshd", .tty = "ssh" };
    char origin[ORIGIN_SIZE];

    memset(origin, 'Z', sizeof origin);
    snprintf(request.address, sizeof request.address, "%s", address);
    snprintf(request.rhost, sizeof request.rhost, "%s", rhost);
    origin_of_request(&request, caller_uid, origin);
    assert_string_equal(origin, expected);
}

static void a_caller_other_than_root_is_his_uid_whatever_he_says(void **state)
{
    (void)state;
    assert_origin(4000, "", "", "uid:4000");
    assert_origin(4000, "192.0.2.1", "192.0.2.2", "uid:4000");
    assert_origin(4294967294U, "", "host", "uid:4294967294");
}

static void the_numeric_client_address_comes_first(void **state)
{
    (void)state;
    assert_origin(ROOT, "192.0.2.1", "client.example.org", "ip:192.0.2.1");
    assert_origin(ROOT, "192.0.2.1", "198.51.100.2", "ip:192.0.2.1");
    assert_origin(ROOT, "", "198.51.100.2", "ip:198.51.100.2");
    assert_origin(ROOT, "not an address", "198.51.100.2", "ip:198.51.100.2");
    assert_origin(ROOT, "not an address", "", "service:sshd tty:ssh");
}

static void mapped_ipv4_is_ipv4(void **state)
{
    (void)state;
    assert_origin(ROOT, "::ffff:192.0.2.1", "", "ip:192.0.2.1");
    assert_origin(ROOT, "::FFFF:c000:0201", "", "ip:192.0.2.1");
    assert_origin(ROOT, "0:0:0:0:0:ffff:192.0.2.1", "", "ip:192.0.2.1");
    assert_origin(ROOT, "", "::ffff:192.0.2.1", "ip:192.0.2.1");
    assert_origin(ROOT, "::ffff:192.0.2.1%eth0", "", "ip:192.0.2.1");
}

static void ipv6_counts_by_its_64_bits_of_network(void **state)
{
    (void)state;
    assert_origin(ROOT, "2001:db8:1:2:3:4:5:6", "", "ip:2001:db8:1:2::/64");
    assert_origin(ROOT, "2001:0DB8:0001:0002:ffff:ffff:ffff:ffff", "", "ip:2001:db8:1:2::/64");
    assert_origin(ROOT, "2001:db8:1:2::", "", "ip:2001:db8:1:2::/64");
    assert_origin(ROOT, "2001:db8:1:3::1", "", "ip:2001:db8:1:3::/64");
    assert_origin(ROOT, "::1", "", "ip:::/64");
    assert_origin(ROOT, "64:ff9b::192.0.2.1", "", "ip:64:ff9b::/64");
}

static void a_zone_is_left_out(void **state)
{
    (void)state;
    assert_origin(ROOT, "fe80::1%eth0", "", "ip:fe80::/64");
    assert_origin(ROOT, "fe80::2%eth1", "", "ip:fe80::/64");
    assert_origin(ROOT, "fe80::2%", "", "ip:fe80::/64");
    assert_origin(ROOT, "%eth0", "", "service:sshd tty:ssh");
}

static void what_only_looks_like_an_address_is_a_hosts_name(void **state)
{
    static const char *const texts[] = { "1.2.3",      "1.2.3.4.5",    "256.1.1.1", "0x7f.1",
                                         "2130706433", "1.2.3.4 ",     " 1.2.3.4",  "1::2::3",
                                         "ip:1.2.3.4", "01.02.03.04.", "[::1]" };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char expected[ORIGIN_SIZE];

        snprintf(expected, sizeof expected, "host:%s", texts[i]);
        assert_origin(ROOT, "", texts[i], expected);
    }
}

static void a_hosts_name_is_kept_as_text(void **state)
{
    (void)state;
    assert_origin(ROOT, "", "client.example.org", "host:client.example.org");
    assert_origin(ROOT, "", "uid:0", "host:uid:0");
}

static void without_any_host_it_is_service_and_terminal(void **state)
{
    (void)state;
    assert_origin(ROOT, "", "", "service:sshd tty:ssh");
}

static void whatever_is_not_printable_becomes_a_question_mark(void **state)
{
    struct request request = { .service = "lo\ngin", .tty = "\x1b[2J\xff" };
    char origin[ORIGIN_SIZE];

    (void)state;
    assert_origin(ROOT, "",
                  "a\x1b[31mb\nc\x7f"
                  "d\xc3\xab",
                  "host:a?[31mb?c?d??");
    origin_of_request(&request, ROOT, origin);
    assert_string_equal(origin, "service:lo?gin tty:?[2J?");
}

static void the_longest_texts_fit(void **state)
{
    struct request request = { .size = sizeof request };
    char origin[ORIGIN_SIZE + 1];

    (void)state;
    memset(request.rhost, 'r', sizeof request.rhost - 1);
    memset(request.service, 's', sizeof request.service - 1);
    memset(request.tty, 't', sizeof request.tty - 1);
    memset(request.address, 'a', sizeof request.address - 1);
    origin[ORIGIN_SIZE] = 'Z';
    origin_of_request(&request, ROOT, origin);
    assert_int_equal(strlen(origin), 5 + 120);
    request.rhost[0] = '\0';
    origin_of_request(&request, ROOT, origin);
    assert_int_equal(strlen(origin), 8 + 56 + 5 + 56);
    assert_non_null(strstr(origin, "s tty:t"));
    memset(request.address, '1', sizeof request.address - 1);
    origin_of_request(&request, ROOT, origin);
    assert_int_equal(origin[ORIGIN_SIZE], 'Z');
}

static void every_form_of_one_address_gives_one_origin(void **state)
{
    static const char *const forms[] = {
        "2001:db8::1",          "2001:DB8::1",
        "2001:db8:0:0:0:0:0:1", "2001:0db8:0000:0000:0000:0000:0000:0001",
        "2001:db8::0.0.0.1",    "2001:db8::1%2"
    };

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        assert_origin(ROOT, forms[i], "", "ip:2001:db8::/64");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_caller_other_than_root_is_his_uid_whatever_he_says),
        cmocka_unit_test(the_numeric_client_address_comes_first),
        cmocka_unit_test(mapped_ipv4_is_ipv4),
        cmocka_unit_test(ipv6_counts_by_its_64_bits_of_network),
        cmocka_unit_test(a_zone_is_left_out),
        cmocka_unit_test(what_only_looks_like_an_address_is_a_hosts_name),
        cmocka_unit_test(a_hosts_name_is_kept_as_text),
        cmocka_unit_test(without_any_host_it_is_service_and_terminal),
        cmocka_unit_test(whatever_is_not_printable_becomes_a_question_mark),
        cmocka_unit_test(the_longest_texts_fit),
        cmocka_unit_test(every_form_of_one_address_gives_one_origin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
