/*
 * What the fleet said, kept out of memory: of each entry the last word, in the order in which they came.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sql/memory.h"
#include "sql/said.h"

#define ANN "aaaaaaaa-0000-4000-8000-000000000001"
#define BEN "bbbbbbbb-0000-4000-8000-000000000002"
#define CYD "cccccccc-0000-4000-8000-000000000003"

static struct said_list *list;

static int begin(void **state)
{
    (void)state;
    list = said_list_new();
    return list != NULL ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    said_list_free(list);
    return 0;
}

static struct said get(const char *entry_uuid)
{
    struct said said;

    assert_int_equal(said_find(list, entry_uuid, &said), STORE_OK);
    return said;
}

static void expect_line(const char *entry_uuid, const char *line)
{
    char *text = NULL;

    assert_int_equal(said_line(list, get(entry_uuid).number, &text), STORE_OK);
    assert_string_equal(text, line);
    store_text_free(text);
}

static void the_last_word_of_an_entry_counts(void **state)
{
    (void)state;
    assert_int_equal(said_add_entry(list, ANN, SAID_ENTRY, WORD_ACTIVE, "first"), STORE_OK);
    assert_int_equal(said_add_entry(list, ANN, SAID_ENTRY, WORD_SUSPENDED, "second"), STORE_OK);
    assert_int_equal(get(ANN).word, WORD_SUSPENDED);
    expect_line(ANN, "second");
    assert_int_equal(said_add_entry(list, ANN, SAID_UNREADABLE, WORD_NONE, "third"), STORE_OK);
    assert_int_equal(get(ANN).what, SAID_UNREADABLE);
    assert_int_equal(get(ANN).word, WORD_SUSPENDED);
    expect_line(ANN, "third");
}

static void that_an_entry_is_there_takes_nothing_back(void **state)
{
    (void)state;
    assert_int_equal(said_add_entry(list, ANN, SAID_ENTRY, WORD_SUSPENDED, "line"), STORE_OK);
    assert_int_equal(said_add_uuid(list, ANN, SAID_PRESENT), STORE_OK);
    assert_int_equal(get(ANN).what, SAID_ENTRY);
    assert_int_equal(said_add_uuid(list, ANN, SAID_GONE), STORE_OK);
    assert_int_equal(get(ANN).what, SAID_GONE);
    assert_int_equal(get(ANN).word, WORD_SUSPENDED);
    assert_int_equal(said_add_uuid(list, BEN, SAID_GONE), STORE_OK);
    assert_int_equal(said_add_uuid(list, BEN, SAID_PRESENT), STORE_OK);
    assert_int_equal(get(BEN).what, SAID_PRESENT);
}

static void they_come_in_the_order_in_which_they_were_named(void **state)
{
    struct said said = { .number = 0 };

    (void)state;
    assert_int_equal(said_add_entry(list, CYD, SAID_ENTRY, WORD_DELETED, "c"), STORE_OK);
    assert_int_equal(said_add_uuid(list, BEN, SAID_GONE), STORE_OK);
    assert_int_equal(said_add_entry(list, ANN, SAID_ENTRY, WORD_ACTIVE, "a"), STORE_OK);
    assert_int_equal(said_add_entry(list, CYD, SAID_ENTRY, WORD_DELETED, "c again"), STORE_OK);
    assert_int_equal(said_next(list, SAID_ENTRIES, said.number, &said), STORE_OK);
    assert_string_equal(said.entry_uuid, CYD);
    assert_int_equal(said_refuse(list, said.number, "so"), STORE_OK);
    assert_int_equal(said_next(list, SAID_ENTRIES, said.number, &said), STORE_OK);
    assert_string_equal(said.entry_uuid, ANN);
    assert_string_equal(said.why, "");
    assert_int_equal(said_next(list, SAID_ENTRIES, said.number, &said), STORE_NOT_FOUND);
    assert_int_equal(said_next(list, SAID_UUIDS, 0, &said), STORE_OK);
    assert_string_equal(said.entry_uuid, BEN);
    assert_int_equal(said_next(list, SAID_DELETED, 0, &said), STORE_OK);
    assert_string_equal(said.entry_uuid, CYD);
    assert_string_equal(said.why, "so");
    assert_int_equal(said_find(list, "dddddddd-0000-4000-8000-000000000004", &said), STORE_NOT_FOUND);
}

/* 20 MB of lines. */
static void what_has_no_room_in_memory_is_kept(void **state)
{
    enum { LINES = 200, LENGTH = 100000 };
    char *line = calloc(1, LENGTH + 1), entry_uuid[FLEET_UUID_SIZE];

    (void)state;
    assert_non_null(line);
    for (int i = 0; i < LINES; i++) {
        memset(line, 'a' + i % 26, LENGTH);
        snprintf(entry_uuid, sizeof entry_uuid, "aaaaaaaa-0000-4000-8000-%012d", i);
        assert_int_equal(said_add_entry(list, entry_uuid, SAID_ENTRY, WORD_ACTIVE, line), STORE_OK);
    }
    for (int i = 0; i < LINES; i++) {
        memset(line, 'a' + i % 26, LENGTH);
        snprintf(entry_uuid, sizeof entry_uuid, "aaaaaaaa-0000-4000-8000-%012d", i);
        expect_line(entry_uuid, line);
    }
    free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_last_word_of_an_entry_counts, begin, end),
        cmocka_unit_test_setup_teardown(that_an_entry_is_there_takes_nothing_back, begin, end),
        cmocka_unit_test_setup_teardown(they_come_in_the_order_in_which_they_were_named, begin, end),
        cmocka_unit_test_setup_teardown(what_has_no_room_in_memory_is_kept, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
