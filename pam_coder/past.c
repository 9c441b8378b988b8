/*
 * Telling a user the past, and what comes. An origin is kept as the key that attempts are counted under (origin.h);
 * here it becomes words as pam_lastlog and login use them, and what is not understood is told as it
 * is.
 */
#include "past.h"

#include <security/pam_ext.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "request.h"

enum { WORDS_SIZE = 160 };

/* "service:NAME tty:NAME", either of them possibly empty: the terminal says more than the
 * service. */
static bool write_place(const char *origin, char ret[WORDS_SIZE])
{
    static const char service[] = "service:", tty[] = " tty:";
    const char *terminal = strstr(origin, tty);
    int length, end;

    if (strncmp(origin, service, sizeof service - 1) != 0 || terminal == NULL)
        return false;
    origin += sizeof service - 1;
    length = (int)(terminal - origin);
    terminal += sizeof tty - 1;
    end = (int)strlen(terminal);
    if (end > 1 && terminal[end - 1] == '/') /* "pts/", counted without its number */
        end--;
    if (end > 0)
        snprintf(ret, WORDS_SIZE, "on %.*s", end, terminal);
    else
        snprintf(ret, WORDS_SIZE, "by %.*s", length, origin);
    return true;
}

static void write_origin(const char *origin, char ret[WORDS_SIZE])
{
    if (strncmp(origin, "ip:", 3) == 0)
        snprintf(ret, WORDS_SIZE, "from %s", origin + 3);
    else if (strncmp(origin, "host:", 5) == 0)
        snprintf(ret, WORDS_SIZE, "from %s", origin + 5);
    else if (strncmp(origin, "uid:", 4) == 0)
        snprintf(ret, WORDS_SIZE, "by the user with uid %s", origin + 4);
    else if (strncmp(origin, "subuid:", 7) == 0)
        snprintf(ret, WORDS_SIZE, "by a subordinate id of %s", origin + 7);
    else if (strcmp(origin, "local") == 0)
        snprintf(ret, WORDS_SIZE, "from this host or its link");
    else if (!write_place(origin, ret))
        snprintf(ret, WORDS_SIZE, "from %s", origin);
}

static void tell_when(pam_handle_t *pamh, const char *what, int64_t when, const char *origin)
{
    time_t seconds = (time_t)when;
    char text[64] = "", words[WORDS_SIZE];
    struct tm local;

    if (localtime_r(&seconds, &local) != NULL)
        strftime(text, sizeof text, "%a %b %e %H:%M:%S %Z %Y", &local);
    write_origin(origin, words);
    pam_info(pamh, "%s: %s %s", what, text, words);
}

void past_tell(pam_handle_t *pamh, const struct answer *answer)
{
    if (answer->last_login_at != 0)
        tell_when(pamh, "Last login", answer->last_login_at, answer->last_origin);
    if (answer->failures == 0)
        return;
    tell_when(pamh, "Last failed login", answer->last_failure_at, answer->failure_origin);
    pam_info(pamh, answer->failures == 1
                 ? "There was %lld failed login attempt since the last successful login."
                 : "There were %lld failed login attempts since the last successful login.",
             (long long)answer->failures);
}

void past_warn(pam_handle_t *pamh, const struct answer *answer)
{
    if (answer->days_left > 0)
        pam_info(pamh, answer->days_left == 1 ? "Warning: your password will expire in %u day."
                                              : "Warning: your password will expire in %u days.",
                 answer->days_left);
}
