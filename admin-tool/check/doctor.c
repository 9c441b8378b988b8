/*
 * admin-tool check: runs the checks, and is the one place where findings become text or JSON and an
 * exit status. It is silent about what is in order.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "json.h"
#include "terminal/print.h"

static const char *const severities[] = { "note", "warning", "problem", "problem" };

/* After check_store, which opens it for them. */
static void (*const checks[])(struct doctor *) = {
    check_directory, check_accounts, check_shared_homes, check_local, check_heirs, check_members,
    check_strangers, check_setid, check_rules, check_range,     check_groups,   check_nss,          check_pam,   check_sshd,    check_helper,
    check_host,
};

/* -- collecting --------------------------------------------------------------------------- */

const char *check_text(char ret[CHECK_TEXT_SIZE], const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(ret, CHECK_TEXT_SIZE, format, list);
    va_end(list);
    return ret;
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

static void free_doctor(struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->count; i++)
        free_finding(&doctor->findings[i]);
    free(doctor->findings);
}

/* -- saying ------------------------------------------------------------------------------- */

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

static enum status report(struct doctor *doctor)
{
    bool troubled = false;

    for (size_t i = 0; i < doctor->count; i++)
        troubled = troubled || doctor->findings[i].severity >= SEVERITY_PROBLEM;
    if (!tool_wants_json(doctor->tool))
        print_text(doctor);
    else if (!print_json(doctor))
        doctor->incomplete = true;
    if (doctor->incomplete)
        return tool_refuse(STATUS_FAILED, "not enough memory; the report is not complete");
    return troubled ? STATUS_FAILED : STATUS_DONE;
}

/* -- the command -------------------------------------------------------------------------- */

/* GO_ON: *ret is the account, or the store is beyond asking and the findings say why. */
static enum status find_user(struct doctor *doctor, const char *name, struct account *ret)
{
    struct tool *tool = doctor->tool;
    enum status status;

    if (doctor->quiet)
        return GO_ON;
    status = tool_store_status(tool, tool->store != NULL
                                         ? store_account_by_name(tool->store, name, ret)
                                         : STORE_MISSING, name);
    if (status == GO_ON)
        doctor->account = ret;
    return status;
}

enum status check_run(struct tool *tool)
{
    struct doctor doctor = { .tool = tool };
    struct account account = { 0 };
    enum status status = GO_ON;

    if (tool_has(tool, OPTION_REPAIR) && !tool_has(tool, OPTION_DRY_RUN))
        check_repair(tool);
    policy_defaults(&tool->policy);
    check_store(&doctor);
    if (tool->arguments.operand != NULL)
        status = find_user(&doctor, tool->arguments.operand, &account);
    for (size_t i = 0; status == GO_ON && i < sizeof checks / sizeof checks[0]; i++)
        checks[i](&doctor);
    if (status == GO_ON && doctor.account != NULL)
        check_user(&doctor);
    if (status == GO_ON)
        status = report(&doctor);
    explicit_bzero(account.hash, sizeof account.hash);
    free_doctor(&doctor);
    return status;
}
