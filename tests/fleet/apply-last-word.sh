#!/bin/bash
# admin-tool follow: what is said twice in a batch, homes that are another's, and whoever says more than there is room for.
# shellcheck source=tests/fleet/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

admin-tool users create -u lea -e lea@example.org --no-password --no-create-home >"$tmp/made"
useradd --no-create-home --home-dir /home/cyril local
joined
play
follow_begin

# all KEY=JSON...: entries u1 to u40.
all() { local number; for number in $(seq 40); do entry "u$number" "$number" "$@"; done; }
taken "$(all)" "$REFRESHED"

# -- taken away, and then not shown any more ---------------------------------------------------------
taken "$(all 'status="suspended"' | head -n 29)" "$(entry u30 30 'status="deleted"')" "$(gone {1..31})"
ok "of many who vanish, those who were suspended in the same batch are" [ "$(status_of u1)$(status_of u29)" = suspendedsuspended ]
ok "... and who was deleted" [ "$(status_of u30)" != active ]
ok "... and only the others are held" [ "$(value "SELECT group_concat(username) FROM fleet_held")" = u31 ]
taken "$(all)"
ok "shown again, they are active" [ "$(value "SELECT count(*) FROM accounts WHERE username LIKE 'u%' AND status = 'active'")" = 40 ]
taken "$(entry u1 1 'status="suspended"')" "{\"line\":\"unreadable\",\"entry_uuid\":\"$(uuid 1)\",\"why\":\"uid twice\"}" \
    "$(entry u2 2 'status="suspended"')" "$(present 2)"
ok "what cannot be read any more takes back no suspension" [ "$(status_of u1)" = suspended ]
ok "... nor does that an entry is present" [ "$(status_of u2)" = suspended ]
taken "$(entry u1 1)" "$(entry u2 2)"

taken "{\"line\":\"entry\",\"entry_uuid\":\"$(uuid 3)\",\"bogus\":1}" "$(entry u4 4 'full_name="Four"')"
ok "an entry with a key that nobody knows is held, and the others go on" [ "$(kind 3)$(value "SELECT full_name FROM accounts WHERE username = 'u4'")" = entryFour ]

# -- homes -------------------------------------------------------------------------------------------
home_of() { value "SELECT home FROM accounts WHERE username = '$1'"; }
taken "$(entry u1 1 'home="/home/lea"')" "$(entry u2 2 'home="/home/cyril"')" "$(entry u3 3 'home="/home/u4"')"
ok "no account moves into the home of one who has not logged in yet" [ "$(home_of u1)" = /home/u1 ]
ok "... nor of a local user" [ "$(home_of u2)" = /home/u2 ]
ok "... nor of another one of the fleet" [ "$(home_of u3)" = /home/u3 ]
ok "... and why is said" grep -q '^/home/lea is the home of lea, too' <<<"$(why 1)"
taken "$(entry u1 1 'home="/home/new"')" "$(entry new 50)" "$(entry u2 2 'home="/home/two"')" "$(entry u3 3 'home="/home/two"')"
ok "two of one batch have no home together" [ "$(value "SELECT count(*) || ' ' || count(DISTINCT home) FROM accounts WHERE username LIKE 'u%'")" = "40 40" -a -z "$(home_of new)" ]
ok "... and one alone moves" [ "$(home_of u1)$(home_of u2)" = /home/new/home/two ]
for home in /home//lea /home/./lea //home/lea; do
    taken "$(entry other 51 "home=\"$home\"")"
    ok "$home is no other home" [ -z "$(status_of other)" ]
done

# -- what is said is said at once ----------------------------------------------------------------------
tell '{"line":"lost","uri":"ldaps://a.example","why":"gone"}'
ok "what happens is told when it happens" until_true 5 grep -q 'ldaps://a.example is lost: gone' "$tmp/follow"

# -- without an end ----------------------------------------------------------------------------------
count=$(wc -l <"$tmp/asked")
entry u1 1 >"$tmp/one"
python3 - "$tmp/one" >"$tmp/pipe" <<'END' &
import base64, json, os, sys
entry = json.load(open(sys.argv[1]))
def key(number):
    blob = b'\0\0\0\x0bssh-ed25519\0\0\0\x20' + number.to_bytes(32, 'big')
    return 'ssh-ed25519 ' + base64.b64encode(blob).decode() + ' ' + 'x' * 200
entry['keys'] = [key(number) for number in range(1, 65)]
line = json.dumps(entry, separators=(',', ':'))
try:
    for _ in range(15000):
        print(line)
except OSError:
    pass
END
flood=$!
again() { [ "$(wc -l <"$tmp/asked")" -gt "$count" ]; }
ok "whoever says one thing again and again is not listened to any more" until_true 120 again
kill "$flood" 2>/dev/null
ok "... which is said" grep -q 'sends more than there is room for' "$tmp/follow"
ok "... and took no memory for it" [ "$(awk '/VmHWM/ { print $2 }' "/proc/$FOLLOWER/status")" -lt 60000 ]
done_testing
