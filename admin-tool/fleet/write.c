/*
 * Whatever was sent and not answered may be done: that is said, and nothing more is tried.
 */
#include "write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "certificate.h"
#include "course.h"
#include "hosts.h"
#include "identity.h"
#include "json_line.h"
#include "log.h"
#include "write_account.h"
#include "write_host.h"

static struct json_line line;
static struct write_request request;
static char text[WRITE_TEXT_MAX + 1];

enum { WRITE_ENDS_SOON = 30 * 86400 };

/* What became of a server: ended, or the next one is asked. */
enum turn { TURN_NEXT, TURN_ENDED };

struct writing {
    const struct settings *settings;
    struct peer *peer;
    struct identity identity;
    struct hosts_scopes scopes; /* of the accounts written */
    long long until;
    bool stands_by; /* one that does was reached */
    bool passed;    /* this server did nothing */
    char why[CONNECT_WHY_SIZE];
};

/* -- saying ---- */

static void say(struct writing *writing)
{
    if (json_line_end(&line))
        peer_say(writing->peer, &line);
}

static void say_refused(struct writing *writing, size_t nth, const char *kind, const char *why)
{
    json_line_begin(&line, "refused");
    json_line_number(&line, "nth", nth);
    json_line_string(&line, "kind", kind);
    json_line_string(&line, "why", why);
    say(writing);
}

static void say_text(const char *key, const char *value)
{
    json_line_string(&line, key, *value != '\0' ? value : NULL);
}

static void say_done(struct writing *writing, size_t nth, const char *name, const struct shown *after)
{
    json_line_begin(&line, "done");
    json_line_number(&line, "nth", nth);
    json_line_string(&line, "name", name);
    say_text("entry_uuid", after->entry_uuid);
    say_text("csn", after->csn);
    if (after->uid != 0)
        json_line_number(&line, "uid", after->uid);
    else
        json_line_string(&line, "uid", NULL);
    say_text("by", after->by);
    say(writing);
}

/* -- one server ---- */

static long long left_ms(const struct writing *writing)
{
    return writing->until - peer_clock_ms();
}

static int step_ms(const struct writing *writing)
{
    long long left = left_ms(writing);

    return left < 1 ? 1 : left < WRITE_STEP_MS ? (int)left : WRITE_STEP_MS;
}

static void keep_why(struct writing *writing, const char *uri, const char *why)
{
    snprintf(writing->why, sizeof writing->why, "%s: %.*s", uri, (int)(sizeof writing->why / 2), why);
}

/* TLS without a word from the server is how most refuse a certificate: does it take this host's? One that hangs is not
 * asked again. */
static bool takes_the_host(struct writing *writing, const char *uri)
{
    static const struct connect_as host = { .seconds = WRITE_SECONDS };
    char why[CONNECT_WHY_SIZE];
    bool refused;
    struct pen *pen = pen_open(uri, step_ms(writing), &host, why, &refused);

    pen_close(pen);
    return pen != NULL;
}

static enum turn not_open(struct writing *writing, const char *uri, const char *why, bool refused, bool hangs)
{
    if (refused || (writing->identity.as.pem != NULL && !hangs && takes_the_host(writing, uri))) {
        say_refused(writing, 0, "identity", why);
        return TURN_ENDED;
    }
    keep_why(writing, uri, why);
    return TURN_NEXT;
}

/* Before anything was done, another server may be the one that writes. */
static bool may_pass(size_t nth, enum course_end end)
{
    return nth == 0 && (end == COURSE_STANDS_BY || end == COURSE_AWAY);
}

static enum course_end say_hosts(struct writing *writing, struct course *course, const char *uri)
{
    return hosts_say(course, uri, &writing->identity.as, &writing->scopes, writing->until, writing->peer);
}

static enum course_end do_hosts(struct writing *writing, struct course *course, const char *uri)
{
    const struct write_operation *operation = course->operation;

    writing->scopes.all = operation->set_count == 0;
    for (size_t i = 0; i < operation->set_count; i++)
        hosts_scope(&writing->scopes, operation->sets[i].value);
    return say_hosts(writing, course, uri);
}

static enum course_end do_operation(struct writing *writing, struct course *course, const char *uri)
{
    switch (course->operation->what) {
    case WRITE_HOSTS:
        return do_hosts(writing, course, uri);
    case WRITE_LOG:
        return log_say(course, uri, &writing->identity.as, writing->until, writing->peer);
    case WRITE_ADD_HOST:
    case WRITE_REMOVE_HOST:
        return write_host(course, writing->until);
    default:
        return write_account(course);
    }
}

/* Of an account both before and after: a host that lost it is meant, too. */
static void keep_scopes(struct writing *writing, const struct course *course)
{
    for (size_t i = 0; i < course->before.scope_count; i++)
        hosts_scope(&writing->scopes, course->before.scopes[i]);
    for (size_t i = 0; i < course->after.scope_count; i++)
        hosts_scope(&writing->scopes, course->after.scopes[i]);
}

