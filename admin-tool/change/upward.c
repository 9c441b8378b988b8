/*
 * The order of it: what is shown is remembered, then asked, then written in as few requests as hold it.
 */
#include "upward.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/json.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/answer.h"
#include "terminal/say.h"
#include "fleet_account.h"
#include "fleet_write.h"
#include "lock.h"
#include "transaction.h"
#include "work.h"

enum { REQUEST_MAX = 100, SHOWN_MAX = 20, DETAIL_SIZE = 4096, HOSTS_SIZE = SHOWN_MAX * 68 + 128 };

/* -- whose they are ----------------------------------------------------------------------- */

/* Its word first: what came in between is then refused, and not passed over. */
static enum status read_entry(struct work *work, size_t i)
{
    struct target *target = &work->targets.list[i];
    struct fleet_account *from = &work->upward.entries[i].from;
    enum status status = tool_store_status(work->tool, store_fleet_account(work->tool->store, target->before.uid, from),
                                           target->before.username);

    if (status == GO_ON)
        status = tool_store_status(work->tool, store_account_by_uid(work->tool->store, target->before.uid, &target->before),
                                   target->before.username);
    if (status == GO_ON && from->status == FLEET_ABSENT)
        return tool_refuse_as(KIND_FLEET_ACCOUNT, "username", target->before.username, "%s is not here in the fleet any more; "
                              "change that on a host of his scope, see coder-fleet(7)", target->before.username);
    return status;
}

static enum status refuse_mixed(const struct work *work)
{
    const struct targets *targets = &work->targets;
    const char *ours = "", *theirs = "";

    for (size_t i = 0; i < targets->count; i++)
        *(targets->list[i].before.fleet ? &theirs : &ours) = targets->list[i].before.username;
    return tool_refuse_as(KIND_FLEET_ACCOUNT, "username", theirs, "%s comes from the fleet and %s is of here; nothing was changed: "
                          "name them in two calls", theirs, ours);
}

/* What the fleet has already, the verb's own check says. */
static enum status begin_moving(struct work *work)
{
    work->upward.entries = calloc(work->targets.count, sizeof *work->upward.entries);
    work->change.upward = &work->upward;
    return work->upward.entries != NULL ? GO_ON : tool_refuse(STATUS_FAILED, "not enough memory");
}

enum status upward_begin(struct work *work)
{
    const struct targets *targets = &work->targets;
    const struct account *first = NULL;
    enum status status = GO_ON;
    size_t count = 0;

    if (work->change.moves)
        return begin_moving(work);
    for (size_t i = 0; i < targets->count; i++)
        if (targets->list[i].before.fleet && count++ == 0)
            first = &targets->list[i].before;
    if (work->change.here || count == 0)
        return GO_ON;
    if (work->change.fleet_does == NULL)
        return fleet_account_refuse(work->tool, first);
    if (count < targets->count)
        return refuse_mixed(work);
    if (tool_has(work->tool, OPTION_KEEP_SESSIONS))
        return tool_refuse(STATUS_USAGE, "every host ends what %s runs; leave --keep-sessions out", first->username);
    if (tool_has(work->tool, OPTION_MOVE_HOME))
        return tool_refuse(STATUS_USAGE, "every host has a home of %s; leave --move-home out, and they stay where they are",
                           first->username);
    if (tool_has(work->tool, OPTION_KEEP_GROUPS))
        return tool_refuse(STATUS_USAGE, "every host takes %s out of its groups; leave --keep-groups out", first->username);
    work->upward.entries = calloc(count, sizeof *work->upward.entries);
    if (work->upward.entries == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory");
    for (size_t i = 0; status == GO_ON && i < count; i++)
        status = read_entry(work, i);
    work->change.upward = &work->upward;
    return status;
}

enum status upward_begin_new(struct work *work)
{
    work->upward.entries = calloc(work->targets.count, sizeof *work->upward.entries);
    work->change.among = &work->targets;
    work->change.upward = &work->upward;
    return work->upward.entries != NULL ? GO_ON : tool_refuse(STATUS_FAILED, "not enough memory");
}

static bool is_new(const struct work *work)
{
    return strcmp(work->change.fleet_does, "add") == 0;
}

void upward_end(struct work *work)
{
    fleet_identity_forget(&work->upward.identity);
    fleet_answer_free(&work->upward.answer);
    free(work->upward.entries);
}

enum status upward_identify(struct work *work)
{
    return fleet_identity_find(work->tool, &work->upward.identity);
}

/* -- asking it ---------------------------------------------------------------------------- */

static void add_operation(struct work *work, size_t i, struct fleet_request *request)
{
    const struct fleet_account *from = &work->upward.entries[i].from;
    const struct target *target = work_turn_to(work, i);

    fleet_request_add(request, "do", work->change.fleet_does);
    fleet_request_add(request, "name", target->before.username);
    if (!is_new(work)) {
        fleet_request_add(request, "entry", from->entry_uuid);
        fleet_request_add(request, "csn", from->csn);
    }
    if (work->change.fleet_sets != NULL)
        work->change.fleet_sets(work->tool, &work->change, &target->before, request);
}

/* The next ones that are due, from *next on: their places, and how many. */
static size_t choose(const struct work *work, size_t *next, size_t ret[REQUEST_MAX])
{
    size_t count = 0;

    for (; *next < work->targets.count && count < REQUEST_MAX; (*next)++)
        if (work->targets.list[*next].due)
            ret[count++] = *next;
    return count;
}

static void take_done(struct work *work, const size_t *places, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct upward_entry *entry = &work->upward.entries[places[i]];

        entry->done = work->upward.answer.done[i];
        if (!is_new(work))
            memcpy(entry->done.entry_uuid, entry->from.entry_uuid, sizeof entry->done.entry_uuid);
        work->targets.list[places[i]].changed = work->upward.answer.done[i].done;
    }
}

