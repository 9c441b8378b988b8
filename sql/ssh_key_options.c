/*
 * The options of a key by sshd's own grammar: words, some with a value in quotes, commas between them. sshd passes
 * over a line with an option it does not like, and says so in its log only; so it is said here, where the key is given.
 */
#include "ssh_key_options.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ascii.h"
#include "ssh_key.h"

enum { HOST_SIZE = 1025 }; /* NI_MAXHOST (getnameinfo(3)), sshd's limit */

static bool is_number(const char *text, size_t most)
{
    size_t length = strlen(text);

    return length > 0 && length <= most && text[strspn(text, "0123456789")] == '\0';
}

/* -- values, each without its quotes ------------------------------------------------------ */

static const char *any_fault(const char *value)
{
    (void)value;
    return NULL;
}

/* The bits of an address behind the first `kept` are 0. */
static bool is_network(const unsigned char *address, unsigned size, unsigned kept)
{
    for (unsigned bit = kept; bit < 8 * size; bit++)
        if ((address[bit / 8] & 0x80u >> bit % 8) != 0)
            return false;
    return true;
}

/* ADDRESS/BITS, with the slash. One that is no network spoils the whole list for sshd. */
static const char *network_fault(char *pattern)
{
    const char *bits = pattern + strcspn(pattern, "/") + 1;
    unsigned char address[16];
    unsigned size, kept;

    pattern[strcspn(pattern, "/")] = '\0';
    size = inet_pton(AF_INET, pattern, address) == 1 ? 4 : inet_pton(AF_INET6, pattern, address) == 1 ? 16 : 0;
    if (size == 0 || !is_number(bits, 3))
        return "has something in from= that is neither an address, a network (192.0.2.0/24) nor a pattern";
    kept = (unsigned)strtoul(bits, NULL, 10);
    if (kept > 8 * size || !is_network(address, size, kept))
        return "has a network in from= whose address goes on behind its mask (192.0.2.1/24 for 192.0.2.0/24); "
               "sshd would let nobody in";
    return NULL;
}

/* Patterns of hosts and addresses (ssh_config(5), PATTERNS), some with a '!' in front. */
static const char *from_fault(const char *value)
{
    char list[SSH_KEY_LINE_SIZE], *rest = list, *pattern;
    const char *fault = NULL;
    bool allows = false;

    strncpy(list, value, sizeof list - 1);
    list[sizeof list - 1] = '\0';
    while (fault == NULL && (pattern = strsep(&rest, ",")) != NULL) {
        bool negated = *pattern == '!';

        pattern += negated;
        allows = allows || !negated;
        if (*pattern == '\0' || pattern[strcspn(pattern, " \t\"")] != '\0')
            fault = "has an empty pattern or a blank in from=; sshd would let nobody in from there";
        else if (strchr(pattern, '/') != NULL)
            fault = network_fault(pattern);
    }
    return fault == NULL && !allows ? "has only patterns with '!' in from=, so nobody gets in from anywhere" : fault;
}

/* YYYYMMDD[HHMM[SS]][Z]: -1 in a part that is none. */
static int two_digits(const char *text)
{
    return text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9'
               ? (text[0] - '0') * 10 + text[1] - '0' : -1;
}

static const char *expiry_fault(const char *value)
{
    static const char fault[] = "has an expiry-time= that is no time like 20261130 or 202611301800Z";
    size_t length = strlen(value);
    struct tm given = { 0 }, found;
    int parts[7] = { 0 };

    if (length > 0 && (value[length - 1] == 'Z' || value[length - 1] == 'z'))
        length--;
    if (length != 8 && length != 12 && length != 14)
        return fault;
    for (size_t i = 0; i < length / 2; i++)
        if ((parts[i] = two_digits(value + 2 * i)) < 0)
            return fault;
    given = (struct tm){ .tm_year = parts[0] * 100 + parts[1] - 1900, .tm_mon = parts[2] - 1, .tm_mday = parts[3],
                         .tm_hour = parts[4], .tm_min = parts[5], .tm_sec = parts[6] };
    found = given;
    if (timegm(&found) <= 0 || found.tm_mon != given.tm_mon || found.tm_mday != given.tm_mday ||
        found.tm_hour != given.tm_hour || found.tm_min != given.tm_min || found.tm_sec != given.tm_sec)
        return fault;
    return NULL;
}

static const char *environment_fault(const char *value)
{
    size_t length = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    return length > 0 && value[length] == '=' ? NULL : "has an environment= that is not \"NAME=value\"";
}

