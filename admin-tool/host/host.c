/*
 * What this machine's own files and services say: which names and ids are taken outside the store,
 * and the defaults of login.defs(5). Read, never written.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "terminal/command.h"
#include "local_lines.h"

enum { CAPTURE_WAIT_MS = 10 * 1000, RUN_WAIT_MS = 10 * 1000 };

/* -- NSS ---------------------------------------------------------------------------------- */

/* What getpwnam(3) leaves in errno for "no such user"; all else is a source that cannot say. */
static bool is_not_found(int error)
{
    return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

/* After a lookup: taken as a user, taken as a group, unknown, or nobody's. */
static enum status judge(bool user, bool group, int error, const char *what)
{
    if (user || group)
        return tool_refuse(STATUS_REFUSED, "%s is taken by a %s of this machine; choose another",
                           what, user ? "user" : "group");
    if (!is_not_found(error))
        return tool_refuse(STATUS_FAILED, "cannot find out whether %s is taken: %s; try again",
                           what, strerror(error));
    return GO_ON;
}

enum status host_name_is_free(const char *username)
{
    bool user, group;
    int error;

    errno = 0;
    user = getpwnam(username) != NULL;
    error = errno;
    errno = 0;
    group = getgrnam(username) != NULL;
    return judge(user, group, is_not_found(error) ? errno : error, username);
}

/* A line of /etc/passwd may name a group that is in no other place. */
static bool is_primary(uint32_t gid)
{
    char user[ACCOUNT_NAME_SIZE];

    return local_find_primary(gid, "", user);
}

enum status host_uid_is_free(uint32_t uid)
{
    char what[32];
    bool user, group;
    int error;

    snprintf(what, sizeof what, "uid %u", uid);
    errno = 0;
    user = getpwuid(uid) != NULL;
    error = errno;
    errno = 0;
    group = getgrgid(uid) != NULL;
    if (!user && !group && is_primary(uid))
        return tool_refuse(STATUS_REFUSED, "%s is the primary group of a user of this machine; choose "
                           "another", what);
    return judge(user, group, is_not_found(error) ? errno : error, what);
}

bool host_has_id(uint32_t id)
{
    return getpwuid(id) != NULL || getgrgid(id) != NULL || is_primary(id);
}

/* The file itself, not NSS: neither a slow source nor a group of our own is asked. */
bool host_find_group(const char *name, uint32_t *ret)
{
    FILE *file = fopen("/etc/group", "re");
    const struct group *group;
    bool found = false;
    int error = errno;

    while (file != NULL && !found && (errno = 0, group = fgetgrent(file)) != NULL) {
        found = strcmp(group->gr_name, name) == 0;
        if (found)
            *ret = group->gr_gid;
    }
    if (file != NULL) {
        error = errno;
        fclose(file);
    }
    errno = error == ENOENT ? 0 : error; /* fgetgrent(3) may leave it at the end, too */
    return found;
}

/* -- login.defs(5) and subuid(5) ---------------------------------------------------------- */

static long read_setting(const char *key, int base, long otherwise)
{
    FILE *file = fopen("/etc/login.defs", "re");
    char line[1024], *end;
    size_t length = strlen(key);
    long value = otherwise;

    if (file == NULL)
        return otherwise;
    while (fgets(line, sizeof line, file) != NULL) {
        const char *text = line + strspn(line, " \t");
        long number;

        if (strncmp(text, key, length) != 0 || strchr(" \t", text[length]) == NULL)
            continue;
        number = strtol(text + length, &end, base);
        if (end != text + length && number >= 0)
            value = number;
    }
    fclose(file);
    return value;
}

mode_t host_home_mode(void)
{
    return (mode_t)read_setting("HOME_MODE", 8, 0700) & 0777;
}

/* "name:first:count" of subuid(5). False when it is none. */
static bool parse_range(const char *line, struct id_range *ret)
{
    const char *colon = strchr(line, ':');
    unsigned long first, count;
    char *end;

    if (colon == NULL)
        return false;
    first = strtoul(colon + 1, &end, 10);
    if (*end != ':')
        return false;
    count = strtoul(end + 1, NULL, 10);
    *ret = (struct id_range){ first, count };
    return count > 0;
}

static bool add_range(struct id_ranges *ranges, struct id_range range)
{
    struct id_range *grown;

    if ((ranges->count & (ranges->count + 1)) == 0) { /* full: 0, 1, 3, 7, ... */
        grown = reallocarray(ranges->ranges, 2 * ranges->count + 1, sizeof *grown);
        if (grown == NULL)
            return false;
        ranges->ranges = grown;
    }
    ranges->ranges[ranges->count++] = range;
    return true;
}

static bool add_file(struct id_ranges *ranges, const char *path)
{
    FILE *file = fopen(path, "re");
    struct id_range range;
    char line[1024];
    bool good = true;

    if (file == NULL)
        return true;
    while (good && fgets(line, sizeof line, file) != NULL)
        if (parse_range(line, &range))
            good = add_range(ranges, range);
    fclose(file);
    return good;
}

bool host_subordinates_read(struct id_ranges *ret)
{
    unsigned long min = (unsigned long)read_setting("SUB_UID_MIN", 10, 100000);
    unsigned long max = (unsigned long)read_setting("SUB_UID_MAX", 10, 600100000);

    return (max < min || add_range(ret, (struct id_range){ min, max - min + 1 })) &&
           add_file(ret, "/etc/subuid") && add_file(ret, "/etc/subgid");
}

bool host_subordinates_have(const struct id_ranges *ranges, uint32_t uid)
{
    for (size_t i = 0; i < ranges->count; i++)
        if (uid >= ranges->ranges[i].first && uid - ranges->ranges[i].first < ranges->ranges[i].count)
            return true;
    return false;
}

bool host_uid_is_subordinate(uint32_t uid)
{
    struct id_ranges ranges = { NULL, 0 };
    bool found = !host_subordinates_read(&ranges) || host_subordinates_have(&ranges, uid);

    free(ranges.ranges);
    return found;
}

bool host_is_local(const char *username)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *entry;
    bool found = false;

    if (file == NULL)
        return false;
    while (!found && (entry = fgetpwent(file)) != NULL)
        found = strcmp(entry->pw_name, username) == 0;
    fclose(file);
    return found;
}

