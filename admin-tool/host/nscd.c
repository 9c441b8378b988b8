/*
 * The name service cache daemon, told that an answer is another one now.
 */
#include "nscd.h"

#include <unistd.h>

#include "program.h"

/* Where libc itself looks for one (nscd-client.h): starting the program to learn that none runs costs
 * more than the whole change does. */
#define NSCD_SOCKET "/var/run/nscd/socket"

void nscd_tell(void)
{
    static char *const users[] = { "/usr/sbin/nscd", "-i", "passwd", NULL };
    static char *const groups[] = { "/usr/sbin/nscd", "-i", "group", NULL };

    if (access(NSCD_SOCKET, F_OK) != 0)
        return;
    host_run(users);
    host_run(groups);
}
