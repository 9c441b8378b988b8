/*
 * A sweep takes a second or more, and the next suspension does not wait for it: it is refused at once, and its sessions
 * end with the next sweep. Who is due stands in the store, so whoever is killed before it was done does it later.
 */
#include "sweeps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "change/open.h"
#include "host/former_name.h"
#include "host/local_groups.h"
#include "host/sessions.h"
#include "host/subids.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_fleet_held.h"
#include "terminal/command.h"
#include "terminal/say.h"

enum { AT_ONCE = 1024 };

/* Each user once, deleted if he was in the end. */
static size_t add(struct account *accounts, bool *deleted, size_t count, const struct fleet_sweep *sweep)
{
    size_t i = 0;

    while (i < count && accounts[i].uid != sweep->uid)
        i++;
    if (i == count) {
        accounts[i] = (struct account){ .uid = sweep->uid, .gid = sweep->uid };
        deleted[i] = false;
    }
    memcpy(accounts[i].username, sweep->username, sizeof accounts[i].username);
    memcpy(accounts[i].home, sweep->home, sizeof accounts[i].home);
    deleted[i] = deleted[i] || sweep->deleted;
    return i == count ? count + 1 : count;
}

static void strike_off(struct tool *tool, int64_t id)
{
    enum store_result result = store_begin(tool->store);

    if (result == STORE_OK)
        result = store_fleet_sweeps_done(tool->store, id);
    if (result == STORE_OK)
        result = store_commit(tool->store);
    store_rollback(tool->store);
    tool_store_status(tool, result, "whose sessions were ended");
}

/* Under another name than he has now. */
static bool is_renamed(const struct tool *tool, const struct fleet_sweep *sweep, struct account *ret)
{
    bool found = !sweep->deleted && store_account_by_uid(tool->store, sweep->uid, ret) == STORE_OK &&
                 strcmp(ret->username, sweep->username) != 0;

    explicit_bzero(ret->hash, sizeof ret->hash);
    return found;
}

/* What bears the former name, then what runs under it. What of names is left, `check` says: it is not tried for ever. */
static void sweep_renamed(struct tool *tool, const char *old, const struct account *account)
{
    former_name_follow(tool, old, account);
    tool->troubled = false;
    sessions_interrupt(tool, account, 1);
}

/* The subordinate ids last: what runs under them is found by them. False: something may run on. */
static bool sweep_page(struct tool *tool, const struct fleet_sweep *page, size_t count)
{
    struct account *accounts = calloc(count, sizeof *accounts);
    bool *deleted = calloc(count, sizeof *deleted);
    struct account renamed = { 0 };
    size_t users = 0;
    bool ended = accounts != NULL && deleted != NULL;

    for (size_t i = 0; ended && i < count; i++)
        if (!is_renamed(tool, &page[i], &renamed))
            users = add(accounts, deleted, users, &page[i]);
    tool->troubled = false;
    sessions_end(tool, accounts, users);
    ended = ended && !tool->troubled;
    for (size_t i = 0; accounts != NULL && deleted != NULL && i < count; i++)
        if (is_renamed(tool, &page[i], &renamed)) {
            sweep_renamed(tool, page[i].username, &renamed);
            ended = ended && !tool->troubled;
        }
    for (size_t i = 0; i < users; i++) {
        if (!deleted[i])
            continue;
        local_groups_leave(tool, &accounts[i]);
        subids_take_back(tool, &accounts[i]);
    }
    free(accounts);
    free(deleted);
    return ended;
}

void sweeps_carry_out(struct tool *tool)
{
    struct fleet_sweep *page = calloc(AT_ONCE, sizeof *page);
    int64_t after = 0;
    size_t count = page != NULL ? 1 : 0;
    bool ended = true; /* whoever was not is due again with the next sweep */

    while (count > 0 &&
           tool_store_status(tool, store_fleet_sweeps(tool->store, after, page, AT_ONCE, &count), "the store") == GO_ON &&
           count > 0) {
        after = page[count - 1].id;
        ended = sweep_page(tool, page, count) && ended;
        if (ended)
            strike_off(tool, after);
    }
    free(page);
}

static void work(struct tool *tool)
{
    if (open_store(tool, STORE_EXISTING) == GO_ON && tool->store != NULL)
        sweeps_carry_out(tool);
    tool_close(tool);
    fflush(NULL);
    _exit(0);
}

void sweeper_look(struct tool *tool, struct sweeper *sweeper, int fd)
{
    if (sweeper->child > 0 && waitpid(sweeper->child, NULL, WNOHANG) == 0)
        return;
    sweeper->child = 0;
    if (!sweeper->due)
        return;
    fflush(NULL); /* or the child would have our unwritten output, too */
    sweeper->child = fork();
    if (sweeper->child == 0) {
        if (fd != -1)
            close(fd);
        work(tool);
    }
    sweeper->due = sweeper->child == -1; /* then later */
}
