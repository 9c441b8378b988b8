#!/bin/bash
# What a user can do as often as he likes: change his own password. The least age of a password keeps him from bringing
# the first one back; root, and whoever must change it, do not wait.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
# shellcheck source=tests/hostile/lib.sh
. /src/tests/hostile/lib.sh
: >"$tmp/err"

make amy --password-stdin <<<"$good"
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL, password_changed_at = 1700000000"

# passwd as amy, from $1 to $2; what it shows is in $tmp/out.
change() { run setpriv --reuid amy --regid amy --init-groups passwd <<<"$1"$'\n'"$2"$'\n'"$2"; cat "$tmp/err" >>"$tmp/out"; }
is() { /src/.build/world/pam_call auth amy "$1" >"$tmp/pam" 2>&1; }
shows() { ok "$2" grep -qF "$1" "$tmp/out"; }

# -- the least age of a password ----------------------------------------------------------------

now=$good
for n in 1 2 3 4 5 6 7; do
    next=amber-Lantern-$n-bridge
    [ "$n" -lt 7 ] || next=$good
    change "$now" "$next"
    ok "without one, change $n is done" [ "$status" -eq 0 ]
    now=$next
done
ok "... and the first password is back" is "$good"
ok "... and it left one audit row" is_value "SELECT count(*) FROM audit WHERE event = 'password changed'" 1
sqlite3 "$STATE/private/activity.db" 'UPDATE repeats SET last = last - 60'
exits 0 "a minute later the log" admin-tool audit -n 1 -o json
json 'd[0]["event"] == "password changed" and d[0]["actor"] == "amy" and d[0]["after"]["detail"].startswith("6 more, the last at 20")' \
    "... says how many there were"
exits 0 "... once" admin-tool audit -n 1 -o json
ok "... and is whole" eval 'is_value "SELECT count(*) FROM audit WHERE event = '"'password changed'"'" 2 && admin-tool audit --verify >"$tmp/out"'
admin-tool policy set password_min_hours=1 >"$tmp/made"
change "$good" "$better"
ok "with one, she waits" [ "$status" -ne 0 ]
shows "You must wait longer to change your password." "... and is told so"
ok "... before she is asked" eval '! grep -q "Current password" "$tmp/out"'
ok "... and nothing changed" is "$good"
sqlite3 "$STORE" "UPDATE accounts SET password_changed_at = password_changed_at - 3600"
change "$good" "$better"
ok "after the hour it is done" [ "$status" -eq 0 ]
run passwd amy <<<"$good"$'\n'"$good"
ok "root does not wait" [ "$status" -eq 0 ]
run setpriv --reuid 65534 --regid 65534 --clear-groups su amy -c 'echo inside' \
    <<<"$good"$'\n'"$good"$'\n'amber-Lantern-8-bridge$'\n'amber-Lantern-8-bridge
ok "nor does she when she must change it" grep -q '^inside' "$tmp/out"
change amber-Lantern-8-bridge amber-Lantern-9-bridge
ok "... but then again" [ "$status" -ne 0 ]
done_testing
