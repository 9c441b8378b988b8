/*
 * check NAME: what of one account, its shell, home and keys stands in its user's way.
 */
#include "user.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "change/open.h"
#include "host/shell.h"
#include "sql/account.h"
#include "sql/activity.h"
#include "sql/activity_file.h"
#include "sql/activity_summary.h"
#include "sql/store.h"
#include "sql/store_check.h"
#include "terminal/command.h"
#include "terminal/when.h"
#include "finding.h"
#include "fleet.h"
#include "homes.h"
#include "local.h"
#include "pam_stack.h"
#include "sshd.h"
#include "sshd_files.h"
#include "sshd_keys.h"
#include "sshd_settings.h"
#include "user_files.h"
#include "visit.h"
#include "ways.h"

/* -- findings about the account ----------------------------------------------------------- */

static void report(const struct visit *visit, enum severity severity, const char *check,
                   const char *what, const char *why, const char *mend)
{
    check_report(visit->doctor, severity, check, visit->account->username, what, why, mend);
}

static void report_verdict(const struct visit *visit)
{
    const char *name = visit->account->username;
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE], since[WHEN_SIZE];

    if (visit->verdict >= VERDICT_TEMPORARY)
        return;
    check_text(what, "%s", visit_reason(visit->verdict));
    if (visit->verdict == VERDICT_DORMANT) {
        when_format(account_dormant_from(visit->account, &visit->doctor->tool->policy), "-", since);
        check_text(what, "the account is dormant since %s: nobody had logged in for too long", since);
    }
    if (visit->verdict == VERDICT_SUSPENDED || visit->verdict == VERDICT_DORMANT)
        check_text(mend, "admin-tool users activate %s", name);
    else if (visit->verdict == VERDICT_ACCOUNT_EXPIRED)
        check_text(mend, "admin-tool users edit %s --expires never", name);
    else
        check_text(mend, "admin-tool reset-password %s", name);
    check_fleet_mend(visit->doctor, visit->account, visit->verdict, mend);
    report(visit, SEVERITY_PROBLEM, "user-state", what,
           "every service refuses this user", mend);
}

static void report_lock(const struct visit *visit)
{
    struct activity_summary summary = { 0 };
    struct activity_log *log =
        activity_check(PRIVATE_DIR) == STORE_OK ? tool_open_activity() : NULL;
    const struct tool *tool = visit->doctor->tool;
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE], until[WHEN_SIZE];

    if (log == NULL)
        return;
    if (activity_summarise(log, visit->account->uid, &tool->policy, tool->now, &summary) ==
            STORE_OK &&
        summary.locked_until > tool->now) {
        when_format(summary.locked_until, "-", until);
        check_text(mend, "admin-tool users unlock %s", visit->account->username);
        report(visit, SEVERITY_WARNING, "user-locked",
               check_text(what, "too many wrong passwords from somewhere: locked there until %s",
                          until),
               "from there passwords are refused; keys and other origins are not", mend);
    }
    activity_close(log);
}

/* Is the shell one that ends every session (nologin(8))? */
static bool ends_sessions(const struct account *account)
{
    const char *name = strrchr(account->shell, '/');

    name = name != NULL ? name + 1 : account->shell;
    return strcmp(name, "nologin") == 0 || strcmp(name, "false") == 0;
}

/* As it was meant, perhaps. */
static bool report_nologin(struct visit *visit, const char *mend)
{
    char what[CHECK_TEXT_SIZE];

    visit->no_session = ends_sessions(visit->account);
    if (visit->no_session && !visit->account->service)
        report(visit, SEVERITY_NOTE, "user-nologin",
               check_text(what, "the shell %.300s ends every session at once", visit->account->shell),
               "sshd, login and su give this user no session", mend);
    return visit->no_session;
}

static void check_shell(struct visit *visit)
{
    const char *shell = visit->account->shell, *listed;
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];
    bool found = false;

    visit->runs_shell = check_home_runs_shell(visit->account);
    check_text(mend, "admin-tool users edit %s --shell %s", visit->account->username,
               host_default_shell(&visit->doctor->tool->policy));
    if (!visit->runs_shell) {
        report(visit, SEVERITY_PROBLEM, "user-shell",
               check_text(what, "the shell %.300s is not a program that can be run", shell),
               "sshd, login and su refuse or fail", mend);
        return;
    }
    if (report_nologin(visit, mend))
        return;
    setusershell();
    while (!found && (listed = getusershell()) != NULL)
        found = strcmp(listed, shell) == 0;
    endusershell();
    if (!found)
        report(visit, SEVERITY_WARNING, "user-shells",
               check_text(what, "the shell %.300s is not in /etc/shells", shell),
               "services that look there (ftp, pam_shells) refuse", mend);
}

