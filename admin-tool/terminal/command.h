/*
 * admin-tool's shared nouns: a command, its arguments, the tool at work and what each file does for
 * it. Everything that can go wrong becomes a status and one line for a person, at one place each.
 */
#ifndef CODER_COMMAND_H
#define CODER_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/account.h"
#include "sql/activity.h"
#include "sql/policy.h"
#include "sql/store_audit.h"

#define PRIVATE_DIR CODER_STATE_DIR "/private"
#define PRIVATE_RUN_DIR CODER_RUN_DIR "/private"

/* The exit status of the contract; GO_ON is none yet. */
enum status {
    GO_ON = -1,
    STATUS_DONE = 0,
    STATUS_FAILED = 1,
    STATUS_USAGE = 2,
    STATUS_NOT_FOUND = 3,
    STATUS_UNKNOWN = 3, /* to a monitor: of the plugins' rules, not of ours */
    STATUS_REFUSED = 4,
    STATUS_NOT_CONFIRMED = 5,
    STATUS_NOT_ROOT = 6,
    STATUS_STORE = 7,
    STATUS_IDENTITY = 8, /* the fleet does not take the administrator */
    STATUS_AWAY = 9      /* nor is there a server of it */
};

/* In the order of the table in options.c. */
enum option_id {
    OPTION_USERNAME, OPTION_EMAIL, OPTION_FULL_NAME, OPTION_ROLES, OPTION_UID, OPTION_SHELL,
    OPTION_HOME, OPTION_EXPIRES, OPTION_NO_CREATE_HOME, OPTION_PASSWORD_STDIN, OPTION_NO_PASSWORD,
    OPTION_COLUMNS, OPTION_STATUS, OPTION_ROLE, OPTION_YES, OPTION_REASON, OPTION_KEEP_SESSIONS,
    OPTION_END_SESSIONS, OPTION_REMOVE_HOME, OPTION_FORCE, OPTION_USER, OPTION_SINCE, OPTION_COUNT,
    OPTION_FOLLOW, OPTION_VERIFY, OPTION_BEFORE, OPTION_FROM_PASSWD, OPTION_TAKE_OVER,
    OPTION_SKIP_BAD, OPTION_PASSWORDS_TO, OPTION_WITH_HASHES, OPTION_FORMAT, OPTION_REPAIR,
    OPTION_EXACT, OPTION_TEXT_OUTPUT, OPTION_TABLE_OUTPUT, OPTION_CHECK_OUTPUT, OPTION_DRY_RUN, OPTION_HELP,
    OPTION_VERSION, OPTION_KEEP_GROUPS, OPTION_REMOVE_SETID, OPTION_SSH_KEY, OPTION_NO_SUBIDS, OPTION_SERVICE_ACCOUNT,
    OPTION_PASSWORD_MAX_DAYS, OPTION_NEVER_DORMANT, OPTION_MAY_BE_DORMANT, OPTION_INACTIVE, OPTION_ALL,
    OPTION_MOVE_HOME, OPTION_TO_PASSWD, OPTION_STRICT, OPTION_LIST_OUTPUT, OPTION_LOG_OUTPUT, OPTION_EXPIRES_BEFORE,
    OPTION_LOCKED, OPTION_MUST_CHANGE, OPTION_NO_KEY, OPTION_SORT, OPTION_REVERSE, OPTION_LIMIT, OPTION_OFFSET,
    OPTION_EVENT, OPTION_ACTOR, OPTION_ORIGIN, OPTION_UNTIL, OPTION_BEFORE_ID, OPTION_SKIP_EXISTING, OPTION_UPDATE,
    OPTION_HAND_OVER_TO, OPTION_PRUNE, OPTION_QUIET, OPTION_KEEP, OPTION_PROGRESS, OPTION_HERE, OPTION_KEEP_ACCOUNTS,
    OPTION_IDENTITY, OPTION_SCOPE, OPTION_JOIN, OPTION_CERTIFICATE, OPTION_RENEW, OPTION_FLEET,
    OPTION_ID_COUNT
};

/* The strings are argv's. A value is NULL when the option was not given, "" when it takes none. */
enum { REPEATED_MAX = 64 };
struct arguments {
    const char *value[OPTION_ID_COUNT];
    const char *repeated[REPEATED_MAX]; /* the values of --ssh-key or --status */
    size_t repeated_count;
    const char *operand; /* the first, NULL when there is none */
    char *const *operands;
    size_t operand_count;
};

struct tool;

enum command_flag {
    COMMAND_CHANGES = 1,  /* makes the store when there is none */
    COMMAND_REPLACES = 2, /* ... and may begin a new one where it was lost */
    COMMAND_READS_LOG = 4, /* shows the audit log, which has to be complete */
    COMMAND_FOR_ALL = 8 /* needs no root */
};

struct command {
    const char *group; /* NULL: the command is one word */
    const char *name;  /* "": the group's word alone */
    const char *operand; /* as in the help: NULL none, "NAME", "[NAME]", "NAME...", "OLD NEW", "NAME [FILE]" */
    unsigned flags;
    const uint8_t *options; /* the ids of those it takes, up to OPTION_ID_COUNT */
    enum status (*run)(struct tool *tool);
    const char *summary;
};

/* Who does it. Owns the strings that `audit` points to: not to be copied. */
struct actor {
    struct audit_actor audit;
    char name[ACCOUNT_NAME_SIZE], via[ACCOUNT_NAME_SIZE]; /* via: of whom root's rights were got, "" of nobody */
    char via_text[ACCOUNT_NAME_SIZE + 16], origin[ORIGIN_SIZE + 16]; /* a claim is marked as one */
};

/* One run of one command. */
struct tool {
    const struct command *command;
    struct arguments arguments;
    int64_t now;          /* Unix seconds, when the run began */
    struct store *store;  /* NULL: there is none yet */
    struct policy policy; /* the defaults when there is no store */
    struct actor actor;   /* of a changing command, once opened; --dry-run, too */
    int folder;           /* where it was started, for openat(2); -1: nowhere. We are in "/" */
    /* Whether /etc/passwd has a line of this name. Set by the caller of all rooms: those that read it stand above some
     * that ask. */
    bool (*find_local)(const char *username, uint32_t *ret_uid);
    int lock;             /* the tool lock's descriptor, -1 when not held */
    int64_t begun;        /* the generation that change_begin found; 0: not known */
    bool tells_nscd;      /* when the lock is released */
    bool changed;         /* something was committed: silence on stdout is no failure any more */
    bool troubled;        /* tool_complain was called */
};

#endif
