/*
 * The PAM entry points through libpam itself (pam_start_confdir). One source, two builds: with test
 * paths and a fake NSS for anybody, and against the shipped objects in a private world for root. Each
 * call is made in a process of its own, as real hosts do; in the world with real and effective ids
 * of root, of a setuid program and of an unprivileged one.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "sql/account.h"
#include "fixture/fixture.h"
#include "fixture/pam_host.h"

#define RIGHT "plain-horse-9-lantern"
#define NEW "violet-engine-4-harbour"
#define SUSPENDED_TEXT "This account is suspended. Please contact your administrator."
#define FORCED_TEXT "You are required to change your password immediately (administrator enforced)."

/* -- one call ----------------------------------------------------------------------------- */

static const struct host_seen *seen; /* what the last call showed */
static int descriptors;               /* of the host, before it */

static int count_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void look_before(void)
{
    openlog("test_pam", LOG_NDELAY, LOG_AUTHPRIV); /* syslog(3)'s descriptor is the host's */
    descriptors = count_descriptors();
}

static void look_after(void)
{
    if (count_descriptors() != descriptors)
        host_note("there were %d descriptors, there are %d", descriptors, count_descriptors());
    if (waitpid(-1, NULL, __WALL | WNOHANG) != -1)
        host_note("a child is left");
}

/* The entry point's answer; what was said and asked is in *seen. */
static int call_pam(struct host_call call)
{
    int code;

    call.before = look_before;
    call.after = look_after;
    code = host_call(&call, &seen);
    assert_string_equal(seen->note, "");
    return code;
}

static int authenticate(const char *user, const char *password)
{
    return call_pam((struct host_call){ .entry = HOST_AUTH, .user = user, .answers = { password } });
}

static int account(const char *user)
{
    return call_pam((struct host_call){ .entry = HOST_ACCOUNT, .user = user });
}

/* A forced change as sshd and login make it. */
static int forced_change(const char *user, const char *current, const char *new, const char *again)
{
    return call_pam((struct host_call){ .entry = HOST_CHAUTHTOK, .user = user, .flags = PAM_CHANGE_EXPIRED_AUTHTOK,
                                   .answers = { current, new, again } });
}

static bool said(const char *text)
{
    return strstr(seen->said, text) != NULL;
}

/* -- the accounts ------------------------------------------------------------------------- */

static int setup(void **state)
{
    struct account one;
    int64_t now = time(NULL);

    (void)state;
    rename(CODER_HELPER ".away", CODER_HELPER); /* a test that failed may have left it there */
    fixture_reset();
    one = fixture_account("active", 70100);
    fixture_add(&one, RIGHT);
    one = fixture_account("temporary", 70101);
    one.temporary = true;
    one.temporary_until = now + 3600;
    fixture_add(&one, RIGHT);
    one = fixture_account("late", 70102);
    one.temporary = true;
    one.temporary_until = now - 1;
    fixture_add(&one, RIGHT);
    one = fixture_account("expired", 70103);
    one.expires_at = now - 1;
    fixture_add(&one, RIGHT);
    one = fixture_account("suspended", 70104);
    one.status = ACCOUNT_SUSPENDED;
    fixture_add(&one, RIGHT);
    one = fixture_account("keyonly", 70105);
    fixture_add(&one, NULL);
    fixture_publish();
    return 0;
}

/* -- the contract's table ----------------------------------------------------------------- */

