/*
 * coder_fleet asked to try what it would follow by, as its own user: root talks to no server.
 */
#include "fleet_trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

enum { SAID_SIZE = 8192 };

static void read_settings(struct fleet_trial *ret)
{
    while (ret->count < FLEET_SERVERS_MAX && fleet_folder_setting("uri", ret->count, ret->servers[ret->count].uri))
        ret->count++;
}

/* "uri ldaps://a.example:636 ok", or what is wrong in place of ok. */
static void take_server(const char *line, struct fleet_trial *trial)
{
    size_t length = strcspn(line, " ");
    const char *word = line[length] == ' ' ? line + length + 1 : "";

    for (size_t i = 0; i < trial->count; i++) {
        struct fleet_server *server = &trial->servers[i];

        if (strlen(server->uri) != length || strncmp(server->uri, line, length) != 0)
            continue;
        server->tried = word[0] != '\0';
        snprintf(server->why, sizeof server->why, "%s", strcmp(word, "ok") == 0 ? "" : word);
    }
}

static void take_line(const char *line, struct fleet_trial *trial)
{
    static const char *const words[FLEET_ENDS] = { "certificate ", "authority ", "revoked " };

    for (size_t i = 0; i < FLEET_ENDS; i++)
        if (strncmp(line, words[i], strlen(words[i])) == 0)
            trial->ends[i] = strtoll(line + strlen(words[i]), NULL, 10);
    if (strncmp(line, "uri ", 4) == 0)
        take_server(line + 4, trial);
}

void fleet_try(struct fleet_trial *ret)
{
    char *const argv[] = { "/usr/bin/setpriv", "--reuid=" FLEET_GROUP, "--regid=" FLEET_GROUP, "--clear-groups",
                           "--no-new-privs", CODER_FLEET, "check", NULL };
    char said[SAID_SIZE];

    *ret = (struct fleet_trial){ .count = 0 };
    read_settings(ret);
    if (!host_capture(argv, said, sizeof said))
        return;
    for (char *next = said, *line; (line = strsep(&next, "\n")) != NULL;)
        take_line(line, ret);
}

bool fleet_server_is_out(const struct fleet_server *server)
{
    return strcmp(server->why, "this host has no scope there") == 0; /* coder_fleet's word */
}

bool fleet_trial_is_out(const struct fleet_trial *trial)
{
    bool out = false, follows = false;

    for (size_t i = 0; i < trial->count; i++) {
        out = out || fleet_server_is_out(&trial->servers[i]);
        follows = follows || (trial->servers[i].tried && trial->servers[i].why[0] == '\0');
    }
    return out && !follows;
}
