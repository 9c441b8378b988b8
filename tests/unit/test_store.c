/*
 * The store: which files it trusts, which rules its schema keeps whatever a program does, and which
 * of two writers wins. Opened as the products do; broken by plain SQL, as a later program might by
 * mistake.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "sql/account.h"
#include "sql/database.h"
#include "sql/memory.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_changes.h"
#include "fixture/fixture.h"

#define STORE_FILE FIXTURE_PRIVATE "/accounts.db"
#define NOW 1800000000LL
#define HASH_A "$y$j9T$aaaaaaaaaaaaaaaaaaaaaa$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define HASH_B "$y$j9T$bbbbbbbbbbbbbbbbbbbbbb$BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"

static int fresh(void **state)
{
    (void)state;
    fixture_reset();
    return 0;
}

static struct store *open_store(enum store_mode mode)
{
    struct store *store = NULL;

    assert_int_equal(store_open(FIXTURE_PRIVATE, mode, &store), STORE_OK);
    return store;
}

/* A refused open must leave *ret alone. */
static enum store_result opening(enum store_mode mode)
{
    struct store *const untouched = (struct store *)&fresh;
    struct store *store = untouched;
    enum store_result result = store_open(FIXTURE_PRIVATE, mode, &store);

    if (result == STORE_OK)
        store_close(store);
    else
        assert_ptr_equal(store, untouched);
    return result;
}

static void make_store(void)
{
    store_close(open_store(STORE_CREATE));
}

/* alice (70100), with HASH_A. */
static void make_alice(void)
{
    struct account alice = fixture_account("alice", 70100);

    snprintf(alice.hash, sizeof alice.hash, HASH_A);
    fixture_add(&alice, NULL);
}

static struct account read_account(uint32_t uid)
{
    struct store *store = open_store(STORE_EXISTING);
    struct account account;

    assert_int_equal(store_account_by_uid(store, uid, &account), STORE_OK);
    store_close(store);
    return account;
}

