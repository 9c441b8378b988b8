/*
 * One conversation with coder_fleet for each request. An answer that breaks off after the request was sent leaves it
 * unknown what was done.
 */
#include "fleet_write.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/fleet_folder.h"
#include "host/fleet_socket.h"
#include "host/fleet_turn.h"
#include "host/fleet_trial.h"
#include "sql/json_read.h"
#include "sql/store_fleet_accounts.h"
#include "terminal/say.h"
#include "terminal/when.h"

enum { WHOLE_MS = 35000, AWAIT_MS = 2000, LOOK_MS = 10 };
enum { WHOLE_OCTETS = 64 * 1024 * 1024 }; /* 10000 rows of the log, or all hosts, are a tenth of it */

static int64_t monotonic(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* -- asking ------------------------------------------------------------------------------- */

static void give_up(struct fleet_answer *answer, enum fleet_refusal refusal, const char *why)
{
    answer->refusal = refusal;
    answer->refused = fleet_answer_done(answer);
    snprintf(answer->why, sizeof answer->why, "%s", why);
}

/* To the line "ended". */
static void hear(struct fleet_socket *socket, struct json_reader *reader, struct fleet_answer *answer)
{
    int64_t end = monotonic() + WHOLE_MS;
    const char *line = NULL;
    size_t heard_octets = 0;

    while (!answer->ended) {
        int64_t left = end - monotonic();
        enum fleet_heard heard = left > 0 ? fleet_socket_next(socket, (int)left, &line) : FLEET_ENDED;

        if (heard == FLEET_QUIET)
            continue;
        heard_octets += heard == FLEET_LINE ? strlen(line) : 0;
        if (heard == FLEET_LINE && heard_octets <= WHOLE_OCTETS && fleet_answer_take(reader, line, answer))
            continue;
        give_up(answer, FLEET_UNKNOWN, heard == FLEET_LINE ? "coder_fleet sent what is no answer"
                                       : left > 0 ? "coder_fleet went away" : "coder_fleet does not answer");
        return;
    }
}

static void converse(const struct fleet_request *request, struct json_reader *reader, struct fleet_answer *answer)
{
    struct fleet_socket socket;
    char why[FLEET_REASON_SIZE];

    if (fleet_socket_ask(request->text, request->length, &socket)) {
        hear(&socket, reader, answer);
    } else {
        snprintf(why, sizeof why, FLEET_SOCKET ": %s", strerror(errno));
        give_up(answer, FLEET_AWAY, why);
    }
    fleet_socket_close(&socket);
}

static void converse_in_turn(const struct fleet_request *request, struct json_reader *reader, struct fleet_answer *answer)
{
    char why[FLEET_REASON_SIZE];
    int turn = fleet_turn_wait();

    if (turn != -1) {
        converse(request, reader, answer);
        close(turn);
        return;
    }
    snprintf(why, sizeof why, "%s", errno == EAGAIN ? "too much is asked of the fleet from this host at once" : strerror(errno));
    give_up(answer, FLEET_AWAY, why);
}

static void note_end(const struct fleet_identity *identity, const struct fleet_answer *answer)
{
    char when[WHEN_SIZE];

    when_format(answer->identity_end, "", when);
    if (answer->identity_end != 0)
        tool_refuse(GO_ON, "note: the certificate %s ends at %s; have a new one made before", identity->path, when);
}

enum status fleet_write(const struct fleet_identity *identity, const struct fleet_request *what, size_t count,
                        struct fleet_answer *ret)
{
    struct json_reader *reader = json_reader_new();
    struct fleet_request request = { .text = NULL };

    fleet_identity_add(identity, &request);
    fleet_request_join(&request, what);
    fleet_request_add(&request, "", NULL);
    if (!fleet_answer_begin(count, ret) || reader == NULL || request.failed)
        give_up(ret, FLEET_FAILED, "not enough memory");
    else
        converse_in_turn(&request, reader, ret);
    fleet_request_free(&request);
    json_reader_free(reader);
    note_end(identity, ret);
    if (ret->refusal == FLEET_NOT_REFUSED && fleet_answer_done(ret) < count)
        give_up(ret, FLEET_UNKNOWN, "coder_fleet did not say what became of it");
    return ret->refusal == FLEET_NOT_REFUSED ? GO_ON : STATUS_FAILED;
}

/* -- what was refused ----------------------------------------------------------------------- */

static enum status refuse_identity(const struct fleet_identity *identity, const char *why)
{
    if (identity->name[0] != '\0')
        return tool_refuse_as(KIND_FLEET_IDENTITY, "identity", identity->name, "the fleet does not take %s with this password: "
                              "%s; nothing was changed", identity->name, why);
    return tool_refuse_as(KIND_FLEET_IDENTITY, "identity", identity->path, "the fleet does not take the %s %s: %s; nothing was "
                          "changed", identity->is_ticket ? "ticket in" : "certificate", identity->path, why);
}

/* Of a password that another gave, which has to be changed first; told by slapo-ppolicy's text alone. */
static bool is_restricted(const struct fleet_answer *answer)
{
    return answer->refusal == FLEET_RIGHTS && strstr(answer->why, "restricted to bind") != NULL;
}

static enum status refuse_restricted(const char *name)
{
    char base[FLEET_VALUE_SIZE] = "BASE", uri[FLEET_VALUE_SIZE] = "URI";

    fleet_folder_setting("base", 0, base);
    fleet_folder_setting("uri", 0, uri);
    return tool_refuse_as(KIND_FLEET_IDENTITY, "identity", name, "%s has to change this password first, at the server that writes: "
                          "LDAPTLS_CACERT=" FLEET_FOLDER "/ca.pem LDAPTLS_CERT=" FLEET_FOLDER "/host.pem LDAPTLS_KEY=" FLEET_FOLDER
                          "/host.key ldappasswd -x -D cn=%s,ou=admins,%s -W -A -S -H %s", name, name, base, uri);
}

enum status fleet_write_refuse_read(const struct fleet_identity *identity, const struct fleet_answer *answer, const char *subject,
                                    const char *reader)
{
    if (answer->refusal == FLEET_RIGHTS && !is_restricted(answer))
        return tool_refuse_as(KIND_FLEET_IDENTITY, "identity", subject, "%s: the fleet does not let you read that: %s; %s of the "
                              "fleet may", subject, answer->why, reader);
    return fleet_write_refuse(identity, answer, subject);
}

enum status fleet_write_refuse(const struct fleet_identity *identity, const struct fleet_answer *answer, const char *subject)
{
    const char *why = answer->why;

    if (identity->name[0] != '\0' && is_restricted(answer))
        return refuse_restricted(identity->name);
    switch (answer->refusal) {
    case FLEET_IDENTITY:
        return refuse_identity(identity, why);
    case FLEET_RIGHTS:
        return tool_refuse_as(KIND_FLEET_IDENTITY, "identity", subject, "%s: the fleet does not let you do that: %s; nothing was "
                              "changed: an administrator of the fleet may", subject, why);
    case FLEET_CHANGED:
        return tool_refuse_as(KIND_FLEET_CHANGED, "username", subject, "%s was changed in the fleet meanwhile; nothing was "
                              "changed: look and run it again", subject);
    case FLEET_TAKEN:
        return tool_refuse_as(KIND_TAKEN, NULL, subject, "%s: the fleet has that already: %s; nothing was changed", subject, why);
    case FLEET_INVALID:
        return tool_refuse_as(KIND_INVALID, NULL, subject, "%s: the fleet refuses that: %s; nothing was changed", subject, why);
    case FLEET_STANDBY:
    case FLEET_AWAY:
        return tool_refuse_as(KIND_FLEET_AWAY, NULL, NULL, "no server of the fleet that writes is reached: %s; nothing was changed: "
                              "see 'admin-tool fleet status'", why);
    case FLEET_UNKNOWN:
        return tool_refuse_as(KIND_FLEET_UNKNOWN, NULL, subject, "%s: it is not known whether that was done: %s; look, and run it "
                              "again", subject, why);
    case FLEET_NOT_REFUSED:
    case FLEET_FAILED:
    case FLEET_REFUSALS:
    default:
        return tool_refuse_as(KIND_FAILED, NULL, subject, "%s: that failed in the fleet: %s; nothing was changed", subject, why);
    }
}

void fleet_write_complain(struct tool *tool, const struct fleet_answer *answer, const char *subject)
{
    tool_complain(tool, "%s and those behind it were not changed%s: %s; look, and run it again for these", subject,
                  answer->refusal == FLEET_UNKNOWN ? ", as far as is known" : "",
                  answer->refusal == FLEET_CHANGED ? "it was changed in the fleet meanwhile" : answer->why);
}

/* -- waiting for it ------------------------------------------------------------------------- */

/* entryCSNs of one format are ordered as texts (draft-chu-ldap-csn). Who is out of this host's scope is not heard of. */
static bool has_come(struct tool *tool, const struct fleet_done *done, bool gone)
{
    struct fleet_account account;
    enum store_result result = store_fleet_account_by_entry(tool->store, done->entry_uuid, &account);

    if (gone || result != STORE_OK)
        return gone && result == STORE_NOT_FOUND;
    return strcmp(account.csn, done->csn) >= 0 || account.status == FLEET_ABSENT;
}

bool fleet_await(struct tool *tool, const struct fleet_done *done, bool gone, int64_t *since)
{
    const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
    bool come = false;

    if (*since == 0)
        *since = monotonic();
    do {
        come = has_come(tool, done, gone);
        if (!come)
            nanosleep(&pause, NULL);
    } while (!come && monotonic() - *since < AWAIT_MS);
    return come;
}

void fleet_write_note_out(void)
{
    struct fleet_trial trial;

    fleet_try(&trial);
    if (fleet_trial_is_out(&trial))
        tool_refuse(GO_ON, "note: this host was put out of the fleet and hears of no change any more: 'admin-tool fleet leave', or "
                    "'admin-tool fleet join FILE' with a new join file");
}
