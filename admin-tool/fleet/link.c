/*
 * libldap's search and control calls. Its ldap_sync.h is not enough: it replaces cookies, and waits without an end.
 */
#include "link.h"

#include <ldap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "sql/ascii.h"
#include "connect.h"
#include "entry.h"

enum { ATTRIBUTES_MAX = 32 };

struct link {
    LDAP *ld;
    const struct settings *settings;
    int wait_ms;
    int follow_id, beat_id;
    bool beat_admitted;
    char why[LINK_WHY_SIZE];
};

const char *link_why(const struct link *link)
{
    return link->why;
}

int link_descriptor(const struct link *link)
{
    int fd = -1;

    ldap_get_option(link->ld, LDAP_OPT_DESC, &fd);
    return fd;
}

/* -- what went wrong ---- */

static void tell(struct link *link, const char *what)
{
    snprintf(link->why, sizeof link->why, "%s", what);
}

static void tell_result(struct link *link, int result)
{
    connect_tell(link->ld, result, link->why);
}

static void tell_last(struct link *link)
{
    int result = LDAP_OTHER;

    ldap_get_option(link->ld, LDAP_OPT_RESULT_CODE, &result);
    tell_result(link, result);
}

struct link *link_open(const struct settings *settings, const char *uri, int wait_ms, char why[LINK_WHY_SIZE])
{
    static const struct connect_as host;
    struct link *link = calloc(1, sizeof *link);
    bool refused;

    if (link == NULL) {
        snprintf(why, LINK_WHY_SIZE, "memory is short");
        return NULL;
    }
    link->settings = settings;
    link->wait_ms = wait_ms;
    link->follow_id = link->beat_id = -1;
    link->ld = connect_open(uri, wait_ms, &host, why, &refused);
    if (link->ld != NULL)
        return link;
    free(link);
    return NULL;
}

void link_close(struct link *link)
{
    if (link == NULL)
        return;
    connect_close(link->ld);
    free(link);
}

/* -- one entry ---- */

static const char *const host_attributes[] = { "coderScope", NULL };
static const char *const context_attributes[] = { "contextCSN", NULL };

/* Its filter is true of everything (RFC 4526), and asks for no right to look into the entry. */
static int ask(struct link *link, const char *dn, const char *const *attributes)
{
    int id = -1;
    int result = ldap_search_ext(link->ld, dn, LDAP_SCOPE_BASE, "(&)", (char **)attributes, 0, NULL, NULL, NULL, 1, &id);

    if (result != LDAP_SUCCESS)
        tell_result(link, result);
    return result == LDAP_SUCCESS ? id : -1;
}

/* The values of the one attribute asked for, NULL when it is not there. */
static struct berval **values_in(struct link *link, LDAPMessage *answer, const char *attribute)
{
    LDAPMessage *entry = ldap_first_entry(link->ld, answer);

    return entry != NULL ? ldap_get_values_len(link->ld, entry, attribute) : NULL;
}

/* Waits for the whole answer. NULL: there is none. */
static LDAPMessage *read_entry(struct link *link, const char *dn, const char *const *attributes)
{
    struct timeval wait = { link->wait_ms / 1000, link->wait_ms % 1000 * 1000L };
    LDAPMessage *answer = NULL;
    int id = ask(link, dn, attributes), got;

    if (id < 0)
        return NULL;
    got = ldap_result(link->ld, id, LDAP_MSG_ALL, &wait, &answer);
    if (got > 0)
        return answer;
    if (got == 0)
        tell(link, "no answer in time");
    else
        tell_last(link);
    return NULL;
}

bool link_is_admitted(struct link *link, bool *ret_failed)
{
    LDAPMessage *answer = read_entry(link, link->settings->host, host_attributes);
    struct berval **scopes = answer != NULL ? values_in(link, answer, host_attributes[0]) : NULL;
    bool admitted = scopes != NULL && scopes[0] != NULL;

    *ret_failed = answer == NULL;
    ldap_value_free_len(scopes);
    ldap_msgfree(answer);
    return admitted;
}

