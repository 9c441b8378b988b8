/*
 * Each attribute that credentials(7), prctl(2) and the manuals of the calls below say survives
 * execve(2), or could be thought to.
 */
#include "hostility.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMPANION_SECONDS = 3 }; /* how long what we leave behind beside the program goes on */

/* -- time ----------------------------------------------------------------------------------- */

static bool timer(__itimer_which_t which, int milliseconds)
{
    const struct itimerval once = { .it_value = { 0, milliseconds * 1000 } };

    return setitimer(which, &once, NULL) == 0;
}

/* In the middle of waiting, or of comparing a password; not before main(). */
static bool timer_real(void) { return timer(ITIMER_REAL, 400); }
static bool timer_virtual(void) { return timer(ITIMER_VIRTUAL, 8); }
static bool timer_prof(void) { return timer(ITIMER_PROF, 8); }

static bool timer_slack(void) { return prctl(PR_SET_TIMERSLACK, 30000000000UL, 0, 0, 0) == 0; }

static bool timer_posix(void)
{
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL };
    const struct itimerspec once = { .it_value = { 0, 60000000 } };
    timer_t id;

    return timer_create(CLOCK_MONOTONIC, &event, &id) == 0 && timer_settime(id, 0, &once, NULL) == 0;
}

static bool time_stamp_counter(void) { return prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0) == 0; }

/* -- scheduling ------------------------------------------------------------------------------- */

static bool policy(int which, int priority)
{
    const struct sched_param param = { .sched_priority = priority };

    return sched_setscheduler(0, which, &param) == 0;
}

static bool nice_19(void) { return setpriority(PRIO_PROCESS, 0, 19) == 0; }
static bool idle_class(void) { return policy(SCHED_IDLE, 0); }
static bool batch_class(void) { return policy(SCHED_BATCH, 0); }
static bool nice_and_idle(void) { return nice_19() && idle_class(); }
static bool real_time(void) { return policy(SCHED_FIFO, 1); }
static bool reset_on_fork(void) { return policy(SCHED_OTHER | SCHED_RESET_ON_FORK, 0); }

static bool one_processor(void)
{
    cpu_set_t cpus;

    CPU_ZERO(&cpus);
    CPU_SET(0, &cpus);
    return sysconf(_SC_NPROCESSORS_ONLN) > 1 && sched_setaffinity(0, sizeof cpus, &cpus) == 0;
}

static bool io_priority(int class, int level)
{
    return syscall(SYS_ioprio_set, 1 /* IOPRIO_WHO_PROCESS */, 0, class << 13 | level) == 0;
}

static bool io_low(void) { return io_priority(2, 7); }
static bool io_idle(void) { return io_priority(3, 7); }

static bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return done;
}

/* The kernel takes ten of these a second, of all users. */
static bool nice_session(void)
{
    for (int i = 0; i < 20; i++) {
        if (write_text("/proc/self/autogroup", "19"))
            return true;
        usleep(70000);
    }
    return false;
}

/* -- limits ------------------------------------------------------------------------------------ */

static bool limit(int what, rlim_t soft, rlim_t hard)
{
    const struct rlimit both = { soft, hard };

    return setrlimit((__rlimit_resource_t)what, &both) == 0;
}

static bool soft(int what, rlim_t most)
{
    struct rlimit now;

    return getrlimit((__rlimit_resource_t)what, &now) == 0 && limit(what, most, now.rlim_max);
}

#define LIMIT(name, what, most)                                          \
    static bool soft_##name(void) { return soft(what, most); }           \
    static bool hard_##name(void) { return limit(what, most, most); }

LIMIT(file_size, RLIMIT_FSIZE, 0)
LIMIT(descriptors_3, RLIMIT_NOFILE, 3)
LIMIT(descriptors_6, RLIMIT_NOFILE, 6)
LIMIT(memory_16, RLIMIT_AS, 16 << 20)
LIMIT(memory_6, RLIMIT_AS, 6 << 20)
LIMIT(data, RLIMIT_DATA, 4 << 20)
LIMIT(seconds_1, RLIMIT_CPU, 1)
LIMIT(seconds_0, RLIMIT_CPU, 0)
LIMIT(stack, RLIMIT_STACK, 256 << 10)
LIMIT(processes, RLIMIT_NPROC, 0)
LIMIT(signals, RLIMIT_SIGPENDING, 0)
LIMIT(locked_memory, RLIMIT_MEMLOCK, 0)
LIMIT(queues, RLIMIT_MSGQUEUE, 0)
LIMIT(real_time, RLIMIT_RTTIME, 1000)

