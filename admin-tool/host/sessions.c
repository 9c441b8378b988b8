/*
 * Suspended means out (DESIGN D11, D17): end whatever runs for some users, root shells got through sudo
 * included (sweep.h), and what systemd keeps for them.
 */
#include "sessions.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sql/account.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "by_hand.h"
#include "oneself.h"
#include "program.h"
#include "sweep.h"
#include "units.h"

/* -- what systemd keeps for one ----------------------------------------------------------- */

static bool read_own_group(char *ret, size_t size)
{
    int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (fd == -1)
        return false;
    length = read(fd, ret, size - 1);
    close(fd);
    ret[length < 0 ? 0 : length] = '\0';
    return length >= 0;
}

/* The user's slice at once, root shells and all, unless we are in it ourselves: an admin may suspend
 * himself. */
static void end_slice(uint32_t uid)
{
    char slice[64], path[128], own[4096];
    int fd;

    snprintf(slice, sizeof slice, "/user-%u.slice", uid);
    if (!read_own_group(own, sizeof own) || strstr(own, slice) != NULL)
        return;
    snprintf(path, sizeof path, "/sys/fs/cgroup/user.slice%s/cgroup.kill", slice);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd == -1)
        return;
    if (write(fd, "1", 1) != 1)
        errno = 0; /* what is not ended here is found by the sweeps */
    close(fd);
}

/* logind keeps a file for each that is to linger, and one for each user who is logged in. */
static bool lingers(const struct account *account)
{
    char path[64 + ACCOUNT_NAME_SIZE];

    snprintf(path, sizeof path, "/var/lib/systemd/linger/%s", account->username);
    return access(path, F_OK) == 0;
}

static bool is_kept(const struct account *account)
{
    char path[64];

    snprintf(path, sizeof path, "/run/systemd/users/%u", account->uid);
    return access(path, F_OK) == 0 || lingers(account);
}

static void run(const char *program, const char *verb, const char *about)
{
    char path[32], option[] = "--no-ask-password", word[16], operand[32];
    char *const argv[] = { path, option, word, operand, NULL };

    snprintf(path, sizeof path, "/usr/bin/%s", program);
    snprintf(word, sizeof word, "%s", verb);
    snprintf(operand, sizeof operand, "%s", about);
    host_run(argv);
}

/* What was killed is told to logind, and that his manager was is no failure for somebody to look at. */
static void forget_manager(const char *number)
{
    char unit[32];

    snprintf(unit, sizeof unit, "user@%s.service", number);
    run("loginctl", "terminate-user", number);
    run("systemctl", "stop", unit);
    run("systemctl", "reset-failed", unit);
}

/* -- what is said ------------------------------------------------------------------------- */

static void complain_unknown(struct tool *tool, const struct sweep *sweep, const struct account *account)
{
    if (!sweep->knows_subids)
        tool_complain(tool, "cannot read which subordinate ids are %s's (/etc/subuid): see 'ps -ef', and suspend again",
                      account->username);
    if (!sweep->knows_openings)
        tool_complain(tool, "cannot read whether a login of %s is under way (activity.db): see 'ps -ef', and run "
                      "'admin-tool check'", account->username);
}

static void complain_left(struct tool *tool, const struct swept *user, const struct account *account)
{
    if (user->left > 0)
        tool_complain(tool, "could not end everything that runs for %s; see 'ps -fu %u' and run "
                      "'pkill -KILL -u %u'", account->username, account->uid, account->uid);
    else
        tool_complain(tool, "cannot be sure that nothing runs for %s: processes come and go too fast "
                      "here; see 'ps -fu %u' and suspend again", account->username, account->uid);
}

static void name_units(const struct units *units, const struct account *account)
{
    for (size_t i = 0; i < units->count; i++) {
        const struct unit *unit = &units->units[i];

        if (unit->uid == account->uid && unit->runs)
            tool_refuse(GO_ON, "note: the service %s runs as %s and was left alone; 'systemctl "
                        "disable --now %s' stops it", unit->name, account->username, unit->name);
    }
}

