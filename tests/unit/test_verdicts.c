/*
 * The contract's table through libpam: every row of verdicts.tsv is a test, for every kind of host it is
 * for, and once more under PAM_SILENT. Then the order rule: two states at once answer as the first of
 * them in the table. One source, two builds, as test_pam.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pam_coder/credential.h"
#include "sql/account.h"
#include "sql/activity_file.h"
#include "sql/activity_log.h"
#include "sql/store.h"
#include "fixture/fixture.h"
#include "fixture/pam_host.h"
#include "verdicts.h"

#define RIGHT "plain-horse-9-lantern"
#define WRONG "wrong-password-1"
#define NEW "violet-engine-4-harbour"
#define STORE FIXTURE_PRIVATE "/accounts.db"

enum { USER_UID = 70100, TWIN_UID = 70107, CALLER_UID = 70105, ROWS_MAX = 250, TESTS_MAX = 1200 };

struct row {
    char *state, *host, *entry, *password, *code, *says;
};
static struct row rows[ROWS_MAX];
static size_t row_count;
static char own_hash[ACCOUNT_HASH_SIZE];

/* -- the table ---------------------------------------------------------------------------- */

static void read_table(void)
{
    static char text[sizeof verdicts_tsv];
    char *rest = text, *line;

    memcpy(text, verdicts_tsv, sizeof text);
    while ((line = strsep(&rest, "\n")) != NULL && row_count < ROWS_MAX) {
        struct row *row = &rows[row_count];
        char **field[] = { &row->state, &row->host, &row->entry, &row->password, &row->code, &row->says };

        if (line[0] == '#' || line[0] == '\0')
            continue;
        for (size_t i = 0; i < sizeof field / sizeof field[0]; i++)
            if ((*field[i] = strsep(&line, "\t")) == NULL)
                abort();
        row_count++;
    }
}

static int code_of(const char *name)
{
    static const struct {
        const char *name;
        int code;
    } codes[] = {
        { "SUCCESS", PAM_SUCCESS }, { "AUTH_ERR", PAM_AUTH_ERR }, { "PERM_DENIED", PAM_PERM_DENIED },
        { "USER_UNKNOWN", PAM_USER_UNKNOWN }, { "AUTHTOK_ERR", PAM_AUTHTOK_ERR },
        { "AUTHINFO_UNAVAIL", PAM_AUTHINFO_UNAVAIL }, { "NEW_AUTHTOK_REQD", PAM_NEW_AUTHTOK_REQD },
    };

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(codes[i].name, name) == 0)
            return codes[i].code;
    abort();
}

static bool is(const char *field, const char *value)
{
    return strcmp(field, value) == 0;
}

static bool row_is_for(const struct row *row, enum host_kind kind)
{
    static const char *const names[] = { [HOST_ROOT] = "root", [HOST_SETUID] = "setuid", [HOST_USER] = "user" };

    return is(row->host, "all") || is(row->host, names[kind]) ||
           (is(row->host, "euid0") && kind != HOST_USER);
}

/* -- states ------------------------------------------------------------------------------- */

static void set_record(const char *assignment)
{
    char sql[ACCOUNT_HASH_SIZE + 300];

    snprintf(sql, sizeof sql, "UPDATE accounts SET %s WHERE uid = %d", assignment, USER_UID);
    fixture_sql(sql);
}

/* One active account again, nothing counted, nothing broken. */
static int restore(void **state)
{
    char sql[ACCOUNT_HASH_SIZE + 200];

    (void)state;
    rename(CODER_HELPER ".away", CODER_HELPER);
    chmod(FIXTURE_PRIVATE, 0700);
    rename(STORE ".away", STORE);
    snprintf(sql, sizeof sql, "hash = '%s', status = 'active', temporary = 0, temporary_until = NULL,"
             " expires_at = NULL, last_login_day = unixepoch(), password_changed_at = unixepoch()", own_hash);
    set_record(sql);
    fixture_sql("DELETE FROM password_history");
    fixture_activity_sql("DELETE FROM failures; DELETE FROM notices; DELETE FROM logins;"
                         "DELETE FROM pending");
    return 0;
}

static void lock_origins(void)
{
    char sql[400];

    snprintf(sql, sizeof sql, "INSERT INTO failures SELECT %d, origin, 5, unixepoch() FROM (SELECT 'ip:%s' AS"
             " origin UNION SELECT 'uid:%d' UNION SELECT 'uid:%d'); DELETE FROM notices", USER_UID,
             HOST_RHOST, USER_UID, CALLER_UID);
    fixture_activity_sql(sql);
}

static void damage_store(void)
{
    static const char garbage[] = "garbage in the place of the store";

    assert_int_equal(rename(STORE, STORE ".away"), 0);
    fixture_write(STORE, garbage, sizeof garbage, 0600);
}

