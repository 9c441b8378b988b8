#!/bin/bash
# An Admin starts a service of root's by hand (sudo systemd-run), now or later: it is in no session and has no login uid, so
# it outlives whoever started it. It is named with the command that ends it when an Admin is suspended, demoted or deleted.

# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/hostile/systemd-lib.sh
. "$(dirname "$0")/systemd-lib.sh"
names() { complains "note: the unit $1 was started by hand and left alone, nothing says by whom; 'systemctl stop $1' ends it" "$2"; }
is_quiet() { ok "$1" eval '[ "$status" -eq 0 ] && ! grep -q "by hand" "$tmp/err"'; }

systemd-run -q --unit=before sleep 7900
sleep 1.1 # what was there before the account is not the account's
make chief --roles admin --no-password
make ada --roles admin
make bob --roles admin,auditor
make cyd
echo 'ada ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/ada
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
run setpriv --reuid ada --regid ada --init-groups sudo -n systemd-run -q --unit=hidden sleep 7901
ok "an Admin starts a service of root's" systemctl is-active -q hidden
systemd-run -q --unit=later --on-active=3000 true
systemd-run -q --unit=gone true
systemd-run -q --unit=failed false
systemd-run -q --scope --unit=session-like sleep 7902 &
ok "one that failed is still known" soon systemctl is-failed -q failed
systemd-run -q --unit=of-bob --uid=bob sleep 7903

run admin-tool users suspend cyd -y
is_quiet "suspending a member names none"
run admin-tool users suspend bob -y
names hidden.service "suspending an Admin names what was started by hand, whoever did"
ok "... and it runs on" systemctl is-active -q hidden
names later.timer "... and what will start something"
complains 'of-bob\.service runs as bob' "... a service that runs as him"
ok "... is named once" [ "$(grep -c 'of-bob\.service' "$tmp/err")" -eq 1 ]
ok "... no other is named" [ "$(wc -l <"$tmp/err")" -eq 3 ]
run admin-tool users suspend ada -y -o json
json '[note for note in d["notes"] if "hidden.service" in note] != []' "with -o json it is a note"
admin-tool users activate ada bob -y >"$tmp/made"
run admin-tool users edit-roles bob --roles member -y
names hidden.service "taking a role away names it"
run admin-tool users edit-roles ada --roles member -y --keep-sessions
is_quiet "... but not where sessions stay"
run admin-tool users delete ada -y
names hidden.service "deleting names it"
systemctl stop hidden of-bob before later.timer
admin-tool users edit-roles bob --roles admin -y >"$tmp/made"
run admin-tool users suspend bob -y
is_quiet "what was stopped is not named"
done_testing
