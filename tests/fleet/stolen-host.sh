#!/bin/bash
# A host is stolen: whoever has it has its certificate and key, and a password that was typed there. Each thing that he
# can do is a line of coder-fleet(7), "A stolen host", and so is each thing that he cannot: both lists are tried here.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154,SC2317
# shellcheck source=tests/fleet/follow-lib.sh
. "$(dirname "$0")/follow-lib.sh"

MANUAL=/src/admin-tool/coder-fleet.7
heading=
# can LINE, cannot LINE: what is tried from here on; the manual has this very line in that list.
section() { sed -n "/^\.\\\\\" $1$/,/^\.El/p" "$MANUAL"; }
can() { heading=$1; ok "the manual says what can be done: $1" eval 'section stolen-can | grep -qxF -- "$heading"'; tried_can=$((tried_can + 1)); }
cannot() { heading=$1; ok "the manual says what cannot: $1" eval 'section stolen-cannot | grep -qxF -- "$heading"'; tried_cannot=$((tried_cannot + 1)); }
tried_can=0 tried_cannot=0
works() { local what=$1; shift; run "$@"; ok "... $what" [ "$status" -eq 0 ]; }
# refused WHAT COMMAND...: by the server's word: no rights, no such object, unwilling, invalid credentials.
refused()
{
    local what=$1
    shift
    run "$@"
    [ "$status" -ne 1 ] || status=$(sed -nE 's/^Result: .*\(([0-9]+)\)$/\1/p' "$tmp/out" "$tmp/err" | head -n 1)
    ok "... $what" eval '[[ ${status:-0} =~ ^(2|8|19|32|47|48|49|50|53|123)$ ]]'
}
sees() { grep -qE -- "$1" "$tmp/out"; }
shows() { ok "... $2" sees "$1"; }
lacks() { ! sees "$1"; }
hides() { ok "... $2" lacks "$1"; }
dn() { echo "uid=$1,$PEOPLE"; }
thief() { by hosts/h1 "$@"; }
modify() { local dn=$1 lines=$2; printf 'dn: %s\nchangetype: modify\n%b\n' "$dn" "$lines" | thief ldapmodify; }
# as NAME PASSWORD TOOL...: a user's bind, over the stolen host's connection.
as() { by_user "$@"; }

first
host h1 web
host h2 all
admin ann writers
admin aud auditors
hash=$(openssl passwd -6 secret-1)
user bob 1900000001 --scope web --hash "$hash" --key "ssh-ed25519 AAAA bob" --role admin
user eve 1900000002 --scope web --hash "$hash"
user far 1900000003 --scope all --hash "$(openssl passwd -6 other-1)"
by_root a ldapmodify >"$tmp/made" <<END
dn: cn=ann,ou=admins,dc=fleet
changetype: modify
replace: userPassword
userPassword: ann-secret-1
-
replace: pwdReset
END
joined h1 ldaps://a.fleet.test

# -- what he can -------------------------------------------------------------------------------

can "read the entries of its scopes, with their hashes, keys and roles, and who changed them"
run thief ldapsearch -LLL -b "$PEOPLE" '(objectClass=posixAccount)'
shows '^userPassword:: ' "hashes"
shows '^coderSshKey' "keys"
shows '^coderRole: admin' "roles"
hides '^uid: far' "of its scopes alone"
follow f
ok "... and hears of each change at once" committed f
mark f
set_user eve loginShell /bin/dash >/dev/null
ok "... as it was meant to" comes f '.username == "eve"'
unfollow f

can "list the names of all accounts, without what is in them"
run thief ldapsearch -LLL -b "$PEOPLE" -s one '(&)'
shows '^dn: uid=far,' "names of other scopes"
hides '^uidNumber: 1900000003' "nothing else of them"

can "try passwords of any account as often as the servers answer, and of administrators who have one five every half minute at each server, which keeps theirs from being taken meanwhile"
works "of one of its scope" as bob secret-1 ldapwhoami
works "of another" as far other-1 ldapwhoami
for _ in $(seq 20); do as far wrong ldapwhoami >"$tmp/bound" 2>&1; done
works "after twenty wrong ones, too" as far other-1 ldapwhoami
for _ in 1 2 3 4; do with hosts/h1 ldapwhoami -x -H "$URI" -D cn=ann,ou=admins,dc=fleet -w wrong >"$tmp/bound" 2>&1; done
works "of an administrator" with hosts/h1 ldapwhoami -x -H "$URI" -D cn=ann,ou=admins,dc=fleet -w ann-secret-1

