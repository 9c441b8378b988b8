/*
 * An account's entry as a line: each form of value, what makes it unreadable, and that a suspension is still heard then.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fleet/entry.h"
#include "sql/json_read.h"

#define UUID "0c6e0102-0304-0506-0708-090a0b0c0d0e"

static struct json_line line;
static const char *wanted_key;
static char found[JSON_LINE_SIZE];

static struct berval value_of(const char *text)
{
    return (struct berval){ strlen(text), (char *)(uintptr_t)text };
}

/* One more attribute behind a sound account. */
static void write_with(const char *name, const struct berval *values, size_t count)
{
    static struct berval sound[7];
    static const char *const names[] = { "uid", "uidNumber", "coderStatus", "entryCSN", "modifiersName", "cn", "pwdReset" };
    static const char *const texts[] = { "bob", "1900000001", "suspended", "20261128232000.000001Z#000000#001#000000", "cn=anna,ou=admins,dc=fleet", "Bob", "TRUE" };
    struct entry_attribute attributes[8];
    size_t used = 0;

    attributes[used++] = (struct entry_attribute){ name, values, count };
    for (size_t i = 0; i < 7; i++) {
        sound[i] = value_of(texts[i]);
        if (strcasecmp(names[i], name) != 0)
            attributes[used++] = (struct entry_attribute){ names[i], &sound[i], 1 };
    }
    entry_write(UUID, attributes, used, &line);
}

static void write_text(const char *name, const char *text)
{
    struct berval value = value_of(text);

    write_with(name, &value, 1);
}

static bool visit(void *context, const struct json_pair *pair)
{
    (void)context;
    if (strcmp(pair->key, wanted_key) == 0)
        strncpy(found, pair->text != NULL ? pair->text : "?", sizeof found - 1);
    return true;
}

/* The key's value, as those who take the line will read it. */
static const char *in_line(const char *key)
{
    struct json_reader *reader = json_reader_new();
    char *text = strndup(line.text, line.used - 1);

    assert_true(line.used <= JSON_LINE_SIZE && line.text[line.used - 1] == '\n');
    assert_null(memchr(line.text, '\n', line.used - 1));
    assert_non_null(reader);
    memset(found, 0, sizeof found);
    strncpy(found, "MISSING", sizeof found - 1);
    wanted_key = key;
    assert_int_equal(json_reader_read(reader, text, visit, NULL), JSON_OK);
    json_reader_free(reader);
    free(text);
    return found;
}

