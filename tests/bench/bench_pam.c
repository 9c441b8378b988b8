/*
 * What one authentication costs, and whether its time tells what became of it. Runs as root in a private
 * world against the shipped objects: every kind of attempt is made in turn, interleaved, from an origin
 * of its own, and every answer is checked before its time counts.
 *
 *   make bench-login
 */
#include <crypt.h>
#include <math.h>
#include <security/pam_appl.h>
#include <security/pam_ext.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "pam_coder/credential.h"
#include "sql/account.h"
#include "../unit/fixture/fixture.h"

#define RIGHT "plain-horse-9-lantern"
#define WRONG "plain-horse-9-lanterm"

enum { ROUNDS = 200, SPREAD = 50 }; /* wrong attempts are spread over accounts: no limit is met */

static int rounds = ROUNDS;

/* -- one attempt -------------------------------------------------------------------------- */

static const char *password;
static char confdir[] = "/tmp/coder-bench.XXXXXX";

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
                    void *data)
{
    (void)data;
    *responses = calloc((size_t)count, sizeof **responses);
    for (int i = 0; i < count; i++)
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            (*responses)[i].resp = strdup(password);
    return PAM_SUCCESS;
}

static void no_delay(int code, unsigned usec, void *data)
{
    (void)code;
    (void)usec;
    (void)data;
}

enum phase { BARE, AUTH, ACCOUNT, SESSION };

static int call(pam_handle_t *pamh, enum phase phase)
{
    if (phase == ACCOUNT)
        return pam_acct_mgmt(pamh, 0);
    return phase == SESSION ? pam_open_session(pamh, 0) : pam_authenticate(pamh, 0);
}

static int attempt(const char *service, enum phase phase, const char *user, const char *rhost)
{
    const struct pam_conv conversation = { converse, NULL };
    pam_handle_t *pamh = NULL;
    int code;

    if (pam_start_confdir(service, user, &conversation, confdir, &pamh) != PAM_SUCCESS)
        return -1;
    pam_set_item(pamh, PAM_FAIL_DELAY, (const void *)no_delay);
    pam_set_item(pamh, PAM_RHOST, rhost);
    code = call(pamh, phase);
    pam_end(pamh, code);
    return code;
}

/* -- the kinds of attempt ----------------------------------------------------------------- */

struct kind {
    const char *name, *service;
    enum phase phase;
    const char *user; /* with %d for the one of the spread */
    const char *password;
    int expected;
    double wall[ROUNDS], cpu[ROUNDS], faults[ROUNDS]; /* milliseconds, and of pages */
};

static struct kind kinds[] = {
    { .name = "bare yescrypt", .password = RIGHT },
    { .name = "pam_unix, right", .service = "unix", .phase = AUTH, .user = "local", .password = RIGHT },
    { .name = "right", .service = "coder", .phase = AUTH, .user = "right", .password = RIGHT },
    { .name = "wrong", .service = "coder", .phase = AUTH, .user = "user%d", .password = WRONG, .expected = PAM_AUTH_ERR },
    { .name = "unknown name", .service = "coder", .phase = AUTH, .user = "nobody%d", .password = WRONG,
      .expected = PAM_USER_UNKNOWN },
    { .name = "suspended, wrong", .service = "coder", .phase = AUTH, .user = "gone%d", .password = WRONG,
      .expected = PAM_AUTH_ERR },
    { .name = "suspended, right", .service = "coder", .phase = AUTH, .user = "gone0", .password = RIGHT,
      .expected = PAM_PERM_DENIED },
    { .name = "expired, right", .service = "coder", .phase = AUTH, .user = "expired", .password = RIGHT,
      .expected = PAM_PERM_DENIED },
    { .name = "locked, right", .service = "coder", .phase = AUTH, .user = "locked", .password = RIGHT,
      .expected = PAM_AUTH_ERR },
    { .name = "no password", .service = "coder", .phase = AUTH, .user = "keyonly%d", .password = WRONG,
      .expected = PAM_AUTH_ERR },
    { .name = "account phase", .service = "coder", .phase = ACCOUNT, .user = "right", .password = "" },
    { .name = "session phase", .service = "coder", .phase = SESSION, .user = "right", .password = "" },
};
enum { KINDS = sizeof kinds / sizeof kinds[0], WRONG_KIND = 3 };

static void add(const char *name, uint32_t uid, enum account_status status, int64_t expires,
                const char *secret)
{
    struct account account = fixture_account(name, uid);

    account.status = status;
    account.expires_at = expires;
    fixture_add(&account, secret);
}

static void make_accounts(void)
{
    char name[32];

    fixture_reset();
    add("right", 70100, ACCOUNT_ACTIVE, 0, RIGHT);
    add("expired", 70101, ACCOUNT_ACTIVE, 1, RIGHT);
    add("locked", 70102, ACCOUNT_ACTIVE, 0, RIGHT);
    for (int i = 0; i < SPREAD; i++) {
        snprintf(name, sizeof name, "user%d", i);
        add(name, 71000 + (uint32_t)i, ACCOUNT_ACTIVE, 0, RIGHT);
        snprintf(name, sizeof name, "gone%d", i);
        add(name, 72000 + (uint32_t)i, ACCOUNT_SUSPENDED, 0, RIGHT);
        snprintf(name, sizeof name, "keyonly%d", i);
        add(name, 73000 + (uint32_t)i, ACCOUNT_ACTIVE, 0, NULL);
    }
    fixture_publish();
}

