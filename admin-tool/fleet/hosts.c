/*
 * Each server knows its own connections; the hosts are in the tree.
 */
#include "hosts.h"

#include <stdio.h>
#include <string.h>

#include "connected.h"
#include "json_line.h"

static struct json_line line;

void hosts_scope(struct hosts_scopes *scopes, const char *scope)
{
    for (size_t i = 0; i < scopes->count; i++)
        if (strcmp(scopes->names[i], scope) == 0)
            return;
    if (scopes->count == HOSTS_SCOPES_MAX)
        scopes->all = true;
    else
        snprintf(scopes->names[scopes->count++], SHOWN_SCOPE_SIZE, "%s", scope);
}

static void say(struct peer *peer)
{
    if (json_line_end(&line))
        peer_say(peer, &line);
}

static void say_unasked(struct peer *peer, const char *uri, const char *why)
{
    json_line_begin(&line, "unasked");
    json_line_string(&line, "uri", uri);
    json_line_string(&line, "why", why);
    say(peer);
}

/* -- connections ---- */

static void ask(struct pen *pen, const char *uri, long long until, struct peer *peer, struct connected *connected)
{
    int result = connected_read(pen, uri, until, connected);

    if (result != PEN_DONE)
        say_unasked(peer, uri, result == PEN_RIGHTS ? "it does not show its connections to this one" : pen_why(pen));
}

static void ask_other(const char *uri, const struct connect_as *as, long long until, struct peer *peer, struct connected *connected)
{
    char why[CONNECT_WHY_SIZE] = "not asked: the others took too long";
    bool refused;
    long long left = until - peer_clock_ms();
    struct pen *pen = left > 0 ? pen_open(uri, left < HOSTS_STEP_MS ? (int)left : HOSTS_STEP_MS, as, why, &refused) : NULL;

    if (pen != NULL)
        ask(pen, uri, until, peer, connected);
    else
        say_unasked(peer, uri, why);
    pen_close(pen);
}

/* -- hosts ---- */

struct saying {
    struct peer *peer;
    const struct hosts_scopes *scopes;
    const struct connected *connected;
};

static bool is_meant(const struct hosts_scopes *scopes, const struct berval *values)
{
    if (scopes->all)
        return true;
    for (; values != NULL && values->bv_val != NULL; values++)
        for (size_t i = 0; i < scopes->count; i++)
            if (strlen(scopes->names[i]) == values->bv_len && memcmp(scopes->names[i], values->bv_val, values->bv_len) == 0)
                return true;
    return false;
}

static void say_host(void *context, const struct pen_entry *entry)
{
    const struct saying *saying = context;
    const struct berval *scopes = pen_values(entry, "coderScope");
    char name[CONNECTED_NAME_SIZE];

    pen_value(entry, "cn", name, sizeof name);
    if (name[0] == '\0' || !is_meant(saying->scopes, scopes))
        return;
    json_line_begin(&line, "host");
    json_line_string(&line, "name", name);
    json_line_open(&line, "scopes");
    for (; scopes != NULL && scopes->bv_val != NULL; scopes++)
        json_line_element(&line, scopes->bv_val, scopes->bv_len);
    json_line_close(&line);
    json_line_string(&line, "uri", connected_where(saying->connected, name));
    say(saying->peer);
}

enum course_end hosts_say(struct course *course, const char *uri, const struct connect_as *as, const struct hosts_scopes *scopes,
                          long long until, struct peer *peer)
{
    static const char *const attributes[] = { "cn", "coderScope", NULL };
    static struct connected connected;
    struct saying saying = { peer, scopes, &connected };
    char base[SETTINGS_VALUE_SIZE + 16];

    connected.count = 0;
    ask(course->pen, uri, until, peer, &connected);
    for (size_t i = 0; i < course->settings->uri_count; i++)
        if (course->settings->uris[i] != uri)
            ask_other(course->settings->uris[i], as, until, peer, &connected);
    connected_sort(&connected);
    snprintf(base, sizeof base, "ou=hosts,%s", course->settings->base);
    return course_judge_read(course, pen_each(course->pen, base, "(objectClass=coderHost)", attributes, until, say_host, &saying));
}
