/*
 * libldap's calls for writing one entry. Each is sent and waited for on its own, so that a server that
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

struct ldap *pen_ld(struct pen *pen)
{
    return pen->ld;
}

const char *pen_why(const struct pen *pen)
{
    return pen->why;
}

/* -- answers ---- */

int pen_end(struct pen *pen, int result)
{
    if (result != LDAP_SUCCESS)
        connect_tell(pen->ld, result, pen->why);
    return result < 0 ? PEN_SILENT : result;
}

int pen_be_silent(struct pen *pen, const char *why)
{
    snprintf(pen->why, sizeof pen->why, "%s", why);
    return PEN_SILENT;
}

struct ldapmsg *pen_await(struct pen *pen, int id, int how)
{
    struct timeval wait = { pen->wait_ms / 1000, pen->wait_ms % 1000 * 1000L };
    LDAPMessage *answer = NULL;
    int got = ldap_result(pen->ld, id, how, &wait, &answer), result = LDAP_OTHER;

    if (got > 0)
        return answer;
    ldap_msgfree(answer);
    if (got == 0) {
        ldap_abandon_ext(pen->ld, id, NULL, NULL);
        pen_be_silent(pen, "no answer in time");
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
        return pen_end(pen, sent);
    message = pen_await(pen, id, LDAP_MSG_ALL);
    if (message == NULL)
        return PEN_SILENT;
    parsed = ldap_parse_result(pen->ld, message, &result, NULL, NULL, NULL, &controls, 1);
    if (parsed == LDAP_SUCCESS && result == LDAP_SUCCESS && oid != NULL && !read_control(controls, oid, ret)) {
        ldap_controls_free(controls);
        snprintf(pen->why, sizeof pen->why, "the entry is not in the answer");
        return PEN_STRANGE;
    }
    ldap_controls_free(controls);
    return pen_end(pen, parsed == LDAP_SUCCESS ? result : LDAP_DECODING_ERROR);
}

/* -- writing ---- */

/* The controls of a write: what must hold, and the entry before or after it; where who may manage writes what is the
 * engine's (draft-zeilenga-ldap-relax). */
struct controls {
    LDAPControl assertion, shown, relax, *list[4];
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

static void relax(struct controls *controls)
{
    size_t count = 0;

    controls->relax = (LDAPControl){ .ldctl_oid = (char *)LDAP_CONTROL_RELAX, .ldctl_iscritical = 1 };
    while (controls->list[count] != NULL)
        count++;
    controls->list[count] = &controls->relax;
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
    if (facts->relaxed)
        relax(&controls);
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

int pen_member(struct pen *pen, const char *group, const char *member, bool is_one)
{
    struct berval value = { strlen(member), (char *)(uintptr_t)member }, *values[] = { &value, NULL };
    LDAPMod mod = { .mod_op = (is_one ? LDAP_MOD_ADD : LDAP_MOD_DELETE) | LDAP_MOD_BVALUES, .mod_type = (char *)"member", .mod_bvalues = values };
    LDAPMod *list[] = { &mod, NULL };
    int id = -1, result = ldap_modify_ext(pen->ld, group, list, NULL, NULL, &id);

    result = finish(pen, result, id, NULL, NULL);
    return result == (is_one ? PEN_VALUE_EXISTS : PEN_NO_SUCH_VALUE) ? PEN_DONE : result;
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