/* SQLite's extended code for one statement of a program that means no harm. */
static int try_sql(const char *sql)
{
    sqlite3 *db = NULL;
    int rc;

    assert_int_equal(sqlite3_open_v2(STORE_FILE, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    return rc;
}

static void assert_breaks_rule(const char *sql)
{
    if ((try_sql(sql) & 0xff) != SQLITE_CONSTRAINT)
        fail_msg("no rule stopped: %s", sql);
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

/* -- rules of the schema ------------------------------------------------------------------ */

static void a_username_or_uid_never_changes(void **state)
{
    (void)state;
    make_alice();
    assert_breaks_rule("UPDATE accounts SET username = 'bob'");
    assert_breaks_rule("UPDATE accounts SET uid = 70101");
    assert_breaks_rule("UPDATE OR REPLACE accounts SET uid = uid + 1");
    assert_breaks_rule(
        "INSERT OR REPLACE INTO accounts (uid, username, email, home, shell, created_at)"
        " VALUES (70100, 'bob', 'bob@example.org', '/home/bob', '/bin/sh', 1)");
    assert_breaks_rule(
        "INSERT OR REPLACE INTO accounts (uid, username, email, home, shell, created_at)"
        " VALUES (70101, 'alice', 'bob@example.org', '/home/bob', '/bin/sh', 1)");
    assert_breaks_rule(
        "INSERT OR REPLACE INTO accounts (uid, username, email, home, shell, created_at)"
        " VALUES (70101, 'bob', 'Alice@example.org', '/home/bob', '/bin/sh', 1)");
    assert_string_equal(read_account(70100).username, "alice");
}

static enum store_result insert(const struct account *account)
{
    struct store *store = open_store(STORE_CREATE);
    enum store_result result = store_begin(store);

    assert_int_equal(result, STORE_OK);
    result = store_account_insert(store, account);
    if (result == STORE_OK)
        assert_int_equal(store_commit(store), STORE_OK);
    store_close(store);
    return result;
}

static void delete_account(uint32_t uid)
{
    struct store *store = open_store(STORE_EXISTING);

    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_account_delete(store, uid), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    store_close(store);
}

static void a_deleted_accounts_name_and_uid_are_never_used_again(void **state)
{
    struct account same_name = fixture_account("alice", 70101);
    struct account same_uid = fixture_account("bob", 70100);
    struct account same_email = fixture_account("carol", 70102);
    struct store *store;

    (void)state;
    make_alice();
    delete_account(70100);
    assert_int_equal(insert(&same_name), STORE_TAKEN);
    assert_int_equal(insert(&same_uid), STORE_TAKEN);
    snprintf(same_email.email, sizeof same_email.email, "alice@example.org");
    assert_int_equal(insert(&same_email), STORE_OK);
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_name_is_free(store, "alice"), STORE_TAKEN);
    assert_int_equal(store_uid_is_free(store, 70100), STORE_TAKEN);
    assert_int_equal(store_name_is_free(store, "bob"), STORE_OK);
    assert_int_equal(store_uid_is_free(store, 70101), STORE_OK);
    store_close(store);
}

static void a_tombstone_stays(void **state)
{
    (void)state;
    make_alice();
    delete_account(70100);
    assert_breaks_rule("DELETE FROM tombstones");
    assert_breaks_rule("UPDATE tombstones SET username = 'bob'");
    assert_breaks_rule("UPDATE tombstones SET uid = 70101");
    assert_breaks_rule("INSERT OR REPLACE INTO tombstones VALUES (70100, 'bob', 1)");
    assert_breaks_rule("INSERT OR REPLACE INTO tombstones VALUES (70101, 'alice', 1)");
    assert_int_equal(fixture_number("SELECT count(*) FROM tombstones WHERE username = 'alice'"
                                    " AND uid = 70100"),
                     1);
}

static void counters_never_go_back(void **state)
{
    (void)state;
    make_alice();
    assert_breaks_rule("UPDATE counters SET generation = generation - 1");
    assert_breaks_rule("DELETE FROM counters");
    assert_breaks_rule("INSERT INTO counters VALUES (2, 0)");
    assert_breaks_rule("INSERT OR REPLACE INTO counters VALUES (1, 0)");
    assert_true(fixture_number("SELECT generation FROM counters") > 0);
}

static void a_field_out_of_its_range_is_refused(void **state)
{
    static const char *const statements[] = {
        "UPDATE accounts SET status = 'sleeping'",
        "UPDATE accounts SET status = NULL",
        "UPDATE accounts SET email = ''",
        "UPDATE accounts SET email = hex(zeroblob(128))",
        "UPDATE accounts SET home = 'home'",
        "UPDATE accounts SET shell = ''",
        "UPDATE accounts SET hash = ''",
        "UPDATE accounts SET hash = hex(zeroblob(192))",
        "UPDATE accounts SET temporary = 2",
        "UPDATE accounts SET temporary = 0, temporary_until = 5",
        "UPDATE accounts SET expires_at = 'never'",
        "INSERT INTO account_roles VALUES (70100, 'root')",
        "INSERT INTO account_roles VALUES (70100, 'member')",
        "INSERT INTO account_roles VALUES (70999, 'admin')",
        "INSERT INTO password_history VALUES (70999, 1, 'x')",
    };

    (void)state;
    make_alice();
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        assert_breaks_rule(statements[i]);
}

static void a_name_or_uid_out_of_its_range_is_refused(void **state)
{
    static const char *const names[] = {
        "",    "Bob", "9b",      "-b",        "b.b",
        "b b", "b\n", "coder-b", "b\xc3\xa9", "abcdefghijklmnopqrstuvwxyz0123456"
    };
    static const uint32_t uids[] = { 0, 999, 2147483648U, UINT32_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct account bob = fixture_account("bob", 70101);

        memset(bob.username, 0, sizeof bob.username);
        memcpy(bob.username, names[i], strnlen(names[i], sizeof bob.username - 1));
        if (strlen(names[i]) < sizeof bob.username)
            assert_int_equal(insert(&bob), STORE_REFUSED);
    }
    for (size_t i = 0; i < sizeof uids / sizeof uids[0]; i++) {
        struct account bob = fixture_account("bob", uids[i]);

        assert_int_equal(insert(&bob), STORE_REFUSED);
    }
    assert_breaks_rule("INSERT INTO accounts (uid, username, email, home, shell, created_at) VALUES"
                       " (70101, 'abcdefghijklmnopqrstuvwxyz0123456', 'a@b', '/', '/', 1)");
}

static void an_email_is_unique_without_case(void **state)
{
    struct account bob = fixture_account("bob", 70101);
    struct account found;
    struct store *store;

    (void)state;
    make_alice();
    snprintf(bob.email, sizeof bob.email, "ALICE@Example.ORG");
    assert_int_equal(insert(&bob), STORE_TAKEN);
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_email_is_free(store, "aLiCe@example.org"), STORE_TAKEN);
    assert_int_equal(store_email_is_free(store, "bob@example.org"), STORE_OK);
    assert_int_equal(store_account_by_email(store, "ALICE@EXAMPLE.ORG", &found), STORE_OK);
    assert_string_equal(found.username, "alice");
    store_close(store);
}

static void a_taken_name_or_uid_is_said_to_be_taken(void **state)
{
    struct account same_name = fixture_account("alice", 70101);
    struct account same_uid = fixture_account("bob", 70100);

    (void)state;
    make_alice();
    snprintf(same_name.email, sizeof same_name.email, "other@example.org");
    assert_int_equal(insert(&same_name), STORE_TAKEN);
    assert_int_equal(insert(&same_uid), STORE_TAKEN);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 1);
}