/* context: those that are named already, as one of the users'. */
static void name_by_hand(void *context, const char *name)
{
    const struct units *named = context;

    for (size_t i = 0; i < named->count; i++)
        if (named->units[i].runs && strcmp(named->units[i].name, name) == 0)
            return;
    tool_refuse(GO_ON, "note: the unit %s was started by hand and left alone, nothing says by whom; "
                "'systemctl stop %s' ends it", name, name);
}

/* An Admin could have started it. Who is none and active had a role taken away: which, is not known here. */
static bool could_start(const struct account *account)
{
    return (account->roles & ROLE_ADMIN) != 0 || account->status == ACCOUNT_ACTIVE;
}

/* For all of them at once, and since the first could. */
static void name_all_by_hand(struct units *units, const struct account *accounts, size_t count)
{
    int64_t since = INT64_MAX;

    for (size_t i = 0; i < count; i++)
        if (could_start(&accounts[i]) && accounts[i].created_at < since)
            since = accounts[i].created_at;
    answer_about(NULL);
    if (since != INT64_MAX && units_are_here())
        by_hand_walk(since, name_by_hand, units);
}

/* A sweep that could not be opened has none of them. */
static void say_swept(struct tool *tool, const struct sweep *sweep, size_t index, const struct account *account)
{
    if (index >= sweep->whose.count) {
        tool_complain(tool, "not enough memory to end what runs for %s; see 'ps -fu %u', and suspend again",
                      account->username, account->uid);
        return;
    }
    complain_unknown(tool, sweep, account);
    if (!sweep_is_clear(&sweep->users[index]))
        complain_left(tool, &sweep->users[index], account);
    name_units(&sweep->units, account);
}

/* -- all of it ---------------------------------------------------------------------------- */

/* Before the sweep, which finds what this leaves. True: systemd keeps something for this user. */
static bool begin_one(const struct tool *tool, const struct account *account, bool may_linger)
{
    bool kept = units_are_here() && is_kept(account);
    char number[16];

    oneself_take_leave(tool, account);
    snprintf(number, sizeof number, "%u", account->uid);
    if (kept && !may_linger)
        run("loginctl", "disable-linger", number);
    if (kept)
        end_slice(account->uid);
    return kept;
}

static void finish_one(const struct account *account, bool kept, bool may_linger)
{
    char number[16];

    snprintf(number, sizeof number, "%u", account->uid);
    if (kept)
        forget_manager(number);
    if (may_linger && lingers(account))
        run("loginctl", "enable-linger", number);
}

static void end_sessions(struct tool *tool, const struct account *accounts, size_t count, bool may_linger)
{
    bool *kept = calloc(count, sizeof *kept);
    struct sweep sweep = { 0 };

    for (size_t i = 0; i < count && kept != NULL; i++)
        kept[i] = begin_one(tool, &accounts[i], may_linger);
    if (kept != NULL && sweep_open(tool->store, accounts, count, &sweep))
        sweep_end(&sweep);
    for (size_t i = 0; i < count; i++) {
        answer_about(accounts[i].username);
        say_swept(tool, &sweep, i, &accounts[i]);
        if (kept != NULL)
            finish_one(&accounts[i], kept[i], may_linger);
    }
    if (!may_linger)
        name_all_by_hand(&sweep.units, accounts, count);
    sweep_free(&sweep);
    free(kept);
}

void sessions_end(struct tool *tool, const struct account *accounts, size_t count)
{
    if (count > 0)
        end_sessions(tool, accounts, count, false);
}

void sessions_interrupt(struct tool *tool, const struct account *accounts, size_t count)
{
    if (count > 0)
        end_sessions(tool, accounts, count, true);
}

bool sessions_find(const struct tool *tool, const struct account *accounts, size_t count, struct running *ret)
{
    struct sweep sweep;
    bool done = sweep_open(tool->store, accounts, count, &sweep) && sweep.knows_subids && sweep.knows_openings &&
                sweep_look(&sweep);

    for (size_t i = 0; i < count && done; i++)
        ret[i] = (struct running){ sweep.users[i].left, sweep.users[i].first };
    sweep_free(&sweep);
    return done;
}
