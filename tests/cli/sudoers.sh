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
may $tool audit --event suspend --actor ann --origin=192.0.2.7 --until 2037-01-01 --before=99 -n 5 -o csv
may $tool audit --event 'password changed' -o jsonl
may $tool audit --event 'password set'
may $tool audit --actor axl --origin 2001:db8::1
may $tool audit --actor axl --origin=::1
may $tool users list
may $tool users ls -c username,uid -o table
may $tool users list --status active --role admin -o json
may $tool users list --status expired
may $tool users list --status=dormant
may $tool users list --inactive 90d
may $tool users list mo --locked --must-change --no-key --sort last_login_day --reverse -n 50 --offset 0 -o csv
may $tool users list --expires-before +30d --status active --status=expired
may $tool users list moe@example.com --limit=1 --expires-before '2030-06-30 18:00'
may $tool users count --status active -o json
may $tool users count axl
may $tool users count --help
may $tool check -o nagios
may $tool users show axl
may $tool users show axl@example.com -o json
may $tool keys list axl
may $tool keys list axl -o json
may $tool policy
may $tool policy -o json
may $tool policy get lock_seconds
may $tool policy get lock_seconds -o json
may $tool --help
may $tool --version
may $tool users --help
may $tool users show --help
may $tool check --version
may $tool audit -n5 --since=2d -ojson
may $tool audit --since 2026-11-30 --user axl
may $tool audit --since '2026-11-30 18:00'
may $tool users ls --columns=username,last_login
may $tool users show 70101
may $tool users show axl --output json -c uid

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
may_not $tool keys add axl /etc/shadow
may_not $tool keys remove ann x
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
may_not $tool users suspend --help
may_not $tool audit --us axl
may_not $tool audit --user -f
may_not $tool audit --event -f
may_not $tool audit --before -f
may_not $tool audit --origin --verify
may_not $tool audit --event 'x changed y'
may_not $tool audit --user
may_not $tool users list -c /etc/shadow
may_not $tool users list --rol admin
may_not $tool users list -- moe
may_not $tool users list --sort
may_not $tool users list --sort -x
may_not $tool users count -c uid
may_not $tool users counts
may_not $tool users show /etc/shadow
may_not $tool users show ../axl
may_not $tool policy get -- lock_seconds
may_not $tool check -- axl
may_not $tool 'users' 'list; id'
may_not /usr/sbin/../sbin/admin-tool publish
may_not sudoedit /etc/passwd
for line in 'audit -- prune' 'audit -o json prune' 'users list -- publish' 'policy -- set lock_seconds=1' 'users show axl -- ann'; do
    # shellcheck disable=SC2086
    may_not $tool $line
done
# What the expressions let through by their letters alone, admin-tool refuses: words that are one argument.
with axl $tool 'users list'
ok "... nor by two words in one argument" [ "$status" -eq 2 ]
with axl $tool audit '-n 5 --user axl'
ok "... nor here" [ "$status" -ne 0 ]
unchanged "none of it changed anything"

