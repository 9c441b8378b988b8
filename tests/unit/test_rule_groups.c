/*
 * Groups in rules: what sudo's and polkit's rules name, and what only looks like it. Broken text ends,
 * too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "host/rule_groups.h"

/* All groups of it, each with a blank behind it. */
static const char *groups_of(enum rule_language language, const char *text)
{
    static char all[512];
    char group[RULE_GROUP_SIZE];
    size_t used = 0;

    all[0] = '\0';
    while (rule_group_next(language, &text, group) && used < sizeof all - RULE_GROUP_SIZE - 1)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s ", group);
    return all;
}

struct sample {
    const char *text, *groups;
};

static void look_at(enum rule_language language, const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_string_equal(groups_of(language, samples[i].text), samples[i].groups);
}

static void sudoers_name_groups(void **state)
{
    static const struct sample samples[] = {
        { "", "" },
        { "%sudo ALL=(ALL:ALL) ALL\n", "sudo " },
        { "root ALL=(ALL) ALL\n%wheel ALL=ALL\n%adm\tALL=ALL", "wheel adm " },
        { "User_Alias A=%a, !%b : B = %c\\\n, %d\n", "a b c d " },
        { "amy ALL=(%ops:%ops2) ALL", "ops ops2 " },
        { "\"%quoted\" ALL=ALL\n%\"also\" ALL=ALL", "quoted also " },
        { "%#70101 ALL=ALL", "#70101 " },
        { "# %no\nx # %no\n#%no\n%yes ALL=ALL # %no\n", "yes " },
        { "#1000 ALL=ALL\n%yes ALL=ALL", "yes " },
        { "%:plugin ALL=ALL\n", "" },
        { "amy ALL=/bin/date +%s, /bin/x a%b\n", "" },
        { "%", "" },
        { "% \n%\n", "" },
        { "Defaults:%trusted !lecture", "trusted " },
    };

    (void)state;
    look_at(RULES_SUDOERS, samples, sizeof samples / sizeof samples[0]);
}

static void scripts_of_polkit_name_groups(void **state)
{
    static const struct sample samples[] = {
        { "", "" },
        { "if (s.isInGroup(\"wheel\")) return 'yes';", "wheel " },
        { "s.isInGroup ( 'a' ) || s.groups.indexOf(\"b\") >= 0 || s.groups.includes('c')", "a b c " },
        { "return [\"unix-group:sudo\", 'unix-group:adm'];", "sudo adm " },
        { "// isInGroup(\"no\")\n/* unix-group:no\n isInGroup('no') */ s.isInGroup('yes')", "yes " },
        { "s.user == \"amy\"; x('isInGroup'); isInGroup(amy)", "" },
        { "/* isInGroup('no')", "" },
        { "isInGroup(\"", "" },
        { "unix-group:", "" },
    };

    (void)state;
    look_at(RULES_SCRIPT, samples, sizeof samples / sizeof samples[0]);
}

static void keys_of_polkit_name_groups(void **state)
{
    static const struct sample samples[] = {
        { "Identity=unix-user:root;unix-group:wheel;unix-group:adm\nAction=*\n", "wheel adm " },
        { "# unix-group:no\n[x]\nAdminIdentities=unix-group:sudo", "sudo " },
        { "Identity=unix-user:amy\n", "" },
    };

    (void)state;
    look_at(RULES_KEYS, samples, sizeof samples / sizeof samples[0]);
}

static void rules_of_polkit_name_users(void **state)
{
    static const struct {
        bool strings;
        const char *text, *users;
    } samples[] = {
        { false, "return [\"unix-user:amy\", 'unix-user:1001', \"unix-group:no\"];", "amy 1001 " },
        { false, "s.user == \"no\"; // unix-user:no", "" },
        { true, "s.user == \"amy\" || [ 'bob','carl' ].includes(s.user) /* \"no\" */", "amy bob carl " },
        { true, "\"", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const char *text = samples[i].text;
        char user[RULE_GROUP_SIZE], all[512] = "";
        size_t length = 0;

        while (length < sizeof all && rule_user_next(RULES_SCRIPT, samples[i].strings, &text, user))
            length += (size_t)snprintf(all + length, sizeof all - length, "%s ", user);
        assert_string_equal(all, samples[i].users);
    }
}

static void a_name_too_long_is_cut(void **state)
{
    char text[200] = "%", group[RULE_GROUP_SIZE];
    const char *at = text;

    (void)state;
    memset(text + 1, 'a', 150);
    assert_true(rule_group_next(RULES_SUDOERS, &at, group));
    assert_int_equal(strlen(group), RULE_GROUP_SIZE - 1);
    assert_int_equal(at - text, 151);
    assert_false(rule_group_next(RULES_SUDOERS, &at, group));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sudoers_name_groups),
        cmocka_unit_test(scripts_of_polkit_name_groups),
        cmocka_unit_test(keys_of_polkit_name_groups),
        cmocka_unit_test(rules_of_polkit_name_users),
        cmocka_unit_test(a_name_too_long_is_cut),
    };

    return cmocka_run_group_tests_name("rule_groups", tests, NULL, NULL);
}
