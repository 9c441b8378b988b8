/*
 * Reading accounts from CSV and JSON lines: what RFC 4180 allows, what is refused and with which line,
 * and that hostile input is neither believed nor fatal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "import/claims.h"
#include "import/read.h"
#include "import/record.h"
#include "sql/account.h"

/* What the last read gave. */
static struct import_record record;
static char reason[IMPORT_REASON_SIZE];

static bool is_strict;

static struct import_reader *open_bytes(const void *bytes, size_t size)
{
    int fd = memfd_create("input", MFD_CLOEXEC);

    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return import_reader_new(fd, is_strict); /* the descriptor ends with the test */
}

static struct import_reader *open_text(const char *text)
{
    return open_bytes(text, strlen(text));
}

static enum import_result next(struct import_reader *reader)
{
    reason[0] = '\0';
    return import_reader_next(reader, &record, reason);
}

/* The only record of the text. */
static enum import_result read_one(const char *text)
{
    struct import_reader *reader = open_text(text);
    enum import_result result = next(reader);

    import_reader_free(reader);
    return result;
}

#define GOOD(text) assert_int_equal(read_one(text), IMPORT_GOOD)
#define REFUSED(text, result, why) \
    do { \
        assert_int_equal(read_one(text), result); \
        if (strstr(reason, why) == NULL) \
            fail_msg("'%s' does not hold '%s'", reason, why); \
    } while (0)

static void test_import_parts_of_accounts(void **state)
{
    const char *text = "{\"username\": \"alice\", \"full_name\": \"\", \"roles\": [\"auditor\"]}\n{\"email\": \"a@b.example\"}\n";
    struct import_reader *reader = open_text(text);

    (void)state;
    import_reader_take_parts(reader);
    assert_int_equal(next(reader), IMPORT_GOOD);
    assert_int_equal(record.given, 1u << IMPORT_USERNAME | 1u << IMPORT_ROLES);
    assert_int_equal(record.named, record.given | 1u << IMPORT_FULL_NAME);
    assert_int_equal(next(reader), IMPORT_BAD);
    assert_string_equal(reason, "username is missing");
    import_reader_free(reader);
    REFUSED("{\"username\": \"alice\"}", IMPORT_BAD, "email is missing");
}

static void test_import_csv_every_column(void **state)
{
    (void)state;
    GOOD("email,username,roles,uid,shell,home,status,full_name,account_expires_at,created_at,"
         "password_hash,must_change,password_expires_at,password_changed_at\n"
         "a@b.example,alice,admin;auditor,80001,/bin/sh,/srv/alice,suspended,\"Ünlü, Alice \"\"A\"\"\","
         "2037-01-01T00:00:00Z,2020-01-01T00:00:00Z,$1$abcdefgh$0123456789012345678901,true,"
         "2037-02-01T00:00:00Z,2021-01-01T00:00:00Z\n");
    assert_string_equal(record.account.username, "alice");
    assert_string_equal(record.account.email, "a@b.example");
    assert_string_equal(record.account.full_name, "Ünlü, Alice \"A\"");
    assert_string_equal(record.account.home, "/srv/alice");
    assert_string_equal(record.account.shell, "/bin/sh");
    assert_int_equal(record.account.roles, ROLE_ADMIN | ROLE_AUDITOR | ROLE_MEMBER);
    assert_int_equal(record.account.uid, 80001);
    assert_int_equal(record.account.status, ACCOUNT_SUSPENDED);
    assert_int_equal(record.account.expires_at, 2114380800);
    assert_int_equal(record.account.created_at, 1577836800);
    assert_int_equal(record.account.temporary_until, 2117059200);
    assert_int_equal(record.account.password_changed_at, 1609459200);
    assert_true(record.account.temporary);
    assert_string_equal(record.account.hash, "$1$abcdefgh$0123456789012345678901");
    assert_int_equal(record.line, 2);
}

static void test_import_csv_defaults(void **state)
{
    (void)state;
    GOOD("username,email,uid,roles\nalice,a@b.example,,\n");
    assert_string_equal(record.account.home, ""); /* policy's */
    assert_int_equal(record.account.roles, ROLE_MEMBER);
    assert_int_equal(record.account.uid, 0);
    assert_int_equal(record.account.status, ACCOUNT_ACTIVE);
    assert_int_equal(record.given & 1u << IMPORT_HASH, 0);
    GOOD("username,email,password_hash\nalice,a@b.example,*\n");
    assert_int_not_equal(record.given & 1u << IMPORT_HASH, 0);
    assert_string_equal(record.account.hash, "");
}

