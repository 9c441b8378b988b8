/*
 * What a server's result means to who asked.
 */
#include "course.h"

#include <stdio.h>
#include <string.h>

const char *course_name(enum course_end end)
{
    static const char *const names[] = {
        [COURSE_DONE] = "done",       [COURSE_STANDS_BY] = "standby", [COURSE_AWAY] = "away",
        [COURSE_UNKNOWN] = "unknown", [COURSE_RIGHTS] = "rights",     [COURSE_CHANGED] = "changed",
        [COURSE_TAKEN] = "taken",     [COURSE_INVALID] = "invalid",   [COURSE_FAILED] = "failed",
    };

    return names[end];
}

enum course_end course_refuse(struct course *course, enum course_end end, const char *why)
{
    snprintf(course->why, sizeof course->why, "%s", why);
    return end;
}

/* slapo-unique's refusal is a constraint's, and told by its text alone. */
static enum course_end meaning_of(int result, const char *why)
{
    switch (result) {
    case PEN_SILENT:
    case PEN_STRANGE:
        return COURSE_UNKNOWN;
    case PEN_UNWILLING:
        return COURSE_STANDS_BY;
    case PEN_RIGHTS:
        return COURSE_RIGHTS;
    case PEN_ASSERTION:
    case PEN_NO_SUCH_OBJECT:
        return COURSE_CHANGED;
    case PEN_EXISTS:
        return COURSE_TAKEN;
    case PEN_CONSTRAINT:
        return strstr(why, "unique") != NULL ? COURSE_TAKEN : COURSE_INVALID;
    case PEN_INVALID_TYPE:
    case PEN_VALUE_EXISTS:
    case PEN_INVALID_VALUE:
    case PEN_INVALID_NAME:
    case PEN_OBJECT_CLASS:
        return COURSE_INVALID;
    default:
        return COURSE_FAILED;
    }
}

enum course_end course_judge(struct course *course, int result)
{
    if (result == PEN_DONE)
        return COURSE_DONE;
    return course_refuse(course, meaning_of(result, pen_why(course->pen)), pen_why(course->pen));
}

enum course_end course_judge_read(struct course *course, int result)
{
    enum course_end end = course_judge(course, result);

    return end == COURSE_UNKNOWN ? COURSE_AWAY : end;
}