can "use what was typed or left there: log in elsewhere as that user, change his password, and be the administrator whose password, ticket or certificate it was"
works "a password" as bob secret-1 ldappasswd -a secret-1 -s secret-2 "$(dn bob)"
works "... for another" as bob secret-2 ldapwhoami
works "an administrator's password" with hosts/h1 ldapmodify -x -H "$URI" -D cn=ann,ou=admins,dc=fleet -w ann-secret-1 <<END
dn: $(dn eve)
changetype: modify
replace: coderReason
coderReason: by a thief
END

can "keep the servers busy"
for _ in $(seq 10); do thief ldapsearch -LLL -b "$PEOPLE" uid; done >"$tmp/out" 2>&1
ok "... it is answered each time" [ "$(grep -c '^uid: bob' "$tmp/out")" -eq 10 ]

# -- what he cannot ----------------------------------------------------------------------------

cannot "change, make, rename or delete an account, or anything of one: status, role, key, scope, id, password"
for pair in "coderStatus suspended" "coderRole admin" "coderSshKey x" "coderScope all" "uidNumber 1900000009" "loginShell /bin/sh" \
    "mail x@example.com" "pwdReset FALSE" "userPassword {CRYPT}$hash" "coderReason x" "modifiersName cn=ann,ou=admins,dc=fleet"; do
    refused "${pair%% *}" modify "$(dn eve)" "replace: ${pair%% *}\n${pair%% *}: ${pair#* }"
done
refused "make" eval "at a '$FLEET/add' user new --uid 1900000099 --mail new@example.com --scope web | by hosts/h1 ldapadd"
refused "delete" thief ldapdelete "$(dn eve)"
refused "rename" thief ldapmodrdn "$(dn eve)" uid=w9
refused "a password without the old one" thief ldappasswd -s secret-9 "$(dn eve)"
refused "... nor with a guess" thief ldappasswd -a wrong -s secret-9 "$(dn eve)"
as_fleet "$CODER_FLEET" >"$tmp/out" 2>&1 <<END
write
as external
pem $(cat "$CA/hosts/h1.pem" "$CA/hosts/h1.key" | base64 -w 0)
do change
name eve
set status suspended

