#!/bin/bash
# Finding a command: what was mistyped is asked back in one line and never done; help, version and other words for a verb.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2086
. "$(dirname "$0")/lib.sh"

# meant WORDS|WHAT: refused, with that question.
while IFS='|' read -r words meant; do
    exits 2 "$words" admin-tool $words
    complains "; did you mean $meant\?\$" "... did you mean $meant?"
done <<'END'
users supend bob|'users suspend'
users lst|'users list'
users crate -u bob|'users create'
users reqire-change bob|'users require-change'
user supend bob|'users suspend'
keys ad bob|'keys add'
policy gte x|'policy get'
audit prnue|'audit prune'
usres list|'users list'
usres|'users'
usres supend|'users'
suspend bob|'users suspend'
lst|'users list'
bakcup file|'backup'
adit|'audit'
hlep|'help'
users reset-password bob|'reset-password'
users reset_password bob|'reset-password'
reset_password bob|'reset-password'
reset password bob|'reset-password'
users passwd bob|'reset-password'
passwd bob|'reset-password'
users check bob|'check'
users audit|'audit'
users keys bob|'keys'
users key add bob|'keys'
key add bob|'keys add'
keys delete bob x|'keys remove'
keys show bob|'keys list'
remove bob|'users delete'
userdel bob|'users delete'
add bob|'users create'
users remove bob|'users delete'
users lock bob|'users suspend'
users enable bob|'users activate'
users set bob|'users edit'
set temporary_hours=24|'policy set'
policy temporary_hours=24|'policy set'
policy show|'policy'
audit show|'audit'
fleet list|'fleet hosts'
fleet show|'fleet status'
status|'check'
help users passwd|'reset-password'
vresion|'version'
help users supend|'users suspend'
help bakcup|'backup'
users list --rolw admin|--role
users list --outptu=json|--output
users suspend bob --yse|--yes
audit --sicne 2d|--since
END
for words in frobnicate 'users frobnicate' 'users x' 'users us' xx 'help frobnicate' 'help users frobnicate'; do
    exits 2 "$words" admin-tool $words
    complains "^admin-tool: unknown command: .*; see 'admin-tool --help'$" "... nothing is near"
done
exits 2 "an option that is near none" admin-tool users list --frobnicate
complains "try 'admin-tool users list --help'" "... the help is named"
exits 2 "a long word" admin-tool users "$(printf 'suspend%.0s' {1..1000})"
exits 2 "a long option" admin-tool users list "--$(printf 'role%.0s' {1..1000})"
ok "none of it made anything" [ ! -e "$STATE" ]

# same COMMAND... -- COMMAND...: both say the same.
same()
{
    local first=()
    while [ "$1" != -- ]; do first+=("$1") && shift; done
    shift
    admin-tool "${first[@]}" >"$tmp/first" 2>&1
    run admin-tool "$@"
    ok "${first[*]}: is $*" cmp -s "$tmp/first" "$tmp/out"
}
same help -- --help
same help users -- users --help
same help user -- users --help
same help users list -- users list --help
same help users rm -- users delete --help
same help keys -- keys --help
same help audit -- audit --help
same help audit prune -- audit prune --help
same help backup -- backup --help
same version -- --version
same -V -- --version
same users -V -- --version
same users list -V -- --version
same user --help -- users --help
same users ls --help -- users list --help
same users rm --help -- users delete --help
same users add --help -- users create --help
for words in 'help users list x' 'help backup x' 'version x' '-V x'; do
    exits 2 "$words" admin-tool $words
    complains 'unexpected: x' "... the word too many is named"
done
exits 0 "help for everybody" setpriv --reuid nobody --regid nogroup --clear-groups admin-tool help users
exits 0 "version for everybody" setpriv --reuid nobody --regid nogroup --clear-groups admin-tool version
exits 6 "users rm is not for everybody" setpriv --reuid nobody --regid nogroup --clear-groups admin-tool users rm bob -y
run admin-tool --help
for alias in ls add rm; do
    ok "users $alias is no row of the overview" eval '! grep -qE "^  users $alias" "$tmp/out" && grep -q "users $alias" "$tmp/out"'
done

exits 0 "user add" admin-tool user add -u bob -e bob@example.com
exits 0 "users ls" admin-tool users ls -o json
json '[a["username"] for a in d] == ["bob"]' "... lists"
exits 0 "user rm" admin-tool user rm bob -y
ok "... deletes" is_value 'SELECT count(*) FROM accounts' 0
done_testing
