/*
 * Judging one request: the store's truth, the attempts, the password; the verdict comes from
 * account_verdict alone.
 */
#ifndef CODER_JUDGE_H
#define CODER_JUDGE_H

#include <stdint.h>
#include <sys/types.h>

#include "request.h"

/* Where the judge looks and who asks. Strings are borrowed. */
struct judge {
    const char *private_dir, *run_dir; /* the store's folder, and where its stand-ins are */
    uint32_t caller_uid; /* the real uid of who asks: for the origin and the audit row */
    pid_t host;          /* root's program that asks, by the kernel; 0: somebody else's, or not to be seen */
};

struct login_day;

/*
 * The answer to a sound, permitted request. Whatever goes wrong is VERDICT_UNUSABLE; one line to
 * syslog says what. Takes as long for every account and password, but for hashes of another cost.
 * Waits up to 5 s for attempts under way at the same origin. ret_login: for
 * login_day_write, when the answer is sent.
 */
void judge_request(const struct judge *judge, const struct request *request, struct answer *ret,
                   struct login_day *ret_login);

#endif
