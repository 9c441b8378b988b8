/*
 * nss_host.h - a host program of NSS for tests: a process of its own that makes plain libc calls
 * and says what was wrong first. In a private world: it writes /etc/nsswitch.conf and the
 * directory.
 */
#ifndef CODER_NSS_HOST_H
#define CODER_NSS_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#define HOST_NOBODY ((uid_t)-1) /* as an answer: there is no such user */
#define HOST_NEXT ((uid_t)4242) /* what tests/nss_next.c says of everybody */

/* Before the first host: true when the world is as it has to be. */
bool host_prepare(void);

/* Runs the body in a process of its own, with these services in nsswitch.conf and generation 1
 * published; the test fails with its first note, or when it does not end well within a minute. */
void host_run(const char *services, void (*body)(void));

/* -- for the body ---- */

/* Notes what, with the number, unless it is fine. */
void expect(bool fine, const char *what, long got);
void expect_uid(const char *name, uid_t expected);
/* Nobody answers, and the caller is told this error. */
void expect_refusal(const char *name, int error);
/* Users, groups and memberships of this generation, by every call, and of nobody else. */
void expect_everything(uint64_t generation);
/* What getpwent gives next. */
void expect_next_user(size_t number, uint64_t generation);
void expect_one_map(void);

bool host_has_note(void);
void host_publish(uint64_t generation);
/* The soft limit. */
void host_limit(__rlimit_resource_t what, rlim_t most);

#endif
