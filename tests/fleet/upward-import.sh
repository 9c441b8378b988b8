#!/bin/bash
# Many accounts of the fleet at once, by users import and users apply: made and changed there in requests of a hundred, those
# of here apart; what is refused, and what is done by then.
# shellcheck source=tests/fleet/upward-lib.sh disable=SC2016,SC2034
. /src/tests/fleet/upward-lib.sh

upward
make ann --roles admin
make hal
taken "$(entry bob 1)" "$(entry kim 2 "keys=[\"$KEY kim@home\"]")" "$REFRESHED"
cd /root || exit 1

# -- import ------------------------------------------------------------------------------------------------
printf 'username,email,full_name,roles,status,ssh_keys\nzoe,zoe@example.com,Zoe Z.,auditor,active,%s zoe@home\nyan,yan@example.com,,,suspended,\n' "$KEY" >new.csv
remember
exits 0 "a dry run" admin-tool users import new.csv --dry-run
unchanged "... makes nothing"
ok "... asks nobody" [ ! -s "$tmp/asked" ]
run admin-tool users import new.csv
ok "import" [ "$status" -eq 0 ]
json '[p["username"] for p in d] == ["zoe", "yan"] and all(p["temporary_password"] for p in d)' "... hands the passwords over"
complains '^admin-tool: note: 2 of 3 hosts are connected; not: web17$' "... with who is not connected"
ok "... in one request" [ "$(grep -c ^write "$tmp/asked") $(grep -c '^do add' "$tmp/asked") $(grep -c ^hosts "$tmp/asked")" = '1 2 1' ]
for line in 'name zoe' 'set email zoe@example.com' 'set full_name Zoe Z.' 'set roles auditor' "set keys $KEY zoe@home" 'set status suspended' 'set scopes all' 'set temporary true'; do
    ok "asked: ${line:0:40}" grep -qxF "$line" "$tmp/asked"
done
password=$(jq -r '.[0].temporary_password' "$tmp/out")
hash=$(value "SELECT hash FROM accounts WHERE username = 'zoe'")
ok "the password is hers" [ "$(perl -e 'print crypt($ARGV[0], $ARGV[1])' "$password" "$hash")" = "$hash" ]
ok "... and went up as a hash alone" eval '! grep -qF "$password" "$tmp/asked"'
ok "both are here, of the fleet" is_value "SELECT group_concat(username || ' ' || status) FROM (SELECT * FROM accounts JOIN fleet_accounts USING (uid) WHERE username IN ('yan', 'zoe') ORDER BY username)" 'yan suspended,zoe active'
ok "... with homes" [ "$(stat -c %u /home/zoe)" = "$(value "SELECT uid FROM accounts WHERE username = 'zoe'")" ]
ok "... and subordinate ids" grep -q ^zoe: /etc/subuid
run admin-tool audit --user zoe --event import -o json
json 'any("in the fleet as cn=anna,ou=admins,dc=fleet" in str(r) for r in d)' "on record with who did it"
forget
printf 'username,email\nhed,hed@example.com\n' >here.csv
run admin-tool users import here.csv --here
ok "--here" [ "$status" -eq 0 ]
ok "... asks nobody" [ ! -s "$tmp/asked" ]
ok "... and takes an id of here" is_value "SELECT uid < 1900000000 FROM accounts WHERE username = 'hed'" 1

