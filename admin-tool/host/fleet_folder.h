/*
 * The folder with what a host needs to follow the fleet: addresses, certificate and key. coder_fleet reads it; nobody else
 * may.
 */
#ifndef CODER_HOST_FLEET_FOLDER_H
#define CODER_HOST_FLEET_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define FLEET_PLACE "/etc/coder"
#define FLEET_FOLDER FLEET_PLACE "/fleet"
/* Its user and group. */
#define FLEET_GROUP "_coder-fleet"

enum fleet_file { FLEET_SETTINGS, FLEET_CA, FLEET_CERTIFICATE, FLEET_KEY, FLEET_FILES };
enum { FLEET_FOLDER_MODE = 0750, FLEET_FILE_MODE = 0640 };
const char *fleet_file_name(enum fleet_file file);

/* The group's id; false: there is no such group. */
bool fleet_folder_group(gid_t *ret);

/* Are the files so already, word for word? */
bool fleet_folder_has(const char *const texts[FLEET_FILES]);

/* Make it anew, whole or not at all, in place of one that is there: root's and the group's, synced. False with errno, and
 * *ret is what could not be written. */
bool fleet_folder_write(const char *const texts[FLEET_FILES], gid_t group, const char **ret);

/* The same files for a try, under /run: for fleet_folder_untry in every case. */
#define FLEET_TRIAL "/run/coder-fleet.join"
bool fleet_folder_try(const char *const texts[FLEET_FILES], gid_t group);
void fleet_folder_untry(void);

/* Away with it; no folder is no failure. False with errno. */
bool fleet_folder_remove(void);

/* The value behind the first line of the settings with this key ("base"), or the nth from 0; false: there is none. */
enum { FLEET_VALUE_SIZE = 512 };
bool fleet_folder_setting(const char *key, size_t nth, char ret[FLEET_VALUE_SIZE]);

#endif