static void every_state_answers_as_the_contract_says(void **state)
{
    static const struct {
        const char *user;
        int right, wrong, account, change, session;
    } rows[] = {
        { "active", PAM_SUCCESS, PAM_AUTH_ERR, PAM_SUCCESS, PAM_SUCCESS, PAM_SUCCESS },
        { "temporary", PAM_SUCCESS, PAM_AUTH_ERR, PAM_NEW_AUTHTOK_REQD, PAM_SUCCESS, PAM_SUCCESS },
        { "late", PAM_AUTH_ERR, PAM_AUTH_ERR, PAM_PERM_DENIED, PAM_AUTHTOK_ERR, PAM_PERM_DENIED },
        { "expired", PAM_PERM_DENIED, PAM_AUTH_ERR, PAM_PERM_DENIED, PAM_AUTHTOK_ERR, PAM_PERM_DENIED },
        { "suspended", PAM_PERM_DENIED, PAM_AUTH_ERR, PAM_PERM_DENIED, PAM_AUTHTOK_ERR, PAM_PERM_DENIED },
        { "nobodysuser", PAM_USER_UNKNOWN, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN },
        { "root", PAM_USER_UNKNOWN, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(authenticate(rows[i].user, RIGHT), rows[i].right);
        assert_int_equal(authenticate(rows[i].user, "wrong-password-1"), rows[i].wrong);
        assert_int_equal(authenticate(rows[i].user, ""), rows[i].wrong);
        assert_int_equal(account(rows[i].user), rows[i].account);
        assert_int_equal(call_pam((struct host_call){ .entry = HOST_OPEN, .user = rows[i].user }), rows[i].session);
        assert_int_equal(forced_change(rows[i].user, RIGHT, NEW, NEW), rows[i].change);
    }
}

static void refusals_say_why_only_after_a_right_password(void **state)
{
    (void)state;
    authenticate("suspended", "wrong-password-1");
    assert_false(said("suspended"));
    authenticate("suspended", RIGHT);
    assert_true(said("E:" SUSPENDED_TEXT));
    account("suspended"); /* a key login */
    assert_true(said("E:" SUSPENDED_TEXT));
    call_pam((struct host_call){ .entry = HOST_ACCOUNT, .user = "suspended", .flags = (int)PAM_SILENT });
    assert_string_equal(seen->said, "");
    authenticate("late", RIGHT);
    assert_true(said("has expired"));
    account("temporary");
    assert_string_equal(seen->said, "E:" FORCED_TEXT "\n");
    account("active");
    assert_string_equal(seen->said, "");
}

static void auth_asks_exactly_once(void **state)
{
    (void)state;
    authenticate("active", "wrong-password-1");
    assert_string_equal(seen->said, "P:Password: \n");
    authenticate("nobodysuser", RIGHT); /* looks the same from outside */
    assert_string_equal(seen->said, "P:Password: \n");
    authenticate("root", RIGHT); /* another source's: before any prompt */
    assert_string_equal(seen->said, "");
}

static void setcred_and_close_do_nothing_for_ours(void **state)
{
    (void)state;
    assert_int_equal(call_pam((struct host_call){ .entry = HOST_SETCRED, .user = "suspended" }), PAM_SUCCESS);
    assert_int_equal(call_pam((struct host_call){ .entry = HOST_CLOSE, .user = "suspended" }), PAM_SUCCESS);
    assert_int_equal(call_pam((struct host_call){ .entry = HOST_SETCRED, .user = "root" }), PAM_USER_UNKNOWN);
    assert_int_equal(call_pam((struct host_call){ .entry = HOST_CLOSE, .user = "nobodysuser" }), PAM_USER_UNKNOWN);
}

static void a_password_less_account_never_passes_auth(void **state)
{
    (void)state;
    assert_int_equal(authenticate("keyonly", ""), PAM_AUTH_ERR);
    assert_int_equal(authenticate("keyonly", RIGHT), PAM_AUTH_ERR);
    assert_int_equal(account("keyonly"), PAM_SUCCESS);
}

static void strange_names_and_passwords_are_refused(void **state)
{
    static const char *const names[] = { "", "-", "active\n", "../active", "ACTIVE", "\xff\xfe", "70100" };
    char longest[600];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_not_equal(authenticate(names[i], RIGHT), PAM_SUCCESS);
    memset(longest, 'a', sizeof longest);
    longest[511] = '\0'; /* PAM_MAX_RESP_SIZE */
    assert_int_not_equal(authenticate(longest, RIGHT), PAM_SUCCESS);
    assert_int_equal(authenticate("active", longest), PAM_AUTH_ERR);
    assert_int_equal(call_pam((struct host_call){ .entry = HOST_AUTH, .user = "active", .answers = { NULL } }),
                     PAM_AUTH_ERR);
}

/* -- guessing ----------------------------------------------------------------------------- */

static void five_wrong_lock_this_origin_only(void **state)
{
    struct host_call here = { .entry = HOST_AUTH, .user = "active", .rhost = "192.0.2.7", .answers = { RIGHT } };

    (void)state;
    for (int i = 0; i < 5; i++) {
        here.answers[0] = "wrong-password-1";
        assert_int_equal(call_pam(here), PAM_AUTH_ERR);
    }
    here.answers[0] = RIGHT;
    assert_int_equal(call_pam(here), PAM_AUTH_ERR);
    assert_string_equal(seen->said, "P:Password: \n");
    here.rhost = "192.0.2.8";
    assert_int_equal(call_pam(here), PAM_SUCCESS);
    here.rhost = "::ffff:192.0.2.7"; /* the same origin */
    assert_int_equal(call_pam(here), PAM_AUTH_ERR);
    here.entry = HOST_ACCOUNT; /* keys are not guesses */
    assert_int_equal(call_pam(here), PAM_SUCCESS);
    fixture_activity_sql("UPDATE failures SET last = last - 31");
    here.entry = HOST_AUTH;
    here.rhost = "192.0.2.7";
    assert_int_equal(call_pam(here), PAM_SUCCESS);
}

static void a_locked_origin_cannot_change_the_password(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(forced_change("temporary", "wrong-password-1", NEW, NEW), PAM_AUTHTOK_ERR);
    assert_int_equal(forced_change("temporary", RIGHT, NEW, NEW), PAM_AUTHTOK_ERR);
}

static void failures_survive_and_name_no_stranger(void **state)
{
    (void)state;
    authenticate("nobodysuser", "some-secret-word-77");
    FILE *file = fopen(FIXTURE_PRIVATE "/activity.db", "r");
    char bytes[65536];
    size_t got = fread(bytes, 1, sizeof bytes, file);

    fclose(file);
    assert_true(got > 0);
    assert_null(memmem(bytes, got, "nobodysuser", 11));
    assert_null(memmem(bytes, got, "some-secret-word", 16));
    assert_non_null(memmem(bytes, got, "192.0.2.1", 9));
}

/* -- the past ----------------------------------------------------------------------------- */

static void the_past_is_told_as_login_tells_it(void **state)
{
    static const struct {
        const char *rhost, *tty, *failed, *words;
    } rows[] = {
        { "", "/dev/pts/7", " on /dev/pts\n", " on /dev/pts/7\n" },
        { "", "tty2", " on tty\n", " on tty2\n" },
        { "192.0.2.9", "ssh", " from 192.0.2.9\n", " from 192.0.2.9\n" },
        { "::ffff:192.0.2.9", NULL, " from 192.0.2.9\n", " from 192.0.2.9\n" },
        { "127.0.0.9", "ssh", " from this host or its link\n", " from 127.0.0.9\n" },
        { "::1", NULL, " from this host or its link\n", " from ::1\n" },
        { "localhost", NULL, " from this host or its link\n", " from localhost\n" },
        { "2001:db8::5", NULL, " from 2001:db8::/64\n", " from 2001:db8::/64\n" },
        { "desk tty:x\033[1m", "tty1", " from desk tty:x?[1m\n", " from desk tty:x?[1m\n" },
        { "", NULL, " by " HOST_SERVICE "\n", " by " HOST_SERVICE "\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct host_call call = { .user = "active", .rhost = rows[i].rhost, .tty = rows[i].tty,
                                  .answers = { "wrong-password-1" } };

        assert_int_equal(call_pam(call), PAM_AUTH_ERR);
        call.entry = HOST_OPEN;
        assert_int_equal(call_pam(call), PAM_SUCCESS);
        assert_true(said("I:Last failed login: ") && said(rows[i].failed));
        assert_true(said("I:There was 1 failed login attempt since"));
        assert_int_equal(call_pam(call), PAM_SUCCESS);
        assert_memory_equal(seen->said, "I:Last login: ", 14);
        assert_string_equal(strchr(seen->said, '\0') - strlen(rows[i].words), rows[i].words);
    }
}

static void a_silent_session_leaves_the_telling_to_the_next(void **state)
{
    struct host_call silent = { .entry = HOST_OPEN, .user = "active", .flags = (int)PAM_SILENT,
                                .ruser = "root" };
    struct host_call open = { .entry = HOST_OPEN, .user = "active" };

    (void)state;
    authenticate("active", "wrong-password-1");
    assert_int_equal(call_pam(silent), PAM_SUCCESS);
    assert_string_equal(seen->said, "");
    assert_int_equal(call_pam(open), PAM_SUCCESS);
    assert_false(said("Last login"));
    assert_true(said("There was 1 failed login attempt"));
    silent.user = "suspended";
    assert_int_equal(call_pam(silent), PAM_PERM_DENIED);
}

/* login with ~/.hushlogin: nothing is said, and yet it is the last login. */
static void a_hushed_login_is_a_login(void **state)
{
    struct host_call hushed = { .entry = HOST_OPEN, .user = "active", .flags = (int)PAM_SILENT };
    struct host_call open = { .entry = HOST_OPEN, .user = "active" };

    (void)state;
    assert_int_equal(call_pam(hushed), PAM_SUCCESS);
    assert_string_equal(seen->said, "");
    assert_int_equal(call_pam(open), PAM_SUCCESS);
    assert_true(said("I:Last login: "));
}

/* -- changing ----------------------------------------------------------------------------- */

static void a_forced_change_asks_as_pam_unix_does(void **state)
{
    (void)state;
    assert_int_equal(forced_change("temporary", RIGHT, NEW, NEW), PAM_SUCCESS);
    assert_string_equal(seen->said, "I:Changing password for temporary.\nP:Current password: \n"
                                    "P:New password: \nP:Retype new password: \n");
    assert_int_equal(account("temporary"), PAM_SUCCESS);
    assert_int_equal(authenticate("temporary", RIGHT), PAM_AUTH_ERR);
    assert_int_equal(authenticate("temporary", NEW), PAM_SUCCESS);
    assert_int_equal(fixture_number("SELECT count(*) FROM audit WHERE event = 'password changed'"), 1);
}

static void only_what_must_be_changed_is(void **state)
{
    (void)state;
    assert_int_equal(forced_change("active", NULL, NULL, NULL), PAM_SUCCESS);
    assert_string_equal(seen->said, "");
    assert_int_equal(authenticate("active", RIGHT), PAM_SUCCESS);
}

static void a_failed_change_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(forced_change("temporary", "wrong-password-1", NEW, NEW), PAM_AUTHTOK_ERR);
    assert_int_equal(seen->prompts, 1);
    assert_int_equal(forced_change("temporary", RIGHT, NEW, "other-thing-5-mill"), PAM_AUTHTOK_ERR);
    assert_true(said("Sorry, passwords do not match."));
    assert_int_equal(seen->prompts, 3);
    assert_int_equal(forced_change("temporary", RIGHT, NULL, NULL), PAM_AUTHTOK_ERR); /* hung up */
    assert_int_equal(account("temporary"), PAM_NEW_AUTHTOK_REQD);
    assert_int_equal(authenticate("temporary", RIGHT), PAM_SUCCESS);
    assert_int_equal(fixture_number("SELECT count(*) FROM audit"), 0);
}