/* -- home and keys ------------------------------------------------------------------------ */

/* A command with this path in it can be said: quoted it stays one word, and it is nobody else's. */
static bool is_plain_home(const struct visit *visit, const char *home)
{
    const char *base = visit->doctor->tool->policy.home_base;
    size_t length = strlen(base);

    return strncmp(home, base, length) == 0 && home[length] == '/' && home[length + 1] != '\0' && strlen(home) < 100 &&
           strchr(home, '\'') == NULL && strstr(home, "/..") == NULL;
}

static void report_no_home(struct visit *visit)
{
    const char *home = visit->account->home;
    unsigned uid = visit->account->uid;
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE] = "make the folder, the user's, mode 0700";

    visit->keys_why = "there is no home";
    if (check_makes_homes())
        return;
    if (is_plain_home(visit, home))
        check_text(mend, "cp -rT /etc/skel '%s' && chown -R %u:%u '%s' && chmod 700 '%s'", home,
                   uid, uid, home, home);
    report(visit, SEVERITY_WARNING, "user-home",
           check_text(what, "the home %.300s is not there, or no folder", home),
           "logins begin in /, and no key can be kept", mend);
}

/* check_accounts has said it, with a command that is not this one. */
static bool is_said(const struct visit *visit, const char *check)
{
    for (size_t i = 0; i < visit->doctor->count; i++)
        if (strcmp(visit->doctor->findings[i].check, check) == 0 &&
            strcmp(visit->doctor->findings[i].subject, visit->account->username) == 0)
            return true;
    return false;
}

static const char *loose_reason(const struct visit *visit, const struct home_sight *sight)
{
    if (sight->owner != visit->account->uid && sight->owner != 0)
        return "it is not the user's, so sshd trusts no key in it";
    return (sight->mode & 002) != 0 ? "others may write it, so sshd trusts no key in it"
                                    : "its group may write it, so sshd trusts no key in it";
}

static void report_loose_home(struct visit *visit, const struct home_sight *sight)
{
    const char *home = visit->account->home;
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE] = "give the user a home of his own";

    visit->keys_why = "owner or mode of the home (StrictModes)";
    if (is_said(visit, "home-owner"))
        return;
    if (is_plain_home(visit, home))
        check_text(mend, "chown %u:%u '%s' && chmod go-w '%s'", visit->account->uid,
                   visit->account->uid, home, home);
    report(visit, SEVERITY_WARNING, "user-home",
           check_text(what, "the home %.300s has owner %u and mode %04o", home, sight->owner,
                      sight->mode),
           loose_reason(visit, sight), mend);
}

static void report_unseen_home(struct visit *visit)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    visit->keys_why = "nobody could look into the home";
    check_text(mend, "see what is mounted at or below it: findmnt -R -T '%.300s'",
               is_plain_home(visit, visit->account->home) ? visit->account->home : "/home");
    report(visit, SEVERITY_WARNING, "user-home",
           check_text(what, "the home %.300s does not answer", visit->account->home),
           "logins may hang there", mend);
}

static void check_home(struct visit *visit)
{
    const struct home_sight sight = check_home_see(visit->account, &visit->sshd);

    visit->has_keys = sight.keys == KEYS_THERE;
    visit->keys_why = sight.keys == KEYS_LOOSE
                          ? "sshd does not trust the key file: others may write it"
                          : "no key is installed";
    if (sight.home == HOME_UNSEEN)
        report_unseen_home(visit);
    else if (sight.home == HOME_MISSING)
        report_no_home(visit);
    else if (sight.home == HOME_LOOSE)
        report_loose_home(visit, &sight);
}

static void check_lists(const struct visit *visit)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE], file[SSHD_FILE_SIZE];
    const char *list;

    if (!visit->has_sshd || visit->sshd_refusal < 0 || visit->doctor->nss_broken)
        return;
    list = sshd_settings_list_name(visit->sshd_refusal);
    sshd_file_of(list, file);
    check_text(mend, "change %s in %s and run: systemctl reload ssh", list, file);
    report(visit, SEVERITY_PROBLEM, "user-sshd",
           check_text(what, "%s in sshd's configuration keeps this user out", list),
           "sshd refuses before PAM is asked", mend);
}

static bool has_key_way(const struct visit *visit)
{
    if (visit->has_sshd && !visit->sshd.public_key)
        return false;
    return visit->has_keys || (visit->has_account_keys && visit->sshd.asks_us) || visit->sshd.other_keys;
}

