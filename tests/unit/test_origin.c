/*
 * Where an attempt came from: one guesser is one origin, however he writes his address, and nothing
 * a caller merely says comes before what is known of him.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "pam_coder/origin.h"
#include "pam_coder/request.h"
#include "pam_coder/subordinate.h"
#include "sql/activity.h"

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

/* What is counted is the same, what is told is the address. */
static void assert_local(const char *address, const char *server, const char *place)
{
    struct request request = { .service = "sshd", .tty = "ssh" };
    char origin[ORIGIN_SIZE];

    snprintf(request.address, sizeof request.address, "%s", address);
    snprintf(request.server, sizeof request.server, "%s", server);
    origin_of_request(&request, ROOT, origin);
    assert_string_equal(origin, "local");
    origin_place(&request, ROOT, origin);
    assert_string_equal(origin, place);
    request.address[0] = '\0';
    snprintf(request.rhost, sizeof request.rhost, "%s", address);
    origin_of_request(&request, ROOT, origin);
    assert_string_equal(origin, "local");
    origin_place(&request, ROOT, origin);
    assert_string_equal(origin, place);
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
    assert_origin(ROOT, "128.0.0.1", "", "ip:128.0.0.1");
    assert_origin(ROOT, "169.253.0.1", "", "ip:169.253.0.1");
    assert_origin(ROOT, "1.0.0.127", "", "ip:1.0.0.127");
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
    assert_origin(ROOT, "::2", "", "ip:::/64");
    assert_origin(ROOT, "fec0::1", "", "ip:fec0::/64");
    assert_origin(ROOT, "64:ff9b::192.0.2.1", "", "ip:64:ff9b::/64");
}

static void a_zone_is_left_out(void **state)
{
    (void)state;
    assert_origin(ROOT, "2001:db8::1%eth0", "", "ip:2001:db8::/64");
    assert_origin(ROOT, "2001:db8::2%", "", "ip:2001:db8::/64");
    assert_origin(ROOT, "%eth0", "", "service:sshd tty:ssh");
}

static void all_loopback_and_link_local_addresses_are_one_origin(void **state)
{
    (void)state;
    assert_local("127.0.0.1", "", "ip:127.0.0.1");
    assert_local("127.0.0.2", "127.0.0.1", "ip:127.0.0.2");
    assert_local("127.255.255.254", "", "ip:127.255.255.254");
    assert_local("::ffff:127.3.2.1", "", "ip:127.3.2.1");
    assert_local("::1", "", "ip:::1");
    assert_local("0.0.0.0", "", "ip:0.0.0.0");
    assert_local("::", "", "ip:::");
    assert_local("169.254.7.9", "", "ip:169.254.7.9");
    assert_local("fe80::1%eth0", "", "ip:fe80::1");
    assert_local("fe80::2%eth1", "", "ip:fe80::2");
    assert_local("febf:ffff::2%", "", "ip:febf:ffff::2");
}

/* In a world of its own (tests/world) there may be loopback alone. */
static void every_address_of_this_host_is_the_same_origin(void **state)
{
    struct ifaddrs *all = NULL;
    char text[INET6_ADDRSTRLEN], place[ORIGIN_SIZE];

    (void)state;
    assert_int_equal(getifaddrs(&all), 0);
    for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next) {
        int family = one->ifa_addr != NULL ? one->ifa_addr->sa_family : AF_UNSPEC;
        const void *address = family == AF_INET
                                  ? (const void *)&((struct sockaddr_in *)one->ifa_addr)->sin_addr
                                  : &((struct sockaddr_in6 *)one->ifa_addr)->sin6_addr;

        if ((family != AF_INET && family != AF_INET6) || !(one->ifa_flags & IFF_UP))
            continue;
        assert_non_null(inet_ntop(family, address, text, sizeof text));
        snprintf(place, sizeof place, "ip:%s", text);
        assert_local(text, "", place);
    }
    freeifaddrs(all);
}

static void whoever_comes_from_the_address_he_comes_to_is_here(void **state)
{
    struct request request = { .address = "203.0.113.7", .server = "203.0.113.7" };
    char origin[ORIGIN_SIZE];

    (void)state;
    origin_of_request(&request, ROOT, origin);
    assert_string_equal(origin, "local");
    snprintf(request.server, sizeof request.server, "::ffff:203.0.113.7");
    origin_of_request(&request, ROOT, origin);
    assert_string_equal(origin, "local");
    snprintf(request.server, sizeof request.server, "203.0.113.8");
    origin_of_request(&request, ROOT, origin);
    assert_string_equal(origin, "ip:203.0.113.7");
}

