/*
 * A turn at asking the fleet to write. Of the connections that coder-fleet.socket takes some are left for who follows and
 * for passwords, however many administrators' commands whoever may run one starts.
 */
#ifndef CODER_HOST_FLEET_TURN_H
#define CODER_HOST_FLEET_TURN_H

/* Six have one at a time; waits for one, 5 s at most. A descriptor that ends it when it is closed; -1 with errno, EAGAIN:
 * none became free. */
int fleet_turn_wait(void);

#endif
