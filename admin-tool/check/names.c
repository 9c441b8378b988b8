/*
 * What a user's name means to others: a private group that a rule of sudo's or polkit's names, and
 * names with a meaning. Whoever wrote such a rule thought of another group.
 */
#include "names.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/reserved.h"
#include "host/rule_groups.h"
#include "host/text_file.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "finding.h"

enum { RULES_MAX = 1 << 20, INCLUDES_MAX = 8 };

/* -- one file ----------------------------------------------------------------------------- */

/* The account whose own group it is. */
static bool find_owner(const struct doctor *doctor, const char *group, struct account *ret)
{
    struct store *store = doctor->tool->store;
    unsigned long id = group[0] == '#' ? strtoul(group + 1, NULL, 10) : 0;
    enum store_result result = group[0] != '#' ? store_account_by_name(store, group, ret)
                               : id <= UINT32_MAX ? store_account_by_uid(store, (uint32_t)id, ret)
                                                  : STORE_NOT_FOUND;

    if (result == STORE_OK)
        explicit_bzero(ret->hash, sizeof ret->hash);
    return result == STORE_OK &&
           (doctor->account == NULL || doctor->account->uid == ret->uid);
}

static bool is_reported(const struct doctor *doctor, const char *username, const char *what)
{
    for (size_t i = 0; i < doctor->count; i++)
        if (strcmp(doctor->findings[i].check, "group-rule") == 0 &&
            strcmp(doctor->findings[i].subject, username) == 0 &&
            strcmp(doctor->findings[i].what, what) == 0)
            return true;
    return false;
}

static void report_rule(struct doctor *doctor, enum rule_language language, const char *path,
                        const struct account *account)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];
    bool meaning = reserved_name(account->username) != NULL;

    check_text(what, "%.200s has a rule for the group %s, which is this user's own", path,
               account->username);
    if (is_reported(doctor, account->username, what))
        return;
    if (language == RULES_SUDOERS)
        check_text(mend, "visudo -f %.200s, and write %s in place of %%%s if this user is meant", path,
                   account->username, account->username);
    else
        check_text(mend, "editor %.200s, and name the user %s if this one is meant", path,
                   account->username);
    check_report(doctor, meaning ? SEVERITY_PROBLEM : SEVERITY_WARNING, "group-rule",
                 account->username, what,
                 "a rule for a group gives this user what it was perhaps to give to others", mend);
}

/* NULL when there is none. To be freed. */
static char *read_rules(const char *path)
{
    FILE *file = text_file_open("", path);
    char *text = file != NULL ? calloc(1, RULES_MAX + 1) : NULL;

    if (text != NULL)
        text[fread(text, 1, RULES_MAX, file)] = '\0';
    if (file != NULL)
        fclose(file);
    return text;
}

static void check_groups_of(struct doctor *doctor, enum rule_language language, const char *path,
                            const char *text)
{
    char group[RULE_GROUP_SIZE];
    struct account account;

    while (rule_group_next(language, &text, group))
        if (find_owner(doctor, group, &account))
            report_rule(doctor, language, path, &account);
}

/* -- sudoers(5) and what it includes ------------------------------------------------------ */

static void check_sudoers(struct doctor *doctor, const char *path, int depth);

/* As sudo does it: no name with a '.' in it, or a '~' at its end. */
static bool is_left_out(const char *path)
{
    const char *name = strrchr(path, '/') + 1;

    return strchr(name, '.') != NULL || (*name != '\0' && name[strlen(name) - 1] == '~');
}

static void check_folder(struct doctor *doctor, const char *folder, int depth)
{
    char pattern[PATH_MAX + 2];
    glob_t found;

    snprintf(pattern, sizeof pattern, "%s/*", folder);
    if (glob(pattern, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        if (!is_left_out(found.gl_pathv[i]))
            check_sudoers(doctor, found.gl_pathv[i], depth);
    globfree(&found);
}

/* "@include FILE", "#includedir FOLDER". */
static void follow(struct doctor *doctor, const char *line, int depth)
{
    const char *text = line + strcspn(line, " \t\r\n");
    bool folder = strncmp(line + 1, "includedir", 10) == 0;
    char path[PATH_MAX];

    text += strspn(text, " \t");
    snprintf(path, sizeof path, "%.*s", (int)strcspn(text, " \t\r\n"), text);
    if (path[0] == '/' && folder)
        check_folder(doctor, path, depth);
    else if (path[0] == '/')
        check_sudoers(doctor, path, depth);
}

static void check_sudoers(struct doctor *doctor, const char *path, int depth)
{
    char *text = depth < INCLUDES_MAX ? read_rules(path) : NULL;

    if (text == NULL)
        return;
    check_groups_of(doctor, RULES_SUDOERS, path, text);
    for (const char *line = text; *line != '\0'; line += *line == '\n') {
        if ((*line == '@' || *line == '#') && strncmp(line + 1, "include", 7) == 0)
            follow(doctor, line, depth + 1);
        line += strcspn(line, "\n");
    }
    free(text);
}

/* -- polkit ------------------------------------------------------------------------------- */

static void check_polkit(struct doctor *doctor)
{
    static const struct {
        const char *pattern;
        enum rule_language language;
    } places[] = {
        { "/etc/polkit-1/rules.d/*.rules", RULES_SCRIPT },
        { "/run/polkit-1/rules.d/*.rules", RULES_SCRIPT },
        { "/usr/local/share/polkit-1/rules.d/*.rules", RULES_SCRIPT },
        { "/usr/share/polkit-1/rules.d/*.rules", RULES_SCRIPT },
        { "/etc/polkit-1/localauthority.conf.d/*.conf", RULES_KEYS },
        { "/etc/polkit-1/localauthority/*/*.pkla", RULES_KEYS },
        { "/var/lib/polkit-1/localauthority/*/*.pkla", RULES_KEYS },
    };
    glob_t found;

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (glob(places[i].pattern, 0, NULL, &found) != 0)
            continue;
        for (size_t j = 0; j < found.gl_pathc; j++) {
            char *text = read_rules(found.gl_pathv[j]);

            if (text != NULL)
                check_groups_of(doctor, places[i].language, found.gl_pathv[j], text);
            free(text);
        }
        globfree(&found);
    }
}

/* -- all of it ---------------------------------------------------------------------------- */

void check_name(struct doctor *doctor, const struct account *account)
{
    const char *whose = reserved_name(account->username);
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    if (whose == NULL)
        return;
    check_text(what, "it is a name with a meaning (%s)", whose);
    check_text(mend, "admin-tool users delete %s, and create the user under another name",
               account->username);
    check_report(doctor, SEVERITY_WARNING, "account-name", account->username, what,
                 "rules and files of others trust a group of this name, and the user has one", mend);
}

void check_rules(struct doctor *doctor)
{
    if (doctor->tool->store == NULL || doctor->quiet)
        return;
    check_sudoers(doctor, "/etc/sudoers", 0);
    check_polkit(doctor);
}
