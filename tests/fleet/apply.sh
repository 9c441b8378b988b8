#!/bin/bash
# admin-tool follow: what the fleet says becomes what holds here, with player.py in coder_fleet's place. The order of it,
# what is held, who goes, what only an administrator decides.
# shellcheck source=tests/fleet/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

exits 4 "a host that has not joined: follow" admin-tool follow
complains 'follows no fleet' "... says so"
admin-tool users create -u lea -e lea@example.org --no-password --no-create-home >"$tmp/made"
useradd --no-create-home --uid 1900000050 local
joined
play
follow_begin

# -- the first fill ----------------------------------------------------------------------------------
taken "$(entry ann 1 'full_name="Ann Ærlig"' 'scopes=["web","all","no name\\u001b[31m","web"]' 'roles=["auditor"]' "keys=[\"$KEY ann@laptop\"]" 'temporary_until="2020-01-01T00:00:00Z"')" \
    "$(entry ben 2 'status="suspended"' 'reason="left"')" "$(entry cyd 3 temporary=true 'temporary_until="2027-01-01T00:00:00Z"')" \
    "$(entry old 4 'status="deleted"' hash=null email=null home=null shell=null)" "$(entry eva 5 'roles=["admin","auditor"]')" "$REFRESHED"
ok "the first fill is taken" is_cookie c1
ok "... from its beginning" [ "$(cat "$tmp/asked")" = follow ]
run admin-tool users show ann -o json
json 'd["uid"] == 1900000001 and d["full_name"] == "Ann Ærlig" and d["roles"] == ["member", "auditor"] and d["keys"] == 1 and not d["must_change"]' "an account has what its entry says"
json 'd["scopes"] == ["all", "web"]' "... which hosts have it, in one order"
run admin-tool users show ann
says '^Scopes +all,web$' "... told people, too"
ok "... is seen by NSS" [ "$(getent passwd ann)" = "ann:x:1900000001:1900000001:Ann Ærlig:/home/ann:/bin/bash" ]
ok "... and judged" [ "$(pam auth ann "$GOOD")" = 0 ]
ok "one that is suspended there is refused" [ "$(pam auth ben "$GOOD")" = 6 ]
run admin-tool users show ben -o json
json 'd["suspended_by"] is None or d["status"] == "suspended"' "... and shown so"
run admin-tool users show cyd -o json
json 'd["must_change"] and d["password_expires_at"] == "2027-01-01T00:00:00Z"' "a temporary password is one here"
ok "a gravestone becomes no account, and is known" [ -z "$(status_of old)" -a "$(kind 4)" = gone ]
run admin-tool users show eva -o json
json 'd["roles"] == ["member", "auditor"]' "a role above policy's fleet_roles is left out"
ok "... with a remark" [ "$(kind 5)" = remark ]
run admin-tool audit --user ann -o json
json 'd[0]["event"] == "create" and d[0]["actor"] == "cn=anna,ou=admins,dc=fleet" and d[0]["via"] == "fleet" and d[0]["origin"] == "ldaps://a.example"' "the audit row says who did it there"
run admin-tool audit --verify
ok "... and is of the chain" [ "$status" -eq 0 ]

# -- changes -----------------------------------------------------------------------------------------
before=$(value "SELECT max(id) FROM audit")
taken "$(entry ann 1 'full_name="Ann"' 'email="a@example.org"' 'shell="/bin/sh"' 'expires_at="2030-01-01T00:00:00Z"' "hash=\"${HASH/ccccc./ddddd.}\"" "keys=[\"$KEY ann@desk\"]")"
ok "a change writes a row for each of its kinds" [ "$(value "SELECT group_concat(event, ' ') FROM audit WHERE id > $before")" = \
    "edit edit-roles password changed key-remove key-add" ]
ok "... and each has its own before and after" [ "$(value "SELECT (before ->> '\$.shell') || (after ->> '\$.shell') FROM audit WHERE id = $before + 1")" = /bin/bash/bin/sh ]
ok "... the password is another one" [ "$(pam auth ann "$GOOD")" = 7 ]
before=$(value "SELECT max(id) FROM audit") generation=$(value "SELECT generation FROM counters")
taken "$(entry ann 1 'full_name="Ann"' 'email="a@example.org"' 'shell="/bin/sh"' 'expires_at="2030-01-01T00:00:00Z"' "hash=\"${HASH/ccccc./ddddd.}\"" "keys=[\"$KEY ann@desk\"]")"
ok "the same again changes nothing" [ "$(value "SELECT max(id) FROM audit") $(value "SELECT generation FROM counters")" = "$before $generation" ]
taken "$(entry ann 1)" "$(entry ben 2 'status="suspended"')" "$(entry ben 2)"
ok "of one entry in a batch the last word counts" [ "$(status_of ben)" = active ]

