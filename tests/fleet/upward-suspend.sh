#!/bin/bash
# Suspending and activating accounts of the fleet from a host that follows it: asked of the fleet as an administrator, with
# what was shown, and told when it has come down here; what was refused, and what is not known.
# shellcheck source=tests/fleet/upward-lib.sh disable=SC2016,SC2034
. /src/tests/fleet/upward-lib.sh

upward
make ann --roles admin
make hal
taken "$(entry bob 1)" "$(entry kim 2)" "$(entry lea 3)" "$REFRESHED"
is_out() { [ "$(getent passwd "$1" | cut -d: -f7)" = /usr/sbin/nologin ]; }

# -- suspend -----------------------------------------------------------------------------------------------
exits 0 "a dry run" admin-tool users suspend bob --dry-run
says '^Would suspend bob in the fleet; nothing was changed\.$' "... says where"
ok "... asks nobody" [ ! -s "$tmp/asked" ]
setpriv --reuid=1900000001 --clear-groups sleep 300 & child=$!
run eval 'echo yes | admin-tool users suspend bob --reason "has left"'
ok "suspend" [ "$status" -eq 0 ]
says '^bob is suspended\.$' "... is said"
says '^2 of 3 hosts are connected; not: web17\.$' "... with who is not connected"
ok "... bob is out here" is_out bob
ok "... what he runs is ended" eval '! kill -0 "$child" 2>/dev/null'
asked '^as external$' "asked by a certificate"
asked '^pem LS0tLS1CRUdJTiBDRVJUSUZJ' "... which is sent"
asked '^do change$' "... a change"
asked "^entry $(uuid 1)\$" "... of the entry"
asked '^csn 20261128232000\.000001Z#000000#001#000000$' "... as it was shown"
asked '^set status suspended$' "... its status"
asked '^set reason has left$' "... and why"
asked '^hosts$' "... and who hears of it"
run admin-tool audit --user bob --event suspend -o json
json 'any(d_["via"] != "fleet" and "in the fleet as cn=anna,ou=admins,dc=fleet: has left" in str(d_) for d_ in d)' "it is on record with who did it here and there"
json 'any(d_["via"] == "fleet" for d_ in d)' "... beside what came"
run admin-tool users show bob -o json
json 'd["status"] == "suspended" and d["fleet_status"] == "suspended" and not d["suspended_here"]' "the fleet's word it is"
exits 0 "again" admin-tool users suspend bob -y
says '^bob is already suspended\.$' "... it is so already"

# -- activate ----------------------------------------------------------------------------------------------
run admin-tool users activate bob -y -o json
ok "activate" [ "$status" -eq 0 ]
json 'd["status"] == "active" and d["changed"] and d["fleet"] == {"as": "cn=anna,ou=admins,dc=fleet", "reached": True, "hosts": 3, "connected": 2, "not_connected": ["web17"], "unasked": []}' "... for programs"
json 'd["said"] == ["bob is active again.", "2 of 3 hosts are connected; not: web17."]' "... with what is said"
ok "... bob is in" eval '! is_out bob'
admin-tool users suspend bob --here -y >"$tmp/made" 2>&1
exits 4 "activate of one whom this host alone has suspended" admin-tool users activate bob -y
complains 'bob is suspended by this host alone; use --here' "... is this host's word"
admin-tool users activate bob --here -y >"$tmp/made" 2>&1

# -- several -----------------------------------------------------------------------------------------------
forget
exits 0 "two at once" admin-tool users suspend bob kim -y
ok "... in one request" [ "$(grep -c ^write "$tmp/asked") $(grep -c ^do "$tmp/asked") $(grep -c ^hosts "$tmp/asked")" = '1 2 1' ]
ok "... both are out" eval 'is_out bob && is_out kim'
exits 0 "... and in again" admin-tool users activate bob kim -y
remember
forget
exits 4 "one of the fleet and one of here" admin-tool users suspend bob hal -y
complains 'bob comes from the fleet and hal is of here; nothing was changed: name them in two calls' "... are two calls"
exits 2 "--keep-sessions" admin-tool users suspend bob --keep-sessions -y
complains 'every host ends what .* runs' "... is not the fleet's way"
run eval 'echo no | admin-tool users suspend bob'
ok "a no (exit 5)" [ "$status" -eq 5 ]
ok "... asks nobody" [ ! -s "$tmp/asked" ]
unchanged "nothing of that changed anything"

# -- refused -----------------------------------------------------------------------------------------------
remember
while read -r code kind name why; do
    as refuse "0 $name the server's words"
    exits "$code" "refused: $name" admin-tool users suspend bob -y
    complains "$why" "... and why"
    run admin-tool users suspend bob -y -o json
    json "d['error']['kind'] == '$kind' and d['error']['code'] == $code" "... also to programs: $kind"
