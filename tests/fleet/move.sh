#!/bin/bash
# users move-to-fleet: accounts of here go up as they are and are the same ones when they come down; killed, refused or late,
# nobody is lost, and nobody else's entry becomes one of them.
# shellcheck source=tests/fleet/upward-lib.sh disable=SC2016,SC2034
. /src/tests/fleet/upward-lib.sh

for n in nora:1 kim:2 lea:3 max:4 ida:5 tim:6 amy:7; do make "${n%:*}" --uid "190000050${n#*:}"; done
make low
make odd --uid 1900000508 --roles admin
admin-tool users create --here robot --service-account --uid 1900000509 >"$tmp/made" 2>&1
HASH_OF() { value "SELECT hash FROM accounts WHERE username = '$1'"; }
hash=$(perl -e 'print crypt($ARGV[0], "\$y\$j9T\$ccccccccccccccccccccc.")' "$GOOD")
value "UPDATE accounts SET hash = '$hash', temporary = 0, temporary_until = NULL WHERE username IN ('nora', 'lea', 'max', 'ida', 'tim', 'amy')"
admin-tool keys add nora "$KEY nora@home" >"$tmp/made" 2>&1
admin-tool users edit nora --expires 2037-01-31 -n 'Nora N.' >"$tmp/made" 2>&1
admin-tool users suspend lea -y >"$tmp/made" 2>&1
facts() { value "SELECT username, uid, gid, email, full_name, home, shell, hash, temporary, temporary_until, expires_at, created_at, status, (SELECT group_concat(line) FROM account_keys k WHERE k.uid = a.uid) FROM accounts a WHERE username = '$1'"; }
from() { value "SELECT entry_uuid FROM fleet_accounts JOIN accounts USING (uid) WHERE username = '$1'"; }
awaited() { value "SELECT count(*) FROM fleet_moving"; }

exits 4 "of no fleet" admin-tool users move-to-fleet nora -y
complains 'this host follows no fleet' "... it is said"
upward
tell "$(entry bob 1)" "$REFRESHED"
commit w0
was=$(facts nora)

# -- who may ------------------------------------------------------------------------------------------------
remember
exits 4 "an id of here" admin-tool users move-to-fleet low -y
complains 'low has the id [0-9]+, which is not of the fleet.s range, 1900000000 to 1999999999, and no host would take it\. .*admin-tool users create -u NEW -e ADDRESS; cp -aT /home/low ~NEW; chown -R NEW: ~NEW' "... with what to do"
exits 4 "a service account" admin-tool users move-to-fleet robot -y
exits 3 "nobody" admin-tool users move-to-fleet nobody-here -y
exits 4 "one of them not, all not" admin-tool users move-to-fleet nora low -y
exits 5 "who does not say yes" eval 'echo no | admin-tool users move-to-fleet nora'
exits 0 "who is there already" admin-tool users move-to-fleet bob -y
says '^bob is of the fleet already\.$' "... it is said"
exits 0 "a dry run" admin-tool users move-to-fleet nora --dry-run
says '^Would move nora in the fleet; nothing was changed\.$' "... says it"
rm -f "$PEM"
exits 8 "no identity" admin-tool users move-to-fleet nora -y </dev/null
certificate "$PEM"
as refuse '0 rights no'
exits 8 "who may not" admin-tool users move-to-fleet nora -y
as refuse '0 standby no'
exits 9 "no server" admin-tool users move-to-fleet nora -y
as refuse '0 taken uid is taken'
exits 4 "a name or id that the fleet has" admin-tool users move-to-fleet nora -y
as refuse
unchanged "nothing of that changed anything"
ok "... or is still awaited" [ "$(awaited)" = 0 ]

# -- moved --------------------------------------------------------------------------------------------------
forget
exits 0 "moved" admin-tool users move-to-fleet nora lea -y
says '^nora is of the fleet now\.$' "... it is said"
says '^2 of 3 hosts are connected; not: web17\.$' "... with who hears of it"
ok "... as she was" [ "$(facts nora)" = "$was" ]
ok "... as an entry's" [ -n "$(from nora)" ]
ok "... once" [ "$(value "SELECT count(*) FROM accounts WHERE username = 'nora'")$(awaited)" = 10 ]
for line in 'do add' 'name nora' 'set status active' 'set uid 1900000501' 'set email nora@example.com' 'set full_name Nora N.' 'set home /home/nora' \
    "set hash $hash" "set keys $KEY nora@home" 'set scopes all' 'set status suspended'; do
    ok "asked: ${line:0:40}" grep -qxF "$line" "$tmp/asked"
