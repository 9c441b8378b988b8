/*
 * Hostile callers of coder_helper, in a private world: whoever executes it, or comes by its socket, with
 * whatever he sets or closes before, gets nothing that is not his, is counted like anybody, and cannot
 * reach the process that judges him.
 */
#include <fcntl.h>
#include <glob.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <crypt.h>

#include "pam_coder/request.h"
#include "sql/account.h"
#include "fixture/fixture.h"
#include "fixture/hostility.h"
#include "fixture/portrait.h"
#include "fixture/visit.h"

#define RIGHT VISIT_RIGHT
#define WRONG "wrong-password-1"

enum { CALLER = VISIT_CALLER, VICTIM = 70101 };

static const struct visit by_exec = { .way = VISIT_EXEC }, by_socket = { .way = VISIT_SOCKET };
static pid_t server;

static int setup(void **state)
{
    struct account victim = fixture_account("victim", VICTIM);

    (void)state;
    visit_setup();
    fixture_add(&victim, RIGHT);
    server = visit_serve(0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    visit_unserve(server);
    return 0;
}

/* -- other users ------------------------------------------------------- */

static void expect_unsaid(const struct visit *way, const struct request *request)
{
    struct visit visit_by = *way;
    struct answer answer;
    struct answer unsaid = { .size = sizeof unsaid, .verdict = VERDICT_UNUSABLE };

    visit_by.uid = CALLER;
    assert_true(visit(&visit_by, request, sizeof *request, &answer));
    assert_memory_equal(&answer, &unsaid, sizeof unsaid);
}

static void a_user_is_told_of_himself_only(void **state)
{
    static const uint32_t others[] = { VICTIM, 0, REQUEST_NO_UID, 65534 };
    const struct visit *way = *state;
    struct request request;

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        request = visit_request(REQUEST_AUTHENTICATE, i == 1 ? "root" : "victim", others[i], RIGHT);
        expect_unsaid(way, &request);
        request.kind = REQUEST_ACCOUNT;
        expect_unsaid(way, &request);
    }
    assert_int_equal(fixture_failures("1"), 0);
}

static void a_user_asks_two_questions_only(void **state)
{
    const struct visit *way = *state;

    for (unsigned kind = 0; kind < REQUEST_KINDS; kind++) {
        struct request request = visit_own((enum request_kind)kind, RIGHT);

        snprintf(request.new_password, sizeof request.new_password, "violet-engine-4-harbour");
        if (kind != REQUEST_AUTHENTICATE && kind != REQUEST_ACCOUNT)
            expect_unsaid(way, &request);
    }
    assert_int_equal(fixture_number("SELECT count(*) FROM audit"), 0);
}

/* The victim's name with the caller's own uid: neither whether it exists nor whether the password is right. */
static void a_borrowed_name_says_nothing(void **state)
{
    static const char *const names[] = { "victim", "nobodysuser", "", "root" };
    struct visit visit_by = *(const struct visit *)*state;
    struct answer answers[4], wrong;

    visit_by.uid = CALLER;
    for (size_t i = 0; i < 4; i++) {
        struct request request = visit_request(REQUEST_AUTHENTICATE, names[i], CALLER, RIGHT);

        assert_true(visit(&visit_by, &request, sizeof request, &answers[i]));
        assert_memory_equal(&answers[i], &answers[0], sizeof answers[0]);
        assert_int_equal(answers[i].right, 0);
    }
    struct request request = visit_request(REQUEST_AUTHENTICATE, "victim", CALLER, WRONG);
    assert_true(visit(&visit_by, &request, sizeof request, &wrong));
    assert_memory_equal(&wrong, &answers[0], sizeof wrong);
    assert_int_equal(fixture_failures("uid = 70101"), 0);
}

static void what_the_caller_says_of_himself_is_not_believed(void **state)
{
    struct visit visit_by = *(const struct visit *)*state;
    struct answer answer;

    visit_by.uid = CALLER;
    for (unsigned i = 0; i < 7; i++) {
        struct request request = visit_own(REQUEST_AUTHENTICATE, i < 5 ? WRONG : RIGHT);

        request.caller_uid = i % 2 == 0 ? 0 : VICTIM;
        request.stranger = i;
        snprintf(request.address, sizeof request.address, "192.0.2.%u", i);
        snprintf(request.rhost, sizeof request.rhost, "198.51.100.%u", i);
        snprintf(request.tty, sizeof request.tty, "pts/%u", i);
        assert_true(visit(&visit_by, &request, sizeof request, &answer));
        assert_int_equal(answer.right, 0);
        assert_int_equal(answer.verdict, i < 5 ? VERDICT_ACTIVE : VERDICT_LOCKED);
    }
    assert_int_equal(fixture_failures("uid = 70100 AND origin = 'uid:70100'"), 5);
    assert_int_equal(fixture_failures("1"), 5);
}

