/*
 * What the doctor reads of other programs' configuration: nsswitch.conf, PAM stacks, sshd's
 * settings. Whatever is in it, reading ends and what comes out is in its range.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check/pam_action.h"
#include "check/pam_run.h"
#include "check/pam_stack.h"
#include "check/sshd_settings.h"
#include "host/nsswitch.h"
#include "host/text_file.h"
#include "fuzz.h"

enum { SERVICES = 3 };

static const char *const services[SERVICES] = { "svc", "one", "other" };
static char root[] = "/tmp/coder-fuzz.XXXXXX";

static void service_path(size_t index, char ret[64])
{
    snprintf(ret, 64, "%s/etc/pam.d/%s", root, services[index]);
}

static void remove_root(void)
{
    char path[64];

    for (size_t i = 0; i < SERVICES; i++) {
        service_path(i, path);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/etc/pam.d", root);
    rmdir(path);
    snprintf(path, sizeof path, "%s/etc", root);
    rmdir(path);
    rmdir(root);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    char path[64];

    (void)argc;
    (void)argv;
    fuzz_require(mkdtemp(root) != NULL, "there is a folder");
    snprintf(path, sizeof path, "%s/etc", root);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/etc/pam.d", root);
    mkdir(path, 0755);
    fuzz_at_exit(remove_root);
    return 0;
}

/* -- text and nsswitch ---- */

static FILE *open_octets(const struct fuzz_input *input)
{
    int fd = fuzz_file(input->at, input->left);
    FILE *file = fdopen(fd, "r");

    fuzz_require(file != NULL, "there is memory");
    return file;
}

static void check_lines(const struct fuzz_input *input, size_t size)
{
    FILE *file = open_octets(input);
    char *line = malloc(size), *word = malloc(size);
    size_t count = 0;

    while (text_file_line(file, line, size)) {
        const char *text = line;

        fuzz_require(strnlen(line, size) < size && strchr(line, '\n') == NULL, "a line ends");
        fuzz_require(strchr(line, '#') == NULL, "a line has no comment");
        fuzz_require(++count <= input->left, "lines end");
        while (text_word(&text, word, size))
            fuzz_require(strnlen(word, size) < size && text <= line + strlen(line), "a word ends");
    }
    fclose(file);
    free(line);
    free(word);
}

static void check_nsswitch(const struct fuzz_input *input)
{
    FILE *file = open_octets(input);
    struct nss_line line = { 0 };

    if (nsswitch_read(file, "passwd", &line)) {
        fuzz_require(line.count <= NSSWITCH_SOURCES_MAX, "sources are counted");
        for (size_t i = 0; i < line.count; i++) {
            int place = nsswitch_find(&line, line.sources[i].name);

            fuzz_require(strnlen(line.sources[i].name, NSSWITCH_NAME_SIZE) < NSSWITCH_NAME_SIZE &&
                             line.sources[i].name[0] != '\0' && line.sources[i].name[0] != '[',
                         "a source has a name");
            fuzz_require(place >= 0 && place <= (int)i, "a source is found");
            if (i > 0 && line.sources[i - 1].stops)
                fuzz_require(!nsswitch_reaches(&line, (int)i), "behind a return is nothing");
        }
        fuzz_require(!nsswitch_reaches(&line, nsswitch_find(&line, "no such")), "what is not there");
    }
    fclose(file);
}

/* -- PAM ---- */

static void check_actions(const short action[PAM_CODES])
{
    for (size_t i = 0; i < PAM_CODES; i++)
        fuzz_require(action[i] >= ACTION_RESET && action[i] != 0 && action[i] <= 1000,
                     "an action is one");
}

static void check_control(const char *control)
{
    short action[PAM_CODES];

    if (pam_action_parse(control, action))
        check_actions(action);
}

