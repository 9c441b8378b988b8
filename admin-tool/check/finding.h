/*
 * What the doctor finds, collected: what is wrong, why it matters, and the command that mends it.
 */
#ifndef CODER_CHECK_FINDING_H
#define CODER_CHECK_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sql/account.h"
#include "terminal/command.h"

/* PROBLEM: logins fail, somebody gets in who must not, or what keeps him out is missing: exit
 * status 1. BREACH: one that lets anybody in; it is called a problem, too, and stands above all. */
enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_PROBLEM, SEVERITY_BREACH };

enum { CHECK_TEXT_SIZE = 512 };

/* Texts are ours, escaped for terminals. */
struct finding {
    enum severity severity;
    const char *check; /* its name, which never changes */
    char *subject, *what, *why, *mend;
};

/* One way in, for check NAME. */
struct way {
    const char *service, *method;
    bool works;
    char why[CHECK_TEXT_SIZE]; /* or what follows; "" */
};

struct doctor {
    struct tool *tool;             /* its store is NULL when there is none that can be used */
    const struct account *account; /* check NAME: whom it is about, NULL: everybody */
    bool quiet;                    /* the store is broken: what follows from that is not said */
    bool nss_broken;               /* NSS or the directory is: what follows from that is not said */
    bool incomplete;               /* memory ran out */
    struct finding *findings;
    size_t count, room;
    struct way ways[16];
    size_t way_count;
};

/* Add a finding; the texts are copied. `check` lives for ever. */
void check_report(struct doctor *doctor, enum severity severity, const char *check,
                  const char *subject, const char *what, const char *why, const char *mend);

/* snprintf into `ret`, which is returned. */
const char *check_text(char ret[CHECK_TEXT_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A name of another file as a word of a command; "NAME" when it would be an option, or several. */
const char *check_word(const char *name);

/* The findings; the struct is the caller's. */
void doctor_free(struct doctor *doctor);

#endif
