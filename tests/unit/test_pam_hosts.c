/*
 * Hostile host processes: whatever state a program is in when it calls PAM, it gets the right answer and is
 * left as it was: descriptors, handlers, masks, children. One source, two builds, as test_pam.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture/fixture.h"
#include "fixture/pam_host.h"
#include "fixture/visit.h"

#define RIGHT "plain-horse-9-lantern"
#define CHEAP "$5$rounds=1000$abcdefghijklmnop$zUQal.N9L.FWdjQal6SsE/81RnWf0Eg0DwWEBYgGtsB" /* crypt(5) of it */
#define WRONG "wrong-password-1"

enum { USER_UID = 70100 };

static int setup(void **state)
{
    struct account one = fixture_account("ada", USER_UID);

    (void)state;
    fixture_reset();
    fixture_add(&one, RIGHT);
    one = fixture_account("barred", USER_UID + 1);
    one.status = ACCOUNT_SUSPENDED;
    fixture_add(&one, RIGHT);
    fixture_publish();
    return 0;
}

/* -- what a host had and has to have afterwards -------------------------------------------- */

enum { DESCRIPTORS = 64 };

static struct picture {
    struct sigaction actions[NSIG];
    sigset_t mask;
    int descriptors[DESCRIPTORS]; /* flags, -1: closed */
    mode_t umask;
    struct rlimit files;
} before;
static volatile sig_atomic_t children_signalled;

static void take_picture(struct picture *ret)
{
    memset(ret, 0, sizeof *ret);
    for (int i = 1; i < NSIG; i++)
        sigaction(i, NULL, &ret->actions[i]);
    sigprocmask(SIG_SETMASK, NULL, &ret->mask);
    for (int i = 0; i < DESCRIPTORS; i++)
        ret->descriptors[i] = fcntl(i, F_GETFD);
    ret->umask = umask(0);
    umask(ret->umask);
    getrlimit(RLIMIT_NOFILE, &ret->files);
}

static void compare_pictures(void)
{
    struct picture after;

    take_picture(&after);
    for (int i = 0; i < DESCRIPTORS; i++)
        if (after.descriptors[i] != before.descriptors[i])
            host_note("descriptor %d: flags %d, before %d", i, after.descriptors[i], before.descriptors[i]);
    for (int i = 1; i < NSIG; i++)
        if (after.actions[i].sa_handler != before.actions[i].sa_handler)
            host_note("the handler of signal %d", i);
    if (memcmp(&after.mask, &before.mask, sizeof after.mask) != 0)
        host_note("the signal mask");
    if (after.umask != before.umask || after.files.rlim_cur != before.files.rlim_cur)
        host_note("umask or limit");
    if (children_signalled != 0)
        host_note("the host got SIGCHLD");
    if (waitpid(-1, NULL, __WALL | WNOHANG) != -1 || errno != ECHILD)
        host_note("a child is left");
}

static void count_signal(int number)
{
    (void)number;
    children_signalled++;
}

static void handle_children(int flags)
{
    struct sigaction action = { .sa_handler = count_signal, .sa_flags = flags };

    sigaction(SIGCHLD, &action, NULL);
}

/* -- states of a host ---------------------------------------------------------------------- */

static void plain(void) { handle_children(0); }
static void children_reaped(void) { handle_children(SA_NOCLDWAIT | SA_RESTART); }
static void children_ignored(void) { signal(SIGCHLD, SIG_IGN); }
static void umask_0(void) { umask(0); }
static void umask_777(void) { umask(0777); }

static void no_standard_descriptors(void)
{
    for (int fd = 0; fd < 3; fd++)
        close(fd);
}

static void limited(int what, rlim_t most)
{
    const struct rlimit limit = { most, most };

    setrlimit((__rlimit_resource_t)what, &limit);
}

static void few_descriptors(void) { limited(RLIMIT_NOFILE, 12); }
static void no_processes(void) { limited(RLIMIT_NPROC, 0); }
static void no_core(void) { limited(RLIMIT_CORE, 0); }

static void all_blocked(void)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
}

