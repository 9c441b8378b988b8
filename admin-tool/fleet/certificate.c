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

static const char begin_mark[] = "-----BEGIN CERTIFICATE-----", end_mark[] = "-----END CERTIFICATE-----";
static const ber_tag_t tag_version = 0xa0, tag_utc_time = 0x17, tag_generalized_time = 0x18;

/* The DER of the first one, in memory of its own. */
static bool decode(const char *pem, struct berval *ret)
{
    const char *begin = strstr(pem, begin_mark), *end;
    char *text;
    int length;

    if (begin == NULL)
        return false;
    begin += sizeof begin_mark - 1; /* the marks do not share their dashes */
    end = strstr(begin, end_mark);
    if (end == NULL)
        return false;
    text = strndup(begin, (size_t)(end - begin));
    ret->bv_val = malloc((size_t)(end - begin) + 1);
    length = text != NULL && ret->bv_val != NULL ? b64_pton(text, (unsigned char *)ret->bv_val, (size_t)(end - begin)) : -1;
    free(text);
    if (length <= 0) {
        free(ret->bv_val);
        return false;
    }
    ret->bv_len = (ber_len_t)length;
    return true;
}

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

/* Certificate, TBSCertificate; version where there is one, number, algorithm, issuer; then the validity. */
static bool find_end(BerElement *ber, int64_t *ret)
{
    struct berval octets;
    ber_len_t length;
    ber_tag_t tag;

    if (!enter(ber, 2) || !skip(ber, ber_peek_tag(ber, &length) == tag_version ? 4 : 3) || !enter(ber, 1) || !skip(ber, 1))
        return false;
    tag = ber_skip_element(ber, &octets);
    return tag != LBER_ERROR && read_time(tag, &octets, ret);
}

bool certificate_end(const char *pem, int64_t *ret)
{
    struct berval der;
    BerElement *ber;
    bool found;

    if (!decode(pem, &der))
        return false;
    ber = ber_init(&der);
    found = ber != NULL && find_end(ber, ret);
    ber_free(ber, 1);
    free(der.bv_val);
    return found;
}
