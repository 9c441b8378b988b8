/*
 * test_directory_keys.c - keys in the directory file: what goes in, what comes out and for whom, and
 * that readers from before there were keys miss nothing.
 *
 * The principle: a key is handed out when everything about it is proven, or it is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_checksum.h"
#include "nss_coder/directory_keys.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_read.h"
#include "nss_coder/directory_write.h"
#include "nss_coder/directory_writer.h"
#include "fixture/fixture_directory.h"

#define NOW 1000
#define MANY 1000U
#define FIRST 80000U

static char folder[] = "/tmp/coder-keys-XXXXXX";
static char path[64];
static char keys[DIRECTORY_KEYS_MAX];

static int folder_make(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/directory", folder);
    return 0;
}

static int folder_remove(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static struct directory_view view_open(void)
{
    struct directory_view view;
    assert_int_equal(directory_view_open(path, &view), DIRECTORY_OK);
    return view;
}

static const struct directory_user good = {
    .name = "erin", .uid = FIRST, .gid = FIRST, .private_group = true, .gecos = "", .home = "/h",
    .shell = "/bin/sh", .keys = "ssh-rsa A\n", .keys_length = 10,
};

/* In a file of this one user, at this time. */
static enum directory_result ask_one(struct directory_user user, int64_t now, size_t *ret_length)
{
    const struct directory_plan plan = {.users = 1, .rings = 1, .keys = DIRECTORY_KEYS_MAX};
    struct directory_writer *writer = fixture_writer_begin(&plan);
    struct directory_entry entry;
    assert_int_equal(directory_writer_add_user(writer, &user), DIRECTORY_OK);
    assert_true(fixture_replace(path, writer));
    struct directory_view view = view_open();
    assert_int_equal(directory_view_check_whole(&view), DIRECTORY_OK);
    assert_int_equal(directory_find_user_by_uid(&view, user.uid, &entry), DIRECTORY_OK);
    enum directory_result result = directory_user_keys(&view, &entry, now, keys, ret_length);
    directory_view_close(&view);
    return result;
}

static void test_who_may_come_in(void **state)
{
    (void)state;
    size_t length = 0;
    struct directory_user user = good;
    assert_int_equal(ask_one(user, NOW, &length), DIRECTORY_OK);
    assert_int_equal(length, 10);
    assert_memory_equal(keys, good.keys, 10);
    user.shut = true;
    assert_int_equal(ask_one(user, NOW, &length), DIRECTORY_NOT_FOUND);
    user = good, user.suspended = true;
    assert_int_equal(ask_one(user, NOW, &length), DIRECTORY_NOT_FOUND);
    user.shut = true;
    assert_int_equal(ask_one(user, NOW, &length), DIRECTORY_NOT_FOUND);
    user = good, user.until = NOW + 1;
    assert_int_equal(ask_one(user, NOW, &length), DIRECTORY_OK);
    user.until = NOW;
    assert_int_equal(ask_one(user, NOW, &length), DIRECTORY_NOT_FOUND);
    user.until = 1;
    assert_int_equal(ask_one(user, NOW, &length), DIRECTORY_NOT_FOUND);
    user = good, user.keys_length = 0;
    assert_int_equal(ask_one(user, NOW, &length), DIRECTORY_NOT_FOUND);
}

static void test_longest_keys(void **state)
{
    (void)state;
    static char longest[DIRECTORY_KEYS_MAX + 1];
    size_t length = 0;
    struct directory_user user = good;
    memset(longest, 'k', sizeof(longest));
    longest[DIRECTORY_KEYS_MAX - 1] = longest[DIRECTORY_KEYS_MAX] = '\n';
    user.keys = longest, user.keys_length = DIRECTORY_KEYS_MAX;
    assert_int_equal(ask_one(user, NOW, &length), DIRECTORY_OK);
    assert_int_equal(length, DIRECTORY_KEYS_MAX);
    assert_memory_equal(keys, longest, DIRECTORY_KEYS_MAX);
    user.keys_length++;
    assert_false(directory_user_is_valid(&user));
}

static void test_writer_refuses_bad_keys(void **state)
{
    (void)state;
    static const struct { const char *text; size_t length; } bad[] = {
        {"ssh-rsa A", 9}, {"ssh-rsa\0A\n", 10}, {"ssh-rsa\x1b\n", 9}, {"ssh-rsa A\r\n", 11},
        {"ssh-rsa\x7f\n", 9},
    };
    struct directory_user user = good;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        user.keys = bad[i].text, user.keys_length = bad[i].length;
        assert_false(directory_user_is_valid(&user));
    }
    user.keys = "ssh-rsa\tA J\xc3\xb6rg\n", user.keys_length = strlen(user.keys);
    assert_true(directory_user_is_valid(&user));
}

