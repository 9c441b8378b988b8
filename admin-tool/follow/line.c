/*
 * Lines read strictly: every key is known and there once, every line has those it needs and no others. What is wrong with
 * the values of an entry is said of the entry; everything else ends the conversation.
 */
#include "line.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/fleet_socket.h"
#include "import/record.h"
#include "sql/account.h"
#include "sql/fit.h"
#include "sql/json_read.h"
#include "sql/scope_list.h"
#include "sql/ssh_key_set.h"

enum key {
    KEY_LINE, KEY_URI, KEY_WHOLE, KEY_ABSENT, KEY_COOKIE, KEY_AT, KEY_WHY, KEY_UUIDS, KEY_UUID, KEY_CSN, KEY_CHANGED_BY,
    KEY_STATUS, KEY_REASON, KEY_FORMER, KEY_SCOPES, KEY_USERNAME, KEY_UID, KEY_GID, KEY_FULL_NAME, KEY_HOME, KEY_SHELL, KEY_EMAIL, KEY_HASH,
    KEY_TEMPORARY, KEY_TEMPORARY_UNTIL, KEY_EXPIRES, KEY_CREATED, KEY_PASSWORD_CHANGED, KEY_ROLES, KEY_KEYS, KEY_COUNT
};

/* column: of the account's keys, how import calls it. */
static const struct {
    const char *name;
    enum import_column column;
} keys[KEY_COUNT] = {
    [KEY_LINE] = { "line", 0 }, [KEY_URI] = { "uri", 0 }, [KEY_WHOLE] = { "whole", 0 }, [KEY_ABSENT] = { "absent", 0 },
    [KEY_COOKIE] = { "cookie", 0 }, [KEY_AT] = { "at", 0 }, [KEY_WHY] = { "why", 0 }, [KEY_UUIDS] = { "entry_uuids", 0 },
    [KEY_UUID] = { "entry_uuid", 0 }, [KEY_CSN] = { "csn", 0 }, [KEY_CHANGED_BY] = { "changed_by", 0 },
    [KEY_STATUS] = { "status", 0 }, [KEY_REASON] = { "reason", 0 }, [KEY_FORMER] = { "former_names", 0 },
    [KEY_SCOPES] = { "scopes", 0 },
    [KEY_USERNAME] = { "username", IMPORT_USERNAME }, [KEY_UID] = { "uid", IMPORT_UID }, [KEY_GID] = { "gid", IMPORT_GID },
    [KEY_FULL_NAME] = { "full_name", IMPORT_FULL_NAME }, [KEY_HOME] = { "home", IMPORT_HOME },
    [KEY_SHELL] = { "shell", IMPORT_SHELL }, [KEY_EMAIL] = { "email", IMPORT_EMAIL }, [KEY_HASH] = { "hash", IMPORT_HASH },
    [KEY_TEMPORARY] = { "temporary", IMPORT_MUST_CHANGE }, [KEY_TEMPORARY_UNTIL] = { "temporary_until", IMPORT_PASSWORD_EXPIRES },
    [KEY_EXPIRES] = { "expires_at", IMPORT_EXPIRES }, [KEY_CREATED] = { "created_at", IMPORT_CREATED },
    [KEY_PASSWORD_CHANGED] = { "password_changed_at", IMPORT_PASSWORD_CHANGED }, [KEY_ROLES] = { "roles", IMPORT_ROLES },
    [KEY_KEYS] = { "keys", IMPORT_KEYS },
};

#define BIT(key) (UINT32_C(1) << (key))
#define ACCOUNT_KEYS (BIT(KEY_COUNT) - BIT(KEY_USERNAME))

/* Beside "line": those that a line needs, and those that it may have. */
static const struct {
    const char *name;
    uint32_t needs, may;
} kinds[LINE_KIND_COUNT] = {
    [LINE_CONNECTED] = { "connected", BIT(KEY_URI) | BIT(KEY_WHOLE), 0 },
    [LINE_ENTRY] = { "entry", BIT(KEY_UUID), BIT(KEY_CSN) | BIT(KEY_CHANGED_BY) | BIT(KEY_STATUS) | BIT(KEY_REASON) | BIT(KEY_FORMER) | BIT(KEY_SCOPES) |
                     ACCOUNT_KEYS },
    [LINE_UNREADABLE] = { "unreadable", BIT(KEY_UUID) | BIT(KEY_WHY),
                          BIT(KEY_CSN) | BIT(KEY_CHANGED_BY) | BIT(KEY_STATUS) | BIT(KEY_REASON) | BIT(KEY_USERNAME) },
    [LINE_GONE] = { "gone", BIT(KEY_UUIDS), 0 },
    [LINE_PRESENT] = { "present", BIT(KEY_UUIDS), 0 },
    [LINE_REFRESHED] = { "refreshed", BIT(KEY_ABSENT), 0 },
    [LINE_COMMIT] = { "commit", BIT(KEY_COOKIE), 0 },
    [LINE_BEAT] = { "beat", 0, BIT(KEY_AT) },
    [LINE_BEHIND] = { "behind", 0, BIT(KEY_URI) | BIT(KEY_WHY) },
    [LINE_WENT_BACK] = { "went_back", 0, BIT(KEY_URI) | BIT(KEY_WHY) },
    [LINE_LOST] = { "lost", 0, BIT(KEY_URI) | BIT(KEY_WHY) },
    [LINE_PUT_OUT] = { "put_out", 0, BIT(KEY_URI) | BIT(KEY_WHY) },
    [LINE_UNUSABLE] = { "unusable", 0, BIT(KEY_WHY) },
};

