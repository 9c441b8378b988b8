/*
 * How far a long piece of work has got.
 */
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_ms(void)
{
    struct timespec now = { 0 };

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_step(struct progress *progress, size_t done)
{
    int64_t now = clock_ms();

    if (progress->begun_ms == 0) {
        progress->begun_ms = now;
        progress->next_ms = now + 1000;
    }
    if (now < progress->next_ms || done == progress->total ||
        (!progress->wanted && isatty(STDERR_FILENO) == 0))
        return;
    fprintf(stderr, "admin-tool: %zu of %zu %s\n", done, progress->total, progress->what);
    fflush(stderr);
    progress->next_ms = now + 1000 + (now - progress->begun_ms) / 10;
}
