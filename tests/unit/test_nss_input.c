/*
 * test_nss_input.c - what hosts may ask the NSS module: names of any bytes and length, ids at the
 * ends of their range, groups that another source has too.
 *
 * The principle: whatever is asked, the answer is a record of exactly that name or id, or NOTFOUND.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_write.h"
#include "nss_coder/directory_writer.h"
#include "nss_coder/nss_group.h"
#include "nss_coder/nss_passwd.h"
#include "nss_coder/nss_shadow.h"
#include "fixture/fixture_directory.h"

#define LONG_NAME (1U << 20)
#define ENOUGH 1024

static void *handle;
static __typeof__(&_nss_coder_getpwnam_r) ask_passwd;
static __typeof__(&_nss_coder_getpwuid_r) ask_uid;
static __typeof__(&_nss_coder_getgrnam_r) ask_group;
static __typeof__(&_nss_coder_getgrgid_r) ask_gid;
static __typeof__(&_nss_coder_setgrent) set_groups;
static __typeof__(&_nss_coder_getgrent_r) next_group;
static __typeof__(&_nss_coder_endgrent) end_groups;
static __typeof__(&_nss_coder_getspnam_r) ask_shadow;
static __typeof__(&_nss_coder_initgroups_dyn) ask_groups;

static void find(const char *name, void *ret)
{
    void *symbol = dlsym(handle, name);
    assert_non_null(symbol);
    memcpy(ret, &symbol, sizeof(symbol));
}

/* The unit build's folder was made for test_nss; make it again for who runs this alone. */
static int module_load(void **state)
{
    (void)state;
    const char *module = getenv("CODER_NSS_MODULE");
    handle = module != NULL ? dlopen(module, RTLD_NOW) : NULL;
    if (handle == NULL)
        return -1;
    find("_nss_coder_getpwnam_r", &ask_passwd);
    find("_nss_coder_getpwuid_r", &ask_uid);
    find("_nss_coder_getgrnam_r", &ask_group);
    find("_nss_coder_getgrgid_r", &ask_gid);
    find("_nss_coder_setgrent", &set_groups);
    find("_nss_coder_getgrent_r", &next_group);
    find("_nss_coder_endgrent", &end_groups);
    find("_nss_coder_getspnam_r", &ask_shadow);
    find("_nss_coder_initgroups_dyn", &ask_groups);
    mkdir(CODER_STATE_DIR, 0755);
    return fixture_publish(DIRECTORY_PATH, 1) ? 0 : -1;
}

static int directory_remove(void **state)
{
    (void)state;
    unlink(DIRECTORY_PATH);
    return dlclose(handle);
}

/* SUCCESS with this very name, or NOTFOUND with ENOENT. */
static void assert_answer(enum nss_status status, int error, bool known, const char *name,
                          const char *got)
{
    assert_int_equal(status, known ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND);
    assert_int_equal(error, known ? 0 : ENOENT);
    if (known && got != NULL)
        assert_string_equal(got, name);
}

static bool is_user(const char *name)
{
    for (size_t i = 0; i < FIXTURE_USERS; i++) {
        if (strcmp(name, fixture_users[i].name) == 0)
            return true;
    }
    return false;
}

static void assert_every_map(const char *name)
{
    char buffer[ENOUGH];
    struct passwd user = {.pw_name = NULL};
    struct group group = {.gr_name = NULL};
    struct spwd shadow = {.sp_namp = NULL};
    long int start = 0, size = 8;
    gid_t *gids = calloc(8, sizeof(*gids));
    int error = 0;
    enum nss_status status = ask_passwd(name, &user, buffer, sizeof(buffer), &error);
    assert_answer(status, error, is_user(name), name, user.pw_name);
    error = 0;
    status = ask_group(name, &group, buffer, sizeof(buffer), &error);
    assert_answer(status, error, is_user(name), name, group.gr_name);
    error = 0;
    status = ask_shadow(name, &shadow, buffer, sizeof(buffer), &error);
    assert_answer(status, error, strcmp(name, "bob") == 0, name, shadow.sp_namp);
    status = ask_groups(name, 0, &start, &size, &gids, -1, &error);
    assert_int_equal(status, is_user(name) ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND);
    free(gids);
}