static void all_ignored(void)
{
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_IGN);
}

static void nowhere(void)
{
    char folder[] = "/tmp/nowhere.XXXXXX";

    if (mkdtemp(folder) == NULL || chdir(folder) != 0 || rmdir(folder) != 0)
        host_note("cannot stand nowhere");
}

static void odd_environment(void)
{
    setenv("LC_ALL", "tr_TR.UTF-8", 1);
    setenv("LANGUAGE", "../../tmp", 1);
    setenv("TZ", ":/dev/zero", 1);
    setenv("SQLITE_TMPDIR", "/none", 1);
    setenv("LD_PRELOAD", "/none.so", 1);
    setenv("PATH", ".", 1);
    setlocale(LC_ALL, "");
}

static void no_environment(void) { clearenv(); }

static const struct condition {
    const char *name;
    void (*enter)(void);
} conditions[] = {
    { "nothing odd", plain },
    { "descriptors 0 to 2 closed", no_standard_descriptors },
    { "umask 0", umask_0 },
    { "umask 777", umask_777 },
    { "12 descriptors", few_descriptors },
    { "no further process", no_processes },
    { "no core", no_core },
    { "SIGCHLD ignored", children_ignored },
    { "SIGCHLD with SA_NOCLDWAIT", children_reaped },
    { "all signals blocked", all_blocked },
    { "all signals ignored", all_ignored },
    { "a deleted folder", nowhere },
    { "an odd environment", odd_environment },
    { "no environment", no_environment },
};
enum { CONDITIONS = sizeof conditions / sizeof conditions[0] };
static const struct condition *condition;

static void enter_condition(void)
{
    openlog("test_pam_hosts", LOG_NDELAY, LOG_AUTHPRIV); /* syslog(3)'s descriptor is the host's */
    condition->enter();
    take_picture(&before);
}

static void expect(enum host_entry entry, const char *user, const char *password, int code)
{
    const struct host_call call = { .entry = entry, .user = user, .answers = { password },
                                    .before = enter_condition, .after = compare_pictures };
    const struct host_seen *seen;
    int got = host_call(&call, &seen);

    assert_string_equal(seen->note, "");
    assert_int_equal(got, code);
}

static void answers_right_and_is_left_as_it_was(void **state)
{
    condition = *state;
    expect(HOST_AUTH, "ada", RIGHT, PAM_SUCCESS);
    expect(HOST_AUTH, "ada", WRONG, PAM_AUTH_ERR);
    expect(HOST_AUTH, "barred", RIGHT, PAM_PERM_DENIED);
    expect(HOST_ACCOUNT, "ada", NULL, PAM_SUCCESS);
    expect(HOST_ACCOUNT, "barred", NULL, PAM_PERM_DENIED);
    expect(HOST_AUTH, "nobodysuser", RIGHT, PAM_USER_UNKNOWN);
}

/* -- a host's own children ----------------------------------------------------------------- */

static void keep_a_child(void)
{
    static const char *const answers[] = { RIGHT, NULL };
    pid_t own = fork();
    pam_handle_t *pamh;
    int status;

    if (own == 0)
        _exit(42);
    handle_children(0);
    usleep(100000); /* it is a zombie by now, its signal came or was pending before */
    children_signalled = 0;
    pamh = host_start("ada", answers);
    if (pam_authenticate(pamh, 0) != PAM_SUCCESS)
        host_note("not let in");
    pam_end(pamh, PAM_SUCCESS);
    if (children_signalled != 0)
        host_note("the host got SIGCHLD");
    if (waitpid(-1, &status, 0) != own || status != 42 << 8)
        host_note("the host's own child was taken");
}

static void a_host_keeps_its_children(void **state)
{
    const struct host_seen *seen;

    (void)state;
    if (!host_run(keep_a_child, &seen))
        fail_msg("%s", seen->note);
}

/* -- conversations -------------------------------------------------------------------------- */

static int answer_nothing(int count, const struct pam_message **messages, struct pam_response **ret, void *data)
{
    (void)count;
    (void)messages;
    (void)data;
    *ret = NULL;
    return PAM_SUCCESS;
}

