/*
 * What a host has of the fleet: cookies are read strictly, merged for each server, and compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fleet/cookie.h"

#define CSN(second, server) "202611282315" second ".123456Z#000000#" server "#000000"

static struct cookie parsed(const char *text)
{
    struct cookie cookie;

    assert_true(cookie_parse(text, strlen(text), &cookie));
    return cookie;
}

static void assert_written(const struct cookie *cookie, const char *expected)
{
    char text[COOKIE_SIZE];

    cookie_write(cookie, text);
    assert_string_equal(text, expected);
}

static void what_slapd_writes_is_read(void **state)
{
    static const struct {
        const char *text, *written;
    } cases[] = {
        { "", "" },
        { "rid=000", "" },
        { "rid=001,sid=002", "" },
        { "rid=000,csn=" CSN("00", "001"), "rid=000,csn=" CSN("00", "001") },
        { "rid=007,sid=00a,csn=" CSN("01", "002") ";" CSN("00", "001"), "rid=000,csn=" CSN("00", "001") ";" CSN("01", "002") },
        { "csn=" CSN("00", "001") ",rid=000", "rid=000,csn=" CSN("00", "001") },
        { "rid=000,csn=" CSN("00", "001") ",delcsn=" CSN("09", "001"), "rid=000,csn=" CSN("00", "001") },
        { "csn=" CSN("00", "001") ";" CSN("03", "001") ";" CSN("02", "001"), "rid=000,csn=" CSN("03", "001") },
        { "csn=" CSN("00", "fff"), "rid=000,csn=" CSN("00", "fff") },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cookie cookie = parsed(cases[i].text);

        assert_written(&cookie, cases[i].written);
    }
}

static void what_is_none_is_refused(void **state)
{
    static const char *const none[] = {
        "garbage", "csn=x", "csn=" CSN("0", "001"), "csn=" CSN("00", "00g"), "csn=" CSN("00", "00A"), "csn=" CSN("0x", "001"),
        "csn=;" CSN("00", "001"), ",", "csn=" CSN("00", "001") ",garbage=1", "rid",
        "csn=20261128231500Z#000000#001#000000", " csn=" CSN("00", "001"), "csn=" CSN("00", "001") "\n",
    };
    static const char with_nul[] = "csn=" CSN("00", "001") "\0";

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct cookie cookie = { .count = 9 };

        assert_false(cookie_parse(none[i], strlen(none[i]), &cookie));
        assert_int_equal(cookie.count, 9);
    }
    assert_false(cookie_parse(with_nul, sizeof with_nul - 1, &(struct cookie){ 0 }));
}

/* A message of one server's change has that server alone: the others' must stay. */
static void cookies_are_merged(void **state)
{
    struct cookie have = parsed("csn=" CSN("05", "001") ";" CSN("07", "002"));
    struct cookie news = parsed("csn=" CSN("06", "001")), old = parsed("csn=" CSN("01", "002")), third = parsed("csn=" CSN("00", "000"));

    (void)state;
    assert_true(cookie_merge(&have, &news));
    assert_written(&have, "rid=000,csn=" CSN("06", "001") ";" CSN("07", "002"));
    assert_true(cookie_merge(&have, &old));
    assert_written(&have, "rid=000,csn=" CSN("06", "001") ";" CSN("07", "002"));
    assert_true(cookie_merge(&have, &third));
    assert_written(&have, "rid=000,csn=" CSN("00", "000") ";" CSN("06", "001") ";" CSN("07", "002"));
}

static void who_lacks_something_does_not_cover(void **state)
{
    static const struct {
        const char *theirs, *ours;
        bool covers;
    } cases[] = {
        { "", "", true },
        { "csn=" CSN("00", "001"), "", true },
        { "", "csn=" CSN("00", "001"), false },
        { "csn=" CSN("00", "001"), "csn=" CSN("00", "001"), true },
        { "csn=" CSN("01", "001"), "csn=" CSN("00", "001"), true },
        { "csn=" CSN("00", "001"), "csn=" CSN("01", "001"), false },
        { "csn=" CSN("09", "001"), "csn=" CSN("01", "001") ";" CSN("01", "002"), false },
        { "csn=" CSN("09", "001") ";" CSN("00", "002"), "csn=" CSN("01", "001") ";" CSN("01", "002"), false },
        { "csn=" CSN("09", "001") ";" CSN("00", "003"), "csn=" CSN("01", "001"), true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cookie theirs = parsed(cases[i].theirs), ours = parsed(cases[i].ours);

        assert_int_equal(cookie_covers(&theirs, &ours), cases[i].covers);
    }
}

static void no_more_servers_than_there_is_room_for(void **state)
{
    struct cookie cookie = { 0 };
    char csn[64], text[COOKIE_SIZE];

    (void)state;
    for (unsigned server = 0; server < COOKIE_SERVERS_MAX; server++) {
        snprintf(csn, sizeof csn, "20261128231500.123456Z#000000#%03x#000000", (server * 37) % 4096);
        assert_true(cookie_add(&cookie, csn, strlen(csn)));
    }
    cookie_write(&cookie, text);
    assert_int_equal(strlen(text), COOKIE_SIZE - 2);
    assert_false(cookie_add(&cookie, CSN("00", "fff"), strlen(CSN("00", "fff"))));
    assert_true(cookie_add(&cookie, CSN("59", "000"), strlen(CSN("59", "000"))));
    for (size_t i = 1; i < cookie.count; i++)
        assert_true(cookie.csns[i - 1].server < cookie.csns[i].server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_slapd_writes_is_read),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(cookies_are_merged),
        cmocka_unit_test(who_lacks_something_does_not_cover),
        cmocka_unit_test(no_more_servers_than_there_is_room_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
