/*
 * What is received is passed on at once and held together by the commit line: the peer takes a batch whole or not at all.
 * A provider that lacks what this host has is not followed, be it its contextCSN or its cookie that says so.
 */
#include "session.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "json_line.h"
#include "link.h"
#include "watch.h"

enum { WATCH_SECONDS = 60 };

struct session {
    const char *uri;
    struct session_state *state;
    struct peer *peer;
    struct link *link;
    struct cookie context; /* the provider's, read before the search */
    struct cookie next;    /* what is known when this batch is committed */
    struct cookie said;    /* what the refresh's messages said */
    bool refreshing, present, has_said;
    size_t lines;     /* since the last commit */
    bool newer;       /* the cookie is, since the last commit */
    long long beat_at, beat_until, heard_at;
    bool beating;
    enum session_end end;
};

static struct json_line line; /* one process, one line at a time */

/* -- saying ---- */

static bool finish(struct session *session, enum session_end end)
{
    session->end = end;
    return false;
}

static bool say(struct session *session)
{
    watch_nothing(); /* the peer has its own time */
    if (!json_line_end(&line) || !peer_say(session->peer, &line))
        return finish(session, SESSION_PEER);
    watch_process(WATCH_SECONDS);
    return true;
}

static bool say_why(struct session *session, const char *name, const char *why, enum session_end end)
{
    json_line_begin(&line, name);
    json_line_string(&line, "uri", session->uri);
    if (why != NULL)
        json_line_string(&line, "why", why);
    return say(session) && finish(session, end);
}

static bool lose(struct session *session, const char *why)
{
    return say_why(session, "lost", why, SESSION_LOST);
}

static bool commit(struct session *session)
{
    char text[COOKIE_SIZE];

    cookie_write(&session->next, text);
    json_line_begin(&line, "commit");
    json_line_string(&line, "cookie", text);
    if (!say(session))
        return false;
    session->state->known = session->next;
    session->lines = 0;
    session->newer = false;
    return true;
}

static bool say_ids(struct session *session, const char *name, size_t count, char (*uuids)[SYNC_UUID_SIZE])
{
    for (size_t at = 0; at < count; at += SESSION_IDS_MAX) {
        json_line_begin(&line, name);
        json_line_open(&line, "entry_uuids");
        for (size_t i = at; i < count && i < at + SESSION_IDS_MAX; i++)
            json_line_element(&line, uuids[i], strlen(uuids[i]));
        json_line_close(&line);
        if (!say(session))
            return false;
        session->lines++;
    }
    return true;
}

/* -- the heartbeat ---- */

static bool begin_beat(struct session *session, long long now)
{
    if (!link_beat(session->link))
        return lose(session, link_why(session->link));
    session->beating = true;
    session->beat_until = now + SESSION_ANSWER_MS;
    return true;
}

static bool say_beat(struct session *session)
{
    time_t now = time(NULL);
    struct tm utc;
    char text[32];

    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    json_line_begin(&line, "beat");
    json_line_string(&line, "at", text);
    return say(session);
}

static bool take_beat(struct session *session, bool admitted)
{
    session->beating = false;
    session->beat_at = peer_clock_ms() + SESSION_BEAT_MS;
    if (!admitted)
        return say_why(session, "put_out", NULL, SESSION_PUT_OUT);
    if (session->newer && !session->refreshing && !commit(session))
        return false;
    return say_beat(session);
}

/* -- messages ---- */

static bool take_cookie(struct session *session, bool has, const struct cookie *cookie)
{
    if (!has)
        return true;
    session->has_said = true;
    session->newer = true;
    if (!cookie_merge(&session->next, cookie) || !cookie_merge(&session->said, cookie))
        return lose(session, "more servers than a cookie has room for");
    return true;
}

static bool take_entry(struct session *session, const struct sync_entry *entry)
{
    char uuid[1][SYNC_UUID_SIZE];

    if (!take_cookie(session, entry->has_cookie, &entry->cookie))
        return false;
    memcpy(uuid[0], entry->uuid, SYNC_UUID_SIZE);
    if (entry->state == SYNC_PRESENT && !session->refreshing)
        return lose(session, "an entry that is only present, after the refresh");
    if (entry->state == SYNC_PRESENT || entry->state == SYNC_DELETE)
        return say_ids(session, entry->state == SYNC_PRESENT ? "present" : "gone", 1, uuid);
    session->lines++;
    watch_nothing();
    if (!peer_say(session->peer, &line)) /* the link has written it */
        return finish(session, SESSION_PEER);
    watch_process(WATCH_SECONDS);
    return true;
}

/* All of the refresh was received: is it one of a provider that knows what we know? */
static bool end_refresh(struct session *session)
{
    bool whole = session->state->whole;

    if (session->has_said && !cookie_covers(&session->said, &session->state->known))
        return say_why(session, "behind", "its cookie is older than what this host has", SESSION_BEHIND);
    if (!session->has_said && !cookie_merge(&session->next, &session->context))
        return lose(session, "more servers than a cookie has room for");
    session->refreshing = false;
    session->state->whole = false;
    json_line_begin(&line, "refreshed");
    json_line_flag(&line, "absent", session->present || whole);
    return say(session) && commit(session);
}

