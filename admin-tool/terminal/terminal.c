/*
 * What the reader of our output is: a terminal, how wide and whether it likes colours; or anything
 * else, for which lines are as wide as they must be and colourless.
 */
#include "terminal.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

size_t terminal_width(FILE *out)
{
    struct winsize size;

    if (!isatty(fileno(out)) || ioctl(fileno(out), TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

/* no-color.org: set and not empty means no. */
bool terminal_has_colours(FILE *out)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *kind = getenv("TERM");

    return isatty(fileno(out)) && (no_colour == NULL || no_colour[0] == '\0') && kind != NULL &&
           strcmp(kind, "dumb") != 0;
}

bool terminal_is_left(FILE *out, int wait_ms)
{
    struct pollfd reader = { .fd = fileno(out) };

    return poll(&reader, 1, wait_ms) > 0 && (reader.revents & (POLLERR | POLLHUP)) != 0;
}
