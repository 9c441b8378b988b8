/*
 * Who opened the session we run in, and from where. The chain of parents leads to the process that sshd, login or
 * cockpit recorded when it began; a session's number is the kernel's.
 */
#include "ancestors.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utmpx.h>

#include "terminal/escape.h"
#include "program.h"

enum { RECORDS_MAX = 20000 };

/* -- parents ------------------------------------------------------------------------------ */

/* proc(5): "PPid:" and "Uid:", whose first is the real one. */
static bool read_process(pid_t pid, pid_t *ret_parent, uid_t *ret_uid)
{
    char path[32], line[256];
    bool has_parent = false, has_uid = false;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    file = fopen(path, "re");
    if (file == NULL)
        return false;
    while (!(has_parent && has_uid) && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "PPid:", 5) == 0) {
            *ret_parent = (pid_t)strtol(line + 5, NULL, 10);
            has_parent = true;
        } else if (strncmp(line, "Uid:", 4) == 0) {
            *ret_uid = (uid_t)strtoul(line + 4, NULL, 10);
            has_uid = true;
        }
    }
    fclose(file);
    return has_parent && has_uid;
}

void ancestors_read(struct ancestors *ret)
{
    pid_t pid = getpid(), parent = 0;

    memset(ret, 0, sizeof *ret);
    while (pid > 1 && ret->count < ANCESTORS_MAX &&
           read_process(pid, &parent, &ret->uids[ret->count])) {
        ret->pids[ret->count++] = pid;
        pid = parent;
    }
}

bool ancestors_person(const struct ancestors *ancestors, uid_t *ret)
{
    for (size_t i = 0; i < ancestors->count; i++)
        if (ancestors->uids[i] != 0) {
            *ret = ancestors->uids[i];
            return true;
        }
    return false;
}

/* -- utmp --------------------------------------------------------------------------------- */

/* Its place in the chain, `count` when it is not in it. */
static size_t find_pid(const struct ancestors *ancestors, pid_t pid)
{
    size_t i = 0;

    while (i < ancestors->count && ancestors->pids[i] != pid)
        i++;
    return i;
}

static bool take_text(const char *text, size_t length, char *ret, size_t size)
{
    char copy[300];

    if (length == 0 || length >= sizeof copy || length >= size)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (!print_is_plain(copy))
        return false;
    memcpy(ret, copy, length + 1);
    return true;
}

/* The address, else the host's name, else the terminal. */
static bool take_record(const struct utmpx *record, char *ret, size_t size)
{
    static const int32_t none[4];
    char text[sizeof "/dev/" + sizeof record->ut_line];
    bool is_v4 = memcmp(&record->ut_addr_v6[1], &none[1], sizeof none - sizeof none[0]) == 0;

    if (memcmp(record->ut_addr_v6, none, sizeof none) != 0 && size >= INET6_ADDRSTRLEN)
        return inet_ntop(is_v4 ? AF_INET : AF_INET6, record->ut_addr_v6, ret, INET6_ADDRSTRLEN) !=
               NULL;
    if (record->ut_host[0] != '\0')
        return take_text(record->ut_host, strnlen(record->ut_host, sizeof record->ut_host), ret,
                         size);
    snprintf(text, sizeof text, "/dev/%.*s", (int)sizeof record->ut_line, record->ut_line);
    return record->ut_line[0] != '\0' && take_text(text, strlen(text), ret, size);
}

static bool find_record(const struct ancestors *ancestors, char *ret, size_t size)
{
    const struct utmpx *record;
    size_t nearest = ancestors->count;
    bool found = false;

    setutxent();
    for (int i = 0; i < RECORDS_MAX && (record = getutxent()) != NULL; i++) {
        size_t place = find_pid(ancestors, record->ut_pid);

        if (record->ut_type == USER_PROCESS && place < nearest) {
            nearest = place;
            found = take_record(record, ret, size);
        }
    }
    endutxent();
    return found;
}

/* -- logind ------------------------------------------------------------------------------- */

/* A session's name is short and plain: it becomes an argument. */
static bool take_name(const char *text, char ret[32])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    size_t length = strspn(text, letters);

    if (length == 0 || length >= 32)
        return false;
    memcpy(ret, text, length);
    ret[length] = '\0';
    return true;
}

/* ":/user.slice/user-UID.slice/session-NAME.scope" of cgroups(7), which systemd alone makes: below it, and in the part
 * of the tree that is the user's own, a group may have any name. */
static const char *find_scope(const char *line)
{
    static const char slice[] = ":/user.slice/user-", scope[] = ".slice/session-";
    const char *found = strstr(line, slice);

    if (found == NULL)
        return NULL;
    found += sizeof slice - 1;
    found += strspn(found, "0123456789");
    return strncmp(found, scope, sizeof scope - 1) == 0 ? found + sizeof scope - 1 : NULL;
}

/* Of our control group; else the kernel's audit's, which logind takes over where it can (pam_systemd(8)). */
static bool find_name(char ret[32])
{
    static const char none[] = "4294967295";
    char line[1024] = "";
    const char *found = NULL;
    FILE *file = fopen("/proc/self/cgroup", "re");

    while (file != NULL && found == NULL && fgets(line, sizeof line, file) != NULL)
        found = find_scope(line);
    if (file != NULL)
        fclose(file);
    if (found != NULL)
        return take_name(found, ret);
    file = fopen("/proc/self/sessionid", "re");
    if (file == NULL)
        return false;
    found = fgets(line, sizeof line, file);
    fclose(file);
    return found != NULL && strcmp(found, none) != 0 && take_name(found, ret);
}

/* The value of "KEY=VALUE" on a line of its own. */
static bool take_property(const char *answer, const char *key, char *ret, size_t size)
{
    size_t length = strlen(key);

    for (const char *line = answer; *line != '\0'; line += strcspn(line, "\n") + 1) {
        size_t here = strcspn(line, "\n");

        if (here > length && strncmp(line, key, length) == 0)
            return take_text(line + length, here - length, ret, size);
        if (line[here] == '\0')
            break;
    }
    return false;
}

static bool ask_logind(char *ret, size_t size)
{
    static char loginctl[] = "/usr/bin/loginctl", verb[] = "show-session", host[] = "-pRemoteHost",
                tty[] = "-pTTY";
    char name[32], answer[1024], device[64];
    char *const argv[] = { loginctl, verb, name, host, tty, NULL };

    if (access("/run/systemd/system", F_OK) != 0 || !find_name(name) ||
        !host_capture(argv, answer, sizeof answer))
        return false;
    if (take_property(answer, "RemoteHost=", ret, size))
        return true;
    if (!take_property(answer, "TTY=", device, sizeof device))
        return false;
    snprintf(ret, size, "/dev/%s", device);
    return true;
}

bool ancestors_place(const struct ancestors *ancestors, char *ret, size_t size)
{
    return find_record(ancestors, ret, size) || ask_logind(ret, size);
}
