/*
 * What the helper is asked: whatever the packet, it is refused or judged, and no password is called
 * right but the one that is. An input is a visit of some requests, one after another, to a store
 * that is the same at the beginning of each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <crypt.h>

#include "pam_coder/credential.h"
#include "pam_coder/judge.h"
#include "pam_coder/login_day.h"
#include "pam_coder/request.h"
#include "sql/account.h"
#include "../unit/fixture/fixture.h"
#include "fuzz.h"

enum { USERS = 6, REQUESTS_MAX = 6, ALICE = 0 };

static const struct person {
    const char *name, *password; /* NULL: none */
    uint32_t uid;
    bool suspended, temporary;
    int64_t expires_at, temporary_until;
} people[USERS] = {
    { "alice", "plain-horse-9-lantern", 70100, false, false, 0, 0 },
    { "bob", "quiet-river-3-window", 70101, true, false, 0, 0 },
    { "carol", "green-table-5-candle", 70102, false, true, 0, 0 },
    { "dave", "early-cloud-8-hammer", 70103, false, true, 0, 1700000001 },
    { "erin", "late-garden-2-bottle", 70104, false, false, 1700000001, 0 },
    { "frank", NULL, 70105, false, false, 0, 0 },
};

static char *store_bytes;
static size_t store_size;
static char current[USERS][CREDENTIAL_SIZE]; /* the password by now, "" for none */

/* crypt(3) as quick as a fuzzer needs it: method and salt, and a hash of both and the phrase. */
__attribute__((visibility("default"))) char *crypt_rn(const char *phrase, const char *setting,
                                                      void *data, int size)
{
    char *made = data;
    uint64_t hash = 14695981039346656037ULL;
    size_t length = 0;

    for (int dollars = 0; setting[length] != '\0' && dollars < 3; length++)
        dollars += setting[length + 1] == '$' || setting[length + 1] == '\0';
    if (setting[0] != '$' || size < 200 || length > 100)
        return NULL;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)setting[i]) * 1099511628211ULL;
    for (; *phrase != '\0'; phrase++)
        hash = (hash ^ (unsigned char)*phrase) * 1099511628211ULL;
    memcpy(made, setting, length);
    snprintf(made + length, 60, "$%016llx%016llx%011llx", (unsigned long long)hash,
             (unsigned long long)(hash * 31), (unsigned long long)(hash & 0xfffffffffff));
    return made;
}

/* -- the store ---- */

static void add_person(const struct person *person)
{
    struct account account = fixture_account(person->name, person->uid);

    account.status = person->suspended ? ACCOUNT_SUSPENDED : ACCOUNT_ACTIVE;
    account.temporary = person->temporary;
    account.expires_at = person->expires_at;
    account.temporary_until = person->temporary_until;
    fixture_add(&account, person->password);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fixture_reset();
    for (size_t i = 0; i < USERS; i++)
        add_person(&people[i]);
    store_bytes = fixture_read(FIXTURE_PRIVATE "/accounts.db", &store_size);
    return 0;
}

static void begin_anew(void)
{
    unlink(FIXTURE_PRIVATE "/activity.db");
    unlink(FIXTURE_PRIVATE "/activity.db-journal");
    fixture_write(FIXTURE_PRIVATE "/accounts.db", store_bytes, store_size, 0600);
    for (size_t i = 0; i < USERS; i++)
        snprintf(current[i], sizeof current[i], "%s",
                 people[i].password != NULL ? people[i].password : "");
}

/* -- a request ---- */

static void pick_password(struct fuzz_input *input, size_t who, char ret[CREDENTIAL_SIZE])
{
    uint8_t choice = fuzz_octet(input);
    size_t length = strlen(current[who]);

    switch (choice % 8) {
    case 0:
    case 1:
        memcpy(ret, current[who], length + 1);
        return;
    case 2: /* a beginning of it */
        memcpy(ret, current[who], length + 1);
        ret[length > 0 ? choice / 8 % length : 0] = '\0';
        return;
    case 3: /* and more */
        snprintf(ret, CREDENTIAL_SIZE, "%.500s%c", current[who], 'a' + choice / 8 % 26);
        return;
    case 4: /* somebody else's */
        memcpy(ret, current[choice / 8 % USERS], CREDENTIAL_SIZE);
        return;
    case 5: /* without an end */
        memset(ret, 'x', CREDENTIAL_SIZE);
        return;
    default:
        fuzz_text(input, ret, CREDENTIAL_SIZE);
        return;
    }
}

