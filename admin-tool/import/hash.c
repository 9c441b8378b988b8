/*
 * A temporary password for each account without a hash, hashed on all cores: that is nearly all the
 * time an import takes. Done before anything is locked; an interrupt here has changed nothing.
 */
#include "hash.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "pam_coder/credential.h"
#include "terminal/command.h"
#include "terminal/progress.h"
#include "terminal/say.h"
#include "batch.h"

enum { THREADS_MAX = 64, LOOK_NS = 100 * 1000 * 1000 };

/* Shared by the workers; each takes the next row. */
struct work {
    struct import_batch *batch;
    atomic_size_t next, done;
    atomic_bool failed;
};

static bool make_one(struct import_row *row)
{
    return credential_generate(row->password) && credential_hash(row->password, row->hash);
}

static void *run(void *context)
{
    struct work *work = context;
    size_t i;

    while (!work->failed && (i = work->next++) < work->batch->count) {
        if (work->batch->rows[i].needs_password && !make_one(&work->batch->rows[i]))
            work->failed = true;
        work->done++;
    }
    return NULL;
}

/* -- progress ----------------------------------------------------------------------------- */

static void watch(struct work *work)
{
    static const struct timespec look = { 0, LOOK_NS };
    struct progress progress = { .what = "passwords made", .total = work->batch->count,
                                 .wanted = tool_has(work->batch->tool, OPTION_PROGRESS) };

    while ((progress.wanted || isatty(STDERR_FILENO)) && work->done < progress.total && !work->failed) {
        nanosleep(&look, NULL);
        progress_step(&progress, work->done);
    }
}

/* -- the workers -------------------------------------------------------------------------- */

static size_t count_threads(size_t rows)
{
    cpu_set_t cores;
    size_t count = 1;

    if (sched_getaffinity(0, sizeof cores, &cores) == 0)
        count = (size_t)CPU_COUNT(&cores);
    if (count > rows)
        count = rows;
    return count < THREADS_MAX ? count : THREADS_MAX;
}

static bool hash_all(struct import_batch *batch)
{
    struct work work = { .batch = batch };
    pthread_t threads[THREADS_MAX];
    size_t wanted = count_threads(batch->count), started = 0;

    while (started < wanted && pthread_create(&threads[started], NULL, run, &work) == 0)
        started++;
    if (started == 0)
        run(&work);
    watch(&work);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    return !work.failed;
}

static bool make_room(struct import_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->rows[i].needs_password && !import_row_make_room(&batch->rows[i]))
            return false;
    return true;
}

enum status import_make_passwords(struct import_batch *batch)
{
    const struct tool *tool = batch->tool;

    if (!make_room(batch) || !hash_all(batch))
        return tool_refuse(STATUS_FAILED, "a password could not be made; nothing was imported");
    for (size_t i = 0; i < batch->count; i++) {
        struct import_row *row = &batch->rows[i];

        if (row->needs_password)
            row->password_changed_at = tool->now;
        if (row->needs_password)
            row->temporary = true;
        if (row->temporary && row->temporary_until == 0)
            row->temporary_until = tool->now + tool->policy.temporary_hours * 3600;
    }
    return GO_ON;
}