# -- no word reaches a verb as a file
# Each verb there is, with words that might: refused by sudo, or nothing is made, changed or shown by it.
echo 'Defaults:axl !authenticate' >/etc/sudoers.d/quick
echo "what-only-root-reads" >/root/secret
mine=/home/axl
plain() { run setpriv --reuid axl --regid axl --init-groups -- sh -c 'cd /home/axl && exec timeout -s KILL 20 sudo -n -- "$@" <<END
yes
END' sh "$@"; }
is_harmless() { ! grep -q what-only-root-reads "$tmp/out" "$tmp/err" && [ "$mine_was" = "$(ls -lA "$mine")" ]; }
tries()
{
    plain $tool "$@"
    is_harmless || { harmless=no; echo "# not harmless: $(printf '%q ' "$@")"; rm -f "$mine/--help" "$mine/-h" "$mine/x"; mine_was=$(ls -lA "$mine"); }
    grep -q 'not allowed to execute' "$tmp/err" && refused=$((refused + 1))
    tried=$((tried + 1))
}
mine_was=$(ls -lA "$mine")
admin-tool --help | sed -n 's/^  \([a-z-][a-z -]*[a-z]\)  *.*/\1/p' | sed 's/  .*//' | sort -u >"$tmp/verbs"
ok "all verbs are known" eval '[ "$(wc -l <"$tmp/verbs")" -ge 20 ] && grep -qx backup "$tmp/verbs" && grep -qx "users import" "$tmp/verbs"'
remember
while read -r verb <&8; do
    harmless=yes refused=0 tried=0
    read -ra words <<<"$verb"
    tries "${words[@]}" -- --help
    tries "${words[@]}" -- --version
    tries "${words[@]}" -- -h
    tries "${words[@]}" -h
    tries "${words[@]}" --help x
    tries "${words[@]}" x --help
    tries "${words[@]}" --help --help
    tries "${words[@]}" --help /root/secret
    tries "${words[@]}" --version -- x
    tries "${words[@]}" -o json -- x
    tries "${words[@]}" -o json -- /root/secret
    tries "${words[@]}" -ojson /root/secret
    tries "${words[@]}" --hel
    tries "${words[@]}" --hel x
    tries "${words[@]}" --versio -- x
    tries "${words[@]}" --passwords-to x
    tries "${words[@]}" --out json x
    tries "${words[@]}" x
    tries "${words[@]}" /root/secret
    tries "${words[@]}" ''
    tries "${words[@]}" '' --help
    tries "${words[@]}" --help ''
    tries "${words[@]}" -- ''
    tries "${words[@]}" '-- --help'
    tries "${words[@]}" $'--\n--help'
    tries "${words[@]}" 'x --help'
    tries '' "${words[@]}" --help
    tries -- "${words[@]}" --help
    tries --help "${words[@]}" x
    tries "$verb" x
    tries "$verb --help" x
    tries "${verb%?}" --help
    tries "${words[@]::${#words[@]}-1}" "${words[-1]%?}" -- --help
    tries "${words[@]::${#words[@]}-1}" "${words[-1]%?}" x
    ok "an Auditor's words reach no file: $verb ($refused of $tried refused by sudo)" eval '[ $harmless = yes ] && [ $refused -ge 24 ]'
done 8<"$tmp/verbs"
unchanged "and change nothing"
rm /etc/sudoers.d/quick

# What he did before: a backup of the day he was an Admin, under a name that looked like an option.
(cd "$mine" && admin-tool backup -- --help >"$tmp/out" 2>"$tmp/err")
ok "root may name a file so" [ -s "$mine/--help" ]
may_not $tool restore -- --help
(cd "$mine" && exits 4 "but root restores none from a user's folder" admin-tool restore -y -- --help
 echo "$number $failures" >"$tmp/count")
read -r number failures <"$tmp/count"
rm "$mine/--help"

# sudo's own record of what is printed and typed has no password.
printf 'Defaults log_output, log_input, !compress_io\n' >/etc/sudoers.d/record
with ann id
ok "sudo keeps a record of what Admins do" eval '[ "$status" -eq 0 ] && find /var/log/sudo-io -name stdout | grep -q .'
with ann $tool users create -u newt -e newt@example.com
secret=$(field 'Temporary password')
ok "... but not of a temporary password" eval '[ -n "$secret" ] && ! grep -rqF "$secret" /var/log/sudo-io'
with ann $tool reset-password newt -y -o json
secret=$(jq -r .temporary_password "$tmp/out")
ok "... nor of another one" eval '[ -n "$secret" ] && ! grep -rqF "$secret" /var/log/sudo-io'
rm /etc/sudoers.d/record

with axl LD_PRELOAD=/tmp/evil.so $tool users list
ok "... nor by the environment" [ "$status" -ne 0 ]
admin-tool users edit-roles axl --roles member -y >"$tmp/made"
with axl $tool audit
ok "who is no Auditor any more may not look" eval '[ "$status" -ne 0 ] && [ ! -s "$tmp/out" ]'
admin-tool users suspend ann -y --force >"$tmp/made"
with ann $tool users list
ok "a suspended Admin may nothing" eval '[ "$status" -ne 0 ] && [ ! -s "$tmp/out" ]'
done_testing
