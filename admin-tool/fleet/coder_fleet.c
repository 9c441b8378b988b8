/*
 * coder_fleet: follows the fleet's tree for admin-tool, as a user who may do nothing else. It holds the host's key, reads
 * /etc/coder/fleet, writes nowhere but to who asked, and is believed nothing there.
 *
 * One request on descriptor 0, "follow" or "follow COOKIE"; then lines of JSON, until the peer closes. coder_fleet(8) has them.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json_line.h"
#include "peer.h"
#include "probe.h"
#include "session.h"
#include "settings.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };
enum { BACKOFF_LEAST_MS = 200, BACKOFF_FIRST_MS = 400, BACKOFF_MOST_MS = 10000 };

static struct json_line line;

static bool say(struct peer *peer, const char *name, const char *key, const char *value)
{
    json_line_begin(&line, name);
    json_line_string(&line, key, value);
    return json_line_end(&line) && peer_say(peer, &line);
}

/* "follow COOKIE"; what is no cookie is none, and everything is asked for. */
static bool read_request(char *request, struct session_state *ret)
{
    const char *cookie = request + sizeof "follow" - 1;

    memset(ret, 0, sizeof *ret);
    if (strncmp(request, "follow", sizeof "follow" - 1) != 0 || (*cookie != '\0' && *cookie != ' '))
        return false;
    cookie += *cookie == ' ';
    ret->whole = !cookie_parse(cookie, strlen(cookie), &ret->known) || ret->known.count == 0;
    return true;
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
static void follow(const struct settings *settings, struct session_state *state, struct peer *peer)
{
    bool behind[SETTINGS_URIS_MAX] = { false }, refreshed = false;
    int most_ms = BACKOFF_FIRST_MS;

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

static struct settings settings;

static int serve(struct peer *peer)
{
    struct session_state state;
    char request[PEER_LINE_SIZE], fault[SETTINGS_FAULT_SIZE], why[SETTINGS_FAULT_SIZE + sizeof SETTINGS_FILE + 2];

    if (!peer_read_line(peer, request, PEER_ASK_MS) || !read_request(request, &state))
        return EXIT_FAILED;
    if (!settings_read(SETTINGS_FILE, &settings, fault)) {
        snprintf(why, sizeof why, "%s: %s", SETTINGS_FILE, fault);
        say(peer, "unusable", "why", why);
        return EXIT_FAILED;
    }
    follow(&settings, &state, peer);
    return EXIT_DONE;
}

static int check(void)
{
    char fault[SETTINGS_FAULT_SIZE];

    if (!settings_read(SETTINGS_FILE, &settings, fault)) {
        fprintf(stderr, "coder_fleet: %s: %s\n", SETTINGS_FILE, fault);
        return EXIT_FAILED;
    }
    probe_print(&settings);
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    bool checks = argc == 2 && strcmp(argv[1], "check") == 0;
    struct peer peer;

    if (argc != 1 && !checks) {
        fputs("Usage: coder_fleet [check]\nFollows the fleet for admin-tool, on its standard input and output: coder_fleet(8).\n", stderr);
        return EXIT_USAGE;
    }
    if (geteuid() == 0) {
        fputs("coder_fleet: not as root: what comes from the network is read here\n", stderr);
        return EXIT_FAILED;
    }
    clearenv();
    setenv("LDAPNOINIT", "1", 1); /* no ldap.conf, .ldaprc or LDAP... of anybody's */
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    if (checks)
        return check();
    peer_init(&peer, 0, 1);
    return serve(&peer);
}
