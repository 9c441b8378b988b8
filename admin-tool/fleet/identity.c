/*
 * libldap reads certificates from files alone, and libkrb5 tickets: the file is one of memory (memfd_create(2)), without a
 * name, and nobody else's to open, as this process cannot be looked into.
 */
#include "identity.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool write_whole(int fd, const char *octets, size_t length)
{
    for (ssize_t wrote; length > 0; octets += wrote, length -= (size_t)wrote) {
        wrote = write(fd, octets, length);
        if (wrote <= 0)
            return false;
    }
    return true;
}

/* A key with a passphrase would be asked for on a terminal, by one of the libraries at least. */
static const char *fault_of(const char *pem)
{
    if (strstr(pem, "-----BEGIN CERTIFICATE-----") == NULL)
        return "there is no certificate in PEM";
    if (strstr(pem, "PRIVATE KEY-----") == NULL)
        return "there is no private key in PEM";
    if (strstr(pem, "ENCRYPTED") != NULL)
        return "the private key has a passphrase";
    return NULL;
}

static const char *keep(const struct write_request *request, struct identity *ret)
{
    int fd = memfd_create("identity", MFD_CLOEXEC);

    if (fd < 0 || !write_whole(fd, request->secret, request->secret_length))
        return "memory is short";
    snprintf(ret->path, sizeof ret->path, "/proc/self/fd/%d", fd);
    return NULL;
}

static const char *make_pem(const struct write_request *request, struct identity *ret)
{
    const char *fault = fault_of(request->secret);

    ret->as.pem = ret->path;
    return fault != NULL ? fault : keep(request, ret);
}

/* For libkrb5, whose environment is this one's: empty but for that. */
static const char *make_ticket(const struct write_request *request, struct identity *ret)
{
    char name[IDENTITY_PATH_SIZE + sizeof "FILE:"];
    const char *fault = keep(request, ret);

    snprintf(name, sizeof name, "FILE:%s", ret->path);
    ret->as.by_ticket = true;
    return fault == NULL && setenv("KRB5CCNAME", name, 1) != 0 ? "memory is short" : fault;
}

const char *identity_make(const struct settings *settings, const struct write_request *request, struct identity *ret)
{
    memset(ret, 0, sizeof *ret);
    if (request->as == NULL)
        return request->by_ticket ? make_ticket(request, ret) : make_pem(request, ret);
    snprintf(ret->dn, sizeof ret->dn, "cn=%s,ou=admins,%s", request->as, settings->base);
    ret->as.dn = ret->dn;
    ret->as.password = request->secret;
    return NULL;
}