/* `before` of them were done already. */
static enum status settle_refusal(struct work *work, const size_t *places, size_t before)
{
    const struct fleet_answer *answer = &work->upward.answer;
    size_t done = fleet_answer_done(answer), nth = answer->refused < answer->count ? answer->refused : answer->count - 1;
    const char *name = work->targets.list[places[nth]].before.username;

    if (answer->count == done) /* all of it, but not who hears of it */
        return GO_ON;
    if (answer->refusal == FLEET_CHANGED)
        fleet_write_note_out();
    if (before + done == 0)
        return fleet_write_refuse(&work->upward.identity, answer, name);
    fleet_write_complain(work->tool, answer, name);
    return STATUS_DONE;
}

/* GO_ON while there are more. */
static enum status write_some(struct work *work, size_t *next, size_t *done)
{
    struct fleet_request request = { .text = NULL };
    size_t places[REQUEST_MAX], count = choose(work, next, places);
    enum status status = STATUS_DONE;

    if (count == 0)
        return status;
    for (size_t i = 0; i < count; i++)
        add_operation(work, places[i], &request);
    if (*next == work->targets.count && !work->upward.more)
        fleet_request_add(&request, "hosts", NULL);
    fleet_answer_free(&work->upward.answer);
    status = fleet_write(&work->upward.identity, &request, count, &work->upward.answer);
    if (work->upward.answer.done != NULL)
        take_done(work, places, count);
    if (status != GO_ON)
        status = settle_refusal(work, places, *done);
    *done += fleet_answer_done(&work->upward.answer);
    fleet_request_free(&request);
    return status;
}

/* -- here --------------------------------------------------------------------------------- */

/* coder_fleet has no rights here: what it says is new is nobody who was here. */
static bool is_another(const struct work *work, const struct target *target, struct fleet_done *done)
{
    struct account account = { .uid = 0 };
    bool another = is_new(work) && store_account_by_uid(work->tool->store, done->uid, &account) == STORE_OK &&
                   strcmp(account.username, target->before.username) != 0;

    explicit_bzero(account.hash, sizeof account.hash);
    if (another)
        done->uid = 0;
    return another;
}

static void await(struct work *work)
{
    bool gone = strcmp(work->change.fleet_does, "delete") == 0, late = false;
    int64_t since = 0;

    for (size_t i = 0; i < work->targets.count; i++) {
        struct target *target = work_turn_to(work, i);
        struct upward_entry *entry = &work->upward.entries[i];

        if (!target->changed)
            continue;
        entry->late = !fleet_await(work->tool, &entry->done, gone, &since) || is_another(work, target, &entry->done);
        late |= entry->late;
        if (entry->late)
            tool_complain(work->tool, "the change of %s was made in the fleet, but has not reached this host within 2 s; see "
                          "'admin-tool fleet status'", target->before.username);
    }
    answer_about(NULL);
    if (late)
        fleet_write_note_out();
}

/* As it is now; of one that is new and on its way, as it is there. */
static enum status read_again(struct work *work, const struct upward_entry *entry, struct target *target)
{
    uint32_t uid = is_new(work) ? entry->done.uid : target->before.uid;
    enum store_result result = entry->late && is_new(work) ? STORE_NOT_FOUND
                                                           : store_account_by_uid(work->tool->store, uid, &target->after);

    if (result == STORE_NOT_FOUND && is_new(work))
        target->after = target->before;
    if (result == STORE_NOT_FOUND)
        target->after.uid = target->after.gid = is_new(work) ? uid : 0;
    return result == STORE_NOT_FOUND ? GO_ON : tool_store_status(work->tool, result, target->before.username);
}

static enum status append(struct work *work, const struct upward_entry *entry, struct target *target)
{
    const struct change *change = &work->change;
    const struct account *after = target->after.uid != 0 ? &target->after : NULL;
    char detail[DETAIL_SIZE];
    enum status status = GO_ON;

