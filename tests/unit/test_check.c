/*
 * The doctor's parsers: nsswitch.conf, PAM stacks and what comes out of them, sshd's settings;
 * broken, looping and hostile files, too. No host is looked at: every file is below a folder of our
 * own.
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

#include "check/pam_run.h"
#include "check/pam_stack.h"
#include "check/sshd_settings.h"
#include "host/nsswitch.h"
#include "host/text_file.h"

static char root[64];

static int make_root(void **state)
{
    char path[128];

    (void)state;
    snprintf(root, sizeof root, "/tmp/test_check.XXXXXX");
    if (mkdtemp(root) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/etc", root);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/etc/pam.d", root);
    return mkdir(path, 0755);
}

static const char *const written[] = { "svc", "a", "b", "other", "common", "deep" };

static int remove_root(void **state)
{
    char path[128];

    (void)state;
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        snprintf(path, sizeof path, "%s/etc/pam.d/%s", root, written[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/etc/pam.d", root);
    rmdir(path);
    snprintf(path, sizeof path, "%s/etc", root);
    rmdir(path);
    return rmdir(root);
}

static void put(const char *service, const char *text)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof path, "%s/etc/pam.d/%s", root, service);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* -- nsswitch ----------------------------------------------------------------------------- */

static bool parse(const char *text, const char *database, struct nss_line *ret)
{
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    bool found;

    assert_non_null(file);
    found = nsswitch_read(file, database, ret);
    fclose(file);
    return found;
}

static bool reaches(const char *text)
{
    struct nss_line line;

    return parse(text, "passwd", &line) && nsswitch_reaches(&line, nsswitch_find(&line, "coder"));
}

static void test_nsswitch_lines(void **state)
{
    struct nss_line line;

    (void)state;
    assert_true(
        parse("# passwd: no\n\n  passwd :\tfiles  systemd coder # coder2\n", "passwd", &line));
    assert_int_equal(line.count, 3);
    assert_int_equal(nsswitch_find(&line, "coder"), 2);
    assert_int_equal(nsswitch_find(&line, "coder2"), -1);
    assert_false(parse("passwd: files\ngroup: files\n", "shadow", &line));
    assert_false(parse("passwdx: files\n", "passwd", &line));
    assert_true(parse("passwd:\n", "passwd", &line));
    assert_int_equal(line.count, 0);
    assert_true(parse("group: files coder\npasswd: x\ngroup: files\n", "group", &line));
    assert_int_equal(nsswitch_find(&line, "coder"), -1);
}

static void test_nsswitch_where_a_search_ends(void **state)
{
    (void)state;
    assert_true(reaches("passwd: files coder"));
    assert_true(reaches("passwd: files coder [NOTFOUND=return]"));
    assert_false(reaches("passwd: files [NOTFOUND=return] coder"));
    assert_false(reaches("passwd: files [notfound=RETURN] coder"));
    assert_true(reaches("passwd: files [SUCCESS=return] coder"));
    assert_true(reaches("passwd: files [NOTFOUND=return NOTFOUND=continue] coder"));
    assert_false(reaches("passwd: sss [!UNAVAIL=return] coder"));
    assert_true(reaches("passwd: sss [!NOTFOUND=return] coder"));
    assert_false(reaches("passwd: files [UNAVAIL=continue NOTFOUND=return] coder"));
    assert_false(reaches("passwd: files [ NOTFOUND = return ] coder"));
    assert_false(reaches("passwd: files"));
}

static bool hides(const char *text)
{
    struct nss_line line;

    return parse(text, "group", &line) && nsswitch_hides(&line, nsswitch_find(&line, "coder"));
}

static void test_nsswitch_whose_members_are_shown(void **state)
{
    (void)state;
    assert_true(hides("group: files coder"));
    assert_true(hides("group: files systemd coder"));
    assert_true(hides("group: compat coder"));
    assert_true(hides("group: files [NOTFOUND=continue] coder"));
    assert_true(hides("group: files [SUCCESS=return] coder"));
    assert_true(hides("group: files [SUCCESS=merge SUCCESS=return] coder"));
    assert_true(hides("group: files coder [SUCCESS=merge]"));
    assert_false(hides("group: files [SUCCESS=merge] coder"));
    assert_false(hides("group: files [ success = MERGE ] systemd coder"));
    assert_false(hides("group: files [NOTFOUND=continue SUCCESS=merge] coder"));
    assert_false(hides("group: coder files"));
    assert_false(hides("group: files"));
}

