/*
 * Findings for monitoring systems: in the words and numbers that Nagios' and Prometheus' readers know.
 */
#include "report_monitor.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "finding.h"

enum nagios { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

/* A breach is a problem, too. */
static enum severity severity_of(const struct finding *finding)
{
    return finding->severity == SEVERITY_BREACH ? SEVERITY_PROBLEM : finding->severity;
}

static size_t count(const struct doctor *doctor, enum severity severity)
{
    size_t found = 0;

    for (size_t i = 0; i < doctor->count; i++)
        found += severity_of(&doctor->findings[i]) == severity;
    return found;
}

/* NULL when there is nothing to wake anybody for: notes are no such thing. */
static const struct finding *find_worst(const struct doctor *doctor)
{
    const struct finding *worst = NULL;

    for (size_t i = 0; i < doctor->count; i++) {
        const struct finding *finding = &doctor->findings[i];

        if (finding->severity > (worst != NULL ? worst->severity : SEVERITY_NOTE))
            worst = finding;
    }
    return worst;
}

static enum nagios judge(const struct doctor *doctor, const struct finding *worst)
{
    if (doctor->incomplete)
        return NAGIOS_UNKNOWN;
    if (worst == NULL)
        return NAGIOS_OK;
    return severity_of(worst) == SEVERITY_WARNING ? NAGIOS_WARNING : NAGIOS_CRITICAL;
}

/* '|' begins the figures. */
static void put_word(const char *text, FILE *out)
{
    for (; *text != '\0'; text++)
        putc(*text == '|' || *text == '\n' ? ' ' : *text, out);
}

int report_nagios(const struct doctor *doctor, FILE *out)
{
    static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };
    const struct finding *worst = find_worst(doctor);
    enum nagios state = judge(doctor, worst);

    fprintf(out, "CODER %s - ", words[state]);
    if (state == NAGIOS_UNKNOWN) {
        fputs("not enough memory to look at everything", out);
    } else if (worst != NULL) {
        put_word(worst->subject, out);
        fputs(": ", out);
        put_word(worst->what, out);
    } else {
        fputs("everything is in order", out);
    }
    fprintf(out, " | problems=%zu;;0 warnings=%zu;0 notes=%zu\n", count(doctor, SEVERITY_PROBLEM),
            count(doctor, SEVERITY_WARNING), count(doctor, SEVERITY_NOTE));
    return (int)state;
}

/* Exposition formats, "Comments, help text, and type information": \, " and newline of a label. */
static void put_label(const char *name, const char *text, FILE *out)
{
    fprintf(out, "%s=\"", name);
    for (; *text != '\0'; text++) {
        if (*text == '\\' || *text == '"')
            putc('\\', out);
        if (*text == '\n')
            fputs("\\n", out);
        else
            putc(*text, out);
    }
    putc('"', out);
}

/* A finding is told by its name and whom it is about: text of its own would make a new series of each change. */
static void put_finding(const struct finding *finding, FILE *out)
{
    static const char *const words[] = { "note", "warning", "problem" };

    fputs("coder_check_finding{", out);
    put_label("check", finding->check, out);
    putc(',', out);
    put_label("severity", words[severity_of(finding)], out);
    putc(',', out);
    put_label("subject", finding->subject, out);
    fputs("} 1\n", out);
}

static bool is_told(const struct doctor *doctor, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(doctor->findings[i].check, doctor->findings[j].check) == 0 &&
            strcmp(doctor->findings[i].subject, doctor->findings[j].subject) == 0)
            return true;
    return false;
}

void report_prometheus(const struct doctor *doctor, FILE *out)
{
    fputs("# HELP coder_check_findings Findings of admin-tool check by severity.\n"
          "# TYPE coder_check_findings gauge\n", out);
    fprintf(out, "coder_check_findings{severity=\"note\"} %zu\n", count(doctor, SEVERITY_NOTE));
    fprintf(out, "coder_check_findings{severity=\"warning\"} %zu\n", count(doctor, SEVERITY_WARNING));
    fprintf(out, "coder_check_findings{severity=\"problem\"} %zu\n", count(doctor, SEVERITY_PROBLEM));
    fputs("# HELP coder_check_finding A finding of admin-tool check; what and why are in its text.\n"
          "# TYPE coder_check_finding gauge\n", out);
    for (size_t i = 0; i < doctor->count; i++)
        if (!is_told(doctor, i))
            put_finding(&doctor->findings[i], out);
    fprintf(out, "# HELP coder_check_time_seconds When admin-tool check looked.\n"
                 "# TYPE coder_check_time_seconds gauge\n"
                 "coder_check_time_seconds %lld\n", (long long)doctor->tool->now);
}
