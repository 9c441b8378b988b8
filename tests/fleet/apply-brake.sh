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
ok "... and held, with name and uid" [ "$(is_there 305 320) $(kind 305) $(kind 320)" = "16 deleted deleted" ]
run brake
ok "... the brake is on" [ "$status" -eq 0 ]
taken "$(gone 321 322)" "$(present 305)"
ok "... one that is still named there is" [ "$(kind 305) $(status_of u305)" = "deleted suspended" ]
taken "$(gone 306)"
ok "... and one that is named no more" [ "$(kind 306)" = deleted ]
run admin-tool fleet status
says '^u320 +deleted ' "the administrator is told who is deleted"
says '^u321 +vanished ' "... and who only vanished"
run admin-tool fleet status -o json
json 'd["vanished"] == 2 and d["deleted"] == 16' "... and how many are"
run admin-tool fleet accept --dry-run
says '^Would refuse 2 accounts that vanished from the fleet, and delete 16 accounts that were deleted in the fleet; nothing was changed\.$' "... before the word that does it"
id=$(value "SELECT max(id) FROM audit")
exits 0 "an administrator accepts it" admin-tool fleet accept -y
says 'refused from now on: 2, deleted: 16' "... is told what it came to"
ok "... those deleted are, and nobody is asked for them" [ "$(is_there 305 320) $(kind 305) $(value "SELECT cookie <> '' FROM fleet")" = "0 gone 1" ]
ok "... their names and uids are spent" [ "$(value "SELECT count(*) FROM tombstones WHERE username BETWEEN 'u305' AND 'u320'")" = 16 ]
ok "... each with a row that says who did it" [ "$(value "SELECT count(*) FROM audit WHERE id > $id AND event = 'delete' AND actor = 'root'")" = 16 ]
ok "... those who vanished are kept, refused" [ "$(is_there 321 322) $(status_of u321)" = "2 suspended" ]
run brake
ok "... and the brake is off" [ "$status" -ne 0 ]
mapfile -t lines < <(deleted $(seq 323 326))
taken "${lines[@]}"
ok "... and counts from nothing again" [ "$(is_there 323 326)" = 0 ]

tell '{"line":"went_back","uri":"ldaps://a.example"}'
latched() { [ -n "$(value 'SELECT latched_at FROM fleet')" ]; }
ok "a server that went back: latched" until_true 10 latched
exits 0 "an administrator accepts that, too" admin-tool fleet accept -y
ok "... and all is sent anew" until_true 20 eval '[ "$(tail -n 1 "$tmp/asked")" = follow ]'
done_testing
