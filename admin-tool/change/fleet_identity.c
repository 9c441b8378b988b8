/*
 * A certificate's file, and a ticket's, is read as ssh reads a key: no link, of whoever does this, for nobody else. Root's is
 * root's alone: whoever may run one verb by sudo names any file, and would be the administrator whose key lies there.
 */
#include "fleet_identity.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/descriptor.h"
#include "sql/account.h"
#include "terminal/answer.h"
#include "terminal/hidden.h"
#include "terminal/say.h"

#define USUAL_FILE ".coder-fleet.pem"
#define TICKET "gssapi"
#define ADVICE "give --identity FILE or NAME, see coder-fleet(7)"
#define TICKET_ADVICE "a ticket lies in a file of one's own ('kinit -c FILE:...', KRB5CCNAME=FILE:...), see coder-fleet(7)"

static enum status refuse(const char *subject, const char *why)
{
    return tool_refuse_as(KIND_FLEET_IDENTITY, "identity", subject, "%s: %s; nothing was changed: " ADVICE, subject, why);
}

/* -- a file ---------------------------------------------------------------------------------- */

/* What is in it: NULL, or what is wrong. */
typedef const char *(*judge_text)(const struct fleet_identity *identity);

/* NULL, or what is wrong. */
static const char *judge_file(int fd, uid_t owner)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return strerror(errno);
    if (S_ISLNK(st.st_mode))
        return "it is a link";
    if (!S_ISREG(st.st_mode))
        return "it is no file";
    if (st.st_uid != owner)
        return st.st_uid == 0 ? "it is root's, not of whoever does this" : "it is another's, who can change it";
    return (st.st_mode & 077) != 0 ? "others can read or change it; 'chmod 600' it, if nobody has" : NULL;
}

static const char *judge_pem(const struct fleet_identity *identity)
{
    if (identity->length >= FLEET_SECRET_SIZE || strlen(identity->secret) < identity->length)
        return "it is no certificate with its key";
    if (strstr(identity->secret, "-----BEGIN CERTIFICATE-----") == NULL)
        return "it has no certificate (PEM)";
    return strstr(identity->secret, "PRIVATE KEY-----") == NULL ? "it has no key (PEM)" : NULL;
}

/* The formats of MIT's and Heimdal's (5, then 1 to 4). */
static const char *judge_cache(const struct fleet_identity *identity)
{
    const char *octets = identity->secret;

    if (identity->length < FLEET_SECRET_SIZE && octets[0] == 5 && octets[1] >= 1 && octets[1] <= 4)
        return NULL;
    return "it is no credential cache of Kerberos";
}