static bool take_info(struct session *session, const struct sync_info *info)
{
    if (!take_cookie(session, info->has_cookie, &info->cookie))
        return false;
    if (info->kind == SYNC_NEW_COOKIE)
        return true;
    if (info->kind == SYNC_ID_SET)
        return say_ids(session, info->delete ? "gone" : "present", info->count, info->uuids);
    if (!session->refreshing)
        return lose(session, "a second refresh on one search");
    session->present = session->present || info->kind == SYNC_REFRESH_PRESENT;
    return !info->done || end_refresh(session);
}

/* The search does not end by itself. */
static bool take_end(struct session *session, int result)
{
    if (result == LINK_REFRESH_REQUIRED && !session->state->whole) {
        session->state->whole = true;
        return finish(session, SESSION_ANEW);
    }
    if (result == LINK_UNWILLING && session->refreshing && !session->state->whole)
        return finish(session, SESSION_WENT_BACK);
    return lose(session, link_why(session->link));
}

static bool take(struct session *session, struct link_event *event)
{
    bool goes_on = true;

    switch (event->kind) {
    case LINK_ENTRY:
        return take_entry(session, &event->entry);
    case LINK_INFO:
        goes_on = take_info(session, &event->info);
        sync_free_info(&event->info);
        return goes_on;
    case LINK_ENDED:
        return take_end(session, event->result);
    case LINK_BEAT:
        return take_beat(session, event->admitted);
    case LINK_LOST:
        return lose(session, link_why(session->link));
    default:
        return true;
    }
}

/* Nothing waits: so a batch ends here, and the time is looked at. Who is only slow to be read is not late. */
static bool rest(struct session *session)
{
    long long now = peer_clock_ms(), next;

    if (!session->refreshing && session->lines > 0 && !commit(session))
        return false;
    if (session->beating && now >= session->beat_until && now >= session->heard_at + SESSION_ANSWER_MS)
        return lose(session, "no answer to the heartbeat");
    if (!session->beating && now >= session->beat_at && !begin_beat(session, now))
        return false;
    next = session->beating ? session->beat_until : session->beat_at;
    if (session->beating && session->heard_at + SESSION_ANSWER_MS > next)
        next = session->heard_at + SESSION_ANSWER_MS;
    watch_nothing();
    peer_wait(session->peer, link_descriptor(session->link), next > now ? (int)(next - now) : 0);
    watch_process(WATCH_SECONDS);
    return !session->peer->gone || finish(session, SESSION_PEER);
}

static void follow(struct session *session)
{
    struct link_event event;
    bool goes_on = true;

    session->beat_at = peer_clock_ms() + SESSION_BEAT_MS;
    while (goes_on) {
        link_next(session->link, &event, &line);
        if (event.kind == LINK_NOTHING) {
            goes_on = rest(session);
            continue;
        }
        session->heard_at = peer_clock_ms();
        goes_on = take(session, &event);
        if (goes_on && !session->refreshing && session->lines >= SESSION_BATCH_MAX)
            goes_on = commit(session);
    }
}

/* -- before the search ---- */

/* Also at a first fill: half a tree is worse than none. */
static bool is_up_to_date(struct session *session)
{
    if (!link_read_context(session->link, &session->context))
        return lose(session, link_why(session->link));
    if (session->context.count == 0)
        return say_why(session, "behind", "it has no contextCSN: it is empty, or still being filled", SESSION_BEHIND);
    if (!cookie_covers(&session->context, &session->state->known))
        return say_why(session, "behind", "its contextCSN is older than what this host has", SESSION_BEHIND);
    return true;
}

/* Asked of who has everything: in a tree that is still being filled this host may not be there yet. */
static bool is_admitted(struct session *session)
{
    bool failed;

    if (link_is_admitted(session->link, &failed))
        return true;
    return failed ? lose(session, link_why(session->link)) : say_why(session, "put_out", NULL, SESSION_PUT_OUT);
}

static bool begin(struct session *session)
{
    char cookie[COOKIE_SIZE] = "";

    session->refreshing = true;
    if (!session->state->whole) {
        session->next = session->state->known;
        cookie_write(&session->next, cookie);
    }
    json_line_begin(&line, "connected");
    json_line_string(&line, "uri", session->uri);
    json_line_flag(&line, "whole", session->state->whole);
    if (!say(session))
        return false;
    return link_follow(session->link, cookie) || lose(session, link_why(session->link));
}

enum session_end session_run(const struct settings *settings, const char *uri, struct session_state *state,
                             struct peer *peer, bool *ret_refreshed)
{
    struct session session = { .uri = uri, .state = state, .peer = peer, .refreshing = true };
    char why[LINK_WHY_SIZE];

    watch_process(WATCH_SECONDS); /* whatever hangs in spite of all: the process ends, and its peer begins anew */
    session.link = link_open(settings, uri, LINK_WAIT_MS, why);
    if (session.link == NULL)
        lose(&session, why);
    else if (is_up_to_date(&session) && is_admitted(&session) && begin(&session))
        follow(&session);
    link_close(session.link);
    watch_nothing();
    *ret_refreshed = !session.refreshing;
    return session.end;
}