static void make_hash_outdated(void)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE], sql[600];
    struct crypt_data data = { 0 };

    assert_non_null(crypt_gensalt_rn("$6$", 0, NULL, 0, setting, sizeof setting));
    snprintf(sql, sizeof sql, "UPDATE accounts SET hash = '%s' WHERE uid = %d",
             crypt_rn(RIGHT, setting, &data, sizeof data), CALLER);
    fixture_sql(sql);
}

/* A login that renews an old hash leaves an audit row: whose words are in it? */
static void assert_via(const struct visit *way, uid_t uid, const char *service, const char *via)
{
    struct visit visit_by = *way;
    struct request request = visit_own(REQUEST_AUTHENTICATE, RIGHT);
    struct answer answer;
    char sql[200];

    visit_by.uid = uid;
    make_hash_outdated();
    snprintf(request.service, sizeof request.service, "%s", service);
    snprintf(request.tty, sizeof request.tty, "pts/1");
    assert_true(visit(&visit_by, &request, sizeof request, &answer));
    assert_int_equal(answer.right, 1);
    snprintf(sql, sizeof sql, "SELECT via = '%s' FROM audit WHERE event = 'hash renewed' ORDER BY id DESC", via);
    assert_int_equal(fixture_number(sql), 1);
}

static void no_row_holds_a_service_that_the_caller_made_up(void **state)
{
    const struct visit *way = *state;

    assert_via(way, CALLER, "sshd", "helper");
    assert_via(way, CALLER, "ss\nhd\x1b[2J", "helper");
    assert_via(way, 0, "sshd", "sshd");
    assert_via(way, 0, "ss\nhd\x1b[2J", "other");
    assert_via(way, 0, "", "other");
    assert_int_equal(fixture_number("SELECT count(*) FROM audit WHERE via GLOB '*[^a-z]*'"), 0);
}

/* A job's service passes a pending change of password; a user's own program is none. */
static void a_user_cannot_say_that_nobody_types(void **state)
{
    struct visit visit_by = *(const struct visit *)*state;
    struct request request = visit_own(REQUEST_ACCOUNT, "");
    struct answer answer;

    fixture_sql("UPDATE accounts SET temporary = 1");
    snprintf(request.service, sizeof request.service, "cron");
    visit_by.uid = CALLER;
    assert_true(visit(&visit_by, &request, sizeof request, &answer));
    assert_int_equal(answer.verdict, VERDICT_TEMPORARY);
}

static void by_socket_the_peer_is_the_caller(void **state)
{
    struct visit visit_by = { .way = VISIT_SOCKET, .uid = VICTIM };
    struct request request = visit_own(REQUEST_ACCOUNT, "");
    struct answer answer;

    (void)state;
    assert_true(visit(&visit_by, &request, sizeof request, &answer));
    assert_int_equal(answer.verdict, VERDICT_UNUSABLE);
    visit_by.uid = CALLER;
    assert_true(visit(&visit_by, &request, sizeof request, &answer));
    assert_int_equal(answer.verdict, VERDICT_ACTIVE);
}

/* -- what a caller can set ---------------------------------------------- */

/* *ret_was_set: false where the system lets no user set it. */
static bool visit_with(const struct hostility *hostility, const char *password, bool *ret_was_set,
                       struct answer *ret)
{
    struct visit visit_by = { .uid = CALLER, .hostile = hostility->set };
    struct request request = visit_own(REQUEST_AUTHENTICATE, password);
    struct visitor visitor = visit_begin(&visit_by, &request, sizeof request);
    bool answered = visit_answer(&visitor, 8000, ret);
    int status = visit_end(&visitor);

    *ret_was_set = !WIFEXITED(status) || WEXITSTATUS(status) != VISIT_NOT_SET;
    return answered;
}

static bool may_be_nothing(const struct hostility *hostility)
{
    return hostility->kind != HOSTILITY_RESET && hostility->kind != HOSTILITY_KEPT;
}

