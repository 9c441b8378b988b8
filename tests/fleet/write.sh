#!/bin/bash
# Administrators write through "coder_fleet write" on a real slapd: accounts are made and changed, under the assertion of
# what was shown; and whoever may not is told why.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/fleet/write-lib.sh
. /src/tests/fleet/write-lib.sh

first
host h1 web
admin ann writers
admin aud auditors
joined h1 "$URI"
hash=$(openssl passwd -6 secret-1)
user bob 1900000002 --scope web --hash "$hash"
binds() { by_user "$1" "$2" ldapwhoami >"$tmp/bound" 2>&1; }
values() { for attribute in "${@:2}"; do user_value "$1" "$attribute"; done | paste -sd ' '; }
untouched() { [ "$(user_value bob entryCSN)" = "$csn" ]; }

# -- a new account ---------------------------------------------------------------------------

asks "do add" "name lea" "set full_name Léa Ólafs" "set home /home/lea" "set shell /bin/bash" "set email lea@example.com" "set scopes web" \
    "set scopes all" "set roles auditor" "set keys ssh-ed25519 AAAA lea@laptop" "set hash $hash" "set temporary true" \
    "set temporary_until 1999999999" "set expires_at 1999990000"
done_well "an account is made"
is "... with the next id, by whom the certificate names" '.uid == 1900000000 and .by == "cn=ann,ou=admins,dc=fleet"'
is "... and what to wait for" ".csn == \"$(user_value lea entryCSN)\" and .entry_uuid == \"$(user_value lea entryUUID)\""
ok "what was set is there" [ "$(values lea cn sn mail coderRole coderSshKey coderExpires shadowExpire pwdReset coderStatus gidNumber)" = \
    "Léa Ólafs Léa Ólafs lea@example.com auditor ssh-ed25519 AAAA lea@laptop 1999990000 23148 TRUE active 1900000000" ]
ok "... lists whole" [ "$(user_value lea coderScope | sort | xargs)" = "all web" ]
follow h1
committed h1
ok "a host reads every fact back" [ "$(lines h1 '.username == "lea"' | jq -c '[.full_name,.home,.email,.roles,.keys,.temporary,.temporary_until,.expires_at,.hash]')" = \
    "[\"Léa Ólafs\",\"/home/lea\",\"lea@example.com\",[\"auditor\"],[\"ssh-ed25519 AAAA lea@laptop\"],true,\"2033-05-18T03:33:19Z\",\"2033-05-18T00:46:40Z\",\"$hash\"]" ]
minimal=("set home /home/x" "set shell /bin/sh")
asks "do add" "name kim" "${minimal[@]}" "set hash $hash" "set scopes web" "do add" "name mia" "${minimal[@]}" "set status suspended"
is "two in one request: each has an id" '.nth == 1 and .name == "mia" and .uid == 1900000003'
is "... and one that was given by hand is passed over" '.nth == 0 and .name == "kim" and .uid == 1900000001'
ok "a password that is none of a reset's is no temporary one" [ -z "$(user_value kim pwdReset)" ]
ok "... and good at once" binds kim secret-1
ok "one may be made suspended" [ "$(values mia coderStatus pwdAccountLockedTime shadowExpire)" = "suspended 000001010000Z 1" ]
asks "do add" "name bob" "${minimal[@]}"
refused taken "a name is given once"
asks "do add" "name bob2" "${minimal[@]}" "set email lea@example.com"
refused taken "... an address, too"
asks "do add" "name bob2" "${minimal[@]}" "set uid 1900000002"
refused taken "... and an id"
asks "do add" "name pia" "${minimal[@]}" "set uid 1900000077"
is "an id of one's own is possible" '.uid == 1900000077'

# -- a change --------------------------------------------------------------------------------

