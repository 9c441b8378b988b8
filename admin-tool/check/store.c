/*
 * The store seen by the doctor: the files before they are opened, then what is in them. What is
 * wrong here is named and everything else goes on; what only follows from it is not said.
 */
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "sql/store.h"
#include "sql/store_check.h"
#include "terminal/command.h"
#include "finding.h"

#define REPAIR "admin-tool check --repair"
#define RESTORE "put a backup in its place: admin-tool restore FILE"

const struct own_file check_own_files[OWN_FILES] = {
    { CODER_STATE_DIR, S_IFDIR, 0755 },
    { PRIVATE_DIR, S_IFDIR, 0700 },
    { CODER_STATE_DIR "/directory", S_IFREG, 0644 },
    { PRIVATE_DIR "/accounts.db", S_IFREG, 0600 },
    { PRIVATE_DIR "/accounts.db-journal", S_IFREG, 0600 },
    { PRIVATE_DIR "/activity.db", S_IFREG, 0600 },
    { PRIVATE_DIR "/activity.db-journal", S_IFREG, 0600 },
    { PRIVATE_DIR "/lock", S_IFREG, 0600 },
    { CODER_RUN_DIR, S_IFDIR, 0755 },
    { PRIVATE_RUN_DIR, S_IFDIR, 0700 },
};

bool check_own_file_is_good(const struct own_file *own)
{
    struct stat st;

    if (lstat(own->path, &st) != 0)
        return errno == ENOENT || errno == ENOTDIR;
    return (st.st_mode & S_IFMT) == own->kind && (st.st_mode & 07777) == own->mode &&
           st.st_uid == CODER_OWNER_UID && (own->kind == S_IFDIR || st.st_nlink == 1);
}

/* -- files -------------------------------------------------------------------------------- */

static void report_file(struct doctor *doctor, const struct own_file *own)
{
    const char *mend = REPAIR;
    char what[CHECK_TEXT_SIZE];
    struct stat st = { 0 };

    lstat(own->path, &st);
    if ((st.st_mode & S_IFMT) != own->kind || (own->kind == S_IFREG && st.st_nlink != 1)) {
        check_text(what, "it is no %s of its own, but a link or something else",
                   own->kind == S_IFDIR ? "folder" : "file");
        mend = "find out who made it so; move it away and put our own back";
    } else {
        check_text(what, "owner %u, mode %04o; they should be %u and %04o", st.st_uid,
                   st.st_mode & 07777, (unsigned)CODER_OWNER_UID, own->mode);
    }
    check_report(
        doctor, SEVERITY_PROBLEM, "store-mode", own->path, what,
        "others may read or change the accounts, so our programs refuse to trust the files", mend);
}

bool check_private_name_is_known(const char *name)
{
    static const char *const known[] = { ".",           "..",
                                         "accounts.db", "accounts.db-journal",
                                         "activity.db", "activity.db-journal",
                                         "lock",        "local-files" };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(name, known[i]) == 0)
            return true;
    return strncmp(name, "accounts.db.before-", strlen("accounts.db.before-")) == 0;
}

static bool is_public_name(const char *name)
{
    static const char *const known[] = { ".", "..", "directory", "private" };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(name, known[i]) == 0)
            return true;
    return false;
}

/* mke2fs(8)'s folder at the root of a filesystem, for what fsck finds again; root's alone. */
static bool is_of_filesystem(DIR *folder, const char *name)
{
    struct stat above, here, st;
    int fd = dirfd(folder);

    return strcmp(name, "lost+found") == 0 && fstatat(fd, "..", &above, AT_SYMLINK_NOFOLLOW) == 0 &&
           fstat(fd, &here) == 0 && above.st_dev != here.st_dev &&
           fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) &&
           st.st_uid == CODER_OWNER_UID && (st.st_mode & 077) == 0;
}

static void look_for_strays(struct doctor *doctor, const char *path, bool (*is_known)(const char *))
{
    DIR *folder = opendir(path);
    const struct dirent *entry;

    if (folder == NULL)
        return;
    while ((entry = readdir(folder)) != NULL) {
        char what[CHECK_TEXT_SIZE];
        bool ours = strcmp(entry->d_name, "directory.new") == 0;

        if (is_known(entry->d_name) || is_of_filesystem(folder, entry->d_name))
            continue;
        check_report(doctor, SEVERITY_WARNING, "store-stray", path,
                     check_text(what, "a file that does not belong there: %s", entry->d_name),
                     ours ? "an admin-tool was killed, or is at work"
                          : "only our own files belong there; a forgotten copy may hold hashes",
                     ours ? REPAIR : "look what it is and move it away");
    }
    closedir(folder);
}

/* -- contents ----------------------------------------------------------------------------- */