END
shows '"line":"refused".*"kind":"(rights|changed|identity)"' "nor by coder_fleet with the host's own key"
ok "... eve is as she was" [ "$(user_value eve coderStatus)/$(user_value eve loginShell)" = active//bin/dash ]

cannot "do more as a user whose password it has than he can: no role, no status, nobody else"
refused "a role" eval "printf 'dn: %s\nchangetype: modify\nreplace: coderRole\ncoderRole: auditor\n' '$(dn bob)' | as bob secret-2 ldapmodify"
refused "a status" eval "printf 'dn: %s\nchangetype: modify\nreplace: coderStatus\ncoderStatus: suspended\n' '$(dn eve)' | as bob secret-2 ldapmodify"
refused "another's password" as bob secret-2 ldappasswd -a secret-1 -s secret-9 "$(dn eve)"
run as bob secret-2 ldapsearch -LLL -b "$PEOPLE" '(&)'
hides '^dn: uid=(eve|far)' "another's name"

cannot "read entries of other scopes, former hashes, other hosts, groups, administrators, the log, the counters, who is connected"
run thief ldapsearch -LLL -b dc=fleet '(objectClass=*)' '*' '+'
hides '^(dn|uid): (uid=)?far' "other scopes"
hides '^pwdHistory' "former hashes"
hides '^dn: .*ou=admins' "administrators"
hides '^dn: cn=(h2|all|web|ids-|default)' "other hosts, groups, counters, rules"
for base in ou=hosts,dc=fleet ou=groups,dc=fleet ou=admins,dc=fleet ou=policies,dc=fleet cn=ids-1,dc=fleet cn=accesslog cn=Monitor cn=Connections,cn=Monitor; do
    run thief ldapsearch -LLL -b "$base" '(&)'
    hides '^dn: cn=(h2|all|ann|aud|default|ids|Connection)' "$base"
    hides '^req|^monitor' "nor what is in it"
done
run thief ldapcompare "$(dn far)" "coderStatus:active"
ok "... nor ask whether an entry has a value" [ "$status" -ne 6 ]
for value in active suspended; do
    printf 'dn: %s\nchangetype: modify\nreplace: cn\ncn: x\n' "$(dn far)" | thief ldapmodify -e "!assert=(coderStatus=$value)" >"$tmp/out" 2>&1
    echo $?
done >"$tmp/asserted"
ok "... nor learn it by asserting it" [ "$(sort -u "$tmp/asserted" | wc -l)" -eq 1 ]

cannot "give itself or another host a scope, add or put out a host, loosen a rule, say which server writes"
refused "its own scope" modify cn=h1,ou=hosts,dc=fleet 'add: coderScope\ncoderScope: all'
refused "a group" modify cn=all,ou=groups,dc=fleet 'add: member\nmember: cn=h1,ou=hosts,dc=fleet'
refused "a writer" modify cn=writers,ou=admins,dc=fleet 'add: member\nmember: cn=h1,ou=hosts,dc=fleet'
refused "another host" thief ldapdelete cn=h2,ou=hosts,dc=fleet
refused "a new one" eval "printf 'dn: cn=h9,ou=hosts,dc=fleet\nobjectClass: device\nobjectClass: coderHost\ncn: h9\ncoderScope: all\n' | thief ldapadd"
refused "the rules for passwords" modify cn=default,ou=policies,dc=fleet 'replace: pwdSafeModify\npwdSafeModify: FALSE'
refused "an id" modify cn=ids-1,dc=fleet 'increment: coderCounter\ncoderCounter: 1'
refused "who writes" modify 'olcDatabase={2}mdb,cn=config' 'replace: olcReadOnly\nolcReadOnly: TRUE'

cannot "be another: a host, a server, an administrator"
refused "an administrator (proxied)" thief ldapwhoami -e '!authzid=dn:cn=ann,ou=admins,dc=fleet'
refused "a user (proxied)" thief ldapwhoami -e "!authzid=dn:$(dn eve)"
refused "a SASL name" with hosts/h1 ldapwhoami -Q -Y EXTERNAL -X "dn:cn=ann,ou=admins,dc=fleet" -H "$URI"
echo '127.0.1.9 h1' >>/etc/hosts
gnutls-serv --echo --port 7200 --x509certfile "$CA/hosts/h1.pem" --x509keyfile "$CA/hosts/h1.key" --x509cafile "$CA/ca.pem" >"$tmp/serve" 2>&1 &
serve=$!
serves() { ss -ltn | grep -q ':7200 '; }
soon serves
joined h2 ldaps://h1:7200
follow f
ok "... a server that other hosts believe" eval "comes f '.line == \"lost\"' 8 && [ -z \"\$(lines f '.line == \"connected\"')\" ]"
unfollow f
kill $serve

# -- cut off -----------------------------------------------------------------------------------

joined h1 ldaps://a.fleet.test
follow f
committed f
mark f
thief ldapsearch -LLL -b "$PEOPLE" uid >"$tmp/before"
by_root a ldapdelete cn=h1,ou=hosts,dc=fleet
printf 'dn: cn=web,ou=groups,dc=fleet\nchangetype: modify\ndelete: member\nmember: cn=h1,ou=hosts,dc=fleet\n' | by_root a ldapmodify >"$tmp/made"
set_user eve loginShell /bin/sh >/dev/null
sleep 1
ok "put out, it is told nothing more, on the connection that it has, too" [ -z "$(lines f '.line == "entry"')" ]
unfollow f
can "put out of the fleet, still try passwords, until its certificate is taken back"
run thief ldapsearch -LLL -b "$PEOPLE" '(&)'
hides '^dn: uid' "nothing is read"
works "a password" as bob secret-2 ldapwhoami
"$FLEET/ca" revoke "$CA" hosts h1
first
cannot "reach a server at all, once its certificate is taken back"
run as bob secret-2 ldapwhoami
ok "... not even to try a password" [ "$status" -ne 0 ]

list() { section "$1" | grep -c '^\.It$'; }
ok "there is nothing else in the lists" [ "$(list stolen-can)/$(list stolen-cannot)" = "$tried_can/$tried_cannot" ]
done_testing