static const char *port_fault(const char *port)
{
    bool fine = strcmp(port, "*") == 0 ||
                (is_number(port, 5) && strtoul(port, NULL, 10) >= 1 && strtoul(port, NULL, 10) <= 65535);

    return fine ? NULL : "has a permitopen= or permitlisten= without a port (host:22, [2001:db8::1]:22, host:*)";
}

/* host:port, an IPv6 address in brackets. */
static const char *open_fault(const char *value)
{
    const char *end = value[0] == '[' ? strchr(value, ']') : strchr(value, ':');

    if (end != NULL && value[0] == '[')
        end++;
    if (end == NULL || end == value || *end != ':' || end - value >= HOST_SIZE)
        return port_fault("");
    return port_fault(end + 1);
}

static const char *listen_fault(const char *value)
{
    return strchr(value, ':') == NULL ? port_fault(value) : open_fault(value);
}

static const char *tunnel_fault(const char *value)
{
    return ascii_is(value, "any") || is_number(value, 9) ? NULL
                                                                 : "has a tunnel= that is no number of a device";
}

static const char *authority_fault(const char *value)
{
    (void)value;
    return "is the key of an authority (cert-authority, principals=); such a one is for sshd_config "
           "(TrustedUserCAKeys), not for one account";
}

/* -- the list ----------------------------------------------------------------------------- */

struct option {
    const char *name;
    enum { SWITCH, NEGATABLE, VALUE, ONCE } kind;
    const char *(*fault)(const char *value);
};

static const struct option options_known[] = {
    { "restrict", SWITCH, any_fault },
    { "cert-authority", SWITCH, authority_fault },
    { "port-forwarding", NEGATABLE, any_fault },
    { "agent-forwarding", NEGATABLE, any_fault },
    { "x11-forwarding", NEGATABLE, any_fault },
    { "touch-required", NEGATABLE, any_fault },
    { "verify-required", NEGATABLE, any_fault },
    { "pty", NEGATABLE, any_fault },
    { "user-rc", NEGATABLE, any_fault },
    { "command", ONCE, any_fault },
    { "principals", ONCE, authority_fault },
    { "from", ONCE, from_fault },
    { "expiry-time", VALUE, expiry_fault },
    { "environment", VALUE, environment_fault },
    { "permitopen", VALUE, open_fault },
    { "permitlisten", VALUE, listen_fault },
    { "tunnel", VALUE, tunnel_fault },
};
enum { OPTION_COUNT = sizeof options_known / sizeof options_known[0] };

static bool is_named(const struct option *option, const char *word, size_t length)
{
    size_t prefix = option->kind == NEGATABLE && length > 3 && ascii_equals(word, 3, "no-") ? 3 : 0;

    return ascii_equals(word + prefix, length - prefix, option->name);
}

static size_t find_option(const char *word, size_t length)
{
    size_t i = 0;

    while (i < OPTION_COUNT && !is_named(&options_known[i], word, length))
        i++;
    return i;
}

/* The text in quotes at *text, which goes behind it; \" is a quote. False when there is none, or no end. */
static bool take_quoted(const char **text, char ret[SSH_KEY_LINE_SIZE])
{
    const char *p = *text;
    size_t used = 0;

    if (*p++ != '"')
        return false;
    while (*p != '\0' && *p != '"' && used < SSH_KEY_LINE_SIZE - 1) {
        if (*p == '\\' && p[1] == '"')
            p++;
        ret[used++] = *p++;
    }
    ret[used] = '\0';
    *text = p + (*p == '"');
    return *p == '"';
}

/* One option at *text, which goes behind it. value: room for its value. */
static const char *take_option(const char **text, bool given[OPTION_COUNT], char value[SSH_KEY_LINE_SIZE])
{
    size_t length = strcspn(*text, "=,"), index = find_option(*text, length);
    const struct option *option = &options_known[index];

    value[0] = '\0';
    if (index == OPTION_COUNT)
        return "has an option that sshd does not know (sshd(8), AUTHORIZED_KEYS FILE FORMAT)";
    if (option->kind == ONCE && given[index])
        return "has command= or from= twice, and sshd would not know which";
    given[index] = true;
    *text += length;
    if (option->kind == VALUE || option->kind == ONCE) {
        *text += **text == '=';
        if (!take_quoted(text, value))
            return "has an option whose value is not in quotes";
    }
    return option->fault(value);
}

const char *ssh_key_options_fault(const char *options)
{
    bool given[OPTION_COUNT] = { false };
    char value[SSH_KEY_LINE_SIZE];
    const char *fault = take_option(&options, given, value);

    while (fault == NULL && *options == ',') {
        options++;
        fault = take_option(&options, given, value);
    }
    return fault == NULL && *options != '\0' ? "has something behind an option where a comma should stand" : fault;
}
