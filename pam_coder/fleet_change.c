/*
 * Asked as the user, with the old password that was verified: whatever an administrator did meanwhile, the server knows,
 * and it stands. Nothing is written here but the audit row of who changed it from where.
 */
#include "fleet_change.h"

#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "sql/account.h"
#include "sql/holder.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "credential.h"
#include "fleet_door.h"
#include "rewrite.h"
#include "turn.h"

enum { ARRIVAL_MS = 2000, ARRIVAL_POLL_MS = 20, ROW_WAIT_MS = 1000, WHOLE_SECONDS = 10 };

/* The helper ends at its alarm, whatever has become of a change: it begins none that may last longer. */
static bool is_late(void)
{
    unsigned left = alarm(0);

    alarm(left);
    return left > 0 && left < WHOLE_SECONDS;
}

static bool is_here(const struct hearing *hearing)
{
    struct store *store = NULL;
    struct account now = { 0 };
    bool here = store_open(hearing->judge->private_dir, STORE_SNAPSHOT, &store) == STORE_OK &&
                store_account_by_uid(store, hearing->account.uid, &now) == STORE_OK && strcmp(now.hash, hearing->account.hash) != 0;

    store_close(store);
    here = here && credential_verify(hearing->request->new_password, now.hash);
    explicit_bzero(&now, sizeof now);
    return here;
}

static bool await_arrival(const struct hearing *hearing)
{
    static const struct timespec pause = { .tv_nsec = ARRIVAL_POLL_MS * 1000000L };
    int64_t deadline = packet_clock() + ARRIVAL_MS;
    bool here = is_here(hearing);

    while (!here && packet_clock() < deadline) {
        nanosleep(&pause, NULL);
        here = is_here(hearing);
    }
    return here;
}

static void take_done(const struct hearing *hearing, bool here, struct answer *ret)
{
    ret->right = 1;
    ret->elsewhere = here ? ELSEWHERE_FLEET : ELSEWHERE_COMING;
    holder_set_patience(ROW_WAIT_MS);
    hearing_note_change(hearing);
}

static void tell(const struct hearing *hearing, const char *what, const char *why)
{
    syslog(LOG_AUTHPRIV | LOG_NOTICE, "user %s: password not changed in the fleet, %s%s", hearing->account.username, what, why);
}

/* What is wrong for the user to know. */
static void take_refusal(const struct hearing *hearing, enum door_reply reply, const char *why, struct answer *ret)
{
    switch (reply) {
    case DOOR_WRONG:
        tell(hearing, "an administrator was faster", "");
        ret->elsewhere = ELSEWHERE_OVERTAKEN;
        return;
    case DOOR_USED:
        ret->weakness = CREDENTIAL_USED;
        return;
    case DOOR_EARLY:
        ret->must_wait = 1;
        return;
    case DOOR_REFUSED:
        tell(hearing, "the server refuses: ", why);
        ret->elsewhere = ELSEWHERE_REFUSED;
        return;
    case DOOR_UNKNOWN:
        tell(hearing, "or it was: the server has not answered", "");
        ret->elsewhere = ELSEWHERE_UNKNOWN;
        return;
    default:
        tell(hearing, "no server that writes has answered; run 'admin-tool fleet status'", "");
        ret->elsewhere = ELSEWHERE_AWAY;
    }
}

/* Who has no turn is told what all are who find nobody there. */
static enum door_reply ask(const struct hearing *hearing, char why[DOOR_WHY_SIZE])
{
    int turn = is_late() ? -1 : turn_at_door(hearing->judge->run_dir, hearing->account.uid);
    enum door_reply reply;

    if (turn < 0)
        return DOOR_AWAY;
    reply = door_change_password(hearing->account.username, hearing->request->password, hearing->request->new_password, why);
    close(turn);
    return reply;
}

void hearing_change_in_fleet(struct hearing *hearing, struct answer *ret)
{
    char why[DOOR_WHY_SIZE] = "";
    enum door_reply reply = ask(hearing, why);
    bool here = (reply == DOOR_DONE || reply == DOOR_UNKNOWN) && await_arrival(hearing);

    ret->right = 0;
    if (reply == DOOR_DONE || here)
        take_done(hearing, here, ret);
    else
        take_refusal(hearing, reply, why, ret);
}

/* Without a turn nobody is let in. */
static bool is_anybody_there(const struct hearing *hearing)
{
    int turn = turn_at_door(hearing->judge->run_dir, hearing->account.uid);
    bool there = turn < 0 || door_leads_somewhere();

    if (turn >= 0)
        close(turn);
    return there;
}

/* Asked for root's programs alone, which let somebody in: an unprivileged one (a screen locker) does not, and would have
 * its user ask the servers as often as he likes. So the helper behind the socket never needs this door. */
bool hearing_is_let_in_offline(const struct hearing *hearing)
{
    if (!hearing->account.fleet || hearing->policy.fleet_offline_temporary == 0 || hearing->judge->host == 0 ||
        hearing_standing(hearing) != VERDICT_TEMPORARY || is_anybody_there(hearing))
        return false;
    syslog(LOG_AUTHPRIV | LOG_NOTICE, "user %s: goes on with a password that must be changed, as no server of the fleet that "
           "writes is there (policy fleet_offline_temporary)", hearing->account.username);
    return true;
}
