/*
 * Every account seen by the doctor: can the directory show it, does NSS answer with it, and what do
 * all of them together look like.
 */
#include "accounts.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/shell.h"
#include "host/sudo_rules.h"
#include "nss_coder/directory.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_read.h"
#include "nss_coder/directory_write.h"
#include "pam_coder/credential.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_check.h"
#include "sql/store_fleet.h"
#include "terminal/command.h"
#include "finding.h"
#include "hashes.h"
#include "homes.h"
#include "local.h"
#include "names.h"
#include "subordinate.h"
#include "user.h"

enum { PAGE_SIZE = 128, ASKED_MAX = 2000, ADMINS_ASKED_MAX = 8 };

#define STORE_FILE PRIVATE_DIR "/accounts.db"

struct census {
    struct doctor *doctor;
    struct directory_view *view; /* NULL: no directory */
    int64_t accounts, admins, outdated, overdue, expired, dormant;
    int64_t asked, unanswered, stale;
    size_t homeless;
    struct subordinates subordinates;
    int sudo_asked, sshd_asked;
    struct hash_costs costs;
    char dormant_admin[ACCOUNT_NAME_SIZE]; /* one of them; "": none */
    bool dormant_fleet;
    char unanswered_name[ACCOUNT_NAME_SIZE], stale_name[ACCOUNT_NAME_SIZE];
};

/* -- records ------------------------------------------------------------------------------ */

static bool is_showable(const struct account *account)
{
    const struct directory_user user = {
        .name = account->username, .uid = account->uid, .gid = account->gid,
        .gecos = account->full_name, .home = account->home, .shell = account->shell,
    };

    return directory_user_is_valid(&user);
}

/* Which text it is, and the command that changes it; the username holds no quote (schema). */
static const char *find_fault(const struct policy *policy, const struct account *account, char mend[CHECK_TEXT_SIZE])
{
    if (account_full_name_fault(account->full_name) != NULL) {
        check_text(mend,
                   "sqlite3 " STORE_FILE " \"UPDATE accounts SET full_name = '' WHERE username = "
                   "'%s'\" && admin-tool publish",
                   account->username);
        return "full name";
    }
    if (account_path_fault(account->shell) != NULL) {
        check_text(mend,
                   "sqlite3 " STORE_FILE " \"UPDATE accounts SET shell = '%s' WHERE username = "
                   "'%s'\" && admin-tool publish",
                   host_default_shell(policy), account->username);
        return "shell";
    }
    check_text(mend,
               "sqlite3 " STORE_FILE " \"UPDATE accounts SET home = '%s/%s' WHERE username = "
               "'%s'\" && admin-tool publish",
               policy->home_base, account->username, account->username);
    return "home";
}

static void check_record(struct doctor *doctor, const struct account *account)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    if (is_showable(account))
        return;
    check_text(what, "the directory cannot show the %s", find_fault(&doctor->tool->policy, account, mend));
    check_report(doctor, SEVERITY_PROBLEM, "account-record", account->username, what,
                 "no change of any account can be published while this record stands", mend);
}

/* One whose text nobody can read ends every listing, so it is asked for by itself. */
static void check_texts(struct doctor *doctor)
{
    char name[STORE_FAULT_SIZE] = "", mend[CHECK_TEXT_SIZE];

    if (store_check_texts(doctor->tool->store, name) != STORE_OK || name[0] == '\0')
        return;
    check_text(mend,
               "sqlite3 " STORE_FILE " \"UPDATE accounts SET full_name = '', home = '%s/%s', "
               "shell = '%s' WHERE username = '%s'\" && admin-tool publish",
               doctor->tool->policy.home_base, name, host_default_shell(&doctor->tool->policy), name);
    check_report(doctor, SEVERITY_PROBLEM, "account-record", name,
                 "the full name, home or shell is longer than any program takes, or holds a NUL",
                 "no list of users and no publication gets past this record", mend);
}

/* Nobody but keys add judges them: a backup, or another program, may have brought one. */
static void check_keys(struct doctor *doctor)
{
    char mend[CHECK_TEXT_SIZE];
    struct bad_key bad;

    if (store_check_keys(doctor->tool->store, &bad) != STORE_OK)
        return;
    if (bad.id != 0)
        check_text(mend, "sqlite3 " STORE_FILE " \"DELETE FROM account_keys WHERE id = %lld\" && admin-tool publish",
                   (long long)bad.id);
    else
        check_text(mend, "admin-tool keys list %s, and 'admin-tool keys remove' for what is too much", bad.username);
    check_report(doctor, SEVERITY_PROBLEM, "account-keys", bad.username,
                 bad.id != 0 ? "an ssh key of this account is none that 'admin-tool keys add' takes"
                             : "this account has more ssh keys, or longer ones, than the directory can show",
                 bad.id != 0 ? "sshd may read it otherwise than it is shown, or not at all"
                             : "no change of any account can be published", mend);
}

