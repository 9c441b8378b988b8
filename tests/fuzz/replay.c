/*
 * Plays a corpus through a fuzzer without libFuzzer: each file in a process of its own, so that one
 * finding hides no other. Prints TAP. Usage: replay_NAME FOLDER
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

enum { LIFE_SECONDS = 60 };

/* No file is played beyond this: longer ones are no corpus. */
enum { INPUT_MAX = 1 << 20 };

static bool play(const char *path)
{
    static uint8_t data[INPUT_MAX];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, data, sizeof data) : -1;
    uint8_t *copy;

    if (fd >= 0)
        close(fd);
    copy = size >= 0 ? malloc((size_t)size + (size == 0)) : NULL;
    if (copy == NULL)
        return false;
    memcpy(copy, data, (size_t)size); /* of its exact size: one octet too far is seen */
    LLVMFuzzerTestOneInput(copy, (size_t)size);
    free(copy);
    return true;
}

static bool play_apart(const char *path)
{
    int status = 0;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        alarm(LIFE_SECONDS);
        _exit(play(path) ? 0 : 1);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    struct dirent **files = NULL;
    int count = argc == 2 ? scandir(argv[1], &files, is_shown, alphasort) : -1;
    bool good = count > 0;

    if (count < 0) {
        fprintf(stderr, "usage: replay_NAME FOLDER\n");
        return 2;
    }
    LLVMFuzzerInitialize(&argc, &argv);
    printf("1..%d\n", count);
    for (int i = 0; i < count; i++) {
        char path[4096];
        bool fine = snprintf(path, sizeof path, "%s/%s", argv[1], files[i]->d_name) <
                        (int)sizeof path &&
                    play_apart(path);

        printf("%sok %d - %s\n", fine ? "" : "not ", i + 1, files[i]->d_name);
        good = good && fine;
        free(files[i]);
    }
    free(files);
    return good ? 0 : 1;
}
