/*
 * A POSIX lock on an octet for each: it ends with the process, however that ends.
 */
#include "fleet_turn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#define TURNS_PATH CODER_RUN_DIR "/fleet-turns"

enum { TURNS = 6, TRIES = 50, STEP_MS = 100 }; /* coder_helper has 24 of the 32 connections, who follows one */

static bool take_free(int fd)
{
    for (int i = 0; i < TURNS; i++) {
        struct flock turn = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = i, .l_len = 1 };

        if (fcntl(fd, F_SETLK, &turn) == 0)
            return true;
    }
    return false;
}

int fleet_turn_wait(void)
{
    int fd = open(TURNS_PATH, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

    for (int i = 0; fd != -1 && i < TRIES; i++) {
        if (take_free(fd))
            return fd;
        poll(NULL, 0, STEP_MS);
    }
    if (fd == -1)
        return -1;
    close(fd);
    errno = EAGAIN;
    return -1;
}