/* -- NSS ---------------------------------------------------------------------------------- */

/* The same uid, home and shell as the directory shows now. */
static bool is_current(const struct directory_view *view, const struct passwd *answer)
{
    struct directory_entry entry;

    if (directory_find_user_by_name(view, answer->pw_name, &entry) != DIRECTORY_OK)
        return true; /* the directory's own fault is named elsewhere */
    return strcmp(answer->pw_shell, entry.text + entry.shell) == 0 &&
           strcmp(answer->pw_dir, entry.text + entry.home) == 0;
}

static void ask_nss(struct census *census, const struct account *account)
{
    const struct passwd *answer;

    if (census->asked++ >= ASKED_MAX)
        return;
    if (check_is_local(account->username))
        return; /* said by itself */
    answer = getpwnam(account->username);
    if (answer == NULL || answer->pw_uid != account->uid) {
        if (census->unanswered++ == 0)
            memcpy(census->unanswered_name, account->username, ACCOUNT_NAME_SIZE);
    } else if (census->view != NULL && !is_current(census->view, answer)) {
        if (census->stale++ == 0)
            memcpy(census->stale_name, account->username, ACCOUNT_NAME_SIZE);
    }
}

static bool nscd_runs(void)
{
    struct stat st;

    return stat("/run/nscd/socket", &st) == 0 || stat("/var/run/nscd/socket", &st) == 0;
}

static void report_answers(const struct census *census)
{
    static const char flush[] = "nscd -i passwd; nscd -i group";
    char what[CHECK_TEXT_SIZE];

    if (census->doctor->nss_broken)
        return;
    if (census->unanswered > 0)
        check_report(census->doctor, SEVERITY_PROBLEM, "nss-answer", census->unanswered_name,
                     check_text(what, "getpwnam does not give our uid, for %lld of %lld accounts",
                                (long long)census->unanswered, (long long)census->accounts),
                     "a login name without our uid is not ours: it is never judged by us",
                     nscd_runs() ? flush : "getent -s coder passwd");
    if (census->stale > 0)
        check_report(census->doctor, SEVERITY_WARNING, "nscd-stale", census->stale_name,
                     check_text(what, "NSS gives an old home or shell for %lld accounts",
                                (long long)census->stale),
                     "a cache or another source answers in place of the directory", flush);
}

/* -- Admins ------------------------------------------------------------------------------- */

/* A group alone gives nothing. sudo is not asked again when it once did not answer. */
static void ask_sudo(struct census *census, const struct account *account)
{
    enum sudo_word word;

    if (census->sudo_asked >= ADMINS_ASKED_MAX || access("/usr/bin/sudo", X_OK) != 0)
        return;
    census->sudo_asked++;
    word = sudo_rules_ask(account->username);
    if (word == SUDO_SILENT)
        census->sudo_asked = ADMINS_ASKED_MAX;
    if (word == SUDO_NONE)
        check_report(census->doctor, SEVERITY_WARNING, "account-sudo", account->username,
                     "sudo lets this Admin run nothing",
                     "an Admin is not root: admin-tool is run by sudo, and the role's group alone gives nothing",
                     "install -m 0440 " CODER_DATA_DIR "/sudoers.d/coder-admins /etc/sudoers.d/");
}

static void ask_for_admin(struct census *census, const struct account *account)
{
    if (census->doctor->nss_broken)
        return;
    ask_sudo(census, account);
    if (census->doctor->account == NULL && census->sshd_asked++ < ADMINS_ASKED_MAX)
        check_admin_methods(census->doctor, account);
}

/* -- all of them -------------------------------------------------------------------------- */

static void look_at(struct census *census, const struct account *account)
{
    struct doctor *doctor = census->doctor;
    enum verdict verdict = account_verdict(account, NULL, &doctor->tool->policy, doctor->tool->now);
    enum account_state state = account_state(account, &doctor->tool->policy, doctor->tool->now);

    census->accounts++;
    census->admins += state == ACCOUNT_STATE_ACTIVE && !account->service && (account->roles & ROLE_ADMIN) != 0;
    if (state == ACCOUNT_STATE_DORMANT && (account->roles & ROLE_ADMIN) != 0) {
        memcpy(census->dormant_admin, account->username, sizeof census->dormant_admin);
        census->dormant_fleet = account->fleet;
    }
    check_record(doctor, account);
    if (doctor->account != NULL && doctor->account->uid != account->uid)
        return;
    census->outdated += account->hash[0] != '\0' && credential_is_outdated(account->hash);
    check_hash_cost(&census->costs, account);
    census->overdue += verdict == VERDICT_TEMPORARY_EXPIRED;
    census->expired += state == ACCOUNT_STATE_EXPIRED;
    census->dormant += state == ACCOUNT_STATE_DORMANT;
    ask_nss(census, account);
    if ((account->roles & ROLE_ADMIN) != 0 && verdict >= VERDICT_TEMPORARY)
        ask_for_admin(census, account);
    check_name(doctor, account);
    subordinates_look(&census->subordinates, account);
    census->homeless += check_home_owner(doctor, account) && verdict > VERDICT_ACCOUNT_EXPIRED && !account->service;
}

