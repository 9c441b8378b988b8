/*
 * The store: which files it trusts, which content is ours, and with which settings it is opened.
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
#include <time.h>
#include <unistd.h>

#include "sql/account.h"
#include "sql/database.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "fixture/fixture.h"
#include "fixture/store_case.h"

/* A refused open must leave *ret alone. */
static enum store_result opening(enum store_mode mode)
{
    struct store *const untouched = (struct store *)&fresh_store;
    struct store *store = untouched;
    enum store_result result = store_open(FIXTURE_PRIVATE, mode, &store);

    if (result == STORE_OK)
        store_close(store);
    else
        assert_ptr_equal(store, untouched);
    return result;
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

/* -- which files are trusted -------------------------------------------------------------- */

static void a_created_store_is_for_its_owner_alone(void **state)
{
    (void)state;
    umask(0);
    make_alice();
    umask(022);
    assert_int_equal(mode_of(STORE_FILE), 0600);
    assert_int_equal(mode_of(STORE_FILE "-journal"), 0600);
}

static void without_create_nothing_is_made(void **state)
{
    (void)state;
    assert_int_equal(opening(STORE_EXISTING), STORE_MISSING);
    assert_int_not_equal(access(STORE_FILE, F_OK), 0);
    assert_int_equal(rmdir(FIXTURE_PRIVATE), 0);
    assert_int_equal(opening(STORE_EXISTING), STORE_MISSING);
    assert_int_not_equal(opening(STORE_CREATE), STORE_OK);
    assert_int_not_equal(access(FIXTURE_PRIVATE, F_OK), 0);
}

static void an_empty_file_is_a_missing_store(void **state)
{
    (void)state;
    fixture_write(STORE_FILE, "", 0, 0600);
    assert_int_equal(opening(STORE_EXISTING), STORE_MISSING);
    assert_int_equal(opening(STORE_CREATE), STORE_OK);
    assert_int_equal(opening(STORE_EXISTING), STORE_OK);
}

static void a_wider_mode_is_unsafe(void **state)
{
    static const mode_t modes[] = { 0640, 0604, 0644, 0660, 0700, 0400, 04600 };

    (void)state;
    make_store();
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        chmod(STORE_FILE, modes[i]);
        assert_int_equal(opening(STORE_EXISTING), STORE_UNSAFE);
        assert_int_equal(opening(STORE_CREATE), STORE_UNSAFE);
    }
    chmod(STORE_FILE, 0600);
    assert_int_equal(opening(STORE_EXISTING), STORE_OK);
}

static void a_wider_folder_is_unsafe(void **state)
{
    static const mode_t modes[] = { 0755, 0750, 0701, 0770, 01700 };

    (void)state;
    make_store();
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        chmod(FIXTURE_PRIVATE, modes[i]);
        assert_int_equal(opening(STORE_EXISTING), STORE_UNSAFE);
    }
    chmod(FIXTURE_PRIVATE, 0700);
}

static void a_wider_journal_is_unsafe(void **state)
{
    (void)state;
    make_alice();
    chmod(STORE_FILE "-journal", 0644);
    assert_int_equal(opening(STORE_EXISTING), STORE_UNSAFE);
}

static void another_owner_is_unsafe(void **state)
{
    (void)state;
    if (geteuid() != 0)
        return; /* nobody else can give a file away */
    make_store();
    assert_int_equal(chown(STORE_FILE, 65534, 65534), 0);
    assert_int_equal(opening(STORE_EXISTING), STORE_UNSAFE);
    assert_int_equal(chown(STORE_FILE, 0, 0), 0);
    assert_int_equal(chown(FIXTURE_PRIVATE, 65534, 65534), 0);
    assert_int_equal(opening(STORE_EXISTING), STORE_UNSAFE);
}

