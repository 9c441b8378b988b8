/*
 * One line of authorized_keys, judged: what ssh-keygen makes is taken with ssh-keygen's fingerprint, and what is weak, cut,
 * changed, of two readings or not for one account is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sql/ssh_key.h"

#define ED25519 \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFg"
#define RSA_2048 \
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCbMQFqYPnmdRGGKysloQ3PabxmbH79yu7H8yKckq3e9w1W2w1X9v/aiDv0OWUo" \
    "vahwbj+Muap2IDz5pGGGGQUuGDzS8/WspB0XuLz0wNeL3V4v61GUGC5Ij9Uw/6ynF7Gn5vwu1qV0TDETZvbnGZ04t/gT7QftzjDf" \
    "L0r9zWOxcnN5178rpV9LZ54LDXCLi5DJOedq9XZDQD7XcVXrDtbr/sM9OuvrzFjJr31Uj1itFO8NE/ZrqMLK7cdQUtplrFucS2tO" \
    "Kyt07zV//wmoDu4UtGIkYzfQtA8TarVTnXcqYhTgv6d5wlaSW9bq3cLfVfvRswiRnQSaeZvXxMlkvVd9"
#define ECDSA_256 \
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFaV+JAbHu9k13Xj8IZ39Onqs+oD" \
    "PhMzZ3tKngtA4QkMGchgrF9PilKeK4thqiXWbmlkehta11ySzol3wh4qMvo="
#define ECDSA_384 \
    "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBKxwHn2Ptcn/GvBi0n5i6qDkENr3" \
    "2zT+zoKxi3YHydyH+KyJo2v9YswpYL1sIq5xLvyWZmj7HbdL9+CAT9tfCf8o+BrnY00sh/Qgl9iYRqUVeWLJTlh8P9yFbf0p8eDY" \
    "Uw=="
#define ECDSA_521 \
    "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBADxUcQmUUMzaTVD/w5qmEuPfZGz" \
    "au8nHOXFuryTI4sJ2hh2o9t/0AnQWoslFLMvA181Ffdjh2PtzUEWpLWmxzQIdADUyAfE0V677o29NoP1sNUwKUfHH4KPJsaC0GZm" \
    "i9X5k2OILBTucOkkOtSU3BGFwSrcmg5ivfI1PRDRK68EZu6YKA=="
#define SK_ED25519 \
    "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIGpab77ymoQIbjxHsqRfx3c+rA007" \
    "E0imEU0KkHASWFgAAAABHNzaDo="
#define SK_ECDSA \
    "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyN" \
    "TYAAABBBFaV+JAbHu9k13Xj8IZ39Onqs+oDPhMzZ3tKngtA4QkMGchgrF9PilKeK4thqiXWbmlkehta11ySzol3wh4qMvoAAAAEc" \
    "3NoOg=="

/* Fingerprints and sizes as ssh-keygen -l (OpenSSH 9.2) shows them. */
static const struct sample {
    const char *line, *fingerprint;
    unsigned bits;
} samples[] = {
    { ED25519, "SHA256:h7wnGFvCsaj5Qqvkytl+rF0vWPI89QOFGSYf25/V3/Y", 256 },
    { RSA_2048, "SHA256:2IYLIcNWjL8MEWZUmDjPs6qMIyxExuQ71ZtJRy3DpwM", 2048 },
    { ECDSA_256, "SHA256:1iEMzUg+nni5TzFhjtz4e9lT/9nE6//Ddq+PNjWeXTU", 256 },
    { ECDSA_384, "SHA256:YiitjwFKQ8hvZ6r9lk9UNYplxyFhPaMGRgqPLtNod3E", 384 },
    { ECDSA_521, "SHA256:JOis/iNPDJ2ldlYZo8AR9PFD5rNUqMnzTFch4NOw5Pk", 521 },
    { SK_ED25519, "SHA256:wSYDKBFJm+ih14av9csuoQHToAoimPVWUG/hAK7Q19E", 256 },
    { SK_ECDSA, "SHA256:PjdGk8u9t48ihTWMM+rqkRw/5CMmqz0lNT2PA0BuUmo", 256 },
};

