/*
 * Following: connect to coder_fleet, keep what it says until it commits, apply that, and begin again whenever something
 * is not as it should be. A host whose servers are away judges logins from what it has.
 */
#include "follow.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "host/fleet_socket.h"
#include "host/follower.h"
#include "sql/store_fleet.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "batch.h"
#include "line.h"
#include "sweeps.h"
#include "turn.h"

enum {
    PAUSE_LEAST_MS = 200, PAUSE_MOST_MS = 10000, /* between two attempts */
    LATCHED_MS = 5000,
    LOOK_MS = 200,    /* while a sweep is at work */
    IDLE_MS = 30000,
    SILENCE_S = 90,   /* coder_fleet has something to say every 15 s */
    AGAIN_MS = 300000 /* what was held is judged again, and who was left swept */
};

struct following {
    struct tool *tool;
    struct line_reader *reader;
    struct fleet_socket socket;
    struct batch batch;
    struct sweeper sweeper;
    struct progress_made progress;
    char uri[FLEET_URI_SIZE]; /* of the server that is followed */
    char origin[257];         /* the same in audit rows */
    char said[512];           /* last, of what was lost */
    int64_t judged_at;        /* what is held */
    int pause;                /* milliseconds; doubled with each failure */
};

/* -- waiting ------------------------------------------------------------------------------ */