static void test_nsswitch_survives_nonsense(void **state)
{
    char *huge = malloc(100001);
    struct nss_line line;

    (void)state;
    assert_non_null(huge);
    assert_true(parse("passwd: [ [[] =] [=] [!] [NOTFOUND= coder", "passwd", &line));
    memset(huge, 'x', 100000);
    huge[100000] = '\0';
    memcpy(huge, "passwd: ", 8);
    assert_true(parse(huge, "passwd", &line));
    assert_int_equal(line.count, 1);
    for (size_t i = 9; i < 100000; i += 2)
        huge[i] = ' ';
    assert_true(parse(huge, "passwd", &line));
    assert_int_equal(line.count, NSSWITCH_SOURCES_MAX);
    free(huge);
}

/* -- PAM ---------------------------------------------------------------------------------- */

static enum pam_read read_result(enum pam_phase phase)
{
    struct pam_stack stack;
    enum pam_read result = pam_stack_read(root, "svc", phase, &stack);

    pam_stack_free(&stack);
    return result;
}

/* What the account phase of svc says when our module and pam_unix answer so. */
static int run(enum pam_code local, enum pam_code coder, enum pam_code unix_, bool *ret_asked)
{
    const struct pam_answers answers = { .local = local, .coder = coder, .unix_ = unix_ };
    struct pam_stack stack;
    int code;

    assert_int_equal(pam_stack_read(root, "svc", PHASE_ACCOUNT, &stack), PAM_READ_OK);
    code = (int)pam_stack_run(&stack, &answers, ret_asked);
    pam_stack_free(&stack);
    return code;
}

#define STOCK \
    "account [success=1 default=ignore] pam_localuser.so\n" \
    "account [success=2 new_authtok_reqd=done user_unknown=ignore default=die] pam_coder.so\n" \
    "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n" \
    "account requisite pam_deny.so\naccount required pam_permit.so\n"

static void test_pam_the_stock_stack(void **state)
{
    bool asked;

    (void)state;
    put("svc",
        "# a comment\naccount required pam_nologin.so\n@include common\nauth required x.so\n");
    put("common", STOCK);
    assert_int_equal(run(CODE_PERM_DENIED, CODE_SUCCESS, CODE_PERM_DENIED, &asked), CODE_SUCCESS);
    assert_true(asked);
    assert_int_equal(run(CODE_PERM_DENIED, CODE_PERM_DENIED, CODE_SUCCESS, &asked),
                     CODE_PERM_DENIED);
    assert_int_equal(run(CODE_PERM_DENIED, CODE_AUTHINFO_UNAVAIL, CODE_SUCCESS, &asked),
                     CODE_AUTHINFO_UNAVAIL);
    assert_int_equal(run(CODE_PERM_DENIED, CODE_NEW_AUTHTOK_REQD, CODE_SUCCESS, &asked),
                     CODE_NEW_AUTHTOK_REQD);
    assert_int_equal(run(CODE_PERM_DENIED, CODE_USER_UNKNOWN, CODE_SUCCESS, &asked), CODE_SUCCESS);
    assert_int_equal(run(CODE_SUCCESS, CODE_MODULE_UNKNOWN, CODE_SUCCESS, &asked), CODE_SUCCESS);
    assert_false(asked);
    assert_int_equal(run(CODE_SUCCESS, CODE_SUCCESS, CODE_PERM_DENIED, &asked), CODE_AUTH_ERR);
}

/* Account stacks in which a suspended user's "no" is not what comes out. */
static void test_pam_unsafe_stacks(void **state)
{
    static const char *const open[] = {
        "account sufficient pam_unix.so\naccount required pam_coder.so\n",
        "account sufficient pam_permit.so\n" STOCK,
        "account required pam_unix.so\n",
        "account optional pam_coder.so\naccount required pam_unix.so\n",
        "account [success=1 default=ignore] pam_coder.so\naccount required pam_unix.so\n",
        "account [default=1] pam_permit.so\naccount required pam_coder.so\naccount required "
        "pam_permit.so\n",
        "account [default=reset] pam_coder.so\naccount required pam_permit.so\n",
        "account substack a\naccount required pam_permit.so\n",
    };

    (void)state;
    put("a", "account [success=ok default=ignore] pam_coder.so\n");
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        put("svc", open[i]);
        assert_int_equal(run(CODE_PERM_DENIED, CODE_PERM_DENIED, CODE_SUCCESS, NULL), CODE_SUCCESS);
    }
}