done <<'END'
8 fleet-identity identity does not take the certificate /root/.coder-fleet.pem: the server's words; nothing was changed
8 fleet-identity rights bob: the fleet does not let you do that: the server's words; nothing was changed
4 fleet-changed changed bob was changed in the fleet meanwhile; nothing was changed: look and run it again
4 taken taken bob: the fleet has that already: the server's words; nothing was changed
4 invalid invalid bob: the fleet refuses that: the server's words; nothing was changed
9 fleet-away standby no server of the fleet that writes is reached: the server's words; nothing was changed
9 fleet-away away no server of the fleet that writes is reached: the server's words; nothing was changed
1 fleet-unknown unknown bob: it is not known whether that was done: the server's words; look, and run it again
1 failed failed bob: that failed in the fleet: the server's words; nothing was changed
1 failed another bob: that failed in the fleet: the server's words; nothing was changed
END
as refuse '0 rights Operations are restricted to bind/unbind/abandon/StartTLS/modify password'
exits 8 "restricted, but no password" admin-tool users suspend bob -y
complains 'bob: the fleet does not let you do that: Operations are restricted' "... is no word of passwords"
as refuse
unchanged "nothing of that changed anything"
as refuse '1 rights may not'
run admin-tool users suspend bob kim lea -y -o json
ok "the second of three (exit 1)" [ "$status" -eq 1 ]
json '[(a["username"], a["changed"]) for a in d] == [("bob", True), ("kim", False), ("lea", False)]' "... the first is done"
json 'any("kim and those behind it were not changed: may not; look, and run it again" in p for a in d for p in a["problems"])' "... and it is said from where on not"
as refuse
admin-tool users activate bob -y >"$tmp/made" 2>&1

# What came between showing and writing.
run eval '{ sleep 0.5; taken "$(entry bob 1 full_name=\"Bob\" csn=\"20261129900000.000000Z#000000#001#000000\")" >&2; echo yes; } | admin-tool users suspend bob'
ok "one who changed while the question stood (exit 4)" [ "$status" -eq 4 ]
complains 'bob was changed in the fleet meanwhile' "... is looked at again"
ok "... and not suspended" eval '! is_out bob'

# -- too much at once --------------------------------------------------------------------------------------
# turns SECONDS: all that may ask at a time do, for so long
turns() { exec python3 -c 'import fcntl, sys, time; f = open("/run/coder/fleet-turns", "r+"); fcntl.lockf(f, fcntl.LOCK_EX, 6); print(flush=True); time.sleep(float(sys.argv[1]))' "$1"; }
remember
forget
coproc turns 60
read -r _ <&"${COPROC[0]}"
exits 9 "no turn" admin-tool users suspend bob -y
complains 'too much is asked of the fleet from this host at once' "... is told"
ok "... nobody was asked" [ ! -s "$tmp/asked" ]
unchanged "... nothing was changed"
kill "$COPROC_PID"
wait "$COPROC_PID" 2>/dev/null
exits 0 "the next turn" admin-tool users suspend bob -y
exits 0 "(bob is back)" admin-tool users activate bob -y

# -- answers that are none ---------------------------------------------------------------------------------
while read -r text; do
    as say "$text"
    exits 1 "an answer: ${text:0:60}" admin-tool users suspend bob -y
    complains 'not known whether that was done' "... is none"
