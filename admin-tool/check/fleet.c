/*
 * The fleet seen by the doctor: does this host follow it, how far, by which files, and what did it not take.
 */
#include "fleet.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "change/fleet_account.h"
#include "host/fleet_clock.h"
#include "host/fleet_folder.h"
#include "host/fleet_range.h"
#include "host/fleet_trial.h"
#include "host/fleet_units.h"
#include "host/follower.h"
#include "host/units.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_fleet.h"
#include "sql/store_fleet_accounts.h"
#include "terminal/command.h"
#include "terminal/when.h"
#include "fleet_held.h"
#include "finding.h"

enum { MINUTE = 60, DAY = 86400, LATE = 5 * MINUTE, CLASHES_TOLD = 8 };

#define FOLLOWED "logins go on, but nobody who is suspended in the fleet is shut out here"
#define LOOK "journalctl -u " FLEET_UNIT " -n 20"
#define LOOK_BY_HAND "see what coder_fleet and 'admin-tool follow' say"

/* What is to be done, where systemd runs and where it does not. */
static const char *mend(const char *by_systemd, const char *by_hand)
{
    return units_are_here() ? by_systemd : by_hand;
}

/* -- following ---------------------------------------------------------------------------- */

static void check_unit(struct doctor *doctor)
{
    if (units_are_here() ? fleet_units_run() : follower_runs())
        return;
    check_report(doctor, SEVERITY_PROBLEM, "fleet-unit", mend(FLEET_UNIT, "admin-tool follow"), "it does not run", FOLLOWED,
                 mend("systemctl enable --now " FLEET_SOCKET_UNIT " " FLEET_UNIT,
                      "run coder_fleet and 'admin-tool follow', as coder-fleet(7) says"));
}

static void check_contact(struct doctor *doctor, const struct fleet *fleet)
{
    int64_t heard = fleet->last_contact > fleet->joined_at ? fleet->last_contact : fleet->joined_at;
    int64_t silent = doctor->tool->now - heard;
    char what[CHECK_TEXT_SIZE], when[WHEN_SIZE];

    if (silent < LATE)
        return;
    when_format(fleet->last_contact, "never", when);
    check_text(what, fleet->last_contact != 0 ? "no server was heard of since %s" : "no server was ever heard of", when);
    check_report(doctor, silent < DAY ? SEVERITY_WARNING : SEVERITY_PROBLEM, "fleet-contact", fleet->base, what, FOLLOWED,
                 mend("admin-tool fleet status; " LOOK, "admin-tool fleet status; " LOOK_BY_HAND));
}

/* What came bears the time of the server that took it. */
static void check_clock(struct doctor *doctor, const struct fleet *fleet)
{
    char *cookie = NULL, what[CHECK_TEXT_SIZE], when[WHEN_SIZE];
    int64_t newest = 0;

    if (store_fleet_cookie(doctor->tool->store, &cookie) == STORE_OK)
        newest = fleet_newest_change(cookie);
    store_text_free(cookie);
    if (newest <= doctor->tool->now + MINUTE)
        return;
    when_format(newest, "-", when);
    check_report(doctor, SEVERITY_WARNING, "fleet-clock", fleet->base,
                 check_text(what, "the fleet's newest change is of %s, which is yet to come here", when),
                 "one of the two clocks is wrong: passwords and accounts end too early or too late",
                 mend("timedatectl set-ntp true, here and on the server", "have both set by NTP, here and on the server"));
}

static void check_stops(struct doctor *doctor, const struct fleet *fleet)
{
    char what[CHECK_TEXT_SIZE], when[WHEN_SIZE];
    struct fleet_counts counts = { 0 };

    store_fleet_count(doctor->tool->store, &counts);
    when_format(fleet->latched_at, "-", when);
    if (fleet->latched_at != 0)
        check_report(doctor, SEVERITY_PROBLEM, "fleet-went-back", fleet->base,
                     check_text(what, "since %s a server is in an older state than this host", when),
                     "nothing is taken from the fleet: its suspensions of before would be undone",
                     "find out why; if it is to be so: admin-tool fleet accept");
    when_format(fleet->braked_at, "-", when);
    if (fleet->braked_at != 0)
        check_report(doctor, SEVERITY_PROBLEM, "fleet-brake", fleet->base,
                     check_text(what, "at %s many went at once: %lld vanished and are kept as before, %lld are deleted in the fleet "
                                "and suspended here", when, (long long)counts.vanished, (long long)counts.deleted),
                     "those who vanished still have access here, and those who are deleted their names and ids",
                     "find out why; if it is to be so: admin-tool fleet accept");
}