struct line_reader {
    struct json_reader *json;
    char keys[SSH_KEYS_TEXT_SIZE + 1];
    char uuids[LINE_UUIDS_MAX * FLEET_UUID_SIZE];
    char former_names[FLEET_LINE_MAX + 1];
};

const char *line_kind_name(enum line_kind kind)
{
    return kinds[kind].name;
}

struct line_reader *line_reader_new(void)
{
    struct line_reader *reader = calloc(1, sizeof *reader);

    if (reader != NULL)
        reader->json = json_reader_new();
    if (reader != NULL && reader->json != NULL)
        return reader;
    line_reader_free(reader);
    return NULL;
}

void line_reader_free(struct line_reader *reader)
{
    if (reader != NULL)
        json_reader_free(reader->json);
    free(reader);
}

/* -- values ------------------------------------------------------------------------------- */

struct reading {
    struct line_reader *reader;
    struct line *line;
    uint32_t seen;
    bool has_kind;
};

/* What is only shown: nothing where it could not be, and the end of what is too long is left out. */
static void copy_shown(const char *text, char *ret, size_t size)
{
    size_t length = fit_length(text, size);

    memcpy(ret, text, length);
    ret[length] = '\0';
    if (account_text_fault(ret) != NULL)
        ret[0] = '\0';
}

static bool take_truth(const char *text, bool *ret)
{
    *ret = strcmp(text, "true") == 0;
    return *ret || strcmp(text, "false") == 0;
}

/* 8-4-4-4-12 digits of RFC 4122 in small letters. */
static bool take_uuid(const char *text, size_t length, char ret[FLEET_UUID_SIZE])
{
    if (length != FLEET_UUID_SIZE - 1)
        return false;
    for (size_t i = 0; i < length; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (is_dash ? text[i] != '-' : strchr("0123456789abcdef", text[i]) == NULL)
            return false;
    }
    memcpy(ret, text, length);
    ret[length] = '\0';
    return true;
}

/* A flat array comes as lines. */
static bool take_uuids(const char *text, struct reading *reading)
{
    struct line *line = reading->line;

    line->uuids = reading->reader->uuids;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        if (line->uuid_count == LINE_UUIDS_MAX ||
            !take_uuid(text, length, reading->reader->uuids + FLEET_UUID_SIZE * line->uuid_count))
            return false;
        line->uuid_count++;
        text += length + (text[length] == '\n');
    }
    return true;
}

/* One that is no cookie at all must not become ours. */
static bool take_cookie(const char *text, char ret[FLEET_COOKIE_SIZE])
{
    for (const char *p = text; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~')
            return false;
    return text[0] != '\0' && fit_whole(text, ret, FLEET_COOKIE_SIZE);
}

static enum entry_word parse_word(const char *text, char why[IMPORT_REASON_SIZE])
{
    static const char *const words[] = { "", "active", "suspended", "deleted" };

    for (size_t i = 1; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], text) == 0)
            return (enum entry_word)i;
    if (text[0] != '\0')
        import_add_reason(why, "the status '%.64s' is none of active, suspended and deleted", text);
    return WORD_NONE;
}

static bool take_account(enum key key, const char *text, struct fleet_entry *ret)
{
    if (text == NULL)
        import_add_reason(ret->why, "the %s is no text", keys[key].name);
    else
        import_record_set(&ret->record, keys[key].column, text, ret->why);
    return true;
}

