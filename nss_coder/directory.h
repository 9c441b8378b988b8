/*
 * directory.h - the public directory file: its format, its writer and its reader.
 *
 * The principle: the file shows what `getent` may show everyone, and a reader believes none of it.
 * The publisher writes a new file and renames it over the old one; a published file is never
 * truncated, nor written to but for the mark. A reader looks at mark or path on every lookup, follows
 * no offset it has not compared with the file's size and hands out no record whose checksum is wrong.
 */
#ifndef CODER_DIRECTORY_H
#define CODER_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define DIRECTORY_PATH CODER_STATE_DIR "/directory"

#define DIRECTORY_NAME_MAX 32   /* bytes of a user's or group's name */
#define DIRECTORY_TEXT_MAX 4096 /* bytes of name, gecos, home and shell, their four NULs included */
#define DIRECTORY_GIDS_MAX 1024 /* groups in one user's list */
#define DIRECTORY_KEYS_MAX 65536 /* bytes of one user's keys */

/* -- the format -------------------------------------------------------------------------------
 *
 *   header | records of users, spare ones | records of groups | four hash tables | keys | heap
 *
 * Numbers are in the byte order of the host that wrote the file; the header says which. The header
 * has the first block for itself, sections start at multiples of 64, the file ends with a whole
 * block; what is between is zero. A user without the flag DIRECTORY_NO_GROUP is also a group: the
 * private group of the same name and id has no record of its own.
 *
 * What a lookup costs is the pages it touches. So a record has room of its own for the text and the
 * list of most users, and a lookup looks at one slot and one record; only what does not fit is in
 * the heap.
 *
 * The next file may be a copy of this one in which only what one change touched is other
 * (directory_patch.c). So there is room to grow: spare records, `room` behind texts and lists, the
 * heap at the end; what is no longer used is zero and counted as dead. And the body's checksum is a
 * sum over blocks: changing one needs no look at the others, and what a block lost by damage stays
 * missing in the sum, whatever is patched later.
 *
 * Readers look at the path only when there may be a reason. The publisher sets the mark in the
 * published file before it renames the next one over it, and that is the one thing ever written to a
 * published file: who sees it clear, in the pages he has mapped, knows that the file was not replaced
 * yet. The last 8 bytes are DIRECTORY_END: who sees them knows that nobody made the file shorter, and
 * that it is from a publisher who marks.
 *
 * A process keeps the library it has loaded, so what came later is where an older reader passes it
 * over: flags it ignores, the primary group in a list that it takes for supplementary ones, and keys
 * in a gap between two sections, found through the extension behind the header.
 */
#define DIRECTORY_MAGIC "CODERDIR"
#define DIRECTORY_VERSION 2
#define DIRECTORY_BYTE_ORDER 0x01020304U
#define DIRECTORY_ALIGNMENT 64
#define DIRECTORY_BLOCK 512
#define DIRECTORY_NEAR 64
#define DIRECTORY_MARK 184 /* where in the header's block the mark lies: 32 bits, in no checksum */
#define DIRECTORY_END "CODEREND"
#define DIRECTORY_END_SIZE 8
#define DIRECTORY_EXTENSION 192 /* where in the header's block it lies */
#define DIRECTORY_EXTENSION_MAGIC "CODERKEY"

enum directory_section {
    DIRECTORY_USERS,       /* struct directory_record, by the order added; zeros: removed */
    DIRECTORY_GROUPS,      /* the same: role groups, and local groups that come with a role */
    DIRECTORY_USER_NAMES,  /* struct directory_slot; a power of two, at least a quarter empty */
    DIRECTORY_USER_IDS,
    DIRECTORY_GROUP_NAMES,
    DIRECTORY_GROUP_IDS,
    DIRECTORY_HEAP,        /* bytes: longer texts and lists, found through the records */
    DIRECTORY_SECTIONS
};

struct directory_extent {
    uint64_t offset; /* from the start of the file, bytes */
    uint64_t count;  /* of the section's items */
};

struct directory_header {
    char magic[8];
    uint32_t version;
    uint32_t byte_order;
    uint64_t generation; /* of the store this file was written from */
    uint64_t frame;      /* a hash of what all records depend on: the publisher's */
    uint64_t size;       /* of the file, bytes */
    struct directory_extent sections[DIRECTORY_SECTIONS];
    uint64_t dead;          /* bytes of the heap that nothing uses any more */
    uint64_t body_checksum; /* the sum of directory_block_checksum over all blocks */
    uint32_t zero;
    uint32_t checksum;      /* of the header in front of this field */
};

struct directory_record {
    uint32_t checksum;      /* of the record from here to `near`, then of its text */
    uint32_t id;            /* user: uid, and private gid; group: gid. Never 0 or (uint32_t)-1 */
    uint32_t flags;
    uint32_t text_length;   /* bytes, NULs included */
    uint64_t text_offset;   /* in the file: name, gecos, home, shell; a NUL behind each */
    uint64_t list_offset;   /* in the file. User: uint32_t gids; group: member names, NUL-ended */
    uint32_t list_length;   /* bytes */
    uint32_t list_count;    /* gids or names */
    uint32_t list_checksum;
    uint16_t lengths[4];    /* of the four strings of the text, without NUL */
    uint32_t text_room;     /* bytes of the heap kept for the text and the list, 0 when they are */
    uint32_t list_room;     /* near; what is not filled is zero. No reader looks at them */
    uint32_t listed;        /* user: the first so many gids list the user; the writer's own note */
    unsigned char near[DIRECTORY_NEAR];
};