static void test_writer_keeps_to_the_plan(void **state)
{
    (void)state;
    const struct directory_plan plan = {.users = 4, .rings = 2, .keys = 25};
    const struct directory_plan odd[] = {{.users = 1, .rings = 2, .keys = 9}, {.users = 1, .keys = 9},
                                         {.users = 1, .rings = 1, .keys = UINT64_MAX}};
    struct directory_writer *writer = fixture_writer_begin(&plan);
    struct directory_user user = good;
    assert_int_equal(directory_writer_add_user(writer, &user), DIRECTORY_OK);
    user.name = "frank", user.uid = user.gid = FIRST - 1; /* not in the order of uids */
    assert_int_equal(directory_writer_add_user(writer, &user), DIRECTORY_REFUSED);
    user.keys_length = 0;
    assert_int_equal(directory_writer_add_user(writer, &user), DIRECTORY_OK);
    user = good, user.name = "gina", user.uid = user.gid = FIRST + 1;
    user.keys = "ssh-rsa AAAAAAA\n", user.keys_length = 16; /* more than is left */
    assert_int_equal(directory_writer_add_user(writer, &user), DIRECTORY_REFUSED);
    user.keys++, user.keys_length--;
    assert_int_equal(directory_writer_add_user(writer, &user), DIRECTORY_OK);
    user = good, user.name = "hans", user.uid = user.gid = FIRST + 2;
    user.keys_length = 1, user.keys = "\n";
    assert_int_equal(directory_writer_add_user(writer, &user), DIRECTORY_REFUSED);
    assert_true(fixture_replace(path, writer));
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        assert_null(fixture_writer_begin(&odd[i]));
}

/* Every third has none; the last of all neither. */
static size_t many_keys(uint32_t i, char ret[64])
{
    return i % 3 == 0 ? 0 : (size_t)snprintf(ret, 64, "ssh-ed25519 %0*u\n", (int)(i % 29), i);
}

static void publish_many(void)
{
    const struct directory_plan plan = {.users = MANY, .rings = MANY, .keys = MANY * 64};
    struct directory_writer *writer = fixture_writer_begin(&plan);
    for (uint32_t i = 0; i < MANY; i++) {
        char name[32], text[64];
        struct directory_user user = good;
        snprintf(name, sizeof(name), "user%u", i);
        user.name = name, user.uid = user.gid = FIRST + i;
        user.keys = text, user.keys_length = many_keys(i, text);
        assert_int_equal(directory_writer_add_user(writer, &user), DIRECTORY_OK);
    }
    assert_true(fixture_replace(path, writer));
}

static void test_everybody_has_his_own(void **state)
{
    (void)state;
    publish_many();
    struct directory_view view = view_open();
    for (uint32_t i = 0; i < MANY; i++) {
        struct directory_entry entry;
        char text[64];
        size_t length = 0, right = many_keys(i, text);
        assert_int_equal(directory_find_user_by_uid(&view, FIRST + i, &entry), DIRECTORY_OK);
        enum directory_result result = directory_user_keys(&view, &entry, NOW, keys, &length);
        assert_int_equal(result, right == 0 ? DIRECTORY_NOT_FOUND : DIRECTORY_OK);
        assert_int_equal(length, right);
        assert_memory_equal(keys, text, length);
    }
    directory_view_close(&view);
}

/* -- forged, with right checksums ---- */

static unsigned char *publish_and_read(size_t *ret_size)
{
    assert_true(fixture_publish(path, 1));
    unsigned char *file = fixture_read(path, ret_size);
    assert_non_null(file);
    return file;
}

static struct directory_extension *extension_of(unsigned char *file)
{
    return (void *)(file + DIRECTORY_EXTENSION);
}

static struct directory_ring *ring_of(unsigned char *file, size_t index)
{
    return (struct directory_ring *)(void *)(file + extension_of(file)->rings.offset) + index;
}

/* Through a descriptor, and mapped into memory of the very size. */
static enum directory_result ask_forged(const unsigned char *file, size_t size, uint32_t uid)
{
    struct directory_view view;
    size_t length = 0;
    int64_t until;
    assert_true(fixture_put(path, file, size));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(directory_view_of(fd, &view), DIRECTORY_OK);
    enum directory_result result = directory_keys_of(&view, uid, keys, &length, &until);
    view.own.data = file;
    assert_int_equal(directory_keys_of(&view, uid, keys, &length, &until), result);
    close(fd);
    return result;
}

