/*
 * Kinds of faults, their names and exit statuses.
 */
#include "fault.h"

#include <stddef.h>

#include "command.h"

static const struct {
    const char *name;
    enum status status;
} kinds[KIND_COUNT] = {
    [KIND_USAGE] = { "usage", STATUS_USAGE },
    [KIND_MISSING] = { "missing", STATUS_USAGE },
    [KIND_INVALID] = { "invalid", STATUS_REFUSED },
    [KIND_TAKEN] = { "taken", STATUS_REFUSED },
    [KIND_RESERVED] = { "reserved", STATUS_REFUSED },
    [KIND_NOT_FOUND] = { "not-found", STATUS_NOT_FOUND },
    [KIND_LOCAL_ACCOUNT] = { "local-account", STATUS_NOT_FOUND },
    [KIND_LAST_ADMIN] = { "last-admin", STATUS_REFUSED },
    [KIND_YOURSELF] = { "yourself", STATUS_REFUSED },
    [KIND_NOT_CONFIRMED] = { "not-confirmed", STATUS_NOT_CONFIRMED },
    [KIND_NOT_ROOT] = { "not-root", STATUS_NOT_ROOT },
    [KIND_BUSY] = { "busy", STATUS_STORE },
    [KIND_DAMAGED] = { "damaged", STATUS_STORE },
    [KIND_TOO_NEW] = { "too-new", STATUS_STORE },
    [KIND_FLEET_ACCOUNT] = { "fleet-account", STATUS_REFUSED },
    [KIND_FLEET_CHANGED] = { "fleet-changed", STATUS_REFUSED },
    [KIND_FLEET_IDENTITY] = { "fleet-identity", STATUS_IDENTITY },
    [KIND_FLEET_AWAY] = { "fleet-away", STATUS_AWAY },
    [KIND_FLEET_UNKNOWN] = { "fleet-unknown", STATUS_FAILED },
    [KIND_FAILED] = { "failed", STATUS_FAILED },
};

const char *fault_name(enum fault_kind kind)
{
    return kinds[kind].name;
}

enum status fault_status(enum fault_kind kind)
{
    return kinds[kind].status;
}

enum fault_kind fault_usual(enum status status)
{
    switch (status) {
    case STATUS_USAGE:
        return KIND_USAGE;
    case STATUS_NOT_FOUND:
        return KIND_NOT_FOUND;
    case STATUS_REFUSED:
        return KIND_INVALID;
    case STATUS_NOT_CONFIRMED:
        return KIND_NOT_CONFIRMED;
    case STATUS_NOT_ROOT:
        return KIND_NOT_ROOT;
    case STATUS_STORE:
        return KIND_DAMAGED;
    case STATUS_IDENTITY:
        return KIND_FLEET_IDENTITY;
    case STATUS_AWAY:
        return KIND_FLEET_AWAY;
    case GO_ON:
    case STATUS_DONE:
    case STATUS_FAILED:
    default:
        return KIND_FAILED;
    }
}
