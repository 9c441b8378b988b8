/*
 * A child that is the user: ids, groups, no capability, no way back, a little time of the processor. What the
 * parent has in its memory (hashes among it) is not for him: he can neither trace the child nor have its core.
 */
#include "as_user.h"

#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sql/account.h"
#include "deputy.h"

enum { GROUPS_MAX = 256, CPU_SECONDS = 2 };

struct errand {
    uint32_t uid, gid;
    gid_t groups[GROUPS_MAX];
    int group_count;
    deputy_work *look;
    const void *context;
};

static bool limit(void)
{
    static const struct rlimit none = { 0, 0 }, little = { CPU_SECONDS, CPU_SECONDS };

    return setrlimit(RLIMIT_CORE, &none) == 0 && setrlimit(RLIMIT_FSIZE, &none) == 0 &&
           setrlimit(RLIMIT_CPU, &little) == 0;
}

static bool become(const struct errand *errand)
{
    uint32_t uid = errand->uid, gid = errand->gid;

    if (uid == 0 || gid == 0 || !limit() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        setgroups((size_t)errand->group_count, errand->groups) != 0 ||
        setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
        return false;
    /* a change of ids sets both anew */
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && setuid(0) != 0;
}

static void look(const void *context, void *ret)
{
    const struct errand *errand = context;

    if (!become(errand))
        _exit(1);
    errand->look(errand->context, ret);
}

bool as_user_ask(const struct account *account, deputy_work *work, const void *context, void *ret,
                 size_t size)
{
    struct errand errand = { .uid = account->uid, .gid = account->gid, .group_count = GROUPS_MAX, .look = work,
                             .context = context };

    if (getgrouplist(account->username, account->gid, errand.groups, &errand.group_count) == -1)
        errand.group_count = GROUPS_MAX; /* as many as there was room for */
    return deputy_ask(look, &errand, ret, size, AS_USER_SECONDS);
}
