/*
 * Nothing of the caller's: whatever survives execve(2) into a program of ours is set to what it is
 * in an ordinary process, before anything is opened, locked or counted. Its list is a table, and
 * test_callers.c and inherited.sh set each attribute to something hostile.
 *
 * Not in the table, because root cannot change it: no_new_privs and seccomp filters (with them the
 * set-user-ID bit gives nothing, so they are root's own), the control group, an I/O context shared by
 * CLONE_IO, speculation control that was forced: they make a process slow, and a slow one is ended by
 * the deadline of its transaction. Nor what changes nothing here: keyrings (neither program asks
 * for a key), PR_SET_MDWE (nothing of ours writes code), the login uid (which says who it was).
 */
#include "inherited.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

enum { TIMER_SLACK_NS = 50000 }; /* process 1's; 0 would mean the parent's, which is the caller's */

/* ioprio_set(2), set_mempolicy(2); neither has a function in libc. */
enum { IOPRIO_WHO_PROCESS = 1, IOPRIO_NONE = 0, MPOL_DEFAULT = 0 };

/* -- limits -------------------------------------------------------------------------------- */

static const struct limit {
    int resource;
    rlim_t enough; /* with which the child executes and the program comes to its main(); 0: with any */
    rlim_t soft, hard;
} limits[] = {
    { RLIMIT_FSIZE, 0, RLIM_INFINITY, RLIM_INFINITY }, /* `ulimit -f 0` must not stop the counting */
    { RLIMIT_CPU, 10, RLIM_INFINITY, RLIM_INFINITY },
    { RLIMIT_RTTIME, 10000000, RLIM_INFINITY, RLIM_INFINITY },
    { RLIMIT_AS, 64 << 20, RLIM_INFINITY, RLIM_INFINITY },
    { RLIMIT_DATA, 64 << 20, RLIM_INFINITY, RLIM_INFINITY },
    { RLIMIT_MEMLOCK, 0, RLIM_INFINITY, RLIM_INFINITY },
    { RLIMIT_NPROC, 0, RLIM_INFINITY, RLIM_INFINITY },
    { RLIMIT_SIGPENDING, 0, RLIM_INFINITY, RLIM_INFINITY },
    { RLIMIT_MSGQUEUE, 0, RLIM_INFINITY, RLIM_INFINITY },
    { RLIMIT_STACK, 1 << 20, 8 << 20, RLIM_INFINITY },
    { RLIMIT_NOFILE, 16, 1024, 4096 }, /* as the kernel starts process 1 */
    { RLIMIT_NICE, 0, 0, 0 },
    { RLIMIT_RTPRIO, 0, 0, 0 },
    { RLIMIT_CORE, 0, 0, 0 },
};

/* Where the hard limit cannot be raised, up to it. */
static void set_limit(int resource, rlim_t soft, rlim_t hard)
{
    struct rlimit now = { soft, hard };

    if (setrlimit((__rlimit_resource_t)resource, &now) == 0 || getrlimit((__rlimit_resource_t)resource, &now) != 0)
        return;
    now.rlim_cur = soft < now.rlim_max ? soft : now.rlim_max;
    setrlimit((__rlimit_resource_t)resource, &now);
}

void inherited_let_execute(void)
{
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        rlim_t enough = limits[i].enough;
        struct rlimit now;

        if (getrlimit((__rlimit_resource_t)limits[i].resource, &now) == 0 && now.rlim_cur < enough)
            set_limit(limits[i].resource, enough, now.rlim_max < enough ? enough : now.rlim_max);
    }
}

/* -- the context for the next exec --------------------------------------------------------- */

/* As setexeccon(NULL) does it; a write of no octets reaches the kernel. */
void inherited_drop_context(void)
{
    int fd = open("/proc/thread-self/attr/exec", O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    syscall(SYS_write, fd, NULL, 0);
    close(fd);
}

/* -- the attributes ------------------------------------------------------------------------ */

static bool reset_limits(void)
{
    struct rlimit core;

    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        set_limit(limits[i].resource, limits[i].soft, limits[i].hard);
    return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0;
}

/* No core file, no ptrace, no /proc/PID/mem; and files in /proc/PID that are root's. */
static bool reset_dumpable(void)
{
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static bool reset_interval_timers(void)
{
    static const __itimer_which_t timers[] = { ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF };
    const struct itimerval off = { { 0, 0 }, { 0, 0 } };
    bool done = true;

    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++)
        done = setitimer(timers[i], &off, NULL) == 0 && done;
    return done;
}

static bool reset_timer_slack(void)
{
    return prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS, 0, 0, 0) == 0;
}