static int answer_null(int count, const struct pam_message **messages, struct pam_response **ret, void *data)
{
    (void)messages;
    (void)data;
    *ret = calloc((size_t)count, sizeof **ret);
    return PAM_SUCCESS;
}

static int answer_later(int count, const struct pam_message **messages, struct pam_response **ret, void *data)
{
    answer_nothing(count, messages, ret, data);
    return PAM_CONV_AGAIN;
}

static int answer_failure(int count, const struct pam_message **messages, struct pam_response **ret, void *data)
{
    answer_nothing(count, messages, ret, data);
    return PAM_CONV_ERR;
}

static void converse_badly(void)
{
    static int (*const bad[])(int, const struct pam_message **, struct pam_response **, void *) = {
        NULL, answer_nothing, answer_null, answer_later, answer_failure,
    };
    static const char *const none[] = { NULL };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct pam_conv conversation = { bad[i], NULL };
        pam_handle_t *pamh = host_start("ada", none);

        pam_set_item(pamh, PAM_CONV, &conversation);
        if (pam_authenticate(pamh, 0) == PAM_SUCCESS)
            host_note("conversation %zu: let in", i);
        if (pam_chauthtok(pamh, 0) == PAM_SUCCESS && getuid() != 0)
            host_note("conversation %zu: changed", i);
        if (pam_acct_mgmt(pamh, 0) != PAM_SUCCESS)
            host_note("conversation %zu: account", i);
        pam_end(pamh, 0);
    }
}

static void a_failing_conversation_lets_nobody_in(void **state)
{
    const struct host_seen *seen;

    (void)state;
    if (!host_run(converse_badly, &seen))
        fail_msg("%s", seen->note);
}

/* -- texts ----------------------------------------------------------------------------------- */

static void strange_names_and_passwords(void **state)
{
    static char longest[600], binary[300];
    const char *const names[] = { "", " ", "ada ", "ADA", "ada\n", "\x1b[2Jada", "\xff\xfe\x80", "%s%n", "70100",
                                  "../ada", binary, longest };
    struct host_call call = { .entry = HOST_AUTH, .answers = { RIGHT, RIGHT } };
    const struct host_seen *seen;

    (void)state;
    memset(longest, 'a', sizeof longest - 1);
    memset(binary, 0x81, sizeof binary - 1);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        call.user = names[i];
        assert_int_not_equal(host_call(&call, &seen), PAM_SUCCESS);
        assert_int_not_equal(seen->code, -1);
    }
    call.user = "ada";
    for (size_t i = 0; i < 4; i++) { /* and one that is right but for its end */
        const char *const passwords[] = { "", binary, longest, RIGHT "\n" };

        call.answers[0] = passwords[i];
        assert_int_equal(host_call(&call, &seen), PAM_AUTH_ERR);
    }
    call.answers[0] = RIGHT;
    assert_int_equal(host_call(&call, &seen), PAM_SUCCESS);
}

/* A NULL name is asked for; the conversation answers it like any prompt. */
static void no_name_is_asked_for(void **state)
{
    struct host_call call = { .entry = HOST_AUTH, .user = NULL, .answers = { "ada", RIGHT } };
    const struct host_seen *seen;

    (void)state;
    assert_int_equal(host_call(&call, &seen), PAM_SUCCESS);
    call.answers[0] = "";
    assert_int_not_equal(host_call(&call, &seen), PAM_SUCCESS);
    call.answers[0] = NULL;
    assert_int_not_equal(host_call(&call, &seen), PAM_SUCCESS);
}

static void come_from_a_strange_host(void)
{
    static const char *const answers[] = { WRONG, RIGHT, NULL };
    static char rhost[4096];
    pam_handle_t *pamh = host_start("ada", answers);

    for (size_t i = 0; i < sizeof rhost - 1; i++)
        rhost[i] = "\x1b]0;\a%n\xff\n'\""[i % 11];
    pam_set_item(pamh, PAM_RHOST, rhost);
    pam_set_item(pamh, PAM_TTY, rhost);
    pam_set_item(pamh, PAM_RUSER, rhost);
    if (pam_authenticate(pamh, 0) != PAM_AUTH_ERR)
        host_note("a wrong password");
    pam_set_item(pamh, PAM_AUTHTOK, NULL);
    if (pam_authenticate(pamh, 0) != PAM_SUCCESS)
        host_note("the right password");
    if (pam_open_session(pamh, 0) != PAM_SUCCESS)
        host_note("the session");
    pam_end(pamh, 0);
}