/* Opened when it is known to be a file: to open a device or a pipe can be an act. */
static const char *open_file(int folder, const char *path, uid_t owner, int *ret)
{
    int named = openat(folder, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    const char *fault = named == -1 ? strerror(errno) : judge_file(named, owner);
    char place[32];

    snprintf(place, sizeof place, "/proc/self/fd/%d", named);
    *ret = fault == NULL ? open(place, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
    if (fault == NULL && *ret == -1)
        fault = strerror(errno);
    if (named != -1)
        close(named);
    return fault;
}

/* NULL and *ret filled, or what is wrong. */
static const char *read_file(int folder, uid_t owner, judge_text judge, struct fleet_identity *ret)
{
    int fd;
    const char *fault = open_file(folder, ret->path, owner, &fd);
    ssize_t length = fault == NULL ? descriptor_read_some(fd, ret->secret, FLEET_SECRET_SIZE) : 0;

    if (length < 0)
        fault = strerror(errno);
    if (fault == NULL) {
        ret->length = (size_t)length;
        ret->secret[length] = '\0';
        fault = judge(ret);
    }
    if (fd != -1)
        close(fd);
    return fault;
}

/* Whoever does it, as the system knows him; by sudo's word, too, for it only says where to look, be it one that the log
 * cannot take. NULL: nobody it knows. */
static const struct passwd *find_actor(const struct tool *tool)
{
    const struct actor *actor = &tool->actor;
    const char *word = actor->via[0] != '\0' ? actor->via : getenv("SUDO_USER");
    const struct passwd *user = word != NULL ? getpwnam(word) : NULL;

    return word != NULL && (user == NULL || user->pw_uid != 0) ? user : getpwnam(actor->name);
}

/* -- a certificate ------------------------------------------------------------------------- */

static enum status take_file(const struct tool *tool, const char *path, struct fleet_identity *ret)
{
    const struct passwd *user = find_actor(tool);
    const char *fault = user == NULL ? "it is not known who does this" : "the name is too long";

    if (user != NULL && (size_t)snprintf(ret->path, sizeof ret->path, "%s", path) < sizeof ret->path)
        fault = read_file(tool->folder, user->pw_uid, judge_pem, ret);
    return fault == NULL ? GO_ON : refuse(path, fault);
}

/* STATUS_DONE: there is none. */
static enum status take_usual_file(const struct tool *tool, struct fleet_identity *ret)
{
    const struct passwd *user = find_actor(tool);
    char path[PATH_MAX];
    struct stat st;

    if (user == NULL || user->pw_dir[0] != '/' ||
        (size_t)snprintf(path, sizeof path, "%s/" USUAL_FILE, user->pw_dir) >= sizeof path || lstat(path, &st) != 0)
        return STATUS_DONE;
    return take_file(tool, path, ret);
}

/* -- a ticket -------------------------------------------------------------------------------- */

/* NULL and *ret filled, or what is wrong with what ret->path names. */
static const char *read_ticket(const struct tool *tool, struct fleet_identity *ret)
{
    const struct passwd *user = find_actor(tool);
    const char *named = getenv("KRB5CCNAME");
    const char *path = named != NULL && strncmp(named, "FILE:", 5) == 0 ? named + 5 : named;

    ret->is_ticket = true;
    if (user == NULL)
        return "it is not known who does this";
    if (path == NULL || path[0] == '\0')
        snprintf(ret->path, sizeof ret->path, "/tmp/krb5cc_%u", (unsigned)user->pw_uid);
    else if ((size_t)snprintf(ret->path, sizeof ret->path, "%s", path) >= sizeof ret->path)
        return "the name is too long";
    return ret->path[0] == '/' ? read_file(tool->folder, user->pw_uid, judge_cache, ret) : "it names no file";
}

static enum status take_ticket(const struct tool *tool, struct fleet_identity *ret)
{
    const char *fault = read_ticket(tool, ret), *subject = ret->path[0] != '\0' ? ret->path : TICKET;

    if (fault == NULL)
        return GO_ON;
    return tool_refuse_as(KIND_FLEET_IDENTITY, "identity", subject, "%s: %s; nothing was changed: " TICKET_ADVICE, subject, fault);
}

/* STATUS_DONE: there is none to be used. Anybody can lay something into /tmp. */
static enum status take_usual_ticket(const struct tool *tool, struct fleet_identity *ret)
{
    if (read_ticket(tool, ret) == NULL)
        return GO_ON;
    ret->is_ticket = false;
    ret->path[0] = '\0';
    return STATUS_DONE;
}

/* -- a name and a password ----------------------------------------------------------------- */

static bool is_name(const char *name)
{
    return name[0] != '\0' && strlen(name) < FLEET_ADMIN_SIZE && strcmp(name, "external") != 0 && strcmp(name, TICKET) != 0 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == strlen(name);
}

static enum status take_password(struct fleet_identity *ret)
{
    char question[FLEET_ADMIN_SIZE + 64];
    ssize_t length;

    snprintf(question, sizeof question, "Password of %s in the fleet (it is not shown): ", ret->name);
    length = hidden_read(question, answer_is_json() ? stderr : stdout, ret->secret, FLEET_SECRET_SIZE);
    if (length <= 0 || length == FLEET_SECRET_SIZE)
        return refuse(ret->name, "no password was given");
    ret->length = (size_t)length;
    return GO_ON;
}

static enum status take_name(const char *name, struct fleet_identity *ret)
{
    if (!is_name(name))
        return refuse(name, "it is no administrator's name");
    if (!isatty(STDIN_FILENO))
        return refuse(name, "the password is asked for on a terminal, and there is none");
    snprintf(ret->name, sizeof ret->name, "%s", name);
    return take_password(ret);
}

static enum status ask(struct fleet_identity *ret)
{
    FILE *out = answer_is_json() ? stderr : stdout;
    char name[FLEET_ADMIN_SIZE + 1] = "";

    if (!isatty(STDIN_FILENO))
        return tool_refuse_as(KIND_FLEET_IDENTITY, "identity", NULL, "this needs an administrator of the fleet; nothing was changed: "
                              ADVICE);
    fputs("Administrator of the fleet: ", out);
    fflush(out);
    if (fgets(name, sizeof name, stdin) == NULL)
        name[0] = '\0';
    name[strcspn(name, "\n")] = '\0';
    return take_name(name, ret);
}

/* -- all of it ------------------------------------------------------------------------------ */

static bool is_file(const char *given)
{
    size_t length = strlen(given);

    return strchr(given, '/') != NULL || (length >= 4 && strcmp(given + length - 4, ".pem") == 0);
}

enum status fleet_identity_find(const struct tool *tool, struct fleet_identity *ret)
{
    const char *given = tool->arguments.value[OPTION_IDENTITY];
    enum status status;

    if (access(CODER_FLEET, X_OK) != 0)
        return tool_refuse_as(KIND_FLEET_IDENTITY, NULL, NULL,
                              "the package coder-fleet is not installed here; nothing was changed: install it");
    ret->secret = malloc(FLEET_SECRET_SIZE + 1);
    if (ret->secret == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory");
    if (given != NULL && strcmp(given, TICKET) == 0)
        return take_ticket(tool, ret);
    if (given != NULL)
        return is_file(given) ? take_file(tool, given, ret) : take_name(given, ret);
    status = take_usual_file(tool, ret);
    if (status == STATUS_DONE)
        status = take_usual_ticket(tool, ret);
    return status == STATUS_DONE ? ask(ret) : status;
}

void fleet_identity_add(const struct fleet_identity *identity, struct fleet_request *request)
{
    const char *as = identity->is_ticket ? TICKET : identity->name[0] != '\0' ? identity->name : "external";
    const char *key = identity->is_ticket ? "ticket" : identity->name[0] != '\0' ? "password" : "pem";

    fleet_request_add(request, "write", NULL);
    fleet_request_add(request, "as", as);
    fleet_request_add_octets(request, key, identity->secret, identity->length);
}

void fleet_identity_forget(struct fleet_identity *identity)
{
    if (identity->secret != NULL)
        explicit_bzero(identity->secret, FLEET_SECRET_SIZE + 1);
    free(identity->secret);
    *identity = (struct fleet_identity){ .secret = NULL };
}
