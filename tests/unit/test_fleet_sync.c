/*
 * The messages of content synchronization, octet by octet as RFC 4533 has them, and cut or changed anywhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fleet/sync.h"

#define CSN "20261128231500.123456Z#000000#001#000000"
#define COOKIE "rid=000,csn=" CSN /* 52 octets */
#define COOKIE_BER "\x04\x34" COOKIE
#define UUID_BER "\x04\x10\x0c\x6e\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e"
#define UUID "0c6e0102-0304-0506-0708-090a0b0c0d0e"

/* In memory of its exact size: one octet too far is seen. */
static struct berval exact(const char *octets, size_t length)
{
    struct berval value = { length, malloc(length > 0 ? length : 1) };

    assert_non_null(value.bv_val);
    memcpy(value.bv_val, octets, length);
    return value;
}

static bool reads_entry(const char *octets, size_t length, struct sync_entry *ret)
{
    struct berval value = exact(octets, length);
    bool read = sync_read_entry(&value, ret);

    free(value.bv_val);
    return read;
}

static bool reads_info(const char *octets, size_t length, struct sync_info *ret)
{
    struct berval value = exact(octets, length);
    bool read = sync_read_info(&value, ret);

    free(value.bv_val);
    return read;
}

#define ENTRY(octets, ret) reads_entry(octets, sizeof octets - 1, ret)
#define INFO(octets, ret) reads_info(octets, sizeof octets - 1, ret)

static void states_of_entries(void **state)
{
    static const struct {
        const char *octets;
        enum sync_state state;
    } cases[] = {
        { "\x30\x15\x0a\x01\x00" UUID_BER, SYNC_PRESENT },
        { "\x30\x15\x0a\x01\x01" UUID_BER, SYNC_ADD },
        { "\x30\x15\x0a\x01\x02" UUID_BER, SYNC_MODIFY },
        { "\x30\x15\x0a\x01\x03" UUID_BER, SYNC_DELETE },
    };
    struct sync_entry entry;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(reads_entry(cases[i].octets, 23, &entry));
        assert_int_equal(entry.state, cases[i].state);
        assert_string_equal(entry.uuid, UUID);
        assert_false(entry.has_cookie);
    }
    assert_true(ENTRY("\x30\x4b\x0a\x01\x02" UUID_BER COOKIE_BER, &entry));
    assert_true(entry.has_cookie);
    assert_int_equal(entry.cookie.count, 1);
}

static void what_is_no_state_is_refused(void **state)
{
    struct sync_entry entry = { .state = SYNC_DELETE };

    (void)state;
    assert_false(ENTRY("", &entry));
    assert_false(ENTRY("\x30\x15\x0a\x01\x04" UUID_BER, &entry));
    assert_false(ENTRY("\x30\x15\x0a\x01\xff" UUID_BER, &entry));
    assert_false(ENTRY("\x30\x14\x0a\x01\x01\x04\x0f\x0c\x6e\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d", &entry));
    assert_false(ENTRY("\x30\x05\x0a\x01\x01\x04\x00", &entry));
    assert_false(ENTRY("\x30\x1c\x0a\x01\x01" UUID_BER "\x04\x05" "xyz=1", &entry));
    assert_int_equal(entry.state, SYNC_DELETE);
    for (size_t length = 0; length < 23; length++)
        assert_false(reads_entry("\x30\x15\x0a\x01\x01" UUID_BER, length, &entry));
}

static void ends_of_refreshes(void **state)
{
    struct sync_info info;

    (void)state;
    assert_true(INFO("\x80\x34" COOKIE, &info));
    assert_int_equal(info.kind, SYNC_NEW_COOKIE);
    assert_true(info.has_cookie);
    assert_true(INFO("\xa1\x00", &info)); /* done is what is meant where nothing is said */
    assert_int_equal(info.kind, SYNC_REFRESH_DELETE);
    assert_true(info.done);
    assert_false(info.has_cookie);
    assert_true(INFO("\xa2\x36" COOKIE_BER, &info));
    assert_int_equal(info.kind, SYNC_REFRESH_PRESENT);
    assert_true(info.done);
    assert_true(info.has_cookie);
    assert_true(INFO("\xa2\x39" COOKIE_BER "\x01\x01\x00", &info));
    assert_false(info.done);
    assert_true(INFO("\xa1\x03\x01\x01\xff", &info));
    assert_true(info.done);
}

