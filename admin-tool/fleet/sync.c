/*
 * liblber takes the octets apart; what they may be is here.
 */
#include "sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UUID_OCTETS = 16, REFRESH_AND_PERSIST = 3 };

/* RFC 4533 2.2 to 2.5. The tags of its choice: context-specific, constructed but for the first. */
static const ber_tag_t tag_new_cookie = 0x80, tag_refresh_delete = 0xa1, tag_refresh_present = 0xa2, tag_id_set = 0xa3;

static bool write_uuid(const struct berval *octets, char ret[SYNC_UUID_SIZE])
{
    size_t used = 0;

    if (octets->bv_len != UUID_OCTETS)
        return false;
    for (size_t i = 0; i < UUID_OCTETS; i++)
        used += (size_t)snprintf(ret + used, SYNC_UUID_SIZE - used, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                                 (unsigned char)octets->bv_val[i]);
    return true;
}

/* liblber wants at least one. */
static BerElement *begin(const struct berval *value)
{
    struct berval octets = *value;

    return octets.bv_val != NULL && octets.bv_len > 0 ? ber_init(&octets) : NULL;
}

static bool is_next(BerElement *ber, ber_tag_t tag)
{
    ber_len_t length;

    return ber_peek_tag(ber, &length) == tag;
}

/* An optional cookie. */
static bool read_cookie(BerElement *ber, struct cookie *ret, bool *ret_has)
{
    struct berval octets;

    if (!is_next(ber, LBER_OCTETSTRING))
        return true;
    *ret_has = true;
    return ber_scanf(ber, "m", &octets) != LBER_ERROR && cookie_parse(octets.bv_val, octets.bv_len, ret);
}

/* An optional boolean. */
static bool read_boolean(BerElement *ber, bool *ret)
{
    ber_int_t value;

    if (!is_next(ber, LBER_BOOLEAN))
        return true;
    if (ber_scanf(ber, "b", &value) == LBER_ERROR)
        return false;
    *ret = value != 0;
    return true;
}

static bool parse_entry(BerElement *ber, struct sync_entry *ret)
{
    struct berval uuid;
    ber_int_t state;

    if (ber_scanf(ber, "{em", &state, &uuid) == LBER_ERROR || state < SYNC_PRESENT || state > SYNC_DELETE)
        return false;
    ret->state = (enum sync_state)state;
    return write_uuid(&uuid, ret->uuid) && read_cookie(ber, &ret->cookie, &ret->has_cookie);
}

bool sync_read_entry(const struct berval *value, struct sync_entry *ret)
{
    struct sync_entry entry = { 0 };
    BerElement *ber = begin(value);
    bool read = ber != NULL && parse_entry(ber, &entry);

    ber_free(ber, 1);
    if (read)
        *ret = entry;
    return read;
}

static bool add_uuid(struct sync_info *info, size_t *room, const struct berval *octets)
{
    if (info->count == *room) {
        size_t more = *room > 0 ? *room * 2 : 64;
        void *grown = reallocarray(info->uuids, more, sizeof *info->uuids);

        if (grown == NULL)
            return false;
        info->uuids = grown;
        *room = more;
    }
    return write_uuid(octets, info->uuids[info->count++]);
}

static ber_len_t left(BerElement *ber)
{
    ber_len_t octets = 0;

    return ber_get_option(ber, LBER_OPT_BER_REMAINING_BYTES, &octets) == LBER_OPT_SUCCESS ? octets : 0;
}

/* The last of its message. */
static bool read_set(BerElement *ber, struct sync_info *ret)
{
    struct berval set, id;
    BerElement *ids;
    size_t room = 0;
    bool read = ber_skip_element(ber, &set) == LBER_SET && left(ber) == 0;

    if (!read || set.bv_len == 0)
        return read;
    ids = begin(&set);
    read = ids != NULL;
    while (read && left(ids) > 0)
        read = ber_skip_element(ids, &id) == LBER_OCTETSTRING && add_uuid(ret, &room, &id);
    ber_free(ids, 1);
    return read;
}

static bool parse_info(BerElement *ber, struct sync_info *ret)
{
    struct berval octets;
    ber_len_t length;
    ber_tag_t tag = ber_peek_tag(ber, &length);

    if (tag == tag_new_cookie) {
        ret->kind = SYNC_NEW_COOKIE;
        ret->has_cookie = true;
        return ber_scanf(ber, "m", &octets) != LBER_ERROR && cookie_parse(octets.bv_val, octets.bv_len, &ret->cookie);
    }
    if (tag != tag_refresh_delete && tag != tag_refresh_present && tag != tag_id_set)
        return false;
    if (ber_skip_tag(ber, &length) == LBER_ERROR || !read_cookie(ber, &ret->cookie, &ret->has_cookie))
        return false;
    if (tag == tag_id_set) {
        ret->kind = SYNC_ID_SET;
        return read_boolean(ber, &ret->delete) && read_set(ber, ret);
    }
    ret->kind = tag == tag_refresh_delete ? SYNC_REFRESH_DELETE : SYNC_REFRESH_PRESENT;
    ret->done = true; /* as it is where nothing is said */
    return read_boolean(ber, &ret->done);
}

bool sync_read_info(const struct berval *value, struct sync_info *ret)
{
    struct sync_info info = { 0 };
    BerElement *ber = begin(value);
    bool read = ber != NULL && parse_info(ber, &info);

    ber_free(ber, 1);
    if (read)
        *ret = info;
    else
        sync_free_info(&info);
    return read;
}

void sync_free_info(struct sync_info *info)
{
    free(info->uuids);
    info->uuids = NULL;
    info->count = 0;
}

struct berval *sync_write_request(const char *cookie)
{
    struct berval *value = NULL;
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    int rc;

    if (ber == NULL)
        return NULL;
    rc = cookie[0] == '\0' ? ber_printf(ber, "{e}", REFRESH_AND_PERSIST)
                           : ber_printf(ber, "{es}", REFRESH_AND_PERSIST, cookie);
    if (rc == -1 || ber_flatten(ber, &value) == -1)
        value = NULL;
    ber_free(ber, 1);
    return value;
}