# -- suspended means out ------------------------------------------------------------------------------
setpriv --reuid=ann --regid=1900000001 --clear-groups sleep 1000 &
victim=$!
taken "$(entry ann 1 'status="suspended"' 'reason="stolen laptop"')"
ok "suspended there is suspended here with the same batch" [ "$(pam auth ann "$GOOD")" = 6 ]
ok "... NSS has nologin" [ "$(getent passwd ann | cut -d: -f7)" = /usr/sbin/nologin ]
gone_is() { ! kill -0 "$victim"; }
ok "... what she runs ends" until_true 10 gone_is
run admin-tool users show ann -o json
json 'd["suspended_by"] == "cn=anna,ou=admins,dc=fleet" and d["suspended_reason"] == "stolen laptop"' "... by whom and why is shown"
none_due() { [ "$(value 'SELECT count(*) FROM fleet_sweeps')" = 0 ]; }
ok "... and nobody is left to be swept" until_true 10 none_due
value "UPDATE fleet_accounts SET here_suspended = 1 WHERE uid = 1900000001"
taken "$(entry ann 1)"
ok "active there, suspended here: suspended" [ "$(status_of ann)" = suspended ]
value "UPDATE fleet_accounts SET here_suspended = 0 WHERE uid = 1900000001"
ok "... until that is taken back here" [ "$(status_of ann)" = active ]
setpriv --reuid=eva --regid=1900000005 --clear-groups sleep 1000 &
victim=$!
taken "$(entry eva 5 'roles=[]')"
ok "whoever loses a role goes, too" until_true 10 gone_is

# -- what is not changed here -------------------------------------------------------------------------
/src/.build/world/pam_call change cyd "$GOOD" new-plain-horse-9 new-plain-horse-9 >"$tmp/out" 2>&1
ok "with no server who must change a password is told so" grep -q 'Your password cannot be changed now: the account server cannot be reached. Try again later.' "$tmp/out"
ok "... a forced change of password is refused: AUTHTOK_ERR" [ "$(pam change cyd "$GOOD" new-plain-horse-9 new-plain-horse-9)" = 20 ]
run runuser -u ann -- sh -c "printf '%s\n' $GOOD new-plain-horse-9 new-plain-horse-9 | passwd"
ok "... the user's own, too" [ "$status" -ne 0 ]
ok "... and told so" grep -q 'Your password cannot be changed now: the account server cannot be reached.' "$tmp/out" "$tmp/err"
run sh -c 'printf "new-plain-horse-9\nnew-plain-horse-9\n" | passwd ann'
ok "... root's, too" [ "$status" -ne 0 ]
ok "... who is told how" grep -q "'admin-tool users reset-password ann'" "$tmp/out" "$tmp/err"
for verb in "users edit ann -n X" "users edit-roles ann --roles admin" "users delete ann" "reset-password ann" "users rename ann anne" "users suspend ann" "users require-change ann" "keys remove ann ann@desk"; do
    # shellcheck disable=SC2086
    run admin-tool $verb -y
    ok "$verb is refused" [ "$status" -ne 0 ]
done
ok "... and nothing is changed by all of them" [ "$(pam auth ann "$GOOD")$(status_of ann)" = 0active ]

# -- too long without a word --------------------------------------------------------------------------
admin-tool policy set fleet_max_age=2 >"$tmp/made"
ok "heard of within policy's hours: judged" [ "$(pam auth ann "$GOOD")$(pam account ann)" = 00 ]
value "UPDATE fleet SET last_contact = unixepoch() - 7300, joined_at = unixepoch() - 7300"
ok "... longer ago: no account of the fleet is let in" [ "$(pam auth ann "$GOOD")$(pam account ann)" = 99 ]
taken "$(entry cyd 3 temporary=true)"
ok "... until it is heard of again" [ "$(pam auth ann "$GOOD")" = 0 ]
admin-tool policy set fleet_max_age=default >"$tmp/made"
value "UPDATE accounts SET hash = hash WHERE 0; UPDATE fleet SET applying = 1; UPDATE accounts SET hash = '$(perl -e 'print crypt($ARGV[0], "\$5\$saltsaltsalt")' "$GOOD")' WHERE uid = 1900000001; UPDATE fleet SET applying = NULL"
ok "a hash of an outdated method lets in" [ "$(pam auth ann "$GOOD")" = 0 ]
ok "... and is not renewed here" grep -q '^\$5' <<<"$(value "SELECT hash FROM accounts WHERE uid = 1900000001")"
taken "$(entry ann 1)"