static void a_link_is_unsafe(void **state)
{
    (void)state;
    make_store();
    assert_int_equal(link(STORE_FILE, CODER_STATE_DIR "/second"), 0);
    assert_int_equal(opening(STORE_EXISTING), STORE_UNSAFE);
    assert_int_equal(unlink(CODER_STATE_DIR "/second"), 0);
    assert_int_equal(rename(STORE_FILE, CODER_STATE_DIR "/elsewhere"), 0);
    assert_int_equal(symlink(CODER_STATE_DIR "/elsewhere", STORE_FILE), 0);
    assert_int_equal(opening(STORE_EXISTING), STORE_UNSAFE);
    assert_int_equal(opening(STORE_CREATE), STORE_UNSAFE);
}

static void a_dangling_link_is_not_followed_by_create(void **state)
{
    (void)state;
    assert_int_equal(symlink(CODER_STATE_DIR "/elsewhere", STORE_FILE), 0);
    assert_int_equal(opening(STORE_CREATE), STORE_UNSAFE);
    assert_int_not_equal(access(CODER_STATE_DIR "/elsewhere", F_OK), 0);
}

static void a_linked_folder_is_unsafe(void **state)
{
    (void)state;
    make_store();
    assert_int_equal(rename(FIXTURE_PRIVATE, CODER_STATE_DIR "/moved"), 0);
    assert_int_equal(symlink("moved", FIXTURE_PRIVATE), 0);
    assert_int_equal(opening(STORE_EXISTING), STORE_UNSAFE);
}

static void a_folder_in_the_files_place_is_unsafe(void **state)
{
    (void)state;
    assert_int_equal(mkdir(STORE_FILE, 0600), 0);
    assert_int_equal(opening(STORE_EXISTING), STORE_UNSAFE);
    assert_int_equal(opening(STORE_CREATE), STORE_UNSAFE);
}

/* -- which content is ours ---------------------------------------------------------------- */

/* Opening both ways gives `expected` and leaves every byte as it was. */
static void assert_left_alone(enum store_result expected)
{
    size_t before_size, after_size;
    char *before = fixture_read(STORE_FILE, &before_size), *after;

    assert_int_equal(opening(STORE_EXISTING), expected);
    assert_int_equal(opening(STORE_CREATE), expected);
    after = fixture_read(STORE_FILE, &after_size);
    assert_int_equal(after_size, before_size);
    assert_memory_equal(after, before, before_size);
    free(before);
    free(after);
}

