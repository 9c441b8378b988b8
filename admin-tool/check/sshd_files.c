/*
 * sshd_config and what it includes, read for where a keyword stands.
 */
#include "sshd_files.h"

#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/ascii.h"
#include "host/text_file.h"

enum { DEPTH_MAX = 16, LINE_SIZE = 4096 }; /* the depth is sshd's own */

#define CONFIG "/etc/ssh/sshd_config"

static bool search_file(const char *path, const char *keyword, int depth, char ret[SSHD_FILE_SIZE]);

/* The text behind the keyword, if the line is one for it; else NULL. */
static const char *behind(const char *line, const char *keyword)
{
    size_t length = strlen(keyword);

    line += strspn(line, " \t");
    if (!ascii_equals(line, strcspn(line, " \t="), keyword))
        return NULL;
    line += length;
    return line + strspn(line, " \t=");
}

/* Several patterns may stand on one line; without a '/' at the beginning they are below /etc/ssh. */
static bool search_included(const char *patterns, const char *keyword, int depth, char ret[SSHD_FILE_SIZE])
{
    char word[LINE_SIZE], pattern[LINE_SIZE + 16];
    bool found = false;
    glob_t files;

    while (!found && text_word(&patterns, word, sizeof word)) {
        snprintf(pattern, sizeof pattern, "%s%s", word[0] == '/' ? "" : "/etc/ssh/", word);
        if (glob(pattern, 0, NULL, &files) != 0)
            continue;
        for (size_t i = 0; i < files.gl_pathc && !found; i++)
            found = search_file(files.gl_pathv[i], keyword, depth + 1, ret);
        globfree(&files);
    }
    return found;
}

static bool search_file(const char *path, const char *keyword, int depth, char ret[SSHD_FILE_SIZE])
{
    FILE *file = depth < DEPTH_MAX ? text_file_open("", path) : NULL;
    char line[LINE_SIZE];
    bool found = false;

    while (file != NULL && !found && text_file_line(file, line, sizeof line)) {
        const char *included = behind(line, "Include");

        if (included != NULL)
            found = search_included(included, keyword, depth, ret);
        else if (behind(line, keyword) != NULL) {
            snprintf(ret, SSHD_FILE_SIZE, "%s", path);
            found = true;
        }
    }
    if (file != NULL)
        fclose(file);
    return found;
}

void sshd_file_of(const char *keyword, char ret[SSHD_FILE_SIZE])
{
    if (!search_file(CONFIG, keyword, 0, ret))
        snprintf(ret, SSHD_FILE_SIZE, "%s", CONFIG);
}
