/*
 * libldap's calls for reading one entry and writing one. Each is sent and waited for on its own, so that a server that
 * hangs is left in time, and a write without an answer is known as that.
 */
#include "pen.h"

#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

struct pen {
    LDAP *ld;
    int wait_ms;
    char why[CONNECT_WHY_SIZE];
};

struct pen *pen_open(const char *uri, int wait_ms, const struct connect_as *as,
                     char why[CONNECT_WHY_SIZE], bool *ret_refused)
{
    struct pen *pen = calloc(1, sizeof *pen);

    *ret_refused = false;
    if (pen == NULL) {
        snprintf(why, CONNECT_WHY_SIZE, "memory is short");
        return NULL;
    }
    pen->wait_ms = wait_ms;
    pen->ld = connect_open(uri, wait_ms, as, why, ret_refused);
    if (pen->ld != NULL)
        return pen;
    free(pen);
    return NULL;
}

void pen_close(struct pen *pen)
{
    if (pen == NULL)
        return;
    connect_close(pen->ld);
    free(pen);
}

const char *pen_why(const struct pen *pen)
{
    return pen->why;
}

/* -- answers ---- */

/* An error of libldap's own is a negative number: no answer came. */
static int end(struct pen *pen, int result)
{
    if (result != LDAP_SUCCESS)
        connect_tell(pen->ld, result, pen->why);
    return result < 0 ? PEN_SILENT : result;
}

static int be_silent(struct pen *pen, const char *why)
{
    snprintf(pen->why, sizeof pen->why, "%s", why);
    return PEN_SILENT;
}

/* The whole answer to the message sent; NULL when none came in time. */
static LDAPMessage *await(struct pen *pen, int id)
{
    struct timeval wait = { pen->wait_ms / 1000, pen->wait_ms % 1000 * 1000L };
    LDAPMessage *answer = NULL;
    int got = ldap_result(pen->ld, id, LDAP_MSG_ALL, &wait, &answer), result = LDAP_OTHER;

    if (got > 0)
        return answer;
    ldap_msgfree(answer);
    if (got == 0) {
        ldap_abandon_ext(pen->ld, id, NULL, NULL);
        be_silent(pen, "no answer in time");
    } else {
        ldap_get_option(pen->ld, LDAP_OPT_RESULT_CODE, &result);
        connect_tell(pen->ld, result, pen->why);
    }
    return NULL;
}

/* A control of the answer as an entry. */
static bool read_control(LDAPControl **controls, const char *oid, struct shown *ret)
{
    LDAPControl *control = controls != NULL ? ldap_control_find(oid, controls, NULL) : NULL;

    return control != NULL && shown_read(&control->ldctl_value, ret);
}

/* Sent: its result, and the entry as the control shows it (NULL: none is looked for). */
static int finish(struct pen *pen, int sent, int id, const char *oid, struct shown *ret)
{
    LDAPControl **controls = NULL;
    LDAPMessage *message;
    int parsed, result = LDAP_OTHER;

    if (sent != LDAP_SUCCESS)
        return end(pen, sent);
    message = await(pen, id);
    if (message == NULL)
        return PEN_SILENT;
    parsed = ldap_parse_result(pen->ld, message, &result, NULL, NULL, NULL, &controls, 1);
    if (parsed == LDAP_SUCCESS && result == LDAP_SUCCESS && oid != NULL && !read_control(controls, oid, ret)) {
        ldap_controls_free(controls);
        snprintf(pen->why, sizeof pen->why, "the entry is not in the answer");
        return PEN_STRANGE;
    }
    ldap_controls_free(controls);
    return end(pen, parsed == LDAP_SUCCESS ? result : LDAP_DECODING_ERROR);
}

/* -- reading ---- */

