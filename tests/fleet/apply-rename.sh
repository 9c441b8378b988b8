#!/bin/bash
# What admin-tool follow does with an entry that has another name: a rename where the former name stays the entry's, held
# where it does not or where somebody of here has the new one.
# shellcheck source=tests/fleet/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

make lea --no-create-home
useradd --no-create-home --uid 4711 local 2>"$tmp/made"
groupadd staffers
echo 'trusted ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/trusted
joined
play
follow_begin
taken "$(entry bob 1 'roles=["auditor"]' "keys=[\"$KEY\"]")" "$(entry ann 2)" "$(entry eve 3)" "$REFRESHED"
name() { value "SELECT username FROM accounts WHERE uid = 190000000$1"; }

# -- renamed -----------------------------------------------------------------------------------------------
groupadd builders && sed -i 's/^builders:.*/&bob/' /etc/group
install -d /var/spool/cron/crontabs && echo '# nothing' >/var/spool/cron/crontabs/bob && chown 1900000001 /var/spool/cron/crontabs/bob
install -d -o 1900000001 -g 1900000001 -m 0700 /home/bob
grep -q '^bob:' /etc/subuid || echo 'bob:3000000000:65536' >>/etc/subuid
setpriv --reuid=1900000001 --regid=1900000001 --clear-groups sleep 300 &
running=$!
taken "$(entry carl 1 'former_names=["bob"]' 'home="/home/bob"' 'roles=["auditor"]' "keys=[\"$KEY\"]")"
ok "renamed: the store has the new name" [ "$(name 1)" = carl ]
ok "... NSS, too" [ "$(getent passwd carl | cut -d: -f1,3,6)" = carl:1900000001:/home/bob ]
ok "... and not the former one" [ -z "$(getent passwd bob)" ]
ok "... nothing is held" [ -z "$(why 1)" ]
ok "... roles and keys stay" [ "$(value "SELECT count(*) FROM account_roles r, account_keys k WHERE r.uid = 1900000001 AND k.uid = r.uid AND role = 'auditor'")" = 1 ]
ok "... he is let in" [ "$(pam auth carl "$GOOD")" = 0 ]
ok "... and nobody by the former name" [ "$(pam auth bob "$GOOD")" != 0 ]
ok "... which is nobody else's" [ "$(value "SELECT uid FROM tombstones WHERE username = 'bob'")" = 1900000001 ]
ok "... on record with who did it" [ "$(value "SELECT count(*) FROM audit WHERE event = 'rename' AND actor LIKE 'cn=anna,%'")" = 1 ]
ok "what ran under the former name is ended" until_true 15 eval '! kill -0 "$running" 2>/dev/null'
ok "... and nothing is left to do" until_true 15 is_value "SELECT count(*) FROM fleet_sweeps" 0
ok "his crontab follows" [ -e /var/spool/cron/crontabs/carl -a ! -e /var/spool/cron/crontabs/bob ]
ok "... his place in a local group" grep -q '^builders:.*:carl$' /etc/group
ok "... his subordinate ids" eval 'grep -q "^carl:" /etc/subuid && ! grep -q "^bob:" /etc/subuid'
admin-tool users create --here -u bob -e other@example.org >"$tmp/made" 2>&1
ok "the former name is not given to anybody of here" [ $? -eq 4 ]
taken "$(entry bob 50 'home="/home/bob50"')"
ok "... nor to an entry" grep -q 'is or was' <<<"$(why 50)"
taken "$(entry bob 1 'former_names=["carl"]' 'home="/home/bob"')"
ok "... nor back to its own" [ "$(name 1)" = carl ]
taken "$(entry dora 1 'former_names=["bob","carl"]' 'home="/home/bob"' 'email="dora@example.org"' 'status="suspended"')"
ok "twice renamed, suspended and with another address, all at once" [ "$(value "SELECT username || email || status FROM accounts WHERE uid = 1900000001")" = doradora@example.orgsuspended ]
taken "$(entry finn 1 'former_names=["bob","carl","dora","emil"]' 'home="/home/bob"' 'email="dora@example.org"')"
ok "one that this host missed lies between" [ "$(name 1)" = finn ]

# -- moved with it ------------------------------------------------------------------------------------------
install -d -o 1900000002 -g 1900000002 -m 0700 /home/ann
taken "$(entry anna 2 'former_names=["ann"]' 'home="/home/anna"')"
ok "a home that goes with the name" [ "$(value "SELECT home FROM accounts WHERE uid = 1900000002")" = /home/anna ]
ok "... is moved" until_true 15 eval '[ -d /home/anna -a ! -e /home/ann ]'

# -- held ---------------------------------------------------------------------------------------------------
# stays REASON WHAT ENTRY: eve stays who she is.
stays()
{
    taken "$3"
    ok "$2: held" grep -qE -- "$1" <<<"$(why 3)"
    ok "... and she is eve" [ "$(name 3)" = eve ]
}
stays 'without a rename' "the former name is not the entry's" "$(entry ella 3)"
stays 'without a rename' "... or only like it" "$(entry ella 3 'former_names=["ev","evelyn","xeve","eve x"]')"
stays 'the uid never changes' "another uid with it" "$(entry ella 3 'former_names=["eve"]' uid=1900000033 gid=1900000033)"
for taken_name in lea finn bob; do
    stays 'is or was' "a name that an account of here has or had ($taken_name)" "$(entry "$taken_name" 3 'former_names=["eve"]')"
done
stays 'taken by a user or group' "a local user's" "$(entry local 3 'former_names=["eve"]')"
stays 'taken by a user or group' "a local group's" "$(entry staffers 3 'former_names=["eve"]')"
stays 'a name with a meaning' "a name with a meaning" "$(entry wheel 3 'former_names=["eve"]')"
stays 'has a rule for' "a name that sudo trusts" "$(entry trusted 3 'former_names=["eve"]')"
touch /var/spool/cron/crontabs/zoe
stays 'bears its new name' "a name under which something lies here" "$(entry zoe 3 'former_names=["eve"]')"
stays 'username' "no name at all" "$(entry 'a b' 3 'former_names=["eve"]')"
stays 'coder-' "a name of ours" "$(entry coder-x 3 'former_names=["eve"]')"
taken "$(entry lea 3 'former_names=["eve"]' 'status="suspended"')"
ok "suspended in a rename that is held is suspended" [ "$(status_of eve)" = suspended ]
taken "$(entry ella 3 'former_names=["eve"]' 'home="/home/eve"')"
ok "a good one lets it go" [ "$(name 3)$(why 3)$(status_of ella)" = ellaactive ]
taken "$(entry emma 4 'former_names=["eve"]')"
ok "a new one with former names is an account like any" [ "$(status_of emma)" = active ]
run admin-tool audit --verify
ok "the log is whole" [ "$status" -eq 0 ]
done_testing
