/*
 * admin-tool's shared nouns: a command, its arguments, the tool at work and what each file does for
 * it. Everything that can go wrong becomes a status and one line for a person, at one place each.
 */
#ifndef CODER_COMMAND_H
#define CODER_COMMAND_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "activity.h"
#include "credential.h"
#include "store.h"

#define PRIVATE_DIR CODER_STATE_DIR "/private"
#define PRIVATE_RUN_DIR CODER_RUN_DIR "/private"

/* The exit status of the contract; GO_ON is none yet. */
enum status {
    GO_ON = -1,
    STATUS_DONE = 0,
    STATUS_FAILED = 1,
    STATUS_USAGE = 2,
    STATUS_NOT_FOUND = 3,
    STATUS_REFUSED = 4,
    STATUS_NOT_CONFIRMED = 5,
    STATUS_NOT_ROOT = 6,
    STATUS_STORE = 7
};

/* In the order of the table in options.c. */
enum option_id {
    OPTION_USERNAME, OPTION_EMAIL, OPTION_FULL_NAME, OPTION_ROLES, OPTION_UID, OPTION_SHELL,
    OPTION_HOME, OPTION_EXPIRES, OPTION_NO_CREATE_HOME, OPTION_PASSWORD_STDIN, OPTION_NO_PASSWORD,
    OPTION_COLUMNS, OPTION_STATUS, OPTION_ROLE, OPTION_YES, OPTION_REASON, OPTION_KEEP_SESSIONS,
    OPTION_END_SESSIONS, OPTION_REMOVE_HOME, OPTION_FORCE, OPTION_USER, OPTION_SINCE, OPTION_COUNT,
    OPTION_FOLLOW, OPTION_VERIFY, OPTION_BEFORE, OPTION_FROM_PASSWD, OPTION_TAKE_OVER,
    OPTION_SKIP_BAD, OPTION_PASSWORDS_TO, OPTION_WITH_HASHES, OPTION_FORMAT, OPTION_REPAIR,
    OPTION_EXACT, OPTION_TEXT_OUTPUT, OPTION_TABLE_OUTPUT, OPTION_DRY_RUN, OPTION_HELP,
    OPTION_VERSION, OPTION_KEEP_GROUPS, OPTION_REMOVE_SETID, OPTION_ID_COUNT
};
#define WITH(option) (UINT64_C(1) << (option))

/* The strings are argv's. A value is NULL when the option was not given, "" when it takes none. */
struct arguments {
    const char *value[OPTION_ID_COUNT];
    const char *operand; /* the first, NULL when there is none */
    char *const *operands;
    size_t operand_count;
};

struct tool;

enum command_flag { COMMAND_CHANGES = 1 /* makes the store when there is none */ };

struct command {
    const char *group; /* NULL: the command is one word */
    const char *name;  /* "": the group's word alone */
    const char *operand; /* as in the help: NULL none, "NAME", "[NAME]", "NAME...", "[NAME...]" */
    unsigned flags;
    uint64_t options; /* WITH(...) of those it takes */
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
    int lock;             /* the tool lock's descriptor, -1 when not held */
    int64_t begun;        /* the generation that change_begin found; 0: not known */
    bool tells_nscd;      /* when the lock is released */
    bool changed;         /* something was committed: silence on stdout is no failure any more */
    bool troubled;        /* tool_complain was called */
};

/* -- main.c: what is said to a person, and with which exit status ------------------------- */

