/*
 * Changing the password of an account of the fleet: a server makes the change, and this host hears of it as of any other.
 */
#ifndef CODER_FLEET_CHANGE_H
#define CODER_FLEET_CHANGE_H

#include <stdbool.h>

#include "hearing.h"
#include "request.h"

/* The old password was right here, and the new one is good: the server is asked for the change. ret->right: it is made;
 * elsewhere, weakness or must_wait say the rest. At most DOOR_CHANGE_MS, and 2 s more until it is here. */
void hearing_change_in_fleet(struct hearing *hearing, struct answer *ret);

/* Policy fleet_offline_temporary: the password must be changed, and no server is there that could. */
bool hearing_is_let_in_offline(const struct hearing *hearing);

#endif