/* The class first: a nice value is an ordinary process's. Clears SCHED_RESET_ON_FORK, too. */
static bool reset_scheduling(void)
{
    const struct sched_param normal = { 0 };

    return sched_setscheduler(0, SCHED_OTHER, &normal) == 0 && setpriority(PRIO_PROCESS, 0, 0) == 0;
}

/* As process 1 has it, so that CPUs which an administrator set apart stay so. Room for 8192. */
static bool reset_affinity(void)
{
    cpu_set_t cpus[8];

    if (sched_getaffinity(1, sizeof cpus, cpus) != 0)
        memset(cpus, 0xff, sizeof cpus);
    return sched_setaffinity(0, sizeof cpus, cpus) == 0;
}

static bool reset_io_priority(void)
{
    return syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_NONE) == 0;
}

static bool reset_memory_policy(void)
{
    return syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0) == 0;
}

static bool reset_huge_pages(void)
{
    return prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0) == 0;
}

static bool reset_memory_failures(void)
{
    return prctl(PR_MCE_KILL, PR_MCE_KILL_CLEAR, 0, 0, 0) == 0;
}

/* Who runs out of memory chooses whom to kill by this. */
static bool reset_oom_score(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write(fd, "0", 1) == 1;

    if (fd >= 0)
        close(fd);
    return done;
}

/* ADDR_NO_RANDOMIZE and the like are gone at a set-user-ID exec; PER_LINUX32 and UNAME26 are not. */
static bool reset_personality(void)
{
    return personality(PER_LINUX) != -1;
}

/* Else the first look at the clock, which reads the counter, ends in SIGSEGV (x86). */
static bool reset_time_stamp_counter(void)
{
    return prctl(PR_SET_TSC, PR_TSC_ENABLE, 0, 0, 0) == 0;
}

/* Whose children it gets when they lose their parent, and whose end ends it. */
static bool reset_kinship(void)
{
    return prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0) == 0 && prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) == 0;
}

static bool reset_umask(void)
{
    umask(077);
    return true;
}

static bool reset_folder(void)
{
    return CODER_OWNER_UID != 0 || chdir("/") == 0;
}

/* must: without it the caller can read the process, end it, or have it work on his own files. */
static const struct attribute {
    bool (*reset)(void);
    bool must;
} attributes[] = {
    { reset_dumpable, true },
    { reset_interval_timers, true },
    { reset_limits, true },
    { reset_scheduling, false },
    { reset_timer_slack, true }, /* a real-time class has none, and leaves what its parent had */
    { reset_affinity, false },
    { reset_io_priority, false },
    { reset_memory_policy, false },
    { reset_huge_pages, false },
    { reset_memory_failures, false },
    { reset_oom_score, false },
    { reset_personality, false },
    { reset_time_stamp_counter, false },
    { reset_kinship, false },
    { reset_umask, true },
    { reset_folder, true },
};

/* -- who may signal it, and what signals do ------------------------------------------------ */

/* Real and saved ids, too: kill(2) and F_SETOWN go by them. In the unit-test build "root" is us. */
static bool become_root(enum inherited_keep keep)
{
    if (CODER_OWNER_UID != 0)
        return true;
    setgroups(0, NULL);
    if (setresgid(0, 0, 0) != 0)
        return keep == INHERITED_TERMINAL; /* anybody may ask admin-tool for its help */
    return keep == INHERITED_TERMINAL || setresuid(0, 0, 0) == 0;
}

static bool is_kept(int number, enum inherited_keep keep)
{
    struct sigaction now;

    return keep == INHERITED_TERMINAL && (number == SIGHUP || number == SIGINT || number == SIGQUIT) &&
           sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

/* Out of the reach of a terminal's keys, of SIGCONT and of the session's nice value (sched(7)).
 * Nobody can who leads a process group: systemd's service does, and has nothing to leave. A caller who
 * executes the helper so is none of ours. */
static bool leave_session(void)
{
    return setsid() != -1 || getuid() == CODER_OWNER_UID;
}

/* Ignored for a moment, a signal that waits (sigpending(2)) is dropped. */
static void reset_signals(enum inherited_keep keep)
{
    const struct sigaction ignored = { .sa_handler = SIG_IGN }, normal = { .sa_handler = SIG_DFL };
    sigset_t none;

    for (int i = 1; i < NSIG; i++)
        if (!is_kept(i, keep)) {
            sigaction(i, &ignored, NULL);
            sigaction(i, &normal, NULL);
        }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

bool inherited_reset(enum inherited_keep keep)
{
    if ((keep == INHERITED_NOTHING && !leave_session()) || !become_root(keep))
        return false;
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        if (!attributes[i].reset() && attributes[i].must)
            return false;
    reset_signals(keep);
    return true;
}