static void take_entry(struct pen *pen, LDAPMessage *entry, struct shown *ret)
{
    struct berval dn, name, *values = NULL;
    BerElement *ber = NULL;
    char text[64];

    memset(ret, 0, sizeof *ret);
    if (ldap_get_dn_ber(pen->ld, entry, &ber, &dn) != LDAP_SUCCESS)
        return;
    while (ldap_get_attribute_ber(pen->ld, entry, ber, &name, &values) == LDAP_SUCCESS && name.bv_val != NULL) {
        snprintf(text, sizeof text, "%.*s", (int)(name.bv_len < sizeof text ? name.bv_len : 0), name.bv_val);
        shown_take(ret, text, values);
        ber_memfree(values);
        values = NULL;
    }
    ber_free(ber, 0);
}

static bool take_dn(struct pen *pen, LDAPMessage *entry, char ret[PEN_DN_SIZE])
{
    char *dn = ldap_get_dn(pen->ld, entry);
    int length = dn != NULL ? snprintf(ret, PEN_DN_SIZE, "%s", dn) : -1;

    ldap_memfree(dn);
    return length > 0 && length < PEN_DN_SIZE;
}

static int search(struct pen *pen, const char *base, int scope, const char *filter, char ret_dn[PEN_DN_SIZE], struct shown *ret)
{
    LDAPMessage *message, *entry;
    int id = -1, result = LDAP_OTHER, parsed;
    int sent = ldap_search_ext(pen->ld, base, scope, filter, (char **)(uintptr_t)shown_attributes, 0, NULL, NULL, NULL, 2, &id);

    if (sent != LDAP_SUCCESS)
        return end(pen, sent);
    message = await(pen, id);
    if (message == NULL)
        return PEN_SILENT;
    parsed = ldap_parse_result(pen->ld, message, &result, NULL, NULL, NULL, NULL, 0);
    result = parsed == LDAP_SUCCESS ? end(pen, result) : end(pen, LDAP_DECODING_ERROR);
    entry = ldap_first_entry(pen->ld, message);
    if (result == PEN_DONE && entry == NULL)
        result = PEN_NO_SUCH_OBJECT;
    else if (result == PEN_DONE && (ldap_next_entry(pen->ld, entry) != NULL || (ret_dn != NULL && !take_dn(pen, entry, ret_dn))))
        result = PEN_STRANGE;
    if (result == PEN_DONE)
        take_entry(pen, entry, ret);
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

/* -- writing ---- */

/* The controls of a write: what must hold, and the entry before or after it. */
struct controls {
    LDAPControl assertion, shown, *list[3];
    bool made;
};

static void free_controls(struct controls *controls)
{
    ber_memfree(controls->assertion.ldctl_value.bv_val);
    ber_memfree(controls->shown.ldctl_value.bv_val);
}

/* AttributeSelection (RFC 4511). */
static bool select_attributes(struct berval *ret)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    bool made = ber != NULL && ber_printf(ber, "{v}", shown_attributes) != -1 && ber_flatten2(ber, ret, 1) != -1;

    ber_free(ber, 1);
    return made;
}

static void make_controls(struct pen *pen, const char *assertion, const char *shown, struct controls *ret)
{
    size_t count = 0;

    memset(ret, 0, sizeof *ret);
    ret->assertion = (LDAPControl){ .ldctl_oid = (char *)LDAP_CONTROL_ASSERT, .ldctl_iscritical = 1 };
    ret->shown = (LDAPControl){ .ldctl_oid = (char *)(uintptr_t)shown, .ldctl_iscritical = 1 };
    ret->made = select_attributes(&ret->shown.ldctl_value);
    ret->list[count++] = &ret->shown;
    if (assertion == NULL)
        return;
    ret->made = ret->made && ldap_create_assertion_control_value(pen->ld, (char *)(uintptr_t)assertion, &ret->assertion.ldctl_value) == LDAP_SUCCESS;
    ret->list[count] = &ret->assertion;
}

/* The library's form of the attributes. */
struct mods {
    LDAPMod mods[FACTS_MAX], *list[FACTS_MAX + 1];
    struct berval *values[FACTS_VALUES_MAX + FACTS_MAX];
};

