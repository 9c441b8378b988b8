/*
 * A record as it is read from its row.
 */
#include "account_row.h"

#include <sqlite3.h>
#include <string.h>

#include "account.h"
#include "database.h"
#include "store.h"

static enum store_result read_texts(sqlite3_stmt *row, struct account *ret)
{
    enum store_result result = STORE_OK;
    const struct {
        int column;
        char *text;
        size_t size;
    } texts[] = {
        { 1, ret->username, sizeof ret->username },    { 2, ret->email, sizeof ret->email },
        { 3, ret->full_name, sizeof ret->full_name },  { 4, ret->home, sizeof ret->home },
        { 5, ret->shell, sizeof ret->shell },          { 7, ret->hash, sizeof ret->hash },
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && result == STORE_OK; i++)
        result = database_text(row, texts[i].column, texts[i].text, texts[i].size);
    return result;
}

enum store_result account_row_read(sqlite3_stmt *row, struct account *ret)
{
    char status[16];
    enum store_result result = database_text(row, 6, status, sizeof status);

    memset(ret, 0, sizeof *ret);
    if (result == STORE_OK)
        result = read_texts(row, ret);
    if (result != STORE_OK)
        return result;
    ret->uid = (uint32_t)sqlite3_column_int64(row, 0);
    /* fail closed: whatever is not exactly active is suspended */
    ret->status = strcmp(status, "active") == 0 ? ACCOUNT_ACTIVE : ACCOUNT_SUSPENDED;
    ret->temporary = sqlite3_column_int64(row, 8) != 0;
    ret->temporary_until = sqlite3_column_int64(row, 9);
    ret->expires_at = sqlite3_column_int64(row, 10);
    ret->created_at = sqlite3_column_int64(row, 11);
    ret->password_changed_at = sqlite3_column_int64(row, 12);
    ret->roles = (unsigned)sqlite3_column_int64(row, 13);
    ret->gid = (uint32_t)sqlite3_column_int64(row, 14);
    ret->service = sqlite3_column_int64(row, 15) != 0;
    ret->password_max_days = sqlite3_column_int64(row, 16);
    ret->never_dormant = sqlite3_column_int64(row, 17) != 0;
    ret->last_login_day = sqlite3_column_int64(row, 18);
    ret->awake_since = sqlite3_column_int64(row, 19);
    ret->fleet = sqlite3_column_int64(row, 20) != 0;
    ret->fleet_heard_at = sqlite3_column_int64(row, 21);
    return STORE_OK;
}
