/*
 * Does sshd ask coder_keys for the keys of accounts, as a user who can do nothing, and is the program one that sshd
 * runs? sshd says of neither anything but a line in its log, and refuses.
 */
#include "sshd_keys.h"

#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/safe_path.h"
#include "sql/store.h"
#include "sql/store_keys.h"
#include "finding.h"
#include "sshd_settings.h"

#define RELOAD " && systemctl reload ssh"
#define RUNNER "_coder-keys" /* examples/sshd_config.d/coder.conf */
#define RUN_AS "AuthorizedKeysCommandUser " RUNNER
#define MAKE_RUNNER "useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin " RUNNER

/* Lines for sshd, and whom they name. */
static void write_mend(char ret[CHECK_TEXT_SIZE], const char *lines)
{
    check_text(ret, "%ssed -i '1i %s' /etc/ssh/sshd_config" RELOAD, getpwnam(RUNNER) == NULL ? MAKE_RUNNER " && " : "",
               lines);
}

bool check_has_keys(const struct doctor *doctor, const struct account *account)
{
    struct store_keys_count count = { 0, 0 };

    return doctor->tool->store != NULL && store_keys_count(doctor->tool->store, account->uid, &count) == STORE_OK &&
           count.keys > 0;
}

static int64_t count_owners(const struct doctor *doctor)
{
    int64_t owners = 0;

    if (doctor->account != NULL)
        return check_has_keys(doctor, doctor->account) ? 1 : 0;
    if (doctor->tool->store == NULL || store_keys_owners(doctor->tool->store, &owners) != STORE_OK)
        return 0;
    return owners;
}

static void report_unasked(struct doctor *doctor, const struct sshd_settings *settings, int64_t owners)
{
    bool other = settings->keys_command[0] != '\0';
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    if (!other)
        check_text(what, "sshd does not ask for the ssh keys that %lld account%s", (long long)owners,
                   owners == 1 ? " has" : "s have");
    else
        check_text(what, "AuthorizedKeysCommand is '%.200s', and %lld account%s ssh keys", settings->keys_command,
                   (long long)owners, owners == 1 ? " has" : "s have");
    if (other)
        check_text(mend, "have that program print, too, what '" CODER_KEYS " NAME' does, or write "
                   "AuthorizedKeysCommand " CODER_KEYS " %%u");
    else
        write_mend(mend, "AuthorizedKeysCommand " CODER_KEYS " %u\\n" RUN_AS);
    check_report(doctor, SEVERITY_WARNING, "sshd-keys", "sshd_config", what, "these keys let nobody in", mend);
}

/* "nobody" is what older releases of ours wrote. */
static void check_runner(struct doctor *doctor, const char *user)
{
    const struct passwd *who = getpwnam(user);
    bool there = who != NULL, root = there && who->pw_uid == 0;
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    if (there && !root && strcmp(user, "nobody") != 0)
        return;
    check_text(what, "AuthorizedKeysCommandUser %s%.200s%s", there ? "is " : "", user, there ? "" : " is no user");
    if (strcmp(user, RUNNER) == 0)
        check_text(mend, MAKE_RUNNER);
    else
        write_mend(mend, RUN_AS);
    check_report(doctor, !there ? SEVERITY_PROBLEM : root ? SEVERITY_WARNING : SEVERITY_NOTE, "sshd-keys-user",
                 "sshd_config", what,
                 !there ? "sshd does not run coder_keys, so keys of accounts let nobody in"
                 : root ? "coder_keys needs no right, and gets root's"
                        : "other processes of nobody can stop coder_keys, and logins by key with it",
                 mend);
}

/* sshd's own rule (sshd_config(5)): root's, and writable by nobody else, the folders on the way, too. */
static const char *program_fault(void)
{
    struct safe_parent parent;
    enum safe_path place = safe_path_parent(-1, CODER_KEYS, &parent);
    struct stat st;
    bool there;

    if (place != SAFE_PATH_YES)
        return place == SAFE_PATH_FAILED ? CODER_KEYS " is not there" : "users other than root can write in a folder of " CODER_KEYS;
    there = fstatat(parent.folder, parent.name, &st, 0) == 0 && S_ISREG(st.st_mode);
    close(parent.folder);
    if (!there)
        return CODER_KEYS " is not there";
    if (st.st_uid != CODER_OWNER_UID || (st.st_mode & 022) != 0)
        return CODER_KEYS " is not root's alone";
    if ((st.st_mode & 0111) != 0111)
        return CODER_KEYS " cannot be run by everybody";
    return (st.st_mode & 0044) == 0 ? NULL : CODER_KEYS " can be read";
}

static void check_program(struct doctor *doctor)
{
    const char *fault = program_fault();

    if (fault != NULL)
        check_report(doctor, SEVERITY_PROBLEM, "sshd-keys-program", CODER_KEYS, fault,
                     strstr(fault, "can be read") != NULL
                         ? "another process of the user who runs it could write keys of its own to sshd"
                         : "sshd does not run it, so keys of accounts let nobody in",
                     strstr(fault, "not there") != NULL || strstr(fault, "folder") != NULL
                         ? "install the package again: apt install --reinstall libpam-coder"
                         : "chown root:root " CODER_KEYS " && chmod 711 " CODER_KEYS);
}

void check_sshd_keys(struct doctor *doctor, const struct sshd_settings *settings)
{
    int64_t owners = settings->public_key && !doctor->quiet ? count_owners(doctor) : 0;

    if (settings->asks_us) {
        check_runner(doctor, settings->keys_user);
        check_program(doctor);
    } else if (owners > 0) {
        report_unasked(doctor, settings, owners);
    }
}