static void write_text(const char *path, const char *mode, const char *text)
{
    FILE *file = fopen(path, mode);

    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        exit(1);
}

static void make_services(void)
{
    char path[64], line[ACCOUNT_HASH_SIZE + 64], hash[ACCOUNT_HASH_SIZE];

    if (mkdtemp(confdir) == NULL || !credential_hash(RIGHT, hash))
        exit(1);
    snprintf(path, sizeof path, "%s/coder", confdir);
    write_text(path, "w", "auth required pam_coder.so\naccount required pam_coder.so\nsession required pam_coder.so\n");
    snprintf(path, sizeof path, "%s/unix", confdir);
    write_text(path, "w", "auth required pam_unix.so\n");
    write_text("/etc/passwd", "a", "local:x:5000:100::/:/bin/sh\n"); /* the world's, not the host's */
    snprintf(line, sizeof line, "local:%s:19000:0:99999:7:::\n", hash);
    write_text("/etc/shadow", "a", line);
}

/* -- measuring ---------------------------------------------------------------------------- */

static double clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Milliseconds of the processor, and page faults; of the children too, who have been waited for. */
static double used(double *ret_faults)
{
    double sum = 0;

    *ret_faults = 0;
    for (int who = 0; who < 2; who++) {
        struct rusage usage;

        getrusage(who == 0 ? RUSAGE_SELF : RUSAGE_CHILDREN, &usage);
        sum += (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
        *ret_faults += (double)usage.ru_minflt;
    }
    return sum;
}

static void check(const struct kind *kind, int code)
{
    if (code == kind->expected)
        return;
    printf("no figures: '%s' answered %d, not %d\n", kind->name, code, kind->expected);
    exit(1);
}

static void measure(struct kind *kind, int round)
{
    char user[32], rhost[64], hash[ACCOUNT_HASH_SIZE];
    double wall, cpu, faults, after;
    bool fixed = kind->expected == PAM_AUTH_ERR && strcmp(kind->user, "locked") == 0;
    int code = 0;

    snprintf(rhost, sizeof rhost, "10.%d.%d.%d", fixed ? 0 : 1 + (int)(kind - kinds), fixed ? 0 : round / 200,
             fixed ? 0 : round % 200);
    if (kind->user != NULL) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(user, sizeof user, kind->user, round % SPREAD);
#pragma GCC diagnostic pop
    }
    password = kind->password;
    wall = clock_ms();
    cpu = used(&faults);
    if (kind->service == NULL)
        code = credential_hash(password, hash) ? 0 : 1;
    else
        code = attempt(kind->service, kind->phase, user, rhost);
    kind->wall[round] = clock_ms() - wall;
    kind->cpu[round] = used(&after) - cpu;
    kind->faults[round] = after - faults;
    check(kind, code);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(const double *values)
{
    double sorted[ROUNDS];

    memcpy(sorted, values, sizeof sorted);
    qsort(sorted, (size_t)rounds, sizeof sorted[0], compare);
    return sorted[rounds / 2];
}

/* Mann-Whitney: how far the ranks of a and b are from being mixed, in standard deviations. */
static double rank_z(const double *a, const double *b)
{
    double n = rounds, u = 0;

    for (int i = 0; i < rounds; i++)
        for (int j = 0; j < rounds; j++)
            u += a[i] > b[j] ? 1 : a[i] < b[j] ? 0 : 0.5;
    return (u - n * n / 2) / sqrt(n * n * (2 * n + 1) / 12);
}

static void report(void)
{
    printf("%-18s %9s %9s %10s %10s %8s %8s\n", "", "wall ms", "cpu ms", "wall/bare", "cpu/bare", "faults", "rank z");
    for (int k = 0; k < KINDS; k++) {
        printf("%-18s %9.2f %9.2f %10.2f %10.2f %8.0f", kinds[k].name, median(kinds[k].wall),
               median(kinds[k].cpu), median(kinds[k].wall) / median(kinds[0].wall),
               median(kinds[k].cpu) / median(kinds[0].cpu), median(kinds[k].faults));
        if (kinds[k].phase == AUTH)
            printf(" %8.1f", rank_z(kinds[k].wall, kinds[WRONG_KIND].wall));
        printf("\n");
    }
    printf("\n%d rounds, interleaved; medians. rank z: wall times against those of 'wrong'; |z| < 3 says\n"
           "that they cannot be told apart. Faults are of pages.\n", rounds);
}

/* So many rounds; all of them for the rank test, fewer for the medians. */
int main(int argc, char **argv)
{
    if (argc > 1 && atoi(argv[1]) > 0 && atoi(argv[1]) < ROUNDS)
        rounds = atoi(argv[1]);
    make_accounts();
    make_services();
    password = WRONG;
    for (int i = 0; i < 9; i++)
        attempt("coder", AUTH, "locked", "10.0.0.0");
    fixture_activity_sql("UPDATE failures SET count = 20"); /* the longest lock: it outlasts the run */
    for (int round = 0; round < rounds; round++)
        for (int k = 0; k < KINDS; k++)
            measure(&kinds[(k + round) % KINDS], round);
    report();
    return 0;
}
