/*
 * What is asked to be written in the fleet's tree: lines to operations, operations to attributes, and the entry that the
 * server shows after it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fleet/facts.h"
#include "fleet/shown.h"
#include "fleet/write_request.h"

#define EXTERNAL "as external\npem cGVt\n"
#define FOLLOWS "\"pem\" follows \"as external\", \"ticket\" \"as gssapi\", \"password\" \"as NAME\""

static struct write_request request;
static struct write_fault fault;
static struct facts facts;
static char text[65536];

static bool reads(const char *lines)
{
    snprintf(text, sizeof text, "%s", lines);
    memset(&fault, 0, sizeof fault);
    return write_request_read(text, strlen(text), &request, &fault);
}

static void a_request_is_read(void **state)
{
    (void)state;
    assert_true(reads(EXTERNAL "do change\nname bob\nentry 0c6e0102-0304-0506-0708-090a0b0c0d0e\n"
                               "csn 20261128233004.512345Z#000000#001#000000\nset status suspended\nset reason on leave\n"
                               "do add\nname lea\nset home /home/lea\nset shell /bin/sh\nset keys a\nset keys b\nhosts\n"));
    assert_null(request.as);
    assert_string_equal(request.secret, "pem");
    assert_int_equal(request.secret_length, 3);
    assert_true(request.hosts);
    assert_int_equal(request.count, 2);
    assert_int_equal(request.operations[0].what, WRITE_CHANGE);
    assert_string_equal(request.operations[0].name, "bob");
    assert_string_equal(write_value(&request.operations[0], "reason"), "on leave");
    assert_string_equal(request.operations[0].csn, "20261128233004.512345Z#000000#001#000000");
    assert_null(write_value(&request.operations[1], "reason"));
    assert_int_equal(request.operations[1].set_count, 4);
    assert_null(request.operations[1].entry);
    assert_true(reads("as ann\npassword IHggIA==\ndo log\nset since 5\n"));
    assert_string_equal(request.as, "ann");
    assert_string_equal(request.secret, " x  ");
    assert_false(request.hosts);
    assert_false(request.by_ticket);
    assert_true(reads("as gssapi\nticket BQQADAB4AA==\ndo hosts\n"));
    assert_true(request.by_ticket);
    assert_null(request.as);
    assert_int_equal(request.secret_length, 7);
    assert_memory_equal(request.secret, "\5\4\0\14\0x", 7);
    assert_true(reads(EXTERNAL "do change\nname a\nset email\nset keys \n"));
    assert_false(request.by_ticket);
    assert_string_equal(write_value(&request.operations[0], "email"), "");
    assert_string_equal(write_value(&request.operations[0], "keys"), "");
}

struct refused {
    const char *lines, *why;
    size_t nth;
};

static void are_refused(const struct refused *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_false(reads(cases[i].lines));
        assert_string_equal(fault.why, cases[i].why);
        assert_int_equal(fault.nth, cases[i].nth);
    }
}

static void a_secret_is_of_who_asks(void **state)
{
    static const struct refused cases[] = {
        { "as external\ndo hosts\n", "line 2 of the request: the second line is \"pem\", \"ticket\" or \"password\"", 0 },
        { "as external\npassword eA==\n", "line 2 of the request: " FOLLOWS, 0 },
        { "as ann\npem eA==\n", "line 2 of the request: " FOLLOWS, 0 },
        { "as gssapi\npem eA==\n", "line 2 of the request: " FOLLOWS, 0 },
        { "as gssapi\npassword eA==\n", "line 2 of the request: " FOLLOWS, 0 },
        { "as ann\nticket eA==\n", "line 2 of the request: " FOLLOWS, 0 },
        { "as external\nticket eA==\n", "line 2 of the request: " FOLLOWS, 0 },
        { "as gssapi\nticket\n", "line 2 of the request: it is no base64, or of nothing, or of a text with a NUL", 0 },
        { "as ann\npassword\n", "line 2 of the request: it is no base64, or of nothing, or of a text with a NUL", 0 },
        { "as ann\npassword eA=\n", "line 2 of the request: it is no base64, or of nothing, or of a text with a NUL", 0 },
        { "as ann\npassword eAB4\n", "line 2 of the request: it is no base64, or of nothing, or of a text with a NUL", 0 },
        { EXTERNAL "pem cGVt\ndo hosts\n", "line 3 of the request: " FOLLOWS, 0 },
    };

    (void)state;
    are_refused(cases, sizeof cases / sizeof cases[0]);
}

static void what_is_no_request_is_named(void **state)
{
    static const struct refused cases[] = {
        { "", "line 1 of the request: there is no operation", 0 },
        { "do change\nname a\nset shell x\n", "line 1 of the request: the first line is \"as\"", 0 },
        { "as\n", "line 1 of the request: as whom? external, gssapi, or a name of letters, digits and ._-", 0 },
        { "as a,ou=x\n", "line 1 of the request: as whom? external, gssapi, or a name of letters, digits and ._-", 0 },
        { EXTERNAL "as external\n", "line 3 of the request: \"as\" is the first line, and there once", 0 },
        { EXTERNAL "hosts\n", "line 3 of the request: \"hosts\" is the last line", 0 },
        { EXTERNAL "do hosts\nhosts\nhosts\n", "line 5 of the request: \"hosts\" is the last line", 0 },
        { EXTERNAL "do undo\n", "line 3 of the request: no such operation", 0 },
        { EXTERNAL "do hosts\nname a\n", "line 4 of the request: there is no place for a name", 0 },
        { EXTERNAL "do change\nname a\nname b\n", "line 5 of the request: there is no place for a name", 0 },
        { EXTERNAL "do hosts\ndo change\nname -a\n", "line 5 of the request: a name is of letters, digits and ._-", 1 },
        { EXTERNAL "do change\nname a)(uid=*\n", "line 4 of the request: a name is of letters, digits and ._-", 0 },
        { EXTERNAL "do change\nname a\nentry x\n", "line 5 of the request: it is neither entryUUID nor entryCSN", 0 },
        { EXTERNAL "do change\nname a\ncsn 20261128233004.512345Z#000000#001#00000*\n",
          "line 5 of the request: it is neither entryUUID nor entryCSN", 0 },
        { EXTERNAL "do change\nname a\nset uid 5\n", "line 5 of the request: this operation sets no such fact", 0 },
        { EXTERNAL "set shell x\n", "line 3 of the request: this operation sets no such fact", 0 },
        { EXTERNAL "do change\nname a\nset status deleted\n", "line 5 of the request: the value has not the form of this fact", 0 },
        { EXTERNAL "do change\nname a\nset reason a\tb\n", "line 5 of the request: the value has not the form of this fact", 0 },
        { EXTERNAL "do change\nname a\nset reason \xff\n", "line 5 of the request: the value has not the form of this fact", 0 },
        { EXTERNAL "do change\nname a\nset hash *\n", "line 5 of the request: the value has not the form of this fact", 0 },
        { EXTERNAL "do change\nname a\nset expires_at 253402300800\n", "line 5 of the request: the value has not the form of this fact", 0 },
        { EXTERNAL "do change\nname a\nset expires_at 01\n", "line 5 of the request: the value has not the form of this fact", 0 },
        { EXTERNAL "do add\nname a\nset uid 4294967296\n", "line 5 of the request: the value has not the form of this fact", 0 },
        { EXTERNAL "do change\nname a\nset email a\nset email b\n", "line 6 of the request: it is set twice", 0 },
        { EXTERNAL "do change\nname a\nset keys\nset keys b\n", "line 6 of the request: a list is none, or has values", 0 },
        { EXTERNAL "do change\nname a\nset keys b\nset keys\n", "line 6 of the request: a list is none, or has values", 0 },
        { EXTERNAL "do change\nname a\n", "operation 0: there is nothing to change", 0 },
        { EXTERNAL "do hosts\ndo change\nset shell x\n", "operation 1: there is no name", 1 },
        { EXTERNAL "do add\nname a\nset home /x\n", "operation 0: an account has a home and a shell", 0 },
        { EXTERNAL "do rename\nname a\nset username\n", "operation 0: there is no new name", 0 },
        { EXTERNAL "do add-host\nname a\n", "operation 0: a host has a scope", 0 },
        { EXTERNAL "do change\nname a\nset status\n", "operation 0: an account has a status", 0 },
        { EXTERNAL "do log\nset count 0\n", "line 4 of the request: the value has not the form of this fact", 0 },
        { EXTERNAL "do log\nset count\n", "operation 0: what is asked of the log has a value", 0 },
        { EXTERNAL "do hosts\n\n", "line 4 of the request: no such line", 0 },
        { EXTERNAL "do hosts\nwhat\n", "line 4 of the request: no such line", 0 },
    };

    (void)state;
    are_refused(cases, sizeof cases / sizeof cases[0]);
    snprintf(text, sizeof text, EXTERNAL "do hosts\n");
    assert_false(write_request_read(text, strlen(text) + 1, &request, &fault));
}

static void there_is_an_end_to_it(void **state)
{
    static char many[WRITE_TEXT_MAX];
    char *at = stpcpy(many, EXTERNAL);

    (void)state;
    for (int i = 0; i < WRITE_OPERATIONS_MAX; i++)
        at = stpcpy(at, "do hosts\n");
    stpcpy(at, "do hosts\n");
    assert_false(write_request_read(many, strlen(many), &request, &fault));
    assert_non_null(strstr(fault.why, "more than 1024"));
    at = stpcpy(many, EXTERNAL "do change\nname a\n");
    for (int i = 0; i <= WRITE_SETS_MAX; i++)
        at = stpcpy(at, "set keys a\n");
    assert_false(write_request_read(many, strlen(many), &request, &fault));
    assert_non_null(strstr(fault.why, "more than 16384"));
}

/* -- facts ---- */

