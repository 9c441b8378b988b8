/*
 * What was mistyped: which words are near to it, and that the distance is the same either way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "terminal/similar.h"

/* SIMILAR_NONE when they are not near. */
static unsigned nearness(const char *typed, const char *word)
{
    unsigned nearest = SIMILAR_NONE;
    bool near = similar_is_nearer(typed, word, &nearest);

    assert_int_equal(near, nearest != SIMILAR_NONE);
    return nearest;
}

static void each_slip_counts_once(void **state)
{
    static const struct {
        const char *typed, *word;
        unsigned expected;
    } cases[] = {
        { "suspend", "suspend", 0 },
        { "supend", "suspend", 1 },   /* left out */
        { "suspendd", "suspend", 1 }, /* put in */
        { "suspemd", "suspend", 1 },  /* taken for another */
        { "supsend", "suspend", 1 },  /* changed places */
        { "uspsend", "suspend", 2 },
        { "supemd", "suspend", 2 },
        { "supem", "suspend", SIMILAR_NONE },
        { "dnepsus", "suspend", SIMILAR_NONE },
        { "acb", "abc", 1 },
        { "cab", "abc", SIMILAR_NONE }, /* two slips in three letters */
        { "lsit", "list", 1 },
        { "ltsi", "list", SIMILAR_NONE },
        { "ls", "rs", SIMILAR_NONE },
        { "ls", "ls", 0 },
        { "", "", 0 },
        { "", "a", SIMILAR_NONE },
        { "a", "", SIMILAR_NONE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(nearness(cases[i].typed, cases[i].word), cases[i].expected);
}

static void only_a_nearer_word_takes_its_place(void **state)
{
    unsigned nearest = SIMILAR_NONE;

    (void)state;
    assert_true(similar_is_nearer("unlcok", "unlocks", &nearest));
    assert_int_equal(nearest, 2);
    assert_true(similar_is_nearer("unlcok", "unlock", &nearest));
    assert_int_equal(nearest, 1);
    assert_false(similar_is_nearer("unlcok", "unlok", &nearest));
    assert_false(similar_is_nearer("unlcok", "unlock", &nearest));
    assert_int_equal(nearest, 1);
}

/* Words up to the longest there may be, with a slip at each place; a longer one is near to none. */
static void words_of_any_length_are_compared(void **state)
{
    (void)state;
    for (size_t length = 5; length < 80; length++) {
        char *word = malloc(length + 1), *typed = malloc(length + 1);

        assert_non_null(word);
        assert_non_null(typed);
        for (size_t i = 0; i < length; i++)
            word[i] = (char)('a' + i % 26);
        word[length] = '\0';
        for (size_t i = 0; i < length; i++) {
            memcpy(typed, word, length + 1);
            typed[i] = '#';
            assert_int_equal(nearness(typed, word), length > 64 ? SIMILAR_NONE : 1);
            assert_int_equal(nearness(word, typed), length > 64 ? SIMILAR_NONE : 1);
        }
        free(word);
        free(typed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_slip_counts_once),
        cmocka_unit_test(only_a_nearer_word_takes_its_place),
        cmocka_unit_test(words_of_any_length_are_compared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
