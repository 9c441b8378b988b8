/*
 * test_directory_mark.c - how a lookup learns that the directory file was replaced.
 *
 * The principle: marked, it is seen by the very next lookup; unmarked, within DIRECTORY_LOOK_MS; and
 * until then nobody looks at the path. What is done to the file itself, cut short or written over, is
 * seen by the next lookup, too, and is no signal. A mark that a killed publisher left costs time and
 * nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_mark.h"
#include "nss_coder/directory_patch.h"
#include "nss_coder/directory_probe.h"
#include "fixture/fixture_directory.h"

enum { MORE_MAPS = 40 };

static _Alignas(DIRECTORY_PROBED) char folder[] = "/tmp/coder-mark-XXXXXX";
static char path[64], beside[64];

static int folder_make(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/directory", folder);
    snprintf(beside, sizeof(beside), "%s/other", folder);
    return 0;
}

static int folder_remove(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

/* What a lookup answers from now; 0: nothing. */
static uint64_t generation_now(void)
{
    struct directory_view view;
    if (directory_view_open_for(path, DIRECTORY_USER_NAMES, 0, &view) != DIRECTORY_OK)
        return 0;
    uint64_t generation = directory_view_generation(&view);
    directory_view_close(&view);
    return generation;
}

/* As somebody else replaces it, who knows nothing of marks. */
static void replace_unmarked(uint64_t generation)
{
    assert_true(fixture_publish(beside, generation));
    assert_int_equal(rename(beside, path), 0);
}

static void test_a_marked_replacement_is_seen_at_once(void **state)
{
    (void)state;
    for (uint64_t generation = 1; generation <= 100; generation++) {
        assert_true(fixture_publish(path, generation)); /* which marks */
        assert_int_equal(generation_now(), generation);
        assert_int_equal(generation_now(), generation);
    }
}

static void test_another_replacement_is_seen_soon(void **state)
{
    (void)state;
    assert_true(fixture_publish(path, 1));
    assert_int_equal(generation_now(), 1);
    replace_unmarked(2);
    assert_int_equal(generation_now(), 1); /* nobody asked the kernel */
    fixture_wait();
    assert_int_equal(generation_now(), 2);
    fixture_withdraw(path);
    assert_int_equal(generation_now(), 0);
}

/* directory_view_open() is for those who judge: it always looks. */
static void test_who_judges_looks(void **state)
{
    (void)state;
    struct directory_view view;
    assert_true(fixture_publish(path, 1));
    assert_int_equal(generation_now(), 1);
    replace_unmarked(2);
    assert_int_equal(directory_view_open(path, &view), DIRECTORY_OK);
    assert_int_equal(directory_view_generation(&view), 2);
    directory_view_close(&view);
    assert_int_equal(generation_now(), 2);
}

static void test_a_mark_left_behind(void **state)
{
    (void)state;
    struct directory_view view;
    assert_true(fixture_publish(path, 1));
    assert_int_equal(generation_now(), 1);
    assert_true(directory_mark(path));
    assert_int_equal(generation_now(), 1);
    replace_unmarked(2); /* is seen at once: the path is looked at each time */
    assert_int_equal(generation_now(), 2);
    assert_true(directory_mark(path));
    assert_int_equal(directory_view_open(path, &view), DIRECTORY_OK);
    assert_true(directory_view_is_marked(&view));
    assert_int_equal(directory_view_check_whole(&view), DIRECTORY_OK);
    directory_view_close(&view);
}

