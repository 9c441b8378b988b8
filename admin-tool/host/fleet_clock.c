/*
 * How new what the fleet gave this host is.
 */
#include "fleet_clock.h"

#include <string.h>
#include <time.h>

/* The first 14 digits of an entryCSN. 0: it is none. */
static int64_t read_time(const char *csn)
{
    struct tm utc = { 0 };

    return strptime(csn, "%Y%m%d%H%M%S", &utc) != NULL ? (int64_t)timegm(&utc) : 0;
}

int64_t fleet_newest_change(const char *cookie)
{
    const char *csn = strstr(cookie, "csn=");
    int64_t newest = 0;

    csn = csn != NULL ? csn + 4 : NULL;
    while (csn != NULL && *csn != '\0') {
        int64_t at = read_time(csn);

        newest = at > newest ? at : newest;
        csn = strchr(csn, ';');
        csn = csn != NULL ? csn + 1 : NULL;
    }
    return newest;
}