static void report_result(struct doctor *doctor, enum store_result result, const char *detail)
{
    static const char why[] = "no login of ours can be judged, so all of them are refused";
    static const char file[] = PRIVATE_DIR "/accounts.db";
    char what[CHECK_TEXT_SIZE];

    doctor->quiet = true;
    switch (result) {
    case STORE_UNSAFE:
        return; /* named by the files above */
    case STORE_FOREIGN:
        check_report(doctor, SEVERITY_PROBLEM, "store-schema", file, "it is another program's file",
                     why, RESTORE);
        return;
    case STORE_TOO_NEW:
        check_report(doctor, SEVERITY_PROBLEM, "store-schema", file,
                     "it was written by a newer version than " CODER_VERSION, why,
                     "install that version here");
        return;
    case STORE_BUSY:
        check_report(doctor, SEVERITY_PROBLEM, "store-busy", file,
                     "another process keeps it locked", why,
                     "fuser -v " PRIVATE_DIR "/accounts.db");
        return;
    case STORE_DAMAGED:
        check_report(doctor, SEVERITY_PROBLEM, "store-integrity", file,
                     check_text(what, "it is damaged: %s", detail), why, RESTORE);
        return;
    default:
        check_report(doctor, SEVERITY_PROBLEM, "store-unusable", file,
                     result == STORE_FULL ? "the disk is full or read-only" : "it cannot be read",
                     why, "df " CODER_STATE_DIR "; dmesg | tail");
    }
}

static void check_integrity(struct doctor *doctor)
{
    char fault[STORE_FAULT_SIZE] = "";
    bool indexes = false;
    enum store_result result = store_check_integrity(doctor->tool->store, fault, &indexes);

    if (result != STORE_OK)
        report_result(doctor, result, store_detail(doctor->tool->store));
    else if (fault[0] != '\0')
        check_report(doctor, SEVERITY_PROBLEM, indexes ? "store-index" : "store-integrity",
                     PRIVATE_DIR "/accounts.db", fault, "what is read from it may be wrong",
                     indexes ? REPAIR : RESTORE);
}

static void check_schema(struct doctor *doctor)
{
    char fault[STORE_FAULT_SIZE] = "", what[CHECK_TEXT_SIZE];
    int64_t orphans = 0;
    enum store_result result = store_check_schema(doctor->tool->store, fault);

    if (result != STORE_OK)
        report_result(doctor, result, store_detail(doctor->tool->store));
    else if (fault[0] != '\0')
        check_report(
            doctor, SEVERITY_PROBLEM, "store-schema", PRIVATE_DIR "/accounts.db", fault,
            "the rules of the store (names and ids never used twice, an audit log that only "
            "grows) are kept by its schema",
            RESTORE);
    if (store_check_orphans(doctor->tool->store, &orphans) == STORE_OK && orphans > 0)
        check_report(doctor, SEVERITY_PROBLEM, "store-integrity", PRIVATE_DIR "/accounts.db",
                     check_text(what, "%lld rows belong to no account", (long long)orphans),
                     "it was changed by something that is not ours", RESTORE);
}

/* Where a directory is, there was a store: our users are known, and none of them can be judged. */
static void check_missing(struct doctor *doctor)
{
    struct stat st;

    if (lstat(CODER_STATE_DIR "/directory", &st) != 0)
        return; /* no account yet */
    doctor->quiet = true;
    check_report(doctor, SEVERITY_PROBLEM, "store-missing", PRIVATE_DIR "/accounts.db",
                 "it is not there, though accounts were published",
                 "no login of ours can be judged, so all of them are refused", RESTORE);
}

/* False: there is a row no program of ours works with. */
static bool check_settings(struct doctor *doctor)
{
    char key[STORE_FAULT_SIZE] = "", what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];
    enum store_result result = store_check_policy(doctor->tool->store, key);

    if (result != STORE_OK) {
        report_result(doctor, result, store_detail(doctor->tool->store));
        return false;
    }
    if (key[0] == '\0')
        return true;
    check_text(mend, "sqlite3 " PRIVATE_DIR "/accounts.db \"DELETE FROM policy WHERE key = '%s'\" "
               "&& admin-tool publish", key);
    check_report(
        doctor, SEVERITY_PROBLEM, "store-policy", "policy",
        check_text(what, "the setting %s is unknown or out of its range", key),
        "no program of ours works with a setting it does not understand: logins are refused",
        key[strspn(key, "abcdefghijklmnopqrstuvwxyz_")] == '\0'
            ? mend
            : "remove its row from the table policy");
    doctor->quiet = true;
    return false;
}

static void check_activity(struct doctor *doctor)
{
    enum store_result result = activity_check(PRIVATE_DIR);

    if (result == STORE_OK || result == STORE_MISSING || result == STORE_UNSAFE)
        return;
    check_report(doctor, result == STORE_BUSY ? SEVERITY_WARNING : SEVERITY_PROBLEM,
                 "store-activity", PRIVATE_DIR "/activity.db",
                 result == STORE_DAMAGED ? "it is damaged" : "it cannot be used",
                 "where no attempt can be counted, none is judged", REPAIR);
}

void check_store(struct doctor *doctor)
{
    struct tool *tool = doctor->tool;
    enum store_result result;

    for (size_t i = 0; i < OWN_FILES; i++)
        if (!check_own_file_is_good(&check_own_files[i]))
            report_file(doctor, &check_own_files[i]);
    look_for_strays(doctor, CODER_STATE_DIR, is_public_name);
    look_for_strays(doctor, PRIVATE_DIR, check_private_name_is_known);
    result = store_open(PRIVATE_DIR, STORE_EXISTING, &tool->store);
    if (result == STORE_MISSING) {
        check_missing(doctor);
        return;
    }
    if (result != STORE_OK) {
        report_result(doctor, result, "it is no database, or a table is missing");
        return;
    }
    check_integrity(doctor);
    check_schema(doctor);
    check_activity(doctor);
    if (check_settings(doctor) && !doctor->quiet &&
        store_policy(tool->store, &tool->policy) != STORE_OK)
        report_result(doctor, STORE_FAILED, "");
}