bool link_read_context(struct link *link, struct cookie *ret)
{
    LDAPMessage *answer = read_entry(link, link->settings->base, context_attributes);
    struct berval **csns = answer != NULL ? values_in(link, answer, context_attributes[0]) : NULL;
    bool read = answer != NULL;

    memset(ret, 0, sizeof *ret);
    for (size_t i = 0; read && csns != NULL && csns[i] != NULL; i++)
        read = cookie_add(ret, csns[i]->bv_val, csns[i]->bv_len);
    if (answer != NULL && !read)
        tell(link, "its contextCSN is none");
    ldap_value_free_len(csns);
    ldap_msgfree(answer);
    return read;
}

/* -- following ---- */

bool link_follow(struct link *link, const char *cookie)
{
    struct berval *request = sync_write_request(cookie);
    LDAPControl control = { .ldctl_oid = (char *)LDAP_CONTROL_SYNC, .ldctl_iscritical = 1 }, *controls[] = { &control, NULL };
    char people[SETTINGS_VALUE_SIZE + 16];
    int result;

    if (request == NULL) {
        tell(link, "memory is short");
        return false;
    }
    control.ldctl_value = *request;
    snprintf(people, sizeof people, "ou=people,%s", link->settings->base);
    result = ldap_search_ext(link->ld, people, LDAP_SCOPE_SUBTREE, "(objectClass=posixAccount)", (char **)entry_attributes, 0,
                             controls, NULL, NULL, LDAP_NO_LIMIT, &link->follow_id);
    ber_bvfree(request);
    if (result != LDAP_SUCCESS)
        tell_result(link, result);
    return result == LDAP_SUCCESS;
}

bool link_beat(struct link *link)
{
    link->beat_admitted = false;
    link->beat_id = ask(link, link->settings->host, host_attributes);
    return link->beat_id >= 0;
}

/* -- messages ---- */

static bool lose(struct link *link, struct link_event *event, const char *why)
{
    if (why != NULL)
        tell(link, why);
    event->kind = LINK_LOST;
    return false;
}

static bool read_state(struct link *link, LDAPMessage *message, struct sync_entry *ret)
{
    LDAPControl **controls = NULL, *state;
    bool read = ldap_get_entry_controls(link->ld, message, &controls) == LDAP_SUCCESS && controls != NULL &&
                (state = ldap_control_find(LDAP_CONTROL_SYNC_STATE, controls, NULL)) != NULL &&
                sync_read_entry(&state->ldctl_value, ret);

    ldap_controls_free(controls);
    return read;
}