asks "do change" "name bob" "$(shown bob)" "set status suspended" "set reason left"
done_well "an account is suspended"
ok "... for other consumers, too" [ "$(values bob coderStatus coderReason pwdAccountLockedTime shadowExpire)" = "suspended left 000001010000Z 1" ]
ok "... and its password is none" eval '! binds bob secret-1'
# or slapd, begun anew, is behind what its hosts have
ok "... and the tree's own mark is written down with it" eval \
    '[ "$(at a "$FLEET/provider" dump | sed -n "s/^contextCSN: //p")" = "$(user_value bob entryCSN)" ]'
asks "do change" "name bob" "$(shown bob)" "set expires_at 1999990000"
ok "an end does not open it for them" [ "$(values bob coderExpires shadowExpire)" = "1999990000 1" ]
asks "do change" "name bob" "$(shown bob)" "set status active"
ok "active again: all of it is gone" [ "$(values bob coderStatus coderReason pwdAccountLockedTime shadowExpire)" = "active 23148" ]
asks "do change" "name bob" "$(shown bob)" "set expires_at"
ok "... and the end, when it is taken away" [ -z "$(values bob coderExpires shadowExpire)" ]
ok "... and the password is good" binds bob secret-1
other=$(openssl passwd -6 secret-2)
asks "do change" "name bob" "$(shown bob)" "set hash $other" "set temporary_until 1999999999"
ok "a new password is a temporary one, by the engine's own rule" [ "$(values bob pwdReset coderTemporaryUntil)" = "TRUE 1999999999" ]
asks "do change" "name bob" "$(shown bob)" "set hash $hash" "set temporary false"
ok "... unless it is said" [ -z "$(user_value bob pwdReset)" ]
asks "do change" "name bob" "$(shown bob)" "set temporary true"
ok "a change can be required" [ "$(user_value bob pwdReset)" = TRUE ]
asks "do change" "name bob" "$(shown bob)" "set keys a" "set keys b" "set roles admin" "set roles auditor"
ok "lists are replaced" [ "$(user_value bob coderSshKey | sort | xargs)$(user_value bob coderRole | sort | xargs)" = "a badmin auditor" ]
asks "do change" "name bob" "$(shown bob)" "set keys" "set roles auditor" "set email new@example.com" "set full_name"
ok "... or emptied" [ "$(values bob coderSshKey coderRole mail cn)" = "auditor new@example.com bob" ]
asks "do change" "name bob" "set shell /bin/dash" "do change" "name bob" "set home /srv/bob"
ok "without what was shown, two of one account" [ "$(values bob loginShell homeDirectory)" = "/bin/dash /srv/bob" ]

# ten who saw the same
seen=$(shown bob) racers=()
for i in $(seq 10); do
    { echo write; as_admin ann; printf '%s\n' "do change" "name bob" "$seen" "set reason of $i" ""; } | as_fleet "$CODER_FLEET" >"$tmp/race$i" 2>&1 &
    racers+=($!)
done
wait "${racers[@]}"
ok "of ten who saw the same one writes" [ "$(cat "$tmp"/race* | grep -c '"line":"done"') $(cat "$tmp"/race* | grep -c '"kind":"changed"')" = "1 9" ]

# -- what is refused -------------------------------------------------------------------------

