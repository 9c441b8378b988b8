/*
 * SELinux seen by the doctor: the policy knows our types (examples/selinux), and our files have them. Without libselinux: a
 * context is an extended attribute, "user:role:type", with ":level" where the policy has levels.
 */
#include "selinux.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "sql/store.h"
#include "finding.h"

#define KERNEL "/sys/fs/selinux"

enum { CONTEXT_SIZE = 256 };

static const struct label {
    const char *path, *type, *why;
} labels[] = {
    { CODER_HELPER, "coder_helper_exec_t", "sshd and the like cannot execute it, or it has no domain of its own" },
    { CODER_STATE_DIR, "coder_public_t", "services do not see our accounts" },
    { DIRECTORY_PATH, "coder_public_t", "services do not see our accounts" },
    { PRIVATE_DIR, "coder_private_t", "the helper cannot read it, or others can" },
    { PRIVATE_DIR "/accounts.db", "coder_private_t", "the helper cannot read it, or others can" },
    { CODER_RUN_DIR, "coder_runtime_t", "screen lockers and the like cannot ask the helper" },
};

/* 0: permissive, what would be denied is logged; 1: enforcing; -1: it is off. */
static int mode(void)
{
    int fd = open(KERNEL "/enforce", O_RDONLY | O_CLOEXEC);
    char mode = '\0';
    bool known = fd != -1 && read(fd, &mode, 1) == 1;

    if (fd != -1)
        close(fd);
    return known ? mode == '1' : -1;
}

/* The kernel takes a context only if the policy knows it. */
static bool is_valid(const char *context)
{
    int fd = open(KERNEL "/context", O_WRONLY | O_CLOEXEC);
    bool valid = fd != -1 && write(fd, context, strlen(context)) == (ssize_t)strlen(context);

    if (fd != -1)
        close(fd);
    return valid;
}

/* False: there is no such file, or it has no context. */
static bool read_context(const char *path, char ret[CONTEXT_SIZE])
{
    ssize_t got = lgetxattr(path, "security.selinux", ret, CONTEXT_SIZE - 1);

    ret[got > 0 ? got : 0] = '\0';
    return got > 0;
}

/* Where the type begins; its length in *ret_length. */
static const char *find_type(const char *context, int *ret_length)
{
    const char *role = strchr(context, ':'), *type = role != NULL ? strchr(role + 1, ':') : NULL;

    type = type != NULL ? type + 1 : "";
    *ret_length = (int)strcspn(type, ":");
    return type;
}

/* Another file's context with our type in it, so that user and level are what this policy has. */
static bool policy_knows(const char *context, const char *type)
{
    char ours[2 * CONTEXT_SIZE];
    int length;
    const char *theirs = find_type(context, &length);

    snprintf(ours, sizeof ours, "%.*s%s%s", (int)(theirs - context), context, type, theirs + length);
    return length == 0 || is_valid(ours);
}

static void check_label(struct doctor *doctor, enum severity severity, const struct label *label)
{
    char context[CONTEXT_SIZE], what[CHECK_TEXT_SIZE];
    int length;
    const char *type;

    if (!read_context(label->path, context))
        return;
    type = find_type(context, &length);
    if ((size_t)length == strlen(label->type) && strncmp(type, label->type, (size_t)length) == 0)
        return;
    check_report(doctor, severity, "selinux-context", label->path,
                 check_text(what, "its SELinux type is %.*s; it should be %s", length, type, label->type), label->why,
                 "restorecon -RF " CODER_HELPER " " CODER_STATE_DIR " " CODER_RUN_DIR);
}

void check_selinux(struct doctor *doctor)
{
    int enforcing = mode();
    enum severity severity = enforcing == 1 ? SEVERITY_PROBLEM : SEVERITY_WARNING;
    char context[CONTEXT_SIZE];

    if (enforcing == -1 || !read_context(CODER_HELPER, context))
        return;
    if (!policy_knows(context, labels[0].type)) {
        check_report(doctor, severity, "selinux-policy", "coder", "the policy of SELinux has no such module",
                     "where SELinux enforces, sshd refuses our passwords and cron does not see our accounts",
                     "apt install coder-accounts-selinux; elsewhere: examples/selinux/README.md of the source");
        return;
    }
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        check_label(doctor, severity, &labels[i]);
}