static void deleting_takes_roles_and_former_hashes_along(void **state)
{
    struct account alice = fixture_account("alice", 70100);

    (void)state;
    alice.roles |= ROLE_ADMIN;
    snprintf(alice.hash, sizeof alice.hash, HASH_A);
    fixture_add(&alice, NULL);
    fixture_sql("UPDATE accounts SET hash = '" HASH_B "'");
    assert_int_equal(fixture_number("SELECT count(*) FROM password_history"), 1);
    delete_account(70100);
    assert_int_equal(fixture_number("SELECT (SELECT count(*) FROM account_roles) +"
                                    " (SELECT count(*) FROM password_history)"),
                     0);
    assert_false(fixture_holds(HASH_A)); /* secure_delete: not in a free page either */
    assert_false(fixture_holds(HASH_B));
}

/* -- reading and writing ------------------------------------------------------------------ */

static void an_account_comes_back_as_it_was_put_in(void **state)
{
    struct account put = fixture_account("alice", 70100), got;
    struct store *store;

    (void)state;
    snprintf(put.full_name, sizeof put.full_name, "Zo\xc3\xab O'Brien \"%%s\" \xf0\x9f\x98\x80");
    snprintf(put.hash, sizeof put.hash, HASH_A);
    put.roles = ROLE_MEMBER | ROLE_ADMIN | ROLE_AUDITOR;
    put.status = ACCOUNT_SUSPENDED;
    put.temporary = true;
    put.temporary_until = NOW + 1;
    put.expires_at = NOW + 2;
    put.password_changed_at = NOW + 3;
    fixture_add(&put, NULL);
    got = read_account(70100);
    assert_int_equal(got.uid, put.uid);
    assert_string_equal(got.username, put.username);
    assert_string_equal(got.email, put.email);
    assert_string_equal(got.full_name, put.full_name);
    assert_string_equal(got.home, put.home);
    assert_string_equal(got.shell, put.shell);
    assert_string_equal(got.hash, put.hash);
    assert_int_equal(got.roles, put.roles);
    assert_int_equal(got.status, put.status);
    assert_int_equal(got.temporary, put.temporary);
    assert_int_equal(got.temporary_until, put.temporary_until);
    assert_int_equal(got.expires_at, put.expires_at);
    assert_int_equal(got.created_at, put.created_at);
    assert_int_equal(got.password_changed_at, put.password_changed_at);
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_by_name(store, "alice", &got), STORE_OK);
    assert_int_equal(store_account_by_name(store, "ALICE", &got), STORE_NOT_FOUND);
    assert_int_equal(store_account_by_name(store, "alice' OR '1'='1", &got), STORE_NOT_FOUND);
    assert_int_equal(store_account_by_uid(store, 70101, &got), STORE_NOT_FOUND);
    store_close(store);
}

static void a_text_longer_than_its_field_is_damage(void **state)
{
    struct store *store;
    struct account account;

    (void)state;
    make_alice();
    fixture_sql("UPDATE accounts SET full_name = hex(zeroblob(200))");
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_by_uid(store, 70100, &account), STORE_DAMAGED);
    store_close(store);
    fixture_sql("UPDATE accounts SET full_name = CAST(x'41004200' AS TEXT)");
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_by_uid(store, 70100, &account), STORE_DAMAGED);
    store_close(store);
}

static void changes_of_an_unknown_uid_find_nothing(void **state)
{
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_delete(store, 70999), STORE_NOT_FOUND);
    assert_int_equal(store_account_set_status(store, 70999, ACCOUNT_SUSPENDED), STORE_NOT_FOUND);
    assert_int_equal(store_account_set_password(store, 70999, HASH_A, false, 0, NOW),
                     STORE_NOT_FOUND);
    assert_int_equal(store_account_set_roles(store, 70999, ROLE_ADMIN), STORE_REFUSED);
    store_close(store);
}

static void roles_are_replaced_as_a_set(void **state)
{
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_set_roles(store, 70100, ROLE_ADMIN), STORE_OK);
    store_close(store);
    assert_int_equal(read_account(70100).roles, ROLE_MEMBER | ROLE_ADMIN);
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_set_roles(store, 70100, ROLE_AUDITOR | ROLE_MEMBER), STORE_OK);
    store_close(store);
    assert_int_equal(read_account(70100).roles, ROLE_MEMBER | ROLE_AUDITOR);
}

