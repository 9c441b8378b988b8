/*
 * Reading other programs' configuration: bounded in every direction, because a doctor must survive
 * what he is called for.
 */
#include "text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE_MAX_READ = 1 << 20, PATH_SIZE = 4096 };

static const char blanks[] = " \t\r\f\v";

FILE *text_file_open(const char *root, const char *path)
{
    char whole[PATH_SIZE];
    struct stat st;
    FILE *file = NULL;
    int fd;

    if (snprintf(whole, sizeof whole, "%s%s", root, path) >= (int)sizeof whole) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    fd = open(whole, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd == -1)
        return NULL;
    errno = EINVAL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= SIZE_MAX_READ)
        file = fdopen(fd, "r");
    if (file == NULL)
        close(fd);
    return file;
}

/* One line as it is in the file; what does not fit is read and dropped. */
static bool read_raw(FILE *file, char *ret, size_t size)
{
    size_t used = 0;
    int c;

    while ((c = getc(file)) != EOF && c != '\n')
        if (used + 1 < size)
            ret[used++] = (char)c;
    ret[used] = '\0';
    return c != EOF || used > 0;
}

bool text_file_line(FILE *file, char *ret, size_t size)
{
    size_t used = 0;

    while (size - used > 1 && read_raw(file, ret + used, size - used)) {
        size_t length;

        ret[used + strcspn(ret + used, "#")] = '\0';
        length = strlen(ret);
        if (length == 0 || ret[length - 1] != '\\')
            return true;
        ret[length - 1] = ' ';
        used = length;
    }
    return used > 0;
}

bool text_word(const char **text, char *ret, size_t size)
{
    const char *from = *text + strspn(*text, blanks);
    size_t length = *from == '[' ? strcspn(from, "]") : strcspn(from, blanks);

    if (*from == '\0')
        return false;
    length += *from == '[' && from[length] == ']';
    *text = from + length;
    snprintf(ret, size, "%.*s", (int)(length < size ? length : size - 1), from);
    return true;
}
