/*
 * JSON for what is not in the store: each kind of value, what must be escaped, what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sql/json.h"
#include "sql/memory.h"

static void test_json_each_kind_of_value(void **state)
{
    char *text = json_make_object("titbwwj", "a", "x", "b", (int64_t)-7, "c", (const char *)NULL, "d", 1,
                                  "e", (int64_t)0, "f", (int64_t)86400, "g", "[1, 2]");

    (void)state;
    assert_non_null(text);
    assert_string_equal(text, "{\"a\":\"x\",\"b\":-7,\"c\":null,\"d\":true,\"e\":null,"
                              "\"f\":\"1970-01-02T00:00:00Z\",\"g\":[1,2]}");
    store_text_free(text);
}

static void test_json_hostile_text_is_escaped(void **state)
{
    char *text = json_make_object("t", "k\"", "\"\\\n\033[31m");

    (void)state;
    assert_non_null(text);
    assert_string_equal(text, "{\"k\\\"\":\"\\\"\\\\\\n\\u001b[31m\"}");
    store_text_free(text);
}

static void test_json_nothing_of_no_pairs_and_of_broken_json(void **state)
{
    char *text = json_make_object("");

    (void)state;
    assert_string_equal(text, "{}");
    store_text_free(text);
    assert_null(json_make_object("j", "a", "[1,"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_each_kind_of_value),
        cmocka_unit_test(test_json_hostile_text_is_escaped),
        cmocka_unit_test(test_json_nothing_of_no_pairs_and_of_broken_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
