#!/bin/bash
# A real systemd (tests/world-systemd), which the rest of the suite does without: the helper's socket and the sandbox
# of its service serve whoever may gain no privileges, and suspend ends what systemd keeps alive for a user.

# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/hostile/systemd-lib.sh
. "$(dirname "$0")/systemd-lib.sh"

# -- the socket and its service ----------------------------------------------------------------

# locker NAME PASSWORD [ABOUT]: a program of NAME's that may gain no privileges asks about ABOUT, or NAME.
locker()
{
    run setpriv --reuid "$1" --regid "$1" --init-groups --no-new-privs pamtester login "${3:-$1}" authenticate <<<"$2"
}
failures() { sqlite3 -cmd '.timeout 2000' "$STATE/private/activity.db" "SELECT coalesce(sum(count), 0) FROM failures WHERE origin = 'uid:$(id -u "$1")'"; }
# How many connections systemd has taken, those over its limits included.
accepted() { systemctl show --property=NAccepted,NRefused coder-helper.socket | awk -F= '{ n += $2 } END { print n }'; }
none_failed() { [ -z "$(systemctl list-units --failed --no-legend 'coder-helper*')" ]; }

# A process of root's, $holder, stopped with the lock on the database.
hold_stopped()
{
    python3 -c '
import os, signal, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
os.kill(os.getpid(), signal.SIGSTOP)' "$STATE/private/$1" &
    holder=$!
    disown "$holder"
    soon grep -q '^State:.T' "/proc/$holder/status"
}

for name in amy ben eve; do
    make "$name" --password-stdin <<<"$good"
done
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
locker amy "$good"
ok "without the socket and new privileges nobody is let in" [ "$status" -ne 0 ]
run systemctl enable --now coder-helper.socket
ok "the socket unit starts" systemctl is-active -q coder-helper.socket
locker amy "$good"
ok "the right password is right" [ "$status" -eq 0 ]
ok "by a service of systemd's" [ "$(accepted)" -ge 1 ]
locker amy wrong
ok "a wrong one is not" [ "$status" -ne 0 ]
ok "and is counted" [ "$(failures amy)" -eq 1 ]
locker ben "$good" amy
ok "nobody asks about somebody else" [ "$status" -ne 0 ]
ok "which is no attempt" [ "$(failures ben)" -eq 0 ]
sqlite3 "$STORE" "UPDATE accounts SET hash = '$(perl -e 'print crypt("'"$good"'", "\$6\$saltsalt\$")')' WHERE username = 'amy'"
locker amy "$good"
ok "within its sandbox an outdated hash verifies" [ "$status" -eq 0 ]
ok "and is renewed" is_value "SELECT hash GLOB '\$y\$*' FROM accounts WHERE username = 'amy'" 1
hold_stopped activity.db
locker amy "$good"
ok "and a stopped holder of the attempts does not keep it" [ "$status" -eq 0 ]
ok "but is ended" soon eval '! kill -0 '"$holder"
rm -f "$tmp/in"
clients=''
for _ in $(seq 24); do
    setpriv --reuid amy --regid amy --init-groups --no-new-privs pamtester login amy authenticate <<<"$good" \
        >/dev/null 2>&1 && echo in >>"$tmp/in" &
    clients+=" $!"
done
# shellcheck disable=SC2086
wait $clients
ok "24 at once are all let in" [ "$(wc -l <"$tmp/in")" -eq 24 ]
before=$(accepted)
run setpriv --reuid eve --regid eve --init-groups --no-new-privs python3 -c '
import socket
for i in range(400):
    asker = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    asker.connect("/run/coder/helper.sock")
    try:
        asker.send(b"nonsense" * (i % 3))
    except OSError:
        pass # was hung up on: too many
    asker.close()'
ok "400 connections of nonsense in a burst are taken" [ "$status" -eq 0 ]
ok "more than systemd's usual limit of 200 in two seconds" soon eval '[ $(($(accepted) - '"$before"')) -gt 200 ]'
ok "the socket goes on" systemctl is-active -q coder-helper.socket
ok "and serves" soon eval 'locker amy "$good"; [ "$status" -eq 0 ]'
ok "and leaves no failed unit" none_failed
clients=''
for _ in 1 2 3 4 5; do
    setpriv --reuid eve --regid eve --init-groups --no-new-privs pamtester login eve authenticate <<<wrong \
        >/dev/null 2>&1 &
    clients+=" $!"
done
# shellcheck disable=SC2086
wait $clients
locker eve "$good"
ok "five wrong ones lock the right one out" [ "$status" -ne 0 ]
run admin-tool users suspend eve -y
locker eve "$good"
ok "a suspended user's locker stays locked" [ "$status" -ne 0 ]

