#!/bin/bash
# Ends and new names through "coder_fleet write" on a real slapd: a gravestone keeps name and id for ever, a former name is
# nobody else's.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/fleet/write-lib.sh
. /src/tests/fleet/write-lib.sh

first
host h1 web
admin ann writers
joined h1 "$URI"
hash=$(openssl passwd -6 secret-1)
user bob 1900000100 --scope web --hash "$hash" --role auditor --key "ssh-ed25519 AAAA"
user lea 1900000101 --scope web --hash "$hash"
minimal=("set home /home/x" "set shell /bin/sh")
binds() { by_user "$1" "$2" ldapwhoami >"$tmp/bound" 2>&1; }
entry() { by_root a ldapsearch -LLL -b "uid=$1,$PEOPLE" -s base '*' '+'; }
values() { for attribute in "${@:2}"; do user_value "$1" "$attribute"; done | paste -sd ' '; }
by admins/ann ldappasswd -s secret-2 "uid=bob,$PEOPLE"

# -- deleted ---------------------------------------------------------------------------------

ok "(there are former passwords)" [ -n "$(user_value bob pwdHistory)" ]
asks "do change" "name bob" "set status suspended" "set reason left" "set expires_at 1999990000"
seen=$(shown bob)
set_user bob loginShell /bin/zsh >/dev/null
asks "do delete" "name bob" "$seen"
refused changed "not one that was changed since it was shown"
asks "do delete" "name bob" "$(shown bob)"
done_well "an account is deleted"
is "... and said as it is now" ".entry_uuid == \"$(user_value bob entryUUID)\" and .uid == 1900000100"
ok "its gravestone has name, id and scope" [ "$(values bob coderStatus uid uidNumber coderScope)" = "deleted bob 1900000100 web" ]
ok "... no hash, of now or before, no address, key, role or reason" eval \
    '! entry bob | grep -qE "^(userPassword|pwdHistory|pwdReset|mail|coderSshKey|coderRole|coderReason|coderExpires|coderTemporaryUntil):"'
ok "... and is shut for other consumers" [ "$(values bob shadowExpire)" = 1 ]
follow h1
committed h1
ok "a host is told" [ "$(lines h1 '.username == "bob"' | jq -r .status)" = deleted ]
asks "do delete" "name bob"
refused invalid "once"
asks "do change" "name bob" "set status active"
refused invalid "nobody takes it back"
asks "do rename" "name bob" "set username bert"
refused invalid "... or gives it another name"
asks "do add" "name bob" "${minimal[@]}"
refused taken "... or uses its name again"
asks "do add" "name bob2" "${minimal[@]}" "set uid 1900000100"
refused taken "... or its id"
asks "do add" "name bob2" "${minimal[@]}" "set email bob@example.com"
done_well "its address is free"

# -- another name ----------------------------------------------------------------------------

uuid=$(user_value lea entryUUID)
asks "do rename" "name lea" "$(shown lea)" "set username leonie"
done_well "an account gets another name"
is "... and is the same" ".name == \"leonie\" and .entry_uuid == \"$uuid\" and .uid == 1900000101"
ok "... with its password" binds leonie secret-1
ok "the former name stays in the entry" [ "$(user_value leonie uid | sort | xargs)" = "lea leonie" ]
asks "do add" "name lea" "${minimal[@]}"
refused taken "... and is nobody else's"
asks "do rename" "name bob2" "set username lea"
refused taken "... by no rename either"
asks "do rename" "name bob2" "set username leonie"
refused taken "nor is the one of now"
asks "do change" "name lea" "set status suspended"
refused changed "by its former name it is not written"
asks "do rename" "name leonie" "$(shown leonie | sed 's/csn .*/csn 20200101000000.000000Z#000000#001#000000/')" "set username pia"
refused changed "nor what was changed since it was shown"
asks "do rename" "name leonie" "set username pia" "do change" "name pia" "set status suspended"
ok "a second name, and on" [ "$(user_value pia uid | sort | xargs) $(user_value pia coderStatus)" = "lea leonie pia suspended" ]
asks "do rename" "name pia" "set username lea"
refused taken "... and not back to the first, which the hosts remember as one that ended"
asks "do rename" "name pia" "set username"
refused invalid "to no name: not"
asks "do rename" "name pia" "set username a,ou=admins"
refused invalid "nor to more than a name"

# -- a password of one who is suspended ------------------------------------------------------

user kim 1900000102 --scope web --hash "$hash"
asks "do change" "name kim" "set status suspended"
asks "do change" "name kim" "set hash $hash" "set temporary true"
ok "a new password leaves him suspended for all" [ "$(values kim coderStatus shadowExpire pwdReset)" = "suspended 1 TRUE" ]
ok "... who does not come in with it" eval '! binds kim secret-1'
done_testing
