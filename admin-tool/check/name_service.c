/*
 * NSS seen by the doctor: whether a search in each of the three maps comes to us, and whether the
 * library is where glibc looks.
 */
#include "name_service.h"

#include <dlfcn.h>
#include <stdio.h>

#include "host/nsswitch.h"
#include "host/text_file.h"
#include "finding.h"

#define FILE_PATH "/etc/nsswitch.conf"

struct map {
    const char *database, *why;
    bool names; /* of users or groups: much follows without them */
};

static bool read_line(const char *database, struct nss_line *ret)
{
    FILE *file = text_file_open("", FILE_PATH);
    bool found = file != NULL && nsswitch_read(file, database, ret);

    if (file != NULL)
        fclose(file);
    return found;
}

/* Behind "files", wherever it stood: before what may stop the search. Without it at the line's end. */
static void make_mend(const char *database, const struct nss_line *line, char ret[CHECK_TEXT_SIZE])
{
    if (nsswitch_find(line, "files") >= 0)
        check_text(ret,
                   "sed -i -E '/^[[:space:]]*%s:/{s/[[:space:]]coder\\b//;s/\\bfiles\\b/files "
                   "coder/}' " FILE_PATH,
                   database);
    else if (line->count > 0)
        check_text(ret, "sed -i -E '/^[[:space:]]*%s:/s/[[:space:]]*(#.*)?$/ coder \\1/' " FILE_PATH, database);
    else
        check_text(ret, "sed -i -E '/^[[:space:]]*%s:/d' " FILE_PATH " && echo '%s: files coder' >>" FILE_PATH, database,
                   database);
}

static void check_map(struct doctor *doctor, const struct map *map)
{
    struct nss_line line = { 0 };
    bool found = read_line(map->database, &line);
    int ours = nsswitch_find(&line, "coder"), files = nsswitch_find(&line, "files");
    char mend[CHECK_TEXT_SIZE];

    make_mend(map->database, &line, mend);
    if (map->names && (ours < 0 || !nsswitch_reaches(&line, ours)))
        doctor->nss_broken = true;
    if (!found || ours < 0)
        check_report(doctor, SEVERITY_PROBLEM, "nss-missing", map->database,
                     found ? "its line in " FILE_PATH " does not name coder"
                           : "there is no line for it in " FILE_PATH, map->why, mend);
    else if (!nsswitch_reaches(&line, ours))
        check_report(doctor, SEVERITY_PROBLEM, "nss-stops", map->database,
                     "[NOTFOUND=return] or the like ends the search before it comes to coder",
                     map->why, mend);
    else if (files > ours)
        check_report(doctor, SEVERITY_WARNING, "nss-order", map->database,
                     "coder stands before files",
                     "the machine's own users and groups should never depend on us", mend);
}

static void check_initgroups(struct doctor *doctor)
{
    struct nss_line line = { 0 };

    if (!read_line("initgroups", &line) || nsswitch_find(&line, "coder") >= 0)
        return;
    doctor->nss_broken = true;
    check_report(doctor, SEVERITY_PROBLEM, "nss-initgroups", "initgroups",
                 "its line in " FILE_PATH " does not name coder",
                 "it overrules the line for group: users get no role groups at login",
                 "sed -i -E 's/^[[:space:]]*initgroups:/#&/' " FILE_PATH);
}

static void check_library(struct doctor *doctor)
{
    void *library = dlopen("libnss_coder.so.2", RTLD_NOW | RTLD_LOCAL);
    const char *fault = library == NULL ? dlerror() : NULL;
    bool whole = library != NULL && dlsym(library, "_nss_coder_getpwnam_r") != NULL;

    if (library != NULL)
        dlclose(library);
    if (whole)
        return;
    doctor->nss_broken = true;
    check_report(doctor, SEVERITY_PROBLEM, "nss-library", "libnss_coder.so.2",
                 fault != NULL ? fault : "it is not our library",
                 "nobody can be found by name or id", "apt-get install --reinstall libnss-coder && ldconfig");
}

void check_nss(struct doctor *doctor)
{
    static const struct map maps[] = {
        { "passwd", "our users are not found by any program", true },
        { "group", "role groups and private groups have no names, and are not granted", true },
        { "shadow", "it keeps suspended users out where PAM is not asked, or our module is gone", false },
    };

    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
        check_map(doctor, &maps[i]);
    check_initgroups(doctor);
    check_library(doctor);
}