static void count_all(struct census *census)
{
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    uint32_t after = 0;
    size_t count = 1;

    if (page == NULL)
        census->doctor->incomplete = true;
    while (page != NULL && count > 0 &&
           store_accounts_page(census->doctor->tool->store, after, page, PAGE_SIZE, &count) ==
               STORE_OK)
        for (size_t i = 0; i < count; i++) {
            look_at(census, &page[i]);
            after = page[i].uid;
        }
    if (page != NULL)
        explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
}

/* Where the fleet's accounts cannot be Admins, one of here can. */
static bool fleet_gives_admins(const struct doctor *doctor)
{
    unsigned roles = 0;
    struct fleet fleet;

    return store_fleet(doctor->tool->store, &fleet) != STORE_OK ||
           (roles_parse(doctor->tool->policy.fleet_roles, &roles) && (roles & ROLE_ADMIN) != 0);
}

static void report_admins(const struct census *census)
{
    char mend[CHECK_TEXT_SIZE] = "admin-tool users edit-roles NAME --roles admin";
    const char *roles = census->doctor->tool->policy.fleet_roles;

    if (census->accounts == 0 || census->admins > 0)
        return;
    if (census->dormant_admin[0] != '\0')
        check_text(mend, "admin-tool users activate %s%s", census->dormant_admin, census->dormant_fleet ? " --here" : "");
    else if (!fleet_gives_admins(census->doctor))
        check_text(mend, "admin-tool users create NAME --here --email ADDRESS --roles admin; for Admins of the fleet: "
                         "admin-tool policy set fleet_roles=%s%sadmin", roles, roles[0] != '\0' ? "," : "");
    check_report(census->doctor, SEVERITY_WARNING, "account-admins", "roles", "no active user is an Admin",
                 "only root of this machine can manage anything", mend);
}

static void report_census(const struct census *census)
{
    struct doctor *doctor = census->doctor;
    char what[CHECK_TEXT_SIZE];

    report_admins(census);
    if (census->outdated > 0)
        check_report(doctor, SEVERITY_NOTE, "account-hashes", "passwords",
                     check_text(what,
                                "%lld hashes are of another method or lower cost than new ones",
                                (long long)census->outdated),
                     "guessing them is cheaper, and refusals take another time",
                     "nothing: each is renewed at the user's next login by password");
    if (census->overdue > 0 && doctor->account == NULL)
        check_report(doctor, SEVERITY_NOTE, "account-overdue", "temporary passwords",
                     check_text(what, "%lld were not changed in time", (long long)census->overdue),
                     "these users cannot log in any more", "admin-tool reset-password NAME");
    if (census->expired > 0 && doctor->account == NULL)
        check_report(doctor, SEVERITY_NOTE, "account-expired", "expired accounts",
                     check_text(what, "%lld account%s expired", (long long)census->expired,
                                census->expired == 1 ? " has" : "s have"),
                     "these users cannot log in any more", "admin-tool users list --status expired");
    if (census->dormant > 0 && doctor->account == NULL)
        check_report(doctor, SEVERITY_NOTE, "account-dormant", "unused accounts",
                     check_text(what, "%lld account%s dormant", (long long)census->dormant,
                                census->dormant == 1 ? " is" : "s are"),
                     "these users cannot log in any more", "admin-tool users list --status dormant");
}

void check_accounts(struct doctor *doctor)
{
    struct census census = { .doctor = doctor };
    struct directory_view view;

    if (doctor->tool->store == NULL || doctor->quiet)
        return;
    if (directory_view_open(DIRECTORY_PATH, &view) == DIRECTORY_OK)
        census.view = &view;
    check_texts(doctor);
    check_keys(doctor);
    subordinates_begin(&census.subordinates);
    count_all(&census);
    if (census.view != NULL)
        directory_view_close(&view);
    report_answers(&census);
    report_census(&census);
    check_hash_costs(doctor, &census.costs);
    subordinates_report(doctor, &census.subordinates);
    check_missing_homes(doctor, census.homeless);
}
