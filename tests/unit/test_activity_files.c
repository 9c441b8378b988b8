/*
 * Attempts: where they are kept, and what becomes of a file that is damaged, unsafe or cannot be written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sql/account.h"
#include "sql/activity.h"
#include "sql/activity_file.h"
#include "sql/activity_log.h"
#include "sql/store.h"
#include "fixture/fixture.h"
#include "fixture/activity_case.h"

#define FILE_HERE FIXTURE_PRIVATE "/activity.db"
#define FILE_STANDIN FIXTURE_RUN "/activity.db"

static struct activity_log *open_log(void)
{
    struct activity_log *log = NULL;

    assert_int_equal(activity_open(FIXTURE_PRIVATE, FIXTURE_RUN, &log), STORE_OK);
    return log;
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* An attempt at a log opened now, then closed. */
static enum store_result attempt_anew(void)
{
    enum store_result result;

    activity_log = open_log();
    result = attempt(ALICE, HERE, ATTEMPT_FAILED, NOW);
    activity_close(activity_log);
    activity_log = NULL;
    return result;
}

static void the_file_is_for_its_owner_alone(void **state)
{
    (void)state;
    umask(0);
    assert_int_equal(attempt_anew(), STORE_OK);
    umask(022);
    assert_int_equal(mode_of(FILE_HERE), 0600);
    assert_int_equal(mode_of(FILE_HERE "-journal"), 0600);
    assert_false(exists(FIXTURE_RUN));
}

static void counts_outlive_the_process(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(attempt_anew(), STORE_OK);
    assert_int_equal(attempt_anew(), STORE_REFUSED);
}

static void two_logs_at_once_see_each_others_charges(void **state)
{
    struct activity_log *second = open_log();
    struct activity activity;
    int64_t id;

    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(charge(ALICE, HERE, NOW, &id), STORE_OK);
    assert_int_equal(activity_charge(second, ALICE, HERE, &policy, NOW, &activity, &id),
                     STORE_WAIT);
    activity_close(second);
}

/* The file is made again in its place, and charges work. */
static void assert_recreated(void)
{
    assert_int_equal(attempt_anew(), STORE_OK);
    assert_int_equal(fixture_activity_number("SELECT count FROM failures"), 1);
    assert_int_equal(mode_of(FILE_HERE), 0600);
    assert_false(exists(FILE_STANDIN));
}

static void garbage_is_thrown_away(void **state)
{
    char garbage[8192];

    (void)state;
    memset(garbage, 0xa5, sizeof garbage);
    fixture_write(FILE_HERE, garbage, sizeof garbage, 0600);
    assert_recreated();
}

static void an_empty_file_is_filled(void **state)
{
    (void)state;
    fixture_write(FILE_HERE, "", 0, 0600);
    assert_recreated();
}

static void another_releases_file_is_thrown_away(void **state)
{
    (void)state;
    assert_int_equal(attempt_anew(), STORE_OK);
    fixture_activity_sql("PRAGMA user_version=2");
    assert_recreated();
}

static void a_file_without_its_tables_is_thrown_away(void **state)
{
    (void)state;
    assert_int_equal(attempt_anew(), STORE_OK);
    fixture_activity_sql("DROP TABLE failures");
    assert_recreated();
}

static void a_file_with_zeroed_pages_is_thrown_away(void **state)
{
    size_t size;
    char *bytes;

    (void)state;
    assert_int_equal(attempt_anew(), STORE_OK);
    bytes = fixture_read(FILE_HERE, &size);
    assert_true(size > 8192);
    memset(bytes + 4096, 0, size - 4096);
    fixture_write(FILE_HERE, bytes, size, 0600);
    free(bytes);
    assert_recreated();
}

static void a_cut_file_is_thrown_away(void **state)
{
    (void)state;
    assert_int_equal(attempt_anew(), STORE_OK);
    assert_int_equal(truncate(FILE_HERE, 4096), 0);
    assert_recreated();
}

/* The stand-in is made and used; the folder it stands for keeps no new file. */
static void assert_standin_used(void)
{
    assert_int_equal(attempt_anew(), STORE_OK);
    assert_int_equal(mode_of(CODER_RUN_DIR), 0755);
    assert_int_equal(mode_of(FIXTURE_RUN), 0700);
    assert_int_equal(mode_of(FILE_STANDIN), 0600);
    for (int i = 0; i < 4; i++)
        assert_int_equal(attempt_anew(), STORE_OK);
    assert_int_equal(attempt_anew(), STORE_REFUSED);
}

static void without_its_folder_the_standin_is_used(void **state)
{
    (void)state;
    assert_int_equal(rmdir(FIXTURE_PRIVATE), 0);
    assert_standin_used();
    assert_false(exists(FIXTURE_PRIVATE));
}

static void the_standins_parent_is_open_to_all_whatever_the_umask(void **state)
{
    (void)state;
    assert_int_equal(rmdir(FIXTURE_PRIVATE), 0);
    umask(077);
    assert_int_equal(attempt_anew(), STORE_OK);
    umask(022);
    assert_int_equal(mode_of(CODER_RUN_DIR), 0755);
    assert_int_equal(mode_of(FIXTURE_RUN), 0700);
}

static void an_unsafe_folder_is_not_used(void **state)
{
    (void)state;
    chmod(FIXTURE_PRIVATE, 0755);
    assert_standin_used();
    assert_false(exists(FILE_HERE));
}

