/*
 * Hostile callers of coder_helper, in a private world: whoever executes it, or comes by its socket, with
 * whatever he sets or closes before, gets nothing that is not his, is counted like anybody, and cannot
 * reach the process that judges him.
 */
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <crypt.h>

#include "fixture.h"
#include "visit.h"

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

static void limit(int what, rlim_t most)
{
    const struct rlimit both = { most, most };

    setrlimit((__rlimit_resource_t)what, &both);
}

static void limit_file_size(void) { limit(RLIMIT_FSIZE, 0); }
static void limit_descriptors(void) { limit(RLIMIT_NOFILE, 3); }
static void limit_descriptors_to_6(void) { limit(RLIMIT_NOFILE, 6); }
static void limit_memory(void) { limit(RLIMIT_AS, 16 << 20); }
static void limit_memory_more(void) { limit(RLIMIT_AS, 6 << 20); }
static void limit_data(void) { limit(RLIMIT_DATA, 4 << 20); }
static void limit_time(void) { limit(RLIMIT_CPU, 1); }
static void limit_no_time(void) { limit(RLIMIT_CPU, 0); }
static void limit_stack(void) { limit(RLIMIT_STACK, 256 << 10); }
static void limit_processes(void) { limit(RLIMIT_NPROC, 0); }
static void limit_signals(void) { limit(RLIMIT_SIGPENDING, 0); }
static void be_nice(void) { setpriority(PRIO_PROCESS, 0, 19); }
static void mask_nothing(void) { umask(0); }

static void be_idle(void)
{
    const struct sched_param none = { 0 };

    sched_setscheduler(0, SCHED_IDLE, &none);
}

static void ignore_signals(void)
{
    sigset_t all;

    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_IGN);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
}

static void stand_nowhere(void)
{
    char folder[] = "/tmp/nowhere.XXXXXX";

    if (mkdtemp(folder) != NULL && chdir(folder) == 0)
        rmdir(folder);
}

static void close_all(void)
{
    for (int fd = 1; fd < 256; fd++)
        close(fd);
}

static void open_many(void)
{
    for (int i = 10; i < 900; i++)
        dup2(0, i);
}

static const struct hostility {
    const char *name;
    void (*hostile)(void);
    bool may_be_nothing; /* the system itself may refuse to execute or open anything */
} hostilities[] = {
    { "ulimit -f 0", limit_file_size, true }, /* where root lacks CAP_SYS_RESOURCE */
    { "3 descriptors", limit_descriptors, true },
    { "6 descriptors", limit_descriptors_to_6, true },
    { "16 MB of address space", limit_memory, true },
    { "6 MB of address space", limit_memory_more, true },
    { "4 MB of data", limit_data, true },
    { "a second of CPU time", limit_time, false },
    { "no CPU time", limit_no_time, true },
    { "a small stack", limit_stack, false },
    { "no processes", limit_processes, false },
    { "no pending signals", limit_signals, false },
    { "nice 19", be_nice, false },
    { "an idle class", be_idle, false },
    { "umask 0", mask_nothing, false },
    { "every signal ignored and blocked", ignore_signals, false },
    { "a deleted folder", stand_nowhere, false },
    { "descriptors 1 and up closed", close_all, false },
    { "900 descriptors open", open_many, false },
};
enum { HOSTILITIES = sizeof hostilities / sizeof hostilities[0] };

static bool visit_with(const struct hostility *hostility, const char *password, struct answer *ret)
{
    struct visit visit_by = { .uid = CALLER, .hostile = hostility->hostile };
    struct request request = visit_own(REQUEST_AUTHENTICATE, password);
    struct visitor visitor = visit_begin(&visit_by, &request, sizeof request);
    bool answered = visit_answer(&visitor, 8000, ret);

    visit_end(&visitor);
    return answered;
}

/* Right is right or nothing; never more compared than policy's five; the lock holds. */
static void no_limit_of_the_caller_changes_an_answer(void **state)
{
    const struct hostility *hostility = *state;
    struct answer answer;
    int compared = 0;

    if (visit_with(hostility, RIGHT, &answer))
        assert_true(answer.right == 1 || (hostility->may_be_nothing && answer.verdict != VERDICT_LOCKED));
    else
        assert_true(hostility->may_be_nothing);
    for (int i = 0; i < 7; i++)
        compared += visit_with(hostility, WRONG, &answer) && answer.verdict == VERDICT_ACTIVE;
    assert_true(compared <= 5);
    if (!hostility->may_be_nothing) {
        assert_int_equal(compared, 5);
        assert_int_equal(fixture_failures("uid = 70100"), 5);
        assert_true(visit_with(hostility, RIGHT, &answer));
        assert_int_equal(answer.verdict, VERDICT_LOCKED);
    }
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts"), 2);
    assert_int_not_equal(access(FIXTURE_RUN "/activity.db", F_OK), 0); /* no second place to guess at */
}