static void other_admins_are_counted_only_when_active(void **state)
{
    static const struct {
        const char *name;
        uint32_t uid;
        enum account_status status;
        unsigned roles;
    } who[] = { { "alice", 70100, ACCOUNT_ACTIVE, ROLE_ADMIN },
                { "bob", 70101, ACCOUNT_SUSPENDED, ROLE_ADMIN },
                { "carol", 70102, ACCOUNT_ACTIVE, ROLE_AUDITOR },
                { "dave", 70103, ACCOUNT_ACTIVE, ROLE_ADMIN } };
    struct store *store;
    int64_t count = -1;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct account account = fixture_account(who[i].name, who[i].uid);

        account.status = who[i].status;
        account.roles = who[i].roles;
        fixture_add(&account, NULL);
    }
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_count_other_admins(store, 70100, 1, &count), STORE_OK);
    assert_int_equal(count, 1);
    assert_int_equal(store_count_other_admins(store, 70102, 1, &count), STORE_OK);
    assert_int_equal(count, 2);
    store_close(store);
}

static void pages_follow_one_another_by_uid(void **state)
{
    struct account page[3];
    struct store *store;
    uint32_t expected = 70100;
    size_t count = 9, sizes[4];

    (void)state;
    for (uint32_t i = 0; i < 7; i++) {
        char name[16];
        struct account account;

        snprintf(name, sizeof name, "u%u", 6 - i);
        account = fixture_account(name, 70106 - i);
        fixture_add(&account, NULL);
    }
    store = open_store(STORE_EXISTING);
    for (size_t n = 0; n < 4; n++) {
        assert_int_equal(store_accounts_page(store, expected - 1, page, 3, &count), STORE_OK);
        sizes[n] = count;
        for (size_t i = 0; i < count; i++)
            assert_int_equal(page[i].uid, expected++);
    }
    store_close(store);
    assert_true(sizes[0] == 3 && sizes[1] == 3 && sizes[2] == 1 && sizes[3] == 0);
}

/* -- ids ---------------------------------------------------------------------------------- */

static enum store_result next_uid(uint32_t min, uint32_t max, uint32_t *ret)
{
    struct store *store = open_store(STORE_CREATE);
    enum store_result result = store_next_uid(store, min, max, ret);

    store_close(store);
    return result;
}

static void the_next_uid_is_above_accounts_and_tombstones(void **state)
{
    struct account bob = fixture_account("bob", 70101), high = fixture_account("high", 80000);
    uint32_t uid = 0;

    (void)state;
    assert_int_equal(next_uid(70100, 70199, &uid), STORE_OK);
    assert_int_equal(uid, 70100);
    make_alice();
    assert_int_equal(insert(&bob), STORE_OK);
    assert_int_equal(insert(&high), STORE_OK); /* outside the range */
    delete_account(70101);
    assert_int_equal(next_uid(70100, 70199, &uid), STORE_OK);
    assert_int_equal(uid, 70102);
}

static void an_id_taken_by_hand_at_the_top_leaves_the_range_usable(void **state)
{
    struct account last = fixture_account("last", 70103), bob = fixture_account("bob", 70101);
    uint32_t uid = 0;

    (void)state;
    make_alice();
    assert_int_equal(insert(&last), STORE_OK);
    assert_int_equal(insert(&bob), STORE_OK);
    delete_account(70101);
    assert_int_equal(next_uid(70100, 70103, &uid), STORE_OK);
    assert_int_equal(uid, 70102);
    assert_int_equal(next_uid(70099, 70103, &uid), STORE_OK);
    assert_int_equal(uid, 70099);
}

static void a_used_up_range_gives_no_id(void **state)
{
    struct account bob = fixture_account("bob", 70101);
    uint32_t uid = 7;

    (void)state;
    make_alice();
    assert_int_equal(insert(&bob), STORE_OK);
    delete_account(70100);
    assert_int_equal(next_uid(70100, 70101, &uid), STORE_NOT_FOUND);
    assert_int_equal(uid, 7);
}

/* -- generation --------------------------------------------------------------------------- */

/* How much one statement raises the generation. */
static int64_t growth(const char *sql)
{
    int64_t before = fixture_number("SELECT generation FROM counters");

    assert_int_equal(try_sql(sql), SQLITE_OK);
    return fixture_number("SELECT generation FROM counters") - before;
}

