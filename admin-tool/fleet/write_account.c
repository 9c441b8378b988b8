/*
 * The server's rules say what may be; here is only what they cannot: that it is still the entry that was shown, that a
 * gravestone stays one, and which id is the next.
 */
#include "write_account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILTER_SIZE = 2 * SHOWN_TEXT_SIZE + 96, IDS_TRIED_MAX = 1000 };

static struct facts facts;

static void name_person(struct course *course, const char *name)
{
    snprintf(course->dn, sizeof course->dn, "uid=%s,ou=people,%s", name, course->settings->base);
}

/* Does no entry have this value, of uid or uidNumber? */
static enum course_end is_free(struct course *course, const char *value, bool *ret)
{
    char people[SETTINGS_VALUE_SIZE + 16], filter[WRITE_NAME_MAX + 32], dn[PEN_DN_SIZE];
    struct shown other;
    int found;

    snprintf(people, sizeof people, "ou=people,%s", course->settings->base);
    snprintf(filter, sizeof filter, "(%s)", value);
    found = pen_find(course->pen, people, filter, dn, &other);
    *ret = found == PEN_NO_SUCH_OBJECT;
    return *ret || found == PEN_DONE || found == PEN_STRANGE ? COURSE_DONE : course_judge_read(course, found);
}

/* -- an account that is there ---- */

/* To who may not write nobody is shown, and neither is the counter. */
static enum course_end not_there(struct course *course)
{
    struct shown counter;
    char dn[PEN_DN_SIZE];

    if (pen_find(course->pen, course->settings->base, "(objectClass=coderIds)", dn, &counter) == PEN_NO_SUCH_OBJECT)
        return course_refuse(course, COURSE_RIGHTS, "this one may not write accounts");
    return course_refuse(course, COURSE_CHANGED, "there is no account of this name");
}

/* The entry as it is, if it is the one that was shown; a filter that says so of the moment of the write. slapd's overlays
 * (2.5, 2.6) assert it of what they do in between, too: slapo-unique of where it searches, and syncprov of the tree's own
 * entry, where it writes down how far the tree is. Whatever is no account passes. */
static enum course_end look(struct course *course, char assertion[FILTER_SIZE])
{
    const struct write_operation *operation = course->operation;
    struct shown *now = &course->before;
    enum course_end end;

    name_person(course, operation->name);
    end = course_judge_read(course, pen_read(course->pen, course->dn, now));
    if (end == COURSE_CHANGED)
        return not_there(course);
    if (end != COURSE_DONE)
        return end;
    if (now->entry_uuid[0] == '\0' || now->csn[0] == '\0')
        return course_refuse(course, COURSE_RIGHTS, "the entry cannot be read");
    if (operation->entry != NULL && strcmp(operation->entry, now->entry_uuid) != 0)
        return course_refuse(course, COURSE_CHANGED, "the name is another account's by now");
    if (operation->csn != NULL && strcmp(operation->csn, now->csn) != 0)
        return course_refuse(course, COURSE_CHANGED, "the account was changed meanwhile");
    if (strcmp(now->status, "deleted") == 0)
        return course_refuse(course, COURSE_INVALID, "the account is deleted, and stays so");
    snprintf(assertion, FILTER_SIZE, "(|(!(objectClass=coderAccount))(&(entryUUID=%s)(entryCSN=%s)))", now->entry_uuid, now->csn);
    return COURSE_DONE;
}

static enum course_end say_changed(struct course *course, enum course_end end)
{
    return end == COURSE_CHANGED ? course_refuse(course, end, "the account was changed meanwhile") : end;
}

static enum course_end modify(struct course *course, const char *assertion)
{
    return say_changed(course, course_judge(course, pen_modify(course->pen, course->dn, &facts, assertion, &course->after)));
}

static enum course_end change(struct course *course, const char *assertion)
{
    struct facts_before before = { .suspended = strcmp(course->before.status, "suspended") == 0,
                                   .expires_at = course->before.expires_at };

