/*
 * A user's set-id files: what is said of them, and that their bits stay off.
 */
#include "setid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "terminal/answer.h"
#include "terminal/columns.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/say.h"
#include "search.h"
#include "sessions.h"
#include "setid_find.h"

enum { ROUNDS_MAX = 5, FOLDERS_SIZE = 1900 };

/* -- what is said ------------------------------------------------------------------------- */

static void print_list(const struct account *account, const struct setid_result *result,
                       const struct setid_rule *rule, const char *heading, FILE *out)
{
    char plain[CELL_SIZE];

    fprintf(out, "%s %s, which run %s for anybody:\n", heading, account->username,
            rule->shut_out ? "as that user, or with the file's group," : "with the file's group");
    for (size_t i = 0; i < SETID_EXAMPLES && i < result->found; i++) {
        print_escape(result->examples[i], plain, sizeof plain);
        fprintf(out, "  %s\n", plain);
    }
    if (result->found > SETID_EXAMPLES)
        fprintf(out, "  and %zu more\n", result->found - SETID_EXAMPLES);
}

static bool is_partly(const struct setid_results *results)
{
    return results->end.late || results->end.deep;
}

static void find_rest(const struct account *account, char ret[SETID_COMMAND_SIZE])
{
    char folders[FOLDERS_SIZE];

    search_folders(account->home, SEARCH_WRITABLE, folders, sizeof folders);
    snprintf(ret, SETID_COMMAND_SIZE, "find %s -xdev -type f -uid %u -perm /6000", folders, account->uid);
}

void setid_command(const char *home, enum search_scope scope, uint32_t uid, char ret[SETID_COMMAND_SIZE])
{
    char folders[FOLDERS_SIZE];

    search_folders(home, scope, folders, sizeof folders);
    snprintf(ret, SETID_COMMAND_SIZE, "find %s -xdev -type f -uid %u -perm /6000 -execdir chown -h --from=%u %u {} +",
             folders, uid, uid, uid);
}

static void print_partly(const struct account *account, FILE *out)
{
    char command[SETID_COMMAND_SIZE];

    find_rest(account, command);
    fprintf(out, "Not everything was searched for set-id files; see: %s\n", command);
}

static void print_found(const struct account *account, const struct setid_result *result,
                        const struct setid_rule *rule, const char *command, FILE *out)
{
    if (result->found == 0)
        return;
    print_list(account, result, rule, "Set-id files of", out);
    fprintf(out, "To take the bits off: %s\n", command);
}

static void print_removed(struct tool *tool, const struct account *account,
                          const struct setid_result *result, const struct setid_rule *rule, FILE *out)
{
    if (result->found > 0)
        print_list(account, result, rule, result->removed == result->found
                                              ? "Taken off: the set-id bits of files of"
                                              : "Set-id files of", out);
    if (result->removed < result->found)
        tool_complain(tool, "%zu of these files of %s kept their set-id bits, the first is %s: %s",
                      result->found - result->removed, account->username, result->failed,
                      strerror(result->error));
}

static void complain_partly(struct tool *tool, const struct account *account)
{
    char rest[SETID_COMMAND_SIZE];

    find_rest(account, rest);
    tool_complain(tool, "not everything was searched for set-id files of %s; see: %s", account->username, rest);
}

/* -- the two of them ---------------------------------------------------------------------- */

/* Those with bits that came off; accounts: room for as many as there are. */
static void choose_disarmed(const struct setid_rules *rules, const struct setid_results *results, struct account *accounts,
                            struct setid_rules *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < rules->count; i++)
        if (results->all[i].removed > 0) {
            accounts[ret->count] = rules->accounts[i];
            ret->all[ret->count++] = rules->all[i];
        }
}

static bool is_any_back(const struct setid_rules *rules, const struct setid_results *results)
{
    bool back = false;

    for (size_t i = 0; results != NULL && i < rules->count; i++)
        back |= results->all[i].removed > 0;
    return back;
}

static void complain_back(struct tool *tool, const struct setid_rules *rules, const struct setid_results *results)
{
    for (size_t i = 0; i < rules->count; i++) {
        answer_about(rules->accounts[i].username);
        if (results->all[i].removed > 0)
            tool_complain(tool, "set-id bits of %s's files come back as they are taken off; see 'ps -fu %u' and run "
                          "it again", rules->accounts[i].username, rules->accounts[i].uid);
    }
}

/* Who runs one of them, as anybody could until now, sets the bits again: what runs as these users is ended once more,
 * until no bit comes back. */