static void make_foreign(const char *sql)
{
    sqlite3 *db = NULL;

    umask(077);
    assert_int_equal(sqlite3_open(STORE_FILE, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    umask(022);
}

static void a_text_file_is_damage_and_left_alone(void **state)
{
    char text[4096];

    (void)state;
    memset(text, 'x', sizeof text);
    fixture_write(STORE_FILE, text, sizeof text, 0600);
    assert_left_alone(STORE_DAMAGED);
    fixture_write(STORE_FILE, "hello\n", 6, 0600);
    assert_left_alone(STORE_DAMAGED);
}

static void a_foreign_database_is_left_alone(void **state)
{
    (void)state;
    make_foreign("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    assert_left_alone(STORE_FOREIGN);
    make_foreign("PRAGMA application_id=7; PRAGMA user_version=1");
    assert_left_alone(STORE_FOREIGN);
}

static void a_database_with_only_a_version_is_foreign(void **state)
{
    (void)state;
    make_foreign("PRAGMA user_version=1");
    assert_left_alone(STORE_FOREIGN);
}

static void a_foreign_database_in_wal_mode_is_left_alone(void **state)
{
    (void)state;
    make_foreign("PRAGMA journal_mode=WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    assert_left_alone(STORE_FOREIGN);
}

static void a_foreign_log_not_yet_in_its_database_is_left_there(void **state)
{
    sqlite3 *db = NULL;

    (void)state;
    umask(077);
    assert_int_equal(sqlite3_open(STORE_FILE, &db), SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    assert_int_equal(
        sqlite3_exec(db, "PRAGMA journal_mode=WAL; CREATE TABLE t (x)", NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    umask(022);
    assert_int_equal(access(STORE_FILE "-wal", F_OK), 0);
    assert_left_alone(STORE_FOREIGN);
    assert_int_equal(access(STORE_FILE "-wal", F_OK), 0);
}

static void a_later_schema_is_too_new_and_left_alone(void **state)
{
    (void)state;
    make_alice();
    fixture_sql("PRAGMA user_version=99");
    assert_left_alone(STORE_TOO_NEW);
}

static void a_negative_version_is_damage(void **state)
{
    (void)state;
    make_alice();
    fixture_sql("PRAGMA user_version=-1");
    assert_left_alone(STORE_DAMAGED);
}

static void a_store_without_its_tables_is_damaged(void **state)
{
    struct store *store;
    struct account account;

    (void)state;
    make_store();
    fixture_sql("DROP TABLE account_roles");
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_by_uid(store, 70100, &account), STORE_DAMAGED);
    store_close(store);
}

/* -- how it is opened --------------------------------------------------------------------- */

static int64_t setting(struct store *store, const char *sql)
{
    int64_t number = -1;

    assert_int_equal(database_number(store->db, &number, sql, ""), STORE_OK);
    return number;
}

static void every_connection_has_the_designs_settings(void **state)
{
    struct store *store;
    char *journal = NULL;
    int defensive = 0;

    (void)state;
    for (int round = 0; round < 2; round++) { /* created, and opened again */
        store = open_store(STORE_CREATE);
        assert_int_equal(database_copy(store->db, &journal, "PRAGMA journal_mode", ""), STORE_OK);
        assert_string_equal(journal, "truncate");
        store_text_free(journal);
        assert_int_equal(setting(store, "PRAGMA synchronous"), 2);
        assert_int_equal(setting(store, "PRAGMA foreign_keys"), 1);
        assert_int_equal(setting(store, "PRAGMA secure_delete"), 1);
        assert_int_equal(setting(store, "PRAGMA trusted_schema"), 0);
        assert_int_equal(setting(store, "PRAGMA temp_store"), 2);
        assert_int_equal(setting(store, "PRAGMA cache_spill"), 0);
        assert_int_equal(setting(store, "PRAGMA application_id"), 0x43445241);
        sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, -1, &defensive);
        assert_int_equal(defensive, 1);
        store_close(store);
    }
}

static void a_store_switched_to_wal_comes_back(void **state)
{
    (void)state;
    make_alice();
    fixture_sql("PRAGMA journal_mode=WAL");
    assert_string_equal(read_account(70100).username, "alice");
    assert_int_not_equal(access(STORE_FILE "-wal", F_OK), 0);
    assert_int_equal(opening(STORE_EXISTING), STORE_OK);
}

static void every_table_is_strict(void **state)
{
    (void)state;
    make_store();
    assert_int_equal(
        fixture_number("SELECT count(*) FROM pragma_table_list WHERE schema = 'main'"
                       " AND type = 'table' AND name NOT LIKE 'sqlite_%' AND NOT strict"),
        0);
    assert_true(fixture_number("SELECT count(*) FROM pragma_table_list WHERE strict") >= 7);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_created_store_is_for_its_owner_alone),
        TEST(without_create_nothing_is_made),
        TEST(an_empty_file_is_a_missing_store),
        TEST(a_wider_mode_is_unsafe),
        TEST(a_wider_folder_is_unsafe),
        TEST(a_wider_journal_is_unsafe),
        TEST(another_owner_is_unsafe),
        TEST(a_link_is_unsafe),
        TEST(a_dangling_link_is_not_followed_by_create),
        TEST(a_linked_folder_is_unsafe),
        TEST(a_folder_in_the_files_place_is_unsafe),
        TEST(a_text_file_is_damage_and_left_alone),
        TEST(a_foreign_database_is_left_alone),
        TEST(a_database_with_only_a_version_is_foreign),
        TEST(a_foreign_database_in_wal_mode_is_left_alone),
        TEST(a_foreign_log_not_yet_in_its_database_is_left_there),
        TEST(a_later_schema_is_too_new_and_left_alone),
        TEST(a_negative_version_is_damage),
        TEST(a_store_without_its_tables_is_damaged),
        TEST(every_connection_has_the_designs_settings),
        TEST(a_store_switched_to_wal_comes_back),
        TEST(every_table_is_strict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
