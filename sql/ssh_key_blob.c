/*
 * The blob of a public key, field by field. A blob has one reading only: numbers in their shortest form, nothing
 * behind the last field; for sshd compares what it read, and a fingerprint is of the octets.
 */
#include "ssh_key_blob.h"

#include <sha2.h>
#include <stdint.h>
#include <string.h>

/* -- types -------------------------------------------------------------------------------- */

enum form { FORM_RSA, FORM_ECDSA, FORM_ED25519, FORM_SK_ECDSA, FORM_SK_ED25519, FORM_DSA };

struct type {
    const char *name, *curve; /* curve: of ECDSA */
    size_t point;             /* octets of a point in its uncompressed form (SEC 1 2.3.3) */
    enum form form;
    unsigned bits;
};

static const struct type types[] = {
    { "ssh-ed25519", NULL, 0, FORM_ED25519, 256 },
    { "ssh-rsa", NULL, 0, FORM_RSA, 0 },
    { "ecdsa-sha2-nistp256", "nistp256", 65, FORM_ECDSA, 256 },
    { "ecdsa-sha2-nistp384", "nistp384", 97, FORM_ECDSA, 384 },
    { "ecdsa-sha2-nistp521", "nistp521", 133, FORM_ECDSA, 521 },
    { "sk-ssh-ed25519@openssh.com", NULL, 0, FORM_SK_ED25519, 256 },
    { "sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", 65, FORM_SK_ECDSA, 256 },
    { "ssh-dss", NULL, 0, FORM_DSA, 0 },
};

static const struct type *find_type(const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strlen(types[i].name) == length && memcmp(types[i].name, word, length) == 0)
            return &types[i];
    return NULL;
}

static bool is_certificate(const char *word, size_t length)
{
    static const char end[] = "-cert-v01@openssh.com";

    return length >= sizeof end && memcmp(word + length - (sizeof end - 1), end, sizeof end - 1) == 0;
}

bool ssh_key_type_is_known(const char *word, size_t length)
{
    return find_type(word, length) != NULL || is_certificate(word, length);
}

const char *ssh_key_type_fault(const char *word, size_t length)
{
    const struct type *type = find_type(word, length);

    if (is_certificate(word, length))
        return "is a certificate; keep the key that it was made for, or the authority in sshd_config "
               "(TrustedUserCAKeys)";
    if (type == NULL)
        return "has no type of key that sshd takes (ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256 and the like) where "
               "one should stand";
    return type->form == FORM_DSA ? "is a DSA key, which sshd takes no more; have another one made" : NULL;
}

/* -- base64 (RFC 4648) -------------------------------------------------------------------- */

enum { BLOB_SIZE = 3 * SSH_KEY_LINE_SIZE / 4 + 3 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit_value(char c)
{
    const char *found = c != '\0' ? strchr(digits, c) : NULL;