/* False: it cannot be so in a line of coder_fleet's. */
static bool take(struct reading *reading, enum key key, const char *text)
{
    struct line *line = reading->line;

    if (key >= KEY_USERNAME)
        return take_account(key, text, &line->entry);
    if (text == NULL)
        return false;
    switch (key) {
    case KEY_LINE:
        for (size_t i = 0; i < LINE_KIND_COUNT; i++)
            if (strcmp(kinds[i].name, text) == 0) {
                line->kind = (enum line_kind)i;
                reading->has_kind = true;
            }
        return reading->has_kind;
    case KEY_URI:
        return account_text_fault(text) == NULL && fit_whole(text, line->uri, sizeof line->uri);
    case KEY_WHOLE:
    case KEY_ABSENT:
        return take_truth(text, &line->truth);
    case KEY_COOKIE:
        return take_cookie(text, line->cookie);
    case KEY_WHY:
        copy_shown(text, line->why, sizeof line->why);
        return true;
    case KEY_UUIDS:
        return take_uuids(text, reading);
    case KEY_UUID:
        return take_uuid(text, strlen(text), line->entry.entry_uuid);
    case KEY_CSN:
        copy_shown(text, line->entry.csn, sizeof line->entry.csn);
        return true;
    case KEY_CHANGED_BY:
        copy_shown(text, line->entry.changed_by, sizeof line->entry.changed_by);
        return true;
    case KEY_STATUS:
        line->entry.word = parse_word(text, line->entry.why);
        return true;
    case KEY_REASON:
        copy_shown(text, line->entry.reason, sizeof line->entry.reason);
        return true;
    case KEY_FORMER:
        line->entry.former_names = reading->reader->former_names;
        return fit_whole(text, reading->reader->former_names, sizeof reading->reader->former_names);
    case KEY_SCOPES:
        scope_list(text, line->entry.record.scopes); /* only shown: what is none is left out */
        return true;
    default:
        return true; /* "at": of its own clock */
    }
}

static bool visit(void *context, const struct json_pair *pair)
{
    struct reading *reading = context;
    size_t key = 0;

    while (key < KEY_COUNT && strcmp(keys[key].name, pair->key) != 0)
        key++;
    if (key == KEY_COUNT || (reading->seen & BIT(key)) != 0)
        return false;
    reading->seen |= BIT(key);
    return take(reading, (enum key)key, pair->text);
}

/* -- the whole ---------------------------------------------------------------------------- */

static bool is_whole(const struct reading *reading)
{
    uint32_t others = reading->seen & ~BIT(KEY_LINE);

    return reading->has_kind && (kinds[reading->line->kind].needs & ~others) == 0 &&
           (others & ~(kinds[reading->line->kind].needs | kinds[reading->line->kind].may)) == 0;
}

/* What import asks of a record, and what is said of a password that is none: the directory does not keep them together. */
static void complete(struct fleet_entry *entry)
{
    static const enum import_column needed[] = { IMPORT_USERNAME, IMPORT_UID, IMPORT_EMAIL, IMPORT_HOME, IMPORT_SHELL };
    struct account *account = &entry->record.account;

    account->temporary = account->temporary && account->hash[0] != '\0';
    if (!account->temporary)
        account->temporary_until = 0;
    account->roles |= ROLE_MEMBER;
    account->status = entry->word == WORD_ACTIVE ? ACCOUNT_ACTIVE : ACCOUNT_SUSPENDED;
    if (entry->word == WORD_DELETED || entry->why[0] != '\0')
        return;
    if (entry->word == WORD_NONE)
        import_add_reason(entry->why, "the status is missing");
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if ((entry->record.given & 1u << needed[i]) == 0)
            import_add_reason(entry->why, "the %s is missing", import_column_name(needed[i]));
    if (entry->record.written[0] != '\0')
        import_add_reason(entry->why, "the username has capital letters");
}

/* An entry that says something we cannot read is that entry's fault, and must not keep us from all others. */
static bool salvage(const char *text, struct line *ret)
{
    static const char begin[] = "{\"line\":\"entry\",\"entry_uuid\":\"";
    char entry_uuid[FLEET_UUID_SIZE];

    if (strncmp(text, begin, sizeof begin - 1) != 0 || strlen(text) < sizeof begin + FLEET_UUID_SIZE ||
        !take_uuid(text + sizeof begin - 1, FLEET_UUID_SIZE - 1, entry_uuid))
        return false;
    line_wipe(ret);
    ret->kind = LINE_UNREADABLE;
    memcpy(ret->entry.entry_uuid, entry_uuid, sizeof entry_uuid);
    return true;
}

bool line_read(struct line_reader *reader, const char *text, struct line *ret)
{
    struct reading reading = { .reader = reader, .line = ret };

    memset(ret, 0, sizeof *ret);
    reader->keys[0] = '\0';
    ret->entry.record.keys = reader->keys;
    if (strlen(text) > FLEET_LINE_MAX)
        return false;
    if ((json_reader_read(reader->json, text, visit, &reading) != JSON_OK || !is_whole(&reading)) &&
        !salvage(text, ret))
        return false;
    if (ret->kind == LINE_ENTRY)
        complete(&ret->entry);
    if (ret->kind == LINE_UNREADABLE)
        copy_shown(ret->why[0] != '\0' ? ret->why : "it cannot be read", ret->entry.why, sizeof ret->entry.why);
    return true;
}

void line_wipe(struct line *line)
{
    explicit_bzero(line, sizeof *line);
}

bool line_was_named(const struct fleet_entry *entry, const char *name)
{
    const char *at = entry->former_names != NULL ? entry->former_names : "";
    size_t length = strlen(name);

    while (*at != '\0') {
        size_t size = strcspn(at, "\n");

        if (size == length && memcmp(at, name, length) == 0)
            return true;
        at += size + (at[size] == '\n');
    }
    return false;
}
