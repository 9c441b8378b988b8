#!/bin/bash
# Somebody takes every connection of the helper's socket, again and again (before systemd 256 there is no limit for each
# user): others' lockers, which may gain no privileges, are let in all the same. With a real systemd.

# shellcheck disable=SC2016,SC2034,SC2317
if [ "${1:-}" != inside ]; then
    status=0
    exec 3>&1
    reason=$(/src/tests/world-systemd "$0" inside 2>&1 >&3 3>&-) || status=$?
    if [ "$status" -eq 77 ]; then
        echo "ok 1 - a real systemd # SKIP $(tail -n 1 <<<"$reason")"
        echo "1..1"
        exit
    fi
    [ -z "$reason" ] || sed 's/^/# /' <<<"$reason"
    exit "$status"
fi

# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
good=violet-Otter-77-stream
useradd mal
make amy --password-stdin <<<"$good"
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
systemctl start coder-helper.socket
locker() { run setpriv --reuid amy --regid amy --init-groups --no-new-privs pamtester login amy authenticate <<<"$1"; }
failures() { sqlite3 -cmd '.timeout 2000' "$STORE" "ATTACH '$STATE/private/activity.db' AS a; SELECT coalesce(sum(count), 0) FROM a.failures"; }
locker "$good"
ok "with nobody in the way the right password is right" [ "$status" -eq 0 ]

# A connection that says nothing: how long it lasts.
cat >"$tmp/idle.py" <<'END'
import select, socket, sys, time
def connect():
    asker = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    asker.connect("/run/coder/helper.sock")
    return asker
if len(sys.argv) == 1:
    asker, begun = connect(), time.monotonic()
    select.select([asker], [], [], 20)
    print(int((time.monotonic() - begun) * 1000))
    sys.exit()
# more of them than are taken, each opened anew as soon as it has ended
askers = [connect() for _ in range(320)]
print("taken", flush=True)
while True:
    poller = select.poll()
    for asker in askers:
        poller.register(asker, select.POLLHUP)
    for fd, _ in poller.poll():
        gone = next(asker for asker in askers if asker.fileno() == fd)
        askers.remove(gone)
        gone.close()
        askers.append(connect())
END
chmod 755 "$tmp" "$tmp/idle.py"
idle=$(setpriv --reuid mal --regid mal --init-groups python3 "$tmp/idle.py")
ok "who says nothing is hung up on after half a second ($idle ms)" [ "$idle" -ge 400 ]
ok "... and the socket goes on" systemctl is-active -q coder-helper.socket

mkfifo "$tmp/word"
setpriv --reuid mal --regid mal --init-groups python3 "$tmp/idle.py" flood >"$tmp/word" 2>/dev/null & flood=$!
read -r word <"$tmp/word"
ok "all connections are taken" [ "$word" = taken ]
# A person tries again, too.
in=0 tries=0 slowest=0
for _ in $(seq 5); do
    for _ in 1 2 3; do
        begun=${EPOCHREALTIME/./}
        locker "$good"
        took=$(((${EPOCHREALTIME/./} - begun) / 1000)) tries=$((tries + 1))
        [ "$took" -le "$slowest" ] || slowest=$took
        [ "$status" -ne 0 ] || { in=$((in + 1)); break; }
    done
done
ok "meanwhile the right password opens a locker ($in of 5, in $tries tries, the slowest of $slowest ms)" [ "$in" -eq 5 ]
before=$(failures)
locker wrong-password-1
ok "a wrong one does not" [ "$status" -ne 0 ]
ok "... and counts once at most" [ $(($(failures) - before)) -le 1 ]
kill "$flood"
wait "$flood" 2>/dev/null
done_testing
