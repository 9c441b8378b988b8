/*
 * test_directory_hostile.c - the directory reader against damage and distrust.
 *
 * The principle: whatever stands at the path, a lookup gives the right answer or none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_checksum.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_read.h"
#include "fixture/fixture_directory.h"
#include "fixture/judge_directory.h"

#define NO_NAMESPACE 255 /* the host forbids user namespaces; cmocka's skip() prints "not ok" */

static char folder[] = "/dev/shm/coder-hostile-XXXXXX"; /* in memory: a quarter of a million files */
static char path[64];

static int folder_make(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        memcpy(folder, "/tmp/coder-hostile-XXXXXX", sizeof("/tmp/coder-hostile-XXXXXX"));
        if (mkdtemp(folder) == NULL)
            return -1;
    }
    snprintf(path, sizeof(path), "%s/directory", folder);
    return 0;
}

static int folder_remove(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static unsigned char *publish_and_read(size_t *ret_size)
{
    assert_true(fixture_publish(path, 1));
    assert_int_equal(judge_path(path, 1), ALL_RIGHT);
    unsigned char *file = fixture_read(path, ret_size);
    assert_non_null(file);
    return file;
}

/* -- damage ---- */

static void test_every_truncation(void **state)
{
    (void)state;
    size_t size;
    unsigned char *file = publish_and_read(&size);
    for (size_t length = 0; length < size; length++) {
        assert_true(fixture_put(path, file, length));
        assert_int_equal(judge_path(path, 1), 0);
    }
    free(file);
}

static void test_every_flipped_bit(void **state)
{
    (void)state;
    size_t size;
    int right = 0;
    unsigned char *file = publish_and_read(&size);
    for (size_t bit = 0; bit < size * 8; bit++) {
        file[bit / 8] ^= (unsigned char)(1U << (bit % 8));
        assert_true(fixture_put(path, file, size));
        int judged = judge_path(path, 1);
        assert_true(judged >= 0);
        right += judged;
        struct directory_view view;
        bool is_mark = bit / 8 - DIRECTORY_MARK < sizeof(uint32_t); /* it is in no checksum */
        if (!is_mark && directory_view_open(path, &view) == DIRECTORY_OK) {
            assert_int_equal(directory_view_check_whole(&view), DIRECTORY_UNAVAILABLE);
            directory_view_close(&view);
        }
        file[bit / 8] ^= (unsigned char)(1U << (bit % 8));
    }
    assert_true(right > (int)size * ALL_RIGHT); /* damage stays local: most answers still come */
    free(file);
}

static struct directory_record *record_at(unsigned char *file, enum directory_section section,
                                          size_t index)
{
    return (void *)(file + fixture_record(file, section, index));
}

/* Bend alice's record, with a right checksum again, and ask for everything. */
static void assert_bent_record(const struct directory_record *bent)
{
    size_t size;
    unsigned char *file = publish_and_read(&size);
    memcpy(record_at(file, DIRECTORY_USERS, 0), bent, sizeof(*bent));
    fixture_seal_record(file, DIRECTORY_USERS, 0);
    assert_true(fixture_put(path, file, size));
    assert_true(judge_path(path, 1) > 0);
    free(file);
}

static void test_forged_offsets(void **state)
{
    (void)state;
    static const uint64_t far[] = {1U << 20, UINT32_MAX, UINT64_MAX, UINT64_MAX - 63, 1ULL << 63};
    size_t size;
    unsigned char *file = publish_and_read(&size);
    const struct directory_record good = *record_at(file, DIRECTORY_USERS, 0);
    for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
        struct directory_record bent = good;
        bent.text_offset = far[i];
        assert_bent_record(&bent);
        bent = good, bent.list_offset = far[i];
        assert_bent_record(&bent);
        bent = good, bent.text_length = (uint32_t)far[i];
        assert_bent_record(&bent);
        bent = good, bent.list_length = (uint32_t)far[i];
        assert_bent_record(&bent);
        bent = good, bent.list_count = (uint32_t)far[i];
        assert_bent_record(&bent);
        bent = good, bent.lengths[i % 4] = (uint16_t)far[i];
        assert_bent_record(&bent);
    }
    free(file);
}

