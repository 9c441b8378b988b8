/*
 * The same connection and the same questions as before following; a line as soon as one is known.
 */
#include "probe.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "certificate.h"
#include "link.h"
#include "peer.h"

/* Empty where it cannot be read. */
static const char *read_text(const char *path)
{
    static char text[CERTIFICATE_TEXT_MAX + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd >= 0 ? read(fd, text, CERTIFICATE_TEXT_MAX) : -1;

    text[got > 0 ? got : 0] = '\0';
    if (fd >= 0)
        close(fd);
    return text;
}

static void print_ends(void)
{
    const char *text = read_text(SETTINGS_CERTIFICATE);
    int64_t end;

    if (certificate_end(text, &end))
        printf("certificate %lld\n", (long long)end);
    text = read_text(SETTINGS_CA);
    if (certificate_authority_end(text, time(NULL), &end))
        printf("authority %lld\n", (long long)end);
    if (certificate_revoked_end(text, &end))
        printf("revoked %lld\n", (long long)end);
}

static const char *fault_of(struct link *link)
{
    struct cookie context;
    bool failed;

    if (!link_read_context(link, &context))
        return link_why(link);
    if (context.count == 0)
        return "it has no contextCSN: it is empty, or still being filled";
    if (link_is_admitted(link, &failed))
        return "ok";
    return failed ? link_why(link) : "this host has no scope there";
}

void probe_print(const struct settings *settings)
{
    long long until = peer_clock_ms() + PROBE_SECONDS * 1000LL;

    print_ends();
    for (size_t i = 0; i < settings->uri_count; i++) {
        char why[LINK_WHY_SIZE] = "not asked: the others took too long";
        struct link *link = NULL;

        fflush(stdout);
        if (peer_clock_ms() < until)
            link = link_open(settings, settings->uris[i], PROBE_STEP_MS, why);
        printf("uri %s %s\n", settings->uris[i], link != NULL ? fault_of(link) : why);
        link_close(link);
    }
    fflush(stdout);
}