/* Modules that ask for no secret must not let in whom ours keeps out, unless it is about others. */
static void test_pam_conditions(void **state)
{
    static const char *const open[] = {
        "account sufficient pam_succeed_if.so uid >= 1000 quiet\n" STOCK,
        "account [success=4 default=ignore] pam_succeed_if.so user ingroup staff\n" STOCK,
        "account sufficient /usr/lib/security/pam_listfile.so item=user file=/etc/x\n" STOCK,
        "account sufficient pam_usertype.so isregular\n" STOCK,
    };
    static const char *const closed[] = {
        "account sufficient pam_succeed_if.so uid < 1000 quiet\n" STOCK,
        "account sufficient pam_usertype.so issystem\n" STOCK,
        "account required pam_access.so\n" STOCK,
        "account [success=1 default=ignore] pam_succeed_if.so service = cron\n"
        "account required pam_time.so\n" STOCK,
    };

    (void)state;
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        put("svc", open[i]);
        assert_int_equal(run(CODE_PERM_DENIED, CODE_PERM_DENIED, CODE_SUCCESS, NULL), CODE_SUCCESS);
        assert_int_equal(run(CODE_PERM_DENIED, CODE_SUCCESS, CODE_SUCCESS, NULL), CODE_SUCCESS);
    }
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        put("svc", closed[i]);
        assert_int_equal(run(CODE_PERM_DENIED, CODE_PERM_DENIED, CODE_SUCCESS, NULL),
                         CODE_PERM_DENIED);
        assert_int_equal(run(CODE_PERM_DENIED, CODE_SUCCESS, CODE_SUCCESS, NULL), CODE_SUCCESS);
    }
}

/* What the auth phase says when every password is refused. */
static int run_refused(enum pam_code coder, bool by_root)
{
    const struct pam_answers answers = { .local = CODE_PERM_DENIED, .coder = coder,
                                         .unix_ = CODE_AUTH_ERR, .others = OTHERS_REFUSE,
                                         .by_root = by_root };
    struct pam_stack stack;
    int code;

    assert_int_equal(pam_stack_read(root, "svc", PHASE_AUTH, &stack), PAM_READ_OK);
    code = (int)pam_stack_run(&stack, &answers, NULL);
    pam_stack_free(&stack);
    return code;
}

#define AUTH \
    "auth [success=2 default=ignore] pam_unix.so nullok\n" \
    "auth [success=1 default=die] pam_coder.so use_first_pass\n" \
    "auth requisite pam_deny.so\nauth required pam_permit.so\nauth optional pam_cap.so\n"