/* The attribute's values, joined by "|"; "-" where it is taken away, NULL where it is not touched. */
static const char *written(const char *name)
{
    static char ret[4096];

    for (size_t i = 0; i < facts.count; i++) {
        size_t used = 0;

        if (strcmp(facts.attributes[i].name, name) != 0)
            continue;
        if (facts.attributes[i].count == 0)
            return "-";
        for (size_t value = 0; value < facts.attributes[i].count && used < sizeof ret; value++) {
            const struct berval *octets = &facts.values[facts.attributes[i].first + value];

            used += (size_t)snprintf(ret + used, sizeof ret - used, "%s%.*s", value > 0 ? "|" : "", (int)octets->bv_len,
                                     octets->bv_val);
        }
        assert_true(used < sizeof ret);
        return ret;
    }
    return NULL;
}

static void change(const char *sets, bool suspended, uint64_t expires_at)
{
    char lines[8192];
    struct facts_before before = { suspended, expires_at };

    snprintf(lines, sizeof lines, EXTERNAL "do change\nname bob\n%s", sets);
    assert_true(reads(lines));
    assert_true(facts_change(&request.operations[0], &before, &facts));
}

static void a_change_is_what_is_asked_and_no_more(void **state)
{
    (void)state;
    change("set shell /bin/sh\n", true, 5);
    assert_int_equal(facts.count, 1);
    assert_string_equal(written("loginShell"), "/bin/sh");
    change("set keys a b\nset keys c\nset roles\nset email\n", false, 0);
    assert_int_equal(facts.count, 3);
    assert_string_equal(written("coderSshKey"), "a b|c");
    assert_string_equal(written("coderRole"), "-");
    assert_string_equal(written("mail"), "-");
    change("set full_name\n", false, 0);
    assert_string_equal(written("cn"), "bob");
    assert_string_equal(written("sn"), "bob");
    change("set hash $y$x\nset temporary false\n", false, 0);
    assert_string_equal(written("userPassword"), "{CRYPT}$y$x");
    assert_string_equal(written("pwdReset"), "-");
    change("set hash\nset temporary true\n", false, 0);
    assert_string_equal(written("userPassword"), "-");
    assert_string_equal(written("pwdReset"), "TRUE");
}