static void the_generation_grows_with_every_public_change(void **state)
{
    (void)state;
    make_alice();
    assert_true(growth("UPDATE accounts SET status = 'suspended'") > 0);
    assert_true(growth("UPDATE accounts SET full_name = 'A'") > 0);
    assert_true(growth("UPDATE accounts SET home = '/srv/a'") > 0);
    assert_true(growth("UPDATE accounts SET shell = '/bin/bash'") > 0);
    assert_true(growth("INSERT INTO account_roles VALUES (70100, 'admin')") > 0);
    assert_true(growth("DELETE FROM account_roles") > 0);
    assert_true(growth("INSERT INTO policy VALUES ('list_members', '0')") > 0);
    assert_true(growth("UPDATE policy SET value = '1'") > 0);
    assert_true(growth("DELETE FROM policy") > 0);
    assert_true(growth("INSERT INTO accounts (uid, username, email, home, shell, created_at)"
                       " VALUES (70101, 'bob', 'b@x', '/h', '/s', 1)") > 0);
    assert_true(growth("DELETE FROM accounts WHERE uid = 70101") > 0);
}

static void the_generation_stays_with_what_nobody_sees(void **state)
{
    struct account before, after;
    struct store *store;
    int64_t generation;

    (void)state;
    make_alice();
    before = read_account(70100);
    generation = fixture_number("SELECT generation FROM counters");
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_change_password(store, 70100, HASH_A, HASH_B, NOW), STORE_OK);
    assert_int_equal(store_account_set_password(store, 70100, HASH_A, true, NOW, NOW), STORE_OK);
    store_close(store);
    after = read_account(70100);
    assert_int_not_equal(before.temporary, after.temporary);
    assert_int_equal(growth("UPDATE accounts SET email = 'new@example.org', expires_at = 5"), 0);
    assert_int_equal(fixture_number("SELECT generation FROM counters"), generation);
}

static void inside_a_transaction_the_generation_is_the_one_to_come(void **state)
{
    struct store *store;
    int64_t before, within = 0, after = 0;

    (void)state;
    make_alice();
    before = fixture_number("SELECT generation FROM counters");
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_account_set_status(store, 70100, ACCOUNT_SUSPENDED), STORE_OK);
    assert_int_equal(store_generation(store, &within), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(store_generation(store, &after), STORE_OK);
    store_close(store);
    assert_true(within > before);
    assert_int_equal(after, within);
}

/* -- passwords ---------------------------------------------------------------------------- */

static enum store_result change(const char *verified, const char *hash)
{
    struct store *store = open_store(STORE_EXISTING);
    enum store_result result = store_account_change_password(store, 70100, verified, hash, NOW);

    store_close(store);
    return result;
}

static void a_users_change_clears_the_temporary_flag(void **state)
{
    struct account alice;
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_set_password(store, 70100, HASH_A, true, NOW + 9, NOW),
                     STORE_OK);
    store_close(store);
    alice = read_account(70100);
    assert_true(alice.temporary);
    assert_int_equal(alice.temporary_until, NOW + 9);
    assert_int_equal(change(HASH_A, HASH_B), STORE_OK);
    alice = read_account(70100);
    assert_string_equal(alice.hash, HASH_B);
    assert_false(alice.temporary);
    assert_int_equal(alice.temporary_until, 0);
    assert_int_equal(alice.password_changed_at, NOW);
}

static void a_users_change_loses_to_a_reset(void **state)
{
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_set_password(store, 70100, HASH_B, true, NOW + 9, NOW),
                     STORE_OK);
    store_close(store);
    assert_int_equal(change(HASH_A, "mine"), STORE_LOST);
    assert_string_equal(read_account(70100).hash, HASH_B);
    assert_true(read_account(70100).temporary);
}

static void a_users_change_loses_to_a_suspension(void **state)
{
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_set_status(store, 70100, ACCOUNT_SUSPENDED), STORE_OK);
    store_close(store);
    assert_int_equal(change(HASH_A, HASH_B), STORE_LOST);
    assert_string_equal(read_account(70100).hash, HASH_A);
}

static void a_users_change_loses_to_a_deletion(void **state)
{
    (void)state;
    make_alice();
    delete_account(70100);
    assert_int_equal(change(HASH_A, HASH_B), STORE_LOST);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 0);
}

static void an_account_without_password_cannot_be_changed_by_its_user(void **state)
{
    struct account bob = fixture_account("bob", 70100);

    (void)state;
    fixture_add(&bob, NULL);
    assert_int_equal(change("", HASH_B), STORE_LOST);
    assert_string_equal(read_account(70100).hash, "");
}