static bool resident_set(void) { return limit(RLIMIT_RSS, 0, 0); }
static bool file_locks(void) { return limit(RLIMIT_LOCKS, 0, 0); }

static bool core_files(void)
{
    struct rlimit now;

    return getrlimit(RLIMIT_CORE, &now) == 0 && limit(RLIMIT_CORE, now.rlim_max, now.rlim_max) &&
           write_text("/proc/self/coredump_filter", "0x7f");
}

/* -- signals ----------------------------------------------------------------------------------- */

static bool block_all(void)
{
    sigset_t all;

    sigfillset(&all);
    return sigprocmask(SIG_SETMASK, &all, NULL) == 0;
}

static bool signals_ignored(void)
{
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_IGN);
    return true;
}

static bool signals_blocked(void) { return block_all(); }
static bool signals_ignored_and_blocked(void) { return signals_ignored() && block_all(); }

static bool signals_waiting(void)
{
    static const int waiting[] = { SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGALRM, SIGXCPU, SIGTSTP, SIGSEGV };

    if (!block_all())
        return false;
    for (size_t i = 0; i < sizeof waiting / sizeof waiting[0]; i++)
        kill(getpid(), waiting[i]);
    return sigqueue(getpid(), SIGRTMIN, (union sigval){ 0 }) == 0;
}

/* -- memory, personality -------------------------------------------------------------------- */

static bool umask_0(void) { umask(0); return true; }
static bool umask_777(void) { umask(0777); return true; }
static bool of_32_bits(void) { return personality(PER_LINUX32) != -1; }
static bool uname_26(void) { return personality(UNAME26) != -1; }

static bool odd_layout(void)
{
    return personality(ADDR_NO_RANDOMIZE | READ_IMPLIES_EXEC | ADDR_COMPAT_LAYOUT | MMAP_PAGE_ZERO |
                       ADDR_LIMIT_3GB | STICKY_TIMEOUTS | WHOLE_SECONDS | SHORT_INODE) != -1;
}

static bool out_of_memory_first(void) { return write_text("/proc/self/oom_score_adj", "1000"); }

static bool memory_of_one_node(void)
{
    unsigned long nodes = 1;

    return syscall(SYS_set_mempolicy, 2 /* MPOL_BIND */, &nodes, 8 * sizeof nodes) == 0;
}

static bool no_huge_pages(void) { return prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0; }
static bool memory_failures(void) { return prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0) == 0; }
static bool no_speculation(void) { return prctl(PR_SET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, PR_SPEC_FORCE_DISABLE, 0, 0) == 0; }
static bool no_new_code(void) { return prctl(65 /* PR_SET_MDWE */, 1 /* REFUSE_EXEC_GAIN */, 0, 0, 0) == 0; }

/* -- rights ----------------------------------------------------------------------------------- */

static bool not_dumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0; }
static bool kept_capabilities(void) { return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0; }
static bool any_tracer(void) { return prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0) == 0; }
static bool no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; }

/* With it the user may change his root, and much else; but nobody there is the host's root. */
static bool namespace_and_root(void)
{
    uid_t uid = getuid();
    char map[32];

    snprintf(map, sizeof map, "%u %u 1", (unsigned)uid, (unsigned)uid);
    return uid != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_text("/proc/self/uid_map", map) &&
           chroot("/") == 0;
}

/* A session keyring (1 joins, 3 revokes, -3 is it) of which nothing can be asked any more. */
static bool revoked_keyring(void)
{
    return syscall(SYS_keyctl, 1, "hostile") > 0 && syscall(SYS_keyctl, 3, -3) == 0;
}

/* -- folders and descriptors ---------------------------------------------------------------- */

static bool deleted_folder(void)
{
    char folder[] = "/tmp/nowhere.XXXXXX";

    return mkdtemp(folder) != NULL && chdir(folder) == 0 && rmdir(folder) == 0;
}

static bool descriptors_closed(void)
{
    return syscall(SYS_close_range, 1, ~0U, 0) == 0;
}

static bool descriptors_open(void)
{
    for (int i = 10; i < 900; i++)
        dup2(0, i);
    return true;
}

/* -- relatives and terminals ------------------------------------------------------------------- */

/* A companion that goes on beside the program, with none of its descriptors: 0 in it. */
static pid_t companion(unsigned long flags)
{
    pid_t pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);

    if (pid == 0) {
        syscall(SYS_close_range, 0, ~0U, 0);
        signal(SIGTERM, SIG_DFL);
        alarm(COMPANION_SECONDS);
    }
    return pid;
}

