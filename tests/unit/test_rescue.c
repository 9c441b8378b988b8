/*
 * The copy that a store is read from where its own folder cannot be written: the same accounts, no
 * change possible, nothing left of it, and none made where a folder is not to be trusted.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "sql/account.h"
#include "sql/database.h"
#include "sql/rescue.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_changes.h"
#include "fixture/fixture.h"

static int with_alice(void **state)
{
    struct account alice = fixture_account("alice", 70100);

    (void)state;
    fixture_reset();
    fixture_add(&alice, NULL);
    return 0;
}

static int entries_of(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void the_copy_has_the_accounts_and_leaves_no_file(void **state)
{
    struct store *store = NULL;
    struct account account;

    (void)state;
    assert_int_equal(store_open_copy(FIXTURE_PRIVATE, FIXTURE_RUN, &store), STORE_OK);
    assert_int_equal(entries_of(FIXTURE_RUN), 0);
    assert_int_equal(store_account_by_name(store, "alice", &account), STORE_OK);
    assert_int_equal(account.uid, 70100);
    store_close(store);
    assert_int_equal(entries_of(FIXTURE_RUN), 0);
}

static void a_change_of_the_copy_fails(void **state)
{
    struct store *store = NULL;
    enum store_result result;

    (void)state;
    assert_int_equal(store_open_copy(FIXTURE_PRIVATE, FIXTURE_RUN, &store), STORE_OK);
    result = store_begin(store);
    if (result == STORE_OK)
        result = store_account_set_status(store, 70100, ACCOUNT_SUSPENDED);
    assert_int_equal(result, STORE_FULL);
    store_close(store);
}

static void an_older_schema_is_migrated_in_the_copy_alone(void **state)
{
    struct store *store = NULL;
    char *sql, *before, *after;
    size_t size, before_size, after_size;
    sqlite3 *db = NULL;

    (void)state;
    fixture_reset();
    sql = fixture_read("tests/stores/0001.sql", &size);
    sql = realloc(sql, size + 1);
    sql[size] = '\0';
    umask(077);
    assert_int_equal(sqlite3_open(FIXTURE_PRIVATE "/accounts.db", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    before = fixture_read(FIXTURE_PRIVATE "/accounts.db", &before_size);
    assert_int_equal(store_open_copy(FIXTURE_PRIVATE, FIXTURE_RUN, &store), STORE_OK);
    store_close(store);
    after = fixture_read(FIXTURE_PRIVATE "/accounts.db", &after_size);
    assert_int_equal(after_size, before_size);
    assert_memory_equal(after, before, before_size);
    free(sql);
    free(before);
    free(after);
}

static void no_copy_is_made_while_somebody_writes(void **state)
{
    struct store *store = NULL;
    sqlite3 *writer = NULL;
    int status = 0;

    (void)state;
    assert_int_equal(sqlite3_open(FIXTURE_PRIVATE "/accounts.db", &writer), SQLITE_OK);
    assert_int_equal(sqlite3_exec(writer, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    if (fork() == 0) /* locks are a process's own */
        _exit(store_open_copy(FIXTURE_PRIVATE, FIXTURE_RUN, &store));
    wait(&status);
    assert_int_equal(status, W_EXITCODE(STORE_BUSY, 0));
    assert_int_equal(entries_of(FIXTURE_RUN), 0);
    sqlite3_close(writer);
}

static void folders_of_wider_modes_are_not_trusted(void **state)
{
    struct store *store = NULL;

    (void)state;
    assert_int_equal(mkdir(CODER_RUN_DIR, 0755), 0);
    assert_int_equal(mkdir(FIXTURE_RUN, 0700), 0);
    assert_int_equal(chmod(FIXTURE_RUN, 0755), 0);
    assert_int_equal(store_open_copy(FIXTURE_PRIVATE, FIXTURE_RUN, &store), STORE_UNSAFE);
    assert_int_equal(chmod(FIXTURE_RUN, 0700), 0);
    assert_int_equal(chmod(FIXTURE_PRIVATE "/accounts.db", 0640), 0);
    assert_int_equal(store_open_copy(FIXTURE_PRIVATE, FIXTURE_RUN, &store), STORE_UNSAFE);
    assert_int_equal(entries_of(FIXTURE_RUN), 0);
}

#define TEST(name) cmocka_unit_test_setup(name, with_alice)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(the_copy_has_the_accounts_and_leaves_no_file),
        TEST(a_change_of_the_copy_fails),
        TEST(an_older_schema_is_migrated_in_the_copy_alone),
        TEST(no_copy_is_made_while_somebody_writes),
        TEST(folders_of_wider_modes_are_not_trusted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
