/*
 * For shell tests: runs a program with one hostile attribute, and says what a process has.
 *
 *   inherit --list                      the names of the attributes, with their kind's number
 *   inherit NAME PROGRAM [ARG...]       77: cannot be set here
 *   inherit --portrait PID [--limits]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hostility.h"
#include "portrait.h"

static int list(void)
{
    for (size_t i = 0; i < hostility_count; i++)
        printf("%d %s\n", (int)hostilities[i].kind, hostilities[i].name);
    return 0;
}

static int portray(int argc, char **argv)
{
    char text[PORTRAIT_SIZE];

    portrait_take((pid_t)atoi(argv[2]), argc > 3, text);
    fputs(text, stdout);
    return text[0] == '\0';
}

int main(int argc, char **argv)
{
    const struct hostility *hostility;

    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        return list();
    if (argc >= 3 && strcmp(argv[1], "--portrait") == 0)
        return portray(argc, argv);
    hostility = argc >= 3 ? hostility_find(argv[1]) : NULL;
    if (hostility == NULL)
        return 2;
    if (!hostility->set())
        return 77;
    execvp(argv[2], argv + 2);
    return 127;
}