/* The next file as a patched copy of this one: without the mark, and with an end. */
static void test_a_patched_copy(void **state)
{
    (void)state;
    static const struct directory_user zoe = {.name = "zoe", .uid = 95000, .gid = 95000,
                                              .private_group = true, .gecos = "", .home = "/zoe",
                                              .shell = "/bin/sh"};
    const struct directory_patch patch = {.before_generation = 1, .generation = 2, .after = &zoe};
    struct directory_view view;
    assert_true(fixture_publish(path, 1));
    assert_int_equal(generation_now(), 1);
    assert_true(directory_mark(path));
    int fd = open(beside, O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_int_equal(directory_patch(path, fd, &patch), DIRECTORY_OK);
    assert_int_equal(fchmod(fd, 0644), 0);
    close(fd);
    assert_true(directory_replace(beside, path));
    assert_int_equal(generation_now(), 2);
    assert_int_equal(directory_view_open(path, &view), DIRECTORY_OK);
    assert_false(directory_view_is_marked(&view));
    assert_int_equal(directory_view_check_whole(&view), DIRECTORY_OK);
    directory_view_close(&view);
    replace_unmarked(3);
    assert_int_equal(generation_now(), 2); /* nobody asked the kernel */
    fixture_wait();
    assert_int_equal(generation_now(), 3);
}

/* -- in place ---- */

/* Until this one it was looked at, and nothing was wrong. */
static void publish_and_look(uint64_t generation)
{
    assert_true(fixture_publish(path, generation));
    assert_int_equal(generation_now(), generation);
    assert_int_equal(generation_now(), generation);
}

static void test_cut_at_every_block(void **state)
{
    (void)state;
    publish_and_look(1);
    struct stat file;
    assert_int_equal(stat(path, &file), 0);
    off_t size = file.st_size;
    for (off_t at = 0; at < size; at += DIRECTORY_BLOCK / 2) {
        publish_and_look((uint64_t)at + 2);
        assert_int_equal(truncate(path, at), 0);
        assert_int_equal(generation_now(), 0);
    }
    publish_and_look(1);
    assert_int_equal(truncate(path, size - 1), 0);
    assert_int_equal(generation_now(), 0);
    publish_and_look(2);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(truncate(path, size), 0); /* zeros where there was something */
    assert_int_equal(generation_now(), 0);
}

/* As "cp" does it, a piece at a time; `of` is as long as what is there, or longer. */
static void copy_over(const unsigned char *of, size_t size)
{
    int fd = open(path, O_WRONLY | O_TRUNC);
    for (size_t at = 0; at < size; at += DIRECTORY_BLOCK) {
        assert_int_equal(generation_now(), 0);
        assert_int_equal(write(fd, of + at, DIRECTORY_BLOCK), DIRECTORY_BLOCK);
    }
    close(fd);
}

static void test_copied_over(void **state)
{
    (void)state;
    size_t size;
    assert_true(fixture_publish(beside, 7));
    unsigned char *other = fixture_read(beside, &size);
    publish_and_look(1);
    copy_over(other, size);
    assert_int_equal(generation_now(), 7);
    publish_and_look(2);
    int fd = open(path, O_WRONLY); /* not cut short before: dd conv=notrunc */
    assert_int_equal(write(fd, other, size), size);
    close(fd);
    assert_int_equal(generation_now(), 7);
    free(other);
    assert_int_equal(unlink(beside), 0);
}

/* Its publisher does not mark, and so it is looked at each time. */
static void test_an_older_file(void **state)
{
    (void)state;
    size_t size;
    unsigned char *older = fixture_read("tests/samples/directory-without-keys", &size);
    assert_non_null(older);
    assert_true(fixture_put(path, older, size));
    assert_int_equal(generation_now(), 5);
    replace_unmarked(6);
    assert_int_equal(generation_now(), 6);
    free(older);
}

static void test_errno_is_left_alone(void **state)
{
    (void)state;
    publish_and_look(1);
    errno = EXDEV;
    assert_int_equal(generation_now(), 1);
    assert_int_equal(errno, EXDEV);
    assert_false(directory_probe((const void *)(uintptr_t)DIRECTORY_PROBED));
    assert_int_equal(errno, EXDEV);
    assert_true(directory_probe(folder));
    assert_int_equal(errno, EXDEV);
}

static void test_what_is_not_ours_is_not_written_to(void **state)
{
    (void)state;
    char text[] = "somebody's";
    unlink(path);
    assert_false(directory_mark(path));
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
    assert_false(directory_mark(path));
    assert_int_equal(lseek(fd, 0, SEEK_END), sizeof(text));
    close(fd);
    assert_int_equal(rename(path, beside), 0);
    assert_int_equal(symlink(beside, path), 0);
    assert_false(directory_mark(path));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(unlink(beside), 0);
    fixture_wait(); /* what is published where nothing is cannot be told by a mark */
}

/* Views of old files stay good while newer ones come, and their maps go with them. */
static void test_views_of_many_files(void **state)
{
    (void)state;
    struct directory_view views[MORE_MAPS];
    for (uint64_t i = 0; i < MORE_MAPS; i++) {
        assert_true(fixture_publish(path, i + 1));
        assert_int_equal(directory_view_open_for(path, DIRECTORY_USER_IDS, i, &views[i]),
                         DIRECTORY_OK);
    }
    for (uint64_t i = 0; i < MORE_MAPS; i++) {
        assert_int_equal(directory_view_generation(&views[i]), i + 1);
        assert_int_equal(directory_view_check_whole(&views[i]), DIRECTORY_OK);
        directory_view_close(&views[i]);
    }
    assert_true(fixture_publish(path, MORE_MAPS + 1));
    assert_int_equal(generation_now(), MORE_MAPS + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_marked_replacement_is_seen_at_once),
        cmocka_unit_test(test_another_replacement_is_seen_soon),
        cmocka_unit_test(test_who_judges_looks),
        cmocka_unit_test(test_a_mark_left_behind),
        cmocka_unit_test(test_a_patched_copy),
        cmocka_unit_test(test_cut_at_every_block),
        cmocka_unit_test(test_copied_over),
        cmocka_unit_test(test_an_older_file),
        cmocka_unit_test(test_errno_is_left_alone),
        cmocka_unit_test(test_what_is_not_ours_is_not_written_to),
        cmocka_unit_test(test_views_of_many_files),
    };
    return cmocka_run_group_tests_name("directory, mark", tests, folder_make, folder_remove);
}
