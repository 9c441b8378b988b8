/*
 * Where rules are: what sudo and polkit read, in the order they do.
 */
#include "rule_files.h"

#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule_groups.h"
#include "text_file.h"

enum { RULES_MAX = 1 << 20, INCLUDES_MAX = 8 };

struct walk {
    void (*visit)(void *context, enum rule_language language, const char *path, const char *text);
    void *context;
};

/* NULL when there is none. To be freed. */
static char *read_rules(const char *path)
{
    FILE *file = text_file_open("", path);
    char *text = file != NULL ? calloc(1, RULES_MAX + 1) : NULL;

    if (text != NULL)
        text[fread(text, 1, RULES_MAX, file)] = '\0';
    if (file != NULL)
        fclose(file);
    return text;
}

/* -- sudoers(5) and what it includes ------------------------------------------------------ */

static void walk_sudoers(const struct walk *walk, const char *path, int depth);

/* As sudo does it: no name with a '.' in it, or a '~' at its end. */
static bool is_left_out(const char *path)
{
    const char *name = strrchr(path, '/') + 1;

    return strchr(name, '.') != NULL || (*name != '\0' && name[strlen(name) - 1] == '~');
}

static void walk_folder(const struct walk *walk, const char *folder, int depth)
{
    char pattern[PATH_MAX + 2];
    glob_t found;

    snprintf(pattern, sizeof pattern, "%s/*", folder);
    if (glob(pattern, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        if (!is_left_out(found.gl_pathv[i]))
            walk_sudoers(walk, found.gl_pathv[i], depth);
    globfree(&found);
}

/* "@include FILE", "#includedir FOLDER". */
static void follow(const struct walk *walk, const char *line, int depth)
{
    const char *text = line + strcspn(line, " \t\r\n");
    bool folder = strncmp(line + 1, "includedir", 10) == 0;
    char path[PATH_MAX];

    text += strspn(text, " \t");
    snprintf(path, sizeof path, "%.*s", (int)strcspn(text, " \t\r\n"), text);
    if (path[0] == '/' && folder)
        walk_folder(walk, path, depth);
    else if (path[0] == '/')
        walk_sudoers(walk, path, depth);
}

static void walk_sudoers(const struct walk *walk, const char *path, int depth)
{
    char *text = depth < INCLUDES_MAX ? read_rules(path) : NULL;

    if (text == NULL)
        return;
    walk->visit(walk->context, RULES_SUDOERS, path, text);
    for (const char *line = text; *line != '\0'; line += *line == '\n') {
        if ((*line == '@' || *line == '#') && strncmp(line + 1, "include", 7) == 0)
            follow(walk, line, depth + 1);
        line += strcspn(line, "\n");
    }
    free(text);
}

/* -- polkit ------------------------------------------------------------------------------- */

static void walk_polkit(const struct walk *walk)
{
    static const struct {
        const char *pattern;
        enum rule_language language;
    } places[] = {
        { "/etc/polkit-1/rules.d/*.rules", RULES_SCRIPT },
        { "/run/polkit-1/rules.d/*.rules", RULES_SCRIPT },
        { "/usr/local/share/polkit-1/rules.d/*.rules", RULES_SCRIPT },
        { "/usr/share/polkit-1/rules.d/*.rules", RULES_SCRIPT },
        { "/etc/polkit-1/localauthority.conf.d/*.conf", RULES_KEYS },
        { "/etc/polkit-1/localauthority/*/*.pkla", RULES_KEYS },
        { "/var/lib/polkit-1/localauthority/*/*.pkla", RULES_KEYS },
    };
    glob_t found;

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (glob(places[i].pattern, 0, NULL, &found) != 0)
            continue;
        for (size_t j = 0; j < found.gl_pathc; j++) {
            char *text = read_rules(found.gl_pathv[j]);

            if (text != NULL)
                walk->visit(walk->context, places[i].language, found.gl_pathv[j], text);
            free(text);
        }
        globfree(&found);
    }
}

/* -- all of them -------------------------------------------------------------------------- */

void rule_files_walk(void (*visit)(void *context, enum rule_language language, const char *path, const char *text),
                     void *context)
{
    const struct walk walk = { visit, context };

    walk_sudoers(&walk, "/etc/sudoers", 0);
    walk_polkit(&walk);
}