static void test_import_csv_line_ends_and_marks(void **state)
{
    (void)state;
    GOOD("\xef\xbb\xbfusername,email\r\nalice,a@b.example\r\n");
    GOOD("username,email\r\n\"alice\",\"a@b.example\"\r\n");
    GOOD("username,email\nalice,a@b.example");
    GOOD("username,email\n\r\n\nalice,a@b.example\n");
    assert_int_equal(record.line, 4);
    assert_int_equal(read_one("username,email\n\n"), IMPORT_END);
}

static void test_import_csv_goes_on_after_a_bad_record(void **state)
{
    struct import_reader *reader = open_text("username,email\n"
                                             "\"two\nlines\",a@b.example\n"
                                             "only-one\n"
                                             "x\"y,a@b.example\n"
                                             "\"x\"y,a@b.example\n"
                                             "alice,a@b.example\n"
                                             "\"never closed,a@b.example\n\n");
    static const size_t lines[] = { 2, 4, 5, 6 };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(next(reader), IMPORT_BAD);
        assert_int_equal(record.line, lines[i]);
    }
    assert_int_equal(next(reader), IMPORT_GOOD);
    assert_int_equal(record.line, 7);
    assert_int_equal(next(reader), IMPORT_BAD);
    assert_non_null(strstr(reason, "never closed"));
    assert_int_equal(next(reader), IMPORT_END);
    import_reader_free(reader);
}

static void test_import_header(void **state)
{
    (void)state;
    is_strict = true;
    REFUSED("username,email,shoe_size\n", IMPORT_UNUSABLE, "unknown column 'shoe_size'");
    REFUSED("{\"shoe\":1}\n", IMPORT_BAD, "unknown key 'shoe'");
    is_strict = false;
    REFUSED("username,email,username\n", IMPORT_UNUSABLE, "twice");
    REFUSED("alice,a@b.example\n", IMPORT_UNUSABLE, "the first line must name the columns");
    REFUSED("", IMPORT_EMPTY, "there is nothing in it");
    REFUSED("\xef\xbb\xbf", IMPORT_EMPTY, "nothing");
    REFUSED("[{\"username\":\"alice\"}]", IMPORT_UNUSABLE, "jq");
}

/* As spreadsheets write them. */
static void test_import_headings_as_people_write_them(void **state)
{
    static const char *const texts[] = {
        "Username;E-Mail;Full Name;Department\r\nalice;a@b.example;\"Liddell; Alice\";R&D\r\n",
        "USERNAME\tEMAIL\tFULL-NAME\tDepartment\nalice\ta@b.example\tLiddell; Alice\tR,D\n",
        "username , email,full_name , Department\n alice ,a@b.example , \"Liddell; Alice\" ,\n",
        "\"user name\",email,fullname,Department\n,,,\nalice,a@b.example,Liddell; Alice,\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct import_reader *reader = open_text(texts[i]);

        assert_int_equal(next(reader), IMPORT_GOOD);
        assert_string_equal(record.account.username, "alice");
        assert_string_equal(record.account.email, "a@b.example");
        assert_string_equal(record.account.full_name, "Liddell; Alice");
        assert_string_equal(import_reader_ignored(reader), "Department");
        assert_int_equal(next(reader), IMPORT_END);
        import_reader_free(reader);
    }
    REFUSED("\xff\xfeu", IMPORT_UNUSABLE, "UTF-16");
}

static void test_import_all_faults_of_a_record(void **state)
{
    (void)state;
    REFUSED("username,email,uid,shell\nAl ice,nobody,12,sh\n", IMPORT_BAD, "the username 'Al ice'");
    assert_non_null(strstr(reason, "; the email 'nobody'"));
    assert_non_null(strstr(reason, "; the uid '12'"));
    assert_non_null(strstr(reason, "; the shell 'sh'"));
    REFUSED("{\"username\":\"\",\"email\":\"nobody\"}\n", IMPORT_BAD, "the email 'nobody'");
    assert_non_null(strstr(reason, "; username is missing"));
}

