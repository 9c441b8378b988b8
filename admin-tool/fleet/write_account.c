/*
 * The server's rules say what may be; here is only what they cannot: that it is still the entry that was shown, that a
 * gravestone stays one, and which id is the next.
 */
#include "write_account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DN_SIZE = PEN_DN_SIZE, FILTER_SIZE = 2 * SHOWN_TEXT_SIZE + 96, IDS_TRIED_MAX = 1000 };

struct course {
    const struct settings *settings;
    struct pen *pen;
    const struct write_operation *operation;
    struct write_done *done;
    char dn[DN_SIZE];
};

static struct facts facts;

const char *write_end_name(enum write_end end)
{
    static const char *const names[] = {
        [WRITE_END_DONE] = "done",       [WRITE_END_STANDS_BY] = "standby", [WRITE_END_AWAY] = "away",
        [WRITE_END_UNKNOWN] = "unknown", [WRITE_END_RIGHTS] = "rights",     [WRITE_END_CHANGED] = "changed",
        [WRITE_END_TAKEN] = "taken",     [WRITE_END_INVALID] = "invalid",   [WRITE_END_FAILED] = "failed",
    };

    return names[end];
}

static enum write_end refuse(struct course *course, enum write_end end, const char *why)
{
    snprintf(course->done->why, sizeof course->done->why, "%s", why);
    return end;
}

/* slapo-unique's refusal is a constraint's, and told by its text alone. */
static enum write_end meaning_of(int result, const char *why)
{
    switch (result) {
    case PEN_DONE:
        return WRITE_END_DONE;
    case PEN_SILENT:
    case PEN_STRANGE:
        return WRITE_END_UNKNOWN;
    case PEN_UNWILLING:
        return WRITE_END_STANDS_BY;
    case PEN_RIGHTS:
        return WRITE_END_RIGHTS;
    case PEN_ASSERTION:
    case PEN_NO_SUCH_OBJECT:
        return WRITE_END_CHANGED;
    case PEN_EXISTS:
        return WRITE_END_TAKEN;
    case PEN_CONSTRAINT:
        return strstr(why, "unique") != NULL ? WRITE_END_TAKEN : WRITE_END_INVALID;
    case PEN_INVALID_TYPE:
    case PEN_VALUE_EXISTS:
    case PEN_INVALID_VALUE:
    case PEN_INVALID_NAME:
    case PEN_OBJECT_CLASS:
        return WRITE_END_INVALID;
    default:
        return WRITE_END_FAILED;
    }
}

static enum write_end judge(struct course *course, int result)
{
    if (result == PEN_DONE)
        return WRITE_END_DONE;
    return refuse(course, meaning_of(result, pen_why(course->pen)), pen_why(course->pen));
}

/* Reading changes nothing. */
static enum write_end judge_read(struct course *course, int result)
{
    enum write_end end = judge(course, result);

    return end == WRITE_END_UNKNOWN ? WRITE_END_AWAY : end;
}

static void name_person(struct course *course, const char *name)
{
    snprintf(course->dn, sizeof course->dn, "uid=%s,ou=people,%s", name, course->settings->base);
}

/* -- an account that is there ---- */

/* The entry as it is, if it is the one that was shown; a filter that says so of the moment of the write. slapo-unique
 * (2.5, 2.6) asserts it of what it searches below, too, before it looks for a name or an address. */
static enum write_end look(struct course *course, struct shown *ret, char assertion[FILTER_SIZE])
{
    const struct write_operation *operation = course->operation;
    enum write_end end;

    name_person(course, operation->name);
    end = judge_read(course, pen_read(course->pen, course->dn, ret));
    if (end == WRITE_END_CHANGED)
        return refuse(course, end, "there is no account of this name");
    if (end != WRITE_END_DONE)
        return end;
    if (ret->entry_uuid[0] == '\0' || ret->csn[0] == '\0')
        return refuse(course, WRITE_END_RIGHTS, "the entry cannot be read");
    if (operation->entry != NULL && strcmp(operation->entry, ret->entry_uuid) != 0)
        return refuse(course, WRITE_END_CHANGED, "the name is another account's by now");
    if (operation->csn != NULL && strcmp(operation->csn, ret->csn) != 0)
        return refuse(course, WRITE_END_CHANGED, "the account was changed meanwhile");
    if (strcmp(ret->status, "deleted") == 0)
        return refuse(course, WRITE_END_INVALID, "the account is deleted, and stays so");
    snprintf(assertion, FILTER_SIZE, "(|(objectClass=organizationalUnit)(&(entryUUID=%s)(entryCSN=%s)))", ret->entry_uuid, ret->csn);
    return WRITE_END_DONE;
}

