/*
 * Preloaded into a program: it runs OTHER_DAYS days and OTHER_SECONDS seconds later.
 */
#include <stdlib.h>
#include <time.h>

static time_t later;

/* Before the program clears its environment. */
__attribute__((constructor)) static void read_environment(void)
{
    const char *days = getenv("OTHER_DAYS"), *seconds = getenv("OTHER_SECONDS");

    later = (days != NULL ? (time_t)atoi(days) * 86400 : 0) + (seconds != NULL ? atoi(seconds) : 0);
}

__attribute__((visibility("default"))) time_t time(time_t *ret)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec += later;
    if (ret != NULL)
        *ret = now.tv_sec;
    return now.tv_sec;
}
