/*
 * The PAM module: items, conversation, codes. It decides nothing: coder_helper judges, and one
 * table says what each verdict is called in each phase. Nothing is remembered between two entry
 * points, because sshd calls them in different processes (DESIGN D5).
 */
#pragma GCC visibility push(default) /* the entry points: all else is hidden */
#include <security/pam_modules.h>
#pragma GCC visibility pop
#include <security/pam_ext.h>
#include <stdio.h>
#include <unistd.h>

#include "sql/account.h"
#include "call.h"
#include "credential.h"
#include "past.h"
#include "request.h"

enum { FAIL_DELAY_US = 2000000, WEAK_TRIES = 3 };

/* -- the contract's table ----------------------------------------------------------------- */

struct outcome {
    int auth_right, auth_wrong, account, chauthtok, session;
    const char *why; /* to a right password or in the account phase */
};

static const struct outcome outcomes[VERDICT_COUNT] = {
    [VERDICT_OTHERS] = { PAM_USER_UNKNOWN, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN,
                         PAM_USER_UNKNOWN, NULL },
    [VERDICT_UNKNOWN] = { PAM_USER_UNKNOWN, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN,
                          PAM_USER_UNKNOWN, NULL },
    [VERDICT_UNUSABLE] = { PAM_AUTHINFO_UNAVAIL, PAM_AUTHINFO_UNAVAIL, PAM_AUTHINFO_UNAVAIL,
                           PAM_AUTHTOK_ERR, PAM_AUTHINFO_UNAVAIL, NULL },
    [VERDICT_LOCKED] = { PAM_AUTH_ERR, PAM_AUTH_ERR, PAM_AUTH_ERR, PAM_AUTHTOK_ERR, PAM_PERM_DENIED,
                         NULL },
    [VERDICT_SUSPENDED] = { PAM_PERM_DENIED, PAM_AUTH_ERR, PAM_PERM_DENIED, PAM_AUTHTOK_ERR,
                            PAM_PERM_DENIED,
                            "This account is suspended. Please contact your administrator." },
    [VERDICT_DORMANT] = { PAM_PERM_DENIED, PAM_AUTH_ERR, PAM_PERM_DENIED, PAM_AUTHTOK_ERR, PAM_PERM_DENIED,
                          "This account has not been used for a long time. Please contact your "
                          "administrator." },
    [VERDICT_ACCOUNT_EXPIRED] = { PAM_PERM_DENIED, PAM_AUTH_ERR, PAM_PERM_DENIED, PAM_AUTHTOK_ERR,
                                  PAM_PERM_DENIED,
                                  "Your account has expired; please contact your system "
                                  "administrator." },
    [VERDICT_TEMPORARY_EXPIRED] = { PAM_AUTH_ERR, PAM_AUTH_ERR, PAM_PERM_DENIED, PAM_AUTHTOK_ERR,
                                    PAM_PERM_DENIED,
                                    "Your temporary password has expired. Please ask your "
                                    "administrator for a new one." },
    [VERDICT_TEMPORARY] = { PAM_SUCCESS, PAM_AUTH_ERR, PAM_NEW_AUTHTOK_REQD, PAM_SUCCESS,
                            PAM_SUCCESS,
                            "You are required to change your password immediately (administrator "
                            "enforced)." },
    [VERDICT_TOO_OLD] = { PAM_SUCCESS, PAM_AUTH_ERR, PAM_NEW_AUTHTOK_REQD, PAM_SUCCESS, PAM_SUCCESS,
                          "You are required to change your password immediately (password expired)." },
    [VERDICT_ACTIVE] = { PAM_SUCCESS, PAM_AUTH_ERR, PAM_SUCCESS, PAM_SUCCESS, PAM_SUCCESS, NULL },
};

enum { WEAKNESS_SIZE = 128 };

static const char *weakness_text(const struct answer *answer, char room[WEAKNESS_SIZE])
{
    switch ((enum credential_weakness)answer->weakness) {
    case CREDENTIAL_EMPTY:
        return "No password has been supplied.";
    case CREDENTIAL_TOO_LONG:
        return "The password is too long.";
    case CREDENTIAL_TOO_SHORT:
        snprintf(room, WEAKNESS_SIZE, "You must choose a longer password, of at least %u characters.", answer->min_length);
        return room;
    case CREDENTIAL_HAS_NAME:
        return "The password contains the username or the e-mail address.";
    case CREDENTIAL_COMMON:
        return "The password is one of the commonest. Choose another.";
    case CREDENTIAL_SAME:
        return "The password has not been changed.";
    case CREDENTIAL_USED:
        return "Password has been already used. Choose another.";
    case CREDENTIAL_FINE:
        break;
    }
    return "The password was not accepted.";
}

