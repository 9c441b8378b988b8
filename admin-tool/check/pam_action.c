/*
 * Controls of pam.conf(5). The four words are short for bracketed ones, as the manual spells them
 * out.
 */
#include "pam_action.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/ascii.h"
#include "pam_stack.h"

enum { UNSET = -7, SKIP_MAX = 1000 };

/* In the order of libpam's numbers. */
static const char *const codes[PAM_CODES] = {
    "success", "open_err", "symbol_err", "service_err", "system_err", "buf_err", "perm_denied",
    "auth_err", "cred_insufficient", "authinfo_unavail", "user_unknown", "maxtries",
    "new_authtok_reqd", "acct_expired", "session_err", "cred_unavail", "cred_expired", "cred_err",
    "no_module_data", "conv_err", "authtok_err", "authtok_recover_err", "authtok_lock_busy",
    "authtok_disable_aging", "try_again", "ignore", "abort", "authtok_expired", "module_unknown",
    "bad_item", "conv_again", "incomplete",
};

static const struct {
    const char *word, *meaning;
} words[] = {
    { "required", "success=ok new_authtok_reqd=ok ignore=ignore default=bad" },
    { "requisite", "success=ok new_authtok_reqd=ok ignore=ignore default=die" },
    { "sufficient", "success=done new_authtok_reqd=done default=ignore" },
    { "optional", "success=ok new_authtok_reqd=ok default=ignore" },
};

static const struct {
    const char *word;
    short action;
} actions[] = {
    { "ignore", ACTION_IGNORE }, { "ok", ACTION_OK },   { "done", ACTION_DONE },
    { "bad", ACTION_BAD },       { "die", ACTION_DIE }, { "reset", ACTION_RESET },
};

static bool find_action(const char *word, short *ret)
{
    char *end;
    long skip = strtol(word, &end, 10);

    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (ascii_is(word, actions[i].word)) {
            *ret = actions[i].action;
            return true;
        }
    if (end == word || *end != '\0' || skip < 0 || skip > SKIP_MAX)
        return false;
    *ret = (short)skip;
    if (skip == 0)
        *ret = ACTION_IGNORE; /* pam.conf(5) */
    return true;
}

static void fill(short ret[PAM_CODES], short from, short with)
{
    for (size_t i = 0; i < PAM_CODES; i++)
        if (ret[i] == from)
            ret[i] = with;
}

static bool apply_pair(const char *code, const char *action, short ret[PAM_CODES])
{
    short value;

    if (!find_action(action, &value))
        return false;
    if (ascii_is(code, "default")) {
        fill(ret, UNSET, value);
        return true;
    }
    for (size_t i = 0; i < PAM_CODES; i++)
        if (ascii_is(code, codes[i])) {
            ret[i] = value;
            return true;
        }
    return false;
}

/* "success=1 default=ignore", between brackets. */
static bool parse_pairs(const char *text, short ret[PAM_CODES])
{
    char code[32], action[32];
    int length;

    for (size_t i = 0; i < PAM_CODES; i++)
        ret[i] = UNSET;
    while (text += strspn(text, " \t"), *text != '\0') {
        if (sscanf(text, "%31[^= \t] = %31[^] \t]%n", code, action, &length) != 2 ||
            !apply_pair(code, action, ret))
            return false;
        text += length;
    }
    fill(ret, UNSET, ACTION_BAD);
    return true;
}

bool pam_action_parse(const char *control, short ret[PAM_CODES])
{
    size_t length = strlen(control);
    char inner[1024];

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (ascii_is(control, words[i].word))
            return parse_pairs(words[i].meaning, ret);
    if (length < 2 || length > sizeof inner || control[0] != '[' || control[length - 1] != ']')
        return false;
    memcpy(inner, control + 1, length - 2);
    inner[length - 2] = '\0';
    return parse_pairs(inner, ret);
}