static void a_strange_remote_host_is_only_a_text(void **state)
{
    const struct host_seen *seen;

    (void)state;
    if (!host_run(come_from_a_strange_host, &seen))
        fail_msg("%s", seen->note);
    assert_null(strchr(seen->said, '\x1b'));
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM logins WHERE origin GLOB 'host:?*'"
                                             " AND origin NOT GLOB '*[^ -~]*' AND length(origin) < 129"), 1);
}

/* -- threads ---------------------------------------------------------------------------------- */

enum { THREADS = 8, CALLS = 4 };
static atomic_int let_in;

static int answer_right(int count, const struct pam_message **messages, struct pam_response **ret, void *data)
{
    *ret = calloc((size_t)count, sizeof **ret);
    for (int i = 0; i < count; i++)
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            (*ret)[i].resp = strdup(data);
    return PAM_SUCCESS;
}

static int authenticate_alone(const char *user, const char *password)
{
    static const char *const none[] = { NULL };
    const struct pam_conv conversation = { answer_right, (void *)(uintptr_t)password };
    pam_handle_t *pamh = host_start(user, none);
    int code;

    pam_set_item(pamh, PAM_CONV, &conversation);
    code = pam_authenticate(pamh, 0);
    pam_end(pamh, code);
    return code;
}

static void *authenticate_often(void *data)
{
    for (int i = 0; i < CALLS; i++)
        let_in += authenticate_alone("ada", RIGHT) == PAM_SUCCESS;
    return data;
}

static void call_in_threads(void)
{
    pthread_t threads[THREADS];

    authenticate_alone("ada", RIGHT); /* what libraries keep, they have now */
    plain();
    openlog("test_pam_hosts", LOG_NDELAY, LOG_AUTHPRIV);
    take_picture(&before);
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, authenticate_often, NULL);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    if (let_in != THREADS * CALLS)
        host_note("%d of %d let in", let_in, THREADS * CALLS);
    compare_pictures();
}

static void threads_call_at_once(void **state)
{
    const struct host_seen *seen;

    (void)state;
    if (!host_run(call_in_threads, &seen))
        fail_msg("%s", seen->note);
}

/* -- a thousand ------------------------------------------------------------------------------- */

static int count_maps(void)
{
    FILE *file = fopen("/proc/self/maps", "re");
    int lines = 0, c;

    while (file != NULL && (c = getc(file)) != EOF)
        lines += c == '\n';
    if (file != NULL)
        fclose(file);
    return lines;
}

static void call_often(void)
{
    int calls = host_is_world() ? 1000 : 50;
    size_t bytes;
    int maps;

    for (int i = 0; i < 10; i++) /* what libraries keep, they have now */
        authenticate_alone("barred", RIGHT);
    plain();
    take_picture(&before);
    maps = count_maps();
    bytes = mallinfo2().uordblks;
    for (int i = 0; i < calls; i++)
        if (authenticate_alone("barred", RIGHT) != PAM_PERM_DENIED)
            host_note("call %d: not refused", i);
    compare_pictures();
    if (!host_is_world()) /* the sanitizers' allocator keeps what is freed, and finds leaks itself */
        exit(0);
    if (count_maps() > maps + 4)
        host_note("%d mappings, before %d", count_maps(), maps);
    if (mallinfo2().uordblks > bytes + 4096)
        host_note("%zu bytes, before %zu", mallinfo2().uordblks, bytes);
}

/* A cheap hash and a suspended user, whose hash nobody renews: what repeats is the module's work. */
static void a_thousand_calls_leave_nothing(void **state)
{
    const struct host_seen *seen;

    (void)state;
    fixture_sql("UPDATE accounts SET hash = '" CHEAP "' WHERE username = 'barred'");
    if (!host_run(call_often, &seen))
        fail_msg("%s", seen->note);
}