/* What is refused for its blob, with a word of the reason. */
static const struct {
    const char *line, *reason;
} broken[] = {
    { "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDHqlnpgx3aU7899WKcIINB/odBMmw66aLANPrSGed0Yhbx18HKEmfB+RO1uaDEijvu"
      "ppzgdqwiIObr1z1vZeEebrlkgInqzabcS7OSIITiipe9jKapU0XzxezgDsesKDqxgNuqe2YSorz1xJzqyl/ikcnccWmZtMXPrv0uigl3"
      "oQ==", "less than 2048" },
    { "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=", "less than 2048" },
    { "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCbMQFqYPnmdRGGKysloQ3PabxmbH79yu7H8yKckq3e9w1W2w1X9v/aiDv0OWUovahw"
      "bj+Muap2IDz5pGGGGQUuGDzS8/WspB0XuLz0wNeL3V4v61GUGC5Ij9Uw/6ynF7Gn5vwu1qV0TDETZvbnGZ04t/gT7QftzjDfL0r9zWOx"
      "cnN5178rpV9LZ54LDXCLi5DJOedq9XZDQD7XcVXrDtbr/sM9OuvrzFjJr31Uj1itFO8NE/ZrqMLK7cdQUtplrFucS2tOKyt07zV//wmo"
      "Du4UtGIkYzfQtA8TarVTnXcqYhTgv6d5wlaSW9bq3cLfVfvRswiRnQSaeZvXxMlkvVd+", "broken" },
    { "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAgAAmzEBamD55nURhisrJaENz2m8Zmx+/crux/MinJKt3vcNVtsNV/b/2og79DllKL2o"
      "cG4/jLmqdiA8+aRhhhkFLhg80vP1rKQdF7i89MDXi91eL+tRlBguSI/VMP+spxexp+b8LtaldEwxE2b25xmdOLf4E+0H7c4w3y9K/c1j"
      "sXJzede/K6VfS2eeCw1wi4uQyTnnavV2Q0A+13FV6w7W6/7DPTrr68xYya99VI9YrRTvDRP2a6jCyu3HUFLaZaxbnEtrTisrdO81f/8J"
      "qA7uFLRiJGM30LQPE2q1U513KmIU4L+necJWklvW6t3C31X70bMIkZ0Emnmb18TJZL1XfQ==", "broken" },
    { "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAJsxAWpg+eZ1EYYrKyWhDc9pvGZsfv3K7sfzIpySrd73DVbbDVf2/9qIO/Q5ZSi9qHBu"
      "P4y5qnYgPPmkYYYZBS4YPNLz9aykHRe4vPTA14vdXi/rUZQYLkiP1TD/rKcXsafm/C7WpXRMMRNm9ucZnTi3+BPtB+3OMN8vSv3NY7Fy"
      "c3nXvyulX0tnngsNcIuLkMk552r1dkNAPtdxVesO1uv+wz066+vMWMmvfVSPWK0U7w0T9muowsrtx1BS2mWsW5xLa04rK3TvNX//CagO"
      "7hS0YiRjN9C0DxNqtVOddypiFOC/p3nCVpJb1urdwt9V+9GzCJGdBJp5m9fEyWS9V30=", "broken" },
    { "ssh-rsa AAAAB3NzaC1yc2EAAAABAQAAAQEAmzEBamD55nURhisrJaENz2m8Zmx+/crux/MinJKt3vcNVtsNV/b/2og79DllKL2ocG4/"
      "jLmqdiA8+aRhhhkFLhg80vP1rKQdF7i89MDXi91eL+tRlBguSI/VMP+spxexp+b8LtaldEwxE2b25xmdOLf4E+0H7c4w3y9K/c1jsXJz"
      "ede/K6VfS2eeCw1wi4uQyTnnavV2Q0A+13FV6w7W6/7DPTrr68xYya99VI9YrRTvDRP2a6jCyu3HUFLaZaxbnEtrTisrdO81f/8JqA7u"
      "FLRiJGM30LQPE2q1U513KmIU4L+necJWklvW6t3C31X70bMIkZ0Emnmb18TJZL1XfQ==", "broken" },
    { "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAH2pab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWE=", "broken" },
    { "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFgAA==", "behind its last number" },
    { "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFg", "another type" },
    { "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAzODQAAABBBFaV+JAbHu9k13Xj8IZ39Onqs+oDPhMz"
      "Z3tKngtA4QkMGchgrF9PilKeK4thqiXWbmlkehta11ySzol3wh4qMvo=", "another curve" },
    { "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAAAhAlaV+JAbHu9k13Xj8IZ39Onqs+oDPhMz"
      "Z3tKngtA4QkM", "broken" },
    { "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0im"
      "EU0KkHASWFg", "broken" },
    { "ssh-dss AAAAB3NzaC1kc3MAAAABBwAAAAEHAAAAAQcAAAABBw==", "DSA" },
    { "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5/////2pab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFg", "broken" },
};

static struct ssh_key key;

static void takes(const char *line)
{
    const char *fault = ssh_key_fault(line, &key);

    if (fault != NULL)
        fail_msg("refused: it %s: %s", fault, line);
}

