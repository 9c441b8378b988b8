/*
 * The PAM module between a host and a helper that both say anything: conversation, items, flags and
 * arguments on one side, packets on the other. Nobody gets in but by a sound answer that says so,
 * and no password is logged or shown. Most answers come by a short way; some through the real one,
 * processes and socket included, where only execve(2) is our own.
 */
#include <limits.h>
#include <security/pam_appl.h>
#include <security/pam_modules.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "pam_coder/credential.h"
#include "pam_coder/request.h"
#include "sql/account.h"
#include "../unit/fixture/fixture_directory.h"
#include "fuzz.h"
#include "quiet.h"

enum { SERVICES = 4, CALLS_MAX = 4, ASKED_MAX = 16, PACKET_MAX = 2 * sizeof(struct answer) };

#define SECRET "S3cr3t-"
#define HIDDEN DIRECTORY_PATH ".hidden"

static char folder[] = "/tmp/coder-fuzz.XXXXXX";
static struct fuzz_input *script;
static bool by_process; /* this input's answers come the real way */
static bool hidden;     /* there is no directory */

/* What the helper sends next. */
static unsigned char packet[PACKET_MAX];
static size_t packet_size; /* 0: it ends without a word */

/* What was asked in one entry, and what was soundly answered. */
static struct {
    uint32_t kind;
    bool sound;
    struct answer answer;
} asked[ASKED_MAX];
static size_t asked_count;

bool __real_ask_helper(const struct request *request, struct answer *ret);
bool __wrap_ask_helper(const struct request *request, struct answer *ret);
__attribute__((visibility("default"))) int fuzz_enter(int entry, pam_handle_t *pamh, int flags,
                                                      int argc, const char **argv);

/* pam_get_authtok(3) forgets a first answer when the second one does not come. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:pam_vprompt";
}

/* -- the helper ---- */

static void pick_packet(void)
{
    uint8_t choice = fuzz_octet(script), shape = fuzz_octet(script);
    struct answer answer = { .size = sizeof answer };

    answer.verdict = choice % (VERDICT_COUNT + 1u);
    answer.right = choice / 16 % 2;
    answer.weakness = (shape & 1) != 0 ? fuzz_octet(script) % (CREDENTIAL_USED + 2u) : 0;
    answer.temporary = (shape >> 1) & 1;
    answer.must_wait = (shape >> 4) & 1;
    answer.days_left = (shape & 0x20) != 0 ? fuzz_octet(script) * 2u : 0;
    if ((shape & 4) != 0) {
        answer.last_login_at = (int64_t)fuzz_word(script, 8);
        answer.last_failure_at = (int64_t)fuzz_word(script, 8);
        answer.failures = (int64_t)fuzz_word(script, 1);
        fuzz_text(script, answer.last_origin, sizeof answer.last_origin);
        fuzz_text(script, answer.failure_origin, sizeof answer.failure_origin);
    }
    memset(packet, 0, sizeof packet);
    memcpy(packet, &answer, sizeof answer);
    packet_size = sizeof answer;
    if ((shape & 8) != 0) {
        size_t at = fuzz_below(script, sizeof answer);

        fuzz_take(script, packet + at, 1 + fuzz_octet(script) % 32u);
    }
    if (shape >= 0xe0)
        packet_size = fuzz_word(script, 2) % sizeof packet;
}

/* coder_helper's stand-in, in the process that would have become it. */
__attribute__((visibility("default"))) int execve(const char *path, char *const *argv,
                                                  char *const *environment)
{
    struct request request;

    (void)path;
    (void)argv;
    (void)environment;
    if (recv(0, &request, sizeof request, 0) == (ssize_t)sizeof request && packet_size > 0)
        send(0, packet, packet_size, MSG_NOSIGNAL);
    _exit(0);
}