/* -- in the world only: without new privileges -------------------------------------------------- */

static void no_new_privileges(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        host_note("cannot refuse new privileges");
}

static int locker(void (*prepare)(void), const char *password)
{
    struct host_call call = { .entry = HOST_AUTH, .kind = HOST_USER, .uid = USER_UID, .user = "ada",
                              .before = prepare, .answers = { password } };
    const struct host_seen *seen;

    return host_call(&call, &seen);
}

static void the_socket_works_without_new_privileges(void **state)
{
    pid_t server;

    (void)state;
    assert_int_equal(locker(no_new_privileges, RIGHT), PAM_AUTHINFO_UNAVAIL);
    assert_int_equal(locker(NULL, RIGHT), PAM_SUCCESS);
    server = visit_serve(0);
    assert_int_equal(locker(no_new_privileges, RIGHT), PAM_SUCCESS);
    assert_int_equal(locker(no_processes, RIGHT), PAM_SUCCESS);
    assert_int_equal(locker(no_new_privileges, WRONG), PAM_AUTH_ERR);
    visit_unserve(server);
    assert_int_equal(locker(NULL, WRONG), PAM_AUTH_ERR);
    assert_int_equal(fixture_activity_number("SELECT count FROM failures WHERE origin = 'uid:70100'"), 2);
}

/* Whoever could listen there in root's place is not told a password. */
static void only_roots_socket_is_asked(void **state)
{
    pid_t server = visit_serve(USER_UID);

    (void)state;
    assert_int_equal(locker(no_new_privileges, RIGHT), PAM_AUTHINFO_UNAVAIL);
    assert_int_equal(locker(NULL, RIGHT), PAM_SUCCESS); /* the setuid bit */
    visit_unserve(server);
}

static void a_dead_socket_is_passed_over(void **state)
{
    pid_t server = visit_serve(0);

    (void)state;
    assert_int_equal(rename(CODER_RUN_DIR "/helper.sock", CODER_RUN_DIR "/kept"), 0);
    visit_unserve(server);
    assert_int_equal(rename(CODER_RUN_DIR "/kept", CODER_RUN_DIR "/helper.sock"), 0);
    assert_int_equal(locker(NULL, RIGHT), PAM_SUCCESS);
    assert_int_equal(locker(no_new_privileges, RIGHT), PAM_AUTHINFO_UNAVAIL);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

static int run_conditions(void)
{
    struct CMUnitTest tests[CONDITIONS];
    size_t count = 0;

    for (size_t i = 0; i < CONDITIONS; i++) {
        if (conditions[i].enter == no_processes && geteuid() != 0)
            continue; /* RLIMIT_NPROC binds all but root: there is no helper to ask then */
        tests[count++] = (struct CMUnitTest){ conditions[i].name, answers_right_and_is_left_as_it_was,
                                              setup, NULL, (void *)(uintptr_t)&conditions[i] };
    }
    return _cmocka_run_group_tests("conditions", tests, count, NULL, NULL);
}

enum { WORLD_TESTS = 3 };

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_host_keeps_its_children),
        TEST(a_failing_conversation_lets_nobody_in),
        TEST(strange_names_and_passwords),
        TEST(no_name_is_asked_for),
        TEST(a_strange_remote_host_is_only_a_text),
        TEST(threads_call_at_once),
        TEST(a_thousand_calls_leave_nothing),
        /* the last WORLD_TESTS need root and real NSS */
        TEST(the_socket_works_without_new_privileges),
        TEST(only_roots_socket_is_asked),
        TEST(a_dead_socket_is_passed_over),
    };
    size_t count = sizeof tests / sizeof tests[0] - (host_is_world() ? 0 : WORLD_TESTS);
    int failed;

    if (!host_open())
        return 1;
    failed = _cmocka_run_group_tests("hosts", tests, count, NULL, NULL);
    failed += run_conditions();
    host_close();
    return failed;
}
