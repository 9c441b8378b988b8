/*
 * No wait for a disk and no word to the machine's log: a program's own definition comes before
 * libc's, for libpam's and SQLite's calls, too. What would have been logged is made and looked at.
 */
#include "quiet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

const char *quiet_secret;

#define PUBLIC __attribute__((visibility("default")))

PUBLIC int fsync(int fd);
PUBLIC int fdatasync(int fd);
PUBLIC void vsyslog(int priority, const char *format, va_list list);
PUBLIC void __vsyslog_chk(int priority, int flag, const char *format, va_list list);
PUBLIC void syslog(int priority, const char *format, ...);

int fsync(int fd)
{
    (void)fd;
    return 0;
}

int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

__attribute__((format(printf, 2, 0))) void vsyslog(int priority, const char *format, va_list list)
{
    char line[4096];

    (void)priority;
    vsnprintf(line, sizeof line, format, list);
    fuzz_require(quiet_secret == NULL || strstr(line, quiet_secret) == NULL, "no password is logged");
}

__attribute__((format(printf, 3, 0))) void __vsyslog_chk(int priority, int flag, const char *format,
                                                         va_list list)
{
    (void)flag;
    vsyslog(priority, format, list);
}

__attribute__((format(printf, 2, 3))) void syslog(int priority, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsyslog(priority, format, list);
    va_end(list);
}