static void refuses(const char *line, const char *reason)
{
    const char *fault = ssh_key_fault(line, &key);

    if (fault == NULL || strstr(fault, reason) == NULL)
        fail_msg("%s, not '%s': %s", fault != NULL ? fault : "taken", reason, line);
}

static void each_kind_of_key_is_taken_with_its_fingerprint(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        takes(samples[i].line);
        assert_string_equal(key.line, samples[i].line);
        assert_string_equal(key.fingerprint, samples[i].fingerprint);
        assert_int_equal(key.bits, samples[i].bits);
        assert_int_equal(strncmp(key.line, key.type, strlen(key.type)), 0);
        assert_string_equal(key.comment, "");
    }
}

static void a_blob_that_is_weak_or_broken_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        refuses(broken[i].line, broken[i].reason);
}

/* Whatever octet of a line is another, it is another key or none. */
static void each_cut_of_a_key_is_refused(void **state)
{
    char cut[sizeof ED25519];

    (void)state;
    for (size_t length = 0; length < strlen(ED25519); length++) {
        memcpy(cut, ED25519, length);
        cut[length] = '\0';
        assert_non_null(ssh_key_fault(cut, &key));
    }
    for (size_t at = 0; at < strlen(ED25519); at++) {
        memcpy(cut, ED25519, sizeof cut);
        cut[at] = '*';
        assert_non_null(ssh_key_fault(cut, &key));
    }
    refuses("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFaV+JAbHu9k13Xj8IZ39Onqs+"
            "oDPhMzZ3tKngtA4QkMGchgrF9PilKeK4thqiXWbmlkehta11ySzol3wh4qMvp=", "base64"); /* spare bits */
    refuses("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFg=", "base64");
}

static void blanks_are_written_once_and_a_comment_is_kept(void **state)
{
    (void)state;
    takes(" \tno-pty,from=\"10.0.0.0/8\" \t " ED25519 "\t  Amy's  key \xc3\xa4 \t\r");
    assert_string_equal(key.line, "no-pty,from=\"10.0.0.0/8\" " ED25519 " Amy's  key \xc3\xa4");
    assert_string_equal(key.comment, "Amy's  key \xc3\xa4");
    assert_int_equal(key.options_length, strlen("no-pty,from=\"10.0.0.0/8\""));
    takes(ED25519 "  ");
    assert_string_equal(key.line, ED25519);
    assert_int_equal(key.options_length, 0);
}

static void a_comment_is_plain_text_of_bounded_length(void **state)
{
    char line[sizeof ED25519 + 300];

    (void)state;
    refuses(ED25519 " \x1b[31m", "control");
    refuses(ED25519 " a\nb", "control");
    refuses(ED25519 " a\xff", "UTF-8");
    refuses(ED25519 " \xe2\x80\xae", "direction");
    snprintf(line, sizeof line, "%s %0257d", ED25519, 0);
    refuses(line, "comment");
    snprintf(line, sizeof line, "%s %0256d", ED25519, 0);
    takes(line);
}

static void a_line_is_bounded(void **state)
{
    static char line[2 * SSH_KEY_LINE_SIZE];
    const int room = SSH_KEY_LINE_SIZE - 1 - (int)strlen("command=\"\" " ED25519);

    (void)state;
    snprintf(line, sizeof line, "command=\"%0*d\" %s", room, 0, ED25519);
    takes(line);
    snprintf(line, sizeof line, "command=\"%0*d\" %s", room + 1, 0, ED25519);
    refuses(line, "longer than 8192");
}

static void what_is_no_public_key_is_named(void **state)
{
    (void)state;
    refuses("-----BEGIN OPENSSH PRIVATE KEY-----", "private");
    refuses("-----BEGIN RSA PRIVATE KEY-----", "private");
    refuses("PuTTY-User-Key-File-3: ssh-ed25519", "private");
    refuses("---- BEGIN SSH2 PUBLIC KEY ----", "RFC 4716");
    refuses("ssh-ed25519-cert-v01@openssh.com AAAA", "certificate");
    refuses("restrict ssh-rsa-cert-v01@openssh.com AAAA", "certificate");
    refuses("", "type");
    refuses("# a comment", "type");
    refuses("ssh-ed448 AAAA", "type");
    refuses("SSH-ED25519 AAAA", "type");
    refuses("amy.pub", "type");
}

