/*
 * libldap's searches, bounded as its writes are.
 */
#include "pen_look.h"

#include <ldap.h>
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "sql/ascii.h"

/* Values are to be freed by drop_entry. */
static void take_entry(struct pen *pen, LDAPMessage *message, struct pen_entry *ret)
{
    struct berval dn, name, *values = NULL;
    BerElement *ber = NULL;

    memset(ret, 0, sizeof *ret);
    if (ldap_get_dn_ber(pen_ld(pen), message, &ber, &dn) != LDAP_SUCCESS)
        return;
    while (ldap_get_attribute_ber(pen_ld(pen), message, ber, &name, &values) == LDAP_SUCCESS && name.bv_val != NULL) {
        struct pen_attribute *attribute = &ret->attributes[ret->count];

        if (values == NULL || ret->count == PEN_ATTRIBUTES_MAX || name.bv_len >= sizeof attribute->name) {
            ber_memfree(values);
            continue;
        }
        snprintf(attribute->name, sizeof attribute->name, "%.*s", (int)name.bv_len, name.bv_val);
        attribute->values = values;
        ret->count++;
    }
    ber_free(ber, 0);
}

static void drop_entry(struct pen_entry *entry)
{
    for (size_t i = 0; i < entry->count; i++)
        ber_memfree(entry->attributes[i].values);
}

const struct berval *pen_values(const struct pen_entry *entry, const char *attribute)
{
    for (size_t i = 0; i < entry->count; i++)
        if (ascii_is(entry->attributes[i].name, attribute) && entry->attributes[i].values[0].bv_val != NULL)
            return entry->attributes[i].values;
    return NULL;
}

void pen_value(const struct pen_entry *entry, const char *attribute, char *ret, size_t size)
{
    const struct berval *values = pen_values(entry, attribute);

    *ret = '\0';
    if (values == NULL || values->bv_len >= size || memchr(values->bv_val, '\0', values->bv_len) != NULL)
        return;
    memcpy(ret, values->bv_val, values->bv_len);
    ret[values->bv_len] = '\0';
}

static void take_shown(struct pen *pen, LDAPMessage *message, struct shown *ret)
{
    struct pen_entry entry;

    memset(ret, 0, sizeof *ret);
    take_entry(pen, message, &entry);
    for (size_t i = 0; i < entry.count; i++)
        shown_take(ret, entry.attributes[i].name, entry.attributes[i].values);
    drop_entry(&entry);
}

static bool take_dn(struct pen *pen, LDAPMessage *entry, char ret[PEN_DN_SIZE])
{
    char *dn = ldap_get_dn(pen_ld(pen), entry);
    int length = dn != NULL ? snprintf(ret, PEN_DN_SIZE, "%s", dn) : -1;

    ldap_memfree(dn);
    return length > 0 && length < PEN_DN_SIZE;
}

static int search(struct pen *pen, const char *base, int scope, const char *filter, char ret_dn[PEN_DN_SIZE], struct shown *ret)
{
    LDAPMessage *message, *entry;
    int id = -1, result = LDAP_OTHER, parsed;
    int sent = ldap_search_ext(pen_ld(pen), base, scope, filter, (char **)(uintptr_t)shown_attributes, 0, NULL, NULL, NULL, 2, &id);

    if (sent != LDAP_SUCCESS)
        return pen_end(pen, sent);
    message = pen_await(pen, id, LDAP_MSG_ALL);
    if (message == NULL)
        return PEN_SILENT;
    parsed = ldap_parse_result(pen_ld(pen), message, &result, NULL, NULL, NULL, NULL, 0);
    result = parsed == LDAP_SUCCESS ? pen_end(pen, result) : pen_end(pen, LDAP_DECODING_ERROR);
    entry = ldap_first_entry(pen_ld(pen), message);
    if (result == PEN_DONE && entry == NULL)
        result = PEN_NO_SUCH_OBJECT;
    else if (result == PEN_DONE && (ldap_next_entry(pen_ld(pen), entry) != NULL || (ret_dn != NULL && !take_dn(pen, entry, ret_dn))))
        result = PEN_STRANGE;
    if (result == PEN_DONE)
        take_shown(pen, entry, ret);
    ldap_msgfree(message);
    return result;
}

int pen_read(struct pen *pen, const char *dn, struct shown *ret)
{
    return search(pen, dn, LDAP_SCOPE_BASE, "(&)", NULL, ret);
}

int pen_find(struct pen *pen, const char *base, const char *filter, char ret_dn[PEN_DN_SIZE], struct shown *ret)
{
    return search(pen, base, LDAP_SCOPE_ONELEVEL, filter, ret_dn, ret);
}

/* One message of a search; true when it was the last, with the search's result. */
static bool take_message(struct pen *pen, LDAPMessage *message, void (*take)(void *context, const struct pen_entry *entry),
                         void *context, int *ret)
{
    struct pen_entry entry;
    char *dn;

    if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY) {
        dn = ldap_get_dn(pen_ld(pen), message);
        take_entry(pen, message, &entry);
        entry.dn = dn != NULL ? dn : "";
        take(context, &entry);
        drop_entry(&entry);
        ldap_memfree(dn);
    }
    if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT)
        return false;
    if (ldap_parse_result(pen_ld(pen), message, ret, NULL, NULL, NULL, NULL, 0) != LDAP_SUCCESS)
        *ret = LDAP_DECODING_ERROR;
    *ret = pen_end(pen, *ret);
    return true;
}

int pen_each(struct pen *pen, const char *base, const char *filter, const char *const *attributes, long long until,
             void (*take)(void *context, const struct pen_entry *entry), void *context)
{
    int id = -1, result = PEN_SILENT;
    int sent = ldap_search_ext(pen_ld(pen), base, LDAP_SCOPE_ONELEVEL, filter, (char **)(uintptr_t)attributes, 0, NULL, NULL, NULL,
                               LDAP_NO_LIMIT, &id);
    bool ended = false;

    if (sent != LDAP_SUCCESS)
        return pen_end(pen, sent);
    while (!ended) {
        LDAPMessage *message = peer_clock_ms() < until ? pen_await(pen, id, LDAP_MSG_ONE) : NULL;

        if (message == NULL) {
            ldap_abandon_ext(pen_ld(pen), id, NULL, NULL);
            return pen_be_silent(pen, "no answer in time");
        }
        ended = take_message(pen, message, take, context, &result);
        ldap_msgfree(message);
    }
    return result;
}

bool pen_filter(const char *attribute, const char *value, char ret[PEN_FILTER_SIZE])
{
    struct berval in = { strlen(value), (char *)(uintptr_t)value }, out = { 0 };
    int length = ldap_bv2escaped_filter_value(&in, &out) == 0 ? snprintf(ret, PEN_FILTER_SIZE, "(%s=%s)", attribute, out.bv_val) : -1;

    ber_memfree(out.bv_val);
    return length > 0 && length < PEN_FILTER_SIZE;
}