static void assert_no_root(void)
{
    struct directory_view view;
    struct directory_entry entry;
    enum directory_result result;
    if (directory_view_open(path, &view) != DIRECTORY_OK)
        return;
    uint64_t i = 0;
    while ((result = directory_group_at(&view, i++, &entry)) != DIRECTORY_NOT_FOUND)
        assert_true(result != DIRECTORY_OK || (entry.id != 0 && entry.id != UINT32_MAX));
    directory_view_close(&view);
}

static void test_forged_sections(void **state)
{
    (void)state;
    static const uint64_t odd[] = {0, 3, 1U << 20, UINT64_MAX, UINT64_MAX / 8, UINT64_MAX / 64 + 2};
    size_t size;
    unsigned char *file = publish_and_read(&size);
    struct directory_header *header = (void *)file;
    for (int section = 0; section < DIRECTORY_SECTIONS; section++) {
        const struct directory_extent good = header->sections[section];
        for (size_t i = 0; i < 2 * sizeof(odd) / sizeof(odd[0]); i++) {
            if (i % 2 == 0)
                header->sections[section].offset = odd[i / 2];
            else
                header->sections[section].count = odd[i / 2];
            fixture_seal_header(file);
            assert_true(fixture_put(path, file, size));
            judge_path(path, 1); /* another file, so other answers; but it ends, inside its bounds */
            assert_no_root();
            header->sections[section] = good;
        }
    }
    free(file);
}

static void test_forged_root(void **state)
{
    (void)state;
    size_t size, count;
    unsigned char *file = publish_and_read(&size);
    struct directory_record *alice = record_at(file, DIRECTORY_USERS, 0);
    struct directory_record *role = record_at(file, DIRECTORY_GROUPS, 0);

    /* gid 0 in alice's list */
    unsigned char *list = file + alice->list_offset;
    memset(list, 0, sizeof(uint32_t));
    uint64_t sum = directory_hash_end(directory_hash_add(0, list, alice->list_length));
    alice->list_checksum = (uint32_t)sum;
    fixture_seal_record(file, DIRECTORY_USERS, 0);
    assert_true(fixture_put(path, file, size));
    struct directory_view view;
    struct directory_entry entry;
    uint32_t gids[DIRECTORY_GIDS_MAX];
    assert_int_equal(directory_view_open(path, &view), DIRECTORY_OK);
    assert_int_equal(directory_find_user_by_name(&view, "alice", &entry), DIRECTORY_OK);
    assert_int_equal(directory_user_gids(&view, &entry, gids, &count), DIRECTORY_OK);
    assert_int_equal(count, 3);
    assert_memory_equal(gids, fixture_users[0].gids + 1, 3 * sizeof(*gids));
    directory_view_close(&view);

    /* uid 0 and gid 0 */
    alice->id = role->id = 0;
    fixture_seal_record(file, DIRECTORY_USERS, 0);
    fixture_seal_record(file, DIRECTORY_GROUPS, 0);
    assert_true(fixture_put(path, file, size));
    assert_int_equal(directory_view_open(path, &view), DIRECTORY_OK);
    assert_int_not_equal(directory_find_user_by_name(&view, "alice", &entry), DIRECTORY_OK);
    assert_int_not_equal(directory_find_group_by_name(&view, "alice", &entry), DIRECTORY_OK);
    assert_int_not_equal(directory_find_group_by_name(&view, "coder-admin", &entry), DIRECTORY_OK);
    assert_int_equal(directory_find_user_by_uid(&view, 0, &entry), DIRECTORY_NOT_FOUND);
    assert_int_equal(directory_find_group_by_gid(&view, 0, &entry), DIRECTORY_NOT_FOUND);
    assert_int_equal(directory_user_at(&view, 0, &entry), DIRECTORY_UNAVAILABLE);
    assert_int_equal(directory_group_at(&view, 0, &entry), DIRECTORY_UNAVAILABLE);
    directory_view_close(&view);
    free(file);
}

