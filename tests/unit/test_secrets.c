/*
 * What stays in memory: after a login and a password change through libpam the host's process holds no password
 * any more, and neither does one that has judged them as the helper does. Every readable page is looked
 * through, from /proc/self/maps. Without sanitizers: they keep what was freed.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "pam_coder/judge.h"
#include "pam_coder/login_day.h"
#include "pam_coder/request.h"
#include "sql/account.h"
#include "fixture/fixture.h"
#include "fixture/fleet_player.h"
#include "fixture/pam_host.h"

enum { MASK = 0x55, LENGTH = 24, ADA = 70100 };

/* The passwords, never in the clear but on a page of their own. */
static const char masked[2][LENGTH + 1] = {
    "\x25\x39\x34\x3c\x3b\x78\x3d\x3a\x27\x26\x30\x78\x6c\x78\x39\x34\x3b\x21\x30\x27\x3b\x78\x64\x67",
    "\x3a\x21\x3d\x30\x27\x78\x36\x34\x3b\x31\x39\x30\x78\x62\x78\x3d\x34\x27\x37\x3a\x20\x27\x78\x64",
};

static char *page; /* both in the clear, each with its NUL */

static const char *clear(size_t which)
{
    return page + which * (LENGTH + 1);
}

static void unmask(void)
{
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(page != MAP_FAILED);
    for (size_t w = 0; w < 2; w++)
        for (size_t i = 0; i < LENGTH; i++)
            page[w * (LENGTH + 1) + i] = (char)(masked[w][i] ^ MASK);
}

static bool is_here(const unsigned char *at, size_t which)
{
    size_t i = 0;

    while (i < LENGTH && (at[i] ^ MASK) == (unsigned char)masked[which][i])
        i++;
    return i == LENGTH;
}

/* As coder_fleet is told it: in hexadecimal. */
static bool is_hex_here(const unsigned char *at, size_t which)
{
    static const char digits[] = "0123456789abcdef";
    size_t i = 0;

    while (i < LENGTH && at[2 * i] == (unsigned char)digits[(unsigned char)(masked[which][i] ^ MASK) >> 4] &&
           at[2 * i + 1] == (unsigned char)digits[(masked[which][i] ^ MASK) & 15])
        i++;
    return i == LENGTH;
}

/* One range of memory, read through /proc/self/mem, because not every page of a mapping can be touched. */
static bool holds(int mem, uintptr_t from, uintptr_t to, size_t which)
{
    static unsigned char buffer[1 << 20];
    bool found = false;

    for (uintptr_t at = from; !found && at < to; at += sizeof buffer - 2 * LENGTH) {
        size_t size = to - at < sizeof buffer ? to - at : sizeof buffer;
        ssize_t got = pread(mem, buffer, size, (off_t)at);

        for (ssize_t i = 0; !found && i + LENGTH <= got; i++)
            found = is_here(buffer + i, which) || (i + 2 * LENGTH <= got && is_hex_here(buffer + i, which));
        explicit_bzero(buffer, sizeof buffer);
    }
    return found;
}

/* "" or the line of /proc/self/maps where a password is. The page itself is gone by now. */
static const char *find(void)
{
    static char line[512];
    int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    FILE *maps = fopen("/proc/self/maps", "re");
    bool found = false;

    while (mem >= 0 && maps != NULL && !found && fgets(line, sizeof line, maps) != NULL) {
        uintptr_t from = 0, to = 0;
        char mode = '-';

        if (sscanf(line, "%lx-%lx %c", &from, &to, &mode) == 3 && mode == 'r')
            found = holds(mem, from, to, 0) || holds(mem, from, to, 1);
    }
    if (mem < 0 || maps == NULL)
        return "memory cannot be looked at";
    close(mem);
    fclose(maps);
    return found ? line : "";
}

static void forget_page(void)
{
    explicit_bzero(page, 4096);
    munmap(page, 4096);
}

static void prepare(bool temporary)
{
    struct account account = fixture_account("ada", ADA);

    fixture_reset();
    account.temporary = temporary;
    account.temporary_until = 0;
    unmask();
    fixture_add(&account, clear(0));
    fixture_publish();
}

/* -- the host's process -------------------------------------------------------------------------- */