static const uint64_t odd_numbers[] = {
    0, 1, 63, 4096, 1U << 20, UINT32_MAX, UINT64_MAX, UINT64_MAX - 63, UINT64_MAX / 32 + 2, 1ULL << 63,
};

static void test_forged_extension(void **state)
{
    (void)state;
    size_t size;
    unsigned char *file = publish_and_read(&size);
    struct directory_extension *extension = extension_of(file);
    const struct directory_extension whole = *extension;
    assert_int_equal(ask_forged(file, size, FIXTURE_ALICE), DIRECTORY_OK);
    for (size_t i = 0; i < 4 * sizeof(odd_numbers) / sizeof(odd_numbers[0]); i++) {
        uint64_t *fields[4] = {&extension->rings.offset, &extension->rings.count,
                               &extension->texts.offset, &extension->texts.count};
        *fields[i % 4] = odd_numbers[i / 4];
        extension->checksum = directory_extension_checksum(extension);
        for (size_t u = 0; u < FIXTURE_USERS; u++)
            ask_forged(file, size, fixture_users[u].uid); /* it ends, inside the file */
        *extension = whole;
    }
    extension->magic[0]++;
    extension->checksum = directory_extension_checksum(extension);
    assert_int_equal(ask_forged(file, size, FIXTURE_ALICE), DIRECTORY_UNAVAILABLE);
    *extension = whole, extension->checksum++;
    assert_int_equal(ask_forged(file, size, FIXTURE_ALICE), DIRECTORY_UNAVAILABLE);
    *extension = whole, extension->texts.count--; /* what is outside of it is not a key's text */
    extension->checksum = directory_extension_checksum(extension);
    assert_int_equal(ask_forged(file, size, FIXTURE_DORA), DIRECTORY_UNAVAILABLE);
    memset(extension, 0, sizeof(*extension)); /* as before there were keys */
    assert_int_equal(ask_forged(file, size, FIXTURE_ALICE), DIRECTORY_NOT_FOUND);
    free(file);
}

static enum directory_result ask_bent_ring(const struct directory_ring *ring, unsigned char *file,
                                           size_t size)
{
    struct directory_ring *place = ring_of(file, 0), whole = *place;
    *place = *ring;
    if (ring->offset <= size && ring->length <= size - ring->offset)
        place->checksum = directory_ring_checksum(place, file + ring->offset);
    enum directory_result result = ask_forged(file, size, FIXTURE_ALICE);
    *place = whole;
    return result;
}

static void test_forged_ring(void **state)
{
    (void)state;
    size_t size;
    unsigned char *file = publish_and_read(&size);
    const struct directory_ring whole = *ring_of(file, 0);
    assert_int_equal(whole.uid, FIXTURE_ALICE);
    assert_int_equal(ask_bent_ring(&whole, file, size), DIRECTORY_OK);
    for (size_t i = 0; i < sizeof(odd_numbers) / sizeof(odd_numbers[0]); i++) {
        struct directory_ring bent = whole;
        bent.offset = odd_numbers[i];
        assert_int_equal(ask_bent_ring(&bent, file, size), DIRECTORY_UNAVAILABLE);
        bent = whole, bent.length = (uint32_t)odd_numbers[i];
        assert_int_equal(ask_bent_ring(&bent, file, size), DIRECTORY_UNAVAILABLE);
    }
    unsigned char *text = file + whole.offset;
    text[3] = '\0';
    assert_int_equal(ask_bent_ring(&whole, file, size), DIRECTORY_UNAVAILABLE);
    text[3] = '-', text[whole.length - 1] = ' ';
    assert_int_equal(ask_bent_ring(&whole, file, size), DIRECTORY_UNAVAILABLE);
    free(file);
}

/* A primary group that no map would name: no answer instead of root's. */
static void test_forged_primary_group(void **state)
{
    (void)state;
    static const uint32_t bad[] = {0, UINT32_MAX};
    size_t size;
    unsigned char *file = publish_and_read(&size);
    struct directory_record *dora = (void *)(file + fixture_record(file, DIRECTORY_USERS, 3));
    struct directory_record whole = *dora;
    unsigned char *last = file + whole.list_offset + whole.list_length - sizeof(bad[0]);
    for (size_t i = 0; i < 3; i++) {
        struct directory_entry entry;
        if (i < 2)
            memcpy(last, &bad[i], sizeof(bad[i]));
        else
            dora->list_length = dora->list_count = 0;
        dora->list_checksum = directory_list_checksum(file + dora->list_offset, dora->list_length);
        fixture_seal_record(file, DIRECTORY_USERS, 3);
        assert_true(fixture_put(path, file, size));
        struct directory_view view = view_open();
        assert_int_equal(directory_find_user_by_name(&view, "dora", &entry), DIRECTORY_UNAVAILABLE);
        assert_int_equal(directory_user_at(&view, 3, &entry), DIRECTORY_UNAVAILABLE);
        directory_view_close(&view);
    }
    free(file);
}

