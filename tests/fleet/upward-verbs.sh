#!/bin/bash
# Each verb about accounts of the fleet, from a host that follows it: what is asked, what comes of it here, and what stays
# each host's own.
# shellcheck source=tests/fleet/upward-lib.sh disable=SC2016,SC2034
. /src/tests/fleet/upward-lib.sh
OTHER='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2NnEgYLhhs0TtJxLTnyYrO0sKXfxPGNFFGbXGMBIOK'

upward
make ann --roles admin
taken "$(entry bob 1)" "$(entry kim 2 "keys=[\"$KEY kim@home\"]")" "$(entry lea 3 "keys=[\"$KEY lea@home\"]")" "$(entry max 4)" "$(entry tom 5)" "$REFRESHED"

# -- reset-password ----------------------------------------------------------------------------------------
exits 0 "reset-password" admin-tool reset-password bob -y
password=$(field 'Temporary password')
says '^2 of 3 hosts are connected; not: web17\.$' "... with who is not connected"
hash=$(value "SELECT hash FROM accounts WHERE username = 'bob'")
ok "... it is the one that came down" [ "$(perl -e 'print crypt($ARGV[0], $ARGV[1])' "$password" "$hash")" = "$hash" ]
ok "... to be changed, with an end" is_value "SELECT temporary AND temporary_until > unixepoch() FROM accounts WHERE username = 'bob'" 1
ok "... what went up is the hash" grep -qxF "set hash $hash" "$tmp/asked"
ok "... and not the password" eval '! grep -qF "$password" "$tmp/asked"'
asked '^set temporary true$' "... and that it is temporary"
asked '^set temporary_until [0-9]+$' "... until when"
run admin-tool reset-password bob kim -y -o json
json '[a["username"] for a in d if a["temporary_password"] and a["fleet"]["reached"]] == ["bob", "kim"]' "two for programs"
as late ''
run admin-tool reset-password bob -y
ok "one that this host does not hear of (exit 1)" [ "$status" -eq 1 ]
ok "... is told all the same" [ -n "$(field 'Temporary password')" ]
as late
taken "$(entry bob 1 csn=\"20261129900000.000000Z#000000#001#000000\")"
as refuse '0 rights no'
run admin-tool reset-password bob -y
ok "one that is refused (exit 8)" [ "$status" -eq 8 ]
ok "... is told to nobody" eval '! grep -q "Temporary password" "$tmp/out"'
as refuse

# -- edit --------------------------------------------------------------------------------------------------
forget
exits 0 "edit" admin-tool users edit kim -e kim@other.example -n 'Kim K.' --shell /bin/sh --expires +30d
says '^kim is changed\.$' "... is said"
asked '^set email kim@other\.example$' "the e-mail is asked for"
asked '^set full_name Kim K\.$' "... the full name"
asked '^set shell /bin/sh$' "... the shell"
asked '^set expires_at [0-9]{10}$' "... the end"
ok "... nothing else" [ "$(grep -c ^set "$tmp/asked")" = 4 ]
ok "... they are here" is_value "SELECT email || ' ' || full_name || ' ' || shell || ' ' || (expires_at > unixepoch()) FROM accounts WHERE username = 'kim'" 'kim@other.example Kim K. /bin/sh 1'
exits 0 "without an end" admin-tool users edit kim --expires never
asked '^set expires_at$' "... is nothing"
exits 0 "the same again" admin-tool users edit kim --expires never
says '^kim has these values already' "... asks nobody"
forget
exits 0 "no password" admin-tool users edit kim --no-password
asked '^set hash$' "... is asked for"
ok "... and has gone" is_value "SELECT hash IS NULL FROM accounts WHERE username = 'kim'" 1
exits 0 "scopes" admin-tool users edit kim --scope all,web
ok "... each by itself" [ "$(grep '^set scopes' "$tmp/asked" | xargs)" = 'set scopes all set scopes web' ]
forget
exits 0 "ageing" admin-tool users edit kim --never-dormant
ok "... is each host's own" [ ! -s "$tmp/asked" ]