static bool end_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0; }

/* Orphans come to it, and their ends. */
static bool subreaper(void)
{
    pid_t pid = companion(0);

    for (int i = 0; pid == 0 && i < 100; i++) {
        if (fork() == 0) {
            fork();
            _exit(0);
        }
        usleep(1000);
    }
    if (pid == 0)
        _exit(0);
    return pid > 0 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
}

static bool stopped_group(void)
{
    pid_t pid, group;

    setpgid(0, 0);
    group = getpgrp();
    pid = companion(0);
    if (pid == 0)
        setpgid(0, 0);
    for (int i = 0; pid == 0 && i < 2000; i++) {
        kill(-group, SIGTSTP);
        usleep(500);
        kill(-group, SIGCONT);
        usleep(500);
    }
    if (pid == 0)
        _exit(0);
    return pid > 0;
}

/* It leads the session of a terminal on which somebody presses ^C, ^\ and ^Z. */
static bool terminal_keys(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
    char name[64];
    pid_t pid;

    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, name, sizeof name) != 0)
        return false;
    pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        dup2(master, 100);
        syscall(SYS_close_range, 0, 99, 0);
        signal(SIGHUP, SIG_IGN);
        for (int i = 0; i < 40; i++) {
            usleep(20000);
            if (write(100, "\003\034\032", 3) != 3)
                break;
        }
        sleep(COMPANION_SECONDS);
        _exit(0);
    }
    close(master);
    setsid();
    slave = open(name, O_RDWR);
    return slave >= 0 && (tcgetpgrp(slave) == getpid() || ioctl(slave, TIOCSCTTY, 0) == 0);
}

/* A descriptor in somebody else's hands sends the program SIGKILL whenever there is something to read. */
static bool signal_by_descriptor(void)
{
    int ends[2];
    pid_t pid, parent = getpid();

    if (pipe(ends) != 0 || fcntl(ends[0], F_SETSIG, SIGKILL) != 0)
        return false;
    pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        dup2(ends[0], 100);
        dup2(ends[1], 101);
        syscall(SYS_close_range, 0, 99, 0);
        usleep(30000); /* by now it is root's */
        fcntl(100, F_SETOWN, parent);
        fcntl(100, F_SETFL, O_ASYNC);
        for (int i = 0; i < 50 && write(101, "x", 1) == 1; i++)
            usleep(10000);
        _exit(0);
    }
    return pid > 0;
}

/* Who shares its I/O context sets its I/O priority at any time. */
static bool shared_io(void)
{
    pid_t pid = companion(CLONE_IO);

    for (int i = 0; pid == 0 && i < 1000; i++) {
        io_idle();
        usleep(1000);
    }
    if (pid == 0)
        _exit(0);
    return pid > 0;
}

/* -- the environment --------------------------------------------------------------------------- */

static bool environment(void)
{
    static const char *const odd[] = {
        "LD_PRELOAD=/src/.build/world/failing_malloc.so", "LD_AUDIT=/tmp/evil.so", "LD_LIBRARY_PATH=/tmp",
        "LD_DEBUG=all", "LD_DEBUG_OUTPUT=/tmp/ld", "GCONV_PATH=/tmp", "SQLITE_TMPDIR=/tmp", "TMPDIR=/tmp/none",
        "HOME=/tmp", "TZ=/tmp/zone", "LOCPATH=/tmp", "LC_ALL=../../tmp", "IFS=x", "PATH=/tmp", "MALLOC_CHECK_=3",
        "MALLOC_PERTURB_=7", "MALLOC_ARENA_MAX=0", "MALLOC_TRACE=/tmp/ld.trace",
        "GLIBC_TUNABLES=glibc.malloc.check=3" };
    static char text[100000] = "LONG=";

    memset(text + 5, 'x', sizeof text - 6);
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        putenv((char *)(uintptr_t)odd[i]);
    return putenv(text) == 0;
}

/* -- all of it ---------------------------------------------------------------------------------- */

