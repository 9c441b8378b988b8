#!/bin/bash
# examples/sudoers.d: an Admin may do everything, an Auditor may look and nothing else; with the real sudo.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

examples=/src/examples/sudoers.d
for file in coder-admins coder-auditors; do
    exits 0 "visudo -c $file" visudo -cf "$examples/$file"
    install -m 0440 "$examples/$file" /etc/sudoers.d/
done
password=violet-Otter-77-stream
for who in ann:admin axl:auditor moe:member; do
    echo "$password" | admin-tool users create -u "${who%:*}" -e "${who%:*}@example.com" --roles "${who#*:}" --password-stdin >"$tmp/made"
done
sqlite3 "$STORE" 'UPDATE accounts SET temporary = 0, temporary_until = NULL'

# with NAME COMMAND...: through sudo, as that user, with the password.
with()
{
    run setpriv --reuid "$1" --regid "$1" --init-groups -- sh -c 'cd / && printf "%s\n" "$0" | sudo -S -k -p "" -- "$@"' "$password" "${@:2}"
}
may() { with axl "$@"; ok "an Auditor may: ${*:2}" [ "$status" -eq 0 ]; }
may_not() { with axl "$@"; ok "an Auditor may not: $(printf '%q ' "${@:2}")" eval '[ "$status" -ne 0 ] && grep -q "not allowed to execute" "$tmp/err"'; }
tool=/usr/sbin/admin-tool

with ann $tool users list
ok "an Admin may list" eval '[ "$status" -eq 0 ] && grep -q ^moe "$tmp/out"'
with ann id -u
ok "... and anything as root" [ "$(cat "$tmp/out")" = 0 ]
with moe $tool users list
ok "a Member may not" eval '[ "$status" -ne 0 ] && [ ! -s "$tmp/out" ]'

may $tool audit
may $tool audit -o json
may $tool audit --user axl -n 5
may $tool audit --since 2d
may $tool users list
may $tool users ls -c username,uid -o table
may $tool users list --status active --role admin -o json
may $tool users show axl
may $tool users show axl@example.com -o json
may $tool policy
may $tool policy -o json
may $tool policy get lock_seconds
may $tool policy get lock_seconds -o json
may $tool --help
may $tool --version
may $tool users suspend --help

remember
may_not id
may_not /bin/sh
may_not $tool
may_not $tool users create -u evil -e evil@example.com --roles admin
may_not $tool users suspend ann -y
may_not $tool users edit axl -n x
may_not $tool users edit-roles axl --roles admin -y
may_not $tool users delete moe -y
may_not $tool users unlock axl
may_not $tool users import /etc/passwd
may_not $tool users export --with-hashes
may_not $tool reset-password ann -y
may_not $tool policy set lock_seconds=1
may_not $tool audit prune --before 1d
may_not $tool publish
may_not $tool backup /etc/passwd
may_not $tool restore /tmp/x
may_not $tool check --repair
may_not $tool check --rep
may_not $tool check -o json --repair
may_not $tool check axl --repair
may_not $tool users show -y
may_not $tool users lists
may_not $tool 'users' 'list; id'
may_not /usr/sbin/../sbin/admin-tool publish
may_not sudoedit /etc/passwd
# What the expressions let through by their letters alone, admin-tool refuses: words that are one argument, an
# operand behind "--", a second verb.
for line in 'audit -- prune' 'audit -o json prune' 'users list -- publish' 'policy -- set lock_seconds=1' 'users show axl -- ann'; do
    # shellcheck disable=SC2086
    with axl $tool $line
    ok "an Auditor gains nothing by: $line" [ "$status" -ne 0 ]
done
with axl $tool 'users list'
ok "... nor by two words in one argument" [ "$status" -eq 2 ]
with axl $tool 'audit -x' set
ok "... nor here" [ "$status" -ne 0 ]
unchanged "none of it changed anything"

with axl LD_PRELOAD=/tmp/evil.so $tool users list
ok "... nor by the environment" [ "$status" -ne 0 ]
admin-tool users edit-roles axl --roles member -y >"$tmp/made"
with axl $tool audit
ok "who is no Auditor any more may not look" eval '[ "$status" -ne 0 ] && [ ! -s "$tmp/out" ]'
admin-tool users suspend ann -y --force >"$tmp/made"
with ann $tool users list
ok "a suspended Admin may nothing" eval '[ "$status" -ne 0 ] && [ ! -s "$tmp/out" ]'
done_testing
