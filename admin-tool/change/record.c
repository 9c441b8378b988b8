/*
 * What is on record beside the store, where an administrator of this host cannot quietly rewrite
 * it: the system log, with the newest hash of the audit log's chain, and the kernel's audit. Both
 * are favours to whoever keeps them: the change is made, and nothing here can fail it or hold it
 * up.
 */
#include "record.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libaudit.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_chain.h"
#include "terminal/command.h"

/* As shadow-utils names them; what is not here is USER_MGMT. */
static int type_of(const char *event)
{
    static const struct {
        const char *event;
        int type;
    } types[] = {
        { "create", AUDIT_ADD_USER },
        { "import", AUDIT_ADD_USER },
        { "delete", AUDIT_DEL_USER },
        { "suspend", AUDIT_ACCT_LOCK },
        { "activate", AUDIT_ACCT_UNLOCK },
        { "unlock", AUDIT_ACCT_UNLOCK },
        { "reset-password", AUDIT_USER_CHAUTHTOK },
    };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].event, event) == 0)
            return types[i].type;
    return AUDIT_USER_MGMT;
}

/* Given an address libaudit asks no name server for it; without one it says "?". */
static const char *address_or_null(const char *origin)
{
    unsigned char binary[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, origin, binary) == 1 || inet_pton(AF_INET6, origin, binary) == 1
               ? origin
               : NULL;
}

/* A kernel without audit and a container that may not are no news. */
static bool is_absent(int error)
{
    return error == EINVAL || error == EPROTONOSUPPORT || error == EAFNOSUPPORT ||
           error == ECONNREFUSED || error == EPERM;
}

/* 0, or an errno. */
static int send_to_kernel(const struct audit_actor *actor, const char *event,
                          const struct account *account)
{
    int fd = audit_open(), sent;

    if (fd == -1)
        return errno;
    /* by its name: without a number libaudit says acct="NAME", which still means something to who
     * searches for an account that is deleted */
    sent = audit_log_acct_message(fd, type_of(event), NULL, event,
                                  account != NULL ? account->username : NULL, UINT32_MAX, NULL,
                                  address_or_null(actor->origin), NULL, 1);
    audit_close(fd);
    return sent < 0 ? -sent : 0;
}

/* " audit=41:9f86..." */
static void format_link(const struct tool *tool, char *ret, size_t size)
{
    struct audit_link link;

    ret[0] = '\0';
    if (tool->store != NULL && store_audit_newest(tool->store, &link) == STORE_OK)
        snprintf(ret, size, " audit=%lld:%s", (long long)link.id, link.hash);
}

void record_event(const struct tool *tool, const char *event, const struct account *account)
{
    const struct audit_actor *actor = &tool->actor.audit;
    char link[32 + AUDIT_HASH_SIZE];
    int error;

    format_link(tool, link, sizeof link);
    openlog("admin-tool", LOG_PID, LOG_AUTHPRIV);
    if (account != NULL)
        syslog(LOG_NOTICE, "%s user=%s uid=%u by=%s via=%s from=%s%s", event, account->username,
               account->uid, actor->name, actor->via, actor->origin, link);
    else
        syslog(LOG_NOTICE, "%s by=%s via=%s from=%s%s", event, actor->name, actor->via, actor->origin, link);
    error = send_to_kernel(actor, event, account);
    if (error != 0 && !is_absent(error))
        syslog(LOG_WARNING, "%s could not be sent to the kernel's audit: %s", event,
               strerror(error));
    closelog();
}
