#!/bin/bash
# A host joins a fleet, looks at it, and leaves: what is refused before anything is written, what lies where afterwards, and
# that a host in no fleet is as it always was.
# shellcheck source=tests/cli/fleet-lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/fleet-lib.sh"

make ann --roles admin
# -- in no fleet -------------------------------------------------------------------------------------------
exits 0 "status on a host in no fleet" admin-tool fleet status
says '^This host is in no fleet\.$' "... says so"
exits 0 "... as JSON" admin-tool fleet status -o json
json 'd == {"joined": False}' "... says so"
remember
for verb in leave accept resync; do
    exits 0 "$verb on a host in no fleet" admin-tool fleet "$verb"
    says '^This host is in no fleet; nothing was changed\.$' "... does nothing"
done
unchanged "... and changes nothing"
run admin-tool users list
ok "users list has no column from" eval '! grep -q FROM "$tmp/out"'
run admin-tool users list -o json
json 'all(k not in a for a in d for k in ("from", "fleet_status", "suspended_here"))' "... nor its JSON"
run admin-tool users list -o csv
ok "... nor its CSV" eval '! head -n 1 "$tmp/out" | grep -q from'
run admin-tool users show ann
ok "... nor users show" eval '! grep -q ^From "$tmp/out"'
exits 0 "... but it can be asked for" admin-tool users list -c username,from
says '^ann +here$' "... and all are of here"
run admin-tool check
ok "check says nothing of a fleet" eval '! grep -qi fleet "$tmp/out"'

# -- a file that is none -----------------------------------------------------------------------------------
remember
# bad STATUS WHAT TEXT [KEY=JSON]...: such a file is refused, with these words.
bad()
{
    join_file /root/bad.join "${@:4}"
    exits "$1" "$2" admin-tool fleet join /root/bad.join
    complains "$3" "... and it is said"
}
pem() { printf '"%s"' "-----BEGIN $1-----\\nMIIB\\n-----END $1-----\\n"; }
for key in uris base host ca certificate key; do bad 4 "without $key" "$key is missing" "$key="; done
bad 4 "http" 'uris takes ldaps://' 'uris=["http://a.example"]'
bad 4 "a server with a path" 'uris takes ldaps://' 'uris=["ldaps://a.example/x"]'
bad 4 "a server with a newline" 'uris takes ldaps://' 'uris=["ldaps://a\nbase dc=x"]'
bad 4 "a port too far" 'uris takes ldaps://' 'uris=["ldaps://a:65536"]'
bad 4 "no server" 'uris is missing' 'uris=[]'
bad 4 "nine servers" 'more than 8' 'uris=["ldaps://a","ldaps://b","ldaps://c","ldaps://d","ldaps://e","ldaps://f","ldaps://g","ldaps://h","ldaps://i"]'
bad 4 "a base with a newline" 'base takes plain letters' 'base="dc=fleet\nhost cn=x"'
bad 4 "a base that is no name" 'base is no name of an entry' 'base="fleet"'
bad 4 "a host elsewhere" 'does not lie below the base' 'host="cn=web17,ou=hosts,dc=other"'
bad 4 "a certificate that is none" 'certificate is no certificate in PEM' 'certificate="hello"'
bad 4 "a list of revoked certificates without the authority" 'ca is no certificate' "ca=$(pem 'X509 CRL')"
bad 4 "such a list in the host's certificate" 'certificate is no certificate' "certificate=$(pem CERTIFICATE | sed 's/"$//')$(pem 'X509 CRL' | sed 's/^"//')"
bad 4 "a key in its place" 'certificate is no certificate' "certificate=$(pem 'PRIVATE KEY')"
bad 4 "a certificate for a key" 'key is no private key' "key=$(pem CERTIFICATE)"
bad 4 "a key with a passphrase" 'key has a passphrase' "key=$(pem 'ENCRYPTED PRIVATE KEY')"
bad 4 "a file of yesterday" 'expires is over' expires=1700000000
bad 4 "an end that is none" 'expires is no time' 'expires="soon"'
bad 4 "ids of the system" 'uid_min is below 1000' uid_min=100 uid_max=200
bad 4 "half a range" 'uid_min and uid_max go together' uid_min=1900000000
bad 4 "a range the wrong way round" 'fleet_uid_min must not be above' uid_min=1900000002 uid_max=1900000001
echo '[]' >/root/bad.join
exits 4 "an array" admin-tool fleet join /root/bad.join
complains 'it is no join file' "... is no join file"
printf '{"base": "dc=fleet", "base": "dc=other"}' >/root/bad.join
exits 4 "a key twice" admin-tool fleet join /root/bad.join
complains 'base is there twice' "... is said"
head -c 200000 /dev/zero | tr '\0' ' ' >/root/bad.join
exits 4 "200 kB" admin-tool fleet join /root/bad.join
exits 1 "a file that is not there" admin-tool fleet join /root/none.join
exits 2 "no file" admin-tool fleet join
join_file /root/bad.join
chmod 640 /root/bad.join
exits 4 "a file that others can read" admin-tool fleet join /root/bad.join
complains "it holds this host's key, and others than root can read or change it" "... is no secret"
chmod 600 /root/bad.join && chown nobody /root/bad.join
exits 4 "another one's file" admin-tool fleet join /root/bad.join
mv "$FLEET" "$tmp/away"
join_file /root/bad.join
exits 2 "without coder_fleet" admin-tool fleet join /root/bad.join
complains 'install the package coder-fleet' "... it says which package"
mv "$tmp/away" "$FLEET"
unchanged "nothing of that changed anything"
ok "... nor lies in /etc" [ ! -e "$FOLDER" ]

