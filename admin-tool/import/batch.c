/*
 * What is to be imported: accounts packed into rows, so that a hundred thousand of them are some
 * megabytes, and what is told about the records that cannot be among them.
 */
#include "batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "sql/primary_group.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "claims.h"
#include "record.h"

/* More lines than anybody reads; the rest are counted. */
enum { TOLD_MAX = 100, TEXT_COUNT = 5 };

/* -- rows --------------------------------------------------------------------------------- */

/* NULL when memory is short. */
static char *pack_texts(const struct account *account)
{
    const char *const texts[TEXT_COUNT] = { account->username, account->email, account->full_name,
                                            account->home, account->shell };
    size_t size = 0;
    char *packed, *end;

    for (size_t i = 0; i < TEXT_COUNT; i++)
        size += strlen(texts[i]) + 1;
    packed = end = malloc(size);
    for (size_t i = 0; packed != NULL && i < TEXT_COUNT; i++)
        end = stpcpy(end, texts[i]) + 1;
    return packed;
}

static bool make_room(struct import_batch *batch)
{
    size_t room = 2 * batch->room + 64;
    struct import_row *rows;

    if (batch->count < batch->room)
        return true;
    rows = calloc(room, sizeof *rows); /* not realloc: what it leaves behind is not wiped */
    if (rows == NULL)
        return false;
    if (batch->count > 0)
        memcpy(rows, batch->rows, batch->count * sizeof *rows);
    free(batch->rows);
    batch->rows = rows;
    batch->room = room;
    return true;
}

/* NULL where there is nothing. False: no memory. */
static bool keep(const char *text, char **ret)
{
    bool some = text != NULL && text[0] != '\0';

    *ret = some ? strdup(text) : NULL;
    return *ret != NULL || !some;
}

bool import_batch_add(struct import_batch *batch, const struct import_record *record,
                      enum row_kind kind)
{
    const struct account *account = &record->account;
    struct import_row row = {
        .line = record->line, .kind = kind,
        .needs_password = kind != ROW_CHANGE && kind != ROW_GONE && (record->given & 1u << IMPORT_HASH) == 0 && !account->service,
        .given = record->given,
        .uid = account->uid, .gid = account_has_private_group(account) ? 0 : account->gid,
        .roles = account->roles, .status = account->status,
        .service = account->service, .never_dormant = account->never_dormant,
        .warn_days = -1, .inactive_days = -1, .password_max_days = account->password_max_days,
        .temporary = account->temporary, .temporary_until = account->temporary_until,
        .expires_at = account->expires_at, .created_at = account->created_at,
        .password_changed_at = account->password_changed_at,
    };

    if (!make_room(batch))
        return false;
    row.texts = pack_texts(account);
    if (row.texts == NULL || !keep(account->hash, &row.hash) || !keep(record->keys, &row.keys) ||
        !keep(record->scopes, &row.scopes)) {
        import_row_free(&row);
        return false;
    }
    batch->rows[batch->count++] = row;
    batch->wanted += account->uid == 0;
    return true;
}

bool import_row_make_room(struct import_row *row)
{
    row->hash = calloc(1, ACCOUNT_HASH_SIZE);
    return row->hash != NULL;
}

void import_row_free(struct import_row *row)
{
    if (row->hash != NULL)
        explicit_bzero(row->hash, strlen(row->hash));
    free(row->hash);
    free(row->keys);
    free(row->scopes);
    free(row->texts);
    explicit_bzero(row, sizeof *row);
}

bool import_batch_pass(struct import_batch *batch, const struct account *present, unsigned given)
{
    uint32_t *out;

    batch->passed++;
    if (present->status != ACCOUNT_SUSPENDED || (given & 1u << IMPORT_STATUS) == 0)
        return true;
    out = reallocarray(batch->out, batch->out_count + 1, sizeof *out);
    if (out == NULL)
        return false;
    batch->out = out;
    batch->out[batch->out_count++] = present->uid;
    return true;
}

void import_batch_free(struct import_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        import_row_free(&batch->rows[i]);
    free(batch->rows);
    free(batch->out);
    free(batch->subordinate.ranges);
    group_ids_free(&batch->local_groups);
    claims_free(&batch->claims);
}

size_t import_count_new(const struct import_batch *batch)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->count; i++)
        count += batch->rows[i].kind == ROW_NEW || batch->rows[i].kind == ROW_STAGED;
    return count;
}

const char *import_row_name(const struct import_row *row)
{
    return row->texts;
}

void import_row_unpack(const struct import_row *row, struct account *ret)
{
    const char *text = row->texts;
    const struct {
        char *to;
        size_t size;
    } texts[TEXT_COUNT] = {
        { ret->username, sizeof ret->username },   { ret->email, sizeof ret->email },
        { ret->full_name, sizeof ret->full_name }, { ret->home, sizeof ret->home },
        { ret->shell, sizeof ret->shell },
    };

    memset(ret, 0, sizeof *ret);
    for (size_t i = 0; i < TEXT_COUNT; i++, text += strlen(text) + 1)
        snprintf(texts[i].to, texts[i].size, "%s", text);
    if (row->hash != NULL)
        snprintf(ret->hash, sizeof ret->hash, "%s", row->hash);
    ret->uid = row->uid;
    ret->gid = row->gid != 0 ? row->gid : row->uid;
    ret->roles = row->roles;
    ret->status = row->status;
    ret->service = row->service;
    ret->never_dormant = row->never_dormant;
    ret->password_max_days = row->password_max_days;
    ret->temporary = row->temporary;
    ret->temporary_until = row->temporary_until;
    ret->expires_at = row->expires_at;
    ret->created_at = row->created_at;
    ret->password_changed_at = row->password_changed_at;
}

void import_batch_date(struct import_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->rows[i].created_at == 0)
            batch->rows[i].created_at = batch->tool->now;
}

/* -- what is told ------------------------------------------------------------------------- */

void import_batch_refuse(struct import_batch *batch, size_t line, const char *name,
                         const char *reason)
{
    if (batch->bad++ >= TOLD_MAX)
        return;
    if (line != 0)
        tool_refuse(GO_ON, "%s, line %zu: %s", batch->source, line, reason);
    else
        tool_refuse(GO_ON, "%s: %s", name, reason);
}

void import_batch_note(struct import_batch *batch, const char *name, const char *text)
{
    if (batch->noted++ < TOLD_MAX)
        tool_refuse(GO_ON, "note: %s %s", name, text);
}

void import_batch_note_folded(struct import_batch *batch, const struct import_record *record)
{
    char text[ACCOUNT_NAME_SIZE + 64];

    if (record->written[0] == '\0')
        return;
    snprintf(text, sizeof text, "is %s in the file; names have no capital letters here", record->written);
    import_batch_note(batch, record->account.username, text);
}

void import_batch_tell_rest(const struct import_batch *batch)
{
    if (batch->bad > TOLD_MAX)
        tool_refuse(GO_ON, "and %zu more", batch->bad - TOLD_MAX);
    if (batch->noted > TOLD_MAX)
        tool_refuse(GO_ON, "and %zu more notes", batch->noted - TOLD_MAX);
}
