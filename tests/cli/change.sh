#!/bin/bash
# suspend, activate, edit-roles, delete, unlock: the question, the rules, what the public sees.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

answer() { local text=$1; shift; printf '%s' "$text" >"$tmp/in"; run "$@" <"$tmp/in"; }
status_of() { value "SELECT status FROM accounts WHERE username='$1'"; }

exits 3 "first use by another verb: no such user" admin-tool users suspend nobody-here -y
ok "... makes store and directory" [ -f "$STORE" -a -f "$STATE/directory" ]
make root1 --roles admin
make bob
make eve --roles auditor

# -- the question -------------------------------------------------------------------------------------
remember
for text in 'no' '' $'\n' 'YES' 'y' 'yes please' ' yes' 'yess'; do
    answer "$text" admin-tool users suspend bob
    ok "the answer '$(echo "$text" | tr '\n' '|')' cancels (exit 5)" eval '[ $status -eq 5 ] && is_clean_error'
done
complains '^admin-tool: not confirmed, as only the word yes counts; nothing was changed$' "another word: what would have counted is said"
answer 'no' admin-tool users suspend bob
complains '^admin-tool: not confirmed; nothing was changed$' "a no is taken as one"
unchanged "... and nothing is changed"
says '^bob +bob@example.com ' "the table shows whom"
says '^USERNAME +EMAIL +CREATED AT +STATUS' "... under its headings"
says 'Are you sure you want to suspend this user\? \(yes/no\)' "the question is the contract's"
remember
for text in 'yes\0no\n' 'yes\r\n' 'yes\0' '\0yes\n'; do
    # shellcheck disable=SC2059
    printf "$text" >"$tmp/answer"
    run admin-tool users suspend bob <"$tmp/answer"
    ok "no more do octets beside the word: '$text' (exit 5)" [ "$status" -eq 5 ]
done
unchanged "... and nothing has changed"
answer 'yes' admin-tool users suspend bob
ok "yes without a newline goes on" [ "$status" -eq 0 ]
says 'bob is suspended' "... and says so"
ok "... and is stored" [ "$(status_of bob)" = suspended ]
exits 0 "activate: yes on a terminal" expect -c 'set timeout 20; spawn admin-tool users activate bob
    expect "want to activate this user? (yes/no)"; send "yes\r"; expect "active again"; expect eof
    exit [lindex [wait] 3]'
run sh -c 'admin-tool users suspend bob <&-'
ok "closed stdin cancels (exit 5)" [ "$status" -eq 5 ]

# -- suspend and activate -----------------------------------------------------------------------------------
remember
exits 0 "suspend --dry-run" admin-tool users suspend bob --dry-run
says 'Would suspend bob; nothing was changed' "... says what it would do"
unchanged "... and changes nothing"
exits 0 "suspend -y --reason" admin-tool users suspend -y bob --reason 'left: für immer' --keep-sessions
ok "passwd: nologin" [ "$(getent passwd bob | cut -d: -f7)" = /usr/sbin/nologin ]
ok "group: no roles" [ "$(id -Gn bob)" = bob ]
ok "... nor in the list of members" eval '! getent group coder-member | grep -q bob'
ok "shadow: locked and expired" eval 'getent shadow bob | grep -q "^bob:!.*:1:"'
remember
exits 0 "suspend again" admin-tool users suspend bob
says 'bob is already suspended' "... says so"
unchanged "... and changes nothing"
exits 0 "activate -y" admin-tool users activate bob -y
ok "all is back" [ "$(getent passwd bob | cut -d: -f7) $(id -Gn bob)" = '/bin/bash bob coder-member' ]
exits 0 "activate again" admin-tool users activate bob
says 'already active' "... says so"
exits 4 "a reason with a control character" admin-tool users suspend bob -y --reason $'a\eb'
exits 4 "a reason too long" admin-tool users suspend bob -y --reason "$(printf 'x%.0s' {1..300})"
ok "... changed nothing" [ "$(status_of bob)" = active ]

# -- roles ----------------------------------------------------------------------------------------------------
exits 0 "edit-roles" admin-tool users edit-roles bob --roles admin,auditor -y
ok "... replaces the set" [ "$(id -Gn bob)" = 'bob coder-member coder-auditor coder-admin' ]
exits 0 "... the same set again" admin-tool users edit-roles bob --roles auditor,admin,member
says 'already' "... says so"
remember
exits 0 "edit-roles --dry-run" admin-tool users edit-roles bob --roles member --dry-run
says '^Taking a role away ends what bob runs' "... says what it ends"
run admin-tool users edit-roles bob --roles member --keep-sessions --dry-run
ok "... not with --keep-sessions" eval '! grep -q "ends what" "$tmp/out"'
run admin-tool users edit-roles bob --roles member,admin,auditor --dry-run
ok "... nor when none is taken away" eval '! grep -q "ends what" "$tmp/out"'
unchanged "... changes nothing"
answer no admin-tool users edit-roles bob --roles member
ok "edit-roles asks, too" [ "$status" -eq 5 ]
says '^Taking a role away ends what bob runs' "... and says what it ends"
exits 4 "an unknown role" admin-tool users edit-roles bob --roles boss -y
unchanged "... changes nothing"
exits 0 "a role taken away" admin-tool users edit-roles bob --roles member -y
ok "... is gone from the groups" [ "$(id -Gn bob)" = 'bob coder-member' ]