/* Each byte alone, at every place of a name, and behind it. */
static void test_names_of_every_byte(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        char one[2] = {(char)byte, '\0'};
        assert_every_map(one);
        for (size_t at = 0; at <= strlen("alice"); at++) {
            char name[16] = "alice";
            name[at] = (char)byte;
            assert_every_map(name);
        }
    }
}

/* On the heap, so that a byte read too far is noticed. */
static void test_long_names(void **state)
{
    (void)state;
    for (size_t length = 0; length <= LONG_NAME; length = length < 80 ? length + 1 : length * 2) {
        char *name = malloc(length + 1);
        memset(name, 'a', length);
        name[length] = '\0';
        assert_every_map(name);
        memcpy(name, "alice", length < 5 ? length : 5);
        assert_every_map(name);
        free(name);
    }
    char *name = malloc(LONG_NAME + 1);
    memset(name, 'a', LONG_NAME);
    name[LONG_NAME] = '\0';
    assert_every_map(name);
    free(name);
}

static void test_ids_at_the_ends(void **state)
{
    (void)state;
    static const uint32_t ids[] = {0, 1, 0x7fffffff, 0x80000000, 0x80000001, UINT32_MAX - 1,
                                   UINT32_MAX, FIXTURE_ALICE - 1, FIXTURE_CAROL + 1};
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        char buffer[ENOUGH];
        struct passwd user;
        struct group group;
        int error = 0;
        enum nss_status status = ask_uid(ids[i], &user, buffer, sizeof(buffer), &error);
        assert_answer(status, error, false, NULL, NULL);
        error = 0;
        status = ask_gid(ids[i], &group, buffer, sizeof(buffer), &error);
        assert_answer(status, error, false, NULL, NULL);
    }
}

/* For who merges sources: found by name and gid, but enumerated by the other source only. */
static void test_local_groups_are_not_enumerated(void **state)
{
    (void)state;
    static const uint32_t gids[] = {27};
    struct directory_writer *writer = fixture_writer(2);
    const struct directory_group sudo = {"sudo", 27, true};
    const struct directory_user dave = {.name = "dave", .uid = 70103, .gid = 70103, .private_group = true,
                                        .gecos = "", .home = "/home/dave", .shell = "/bin/sh", .gids = gids,
                                        .gid_count = 1, .listed_count = 1};
    assert_int_equal(directory_writer_add_group(writer, &sudo), DIRECTORY_OK);
    assert_int_equal(directory_writer_add_user(writer, &dave), DIRECTORY_OK);
    assert_true(fixture_replace(DIRECTORY_PATH, writer));
    char buffer[ENOUGH];
    struct group group;
    int error = 0;
    assert_int_equal(ask_group("sudo", &group, buffer, ENOUGH, &error), NSS_STATUS_SUCCESS);
    assert_string_equal(group.gr_mem[0], "dave");
    assert_null(group.gr_mem[1]);
    assert_int_equal(ask_gid(27, &group, buffer, ENOUGH, &error), NSS_STATUS_SUCCESS);
    assert_string_equal(group.gr_name, "sudo");
    set_groups(0);
    size_t count = 0;
    while (next_group(&group, buffer, ENOUGH, &error) == NSS_STATUS_SUCCESS) {
        assert_string_not_equal(group.gr_name, "sudo");
        count++;
    }
    end_groups();
    assert_int_equal(count, FIXTURE_GROUPS + FIXTURE_PRIVATE + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_of_every_byte),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_ids_at_the_ends),
        cmocka_unit_test(test_local_groups_are_not_enumerated),
    };
    return cmocka_run_group_tests_name("nss, input", tests, module_load, directory_remove);
}
