/*
 * A herd: followers of the fleet in one process, each with a connection and a certificate of its own, as coder_fleet asks
 * (refreshAndPersist, its attributes). An administrator's connection changes an account, and each follower's time until
 * it has the change is taken; then the server is begun anew, and the time until all follow again.
 *
 *   bench_fleet URI FOLDER(ca) BASE FOLLOWERS CHANGES DN [RESTART-COMMAND...]
 *
 * Prints NAME VALUE lines, times in milliseconds; "changed" is when a change was begun, in milliseconds since 1970.
 */
#include <errno.h>
#include <ldap.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fleet/entry.h"

enum { THREADS = 4, MOST = 4000, PATIENCE_MS = 60000, SYNC_PERSIST = 3 };

struct follower {
    LDAP *ld;
    _Atomic int64_t heard_us; /* when the last change came */
    _Atomic bool live;        /* the refresh is over */
    unsigned tries;
};

static const char *uri, *folder, *base;
static char cookie[128]; /* where the server is: nothing is sent to whoever has it */
static struct follower followers[MOST];
static int count;

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

/* Bound as KIND/NAME of the authority's folder; NULL when it cannot be. */
static LDAP *connect_as(const char *who)
{
    struct berval none = { 0, (char[]){ "" } };
    int version = LDAP_VERSION3, client = 0, demand = LDAP_OPT_X_TLS_DEMAND;
    char path[512];
    LDAP *ld = NULL;

    if (ldap_initialize(&ld, uri) != LDAP_SUCCESS)
        return NULL;
    ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
    snprintf(path, sizeof path, "%s/ca.pem", folder);
    ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, path);
    snprintf(path, sizeof path, "%s/%s.pem", folder, who);
    ldap_set_option(ld, LDAP_OPT_X_TLS_CERTFILE, path);
    snprintf(path, sizeof path, "%s/%s.key", folder, who);
    ldap_set_option(ld, LDAP_OPT_X_TLS_KEYFILE, path);
    ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &client);
    if (ldap_sasl_bind_s(ld, NULL, "EXTERNAL", &none, NULL, NULL, NULL) == LDAP_SUCCESS)
        return ld;
    ldap_unbind_ext(ld, NULL, NULL);
    return NULL;
}

static bool ask(LDAP *ld)
{
    LDAPControl control = { .ldctl_oid = (char[]){ LDAP_CONTROL_SYNC }, .ldctl_iscritical = 1 };
    LDAPControl *controls[] = { &control, NULL };
    char **attributes = (char **)(uintptr_t)entry_attributes;
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    char people[256];
    int id;
    bool asked;

    snprintf(people, sizeof people, "ou=people,%s", base);
    asked = ber != NULL && ber_printf(ber, "{es}", SYNC_PERSIST, cookie) != -1 && ber_flatten2(ber, &control.ldctl_value, 0) == 0 &&
            ldap_search_ext(ld, people, LDAP_SCOPE_SUBTREE, "(objectClass=posixAccount)", attributes, 0, controls, NULL, NULL,
                            LDAP_NO_LIMIT, &id) == LDAP_SUCCESS;
    ber_free(ber, 1);
    return asked;
}

static void begin(int i)
{
    char who[64];

    snprintf(who, sizeof who, "hosts/herd%d", i);
    followers[i].tries++;
    followers[i].ld = connect_as(who);
    if (followers[i].ld != NULL && ask(followers[i].ld))
        return;
    if (followers[i].ld != NULL)
        ldap_unbind_ext(followers[i].ld, NULL, NULL);
    followers[i].ld = NULL;
}

/* All that has come; false when the connection is over. */
static bool listen_to(struct follower *follower)
{
    struct timeval zero = { 0, 0 };
    LDAPMessage *message = NULL;
    int type;

    while ((type = ldap_result(follower->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &zero, &message)) > 0) {
        if (type == LDAP_RES_INTERMEDIATE)
            atomic_store(&follower->live, true);
        if (type == LDAP_RES_SEARCH_ENTRY)
            atomic_store(&follower->heard_us, now_us());
        ldap_msgfree(message);
        if (type == LDAP_RES_SEARCH_RESULT)
            return false;
    }
    return type == 0;
}

static int descriptor_of(LDAP *ld)
{
    int fd = -1;

    if (ld != NULL)
        ldap_get_option(ld, LDAP_OPT_DESC, &fd);
    return fd;
}

/* A part of the herd, for ever. */
static void *run(void *argument)
{
    int first = (int)(intptr_t)argument, mine = 0;
    struct pollfd fds[MOST / THREADS + 1];
    unsigned seed = (unsigned)first;

    for (;;) {
        mine = 0;
        for (int i = first; i < count; i += THREADS, mine++) {
            if (followers[i].ld == NULL)
                begin(i);
            if (followers[i].ld == NULL)
                sleep_ms(20 + rand_r(&seed) % 20);
            fds[mine] = (struct pollfd){ .fd = descriptor_of(followers[i].ld), .events = POLLIN };
        }
        if (poll(fds, (nfds_t)mine, 100) <= 0)
            continue;
        for (int at = 0, i = first; at < mine; at++, i += THREADS) {
            if (fds[at].revents == 0 || listen_to(&followers[i]))
                continue;
            atomic_store(&followers[i].live, false);
            ldap_unbind_ext(followers[i].ld, NULL, NULL);
            followers[i].ld = NULL;
        }
    }
    return NULL;
}

/* -- the administrator -------------------------------------------------------------------- */