static void tell_why(const struct call *call, enum verdict verdict)
{
    if (!call->options.quiet && outcomes[verdict].why != NULL)
        pam_error(call->pamh, "%s", outcomes[verdict].why);
}

/* -- auth --------------------------------------------------------------------------------- */

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct call call;
    struct answer answer;
    const char *password = NULL;
    enum verdict verdict;
    int rc = call_begin(pamh, flags, argc, argv, &call);

    if (rc != PAM_SUCCESS)
        return rc;
    pam_fail_delay(pamh, FAIL_DELAY_US);
    rc = pam_get_authtok(pamh, PAM_AUTHTOK, &password, NULL);
    if (rc != PAM_SUCCESS || password == NULL)
        return rc == PAM_CONV_AGAIN ? PAM_INCOMPLETE : PAM_AUTH_ERR;
    verdict = call_ask(&call, REQUEST_AUTHENTICATE, password, NULL, &answer);
    if (!answer.right)
        return outcomes[verdict].auth_wrong;
    if (outcomes[verdict].auth_right != PAM_SUCCESS)
        tell_why(&call, verdict);
    return outcomes[verdict].auth_right;
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct call call;
    int rc = call_begin(pamh, flags, argc, argv, &call);

    return rc == PAM_SUCCESS && call.owner != OWNER_OURS ? PAM_USER_UNKNOWN : rc;
}

/* -- account ------------------------------------------------------------------------------ */

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct call call;
    struct answer answer;
    enum verdict verdict;
    int rc = call_begin(pamh, flags, argc, argv, &call);

    if (rc != PAM_SUCCESS || call.owner != OWNER_OURS)
        return PAM_USER_UNKNOWN;
    verdict = call_ask(&call, REQUEST_ACCOUNT, NULL, NULL, &answer);
    tell_why(&call, verdict);
    if (answer.elsewhere == ELSEWHERE_AWAY && !call.options.quiet)
        pam_info(pamh, "You must change your password, but the account server cannot be reached. Change it as soon as you can.");
    return outcomes[verdict].account;
}

/* -- session ------------------------------------------------------------------------------ */

int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct call call;
    struct answer answer;
    enum verdict verdict;
    int rc = call_begin(pamh, flags, argc, argv, &call);

    if (rc != PAM_SUCCESS || call.owner != OWNER_OURS)
        return PAM_USER_UNKNOWN;
    verdict = call_ask(&call, REQUEST_SESSION, NULL, NULL, &answer);
    if (outcomes[verdict].session != PAM_SUCCESS || call.options.quiet) {
        tell_why(&call, verdict);
    } else {
        past_tell(pamh, &answer);
        past_warn(pamh, &answer);
    }
    return outcomes[verdict].session;
}

int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return pam_sm_setcred(pamh, flags, argc, argv);
}

/* -- password ----------------------------------------------------------------------------- */

/* As pam_unix: root is not asked, unless the user is at the keyboard of root's program (sshd,
 * login). */
static bool is_unasked(int flags)
{
    return getuid() == 0 && ((unsigned)flags & PAM_CHANGE_EXPIRED_AUTHTOK) == 0;
}

/* First pass: may it be changed, and does the user know the current password. */
static int check_current(const struct call *call)
{
    struct answer answer;
    const char *current = NULL;
    enum verdict verdict;

    if (!call->options.quiet)
        pam_info(call->pamh, "Changing password for %s.", call->user);
    pam_fail_delay(call->pamh, FAIL_DELAY_US);
    if (pam_get_authtok(call->pamh, PAM_OLDAUTHTOK, &current, NULL) != PAM_SUCCESS ||
        current == NULL)
        return PAM_AUTHTOK_ERR;
    verdict = call_ask(call, REQUEST_VERIFY, current, NULL, &answer);
    if (answer.right && outcomes[verdict].chauthtok == PAM_SUCCESS)
        return PAM_SUCCESS;
    pam_set_item(call->pamh, PAM_OLDAUTHTOK, NULL);
    if (answer.right)
        tell_why(call, verdict);
    return PAM_AUTHTOK_ERR;
}

static void tell_root(const struct call *call, const struct answer *answer)
{
    char room[WEAKNESS_SIZE];

    if (call->options.quiet)
        return;
    if (answer->weakness != CREDENTIAL_FINE)
        pam_info(call->pamh, "BAD PASSWORD: %s", weakness_text(answer, room));
    if (answer->temporary)
        pam_info(call->pamh, "The password is temporary: %s must change it at the next login.",
                 call->user);
}