static void pick_request(struct fuzz_input *input, struct request *ret)
{
    uint8_t choice = fuzz_octet(input), shape = fuzz_octet(input);
    size_t who = choice % USERS;

    memset(ret, 0, sizeof *ret);
    ret->size = sizeof *ret;
    ret->kind = choice / USERS % REQUEST_KINDS;
    ret->uid = (shape & 1) != 0 ? (uint32_t)fuzz_word(input, 4) : people[who].uid;
    ret->caller_uid = (shape & 2) != 0 ? (uint32_t)fuzz_word(input, 4) : 0;
    ret->stranger = (uint32_t)fuzz_word(input, (shape & 4) != 0 ? 4 : 0);
    if ((shape & 8) != 0)
        fuzz_text(input, ret->user, sizeof ret->user);
    else
        memcpy(ret->user, people[who].name, strlen(people[who].name) + 1);
    pick_password(input, who, ret->password);
    pick_password(input, who, ret->new_password);
    if ((shape & 16) != 0) {
        fuzz_text(input, ret->service, sizeof ret->service);
        fuzz_text(input, ret->tty, sizeof ret->tty);
        fuzz_text(input, ret->rhost, sizeof ret->rhost);
        fuzz_text(input, ret->address, sizeof ret->address);
    }
    if ((shape & 32) != 0) { /* octets anywhere */
        size_t at = fuzz_below(input, sizeof *ret), length = 1 + fuzz_octet(input) % 128u;

        fuzz_take(input, (char *)ret + at, length < sizeof *ret - at ? length : sizeof *ret - at);
    }
    ret->silent = (shape & 64) != 0 ? fuzz_octet(input) : 0;
}

static bool ends(const char *text, size_t size)
{
    return strnlen(text, size) < size;
}

#define ENDS(text) ends(text, sizeof text)

/* A packet of this length in memory of the very size. */
static bool is_sound(const struct request *request, size_t size)
{
    void *packet = malloc(size > 0 ? size : 1);
    bool sound;

    fuzz_require(packet != NULL, "there is memory");
    memcpy(packet, request, size < sizeof *request ? size : sizeof *request);
    sound = request_is_sound(packet, size);
    free(packet);
    fuzz_require(!sound || (size == sizeof *request && request->kind < REQUEST_KINDS &&
                            ENDS(request->user) && ENDS(request->service) && ENDS(request->tty) &&
                            ENDS(request->rhost) && ENDS(request->address) &&
                            ENDS(request->password) && ENDS(request->new_password)),
                 "a sound request is whole");
    return sound;
}

/* -- what must hold of an answer ---- */

static size_t find_person(const struct request *request)
{
    for (size_t i = 0; i < USERS; i++)
        if (people[i].uid == request->uid && strcmp(people[i].name, request->user) == 0)
            return i;
    return USERS;
}

static void check_right(const struct request *request, size_t who)
{
    const struct person *person = &people[who];
    bool known = request->password[0] != '\0' && strcmp(request->password, current[who]) == 0;

    fuzz_require(request->kind != REQUEST_ACCOUNT && request->kind != REQUEST_SESSION,
                 "there is no password in it that could be right");
    fuzz_require(known || request->kind == REQUEST_SET, "right is the right password alone");
    if (request->kind != REQUEST_CHANGE && request->kind != REQUEST_SET)
        return;
    fuzz_require(!person->suspended && request->new_password[0] != '\0', "a change that may be made");
    memcpy(current[who], request->new_password, sizeof current[who]);
}

static void check_answer(const struct request *request, const struct answer *answer)
{
    size_t who = find_person(request);

    fuzz_require(answer_is_sound(answer, sizeof *answer), "an answer is sound");
    fuzz_require(answer->verdict != VERDICT_UNUSABLE || request->kind != REQUEST_ACCOUNT,
                 "the store is there");
    if (who == USERS) {
        fuzz_require(!answer->right, "nobody is never right");
        fuzz_require(answer->verdict <= VERDICT_UNUSABLE, "nor known");
        return;
    }
    fuzz_require(!people[who].suspended ||
                     (answer->verdict != VERDICT_ACTIVE && answer->verdict != VERDICT_TEMPORARY &&
                      answer->verdict != VERDICT_TOO_OLD),
                 "who is suspended does not get in");
    fuzz_require(people[who].expires_at == 0 || answer->verdict != VERDICT_ACTIVE,
                 "nor whose account has ended");
    if (answer->right)
        check_right(request, who);
}

/* The first one to come, with the right password and name: he gets in. */
static void check_first(const struct request *request, const struct answer *answer)
{
    if (request->kind == REQUEST_AUTHENTICATE && find_person(request) == ALICE &&
        strcmp(request->password, people[ALICE].password) == 0)
        fuzz_require(answer->right && answer->verdict == VERDICT_ACTIVE, "the right password is right");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = { data, size };
    struct judge judge = { .private_dir = FIXTURE_PRIVATE, .run_dir = FIXTURE_RUN };

    begin_anew();
    for (size_t i = 0; i < REQUESTS_MAX && input.left > 0; i++) {
        struct request request;
        struct login_day login;
        struct answer answer;
        uint8_t length;

        pick_request(&input, &request);
        length = fuzz_octet(&input);
        judge.caller_uid = request.caller_uid;
        if (!is_sound(&request, length < 240 ? sizeof request : length < 250 ? length : sizeof request + length))
            continue;
        judge_request(&judge, &request, &answer, &login);
        login_day_write(&judge, &login);
        if (i == 0)
            check_first(&request, &answer);
        check_answer(&request, &answer);
    }
    return 0;
}