static void former_hashes_are_kept_newest_first_and_24_at_most(void **state)
{
    char hash[ACCOUNT_HASH_SIZE], next[ACCOUNT_HASH_SIZE];
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_former_hash(store, 70100, 0, hash), STORE_NOT_FOUND);
    snprintf(hash, sizeof hash, HASH_A);
    for (int n = 0; n < 30; n++) {
        snprintf(next, sizeof next, "hash-%d", n);
        assert_int_equal(store_account_change_password(store, 70100, hash, next, NOW), STORE_OK);
        memcpy(hash, next, sizeof hash);
    }
    for (int64_t n = 0; n < 24; n++) {
        snprintf(next, sizeof next, "hash-%d", (int)(28 - n));
        assert_int_equal(store_former_hash(store, 70100, n, hash), STORE_OK);
        assert_string_equal(hash, next);
    }
    assert_int_equal(store_former_hash(store, 70100, 24, hash), STORE_NOT_FOUND);
    store_close(store);
    assert_int_equal(fixture_number("SELECT count(*) FROM password_history"), 24);
}

/* -- transactions ------------------------------------------------------------------------- */

static void a_rollback_undoes_everything(void **state)
{
    struct account bob = fixture_account("bob", 70101);
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_account_insert(store, &bob), STORE_OK);
    assert_int_equal(store_account_delete(store, 70100), STORE_OK);
    store_rollback(store);
    store_rollback(store); /* nothing is open: nothing happens */
    store_close(store);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts WHERE uid = 70100"), 1);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 1);
    assert_int_equal(fixture_number("SELECT count(*) FROM tombstones"), 0);
}

static void closing_undoes_what_is_not_committed(void **state)
{
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_account_delete(store, 70100), STORE_OK);
    store_close(store);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 1);
}

static void one_writer_at_a_time_and_readers_meanwhile(void **state)
{
    struct store *first, *second;
    struct account account;

    (void)state;
    make_alice();
    first = open_store(STORE_EXISTING);
    second = open_store(STORE_EXISTING);
    sqlite3_busy_timeout(second->db, 50);
    assert_int_equal(store_begin(first), STORE_OK);
    assert_int_equal(store_account_set_status(first, 70100, ACCOUNT_SUSPENDED), STORE_OK);
    assert_int_equal(store_begin(second), STORE_BUSY);
    assert_int_equal(store_account_by_uid(second, 70100, &account), STORE_OK);
    assert_int_equal(account.status, ACCOUNT_ACTIVE); /* not committed yet */
    assert_int_equal(store_commit(first), STORE_OK);
    assert_int_equal(store_begin(second), STORE_OK);
    assert_int_equal(store_account_by_uid(second, 70100, &account), STORE_OK);
    assert_int_equal(account.status, ACCOUNT_SUSPENDED);
    store_close(second);
    store_close(first);
}

static void a_writer_waits_before_it_says_busy(void **state)
{
    struct store *first, *second;
    time_t start;

    (void)state;
    make_alice();
    first = open_store(STORE_EXISTING);
    second = open_store(STORE_EXISTING);
    assert_int_equal(store_begin(first), STORE_OK);
    start = time(NULL);
    assert_int_equal(store_begin(second), STORE_BUSY);
    assert_true(time(NULL) - start >= 3);
    store_close(second);
    store_close(first);
}

static void a_commit_that_fails_has_rolled_back(void **state)
{
    struct store *writer, *reader;
    sqlite3_stmt *row;

    (void)state;
    make_alice();
    writer = open_store(STORE_EXISTING);
    reader = open_store(STORE_EXISTING);
    sqlite3_busy_timeout(writer->db, 50);
    row = database_prepare(reader->db, "SELECT uid FROM accounts UNION ALL SELECT 1", "");
    assert_int_equal(sqlite3_step(row), SQLITE_ROW); /* a reader in the middle of it */
    assert_int_equal(store_begin(writer), STORE_OK);
    assert_int_equal(store_account_delete(writer, 70100), STORE_OK);
    assert_int_equal(store_commit(writer), STORE_BUSY);
    sqlite3_finalize(row);
    assert_int_equal(store_begin(writer), STORE_OK);
    store_close(reader);
    store_close(writer);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 1);
}

/* -- policy ------------------------------------------------------------------------------- */

static void policy_is_the_defaults_and_what_the_store_says(void **state)
{
    struct policy policy = { .free_failures = 99 };
    struct store *store;

    (void)state;
    make_store();
    fixture_sql("INSERT INTO policy VALUES ('password_min_length', '20'), ('list_members', '0')");
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_policy(store, &policy), STORE_OK);
    store_close(store);
    assert_int_equal(policy.password_min_length, 20);
    assert_int_equal(policy.list_members, 0);
    assert_int_equal(policy.free_failures, 5);
}

static void a_policy_that_makes_no_sense_is_damage(void **state)
{
    struct policy policy = { .free_failures = 99 };
    struct store *store;

    (void)state;
    make_store();
    fixture_sql("INSERT INTO policy VALUES ('free_failures', '-1')");
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_policy(store, &policy), STORE_DAMAGED);
    store_close(store);
    assert_int_equal(policy.free_failures, 99);
}