static void others_are_told_of_a_suspension(void **state)
{
    (void)state;
    change("set status suspended\n", false, 864000);
    assert_string_equal(written("coderStatus"), "suspended");
    assert_string_equal(written("pwdAccountLockedTime"), "000001010000Z");
    assert_string_equal(written("shadowExpire"), "1");
    assert_null(written("coderReason"));
    change("set status suspended\n", false, 0);
    assert_string_equal(written("shadowExpire"), "1");
    change("set status active\n", true, 864000);
    assert_string_equal(written("pwdAccountLockedTime"), "-");
    assert_string_equal(written("shadowExpire"), "10");
    assert_string_equal(written("coderReason"), "-");
    change("set status active\nset reason back\n", true, 0);
    assert_string_equal(written("shadowExpire"), "-");
    assert_string_equal(written("coderReason"), "back");
    change("set expires_at 950400\n", true, 864000);
    assert_string_equal(written("shadowExpire"), "1");
    assert_null(written("pwdAccountLockedTime"));
    change("set expires_at 950400\n", false, 864000);
    assert_string_equal(written("shadowExpire"), "11");
    change("set expires_at 5\n", false, 0);
    assert_string_equal(written("shadowExpire"), "1");
    change("set expires_at\n", false, 864000);
    assert_string_equal(written("shadowExpire"), "-");
    assert_string_equal(written("coderExpires"), "-");
}