# -- a host of its own goes on -------------------------------------------------------------------------
exits 0 "an account of here is suspended here" admin-tool users suspend lea -y
exits 0 "... and activated" admin-tool users activate lea -y

# -- deleted ------------------------------------------------------------------------------------------
setpriv --reuid=eva --regid=1900000005 --clear-groups sleep 1000 &
victim=$!
taken "$(entry eva 5 'status="deleted"' hash=null email=null)"
ok "deleted there is deleted here" [ -z "$(status_of eva)" -a -z "$(getent passwd eva)" ]
ok "... with a tombstone" [ "$(value "SELECT uid FROM tombstones WHERE username = 'eva'")" = 1900000005 ]
ok "... and what she ran ends" until_true 10 gone_is
rows=$(value "SELECT count(*) FROM audit")
taken "$(entry eva 5 'status="deleted"' hash=null email=null)"
ok "a gravestone that is sent again is no news" [ "$(value "SELECT count(*) FROM audit")" = "$rows" ]
taken "$(entry eva 5)"
ok "one that lives again is held" [ -z "$(status_of eva)" ]
ok "... and says why" grep -q 'one account for ever' <<<"$(why 5)"

# -- not here -----------------------------------------------------------------------------------------
taken "$(gone 2)"
ok "whose entry is not shown any more is not here: refused" [ "$(pam auth ben "$GOOD")" = 6 ]
ok "... with name and uid kept" [ "$(getent passwd ben | cut -d: -f1-3)" = ben:x:1900000002 ]
ok "... which is no suspension of the fleet's" [ "$(value "SELECT status FROM fleet_accounts WHERE uid = 1900000002")" = absent ]
taken "$(entry ben 2)"
ok "shown again he is active" [ "$(pam auth ben "$GOOD")" = 0 ]
taken "$(entry ann 1)" "$(entry cyd 3)" "$REFRESHED"
ok "whom a refresh does not name is not here" [ "$(status_of ben)$(status_of ann)$(status_of cyd)" = suspendedactiveactive ]
taken "$(entry ann 1)" "$(entry ben 2)" "$(present 3 5)" "$REFRESHED"
ok "... and whom it names as present is" [ "$(status_of ben)$(status_of cyd)" = activeactive ]

