/*
 * libldap's calls. Its copies of the passwords end with the process, which is one change's and cannot be looked into.
 */
#include "exop.h"

#include <ldap.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>

static struct berval octets_of(const char *text)
{
    return (struct berval){ strlen(text), (char *)(uintptr_t)text };
}

/* The whole answer to what was sent; NULL: none in time. */
static LDAPMessage *await(LDAP *ld, int id, int wait_ms)
{
    struct timeval wait = { wait_ms / 1000, wait_ms % 1000 * 1000L };
    LDAPMessage *answer = NULL;

    if (ldap_result(ld, id, LDAP_MSG_ALL, &wait, &answer) > 0)
        return answer;
    ldap_msgfree(answer);
    return NULL;
}

/* -- does it write ---- */

static bool is_true(LDAP *ld, LDAPMessage *answer, const char *attribute)
{
    LDAPMessage *entry = ldap_first_entry(ld, answer);
    struct berval **values = entry != NULL ? ldap_get_values_len(ld, entry, attribute) : NULL;
    bool found = values != NULL && values[0] != NULL && values[0]->bv_len == 4 && memcmp(values[0]->bv_val, "TRUE", 4) == 0;

    ldap_value_free_len(values);
    return found;
}

enum exop_end exop_find_writer(struct ldap *ld, int wait_ms)
{
    char *attributes[] = { (char *)"olcReadOnly", NULL };
    LDAPMessage *answer;
    bool stands_by;
    int id = -1;

    if (ldap_search_ext(ld, "olcDatabase={2}mdb,cn=config", LDAP_SCOPE_BASE, "(&)", attributes, 0, NULL, NULL, NULL, 1, &id) != LDAP_SUCCESS)
        return EXOP_NEXT;
    answer = await(ld, id, wait_ms);
    if (answer == NULL)
        return EXOP_NEXT;
    stands_by = is_true(ld, answer, attributes[0]);
    ldap_msgfree(answer);
    return stands_by ? EXOP_NEXT : EXOP_DONE;
}

/* -- results ---- */

/* slapd says 53 both of a database that stands by and of an old password that it does not find good. */
static enum exop_end end_of_unwilling(const char *why)
{
    return strstr(why, "restricted") != NULL || strstr(why, "shadow") != NULL ? EXOP_NEXT : EXOP_WRONG;
}

static enum exop_end end_of(int result, LDAPPasswordPolicyError policy, const char *why)
{
    switch (result) {
    case LDAP_SUCCESS:
        return EXOP_DONE;
    case LDAP_INVALID_CREDENTIALS:
    case LDAP_NO_SUCH_ATTRIBUTE: /* the old one, which slapd takes away with its value: another came while it was hashed */
        return EXOP_WRONG;
    case LDAP_UNWILLING_TO_PERFORM:
        return end_of_unwilling(why);
    case LDAP_REFERRAL:
    case LDAP_BUSY:
    case LDAP_UNAVAILABLE:
        return EXOP_NEXT;
    case LDAP_CONSTRAINT_VIOLATION:
        if (policy == PP_passwordInHistory)
            return EXOP_USED;
        return policy == PP_passwordTooYoung ? EXOP_EARLY : EXOP_REFUSED;
    default:
        return EXOP_REFUSED;
    }
}

/* What ppolicy says of it, behind the result. */
static LDAPPasswordPolicyError policy_of(LDAP *ld, LDAPControl **controls)
{
    LDAPControl *control = controls != NULL ? ldap_control_find(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, controls, NULL) : NULL;
    LDAPPasswordPolicyError error = PP_noError;
    ber_int_t expires = -1, grace = -1;

    if (control == NULL || ldap_parse_passwordpolicy_control(ld, control, &expires, &grace, &error) != LDAP_SUCCESS)
        return PP_noError;
    return error;
}

/* sent: whether it was, and as which message. */
static enum exop_end finish(LDAP *ld, int sent, int id, int wait_ms, char why[CONNECT_WHY_SIZE])
{
    LDAPMessage *answer = sent == LDAP_SUCCESS ? await(ld, id, wait_ms) : NULL;
    LDAPControl **controls = NULL;
    LDAPPasswordPolicyError policy;
    int result = LDAP_OTHER;

    if (answer == NULL || ldap_parse_result(ld, answer, &result, NULL, NULL, NULL, &controls, 1) != LDAP_SUCCESS)
        return EXOP_SILENT;
    policy = policy_of(ld, controls);
    ldap_controls_free(controls);
    connect_tell(ld, result, why);
    return end_of(result, policy, why);
}

enum exop_end exop_bind(struct ldap *ld, const char *dn, const char *password, int wait_ms, char why[CONNECT_WHY_SIZE])
{
    struct berval credential = octets_of(password);
    int id = -1, sent = ldap_sasl_bind(ld, dn, LDAP_SASL_SIMPLE, &credential, NULL, NULL, &id);

    return finish(ld, sent, id, wait_ms, why);
}

enum exop_end exop_change(struct ldap *ld, const char *old, const char *new_password, int wait_ms, char why[CONNECT_WHY_SIZE])
{
    struct berval old_octets = octets_of(old), new_octets = octets_of(new_password);
    LDAPControl policy = { .ldctl_oid = (char *)LDAP_CONTROL_PASSWORDPOLICYREQUEST }, *controls[] = { &policy, NULL };
    int id = -1, sent = ldap_passwd(ld, NULL, &old_octets, &new_octets, controls, NULL, &id);

    return finish(ld, sent, id, wait_ms, why);
}
