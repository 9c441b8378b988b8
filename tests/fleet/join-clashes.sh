#!/bin/bash
# A host with accounts of its own joins: fleet join --dry-run names those of the tree that would be held, asked with the join
# file's certificate; joined, they are held, and told; one that is moved up is the fleet's on a real slapd.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/hostile/systemd-lib.sh
. /src/tests/hostile/systemd-lib.sh
# shellcheck source=tests/fleet/lib.sh
. /src/tests/fleet/lib.sh

getent group _coder-fleet >/dev/null || useradd -r -M -s /usr/sbin/nologin _coder-fleet
systemctl daemon-reload
systemctl stop slapd.service
first
admin ann writers
host h1 all
user bob 1900000101 --scope all
user eve 1900000102 --scope all
user kim 1900000103 --scope all
user lea 1900000104 --scope all
user far 1900000105 --scope web
user gone 1900000106 --scope all && set_user gone coderStatus deleted >/dev/null
make bob && make max --uid 1900000102 && make nora --uid 1900000150 && make far && make gone
admin-tool users create --here -u other -e lea@example.com >"$tmp/made" 2>&1
useradd -M -u 4711 kim
admin-tool users create --here -u mia -e mia@example.com --uid 1900000151 --roles auditor >"$tmp/made" 2>&1
cp "$CA/h1.join" /root/h1.join
picture() { find /etc/coder "$STATE" /run/coder-fleet.join 2>/dev/null | sort; stat -c '%n %Y' /etc/coder /etc 2>/dev/null; value 'SELECT count(*) FROM accounts'; }
before=$(picture)
exits 0 "a dry run" admin-tool fleet join /root/h1.join --dry-run
complains 'clash: bob \(id 1900000101\) of the fleet: the name is or was an account.s of this host; it would be held' "... names whose name is of here"
complains 'clash: eve \(id 1900000102\) of the fleet: the id is or was' "... whose id is"
complains 'clash: kim \(id 1900000103\) of the fleet: a user or group of this machine has the name' "... a local user's name"
complains 'clash: lea \(id 1900000104\) of the fleet: the e-mail address is' "... an e-mail address"
complains 'note: the account nora has the id 1900000150, of the fleet.s range: .admin-tool users move-to-fleet' "... and who can go up"
ok "... not whom this host would not see, nor a gravestone" eval '! grep -qE "clash: (far|gone)" "$tmp/err"'
says '^4 of the fleet.s 4 accounts for this host would be held\.$' "... counts them"
says '^Would follow the fleet dc=fleet' "... and what it would do"
ok "... changes nothing, and keeps no key" [ "$(picture)" = "$before" -a -e /root/h1.join ]
exits 0 "for programs" admin-tool fleet join /root/h1.join --dry-run -o json
json 'd["changed"] is False and any("clash: bob" in n for n in d["notes"])' "... the same" 
kill -STOP "$(pid_of a)"
begun=$SECONDS
exits 0 "a server that hangs" admin-tool fleet join /root/h1.join --dry-run
ok "... is waited for a while" [ $((SECONDS - begun)) -lt 20 ]
complains 'note: the fleet could not be asked for all its accounts' "... and it is said"
complains 'note: the account nora' "... with what this machine says"
kill -CONT "$(pid_of a)"
provider_kill a
exits 0 "no server" admin-tool fleet join /root/h1.join --dry-run
complains 'note: the fleet could not be asked for all its accounts: ' "... is said, with why"
ok "... and no key is left" [ ! -e /run/coder-fleet.join ]
provider_start a

# -- joined: held and told ----------------------------------------------------------------------------------
exits 0 "it joins" admin-tool fleet join /root/h1.join
says '^Accounts that came: 0; held back: 4, see' "... with four held"
run admin-tool fleet status
for name in bob eve kim lea; do says "$name" "... told: $name"; done
ok "those of here are as they were" [ "$(value "SELECT count(*) FROM accounts WHERE username IN ('bob', 'max', 'other')")" = 3 ]

# -- moved up -----------------------------------------------------------------------------------------------
(umask 077 && cat "$CA/admins/ann.pem" "$CA/admins/ann.key" >/root/.coder-fleet.pem)
password=$(value "SELECT hash FROM accounts WHERE username = 'nora'")
exits 0 "two go up" admin-tool users move-to-fleet nora mia -y
says '^1 of 1 host is connected\.$' "... which is said"
ok "... as they are" [ "$(user_value nora uidNumber) $(user_value nora userPassword) $(user_value nora coderStatus)" = "1900000150 {CRYPT}$password active" ]
ok "... with roles" [ "$(user_value mia coderRole)" = auditor ]
ok "... and are the same ones here" [ "$(value "SELECT count(*) FROM accounts JOIN fleet_accounts USING (uid) WHERE username IN ('nora', 'mia')")" = 2 ]
exits 4 "one whose id the tree has" admin-tool users move-to-fleet max -y
complains 'max: the fleet has that already' "... is refused there"
ok "... and of here" [ -z "$(value "SELECT 1 FROM fleet_accounts WHERE uid = 1900000102")$(value 'SELECT 1 FROM fleet_moving')" ]
done_testing