static bool answer_shortly(struct answer *ret)
{
    struct answer *answer = malloc(packet_size > 0 ? packet_size : 1);
    bool sound;

    fuzz_require(answer != NULL, "there is memory");
    memcpy(answer, packet, packet_size);
    sound = answer_is_sound(answer, packet_size);
    if (sound)
        *ret = *answer;
    free(answer);
    return sound;
}

static bool is_sound_packet(const struct answer *answer)
{
    return packet_size == sizeof *answer && answer->size == sizeof *answer &&
           answer->verdict < VERDICT_COUNT && answer->right <= 1 && answer->temporary <= 1 &&
           answer->must_wait <= 1 && answer->days_left <= 365 &&
           answer->weakness <= CREDENTIAL_USED && answer->failures >= 0 &&
           strnlen(answer->last_origin, sizeof answer->last_origin) < sizeof answer->last_origin &&
           strnlen(answer->failure_origin, sizeof answer->failure_origin) < sizeof answer->failure_origin;
}

bool __wrap_ask_helper(const struct request *request, struct answer *ret)
{
    struct answer meant;
    bool answered;

    fuzz_require(request_is_sound(request, sizeof *request), "what the module asks is sound");
    fuzz_require(asked_count < ASKED_MAX, "an entry asks a few times only");
    pick_packet();
    memcpy(&meant, packet, sizeof meant);
    answered = by_process ? __real_ask_helper(request, ret) : answer_shortly(ret);
    fuzz_require(answered == is_sound_packet(&meant), "an answer is taken when it is sound");
    asked[asked_count].kind = request->kind;
    asked[asked_count].sound = answered;
    asked[asked_count++].answer = meant;
    return answered;
}

/* -- what must hold of a return value ---- */

/* The last sound answer to one kind of request; NULL: none, or the last one was not sound. */
static const struct answer *last(uint32_t kind)
{
    for (size_t i = asked_count; i > 0; i--)
        if (asked[i - 1].kind == kind)
            return asked[i - 1].sound ? &asked[i - 1].answer : NULL;
    return NULL;
}

#define SET(verdict) (1U << (verdict))
#define MUST_CHANGE (SET(VERDICT_TEMPORARY) | SET(VERDICT_TOO_OLD))
#define ENTERS (SET(VERDICT_ACTIVE) | MUST_CHANGE)

/* One of these verdicts. */
static bool says(uint32_t kind, bool right, unsigned verdicts)
{
    const struct answer *answer = last(kind);

    return answer != NULL && (answer->right == 1 || !right) &&
           (SET(answer->verdict) & verdicts) != 0;
}

static bool is_in_directory(pam_handle_t *pamh)
{
    const void *user = NULL;

    if (pam_get_item(pamh, PAM_USER, &user) != PAM_SUCCESS || user == NULL)
        return false;
    for (size_t i = 0; i < FIXTURE_USERS; i++)
        if (strcmp(user, fixture_users[i].name) == 0)
            return !hidden;
    return false;
}

static bool is_change_granted(unsigned flags)
{
    bool expired = (flags & PAM_CHANGE_EXPIRED_AUTHTOK) != 0, root = getuid() == 0 && !expired;
    const struct answer *change = last(root ? REQUEST_SET : REQUEST_CHANGE);

    if (!says(REQUEST_ACCOUNT, false, ENTERS))
        return false;
    if (expired && says(REQUEST_ACCOUNT, false, SET(VERDICT_ACTIVE)))
        return true;
    if ((flags & PAM_PRELIM_CHECK) != 0)
        return root || says(REQUEST_VERIFY, true, ENTERS);
    return change != NULL && change->right == 1;
}

static bool is_granted(int entry, pam_handle_t *pamh, unsigned flags)
{
    switch (entry) {
    case 0:
        return says(REQUEST_AUTHENTICATE, true, ENTERS);
    case 1:
    case 4:
        return is_in_directory(pamh) ||
               (last(REQUEST_ACCOUNT) != NULL && last(REQUEST_ACCOUNT)->verdict > VERDICT_UNUSABLE);
    case 2:
        return says(REQUEST_ACCOUNT, false, SET(VERDICT_ACTIVE));
    case 3:
        return says(REQUEST_SESSION, false, ENTERS);
    default:
        return is_change_granted(flags);
    }
}