static void log_in_and_change(void)
{
    const char *const answers[] = { clear(0), clear(0), clear(1), clear(1), NULL };
    pam_handle_t *pamh = host_start("ada", answers);

    if (pam_authenticate(pamh, 0) != PAM_SUCCESS || pam_acct_mgmt(pamh, 0) != PAM_NEW_AUTHTOK_REQD ||
        pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK) != PAM_SUCCESS)
        host_note("the login or the change did not succeed");
    pam_end(pamh, PAM_SUCCESS);
    forget_page();
    if (find()[0] != '\0')
        host_note("a password is still in %s", find());
}

static void fail_to_log_in(void)
{
    const char *const answers[] = { clear(1), NULL };
    pam_handle_t *pamh = host_start("ada", answers);

    if (pam_authenticate(pamh, 0) != PAM_AUTH_ERR)
        host_note("a wrong password was not refused");
    pam_end(pamh, PAM_AUTH_ERR);
    forget_page();
    if (find()[0] != '\0')
        host_note("a password is still in %s", find());
}

static void run(void (*body)(void), bool temporary)
{
    const struct host_seen *seen = NULL;
    bool well;

    prepare(temporary);
    well = host_run(body, &seen);
    forget_page();
    if (!well)
        fail_msg("%s", seen->note);
}

static void test_secrets_after_a_login_and_a_change(void **state)
{
    (void)state;
    run(log_in_and_change, true);
}

static void test_secrets_after_a_wrong_password(void **state)
{
    (void)state;
    run(fail_to_log_in, false);
}

/* -- the judging --------------------------------------------------------------------------------- */

static void judge(enum request_kind kind, bool with_new, bool granted)
{
    static struct request request; /* the helper wipes its own, too */
    struct judge judge = { .private_dir = FIXTURE_PRIVATE, .run_dir = FIXTURE_RUN };
    struct login_day login;
    struct answer answer;

    memset(&request, 0, sizeof request);
    request.size = sizeof request;
    request.kind = kind;
    request.uid = ADA;
    snprintf(request.user, sizeof request.user, "ada");
    snprintf(request.service, sizeof request.service, "test");
    snprintf(request.password, sizeof request.password, "%s", clear(0));
    if (with_new)
        snprintf(request.new_password, sizeof request.new_password, "%s", clear(1));
    judge_request(&judge, &request, &answer, &login);
    explicit_bzero(&request, sizeof request);
    if (answer.right != granted)
        host_note("what was asked was not answered as it should be");
}

static void judge_all(void)
{
    judge(REQUEST_AUTHENTICATE, false, true);
    judge(REQUEST_CHANGE, true, true);
    forget_page();
    if (find()[0] != '\0')
        host_note("a password is still in %s", find());
}

static void test_secrets_after_judging(void **state)
{
    (void)state;
    run(judge_all, true);
}

/* Of the fleet: what was told coder_fleet is nowhere left, either. After a refusal little is done that would write over it
 * by chance. */
static void judge_in_fleet(void)
{
    struct fleet_play play = { .says = "ready\n", .goes = "used\n", .uid = ADA };
    bool told;

    fleet_joins(ADA);
    fleet_play_begin(&play);
    judge(REQUEST_CHANGE, true, false);
    told = strstr(fleet_play_end(), "\n\ngo\n") != NULL;
    fleet_play_forget();
    forget_page();
    if (!told)
        host_note("coder_fleet was not told");
    if (find()[0] != '\0')
        host_note("a password is still in %s", find());
}

static void test_secrets_after_a_change_in_the_fleet(void **state)
{
    (void)state;
    run(judge_in_fleet, true);
}

/* -- the search itself ---------------------------------------------------------------------------- */

static void keep_one(void)
{
    volatile char *kept = malloc(LENGTH); /* volatile, or the compiler does without the copy */

    for (size_t i = 0; kept != NULL && i < LENGTH; i++)
        kept[i] = clear(1)[i];
    forget_page();
    if (find()[0] == '\0')
        host_note("what was kept was not found");
    free((void *)(uintptr_t)kept);
}

static void test_secrets_that_stay_are_found(void **state)
{
    (void)state;
    run(keep_one, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_secrets_that_stay_are_found),
        cmocka_unit_test(test_secrets_after_a_login_and_a_change),
        cmocka_unit_test(test_secrets_after_a_wrong_password),
        cmocka_unit_test(test_secrets_after_judging),
        cmocka_unit_test(test_secrets_after_a_change_in_the_fleet),
    };
    int failed;

    if (!host_open())
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    host_close();
    return failed;
}
