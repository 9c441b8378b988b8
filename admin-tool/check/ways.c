/*
 * check NAME: each way in, and whether it works. The account's state goes through each service's
 * own stack on paper, as our module would answer it; no password is asked for or looked at.
 */
#include "ways.h"

#include "host/sudo_rules.h"
#include "sql/account.h"
#include "sql/policy.h"
#include "terminal/escape.h"
#include "finding.h"
#include "host.h"
#include "pam_stack.h"
#include "service.h"
#include "sshd_settings.h"
#include "visit.h"

const char *visit_reason(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_UNUSABLE:
        return "the fleet was not heard of for too long (policy fleet_max_age)";
    case VERDICT_SUSPENDED:
        return "the account is suspended";
    case VERDICT_DORMANT:
        return "the account has not been used for too long";
    case VERDICT_ACCOUNT_EXPIRED:
        return "the account has expired";
    case VERDICT_TEMPORARY_EXPIRED:
        return "the temporary password has expired";
    default:
        return "";
    }
}

/* Why a password has to be changed first. */
static const char *after_change(const struct visit *visit)
{
    if (visit->verdict == VERDICT_TOO_OLD)
        return "after changing the password, which is too old";
    return visit->account->temporary_until != 0 ? "after changing the temporary password"
                                                : "after changing the password, as an administrator requires";
}

static void add_way(struct visit *visit, const char *service, const char *method, bool works,
                    const char *why)
{
    struct doctor *doctor = visit->doctor;
    struct way *way = &doctor->ways[doctor->way_count];

    if (doctor->way_count == sizeof doctor->ways / sizeof doctor->ways[0])
        return;
    way->service = service;
    way->method = method;
    way->works = works;
    print_escape(why, way->why, sizeof way->why);
    doctor->way_count++;
}

/* What our module would say in the account phase of this service. */
static enum pam_code answer_account(const struct visit *visit, const char *service)
{
    const struct policy *policy = &visit->doctor->tool->policy;
    enum verdict verdict = visit->verdict;

    if (visit->answers.coder == CODE_USER_UNKNOWN)
        return CODE_USER_UNKNOWN;
    if ((verdict == VERDICT_TEMPORARY || verdict == VERDICT_TEMPORARY_EXPIRED || verdict == VERDICT_TOO_OLD) &&
        policy_service_is_keyboardless(policy, service))
        return CODE_SUCCESS;
    if (verdict == VERDICT_TEMPORARY || verdict == VERDICT_TOO_OLD)
        return CODE_NEW_AUTHTOK_REQD;
    return verdict == VERDICT_ACTIVE ? CODE_SUCCESS : CODE_PERM_DENIED;
}

/* "" when the service lets in; *ret_change: after a change of password. */
static const char *judge_pam(const struct visit *visit, const char *service, bool by_password,
                             bool *ret_change)
{
    struct pam_answers answers = visit->answers;
    int code;

    if (visit->local)
        return "a local account of this name is the one that is judged";
    if (visit->answers.coder == CODE_USER_UNKNOWN)
        return "NSS does not give our uid for this name";
    if (by_password && visit->account->hash[0] == '\0')
        return "the account has no password";
    answers.by_root = way_asks_as_root(service);
    answers.unix_ = CODE_AUTH_ERR;
    if (by_password && way_run(service, PHASE_AUTH, &answers) != CODE_SUCCESS)
        return visit_reason(visit->verdict)[0] != '\0' ? visit_reason(visit->verdict)
                                                    : "the service's PAM stack refuses (auth)";
    answers.coder = answer_account(visit, service);
    answers.unix_ = CODE_SUCCESS;
    code = way_run(service, PHASE_ACCOUNT, &answers);
    *ret_change = code == CODE_NEW_AUTHTOK_REQD;
    if (code == CODE_SUCCESS || code == CODE_NEW_AUTHTOK_REQD)
        return "";
    return visit_reason(visit->verdict)[0] != '\0' ? visit_reason(visit->verdict)
                                                : "the service's PAM stack refuses (account)";
}

static void judge_way(struct visit *visit, const char *service, const char *method,
                      bool by_password, const char *obstacle)
{
    bool change = false;
    const char *why = judge_pam(visit, service, by_password, &change);

    if (why[0] == '\0')
        why = obstacle;
    add_way(visit, service, method, why[0] == '\0',
            why[0] == '\0' && change ? after_change(visit) : why);
}