static void files_are_private_whatever_the_umask(void **state)
{
    static const char *const files[] = { FIXTURE_PRIVATE "/activity.db", FIXTURE_PRIVATE "/accounts.db" };
    const struct hostility hostility = { .hostile = mask_nothing };
    struct answer answer;
    struct stat st;

    (void)state;
    assert_true(visit_with(&hostility, WRONG, &answer));
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

    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    assert_true(visit(&visit_by, &request, sizeof request, &answer));
    assert_int_equal(answer.right, 1);
    visit_by.argv = odd_argv;
    assert_true(visit(&visit_by, &request, sizeof request, &answer));
    assert_int_equal(answer.right, 1);
    assert_int_not_equal(system("ls /tmp/ld* 2>/dev/null | grep -q ."), 0);
}

/* -- reaching for the helper's process ---------------------------------- */

/* It is the helper by now, and root in every way. */
static bool is_ready(pid_t pid)
{
    char path[64], line[256];
    int found = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        found += strcmp(line, "Uid:\t0\t0\t0\t0\n") == 0 || strcmp(line, "Name:\tcoder_helper\n") == 0;
    if (file != NULL)
        fclose(file);
    return found == 2;
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

/* -- all of it ---------------------------------------------------------------------------- */

/* Nice values and classes are the caller's way to have a lock held for long. */
static void be_nice_and_idle(void)
{
    be_nice();
    be_idle();
}

static void it_runs_like_any_process(void **state)
{
    struct visit visit_by = { .uid = CALLER, .hostile = be_nice_and_idle };
    struct visitor visitor = visit_begin(&visit_by, NULL, VISIT_SILENT);

    (void)state;
    for (int i = 0; i < 200 && !is_ready(visitor.pid); i++)
        usleep(10000);
    usleep(20000);
    assert_int_equal(sched_getscheduler(visitor.pid), SCHED_OTHER);
    assert_int_equal(getpriority(PRIO_PROCESS, (id_t)visitor.pid), 0);
    visit_end(&visitor);
}

/* -- a terminal's keys --------------------------------------------------------------------- */

static int terminal; /* the master */

/* The helper leads the terminal's session, so it cannot get a session of its own. */
static void lead_terminal(void)
{
    int slave;

    setsid();
    slave = open(ptsname(terminal), O_RDWR); /* becomes the controlling terminal */
    if (slave < 0 || tcgetpgrp(slave) != getpid())
        _exit(97);
}

static void no_key_ends_the_judging(void **state)
{
    struct visit visit_by = { .uid = CALLER, .hostile = lead_terminal };
    struct request request = visit_own(REQUEST_AUTHENTICATE, RIGHT);
    struct visitor visitor;
    struct answer answer;

    (void)state;
    terminal = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    assert_int_equal(chmod(ptsname(terminal), 0666), 0);
    visitor = visit_begin(&visit_by, NULL, VISIT_SILENT);
    for (int i = 0; i < 200 && !is_ready(visitor.pid); i++)
        usleep(10000);
    assert_int_equal(write(terminal, "\003\034\032", 3), 3); /* ^C ^\ ^Z */
    usleep(50000);
    (void)send(visitor.fd, &request, sizeof request, MSG_NOSIGNAL);
    assert_true(visit_answer(&visitor, 8000, &answer));
    assert_int_equal(answer.right, 1);
    assert_int_equal(visit_end(&visitor), 0);
    close(terminal);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define WAYS(name) \
    { #name "_by_exec", name, setup, teardown, (void *)(uintptr_t)&by_exec }, \
    { #name "_by_socket", name, setup, teardown, (void *)(uintptr_t)&by_socket }

static int run_hostilities(void)
{
    struct CMUnitTest tests[HOSTILITIES];

    for (size_t i = 0; i < HOSTILITIES; i++)
        tests[i] = (struct CMUnitTest){ hostilities[i].name, no_limit_of_the_caller_changes_an_answer, setup,
                                        teardown, (void *)(uintptr_t)&hostilities[i] };
    return _cmocka_run_group_tests("hostilities", tests, HOSTILITIES, NULL, NULL);
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
        TEST(it_runs_like_any_process),
        TEST(no_key_ends_the_judging),
    };
    int failed = cmocka_run_group_tests_name("callers", tests, NULL, NULL);

    return failed + run_hostilities();
}
