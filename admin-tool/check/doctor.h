/*
 * The doctor: admin-tool check. Each check looks at one part of the machine and says what it finds;
 * none changes anything. A finding is what is wrong, why it matters, and the command that mends it.
 */
#ifndef CODER_CHECK_H
#define CODER_CHECK_H

#include "terminal/command.h"
#include "sshd_settings.h"

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

/* -- the checks, in this order ------------------------------------------------------------ */

void check_store(struct doctor *doctor);     /* check_store.c: files, schema, integrity; opens it */
void check_directory(struct doctor *doctor); /* check_directory.c: the public file */
void check_accounts(struct doctor *doctor);  /* check_accounts.c: every record, and NSS's answer */
void check_local(struct doctor *doctor);     /* check_local.c: local accounts over ours ... */
bool check_is_local(const char *username);    /* is there a line for it in /etc/passwd? */
void check_range(struct doctor *doctor);     /* ... and ids handed out twice */
void check_members(struct doctor *doctor);   /* check_members.c: who has our groups without us */
void check_heirs(struct doctor *doctor);     /* check_deleted.c: deleted users' names and ids in
                                              * /etc/passwd ... */
void check_strangers(struct doctor *doctor); /* ... and names in local groups that nobody has */
void check_setid(struct doctor *doctor);     /* check_setid.c: set-id files of who may do nothing */
void check_rules(struct doctor *doctor);     /* check_names.c: rules that name users' own groups */
void check_shared_homes(struct doctor *doctor); /* check_homes.c */
void check_groups(struct doctor *doctor);    /* check_groups.c: policy's local groups */
void check_nss(struct doctor *doctor);       /* check_nss.c: nsswitch.conf and the library */
void check_pam(struct doctor *doctor);       /* check_pam.c: every service's stack */
void check_sshd(struct doctor *doctor);      /* check_sshd.c: its settings as it sees them itself */
void check_helper(struct doctor *doctor);    /* check_host.c: helper, socket ... */
void check_host(struct doctor *doctor);      /* ... clock, disk, old mappings */

/* What check_accounts asks about each account. */
void check_name(struct doctor *doctor, const struct account *account); /* check_names.c */
void check_home_owner(struct doctor *doctor, const struct account *account); /* check_homes.c */

/* check NAME (check_user.c): the ways in, and what stands in them. */
void check_user(struct doctor *doctor);

/* -- check_repair.c ----------------------------------------------------------------------- */

/* Mend what can be mended without loss, and say each. Before the checks: nothing is open. */
void check_repair(struct tool *tool);

/* -- check_store.c: what is ours, for check and repair alike ------------------------------ */

struct own_file {
    const char *path;
    mode_t kind, mode;
};
enum { OWN_FILES = 10 };
extern const struct own_file check_own_files[OWN_FILES];

/* Does the file of this kind have our owner and mode? True as well when there is none. */
bool check_own_file_is_good(const struct own_file *own);

/* Is the name one of those that belong into the private folder? */
bool check_private_name_is_known(const char *name);

/* -- check_sshd.c ------------------------------------------------------------------------- */

/* For one user, as from elsewhere (RFC 5737's network); NULL: nobody. False when there is no sshd
 * or it does not take its configuration; *ret_installed tells which. */
bool sshd_ask(const char *username, struct sshd_settings *ret, bool *ret_installed);

/* The names of a user's groups by NSS, each with a blank behind it. */
void check_group_names(const char *username, gid_t gid, char *ret, size_t size);

/* -- check_service.c: one service's stacks, run on paper ----------------------------------- */

struct pam_answers;

/* What libpam would answer for one phase of a service; a service it cannot read refuses. */
int way_run(const char *service, int phase, const struct pam_answers *answers);

/* Is the program there that asks PAM under this service name? */
bool way_is_installed(const char *service);

/* Does it ask as root, whoever its user is (pam_rootok)? */
bool way_asks_as_root(const char *service);

#endif