#define LIMITS(title, name)                                              \
    { title ", soft", soft_##name, HOSTILITY_SELF_HARM }, { title ", hard", hard_##name, HOSTILITY_HARD }

const struct hostility hostilities[] = {
    { "a real-time interval timer", timer_real, HOSTILITY_RESET },
    { "a virtual interval timer", timer_virtual, HOSTILITY_RESET },
    { "a profiling interval timer", timer_prof, HOSTILITY_RESET },
    { "a timer slack of 30 s", timer_slack, HOSTILITY_RESET },
    { "a POSIX timer", timer_posix, HOSTILITY_RESET },
    { "no time-stamp counter", time_stamp_counter, HOSTILITY_SELF_HARM }, /* the loader reads it */
    { "nice 19", nice_19, HOSTILITY_RESET },
    { "nice 19 and the idle class", nice_and_idle, HOSTILITY_RESET },
    { "the idle class", idle_class, HOSTILITY_RESET },
    { "the batch class", batch_class, HOSTILITY_RESET },
    { "a real-time class", real_time, HOSTILITY_RESET },
    { "reset on fork", reset_on_fork, HOSTILITY_RESET },
    { "one processor", one_processor, HOSTILITY_RESET },
    { "a low I/O priority", io_low, HOSTILITY_RESET },
    { "the idle I/O class", io_idle, HOSTILITY_RESET },
    { "a shared I/O context", shared_io, HOSTILITY_KEPT },
    { "a nice session", nice_session, HOSTILITY_RESET },
    LIMITS("no file size", file_size),
    LIMITS("3 descriptors", descriptors_3),
    LIMITS("6 descriptors", descriptors_6),
    LIMITS("16 MB of address space", memory_16),
    LIMITS("6 MB of address space", memory_6),
    LIMITS("4 MB of data", data),
    LIMITS("a second of CPU time", seconds_1),
    LIMITS("no CPU time", seconds_0),
    LIMITS("a small stack", stack),
    LIMITS("no processes", processes),
    LIMITS("no pending signals", signals),
    LIMITS("no locked memory", locked_memory),
    LIMITS("no message queues", queues),
    LIMITS("a millisecond of real time", real_time),
    { "no resident set", resident_set, HOSTILITY_KEPT }, /* Linux has no use for either */
    { "no file locks", file_locks, HOSTILITY_KEPT },
    { "core files with all in them", core_files, HOSTILITY_KEPT }, /* the filter; of the size 0 */
    { "every signal ignored", signals_ignored, HOSTILITY_RESET },
    { "every signal blocked", signals_blocked, HOSTILITY_RESET },
    { "every signal ignored and blocked", signals_ignored_and_blocked, HOSTILITY_RESET },
    { "signals that wait", signals_waiting, HOSTILITY_RESET },
    { "umask 0", umask_0, HOSTILITY_RESET },
    { "umask 777", umask_777, HOSTILITY_RESET },
    { "a personality of 32 bits", of_32_bits, HOSTILITY_RESET },
    { "a kernel that says 2.6", uname_26, HOSTILITY_SELF_HARM }, /* old loaders refuse it */
    { "an odd memory layout", odd_layout, HOSTILITY_RESET },
    { "the first out of memory", out_of_memory_first, HOSTILITY_RESET },
    { "memory of one node", memory_of_one_node, HOSTILITY_RESET },
    { "no huge pages", no_huge_pages, HOSTILITY_RESET },
    { "early death by bad memory", memory_failures, HOSTILITY_RESET },
    { "no speculation", no_speculation, HOSTILITY_KEPT },
    { "no new code", no_new_code, HOSTILITY_KEPT },
    { "not dumpable", not_dumpable, HOSTILITY_RESET },
    { "kept capabilities", kept_capabilities, HOSTILITY_RESET },
    { "any tracer", any_tracer, HOSTILITY_RESET },
    { "no new privileges", no_new_privileges, HOSTILITY_POWERLESS },
    { "a namespace and another root", namespace_and_root, HOSTILITY_POWERLESS },
    { "a revoked session keyring", revoked_keyring, HOSTILITY_KEPT },
    { "a deleted folder", deleted_folder, HOSTILITY_RESET },
    { "descriptors 1 and up closed", descriptors_closed, HOSTILITY_RESET },
    { "900 descriptors open", descriptors_open, HOSTILITY_RESET },
    { "a parent's death that kills", end_with_parent, HOSTILITY_RESET },
    { "orphans of others", subreaper, HOSTILITY_RESET },
    { "a process group that is stopped", stopped_group, HOSTILITY_POWERLESS },
    { "a terminal's keys", terminal_keys, HOSTILITY_POWERLESS },
    { "a signal by descriptor", signal_by_descriptor, HOSTILITY_SELF_HARM },
    { "an odd environment", environment, HOSTILITY_RESET },
};
const size_t hostility_count = sizeof hostilities / sizeof hostilities[0];

const struct hostility *hostility_find(const char *name)
{
    for (size_t i = 0; i < hostility_count; i++)
        if (strcmp(hostilities[i].name, name) == 0)
            return &hostilities[i];
    return NULL;
}
