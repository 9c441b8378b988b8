#!/bin/bash
# The helper's systemd socket, as an unprivileged program sees it that may gain no privileges. There is no systemd
# here, so a small server stands in for the socket unit, and every helper runs with what of the service unit's sandbox
# can be had without it: the capabilities, the read-only system, no new privileges, no network.

# shellcheck disable=SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
units=/usr/lib/systemd/system
socket=$units/coder-helper.socket service=$units/coder-helper@.service
good=violet-Otter-77-stream
server='' guesses='' clients=''

setting() { sed -n "s/^$2=//p" "$1"; }
is() { [ "$(setting "$1" "$2")" = "$3" ]; }

# One helper per connection, in the service's sandbox. serve [HOW]: closed, the first 30 connections are hung up on
# unread, as systemd does above its limit; heard, all of them are once their request was read.
serve()
{
    local path writable
    for path in $(setting "$service" ReadWritePaths); do
        writable+=" ${path#-}"
    done
    rm -f "$(setting "$socket" ListenSequentialPacket)"
    # shellcheck disable=SC2016
    unshare --mount --net bash -c '
        for path in '"$writable"'; do mkdir -p "$path"; mount --bind "$path" "$path"; done
        mount --bind / / ; mount -o remount,bind,ro /
        for path in '"$writable"'; do mount --bind "$path" "$path"; mount -o remount,bind,rw "$path"; done
        exec python3 - "$1" "$2"' bash "$(setting "$socket" ListenSequentialPacket)" "${1:-served}" 2>"$tmp/served" <<'PYTHON' &
import os, socket, subprocess, sys
path, how, count = sys.argv[1], sys.argv[2], 0
if os.path.exists(path):
    os.unlink(path)
server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
os.umask(0)
server.bind(path + ".new")
server.listen(128)
os.rename(path + ".new", path)
while True:
    client, _ = server.accept()
    count += 1
    if how == "heard" or (how == "closed" and count <= 30):
        print(how, file=sys.stderr, flush=True)
        if how == "heard":
            client.recv(65536)
        client.close()
        continue
    subprocess.Popen(["setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all",
                      "/usr/libexec/coder_helper"], stdin=client, env={})
    client.close()
PYTHON
    server=$!
    for _ in $(seq 50); do
        [ -S "$(setting "$socket" ListenSequentialPacket)" ] && break
        sleep 0.1
    done
}

# locker NAME PASSWORD [SETPRIV-OPTION...]: what a screen locker of NAME does.
locker()
{
    local name=$1 password=$2
    shift 2
    run setpriv --reuid "$name" --regid "$name" --init-groups "$@" pamtester login "$name" authenticate <<<"$password"
}

failures() { sqlite3 "$STATE/private/activity.db" "SELECT coalesce(sum(count), 0) FROM failures WHERE origin = '$1'"; }

ok "the socket accepts each connection by itself" is "$socket" Accept yes
ok "and is never given up for being asked often" is "$socket" TriggerLimitIntervalSec 0
ok "the socket is for everybody" is "$socket" SocketMode 0666
ok "the service gets the connection as descriptor 0" is "$service" StandardInput socket
ok "the service runs the installed helper" is "$service" ExecStart -/usr/libexec/coder_helper
if command -v systemd-analyze >/dev/null; then
    run systemd-analyze --man=no verify "$socket"
    ok "systemd finds nothing wrong with the units" [ ! -s "$tmp/err" ]
fi

make amy --password-stdin <<<"$good"
make ben --password-stdin <<<"$good"
locker amy "$good" --no-new-privs
ok "without the socket and new privileges nobody is let in" [ "$status" -ne 0 ]
locker amy "$good"
ok "the setuid bit serves in the socket's place" [ "$status" -eq 0 ]
serve
locker amy "$good" --no-new-privs
ok "by the socket, the right password without new privileges" [ "$status" -eq 0 ]
python3 -c 'import fcntl, os, time
fcntl.lockf(os.open("/run/coder/private/turns", os.O_RDWR | os.O_CREAT, 0o600), fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)' >"$tmp/turns" &
turns=$!
for _ in $(seq 50); do
    [ ! -s "$tmp/turns" ] || break
    sleep 0.1
done
begun=${EPOCHREALTIME/./}
locker amy "$good" --no-new-privs
took=$(((${EPOCHREALTIME/./} - begun) / 1000))
ok "... who waits for no turn there, where he would hold a connection meanwhile ($took ms)" [ -s "$tmp/turns" -a "$status" -eq 0 -a "$took" -lt 5000 ]
kill "$turns"
wait "$turns" 2>/dev/null
locker amy wrong --no-new-privs
ok "a wrong one is refused" [ "$status" -ne 0 ]
ok "and counted where the setuid helper counts" [ "$(failures "uid:$(id -u amy)")" -eq 1 ]
run setpriv --reuid ben --regid ben --init-groups --no-new-privs pamtester login amy authenticate <<<"$good"
ok "nobody asks about somebody else" [ "$status" -ne 0 ]
ok "which is no attempt" [ "$(failures "uid:$(id -u ben)")" -eq 0 ]
for _ in 1 2 3 4; do
    setpriv --reuid amy --regid amy --init-groups --no-new-privs pamtester login amy authenticate <<<wrong \
        >/dev/null 2>&1 &
    guesses+=" $!"
done
# shellcheck disable=SC2086
wait $guesses
locker amy "$good" --no-new-privs
ok "five wrong ones lock the right one out" [ "$status" -ne 0 ]
locker amy "$good"
ok "by the setuid bit, too" [ "$status" -ne 0 ]
admin-tool users unlock amy >/dev/null
admin-tool users suspend -y ben >/dev/null 2>&1
locker ben "$good" --no-new-privs
ok "a suspended user's locker stays locked" [ "$status" -ne 0 ]
begun=$SECONDS
for _ in $(seq 24); do
    setpriv --reuid amy --regid amy --init-groups --no-new-privs pamtester login amy authenticate <<<"$good" \
        >/dev/null 2>&1 && echo in >>"$tmp/in" &
    clients+=" $!"
done
# shellcheck disable=SC2086
wait $clients
ok "24 at once are all let in" [ "$(wc -l <"$tmp/in")" -eq 24 ]
ok "before their patience ends" [ $((SECONDS - begun)) -lt 15 ]
kill "$server"
wait "$server" 2>/dev/null

# -- hung up on ------------------------------------------------------------------------------------------

admin-tool users unlock amy >/dev/null
serve closed
locker amy "$good" --no-new-privs
ok "who finds all connections taken asks again, and is let in" [ "$status" -eq 0 -a "$(grep -c closed "$tmp/served")" -eq 30 ]
locker amy wrong --no-new-privs
ok "a wrong one is not" [ "$status" -ne 0 ]
begun=${EPOCHREALTIME/./}
setpriv --reuid ben --regid ben --init-groups python3 - "$(setting "$socket" ListenSequentialPacket)" <<'PYTHON'
import select, socket, sys
asker = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
asker.connect(sys.argv[1])
select.select([asker], [], [], 20)
PYTHON
took=$(((${EPOCHREALTIME/./} - begun) / 1000))
ok "a connection that says nothing ends after half a second ($took ms)" [ "$took" -ge 400 ]
kill "$server"
wait "$server" 2>/dev/null
serve heard
locker amy "$good" --no-new-privs
ok "a request that was read is not put again: it may have been counted" [ "$status" -ne 0 -a "$(grep -c heard "$tmp/served")" -eq 1 ]
kill "$server"
locker amy "$good"
ok "a socket left behind by nobody is passed over" [ "$status" -eq 0 ]
done_testing