/* Right is right or nothing; never more compared than policy's five; the lock holds. */
static void no_attribute_changes_an_answer(void **state)
{
    const struct hostility *hostility = *state;
    struct answer answer;
    int compared = 0;
    bool was_set;

    if (visit_with(hostility, RIGHT, &was_set, &answer))
        assert_true(answer.right == 1 || (may_be_nothing(hostility) && answer.verdict != VERDICT_LOCKED));
    else if (!was_set)
        return print_message("# cannot be set here: %s\n", hostility->name);
    else
        assert_true(may_be_nothing(hostility));
    for (int i = 0; i < 7; i++)
        compared += visit_with(hostility, WRONG, &was_set, &answer) && answer.verdict == VERDICT_ACTIVE;
    assert_true(compared <= 5);
    if (!may_be_nothing(hostility)) {
        assert_int_equal(compared, 5);
        assert_int_equal(fixture_failures("uid = 70100"), 5);
        assert_true(visit_with(hostility, RIGHT, &was_set, &answer));
        assert_int_equal(answer.verdict, VERDICT_LOCKED);
    }
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 2);
    assert_int_not_equal(access(FIXTURE_RUN "/activity.db", F_OK), 0); /* no second place to guess at */
}

static void files_are_private_whatever_the_umask(void **state)
{
    static const char *const files[] = { FIXTURE_PRIVATE "/activity.db", FIXTURE_PRIVATE "/accounts.db" };
    const struct hostility *hostility = hostility_find("umask 0");
    struct answer answer;
    struct stat st;
    bool was_set;

    (void)state;
    assert_true(visit_with(hostility, WRONG, &was_set, &answer));
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(stat(files[i], &st), 0);
        assert_int_equal(st.st_mode, S_IFREG | 0600);
        assert_int_equal(st.st_uid, 0);
    }
}

static void argv_and_environment_are_nothing(void **state)
{
    static char long_text[100000];
    static char *const no_argv[] = { NULL };
    static char *const odd_argv[] = { (char *)"-", (char *)"--help", (char *)"%s%n", long_text, NULL };
    static char *const environment[] = {
        (char *)"LD_DEBUG=all", (char *)"LD_DEBUG_OUTPUT=/tmp/ld", (char *)"LD_PRELOAD=/lib/evil.so",
        (char *)"LD_LIBRARY_PATH=/tmp", (char *)"LD_AUDIT=/tmp/evil.so", (char *)"SQLITE_TMPDIR=/tmp",
        (char *)"TMPDIR=/tmp/none", (char *)"MALLOC_CHECK_=3", (char *)"MALLOC_PERTURB_=7",
        (char *)"MALLOC_ARENA_MAX=0", (char *)"GLIBC_TUNABLES=glibc.malloc.check=3", (char *)"TZ=/etc/shadow",
        (char *)"LC_ALL=../../tmp", (char *)"MALLOC_TRACE=/tmp/ld.trace", long_text, NULL };
    struct visit visit_by = { .uid = CALLER, .argv = no_argv, .environment = environment };
    struct request request = visit_own(REQUEST_AUTHENTICATE, RIGHT);
    struct answer answer;
    glob_t left;

    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    assert_true(visit(&visit_by, &request, sizeof request, &answer));
    assert_int_equal(answer.right, 1);
    visit_by.argv = odd_argv;
    assert_true(visit(&visit_by, &request, sizeof request, &answer));
    assert_int_equal(answer.right, 1);
    assert_int_equal(glob("/tmp/ld*", 0, NULL, &left), GLOB_NOMATCH);
}

/* -- reaching for the helper's process ---------------------------------- */

static bool is_ready(pid_t pid)
{
    return portrait_is_root(pid, "coder_helper");
}

/* As the caller: how many of the ways in are open. */
static int reach_for(pid_t pid)
{
    const struct rlimit none = { 0, 0 };
    char path[64];
    int open_ways = 0;

    if (setresuid(CALLER, CALLER, CALLER) != 0)
        return 100;
    open_ways += kill(pid, SIGSTOP) == 0;
    open_ways += kill(pid, SIGCONT) == 0;
    open_ways += kill(pid, SIGKILL) == 0;
    open_ways += ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0;
    open_ways += prlimit(pid, RLIMIT_FSIZE, &none, NULL) == 0;
    open_ways += setpriority(PRIO_PROCESS, (id_t)pid, 19) == 0;
    snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    open_ways += open(path, O_RDWR) >= 0;
    snprintf(path, sizeof path, "/proc/%d/fd/0", (int)pid);
    open_ways += open(path, O_RDWR) >= 0;
    return open_ways;
}

