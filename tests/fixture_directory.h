/*
 * fixture_directory.h - a small directory for the tests of its reader and of the NSS module.
 *
 * The principle: every text carries the generation, so a test can tell a whole answer from a mix.
 */
#ifndef CODER_FIXTURE_DIRECTORY_H
#define CODER_FIXTURE_DIRECTORY_H

#include "nss_coder/directory.h"
#include "nss_coder/directory_writer.h"

#define FIXTURE_ADMIN 70000U   /* members listed: alice */
#define FIXTURE_MEMBER 70001U  /* nobody listed, alice and carol have it */
#define FIXTURE_AUDITOR 70002U /* members listed: alice, carol */
#define FIXTURE_ALICE 70100U   /* also in gid 27, which is not ours */
#define FIXTURE_BOB 70101U     /* suspended */
#define FIXTURE_CAROL 70102U

#define FIXTURE_USERS 3 /* and room for as many as FIXTURE_ROOM, and groups */
#define FIXTURE_ROOM 64
#define FIXTURE_GROUPS 3

struct fixture_user {
    const char *name, *home, *shell;
    uint32_t uid;
    bool suspended;
    uint32_t gids[4];
    size_t gid_count, listed_count;
};

struct fixture_group {
    const char *name;
    uint32_t gid;
    const char *member_names[3];
    size_t member_count;
};

extern const struct fixture_user fixture_users[FIXTURE_USERS];
extern const struct fixture_group fixture_groups[FIXTURE_GROUPS];

/* The gecos of this user in this generation, in ret (64 bytes). */
void fixture_gecos(const struct fixture_user *user, uint64_t generation, char ret[64]);

/* A writer into memory, empty or filled with the users and groups above; NULL on failure. */
struct directory_writer *fixture_writer_begin(const struct directory_plan *plan);
struct directory_writer *fixture_writer(uint64_t generation);
bool fixture_fill(struct directory_writer *writer, uint64_t generation);
void fixture_writer_free(struct directory_writer *writer);

/* Finish the writer, put what it made at path by rename, and free it. False on failure. */
bool fixture_replace(const char *path, struct directory_writer *writer);

/* Both of the above. */
bool fixture_publish(const char *path, uint64_t generation);

/* Put these bytes at path by rename, mode 0644. */
bool fixture_put(const char *path, const void *data, size_t size);

/* The file's bytes (malloc, the caller's); NULL on failure. */
unsigned char *fixture_read(const char *path, size_t *ret_size);

/* Correct the header's checksum, or a record's with its text, after a test bent them. */
void fixture_seal_header(unsigned char *file);
void fixture_seal_record(unsigned char *file, enum directory_section section, size_t index);

/* A record's place in the file. */
size_t fixture_record(const unsigned char *file, enum directory_section section, size_t index);

/* How many mappings of a path beginning so this process has, by /proc/self/maps. */
size_t fixture_mappings(const char *path);

/* How many descriptors this process has open. */
size_t fixture_descriptors(void);

#endif