static void end_until_off(struct tool *tool, const struct setid_rules *rules)
{
    struct setid_results *again = NULL;
    bool back = true;

    for (int i = 0; i < ROUNDS_MAX && back; i++) {
        free(again);
        if (!tool_has(tool, OPTION_KEEP_SESSIONS))
            sessions_end(tool, rules->accounts, rules->count);
        again = setid_find(rules);
        back = is_any_back(rules, again);
    }
    if (back)
        complain_back(tool, rules, again);
    free(again);
}

static void keep_off(struct tool *tool, const struct setid_rules *rules, const struct setid_results *results)
{
    struct account *accounts = calloc(rules->count, sizeof *accounts);
    struct setid_rules *disarmed = setid_rules_make(accounts, rules->count, true);

    if (accounts != NULL && disarmed != NULL) {
        choose_disarmed(rules, results, accounts, disarmed);
        if (disarmed->count > 0)
            end_until_off(tool, disarmed);
        explicit_bzero(accounts, rules->count * sizeof *accounts);
    } else {
        tool_complain(tool, "not enough memory to see whether set-id bits come back; run it again");
    }
    free(accounts);
    free(disarmed);
}

static void say_settled(struct tool *tool, const struct setid_rules *rules, const struct setid_results *results,
                        setid_advice *advise, FILE *out)
{
    char command[SETID_COMMAND_SIZE];

    for (size_t i = 0; i < rules->count; i++) {
        const struct account *account = &rules->accounts[i];

        answer_about(account->username);
        if (rules->all[i].left_out)
            tool_complain(tool, "not enough memory to look for set-id files of %s", account->username);
        else if (rules->remove)
            print_removed(tool, account, &results->all[i], &rules->all[i], out);
        else if (results->all[i].found > 0) {
            advise(account, command);
            print_found(account, &results->all[i], &rules->all[i], command, out);
        }
        if (is_partly(results) && rules->remove)
            complain_partly(tool, account);
        else if (is_partly(results))
            print_partly(account, out);
    }
}

void setid_settle(struct tool *tool, const struct account *accounts, size_t count, bool deleted,
                  setid_advice *advise)
{
    struct setid_rules *rules = setid_rules_make(accounts, count, tool_has(tool, OPTION_REMOVE_SETID));
    FILE *out = answer_beside();
    struct setid_results *results = NULL;

    fflush(stdout); /* what follows may take seconds */
    for (size_t i = 0; i < count && rules != NULL; i++)
        setid_rule_read(tool, &accounts[i], deleted || accounts[i].status != ACCOUNT_ACTIVE, accounts[i].roles,
                  &rules->all[i]);
    if (rules != NULL)
        results = setid_find(rules);
    for (size_t i = 0; i < count && results == NULL; i++)
        tool_complain(tool, "not enough memory to look for set-id files of %s", accounts[i].username);
    if (results != NULL) {
        say_settled(tool, rules, results, advise, out);
        if (is_any_back(rules, results))
            keep_off(tool, rules, results);
    }
    free(results);
    setid_rules_free(rules);
}

static void say_preview(const struct tool *tool, const struct setid_rules *rules, const struct setid_results *results,
                        FILE *out)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct account *account = &rules->accounts[i];

        answer_about(account->username);
        if (results->all[i].found > 0 && tool_has(tool, OPTION_REMOVE_SETID))
            print_list(account, &results->all[i], &rules->all[i], "Would take off: the set-id bits of files of", out);
        else
            print_found(account, &results->all[i], &rules->all[i], "add --remove-setid", out);
        if (is_partly(results) && !rules->all[i].left_out)
            print_partly(account, out);
    }
}

/* Who keeps all roles keeps all groups. */
static bool loses(const struct account *account, bool shut_out, unsigned roles)
{
    return shut_out || (account->roles & ~roles) != 0;
}

void setid_preview(struct tool *tool, const struct account *accounts, size_t count, bool shut_out, unsigned roles,
                   FILE *out)
{
    struct setid_rules *rules = setid_rules_make(accounts, count, false);
    struct setid_results *results = NULL;
    bool any = false;

    for (size_t i = 0; i < count && rules != NULL; i++) {
        any |= loses(&accounts[i], shut_out, roles);
        if (loses(&accounts[i], shut_out, roles))
            setid_rule_read(tool, &accounts[i], shut_out || accounts[i].status != ACCOUNT_ACTIVE, roles, &rules->all[i]);
        else
            rules->all[i].left_out = true;
    }
    if (any)
        results = setid_find(rules);
    if (results != NULL)
        say_preview(tool, rules, results, out);
    free(results);
    setid_rules_free(rules);
}