done <<'END'
{"line":"ended"}
no JSON
{"line":"done","nth":1,"name":"bob","entry_uuid":"x","csn":"y","uid":1,"by":""}
{"line":"done","nth":"0"
{"line":"done","nth":-1,"name":"bob","entry_uuid":"x","csn":"y","uid":1,"by":""}
{"line":"what"}
END
as say '{"line":"done","nth":1,"name":"kim","entry_uuid":"x","csn":"y","uid":1,"by":""}
{"line":"done","nth":0,"name":"bob","entry_uuid":"x","csn":"y","uid":1,"by":""}
{"line":"ended"}'
exits 1 "answers in another order" admin-tool users suspend bob kim -y
complains 'not known whether that was done' "... are none"
as say
as late ''
run admin-tool users suspend lea -y -o json
ok "what this host does not hear of (exit 1)" [ "$status" -eq 1 ]
json 'd["changed"] and d["fleet"]["reached"] is False and d["status"] == "active" and "has not reached this host within 2 s" in d["problems"][0]' "... is said to be so"
as late

# -- who does it -------------------------------------------------------------------------------------------
taken "$(entry kim 2)" "$(entry bob 1 csn=\"20261129910000.000000Z#000000#001#000000\")"
useradd -m -d /srv/few few
forget
rm "$PEM"
remember
exits 8 "without a certificate and a terminal" admin-tool users suspend kim -y
complains 'this needs an administrator of the fleet; nothing was changed: give --identity FILE or NAME' "... says what it needs"
# As the page runs it: a pipe that says nothing, and JSON.
mkfifo "$tmp/silent"
exec 7<>"$tmp/silent"
while read -r words; do
    run eval "timeout 20 admin-tool $words <&7"
    ok "without a terminal: $words (exit 8)" [ "$status" -eq 8 ]
    json 'd["error"]["kind"] == "fleet-identity" and "this needs an administrator of the fleet" in d["error"]["message"]' "... programs are told why"
done <<'END'
users suspend -y -o json -- kim
users delete -y -o json -- kim
reset-password -y -o json -- kim
users create --username=new --email=new@example.com -o json
users edit --full-name=Kim -o json -- kim
END
exec 7>&-
exits 8 "a name without a terminal" admin-tool users suspend kim -y --identity anna
complains 'anna: the password is asked for on a terminal' "... neither"
exits 8 "a file that is not there" admin-tool users suspend kim -y --identity /root/no.pem
certificate /root/other.pem
ln -s other.pem /root/link.pem
chmod 640 /root/other.pem
exits 8 "a file that others can read" admin-tool users suspend kim -y --identity /root/other.pem
complains "others can read or change it; 'chmod 600' it" "... is no secret"
chmod 600 /root/other.pem
exits 8 "a link" admin-tool users suspend kim -y --identity /root/link.pem
complains 'it is a link' "... may be another's"
chown 4242 /root/other.pem
exits 8 "another's file" admin-tool users suspend kim -y --identity /root/other.pem
chown 0 /root/other.pem
echo "no key" >/root/no-key.pem && chmod 600 /root/no-key.pem
exits 8 "what is no certificate" admin-tool users suspend kim -y --identity /root/no-key.pem
mkfifo -m 600 /root/fifo.pem
(echo word >/root/fifo.pem) &
writer=$!
waits() { [ "$(ps -o stat= -p "$writer" | cut -c1)" = S ]; }
until_true 20 waits
exits 8 "a FIFO" timeout 5 admin-tool users suspend kim -y --identity /root/fifo.pem
ok "... is not opened: who writes there goes on waiting" waits
kill "$writer"
# One who may suspend as root, and is nobody in the fleet: he names any file.
echo 'few ALL=(root) NOPASSWD: /usr/sbin/admin-tool users suspend *' >/etc/sudoers.d/few
certificate /srv/few/own.pem && chown few /srv/few/own.pem
by_few() { setpriv --reuid few --regid few --init-groups sudo -n /usr/sbin/admin-tool users suspend kim -y --identity "$1"; }
exits 8 "root's file, by sudo" by_few /root/other.pem
complains "it is root's, not of whoever does this" "... is no other's key"
ln -s /root /srv/few/way
exits 8 "... by a way of his own" by_few /srv/few/way/other.pem
setpriv --reuid few --regid few --init-groups bash -c \
    "(sleep 0.2; exec sudo -n /usr/sbin/admin-tool users suspend kim -y --identity /root/other.pem >/srv/few/said 2>&1) &"
ok "... when his shell is gone" until_true 20 grep -q "it is root's, not of whoever does this" /srv/few/said
exits 8 "... nor when sudo's word is longer than a name of the log" env SUDO_USER="$(printf 'few%.0s' $(seq 12))" admin-tool users suspend kim -y --identity /root/other.pem
complains "it is not known who does this" "... is told"
unchanged "nothing of that changed anything"
ok "... nor was asked" [ ! -s "$tmp/asked" ]
exits 0 "his own" by_few /srv/few/own.pem
exits 0 "... and root's is root's" admin-tool users activate kim -y --identity /root/other.pem
exits 0 "a file that is named" admin-tool users suspend kim -y --identity /root/other.pem
exits 0 "... below where we are" eval 'cd /root && admin-tool users activate kim -y --identity other.pem'
mv /usr/libexec/coder_fleet /usr/libexec/not
exits 8 "without the package coder-fleet" admin-tool users suspend kim -y --identity /root/other.pem
complains 'the package coder-fleet is not installed here' "... it is named"
mv /usr/libexec/not /usr/libexec/coder_fleet
kill "$WRITER"
rm -f "$RUN/fleet.sock"
exits 9 "without its socket" admin-tool users suspend kim -y --identity /root/other.pem
complains 'no server of the fleet that writes is reached: /run/coder/fleet\.sock: No such file' "... it is away"
exits 0 "--here needs nobody" admin-tool users suspend kim --here -y
ok "the key is nowhere" eval '! grep -raq c2VjcmV0LWtleS13b3Jkcw "$STATE" "$tmp/out" "$tmp/err" "$tmp/follow" /var/log 2>/dev/null'
done_testing
