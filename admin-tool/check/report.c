/*
 * Findings as text or JSON, and the exit status that follows. What is in order is not spoken of.
 */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/json.h"
#include "sql/memory.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "finding.h"
#include "report_monitor.h"

static const char *const severities[] = { "note", "warning", "problem", "problem" };

static void print_finding(const struct finding *finding)
{
    printf("%s: %s: %s: %s\n  why:  %s\n  mend: %s\n", severities[finding->severity],
           finding->check, finding->subject, finding->what, finding->why, finding->mend);
}

static void print_ways(const struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->way_count; i++) {
        const struct way *way = &doctor->ways[i];

        printf("%-7s %-22s %s%s%s\n", way->service, way->method, way->works ? "yes" : "no",
               way->why[0] != '\0' ? ": " : "", way->why);
    }
}

static void print_text(const struct doctor *doctor)
{
    print_ways(doctor);
    for (size_t i = 0; i < doctor->count; i++)
        print_finding(&doctor->findings[i]);
    if (doctor->count == 0)
        puts("everything is in order");
}

/* Prints and frees one object of an array. */
static bool put_object(char *text, size_t place, FILE *out)
{
    if (text == NULL)
        return false;
    fprintf(out, "%s%s", place > 0 ? ",\n " : "", text);
    store_text_free(text);
    return true;
}

static bool put_findings(const struct doctor *doctor, FILE *out)
{
    bool whole = true;

    fputc('[', out);
    for (size_t i = 0; i < doctor->count && whole; i++) {
        const struct finding *finding = &doctor->findings[i];

        whole = put_object(json_make_object("tttttt", "check", finding->check, "severity",
                                            severities[finding->severity], "subject",
                                            finding->subject, "what", finding->what, "why",
                                            finding->why, "mend", finding->mend), i, out);
    }
    fputc(']', out);
    return whole;
}

static bool put_ways(const struct doctor *doctor, FILE *out)
{
    bool whole = true;

    fputc('[', out);
    for (size_t i = 0; i < doctor->way_count && whole; i++) {
        const struct way *way = &doctor->ways[i];

        whole = put_object(json_make_object("ttbt", "service", way->service, "method", way->method,
                                            "works", (int)way->works, "why", way->why), i, out);
    }
    fputc(']', out);
    return whole;
}

/* NULL when memory is short; to be freed. */
static char *make_array(const struct doctor *doctor, bool (*put)(const struct doctor *, FILE *))
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    bool whole = out != NULL && put(doctor, out);

    if (out != NULL && fclose(out) == 0 && whole)
        return text;
    free(text);
    return NULL;
}

static bool print_json(const struct doctor *doctor)
{
    char *findings = make_array(doctor, put_findings);
    char *ways = doctor->account != NULL ? make_array(doctor, put_ways) : NULL;
    char *object = NULL;
    bool whole = findings != NULL && (doctor->account == NULL || ways != NULL);

    if (whole && doctor->account != NULL)
        object =
            json_make_object("tijj", "username", doctor->account->username, "uid",
                             (int64_t)doctor->account->uid, "ways", ways, "findings", findings);
    if (whole && (doctor->account == NULL || object != NULL))
        puts(object != NULL ? object : findings);
    whole = whole && (doctor->account == NULL || object != NULL);
    store_text_free(object);
    free(ways);
    free(findings);
    return whole;
}

enum status report_print(struct doctor *doctor)
{
    const char *form = tool_output(doctor->tool);
    bool troubled = false;

    for (size_t i = 0; i < doctor->count; i++)
        troubled = troubled || doctor->findings[i].severity >= SEVERITY_PROBLEM;
    if (strcmp(form, "nagios") == 0)
        return (enum status)report_nagios(doctor, stdout);
    if (strcmp(form, "prometheus") == 0)
        report_prometheus(doctor, stdout);
    else if (!tool_wants_json(doctor->tool))
        print_text(doctor);
    else if (!print_json(doctor))
        doctor->incomplete = true;
    if (doctor->incomplete)
        return tool_refuse(STATUS_FAILED, "not enough memory; the report is not complete");
    return troubled ? STATUS_FAILED : STATUS_DONE;
}