/* -- servers and certificate -------------------------------------------------------------- */

/* What this host and its servers know each other by has an end. */
static void check_end(struct doctor *doctor, enum fleet_end which, int64_t end)
{
    static const struct {
        const char *file, *what, *impact;
    } ends[FLEET_ENDS] = {
        { "/host.pem", "this host's certificate", "no server lets this host in without one" },
        { "/ca.pem", "the authority's certificate", "no server of it is believed without one" },
        { "/ca.pem", "the list of revoked certificates", "no server is believed by a list that has ended" },
    };
    bool over = end <= doctor->tool->now;
    char where[CHECK_TEXT_SIZE], what[CHECK_TEXT_SIZE], when[WHEN_SIZE];

    if (end == 0 || end > doctor->tool->now + INT64_C(30) * DAY)
        return;
    when_format(end, "-", when);
    check_report(doctor, over ? SEVERITY_PROBLEM : SEVERITY_WARNING, "fleet-certificate",
                 check_text(where, FLEET_FOLDER "%s", ends[which].file),
                 check_text(what, over ? "%s ended at %s" : "%s ends at %s", ends[which].what, when), ends[which].impact,
                 "have a new join file made, and here: admin-tool fleet join FILE");
}

static void check_server(struct doctor *doctor, const struct fleet_server *server, bool only)
{
    check_report(doctor, SEVERITY_WARNING, "fleet-server", server->uri, server->why,
                 only ? "it is the only one: nothing keeps this host up to date"
                      : "with one server less, less keeps this host up to date",
                 mend(LOOK, LOOK_BY_HAND));
}

static void check_servers(struct doctor *doctor, const struct fleet *fleet)
{
    struct fleet_trial trial;
    bool put_out;

    fleet_try(&trial);
    for (int i = 0; i < FLEET_ENDS; i++)
        check_end(doctor, (enum fleet_end)i, trial.ends[i]);
    put_out = fleet_trial_is_out(&trial);
    if (put_out)
        check_report(doctor, SEVERITY_PROBLEM, "fleet-put-out", fleet->base,
                     "this host was put out of the fleet: it has no scope there",
                     "nothing keeps its accounts up to date: who is suspended in the fleet still has access here",
                     "admin-tool fleet leave; or have a new join file made, and here: admin-tool fleet join FILE");
    for (size_t i = 0; i < trial.count; i++)
        if (trial.servers[i].tried && trial.servers[i].why[0] != '\0' && !(put_out && fleet_server_is_out(&trial.servers[i])))
            check_server(doctor, &trial.servers[i], trial.count == 1);
}

/* -- files -------------------------------------------------------------------------------- */

static void check_file(struct doctor *doctor, const char *path, mode_t kind, mode_t mode, gid_t group)
{
    char what[CHECK_TEXT_SIZE], how[CHECK_TEXT_SIZE];
    struct stat st;

    if (lstat(path, &st) != 0)
        check_text(what, "it is not there");
    else if ((st.st_mode & S_IFMT) != kind)
        check_text(what, "it is a link or something else");
    else if (st.st_uid != 0 || st.st_gid != group || (st.st_mode & 07777 & ~mode) != 0)
        check_text(what, "owner %u, group %u, mode %04o; they should be 0, %u and %04o", st.st_uid, st.st_gid,
                   st.st_mode & 07777, group, mode);
    else
        return;
    if (lstat(path, &st) == 0 && (st.st_mode & S_IFMT) == kind)
        check_text(how, "chown root:" FLEET_GROUP " %s && chmod %04o %s", path, mode, path);
    else
        check_text(how, "have a new join file made, and here: admin-tool fleet join FILE");
    check_report(doctor, SEVERITY_PROBLEM, "fleet-files", path, what,
                 "whoever reads the key can follow as this host; whoever changes a file decides whom it follows", how);
}

