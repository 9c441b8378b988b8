/*
 * liblber takes the entry apart. Whatever the form of a value is, it fits or is not taken.
 */
#include "shown.h"

#include <stdio.h>
#include <string.h>

#include "sql/ascii.h"

const char *const shown_attributes[] = { "entryUUID",    "entryCSN",   "modifiersName", "coderStatus", "uidNumber",
                                          "coderExpires", "coderCounter", "coderScope",    NULL };

static void copy(const struct berval *value, char *ret, size_t size)
{
    if (value->bv_len >= size || memchr(value->bv_val, '\0', value->bv_len) != NULL)
        return;
    memcpy(ret, value->bv_val, value->bv_len);
    ret[value->bv_len] = '\0';
}

static uint64_t number_of(const struct berval *value)
{
    uint64_t number = 0;

    if (value->bv_len > 12)
        return 0;
    for (ber_len_t i = 0; i < value->bv_len; i++) {
        if (value->bv_val[i] < '0' || value->bv_val[i] > '9')
            return 0;
        number = number * 10 + (unsigned)(value->bv_val[i] - '0');
    }
    return number;
}

static void take_scopes(struct shown *shown, const struct berval *values)
{
    for (; values->bv_val != NULL && shown->scope_count < SHOWN_SCOPES_MAX; values++) {
        shown->scopes[shown->scope_count][0] = '\0';
        copy(values, shown->scopes[shown->scope_count], SHOWN_SCOPE_SIZE);
        shown->scope_count += shown->scopes[shown->scope_count][0] != '\0';
    }
}

void shown_take(struct shown *shown, const char *name, const struct berval *values)
{
    const struct {
        const char *name;
        char *text;
        uint64_t *number;
    } places[] = {
        { "entryUUID", shown->entry_uuid, NULL }, { "entryCSN", shown->csn, NULL },
        { "modifiersName", shown->by, NULL },     { "coderStatus", shown->status, NULL },
        { "uidNumber", NULL, &shown->uid },       { "coderExpires", NULL, &shown->expires_at },
        { "coderCounter", NULL, &shown->counter },
    };

    if (values == NULL || values->bv_val == NULL)
        return;
    if (ascii_is(name, "coderScope"))
        take_scopes(shown, values);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (!ascii_is(name, places[i].name))
            continue;
        if (places[i].text != NULL)
            copy(values, places[i].text, SHOWN_TEXT_SIZE);
        else
            *places[i].number = number_of(values);
    }
}

static bool read_attribute(BerElement *ber, struct shown *shown)
{
    BerVarray values = NULL;
    struct berval name;
    char text[64] = "";

    if (ber_scanf(ber, "{m" /*}*/, &name) == LBER_ERROR || ber_scanf(ber, /*{*/ "[W]}", &values) == LBER_ERROR)
        return false;
    copy(&name, text, sizeof text);
    shown_take(shown, text, values);
    ber_bvarray_free(values);
    return true;
}

bool shown_read(const struct berval *control, struct shown *ret)
{
    struct berval octets = *control, dn;
    BerElement *ber = octets.bv_len > 0 ? ber_init(&octets) : NULL; /* liblber reads on from nothing */
    ber_len_t length;
    char *end;
    bool read;

    memset(ret, 0, sizeof *ret);
    if (ber == NULL)
        return false;
    read = ber_scanf(ber, "{m" /*}*/, &dn) != LBER_ERROR;
    for (ber_tag_t tag = read ? ber_first_element(ber, &length, &end) : LBER_DEFAULT; read && tag != LBER_DEFAULT;
         tag = ber_next_element(ber, &length, end))
        read = read_attribute(ber, ret);
    ber_free(ber, 1);
    return read;
}