    snprintf(detail, sizeof detail, "in the fleet as %s%s%s", entry->done.by[0] != '\0' ? entry->done.by : "an administrator",
             change->detail != NULL ? ": " : "", change->detail != NULL ? change->detail : "");
    if (change->beside != NULL && after != NULL)
        status = tool_store_status(work->tool, change->beside(work->tool, change, &target->after), target->before.username);
    return status != GO_ON ? status : change_append(work->tool, change->event, is_new(work) && !change->moves ? NULL : &target->before, after, detail);
}

/* Under the lock, so whatever came down is published by then. */
static enum status put_on_record(struct work *work)
{
    enum status status = tool_lock(work->tool);

    if (status == GO_ON)
        status = change_begin(work->tool);
    for (size_t i = 0; status == GO_ON && i < work->targets.count; i++) {
        struct target *target = work_turn_to(work, i);

        if (!target->changed)
            continue;
        status = read_again(work, &work->upward.entries[i], target);
        if (status == GO_ON)
            status = append(work, &work->upward.entries[i], target);
    }
    answer_about(NULL);
    if (status == GO_ON)
        status = change_end(work->tool, NULL, NULL);
    if (work->tool->store != NULL)
        store_rollback(work->tool->store);
    tool_unlock(work->tool);
    return status;
}

enum status upward_commit(struct work *work)
{
    enum status status = GO_ON;
    size_t next = 0, done = 0;

    while (status == GO_ON)
        status = write_some(work, &next, &done);
    answer_about(NULL);
    if (done == 0)
        return status;
    work->tool->changed = true;
    await(work);
    if (put_on_record(work) != GO_ON)
        tool_complain(work->tool, "the change was made in the fleet, but is not on record here");
    return GO_ON;
}

/* -- afterwards --------------------------------------------------------------------------- */

bool upward_is_late(const struct upward *upward, size_t i)
{
    return upward != NULL && upward->entries[i].late;
}

/* "2 of 3 hosts are connected; not: web17", "" where it is not known. */
static void write_hosts(const struct work *work, char ret[HOSTS_SIZE])
{
    const struct fleet_answer *answer = &work->upward.answer;
    const struct fleet_names *missing = &answer->missing;
    size_t used = 0;

    ret[0] = '\0';
    if (answer->hosts == 0)
        return;
    used = (size_t)snprintf(ret, HOSTS_SIZE, "%zu of %zu host%s connected", answer->hosts - missing->count, answer->hosts,
                            answer->hosts == 1 ? " is" : "s are");
    for (size_t i = 0; i < missing->count && i < SHOWN_MAX; i++)
        used += (size_t)snprintf(ret + used, HOSTS_SIZE - used, "%s%.64s", i == 0 ? "; not: " : ", ", missing->list[i].text);
    if (missing->count > SHOWN_MAX)
        snprintf(ret + used, HOSTS_SIZE - used, " and %zu more", missing->count - SHOWN_MAX);
}

static void note_unasked(const struct fleet_answer *answer)
{
    for (size_t i = 0; i < answer->unasked.count; i++)
        tool_refuse(GO_ON, "note: %s could not be asked which hosts are connected to it", answer->unasked.list[i].text);
}

void upward_say(const struct work *work)
{
    char text[HOSTS_SIZE];

    note_unasked(&work->upward.answer);
    write_hosts(work, text);
    if (text[0] != '\0')
        printf("%s.\n", text);
}

void upward_note(const struct work *work)
{
    char text[HOSTS_SIZE];

    note_unasked(&work->upward.answer);
    write_hosts(work, text);
    if (text[0] != '\0')
        tool_refuse(GO_ON, "note: %s", text);
}

/* NULL when memory is short. */
static char *make_array(const struct fleet_names *names)
{
    const char **texts = calloc(names->count + 1, sizeof *texts);
    char *array = NULL;

    for (size_t i = 0; texts != NULL && i < names->count; i++)
        texts[i] = names->list[i].text;
    if (texts != NULL)
        array = json_make_array(texts, names->count);
    free(texts);
    return array;
}

char *upward_object(const struct upward *upward, size_t i)
{
    const struct fleet_answer *answer = &upward->answer;
    const struct upward_entry *entry = &upward->entries[i];
    char *missing = make_array(&answer->missing), *unasked = make_array(&answer->unasked), *fleet = NULL, *object = NULL;

    if (missing != NULL && unasked != NULL)
        fleet = json_make_object("tbiijj", "as", entry->done.by, "reached", !entry->late, "hosts", (int64_t)answer->hosts,
                                 "connected", (int64_t)(answer->hosts - answer->missing.count), "not_connected", missing,
                                 "unasked", unasked);
    if (fleet != NULL)
        object = json_make_object("j", "fleet", fleet);
    store_text_free(missing);
    store_text_free(unasked);
    store_text_free(fleet);
    return object;
}
