/*
 * Findings for people or programs.
 */
#ifndef CODER_CHECK_REPORT_H
#define CODER_CHECK_REPORT_H

#include "terminal/command.h"
#include "finding.h"

/* All that was found, as text or JSON on stdout: DONE, or FAILED where there is a problem or memory ran out. */
enum status report_print(struct doctor *doctor);

#endif
