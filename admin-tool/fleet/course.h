/*
 * One operation on its way: what is asked, of which server, and how it ended.
 */
#ifndef CODER_FLEET_COURSE_H
#define CODER_FLEET_COURSE_H

#include "pen_look.h"
#include "settings.h"
#include "write_request.h"

enum course_end {
    COURSE_DONE,
    COURSE_STANDS_BY, /* the server does not write; nothing is done */
    COURSE_AWAY,      /* no answer before anything was written */
    COURSE_UNKNOWN,   /* sent, no answer */
    COURSE_RIGHTS,
    COURSE_CHANGED,   /* not as it was shown */
    COURSE_TAKEN,
    COURSE_INVALID,
    COURSE_FAILED
};

struct course {
    const struct settings *settings;
    struct pen *pen;
    const struct write_operation *operation;
    const char *name;          /* as it is now; NULL where nobody is meant */
    struct shown before, after; /* with scopes, where there are some */
    char dn[PEN_DN_SIZE];
    char why[CONNECT_WHY_SIZE]; /* where it is not done */
};

/* The word for the peer. */
const char *course_name(enum course_end end);

enum course_end course_refuse(struct course *course, enum course_end end, const char *why);

/* Of a result of the pen's: that of a write, and of one after which nothing is changed. */
enum course_end course_judge(struct course *course, int result);
enum course_end course_judge_read(struct course *course, int result);

#endif
