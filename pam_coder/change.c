/*
 * Changing a password. A write of a login's is conditional on what was verified, so an
 * administrator's reset or suspend always wins.
 */
#include "change.h"

#include <string.h>
#include <syslog.h>

#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "credential.h"
#include "fleet_change.h"
#include "hearing.h"
#include "request.h"
#include "rewrite.h"
#include "verify.h"

static enum credential_weakness reuse(struct hearing *hearing)
{
    const char *new_password = hearing->request->new_password;
    enum credential_weakness weakness = CREDENTIAL_FINE;
    char former[ACCOUNT_HASH_SIZE] = "";
    struct store *store = NULL;

    if (credential_verify(new_password, hearing->account.hash))
        return CREDENTIAL_SAME;
    if (store_open(hearing->judge->private_dir, STORE_EXISTING, &store) != STORE_OK)
        return CREDENTIAL_FINE; /* the write to come will say what is wrong */
    for (int64_t n = 0; n < hearing->policy.password_history && weakness == CREDENTIAL_FINE; n++) {
        if (store_former_hash(store, hearing->account.uid, n, former) != STORE_OK)
            break;
        if (credential_verify(new_password, former))
            weakness = CREDENTIAL_USED;
    }
    store_close(store);
    explicit_bzero(former, sizeof former);
    return weakness;
}

/* -- writing ------------------------------------------------------------------------------ */

/* Hash and write; ret->right says whether it is committed. */
static void replace(struct hearing *hearing, struct answer *ret)
{
    char hash[ACCOUNT_HASH_SIZE] = "";
    enum store_result result = STORE_FAILED;

    ret->right = 0;
    if (credential_hash(hearing->request->new_password, hash))
        result = hearing_write_password(hearing, hash);
    explicit_bzero(hash, sizeof hash);
    ret->right = result == STORE_OK;
    if (result == STORE_LOST)
        syslog(LOG_AUTHPRIV | LOG_NOTICE,
               "user %s: password not changed, an administrator was faster",
               hearing->account.username);
    else if (!hearing_report(result, "accounts.db"))
        ret->verdict = VERDICT_UNUSABLE;
}

void hearing_change(struct hearing *hearing, struct answer *ret)
{
    ret->elsewhere = hearing->account.fleet ? ELSEWHERE_FLEET : ELSEWHERE_NOT;
    ret->must_wait = account_must_wait(&hearing->account, &hearing->policy, hearing->now);
    if (ret->must_wait) { /* nothing is compared, so nothing is charged */
        ret->verdict = hearing_standing(hearing);
        return;
    }
    ret->weakness = credential_weakness(hearing->request->new_password, &hearing->account,
                                        &hearing->policy);
    if (ret->weakness != CREDENTIAL_FINE) {
        ret->verdict = hearing_standing(hearing);
        return;
    }
    hearing_verify(hearing, ret);
    if (!ret->right || !hearing_may_enter(ret->verdict)) {
        ret->right = 0;
        return;
    }
    ret->weakness = reuse(hearing);
    if (ret->weakness != CREDENTIAL_FINE)
        ret->right = 0;
    else if (hearing->account.fleet)
        hearing_change_in_fleet(hearing, ret);
    else
        replace(hearing, ret);
}

void hearing_set(struct hearing *hearing, struct answer *ret)
{
    ret->verdict = hearing_standing(hearing);
    ret->elsewhere = hearing->account.fleet ? ELSEWHERE_FLEET : ELSEWHERE_NOT;
    if (hearing->account.fleet || !hearing_may_enter(ret->verdict))
        return;
    ret->weakness = credential_weakness(hearing->request->new_password, &hearing->account,
                                        &hearing->policy);
    ret->temporary = hearing->policy.admin_password_temporary != 0;
    if (ret->weakness != CREDENTIAL_EMPTY && ret->weakness != CREDENTIAL_TOO_LONG)
        replace(hearing, ret); /* to root, the other rules are a warning */
}
