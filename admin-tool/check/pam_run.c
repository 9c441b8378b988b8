/*
 * Running a PAM stack on paper: libpam's rules for what each module's answer does to the whole, and
 * nothing is asked of anybody.
 */
#include "pam_run.h"

#include <string.h>

#include "pam_action.h"
#include "pam_stack.h"

enum impression { UNDECIDED, GOOD, BAD };

struct state {
    enum impression impression;
    enum pam_code code;
};

static bool is_module(const struct pam_line *line, const char *name)
{
    const char *slash = strrchr(line->module, '/');

    return strcmp(slash != NULL ? slash + 1 : line->module, name) == 0;
}

const struct pam_line *pam_stack_find(const struct pam_stack *stack, const char *module)
{
    for (size_t i = 0; i < stack->count; i++)
        if (!stack->lines[i].substack && is_module(&stack->lines[i], module))
            return &stack->lines[i];
    return NULL;
}

/* A module we know nothing of must neither let anybody in nor keep everybody out here. */
static enum pam_code answer_of_other(const struct pam_line *line)
{
    short good = line->action[CODE_SUCCESS];

    if ((good == ACTION_DONE || good > 0) && line->action[CODE_AUTH_ERR] == ACTION_IGNORE)
        return CODE_AUTH_ERR;
    return CODE_SUCCESS;
}

/* In the auth phase these neither ask anything nor say yes or no of anybody: their manuals' IGNORE. */
static bool is_mute(const struct pam_line *line)
{
    static const char *const mute[] = { "pam_env.so",     "pam_nologin.so", "pam_faildelay.so",
                                        "pam_group.so",   "pam_cap.so",     "pam_warn.so",
                                        "pam_echo.so",    "pam_motd.so",    "pam_umask.so",
                                        "pam_keyinit.so", "pam_securetty.so", "pam_gnome_keyring.so" };

    for (size_t i = 0; i < sizeof mute / sizeof mute[0]; i++)
        if (is_module(line, mute[i]))
            return true;
    return false;
}

static enum pam_code answer_of(const struct pam_line *line, const struct pam_answers *answers)
{
    if (is_module(line, "pam_localuser.so"))
        return answers->local;
    if (is_module(line, "pam_coder.so"))
        return answers->coder;
    if (is_module(line, "pam_unix.so"))
        return answers->unix_;
    if (is_module(line, "pam_permit.so"))
        return CODE_SUCCESS;
    if (is_module(line, "pam_deny.so"))
        return CODE_AUTH_ERR;
    if (is_module(line, "pam_rootok.so"))
        return answers->by_root ? CODE_SUCCESS : CODE_AUTH_ERR;
    if (line->condition && answers->coder == CODE_PERM_DENIED)
        return CODE_SUCCESS;
    if (answers->others == OTHERS_REFUSE)
        return is_mute(line) ? CODE_IGNORE : CODE_AUTH_ERR;
    return answer_of_other(line);
}

/* ok and done: the answer counts unless something bad came before. A skip leaves no impression. */
static void take_good(struct state *state, enum pam_code code)
{
    bool open = state->impression == UNDECIDED ||
                (state->impression == GOOD && state->code == CODE_SUCCESS);

    if (!open)
        return;
    state->impression = GOOD;
    state->code = code;
}

static void take_bad(struct state *state, enum pam_code code)
{
    if (state->impression == BAD)
        return;
    state->impression = BAD;
    state->code = code == CODE_IGNORE ? CODE_PERM_DENIED : code;
}

/* From `at`, the last line of this level's stack. */
static size_t find_end(const struct pam_stack *stack, size_t at)
{
    unsigned level = stack->lines[at].level;

    while (at + 1 < stack->count && stack->lines[at + 1].level >= level)
        at++;
    return at;
}

/* The last of the lines skipped from `at`, a substack counting as one; fewer left: libpam refuses.
 */
static size_t skip(const struct pam_stack *stack, size_t at, int count, struct state *state)
{
    unsigned level = stack->lines[at].level;

    while (count > 0 && at + 1 < stack->count && stack->lines[at + 1].level >= level) {
        do
            at++;
        while (at + 1 < stack->count && stack->lines[at + 1].level > level);
        count--;
    }
    if (count > 0)
        *state = (struct state){ BAD, CODE_PERM_DENIED };
    return at;
}

/* One answer; returns the last line that is done with. */
static size_t apply(const struct pam_stack *stack, size_t at, enum pam_code code,
                    const struct state *outer, struct state *state)
{
    short action = stack->lines[at].action[code];

    switch (action) {
    case ACTION_IGNORE:
        return at;
    case ACTION_RESET:
        *state = *outer;
        return at;
    case ACTION_OK:
    case ACTION_DONE:
        take_good(state, code);
        return action == ACTION_DONE && state->impression == GOOD ? find_end(stack, at) : at;
    case ACTION_BAD:
    case ACTION_DIE:
        take_bad(state, code);
        return action == ACTION_DIE ? find_end(stack, at) : at;
    default:
        return skip(stack, at, action, state);
    }
}

enum pam_code pam_stack_run(const struct pam_stack *stack, const struct pam_answers *answers,
                            bool *ret_asked)
{
    struct state state = { UNDECIDED, CODE_PERM_DENIED };
    struct state outer[PAM_LEVELS] = { state };
    bool asked = false;

    for (size_t at = 0; at < stack->count; at++) {
        const struct pam_line *line = &stack->lines[at];

        if (line->substack) {
            outer[line->level + 1] = state;
            continue;
        }
        asked = asked || is_module(line, "pam_coder.so");
        at = apply(stack, at, answer_of(line, answers), &outer[line->level], &state);
    }
    if (ret_asked != NULL)
        *ret_asked = asked;
    return state.code == CODE_SUCCESS && state.impression != GOOD ? CODE_PERM_DENIED : state.code;
}