static void values_have_their_forms(void **state)
{
    static const struct {
        const char *attribute, *text, *key, *expected;
    } cases[] = {
        { "uidNumber", "0", "uid", "0" },
        { "uidNumber", "4294967295", "uid", "4294967295" },
        { "UIDNUMBER", "7", "uid", "7" },
        { "gidNumber", "0000000012", "gid", "12" },
        { "cn", "Ann \xc3\x9cnicode \xf0\x9f\x99\x82", "full_name", "Ann \xc3\x9cnicode \xf0\x9f\x99\x82" },
        { "cn", "a\"b\\c\nd\x1b[31m\x7f", "full_name", "a\"b\\c\nd\x1b[31m\x7f" },
        { "cn", "", "full_name", "" },
        { "userPassword", "{CRYPT}$y$j9T$x", "hash", "$y$j9T$x" },
        { "userPassword", "{crypt}$6$x", "hash", "$6$x" },
        { "userPassword", "{SSHA}abc", "hash", "{SSHA}abc" },
        { "userPassword", "{CRYPT", "hash", "{CRYPT" },
        { "pwdReset", "FALSE", "temporary", "false" },
        { "pwdReset", "TRUE", "temporary", "true" },
        { "coderTemporaryUntil", "86400", "temporary_until", "1970-01-02T00:00:00Z" },
        { "coderExpires", "253402300799", "expires_at", "9999-12-31T23:59:59Z" },
        { "createTimestamp", "20261128232200Z", "created_at", "2026-11-28T23:22:00Z" },
        { "pwdChangedTime", "20261128232200.123456Z", "password_changed_at", "2026-11-28T23:22:00Z" },
        { "mail;lang-en", "x@example.org", "email", "" },
        { "coderReason", "left", "reason", "left" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_text(cases[i].attribute, cases[i].text);
        assert_string_equal(in_line("line"), "entry");
        assert_string_equal(in_line(cases[i].key), cases[i].expected);
        assert_string_equal(in_line("entry_uuid"), UUID);
    }
}

static void a_name_is_followed_by_those_it_had(void **state)
{
    struct berval names[] = { value_of("carl"), value_of("bob"), value_of("bert") }, broken[] = { value_of("carl"), value_of("\xff") };

    (void)state;
    write_with("uid", names, 3);
    assert_string_equal(in_line("line"), "entry");
    assert_string_equal(in_line("username"), "carl");
    assert_string_equal(in_line("former_names"), "bob\nbert");
    write_with("uid", names, 1);
    assert_string_equal(in_line("former_names"), "");
    write_with("uid", broken, 2);
    assert_string_equal(in_line("line"), "unreadable");
    assert_string_equal(in_line("username"), "");
}

static void the_end_of_a_password_that_is_not_temporary_means_nothing(void **state)
{
    struct berval false_value = value_of("FALSE"), until = value_of("86400");
    struct entry_attribute attributes[] = { { "coderTemporaryUntil", &until, 1 }, { "pwdReset", &false_value, 1 } };

    (void)state;
    entry_write(UUID, attributes, 2, &line);
    assert_string_equal(in_line("temporary_until"), "");
    entry_write(UUID, attributes, 1, &line);
    assert_string_equal(in_line("temporary_until"), "");
    assert_string_equal(in_line("temporary"), "false");
}

static void several_where_several_are_meant(void **state)
{
    struct berval values[] = { value_of("admin"), value_of("auditor") };

    (void)state;
    write_with("coderRole", values, 2);
    assert_string_equal(in_line("roles"), "admin\nauditor");
    write_with("coderScope", values, 2);
    assert_string_equal(in_line("scopes"), "admin\nauditor");
    write_with("coderSshKey", values, 2);
    assert_string_equal(in_line("keys"), "admin\nauditor");
    write_with("coderRole", values, 0);
    assert_string_equal(in_line("roles"), "");
    write_with("mail", values, 2);
    assert_string_equal(in_line("line"), "unreadable");
    assert_string_equal(in_line("why"), "mail has several values");
}

/* Whatever else is wrong with it: whose it is and that it is suspended is heard. */
static void assert_unreadable(const char *why)
{
    assert_string_equal(in_line("line"), "unreadable");
    assert_string_equal(in_line("why"), why);
    assert_string_equal(in_line("entry_uuid"), UUID);
    assert_string_equal(in_line("username"), "bob");
    assert_string_equal(in_line("status"), "suspended");
    assert_string_equal(in_line("changed_by"), "cn=anna,ou=admins,dc=fleet");
    assert_string_equal(in_line("hash"), "MISSING");
}

static void what_cannot_be_passed_on_is_unreadable(void **state)
{
    static const struct {
        const char *attribute, *text, *why;
    } cases[] = {
        { "uidNumber", "", "uidNumber is no number of 32 bits" },
        { "uidNumber", "-1", "uidNumber is no number of 32 bits" },
        { "uidNumber", "4294967296", "uidNumber is no number of 32 bits" },
        { "uidNumber", "18446744073709551617", "uidNumber is no number of 32 bits" },
        { "gidNumber", "0x10", "gidNumber is no number of 32 bits" },
        { "cn", "\xff", "cn is no text in UTF-8" },
        { "cn", "\xc0\x80", "cn is no text in UTF-8" },
        { "cn", "\xed\xa0\x80", "cn is no text in UTF-8" },
        { "cn", "\xf4\x90\x80\x80", "cn is no text in UTF-8" },
        { "cn", "ab\xe2\x82", "cn is no text in UTF-8" },
        { "coderSshKey", "ssh-ed25519 \x80", "coderSshKey is no text in UTF-8" },
        { "pwdReset", "yes", "pwdReset is neither TRUE nor FALSE" },
        { "coderExpires", "0", "coderExpires is no time in seconds" }, /* to others it would mean "never" */
        { "coderExpires", "-1", "coderExpires is no time in seconds" },
        { "coderExpires", "253402300800", "coderExpires is no time in seconds" },
        { "createTimestamp", "20261328232200Z", "createTimestamp is no time in UTC" },
        { "createTimestamp", "20261128232200+0100", "createTimestamp is no time in UTC" },
        { "createTimestamp", "2026112823220", "createTimestamp is no time in UTC" },
        { "createTimestamp", "20261128232200.Z1Z", "createTimestamp is no time in UTC" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_text(cases[i].attribute, cases[i].text);
        assert_unreadable(cases[i].why);
    }
    write_with("homeDirectory", &(struct berval){ 5, (char[]){ "/h\0me" } }, 1);
    assert_unreadable("homeDirectory is no text in UTF-8");
}

static void a_status_that_cannot_be_read_is_none(void **state)
{
    struct berval values[] = { value_of("active"), value_of("suspended") };

    (void)state;
    write_with("coderStatus", values, 2);
    assert_string_equal(in_line("line"), "unreadable");
    assert_string_equal(in_line("status"), "");
    write_text("coderStatus", "\xff");
    assert_string_equal(in_line("status"), "");
}

static void a_line_has_an_end(void **state)
{
    char *big = malloc(1 << 20);

    (void)state;
    assert_non_null(big);
    memset(big, 'x', 1 << 20);
    write_with("cn", &(struct berval){ 1 << 20, big }, 1);
    assert_unreadable("it is longer than 256 KiB");
    memset(big, '\x01', 1 << 20); /* six octets each */
    write_with("cn", &(struct berval){ 100000, big }, 1);
    assert_unreadable("it is longer than 256 KiB");
    write_with("cn", &(struct berval){ 40000, big }, 1);
    assert_string_equal(in_line("line"), "entry");
    write_with("uid", &(struct berval){ 1 << 20, big }, 1);
    assert_string_equal(in_line("line"), "unreadable");
    assert_string_equal(in_line("username"), "");
    assert_string_equal(in_line("status"), "suspended");
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_have_their_forms),
        cmocka_unit_test(the_end_of_a_password_that_is_not_temporary_means_nothing),
        cmocka_unit_test(a_name_is_followed_by_those_it_had),
        cmocka_unit_test(several_where_several_are_meant),
        cmocka_unit_test(what_cannot_be_passed_on_is_unreadable),
        cmocka_unit_test(a_status_that_cannot_be_read_is_none),
        cmocka_unit_test(a_line_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
