#!/bin/bash
# Many accounts that vanish from the fleet or are deleted at once: held until an administrator accepts it; suspensions
# never are. And a server that went back.
# shellcheck source=tests/fleet/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

joined
play
follow_begin
taken "$(entry ann 1)" "$REFRESHED"

# -- many at once -----------------------------------------------------------------------------------------
lines=()
for n in $(seq 200 299); do lines+=("$(entry "u$n" "$n")"); done
taken "${lines[@]}"
absent() { value "SELECT count(*) FROM fleet_accounts WHERE status = 'absent'"; }
brake() { [ -n "$(value 'SELECT braked_at FROM fleet')" ]; }
taken "$(gone $(seq 200 219))"
ok "twenty that vanish are not here" [ "$(absent)" = 20 ]
run brake
ok "... without a brake" [ "$status" -ne 0 ]
taken "$(gone 220 221)" "$(entry u250 250 'status="suspended"')"
ok "two more within ten minutes are held" [ "$(absent) $(kind 220) $(status_of u220)" = "20 vanished active" ]
ok "... a suspension beside them is not" [ "$(status_of u250)" = suspended ]
ok "... the brake is on" brake
taken "$(gone 222)"
ok "... and holds whoever follows" [ "$(kind 222)" = vanished ]
taken "$(entry u221 221)"
ok "one that comes back is not held any more" [ -z "$(kind 221)" ]
exits 0 "an administrator accepts it" admin-tool fleet accept -y
ok "... those held are not here" [ "$(absent) $(status_of u220) $(status_of u222)" = "22 suspended suspended" ]
run brake
ok "... and the brake is off" [ "$status" -ne 0 ]
run admin-tool audit --event fleet-accept -o json
json 'len(d) == 1' "... it is on record"
taken "$(gone $(seq 223 249))"
ok "many at once are held again" [ "$(absent)" = 22 ]
lines=()
for n in $(seq 223 249); do lines+=("$(entry "u$n" "$n")"); done
taken "${lines[@]}"
run brake
ok "... until all of them are back" [ "$status" -ne 0 ]
taken "$(entry ann 1)" "$REFRESHED"
ok "a refresh that names one of a hundred locks out nobody" [ "$(absent)" = 22 ]
ok "... ann goes on" [ "$(pam auth ann "$GOOD")" = 0 ]

# -- deleted, many at once ----------------------------------------------------------------------------------
value "UPDATE fleet_accounts SET vanished_at = NULL; UPDATE fleet SET braked_at = NULL; DELETE FROM fleet_held" # ten minutes later
lines=()
for n in $(seq 300 339); do lines+=("$(entry "u$n" "$n")"); done
taken "${lines[@]}"
deleted() { for n; do entry "u$n" "$n" 'status="deleted"' email=null hash=null; done; }
mapfile -t lines < <(deleted $(seq 300 304))
taken "${lines[@]}"
is_there() { value "SELECT count(*) FROM accounts WHERE username BETWEEN 'u$1' AND 'u$2'"; }
ok "five that are deleted are deleted" [ "$(is_there 300 304)" = 0 ]
mapfile -t lines < <(deleted $(seq 305 320))
taken "${lines[@]}"
ok "sixteen more within ten minutes are suspended at once" [ "$(status_of u305) $(status_of u320)" = "suspended suspended" ]
ok "... and held, with name and uid" [ "$(is_there 305 320) $(kind 305) $(kind 320)" = "16 vanished vanished" ]
run brake
ok "... the brake is on" [ "$status" -eq 0 ]
tell "$(present 305)" '{"line":"commit","cookie":"later"}'
ok "... one that is still named there is asked for anew" until_true 10 is_cookie ''
exits 0 "an administrator accepts it" admin-tool fleet accept -y
ok "... and all is asked for anew" until_true 20 eval '[ "$(tail -n 1 "$tmp/asked")" = follow ]'
mapfile -t lines < <(deleted $(seq 300 320); entry ann 1; for n in $(seq 321 339); do entry "u$n" "$n"; done)
taken "${lines[@]}" "$REFRESHED"
ok "... so that they are deleted" [ "$(is_there 305 320)" = 0 ]

tell '{"line":"went_back","uri":"ldaps://a.example"}'
latched() { [ -n "$(value 'SELECT latched_at FROM fleet')" ]; }
ok "a server that went back: latched" until_true 10 latched
exits 0 "an administrator accepts that, too" admin-tool fleet accept -y
ok "... and all is sent anew" until_true 20 eval '[ "$(tail -n 1 "$tmp/asked")" = follow ]'
done_testing