done
ok "... she is let in" [ "$(pam auth nora "$GOOD")" = 0 ]
ok "... lea is not" [ "$(status_of lea)$(pam auth lea "$GOOD")" = suspended6 ]
ok "... she is by the fleet's word" [ "$(value "SELECT status, here_suspended FROM fleet_accounts WHERE uid = 1900000503")" = 'suspended|0' ]
run admin-tool audit --user nora --event move-to-fleet -o json
json 'len(d) == 2 and any("in the fleet as cn=anna,ou=admins,dc=fleet" in str(r) for r in d)' "on record, by both"
exits 0 "again" admin-tool users move-to-fleet nora -y
says 'of the fleet already' "... is said to be so"
run admin-tool users move-to-fleet odd -y -o json
json 'd["username"] == "odd" and d["from"] == "fleet" and d["fleet"]["reached"] and d["changed"]' "for programs"
complains 'note: odd has a role that this host does not take from the fleet' "... an Admin is told what he loses here"

# -- killed, late, unknown -----------------------------------------------------------------------------------
# mark NAME: as one who was killed before the answer came.
mark() { value "INSERT INTO fleet_moving SELECT uid, '${2:-}' FROM accounts WHERE username = '$1'"; }
as say '{"line":"hello"}'
exits 1 "an answer that is none" admin-tool users move-to-fleet max -y
as say
ok "... leaves him awaited" [ "$(awaited)" = 1 ]
ok "... and of here" [ -z "$(from max)" -a "$(pam auth max "$GOOD")" = 0 ]
taken "$(entry max 504 'email="max@example.com"' "hash=\"$hash\"")"
ok "it was done all the same: the entry that comes is he" [ "$(from max)" = "$(uuid 504)" ]
ok "... and nothing is held" [ -z "$(why 504)" ]
as late ''
run admin-tool users move-to-fleet ida -y
ok "one of which this host does not hear in time (exit 1)" [ "$status" -eq 1 ]
entry_of_ida=$(value "SELECT entry_uuid FROM fleet_moving")
as late
ok "... is awaited by its entry" [ "${#entry_of_ida}" -eq 36 ]
value "UPDATE accounts SET hash = '$(perl -e 'print crypt("other", "\$y\$j9T\$ccccccccccccccccccccc.")')' WHERE username = 'ida'"
taken "$(entry ida 505 'email="ida@example.com"' "entry_uuid=\"$entry_of_ida\"" "hash=\"$hash\"")"
ok "... and is that entry, whatever her password was meanwhile" [ "$(from ida)$(HASH_OF ida)" = "$entry_of_ida$hash" ]
mark tim
admin-tool users suspend tim -y >"$tmp/made" 2>&1
taken "$(entry tim 506 'email="tim@example.com"' "hash=\"$hash\"")"
ok "suspended here meanwhile stays suspended" [ -n "$(from tim)" -a "$(status_of tim)" = suspended ]
exits 0 "... as of this host" admin-tool users activate tim --here -y
ok "... which can be taken back" [ "$(status_of tim)" = active ]

# -- nobody else's entry -------------------------------------------------------------------------------------
held() { ok "$1" [ -n "$(why "$2")" -a -z "$(from amy)" ]; }
taken "$(entry amy 507 'email="amy@example.com"' "hash=\"$hash\"")"
held "who is not on his way is nobody's, however like him it is" 507
mark amy
taken "$(entry amy 507 'email="amy@example.com"')" "$(entry amy2 517)"
ok "(the hash is the same one)" [ "$HASH" = "$hash" ]
ok "on her way, the same entry is she" [ "$(from amy)" = "$(uuid 507)" ]
mark kim
taken "$(entry kim 502 'email="kim@example.com"')"
ok "not one with another password" [ -n "$(why 502)" -a -z "$(from kim)" ]
taken "$(entry kim 602 'email="kim@example.com"' "hash=\"$(HASH_OF kim)\"")" "$(entry kit 502 "entry_uuid=\"$(uuid 603)\"" "hash=\"$(HASH_OF kim)\"")"
ok "... or another id, or another name" [ -n "$(why 602)" -a -n "$(why 603)" -a -z "$(from kim)" ]
value "UPDATE fleet_moving SET entry_uuid = '$(uuid 700)'"
taken "$(entry kim 502 'email="kim@example.com"' "hash=\"$(HASH_OF kim)\"")"
ok "... or another entry than was answered" [ -n "$(why 502)" -a -z "$(from kim)" ]
taken "$(entry kim 502 'email="kim@example.com"' 'status="deleted"')"
ok "a gravestone takes nobody of here" [ "$(status_of kim)" = active ]
exits 0 "leaving" admin-tool fleet leave --keep-accounts -y
ok "... nobody is awaited" [ "$(awaited)" = 0 ]
run admin-tool audit --verify
ok "the log is whole" [ "$status" -eq 0 ]

# -- ids of here ---------------------------------------------------------------------------------------------
joined
exits 4 "an account of here with an id of the fleet's range" admin-tool users create --here new -e new@example.org --uid 1900000777
complains 'uid 1900000777 is of the fleet.s range' "... it is said"
done_testing