    if (!facts_change(course->operation, &before, &facts))
        return course_refuse(course, COURSE_INVALID, "more values than there is room for");
    return modify(course, assertion);
}

static enum course_end bury(struct course *course, const char *assertion)
{
    facts_delete(&facts);
    return modify(course, assertion);
}

/* The old name stays a value of the entry: it is nobody else's, which slapo-unique sees to, and not its own again, for the
 * hosts remember it as one that ended. */
static enum course_end rename_person(struct course *course, const char *assertion)
{
    char rdn[WRITE_NAME_MAX + sizeof "uid="];
    bool free = false;
    enum course_end end;

    course->name = write_value(course->operation, "username");
    snprintf(rdn, sizeof rdn, "uid=%s", course->name);
    end = is_free(course, rdn, &free);
    if (end == COURSE_DONE && !free)
        end = course_refuse(course, COURSE_TAKEN, "the name is or was an account's");
    if (end != COURSE_DONE)
        return end;
    end = course_judge(course, pen_rename(course->pen, course->dn, rdn, assertion, &course->after));
    return say_changed(course, end);
}

/* -- a new account ---- */

/* Each server shows its own counter alone: whoever writes there takes ids of its range. */
static enum course_end next_id(struct course *course, uint64_t *ret)
{
    struct shown counter;
    char dn[PEN_DN_SIZE];
    int found = pen_find(course->pen, course->settings->base, "(objectClass=coderIds)", dn, &counter);
    enum course_end end;

    if (found == PEN_NO_SUCH_OBJECT || found == PEN_STRANGE)
        return course_refuse(course, COURSE_RIGHTS, "the server does not show one counter of ids");
    end = course_judge_read(course, found);
    if (end != COURSE_DONE)
        return end;
    end = course_judge_read(course, pen_count(course->pen, dn, ret)); /* at worst an id is lost */
    if (end == COURSE_DONE && (*ret == 0 || *ret > UINT32_MAX - 1))
        return course_refuse(course, COURSE_FAILED, "the server's counter has no id");
    return end;
}

/* An id that was given by hand is passed over. */
static enum course_end choose_id(struct course *course, uint64_t *ret)
{
    char value[sizeof "uidNumber=" + 20];
    bool free = false;

    for (int i = 0; i < IDS_TRIED_MAX; i++) {
        enum course_end end = next_id(course, ret);

        snprintf(value, sizeof value, "uidNumber=%llu", (unsigned long long)*ret);
        if (end == COURSE_DONE)
            end = is_free(course, value, &free);
        if (end != COURSE_DONE || free)
            return end;
    }
    return course_refuse(course, COURSE_FAILED, "the server's counter has no free id");
}

static enum course_end add(struct course *course)
{
    const char *given = write_value(course->operation, "uid");
    uint64_t uid = 0;
    enum course_end end = COURSE_DONE;

    if (given != NULL)
        uid = strtoull(given, NULL, 10);
    else
        end = choose_id(course, &uid);
    if (end != COURSE_DONE)
        return end;
    if (!facts_add(course->operation, (uint32_t)uid, &facts))
        return course_refuse(course, COURSE_INVALID, "more values than there is room for");
    name_person(course, course->operation->name);
    return course_judge(course, pen_add(course->pen, course->dn, &facts, &course->after));
}

enum course_end write_account(struct course *course)
{
    char assertion[FILTER_SIZE];
    enum course_end end;

    if (course->operation->what == WRITE_ADD)
        end = add(course);
    else if ((end = look(course, assertion)) != COURSE_DONE)
        return end;
    else if (course->operation->what == WRITE_DELETE)
        end = bury(course, assertion);
    else if (course->operation->what == WRITE_RENAME)
        end = rename_person(course, assertion);
    else
        end = change(course, assertion);
    explicit_bzero(&facts, sizeof facts);
    return end;
}
