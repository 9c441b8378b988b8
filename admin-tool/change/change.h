/*
 * One change, of one account or of several at once: find, check, ask, change, publish, finish, report. One question, one
 * transaction, one publication; all or none.
 */
#ifndef CODER_CHANGE_CHANGE_H
#define CODER_CHANGE_CHANGE_H

#include <stdbool.h>
#include <stdio.h>

#include "sql/account.h"
#include "sql/store.h"
#include "terminal/command.h"
#include "fleet_request.h"
#include "targets.h"

struct upward;

struct change {
    const char *event;    /* the audit row's */
    const char *plan;     /* "suspend": after "Would"; "... this user?" */
    const char *outcome;  /* "is suspended": after the username; NULL: finish says it */
    bool asks;            /* for a confirmation */
    bool here;            /* of this host alone: also of an account that comes from the fleet */
    bool moves;           /* accounts of here are to become the fleet's: fleet_does is "add" */
    const char *detail;   /* into the audit row, NULL: none */
    unsigned roles;       /* edit-roles */
    const struct account *edited; /* edit */
    size_t behind;        /* operands that come behind the names */
    void *own;            /* what the verb keeps between its steps; NULL: nothing */
    const char *new_name; /* rename; the account is found by a former name, too */
    const struct targets *among; /* all it is about, for the callbacks: set by change_account ... */
    size_t nth;                  /* ... and which of them this one is */
    const struct upward *upward; /* ... and of accounts of the fleet what became of it there */

    /* GO_ON when the change is needed and allowed, else said. Called before the question and again
     * in the transaction. NULL: always. */
    enum status (*check)(struct tool *tool, const struct change *change,
                         const struct account *account);
    /* After check, before the question, and no more: what this machine's files or a slow NSS source have to
     * say, which is not asked under a lock. NULL: nothing. */
    enum status (*look)(struct tool *tool, const struct change *change, const struct account *account);
    /* In the transaction. */
    enum store_result (*apply)(struct tool *tool, const struct change *change,
                               const struct account *account);
    /* Of accounts that come from the fleet, in place of apply: "change", "delete" or "rename" of coder_fleet(8), and what
     * is set by it; then, in the transaction of the audit row, what is this host's own. NULL: such accounts are refused;
     * nothing is set; nothing is of here. */
    const char *fleet_does;
    void (*fleet_sets)(struct tool *tool, const struct change *change, const struct account *account,
                       struct fleet_request *request);
    enum store_result (*beside)(struct tool *tool, const struct change *change, const struct account *account);
    /* Before the question, and of --dry-run: what follows that `plan` does not say. NULL: nothing. */
    void (*announce)(const struct tool *tool, const struct change *change, const struct account *account,
                     FILE *out);
    /* For --dry-run: what it would do beyond what `plan` says; for each, and then for all who would be changed. NULL:
     * nothing. */
    void (*preview)(struct tool *tool, const struct change *change, const struct account *account,
                    FILE *out);
    void (*preview_all)(struct tool *tool, const struct change *change, const struct account *accounts, size_t count,
                        FILE *out);
    /* After the question, before anything is locked: what takes long. GO_ON, or said. NULL: nothing. */
    enum status (*prepare)(struct tool *tool, const struct change *change);
    /* After the commit: what is said at once. NULL: nothing. after: NULL when deleted, here and below. */
    void (*finish)(struct tool *tool, const struct change *change, const struct account *before,
                   const struct account *after);
    /* Does what this one runs end now? In one go with all others', when finish has said everything: it may be our own
     * session. Asked about those who were so already, too. NULL: it goes on. */
    bool (*ends)(const struct tool *tool, const struct change *change, const struct target *target);
    /* After that. NULL: nothing. */
    void (*follow)(struct tool *tool, const struct change *change, const struct account *before,
                   const struct account *after);
    /* When signals come through again, in one go for all whom `settles` names (NULL: who was changed): what may take
     * long. accounts: as they are now, or as they were when deleted. NULL: nothing. */
    bool (*settles)(const struct tool *tool, const struct change *change, const struct target *target);
    void (*settle)(struct tool *tool, const struct change *change, const struct account *accounts, size_t count);
    /* More of the answer for programs, of one who was changed: an object for store_text_free, NULL when memory is short.
     * Such an answer is written before sessions end, for it cannot be had again. NULL: nothing more. */
    char *(*more)(struct tool *tool, const struct change *change, const struct account *after);
    /* When nothing had to be changed: what a run that was killed may have left undone. NULL: nothing. */
    void (*again)(struct tool *tool, const struct account *account);
};

/* The account the first operand names; or those all operands name, or with "-" the lines of standard input. With JSON
 * the answer is the account as it is afterwards, or an array of them. */
enum status change_account(struct tool *tool, const struct change *change);
enum status change_accounts(struct tool *tool, const struct change *change);

#endif
