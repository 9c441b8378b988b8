/*
 * One server after another, until one that writes has answered. The change itself is sent only to who still waits: the
 * peer says "go", and knows from there on that without an answer it may have been done.
 */
#include "password.h"

#include <stdio.h>
#include <string.h>

#include "connect.h"
#include "exop.h"

enum { NAME_SIZE = 33, SECRET_SIZE = 512, GO_MS = 1000 };

struct change {
    char name[NAME_SIZE], old[SECRET_SIZE], new_password[SECRET_SIZE];
};

struct asking {
    const struct settings *settings;
    struct peer *peer;
    const struct change *change; /* NULL: only who is there is asked */
    long long until;
    int step_ms;
};

static void say(struct peer *peer, const char *word, const char *why)
{
    char line[CONNECT_WHY_SIZE + 16];
    int length = snprintf(line, sizeof line, "%s%s%s\n", word, why != NULL ? " " : "", why != NULL ? why : "");

    peer_write(peer, line, (size_t)length);
}

/* -- the request ---- */

/* Names as accounts have them: nothing in them means anything in a DN. */
static bool take_name(const char *text, char ret[NAME_SIZE])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_.-";
    size_t length = strlen(text);

    if (length == 0 || length >= NAME_SIZE || strspn(text, letters) != length)
        return false;
    memcpy(ret, text, length + 1);
    return true;
}

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

/* Hexadecimal: a password may hold anything but a NUL, and is not empty. */
static bool take_secret(const char *text, char ret[SECRET_SIZE])
{
    size_t length = strlen(text) / 2;

    if (length == 0 || length >= SECRET_SIZE || strlen(text) % 2 != 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        int high = digit_of(text[2 * i]), low = digit_of(text[2 * i + 1]);

        if (high < 0 || low < 0 || (high == 0 && low == 0))
            return false;
        ret[i] = (char)(high << 4 | low);
    }
    ret[length] = '\0';
    return true;
}

static bool take_line(const char *line, struct change *ret)
{
    if (strncmp(line, "name ", 5) == 0)
        return take_name(line + 5, ret->name);
    if (strncmp(line, "old ", 4) == 0)
        return take_secret(line + 4, ret->old);
    return strncmp(line, "new ", 4) == 0 && take_secret(line + 4, ret->new_password);
}

/* Up to the empty line; all three are there. */
static bool read_change(struct peer *peer, struct change *ret)
{
    char line[PEER_LINE_SIZE];
    bool good = true, ended = false;

    memset(ret, 0, sizeof *ret);
    while (good && !ended) {
        good = peer_read_line(peer, line, PEER_ASK_MS);
        ended = good && line[0] == '\0';
        good = good && (ended || take_line(line, ret));
    }
    explicit_bzero(line, sizeof line);
    return good && ret->name[0] != '\0' && ret->old[0] != '\0' && ret->new_password[0] != '\0';
}

/* -- one server ---- */

static int step_ms(const struct asking *asking)
{
    long long left = asking->until - peer_clock_ms();

    return left < 1 ? 1 : left < asking->step_ms ? (int)left : asking->step_ms;
}

static bool may_go(struct peer *peer)
{
    char line[PEER_LINE_SIZE];

    say(peer, "ready", NULL);
    return !peer->gone && peer_read_line(peer, line, GO_MS) && strcmp(line, "go") == 0;
}

/* As the user; one who is not heard any more has changed nothing. */
static enum exop_end change(struct asking *asking, struct ldap *ld, char why[CONNECT_WHY_SIZE])
{
    char dn[sizeof "uid=,ou=people," + NAME_SIZE + SETTINGS_VALUE_SIZE];
    enum exop_end end;

    snprintf(dn, sizeof dn, "uid=%s,ou=people,%s", asking->change->name, asking->settings->base);
    end = exop_bind(ld, dn, asking->change->old, step_ms(asking), why);
    if (end != EXOP_DONE)
        return end == EXOP_SILENT ? EXOP_NEXT : end;
    if (!may_go(asking->peer))
        return EXOP_NEXT;
    return exop_change(ld, asking->change->old, asking->change->new_password, step_ms(asking), why);
}

/* Who looks up a name that no name server answers ends with the whole time, too: the asker is gone by then, and each
 * connection that is left is one less for who follows. */
static int watch_seconds(const struct asking *asking)
{
    long long left = asking->until - peer_clock_ms();

    return left > 0 ? (int)(left / 1000) + 1 : 1;
}

static enum exop_end ask(struct asking *asking, const char *uri, char why[CONNECT_WHY_SIZE])
{
    const struct connect_as host = { .seconds = watch_seconds(asking) };
    bool refused;
    struct ldap *ld = connect_open(uri, step_ms(asking), &host, why, &refused);
    enum exop_end end = ld != NULL ? exop_find_writer(ld, step_ms(asking)) : EXOP_NEXT;

    if (end == EXOP_DONE && asking->change != NULL)
        end = change(asking, ld, why);
    connect_close(ld);
    return end;
}

static enum exop_end ask_each(struct asking *asking, char why[CONNECT_WHY_SIZE])
{
    enum exop_end end = EXOP_NEXT;

    for (size_t i = 0; i < asking->settings->uri_count && end == EXOP_NEXT && !asking->peer->gone; i++)
        if (peer_clock_ms() < asking->until)
            end = ask(asking, asking->settings->uris[i], why);
    return end;
}

/* -- the answers ---- */

static const char *const words[] = {
    [EXOP_DONE] = "done", [EXOP_WRONG] = "wrong", [EXOP_USED] = "used", [EXOP_EARLY] = "early",
    [EXOP_REFUSED] = "refused", [EXOP_NEXT] = "away", [EXOP_SILENT] = "unknown",
};

void password_serve_change(const struct settings *settings, const char *nothing, struct peer *peer)
{
    static struct change change_asked;
    struct asking asking = { .settings = settings, .peer = peer, .change = &change_asked, .step_ms = PASSWORD_STEP_MS };
    char why[CONNECT_WHY_SIZE] = "";
    enum exop_end end;

    (void)nothing;
    if (read_change(peer, &change_asked)) {
        asking.until = peer_clock_ms() + PASSWORD_WHOLE_MS;
        end = ask_each(&asking, why);
        say(peer, words[end], end == EXOP_REFUSED ? why : NULL);
    }
    explicit_bzero(&change_asked, sizeof change_asked);
}

void password_serve_probe(const struct settings *settings, const char *nothing, struct peer *peer)
{
    struct asking asking = { .settings = settings, .peer = peer, .step_ms = PASSWORD_PROBE_STEP_MS };
    char why[CONNECT_WHY_SIZE] = "";

    (void)nothing;
    asking.until = peer_clock_ms() + PASSWORD_PROBE_MS;
    say(peer, ask_each(&asking, why) == EXOP_DONE ? "there" : "away", NULL);
}