static enum turn run_one(struct writing *writing, const char *uri, struct pen *pen, size_t nth)
{
    struct course course = { .settings = writing->settings, .pen = pen, .operation = &request.operations[nth] };
    enum course_end end;

    course.name = course.operation->name;
    end = do_operation(writing, &course, uri);
    if (end == COURSE_DONE) {
        keep_scopes(writing, &course);
        say_done(writing, nth, course.name, &course.after);
        return TURN_NEXT;
    }
    if (may_pass(nth, end)) {
        writing->stands_by = writing->stands_by || end == COURSE_STANDS_BY;
        writing->passed = true;
        keep_why(writing, uri, course.why);
    } else {
        say_refused(writing, nth, course_name(end), course.why);
    }
    return TURN_ENDED;
}

/* Who is connected is said of what was done; that it cannot be found out takes nothing back. */
static void run_hosts(struct writing *writing, const char *uri, struct pen *pen)
{
    struct course course = { .settings = writing->settings, .pen = pen };

    if (say_hosts(writing, &course, uri) == COURSE_DONE)
        return;
    json_line_begin(&line, "unasked");
    json_line_string(&line, "uri", uri);
    json_line_string(&line, "why", course.why);
    say(writing);
}

static enum turn run(struct writing *writing, const char *uri, struct pen *pen)
{
    writing->passed = false;
    for (size_t nth = 0; nth < request.count; nth++) {
        if (left_ms(writing) <= 0) {
            say_refused(writing, nth, "away", "the whole took too long; nothing is done from here on");
            return TURN_ENDED;
        }
        if (run_one(writing, uri, pen, nth) == TURN_ENDED)
            return writing->passed ? TURN_NEXT : TURN_ENDED;
        if (writing->peer->gone)
            return TURN_ENDED;
    }
    if (request.hosts)
        run_hosts(writing, uri, pen);
    return TURN_ENDED;
}

static enum turn try_server(struct writing *writing, const char *uri)
{
    char why[CONNECT_WHY_SIZE];
    bool refused;
    int wait_ms = step_ms(writing);
    long long late = peer_clock_ms() + wait_ms - wait_ms / 4;
    struct pen *pen = pen_open(uri, wait_ms, &writing->identity.as, why, &refused);
    enum turn turn = pen != NULL ? run(writing, uri, pen) : not_open(writing, uri, why, refused, peer_clock_ms() >= late);

    pen_close(pen);
    return turn;
}

/* -- the whole ---- */

/* Of a certificate that ends soon, before somebody has to suspend with it. */
static void say_identity_end(struct writing *writing)
{
    int64_t end = 0;

    if (request.as != NULL || request.by_ticket || !certificate_end(request.secret, &end) || end > (int64_t)time(NULL) + WRITE_ENDS_SOON)
        return;
    json_line_begin(&line, "identity");
    json_line_number(&line, "ends", (uint64_t)end);
    say(writing);
}

static void serve(struct writing *writing)
{
    const char *fault = identity_make(writing->settings, &request, &writing->identity);

    writing->identity.as.seconds = WRITE_SECONDS;
    if (fault != NULL) {
        say_refused(writing, 0, "identity", fault);
        return;
    }
    say_identity_end(writing);
    for (size_t at = 0; at < writing->settings->uri_count && left_ms(writing) > 0 && !writing->peer->gone; at++)
        if (try_server(writing, writing->settings->uris[at]) == TURN_ENDED)
            return;
    say_refused(writing, 0, writing->stands_by ? "standby" : "away", writing->why);
}

static void end(struct writing *writing)
{
    explicit_bzero(text, sizeof text);
    json_line_begin(&line, "ended");
    say(writing);
}

/* Reads the request to its end, or who asks would not hear the answer. False, and said, when it is none. */
static bool read_request(struct writing *writing)
{
    struct write_fault fault = { .nth = 0 };
    size_t length = 0;

    if (!peer_read_lines(writing->peer, text, sizeof text, &length, PEER_ASK_MS)) {
        if (!writing->peer->gone)
            say_refused(writing, 0, "invalid", "the request is longer than 1 MiB, or goes on behind its end");
        return false;
    }
    if (write_request_read(text, length, &request, &fault))
        return true;
    say_refused(writing, fault.nth, "invalid", fault.why);
    return false;
}

static struct writing the_one;

void write_serve(const struct settings *settings, struct peer *peer)
{
    the_one = (struct writing){ .settings = settings, .peer = peer, .until = peer_clock_ms() + WRITE_WHOLE_MS };
    if (read_request(&the_one))
        serve(&the_one);
    end(&the_one);
}

void write_refuse(const char *why, struct peer *peer)
{
    the_one = (struct writing){ .peer = peer };
    if (read_request(&the_one))
        say_refused(&the_one, 0, "failed", why);
    end(&the_one);
}