# -- what is said and not meant ------------------------------------------------------------------------
tell "$(entry ann 1 'status="suspended"')" '{"line":"lost","uri":"ldaps://a.example","why":"gone"}' '{"line":"connected","uri":"ldaps://b.example","whole":false}'
taken "$(entry zoe 9)"
ok "what was not committed before a loss is nothing" [ "$(status_of ann)" = active ]
ok "... the next server is followed" [ "$(value "SELECT last_uri FROM fleet")" = ldaps://b.example ]
tell "$(entry ann 1 'status="suspended"')" '{"line":"behind","uri":"ldaps://b.example","why":"older"}'
taken "$(entry zoe 9)"
ok "a server that is behind is not believed" [ "$(status_of ann)" = active ]
asked() { [ "$(tail -n 1 "$tmp/asked")" = "$1" ]; }
again() { until_true 15 eval '[ "$(wc -l <"$tmp/asked")" -gt '"$1"' ]'; }
count=$(wc -l <"$tmp/asked")
tell "$(entry ann 1 'status="suspended"')" 'no line at all' '{"line":"commit","cookie":"x"}'
ok "what is no line ends the conversation" again "$count"
ok "... it is begun anew from the last cookie" asked "follow c$COUNTER"
ok "... and what stood around it is nothing" [ "$(status_of ann)" = active ]
for line in '{"line":"commit","cookie":"a b"}' '{"line":"commit","cookie":"\u0000"}' '{"line":"commit"}' '{"line":"commit","cookie":"a","cookie":"b"}' \
    '{"line":"commit","cookie":""}' '{"line":"beat","uri":"x","more":1}' '{"line":"gone","entry_uuids":["x"]}' '{"line":"unknown"}' '[]' \
    "{\"line\":\"commit\",\"cookie\":\"$(printf 'x%.0s' {1..5000})\"}"; do
    taken "$(entry zoe 9)"
    count=$(wc -l <"$tmp/asked")
    tell "$line"
    ok "${line:0:60} does, too" again "$count"
done
taken "$(entry zoe 9)"
count=$(wc -l <"$tmp/asked")
{ head -c 600000 /dev/zero | tr '\0' x; echo; } >"$tmp/pipe"
ok "a line of 600 kB does, too" again "$count"
ok "... and none of it was a cookie" is_cookie "c$COUNTER"
count=$(wc -l <"$tmp/asked")
tell "$(present 77)"
COUNTER=$((COUNTER + 1)); tell "{\"line\":\"commit\",\"cookie\":\"c$COUNTER\"}"
ok "an entry that is present there and unknown here" again "$count"
ok "... has all sent anew" asked follow
taken "$(entry ann 1)" "$(entry ben 2)" "$(entry cyd 3)" "$(entry zoe 9)" "$REFRESHED"

# -- went back ----------------------------------------------------------------------------------------
tell '{"line":"went_back","uri":"ldaps://b.example"}'
latched() { [ -n "$(value 'SELECT latched_at FROM fleet')" ]; }
ok "a server that went back: latched" until_true 10 latched
count=$(wc -l <"$tmp/asked")
sleep 1
ok "... nobody is asked" [ "$(wc -l <"$tmp/asked")" = "$count" ]
run admin-tool audit --event fleet-latch -o json
json 'len(d) == 1 and d[0]["after"]["detail"] == "ldaps://b.example went back"' "... it is on record"
value "UPDATE fleet SET latched_at = NULL, cookie = ''"
ok "... until an administrator accepts it" again "$count"
ok "... and then all is sent anew" asked follow
taken "$(entry ann 1)" "$(entry ben 2)" "$(entry cyd 3)" "$(entry zoe 9)" "$REFRESHED"

# -- the system log ---------------------------------------------------------------------------------
logged() { grep -cE "$1" /var/log/messages; }
ok "the system log has each change, and by whom" until_true 5 grep -q 'create user=ann uid=1900000001 by=cn=anna,ou=admins,dc=fleet via=fleet ' /var/log/messages
ok "... a suspension, too" eval '[ "$(logged "suspend user=.* by=cn=anna,ou=admins,dc=fleet via=fleet ")" -gt 0 ]'
lines=()
for n in $(seq 2001 2501); do lines+=("$(entry "n$n" "$n")"); done
taken "${lines[@]}"
ok "of 501 that come at once it has 500" until_true 20 eval '[ "$(logged "create user=n2[0-9]+ ")" = 500 ]'
ok "... and the follower says how many more" until_true 5 grep -q "1 change more; 'admin-tool audit' has each of them" "$tmp/follow"

# -- who could not be ended -----------------------------------------------------------------------------
[ ! -e /etc/subuid ] || mv /etc/subuid "$tmp/subuid"
mkdir /etc/subuid
taken "$(entry n2001 2001 'status="suspended"')"
ok "a sweep that cannot be sure says so" until_true 20 grep -q 'which subordinate ids are n2001' "$tmp/follow"
sleep 1
ok "... and is due again" [ "$(value 'SELECT count(*) FROM fleet_sweeps')" = 1 ]
rmdir /etc/subuid
taken "$(entry n2002 2002 'status="suspended"')"
swept() { [ "$(value 'SELECT count(*) FROM fleet_sweeps')" = 0 ]; }
ok "... with the next one, which is" until_true 20 swept

# -- one at a time -----------------------------------------------------------------------------------
ok "a second follower does not run beside it (exit 1)" eval 'timeout 20 admin-tool follow >"$tmp/second" 2>&1; [ $? = 1 ]'
ok "... and says why" grep -q "another 'admin-tool follow' runs already" "$tmp/second"
follow_end
follow_begin
runs() { kill -0 "$FOLLOWER" && taken "$(entry onemore 4711)"; }
ok "... and the next one runs when the first has ended" runs

# -- leaving ------------------------------------------------------------------------------------------
value "DELETE FROM fleet_accounts; DELETE FROM fleet_held; DELETE FROM fleet"
tell '{"line":"beat","at":"2026-11-28T23:35:00Z"}'
left() { ! kill -0 "$FOLLOWER"; }
ok "a host that has left ends following" until_true 10 left
exits 0 "... and its accounts are of here" admin-tool users edit ann -n Ann
done_testing