# -- ids that somebody has ---------------------------------------------------------------------------------
useradd -M -u 1900000005 olga 2>"$tmp/made" && groupadd -g 1900000007 crew
make nora --uid 1900000009
echo olga:1900100000:65536 >>/etc/subuid
remember
join_file /root/host.join
for dry in --dry-run ''; do
    # shellcheck disable=SC2086
    run admin-tool fleet join /root/host.join $dry
    ok "ids that are taken${dry:+, a dry run} (exit 4)" [ "$status" -eq 4 ]
    for clash in 'clash: /etc/passwd: user olga has the id 1900000005' 'clash: /etc/group: group crew has the id 1900000007' \
        'note: the account nora has the id 1900000009, of the fleet.s range: .admin-tool users move-to-fleet. makes it the fleet.s' 'clash: .*subuid.*: subordinate ids are given from 1900100000 to 1900165535'; do
        complains "$clash" "... $clash"
    done
    complains '[0-9]+ clashes with the fleet.s ids, 1900000000 to 1999999999' "... and counted"
done
run admin-tool fleet join /root/host.join -o json
json 'd["error"]["kind"] == "taken" and any("olga" in n for n in d["notes"])' "... for programs, too"
unchanged "... and nothing is changed"
ok "... the file stays" [ -e /root/host.join ]
userdel olga 2>"$tmp/made" && groupdel crew && admin-tool users delete nora -y >"$tmp/made" && sed -i /olga/d /etc/subuid
# what an untidy useradd leaves
sed -i /olga/d /etc/group /etc/gshadow /etc/subuid /etc/subgid

# -- joined ------------------------------------------------------------------------------------------------
remember
exits 0 "a dry run" admin-tool fleet join /root/host.join --dry-run
says '^Would follow the fleet dc=fleet at ldaps://a\.example:636 as cn=web17,ou=hosts,dc=fleet, with ids from 1900000000 to 1999999999; nothing was changed\.$' "... says what would be"
unchanged "... and changes nothing"
join_file /root/host.join uid_min=1900000000 uid_max=1900999999
exits 0 "a host joins" admin-tool fleet join /root/host.join
says '^This host is in the fleet dc=fleet\.$' "... and is told so"
says '^/root/host\.join is removed' "... and that the file is removed, for it holds the key"
ok "... which it is" [ ! -e /root/host.join ]
complains '^admin-tool: note: no systemd runs here' "... and how it is followed without systemd"
ok "the folder is root's and the group's" [ "$(stat -c '%U:%G %a' $FOLDER)" = 'root:_coder-fleet 750' ]
ok "... which coder_fleet gets at" setpriv --reuid=_coder-fleet --regid=_coder-fleet --clear-groups test -r "$FOLDER/host.key"
ok "... and nobody else" eval '! setpriv --reuid=nobody --regid=nogroup --clear-groups test -x "$FOLDER"'
ok "... and its files" [ "$(stat -c '%n %U:%G %a' $FOLDER/* | sort | xargs)" = \
    "$(printf "$FOLDER/%s root:_coder-fleet 640\n" ca.pem fleet.conf host.key host.pem | xargs)" ]
