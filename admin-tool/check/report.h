/*
 * Findings for people or programs.
 */
#ifndef CODER_CHECK_REPORT_H
#define CODER_CHECK_REPORT_H

#include "terminal/command.h"
#include "finding.h"

/* All that was found, on stdout as --output says: DONE, or FAILED where there is a problem or memory ran out; for Nagios
 * a plugin's exit status (report_monitor.h). */
enum status report_print(struct doctor *doctor);

#endif