/* One of sshd's methods, where AuthenticationMethods may want more than it. name: as it calls it. */
static void judge_method(struct visit *visit, const char *method, const char *name,
                         bool by_password, const char *obstacle)
{
    enum sshd_method place = sshd_settings_method(&visit->sshd, name);
    struct doctor *doctor = visit->doctor;
    char more[CHECK_TEXT_SIZE];
    struct way *way;

    if (obstacle[0] == '\0' && place == SSHD_METHOD_NEVER)
        obstacle = "AuthenticationMethods has no use for it";
    else if (obstacle[0] == '\0' && visit->methods_unmet)
        obstacle = check_text(more, "AuthenticationMethods asks for more than this user has: %.300s", visit->sshd.methods);
    judge_way(visit, "sshd", method, by_password, obstacle);
    way = &doctor->ways[doctor->way_count - 1];
    if (way->works && place == SSHD_METHOD_WITH_MORE)
        check_text(way->why, "but AuthenticationMethods asks for more: %.300s",
                   visit->sshd.methods);
}

/* Why no session begins, "" when one does. by_nologin: the service asks pam_nologin(8). */
static const char *session_obstacle(const struct visit *visit, bool by_nologin)
{
    if (!visit->runs_shell)
        return "the shell cannot be run";
    if (visit->no_session)
        return "the shell ends every session at once";
    return by_nologin && check_nologin() != NULL ? "no logins now: a file nologin is there" : "";
}

/* coder_keys has none for who may not enter, so that they do without PAM. */
static void judge_account_key(struct visit *visit, const char *first)
{
    const char *why = visit_reason(visit->verdict);

    if (!visit->sshd.asks_us)
        first = "sshd does not ask coder_keys for keys";
    if (visit->sshd.pam || visit->local || visit->answers.coder == CODE_USER_UNKNOWN || !visit->sshd.asks_us) {
        judge_method(visit, "account key", "publickey", false, first);
        return;
    }
    if (visit->verdict == VERDICT_TEMPORARY_EXPIRED)
        why = "";
    if (why[0] == '\0' && (visit->sshd_refusal >= 0 || session_obstacle(visit, false)[0] != '\0' ||
                           !visit->sshd.public_key))
        why = visit->sshd_refusal >= 0   ? "sshd_config keeps this user out"
              : !visit->sshd.public_key ? "PubkeyAuthentication is no"
                                         : session_obstacle(visit, false);
    add_way(visit, "sshd", "account key", why[0] == '\0', why);
}

static void judge_sshd(struct visit *visit)
{
    char refusal[CHECK_TEXT_SIZE] = "";
    const char *first = "";

    if (!visit->has_sshd)
        return;
    if (visit->sshd_refusal >= 0)
        first = check_text(refusal, "%s keeps this user out",
                           sshd_settings_list_name(visit->sshd_refusal));
    else if (session_obstacle(visit, true)[0] != '\0')
        first = session_obstacle(visit, true);
    else if (!visit->sshd.pam)
        first = "UsePAM is no";
    judge_method(visit, "keyboard-interactive", "keyboard-interactive", true,
              first[0] != '\0' || visit->sshd.keyboard_interactive
                  ? first
                  : "KbdInteractiveAuthentication is no");
    judge_method(visit, "password", "password", true,
              first[0] != '\0' || visit->sshd.password ? first : "PasswordAuthentication is no");
    if (first[0] == '\0' && !visit->sshd.public_key)
        first = "PubkeyAuthentication is no";
    judge_method(visit, "key", "publickey", false, first[0] != '\0' || visit->has_keys ? first : visit->keys_why);
    if (visit->has_account_keys)
        judge_account_key(visit, first);
}

/* Its PAM stack lets in whom its own rules may still refuse. */
static void judge_sudo(struct visit *visit)
{
    const char *name = visit->account->username;
    struct doctor *doctor = visit->doctor;
    char why[CHECK_TEXT_SIZE] = "";
    struct way *way;

    if (!way_is_installed("sudo")) {
        add_way(visit, "sudo", "password", false, "sudo is not installed");
        return;
    }
    switch (sudo_rules_ask(name)) {
    case SUDO_SOME:
        break;
    case SUDO_NONE:
        check_text(why, "no rule of sudo's lets this user run anything: sudo -l -U %s", name);
        break;
    case SUDO_SILENT:
    default:
        check_text(why, "sudo does not say what it lets this user run: sudo -l -U %s", name);
        break;
    }
    judge_way(visit, "sudo", "password", true, why);
    way = &doctor->ways[doctor->way_count - 1];
    if (way->works && way->why[0] == '\0')
        check_text(way->why, "for what 'sudo -l -U %s' lists", name);
}

void visit_judge(struct visit *visit)
{
    judge_sshd(visit);
    if (way_is_installed("login"))
        judge_way(visit, "login", "password", true, session_obstacle(visit, true));
    if (way_is_installed("su"))
        judge_way(visit, "su", "password", true, session_obstacle(visit, false));
    judge_sudo(visit);
    if (way_is_installed("cron"))
        judge_way(visit, "cron", "job", false, "");
}

