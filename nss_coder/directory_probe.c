/*
 * directory_probe.c - asking the kernel about a few bytes of memory.
 *
 * The principle: the kernel reads them for us, and where we would be sent a signal it answers EFAULT. Of all calls
 * that read memory, rt_sigprocmask(2) with a `how` that there is not is the one that needs nothing and does nothing: it
 * fetches the new mask first and then refuses `how` with EINVAL (kernel/signal.c; Abseil's
 * AddressIsReadable() and so many programs rely on that order). It costs a sixth of a stat(2).
 */
#include "directory_probe.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

bool directory_probe(const void *bytes)
{
    enum { NO_HOW = -1, MASK_SIZE = _NSIG / 8 };
    int saved_errno = errno;
    bool there = syscall(SYS_rt_sigprocmask, NO_HOW, bytes, NULL, (size_t)MASK_SIZE) == -1 && errno == EINVAL;
    errno = saved_errno;
    return there;
}
