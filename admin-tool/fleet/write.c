/*
 * Whatever was sent and not answered may be done: that is said, and nothing more is tried.
 */
#include "write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity.h"
#include "json_line.h"
#include "pen.h"
#include "write_account.h"

static struct json_line line;
static struct write_request request;
static char text[WRITE_TEXT_MAX + 1];

struct writing {
    const struct settings *settings;
    struct peer *peer;
    struct identity identity;
    long long until;
    bool stands_by; /* one that does was reached */
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

enum course { COURSE_NEXT, COURSE_ENDED };

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

/* TLS without a word from the server is how most refuse a certificate: does it take this host's? */
static bool takes_the_host(struct writing *writing, const char *uri)
{
    static const struct connect_as host = { .seconds = WRITE_SECONDS };
    char why[CONNECT_WHY_SIZE];
    bool refused;
    struct pen *pen = pen_open(uri, step_ms(writing), &host, why, &refused);

    pen_close(pen);
    return pen != NULL;
}

static enum course not_open(struct writing *writing, const char *uri, const char *why, bool refused)
{
    if (refused || (writing->identity.as.pem != NULL && takes_the_host(writing, uri))) {
        say_refused(writing, 0, "identity", why);
        return COURSE_ENDED;
    }
    keep_why(writing, uri, why);
    return COURSE_NEXT;
}

/* Before anything was done, another server may be the one that writes. */
static bool may_pass(size_t nth, enum write_end end)
{
    return nth == 0 && (end == WRITE_END_STANDS_BY || end == WRITE_END_AWAY);
}

static enum course run(struct writing *writing, const char *uri, struct pen *pen)
{
    for (size_t nth = 0; nth < request.count; nth++) {
        const struct write_operation *operation = &request.operations[nth];
        struct write_done done = { .name = operation->name };
        enum write_end end;

        if (left_ms(writing) <= 0) {
            say_refused(writing, nth, "away", "the whole took too long; nothing is done from here on");
            return COURSE_ENDED;
        }
        end = write_account(writing->settings, pen, operation, &done);
        if (end == WRITE_END_DONE) {
            say_done(writing, nth, done.name, &done.after);
            continue;
        }
        if (may_pass(nth, end)) {
            writing->stands_by = writing->stands_by || end == WRITE_END_STANDS_BY;
            keep_why(writing, uri, done.why);
            return COURSE_NEXT;
        }
        say_refused(writing, nth, write_end_name(end), done.why);
        return COURSE_ENDED;
    }
    return COURSE_ENDED;
}

static enum course try_server(struct writing *writing, const char *uri)
{
    char why[CONNECT_WHY_SIZE];
    bool refused;
    struct pen *pen = pen_open(uri, step_ms(writing), &writing->identity.as, why, &refused);
    enum course course = pen != NULL ? run(writing, uri, pen) : not_open(writing, uri, why, refused);

    pen_close(pen);
    return course;
}

/* -- the whole ---- */

static void serve(struct writing *writing)
{
    const char *fault = identity_make(writing->settings, &request, &writing->identity);

    writing->identity.as.seconds = WRITE_SECONDS;
    if (fault != NULL) {
        say_refused(writing, 0, "identity", fault);
        return;
    }
    for (size_t at = 0; at < writing->settings->uri_count && left_ms(writing) > 0 && !writing->peer->gone; at++)
        if (try_server(writing, writing->settings->uris[at]) == COURSE_ENDED)
            return;
    say_refused(writing, 0, writing->stands_by ? "standby" : "away", writing->why);
}

static void end(struct writing *writing)
{
    explicit_bzero(text, sizeof text);
    json_line_begin(&line, "ended");
    say(writing);
}

void write_serve(const struct settings *settings, struct peer *peer)
{
    struct writing writing = { .settings = settings, .peer = peer, .until = peer_clock_ms() + WRITE_WHOLE_MS };
    struct write_fault fault = { .nth = 0 };
    size_t length = 0;

    if (!peer_read_lines(peer, text, sizeof text, &length, PEER_ASK_MS)) {
        if (!peer->gone)
            say_refused(&writing, 0, "invalid", "the request is longer than 1 MiB, or goes on behind its end");
    } else if (!write_request_read(text, length, &request, &fault)) {
        say_refused(&writing, fault.nth, "invalid", fault.why);
    } else {
        serve(&writing);
    }
    end(&writing);
}
