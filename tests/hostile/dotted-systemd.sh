#!/bin/bash
# A user whose name has a dot, and one whose name looks like a unit's, under a real systemd: lingering, the user's own
# manager, and a unit that runs as the user.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/hostile/systemd-lib.sh
. "$(dirname "$0")/systemd-lib.sh"

for name in ann.lee cal.service; do
    make "$name" --password-stdin <<<"$good"
    sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
    uid=$(id -u "$name")
    exits 0 "$name: lingers" loginctl enable-linger "$name"
    ok "... and has a manager of its own" soon systemctl is-active -q "user@$uid.service"
    ok "... which loginctl calls by the name" eval 'loginctl list-users --no-legend | grep -qw "'"$name"'"'
    exits 0 "$name: a unit with User=" systemd-run -q --wait --uid="$name" -p PAMName=login sh -c "id -un >/tmp/ran-$name"
    ok "... runs as the user" [ "$(cat "/tmp/ran-$name")" = "$name" ]
    exits 0 "$name: suspended" admin-tool users suspend "$name" -y
    ok "... does not linger" [ ! -e "/var/lib/systemd/linger/$name" ]
    ok "... and runs nothing" eval '! pgrep -u '"$uid"
done
done_testing