static int refuse_early(const struct call *call)
{
    pam_error(call->pamh, "You must wait longer to change your password.");
    return PAM_AUTHTOK_ERR;
}

/* Root's word for an account of the fleet. */
static int refuse_root(const struct call *call)
{
    pam_error(call->pamh, "The account comes from the fleet: its password is reset with 'admin-tool users reset-password %s'.", call->user);
    return PAM_AUTHTOK_ERR;
}

static const char *const fleet_texts[ELSEWHERE_COUNT] = {
    [ELSEWHERE_AWAY] = "Your password cannot be changed now: the account server cannot be reached. Try again later.",
    [ELSEWHERE_OVERTAKEN] = "Your current password is no longer valid on the account server: your administrator has changed your account.",
    [ELSEWHERE_REFUSED] = "The account server does not accept the new password. Your password has not been changed.",
    [ELSEWHERE_UNKNOWN] = "The account server has not answered: your password may have been changed. Try the new one first.",
};

static int accept_new(const struct call *call, const struct answer *answer, bool unasked)
{
    if (unasked)
        tell_root(call, answer);
    if (answer->elsewhere == ELSEWHERE_COMING && !call->options.quiet)
        pam_info(call->pamh, "Your password is changed. This host will take it in a moment.");
    return PAM_SUCCESS;
}

/* One new password: SUCCESS when committed, TRY_AGAIN when it was only too weak. */
static int try_new(const struct call *call, bool unasked)
{
    struct answer answer;
    char room[WEAKNESS_SIZE];
    const char *new_password = NULL;
    const char *current = call_item(call, PAM_OLDAUTHTOK);

    if (pam_get_authtok(call->pamh, PAM_AUTHTOK, &new_password, NULL) != PAM_SUCCESS ||
        new_password == NULL)
        return PAM_AUTHTOK_ERR;
    call_ask(call, unasked ? REQUEST_SET : REQUEST_CHANGE, current, new_password, &answer);
    if (answer.right)
        return accept_new(call, &answer, unasked);
    if (answer.elsewhere != ELSEWHERE_NOT && unasked)
        return refuse_root(call);
    if (answer.must_wait)
        return refuse_early(call);
    if (fleet_texts[answer.elsewhere] != NULL)
        pam_error(call->pamh, "%s", fleet_texts[answer.elsewhere]);
    if (answer.weakness == CREDENTIAL_FINE)
        return PAM_AUTHTOK_ERR;
    pam_error(call->pamh, "%s", weakness_text(&answer, room));
    pam_set_item(call->pamh, PAM_AUTHTOK, NULL);
    return call->options.use_authtok ? PAM_AUTHTOK_ERR : PAM_TRY_AGAIN;
}

/* Second pass. A mismatch ends it, a weak password may be tried again. */
static int set_new(const struct call *call, bool unasked)
{
    /* a judge above us has asked already; were we to ask again, it would not see the answer */
    bool judged = call_item(call, PAM_AUTHTOK)[0] != '\0';
    int rc = PAM_TRY_AGAIN;

    for (int i = 0; i < (judged ? 1 : WEAK_TRIES) && rc == PAM_TRY_AGAIN; i++)
        rc = try_new(call, unasked);
    return rc == PAM_SUCCESS ? PAM_SUCCESS : PAM_AUTHTOK_ERR;
}

int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct call call;
    struct answer answer;
    enum verdict verdict;
    int rc = call_begin(pamh, flags, argc, argv, &call);

    if (rc != PAM_SUCCESS || call.owner != OWNER_OURS)
        return PAM_USER_UNKNOWN;
    verdict = call_ask(&call, REQUEST_ACCOUNT, NULL, NULL, &answer);
    if (outcomes[verdict].chauthtok != PAM_SUCCESS)
        return outcomes[verdict].chauthtok;
    if (((unsigned)flags & PAM_CHANGE_EXPIRED_AUTHTOK) != 0 && verdict == VERDICT_ACTIVE)
        return PAM_SUCCESS; /* nothing that must be changed */
    if (answer.elsewhere != ELSEWHERE_NOT && is_unasked(flags))
        return refuse_root(&call);
    if (answer.must_wait && !is_unasked(flags))
        return refuse_early(&call);
    if (((unsigned)flags & PAM_PRELIM_CHECK) != 0)
        return is_unasked(flags) ? PAM_SUCCESS : check_current(&call);
    return set_new(&call, is_unasked(flags));
}