/* -- JSON --------------------------------------------------------------------------------- */

static char *json_of(const struct account *account, const struct account_extra *extra)
{
    struct store *store = open_store(STORE_EXISTING);
    char *json = NULL;

    assert_int_equal(store_account_json(store, account, extra, &json), STORE_OK);
    store_close(store);
    return json;
}

/* What SQLite reads back at `path`; to be freed with sqlite3_free. NULL for JSON's null. */
static char *json_at(const char *json, const char *path)
{
    struct store *store = open_store(STORE_EXISTING);
    int64_t valid = 0;
    char *text = NULL;

    assert_int_equal(database_number(store->db, &valid, "SELECT json_valid(?)", "t", json),
                     STORE_OK);
    assert_int_equal(valid, 1);
    database_copy(store->db, &text, "SELECT CAST(json_extract(?, ?) AS TEXT)", "tt", json, path);
    store_close(store);
    return text;
}

static void assert_json(const char *json, const char *path, const char *expected)
{
    char *text = json_at(json, path);

    if (expected == NULL)
        assert_null(text);
    else
        assert_string_equal(text, expected);
    store_text_free(text);
}

static void json_has_the_contracts_keys_and_no_hash(void **state)
{
    struct account alice = fixture_account("alice", 70100);
    struct account_extra extra = { .last_login_at = NOW, .locked_until = NOW + 60 };
    char *json;

    (void)state;
    alice.roles = ROLE_MEMBER | ROLE_ADMIN;
    alice.expires_at = NOW;
    snprintf(alice.hash, sizeof alice.hash, HASH_A);
    fixture_add(&alice, NULL);
    json = json_of(&alice, &extra);
    assert_json(json, "$.username", "alice");
    assert_json(json, "$.uid", "70100");
    assert_json(json, "$.email", "alice@example.org");
    assert_json(json, "$.full_name", "");
    assert_json(json, "$.roles", "[\"member\",\"admin\"]");
    assert_json(json, "$.status", "active");
    assert_json(json, "$.must_change", "0");
    assert_json(json, "$.created_at", "2023-11-14T22:13:20Z");
    assert_json(json, "$.account_expires_at", "2027-01-15T08:00:00Z");
    assert_json(json, "$.last_login", "2027-01-15T08:00:00Z");
    assert_json(json, "$.locked_until", "2027-01-15T08:01:00Z");
    assert_json(json, "$.password_expires_at", NULL);
    assert_null(strstr(json, "$y$"));
    assert_null(strstr(json, "hash"));
    assert_null(strstr(json, "temporary_password"));
    assert_non_null(strstr(json, "\"must_change\":false"));
    store_text_free(json);
}

static void json_of_create_has_the_password_and_its_end(void **state)
{
    struct account alice = fixture_account("alice", 70100);
    struct account_extra extra = { .temporary_password = "abcd-\"\\efgh" };
    char *json;

    (void)state;
    alice.temporary = true;
    alice.temporary_until = NOW;
    fixture_add(&alice, NULL);
    json = json_of(&alice, &extra);
    assert_json(json, "$.temporary_password", "abcd-\"\\efgh");
    assert_json(json, "$.expires_at", "2027-01-15T08:00:00Z");
    assert_json(json, "$.roles", "[\"member\"]");
    assert_json(json, "$.last_login", NULL);
    assert_non_null(strstr(json, "\"must_change\":true"));
    store_text_free(json);
}

static void json_survives_hostile_text(void **state)
{
    static const char *const texts[] = {
        "a\"b\\c/d",    "a\nb\tc\r",   "\x01\x1f\x7f", "\xf0\x9f\x98\x80 \xc3\xab",
        "</script>'",   "{\"x\":[1]}", "null",         "%s%n",
        "\xe2\x80\xae",
    };

    (void)state;
    make_store();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct account account = fixture_account("alice", 70100);
        struct account_extra extra = { .temporary_password = NULL };
        char *json;

        snprintf(account.full_name, sizeof account.full_name, "%s", texts[i]);
        json = json_of(&account, &extra);
        assert_json(json, "$.full_name", texts[i]);
        assert_null(strchr(json, '\n'));
        store_text_free(json);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

/* Whose values a kept statement would show to whoever reads our memory, and whose lock it would hold. */
static void assert_nothing_is_open(struct store *store)
{
    int count = 0;

    for (sqlite3_stmt *kept = sqlite3_next_stmt(store->db, NULL); kept != NULL;
         kept = sqlite3_next_stmt(store->db, kept)) {
        char *text = sqlite3_expanded_sql(kept);

        assert_non_null(text);
        assert_null(strstr(text, HASH_A));
        assert_null(strstr(text, "alice"));
        assert_false(sqlite3_stmt_busy(kept));
        sqlite3_free(text);
        count++;
    }
    assert_in_range(count, 1, 24);
}

static void a_kept_statement_holds_no_value_and_no_lock(void **state)
{
    struct account page[1];
    struct store *store, *other;
    size_t count;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_set_password(store, 70100, HASH_A, false, 0, NOW), STORE_OK);
    assert_int_equal(store_accounts_page(store, 0, page, 1, &count), STORE_OK); /* not to its end */
    assert_int_equal(store_account_by_name(store, "alice", page), STORE_OK);
    assert_int_equal(store_name_is_free(store, "alice"), STORE_TAKEN);
    assert_nothing_is_open(store);
    other = open_store(STORE_EXISTING); /* neither waits for the other */
    assert_int_equal(store_account_set_status(other, 70100, ACCOUNT_SUSPENDED), STORE_OK);
    assert_int_equal(store_account_by_name(store, "alice", page), STORE_OK);
    assert_int_equal(page[0].status, ACCOUNT_SUSPENDED);
    store_close(other);
    store_close(store);
}