static void check_code(int code, int entry, pam_handle_t *pamh, unsigned flags)
{
    const void *user = NULL;

    fuzz_require(code >= 0 && code < _PAM_RETURN_VALUES && code != PAM_IGNORE, "a code of libpam's");
    fuzz_require(code != PAM_SUCCESS || is_granted(entry, pamh, flags), "success was granted");
    fuzz_require(code != PAM_NEW_AUTHTOK_REQD ||
                     (entry == 2 && says(REQUEST_ACCOUNT, false, MUST_CHANGE)),
                 "a change is required of a temporary or old password");
    if (!hidden && pam_get_item(pamh, PAM_USER, &user) == PAM_SUCCESS && user != NULL &&
        strcmp(user, "root") == 0)
        fuzz_require(code == PAM_USER_UNKNOWN && asked_count == 0, "another source's user is not ours");
}

int fuzz_enter(int entry, pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    static int (*const entries[])(pam_handle_t *, int, int, const char **) = {
        pam_sm_authenticate, pam_sm_setcred, pam_sm_acct_mgmt,
        pam_sm_open_session, pam_sm_close_session, pam_sm_chauthtok,
    };
    char odd[64];
    const char *odd_argv[] = { odd, "debug", "no_warn", "use_authtok" };
    uint8_t choice = fuzz_octet(script);
    int code;

    if (choice >= 128) {
        fuzz_text(script, odd, sizeof odd);
        argc = choice % 5;
        argv = odd_argv;
    }
    asked_count = 0;
    code = entries[entry](pamh, flags, argc, argv);
    check_code(code, entry, pamh, (unsigned)flags);
    return code;
}

/* -- the host ---- */