# -- roles, a forced change --------------------------------------------------------------------------------
exits 0 "edit-roles" admin-tool users edit-roles max --roles auditor -y
asked '^set roles auditor$' "... asks for roles beside member's"
ok "... which are here" is_value "SELECT count(*) FROM account_roles WHERE uid = 1900000004 AND role = 'auditor'" 1
forget
exits 0 "none" admin-tool users edit-roles max --roles member -y
asked '^set roles$' "... is asked for by nothing"
forget
exits 0 "require-change" admin-tool users require-change max -y
asked '^set temporary true$' "... asks for it"
asked '^set temporary_until$' "... without an end"
ok "... and it is so here" is_value "SELECT temporary FROM accounts WHERE username = 'max'" 1
exits 0 "of everybody" admin-tool users require-change --all -y
complains 'accounts of the fleet stay as before; name those whom it is meant for' "... is of here"

# -- keys --------------------------------------------------------------------------------------------------
echo "$OTHER kim@work" >"$tmp/work.pub"
forget
exits 0 "keys add" admin-tool keys add kim "$tmp/work.pub"
ok "... asks for all there are then" [ "$(grep -c '^set keys ssh-ed25519' "$tmp/asked")" = 2 ]
ok "... which are here" is_value "SELECT count(*) FROM account_keys WHERE uid = 1900000002" 2
forget
exits 0 "... again" admin-tool keys add kim "$tmp/work.pub"
ok "... asks nobody" [ ! -s "$tmp/asked" ]
exits 0 "keys remove" admin-tool keys remove kim kim@work
ok "... asks for those that stay" grep -qxF "set keys $KEY kim@home" "$tmp/asked"
ok "... alone" [ "$(grep -c '^set keys' "$tmp/asked")" = 1 ]
forget
fingerprint=$(value "SELECT fingerprint FROM account_keys WHERE uid = 1900000003")
exits 0 "of two accounts" admin-tool keys remove kim lea "$fingerprint"
ok "... each asks for none" [ "$(grep -cx 'set keys' "$tmp/asked")" = 2 ]
ok "... and has none" is_value "SELECT count(*) FROM account_keys" 0
run admin-tool audit --event key-remove -o json
json "len([r for r in d if r['via'] != 'fleet' and '$fingerprint' in str(r)]) == 2" "... on record by the key"

# -- rename ------------------------------------------------------------------------------------------------
forget
exits 2 "rename --move-home" admin-tool users rename bob rob --move-home -y
complains 'every host has a home of bob; leave --move-home out' "... is not the fleet's way"
exits 0 "rename" admin-tool users rename bob rob -y
says '^bob is rob now\.$' "... is said"
asked '^do rename$' "... another name is asked for"
asked '^set username rob$' "... which"
ok "... he is known by it" [ "$(getent passwd 1900000001 | cut -d: -f1,6)" = rob:/home/bob ]
exits 0 "... again" admin-tool users rename bob rob -y
says 'The name is rob already' "... it is so already"
exits 3 "... nobody has the former one" admin-tool users suspend bob -y
exits 0 "... and once more" admin-tool users rename rob bobby -y

# -- delete ------------------------------------------------------------------------------------------------
mkdir -p /home/max && chown 1900000004:1900000004 /home/max
forget
exits 2 "delete --keep-groups" admin-tool users delete max --keep-groups -y
complains 'every host takes max out of its groups' "... is not the fleet's way"
exits 0 "delete" admin-tool users delete max --remove-home -y
says '^max is deleted\.$' "... is said"
asked '^do delete$' "... a gravestone is asked for"
ok "... nobody of that name is here" eval '! getent passwd max'
ok "... nor the home" [ ! -e /home/max ]
ok "... the name stays taken" is_value "SELECT count(*) FROM tombstones WHERE username = 'max'" 1
mkdir -p /home/tom && chown 1900000005:1900000005 /home/tom
as late ''
run admin-tool users delete tom --remove-home -y
ok "one of which this host does not hear (exit 1)" [ "$status" -eq 1 ]
ok "... keeps the home" [ -d /home/tom ]
as late

run admin-tool audit --verify
ok "the log is whole" [ "$status" -eq 0 ]
ok "no password is on record" eval '! grep -raqF "$password" "$STATE"'
done_testing
