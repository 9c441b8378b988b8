/*
 * A user's shell, home and keys, looked at as that user (as_user.h): root would wait for what he has mounted
 * there, and say of files that are not his whether they exist.
 */
#include "user_files.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/as_user.h"
#include "sql/account.h"
#include "sshd_settings.h"

struct question {
    const struct account *account;
    const struct sshd_settings *sshd;
};

/* -- as the user -------------------------------------------------------------------------- */

/* sshd's StrictModes: the user's or root's, and writable by nobody else. */
static bool is_strict(const struct stat *st, uint32_t uid)
{
    return (st->st_uid == uid || st->st_uid == 0) && (st->st_mode & 022) == 0;
}

/* Of one file, as sshd would take it: it reads as the user. */
static enum key_state see_key_file(const struct question *question, const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0 || access(path, R_OK) != 0)
        return KEYS_NONE;
    if (question->sshd->strict_modes && !is_strict(&st, question->account->uid))
        return KEYS_LOOSE;
    return KEYS_THERE;
}

/* Each file sshd would look into; "%h" and a missing '/' mean the home (sshd_config(5)). */
static enum key_state see_keys(const struct question *question)
{
    const char *list = question->sshd->key_files[0] != '\0' ? question->sshd->key_files
                                                            : ".ssh/authorized_keys ";
    enum key_state best = KEYS_NONE;
    char path[2 * SSHD_LIST_SIZE];

    for (size_t length; *list != '\0'; list += length + (list[length] == ' ')) {
        bool in_home = strncmp(list, "%h/", 3) == 0;
        const char *rest = in_home ? list + 3 : list;
        enum key_state state;

        length = strcspn(list, " ");
        snprintf(path, sizeof path, "%s%s%.*s", *rest == '/' ? "" : question->account->home,
                 *rest == '/' ? "" : "/", (int)(length - (size_t)(rest - list)), rest);
        state = see_key_file(question, path);
        if (state > best)
            best = state;
    }
    return best;
}

/* Root's own home will do: a service's is often a folder of the system. */
static void see_home(const void *context, void *ret)
{
    const struct question *question = context;
    struct home_sight *sight = ret;
    struct stat st;

    sight->home = HOME_MISSING;
    if (stat(question->account->home, &st) != 0 || !S_ISDIR(st.st_mode))
        return;
    sight->owner = st.st_uid;
    sight->mode = st.st_mode & 07777;
    sight->home = is_strict(&st, question->account->uid) ? HOME_FINE : HOME_LOOSE;
    if (sight->home == HOME_FINE)
        sight->keys = see_keys(question);
}

static void see_shell(const void *context, void *ret)
{
    const struct account *account = context;
    struct stat st;
    bool runs = stat(account->shell, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111) != 0 &&
                access(account->shell, X_OK) == 0;

    *(char *)ret = runs ? 1 : 0;
}

/* -- what is made of it ------------------------------------------------------------------- */

struct home_sight check_home_see(const struct account *account, const struct sshd_settings *sshd)
{
    const struct question question = { account, sshd };
    struct home_sight sight = { .home = HOME_UNSEEN };

    if (!as_user_ask(account, see_home, &question, &sight, sizeof sight) ||
        (unsigned)sight.home > HOME_FINE || (unsigned)sight.keys > KEYS_THERE)
        return (struct home_sight){ .home = HOME_UNSEEN };
    return sight;
}

bool check_home_runs_shell(const struct account *account)
{
    char runs = 0;

    return as_user_ask(account, see_shell, account, &runs, sizeof runs) && runs == 1;
}
