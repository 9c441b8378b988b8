/*
 * What is on record beside the store: the system log and the kernel's audit.
 */
#ifndef CODER_CHANGE_RECORD_H
#define CODER_CHANGE_RECORD_H

#include "sql/account.h"
#include "terminal/command.h"

/* After a commit, and after the lock: the event to the system log (LOG_AUTHPRIV), with the newest hash of the audit log,
 * and to the kernel's audit where there is one. account: NULL when it is about none. */
void record_event(const struct tool *tool, const char *event, const struct account *account);

#endif
