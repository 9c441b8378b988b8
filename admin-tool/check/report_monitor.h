/*
 * Findings for monitoring systems.
 */
#ifndef CODER_CHECK_REPORT_MONITOR_H
#define CODER_CHECK_REPORT_MONITOR_H

#include <stdio.h>

#include "finding.h"

/* One line, and its exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN when memory ran out (Monitoring Plugins
 * Development Guidelines, "Plugin Return Codes"). */
int report_nagios(const struct doctor *doctor, FILE *out);

/* The text format of Prometheus, for node_exporter's textfile collector: how many findings of each severity, each of
 * them, and when it was looked. */
void report_prometheus(const struct doctor *doctor, FILE *out);

#endif
