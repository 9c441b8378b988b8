/*
 * PAM on paper against PAM: random stacks of pam_permit and pam_deny, with skips, substacks and
 * includes, must come out of pam_stack_run as they come out of libpam.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <security/pam_appl.h>

#include "check/pam_run.h"
#include "check/pam_stack.h"

enum { ROUNDS = 1000, FILES = 3 };

static const char *const names[FILES] = { "svc", "one", "two" };
static char root[64], folder[96];
static uint64_t seed = 20261124;

/* The same stacks in every run (xorshift). */
static unsigned pick(unsigned count)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % count;
}

static int make_root(void **state)
{
    char path[128];

    (void)state;
    snprintf(root, sizeof root, "/tmp/test_pam_paper.XXXXXX");
    if (mkdtemp(root) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/etc", root);
    snprintf(folder, sizeof folder, "%s/etc/pam.d", root);
    return mkdir(path, 0755) != 0 || mkdir(folder, 0755) != 0;
}

static int remove_root(void **state)
{
    char path[160];

    (void)state;
    for (size_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    snprintf(path, sizeof path, "%s/etc", root);
    rmdir(path);
    return rmdir(root);
}

static void write_control(FILE *file)
{
    static const char *const controls[] = { "required", "requisite", "sufficient", "optional" };
    static const char *const actions[] = { "ignore", "ok", "done", "bad", "die", "reset",
                                           "1",      "2",  "3" };

    if (pick(2) == 0)
        fputs(controls[pick(4)], file);
    else
        fprintf(file, "[success=%s default=%s]", actions[pick(9)], actions[pick(9)]);
}

/* A file names later ones only, so that nothing loops. */
static void write_file(unsigned number)
{
    char path[160];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, names[number]);
    file = fopen(path, "w");
    assert_non_null(file);
    for (unsigned lines = 1 + pick(5); lines > 0; lines--) {
        fputs("auth ", file);
        if (number + 1 < FILES && pick(4) == 0) {
            /* by its path: libpam looks for others in /etc/pam.d */
            fprintf(file, "%s %s/%s\n", pick(2) == 0 ? "include" : "substack", folder,
                    names[number + 1]);
            continue;
        }
        write_control(file);
        fprintf(file, " %s\n", pick(2) == 0 ? "pam_permit.so" : "pam_deny.so");
    }
    fclose(file);
}

static int ask_nobody(int count, const struct pam_message **messages, struct pam_response **ret,
                      void *data)
{
    (void)count;
    (void)messages;
    (void)ret;
    (void)data;
    return PAM_CONV_ERR;
}

static int run_libpam(void)
{
    const struct pam_conv conversation = { ask_nobody, NULL };
    pam_handle_t *pamh = NULL;
    int code;

    assert_int_equal(pam_start_confdir("svc", "nobody", &conversation, folder, &pamh), PAM_SUCCESS);
    code = pam_authenticate(pamh, 0);
    pam_end(pamh, code);
    return code;
}

static int run_paper(void)
{
    const struct pam_answers answers = { .local = CODE_PERM_DENIED, .coder = CODE_PERM_DENIED,
                                         .unix_ = CODE_PERM_DENIED };
    struct pam_stack stack;
    char path[160];
    int code;

    snprintf(path, sizeof path, "%s/svc", folder);
    assert_int_equal(pam_stack_read("", path, PHASE_AUTH, &stack), PAM_READ_OK);
    code = (int)pam_stack_run(&stack, &answers, NULL);
    pam_stack_free(&stack);
    return code;
}

static void show(void)
{
    char path[160], line[256];

    for (size_t i = 0; i < FILES; i++) {
        FILE *file;

        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        file = fopen(path, "r");
        while (file != NULL && fgets(line, sizeof line, file) != NULL)
            fprintf(stderr, "%s: %s", names[i], line);
        if (file != NULL)
            fclose(file);
    }
}

static void test_paper_says_what_libpam_says(void **state)
{
    unsigned passed = 0;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        int paper, real;

        for (unsigned f = 0; f < FILES; f++)
            write_file(f);
        paper = run_paper();
        real = run_libpam();
        passed += real == PAM_SUCCESS;
        if (paper != real)
            show();
        assert_int_equal(paper, real);
    }
    assert_in_range(passed, ROUNDS / 10, ROUNDS - ROUNDS / 10); /* both kinds were tried */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paper_says_what_libpam_says),
    };

    return cmocka_run_group_tests(tests, make_root, remove_root);
}
