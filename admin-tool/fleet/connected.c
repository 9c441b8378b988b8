/*
 * slapd's back-monitor has an entry for each connection, with the name that it is bound as.
 */
#include "connected.h"

#include <stdlib.h>
#include <string.h>

#include "sql/ascii.h"

bool connected_name(const char *dn, char ret[CONNECTED_NAME_SIZE])
{
    static const char place[] = ",ou=hosts,";
    size_t length = ascii_equals(dn, strlen(dn) < 3 ? 0 : 3, "cn=") ? strcspn(dn + 3, ",") : 0;

    if (length == 0 || length >= CONNECTED_NAME_SIZE || strlen(dn + 3 + length) < sizeof place - 1 ||
        !ascii_equals(dn + 3 + length, sizeof place - 1, place))
        return false;
    for (size_t i = 0; i < length; i++)
        ret[i] = ascii_lower(dn[3 + i]);
    ret[length] = '\0';
    return true;
}

struct reading {
    struct connected *connected;
    const char *uri;
};

static void take(void *context, const struct pen_entry *entry)
{
    const struct reading *reading = context;
    struct connected *connected = reading->connected;
    char dn[PEN_DN_SIZE];

    pen_value(entry, "monitorConnectionAuthzDN", dn, sizeof dn);
    /* no room: the host is not known to be connected, which is the side to err on */
    if (connected->count == CONNECTED_MAX || !connected_name(dn, connected->hosts[connected->count].name))
        return;
    connected->hosts[connected->count++].uri = reading->uri;
}

int connected_read(struct pen *pen, const char *uri, long long until, struct connected *ret)
{
    static const char *const attributes[] = { "monitorConnectionAuthzDN", NULL };
    struct reading reading = { ret, uri };
    int result = pen_each(pen, "cn=Connections,cn=Monitor", "(monitorConnectionAuthzDN=*)", attributes, until, take, &reading);

    return result == PEN_NO_SUCH_OBJECT ? PEN_RIGHTS : result;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct connected_host *)a)->name, ((const struct connected_host *)b)->name);
}

void connected_sort(struct connected *connected)
{
    if (connected->count > 0)
        qsort(connected->hosts, connected->count, sizeof connected->hosts[0], compare);
}

const char *connected_where(const struct connected *connected, const char *name)
{
    struct connected_host wanted = { .uri = NULL };
    const struct connected_host *found;

    for (size_t i = 0; i < CONNECTED_NAME_SIZE - 1 && name[i] != '\0'; i++)
        wanted.name[i] = ascii_lower(name[i]);
    found = connected->count > 0 ? bsearch(&wanted, connected->hosts, connected->count, sizeof wanted, compare) : NULL;
    return found != NULL ? found->uri : NULL;
}