/* A new entry has no attribute without a value. */
static void make_mods(const struct facts *facts, bool adds, struct mods *ret)
{
    size_t used = 0, count = 0;

    memset(ret, 0, sizeof *ret);
    for (size_t i = 0; i < facts->count; i++) {
        const struct facts_attribute *attribute = &facts->attributes[i];

        if (adds && attribute->count == 0)
            continue;
        ret->mods[count] = (LDAPMod){ .mod_op = (adds ? LDAP_MOD_ADD : LDAP_MOD_REPLACE) | LDAP_MOD_BVALUES,
                                      .mod_type = (char *)(uintptr_t)attribute->name,
                                      .mod_bvalues = attribute->count > 0 ? ret->values + used : NULL };
        for (size_t at = 0; at < attribute->count; at++)
            ret->values[used++] = (struct berval *)(uintptr_t)&facts->values[attribute->first + at];
        used++;
        ret->list[count] = &ret->mods[count];
        count++;
    }
}

static struct mods mods; /* one process, one write at a time */

static int fail_controls(struct pen *pen, struct controls *controls)
{
    free_controls(controls);
    snprintf(pen->why, sizeof pen->why, "memory is short");
    return LDAP_OTHER;
}

int pen_modify(struct pen *pen, const char *dn, const struct facts *facts, const char *assertion, struct shown *ret)
{
    struct controls controls;
    int id = -1, sent;

    make_controls(pen, assertion, LDAP_CONTROL_POST_READ, &controls);
    if (!controls.made)
        return fail_controls(pen, &controls);
    make_mods(facts, false, &mods);
    sent = ldap_modify_ext(pen->ld, dn, mods.list, controls.list, NULL, &id);
    free_controls(&controls);
    return finish(pen, sent, id, LDAP_CONTROL_POST_READ, ret);
}

int pen_add(struct pen *pen, const char *dn, const struct facts *facts, struct shown *ret)
{
    struct controls controls;
    int id = -1, sent;

    make_controls(pen, NULL, LDAP_CONTROL_POST_READ, &controls);
    if (!controls.made)
        return fail_controls(pen, &controls);
    make_mods(facts, true, &mods);
    sent = ldap_add_ext(pen->ld, dn, mods.list, controls.list, NULL, &id);
    free_controls(&controls);
    return finish(pen, sent, id, LDAP_CONTROL_POST_READ, ret);
}

int pen_rename(struct pen *pen, const char *dn, const char *new_rdn, const char *assertion, struct shown *ret)
{
    struct controls controls;
    int id = -1, sent;

    make_controls(pen, assertion, LDAP_CONTROL_POST_READ, &controls);
    if (!controls.made)
        return fail_controls(pen, &controls);
    sent = ldap_rename(pen->ld, dn, new_rdn, NULL, 0, controls.list, NULL, &id);
    free_controls(&controls);
    return finish(pen, sent, id, LDAP_CONTROL_POST_READ, ret);
}

int pen_remove(struct pen *pen, const char *dn)
{
    int id = -1;
    int sent = ldap_delete_ext(pen->ld, dn, NULL, NULL, &id);

    return finish(pen, sent, id, NULL, NULL);
}

int pen_count(struct pen *pen, const char *dn, uint64_t *ret)
{
    struct berval one = { 1, (char *)"1" }, *values[] = { &one, NULL };
    LDAPMod more = { .mod_op = LDAP_MOD_INCREMENT | LDAP_MOD_BVALUES, .mod_type = (char *)"coderCounter", .mod_bvalues = values };
    LDAPMod *list[] = { &more, NULL };
    struct controls controls;
    struct shown before = { .counter = 0 };
    int id = -1, result;

    make_controls(pen, NULL, LDAP_CONTROL_PRE_READ, &controls);
    if (!controls.made)
        return fail_controls(pen, &controls);
    result = ldap_modify_ext(pen->ld, dn, list, controls.list, NULL, &id);
    free_controls(&controls);
    result = finish(pen, result, id, LDAP_CONTROL_PRE_READ, &before);
    *ret = before.counter;
    return result;
}