    return found != NULL ? (int)(found - digits) : -1;
}

/* All of it, with its padding, and zeros where the last digit has bits to spare. */
static bool decode(const char *text, size_t length, unsigned char ret[BLOB_SIZE], size_t *ret_size)
{
    size_t padding = 0, size = 0;
    uint32_t bits = 0;

    if (length == 0 || length % 4 != 0 || length / 4 * 3 > BLOB_SIZE)
        return false;
    while (padding < 2 && text[length - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < length; i++) {
        int value = i < length - padding ? digit_value(text[i]) : 0;

        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        if (i % 4 != 3)
            continue;
        for (int shift = 16; shift >= 0; shift -= 8)
            ret[size++] = (unsigned char)(bits >> shift);
        if (i == length - 1 && (bits & ((1u << 8 * padding) - 1)) != 0)
            return false;
        bits = 0;
    }
    *ret_size = size - padding;
    return true;
}

/* Without the padding, as ssh-keygen has it. */
static void write_fingerprint(const unsigned char *blob, size_t size, char ret[SSH_KEY_FINGERPRINT_SIZE])
{
    uint8_t hash[SHA256_DIGEST_LENGTH + 1] = { 0 };
    size_t used = sizeof "SHA256:" - 1;
    SHA2_CTX context;

    SHA256Init(&context);
    SHA256Update(&context, blob, size);
    SHA256Final(hash, &context);
    memcpy(ret, "SHA256:", used);
    for (size_t i = 0; i < SHA256_DIGEST_LENGTH + 1; i += 3) {
        uint32_t bits = (uint32_t)hash[i] << 16 | (uint32_t)hash[i + 1] << 8 | hash[i + 2];

        for (int shift = 18; shift >= 0 && used < SSH_KEY_FINGERPRINT_SIZE - 1; shift -= 6)
            ret[used++] = digits[bits >> shift & 63];
    }
    ret[used] = '\0';
}

/* -- fields (RFC 4251 5) ------------------------------------------------------------------ */

struct field {
    const unsigned char *data;
    size_t size;
};

/* What is left of the blob. */
struct rest {
    const unsigned char *data;
    size_t size;
};

static bool take_string(struct rest *rest, struct field *ret)
{
    size_t size;

    if (rest->size < 4)
        return false;
    size = (size_t)rest->data[0] << 24 | (size_t)rest->data[1] << 16 | (size_t)rest->data[2] << 8 | rest->data[3];
    if (size > rest->size - 4)
        return false;
    *ret = (struct field){ rest->data + 4, size };
    rest->data += 4 + size;
    rest->size -= 4 + size;
    return true;
}

/* A positive number in its shortest form; its zero in front, if any, is left out. */
static bool take_number(struct rest *rest, struct field *ret)
{
    struct field field;

    if (!take_string(rest, &field) || field.size == 0 || field.data[0] >= 0x80)
        return false;
    if (field.data[0] == 0) {
        field.data++;
        field.size--;
        if (field.size == 0 || field.data[0] < 0x80)
            return false;
    }
    *ret = field;
    return true;
}

static bool is_text(const struct field *field, const char *text)
{
    return field->size == strlen(text) && memcmp(field->data, text, field->size) == 0;
}

static unsigned count_bits(const struct field *number)
{
    unsigned bits = (unsigned)number->size * 8;

    for (unsigned mask = 0x80; mask > 0 && (number->data[0] & mask) == 0; mask >>= 1)
        bits--;
    return bits;
}

#define BROKEN "is broken: its base64 is not what its type should hold"

/* RSA: e, n (RFC 4253 6.6). An even one, or an exponent of 1, is no key; OpenSSL takes exponents up to 64 bits. */
static const char *judge_rsa(struct rest *rest, unsigned *ret_bits)
{
    struct field e, n;

    if (!take_number(rest, &e) || !take_number(rest, &n))
        return BROKEN;
    *ret_bits = count_bits(&n);
    if (*ret_bits < 2048)
        return "is an RSA key of less than 2048 bits, which is too weak; have another one made";
    if (*ret_bits > 16384)
        return "is an RSA key of more than 16384 bits, which sshd does not take";
    if ((e.data[e.size - 1] & 1) == 0 || (n.data[n.size - 1] & 1) == 0 || e.size > 8 ||
        (e.size == 1 && e.data[0] < 3))
        return BROKEN;
    return NULL;
}

/* RFC 5656 3.1: the curve's name, and a point, which OpenSSH takes in its uncompressed form only. */
static const char *judge_ecdsa(struct rest *rest, const struct type *type)
{
    struct field curve, point;

    if (!take_string(rest, &curve) || !take_string(rest, &point))
        return BROKEN;
    if (!is_text(&curve, type->curve))
        return "is broken: its type names another curve than its base64";
    return point.size == type->point && point.data[0] == 4 ? NULL : BROKEN;
}

/* RFC 8709 4. */
static const char *judge_ed25519(struct rest *rest)
{
    struct field key;

    return take_string(rest, &key) && key.size == 32 ? NULL : BROKEN;
}

/* A security key says for what it was made, "ssh:" and the like (OpenSSH, PROTOCOL.u2f). */
static const char *judge_application(struct rest *rest)
{
    struct field application;

    if (!take_string(rest, &application) || application.size == 0 || application.size > 255)
        return BROKEN;
    for (size_t i = 0; i < application.size; i++)
        if (application.data[i] < 0x20 || application.data[i] > 0x7e)
            return BROKEN;
    return NULL;
}

static const char *judge_fields(struct rest *rest, const struct type *type, unsigned *ret_bits)
{
    const char *fault = BROKEN;

    *ret_bits = type->bits;
    if (type->form == FORM_RSA)
        fault = judge_rsa(rest, ret_bits);
    else if (type->form == FORM_ECDSA || type->form == FORM_SK_ECDSA)
        fault = judge_ecdsa(rest, type);
    else if (type->form == FORM_ED25519 || type->form == FORM_SK_ED25519)
        fault = judge_ed25519(rest);
    if (fault == NULL && (type->form == FORM_SK_ECDSA || type->form == FORM_SK_ED25519))
        fault = judge_application(rest);
    return fault == NULL && rest->size != 0 ? "is broken: something stands behind its last number" : fault;
}

const char *ssh_key_blob_fault(const char *base64, size_t length, const char *word, size_t word_length,
                               struct ssh_key *ret)
{
    const struct type *type = find_type(word, word_length);
    unsigned char blob[BLOB_SIZE] = { 0 };
    size_t size = 0;
    struct rest rest;
    struct field name;
    const char *fault;

    if (type == NULL)
        return BROKEN;
    if (!decode(base64, length, blob, &size))
        return "is cut or changed: what follows its type is no whole base64";
    rest = (struct rest){ blob, size };
    if (!take_string(&rest, &name))
        return BROKEN;
    if (!is_text(&name, type->name))
        return "is broken: its base64 is of another type than its first word says";
    fault = judge_fields(&rest, type, &ret->bits);
    if (fault != NULL)
        return fault;
    ret->type = type->name;
    write_fingerprint(blob, size, ret->fingerprint);
    return NULL;
}
