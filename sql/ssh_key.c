/*
 * One line of an authorized_keys file: split as sshd splits it, its parts judged, and written down anew with one blank
 * between them, so that the line kept has one reading only.
 */
#include "ssh_key.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "ssh_key_blob.h"
#include "ssh_key_options.h"

/* A part of the line: not ended by a NUL. */
struct part {
    const char *text;
    size_t length;
};

struct parts {
    struct part options, type, base64, comment;
};

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

static struct part take_word(const char **text)
{
    struct part word = { *text, strcspn(*text, " \t") };

    *text = skip_blanks(*text + word.length);
    return word;
}

/* To the first blank outside quotes; in them \" is no quote. False when one is never closed. */
static bool take_options(const char **text, struct part *ret)
{
    const char *p = *text;
    bool quoted = false;

    for (; *p != '\0' && (quoted || (*p != ' ' && *p != '\t')); p++) {
        if (*p == '\\' && p[1] == '"')
            p++;
        else if (*p == '"')
            quoted = !quoted;
    }
    *ret = (struct part){ *text, (size_t)(p - *text) };
    *text = skip_blanks(p);
    return !quoted;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* What people give instead of a public key; NULL: none of it. */
static const char *other_file_fault(const char *text)
{
    if (begins(text, "---- BEGIN SSH2 PUBLIC KEY"))
        return "is a key in the form of RFC 4716; ssh-keygen -i -f FILE turns it into a line";
    if (begins(text, "-----BEGIN ") || begins(text, "PuTTY-User-Key-File"))
        return "is no public key but a file that may hold a private one, which nobody should have but its user; "
               "give the file that ends in .pub";
    return NULL;
}

static const char *split(const char *text, struct parts *ret)
{
    const char *fault = other_file_fault(text);
    const char *rest = text;

    if (fault != NULL)
        return fault;
    ret->type = take_word(&rest);
    if (!ssh_key_type_is_known(ret->type.text, ret->type.length)) {
        rest = text;
        if (!take_options(&rest, &ret->options))
            return "has a quote in its options that is never closed";
        ret->type = take_word(&rest);
    }
    fault = ssh_key_type_fault(ret->type.text, ret->type.length);
    ret->base64 = take_word(&rest);
    ret->comment = (struct part){ rest, strlen(rest) };
    while (ret->comment.length > 0 && strchr(" \t\r", rest[ret->comment.length - 1]) != NULL)
        ret->comment.length--;
    return fault;
}

/* NULL, or that there is no room. */
static const char *write_line(const struct parts *parts, struct ssh_key *ret)
{
    const struct part *const all[] = { &parts->options, &parts->type, &parts->base64, &parts->comment };
    size_t used = 0;

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i]->length == 0)
            continue;
        if (all[i]->length + 1 >= sizeof ret->line - used)
            return "is longer than 8192 octets";
        if (used > 0)
            ret->line[used++] = ' ';
        memcpy(ret->line + used, all[i]->text, all[i]->length);
        used += all[i]->length;
    }
    ret->line[used] = '\0';
    ret->options_length = parts->options.length;
    if (parts->comment.length >= sizeof ret->comment)
        return "has a comment of more than 256 octets";
    snprintf(ret->comment, sizeof ret->comment, "%.*s", (int)parts->comment.length, parts->comment.text);
    return account_text_fault(ret->line);
}

static const char *judge_options(const struct part *options)
{
    char text[SSH_KEY_LINE_SIZE];

    snprintf(text, sizeof text, "%.*s", (int)options->length, options->text);
    return ssh_key_options_fault(text);
}

const char *ssh_key_fault(const char *text, struct ssh_key *ret)
{
    struct parts parts = { { "", 0 }, { "", 0 }, { "", 0 }, { "", 0 } };
    struct ssh_key key = { .bits = 0 };
    const char *fault = strlen(text) < SSH_KEY_LINE_SIZE ? NULL : "is longer than 8192 octets";

    if (fault == NULL)
        fault = split(skip_blanks(text), &parts);
    if (fault == NULL)
        fault = write_line(&parts, &key);
    if (fault == NULL && parts.options.length > 0)
        fault = judge_options(&parts.options);
    if (fault == NULL)
        fault = ssh_key_blob_fault(parts.base64.text, parts.base64.length, parts.type.text, parts.type.length, &key);
    if (fault == NULL)
        *ret = key;
    return fault;
}
