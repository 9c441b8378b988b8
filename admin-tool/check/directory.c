/*
 * The public directory seen by the doctor: is it there, whole, and of the store's generation?
 */
#include "directory.h"

#include <sys/stat.h>
#include <time.h>

#include "change/publish.h"
#include "nss_coder/directory.h"
#include "nss_coder/directory_keys.h"
#include "nss_coder/directory_map.h"
#include "sql/store.h"
#include "terminal/command.h"
#include "finding.h"

enum { MOMENTS = 5, HOUR = 3600, DAY = 86400 };

#define PUBLISH "admin-tool publish"

static void report(struct doctor *doctor, const char *check, const char *what)
{
    doctor->nss_broken = true;
    check_report(doctor, SEVERITY_PROBLEM, check, DIRECTORY_PATH, what,
                 "getent, ls and every login see the users as this file shows them", PUBLISH);
}

static void report_mark(struct doctor *doctor)
{
    check_report(doctor, SEVERITY_WARNING, "directory-marked", DIRECTORY_PATH,
                 "it says that it is being replaced, but the tool that was at it is gone",
                 "answers are right, but each lookup takes longer", PUBLISH);
}

/* A tool at work renames the file a moment after its commit, so a late one is looked at again. */
static bool is_caught_up(struct tool *tool)
{
    static const struct timespec moment = { 0, 100000000L };

    for (int i = 0; i < MOMENTS && publish_is_behind(tool); i++)
        nanosleep(&moment, NULL);
    return !publish_is_behind(tool);
}

/* False: said. */
static bool check_generation(struct doctor *doctor, const struct directory_view *view)
{
    char what[CHECK_TEXT_SIZE];
    int64_t generation = 0;

    if (doctor->tool->store == NULL || doctor->quiet || is_caught_up(doctor->tool) ||
        store_generation(doctor->tool->store, &generation) != STORE_OK)
        return true;
    if (directory_view_generation(view) == (uint64_t)generation)
        report_mark(doctor);
    else
        report(doctor, "directory-stale",
               check_text(what, "it shows generation %llu, the store is at %lld",
                          (unsigned long long)directory_view_generation(view), (long long)generation));
    return false;
}

/* Whoever became dormant since still has keys in it. The timer has an hour. */
static void check_day(struct doctor *doctor, const struct stat *st)
{
    const struct tool *tool = doctor->tool;

    if (tool->policy.dormant_days > 0 && st->st_mtime / DAY < (tool->now - HOUR) / DAY)
        report(doctor, "directory-stale", "it is of an earlier day, so keys of accounts that became dormant since "
               "let them in");
}

void check_directory(struct doctor *doctor)
{
    struct directory_extension keys;
    struct directory_view view;
    struct stat st;

    if (doctor->tool->store == NULL && !doctor->quiet)
        return; /* no account yet, so nothing to show */
    if (lstat(DIRECTORY_PATH, &st) != 0) {
        report(doctor, "directory-missing", "it is not there");
        return;
    }
    if (directory_view_open(DIRECTORY_PATH, &view) != DIRECTORY_OK) {
        report(doctor, "directory-damaged",
               "readers do not take it: damaged, or not to be trusted");
        return;
    }
    if (directory_view_check_whole(&view) != DIRECTORY_OK ||
        directory_extension_load(&view, &keys) == DIRECTORY_UNAVAILABLE)
        report(doctor, "directory-damaged", "its checksum is wrong");
    else if (check_generation(doctor, &view))
        check_day(doctor, &st);
    directory_view_close(&view);
}