/* Where the server is now. */
static bool read_cookie(LDAP *ld)
{
    char *attributes[] = { (char[]){ "contextCSN" }, NULL };
    struct berval **values = NULL;
    LDAPMessage *found = NULL;

    if (ldap_search_ext_s(ld, base, LDAP_SCOPE_BASE, "(objectClass=*)", attributes, 0, NULL, NULL, NULL, 0, &found) == LDAP_SUCCESS &&
        ldap_first_entry(ld, found) != NULL)
        values = ldap_get_values_len(ld, ldap_first_entry(ld, found), "contextCSN");
    if (values != NULL && values[0] != NULL)
        snprintf(cookie, sizeof cookie, "rid=000,csn=%.*s", (int)values[0]->bv_len, values[0]->bv_val);
    ldap_value_free_len(values);
    ldap_msgfree(found);
    return values != NULL;
}

static int64_t wall_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool change(LDAP *ld, const char *dn, const char *status)
{
    char *values[] = { (char *)(uintptr_t)status, NULL };
    LDAPMod mod = { .mod_op = LDAP_MOD_REPLACE, .mod_type = (char[]){ "coderStatus" }, .mod_vals.modv_strvals = values };
    LDAPMod *mods[] = { &mod, NULL };

    return ldap_modify_ext_s(ld, dn, mods, NULL, NULL) == LDAP_SUCCESS;
}

static int live_count(void)
{
    int live = 0;

    for (int i = 0; i < count; i++)
        live += atomic_load(&followers[i].live) ? 1 : 0;
    return live;
}

/* Milliseconds until all follow, or -1. */
static double wait_live(int64_t begun_us)
{
    while (live_count() < count) {
        if (now_us() - begun_us > PATIENCE_MS * 1000L * 4)
            return -1;
        sleep_ms(5);
    }
    return (double)(now_us() - begun_us) / 1000;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static void print_spread(const char *name, double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare);
    printf("%s_p50 %.1f\n%s_p99 %.1f\n%s_max %.1f\n", name, values[n / 2], name, values[n * 99 / 100], name, values[n - 1]);
}

/* When all have what was changed at begun_us; each follower's time goes to ret_each. */
static double wait_heard(int64_t begun_us, double *ret_each)
{
    double last = 0;

    for (int i = 0; i < count; i++) {
        while (atomic_load(&followers[i].heard_us) < begun_us) {
            if (now_us() - begun_us > PATIENCE_MS * 1000L)
                return -1;
            sleep_ms(1);
        }
        ret_each[i] = (double)(atomic_load(&followers[i].heard_us) - begun_us) / 1000;
        last = ret_each[i] > last ? ret_each[i] : last;
    }
    return last;
}

static bool measure(LDAP *ld, const char *dn, int changes)
{
    double *each = calloc((size_t)count * (size_t)changes + 1, sizeof *each), *all = calloc((size_t)changes + 1, sizeof *all);
    bool good = each != NULL && all != NULL;

    for (int k = 0; good && k < changes; k++) {
        int64_t begun = now_us();

        printf("changed %lld %s\n", (long long)wall_ms(), k % 2 == 0 ? "suspended" : "active");
        good = change(ld, dn, k % 2 == 0 ? "suspended" : "active");
        all[k] = good ? wait_heard(begun, each + (size_t)k * (size_t)count) : -1;
        good = all[k] >= 0;
        sleep_ms(300);
    }
    if (good && changes > 0) {
        print_spread("one_has_it", each, (size_t)count * (size_t)changes);
        print_spread("all_have_it", all, (size_t)changes);
    }
    free(each);
    free(all);
    return good;
}

static bool succeeds(char *const *command)
{
    pid_t pid;
    int status = -1;

    return posix_spawnp(&pid, command[0], NULL, NULL, command, environ) == 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool begin_anew(char *const *command)
{
    int64_t begun = now_us();
    unsigned before = 0, after = 0;
    double ms;

    for (int i = 0; i < count; i++) {
        before += followers[i].tries;
        atomic_store(&followers[i].live, false);
    }
    if (!succeeds(command))
        return false;
    printf("server_up %.0f\n", (double)(now_us() - begun) / 1000);
    ms = wait_live(begun);
    for (int i = 0; i < count; i++)
        after += followers[i].tries;
    printf("all_back %.0f\nconnections %u\n", ms, after - before);
    return ms >= 0;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    LDAP *admin;
    int64_t begun;

    if (argc < 7 || (count = atoi(argv[4])) < 1 || count > MOST) {
        fprintf(stderr, "usage: bench_fleet URI FOLDER BASE FOLLOWERS CHANGES DN [RESTART-COMMAND...]\n");
        return 2;
    }
    uri = argv[1], folder = argv[2], base = argv[3];
    setvbuf(stdout, NULL, _IOLBF, 0);
    admin = connect_as("admins/ann");
    if (admin == NULL || !read_cookie(admin)) {
        fprintf(stderr, "bench_fleet: the server does not answer\n");
        return 1;
    }
    begun = now_us();
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, run, (void *)(intptr_t)i);
    printf("all_connected %.0f\n", wait_live(begun));
    if (!measure(admin, argv[6], atoi(argv[5])) || !read_cookie(admin)) {
        fprintf(stderr, "bench_fleet: the changes did not reach everybody\n");
        return 1;
    }
    ldap_unbind_ext(admin, NULL, NULL);
    return argc < 8 || begin_anew(argv + 7) ? 0 : 1;
}
