#!/bin/bash
# coder_fleet as it is installed, under a real systemd: its socket is root's alone, and the whole sandbox of its unit
# leaves it what it needs.

# shellcheck disable=SC2016,SC2317
if [ "${1:-}" != inside ]; then
    /src/tests/world-systemd "$0" inside
    status=$?
    [ "$status" -eq 77 ] || exit "$status"
    echo "1..0 # SKIP no systemd can be had here"
    exit 0
fi
# shellcheck source=tests/fleet/follow-lib.sh
. "$(dirname "$0")/follow-lib.sh"
"$FLEET/ca" issue "$CA" hosts h1
# nobody is there: it says so, from within
joined h1 ldaps://a.fleet.test
useradd -m lou
systemctl daemon-reload
systemctl start coder-fleet.socket
ok "the socket is there, root's alone" [ "$(stat -c '%a %U' /run/coder/fleet.sock)" = '600 root' ]
ask() { python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(10)
s.connect("/run/coder/fleet.sock")
s.sendall(b"follow\n")
text = b""
while text.count(b"\n") < 2:
    text += s.recv(65536) or sys.exit(1)
sys.stdout.buffer.write(text)
'; }
run ask
cp "$tmp/out" "$tmp/f"
ok "who asks is answered from within the sandbox, again and again" eval '[ "$status" -eq 0 ] && [ "$(lines f ".line == \"lost\" and .uri == \"ldaps://a.fleet.test\" and (.why | contains(\"contact\"))" | wc -l)" -ge 2 ]'
# a certificate that is asked with comes to nobody's disk, and is used all the same
"$FLEET/ca" issue "$CA" admins ann
asks_write()
{
    { printf 'write\nas external\npem %s\n' "$(cat "$CA/admins/ann.pem" "$CA/admins/ann.key" | base64 -w 0)"
      printf 'do change\nname bob\nset shell /bin/sh\n\n'; } | python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(10)
s.connect("/run/coder/fleet.sock")
s.sendall(sys.stdin.buffer.read())
while octets := s.recv(65536):
    sys.stdout.buffer.write(octets)
'
}
run asks_write
ok "... also who writes, with a certificate that lies in memory alone" eval 'grep -q "\"kind\":\"away\"" "$tmp/out" && grep -q "contact" "$tmp/out"'
nobody_asks() { ! pgrep -u _coder-fleet >/dev/null; }
ok "it ends with who asked" soon nobody_asks
run setpriv --reuid=lou --regid=lou --clear-groups python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("/run/coder/fleet.sock")'
ok "a user does not reach it" eval '[ "$status" -ne 0 ] && grep -q "Permission denied" "$tmp/err"'
done_testing
