/*
 * What the doctor finds, collected.
 */
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/escape.h"

const char *check_text(char ret[CHECK_TEXT_SIZE], const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(ret, CHECK_TEXT_SIZE, format, list);
    va_end(list);
    return ret;
}

const char *check_word(const char *local)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    return local[0] != '-' && strlen(local) <= 64 && local[strspn(local, plain)] == '\0' ? local
                                                                                       : "NAME";
}

/* NULL when memory is short. What the machine's files say may hold anything. */
static char *copy_escaped(const char *text)
{
    char plain[4 * CHECK_TEXT_SIZE];

    print_escape(text, plain, sizeof plain);
    return strdup(plain);
}

static void free_finding(struct finding *finding)
{
    free(finding->subject);
    free(finding->what);
    free(finding->why);
    free(finding->mend);
}

static bool make_room(struct doctor *doctor)
{
    size_t room = 2 * doctor->room + 16;
    struct finding *findings;

    if (doctor->count < doctor->room)
        return true;
    findings = reallocarray(doctor->findings, room, sizeof *findings);
    if (findings == NULL)
        return false;
    doctor->findings = findings;
    doctor->room = room;
    return true;
}

void check_report(struct doctor *doctor, enum severity severity, const char *check,
                  const char *subject, const char *what, const char *why, const char *mend)
{
    struct finding finding = { severity, check, copy_escaped(subject), copy_escaped(what),
                               copy_escaped(why), copy_escaped(mend) };
    size_t at = 0;

    if (finding.subject == NULL || finding.what == NULL || finding.why == NULL ||
        finding.mend == NULL || !make_room(doctor)) {
        doctor->incomplete = true;
        free_finding(&finding);
        return;
    }
    while (severity == SEVERITY_BREACH && at < doctor->count &&
           doctor->findings[at].severity == SEVERITY_BREACH)
        at++;
    if (severity != SEVERITY_BREACH)
        at = doctor->count;
    memmove(&doctor->findings[at + 1], &doctor->findings[at],
            (doctor->count - at) * sizeof *doctor->findings);
    doctor->findings[at] = finding;
    doctor->count++;
}

void doctor_free(struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->count; i++)
        free_finding(&doctor->findings[i]);
    free(doctor->findings);
}
