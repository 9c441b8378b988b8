/*
 * A fresh state folder with accounts for the tests of store, judge and PAM.
 */
#include "fixture.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_finish.h"
#include "nss_coder/directory_write.h"
#include "nss_coder/directory_writer.h"
#include "pam_coder/credential.h"
#include "sql/account.h"
#include "sql/database.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_changes.h"

enum { BUSY_MS = 2000 }; /* somebody being judged may hold the lock for a moment */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    return where->level == 0 ? 0 : remove(path);
}

void fixture_reset(void)
{
    umask(022);
    nftw(CODER_STATE_DIR, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    nftw(CODER_RUN_DIR, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    rmdir(CODER_RUN_DIR);
    mkdir(CODER_STATE_DIR, 0755);
    chmod(CODER_STATE_DIR, 0755);
    assert_int_equal(mkdir(FIXTURE_PRIVATE, 0700), 0);
}

struct account fixture_account(const char *username, uint32_t uid)
{
    struct account account = { .uid = uid, .roles = ROLE_MEMBER, .created_at = 1700000000 };

    snprintf(account.username, sizeof account.username, "%s", username);
    snprintf(account.email, sizeof account.email, "%s@example.org", username);
    snprintf(account.home, sizeof account.home, "/home/%s", username);
    snprintf(account.shell, sizeof account.shell, "/bin/sh");
    return account;
}

void fixture_add(const struct account *account, const char *password)
{
    struct account copy = *account;
    struct store *store = NULL;

    if (password != NULL)
        assert_true(credential_hash(password, copy.hash));
    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_CREATE, &store), STORE_OK);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_account_insert(store, &copy), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    store_close(store);
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_busy_timeout(db, BUSY_MS);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

void fixture_sql(const char *sql)
{
    run_sql(FIXTURE_PRIVATE "/accounts.db", sql);
}

void fixture_activity_sql(const char *sql)
{
    run_sql(FIXTURE_PRIVATE "/activity.db", sql);
}

static int64_t read_number(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    int64_t number;

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_busy_timeout(db, BUSY_MS);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    number = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    sqlite3_close(db);
    return number;
}

int64_t fixture_number(const char *sql)
{
    return read_number(FIXTURE_PRIVATE "/accounts.db", sql);
}

int64_t fixture_activity_number(const char *sql)
{
    return read_number(FIXTURE_PRIVATE "/activity.db", sql);
}

int64_t fixture_failures(const char *where)
{
    char sql[200];

    if (access(FIXTURE_PRIVATE "/activity.db", F_OK) != 0)
        return 0;
    snprintf(sql, sizeof sql, "SELECT coalesce((SELECT sum(count) FROM failures WHERE %s), 0)", where);
    return fixture_activity_number(sql);
}

void fixture_write(const char *path, const void *bytes, size_t size, unsigned mode)
{
    int fd;

    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    assert_int_equal(fchmod(fd, (mode_t)mode), 0);
    close(fd);
}

char *fixture_read(const char *path, size_t *ret_size)
{
    struct stat st;
    char *bytes;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    bytes = malloc((size_t)st.st_size + 1);
    assert_non_null(bytes);
    assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
    close(fd);
    *ret_size = (size_t)st.st_size;
    return bytes;
}

static const char *wanted; /* nftw(3) passes nothing on */

static int look_into(const char *path, const struct stat *st, int type, struct FTW *where)
{
    size_t size;
    char *bytes;
    int found;

    (void)st;
    (void)where;
    if (type != FTW_F)
        return 0;
    bytes = fixture_read(path, &size);
    found = memmem(bytes, size, wanted, strlen(wanted)) != NULL;
    free(bytes);
    return found;
}

bool fixture_holds(const char *text)
{
    wanted = text;
    return nftw(CODER_STATE_DIR, look_into, 16, FTW_PHYS) == 1 ||
           nftw(CODER_RUN_DIR, look_into, 16, FTW_PHYS) == 1;
}

/* Everybody, a page at a time. */
static void add_users(struct directory_writer *writer, struct store *store)
{
    struct account page[64];
    size_t count = 64;

    for (uint32_t after = 0; count == 64; after = count > 0 ? page[count - 1].uid : 0) {
        assert_int_equal(store_accounts_page(store, after, page, 64, &count), STORE_OK);
        for (size_t i = 0; i < count; i++) {
            struct directory_user user = { .name = page[i].username, .uid = page[i].uid,
                                           .gid = page[i].uid, .gecos = page[i].full_name,
                                           .home = page[i].home, .shell = page[i].shell,
                                           .suspended = page[i].status != ACCOUNT_ACTIVE };

            assert_int_equal(directory_writer_add_user(writer, &user), DIRECTORY_OK);
        }
    }
}

void fixture_publish(void)
{
    struct directory_plan plan = { .generation = 1 };
    struct directory_writer *writer;
    struct store *store = NULL;
    int fd = open(FIXTURE_PRIVATE "/directory.new", O_RDWR | O_CREAT | O_EXCL, 0644);

    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store), STORE_OK);
    assert_int_equal(store_accounts_count(store, &plan.users), STORE_OK);
    assert_int_equal(directory_writer_new(fd, &plan, &writer), DIRECTORY_OK);
    add_users(writer, store);
    store_close(store);
    assert_int_equal(directory_writer_finish(writer), DIRECTORY_OK);
    directory_writer_free(writer);
    close(fd);
    assert_int_equal(rename(FIXTURE_PRIVATE "/directory.new", DIRECTORY_PATH), 0);
}