static void three_weak_passwords_end_it(void **state)
{
    struct host_call call = { .entry = HOST_CHAUTHTOK, .user = "temporary", .flags = PAM_CHANGE_EXPIRED_AUTHTOK,
                         .answers = { RIGHT, "short", "short", "my-temporary-9-key", "my-temporary-9-key",
                                      "password1234", "password1234" } };

    (void)state;
    assert_int_equal(call_pam(call), PAM_AUTHTOK_ERR);
    assert_int_equal(seen->prompts, 7);
    assert_true(said("You must choose a longer password, of at least 12 characters."));
    assert_true(said("contains the username"));
    assert_true(said("one of the commonest"));
    assert_int_equal(account("temporary"), PAM_NEW_AUTHTOK_REQD);
}

static void a_weak_password_may_be_tried_again(void **state)
{
    struct host_call call = { .entry = HOST_CHAUTHTOK, .user = "temporary", .flags = PAM_CHANGE_EXPIRED_AUTHTOK,
                         .answers = { RIGHT, RIGHT, RIGHT, NEW, NEW } };

    (void)state;
    assert_int_equal(call_pam(call), PAM_SUCCESS);
    assert_true(said("The password has not been changed."));
    assert_int_equal(authenticate("temporary", NEW), PAM_SUCCESS);
}