seen=$(shown bob)
set_user bob loginShell /bin/zsh >/dev/null
csn=$(user_value bob entryCSN)
asks "do change" "name bob" "$seen" "set status suspended"
refused changed "what was changed since it was shown"
ok "... stays" untouched
asks "do change" "name bob" "entry $(user_value lea entryUUID)" "csn $csn" "set status suspended"
refused changed "another account by this name"
asks "do change" "name nobody" "set status suspended"
refused changed "one that is not there"
asks "do change" "name bob" "set email lea@example.com"
refused taken "an address of another"
asks "do change" "name bob" "set home /home/ü"
refused invalid "a value that the schema does not take"
asks "do change" "name bob" "set shell /bin/sh" "do change" "name nobody" "set shell /bin/sh" "do change" "name lea" "set shell /bin/sh"
is "the first that fails ends all: what was before it is done" '.line == "done" and .nth == 0'
is "... it is named" '.line == "refused" and .nth == 1'
ok "... and what follows is not done" [ "$(user_value lea loginShell)" = /bin/bash ]
set_user mia coderStatus deleted >/dev/null
asks "do change" "name mia" "set status active"
refused invalid "a gravestone stays one"
csn=$(user_value bob entryCSN)
IDENTITY=(as_admin aud)
asks "do change" "name bob" "set status suspended"
is "an auditor does not write" '.line == "refused" and (.kind == "rights" or .kind == "changed")'
IDENTITY=(eval 'printf "as external\npem %s\n" "$(cat $CA/hosts/h1.pem $CA/hosts/h1.key | base64 -w 0)"')
asks "do change" "name bob" "set status suspended"
refused rights "nor a host, with all that it has"
asks "do add" "name eve" "${minimal[@]}"
refused rights "... nor makes anybody"
IDENTITY=(as_admin ann)
for line in "set status asleep" "set uid 5" "set no_such x" "set expires_at 0" "set hash secret" "set shell" "name eve" "csn x" "do nothing" "hosts x y"; do
    asks "do change" "name bob" "set shell /bin/sh" "$line"
    refused invalid "no request: $line"
done
asks "do change" "name bob)(uid=lea" "set shell /bin/sh"
refused invalid "no request: a name that is more than one"
asks "do change" "set shell /bin/sh"
refused invalid "no request: nobody's"
asks
refused invalid "no request: of nothing"
mv /etc/coder/fleet/fleet.conf "$tmp/fleet.conf"
asks "do change" "name bob" "set shell /bin/sh"
refused failed "where there are no settings"
mv "$tmp/fleet.conf" /etc/coder/fleet/fleet.conf
ok "none of it changed anything" untouched
ok "each answer ends" eval '[ "$(tail -n 1 "$tmp/answer")" = "{\"line\":\"ended\"}" ]'

# -- who writes ------------------------------------------------------------------------------

asks_as() { local who=$1; shift; IDENTITY=(eval "$who"); asks "do change" "name bob" "set reason x" "$@"; IDENTITY=(as_admin ann); }
csn=$(user_value bob entryCSN)
"$FLEET/ca" issue "$CA" admins late yesterday
IDENTITY=(as_admin late)
asks "do change" "name bob" "set reason x"
refused identity "a certificate that has ended"
"$FLEET/ca" issue /root/other admins ann
asks_as 'printf "as external\npem %s\n" "$(cat /root/other/admins/ann.pem /root/other/admins/ann.key | base64 -w 0)"'
refused identity "... of another authority"
asks_as 'printf "as external\npem %s\n" "$(base64 -w 0 $CA/admins/ann.pem)"'
refused identity "... without its key"
asks_as 'printf "as external\npem %s\n" "$(cat $CA/admins/ann.pem $CA/hosts/h1.key | base64 -w 0)"'
refused identity "... with another's"
openssl pkey -in "$CA/admins/ann.key" -aes128 -passout pass:x -out "$tmp/locked.key"
asks_as 'printf "as external\npem %s\n" "$(cat $CA/admins/ann.pem $tmp/locked.key | base64 -w 0)"'
refused identity "... whose key has a passphrase"
printf 'dn: cn=ann,ou=admins,dc=fleet\nchangetype: modify\nadd: userPassword\nuserPassword: ann-1\n' | by_root a ldapmodify >/dev/null
printf 'dn: cn=ann,ou=admins,dc=fleet\nchangetype: modify\nreplace: pwdReset\n' | by_root a ldapmodify >/dev/null
asks_as 'as_password ann ann-2'
refused identity "a wrong password"
asks_as 'as_password nobody ann-1'
refused identity "a name that is nobody's"
asks_as 'printf "as ann\npassword \n"'
refused invalid "no password is no bind"
ok "none of them changed anything" untouched
asks_as 'as_password ann ann-1'
done_well "a name and its password write"
is "... as that one" '.by == "cn=ann,ou=admins,dc=fleet"'
done_testing