# -- update ------------------------------------------------------------------------------------------------
printf 'username,email,full_name\nbob,bob@other.example,Bob B.\nkim,kim@example.org,Kim K.\n' >two.csv
forget
run admin-tool users import two.csv --update
ok "an update" [ "$status" -eq 0 ]
ok "... asks for what differs alone" [ "$(grep ^set "$tmp/asked" | xargs -d '\n')" = 'set email bob@other.example set full_name Bob B. set full_name Kim K.' ]
ok "... with what this host has seen" [ "$(grep -c ^csn "$tmp/asked")" = 2 ]
ok "... has come down" is_value "SELECT group_concat(email || full_name) FROM (SELECT * FROM accounts WHERE username IN ('bob', 'kim') ORDER BY username)" 'bob@other.exampleBob B.,kim@example.orgKim K.'
printf 'username,email,full_name\nbob,bob@other.example,Bob\nhal,hal@example.com,Hal\n' >mixed.csv
remember
exits 4 "accounts of both" admin-tool users import mixed.csv --update
complains '1 of the accounts are of here and 1 of the fleet; nothing was changed: give them in two files' "... are two files"
run admin-tool users import two.csv --update --here
ok "nothing to change with --here" [ "$status" -eq 0 ]
run admin-tool users import mixed.csv --update --here
ok "an account of the fleet with --here (exit 4)" [ "$status" -eq 4 ]
complains 'bob comes from the fleet; leave --here out' "... is not of here"
printf 'username,email,uid,service_account,never_dormant\nx1,x1@example.com,4242,,\nx2,x2@example.com,,true,\nx3,x3@example.com,,,true\n' >bad.csv
run admin-tool users import bad.csv
ok "rows that cannot be the fleet's (exit 4)" [ "$status" -eq 4 ]
complains "line 2: uid 4242 is not of the fleet's range" "... an id of here"
complains "line 3: .*each host's own" "... a service account"
complains "line 4: .*each host's own" "... ageing"
unchanged "nothing of that changed anything"

# -- apply -------------------------------------------------------------------------------------------------
taken "$(entry bob 1 'scopes=["web","all"]' 'email="bob@other.example"' 'full_name="Bob B."' csn=\"20270102000000.000000Z#000000#001#000000\")"
admin-tool users export >all.csv 2>"$tmp/made"
ok "export tells which hosts have an account" grep -qE '^bob,.*,"all,web"$' all.csv
ok "... of an account of here nothing" grep -qE '^hal,.*,$' all.csv
admin-tool users export --format json >all.json 2>"$tmp/made"
ok "... also to programs" [ "$(jq -c 'select(.username == "bob" or .username == "hal") | .scopes' all.json | xargs)" = 'null [all,web]' ]
forget
exits 0 "what export wrote in JSON" admin-tool users apply all.json --prune -y
says 'Nothing to change' "... is so already"
exits 0 "what export wrote" admin-tool users apply all.csv --prune -y
says 'Nothing to change' "... is so already"
ok "... asks nobody" [ ! -s "$tmp/asked" ]
printf 'username,scopes\nbob,web;db\n' >scopes.csv
exits 0 "other scopes" admin-tool users apply scopes.csv --dry-run
says 'bob +scopes: all,web -> db,web' "... are shown first"
exits 0 "... and asked for" admin-tool users apply scopes.csv -y
ok "... as a whole" [ "$(grep -e ^set "$tmp/asked" | xargs -d '\n')" = 'set scopes db set scopes web' ]
until_true 20 is_value 'SELECT scopes FROM fleet_accounts WHERE uid = 1900000001' db,web # the writer says an older CSN than his
run admin-tool users list -o json
json '[a["scopes"] for a in d if a["username"] in ("bob", "hal")] == [["db", "web"], None]' "... and have come down"
run admin-tool users show bob
says '^Scopes +db,web$' "... are shown"
forget
exits 0 "again" admin-tool users import scopes.csv --update
ok "... is so already" [ ! -s "$tmp/asked" ]
printf 'username,email,scopes\npia,pia@example.com,db\npam,pam@example.com,\n' >new.csv
run admin-tool users import new.csv --scope web
ok "new ones with scopes of their own, and without" [ "$status" -eq 0 ]
ok "... are asked for with them, or with --scope's" [ "$(grep -e '^set scopes' "$tmp/asked" | xargs -d '\n')" = 'set scopes db set scopes web' ]
remember
run admin-tool users apply --here - <<<$'username,scopes\nhal,web'
ok "scopes of an account of here (exit 4)" [ "$status" -eq 4 ]
complains "scopes are the fleet's, and hal is of here" "... are none"
run admin-tool users import --here - <<<$'username,email,scopes\nnew,new@example.com,web'
ok "... nor of a new one (exit 4)" [ "$status" -eq 4 ]
complains "scopes are the fleet's" "... it is said"
run admin-tool users apply - <<<$'username,scopes\nbob,no name'
ok "what is no name (exit 4)" [ "$status" -eq 4 ]
complains "the scopes 'no name' are no names" "... is said to be none"
unchanged "nothing of that changed anything"
printf '{"username": "kim", "status": "suspended", "roles": "auditor", "ssh_keys": []}\n{"username": "sam", "email": "sam@example.com"}\n' >state.json
forget
exits 0 "apply" admin-tool users apply state.json -y --passwords-to sam.json
says '^Changed 2: ' "... says what"
ok "... asked for" [ "$(grep -e ^do -e '^set status' -e '^set roles' -e '^set keys' "$tmp/asked" | xargs -d '\n')" = 'do add set status active do change set roles auditor set status suspended set keys' ]
ok "... kim is out, with the role, and no key" is_value "SELECT status || (SELECT count(*) FROM account_keys WHERE uid = 1900000002) || (SELECT group_concat(role) FROM account_roles WHERE uid = 1900000002 AND role <> 'member') FROM accounts WHERE username = 'kim'" 'suspended0auditor'
ok "... sam's password is in the file" [ "$(jq -r '.[].username' sam.json)" = sam ]
printf 'username,email\nann,ann@example.com\n' >less.csv
forget
exits 0 "--prune" admin-tool users apply less.csv --prune -y
ok "... is about accounts of here" is_value "SELECT count(*) FROM accounts WHERE username IN ('bob', 'kim', 'sam', 'zoe')" 4
ok "... asks nobody" [ ! -s "$tmp/asked" ]