# -- what systemd keeps alive for a user ---------------------------------------------------------

ben=$(id -u ben)
as_ben() { setpriv --reuid ben --regid ben --init-groups env "XDG_RUNTIME_DIR=/run/user/$ben" "$@"; }
of_ben() { pgrep -U ben "$@" >/dev/null; }
root_shell() { pgrep -U root -f 'sleep 7702$' >/dev/null; }
in_slice() { grep -q "user-$ben.slice" "/proc/$(pgrep -f "sleep $1\$" | head -n 1)/cgroup"; }

ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
install -d -m 700 -o ben -g ben /home/ben/.ssh
install -m 600 -o ben -g ben /root/.ssh/id_ed25519.pub /home/ben/.ssh/authorized_keys
echo 'ben ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/ben

ok "linger: his manager runs without a session" eval 'loginctl enable-linger ben && soon systemctl is-active -q user@'"$ben"
run as_ben systemd-run --user --property=Restart=always sleep 7700
ok "and a service of his in it, that starts again when it is killed" soon of_ben -f 'sleep 7700$'
ssh -F /dev/null -tt -o BatchMode=yes ben@127.0.0.1 \
    'systemd-run --user --scope -q sleep 7701 & sudo sh -c "trap \"\" TERM HUP; sleep 7702; :"' >"$tmp/ssh" 2>&1 </dev/null &
client=$!
ok "a session through ssh, with a root shell through sudo" soon root_shell
ok "which logind knows" soon eval 'loginctl list-sessions --no-legend | grep -q ben'
ok "and keeps in his slice, root's shell included" eval 'soon in_slice 7701 && in_slice 7702'
run systemd-run -q --unit=of-ben --uid=ben sleep 7703
ok "a system service of the administrator's runs as him" soon of_ben -f 'sleep 7703$'

ssh -F /dev/null -o BatchMode=yes ben@127.0.0.1 'sudo env "SSH_CONNECTION=203.0.113.9 5 203.0.113.8 22" \
    admin-tool users edit eve -n Eve' >"$tmp/ssh2" 2>&1 </dev/null
ok "from where he changed something logind knows, also without a terminal" [ "$(value 'SELECT via || origin FROM audit ORDER BY id DESC LIMIT 1')" = ben127.0.0.1 ]

run admin-tool users suspend ben -y --keep-sessions
ok "suspend --keep-sessions leaves his manager" systemctl is-active -q "user@$ben"
ok "and his sessions" root_shell
run admin-tool users suspend ben -y
ok "suspend is done" [ "$status" -eq 0 ]
complains 'of-ben\.service runs as ben and was left alone' "and says which service it left alone"
complains "systemctl disable --now [^ ]*of-ben\.service'" "... and what stops it"
ok "that runs" of_ben -f 'sleep 7703$'
ok "his manager does not" eval '! systemctl is-active -q user@'"$ben"
ok "nothing else of his does" eval '[ "$(pgrep -U ben | wc -l)" -eq 1 ]'
ok "root's shell has ended" eval '! root_shell'
ok "so has the client" eval 'soon eval "! kill -0 $client"'
ok "logind knows no session of his" soon eval '! loginctl list-sessions --no-legend | grep -q ben'
ok "and lets him linger no more" [ ! -e /var/lib/systemd/linger/ben ]
run systemctl start "user@$ben"
ok "a manager for him is refused" [ "$status" -ne 0 ]
run loginctl enable-linger ben
sleep 1
ok "by lingering, too" eval '! of_ben systemd'
loginctl disable-linger ben
systemctl stop of-ben
run admin-tool users activate ben -y
run ssh -F /dev/null -o BatchMode=yes ben@127.0.0.1 'systemctl --user is-system-running; echo in'
ok "activate lets him in again" grep -qx in "$tmp/out"

# An Admin on himself, from a session that logind ends with all that is in it, the command included.
make chief --roles admin --no-password
admin-tool users edit-roles ben --roles admin -y >"$tmp/made"
head -c 100000 /dev/urandom >/home/ben/much
run ssh -F /dev/null -tt -o BatchMode=yes ben@127.0.0.1 'sudo admin-tool users delete ben -y --remove-home'
ok "he is refused without --force" grep -q 'ben is your own account' "$tmp/out"
run ssh -F /dev/null -tt -o BatchMode=yes ben@127.0.0.1 'sudo admin-tool users delete ben -y --remove-home --force'
says 'ben is deleted\.' "with it he reads of it"
ok "and it is done to its end: his home is gone" soon eval '[ ! -e /home/ben ]'
ok "nothing of his is left" soon eval '! pgrep -U '"$ben"
done_testing