static void test_import_values_refused(void **state)
{
    static const char *const bad[][2] = {
        { "username,email\nAl-ice!,a@b.example\n", "username 'Al-ice!'" },
        { "username,email\nalice,nobody\n", "email 'nobody'" },
        { "username,email\n,a@b.example\n", "username is missing" },
        { "username,email\nalice,\n", "email is missing" },
        { "username,email,full_name\nalice,a@b.example,\"a\033[31mb\"\n", "control" },
        { "username,email,full_name\nalice,a@b.example,a\xff\n", "UTF-8" },
        { "username,email,full_name\nalice,a@b.example,a\xe2\x80\xae\n", "direction" },
        { "username,email,roles\nalice,a@b.example,boss\n", "role" },
        { "username,email,uid\nalice,a@b.example,0\n", "below 1000" },
        { "username,email,uid\nalice,a@b.example,-1\n", "no number" },
        { "username,email,uid\nalice,a@b.example,18446744073709551617\n", "no number" },
        { "username,email,home\nalice,a@b.example,/home/../etc\n", "'/..'" },
        { "username,email,shell\nalice,a@b.example,bash\n", "begin with '/'" },
        { "username,email,status\nalice,a@b.example,gone\n", "active" },
        { "username,email,created_at\nalice,a@b.example,2d\n", "not a time" },
        { "username,email,must_change\nalice,a@b.example,true\n", "without a password_hash" },
        { "username,email,password_hash\nalice,a@b.example,secret\n", "no whole hash" },
        { "username,email,password_hash\nalice,a@b.example,$1$abcdefgh$01234567890123456789\n", "whole" },
        { "username,email,password_hash,must_change\nalice,a@b.example,*,true\n", "no password" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        REFUSED(bad[i][0], IMPORT_BAD, bad[i][1]);
    assert_null(strstr(reason, "secret"));
}

static void test_import_a_hash_is_not_repeated(void **state)
{
    (void)state;
    REFUSED("username,email,password_hash\nalice,a@b.example,$6$salt$tooshort\n", IMPORT_BAD, "hash");
    assert_null(strstr(reason, "tooshort"));
}

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFg"

/* The keys of the only record. */
static void has_keys(const char *text, const char *keys)
{
    struct import_reader *reader = open_text(text);

    assert_int_equal(next(reader), IMPORT_GOOD);
    assert_string_equal(record.keys, keys);
    import_reader_free(reader);
}

static void test_import_keys(void **state)
{
    (void)state;
    has_keys("username,email\nalice,a@b.example\n", "");
    has_keys("username,email,ssh_keys\nalice,a@b.example,\n", "");
    has_keys("username,email,ssh_keys\nalice,a@b.example," KEY "  x\n", KEY " x\n");
    has_keys("username,email,ssh_keys\nalice,a@b.example,\"\n#\r\n" KEY "\r\n" KEY " again\n\"\n", KEY "\n");
    has_keys("{\"username\":\"alice\",\"email\":\"a@b.example\",\"ssh_keys\":[\"restrict,command=\\\"a;b\\\" " KEY "\"]}",
             "restrict,command=\"a;b\" " KEY "\n");
    has_keys("{\"username\":\"alice\",\"email\":\"a@b.example\",\"ssh_keys\":[]}", "");
    REFUSED("username,email,ssh_keys\nalice,a@b.example,ssh-rsa\n", IMPORT_BAD, "the ssh_keys, line 1: it is cut");
    REFUSED("username,email,ssh_keys\nalice,a@b.example,#\n", IMPORT_BAD, "the field ssh_keys has no key in it");
    REFUSED("username,email,ssh_keys\nalice,a@b.example,\"" KEY "\ncert-authority " KEY "\"\n", IMPORT_BAD, "line 2");
}

static void test_import_json_lines(void **state)
{
    GOOD("{\"username\":\"alice\",\"email\":\"a@b.example\",\"full_name\":\"\\u00dcnl\\u00fc\","
         "\"roles\":[\"member\",\"admin\"],\"uid\":80001,\"shell\":null}\r\n");
    (void)state;
    assert_string_equal(record.account.full_name, "Ünlü");
    assert_int_equal(record.account.roles, ROLE_ADMIN | ROLE_MEMBER);
    assert_int_equal(record.account.uid, 80001);
    GOOD("\xef\xbb\xbf{\"username\":\"alice\",\"email\":\"a@b.example\",\"uid\":\"80001\","
         "\"roles\":\"auditor\",\"must_change\":false,\"password_hash\":\"*\"}");
    assert_int_equal(record.account.uid, 80001);
    assert_int_equal(record.account.roles, ROLE_AUDITOR | ROLE_MEMBER);
}

static void test_import_json_refused(void **state)
{
    static const char *const bad[][2] = {
        { "{\"username\":\"alice\"", "not a JSON object" },
        { "{username:'alice'}", "not a JSON object" },
        { "{\"username\":\"alice\",\"username\":\"bob\"}", "twice" },
        { "{\"username\":{}}", "no text" },
        { "{\"uid\":1e3}", "no text" },
        { "{\"username\":\"a\\u0000b\"}", "not a JSON" },
        { "{\"roles\":[[\"admin\"]]}", "no text" },
        { "{}", "username is missing" },
    };
    struct import_reader *reader = open_text("{\"username\":\"alice\",\"email\":\"a@b.example\"}\n\n7\n[]\n");

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        REFUSED(bad[i][0], IMPORT_BAD, bad[i][1]);
    assert_int_equal(next(reader), IMPORT_GOOD);
    assert_int_equal(next(reader), IMPORT_BAD);
    assert_int_equal(record.line, 3);
    assert_int_equal(next(reader), IMPORT_BAD);
    assert_int_equal(next(reader), IMPORT_END);
    import_reader_free(reader);
}

static void test_import_nul_and_length(void **state)
{
    static const char nul[] = "username,email\nal\0ice,a@b.example\nbob,b@b.example\n";
    struct import_reader *reader = open_bytes(nul, sizeof nul - 1);
    size_t size = 200000;
    char *text = malloc(size);

    (void)state;
    assert_int_equal(next(reader), IMPORT_BAD);
    assert_non_null(strstr(reason, "NUL"));
    assert_int_equal(next(reader), IMPORT_GOOD);
    import_reader_free(reader);

    assert_non_null(text);
    memset(text, 'a', size);
    memcpy(text, "username,email\n\"", 16);
    memcpy(text + 150000, "\nbob,b@b.example\n", 17);
    memset(text + 150017, '\n', size - 150017);
    reader = open_bytes(text, size);
    assert_int_equal(next(reader), IMPORT_BAD);
    assert_int_equal(record.line, 2);
    assert_non_null(strstr(reason, "65535"));
    assert_int_equal(next(reader), IMPORT_GOOD);
    assert_int_equal(next(reader), IMPORT_END);
    import_reader_free(reader);
    free(text);
}

/* Every prefix, and every octet turned into others, of a good file: an end is always reached. */
static void test_import_broken_at_every_octet(void **state)
{
    static const char good[] = "username,email,full_name\r\nalice,a@b.example,\"A, \"\"B\"\"\"\r\n"
                               "bob,b@b.example,B\r\n";
    static const char others[] = { '"', ',', '\n', '\r', '{', '\0', '\x80' };
    char text[sizeof good];

    (void)state;
    for (size_t i = 0; i < sizeof good * (1 + sizeof others); i++) {
        size_t at = i % sizeof good, other = i / sizeof good;
        size_t length = other == 0 ? at : sizeof good - 1;
        struct import_reader *reader;
        enum import_result result;
        int count = 0;

        memcpy(text, good, sizeof good);
        if (other > 0 && at < sizeof good - 1)
            text[at] = others[other - 1];
        reader = open_bytes(text, length);
        while ((result = next(reader)) == IMPORT_GOOD || result == IMPORT_BAD)
            assert_true(++count < 10);
        import_reader_free(reader);
    }
}

static void test_import_claims(void **state)
{
    struct claims claims = { NULL };

    (void)state;
    assert_int_equal(claims_add(&claims, CLAIM_UID, "1000", 0, "alice")->shared, false);
    assert_int_equal(claims_add(&claims, CLAIM_UID, "1000", 0, "alice")->shared, false);
    assert_int_equal(claims_add(&claims, CLAIM_UID, "1000", 0, "toor")->shared, true);
    assert_string_equal(claims_find(&claims, CLAIM_UID, "1000")->holder, "alice");
    assert_null(claims_find(&claims, CLAIM_GID, "1000"));
    assert_int_equal(claims_add(&claims, CLAIM_ROW_NAME, "bob", 3, "")->number, 3);
    assert_int_equal(claims_add(&claims, CLAIM_ROW_NAME, "bob", 9, "")->number, 3);
    claims_free(&claims);
    assert_null(claims_find(&claims, CLAIM_UID, "1000"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import_parts_of_accounts),
        cmocka_unit_test(test_import_csv_every_column),
        cmocka_unit_test(test_import_csv_defaults),
        cmocka_unit_test(test_import_csv_line_ends_and_marks),
        cmocka_unit_test(test_import_csv_goes_on_after_a_bad_record),
        cmocka_unit_test(test_import_header),
        cmocka_unit_test(test_import_headings_as_people_write_them),
        cmocka_unit_test(test_import_all_faults_of_a_record),
        cmocka_unit_test(test_import_values_refused),
        cmocka_unit_test(test_import_a_hash_is_not_repeated),
        cmocka_unit_test(test_import_keys),
        cmocka_unit_test(test_import_json_lines),
        cmocka_unit_test(test_import_json_refused),
        cmocka_unit_test(test_import_nul_and_length),
        cmocka_unit_test(test_import_broken_at_every_octet),
        cmocka_unit_test(test_import_claims),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
