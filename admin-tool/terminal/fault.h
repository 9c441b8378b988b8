/*
 * The kinds of what can go wrong, as programs are told them (-o json): admin-tool(8) lists them, and they stay as they
 * are.
 */
#ifndef CODER_TERMINAL_FAULT_H
#define CODER_TERMINAL_FAULT_H

#include "command.h"

enum fault_kind {
    KIND_USAGE, KIND_MISSING, KIND_INVALID, KIND_TAKEN, KIND_RESERVED, KIND_NOT_FOUND, KIND_LOCAL_ACCOUNT,
    KIND_LAST_ADMIN, KIND_YOURSELF, KIND_NOT_CONFIRMED, KIND_NOT_ROOT, KIND_BUSY, KIND_DAMAGED, KIND_TOO_NEW,
    KIND_FLEET_ACCOUNT, KIND_FLEET_CHANGED, KIND_FLEET_IDENTITY, KIND_FLEET_AWAY, KIND_FLEET_UNKNOWN, KIND_FAILED, KIND_COUNT
};

const char *fault_name(enum fault_kind kind);

/* The exit status of a kind, and the usual kind of an exit status. */
enum status fault_status(enum fault_kind kind);
enum fault_kind fault_usual(enum status status);

#endif
