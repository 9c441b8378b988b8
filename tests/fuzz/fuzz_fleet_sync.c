/*
 * What the fleet's servers send beside entries: whatever the octets, they are refused or mean something that can be
 * passed on, and cookies are merged so that nothing known is lost.
 */
#include <string.h>

#include "fleet/sync.h"
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void check_uuid(const char uuid[SYNC_UUID_SIZE])
{
    fuzz_require(strlen(uuid) == SYNC_UUID_SIZE - 1 && strspn(uuid, "0123456789abcdef-") == SYNC_UUID_SIZE - 1, "an id is one");
    fuzz_require(uuid[8] == '-' && uuid[13] == '-' && uuid[18] == '-' && uuid[23] == '-', "... with its dashes");
}

static void check_cookie(const struct cookie *cookie)
{
    static struct cookie have, again; /* have: of all that this input said */
    char text[COOKIE_SIZE];

    fuzz_require(cookie->count <= COOKIE_SERVERS_MAX, "there are as many servers as there is room for");
    cookie_write(cookie, text);
    fuzz_require(cookie_parse(text, strlen(text), &again) && again.count == cookie->count, "what was written is read");
    fuzz_require(cookie_covers(&again, cookie) && cookie_covers(cookie, &again), "and is the same");
    have = (struct cookie){ 0 };
    cookie_add(&have, "20261128231500.123456Z#000000#001#000000", COOKIE_CSN_LENGTH);
    again = have;
    if (cookie_merge(&again, cookie))
        fuzz_require(cookie_covers(&again, &have) && cookie_covers(&again, cookie), "merged, nothing is lost");
}

static void read_entry(const struct berval *value)
{
    struct sync_entry entry;

    if (!sync_read_entry(value, &entry))
        return;
    fuzz_require(entry.state <= SYNC_DELETE, "a state is one of four");
    check_uuid(entry.uuid);
    fuzz_require(entry.has_cookie || entry.cookie.count == 0, "what is not said is nothing");
    check_cookie(&entry.cookie);
}

static void read_info(const struct berval *value)
{
    struct sync_info info;

    if (!sync_read_info(value, &info))
        return;
    fuzz_require(info.kind <= SYNC_ID_SET, "a message is one of four");
    fuzz_require(info.kind == SYNC_ID_SET || (info.count == 0 && !info.delete), "only sets have ids");
    fuzz_require(info.count <= value->bv_len / 18, "an id has its octets");
    for (size_t i = 0; i < info.count; i++)
        check_uuid(info.uuids[i]);
    check_cookie(&info.cookie);
    sync_free_info(&info);
    fuzz_require(info.count == 0, "freed is freed");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct berval value = { size > 0 ? size - 1 : 0, size > 1 ? (char *)(uintptr_t)(data + 1) : NULL };

    if (size == 0)
        return 0;
    if (data[0] % 2 == 0)
        read_entry(&value);
    else
        read_info(&value);
    return 0;
}