#define DIRECTORY_SUSPENDED 1U /* flags: the shadow map shows this user, locked and expired */
#define DIRECTORY_LOCAL 2U     /* flags: a group of /etc/group, here for whoever merges members */
#define DIRECTORY_NO_GROUP 4U  /* flags: no private group; the last gid is the primary group's */
#define DIRECTORY_SHUT 8U      /* flags: not suspended, but no key lets this user in; no map's affair */

struct directory_slot {
    uint32_t fingerprint; /* upper half of the key's hash; the lower says where to begin */
    uint32_t index;       /* of the record, plus one; 0: empty, the search ends here */
};

/* Zeros: the file has no keys. */
struct directory_extension {
    char magic[8];
    struct directory_extent rings; /* struct directory_ring, by uid, each uid once */
    struct directory_extent texts; /* bytes */
    uint32_t zero;
    uint32_t checksum;             /* of the extension in front of this field */
};

/* What one user has in the keys' texts: authorized_keys lines, a newline behind each. */
struct directory_ring {
    uint32_t checksum; /* of the ring behind this field, then of its text */
    uint32_t uid;
    int64_t until;     /* seconds since 1970: from then on they let nobody in; 0: no end */
    uint64_t offset;   /* in the file */
    uint32_t length;   /* bytes */
    uint32_t zero;
};

_Static_assert(sizeof(struct directory_header) == 176, "no padding in the header");
_Static_assert(sizeof(struct directory_extension) == 48, "no padding in the extension");
_Static_assert(sizeof(struct directory_ring) == 32, "no padding in a ring");
_Static_assert(sizeof(struct directory_record) == 128, "two cache lines a record");
_Static_assert(sizeof(struct directory_slot) == 8, "no padding in a slot");

/* -- results ---- */

enum directory_result {
    DIRECTORY_OK,
    DIRECTORY_NOT_FOUND,    /* the file is in order and has no such record */
    DIRECTORY_UNAVAILABLE,  /* no file, not to be trusted, or damaged where it mattered */
    DIRECTORY_NO_RESOURCES, /* EMFILE, ENFILE, ENOMEM: the same call may succeed later */
    DIRECTORY_SHORT_BUFFER, /* the caller's buffer is too small */
    DIRECTORY_REFUSED,      /* writer: a record breaks a rule, or its name or id is taken */
    DIRECTORY_FAILED        /* writer: a write failed, errno says why */
};

/* -- writer: the file is made where it will stay, mapped, so a long one takes little memory ---- */

struct directory_user {
    const char *name;
    uint32_t uid, gid;  /* gid: the primary group's */
    bool private_group; /* the group of the user's name and id is shown; only where gid is uid */
    const char *gecos, *home, *shell;
    bool suspended, shut;
    const char *keys;   /* authorized_keys lines, a newline behind each; no NUL */
    size_t keys_length; /* bytes; 0: none */
    int64_t until;      /* from then on no key lets the user in; 0: no end */
    const uint32_t *gids; /* supplementary groups, for initgroups */
    size_t gid_count;     /* with the primary one where it is no private one: DIRECTORY_GIDS_MAX */
    size_t listed_count;  /* the first so many of gids list the user as a member in getgrnam */
};

struct directory_group {
    const char *name;
    uint32_t gid; /* its members are listed in the order in which users were added */
    bool local;   /* another source has it too: found, but not enumerated */
};

/* What a file is to hold. */
struct directory_plan {
    uint64_t generation;    /* of the store */
    uint64_t frame;         /* what all records depend on, for directory_patch */
    uint64_t users, groups; /* no more than these will be added */
    uint64_t rings, keys;   /* users with keys, and bytes of all keys: no more than these */
};

struct directory_writer;

/* One change of one user, and between which two files it lies. */
struct directory_patch {
    uint64_t before_generation; /* which the old file must have ... */
    uint64_t generation;        /* ... and which the new one gets */
    uint64_t frame;             /* of both */
    const struct directory_user *before, *after; /* NULL: not there; else one uid */
};

/* -- reader ------------------------------------------------------------------------------------
 *
 * Thread-safe without a lock. A view stands for one file: every answer from it is of the same
 * generation, whatever is renamed meanwhile. A process keeps one mapping for the next lookup and no
 * descriptor; a fork amid another thread's lookup may leak that lookup's mapping in the child.
 */
struct directory_map {
    const unsigned char *data; /* NULL where mmap failed: the file is read through fd */
    int fd;                    /* -1 where mapped */
    dev_t device;
    ino_t inode;
    off_t size;
    uid_t owner;
    mode_t mode;
    struct timespec mtime, ctime;
    struct directory_header header; /* checked */
};

struct directory_shelf; /* a shared map and the number of its readers */

/* Private to the reader; keep it on the stack. */
struct directory_view {
    struct directory_shelf *shelf;
    unsigned lane;                      /* of the shelf's counts */
    const struct directory_map *shared; /* the shelf's; NULL where the map could not be shared */
    struct directory_map own;           /* used only then */
};

/* One user or group; it owns its text and may outlive the view. */
struct directory_entry {
    uint32_t id;         /* uid, or a group's gid; never 0 or (uint32_t)-1 */
    uint32_t gid;        /* the primary group's, or a group's own; never 0 or (uint32_t)-1 */
    bool private_group;  /* user: the group of this name and id is there */
    bool suspended;
    bool shut;
    bool local;
    uint64_t list_offset; /* the list, for the two functions below */
    uint32_t list_length;
    uint32_t list_count;
    uint32_t list_checksum;
    uint16_t name_length;
    uint16_t gecos; /* where in the text these begin; the name begins at 0 */
    uint16_t home;
    uint16_t shell;
    uint16_t text_length; /* bytes, the four NULs included */
    char text[DIRECTORY_TEXT_MAX];
};

#endif