static void an_unsafe_file_is_neither_used_nor_removed(void **state)
{
    (void)state;
    fixture_write(FILE_HERE, "", 0, 0644);
    assert_standin_used();
    assert_int_equal(mode_of(FILE_HERE), 0644);
}

static void a_linked_file_is_not_followed(void **state)
{
    (void)state;
    assert_int_equal(symlink(CODER_STATE_DIR "/elsewhere", FILE_HERE), 0);
    assert_standin_used();
    assert_false(exists(CODER_STATE_DIR "/elsewhere"));
}

static void a_disk_that_fails_after_opening_sends_the_charge_to_the_standin(void **state)
{
    int64_t id = 0;

    (void)state;
    activity_log = open_log();
    unlink(FILE_HERE "-journal"); /* no write can be journaled here any more */
    assert_int_equal(mkdir(FILE_HERE "-journal", 0700), 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(charge(ALICE, HERE, NOW, &id), STORE_OK);
        assert_int_equal(activity_settle(activity_log, id, ALICE, HERE, ATTEMPT_FAILED, NOW),
                         STORE_OK);
    }
    assert_int_equal(charge(ALICE, HERE, NOW, &id), STORE_REFUSED);
    assert_true(exists(FILE_STANDIN));
}

static void a_file_damaged_after_opening_is_made_again(void **state)
{
    int64_t id = 0;

    (void)state;
    activity_log = open_log();
    fixture_activity_sql("DROP TABLE pending");
    assert_int_equal(charge(ALICE, HERE, NOW, &id), STORE_OK);
    assert_int_equal(activity_settle(activity_log, id, ALICE, HERE, ATTEMPT_FAILED, NOW), STORE_OK);
    assert_int_equal(fixture_activity_number("SELECT count FROM failures"), 1);
    assert_false(exists(FILE_STANDIN));
}

static void a_damaged_standin_is_made_again(void **state)
{
    (void)state;
    assert_int_equal(rmdir(FIXTURE_PRIVATE), 0);
    assert_int_equal(attempt_anew(), STORE_OK);
    fixture_write(FILE_STANDIN, "not a database at all, not even nearly", 38, 0600);
    assert_int_equal(attempt_anew(), STORE_OK);
    assert_int_equal(attempt_anew(), STORE_OK);
}

static void with_neither_place_nothing_can_be_charged(void **state)
{
    struct activity_log *log = (struct activity_log *)&policy;

    (void)state;
    assert_int_equal(rmdir(FIXTURE_PRIVATE), 0);
    mkdir(CODER_RUN_DIR, 0755);
    assert_int_equal(mkdir(FIXTURE_RUN, 0777), 0);
    assert_int_equal(chmod(FIXTURE_RUN, 0777), 0);
    assert_int_not_equal(activity_open(FIXTURE_PRIVATE, FIXTURE_RUN, &log), STORE_OK);
    assert_ptr_equal(log, &policy);
    assert_int_not_equal(activity_open(FIXTURE_PRIVATE, FIXTURE_PRIVATE "/a/b", &log), STORE_OK);
    assert_ptr_equal(log, &policy);
}

static void with_neither_place_left_the_charge_fails(void **state)
{
    int64_t id = -7;

    (void)state;
    activity_log = open_log();
    unlink(FILE_HERE "-journal");
    assert_int_equal(mkdir(FILE_HERE "-journal", 0700), 0);
    mkdir(CODER_RUN_DIR, 0755);
    assert_int_equal(mkdir(FIXTURE_RUN, 0700), 0);
    assert_int_equal(chmod(FIXTURE_RUN, 0755), 0);
    assert_int_not_equal(charge(ALICE, HERE, NOW, &id), STORE_OK);
    assert_int_equal(id, -7);
}

static void hostile_origins_are_only_text(void **state)
{
    static const char hostile[] = "host:'); DROP TABLE failures; --\xff\n\"";

    (void)state;
    fail_times(5, ALICE, hostile, NOW);
    assert_int_equal(attempt(ALICE, hostile, ATTEMPT_FAILED, NOW), STORE_REFUSED);
    assert_int_equal(attempt(ALICE, "host:')", ATTEMPT_FAILED, NOW), STORE_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_log, end_log)
#define FILES(name) cmocka_unit_test_setup_teardown(name, fresh_log, end_log)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_logs_at_once_see_each_others_charges),
        TEST(hostile_origins_are_only_text),
        FILES(the_file_is_for_its_owner_alone),
        FILES(counts_outlive_the_process),
        FILES(garbage_is_thrown_away),
        FILES(an_empty_file_is_filled),
        FILES(another_releases_file_is_thrown_away),
        FILES(a_file_without_its_tables_is_thrown_away),
        FILES(a_file_with_zeroed_pages_is_thrown_away),
        FILES(a_cut_file_is_thrown_away),
        FILES(without_its_folder_the_standin_is_used),
        FILES(the_standins_parent_is_open_to_all_whatever_the_umask),
        FILES(an_unsafe_folder_is_not_used),
        FILES(an_unsafe_file_is_neither_used_nor_removed),
        FILES(a_linked_file_is_not_followed),
        FILES(a_disk_that_fails_after_opening_sends_the_charge_to_the_standin),
        FILES(a_file_damaged_after_opening_is_made_again),
        FILES(a_damaged_standin_is_made_again),
        FILES(with_neither_place_nothing_can_be_charged),
        FILES(with_neither_place_left_the_charge_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
