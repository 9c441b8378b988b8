/*
 * coder_fleet: speaks with the fleet's servers for admin-tool and coder_helper, as a user who may do nothing else. It holds
 * the host's key, reads /etc/coder/fleet, and is believed nothing by who asked.
 *
 * One request on descriptor 0, whose first word is in the table below; then the answer's lines. coder_fleet(8) has them.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json_line.h"
#include "password.h"
#include "peer.h"
#include "probe.h"
#include "session.h"
#include "settings.h"
#include "write.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };
enum { BACKOFF_LEAST_MS = 200, BACKOFF_FIRST_MS = 400, BACKOFF_MOST_MS = 10000 };

static struct json_line line;

static bool say(struct peer *peer, const char *name, const char *key, const char *value)
{
    json_line_begin(&line, name);
    json_line_string(&line, key, value);
    return json_line_end(&line) && peer_say(peer, &line);
}

/* What is no cookie is none, and everything is asked for. */
static void read_cookie(const char *cookie, struct session_state *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->whole = !cookie_parse(cookie, strlen(cookie), &ret->known) || ret->known.count == 0;
}

/* Between the least and twice as much each time: a thousand hosts do not come back at once. */
static void back_off(struct peer *peer, int *most_ms)
{
    unsigned chance = 0;

    if (getrandom(&chance, sizeof chance, 0) != (ssize_t)sizeof chance)
        chance = (unsigned)getpid();
    peer_wait(peer, -1, BACKOFF_LEAST_MS + (int)(chance % (unsigned)(*most_ms - BACKOFF_LEAST_MS + 1)));
    *most_ms = *most_ms * 2 < BACKOFF_MOST_MS ? *most_ms * 2 : BACKOFF_MOST_MS;
}

/* Each provider was reached, one after another, and each lacks what one of them once said: the fleet itself went back. */
static bool all_behind(const struct session_state *state, const bool behind[SETTINGS_URIS_MAX], size_t count)
{
    if (state->known.count == 0)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!behind[i])
            return false;
    return true;
}

/* One provider after another, until the peer is gone. */
static void follow(const struct settings *settings, const char *cookie, struct peer *peer)
{
    static struct session_state known;
    struct session_state *state = &known;
    bool behind[SETTINGS_URIS_MAX] = { false }, refreshed = false;
    int most_ms = BACKOFF_FIRST_MS;

    read_cookie(cookie, state);
    for (size_t at = 0; !peer->gone;) {
        enum session_end end = session_run(settings, settings->uris[at], state, peer, &refreshed);

        if (end == SESSION_ANEW)
            continue;
        if (refreshed) {
            memset(behind, 0, sizeof behind);
            most_ms = BACKOFF_FIRST_MS;
        }
        behind[at] = end == SESSION_BEHIND;
        if (end == SESSION_WENT_BACK || (end == SESSION_BEHIND && all_behind(state, behind, settings->uri_count)))
            say(peer, "went_back", "uri", settings->uris[at]);
        at = (at + 1) % settings->uri_count;
        if (!peer->gone)
            back_off(peer, &most_ms);
    }
}

static void serve_write(const struct settings *settings, const char *nothing, struct peer *peer)
{
    (void)nothing;
    write_serve(settings, peer);
}

/* The first line's word, and whether more may stand on it. */
static const struct request {
    const char *word;
    bool takes_more;
    void (*serve)(const struct settings *settings, const char *more, struct peer *peer);
} requests[] = {
    { "follow", true, follow },
    { "write", false, serve_write },
    { "change-password", false, password_serve_change },
    { "probe", false, password_serve_probe },
};

/* Splits the line; NULL when it is no request. */
static const struct request *find_request(char *line_read, const char **ret_more)
{
    char *more = line_read + strcspn(line_read, " ");

    if (*more == ' ')
        *more++ = '\0';
    *ret_more = more;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        if (strcmp(line_read, requests[i].word) == 0)
            return requests[i].takes_more || *more == '\0' ? &requests[i] : NULL;
    return NULL;
}

static struct settings settings;

static int serve(struct peer *peer)
{
    char first[PEER_LINE_SIZE], fault[SETTINGS_FAULT_SIZE], why[SETTINGS_FAULT_SIZE + sizeof SETTINGS_FOLDER + sizeof SETTINGS_FILE + 2];
    const struct request *request;
    const char *more;

    if (!peer_read_line(peer, first, PEER_ASK_MS) || (request = find_request(first, &more)) == NULL)
        return EXIT_FAILED;
    if (!settings_read(SETTINGS_FILE, &settings, fault)) {
        snprintf(why, sizeof why, SETTINGS_FOLDER "/" SETTINGS_FILE ": %s", fault);
        if (request->serve == serve_write)
            write_refuse(why, peer);
        else
            say(peer, "unusable", "why", why);
        return EXIT_FAILED;
    }
    request->serve(&settings, more, peer);
    return EXIT_DONE;
}

static int check(void)
{
    char fault[SETTINGS_FAULT_SIZE];

    if (!settings_read(SETTINGS_FILE, &settings, fault)) {
        fprintf(stderr, "coder_fleet: " SETTINGS_FOLDER "/" SETTINGS_FILE ": %s\n", fault);
        return EXIT_FAILED;
    }
    probe_print(&settings);
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    bool checks = argc == 2 && strcmp(argv[1], "check") == 0, tries = argc == 3 && strcmp(argv[1], "in") == 0;
    struct peer peer;

    if (argc != 1 && !checks && !tries) {
        fputs("Usage: coder_fleet [check | in FOLDER]\nSpeaks with the fleet for admin-tool and coder_helper, on its standard input and output: coder_fleet(8).\n", stderr);
        return EXIT_USAGE;
    }
    if (geteuid() == 0) {
        fputs("coder_fleet: not as root: what comes from the network is read here\n", stderr);
        return EXIT_FAILED;
    }
    clearenv();
    setenv("LDAPNOINIT", "1", 1); /* no ldap.conf, .ldaprc or LDAP... of anybody's */
    umask(077);
    prctl(PR_SET_DUMPABLE, 0); /* secrets come: no core, and no other process of this user's looks in */
    signal(SIGPIPE, SIG_IGN);
    if (chdir(tries ? argv[2] : SETTINGS_FOLDER) != 0 && chdir("/") != 0) /* then the settings are missed, and said to be */
        return EXIT_FAILED;
    if (checks)
        return check();
    peer_init(&peer, 0, 1);
    return serve(&peer);
}