/* The name that stands in the DN first. One of several that is none of theirs is no name. */
static void put_name_first(const struct berval *dn, struct entry_attribute *uid)
{
    struct berval *values = (struct berval *)(uintptr_t)uid->values, name = { 0 };
    struct berval text = *dn;
    LDAPDN parts = NULL;
    size_t at = 0;

    if (ldap_bv2dn(&text, &parts, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS && parts != NULL && parts[0] != NULL &&
        parts[0][0] != NULL && parts[0][1] == NULL && ascii_is(parts[0][0]->la_attr.bv_val, "uid"))
        name = parts[0][0]->la_value;
    while (at < uid->count &&
           (name.bv_val == NULL || !ascii_equals(values[at].bv_val, values[at].bv_len, name.bv_val)))
        at++;
    if (at < uid->count) {
        struct berval first = values[at];

        values[at] = values[0];
        values[0] = first;
    } else {
        uid->count = 0;
    }
    ldap_dnfree(parts);
}

/* Names and values stay the message's; what holds them is to be freed. */
static bool read_attributes(struct link *link, LDAPMessage *message, struct entry_attribute attributes[ATTRIBUTES_MAX], size_t *ret)
{
    struct berval dn, name, *values;
    BerElement *ber = NULL;
    size_t count = 0;
    bool read = ldap_get_dn_ber(link->ld, message, &ber, &dn) == LDAP_SUCCESS;

    while (read && (read = ldap_get_attribute_ber(link->ld, message, ber, &name, &values) == LDAP_SUCCESS) &&
           name.bv_val != NULL) {
        size_t found = 0;

        while (values != NULL && values[found].bv_val != NULL)
            found++;
        if (count == ATTRIBUTES_MAX) {
            ber_memfree(values);
            read = false;
            break;
        }
        attributes[count] = (struct entry_attribute){ name.bv_val, values, found };
        if (found > 1 && ascii_is(name.bv_val, "uid"))
            put_name_first(&dn, &attributes[count]);
        count++;
    }
    ber_free(ber, 0);
    *ret = count;
    return read;
}

static bool take_entry(struct link *link, LDAPMessage *message, struct link_event *ret, struct json_line *line)
{
    struct entry_attribute attributes[ATTRIBUTES_MAX];
    size_t count = 0;
    bool read;

    if (!read_state(link, message, &ret->entry))
        return lose(link, ret, "an entry without a sound state");
    ret->kind = LINK_ENTRY;
    if (ret->entry.state == SYNC_PRESENT || ret->entry.state == SYNC_DELETE)
        return true;
    read = read_attributes(link, message, attributes, &count);
    if (read)
        entry_write(ret->entry.uuid, attributes, count, line);
    for (size_t i = 0; i < count; i++)
        ber_memfree((void *)(uintptr_t)attributes[i].values);
    return read || lose(link, ret, "an entry that cannot be taken apart");
}

static bool take_info(struct link *link, LDAPMessage *message, struct link_event *ret)
{
    struct berval *value = NULL;
    char *oid = NULL;
    bool read = ldap_parse_intermediate(link->ld, message, &oid, &value, NULL, 0) == LDAP_SUCCESS && oid != NULL &&
                value != NULL && strcmp(oid, LDAP_SYNC_INFO) == 0 && sync_read_info(value, &ret->info);

    ldap_memfree(oid);
    ber_bvfree(value);
    ret->kind = LINK_INFO;
    return read || lose(link, ret, "a message that is none of content synchronization");
}

static bool take_end(struct link *link, LDAPMessage *message, struct link_event *ret)
{
    ret->kind = LINK_ENDED;
    if (ldap_parse_result(link->ld, message, &ret->result, NULL, NULL, NULL, NULL, 0) != LDAP_SUCCESS)
        return lose(link, ret, "an end that cannot be taken apart");
    tell_result(link, ret->result);
    return true;
}

static void take_beat(struct link *link, LDAPMessage *message, struct link_event *ret)
{
    struct berval **scopes;

    ret->kind = LINK_OTHER;
    if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY) {
        scopes = ldap_get_values_len(link->ld, message, host_attributes[0]);
        link->beat_admitted = scopes != NULL && scopes[0] != NULL;
        ldap_value_free_len(scopes);
    } else if (ldap_msgtype(message) == LDAP_RES_SEARCH_RESULT) {
        ret->kind = LINK_BEAT;
        ret->admitted = link->beat_admitted;
        link->beat_id = -1;
    }
}

static void take(struct link *link, LDAPMessage *message, struct link_event *ret, struct json_line *line)
{
    int id = ldap_msgid(message), type = ldap_msgtype(message);

    ret->kind = LINK_OTHER;
    if (id == link->beat_id)
        take_beat(link, message, ret);
    else if (id == link->follow_id && type == LDAP_RES_SEARCH_ENTRY)
        take_entry(link, message, ret, line);
    else if (id == link->follow_id && type == LDAP_RES_INTERMEDIATE)
        take_info(link, message, ret);
    else if (id == link->follow_id && type == LDAP_RES_SEARCH_RESULT)
        take_end(link, message, ret);
}

void link_next(struct link *link, struct link_event *ret, struct json_line *line)
{
    struct timeval now = { 0, 0 };
    LDAPMessage *message = NULL;
    int got = ldap_result(link->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &now, &message);

    memset(ret, 0, sizeof *ret);
    if (got > 0) {
        take(link, message, ret, line);
    } else if (got < 0) {
        tell_last(link);
        ret->kind = LINK_LOST;
    }
    ldap_msgfree(message);
}
