#!/bin/bash
# A host's verbs under a real systemd and by a real provider: join waits for the accounts, status and check say what is
# amiss, a suspension here needs no server, leave ends all of it.
# shellcheck source=tests/hostile/systemd-lib.sh disable=SC2016,SC2034,SC2317
. /src/tests/hostile/systemd-lib.sh
# shellcheck source=tests/fleet/lib.sh
. /src/tests/fleet/lib.sh
KEY='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFg'

is_out() { [ "$(getent passwd "$1" | cut -d: -f7)" = /usr/sbin/nologin ]; }
is_in() { [ "$(getent passwd "$1" | cut -d: -f7)" = /bin/bash ]; }
runs() { systemctl is-active --quiet "$1"; }

getent group _coder-fleet >/dev/null || useradd -r -M -s /usr/sbin/nologin _coder-fleet
systemctl daemon-reload
systemctl stop slapd.service # the one of the package; ours are set up below
first
host h1 all
user bob 1900000001 --scope all --temporary secret-1
user eve 1900000002 --scope web
user kim 1900000003 --scope all --key "$KEY kim@home"
make ann --roles admin

# -- joining -----------------------------------------------------------------------------------------------
join=$CA/h1.join
exits 0 "a host joins" admin-tool fleet join "$join"
says '^Accounts that came: 2; held back: 0\.$' "... and says what came"
ok "... both units run" eval 'runs coder-follow.service && runs coder-fleet.socket'
ok "... also after the next boot" eval 'systemctl is-enabled --quiet coder-follow.service'
ok "... the file is gone" [ ! -e "$join" ]
ok "its accounts are there" eval 'is_in bob && is_in kim && ! getent passwd eve'
exits 0 "status" admin-tool fleet status
says '^Follows +yes$' "... follows"
says '^Server +ldaps://a\.fleet\.test(:636)? answers$' "... the server answers"
says '^Certificate ends +20' "... with the certificate's end"
exits 0 "... as JSON" admin-tool fleet status -o json
json 'd["follows"] and d["filled"] and d["servers"][0]["answers"] and d["accounts"] == 2 and d["certificate_expires_at"]' "... the same"
run admin-tool check -o json
json 'not any(f["check"].startswith("fleet-") for f in d)' "check has nothing to say of the fleet"

# -- a password, by the units as they are ------------------------------------------------------------------
NEW=plain-horse-9-lantern
chooses() { run setpriv --reuid=bob --regid=1900000001 --clear-groups sh -c "printf '%s\\n' '$1' '$2' '$2' | passwd"; }
chooses secret-1 "$NEW"
ok "a user changes a temporary password here" [ "$status" -eq 0 ]
ok "... at the server" by_user bob "$NEW" ldapwhoami
is_here() { perl -e 'exit !(crypt($ARGV[0], $ARGV[1]) eq $ARGV[1])' "$NEW" "$(value "SELECT hash FROM accounts WHERE username = 'bob'")"; }
ok "... and it is here when that ends" is_here
kill -STOP "$(pid_of a)"
began=$SECONDS
chooses "$NEW" "another-$NEW"
took=$((SECONDS - began))
kill -CONT "$(pid_of a)"
ok "with a server that hangs it is refused" [ "$status" -ne 0 ]
ok "... in a sentence" grep -q 'Your password cannot be changed now: the account server cannot be reached. Try again later.' "$tmp/out" "$tmp/err"
ok "... after $took s" [ "$took" -le 8 ]
ok "... and nothing is changed" by_user bob "$NEW" ldapwhoami

# -- the fleet's word and this host's ----------------------------------------------------------------------
set_user bob coderStatus suspended
ok "who is suspended in the tree is out here" soon is_out bob
exits 8 "activate" admin-tool users activate bob -y
complains 'this needs an administrator of the fleet' "... is no matter of this host"
exits 4 "activate --here" admin-tool users activate bob --here -y
set_user bob coderStatus active
ok "... and in again" soon is_in bob
admin-tool users suspend kim --here -y >"$tmp/made" 2>&1
ok "suspended here" is_out kim
set_user kim coderStatus suspended
set_user kim coderStatus active
set_user kim loginShell /bin/sh
is_sh() { [ "$(value "SELECT shell FROM accounts WHERE username = 'kim'")" = /bin/sh ]; }
ok "... while the fleet goes on about the account" soon is_sh
ok "... she stays out" is_out kim

# -- what goes wrong ---------------------------------------------------------------------------------------
kill -STOP "$(pid_of a)"
run admin-tool fleet status
says '^Server +ldaps://a\.fleet\.test(:636)?: .' "a server that hangs does not answer, and it is said why"
kill -CONT "$(pid_of a)"
provider_kill a
run admin-tool check -o json
json 'any(f["check"] == "fleet-server" for f in d)' "check names a server that is away"
admin-tool users suspend bob --here -y >"$tmp/made" 2>&1
ok "with every server away somebody is suspended here" is_out bob
exits 0 "... and activated" admin-tool users activate bob --here -y
ok "... and is in" is_in bob
systemctl stop coder-follow.service
run admin-tool fleet status
says '^Follows +no: coder-follow\.service does not run$' "status says that nothing follows"
run admin-tool check -o json
json 'any(f["check"] == "fleet-unit" for f in d)' "... check, too"
eval "$(jq -r '.[] | select(.check == "fleet-unit").mend' "$tmp/out")" >"$tmp/made" 2>&1
ok "... and its command mends that" soon runs coder-follow.service
provider_start a
set_user bob coderStatus suspended
ok "a server that is back is followed" soon is_out bob
exits 0 "everything anew" admin-tool fleet resync
is_filled() { [ "$(value "SELECT cookie <> '' FROM fleet")" = 1 ]; }
ok "... comes" soon is_filled
ok "... with what was suspended here" is_out kim
rm -f "$join"
host h2 all
exits 0 "another join file of the same fleet" admin-tool fleet join "$CA/h2.join"
says 'are renewed' "... renews certificate and name"
ok "... by which it is followed" eval 'admin-tool fleet status | grep -q "^Host *cn=h2,"'
"$FLEET/ca" issue "$CA" hosts h2 "20 days"
again() { rm -f "$CA/h2.join"; at a "$FLEET/add" host h2 --scope all --join "$CA/h2.join" "$@" >"$tmp/made"; admin-tool fleet join "$CA/h2.join" >"$tmp/made" 2>&1; }
ends() { { admin-tool check -o json || true; } | jq -e 'any(.[]; .check == "fleet-certificate")' >/dev/null; }
again --ca "$CA/ca.pem" --certificate "$CA/hosts/h2.pem" --key "$CA/hosts/h2.key"
ok "check says that a certificate ends in 20 days" ends
again --trial "$CA"
ok "... and another join file of this host renews that" eval '! ends'

# -- leaving -----------------------------------------------------------------------------------------------
exits 0 "leaving" admin-tool fleet leave -y
ok "... ends the units" eval '! runs coder-follow.service && ! runs coder-fleet.socket'
ok "... for good" eval '! systemctl is-enabled --quiet coder-follow.service'
ok "... deletes the fleet's accounts" [ "$(value 'SELECT group_concat(username) FROM accounts')" = ann ]
ok "... and the key" [ ! -e /etc/coder/fleet ]

# -- a first fill that does not come -----------------------------------------------------------------------
host h3 all
provider_kill a
run timeout 100 admin-tool fleet join "$CA/h3.join"
ok "joining while no server is there (exit 1)" [ "$status" -eq 1 ]
complains 'no server has sent the accounts within 60 s; it goes on trying' "... is joined, and says so after a minute"
done_testing