# -- the last active Admin -----------------------------------------------------------------------------------
remember
exits 4 "the last Admin suspended" admin-tool users suspend root1 -y
exits 4 "... deleted" admin-tool users delete root1 -y
exits 4 "... demoted" admin-tool users edit-roles root1 --roles auditor -y
exits 4 "... and in a dry run" admin-tool users suspend root1 --dry-run
unchanged "... changes nothing"
exits 0 "... keeping the role is fine" admin-tool users edit-roles root1 --roles admin,auditor -y
make root2 --roles admin
exits 0 "one of two Admins" admin-tool users suspend root2 -y
exits 4 "a suspended Admin does not count" admin-tool users suspend root1 -y
exits 0 "--force" admin-tool users suspend root1 -y --force
admin-tool users activate root1 -y >"$tmp/made"

# -- delete -------------------------------------------------------------------------------------------------------
remember
exits 0 "delete --dry-run" admin-tool users delete bob --dry-run --remove-home
unchanged "... changes nothing"
answer no admin-tool users delete bob
ok "delete asks, too" [ "$status" -eq 5 ]
exits 0 "delete -y" admin-tool users delete bob -y
ok "nobody knows him" eval '! getent passwd bob && ! getent group bob'
ok "his home stays" [ -d /home/bob ]
ok "his name and id are kept" is_value "SELECT username FROM tombstones" bob
exits 3 "delete again" admin-tool users delete bob -y

make fay
mkdir -p /home/outside /home/fay/d/e && touch /home/outside/keep /home/fay/d/e/f
ln -s /home/outside /home/fay/link && ln -s /home/outside /home/fay/d/link
(cd /home/fay && python3 -c '
import os
for _ in range(1500):
    os.mkdir("deep"); os.chdir("deep")')
mkdir /home/fay/.removed-0 && chmod 000 /home/fay/.removed-0
exits 0 "delete --remove-home, deeper than a process has descriptors" admin-tool users delete fay -y --remove-home
ok "... removes it" [ ! -e /home/fay ]
ok "... and follows no link" [ -f /home/outside/keep ]
make gil
chown root /home/gil
run admin-tool users delete gil -y --remove-home
ok "a home that is not the user's stays (exit 1)" [ "$status" -eq 1 -a -d /home/gil ]
make hal
rm -r /home/hal && ln -s /home/outside /home/hal
run admin-tool users delete hal -y --remove-home
ok "a home that is a link stays, and what it points to" [ "$status" -eq 1 -a -f /home/outside/keep ]
make ida
mkdir /home/ida/mnt && mount -t tmpfs none /home/ida/mnt && touch /home/ida/mnt/keep
run admin-tool users delete ida -y --remove-home
ok "another filesystem in a home is not emptied" [ "$status" -eq 1 -a -f /home/ida/mnt/keep ]
make jon --no-create-home
exits 0 "a home that never was" admin-tool users delete jon -y --remove-home

# -- no such user ---------------------------------------------------------------------------------------------------
for verb in suspend activate delete unlock show; do
    exits 3 "$verb of nobody" admin-tool users "$verb" nobody-here
done
exits 3 "edit-roles of nobody" admin-tool users edit-roles nobody-here --roles member
exits 3 "a local user is not ours" admin-tool users suspend daemon -y
exits 3 "a verb takes the name, not the id" admin-tool users suspend 70100 -y

# -- unlock -----------------------------------------------------------------------------------------------------------
exits 0 "unlock with nothing to forget" admin-tool users unlock eve
says 'no failed logins' "... says so"
uid=$(id -u eve)
sqlite3 "$STATE/private/activity.db" \
    "INSERT INTO failures (uid, origin, count, last) VALUES ($uid, '192.0.2.1', 9, unixepoch())"
run admin-tool users show eve
ok "show tells until when" eval 'grep "^Locked until" "$tmp/out" | grep -q 20'
remember
exits 0 "unlock --dry-run" admin-tool users unlock eve --dry-run
unchanged "... changes nothing"
exits 0 "unlock" admin-tool users unlock eve
run admin-tool users show eve
ok "... and it is over" eval 'grep "^Locked until" "$tmp/out" | grep -q "not locked"'
ok "... and in the audit log" is_value "SELECT count(*) FROM audit WHERE event='unlock' AND username='eve'" 1

# -- nobody listens -----------------------------------------------------------------------------------------------------
run sh -c 'admin-tool users suspend eve -y >/dev/full'
ok "a change that cannot be reported is done: exit 0, said on stderr" eval \
    '[ $status -eq 0 ] && grep -q "the change was made" "$tmp/err" && [ "$(status_of eve)" = suspended ]'
run bash -c 'admin-tool users activate eve -y 2>"$0" | true; exit "${PIPESTATUS[0]}"' "$tmp/err2"
ok "... likewise with a closed pipe" [ "$status" -eq 0 -a "$(status_of eve)" = active ]
done_testing
