/*
 * What lets a host read is its entry's scopes and the groups together: the entry comes last and goes first.
 */
#include "write_host.h"

#include <stdio.h>
#include <string.h>

static struct facts facts;

static void name_host(struct course *course)
{
    snprintf(course->dn, sizeof course->dn, "cn=%s,ou=hosts,%s", course->operation->name, course->settings->base);
}

/* -- one more ---- */

static enum course_end join_group(struct course *course, const char *scope)
{
    char group[PEN_DN_SIZE];
    enum course_end end;

    snprintf(group, sizeof group, "cn=%s,ou=groups,%s", scope, course->settings->base);
    end = course_judge(course, pen_member(course->pen, group, course->dn, true));
    if (end != COURSE_CHANGED)
        return end;
    snprintf(course->why, sizeof course->why, "there is no scope %s", scope);
    return COURSE_INVALID;
}

static enum course_end add(struct course *course)
{
    const struct write_operation *operation = course->operation;
    struct shown other;
    enum course_end end;
    int found = pen_read(course->pen, course->dn, &other);

    if (found == PEN_DONE)
        return course_refuse(course, COURSE_TAKEN, "there is a host of this name");
    if (found != PEN_NO_SUCH_OBJECT)
        return course_judge_read(course, found);
    for (size_t i = 0; i < operation->set_count; i++) {
        end = join_group(course, operation->sets[i].value);
        if (end != COURSE_DONE)
            return end;
    }
    if (!facts_add_host(operation, &facts))
        return course_refuse(course, COURSE_INVALID, "more values than there is room for");
    return course_judge(course, pen_add(course->pen, course->dn, &facts, &course->after));
}

/* -- one less ---- */

enum { GROUPS_MAX = 256 };

struct groups {
    size_t count;
    bool more;
    char dns[GROUPS_MAX][PEN_DN_SIZE];
};

static struct groups groups;

static void take_group(void *context, const struct pen_entry *entry)
{
    (void)context;
    if (groups.count == GROUPS_MAX || strlen(entry->dn) >= PEN_DN_SIZE)
        groups.more = true;
    else
        snprintf(groups.dns[groups.count++], PEN_DN_SIZE, "%s", entry->dn);
}

static enum course_end find_groups(struct course *course, long long until)
{
    static const char *const nothing[] = { "1.1", NULL }; /* RFC 4511 4.5.1.8 */
    char base[SETTINGS_VALUE_SIZE + 16], filter[PEN_FILTER_SIZE];

    groups.count = 0;
    groups.more = false;
    snprintf(base, sizeof base, "ou=groups,%s", course->settings->base);
    if (!pen_filter("member", course->dn, filter))
        return course_refuse(course, COURSE_INVALID, "the name is too long");
    return course_judge_read(course, pen_each(course->pen, base, filter, nothing, until, take_group, NULL));
}

static enum course_end leave_groups(struct course *course, long long until)
{
    enum course_end end = find_groups(course, until);

    for (size_t i = 0; end == COURSE_DONE && i < groups.count; i++)
        end = course_judge(course, pen_member(course->pen, groups.dns[i], course->dn, false));
    return end == COURSE_DONE && groups.more ? leave_groups(course, until) : end;
}

static enum course_end take_away(struct course *course, long long until)
{
    int removed = pen_remove(course->pen, course->dn);
    enum course_end end;

    if (removed != PEN_DONE && removed != PEN_NO_SUCH_OBJECT)
        return course_judge(course, removed);
    end = leave_groups(course, until);
    if (end != COURSE_DONE)
        return end;
    return removed == PEN_DONE || groups.count > 0 ? end : course_refuse(course, COURSE_CHANGED, "there is no host of this name");
}

enum course_end write_host(struct course *course, long long until)
{
    name_host(course);
    return course->operation->what == WRITE_ADD_HOST ? add(course) : take_away(course, until);
}