static void test_full_tables_end(void **state)
{
    (void)state;
    size_t size;
    unsigned char *file = publish_and_read(&size);
    const struct directory_header *header = (void *)file;
    for (int table = DIRECTORY_USER_NAMES; table <= DIRECTORY_GROUP_IDS; table++) {
        struct directory_slot *slots = (void *)(file + header->sections[table].offset);
        for (uint64_t i = 0; i < header->sections[table].count; i++)
            slots[i] = (struct directory_slot){.index = UINT32_MAX};
    }
    assert_true(fixture_put(path, file, size));
    assert_true(judge_path(path, 1) > 0); /* by index they are still there */
    free(file);
}

/* -- distrust ---- */

static void assert_refused(void)
{
    struct directory_view view;
    assert_int_equal(directory_view_open(path, &view), DIRECTORY_UNAVAILABLE);
}

static void test_other_formats_refused(void **state)
{
    (void)state;
    size_t size;
    unsigned char *file = publish_and_read(&size);
    struct directory_header *header = (void *)file;
    header->version++;
    fixture_seal_header(file);
    assert_true(fixture_put(path, file, size));
    assert_refused();
    header->version--;
    header->byte_order = 0x04030201;
    fixture_seal_header(file);
    assert_true(fixture_put(path, file, size));
    assert_refused();
    assert_true(fixture_put(path, "root:x:0:0::/:/bin/sh\n", 22));
    assert_refused();
    free(file);
}

static void test_wide_modes_refused(void **state)
{
    (void)state;
    assert_true(fixture_publish(path, 1));
    assert_int_equal(judge_path(path, 1), ALL_RIGHT);
    assert_int_equal(chmod(path, 0664), 0);
    assert_refused();
    assert_int_equal(chmod(path, 0646), 0);
    assert_refused();
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(judge_path(path, 1), ALL_RIGHT);
}

static void test_links_and_fifos_refused(void **state)
{
    (void)state;
    char beside[80];
    snprintf(beside, sizeof(beside), "%s.real", path);
    assert_true(fixture_publish(path, 1));
    assert_int_equal(judge_path(path, 1), ALL_RIGHT);
    assert_int_equal(rename(path, beside), 0);
    assert_int_equal(symlink(beside, path), 0);
    assert_refused(); /* although that very file is mapped */
    unlink(path);
    unlink(beside);
    assert_int_equal(mkfifo(path, 0644), 0);
    alarm(10);
    assert_refused();
    alarm(0);
    unlink(path);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_refused();
    assert_int_equal(rmdir(path), 0);
    assert_refused();
}

/* In a child: enter a user namespace (with this uid_map, or none) and judge the path. */
static int judge_in_namespace(const char *uid_map)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (unshare(CLONE_NEWUSER) != 0)
            _exit(NO_NAMESPACE);
        int fd = uid_map != NULL ? open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC) : -1;
        if (uid_map != NULL && write(fd, uid_map, strlen(uid_map)) < 0)
            _exit(NO_NAMESPACE);
        int judged = judge_path(path, 1);
        _exit(judged < 0 ? 254 : judged);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == NO_NAMESPACE)
        print_message("# no user namespace to be had: not tested\n");
    return WEXITSTATUS(status);
}

static void test_foreign_owner_refused(void **state)
{
    (void)state;
    char uid_map[64];
    snprintf(uid_map, sizeof(uid_map), "%u %u 1\n", CODER_OWNER_UID + 5U, geteuid());
    assert_true(fixture_publish(path, 1));
    int judged = judge_in_namespace(uid_map);
    if (judged != NO_NAMESPACE)
        assert_int_equal(judged, 0);
}

static void test_unmapped_owner_accepted(void **state)
{
    (void)state;
    assert_true(fixture_publish(path, 1));
    int judged = judge_in_namespace(NULL);
    if (judged != NO_NAMESPACE)
        assert_int_equal(judged, ALL_RIGHT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_every_flipped_bit),
        cmocka_unit_test(test_forged_offsets),
        cmocka_unit_test(test_forged_sections),
        cmocka_unit_test(test_forged_root),
        cmocka_unit_test(test_full_tables_end),
        cmocka_unit_test(test_other_formats_refused),
        cmocka_unit_test(test_wide_modes_refused),
        cmocka_unit_test(test_links_and_fifos_refused),
        cmocka_unit_test(test_foreign_owner_refused),
        cmocka_unit_test(test_unmapped_owner_accepted),
    };
    return cmocka_run_group_tests_name("directory, hostile", tests, folder_make, folder_remove);
}