static void check_files(struct doctor *doctor)
{
    char path[CHECK_TEXT_SIZE];
    gid_t group;

    if (!fleet_folder_group(&group)) {
        check_report(doctor, SEVERITY_PROBLEM, "fleet-files", FLEET_GROUP, "there is no such group", FOLLOWED,
                     "apt install coder-fleet");
        return;
    }
    check_file(doctor, FLEET_FOLDER, S_IFDIR, FLEET_FOLDER_MODE, group);
    for (int i = 0; i < FLEET_FILES; i++) {
        check_text(path, FLEET_FOLDER "/%s", fleet_file_name((enum fleet_file)i));
        check_file(doctor, path, S_IFREG, FLEET_FILE_MODE, group);
    }
}

/* -- ids ---------------------------------------------------------------------------------- */

struct clashes {
    struct doctor *doctor;
    size_t count;
};

static void report_clash(struct doctor *doctor, const char *where, const char *what)
{
    check_report(doctor, SEVERITY_WARNING, "fleet-range", where, what,
                 "it is in the fleet's range of ids: its account of this id is not taken, or both own the same files",
                 "give it another id; or admin-tool policy set fleet_uid_min=N fleet_uid_max=N");
}

static void take_clash(void *context, const char *where, const char *what)
{
    struct clashes *clashes = context;

    if (clashes->count++ < CLASHES_TOLD)
        report_clash(clashes->doctor, where, what);
}

/* An account of here. */
static void take_account(void *context, const char *where, const char *what)
{
    struct clashes *clashes = context;

    (void)where;
    if (clashes->count++ < CLASHES_TOLD)
        check_report(clashes->doctor, SEVERITY_WARNING, "fleet-range", "the store", what,
                     "it is of here in the fleet's range of ids: the fleet's account of this id is not taken",
                     "admin-tool users move-to-fleet NAME");
}

static void check_ids(struct doctor *doctor)
{
    const struct policy *policy = &doctor->tool->policy;
    const struct fleet_range range = { policy->fleet_uid_min, policy->fleet_uid_max };
    struct clashes clashes = { .doctor = doctor };
    char what[CHECK_TEXT_SIZE];

    fleet_range_walk(&range, take_clash, &clashes);
    fleet_range_walk_accounts(&range, doctor->tool->store, take_account, &clashes);
    if (clashes.count > CLASHES_TOLD)
        report_clash(doctor, "more", check_text(what, "%zu more", clashes.count - CLASHES_TOLD));
    if (policy->uid_min <= range.max && policy->uid_max >= range.min)
        report_clash(doctor, "policy", "users create picks ids out of the fleet's range (uid_min to uid_max)");
}

/* -- all of it ---------------------------------------------------------------------------- */

void check_fleet(struct doctor *doctor)
{
    struct fleet fleet;

    if (doctor->account != NULL || doctor->quiet || doctor->tool->store == NULL ||
        store_fleet(doctor->tool->store, &fleet) != STORE_OK)
        return;
    check_unit(doctor);
    check_contact(doctor, &fleet);
    check_clock(doctor, &fleet);
    check_stops(doctor, &fleet);
    check_fleet_held(doctor);
    check_files(doctor);
    check_servers(doctor, &fleet);
    check_ids(doctor);
}

void check_fleet_mend(const struct doctor *doctor, const struct account *account, enum verdict verdict,
                      char ret[CHECK_TEXT_SIZE])
{
    struct fleet_account from;

    if (!account->fleet || store_fleet_account(doctor->tool->store, account->uid, &from) != STORE_OK)
        return;
    if (verdict == VERDICT_DORMANT || (verdict == VERDICT_SUSPENDED && from.here_suspended))
        check_text(ret, "admin-tool users activate %s --here", account->username);
    else
        check_text(ret, FLEET_ACCOUNT_ADVICE "%s", from.status == FLEET_ABSENT ? ": this host may not see the account" : "");
}