static int64_t monotonic(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_sweeping(const struct following *f)
{
    return f->sweeper.child > 0 || f->sweeper.due;
}

/* The streams are written when they are full or the program ends, which may be never. */
static void tell_now(void)
{
    fflush(NULL);
}

static void wait_ms(struct following *f, int milliseconds)
{
    int64_t until = monotonic() + milliseconds;

    tell_now();
    for (int64_t left = milliseconds; left > 0; left = until - monotonic()) {
        sweeper_look(f->tool, &f->sweeper, -1);
        poll(NULL, 0, is_sweeping(f) && left > LOOK_MS ? LOOK_MS : (int)left);
    }
}

/* With jitter, so that a thousand hosts do not come back at once. */
static void pause_after_failure(struct following *f)
{
    unsigned char random = 0;

    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
        random = 128;
    wait_ms(f, f->pause / 2 + f->pause * random / 512);
    f->pause = f->pause * 2 < PAUSE_MOST_MS ? f->pause * 2 : PAUSE_MOST_MS;
}

/* Each trouble once, however often it comes. */
static void say_once(struct following *f, const char *what, const char *why)
{
    char text[sizeof f->said];

    snprintf(text, sizeof text, "%s%s%s", what, why[0] != '\0' ? ": " : "", why);
    if (strcmp(text, f->said) != 0)
        tool_refuse(GO_ON, "%s", text);
    memcpy(f->said, text, sizeof f->said);
}

/* -- lines -------------------------------------------------------------------------------- */

static void forget_batch(struct following *f)
{
    batch_free(&f->batch);
    batch_begin(&f->batch, f->tool, f->reader);
}

/* And whoever is still to be swept, be it of a change that is there although it failed. */
static enum turn judge_again(struct following *f)
{
    enum turn turn = turn_again(f->tool, &f->progress, f->reader);

    f->judged_at = monotonic();
    f->sweeper.due = true;
    return turn == TURN_FAILED ? TURN_GOES_ON : turn;
}

static enum turn connected(struct following *f, const struct line *line)
{
    enum turn turn;

    forget_batch(f);
    memcpy(f->uri, line->uri, sizeof f->uri);
    snprintf(f->origin, sizeof f->origin, "%.256s", line->uri);
    f->said[0] = '\0';
    tool_refuse(GO_ON, "following %s%s", f->uri, f->progress.cookie[0] == '\0' || line->truth ? ", all of it" : "");
    turn = judge_again(f);
    return turn == TURN_GOES_ON ? turn_hear(f->tool, &f->progress, f->uri) : turn;
}

static enum turn commit(struct following *f, const struct line *line)
{
    enum turn turn;
    bool swept = false;

    if (batch_is_empty(&f->batch)) { /* others' changes: how far it is need not be on disk at once */
        memcpy(f->progress.cookie, line->cookie, sizeof f->progress.cookie);
        turn = turn_hear(f->tool, &f->progress, f->uri);
    } else {
        turn = turn_apply(f->tool, &f->progress, &f->batch, line->cookie, f->uri, &swept);
    }
    f->sweeper.due = f->sweeper.due || swept;
    if (turn == TURN_GOES_ON)
        f->pause = PAUSE_LEAST_MS;
    forget_batch(f);
    return turn;
}

static enum turn trouble(struct following *f, const struct line *line)
{
    char what[FLEET_URI_SIZE + 32];

    forget_batch(f);
    snprintf(what, sizeof what, "%s %s", line->uri[0] != '\0' ? line->uri : "the fleet",
             line->kind == LINE_LOST      ? "is lost"
             : line->kind == LINE_BEHIND  ? "is behind, and not followed"
             : line->kind == LINE_PUT_OUT ? "has put this host out"
                                          : "cannot be followed");
    say_once(f, what, line->why);
    return line->kind == LINE_UNUSABLE ? TURN_FAILED : TURN_GOES_ON;
}

/* text: the line as it came. */
static enum turn take(struct following *f, const struct line *line, const char *text)
{
    switch (line->kind) {
    case LINE_CONNECTED:
        return connected(f, line);
    case LINE_ENTRY:
    case LINE_UNREADABLE:
    case LINE_GONE:
    case LINE_PRESENT:
    case LINE_REFRESHED:
        if (batch_add(&f->batch, line, text))
            return TURN_GOES_ON;
        say_once(f, "the fleet sends more than there is room for", "");
        return TURN_FAILED;
    case LINE_COMMIT:
        return commit(f, line);
    case LINE_BEAT:
        return turn_hear(f->tool, &f->progress, f->uri);
    case LINE_WENT_BACK:
        forget_batch(f);
        return turn_latch(f->tool, line->uri);
    default:
        return trouble(f, line);
    }
}

static enum turn read_line(struct following *f, const char *text)
{
    struct line line;
    enum turn turn = TURN_FAILED;

    if (line_read(f->reader, text, &line))
        turn = take(f, &line, text);
    else
        say_once(f, FLEET_SOCKET " sends what is no line", "");
    line_wipe(&line);
    return turn;
}

/* -- a conversation ----------------------------------------------------------------------- */

static enum turn listen_to(struct following *f)
{
    int64_t heard = monotonic();
    enum turn turn = TURN_GOES_ON;

    while (turn == TURN_GOES_ON) {
        const char *text = NULL;
        enum fleet_heard result;

        sweeper_look(f->tool, &f->sweeper, f->socket.fd);
        tell_now();
        result = fleet_socket_next(&f->socket, is_sweeping(f) ? LOOK_MS : IDLE_MS, &text);
        if (result == FLEET_LINE) {
            turn = read_line(f, text);
            heard = monotonic();
            if (turn == TURN_GOES_ON && heard - f->judged_at > AGAIN_MS)
                turn = judge_again(f);
        } else if (result == FLEET_ENDED || monotonic() - heard > (int64_t)SILENCE_S * 1000) {
            say_once(f, FLEET_SOCKET, result == FLEET_ENDED ? "coder_fleet went away" : "coder_fleet is silent");
            turn = TURN_FAILED;
        }
    }
    return turn;
}

/* From where this host is. False with errno. */
static bool ask(struct following *f)
{
    const char *cookie = f->progress.cookie;
    char text[FLEET_COOKIE_SIZE + 16];
    int length = snprintf(text, sizeof text, "follow%s%s\n", cookie[0] != '\0' ? " " : "", cookie);

    return fleet_socket_ask(text, (size_t)length, &f->socket);
}

static enum turn converse(struct following *f)
{
    enum turn turn = TURN_FAILED;

    if (ask(f))
        turn = listen_to(f);
    else
        say_once(f, FLEET_SOCKET, strerror(errno));
    fleet_socket_close(&f->socket);
    forget_batch(f);
    return turn;
}

static enum turn follow(struct following *f)
{
    bool latched = false;
    enum turn turn = turn_look(f->tool, &f->progress, &latched);

    if (turn == TURN_GOES_ON && latched) {
        say_once(f, "a server went back: nothing is taken until 'admin-tool fleet accept'", "");
        wait_ms(f, LATCHED_MS);
        return turn;
    }
    if (turn == TURN_GOES_ON)
        turn = converse(f);
    if (turn == TURN_FAILED || turn == TURN_BEGINS_ANEW)
        pause_after_failure(f);
    return turn;
}

/* Whoever does it is not somebody of this host. */
static void name_actor(struct following *f)
{
    f->tool->actor.audit = (struct audit_actor){ .login_uid = -1, .name = "the fleet", .via = "fleet", .origin = f->origin };
}

static enum status refuse_unjoined(void)
{
    return tool_refuse(STATUS_REFUSED, "this host follows no fleet; 'admin-tool fleet join FILE' has it follow one");
}

enum status follow_run(struct tool *tool)
{
    static struct following f; /* some thousand octets */
    bool latched;
    enum turn turn;

    f = (struct following){ .tool = tool, .reader = line_reader_new(), .socket = { .fd = -1 }, .pause = PAUSE_LEAST_MS,
                            .sweeper = { .due = true } };
    if (f.reader == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory to follow the fleet");
    name_actor(&f);
    batch_begin(&f.batch, tool, f.reader);
    turn = turn_look(tool, &f.progress, &latched);
    if (turn == TURN_LEFT || turn == TURN_FAILED) {
        line_reader_free(f.reader);
        return turn == TURN_LEFT ? refuse_unjoined() : STATUS_STORE;
    }
    if (!follower_begin()) {
        line_reader_free(f.reader);
        return tool_refuse(STATUS_FAILED, "%s", errno == EAGAIN ? "another 'admin-tool follow' runs already" : strerror(errno));
    }
    while (turn != TURN_LEFT)
        turn = follow(&f);
    line_reader_free(f.reader);
    return STATUS_DONE;
}