/* -- unusable ----------------------------------------------------------------------------- */

#define STORE FIXTURE_PRIVATE "/accounts.db"

static void lose_the_store(void)
{
    assert_int_equal(rename(STORE, STORE ".away"), 0);
}

static void damage_the_store(void)
{
    fixture_write(STORE, "garbage in its place", 20, 0600);
    unlink(STORE "-journal");
}

static void open_the_store_to_all(void)
{
    assert_int_equal(chmod(STORE, 0644), 0);
}

static void open_its_folder_to_all(void)
{
    assert_int_equal(chmod(FIXTURE_PRIVATE, 0755), 0);
}

static void without_a_store_ours_are_refused_and_others_unknown(void **state)
{
    static void (*const damage[])(void) = { lose_the_store, damage_the_store, open_the_store_to_all,
                                            open_its_folder_to_all };

    (void)state;
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
        setup(NULL);
        damage[i]();
        assert_int_equal(authenticate("active", RIGHT), PAM_AUTHINFO_UNAVAIL);
        assert_int_equal(account("active"), PAM_AUTHINFO_UNAVAIL);
        assert_int_equal(forced_change("temporary", RIGHT, NEW, NEW), PAM_AUTHTOK_ERR);
        assert_int_equal(call_pam((struct host_call){ .entry = HOST_OPEN, .user = "active" }), PAM_AUTHINFO_UNAVAIL);
        assert_int_equal(authenticate("nobodysuser", RIGHT), PAM_USER_UNKNOWN);
        assert_int_equal(authenticate("root", RIGHT), PAM_USER_UNKNOWN);
        assert_int_equal(account("root"), PAM_USER_UNKNOWN);
        chmod(FIXTURE_PRIVATE, 0700);
    }
}