ok "... the settings are lines" eval "printf 'uri ldaps://a.example:636\nuri ldaps://b.example\nbase dc=fleet\nhost cn=web17,ou=hosts,dc=fleet\n' | cmp -s - $FOLDER/fleet.conf"
ok "... the key is the file's" grep -q 'BEGIN PRIVATE KEY' $FOLDER/host.key
ok "... nothing is left beside" [ "$(ls /etc/coder)" = fleet ]
ok "policy has the fleet's range" is_value "SELECT group_concat(value) FROM policy WHERE key IN ('fleet_uid_max')" 1900999999
run admin-tool audit --event fleet-join
says 'fleet-join.*joined dc=fleet as cn=web17' "the log has it"
run admin-tool audit --verify
ok "... in its chain" [ "$status" -eq 0 ]
remember
join_file /root/host.join uid_min=1900000000 uid_max=1900999999
exits 0 "the same again" admin-tool fleet join /root/host.join
says 'in the fleet dc=fleet already, with these very files; nothing was changed' "... changes nothing"
unchanged "... at all"
join_file /root/host.join 'uris=["ldap://c.example"]' "certificate=$(pem CERTIFICATE | sed s/MIIB/MIIC/)"
exits 0 "another certificate of the same fleet" admin-tool fleet join /root/host.join
says '^The certificate and the servers. addresses for the fleet dc=fleet are renewed\.$' "... renews the files"
ok "... which it does" eval "grep -q MIIC $FOLDER/host.pem && grep -qx 'uri ldap://c.example' $FOLDER/fleet.conf"
# what lay in its place is exchanged with it, and must not be in the way of the next one
ln -s /root /etc/coder/fleet.new
join_file /root/host.join 'uris=["ldap://c.example"]' "ca=$(pem CERTIFICATE | sed 's/"$//')$(pem 'X509 CRL' | sed 's/^"//')"
exits 0 "one more, with a list of revoked certificates, beside a link of that name" admin-tool fleet join /root/host.join
ok "... the list stands behind the authority" [ "$(grep -c -e BEGIN.CERTIFICATE -e BEGIN.X509.CRL $FOLDER/ca.pem)" = 2 ]
ok "... the link is gone, and what it led to is not" eval '[ ! -L /etc/coder/fleet.new ] && [ -d /root ]'
join_file /root/host.join 'base="dc=other"' 'host="cn=a,dc=other"'
exits 4 "another fleet" admin-tool fleet join /root/host.join
complains "is in the fleet dc=fleet already; 'admin-tool fleet leave' first" "... is refused"
rm /root/host.join

# -- status ------------------------------------------------------------------------------------------------
printf 'certificate 1900000000\nuri ldap://c.example ok\n' >/run/coder_fleet.says
fleet_user bea 1900000001
sql "UPDATE fleet SET cookie = 'rid=000,csn=20261101120000.000001Z#000000#001#000000;20261101130000.000001Z#000000#002#000000', last_contact = unixepoch() - 40, last_uri = 'ldap://c.example'"
sql "INSERT INTO fleet_held VALUES ('00000000-0000-0000-0000-000000000001', 'entry', 'eve', 'its uid 0 is not in the range', 1790000000, '', NULL)"
exits 0 "status" admin-tool fleet status
says '^Fleet +dc=fleet$' "... says the fleet"
says '^Server +ldap://c\.example answers$' "... the servers"
says '^Last contact +2.* (39|4[0-9]) s ago$' "... how long ago one was heard of"
says '^Newest change +2026-11-01 13:00:00' "... the newest change"
says '^Certificate ends +2030-03-17' "... the certificate's end"
says '^Accounts +1$' "... how many accounts"
says '^eve +entry +2026-09-21 .* its uid 0 is not in the range$' "... what was held, and why"
says "^Follows +no: 'admin-tool follow' does not run$" "... that nobody follows it"
printf 'uri ldap://c.example certificate has expired\n' >/run/coder_fleet.says
follower_begin
run admin-tool fleet status -o json
json 'd["follows"] is True' "... or that somebody does"
follower_end
json 'd["joined"] and d["base"] == "dc=fleet" and d["servers"] == [{"uri": "ldap://c.example", "answers": False, "why": "certificate has expired"}]' "... for programs"
json 'd["newest_change"] == "2026-11-01T13:00:00Z" and d["certificate_expires_at"] is None and d["held"] == 1 and d["entries"][0]["username"] == "eve"' "... with all of it"

exits 0 "resync, a dry run" admin-tool fleet resync --dry-run
ok "... keeps the cookie" is_value "SELECT cookie <> '' FROM fleet" 1
exits 0 "resync" admin-tool fleet resync
says '^Everything is asked for anew\.$' "... is said"
complains 'note: no systemd runs here: begin .admin-tool follow. again' "... and how it is taken up"
ok "... the cookie is dropped" is_value "SELECT cookie = '' FROM fleet" 1
run admin-tool audit --event fleet-resync
says fleet-resync "the log has it"

