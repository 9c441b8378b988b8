/*
 * Times as people write them: an account's last good day ends with that day in the zone of the host, whatever its clock
 * does that night; what is shown is read as the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "terminal/when.h"

#define NOW INT64_C(1798761600) /* 2027-01-01T00:00:00Z */

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
/* The clock goes on at midnight, so that there is no 00:00; at 01:00 back to midnight, so that there are two. */
#define HAVANA "CST5CDT,M3.2.0/0,M11.1.0/1"

static void live_in(const char *zone)
{
    assert_int_equal(setenv("TZ", zone, 1), 0);
    tzset();
}

static void assert_end(const char *text, const char *expected, const char *shown)
{
    char utc[WHEN_SIZE], local[WHEN_SIZE];
    int64_t end = 0, again = 0;

    assert_true(when_parse_end(text, NOW, &end));
    when_format_utc(end, utc);
    assert_string_equal(utc, expected);
    when_format_end(end, "never", local);
    assert_string_equal(local, shown);
    assert_true(when_parse_end(local, NOW + 5000, &again));
    assert_int_equal(again, end);
    when_format(end, "never", local);
    assert_true(when_parse_end(local, NOW + 5000, &again));
    assert_int_equal(again, end);
}

static void the_last_day_is_good(void **state)
{
    (void)state;
    live_in("UTC0");
    assert_end("2027-07-01", "2027-07-02T00:00:00Z", "2027-07-01");
    live_in(BERLIN);
    assert_end("2027-07-01", "2027-07-01T22:00:00Z", "2027-07-01");
    assert_end("2027-12-31", "2027-12-31T23:00:00Z", "2027-12-31");
    assert_end("2028-02-29", "2028-02-29T23:00:00Z", "2028-02-29");
}

static void a_day_may_have_other_hours(void **state)
{
    (void)state;
    live_in(BERLIN);
    assert_end("2027-03-28", "2027-03-28T22:00:00Z", "2027-03-28"); /* 23 h */
    assert_end("2027-10-31", "2027-10-31T23:00:00Z", "2027-10-31"); /* 25 h */
    live_in(HAVANA);
    assert_end("2027-03-13", "2027-03-14T05:00:00Z", "2027-03-13"); /* its end is 01:00 */
    assert_end("2027-11-06", "2027-11-07T04:00:00Z", "2027-11-06"); /* the first of two 00:00 */
    assert_end("2027-11-07", "2027-11-08T05:00:00Z", "2027-11-07");
}

static void days_from_now(void **state)
{
    (void)state;
    live_in("UTC0");
    assert_end("today", "2027-01-02T00:00:00Z", "2027-01-01");
    assert_end("+0d", "2027-01-02T00:00:00Z", "2027-01-01");
    assert_end("+90d", "2027-04-02T00:00:00Z", "2027-04-01");
    assert_end("+2w", "2027-01-16T00:00:00Z", "2027-01-15");
    live_in("EST5"); /* still the day before */
    assert_end("today", "2027-01-01T05:00:00Z", "2026-12-31");
    live_in(BERLIN);
    assert_end("+90d", "2027-04-01T22:00:00Z", "2027-04-01"); /* the clock goes on between */
    assert_end("+36h", "2027-01-02T12:00:00Z", "2027-01-02 13:00:00 +0100");
}

static void a_moment_is_that_moment(void **state)
{
    (void)state;
    live_in(BERLIN);
    assert_end("2027-07-01 18:00", "2027-07-01T16:00:00Z", "2027-07-01 18:00:00 +0200");
    assert_end("2027-07-01T18:00:30Z", "2027-07-01T18:00:30Z", "2027-07-01 20:00:30 +0200");
    assert_end("2027-07-01T18:00:30+05:30", "2027-07-01T12:30:30Z", "2027-07-01 14:30:30 +0200");
    assert_end("2027-07-01 18:00:30 -0700", "2027-07-02T01:00:30Z", "2027-07-02 03:00:30 +0200");
    assert_end("2027-07-01T22:00:00Z", "2027-07-01T22:00:00Z", "2027-07-01");
    /* twice that night: which of them is said by the zone */
    assert_end("2027-10-31 02:30:00 +0200", "2027-10-31T00:30:00Z", "2027-10-31 02:30:00 +0200");
    assert_end("2027-10-31 02:30:00 +0100", "2027-10-31T01:30:00Z", "2027-10-31 02:30:00 +0100");
}

static void no_end_is_refused(void **state)
{
    static const char *const texts[] = {
        "", "soon", "2027-02-29", "2027-13-01", "2027-07-01x", "2027-07-01 25:00", "2d ago", "90d", "+90", "+d", "+-1d",
        "+1y", "++1d", "+1d ago", "+999999999d", "+99999999w", "9999-12-31", "yesterday", "Today",
        "2027-07-01T18:00:00+0", "+ 1d",
    };

    (void)state;
    live_in("UTC0");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t end = -7;

        if (when_parse_end(texts[i], NOW, &end))
            fail_msg("'%s' is taken", texts[i]);
        assert_int_equal(end, -7);
    }
}

/* Of whatever is in a store. */
static void any_number_is_shown(void **state)
{
    static const int64_t numbers[] = { 0, 1, -1, INT64_MAX, INT64_MIN, INT64_C(67768036191676799), 253402300800 };
    char shown[WHEN_SIZE];

    (void)state;
    live_in(HAVANA);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        when_format_end(numbers[i], "never", shown);
        assert_int_not_equal(shown[0], '\0');
    }
}

/* Where a day is a beginning it is its own. */
static void a_day_to_begin_with_is_its_start(void **state)
{
    int64_t when = 0;

    (void)state;
    live_in(BERLIN);
    assert_true(when_parse("2027-07-01", NOW, &when));
    assert_int_equal(when, INT64_C(1814392800));
    assert_true(when_parse("2d", NOW, &when));
    assert_int_equal(when, NOW - 172800);
    assert_true(when_parse("2027-07-01T00:00:00+02:00", NOW, &when));
    assert_int_equal(when, INT64_C(1814392800));
    assert_false(when_parse("today", NOW, &when));
    assert_false(when_parse("+2d", NOW, &when));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_day_is_good),
        cmocka_unit_test(a_day_may_have_other_hours),
        cmocka_unit_test(days_from_now),
        cmocka_unit_test(a_moment_is_that_moment),
        cmocka_unit_test(no_end_is_refused),
        cmocka_unit_test(any_number_is_shown),
        cmocka_unit_test(a_day_to_begin_with_is_its_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