static void a_neighbour_in_the_same_64_bits_is_another(void **state)
{
    struct request request = { .address = "2001:db8::7", .server = "2001:db8::8" };
    char origin[ORIGIN_SIZE];

    (void)state;
    origin_of_request(&request, ROOT, origin);
    assert_string_equal(origin, "ip:2001:db8::/64");
    origin_place(&request, ROOT, origin);
    assert_string_equal(origin, "ip:2001:db8::/64");
}

static void this_hosts_names_are_its_addresses(void **state)
{
    static const char *const others[] = { "localhost.example.org", "localhost5", "notlocalhost",
                                          "x.localhost.org", "." };
    struct utsname machine;
    char name[129];

    (void)state;
    assert_origin(ROOT, "", "localhost", "local");
    assert_origin(ROOT, "", "LocalHost.", "local");
    assert_origin(ROOT, "", "localhost.localdomain", "local");
    assert_origin(ROOT, "", "a.b.localhost", "local");
    assert_origin(ROOT, "", "ip6-localhost", "local");
    assert_origin(ROOT, "", "ip6-loopback", "local");
    assert_int_equal(uname(&machine), 0);
    assert_origin(ROOT, "", machine.nodename, "local");
    snprintf(name, sizeof name, "%.*s.example.org", (int)strcspn(machine.nodename, "."), machine.nodename);
    if (strchr(machine.nodename, '.') == NULL)
        assert_origin(ROOT, "", name, "local");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        snprintf(name, sizeof name, "host:%s", others[i]);
        assert_origin(ROOT, "", others[i], name);
    }
}

static void a_terminals_number_is_left_out_of_what_is_counted(void **state)
{
    static const char *const ttys[][2] = { { "pts/3", "pts/" },    { "/dev/pts/14", "/dev/pts/" },
                                           { "tty1", "tty" },      { "ttyS0", "ttyS" },
                                           { ":1", ":" },          { "99", "" },
                                           { "console", "console" } };
    struct request request = { .service = "login" };
    char origin[ORIGIN_SIZE], expected[ORIGIN_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof ttys / sizeof ttys[0]; i++) {
        snprintf(request.tty, sizeof request.tty, "%s", ttys[i][0]);
        origin_of_request(&request, ROOT, origin);
        snprintf(expected, sizeof expected, "service:login tty:%s", ttys[i][1]);
        assert_string_equal(origin, expected);
        origin_place(&request, ROOT, origin);
        snprintf(expected, sizeof expected, "service:login tty:%s", ttys[i][0]);
        assert_string_equal(origin, expected);
    }
}

static void a_subordinate_id_is_its_owners(void **state)
{
    char path[] = "/tmp/coder-subuid.XXXXXX", owner[SUBORDINATE_OWNER_SIZE];
    static const char text[] = "# a comment\nmal:100000:65536\nbad:x:1\n:5:5\nodd:1\n\n"
                               "4711:165536:10\nbad:1:-1\nbad:300000:5 \nlast:400000:1";
    static const struct {
        uint32_t uid;
        const char *owner;
    } ids[] = { { 99999, NULL },     { 100000, "mal" },   { 165535, "mal" },  { 165536, "4711" },
                { 165545, "4711" },  { 165546, NULL },    { 5, NULL },        { 1, NULL },
                { 300000, NULL },    { 400000, "last" },  { 400001, NULL },   { UINT32_MAX, NULL } };
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0 && write(fd, text, sizeof text - 1) == (ssize_t)sizeof text - 1);
    close(fd);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        assert_int_equal(subordinate_owner(path, ids[i].uid, owner), ids[i].owner != NULL);
        if (ids[i].owner != NULL)
            assert_string_equal(owner, ids[i].owner);
    }
    unlink(path);
    assert_false(subordinate_owner(path, 100000, owner));
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
        cmocka_unit_test(all_loopback_and_link_local_addresses_are_one_origin),
        cmocka_unit_test(every_address_of_this_host_is_the_same_origin),
        cmocka_unit_test(whoever_comes_from_the_address_he_comes_to_is_here),
        cmocka_unit_test(a_neighbour_in_the_same_64_bits_is_another),
        cmocka_unit_test(this_hosts_names_are_its_addresses),
        cmocka_unit_test(a_terminals_number_is_left_out_of_what_is_counted),
        cmocka_unit_test(a_subordinate_id_is_its_owners),
        cmocka_unit_test(what_only_looks_like_an_address_is_a_hosts_name),
        cmocka_unit_test(a_hosts_name_is_kept_as_text),
        cmocka_unit_test(without_any_host_it_is_service_and_terminal),
        cmocka_unit_test(whatever_is_not_printable_becomes_a_question_mark),
        cmocka_unit_test(the_longest_texts_fit),
        cmocka_unit_test(every_form_of_one_address_gives_one_origin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
