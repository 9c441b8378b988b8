/*
 * One call of the module: whose user it is, and what the helper says of him. Before the helper is
 * asked, NSS and the public directory tell ours from others', so that nobody else's login depends
 * on us.
 */
#include "call.h"

#include <errno.h>
#include <security/pam_ext.h>
#include <security/pam_modutil.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_read.h"
#include "sql/account.h"
#include "ask.h"
#include "options.h"
#include "request.h"

const char *call_item(const struct call *call, int item)
{
    const void *text = NULL;

    return pam_get_item(call->pamh, item, &text) == PAM_SUCCESS && text != NULL ? text : "";
}

/* What does not fit is cut: these texts only help to tell one origin from another. */
static void copy_cut(char *ret, size_t size, const char *text)
{
    size_t length = strnlen(text, size - 1);

    memcpy(ret, text, length);
    ret[length] = '\0';
}

/* What does not fit is no password of ours: an empty one never passes, and is charged like any. */
static void copy_whole(char *ret, size_t size, const char *text)
{
    if (text != NULL && strlen(text) < size)
        memcpy(ret, text, strlen(text) + 1);
}

/* Up to the next space; returns what follows it. */
static const char *copy_word(char *ret, size_t size, const char *text)
{
    size_t length = strcspn(text, " ");

    copy_cut(ret, length < size ? length + 1 : size, text);
    return text + length + (text[length] == ' ');
}

/* "CLIENT PORT SERVER PORT" (ssh(1)), of sshd's own making. */
static void fill_connection(const struct call *call, struct request *ret)
{
    const char *rest = pam_getenv(call->pamh, "SSH_CONNECTION");
    char port[8];

    if (rest == NULL)
        return;
    rest = copy_word(ret->address, sizeof ret->address, rest);
    rest = copy_word(port, sizeof port, rest);
    copy_word(ret->server, sizeof ret->server, rest);
}

/* The real uid. A root service that nobody reaches by terminal or network and that a socket was given as its
 * standard input (polkit's agent helper) is asked by who connected it. */
static uint32_t asker_uid(const struct request *request)
{
    struct ucred peer;
    socklen_t size = sizeof peer;

    if (getuid() == 0 && request->tty[0] == '\0' && request->rhost[0] == '\0' &&
        request->address[0] == '\0' &&
        getsockopt(STDIN_FILENO, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid != 0)
        return peer.uid;
    return getuid();
}

static void fill_request(const struct call *call, enum request_kind kind, struct request *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->size = sizeof *ret;
    ret->kind = kind;
    ret->uid = REQUEST_NO_UID;
    ret->stranger = request_stranger(call->user);
    ret->silent = call->silent;
    if (call->uid != REQUEST_NO_UID && strlen(call->user) < sizeof ret->user) {
        ret->uid = call->uid;
        memcpy(ret->user, call->user, strlen(call->user) + 1);
    }
    copy_cut(ret->service, sizeof ret->service, call_item(call, PAM_SERVICE));
    copy_cut(ret->tty, sizeof ret->tty, call_item(call, PAM_TTY));
    copy_cut(ret->rhost, sizeof ret->rhost, call_item(call, PAM_RHOST));
    fill_connection(call, ret);
    ret->caller_uid = kind == REQUEST_AUTHENTICATE ? asker_uid(ret) : getuid();
}

/* By name: the host's locale and threads are its own. */
static void log_no_answer(const struct call *call, int error)
{
    const char *name = strerrorname_np(error);

    if (error == 0)
        pam_syslog(call->pamh, LOG_ERR, "no answer from %s; run 'admin-tool check'", CODER_HELPER);
    else
        pam_syslog(call->pamh, LOG_ERR, "cannot execute %s: %s%s; run 'admin-tool check'", CODER_HELPER,
                   name != NULL ? name : "?",
                   error == EACCES || error == EPERM ? " (AppArmor or SELinux?)" : "");
}

enum verdict call_ask(const struct call *call, enum request_kind kind, const char *password,
                        const char *new_password, struct answer *ret)
{
    struct request request;
    bool answered;
    int error;

    memset(ret, 0, sizeof *ret);
    fill_request(call, kind, &request);
    copy_whole(request.password, sizeof request.password, password);
    copy_whole(request.new_password, sizeof request.new_password, new_password);
    answered = ask_helper(&request, ret);
    error = errno;
    explicit_bzero(&request, sizeof request);
    if (!answered) {
        memset(ret, 0, sizeof *ret);
        ret->verdict = VERDICT_UNUSABLE;
        log_no_answer(call, error);
    }
    if (ret->verdict == VERDICT_UNUSABLE && call->owner != OWNER_OURS)
        ret->verdict = VERDICT_UNKNOWN;
    if (call->options.debug)
        pam_syslog(call->pamh, LOG_DEBUG, "request %d: verdict %u, right %u", (int)kind,
                   ret->verdict, ret->right);
    return (enum verdict)ret->verdict;
}

static enum owner owner_by_directory(const char *user, uint32_t uid)
{
    struct directory_view view;
    struct directory_entry entry;
    enum directory_result result = directory_view_open(DIRECTORY_PATH, &view);

    if (result != DIRECTORY_OK)
        return OWNER_UNCLEAR;
    result = directory_find_user_by_name(&view, user, &entry);
    directory_view_close(&view);
    if (result == DIRECTORY_OK)
        return entry.id == uid ? OWNER_OURS : OWNER_OTHERS;
    return result == DIRECTORY_NOT_FOUND ? OWNER_OTHERS : OWNER_UNCLEAR;
}

int call_begin(pam_handle_t *pamh, int flags, int argc, const char **argv, struct call *ret)
{
    struct answer answer;
    struct passwd *pw;

    ret->pamh = pamh;
    ret->options = options_read(pamh, flags, argc, argv);
    ret->silent = ((unsigned)flags & PAM_SILENT) != 0 && call_item(ret, PAM_RUSER)[0] != '\0';
    if (pam_get_user(pamh, &ret->user, NULL) != PAM_SUCCESS || ret->user == NULL)
        return PAM_USER_UNKNOWN;
    pw = pam_modutil_getpwnam(pamh, ret->user);
    ret->uid = pw != NULL ? pw->pw_uid : REQUEST_NO_UID;
    ret->owner = pw != NULL ? owner_by_directory(ret->user, ret->uid) : OWNER_NOBODY;
    /* no directory to go by: the store says whose it is */
    if (ret->owner == OWNER_UNCLEAR) {
        enum verdict verdict = call_ask(ret, REQUEST_ACCOUNT, NULL, NULL, &answer);

        ret->owner = verdict <= VERDICT_UNUSABLE ? OWNER_OTHERS : OWNER_OURS;
    }
    return ret->owner == OWNER_OTHERS ? PAM_USER_UNKNOWN : PAM_SUCCESS;
}
