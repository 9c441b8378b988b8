/*
 * Reading a PAM stack: pam.conf(5)'s syntax with include, substack and @include, resolved as libpam
 * does. Depth and length are bounded, so a loop is an error and not our end.
 */
#include "pam_stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/text_file.h"
#include "sql/ascii.h"
#include "pam_action.h"

enum { LINE_SIZE = 4096, LINES_MAX = 1024, INCLUDES_MAX = 16 };

static const char *const phases[PHASES] = { "auth", "account", "password", "session" };

struct reader {
    const char *root;
    enum pam_phase phase;
    struct pam_stack *stack;
    unsigned depth;
};

static enum pam_read read_file(struct reader *reader, const char *name, unsigned level);

static enum pam_read fail(struct reader *reader, const char *file, const char *what,
                          const char *word)
{
    snprintf(reader->stack->fault, sizeof reader->stack->fault, "%.150s: %s%.100s", file, what,
             word);
    return PAM_READ_BROKEN;
}

/* A new line with nothing in it; NULL when there are too many. */
static struct pam_line *add_line(struct reader *reader, unsigned level)
{
    struct pam_stack *stack = reader->stack;

    if (stack->count == LINES_MAX)
        return NULL;
    stack->lines[stack->count].level = (unsigned char)level;
    return &stack->lines[stack->count++];
}

static enum pam_read begin_substack(struct reader *reader, const char *name, unsigned level)
{
    struct pam_line *line = add_line(reader, level);

    if (line == NULL)
        return fail(reader, name, "more lines than anybody can mean", "");
    line->substack = true;
    return level + 1 < PAM_LEVELS ? read_file(reader, name, level + 1)
                                  : fail(reader, name, "substacks too deep", "");
}

/* The type may have a "-": no word about a missing module. */
static bool is_phase(const char *type, const char *phase)
{
    type += *type == '-';
    return ascii_is(type, phase);
}

static bool is_of_phase(const struct reader *reader, const char *type)
{
    return is_phase(type, phases[reader->phase]);
}

static bool is_any_phase(const char *type)
{
    for (size_t i = 0; i < PHASES; i++)
        if (is_phase(type, phases[i]))
            return true;
    return false;
}

/* Does the module say yes by what the user is, and to ours, too? Not where its arguments say that
 * it is about root or system users, pam_succeed_if(8), pam_usertype(8). */
static bool is_condition(const char *module, const char *arguments)
{
    static const char *const conditions[] = { "pam_succeed_if.so", "pam_usertype.so",
                                              "pam_listfile.so",   "pam_access.so",
                                              "pam_time.so",       "pam_exec.so" };
    static const char *const others[] = { "uid <", "uid lt ", "uid = 0", "uid eq 0", "user = root",
                                          "issystem" };
    const char *slash = strrchr(module, '/');
    bool found = false;

    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++)
        found = found || strcmp(slash != NULL ? slash + 1 : module, conditions[i]) == 0;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        found = found && strstr(arguments, others[i]) == NULL;
    return found;
}

static enum pam_read read_line(struct reader *reader, const char *file, const char *text,
                               unsigned level)
{
    char type[64], control[1024], module[PAM_MODULE_SIZE];
    struct pam_line *line;

    if (!text_word(&text, type, sizeof type))
        return PAM_READ_OK;
    if (strcmp(type, "@include") == 0)
        return text_word(&text, module, sizeof module)
                   ? read_file(reader, module, level)
                   : fail(reader, file, "@include without a file", "");
    if (!is_any_phase(type))
        return fail(reader, file, "not a PAM line: ", type);
    if (!is_of_phase(reader, type))
        return PAM_READ_OK;
    if (!text_word(&text, control, sizeof control) || !text_word(&text, module, sizeof module))
        return fail(reader, file, "a line without control or module: ", type);
    if (ascii_is(control, "include"))
        return read_file(reader, module, level);
    if (ascii_is(control, "substack"))
        return begin_substack(reader, module, level);
    line = add_line(reader, level);
    if (line == NULL)
        return fail(reader, file, "more lines than anybody can mean", "");
    snprintf(line->module, sizeof line->module, "%s", module);
    line->condition = is_condition(module, text);
    return pam_action_parse(control, line->action)
               ? PAM_READ_OK
               : fail(reader, file, "unknown control: ", control);
}

/* libpam's order of places, pam.d(5). */
static FILE *open_service(const char *root, const char *name)
{
    static const char *const folders[] = { "/etc/pam.d/", "/usr/lib/pam.d/" };
    char path[512];
    FILE *file = NULL;

    if (name[0] == '/')
        return text_file_open(root, name);
    for (size_t i = 0; file == NULL && i < 2; i++) {
        if (snprintf(path, sizeof path, "%s%s", folders[i], name) >= (int)sizeof path)
            return NULL;
        file = text_file_open(root, path);
    }
    return file;
}

static enum pam_read read_file(struct reader *reader, const char *name, unsigned level)
{
    enum pam_read result = PAM_READ_OK;
    char line[LINE_SIZE];
    FILE *file;

    if (reader->depth == INCLUDES_MAX)
        return fail(reader, name, "includes too deep, or a loop of them", "");
    file = open_service(reader->root, name);
    if (file == NULL && reader->depth == 0)
        return PAM_READ_MISSING;
    if (file == NULL)
        return fail(reader, name, "included, but cannot be read", "");
    reader->depth++;
    while (result == PAM_READ_OK && text_file_line(file, line, sizeof line))
        result = read_line(reader, name, line, level);
    reader->depth--;
    fclose(file);
    return result;
}

enum pam_read pam_stack_read(const char *root, const char *service, enum pam_phase phase,
                             struct pam_stack *ret)
{
    struct reader reader = { .root = root, .phase = phase, .stack = ret };
    enum pam_read result;

    memset(ret, 0, sizeof *ret);
    ret->lines = calloc(LINES_MAX, sizeof *ret->lines);
    if (ret->lines == NULL)
        return PAM_READ_NO_MEMORY;
    result = read_file(&reader, service, 0);
    if (result != PAM_READ_OK || ret->count > 0 || strcmp(service, "other") == 0)
        return result;
    ret->borrowed = true; /* libpam: a phase without lines is the service `other`'s */
    result = read_file(&reader, "other", 0);
    return result == PAM_READ_MISSING ? PAM_READ_OK : result;
}

void pam_stack_free(struct pam_stack *stack)
{
    free(stack->lines);
    stack->lines = NULL;
    stack->count = 0;
}