static void a_new_entry_is_whole(void **state)
{
    (void)state;
    assert_true(reads(EXTERNAL "do add\nname lea\nset home /home/lea\nset shell /bin/sh\n"));
    assert_true(facts_add(&request.operations[0], 1900000007, &facts));
    assert_string_equal(written("objectClass"), "inetOrgPerson|posixAccount|shadowAccount|coderAccount");
    assert_string_equal(written("uid"), "lea");
    assert_string_equal(written("uidNumber"), "1900000007");
    assert_string_equal(written("gidNumber"), "1900000007");
    assert_string_equal(written("cn"), "lea");
    assert_string_equal(written("coderStatus"), "active");
    facts_delete(&facts);
    assert_string_equal(written("coderStatus"), "deleted");
    assert_string_equal(written("userPassword"), "-");
    assert_string_equal(written("pwdHistory"), "-");
    assert_null(written("uid"));
    assert_null(written("coderScope"));
}

static void what_has_no_room_is_no_change(void **state)
{
    static char lines[65536];
    char *at = stpcpy(lines, EXTERNAL "do change\nname bob\n");
    struct facts_before before = { .suspended = false };

    (void)state;
    for (int i = 0; i <= FACTS_VALUES_MAX; i++)
        at = stpcpy(at, "set keys a\n");
    assert_true(write_request_read(lines, strlen(lines), &request, &fault));
    assert_false(facts_change(&request.operations[0], &before, &facts));
}

/* -- what is shown ---- */

static struct shown shown;

static bool shows(const char *octets, size_t length)
{
    struct berval value = { length, (char *)(uintptr_t)octets };

    return shown_read(&value, &shown);
}
#define SHOWS(octets) shows((octets), sizeof(octets) - 1)

static void an_entry_is_read(void **state)
{
    static const char entry[] = "\x30\x48\x04\x05uid=b\x30\x3f"
                                "\x30\x10\x04\x09UIDNUMBER\x31\x03\x04\x01"
                                "7"
                                "\x30\x14\x04\x0a"
                                "coderScope\x31\x06\x04\x01"
                                "a\x04\x01"
                                "b"
                                "\x30\x15\x04\x0b"
                                "coderStatus\x31\x06\x04\x04"
                                "gone";

    (void)state;
    assert_true(SHOWS(entry));
    assert_int_equal(shown.uid, 7);
    assert_int_equal(shown.scope_count, 2);
    assert_string_equal(shown.scopes[1], "b");
    assert_string_equal(shown.status, "gone");
    assert_string_equal(shown.entry_uuid, "");
    assert_true(SHOWS("\x30\x09\x04\x05uid=b\x30\x00"));
    for (size_t length = 0; length < sizeof entry - 1; length++) {
        char *cut = malloc(length + 1);

        memcpy(cut, entry, length);
        shows(cut, length);
        free(cut);
    }
    assert_false(SHOWS(""));
    assert_false(SHOWS("\x04\x01x"));
}

static void what_does_not_fit_is_not_taken(void **state)
{
    static char longest[SHOWN_TEXT_SIZE + 1];
    struct berval values[] = { { sizeof longest - 1, longest }, { 0, NULL } };

    (void)state;
    memset(longest, 'x', sizeof longest - 1);
    memset(&shown, 0, sizeof shown);
    shown_take(&shown, "entryUUID", values);
    assert_string_equal(shown.entry_uuid, "");
    values[0].bv_len--;
    shown_take(&shown, "entryuuid", values);
    assert_int_equal(strlen(shown.entry_uuid), SHOWN_TEXT_SIZE - 1);
    values[0] = (struct berval){ 3, (char *)"a\0b" };
    shown_take(&shown, "entryCSN", values);
    assert_string_equal(shown.csn, "");
    values[0] = (struct berval){ 2, (char *)"-1" };
    shown_take(&shown, "uidNumber", values);
    assert_int_equal(shown.uid, 0);
    for (int i = 0; i < SHOWN_SCOPES_MAX + 2; i++)
        shown_take(&shown, "coderScope", values);
    assert_int_equal(shown.scope_count, SHOWN_SCOPES_MAX);
    shown_take(&shown, "uidNumber", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read),
        cmocka_unit_test(a_secret_is_of_who_asks),
        cmocka_unit_test(what_is_no_request_is_named),
        cmocka_unit_test(there_is_an_end_to_it),
        cmocka_unit_test(a_change_is_what_is_asked_and_no_more),
        cmocka_unit_test(others_are_told_of_a_suspension),
        cmocka_unit_test(a_new_entry_is_whole),
        cmocka_unit_test(what_has_no_room_is_no_change),
        cmocka_unit_test(an_entry_is_read),
        cmocka_unit_test(what_does_not_fit_is_not_taken),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