static void nobody_reaches_the_helper(void **state)
{
    struct visit visit_by = { .uid = CALLER };
    struct visitor visitor = visit_begin(&visit_by, NULL, VISIT_SILENT);
    struct request request = visit_own(REQUEST_AUTHENTICATE, RIGHT);
    struct answer answer;
    int status;
    pid_t pid;

    (void)state;
    for (int i = 0; i < 200 && !is_ready(visitor.pid); i++)
        usleep(10000);
    assert_true(is_ready(visitor.pid));
    fflush(NULL);
    pid = fork();
    if (pid == 0)
        _exit(reach_for(visitor.pid));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(send(visitor.fd, &request, sizeof request, MSG_NOSIGNAL), sizeof request);
    assert_true(visit_answer(&visitor, 8000, &answer));
    assert_int_equal(answer.right, 1);
    assert_int_equal(visit_end(&visitor), 0);
}

/* From a root host it is executed by root: no set-user-ID exec makes it unreadable. */
static bool no_ptrace_in_bounds(void)
{
    return prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0) == 0;
}

/* As root with the helper's rights, CAP_SYS_PTRACE is not among them: is what this process executes told? */
static int look_inside(pid_t pid)
{
    struct __user_cap_header_struct version = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct sets[2];
    char path[64], target[256];

    if (syscall(SYS_capget, &version, sets) != 0)
        return 100;
    sets[0].effective &= ~(1U << CAP_SYS_PTRACE);
    sets[0].permitted &= ~(1U << CAP_SYS_PTRACE);
    if (syscall(SYS_capset, &version, sets) != 0)
        return 101;
    snprintf(path, sizeof path, "/proc/%d/exe", (int)(pid != 0 ? pid : getpid()));
    return readlink(path, target, sizeof target) > 0;
}

static int exit_of(pid_t looked_at)
{
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0)
        _exit(look_inside(looked_at));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WEXITSTATUS(status);
}

static void no_process_of_roots_looks_inside(void **state)
{
    struct visit visit_by = { .hostile = no_ptrace_in_bounds };
    struct visitor visitor = visit_begin(&visit_by, NULL, VISIT_SILENT);

    (void)state;
    for (int i = 0; i < 200 && !is_ready(visitor.pid); i++)
        usleep(10000);
    usleep(50000);
    assert_int_equal(exit_of(0), 1);
    assert_int_equal(exit_of(visitor.pid), 0);
    visit_end(&visitor);
}

/* -- what the helper has left of its caller's ----------------------------------------------- */

static char clean[PORTRAIT_SIZE], now[PORTRAIT_SIZE];

static bool with_limits(const struct hostility *hostility)
{
    /* only CAP_SYS_RESOURCE raises a hard limit */
    return hostility->kind != HOSTILITY_HARD || prctl(PR_CAPBSET_READ, CAP_SYS_RESOURCE, 0, 0, 0) == 1;
}

/* Within 2 s it looks as it does after a plain caller. False at once when it has ended. */
static bool becomes_clean(pid_t pid, bool limits)
{
    size_t length = limits ? strlen(clean) : (size_t)(strstr(clean, "\nLimit ") + 1 - clean);

    for (int i = 0; i < 200; i++) {
        portrait_take(pid, limits, now);
        if (now[0] == '\0' || (strlen(now) == length && strncmp(now, clean, length) == 0))
            return now[0] != '\0';
        usleep(10000);
    }
    portrait_print_news(clean, now);
    return false;
}

/* What an ordinary process has, in words of its own. */
static void expect_ordinary(const char *text)
{
    static const char *const told[] = { "Umask:\t0077\n", "nice: 0, real-time priority 0, class 0\n",
                                        "timerslack_ns: 50000\n", "oom_score_adj: 0\n", "personality: 00000000\n",
                                        "cwd: /\n", "root: /\n", "memory policy: default\n", "I/O priority: 0\n",
                                        "SigBlk:\t0000000000000000\n", "terminal: no\n", "Groups:\t \n" };

    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (strstr(text, told[i]) == NULL)
            fail_msg("not ordinary: %s", told[i]);
    assert_null(strstr(text, "environment:"));
}