static void no_more_statements_are_kept_than_the_limit(void **state)
{
    struct store *store;
    char sql[64];
    int64_t number = 0;

    (void)state;
    make_store();
    store = open_store(STORE_EXISTING);
    for (int64_t round = 0; round < 2; round++)
        for (int64_t i = 0; i < 60; i++) {
            snprintf(sql, sizeof sql, "SELECT %d + ?", (int)i);
            assert_int_equal(database_number(store->db, &number, sql, "i", round), STORE_OK);
            assert_int_equal(number, i + round);
            assert_nothing_is_open(store);
        }
    store_close(store);
}

static void a_kept_statement_follows_a_change_of_the_schema(void **state)
{
    struct account account;
    struct store *store;

    (void)state;
    make_alice();
    store = open_store(STORE_EXISTING);
    assert_int_equal(store_account_by_name(store, "alice", &account), STORE_OK);
    fixture_sql("CREATE TABLE more (one INTEGER) STRICT");
    assert_int_equal(store_account_by_name(store, "alice", &account), STORE_OK);
    assert_int_equal(account.uid, 70100);
    store_close(store);
}

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
        TEST(a_username_or_uid_never_changes),
        TEST(a_deleted_accounts_name_and_uid_are_never_used_again),
        TEST(a_tombstone_stays),
        TEST(counters_never_go_back),
        TEST(a_field_out_of_its_range_is_refused),
        TEST(a_name_or_uid_out_of_its_range_is_refused),
        TEST(an_email_is_unique_without_case),
        TEST(a_taken_name_or_uid_is_said_to_be_taken),
        TEST(deleting_takes_roles_and_former_hashes_along),
        TEST(an_account_comes_back_as_it_was_put_in),
        TEST(a_text_longer_than_its_field_is_damage),
        TEST(changes_of_an_unknown_uid_find_nothing),
        TEST(roles_are_replaced_as_a_set),
        TEST(other_admins_are_counted_only_when_active),
        TEST(pages_follow_one_another_by_uid),
        TEST(the_next_uid_is_above_accounts_and_tombstones),
        TEST(an_id_taken_by_hand_at_the_top_leaves_the_range_usable),
        TEST(a_used_up_range_gives_no_id),
        TEST(the_generation_grows_with_every_public_change),
        TEST(the_generation_stays_with_what_nobody_sees),
        TEST(inside_a_transaction_the_generation_is_the_one_to_come),
        TEST(a_users_change_clears_the_temporary_flag),
        TEST(a_users_change_loses_to_a_reset),
        TEST(a_users_change_loses_to_a_suspension),
        TEST(a_users_change_loses_to_a_deletion),
        TEST(an_account_without_password_cannot_be_changed_by_its_user),
        TEST(former_hashes_are_kept_newest_first_and_24_at_most),
        TEST(a_rollback_undoes_everything),
        TEST(closing_undoes_what_is_not_committed),
        TEST(one_writer_at_a_time_and_readers_meanwhile),
        TEST(a_writer_waits_before_it_says_busy),
        TEST(a_commit_that_fails_has_rolled_back),
        TEST(a_kept_statement_holds_no_value_and_no_lock),
        TEST(no_more_statements_are_kept_than_the_limit),
        TEST(a_kept_statement_follows_a_change_of_the_schema),
        TEST(policy_is_the_defaults_and_what_the_store_says),
        TEST(a_policy_that_makes_no_sense_is_damage),
        TEST(json_has_the_contracts_keys_and_no_hash),
        TEST(json_of_create_has_the_password_and_its_end),
        TEST(json_survives_hostile_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