static void without_the_helper_ours_are_refused_and_others_unknown(void **state)
{
    (void)state;
    assert_int_equal(rename(CODER_HELPER, CODER_HELPER ".away"), 0);
    int code_auth = authenticate("active", RIGHT), code_account = account("active");
    int unknown = authenticate("nobodysuser", RIGHT), local = account("root");

    rename(CODER_HELPER ".away", CODER_HELPER);
    assert_int_equal(code_auth, PAM_AUTHINFO_UNAVAIL);
    assert_int_equal(code_account, PAM_AUTHINFO_UNAVAIL);
    assert_int_equal(unknown, PAM_USER_UNKNOWN);
    assert_int_equal(local, PAM_USER_UNKNOWN);
}

/* -- in the world only: real ids and real NSS --------------------------------------------- */

static void a_setuid_host_judges_for_anybody(void **state)
{
    struct host_call su = { .entry = HOST_AUTH, .user = "active", .kind = HOST_SETUID, .uid = 70105, .answers = { RIGHT } };

    (void)state;
    assert_int_equal(call_pam(su), PAM_SUCCESS);
    for (int i = 0; i < 5; i++) {
        su.answers[0] = "wrong-password-1";
        assert_int_equal(call_pam(su), PAM_AUTH_ERR);
    }
    su.answers[0] = RIGHT;
    su.rhost = "198.51.100.1"; /* the caller's uid is his origin, whatever he says */
    assert_int_equal(call_pam(su), PAM_AUTH_ERR);
    su.uid = 70101;
    assert_int_equal(call_pam(su), PAM_SUCCESS);
}

/* As systemd starts polkit's agent helper: root's, without terminal and host, its standard input a socket. */
static void be_connected(uid_t uid)
{
    int pair[2];

    if (seteuid(uid) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || seteuid(0) != 0 ||
        dup2(pair[0], STDIN_FILENO) != STDIN_FILENO)
        host_note("no socket");
    close(pair[0]);
}

static void be_connected_by_somebody(void)
{
    be_connected(70105);
}

static void be_connected_by_another(void)
{
    be_connected(70101);
}

static void who_connects_a_root_service_is_its_asker(void **state)
{
    struct host_call polkit = { .entry = HOST_AUTH, .user = "active", .rhost = "",
                                .before = be_connected_by_somebody,
                                .answers = { "wrong-password-1" } };

    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(host_call(&polkit, &seen), PAM_AUTH_ERR);
    assert_int_equal(fixture_activity_number("SELECT count FROM failures WHERE origin = 'uid:70105'"), 5);
    polkit.answers[0] = RIGHT;
    assert_int_equal(host_call(&polkit, &seen), PAM_AUTH_ERR);
    polkit.before = be_connected_by_another;
    assert_int_equal(host_call(&polkit, &seen), PAM_SUCCESS);
    polkit.before = be_connected_by_somebody;
    polkit.tty = "tty1"; /* somebody sits there: the terminal says who it is */
    assert_int_equal(host_call(&polkit, &seen), PAM_SUCCESS);
}

