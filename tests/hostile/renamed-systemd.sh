#!/bin/bash
# A rename under a real systemd: what it keeps for a user by name follows, and it is not left with the former one.

# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/hostile/systemd-lib.sh
. "$(dirname "$0")/systemd-lib.sh"

for name in ben amy; do
    make "$name" --password-stdin --roles admin <<<"$good"
done
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
install -d -m 700 -o amy -g amy /home/amy/.ssh
install -m 600 -o amy -g amy /root/.ssh/id_ed25519.pub /home/amy/.ssh/authorized_keys
echo 'amy ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/amy

# -- who lingers ------------------------------------------------------------------------------------
ben=$(id -u ben)
name_of_manager() { tr '\0' '\n' <"/proc/$(systemctl show -P MainPID "user@$ben")/environ" | sed -n 's/^USER=//p'; }
loginctl enable-linger ben
ok "a manager of his runs" soon systemctl is-active -q "user@$ben"
exits 4 "rename" admin-tool users rename ben benno -y
complains 'ben runs [0-9]+ process' "... is refused: his manager runs"
ok "... and goes on" systemctl is-active -q "user@$ben"
ok "... he lingers on" [ -e /var/lib/systemd/linger/ben ]
exits 0 "rename --end-sessions" admin-tool users rename ben benno -y --end-sessions
ok "... he lingers by the new name" [ -e /var/lib/systemd/linger/benno ]
ok "... and not by the former one" [ ! -e /var/lib/systemd/linger/ben ]
ok "... a manager runs for him" soon systemctl is-active -q "user@$ben"
ok "... which knows the new name" [ "$(name_of_manager)" = benno ]
ok "... as logind does" soon eval '[ "$(loginctl show-user "$ben" -P Name)" = benno ]'
ok "... and no unit has failed" [ -z "$(systemctl list-units --failed --no-legend "user*")" ]

# -- an Admin, himself, from a session that ends ----------------------------------------------------
amy=$(id -u amy)
run ssh -F /dev/null -tt -o BatchMode=yes amy@127.0.0.1 'sudo admin-tool users rename amy amelia -y --move-home'
ok "her own name, in a session, is not changed" grep -q 'amy runs .*--end-sessions' "$tmp/out"
run ssh -F /dev/null -tt -o BatchMode=yes amy@127.0.0.1 'sudo admin-tool users rename amy amelia -y --move-home --end-sessions'
says 'amy is amelia now\.' "with --end-sessions she reads of it"
says '/home/amy \(home\) is /home/amelia now\.' "... and of what followed"
ok "... her session ends" soon eval '! pgrep -U '"$amy"
ok "... her home is moved" [ -d /home/amelia/.ssh -a ! -e /home/amy ]
run ssh -F /dev/null -o BatchMode=yes amelia@127.0.0.1 id -un
ok "... and the new name logs in" grep -qx amelia "$tmp/out"
done_testing
