/*
 * This host's door to the fleet: the socket of coder_fleet (coder_fleet(8)), which alone speaks with the servers. Nobody is
 * waited for longer than is said here, and what the other side says is only believed about the fleet.
 */
#ifndef CODER_FLEET_DOOR_H
#define CODER_FLEET_DOOR_H

#include <stdbool.h>

enum { DOOR_CHANGE_MS = 6000, DOOR_PROBE_MS = 2000, DOOR_WHY_SIZE = 256 };

enum door_reply {
    DOOR_DONE,
    DOOR_WRONG,   /* the server does not take the old password: an administrator was faster */
    DOOR_USED,    /* the new one is one of the last */
    DOOR_EARLY,   /* it was changed too short a while ago */
    DOOR_REFUSED, /* why: the server's words, printable ASCII */
    DOOR_AWAY,    /* no server that writes has answered, or there is no door: nothing was done */
    DOOR_UNKNOWN  /* it was sent, and there is no answer: it may be done */
};

/* The user's own change: old and new one in one operation at the server. No copy of either is left behind. */
enum door_reply door_change_password(const char *name, const char *old, const char *new_password, char why[DOOR_WHY_SIZE]);

/* True when a server that writes is there. */
bool door_leads_somewhere(void);

#endif
