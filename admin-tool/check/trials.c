/*
 * What is asked of each PAM stack: our module's answer on one side, what must come out of the whole
 * on the other. A row is a fault we know the price of, the dearest of a phase first.
 */
#include "trials.h"

#include "finding.h"
#include "pam_run.h"
#include "pam_stack.h"

#define OURS CODE_PERM_DENIED /* what pam_localuser says of our users */
#define ANSWERS(local, coder, unix_) { local, coder, unix_, OTHERS_GO_ON, false }
#define REFUSED(local, coder, unix_) { local, coder, unix_, OTHERS_REFUSE, false }
#define ANYBODY "the auth phase succeeds though every password is refused"
const struct trial pam_trials[PAM_TRIALS] = {
    { "pam-open", PHASE_AUTH, REFUSED(OURS, CODE_AUTH_ERR, CODE_AUTH_ERR), WISH_REFUSE,
      SEVERITY_BREACH, ANYBODY, "anybody gets in without a password" },
    { "pam-open", PHASE_AUTH, REFUSED(OURS, CODE_AUTH_ERR, CODE_USER_UNKNOWN), WISH_REFUSE,
      SEVERITY_BREACH, ANYBODY, "our users get in without a password" },
    { "pam-open", PHASE_AUTH, REFUSED(CODE_SUCCESS, CODE_MODULE_UNKNOWN, CODE_AUTH_ERR),
      WISH_REFUSE, SEVERITY_BREACH, "the auth phase succeeds for local users whatever they type",
      "local users, root among them, get in without a password" },
    { "pam-open", PHASE_AUTH, REFUSED(OURS, CODE_PERM_DENIED, CODE_AUTH_ERR), WISH_REFUSE,
      SEVERITY_PROBLEM, "the auth phase succeeds by a condition on the user, before a password",
      "whoever meets it gets in without a password" },
    { "pam-missing", PHASE_AUTH, ANSWERS(OURS, CODE_SUCCESS, CODE_AUTH_ERR), WISH_ASKED,
      SEVERITY_PROBLEM, "pam_coder is not asked in the auth phase",
      "our users' passwords are refused" },
    { "pam-refuses", PHASE_AUTH, ANSWERS(OURS, CODE_SUCCESS, CODE_AUTH_ERR), WISH_PASS, SEVERITY_PROBLEM,
      "the auth phase fails though pam_coder says yes", "our users' passwords are refused" },
    { "pam-open", PHASE_AUTH, ANSWERS(OURS, CODE_AUTH_ERR, CODE_AUTH_ERR), WISH_REFUSE, SEVERITY_PROBLEM,
      "the auth phase succeeds though pam_coder says no",
      "whom another module there lets in needs no password of ours" },
    { "pam-open", PHASE_AUTH, ANSWERS(OURS, CODE_AUTHINFO_UNAVAIL, CODE_AUTH_ERR), WISH_REFUSE,
      SEVERITY_PROBLEM, "the auth phase succeeds when pam_coder cannot judge",
      "whom another module there lets in needs no password of ours then" },
    { "pam-local", PHASE_AUTH, ANSWERS(CODE_SUCCESS, CODE_MODULE_UNKNOWN, CODE_SUCCESS), WISH_NOT_ASKED,
      SEVERITY_WARNING, "the auth phase asks pam_coder about local users, too",
      "root and local users should never depend on us" },
    { "pam-missing", PHASE_ACCOUNT, ANSWERS(OURS, CODE_SUCCESS, CODE_SUCCESS), WISH_ASKED,
      SEVERITY_PROBLEM, "pam_coder is not asked in the account phase",
      "suspended users with a key, a job or a sudo ticket get in" },
    { "pam-refuses", PHASE_ACCOUNT, ANSWERS(OURS, CODE_SUCCESS, CODE_SUCCESS), WISH_PASS,
      SEVERITY_PROBLEM, "the account phase fails though pam_coder says yes",
      "our users are refused" },
    { "pam-open", PHASE_ACCOUNT, ANSWERS(OURS, CODE_PERM_DENIED, CODE_SUCCESS), WISH_REFUSE,
      SEVERITY_PROBLEM, "the account phase succeeds though pam_coder says no",
      "suspended users with a key, a job or a sudo ticket get in" },
    { "pam-open", PHASE_ACCOUNT, ANSWERS(OURS, CODE_AUTHINFO_UNAVAIL, CODE_SUCCESS), WISH_REFUSE,
      SEVERITY_PROBLEM, "the account phase succeeds when pam_coder cannot judge",
      "suspended users get in when the store is away; the control should say default=die" },
    { "pam-no-change", PHASE_ACCOUNT, ANSWERS(OURS, CODE_NEW_AUTHTOK_REQD, CODE_SUCCESS), WISH_CHANGE,
      SEVERITY_PROBLEM, "the account phase loses what pam_coder says of a temporary password",
      "it need not be changed, or its user is refused" },
    { "pam-local", PHASE_ACCOUNT, ANSWERS(CODE_SUCCESS, CODE_MODULE_UNKNOWN, CODE_SUCCESS),
      WISH_NOT_ASKED, SEVERITY_WARNING, "the account phase asks pam_coder about local users, too",
      "root and local users should never depend on us" },
    { "pam-missing", PHASE_PASSWORD, ANSWERS(OURS, CODE_SUCCESS, CODE_USER_UNKNOWN), WISH_ASKED,
      SEVERITY_PROBLEM, "pam_coder is not asked to change passwords",
      "a temporary password cannot be changed" },
    { "pam-refuses", PHASE_PASSWORD, ANSWERS(OURS, CODE_SUCCESS, CODE_USER_UNKNOWN), WISH_PASS,
      SEVERITY_PROBLEM, "changing a password fails though pam_coder changed it",
      "a temporary password cannot be changed" },
    { "pam-open", PHASE_PASSWORD, ANSWERS(OURS, CODE_AUTHTOK_ERR, CODE_USER_UNKNOWN), WISH_REFUSE,
      SEVERITY_PROBLEM, "changing a password succeeds though pam_coder refused",
      "users believe that a password was changed when it was not" },
    { "pam-local", PHASE_PASSWORD, ANSWERS(CODE_SUCCESS, CODE_MODULE_UNKNOWN, CODE_SUCCESS),
      WISH_NOT_ASKED, SEVERITY_WARNING, "pam_coder is asked to change local users' passwords",
      "root and local users should never depend on us" },
    { "pam-missing", PHASE_SESSION, ANSWERS(OURS, CODE_SUCCESS, CODE_SUCCESS), WISH_ASKED,
      SEVERITY_WARNING, "pam_coder is not asked in the session phase",
      "no last login is recorded, and root's 'sudo -u' runs as suspended users" },
    { "pam-refuses", PHASE_SESSION, ANSWERS(OURS, CODE_SUCCESS, CODE_SUCCESS), WISH_PASS,
      SEVERITY_PROBLEM, "the session phase fails though pam_coder says yes",
      "our users are refused" },
    { "pam-open", PHASE_SESSION, ANSWERS(OURS, CODE_PERM_DENIED, CODE_SUCCESS), WISH_REFUSE,
      SEVERITY_WARNING, "the session phase succeeds though pam_coder says no",
      "root's 'sudo -u' runs as suspended users" },
};

bool pam_trial_is_granted(const struct trial *trial, const struct pam_stack *stack, bool by_root)
{
    struct pam_answers answers = trial->answers;
    bool asked = false;
    enum pam_code code;

    answers.by_root = by_root;
    code = pam_stack_run(stack, &answers, &asked);
    switch (trial->wish) {
    case WISH_ASKED:
        return asked;
    case WISH_NOT_ASKED:
        return !asked;
    case WISH_PASS:
        return code == CODE_SUCCESS;
    case WISH_CHANGE:
        return code == CODE_NEW_AUTHTOK_REQD;
    case WISH_REFUSE:
    default:
        return code != CODE_SUCCESS && code != CODE_NEW_AUTHTOK_REQD;
    }
}