static enum write_end say_changed(struct course *course, enum write_end end)
{
    return end == WRITE_END_CHANGED ? refuse(course, end, "the account was changed meanwhile") : end;
}

static enum write_end change(struct course *course)
{
    struct shown now = { .expires_at = 0 };
    char assertion[FILTER_SIZE];
    enum write_end end = look(course, &now, assertion);
    struct facts_before before = { .expires_at = now.expires_at };

    if (end != WRITE_END_DONE)
        return end;
    before.suspended = strcmp(now.status, "suspended") == 0;
    if (!facts_change(course->operation, &before, &facts))
        return refuse(course, WRITE_END_INVALID, "more values than there is room for");
    end = judge(course, pen_modify(course->pen, course->dn, &facts, assertion, &course->done->after));
    return say_changed(course, end);
}

/* -- a new account ---- */

/* Each server shows its own counter alone: whoever writes there takes ids of its range. */
static enum write_end next_id(struct course *course, uint64_t *ret)
{
    struct shown counter;
    char dn[DN_SIZE];
    int found = pen_find(course->pen, course->settings->base, "(objectClass=coderIds)", dn, &counter);
    enum write_end end;

    if (found == PEN_NO_SUCH_OBJECT || found == PEN_STRANGE)
        return refuse(course, WRITE_END_RIGHTS, "the server does not show one counter of ids");
    end = judge_read(course, found);
    if (end != WRITE_END_DONE)
        return end;
    end = judge_read(course, pen_count(course->pen, dn, ret)); /* at worst an id is lost */
    if (end == WRITE_END_DONE && (*ret == 0 || *ret > UINT32_MAX - 1))
        return refuse(course, WRITE_END_FAILED, "the server's counter has no id");
    return end;
}

static enum write_end is_free(struct course *course, uint64_t uid, bool *ret)
{
    char people[SETTINGS_VALUE_SIZE + 16], filter[64], dn[DN_SIZE];
    struct shown other;
    int found;

    snprintf(people, sizeof people, "ou=people,%s", course->settings->base);
    snprintf(filter, sizeof filter, "(uidNumber=%llu)", (unsigned long long)uid);
    found = pen_find(course->pen, people, filter, dn, &other);
    *ret = found == PEN_NO_SUCH_OBJECT;
    return *ret || found == PEN_DONE || found == PEN_STRANGE ? WRITE_END_DONE : judge_read(course, found);
}

/* An id that was given by hand is passed over. */
static enum write_end choose_id(struct course *course, uint64_t *ret)
{
    bool free = false;

    for (int i = 0; i < IDS_TRIED_MAX; i++) {
        enum write_end end = next_id(course, ret);

        if (end == WRITE_END_DONE)
            end = is_free(course, *ret, &free);
        if (end != WRITE_END_DONE || free)
            return end;
    }
    return refuse(course, WRITE_END_FAILED, "the server's counter has no free id");
}

static enum write_end add(struct course *course)
{
    const char *given = write_value(course->operation, "uid");
    uint64_t uid = 0;
    enum write_end end = WRITE_END_DONE;

    if (given != NULL)
        uid = strtoull(given, NULL, 10);
    else
        end = choose_id(course, &uid);
    if (end != WRITE_END_DONE)
        return end;
    if (!facts_add(course->operation, (uint32_t)uid, &facts))
        return refuse(course, WRITE_END_INVALID, "more values than there is room for");
    name_person(course, course->operation->name);
    return judge(course, pen_add(course->pen, course->dn, &facts, &course->done->after));
}

enum write_end write_account(const struct settings *settings, struct pen *pen, const struct write_operation *operation,
                             struct write_done *ret)
{
    struct course course = { .settings = settings, .pen = pen, .operation = operation, .done = ret };
    enum write_end end;

    ret->name = operation->name;
    ret->why[0] = '\0';
    end = operation->what == WRITE_ADD ? add(&course) : change(&course);
    explicit_bzero(&facts, sizeof facts);
    return end;
}
