/*
 * TLS in any case, the server's name held against its certificate, the authority this file's alone: nothing of ldap.conf,
 * and nothing that falls back to less.
 */
#include "connect.h"

#include <ldap.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include "gssapi.h"
#include "settings.h"
#include "watch.h"

/* Others' words: no control, nothing that is not ASCII. */
static void tell(const char *what, const char *more, char why[CONNECT_WHY_SIZE])
{
    bool has_more = more != NULL && *more != '\0';

    snprintf(why, CONNECT_WHY_SIZE, "%s%s%s", what, has_more ? ": " : "", has_more ? more : "");
    for (char *c = why; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

void connect_tell(struct ldap *ld, int result, char why[CONNECT_WHY_SIZE])
{
    char *more = NULL;

    ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &more);
    tell(ldap_err2string(result), more, why);
    ldap_memfree(more);
}

static bool set_text(LDAP *ld, int option, const char *text)
{
    return ldap_set_option(ld, option, text) == LDAP_OPT_SUCCESS;
}

static bool set_number(LDAP *ld, int option, int number)
{
    return ldap_set_option(ld, option, &number) == LDAP_OPT_SUCCESS;
}

/* Debian 12's libldap has GnuTLS, 13's OpenSSL: the least version and what was taken back are said in the words of each. */
static bool set_library(LDAP *ld)
{
    bool revoked = settings_revokes(SETTINGS_CA), is_gnutls;
    char *package = NULL;

    if (ldap_get_option(ld, LDAP_OPT_X_TLS_PACKAGE, &package) != LDAP_OPT_SUCCESS || package == NULL)
        return false;
    is_gnutls = strcmp(package, "GnuTLS") == 0;
    ldap_memfree(package);
    if (is_gnutls)
        return set_text(ld, LDAP_OPT_X_TLS_CIPHER_SUITE, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2") &&
               (!revoked || set_text(ld, LDAP_OPT_X_TLS_CRLFILE, SETTINGS_CA));
    return set_number(ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, LDAP_OPT_X_TLS_PROTOCOL_TLS1_2) &&
           (!revoked || set_number(ld, LDAP_OPT_X_TLS_CRLCHECK, LDAP_OPT_X_TLS_CRL_PEER));
}

/* libldap's TLS waits for the other side without an end (2.5.13): the socket is cut. */
static int patience_ms, process_seconds;

static int begin_watch(LDAP *ld, Sockbuf *socket, LDAPURLDesc *server, struct sockaddr *address, struct ldap_conncb *context)
{
    int fd = -1;

    (void)ld;
    (void)server;
    (void)address;
    (void)context;
    if (ber_sockbuf_ctrl(socket, LBER_SB_OPT_GET_FD, &fd) == 1)
        watch_socket(fd, patience_ms);
    return 0;
}

static void end_watch(LDAP *ld, Sockbuf *socket, struct ldap_conncb *context)
{
    (void)ld;
    (void)socket;
    (void)context;
    watch_process(process_seconds);
}

static struct ldap_conncb connection_calls = { .lc_add = begin_watch, .lc_del = end_watch };

static bool set_options(LDAP *ld, int wait_ms, const struct connect_as *as)
{
    struct timeval wait = { wait_ms / 1000, wait_ms % 1000 * 1000L };

    return set_number(ld, LDAP_OPT_PROTOCOL_VERSION, LDAP_VERSION3) &&
           ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_OPT_SUCCESS &&
           ldap_set_option(ld, LDAP_OPT_RESTART, LDAP_OPT_ON) == LDAP_OPT_SUCCESS &&
           ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &wait) == LDAP_OPT_SUCCESS &&
           ldap_set_option(ld, LDAP_OPT_TIMEOUT, &wait) == LDAP_OPT_SUCCESS &&
           ldap_set_option(ld, LDAP_OPT_CONNECT_CB, &connection_calls) == LDAP_OPT_SUCCESS &&
           set_number(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, LDAP_OPT_X_TLS_DEMAND) &&
           set_number(ld, LDAP_OPT_X_TLS_REQUIRE_SAN, LDAP_OPT_X_TLS_TRY) && /* CN only where there are no names */
           set_text(ld, LDAP_OPT_X_TLS_CACERTFILE, SETTINGS_CA) &&
           set_text(ld, LDAP_OPT_X_TLS_CERTFILE, as->pem != NULL ? as->pem : SETTINGS_CERTIFICATE) &&
           set_text(ld, LDAP_OPT_X_TLS_KEYFILE, as->pem != NULL ? as->pem : SETTINGS_KEY) && set_library(ld) &&
           set_number(ld, LDAP_OPT_X_TLS_NEWCTX, 0); /* a client's */
}

/* Half a TLS record must not be waited for, and no message is longer than all of ours together. */
static bool bound_socket(LDAP *ld)
{
    ber_len_t most = CONNECT_MESSAGE_MAX;
    Sockbuf *socket = NULL;
    int on = 1;

    return ldap_get_option(ld, LDAP_OPT_SOCKBUF, &socket) == LDAP_OPT_SUCCESS && socket != NULL &&
           ber_sockbuf_ctrl(socket, LBER_SB_OPT_SET_MAX_INCOMING, &most) == 1 &&
           ber_sockbuf_ctrl(socket, LBER_SB_OPT_SET_NONBLOCK, &on) == 1;
}

/* libldap does not tell a server that is away from a name that is none. */
static bool has_address(const char *uri, char why[CONNECT_WHY_SIZE])
{
    LDAPURLDesc *server = NULL;
    struct addrinfo *found = NULL;
    int error = ldap_url_parse(uri, &server) == LDAP_URL_SUCCESS && server->lud_host != NULL
                    ? getaddrinfo(server->lud_host, NULL, NULL, &found)
                    : 0;

    if (error != 0)
        tell("its name has no address", gai_strerror(error), why);
    if (found != NULL)
        freeaddrinfo(found);
    ldap_free_urldesc(server);
    return error == 0;
}

/* Everything is said under TLS: ldap:// becomes so by StartTLS, or not at all. */
static bool secure(LDAP *ld, const char *uri, char why[CONNECT_WHY_SIZE])
{
    bool begins_clear = strncmp(uri, "ldap://", 7) == 0;
    int result;

    if (!begins_clear && strncmp(uri, "ldaps://", 8) != 0) {
        tell("neither ldap:// nor ldaps://", NULL, why);
        return false;
    }
    result = begins_clear ? ldap_start_tls_s(ld, NULL, NULL) : ldap_connect(ld);
    if (result == LDAP_SUCCESS && ldap_tls_inplace(ld) == 1)
        return true;
    if (result == -1) /* libldap's own mark of where to look */
        ldap_get_option(ld, LDAP_OPT_RESULT_CODE, &result);
    if (result != LDAP_SERVER_DOWN || has_address(uri, why))
        connect_tell(ld, result, why);
    return false;
}

/* What libldap says of itself is about the ticket, too: only whom it does not reach is another matter. */
static bool identify_by_ticket(LDAP **ld, int wait_ms, char why[CONNECT_WHY_SIZE], bool *ret_refused)
{
    bool late;
    int result = gssapi_bind(*ld, wait_ms, &late);

    *ret_refused = late || result == LDAP_LOCAL_ERROR || result == LDAP_AUTH_UNKNOWN ||
                   (result > 0 && result != LDAP_BUSY && result != LDAP_UNAVAILABLE);
    if (late) {
        tell("the Kerberos server does not answer", NULL, why);
        *ld = NULL;
    } else if (result == LDAP_AUTH_UNKNOWN) {
        tell("the host has no GSSAPI: install libsasl2-modules-gssapi-mit (cyrus-sasl-gssapi)", NULL, why);
    } else if (result != LDAP_SUCCESS) {
        connect_tell(*ld, result, why);
    }
    return result == LDAP_SUCCESS;
}

/* As whom the certificate says: the empty credential is one, an absent one would be asked for in another step. */
static bool identify(LDAP *ld, const struct connect_as *as, char why[CONNECT_WHY_SIZE], bool *ret_refused)
{
    const char *secret = as->dn != NULL ? as->password : "";
    struct berval credential = { strlen(secret), (char *)(uintptr_t)secret }, *answer = NULL;
    int result = LDAP_INVALID_CREDENTIALS;

    if (as->dn == NULL || credential.bv_len > 0)
        result = ldap_sasl_bind_s(ld, as->dn, as->dn != NULL ? LDAP_SASL_SIMPLE : "EXTERNAL", &credential, NULL, NULL, &answer);
    ber_bvfree(answer);
    *ret_refused = result > 0 && result != LDAP_BUSY && result != LDAP_UNAVAILABLE;
    if (result != LDAP_SUCCESS)
        connect_tell(ld, result, why);
    return result == LDAP_SUCCESS;
}

/* *ld is NULL where it must not even be closed. */
static bool begin(LDAP **ld, const char *uri, int wait_ms, const struct connect_as *as, char why[CONNECT_WHY_SIZE], bool *ret_refused)
{
    if (!set_options(*ld, wait_ms, as)) {
        tell("certificate, key or CA cannot be used", NULL, why);
        return false;
    }
    if (!secure(*ld, uri, why))
        return false;
    watch_process(process_seconds);
    if (!bound_socket(*ld)) {
        tell("the connection cannot be bounded", NULL, why);
        return false;
    }
    return as->by_ticket ? identify_by_ticket(ld, wait_ms, why, ret_refused) : identify(*ld, as, why, ret_refused);
}

struct ldap *connect_open(const char *uri, int wait_ms, const struct connect_as *as, char why[CONNECT_WHY_SIZE], bool *ret_refused)
{
    LDAP *ld = NULL;
    int result = ldap_initialize(&ld, uri);

    *ret_refused = false;
    patience_ms = wait_ms;
    process_seconds = as->seconds != 0 ? as->seconds : CONNECT_SECONDS;
    watch_process(process_seconds); /* a name may be looked up for long */
    if (result != LDAP_SUCCESS) {
        tell(ldap_err2string(result), NULL, why);
        return NULL;
    }
    if (begin(&ld, uri, wait_ms, as, why, ret_refused))
        return ld;
    connect_close(ld);
    return NULL;
}

void connect_close(struct ldap *ld)
{
    if (ld != NULL)
        ldap_unbind_ext(ld, NULL, NULL);
}