/* Make the state hold, beside those that hold already. */
static void enter_state(const char *state)
{
    if (is(state, "suspended"))
        set_record("status = 'suspended'");
    else if (is(state, "dormant"))
        set_record("last_login_day = unixepoch() - 91 * 86400");
    else if (is(state, "account expired"))
        set_record("expires_at = unixepoch() - 1");
    else if (is(state, "temporary expired"))
        set_record("temporary = 1, temporary_until = unixepoch() - 1");
    else if (is(state, "temporary"))
        set_record("temporary = 1, temporary_until = unixepoch() + 3600");
    else if (is(state, "too old"))
        set_record("password_changed_at = unixepoch() - 90 * 86400 - 1");
    else if (is(state, "soon too old"))
        set_record("password_changed_at = unixepoch() - 89 * 86400 - 1");
    else if (is(state, "locked"))
        lock_origins();
    else if (is(state, "store gone"))
        assert_int_equal(rename(STORE, STORE ".away"), 0);
    else if (is(state, "store unsafe"))
        assert_int_equal(chmod(FIXTURE_PRIVATE, 0755), 0);
    else if (is(state, "store damaged"))
        damage_store();
    else if (is(state, "helper gone"))
        assert_int_equal(rename(CODER_HELPER, CODER_HELPER ".away"), 0);
}

static const char *user_in(const char *state)
{
    if (is(state, "another source's"))
        return "root";
    if (is(state, "another source's of the same name"))
        return "twin";
    if (is(state, "nobody's"))
        return "nobodysuser";
    return is(state, "deleted") ? "gone" : "ada";
}

/* -- a call and what it should have shown ------------------------------------------------- */

static struct host_call call_of(const struct row *row, enum host_kind kind, const char *state)
{
    static const struct {
        const char *name;
        enum host_entry entry;
        int flags;
    } entries[] = {
        { "auth", HOST_AUTH, 0 }, { "account", HOST_ACCOUNT, 0 }, { "open_session", HOST_OPEN, 0 },
        { "chauthtok", HOST_CHAUTHTOK, PAM_CHANGE_EXPIRED_AUTHTOK }, { "passwd", HOST_CHAUTHTOK, 0 },
        { "setcred", HOST_SETCRED, 0 }, { "close_session", HOST_CLOSE, 0 },
    };
    struct host_call call = { .kind = kind, .user = user_in(state), .uid = USER_UID,
                              .answers = { RIGHT, NEW, NEW } };
    size_t i = 0;

    while (strcmp(entries[i].name, row->entry) != 0)
        i++;
    call.entry = entries[i].entry;
    call.flags = entries[i].flags;
    if (is(row->password, "wrong"))
        call.answers[0] = WRONG;
    if (is(row->password, "none"))
        call.answers[0] = NULL;
    if (is(state, "somebody else's") || (is(state, "locked") && kind == HOST_SETUID && is(row->entry, "auth")))
        call.uid = CALLER_UID;
    return call;
}

/* All but prompts, without the end of the last line. */
static void drop_prompts(const char *said, char *ret, size_t size)
{
    size_t used = 0;

    ret[0] = '\0';
    for (const char *line = said; *line != '\0'; line += strcspn(line, "\n") + 1)
        if (line[0] != 'P')
            used += (size_t)snprintf(ret + used, size - used, "%s%.*s", used > 0 ? "|" : "",
                                     (int)strcspn(line, "\n"), line);
}

static void expect_said(const struct row *row, const char *user, const char *said)
{
    char shown[4096], expected[512] = "";
    const char *name = strstr(row->says, "NAME");

    drop_prompts(said, shown, sizeof shown);
    if (name != NULL)
        snprintf(expected, sizeof expected, "%.*s%s%s", (int)(name - row->says), row->says, user, name + 4);
    else if (!is(row->says, "-"))
        snprintf(expected, sizeof expected, "%s", row->says);
    assert_string_equal(shown, expected);
}

static void expect_prompts(const struct row *row, const struct host_seen *seen)
{
    if (is(row->password, "none"))
        assert_null(strstr(seen->said, "P:"));
    else if (is(row->entry, "auth"))
        assert_int_equal(seen->prompts, 1);
    else
        assert_int_equal(seen->prompts, is(row->code, "SUCCESS") ? 3 : 1);
}

static void check_cell(const struct row *row, enum host_kind kind, const char *state)
{
    struct host_call call = call_of(row, kind, state);
    const struct host_seen *seen;
    char shown[4096];

    assert_int_equal(host_call(&call, &seen), code_of(row->code));
    expect_prompts(row, seen);
    expect_said(row, call.user, seen->said);
    if (is(row->code, "SUCCESS") && call.entry == HOST_CHAUTHTOK)
        return; /* the password is another now */
    call.flags |= (int)PAM_SILENT;
    assert_int_equal(host_call(&call, &seen), code_of(row->code));
    drop_prompts(seen->said, shown, sizeof shown);
    if (call.entry != HOST_CHAUTHTOK || !is(row->password, "none"))
        assert_string_equal(shown, "");
}

/* -- the tests ---------------------------------------------------------------------------- */

