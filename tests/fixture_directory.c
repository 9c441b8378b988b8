/*
 * fixture_directory.c - a small directory for the tests of its reader and of the NSS module.
 *
 * The principle: it is published as the product does it, by rename, and bent only through a copy.
 */
#include "fixture_directory.h"
#include "nss_coder/directory.h"
#include "nss_coder/directory_checksum.h"
#include "nss_coder/directory_finish.h"
#include "nss_coder/directory_write.h"
#include "nss_coder/directory_writer.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const struct fixture_user fixture_users[FIXTURE_USERS] = {
    {"alice", "/home/alice", "/bin/bash", FIXTURE_ALICE, false,
     {FIXTURE_ADMIN, FIXTURE_AUDITOR, FIXTURE_MEMBER, 27}, 4, 2},
    {"bob", "/home/bob", "/usr/sbin/nologin", FIXTURE_BOB, true, {0}, 0, 0},
    {"carol", "/srv/carol", "/bin/sh", FIXTURE_CAROL, false,
     {FIXTURE_AUDITOR, FIXTURE_MEMBER}, 2, 1},
};

const struct fixture_group fixture_groups[FIXTURE_GROUPS] = {
    {"coder-admin", FIXTURE_ADMIN, {"alice"}, 1},
    {"coder-member", FIXTURE_MEMBER, {NULL}, 0},
    {"coder-auditor", FIXTURE_AUDITOR, {"alice", "carol"}, 2},
};

void fixture_gecos(const struct fixture_user *user, uint64_t generation, char ret[64])
{
    snprintf(ret, 64, "%s, generation %llu", user->name, (unsigned long long)generation);
}

static bool add_users(struct directory_writer *writer, uint64_t generation)
{
    for (size_t i = 0; i < FIXTURE_USERS; i++) {
        const struct fixture_user *from = &fixture_users[i];
        char gecos[64];
        fixture_gecos(from, generation, gecos);
        struct directory_user user = {
            .name = from->name, .uid = from->uid, .gid = from->uid, .gecos = gecos,
            .home = from->home, .shell = from->shell, .suspended = from->suspended,
            .gids = from->gids, .gid_count = from->gid_count,
            .listed_count = from->listed_count,
        };
        if (directory_writer_add_user(writer, &user) != DIRECTORY_OK)
            return false;
    }
    return true;
}

static bool add_groups(struct directory_writer *writer)
{
    for (size_t i = 0; i < FIXTURE_GROUPS; i++) {
        const struct fixture_group *from = &fixture_groups[i];
        struct directory_group group = {
            .name = from->name, .gid = from->gid,
        };
        if (directory_writer_add_group(writer, &group) != DIRECTORY_OK)
            return false;
    }
    return true;
}

bool fixture_fill(struct directory_writer *writer, uint64_t generation)
{
    return add_groups(writer) && add_users(writer, generation);
}

struct directory_writer *fixture_writer_begin(const struct directory_plan *plan)
{
    struct directory_writer *writer = NULL;
    int fd = memfd_create("directory", MFD_CLOEXEC);
    if (fd >= 0 && directory_writer_new(fd, plan, &writer) != DIRECTORY_OK)
        close(fd);
    return writer;
}

void fixture_writer_free(struct directory_writer *writer)
{
    int fd = writer != NULL ? writer->fd : -1;
    directory_writer_free(writer);
    if (fd >= 0)
        close(fd);
}

struct directory_writer *fixture_writer(uint64_t generation)
{
    const struct directory_plan plan = {generation, 0, FIXTURE_ROOM, FIXTURE_ROOM};
    struct directory_writer *writer = fixture_writer_begin(&plan);
    if (writer == NULL || fixture_fill(writer, generation))
        return writer;
    fixture_writer_free(writer);
    return NULL;
}

/* A file beside path, to be renamed over it. */
static int beside_open(const char *path, char *ret, size_t size)
{
    snprintf(ret, size, "%s.%ld.new", path, (long)getpid());
    unlink(ret);
    int fd = open(ret, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd >= 0)
        fchmod(fd, 0644);
    return fd;
}

bool fixture_replace(const char *path, struct directory_writer *writer)
{
    bool done = writer != NULL && directory_writer_finish(writer) == DIRECTORY_OK
             && fixture_put(path, writer->file, writer->header.size);
    fixture_writer_free(writer);
    return done;
}

bool fixture_publish(const char *path, uint64_t generation)
{
    return fixture_replace(path, fixture_writer(generation));
}

bool fixture_put(const char *path, const void *data, size_t size)
{
    char beside[4096];
    int fd = beside_open(path, beside, sizeof(beside));
    bool written = fd >= 0 && write(fd, data, size) == (ssize_t)size;
    if (fd >= 0)
        close(fd);
    return written && rename(beside, path) == 0;
}

unsigned char *fixture_read(const char *path, size_t *ret_size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat file;
    if (fd < 0)
        return NULL;
    unsigned char *data = NULL;
    if (fstat(fd, &file) == 0)
        data = malloc((size_t)file.st_size);
    if (data != NULL && read(fd, data, (size_t)file.st_size) == (ssize_t)file.st_size)
        *ret_size = (size_t)file.st_size;
    close(fd);
    return data;
}

void fixture_seal_header(unsigned char *file)
{
    struct directory_header *header = (void *)file;
    uint64_t state = directory_hash_add(0, header, offsetof(struct directory_header, checksum));
    header->checksum = (uint32_t)directory_hash_end(state);
}

size_t fixture_record(const unsigned char *file, enum directory_section section, size_t index)
{
    const struct directory_header *header = (const void *)file;
    return (size_t)header->sections[section].offset + index * sizeof(struct directory_record);
}

void fixture_seal_record(unsigned char *file, enum directory_section section, size_t index)
{
    const struct directory_header *header = (const void *)file;
    struct directory_record *record = (void *)(file + fixture_record(file, section, index));
    uint64_t state = directory_hash_add(0, &record->id, offsetof(struct directory_record, near)
                                                            - sizeof(record->checksum));
    if (record->text_offset <= header->size
        && record->text_length <= header->size - record->text_offset)
        state = directory_hash_add(state, file + record->text_offset, record->text_length);
    record->checksum = (uint32_t)directory_hash_end(state);
}

size_t fixture_mappings(const char *path)
{
    size_t count = 0;
    char line[8192];
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
        count += strstr(line, path) != NULL;
    if (maps != NULL)
        fclose(maps);
    return count;
}

size_t fixture_descriptors(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder != NULL && readdir(folder) != NULL)
        count++;
    if (folder != NULL)
        closedir(folder);
    return count;
}