static char *pick_reply(int style)
{
    char text[1024] = "";
    uint8_t choice = fuzz_octet(script);

    if (choice < 8)
        return NULL;
    if (style == PAM_PROMPT_ECHO_OFF && choice > 16)
        memcpy(text, SECRET, sizeof SECRET);
    if (choice < 32)
        memset(text + strlen(text), 'x', choice * 20u);
    else if (choice >= 128)
        fuzz_text(script, text + strlen(text), 256);
    return strdup(text);
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
                    void *data)
{
    static const int codes[] = { PAM_CONV_ERR, PAM_CONV_AGAIN, PAM_ABORT, PAM_BUF_ERR };
    uint8_t choice = fuzz_octet(script);

    (void)data;
    *responses = NULL;
    for (int i = 0; i < count; i++)
        fuzz_require(strstr(messages[i]->msg, SECRET) == NULL, "no password is shown");
    if (choice >= 240)
        return codes[choice % 4];
    if (choice >= 232)
        return PAM_SUCCESS; /* as bad hosts do */
    *responses = calloc((size_t)count, sizeof **responses);
    for (int i = 0; *responses != NULL && i < count; i++)
        (*responses)[i].resp = pick_reply(messages[i]->msg_style);
    return *responses != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

static void no_delay(int code, unsigned usec, void *data)
{
    (void)code;
    (void)usec;
    (void)data;
}

static void set_items(pam_handle_t *pamh, uint8_t shape)
{
    static const int items[] = { PAM_RHOST, PAM_TTY, PAM_RUSER, PAM_USER_PROMPT };
    char text[256];

    pam_set_item(pamh, PAM_FAIL_DELAY, (const void *)no_delay);
    for (size_t i = 0; i < 4; i++)
        if ((shape & 1u << i) != 0) {
            fuzz_text(script, text, sizeof text);
            pam_set_item(pamh, items[i], text);
        }
    if ((shape & 16) != 0) {
        memcpy(text, "SSH_CONNECTION=", sizeof "SSH_CONNECTION=");
        fuzz_text(script, text + strlen(text), 200);
        pam_putenv(pamh, text);
    }
}

static int call_libpam(pam_handle_t *pamh)
{
    uint8_t choice = fuzz_octet(script);
    int flags = choice >= 64 ? (int)fuzz_word(script, 4) : 0;

    switch (choice % 6) {
    case 0:
        return pam_authenticate(pamh, flags);
    case 1:
        return pam_setcred(pamh, flags | (int)PAM_ESTABLISH_CRED);
    case 2:
        return pam_acct_mgmt(pamh, flags);
    case 3:
        return pam_open_session(pamh, flags);
    case 4:
        return pam_close_session(pamh, flags);
    default:
        return pam_chauthtok(pamh, flags & ~(int)(PAM_PRELIM_CHECK | PAM_UPDATE_AUTHTOK));
    }
}

static void visit(uint8_t choice)
{
    static const char *const users[] = { "alice", "bob", "root", NULL };
    const struct pam_conv conversation = { converse, NULL };
    char service[32], user[300];
    pam_handle_t *pamh = NULL;
    int code = PAM_SUCCESS;

    snprintf(service, sizeof service, "fuzz%d", choice % SERVICES);
    if (choice / 4 % 8 == 7)
        fuzz_text(script, user, sizeof user);
    if (pam_start_confdir(service, choice / 4 % 8 == 7 ? user : users[choice / 4 % 4], &conversation, folder, &pamh) !=
        PAM_SUCCESS)
        return;
    set_items(pamh, fuzz_octet(script));
    for (size_t i = 0; i < CALLS_MAX && script->left > 0; i++)
        code = call_libpam(pamh);
    pam_end(pamh, code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = { data, size };
    uint8_t choice = fuzz_octet(&input), way = fuzz_octet(&input);

    script = &input;
    by_process = way % 16 == 1;
    hidden = way / 16 % 8 == 1;
    if (hidden)
        fuzz_require(rename(DIRECTORY_PATH, HIDDEN) == 0, "the directory can be hidden");
    visit(choice);
    if (hidden)
        fuzz_require(rename(HIDDEN, DIRECTORY_PATH) == 0, "and comes back");
    return 0;
}

/* -- services ---- */

static void clean_up(void)
{
    char path[64];

    for (int i = 0; i < SERVICES; i++) {
        snprintf(path, sizeof path, "%s/fuzz%d", folder, i);
        unlink(path);
    }
    rmdir(folder);
}

/* The shim is beside the program. */
static void write_service(int number, const char *arguments)
{
    static const char *const phases[] = { "auth", "account", "password", "session" };
    char program[PATH_MAX] = "", path[64];
    FILE *file;

    fuzz_require(readlink("/proc/self/exe", program, sizeof program - 1) > 0, "the program has a name");
    *strrchr(program, '/') = '\0';
    snprintf(path, sizeof path, "%s/fuzz%d", folder, number);
    file = fopen(path, "we");
    fuzz_require(file != NULL, "a service can be written");
    for (size_t i = 0; i < 4; i++)
        fprintf(file, "%s required %s/pam_shim.so %s\n", phases[i], program, arguments);
    fclose(file);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const arguments[SERVICES] = { "", "use_first_pass", "try_first_pass no_warn",
                                                     "use_authtok debug" };

    (void)argc;
    (void)argv;
    quiet_secret = SECRET;
    fuzz_require(mkdtemp(folder) != NULL && chmod(folder, 0755) == 0, "there is a folder");
    fuzz_at_exit(clean_up);
    mkdir(CODER_STATE_DIR, 0755);
    unlink(HIDDEN);
    fuzz_require(fixture_publish(DIRECTORY_PATH, 1), "there is a directory");
    for (int i = 0; i < SERVICES; i++)
        write_service(i, arguments[i]);
    return 0;
}