/* Who knows no password gets in by what says yes without asking for one, and by nothing else. */
static void test_pam_without_a_password(void **state)
{
    static const struct {
        const char *stack;
        bool open, open_for_root, open_by_condition;
    } rows[] = {
        { AUTH, false, false, false },
        { "auth sufficient pam_permit.so\n" AUTH, true, true, true },
        { "auth sufficient /lib/security/pam_permit.so\n" AUTH, true, true, true },
        { "auth sufficient pam_rootok.so\n" AUTH, false, true, false },
        { "auth required pam_env.so\nauth required pam_permit.so\n", true, true, true },
        { "auth required pam_env.so\nauth required pam_nologin.so\n", false, false, false },
        { "auth required pam_sss.so\n", false, false, false },
        { "auth required pam_sss.so\nauth required pam_permit.so\n", false, false, false },
        { "auth optional pam_sss.so\nauth required pam_permit.so\n", true, true, true },
        { "auth optional pam_coder.so\nauth required pam_permit.so\n", true, true, true },
        { "auth [default=ignore] pam_unix.so\nauth sufficient pam_google.so\n" AUTH, false, false,
          false },
        { "auth sufficient pam_succeed_if.so user ingroup staff\n" AUTH, false, false, true },
        { "auth sufficient pam_exec.so /usr/local/bin/ask\n" AUTH, false, false, true },
        { "auth requisite pam_succeed_if.so uid >= 1000 quiet\n" AUTH, false, false, false },
        { "auth [success=4 default=ignore] pam_succeed_if.so user = root\n" AUTH, false, false,
          false },
        { "auth [default=3] pam_faildelay.so\n" AUTH, true, true, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put("svc", rows[i].stack);
        assert_int_equal(run_refused(CODE_AUTH_ERR, false) == CODE_SUCCESS, rows[i].open);
        assert_int_equal(run_refused(CODE_AUTH_ERR, true) == CODE_SUCCESS, rows[i].open_for_root);
        assert_int_equal(run_refused(CODE_PERM_DENIED, false) == CODE_SUCCESS,
                         rows[i].open_by_condition);
    }
}

static void test_pam_die_in_a_substack_ends_the_substack_only(void **state)
{
    (void)state;
    put("a", "account [default=die] pam_coder.so\naccount required pam_permit.so\n");
    put("svc", "account substack a\naccount required pam_permit.so\n");
    assert_int_equal(run(CODE_PERM_DENIED, CODE_PERM_DENIED, CODE_SUCCESS, NULL), CODE_PERM_DENIED);
    put("a", "account sufficient pam_coder.so\naccount required pam_deny.so\n");
    assert_int_equal(run(CODE_PERM_DENIED, CODE_SUCCESS, CODE_SUCCESS, NULL), CODE_SUCCESS);
    put("svc",
        "account [default=1] pam_permit.so\naccount substack a\naccount required pam_permit.so\n");
    assert_int_equal(run(CODE_PERM_DENIED, CODE_PERM_DENIED, CODE_SUCCESS, NULL), CODE_SUCCESS);
    put("svc", "account [default=5] pam_permit.so\naccount required pam_permit.so\n");
    assert_int_equal(run(CODE_PERM_DENIED, CODE_SUCCESS, CODE_SUCCESS, NULL), CODE_PERM_DENIED);
}

static void test_pam_other_stands_in_for_a_phase_without_lines(void **state)
{
    struct pam_stack stack;

    (void)state;
    put("svc", "auth required pam_permit.so\n");
    put("other", STOCK);
    assert_int_equal(pam_stack_read(root, "svc", PHASE_ACCOUNT, &stack), PAM_READ_OK);
    assert_true(stack.borrowed);
    assert_non_null(pam_stack_find(&stack, "pam_coder.so"));
    pam_stack_free(&stack);
    put("other", "# nothing\n");
    assert_int_equal(run(CODE_PERM_DENIED, CODE_SUCCESS, CODE_SUCCESS, NULL), CODE_PERM_DENIED);
}

static void test_pam_syntax(void **state)
{
    (void)state;
    put("svc", "-account required \\\n  /lib/security/pam_coder.so arg [a b] # x\n"
               "ACCOUNT REQUIRED pam_unix.so\n");
    assert_int_equal(run(CODE_PERM_DENIED, CODE_PERM_DENIED, CODE_SUCCESS, NULL), CODE_PERM_DENIED);
    put("svc", "account sometimes pam_unix.so\n");
    assert_int_equal(read_result(PHASE_ACCOUNT), PAM_READ_BROKEN);
    assert_int_equal(read_result(PHASE_AUTH), PAM_READ_OK);
    put("svc", "account [success=ok default=] pam_unix.so\n");
    assert_int_equal(read_result(PHASE_ACCOUNT), PAM_READ_BROKEN);
    put("svc", "account [success=maybe] pam_unix.so\n");
    assert_int_equal(read_result(PHASE_ACCOUNT), PAM_READ_BROKEN);
    put("svc", "\033[31maccount required pam_unix.so\n");
    assert_int_equal(read_result(PHASE_ACCOUNT), PAM_READ_BROKEN);
    put("svc", "@include nowhere\n");
    assert_int_equal(read_result(PHASE_ACCOUNT), PAM_READ_BROKEN);
    put("svc", "account required\n");
    assert_int_equal(read_result(PHASE_ACCOUNT), PAM_READ_BROKEN);
}

static void test_pam_loops_and_floods_end(void **state)
{
    char *flood = malloc(600001);

    (void)state;
    put("svc", "@include a\n");
    put("a", "account include b\n");
    put("b", "account substack a\n");
    assert_int_equal(read_result(PHASE_ACCOUNT), PAM_READ_BROKEN);
    put("svc", "@include svc\n@include svc\n");
    assert_int_equal(read_result(PHASE_ACCOUNT), PAM_READ_BROKEN);
    put("svc", "account substack svc\n");
    assert_int_equal(read_result(PHASE_ACCOUNT), PAM_READ_BROKEN);
    assert_non_null(flood);
    for (size_t i = 0; i + 30 <= 600000; i += 30)
        memcpy(flood + i, "account required pam_permit.so", 30);
    memset(flood + 599990, 'x', 10);
    flood[600000] = '\0';
    put("svc", flood);
    assert_int_equal(read_result(PHASE_ACCOUNT), PAM_READ_OK); /* one long line, cut */
    for (size_t i = 29; i < 599990; i += 30)
        flood[i] = '\n';
    put("svc", flood);
    assert_int_equal(read_result(PHASE_ACCOUNT), PAM_READ_BROKEN);
    free(flood);
}

static void test_text_file_takes_regular_files_only(void **state)
{
    char path[128];

    (void)state;
    assert_null(text_file_open("", "/dev/zero"));
    assert_null(text_file_open("", "/etc"));
    snprintf(path, sizeof path, "%s/etc/pam.d/deep", root);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_null(text_file_open(root, "/etc/pam.d/deep"));
    unlink(path);
}

/* -- sshd --------------------------------------------------------------------------------- */

static int refusal(const char *text, const char *name, const char *groups)
{
    struct sshd_settings settings;

    sshd_settings_parse(text, &settings);
    return sshd_settings_refusal(&settings, name, groups);
}

static void test_sshd_lists(void **state)
{
    (void)state;
    assert_int_equal(refusal("usepam yes\n", "u", "u "), -1);
    assert_int_equal(refusal("allowusers root\nallowusers al*\n", "alice", "alice "), -1);
    assert_int_equal(refusal("allowusers root admin\n", "alice", ""), SSHD_ALLOW_USERS);
    assert_int_equal(refusal("denyusers alice\nallowusers alice\n", "alice", ""), SSHD_DENY_USERS);
    assert_int_equal(refusal("denyusers alice@10.0.0.1\n", "alice", ""), -1);
    assert_int_equal(refusal("allowusers alice@10.0.0.1\n", "alice", ""), -1);
    assert_int_equal(refusal("allowusers !alice *\n", "alice", ""), SSHD_ALLOW_USERS);
    assert_int_equal(refusal("allowgroups ssh coder-member\n", "u", "u coder-member "), -1);
    assert_int_equal(refusal("allowgroups ssh\n", "u", "u coder-member "), SSHD_ALLOW_GROUPS);
    assert_int_equal(refusal("denygroups coder-*\n", "u", "u coder-member "), SSHD_DENY_GROUPS);
    assert_int_equal(refusal("denyusers ?lic[ae]\n", "alice", ""), -1);
}

static void test_sshd_settings(void **state)
{
    struct sshd_settings settings;

    (void)state;
    sshd_settings_parse(
        "UsePAM yes\npasswordauthentication no\n\nnonsense\nauthorizedkeysfile a b\nx", &settings);
    assert_true(settings.pam && settings.keyboard_interactive && settings.strict_modes);
    assert_false(settings.password);
    assert_string_equal(settings.key_files, "a b ");
    sshd_settings_parse("", &settings);
    assert_false(settings.pam);
}

static enum sshd_method method(const char *setting, const char *name)
{
    struct sshd_settings settings;

    sshd_settings_parse(setting, &settings);
    return sshd_settings_method(&settings, name);
}

static void test_sshd_which_method_is_enough(void **state)
{
    (void)state;
    assert_int_equal(method("usepam yes\n", "password"), SSHD_METHOD_ENOUGH);
    assert_int_equal(method("authenticationmethods any\n", "password"), SSHD_METHOD_ENOUGH);
    assert_int_equal(method("authenticationmethods publickey\n", "publickey"), SSHD_METHOD_ENOUGH);
    assert_int_equal(method("authenticationmethods publickey\n", "password"), SSHD_METHOD_NEVER);
    assert_int_equal(method("authenticationmethods publickey,password\n", "password"),
                     SSHD_METHOD_WITH_MORE);
    assert_int_equal(method("authenticationmethods publickey,password password\n", "password"),
                     SSHD_METHOD_ENOUGH);
    assert_int_equal(method("authenticationmethods publickey,keyboard-interactive:pam\n",
                            "keyboard-interactive"), SSHD_METHOD_WITH_MORE);
    assert_int_equal(method("authenticationmethods passwordless\n", "password"),
                     SSHD_METHOD_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nsswitch_lines),
        cmocka_unit_test(test_nsswitch_where_a_search_ends),
        cmocka_unit_test(test_nsswitch_whose_members_are_shown),
        cmocka_unit_test(test_nsswitch_survives_nonsense),
        cmocka_unit_test(test_pam_the_stock_stack),
        cmocka_unit_test(test_pam_unsafe_stacks),
        cmocka_unit_test(test_pam_conditions),
        cmocka_unit_test(test_pam_without_a_password),
        cmocka_unit_test(test_pam_die_in_a_substack_ends_the_substack_only),
        cmocka_unit_test(test_pam_other_stands_in_for_a_phase_without_lines),
        cmocka_unit_test(test_pam_syntax),
        cmocka_unit_test(test_pam_loops_and_floods_end),
        cmocka_unit_test(test_text_file_takes_regular_files_only),
        cmocka_unit_test(test_sshd_lists),
        cmocka_unit_test(test_sshd_settings),
        cmocka_unit_test(test_sshd_which_method_is_enough),
    };

    return cmocka_run_group_tests(tests, make_root, remove_root);
}