/* Neither a password nor a key. */
static void report_no_way(const struct visit *visit)
{
    char mend[CHECK_TEXT_SIZE];

    if (visit->account->service || visit->account->hash[0] != '\0' || has_key_way(visit) || visit->local ||
        visit->verdict < VERDICT_TEMPORARY)
        return;
    check_text(mend, "admin-tool reset-password %s", visit->account->username);
    report(visit, SEVERITY_PROBLEM, "user-no-way", "there is no way in: no password, and no key that sshd takes",
           "nobody can log in as this user", mend);
}

/* What the user would need to meet AuthenticationMethods. */
static void write_methods_mend(const struct visit *visit, struct sshd_means means, char ret[CHECK_TEXT_SIZE])
{
    const char *name = visit->account->username;
    char file[SSHD_FILE_SIZE];

    means.key = means.key || visit->sshd.public_key;
    if (sshd_settings_can_meet(&visit->sshd, &means)) {
        check_text(ret, visit->sshd.asks_us ? "admin-tool keys add %s KEY, the user's public key or a file of it"
                                            : "the user's public key into .ssh/authorized_keys in the home of %s", name);
        return;
    }
    means.password = visit->sshd.password;
    means.keyboard_interactive = visit->sshd.keyboard_interactive;
    sshd_file_of("AuthenticationMethods", file);
    if (sshd_settings_can_meet(&visit->sshd, &means))
        check_text(ret, "admin-tool reset-password %s", name);
    else
        check_text(ret, "change AuthenticationMethods in %s and run: systemctl reload ssh", file);
}

/* Each method may work, and no list of them be met. */
static void check_methods(struct visit *visit)
{
    bool password = visit->account->hash[0] != '\0', key = has_key_way(visit);
    const struct sshd_means means = { .key = key, .password = password && visit->sshd.password,
                                      .keyboard_interactive = password && visit->sshd.keyboard_interactive };
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    visit->methods_unmet = visit->has_sshd && !sshd_settings_can_meet(&visit->sshd, &means);
    if (!visit->methods_unmet || visit->local || visit->no_session || visit->sshd_refusal >= 0 ||
        visit->verdict < VERDICT_TEMPORARY || (!password && !key))
        return;
    write_methods_mend(visit, means, mend);
    report(visit, visit->doctor->account != NULL ? SEVERITY_PROBLEM : SEVERITY_WARNING, "user-methods",
           check_text(what, "AuthenticationMethods asks for what this user has not: %.300s", visit->sshd.methods),
           "sshd lets nobody in as this user", mend);
}

static struct visit begin(struct doctor *doctor, const struct account *account)
{
    struct visit visit = { .doctor = doctor, .account = account, .keys_why = "" };
    char groups[8192];
    bool installed;

    visit.verdict = account_verdict(account, NULL, &doctor->tool->policy, doctor->tool->now);
    visit.local = check_is_local(account->username);
    visit.has_account_keys = check_has_keys(doctor, account);
    visit.has_sshd = sshd_ask(account->username, &visit.sshd, &installed);
    check_group_names(account->username, account->uid, groups, sizeof groups);
    visit.sshd_refusal =
        visit.has_sshd ? sshd_settings_refusal(&visit.sshd, account->username, groups) : -1;
    return visit;
}

void check_admin_methods(struct doctor *doctor, const struct account *account)
{
    static const struct sshd_means nothing = { .key = false };
    struct visit visit = begin(doctor, account);

    if (!visit.has_sshd || sshd_settings_can_meet(&visit.sshd, &nothing))
        return;
    visit.no_session = ends_sessions(account);
    visit.has_keys = check_home_see(account, &visit.sshd).keys == KEYS_THERE;
    check_methods(&visit);
}

void check_user(struct doctor *doctor)
{
    const struct account *account = doctor->account;
    struct visit visit = begin(doctor, account);
    const struct passwd *answer = getpwnam(account->username);
    bool ours = answer != NULL && answer->pw_uid == account->uid;

    visit.answers.local = visit.local ? CODE_SUCCESS : CODE_PERM_DENIED;
    visit.answers.coder = !ours ? CODE_USER_UNKNOWN
                          : visit.verdict >= VERDICT_TEMPORARY ? CODE_SUCCESS : CODE_PERM_DENIED;
    report_verdict(&visit);
    report_lock(&visit);
    check_shell(&visit);
    check_home(&visit);
    check_lists(&visit);
    report_no_way(&visit);
    check_methods(&visit);
    visit_judge(&visit);
}