# -- refused -----------------------------------------------------------------------------------------------
printf 'username,email\nf1,f1@example.com\nf2,f2@example.com\nf3,f3@example.com\n' >three.csv
remember
as refuse '0 rights no'
run admin-tool users import three.csv --passwords-to p.json
ok "refused at once (exit 8)" [ "$status" -eq 8 ]
ok "... no password is left" [ ! -e p.json ]
unchanged "... nothing is made"
as refuse '1 taken uid is taken'
run admin-tool users import three.csv --passwords-to p.json
ok "refused at the second (exit 1)" [ "$status" -eq 1 ]
complains 'f2 and those behind it were not changed: uid is taken' "... it is said which"
complains '1 of 3 were done; run it again for the others' "... and how many"
says 'Imported 1 account' "... the first is made"
ok "... f1 is here" is_value "SELECT count(*) FROM accounts WHERE username LIKE 'f_'" 1
as refuse
mv "$PEM" /root/anna.pem
rm -f p.json
run admin-tool users import three.csv --skip-existing --passwords-to p.json
ok "without an administrator (exit 8)" [ "$status" -eq 8 ]
ok "... no password is left" [ ! -e p.json ]
mv /root/anna.pem "$PEM"
{ echo username,email; for i in $(seq 250); do echo "m$i,m$i@example.com"; done; } >many.csv
forget
run admin-tool users import many.csv --passwords-to many.json --no-create-home --no-subids
ok "250 at once" [ "$status" -eq 0 ]
ok "... in three requests" [ "$(grep -c ^write "$tmp/asked") $(grep -c '^do add' "$tmp/asked") $(grep -c ^hosts "$tmp/asked")" = '3 250 1' ]
ok "... are here" is_value "SELECT count(*) FROM accounts WHERE username GLOB 'm[0-9]*'" 250
as late ''
printf 'username,email\nlate,late@example.com\n' >late.csv
run admin-tool users import late.csv
ok "one of which this host does not hear (exit 1)" [ "$status" -eq 1 ]
complains 'the change of late was made in the fleet, but has not reached this host' "... is said to be so"
ok "... without a home" [ ! -e /home/late ]
as late
run admin-tool audit --verify
ok "the log is whole" [ "$status" -eq 0 ]
done_testing