struct cell {
    const struct row *row;
    enum host_kind kind;
    const char *other; /* a state that holds too, NULL if none */
    char name[200];
};
static struct cell cells[TESTS_MAX];
static struct CMUnitTest tests[TESTS_MAX];
static size_t test_count;

static void answers_as_the_table_says(void **state)
{
    const struct cell *cell = *state;

    if (cell->other != NULL)
        enter_state(cell->other);
    enter_state(cell->row->state);
    check_cell(cell->row, cell->kind, cell->row->state);
}

static void add_cell(const struct row *row, enum host_kind kind, const char *other)
{
    static const char *const kinds[] = { [HOST_ROOT] = "root", [HOST_SETUID] = "setuid", [HOST_USER] = "user" };
    struct cell *cell = &cells[test_count];

    if (test_count == TESTS_MAX)
        abort();
    *cell = (struct cell){ .row = row, .kind = kind, .other = other };
    snprintf(cell->name, sizeof cell->name, "%s host: %s%s%s, %s%s%s: %s", kinds[kind], row->state,
             other != NULL ? " and " : "", other != NULL ? other : "", row->entry,
             is(row->password, "none") ? "" : " with password ",
             is(row->password, "none") ? "" : row->password, row->code);
    tests[test_count++] = (struct CMUnitTest){ cell->name, answers_as_the_table_says, NULL, restore, cell };
}

/* A name with two owners: that takes a real NSS. */
static bool needs_world(const struct row *row)
{
    return is(row->state, "another source's of the same name");
}

static void add_singles(void)
{
    enum host_kind last = host_is_world() ? HOST_USER : HOST_ROOT;

    for (size_t i = 0; i < row_count; i++)
        for (enum host_kind kind = HOST_ROOT; kind <= last; kind++)
            if (row_is_for(&rows[i], kind) && (host_is_world() || !needs_world(&rows[i])))
                add_cell(&rows[i], kind, NULL);
}

static bool is_about_whose(const char *state)
{
    return strstr(state, "source's") != NULL || is(state, "nobody's") || is(state, "deleted") ||
           is(state, "somebody else's") || strstr(state, "soon") != NULL || is(state, "active");
}

static bool is_unusable(const char *state)
{
    return strncmp(state, "store ", 6) == 0 || is(state, "helper gone");
}

/* True when both can hold at once and the row's state decides its entry. */
static bool is_pair(const struct row *row, const char *later)
{
    if (!row_is_for(row, HOST_ROOT) || is(row->state, later) || is_about_whose(later))
        return false;
    if (is_about_whose(row->state) || is_unusable(row->state))
        return is_unusable(later) != is_unusable(row->state);
    if (is(row->state, "locked")) /* a lock is for guesses: elsewhere the other state answers */
        return is(row->entry, "auth");
    return !(is(row->state, "temporary expired") && is(later, "temporary"));
}

/* Every state with every later one of the table. */
static void add_pairs(void)
{
    bool after_lock = false;

    for (size_t i = 0; i < row_count; i++) {
        for (size_t j = i + 1; j < row_count; j++)
            if (!is(rows[j].state, rows[j - 1].state) && is_pair(&rows[i], rows[j].state))
                add_cell(&rows[i], HOST_ROOT, rows[j].state);
        if (after_lock && !is(rows[i].state, "locked") && row_is_for(&rows[i], HOST_ROOT) &&
            (is(rows[i].entry, "account") || is(rows[i].entry, "open_session")))
            add_cell(&rows[i], HOST_ROOT, "locked");
        after_lock = after_lock || is(rows[i].state, "locked");
    }
}

static void add_twin(void)
{
    struct account twin = fixture_account("twin", TWIN_UID);
    FILE *file = fopen("/etc/passwd", "a");

    fixture_add(&twin, RIGHT);
    if (file == NULL || fprintf(file, "twin:x:4321:4321::/:/bin/sh\n") < 0 || fclose(file) != 0)
        abort();
}

static int setup(void **state)
{
    struct account one = fixture_account("ada", USER_UID);
    struct account gone = fixture_account("gone", TWIN_UID + 1);
    struct activity_log *log = NULL;

    (void)state;
    rename(CODER_HELPER ".away", CODER_HELPER);
    fixture_reset();
    assert_true(credential_hash(RIGHT, own_hash));
    fixture_add(&one, RIGHT);
    fixture_add(&gone, RIGHT);
    if (host_is_world())
        add_twin();
    fixture_sql("DELETE FROM accounts WHERE username = 'gone'");
    fixture_sql("INSERT INTO policy VALUES ('dormant_days', '90'), ('password_max_days', '90')");
    fixture_publish();
    assert_int_equal(activity_open(FIXTURE_PRIVATE, FIXTURE_RUN, &log), STORE_OK);
    activity_close(log);
    return restore(state);
}

int main(void)
{
    int failed;

    if (!host_open())
        return 1;
    read_table();
    add_singles();
    if (host_is_world()) /* the sanitizers make it ten times as long */
        add_pairs();
    failed = _cmocka_run_group_tests("verdicts", tests, test_count, setup, NULL);
    host_close();
    return failed;
}
