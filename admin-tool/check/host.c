/*
 * The machine seen by the doctor: the helper, its socket, the clock, room on the disk, old
 * directories that something still holds.
 */
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "sql/store.h"
#include "sql/store_check.h"
#include "terminal/when.h"
#include "finding.h"

#define SOCKET_PATH CODER_RUN_DIR "/helper.sock"

#define MIB UINT64_C(1048576)

/* -- the helper --------------------------------------------------------------------------- */

static void check_program(struct doctor *doctor)
{
    char what[CHECK_TEXT_SIZE];
    struct stat st;

    if (lstat(CODER_HELPER, &st) != 0)
        check_text(what, "%s", strerror(errno));
    else if (!S_ISREG(st.st_mode))
        check_text(what, "it is no file of its own");
    else if (st.st_uid != 0 || (st.st_mode & 07777) != 04755)
        check_text(what, "owner %u, mode %04o; they should be 0 and 4755", st.st_uid,
                   st.st_mode & 07777);
    else
        return;
    check_report(
        doctor, SEVERITY_PROBLEM, "helper-file", CODER_HELPER, what,
        "it judges every login; without the setuid bit screen lockers and the like cannot ask",
        access(CODER_HELPER, F_OK) == 0 ? "chown root:root " CODER_HELPER
                                          " && chmod 4755 " CODER_HELPER
                                        : "install the package again");
}

static bool connects(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = SOCKET_PATH };
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool connected = fd != -1 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;

    if (fd != -1)
        close(fd);
    return connected;
}

/* Where no systemd is, nobody listens and nobody is expected to. */
static void check_socket(struct doctor *doctor)
{
    bool there = access(SOCKET_PATH, F_OK) == 0;

    if ((!there && access("/run/systemd/system", F_OK) != 0) || connects())
        return;
    check_report(
        doctor, SEVERITY_WARNING, "helper-socket", SOCKET_PATH,
        there ? "nobody listens there" : "it is not there",
        "programs that may gain no privileges (NoNewPrivileges) cannot ask about their own user",
        "systemctl enable --now coder-helper.socket");
}

void check_helper(struct doctor *doctor)
{
    check_program(doctor);
    check_socket(doctor);
}

/* -- the clock ---------------------------------------------------------------------------- */

static void check_clock(struct doctor *doctor)
{
    const int64_t first_release = INT64_C(1767225600); /* 2026-01-01: no right clock is earlier */
    char what[CHECK_TEXT_SIZE], now[WHEN_SIZE], then[WHEN_SIZE];
    int64_t newest = first_release;

    if (doctor->tool->store != NULL && !doctor->quiet &&
        store_check_newest(doctor->tool->store, &newest) == STORE_OK && newest < first_release)
        newest = first_release;
    if (doctor->tool->now >= newest)
        return;
    when_format(doctor->tool->now, "-", now);
    when_format(newest, "-", then);
    check_report(doctor, SEVERITY_PROBLEM, "host-clock", "clock",
                 check_text(what, "it says %s, and the store has something from %s", now, then),
                 "locks last longer, and what has expired counts as valid",
                 "timedatectl set-ntp true");
}

/* -- room --------------------------------------------------------------------------------- */

struct place {
    const char *path;
    uint64_t few, least; /* bytes: a warning, a problem */
};

static void check_place(struct doctor *doctor, const struct place *place)
{
    struct statvfs fs;
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];
    uint64_t left;
    bool no_inodes;

    if (statvfs(place->path, &fs) != 0)
        return;
    left = (uint64_t)fs.f_bavail * fs.f_frsize;
    no_inodes = fs.f_files > 0 && fs.f_favail < 16;
    if ((fs.f_flag & ST_RDONLY) != 0) {
        check_text(mend, "mount -o remount,rw $(findmnt -n -o TARGET --target %s)", place->path);
        check_report(doctor, SEVERITY_PROBLEM, "host-read-only", place->path,
                     "it cannot be written",
                     "logins go on, but nothing can be changed or counted there", mend);
        return;
    }
    if (left >= place->few && !no_inodes)
        return;
    check_text(mend, "df -h %s; df -i %s", place->path, place->path);
    check_report(
        doctor, left < place->least || no_inodes ? SEVERITY_PROBLEM : SEVERITY_WARNING,
        "host-space", place->path,
        no_inodes ? "no inodes are left"
                  : check_text(what, "%llu KiB are left", (unsigned long long)(left / 1024)),
        "no change of any account can be written, and temporary passwords cannot be changed", mend);
}

static void check_room(struct doctor *doctor)
{
    static const struct place places[] = { { CODER_STATE_DIR, 32 * MIB, MIB },
                                           { "/run", MIB, MIB / 8 } };

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        check_place(doctor, &places[i]);
}

/* -- old directories ---------------------------------------------------------------------- */

/* How many replaced directory files a process still maps. proc(5). */
static int count_mappings(const char *pid)
{
    static const char old[] = DIRECTORY_PATH " (deleted)";
    char path[64], line[4096 + 128];
    int count = 0;
    FILE *maps;

    snprintf(path, sizeof path, "/proc/%.20s/maps", pid);
    maps = fopen(path, "re");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
        count += strstr(line, old) != NULL;
    if (maps != NULL)
        fclose(maps);
    return count;
}

/* The NSS module and pam_coder may each keep one in a process: a reader lets go of it on its next lookup. */
enum { USUAL_MAPPINGS = 2 };

static void check_mappings(struct doctor *doctor)
{
    DIR *processes = opendir("/proc");
    const struct dirent *entry;
    char what[CHECK_TEXT_SIZE];
    int many = 0;

    while (processes != NULL && (entry = readdir(processes)) != NULL) {
        int count = entry->d_name[strspn(entry->d_name, "0123456789")] == '\0'
                        ? count_mappings(entry->d_name) : 0;

        many += count > USUAL_MAPPINGS;
    }
    if (processes != NULL)
        closedir(processes);
    if (many > 0)
        check_report(
            doctor, SEVERITY_NOTE, "host-mappings", DIRECTORY_PATH,
            check_text(what, "%d processes hold more than %d replaced files of it", many, USUAL_MAPPINGS),
            "their room on the disk is free only when the processes end",
            "nothing, unless the disk fills; 'grep -c \"directory (deleted)\" /proc/[0-9]*/maps | grep -v :[012]' names them");
}

/* -- nologin ------------------------------------------------------------------------------ */

/* As pam_nologin(8) looks for it. */
const char *check_nologin(void)
{
    static const char *const files[] = { "/run/nologin", "/etc/nologin" };

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (access(files[i], F_OK) == 0)
            return files[i];
    return NULL;
}

static void report_nologin(struct doctor *doctor)
{
    const char *file = check_nologin();
    char mend[CHECK_TEXT_SIZE];

    if (file == NULL)
        return;
    check_text(mend, "rm %s", file);
    check_report(doctor, SEVERITY_PROBLEM, "host-nologin", file, "it is there",
                 "sshd and login refuse everybody but root", mend);
}

void check_host(struct doctor *doctor)
{
    report_nologin(doctor);
    check_clock(doctor);
    check_room(doctor);
    check_mappings(doctor);
}