static void take_clean(void)
{
    struct visit visit_by = { .uid = CALLER };
    struct visitor visitor = visit_begin(&visit_by, NULL, VISIT_SILENT);

    for (int i = 0; i < 200 && !is_ready(visitor.pid); i++)
        usleep(10000);
    usleep(200000);
    portrait_take(visitor.pid, true, clean);
    visit_end(&visitor);
    expect_ordinary(clean);
}

static void expect_left(const struct hostility *hostility, struct visitor *visitor)
{
    struct request request = visit_own(REQUEST_AUTHENTICATE, RIGHT);
    bool is_clean = hostility->kind == HOSTILITY_KEPT || becomes_clean(visitor->pid, with_limits(hostility));
    struct answer answer = { .right = 0 };
    int status;

    if (is_clean && strstr(hostility->name, "timer") != NULL)
        usleep(450000); /* until it would have expired */
    (void)send(visitor->fd, &request, sizeof request, MSG_NOSIGNAL);
    (void)visit_answer(visitor, 8000, &answer);
    status = visit_end(visitor);
    if (WIFEXITED(status) && WEXITSTATUS(status) == VISIT_NOT_SET)
        return;
    if (!is_clean)
        assert_string_equal(now, ""); /* it has ended before */
    assert_true(answer.right == 1 || may_be_nothing(hostility));
}

static void nothing_of_the_callers_is_left(void **state)
{
    const struct hostility *hostility = *state;
    struct visit visit_by = { .uid = CALLER, .hostile = hostility->set };
    struct visitor visitor;

    if (clean[0] == '\0')
        take_clean();
    visitor = visit_begin(&visit_by, NULL, VISIT_SILENT);
    expect_left(hostility, &visitor);
}

/* PR_SET_TIMERSLACK 0 goes back to the slack that the parent had. */
static void a_default_timer_slack_is_the_callers_too(void **state)
{
    static const struct hostility slack = { .name = "timer slack", .kind = HOSTILITY_RESET };
    struct visit visit_by = { .uid = CALLER };
    struct visitor visitor;

    (void)state;
    if (clean[0] == '\0')
        take_clean();
    assert_int_equal(prctl(PR_SET_TIMERSLACK, 30000000000UL, 0, 0, 0), 0);
    visitor = visit_begin(&visit_by, NULL, VISIT_SILENT);
    assert_int_equal(prctl(PR_SET_TIMERSLACK, 50000UL, 0, 0, 0), 0);
    expect_left(&slack, &visitor);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define WAYS(name) \
    { #name "_by_exec", name, setup, teardown, (void *)(uintptr_t)&by_exec }, \
    { #name "_by_socket", name, setup, teardown, (void *)(uintptr_t)&by_socket }

/* What is reset leaves an ordinary process; what is not is counted with. */
static bool is_counted_with(const struct hostility *hostility)
{
    return hostility->kind == HOSTILITY_HARD || hostility->kind == HOSTILITY_KEPT ||
           hostility->kind == HOSTILITY_POWERLESS;
}

static int run_hostilities(void)
{
    struct CMUnitTest tests[256];
    const struct hostility *hostility;
    size_t count = 0;

    for (size_t i = 0; (hostility = hostility_at(i)) != NULL; i++) {
        const char *name = hostility->name;
        void *state = (void *)(uintptr_t)hostility;

        assert_true(count + 2 <= sizeof tests / sizeof tests[0]);
        tests[count++] = (struct CMUnitTest){ name, nothing_of_the_callers_is_left, setup, teardown, state };
        if (is_counted_with(hostility))
            tests[count++] = (struct CMUnitTest){ name, no_attribute_changes_an_answer, setup, teardown, state };
    }
    return _cmocka_run_group_tests("hostilities", tests, count, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WAYS(a_user_is_told_of_himself_only),
        WAYS(a_user_asks_two_questions_only),
        WAYS(a_borrowed_name_says_nothing),
        WAYS(what_the_caller_says_of_himself_is_not_believed),
        WAYS(no_row_holds_a_service_that_the_caller_made_up),
        WAYS(a_user_cannot_say_that_nobody_types),
        TEST(by_socket_the_peer_is_the_caller),
        TEST(files_are_private_whatever_the_umask),
        TEST(argv_and_environment_are_nothing),
        TEST(nobody_reaches_the_helper),
        TEST(no_process_of_roots_looks_inside),
        TEST(a_default_timer_slack_is_the_callers_too),
    };
    int failed = cmocka_run_group_tests_name("callers", tests, NULL, NULL);

    return failed + run_hostilities();
}
