/*
 * The C library decodes the base64, liblber goes down to the one field; nothing else is looked at, and nothing believed:
 * TLS judges certificates.
 */
#include "certificate.h"

#include <lber.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const ber_tag_t tag_version = 0xa0, tag_utc_time = 0x17, tag_generalized_time = 0x18;

struct kind {
    const char *begin, *end;
    bool (*find_end)(BerElement *ber, int64_t *ret);
};

static bool skip(BerElement *ber, int elements)
{
    struct berval element;

    for (int i = 0; i < elements; i++)
        if (ber_skip_element(ber, &element) == LBER_ERROR)
            return false;
    return true;
}

static bool enter(BerElement *ber, int sequences)
{
    ber_len_t length;

    for (int i = 0; i < sequences; i++)
        if (ber_skip_tag(ber, &length) != LBER_SEQUENCE)
            return false;
    return true;
}

/* "YYMMDDHHMMSSZ" of 1950 to 2049, or with the whole year. */
static bool read_time(ber_tag_t tag, const struct berval *octets, int64_t *ret)
{
    char text[sizeof "YYYYMMDDHHMMSSZ"] = "";
    struct tm time = { 0 };
    const char *end;

    if (tag == tag_utc_time && octets->bv_len == 13) {
        snprintf(text, sizeof text, "%s%.13s", octets->bv_val[0] < '5' ? "20" : "19", octets->bv_val);
    } else if (tag == tag_generalized_time && octets->bv_len == 15) {
        snprintf(text, sizeof text, "%.15s", octets->bv_val);
    } else {
        return false;
    }
    end = strptime(text, "%Y%m%d%H%M%SZ", &time);
    if (end == NULL || *end != '\0')
        return false;
    *ret = timegm(&time);
    return true;
}

static bool next_time(BerElement *ber, int64_t *ret)
{
    struct berval octets;
    ber_tag_t tag = ber_skip_element(ber, &octets);

    return tag != LBER_ERROR && read_time(tag, &octets, ret);
}

/* Certificate, TBSCertificate; version where there is one, number, algorithm, issuer; then the validity. */
static bool find_certificate_end(BerElement *ber, int64_t *ret)
{
    ber_len_t length;

    return enter(ber, 2) && skip(ber, ber_peek_tag(ber, &length) == tag_version ? 4 : 3) && enter(ber, 1) && skip(ber, 1) &&
           next_time(ber, ret);
}

/* CertificateList, TBSCertList; version where there is one, algorithm, issuer, thisUpdate; then nextUpdate. */
static bool find_list_end(BerElement *ber, int64_t *ret)
{
    ber_len_t length;

    return enter(ber, 2) && skip(ber, ber_peek_tag(ber, &length) == LBER_INTEGER ? 4 : 3) && next_time(ber, ret);
}

static const struct kind certificate = { "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", find_certificate_end };
static const struct kind revoked = { "-----BEGIN X509 CRL-----", "-----END X509 CRL-----", find_list_end };

/* The end of what this base64 says. */
static bool decode_end(const struct kind *kind, const char *text, size_t size, int64_t *ret)
{
    char *copy = strndup(text, size), *octets = malloc(size + 1);
    int length = copy != NULL && octets != NULL ? b64_pton(copy, (unsigned char *)octets, size) : -1;
    struct berval der = { .bv_val = octets, .bv_len = length > 0 ? (ber_len_t)length : 0 };
    BerElement *ber = length > 0 ? ber_init(&der) : NULL;
    bool found = ber != NULL && kind->find_end(ber, ret);

    if (ber != NULL)
        ber_free(ber, 1);
    free(copy);
    free(octets);
    return found;
}

/* The next one's end at or behind *pem, which then is behind it. */
static bool next_end(const struct kind *kind, const char **pem, int64_t *ret)
{
    const char *begin = strstr(*pem, kind->begin), *end;

    if (begin == NULL)
        return false;
    begin += strlen(kind->begin); /* the marks do not share their dashes */
    end = strstr(begin, kind->end);
    if (end == NULL)
        return false;
    *pem = end;
    return decode_end(kind, begin, (size_t)(end - begin), ret);
}

bool certificate_end(const char *pem, int64_t *ret)
{
    return next_end(&certificate, &pem, ret);
}

bool certificate_authority_end(const char *pem, int64_t now, int64_t *ret)
{
    int64_t end;
    bool found = false;

    while (next_end(&certificate, &pem, &end)) {
        if (!found || (*ret <= now ? end > *ret : end > now && end < *ret))
            *ret = end;
        found = true;
    }
    return found;
}

bool certificate_revoked_end(const char *pem, int64_t *ret)
{
    return next_end(&revoked, &pem, ret);
}
