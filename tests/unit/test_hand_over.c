/*
 * An own text to hand over: any language, no terminal obeys it, no word that stands for nothing; and filled in once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sql/hand_over.h"

static char fault[HAND_OVER_FAULT_SIZE];

static bool is_good(const char *text)
{
    bool good;

    fault[0] = '\0';
    good = hand_over_good(text, fault);
    assert_int_equal(good, fault[0] == '\0');
    return good;
}

static void any_language_is_good(void **state)
{
    static const char *const good[] = {
        "", "\n", "a\tb\n\nc", "{username} {email} {full_name} {host} {password} {valid_until}", "{{username} } }} {{",
        "Gr\303\274\303\237e, \320\237\321\200\320\270\320\262\320\265\321\202", /* umlauts, Cyrillic */
        "\331\205\342\200\214\333\214",                                         /* Persian with a joiner */
        "\342\200\217\327\251\327\234\327\225\327\235 {username}",              /* Hebrew with a mark */
        "\360\237\221\251\342\200\215\360\237\222\273",                         /* joined signs */
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(is_good(good[i]));
}

static void no_terminal_obeys_it(void **state)
{
    static const char *const bad[] = {
        "a\033[2J", "a\rb", "a\ab", "a\x7f", "\302\233", "a\vb", "\303", "\300\200", "\355\240\200",
        "\342\200\256" "x", "\342\201\246" "x", "\342\200\252" "x", "\342\200\250" "x", "\357\273\277" "x",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(is_good(bad[i]));
        for (const char *p = fault; *p != '\0'; p++)
            assert_true(*p >= ' ' && *p <= '~');
    }
    assert_false(is_good("a\nb\n\033"));
    assert_non_null(strstr(fault, "line 3"));
}

static void a_word_stands_for_something(void **state)
{
    static const char *const bad[] = { "{", "{}", "{user}", "{username", "{ username}", "{Username}", "{{{username", "a{\n}" };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(is_good(bad[i]));
    assert_false(is_good("a {pasword} b"));
    assert_non_null(strstr(fault, "'{pasword}'"));
    assert_false(is_good("{a\033}"));
    assert_null(strchr(fault, '\033'));
}

static const char *const values[HAND_OVER_WORDS] = { "ann", "ann@example.org", "Ann {password}", "h.example.org", "{email}", "never" };

static const char *fill(const char *text)
{
    static char filled[400];
    size_t length = hand_over_fill(text, values, filled, sizeof filled);

    assert_true(is_good(text));
    assert_int_equal(length, strlen(filled));
    return filled;
}

static void words_become_values_once(void **state)
{
    (void)state;
    assert_string_equal(fill("{username}@{host}\n"), "ann@h.example.org\n");
    assert_string_equal(fill("{full_name}:{password}"), "Ann {password}:{email}\n"); /* a value is no text of ours */
    assert_string_equal(fill("{email} {valid_until} {{username} }"), "ann@example.org never {username} }\n");
    assert_string_equal(fill(""), "\n");
    assert_string_equal(fill("{username}{username}"), "annann\n");
}

static void what_does_not_fit_is_counted(void **state)
{
    (void)state;
    for (size_t size = 0; size < 20; size++) {
        char *small = malloc(size + 1);

        assert_non_null(small);
        memset(small, 'x', size + 1);
        assert_int_equal(hand_over_fill("{username}, {username}", values, small, size), 9);
        assert_int_equal(small[size], 'x');
        assert_true(size == 0 || strlen(small) == (size <= 9 ? size - 1 : 9));
        free(small);
    }
}

static void a_word_is_found(void **state)
{
    (void)state;
    assert_true(hand_over_holds("a {password}", HAND_OVER_PASSWORD));
    assert_false(hand_over_holds("a {{password} {username}", HAND_OVER_PASSWORD));
    assert_false(hand_over_holds("", HAND_OVER_PASSWORD));
}

static void it_is_not_filled_beyond_measure(void **state)
{
    char text[2000] = "";
    size_t length = 0;

    (void)state;
    for (int i = 0; i < HAND_OVER_WORDS_MAX; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "{username}");
    assert_true(is_good(text));
    snprintf(text + length, sizeof text - length, "{{ {username}");
    assert_false(is_good(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_language_is_good),        cmocka_unit_test(no_terminal_obeys_it),
        cmocka_unit_test(a_word_stands_for_something), cmocka_unit_test(words_become_values_once),
        cmocka_unit_test(what_does_not_fit_is_counted), cmocka_unit_test(a_word_is_found),
        cmocka_unit_test(it_is_not_filled_beyond_measure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
