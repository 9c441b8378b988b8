/*
 * The process made safe before it does anything: nothing that whoever started us left behind, open
 * or closed files, environment, masks, limits, reaches the work.
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pam_coder/inherited.h"

/* A file opened later must not get number 1 and be printed into; and what was closed must fail, not
 * swallow a password, so each is opened the wrong way round. */
static bool reopen_closed(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    return true;
}

/* sudo's rule: no path, nothing odd (sudoers(5), env_check). */
static bool is_safe_value(const char *value)
{
    return strlen(value) < 256 && value[0] != '/' && value[0] != ':' &&
           strstr(value, "..") == NULL && value[strcspn(value, " \t\n\r%")] == '\0';
}

/* Locale and terminal for what is printed, but not the time zone: a day means this host's. Hints for the audit log,
 * which judges them, and where a ticket is, which is judged by its file. */
static bool is_kept(const char *entry)
{
    static const char *const checked[] = { "LANG=", "LC_ALL=", "LC_CTYPE=", "TERM=", "NO_COLOR=" };
    static const char *const hints[] = { "SUDO_USER=", "SSH_CONNECTION=", "SSH_CLIENT=", "KRB5CCNAME=" };

    for (size_t i = 0; i < sizeof checked / sizeof checked[0]; i++)
        if (strncmp(entry, checked[i], strlen(checked[i])) == 0)
            return is_safe_value(entry + strlen(checked[i]));
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (strncmp(entry, hints[i], strlen(hints[i])) == 0)
            return true;
    return false;
}

static void clean_environment(void)
{
    static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    char *kept[16];
    size_t count = 0;

    for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
        if (count < sizeof kept / sizeof kept[0] && is_kept(*entry))
            kept[count++] = *entry;
    clearenv();
    putenv(path);
    for (size_t i = 0; i < count; i++)
        putenv(kept[i]);
}

bool process_harden(int *ret_folder)
{
    if (!reopen_closed())
        return false;
    *ret_folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    /* kept, as "import <(program)" names one; but nobody else's program is to have them */
    syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    if (!inherited_reset(INHERITED_TERMINAL))
        return false;
    /* said in a transaction, written after it: a stopped terminal must not hold the store */
    setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
    setvbuf(stderr, NULL, _IOFBF, BUFSIZ);
    clean_environment();
    setlocale(LC_CTYPE, "");
    signal(SIGXFSZ, SIG_IGN); /* "ulimit -f" is told by write() */
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is told by write() */
    return true;
}