static void options_of_sshd_are_taken(void **state)
{
    static const char *const fine[] = {
        "restrict", "RESTRICT", "no-pty", "No-X11-Forwarding", "x11-forwarding", "pty,no-user-rc,agent-forwarding",
        "no-touch-required", "verify-required", "command=\"\"", "command=\"echo \\\"a, b\\\" #x\"",
        "restrict,command=\"rsync --server\",from=\"*.example.com,!bad.example.com\"", "COMMAND=\"x\"",
        "from=\"192.0.2.0/24,2001:db8::/32,10.0.0.1,10.?.*\"", "from=\"0.0.0.0/0\"", "from=\"192.0.2.7/32\"",
        "expiry-time=\"20301130\"", "expiry-time=\"203011301800Z\"", "expiry-time=\"20240229235959\"",
        "environment=\"A_1=b=c\",environment=\"B=\"", "permitopen=\"host:22\",permitopen=\"[::1]:*\"",
        "permitlisten=\"8080\",permitlisten=\"localhost:8080\",permitlisten=\"*:*\"", "tunnel=\"0\",tunnel=\"any\"",
    };
    char line[1024];

    (void)state;
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        snprintf(line, sizeof line, "%s %s", fine[i], ED25519);
        takes(line);
        assert_string_equal(key.line, line);
    }
}

static void other_options_are_refused(void **state)
{
    static const struct {
        const char *options, *reason;
    } bad[] = {
        { "cert-authority", "authority" }, { "restrict,cert-authority", "authority" },
        { "CERT-AUTHORITY", "authority" }, { "principals=\"amy\"", "authority" },
        { "no-restrict", "not know" }, { "no-command=\"x\"", "not know" }, { "restricted", "not know" },
        { "restrict-", "not know" }, { "pty=\"x\"", "comma" }, { "frobnicate=\"x\"", "not know" }, { "\"\"", "not know" },
        { "restrict,", "not know" }, { ",restrict", "not know" }, { "restrict,,pty", "not know" },
        { "command", "quotes" }, { "command=", "quotes" }, { "command=x", "quotes" }, { "command='x'", "quotes" },
        { "command=\"x", "never closed" }, { "command=\"x\\\"", "never closed" }, { "command=\"x\"y", "comma" },
        { "command=\"a\",command=\"b\"", "twice" }, { "from=\"a\",from=\"b\"", "twice" },
        { "from=\"\"", "empty" }, { "from=\"a,\"", "empty" }, { "from=\"a, b\"", "blank" }, { "from=\"!a\"", "!" },
        { "from=\"!\"", "empty" }, { "from=\"192.0.2.1/24\"", "mask" }, { "from=\"192.0.2.0/33\"", "mask" },
        { "from=\"2001:db8::1/32\"", "mask" }, { "from=\"example.com/24\"", "neither" }, { "from=\"10/8\"", "neither" },
        { "from=\"192.0.2.0/\"", "neither" }, { "from=\"192.0.2.0/2x\"", "neither" },
        { "expiry-time=\"tomorrow\"", "time" }, { "expiry-time=\"20300230\"", "time" },
        { "expiry-time=\"2030113024\"", "time" }, { "expiry-time=\"203011302400\"", "time" },
        { "expiry-time=\"19690101\"", "time" }, { "expiry-time=\"\"", "time" }, { "expiry-time=\"Z\"", "time" },
        { "environment=\"A\"", "NAME" }, { "environment=\"=b\"", "NAME" }, { "environment=\"A-B=c\"", "NAME" },
        { "permitopen=\"host\"", "port" }, { "permitopen=\"host:0\"", "port" }, { "permitopen=\"host:65536\"", "port" },
        { "permitopen=\":22\"", "port" }, { "permitopen=\"[::1]22\"", "port" }, { "permitopen=\"[::1:22\"", "port" },
        { "permitlisten=\"x\"", "port" }, { "tunnel=\"x\"", "device" }, { "tunnel=\"-1\"", "device" },
    };
    char line[1024];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(line, sizeof line, "%s %s", bad[i].options, ED25519);
        refuses(line, bad[i].reason);
    }
}

static void what_is_refused_leaves_the_key_alone(void **state)
{
    struct ssh_key other = { .bits = 7 };

    (void)state;
    assert_non_null(ssh_key_fault("cert-authority " ED25519, &other));
    assert_int_equal(other.bits, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_key_is_taken_with_its_fingerprint),
        cmocka_unit_test(a_blob_that_is_weak_or_broken_is_refused),
        cmocka_unit_test(each_cut_of_a_key_is_refused),
        cmocka_unit_test(blanks_are_written_once_and_a_comment_is_kept),
        cmocka_unit_test(a_comment_is_plain_text_of_bounded_length),
        cmocka_unit_test(a_line_is_bounded),
        cmocka_unit_test(what_is_no_public_key_is_named),
        cmocka_unit_test(options_of_sshd_are_taken),
        cmocka_unit_test(other_options_are_refused),
        cmocka_unit_test(what_is_refused_leaves_the_key_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
