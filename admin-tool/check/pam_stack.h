/*
 * A PAM stack as libpam would run it: read from the files, then run on paper with answers we give.
 * The question is never how a line looks but what comes out when our module says yes or no.
 */
#ifndef CODER_PAM_STACK_H
#define CODER_PAM_STACK_H

#include <stdbool.h>
#include <stddef.h>

enum pam_phase { PHASE_AUTH, PHASE_ACCOUNT, PHASE_PASSWORD, PHASE_SESSION };
enum { PHASES = PHASE_SESSION + 1, PAM_CODES = 32, PAM_LEVELS = 16, PAM_MODULE_SIZE = 256 };

/* Those of libpam's return codes (_pam_types.h) that are spoken of. */
enum pam_code {
    CODE_SUCCESS = 0,
    CODE_PERM_DENIED = 6,
    CODE_AUTH_ERR = 7,
    CODE_AUTHINFO_UNAVAIL = 9,
    CODE_USER_UNKNOWN = 10,
    CODE_NEW_AUTHTOK_REQD = 12,
    CODE_AUTHTOK_ERR = 20,
    CODE_IGNORE = 25,
    CODE_MODULE_UNKNOWN = 28
};

/* One line of a stack, its includes already in place. */
struct pam_line {
    char module[PAM_MODULE_SIZE]; /* as written: a name or a path */
    short action[PAM_CODES]; /* pam.conf(5): below 0 an enum pam_action, else how many to skip */
    unsigned char level;          /* 0, one more inside each substack */
    bool substack;                /* the place where one begins */
    bool condition;               /* it only looks at the user, and may say yes of ours */
};

struct pam_stack {
    struct pam_line *lines;
    size_t count;
    bool borrowed;   /* the service has none of its own: these are of the service `other` */
    char fault[320]; /* BROKEN: the file and what is wrong */
};

enum pam_read {
    PAM_READ_OK,      /* perhaps without a line */
    PAM_READ_MISSING, /* no file for the service */
    PAM_READ_BROKEN,  /* a line libpam does not understand, an include that is missing or a loop */
    PAM_READ_NO_MEMORY
};

/* The stack of one service below root ("" for the machine's). In every case *ret is to be freed. */
enum pam_read pam_stack_read(const char *root, const char *service, enum pam_phase phase,
                             struct pam_stack *ret);
void pam_stack_free(struct pam_stack *stack);

/* What modules answer: pam_localuser, pam_coder, pam_unix. pam_deny and pam_permit do as they are
 * called, pam_rootok says whether root is the one who asks. OTHERS_GO_ON: others succeed where that
 * only goes on, and fail where it would end or skip. OTHERS_REFUSE: whoever asks for something is told
 * nothing right and refuses; who has no say, such as pam_env, says IGNORE. In both, those that only look
 * at the user succeed where pam_coder says PERM_DENIED: they must not let in whom it keeps out. */
enum pam_others { OTHERS_GO_ON, OTHERS_REFUSE };
struct pam_answers {
    enum pam_code local, coder, unix_;
    enum pam_others others;
    bool by_root; /* the program that asks runs as root, whoever its user is: sshd, login */
};

#endif
