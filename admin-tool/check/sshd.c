/*
 * sshd seen by the doctor: its settings as it reads them itself, and whom they keep out.
 */
#include "sshd.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/program.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "finding.h"
#include "sshd_files.h"
#include "sshd_keys.h"
#include "sshd_settings.h"

enum { OUTPUT_SIZE = 128 * 1024, GROUPS_MAX = 256, PAGE_SIZE = 128 };

#define RELOAD " && systemctl reload ssh"

bool sshd_ask(const char *username, struct sshd_settings *ret, bool *ret_installed)
{
    char program[] = "/usr/sbin/sshd", test[] = "-T", spec[] = "-C", who[128];
    char *const argv[] = { program, test, username != NULL ? spec : NULL, who, NULL };
    char *output = malloc(OUTPUT_SIZE);
    bool answered;

    /* an address nobody has: as from elsewhere */
    snprintf(who, sizeof who, "user=%s,host=192.0.2.1,addr=192.0.2.1",
             username != NULL ? username : "");
    *ret_installed = access(program, X_OK) == 0;
    answered = output != NULL && *ret_installed && host_capture(argv, output, OUTPUT_SIZE);
    if (answered)
        sshd_settings_parse(output, ret);
    free(output);
    return answered;
}

void check_group_names(const char *username, gid_t gid, char *ret, size_t size)
{
    gid_t gids[GROUPS_MAX];
    int count = GROUPS_MAX;
    size_t used = 0;

    ret[0] = '\0';
    if (getgrouplist(username, gid, gids, &count) == -1)
        count = GROUPS_MAX; /* as many as there was room for */
    for (int i = 0; i < count; i++) {
        const struct group *group = getgrgid(gids[i]);

        if (group != NULL && used + strlen(group->gr_name) + 2 <= size)
            used += (size_t)snprintf(ret + used, size - used, "%s ", group->gr_name);
    }
}

/* -- whom the lists keep out -------------------------------------------------------------- */

struct kept_out {
    int64_t active, out;
    int list;
    char name[ACCOUNT_NAME_SIZE];
};

static void count_one(const struct sshd_settings *settings, const struct account *account,
                      struct kept_out *ret)
{
    char groups[8192];
    int list;

    if (account->status != ACCOUNT_ACTIVE)
        return;
    ret->active++;
    check_group_names(account->username, account->uid, groups, sizeof groups);
    list = sshd_settings_refusal(settings, account->username, groups);
    if (list < 0)
        return;
    ret->list = list;
    if (ret->out++ == 0)
        memcpy(ret->name, account->username, sizeof ret->name);
}

static void count_all(struct store *store, const struct sshd_settings *settings,
                      struct kept_out *ret)
{
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    uint32_t after = 0;
    size_t count = 1;

    while (page != NULL && count > 0 &&
           store_accounts_page(store, after, page, PAGE_SIZE, &count) == STORE_OK)
        for (size_t i = 0; i < count; i++) {
            count_one(settings, &page[i], ret);
            after = page[i].uid;
        }
    if (page != NULL)
        explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
}

static void check_lists(struct doctor *doctor, const struct sshd_settings *settings)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE], file[SSHD_FILE_SIZE];
    struct kept_out kept = { 0 };
    bool any = false;

    for (int i = 0; i < SSHD_LISTS; i++)
        any = any || settings->lists[i][0] != '\0';
    if (!any || doctor->tool->store == NULL || doctor->quiet || doctor->nss_broken ||
        doctor->account != NULL)
        return;
    count_all(doctor->tool->store, settings, &kept);
    if (kept.out == 0)
        return;
    check_text(what, "%s keeps %lld of %lld active users out, %s among them",
               sshd_settings_list_name(kept.list), (long long)kept.out, (long long)kept.active,
               kept.name);
    sshd_file_of(sshd_settings_list_name(kept.list), file);
    check_text(mend, "if they should get in: change %s in %.200s, by the group coder-member" RELOAD,
               sshd_settings_list_name(kept.list), file);
    check_report(doctor, kept.out == kept.active ? SEVERITY_PROBLEM : SEVERITY_WARNING,
                 "sshd-lists", "sshd_config", what, "sshd refuses them before PAM is asked",
                 mend);
}

/* -- settings ----------------------------------------------------------------------------- */

static void check_settings(struct doctor *doctor, const struct sshd_settings *settings)
{
    if (!settings->pam)
        check_report(doctor, SEVERITY_PROBLEM, "sshd-pam", "sshd_config", "UsePAM is no",
                     "passwords of ours are refused, and no account check stands before a key",
                     "sed -i '1i UsePAM yes' /etc/ssh/sshd_config" RELOAD);
    if (!settings->keyboard_interactive)
        check_report(doctor, SEVERITY_NOTE, "sshd-keyboard", "sshd_config", "KbdInteractiveAuthentication is no",
                     settings->password
                         ? "a temporary password cannot be changed in the login itself: sshd runs "
                           "passwd in the session and closes it"
                         : "with PasswordAuthentication no as well, only keys get in, as you may want it",
                     "sed -i '1i KbdInteractiveAuthentication yes' /etc/ssh/sshd_config" RELOAD);
}

void check_sshd(struct doctor *doctor)
{
    struct sshd_settings settings;
    bool installed = false, runs = access("/run/sshd", F_OK) == 0;

    if (sshd_ask(doctor->account != NULL ? doctor->account->username : NULL, &settings,
                 &installed)) {
        check_settings(doctor, &settings);
        check_sshd_keys(doctor, &settings);
        check_lists(doctor, &settings);
    } else if (installed) {
        check_report(doctor, runs ? SEVERITY_PROBLEM : SEVERITY_NOTE, "sshd-config", "sshd",
                     runs ? "it does not take its configuration (sshd -T fails)"
                          : "it cannot be asked for its settings while it does not run",
                     "nobody gets in by ssh when it is started again",
                     "sshd -t says which line it is");
    }
}