# -- an administrator's word -------------------------------------------------------------------------------
exits 0 "accept, while nothing is held" admin-tool fleet accept
says '^Nothing waits for your word; nothing was changed\.$' "... is nothing"
# held: as what follows the fleet leaves it
held="UPDATE fleet SET braked_at = 1790000000; INSERT INTO fleet_held VALUES ('00000000-0000-0000-0000-001900000001', 'vanished', 'bea', 'gone with many', 1790000000, '', NULL)"
sql "$held"
sql "UPDATE fleet SET latched_at = 1790000000, cookie = 'rid=000,csn=20261101120000.000001Z#000000#001#000000'"
run admin-tool fleet status
says 'Nothing is taken from the fleet until .admin-tool fleet accept.' "status says that a server went back"
says '^Those who vanished are kept as they were until .admin-tool fleet accept., and refused then' "... and that many vanished"
remember
exits 0 "accept, a dry run" admin-tool fleet accept --dry-run
says '^Would refuse 1 account that vanished from the fleet, and follow a server that went back to an older state; nothing was changed\.$' "... says what would be"
run eval 'echo no | admin-tool fleet accept'
ok "accept asks (exit 5)" [ "$status" -eq 5 ]
unchanged "... and nothing is changed"
exits 0 "accept" admin-tool fleet accept -y -o json
json 'd["changed"] and d["vanished"] == 1 and d["deleted"] == 0' "... is answered"
run admin-tool users show bea -o json
json 'd["fleet_status"] == "absent" and d["status"] == "suspended"' "... who vanished is refused"
ok "... nothing waits any more, and all is asked for anew" is_value "SELECT (latched_at IS NULL) || (braked_at IS NULL) || cookie || (SELECT count(*) FROM fleet_held WHERE kind = 'vanished') FROM fleet" 110
run admin-tool audit --event fleet-accept
says fleet-accept "the log has it"
fleet_says bea active

# -- leaving -----------------------------------------------------------------------------------------------
fleet_user cleo 1900000002
sql "UPDATE fleet_accounts SET reason = 'left the firm' WHERE uid = 1900000002"
fleet_says cleo suspended
run admin-tool users show cleo
says '^Fleet says +suspended: left the firm$' "whom the fleet suspended: show says so"
says '^Suspended here +no$' "... and that this host did not"
admin-tool users suspend cleo --here --reason odd -y >"$tmp/made" 2>&1
run admin-tool users show cleo
says '^Fleet says +suspended: left the firm$' "suspended in both places: show has the fleet's word"
says '^Suspended here +yes$' "... and this host's"
remember
exits 0 "leaving, a dry run" admin-tool fleet leave --dry-run
says '^Would leave the fleet dc=fleet and delete its 2 accounts; nothing was changed\.$' "... says what would be"
run eval 'echo no | admin-tool fleet leave'
ok "leaving asks (exit 5)" [ "$status" -eq 5 ]
says '^bea ' "... and shows whom it deletes"
unchanged "... and nothing is changed"
exits 0 "leaving, with the accounts" admin-tool fleet leave --keep-accounts -y
says '^This host is in no fleet any more; accounts kept, and of here now: 2\.$' "... is said"
says "^Suspended, until 'admin-tool users activate': 1\.$" "... and who stays suspended, in both places or in one"
ok "... they are of here" is_value "SELECT (SELECT count(*) FROM accounts) || (SELECT count(*) FROM fleet_accounts) || (SELECT count(*) FROM fleet_held) || (SELECT count(*) FROM fleet)" 3000
ok "... suspended where they were" [ "$(getent passwd cleo | cut -d: -f7)" = /usr/sbin/nologin ]
ok "... certificate and key are gone" [ ! -e $FOLDER ]
exits 0 "... and can be changed here" admin-tool users activate cleo -y
admin-tool users delete bea cleo -y >"$tmp/made" 2>&1
ok "joined again" join
fleet_user dora 1900000003
setpriv --reuid=1900000003 --clear-groups sleep 300 & child=$!
soon pgrep -u 1900000003
printf '#!/bin/sh\n[ "$1" != disable ] || sleep 11\n' >"$tmp/systemctl"
install -m 0755 "$tmp/systemctl" /usr/bin/systemctl
mkdir -p /run/systemd/system
exits 0 "leaving, without them, where the follower takes long to stop" admin-tool fleet leave -y -o json
rmdir /run/systemd/system
json 'd["changed"] and d["deleted"] == 1' "... is answered"
ok "... the fleet's accounts are deleted" [ "$(admin-tool users list -c username 2>/dev/null | tail -n +2 | xargs)" = ann ]
ok "... and leave gravestones" is_value "SELECT count(*) FROM tombstones WHERE username = 'dora'" 1
ok "... and nobody answers for them" eval '! getent passwd dora'
ok "... what they ran is ended" eval '! kill -0 "$child" 2>/dev/null'
kill -9 "$child" 2>/dev/null
run admin-tool audit --event fleet-leave
says 'fleet-leave.*dc=fleet; its accounts deleted: 1' "the log has it"
run admin-tool check
ok "check is silent again" eval '! grep -qi fleet "$tmp/out"'
done_testing