void host_note_local(const char *username)
{
    if (host_is_local(username))
        tool_refuse(GO_ON, "note: %s still has a line in /etc/passwd, which decides: suspending has no "
                    "effect on it until 'admin-tool users import --from-passwd --take-over %s'",
                    username, username);
}

static bool is_account(const struct tool *tool, const char *username)
{
    struct account account = { 0 };
    bool found = tool->store != NULL &&
                 store_account_by_name(tool->store, username, &account) == STORE_OK;

    explicit_bzero(account.hash, sizeof account.hash);
    return found;
}

void host_note_locals(const struct tool *tool)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *user;
    char first[ACCOUNT_NAME_SIZE] = "";
    size_t count = 0;

    while (file != NULL && (user = fgetpwent(file)) != NULL)
        if (is_account(tool, user->pw_name) && count++ == 0)
            snprintf(first, sizeof first, "%s", user->pw_name);
    if (file != NULL)
        fclose(file);
    if (count == 1)
        host_note_local(first);
    else if (count > 1)
        tool_refuse(GO_ON, "note: %s and %zu more still have lines in /etc/passwd, which decide: "
                    "suspending has no effect on them until 'admin-tool users import --from-passwd "
                    "--take-over'", first, count - 1);
}

const char *host_default_shell(void)
{
    return access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh";
}

const char *host_shell_fault(const char *shell)
{
    const char *fault = account_path_fault(shell);
    struct stat st;

    if (fault == NULL &&
        (stat(shell, &st) != 0 || !S_ISREG(st.st_mode) || access(shell, X_OK) != 0))
        return "is no program that can be run";
    return fault;
}

/* -- programs ----------------------------------------------------------------------------- */

/* out: where its output goes, -1: nowhere. */
static void become(char *const argv[], int out)
{
    static char *const no_environment[] = { NULL };
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigset_t none;

    if (null == -1)
        _exit(127);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (dup2(fd == STDOUT_FILENO && out != -1 ? out : null, fd) == -1)
            _exit(127);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    execve(argv[0], argv, no_environment);
    _exit(127);
}

/* False when it does not end within the time. */
static bool ends(pid_t child)
{
    struct pollfd wait = { .fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN };
    bool ended = wait.fd != -1 && poll(&wait, 1, RUN_WAIT_MS) == 1;

    if (wait.fd != -1)
        close(wait.fd);
    return ended;
}

void host_run(char *const argv[])
{
    pid_t child;

    if (access(argv[0], X_OK) != 0)
        return;
    fflush(NULL); /* or the child would have our unwritten output, too */
    child = fork();
    if (child == 0)
        become(argv, -1);
    if (child > 0 && !ends(child))
        kill(child, SIGKILL);
    while (child > 0 && waitpid(child, NULL, 0) == -1 && errno == EINTR)
        continue;
}

/* What comes out of fd, cut to size; false when it does not end within the time. */
static bool drain(int fd, char *ret, size_t size)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    char rest[4096];
    size_t used = 0;
    ssize_t count = 1;

    while (count > 0) {
        bool full = used + 1 >= size;

        if (poll(&wait, 1, CAPTURE_WAIT_MS) != 1)
            return false;
        count = full ? read(fd, rest, sizeof rest) : read(fd, ret + used, size - used - 1);
        if (count > 0 && !full)
            used += (size_t)count;
    }
    ret[used] = '\0';
    return count == 0;
}

bool host_capture(char *const argv[], char *ret, size_t size)
{
    int ends[2], status = -1;
    bool whole;
    pid_t child;

    if (access(argv[0], X_OK) != 0 || pipe2(ends, O_CLOEXEC) != 0)
        return false;
    fflush(NULL);
    child = fork();
    if (child == 0)
        become(argv, ends[1]);
    close(ends[1]);
    whole = child > 0 && drain(ends[0], ret, size);
    close(ends[0]);
    if (child > 0 && !whole)
        kill(child, SIGKILL);
    while (child > 0 && waitpid(child, &status, 0) == -1 && errno == EINTR)
        continue;
    return whole && status == 0;
}