/* -- one version, older files and older readers ---- */

/* As readers did before there were keys and other primary groups: version, slot, record, text, list. */
static const struct directory_record *find_as_before(const unsigned char *file, const char *name)
{
    const struct directory_header *header = (const void *)file;
    const struct directory_extent *table = &header->sections[DIRECTORY_USER_NAMES];
    const struct directory_slot *slots = (const void *)(file + table->offset);
    uint64_t hash = directory_hash_name(name, strlen(name));
    assert_int_equal(header->version, 2);
    assert_int_equal(header->checksum, directory_header_checksum(header));
    for (uint64_t n = 0; n < table->count; n++) {
        const struct directory_slot *slot = &slots[(hash + n) & (table->count - 1)];
        if (slot->index == 0)
            return NULL;
        const struct directory_record *record =
            (const void *)(file + fixture_record(file, DIRECTORY_USERS, slot->index - 1U));
        if (strcmp((const char *)file + record->text_offset, name) == 0)
            return record;
    }
    return NULL;
}

static void test_older_readers_find_everybody(void **state)
{
    (void)state;
    size_t size;
    unsigned char *file = publish_and_read(&size);
    for (size_t i = 0; i < FIXTURE_USERS; i++) {
        const struct fixture_user *user = &fixture_users[i];
        const struct directory_record *record = find_as_before(file, user->name);
        size_t count = user->gid_count;
        assert_non_null(record);
        assert_int_equal(record->id, user->uid);
        assert_int_equal(record->checksum,
                         directory_record_checksum(record, file + record->text_offset));
        assert_int_equal((record->flags & DIRECTORY_SUSPENDED) != 0, user->suspended);
        assert_int_equal(record->list_count, count + (user->gid != 0));
        assert_int_equal(record->list_length, record->list_count * sizeof(uint32_t));
        assert_memory_equal(file + record->list_offset, user->gids, count * sizeof(uint32_t));
        if (user->gid != 0) /* to them it is a supplementary group */
            assert_memory_equal(file + record->list_offset + count * sizeof(uint32_t), &user->gid,
                                sizeof(user->gid));
        assert_int_equal(record->list_checksum, directory_list_checksum(file + record->list_offset,
                                                                        record->list_length));
    }
    free(file);
}

/* What an older writer's file lacks. */
static void add_end(unsigned char *file, size_t size)
{
    struct directory_header *header = (void *)file;
    memcpy(file + size - DIRECTORY_END_SIZE, DIRECTORY_END, DIRECTORY_END_SIZE);
    header->body_checksum = 0;
    for (size_t at = 0; at < size; at += DIRECTORY_BLOCK)
        header->body_checksum += directory_block_checksum(at, file + at);
    fixture_seal_header(file);
}

/* Without keys it is, octet for octet but for its end, what an older writer would have made. */
static void test_older_files(void **state)
{
    (void)state;
    const struct directory_plan plan = {.generation = 5, .frame = 6, .users = 1, .groups = 0};
    static const uint32_t gids[] = {27};
    struct directory_user user = good;
    user.keys_length = 0, user.gids = gids, user.gid_count = 1;
    struct directory_writer *writer = fixture_writer_begin(&plan);
    assert_int_equal(directory_writer_add_user(writer, &user), DIRECTORY_OK);
    assert_true(fixture_replace(path, writer));
    size_t size, old_size;
    unsigned char *file = fixture_read(path, &size);
    unsigned char *old = fixture_read("tests/samples/directory-without-keys", &old_size);
    assert_non_null(old);
    assert_int_equal(size, old_size);
    add_end(old, size);
    assert_memory_equal(file, old, size);
    assert_int_equal(ask_forged(file, size, FIRST), DIRECTORY_NOT_FOUND);
    free(file);
    free(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_may_come_in),
        cmocka_unit_test(test_longest_keys),
        cmocka_unit_test(test_writer_refuses_bad_keys),
        cmocka_unit_test(test_writer_keeps_to_the_plan),
        cmocka_unit_test(test_everybody_has_his_own),
        cmocka_unit_test(test_forged_extension),
        cmocka_unit_test(test_forged_ring),
        cmocka_unit_test(test_forged_primary_group),
        cmocka_unit_test(test_older_readers_find_everybody),
        cmocka_unit_test(test_older_files),
    };
    return cmocka_run_group_tests_name("directory, keys", tests, folder_make, folder_remove);
}
