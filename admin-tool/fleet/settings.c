/*
 * What is not known is refused: a word mistyped must not leave a host alone unsaid.
 */
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ldap or ldaps, a host, a port where it is another than usual; nothing that libldap would read more into. */
static bool is_uri(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
    const char *host = strncmp(text, "ldaps://", 8) == 0 ? text + 8 : strncmp(text, "ldap://", 7) == 0 ? text + 7 : "";
    size_t length = strspn(host, allowed);

    return length > 0 && host[0] != ':' && (host[length] == '\0' || strcmp(host + length, "/") == 0);
}

static const char *take_uri(struct settings *settings, const char *value)
{
    if (settings->uri_count == SETTINGS_URIS_MAX)
        return "more than 8 URIs";
    if (!is_uri(value))
        return "a URI is ldaps://HOST[:PORT] or ldap://HOST[:PORT]";
    memcpy(settings->uris[settings->uri_count++], value, strlen(value) + 1);
    return NULL;
}

static const char *take_dn(char into[SETTINGS_VALUE_SIZE], const char *value)
{
    if (into[0] != '\0')
        return "given twice";
    if (strchr(value, '=') == NULL)
        return "no distinguished name";
    memcpy(into, value, strlen(value) + 1);
    return NULL;
}

/* One line; NULL or what is wrong with it. */
static const char *take_line(struct settings *settings, char *line)
{
    size_t length = strlen(line), key = strcspn(line, " \t");
    char *value = line + key + strspn(line + key, " \t");

    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t' || line[length - 1] == '\r'))
        line[--length] = '\0';
    if (line[0] == '\0' || line[0] == '#')
        return NULL;
    if (*value == '\0')
        return "no value";
    line[key] = '\0';
    if (strcmp(line, "uri") == 0)
        return take_uri(settings, value);
    if (strcmp(line, "base") == 0)
        return take_dn(settings->base, value);
    if (strcmp(line, "host") == 0)
        return take_dn(settings->host, value);
    return "unknown key (known: uri, base, host)";
}

bool settings_parse(const char *text, struct settings *ret, char fault[SETTINGS_FAULT_SIZE])
{
    struct settings settings = { 0 };
    unsigned number = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        char line[SETTINGS_VALUE_SIZE];
        const char *wrong = "too long";

        number++;
        if (length < sizeof line) {
            memcpy(line, text, length);
            line[length] = '\0';
            wrong = take_line(&settings, line);
        }
        if (wrong != NULL) {
            snprintf(fault, SETTINGS_FAULT_SIZE, "line %u: %s", number, wrong);
            return false;
        }
        text += length + (text[length] == '\n');
    }
    if (settings.uri_count == 0 || settings.base[0] == '\0' || settings.host[0] == '\0') {
        snprintf(fault, SETTINGS_FAULT_SIZE, "there is no line \"%s ...\"",
                 settings.uri_count == 0 ? "uri" : settings.base[0] == '\0' ? "base" : "host");
        return false;
    }
    *ret = settings;
    return true;
}

/* Up to size octets, a NUL included. NULL or why not. */
static const char *read_text(const char *path, char *ret, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd >= 0 ? read(fd, ret, size) : -1;
    const char *wrong = got < 0 ? strerror(errno) : NULL;

    if (fd >= 0)
        close(fd);
    if (wrong != NULL)
        return wrong;
    if ((size_t)got == size)
        return "too long";
    ret[got] = '\0';
    return memchr(ret, '\0', (size_t)got) != NULL ? "has a NUL" : NULL;
}

bool settings_read(const char *path, struct settings *ret, char fault[SETTINGS_FAULT_SIZE])
{
    char text[SETTINGS_TEXT_MAX] = "";
    const char *wrong = read_text(path, text, sizeof text);

    if (wrong != NULL)
        snprintf(fault, SETTINGS_FAULT_SIZE, "%s", wrong);
    return wrong == NULL && settings_parse(text, ret, fault);
}

bool settings_revokes(const char *path)
{
    static char text[SETTINGS_CA_MAX];

    return read_text(path, text, sizeof text) != NULL || strstr(text, "-----BEGIN X509 CRL-----") != NULL;
}