static void a_user_asks_only_about_himself(void **state)
{
    struct host_call call = { .entry = HOST_AUTH, .user = "active", .kind = HOST_USER, .uid = 70100, .answers = { RIGHT } };

    (void)state;
    assert_int_equal(call_pam(call), PAM_SUCCESS);
    call.answers[0] = "wrong-password-1";
    assert_int_equal(call_pam(call), PAM_AUTH_ERR);
    call.entry = HOST_ACCOUNT;
    assert_int_equal(call_pam(call), PAM_SUCCESS);
    call.user = "temporary";
    assert_int_equal(call_pam(call), PAM_AUTHINFO_UNAVAIL);
    call.entry = HOST_AUTH;
    call.answers[0] = RIGHT;
    assert_int_equal(call_pam(call), PAM_AUTHINFO_UNAVAIL);
    call.entry = HOST_OPEN;
    call.user = "active";
    assert_int_equal(call_pam(call), PAM_AUTHINFO_UNAVAIL);
    call.entry = HOST_AUTH;
    call.user = "suspended";
    call.uid = 70104;
    assert_int_equal(call_pam(call), PAM_PERM_DENIED); /* lockers call auth only */
}

static void passwd_asks_for_the_current_password(void **state)
{
    struct host_call passwd = { .entry = HOST_CHAUTHTOK, .user = "active", .kind = HOST_SETUID, .uid = 70100,
                           .answers = { RIGHT, NEW, NEW } };

    (void)state;
    assert_int_equal(call_pam(passwd), PAM_SUCCESS);
    assert_true(said("P:Current password: "));
    assert_int_equal(authenticate("active", NEW), PAM_SUCCESS);
    assert_int_equal(account("active"), PAM_SUCCESS);
}

static void what_root_sets_is_temporary(void **state)
{
    struct host_call passwd = { .entry = HOST_CHAUTHTOK, .user = "active", .answers = { "short", "short" } };

    (void)state;
    assert_int_equal(call_pam(passwd), PAM_SUCCESS);
    assert_false(said("Current password"));
    assert_true(said("I:BAD PASSWORD: You must choose a longer password, of at least 12 characters."));
    assert_true(said("I:The password is temporary"));
    assert_int_equal(authenticate("active", "short"), PAM_SUCCESS);
    assert_int_equal(account("active"), PAM_NEW_AUTHTOK_REQD);
    assert_int_equal(fixture_number("SELECT count(*) FROM audit WHERE event = 'password set'"), 1);
}

enum { WORLD_TESTS = 5 };
#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_state_answers_as_the_contract_says),
        TEST(refusals_say_why_only_after_a_right_password),
        TEST(auth_asks_exactly_once),
        TEST(setcred_and_close_do_nothing_for_ours),
        TEST(a_password_less_account_never_passes_auth),
        TEST(strange_names_and_passwords_are_refused),
        TEST(five_wrong_lock_this_origin_only),
        TEST(a_locked_origin_cannot_change_the_password),
        TEST(failures_survive_and_name_no_stranger),
        TEST(the_past_is_told_as_login_tells_it),
        TEST(a_silent_session_leaves_the_telling_to_the_next),
        TEST(a_hushed_login_is_a_login),
        TEST(a_forced_change_asks_as_pam_unix_does),
        TEST(only_what_must_be_changed_is),
        TEST(a_failed_change_changes_nothing),
        TEST(three_weak_passwords_end_it),
        TEST(a_weak_password_may_be_tried_again),
        TEST(without_a_store_ours_are_refused_and_others_unknown),
        TEST(without_the_helper_ours_are_refused_and_others_unknown),
        /* the last WORLD_TESTS need root and real NSS */
        TEST(a_setuid_host_judges_for_anybody),
        TEST(who_connects_a_root_service_is_its_asker),
        TEST(a_user_asks_only_about_himself),
        TEST(passwd_asks_for_the_current_password),
        TEST(what_root_sets_is_temporary),
    };
    size_t count = sizeof tests / sizeof tests[0] - (host_is_world() ? 0 : WORLD_TESTS);
    int failed;

    if (!host_open())
        return 1;
    failed = _cmocka_run_group_tests("pam", tests, count, NULL, NULL);
    host_close();
    return failed;
}
