#!/bin/bash
# A coder_fleet that was taken over, or a tree with odd names in it: what it answers of others than was asked is not
# believed, what is long is told short, and nobody reads for ever.
# shellcheck source=tests/fleet/upward-lib.sh disable=SC2016,SC2034
. /src/tests/fleet/upward-lib.sh

make lea --no-create-home
upward
taken "$(entry bob 1)" "$(entry ann 2)" "$REFRESHED"
ENDED='{"line":"ended"}'
long() { printf "%$1s" '' | tr ' ' "${2:-x}"; }
# done_as NUMBER CSN UID: the answer's line.
done_as() { printf '{"line":"done","nth":0,"name":"x","entry_uuid":"%s","csn":"%s","uid":%s,"by":"%s"}' "$(uuid "$1")" "$2" "$3" "$BY"; }

# -- long -------------------------------------------------------------------------------------------------
# row NAME: of the log, done by a writer who would not be seen.
row() { printf '{"line":"log","at":"2026-11-29T03:31:30Z","by":"cn=mallory,ou=admins,dc=fleet","what":"modify","dn":"uid=%s,ou=people,dc=fleet","name":"%s","username":null,"changed":["coderStatus"],"status":"suspended","uri":"ldaps://a.example"}' "$1" "$1"; }
as say "$(row bob)
$(row "$(long 600)")
$(row 'b\u202eob')
$(row "$(long 600 | sed 's/x/\\u00e9/g')")
$(done_as 1 '' null)
$ENDED"
exits 0 "the log with a name of 600 octets" admin-tool audit --fleet -o json
json 'len(d) == 4 and all(r["actor"].startswith("cn=mallory") for r in d)' "... has all rows"
json 'd[1]["name"].startswith("xxxx") and d[1]["entry"].startswith("uid=xxxx") and d[3]["name"].startswith("éééé") and d[2]["name"] == "b???ob"' "... and begins those names"
as say
scopes=$(for i in $(seq 60); do printf ',"%s%s"' "$(long 58 s)" "$i"; done)
as hosts "{\"line\":\"host\",\"name\":\"web17\",\"scopes\":[${scopes:1}],\"uri\":null}"
exits 0 "a suspension while a host has 60 scopes" admin-tool users suspend bob -y
says '^bob is suspended\.$' "... is told"
says '^0 of 1 host is connected; not: web17\.$' "... with the host"
as hosts "$HOSTS"

# -- of others --------------------------------------------------------------------------------------------
lea=$(value "SELECT uid FROM accounts WHERE username = 'lea'")
as say "$(done_as 2 0 "$lea")
$ENDED"
run admin-tool users create -u newton -e newton@example.com
ok "a new account that would be one of here" [ "$status" -ne 0 ]
ok "... has no home made" [ ! -e /home/lea ]
ok "... nor a row of the log" [ "$(value "SELECT count(*) FROM audit WHERE event = 'create' AND username = 'lea'")" = 1 ]
ok "... nor is somebody told who he is" eval '! grep -qw lea "$tmp/out"'
newer=20280101000000.000000Z#000000#001#000000
taken "$(entry ann 2 "csn=\"$newer\"")"
as say "$(done_as 2 $newer null)
$ENDED"
run admin-tool users edit bob -n 'Bob B.'
ok "a change that is said of another's entry is late (exit 1)" [ "$status" -eq 1 ]
complains 'was made in the fleet, but has not reached this host' "... it is said"

# -- without an end ---------------------------------------------------------------------------------------
pad=$(long 100000)
{ for i in $(seq 700); do printf '{"line":"host","name":"h1","scopes":[],"uri":null,"more":"%s"}\n' "$pad"; done
  done_as 1 99999999999999.000000Z null; echo; echo "$ENDED"; } >"$tmp/answers-as/say"
exits 1 "an answer of 70 MB" admin-tool users suspend ann -y
complains 'not known whether' "... is none"
done_testing