static void sets_of_ids(void **state)
{
    struct sync_info info;

    (void)state;
    assert_true(INFO("\xa3\x29\x01\x01\xff\x31\x24" UUID_BER UUID_BER, &info));
    assert_int_equal(info.kind, SYNC_ID_SET);
    assert_true(info.delete);
    assert_int_equal(info.count, 2);
    assert_string_equal(info.uuids[1], UUID);
    sync_free_info(&info);
    assert_true(INFO("\xa3\x14\x31\x12" UUID_BER, &info));
    assert_false(info.delete); /* not said: they are present */
    assert_int_equal(info.count, 1);
    sync_free_info(&info);
    assert_true(INFO("\xa3\x02\x31\x00", &info));
    assert_int_equal(info.count, 0);
    sync_free_info(&info);
}

/* A set that is half read would leave somebody in who is gone. */
static void half_a_set_is_none(void **state)
{
    static const char whole[] = "\xa3\x29\x01\x01\xff\x31\x24" UUID_BER UUID_BER;
    struct sync_info info = { .kind = SYNC_ID_SET };

    (void)state;
    for (size_t length = 0; length < sizeof whole - 1; length++)
        assert_false(reads_info(whole, length, &info));
    assert_false(INFO("\xa3\x15\x01\x01\xff\x31\x10" UUID_BER, &info));               /* shorter than its id */
    assert_false(INFO("\xa3\x26\x31\x24" UUID_BER "\x05\x10\x0c\x6e\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e", &info));
    assert_false(INFO("\xa3\x17\x31\x15" UUID_BER "\x04\x01\x00", &info));
    assert_false(INFO("\xa3\x14\x30\x12" UUID_BER, &info)); /* no set */
    assert_false(INFO("\xa3\x00", &info));
    assert_false(INFO("\xa4\x00", &info));
    assert_false(INFO("\x30\x00", &info));
    assert_null(info.uuids);
}

/* Whatever octet is changed: it is read or refused, and what is read can be passed on. */
static void any_octet_may_be_another(void **state)
{
    static const char whole[] = "\xa3\x7f" COOKIE_BER "\x01\x01\xff\x31\x44" UUID_BER UUID_BER UUID_BER "\x04\x0c" "0123456789ab";
    char octets[sizeof whole];

    (void)state;
    for (size_t at = 0; at < sizeof whole - 1; at++) {
        for (int octet = 0; octet < 256; octet++) {
            struct sync_info info = { 0 };

            memcpy(octets, whole, sizeof whole);
            octets[at] = (char)octet;
            if (!reads_info(octets, sizeof whole - 1, &info))
                continue;
            for (size_t i = 0; i < info.count; i++)
                assert_int_equal(strlen(info.uuids[i]), SYNC_UUID_SIZE - 1);
            sync_free_info(&info);
        }
    }
}

static void the_request(void **state)
{
    struct berval *all = sync_write_request(""), *since = sync_write_request("rid=000");

    (void)state;
    assert_non_null(all);
    assert_int_equal(all->bv_len, 5);
    assert_memory_equal(all->bv_val, "\x30\x03\x0a\x01\x03", 5);
    assert_non_null(since);
    assert_int_equal(since->bv_len, 14);
    assert_memory_equal(since->bv_val, "\x30\x0c\x0a\x01\x03\x04\x07rid=000", 14);
    ber_bvfree(all);
    ber_bvfree(since);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_of_entries),
        cmocka_unit_test(what_is_no_state_is_refused),
        cmocka_unit_test(ends_of_refreshes),
        cmocka_unit_test(sets_of_ids),
        cmocka_unit_test(half_a_set_is_none),
        cmocka_unit_test(any_octet_may_be_another),
        cmocka_unit_test(the_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