/* One octet less than the whole is for each file; what is behind a NUL is the next file's. */
static void write_services(const struct fuzz_input *input)
{
    const uint8_t *at = input->at, *end = input->at + input->left;

    for (size_t i = 0; i < SERVICES; i++) {
        const uint8_t *nul = at < end ? memchr(at, '\0', (size_t)(end - at)) : NULL;
        size_t size = nul != NULL ? (size_t)(nul - at) : (size_t)(end - at);
        char path[64];
        int fd;

        service_path(i, path);
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        fuzz_require(fd >= 0 && write(fd, at, size) == (ssize_t)size, "a file can be written");
        close(fd);
        at = nul != NULL ? nul + 1 : end;
    }
}

static void run_stack(const struct pam_stack *stack)
{
    static const enum pam_code codes[] = { CODE_SUCCESS, CODE_AUTH_ERR, CODE_USER_UNKNOWN,
                                           CODE_IGNORE, CODE_NEW_AUTHTOK_REQD };
    enum { CODES = sizeof codes / sizeof codes[0] };

    for (size_t i = 0; i < 4 * CODES * CODES * CODES; i++) {
        const struct pam_answers answers = {
            codes[i % CODES], codes[i / CODES % CODES], codes[i / CODES / CODES % CODES],
            i / CODES / CODES / CODES % 2 == 0 ? OTHERS_GO_ON : OTHERS_REFUSE,
            i / CODES / CODES / CODES / 2 == 0,
        };
        bool asked = false;
        enum pam_code code = pam_stack_run(stack, &answers, &asked);

        fuzz_require((int)code >= 0 && (int)code < PAM_CODES, "a code of libpam's");
        fuzz_require(!asked || pam_stack_find(stack, "pam_coder.so") != NULL, "it is asked if it is there");
        fuzz_require(stack->count > 0 || code == CODE_PERM_DENIED, "an empty stack lets nobody in");
    }
}

static void check_stack(struct fuzz_input *input)
{
    enum pam_phase phase = (enum pam_phase)fuzz_below(input, PHASES);
    struct pam_stack stack;
    enum pam_read result;

    write_services(input);
    result = pam_stack_read(root, "svc", phase, &stack);
    fuzz_require(memchr(stack.fault, '\0', sizeof stack.fault) != NULL, "a fault ends");
    fuzz_require((result == PAM_READ_BROKEN) == (stack.fault[0] != '\0'), "a fault is told");
    if (result == PAM_READ_OK) {
        for (size_t i = 0; i < stack.count; i++) {
            fuzz_require(stack.lines[i].level < PAM_LEVELS, "levels are few");
            if (!stack.lines[i].substack)
                check_actions(stack.lines[i].action);
        }
        run_stack(&stack);
    }
    pam_stack_free(&stack);
}

/* -- sshd ---- */

static void check_sshd(struct fuzz_input *input)
{
    struct sshd_settings settings;
    char name[64], groups[64], *text;
    bool empty = true;
    int refusal;

    fuzz_text(input, name, sizeof name);
    fuzz_text(input, groups, sizeof groups);
    text = fuzz_copy_text(input->at, input->left);
    sshd_settings_parse(text, &settings);
    for (int i = 0; i < SSHD_LISTS; i++) {
        fuzz_require(memchr(settings.lists[i], '\0', SSHD_LIST_SIZE) != NULL, "a list ends");
        empty = empty && settings.lists[i][0] == '\0';
    }
    refusal = sshd_settings_refusal(&settings, name, groups);
    fuzz_require(refusal >= -1 && refusal < SSHD_LISTS, "a list that there is");
    fuzz_require(refusal == -1 || (!empty && settings.lists[refusal][0] != '\0'), "by a list that says so");
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = { data, size };
    uint8_t choice = fuzz_octet(&input);
    char *text;

    switch (choice % 5) {
    case 0:
        check_lines(&input, 2 + (size_t)choice / 5 * 4);
        break;
    case 1:
        check_nsswitch(&input);
        break;
    case 2:
        text = fuzz_copy_text(input.at, input.left);
        check_control(text);
        free(text);
        break;
    case 3:
        check_stack(&input);
        break;
    case 4:
        check_sshd(&input);
        break;
    }
    return 0;
}
