/*
 * Root reads nothing of the network here: coder_fleet asks, as its own user, and what it says is read as the follower reads
 * it.
 */
#include "fleet_preview.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "follow/line.h"
#include "host/fleet_socket.h"
#include "import/host.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/say.h"

enum { WHOLE_SECONDS = 30, CONNECT_SECONDS = 10, CLASHES_TOLD = 100 };

struct preview {
    struct tool *tool;
    size_t accounts, clashes;
    bool connected, whole;
    char why[IMPORT_REASON_SIZE]; /* what kept it from being asked */
};

static const char *find_clash(struct store *store, const struct account *wanted)
{
    if (store != NULL && store_name_is_free(store, wanted->username) == STORE_TAKEN)
        return "the name is or was an account's of this host";
    if (store != NULL && store_uid_is_free(store, wanted->uid) == STORE_TAKEN)
        return "the id is or was an account's of this host";
    if (store != NULL && wanted->email[0] != '\0' && store_email_is_free(store, wanted->email) == STORE_TAKEN)
        return "the e-mail address is an account's of this host";
    if (import_host_knows(wanted->username, 0))
        return "a user or group of this machine has the name";
    return import_host_knows(NULL, wanted->uid) ? "a user or group of this machine has the id" : NULL;
}

static void take_entry(struct preview *preview, const struct fleet_entry *entry)
{
    const struct account *wanted = &entry->record.account;
    const char *clash = wanted->username[0] != '\0' ? find_clash(preview->tool->store, wanted) : NULL;

    if (entry->word == WORD_DELETED)
        return;
    preview->accounts++;
    if (clash != NULL && preview->clashes++ < CLASHES_TOLD)
        tool_refuse(GO_ON, "clash: %s (id %u) of the fleet: %s; it would be held", wanted->username, wanted->uid, clash);
}

/* False: there is no more. */
static bool take_line(struct preview *preview, const struct line *line)
{
    switch (line->kind) {
    case LINE_ENTRY:
        take_entry(preview, &line->entry);
        return true;
    case LINE_CONNECTED:
        preview->connected = true;
        return true;
    case LINE_COMMIT:
        preview->whole = true;
        return false;
    case LINE_LOST:
    case LINE_BEHIND:
    case LINE_PUT_OUT:
    case LINE_UNUSABLE:
        snprintf(preview->why, sizeof preview->why, "%s", line->why);
        return line->kind != LINE_UNUSABLE && line->kind != LINE_PUT_OUT;
    default:
        return true;
    }
}

static void hear(struct preview *preview, struct fleet_socket *socket, struct line_reader *reader)
{
    time_t begun = time(NULL);
    const char *text;
    bool more = true;

    while (more && time(NULL) - begun < (preview->connected ? WHOLE_SECONDS : CONNECT_SECONDS)) {
        enum fleet_heard heard = fleet_socket_next(socket, 1000, &text);
        struct line line;

        if (heard == FLEET_QUIET)
            continue;
        more = heard == FLEET_LINE;
        if (more) {
            more = line_read(reader, text, &line) && take_line(preview, &line);
            line_wipe(&line);
        }
    }
}

void fleet_preview(struct tool *tool, const char *const texts[FLEET_FILES], gid_t group)
{
    static const char ask[] = "follow\n";
    struct preview preview = { .tool = tool };
    struct line_reader *reader = line_reader_new();
    struct fleet_socket socket = { .fd = -1 };

    if (reader != NULL && fleet_folder_try(texts, group) && fleet_socket_begin(FLEET_TRIAL, ask, sizeof ask - 1, &socket))
        hear(&preview, &socket, reader);
    fleet_socket_close(&socket);
    fleet_folder_untry();
    line_reader_free(reader);
    if (!preview.whole)
        tool_refuse(GO_ON, "note: the fleet could not be asked for all its accounts%s%s; what of them clashes is told by "
                    "'admin-tool fleet status' after joining", preview.why[0] != '\0' ? ": " : "", preview.why);
    else
        printf("%zu of the fleet's %zu account%s for this host would be held.\n", preview.clashes, preview.accounts,
               preview.accounts == 1 ? "" : "s");
}