/* One line on stderr, "admin-tool: ...", escaped for terminals. Returns the status given. */
enum status tool_refuse(enum status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Between the two what is said waits, however much it is: whoever does not read it holds up no lock. The
 * first one writes out what was said and printed before. */
void say_later(void);
void say_now(void);

/* The same for trouble after a commit: the command goes on, and ends with status 1. */
void tool_complain(struct tool *tool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* GO_ON for OK; everything else is said and given its status. subject: whom or what about. */
enum status tool_store_status(const struct tool *tool, enum store_result result,
                              const char *subject);

bool tool_has(const struct tool *tool, enum option_id option);
bool tool_wants_json(const struct tool *tool);

/* -- process.c ---------------------------------------------------------------------------- */

/* First thing of all. False: do nothing. ret_folder: struct tool's. */
bool process_harden(int *ret_folder);

/* -- options.c: command lines ------------------------------------------------------------- */

/* Read the arguments after the command's words: GO_ON, or USAGE, said. */
enum status options_parse(const struct command *command, int argc, char **argv,
                          struct arguments *ret);
void options_print_help(const struct command *command);

/* -- open.c: getting hold of the store ---------------------------------------------------- */

/*
 * Open the store and read the policy. A changing command without --dry-run first makes folders,
 * store and directory when there are none; all others leave tool->store NULL then. A directory that
 * is behind the store is published anew. GO_ON, or said.
 */
enum status tool_open(struct tool *tool);

/*
 * Wait for the tool lock (DESIGN D10) as holder_wait does, and hold it until tool_unlock or tool_close,
 * under the process's deadline (deadline.h). GO_ON, or said. What is said meanwhile is written, and
 * nscd told, when it is released; nothing when it is not held.
 */
enum status tool_lock(struct tool *tool);
void tool_unlock(struct tool *tool);
void tool_close(struct tool *tool);

/* The log of attempts, for activity_close; NULL when it cannot be used. */
struct activity_log *tool_open_activity(void);

/* -- change.c: one change of one account -------------------------------------------------- */

struct change {
    const char *event;    /* the audit row's */
    const char *plan;     /* "suspend": after "Would"; "... this user?" */
    const char *outcome;  /* "is suspended": after the username; NULL: finish says it */
    bool asks;            /* for a confirmation */
    const char *detail;   /* into the audit row, NULL: none */
    unsigned roles;       /* edit-roles */
    const char *password; /* reset-password: in the clear ... */
    const char *hash;     /* ... and hashed */
    const struct account *edited; /* edit */

    /* GO_ON when the change is needed and allowed, else said. Called before the question and again
     * in the transaction. NULL: always. */
    enum status (*check)(struct tool *tool, const struct change *change,
                         const struct account *account);
    /* In the transaction. */
    enum store_result (*apply)(struct tool *tool, const struct change *change,
                               const struct account *account);
    /* For --dry-run: what it would do beyond what `plan` says. NULL: nothing. */
    void (*preview)(struct tool *tool, const struct change *change, const struct account *account,
                    FILE *out);
    /* After the commit: sessions, files, hand-over. NULL: nothing. after: NULL when deleted. */
    void (*finish)(struct tool *tool, const struct change *change, const struct account *before,
                   const struct account *after);
    /* When all that is said, and signals come through again: what may take long. NULL: nothing. */
    void (*settle)(struct tool *tool, const struct change *change, const struct account *before,
                   const struct account *after);
    /* When nothing had to be changed: what a run that was killed may have left undone. NULL: nothing. */
    void (*again)(struct tool *tool, const struct account *account);
};

/* Find the account the operand names, check, ask, change, publish, finish, report. */
enum status change_account(struct tool *tool, const struct change *change);

/* Begin a transaction, with the policy as it is now. GO_ON, or said and nothing begun. */
enum status change_begin(struct tool *tool);

/*
 * End a transaction: audit row, publication prepared, COMMIT, published. GO_ON when committed
 * (trouble from then on is a complaint, and record_event the caller's once the lock is released);
 * anything else has rolled back. When it was begun with
 * change_begin, before and after are all that it changed of what the public sees, of one account
 * and nothing of policy; both NULL when there is more.
 */
enum status change_commit(struct tool *tool, const char *event, const struct account *before,
                          const struct account *after, const char *detail);

/* The two halves of it, for a batch: one audit row; and all that ends the transaction. */
enum status change_append(struct tool *tool, const char *event, const struct account *before,
                          const struct account *after, const char *detail);
enum status change_end(struct tool *tool, const struct account *before,
                       const struct account *after);

/* Ask "Are you sure you want to PLAN? (yes/no)". */
bool change_is_confirmed(const char *plan, FILE *out);

/* Ctrl-C and the like wait between hold and release: what was committed is carried through. */
void change_hold_signals(void);
void change_release_signals(void);

/* -- actor.c: who does it ----------------------------------------------------------------- */

/* What the system knows comes first: login uid, ancestors.h, the terminal. What only the environment says
 * (SUDO_USER, SSH_CONNECTION) is taken when it looks like what it should be, with " (claimed)" after it. */
void actor_find(struct actor *ret);

/* -- record.c: what is on record beside the store ----------------------------------------- */

/* After a commit, and after the lock: the event to the system log (LOG_AUTHPRIV), with the newest hash of the audit log,
 * and to the kernel's audit where there is one. account: NULL when it is about none. */
void record_event(const struct tool *tool, const char *event, const struct account *account);

/* -- publish.c: what the public sees ------------------------------------------------------ */

/* True when the directory file is missing, not to be trusted, or of another generation. */
bool publish_is_behind(struct tool *tool);

/* The same, or when it is from before a group of /etc/group that comes with a role was made, removed or
 * given another id. */
bool publish_is_due(struct tool *tool);

/* In a transaction: write and fsync the new file beside the old one. before, after: as for
 * change_commit. GO_ON, or said. */
enum status publish_prepare(struct tool *tool, const struct account *before,
                            const struct account *after);

/* After the commit: put it in place; nscd is told when the lock is released. False with errno: the old
 * one is still there. */
bool publish_finish(struct tool *tool);
void publish_tell_nscd(void);
void publish_abandon(void);

/* Both, for the store as it is. The tool lock is held. GO_ON, or said. */
enum status publish_now(struct tool *tool);

/* -- sessions.c --------------------------------------------------------------------------- */

/* End whatever runs for this user (DESIGN D11). What is left is complained about. */
void sessions_end(struct tool *tool, const struct account *account);

/* -- audit.c ------------------------------------------------------------------------------ */

/* The time that an option names, as when_parse has it; `name` is the option's. GO_ON, *ret untouched when
 * it was not given; or USAGE, said. */
enum status audit_parse_when(const struct tool *tool, enum option_id option, const char *name,
                             int64_t *ret);

/* -- home.c ------------------------------------------------------------------------------- */

/* Make the home from /etc/skel; one that exists is left alone, with a note. */
void home_make(struct tool *tool, const struct account *account);

/* Remove it with all that is in it: no link followed, no other filesystem entered. */
void home_remove(struct tool *tool, const struct account *account);

/* -- descriptor.c ------------------------------------------------------------------------- */

/* All of it, whatever signals come; false with errno (0 where reading: the end came first). */
bool descriptor_write(int fd, const void *bytes, size_t size);
bool descriptor_read(int fd, void *ret, size_t size);

/* -- newcomer.c: what users create was told ----------------------------------------------- */

struct newcomer {
    struct account account;         /* uid 0: to be chosen */
    char password[CREDENTIAL_SIZE]; /* "": none was given. Wiped by whoever owns the struct */
};

/* From options, prompts and standard input. GO_ON, or said: USAGE first, then REFUSED. */
enum status newcomer_read(struct tool *tool, struct newcomer *ret);

/* One value each into ret, judged: GO_ON, or said. Left alone when the option was not given, but for
 * the shell, which is the default then. */
enum status newcomer_take_email(const char *email, struct account *ret);
enum status newcomer_take_full_name(const struct tool *tool, struct account *ret);
enum status newcomer_take_shell(const struct tool *tool, struct account *ret);
enum status newcomer_take_expiry(const struct tool *tool, struct account *ret);

/* -- host.c: what this machine's files say ------------------------------------------------ */

/* GO_ON when no NSS source has a user or group of this name (or id), else said. */
enum status host_name_is_free(const char *username);
enum status host_uid_is_free(uint32_t uid);
bool host_has_id(uint32_t id);

/* The gid of a group of /etc/group. False with errno: 0 when it has none of this name. */
bool host_find_group(const char *name, uint32_t *ret);

/* True when id is in login.defs' SUB_UID range or in /etc/subuid, /etc/subgid (subuid(5)). */
bool host_uid_is_subordinate(uint32_t uid);

/* The same for many ids: all those ranges at once. False when memory is short; ranges: to be freed. */
struct id_range {
    unsigned long first, count;
};
struct id_ranges {
    struct id_range *ranges;
    size_t count;
};
bool host_subordinates_read(struct id_ranges *ret);
bool host_subordinates_have(const struct id_ranges *ranges, uint32_t uid);

/* True when /etc/passwd itself has a line of this name; and a note that says what follows from it. */
bool host_is_local(const char *username);
void host_note_local(const char *username);

/* The same for all accounts of the store at once. */
void host_note_locals(const struct tool *tool);

/* HOME_MODE of login.defs(5), else 0700. */
mode_t host_home_mode(void);
const char *host_default_shell(void);

/* A path of a program that can be run. NULL if fine, else what is wrong. */
const char *host_shell_fault(const char *shell);

/* Run a program, if there is one, with an empty environment and no output, for at most 10 s; it may fail. */
void host_run(char *const argv[]);

/* The same, with its standard output in `ret`, cut to size. False: there is none, it failed, or it
 * said nothing for 10 s. */
bool host_capture(char *const argv[], char *ret, size_t size);

/* -- handover.c: the text that is passed on to the user ----------------------------------- */

/* On stdout, as text or JSON; complains when a password could not be shown. NULL: none. */
void handover_print(struct tool *tool, const struct account *account, const char *password);

/* -- the commands ------------------------------------------------------------------------- */

enum status users_create(struct tool *tool);
enum status users_list(struct tool *tool);
enum status users_show(struct tool *tool);
enum status users_suspend(struct tool *tool);
enum status users_activate(struct tool *tool);
enum status users_edit_roles(struct tool *tool);
enum status users_edit(struct tool *tool);
enum status users_delete(struct tool *tool);
enum status users_unlock(struct tool *tool);
enum status users_import(struct tool *tool);
enum status users_export(struct tool *tool);
enum status maintain_reset_password(struct tool *tool);
enum status audit_show(struct tool *tool);
enum status audit_verify(struct tool *tool); /* audit --verify */
enum status audit_prune(struct tool *tool);
enum status backup_make(struct tool *tool);
enum status backup_restore(struct tool *tool);
enum status maintain_publish(struct tool *tool);
enum status policy_list(struct tool *tool);
enum status policy_get(struct tool *tool);
enum status policy_change(struct tool *tool);
enum status check_run(struct tool *tool);

#endif
