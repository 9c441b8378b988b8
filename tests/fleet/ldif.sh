#!/bin/bash
# The provider's rights, tried: everything that examples/fleet/config.ldif forbids is attempted on a real slapd, as a host,
# a user, an auditor, a stranger. Each line that forbids something is a mutant's.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/fleet/lib.sh
. /src/tests/fleet/lib.sh

# refused RESULT WHAT COMMAND...: with that result of LDAP's.
refused()
{
    local result=$1 what=$2
    shift 2
    run "$@"
    # ldappasswd says it in words alone
    [ "$status" -ne 1 ] || status=$(sed -nE 's/^Result: .*\(([0-9]+)\)$/\1/p' "$tmp/out")
    ok "$what ($result)" [ "$status" = "$result" ]
}
done_by() { local what=$1; shift; run "$@"; ok "$what" [ "$status" -eq 0 ]; }
shows() { ok "$2" grep -qE -- "$1" "$tmp/out"; }
lacks() { ! grep -qE -- "$1" "$tmp/out"; }
hides() { ok "$2" lacks "$1"; }
dn() { echo "uid=$1,$PEOPLE"; }
# change DN LINES: one modify, on standard output.
change() { printf 'dn: %s\nchangetype: modify\n' "$1"; printf '%b\n' "$2"; }
modify() { local who=$1 dn=$2 lines=$3; change "$dn" "$lines" | by "$who" ldapmodify; }
modify_as() { local name=$1 password=$2 dn=$3 lines=$4; change "$dn" "$lines" | by_user "$name" "$password" ldapmodify; }
binds() { by_user "$1" "$2" ldapwhoami >"$tmp/bound" 2>&1; }

first
host h1 web
host h2 all web
host h3 all
admin ann writers
admin aud auditors
hash=$(openssl passwd -6 secret-1)
for i in 1 2 3 4 5 6; do user "w$i" $((1900000000 + i)) --scope web --hash "$hash"; done
user alone 1900000010 --scope all --hash "$hash"

# -- who comes in ----------------------------------------------------------------------------

stranger=(env "LDAPTLS_CACERT=$CA/ca.pem")
run "${stranger[@]}" ldapwhoami -x -H "$URI"
ok "without a certificate nobody reaches the port" [ "$status" -ne 0 ]
run "${stranger[@]}" ldapwhoami -x -ZZ -H ldap://a.fleet.test
ok "... nor by StartTLS" [ "$status" -ne 0 ]
refused 13 "in clear nobody is answered" ldapsearch -x -LLL -H ldap://a.fleet.test -b "$PEOPLE" -s base
refused 13 "... and no password is heard" ldapwhoami -x -H ldap://a.fleet.test -D "$(dn w1)" -w secret-1
"$FLEET/ca" issue /root/other hosts h1
run env LDAPTLS_CACERT="$CA/ca.pem" LDAPTLS_CERT=/root/other/hosts/h1.pem LDAPTLS_KEY=/root/other/hosts/h1.key ldapwhoami -Q -Y EXTERNAL -H "$URI"
ok "a certificate of another authority is none" [ "$status" -ne 0 ]
"$FLEET/ca" issue "$CA" hosts late yesterday
run by hosts/late ldapwhoami
ok "nor one that has ended" [ "$status" -ne 0 ]
run openssl s_client -connect a.fleet.test:636 -CAfile "$CA/ca.pem" -cert "$CA/hosts/h1.pem" -key "$CA/hosts/h1.key" -tls1_1 -cipher DEFAULT@SECLEVEL=0
hides 'Cipher is [A-Z]*-' "nothing older than TLS 1.2"
"$FLEET/ca" issue "$CA" hosts taken
run by hosts/taken ldapwhoami
ok "a new certificate is heeded at once" [ "$status" -eq 0 ]
"$FLEET/ca" revoke "$CA" hosts taken
first
run by hosts/taken ldapwhoami
ok "... and is not once it is revoked and the provider has the list" [ "$status" -ne 0 ]
run by hosts/h1 ldapwhoami
shows '^dn:cn=h1,ou=hosts,dc=fleet$' "a host's certificate is its entry"
run by admins/ann ldapwhoami
shows '^dn:cn=ann,ou=admins,dc=fleet$' "an administrator's is his"
# the authority also signs for people of another tree
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /O=elsewhere/O=fleet/OU=admins/CN=ann \
    -keyout "$tmp/longer.key" -out "$tmp/longer.csr" 2>/dev/null
openssl x509 -req -in "$tmp/longer.csr" -CA "$CA/ca.pem" -CAkey "$CA/ca.key" -CAcreateserial -days 2 -out "$tmp/longer.pem" 2>/dev/null
run env LDAPTLS_CACERT="$CA/ca.pem" LDAPTLS_CERT="$tmp/longer.pem" LDAPTLS_KEY="$tmp/longer.key" ldapwhoami -Q -Y EXTERNAL -H "$URI"
shows '^dn:cn=ann,ou=admins,o=fleet,o=elsewhere$' "a longer name of the same authority is not"
# the socket of the provider itself is every local user's to reach
setpriv --reuid nobody --regid nogroup --clear-groups ldapwhoami -x -H "ldapi://%2Fsrv%2Fa%2Frun%2Fslapd%2Fldapi" -D "$(dn w1)" -w secret-1 >"$tmp/out" 2>&1
ok "no password is tried through the provider's own socket" [ $? -eq 49 ]
run setpriv --reuid nobody --regid nogroup --clear-groups ldapsearch -Q -Y EXTERNAL -LLL -H "ldapi://%2Fsrv%2Fa%2Frun%2Fslapd%2Fldapi" -b "$PEOPLE" uid
hides '^uid:' "... and nobody is seen through it"

# -- a host ----------------------------------------------------------------------------------

refused 50 "a host cannot change a user" modify hosts/h1 "$(dn w1)" 'replace: loginShell\nloginShell: /bin/sh'
refused 50 "... nor his password" modify hosts/h1 "$(dn w1)" "replace: userPassword\nuserPassword: {CRYPT}$hash"
refused 50 "... nor suspend him" modify hosts/h1 "$(dn w1)" 'replace: coderStatus\ncoderStatus: suspended'
refused 50 "... nor make one" eval "at a '$FLEET/add' user new --uid 1900000099 --mail new@example.com --scope web | by hosts/h1 ldapadd"
refused 50 "... nor delete one" by hosts/h1 ldapdelete "$(dn w1)"
refused 50 "... nor rename one" by hosts/h1 ldapmodrdn -r "$(dn w1)" uid=w9
refused 50 "... nor choose its scopes" modify hosts/h1 cn=h1,ou=hosts,dc=fleet 'add: coderScope\ncoderScope: all'
refused 50 "... nor join a group" modify hosts/h1 cn=all,ou=groups,dc=fleet 'add: member\nmember: cn=h1,ou=hosts,dc=fleet'
refused 50 "... nor become a writer" modify hosts/h1 cn=writers,ou=admins,dc=fleet 'add: member\nmember: cn=h1,ou=hosts,dc=fleet'
refused 50 "... nor take ids" modify hosts/h1 cn=ids-1,dc=fleet 'increment: coderCounter\ncoderCounter: 1'
refused 50 "... nor loosen the policy" modify hosts/h1 cn=default,ou=policies,dc=fleet 'replace: pwdSafeModify\npwdSafeModify: FALSE'
refused 50 "... nor set the provider" modify hosts/h1 'olcDatabase={2}mdb,cn=config' 'add: olcReadOnly\nolcReadOnly: TRUE'

run by hosts/h1 ldapsearch -LLL -b "$PEOPLE" '(objectClass=posixAccount)' '*' '+'
shows '^userPassword:: ' "a host reads the hashes of its scope"
ok "... of all six" [ "$(grep -c '^uid: w' "$tmp/out")" -eq 6 ]
hides '^uid: alone' "... and nobody's of another scope"
run by hosts/h2 ldapsearch -LLL -b "$PEOPLE" '(objectClass=posixAccount)' uid
ok "... one with two scopes those of both" [ "$(grep -c '^uid: ' "$tmp/out")" -eq 7 ]
run by hosts/h1 ldapsearch -LLL -b ou=admins,dc=fleet
hides '^dn' "a host sees no administrator"
run by hosts/h1 ldapsearch -LLL -b ou=groups,dc=fleet
hides '^dn' "... no group"
run by hosts/h1 ldapsearch -LLL -b cn=h2,ou=hosts,dc=fleet
hides '^dn' "... no other host"
run by hosts/h1 ldapsearch -LLL -b cn=h1,ou=hosts,dc=fleet -s base
shows '^coderScope: web$' "... but itself"
run by hosts/h1 ldapsearch -LLL -b cn=accesslog
hides '^dn' "... not the log"
run by hosts/h1 ldapsearch -LLL -b cn=config olcAccess
hides '^olcAccess' "... not the configuration"
run by hosts/h1 ldapsearch -LLL -b cn=Monitor
hides '^dn' "... not the connections of others"
run by hosts/h1 ldapsearch -LLL -b dc=fleet -s base contextCSN
shows '^contextCSN: ' "it reads how far the provider is"
run by hosts/h1 ldapsearch -LLL -b 'olcDatabase={2}mdb,cn=config' -s base olcReadOnly
shows '^dn: ' "... and which one writes"

# -- a user ----------------------------------------------------------------------------------

done_by "a user binds" by_user w1 secret-1 ldapwhoami
for pair in "coderRole admin" "coderStatus suspended" "pwdReset FALSE" "loginShell /bin/sh" "mail x@example.com" "pwdAccountLockedTime 000001010000Z" \
    "coderScope all" "uidNumber 0" "coderSshKey x"; do
    refused 50 "he cannot set his ${pair% *}" modify_as w1 secret-1 "$(dn w1)" "replace: ${pair% *}\n${pair% *}: ${pair#* }"
done
refused 50 "nor a role together with a new password" modify_as w1 secret-1 "$(dn w1)" \
    'delete: userPassword\nuserPassword: secret-1\n-\nadd: userPassword\nuserPassword: secret-9\n-\nadd: coderRole\ncoderRole: admin'
ok "... whose old one stays" binds w1 secret-1
refused 53 "nor another's password, whose old one he knows" by_user w1 secret-1 ldappasswd -a secret-1 -s secret-9 "$(dn w2)"
run by_user w1 secret-1 ldapsearch -LLL -b "$PEOPLE" '(uid=w2)' '*' '+'
hides '^dn' "nor see another"
run by_user w1 secret-1 ldapsearch -LLL -b "$(dn w1)" -s base '(userPassword=*)' userPassword
hides '^userPassword' "nor read his own hash"

refused 50 "he does not change his password without the old one" by_user w1 secret-1 ldappasswd -s secret-2 "$(dn w1)"
done_by "with the old one he does" by_user w1 secret-1 ldappasswd -a secret-1 -s secret-2 "$(dn w1)"
ok "... binds with the new one" binds w1 secret-2
ok "... not with the old one" eval '! binds w1 secret-1'
ok "its hash is yescrypt's" grep -q '^{CRYPT}[$]y[$]j9T[$]' <(user_value w1 userPassword)
refused 19 "a former password is refused" by_user w1 secret-2 ldappasswd -a secret-2 -s secret-1 "$(dn w1)"
run by hosts/h1 ldapsearch -LLL -b "$PEOPLE" '(uid=w1)' '*' '+'
hides '^pwdHistory' "a host does not read the former ones"
ok "... which are there" grep -q . <(user_value w1 pwdHistory)
good=0
for i in $(seq 15); do
    by admins/ann ldappasswd -s "salted-$i" "$(dn w3)" >/dev/null 2>&1
    ! binds w3 "salted-$i" || good=$((good + 1))
done
ok "each of 15 new hashes can be verified" [ "$good" -eq 15 ]
for _ in $(seq 12); do binds w2 wrong; done
ok "whoever guesses locks nobody out" binds w2 secret-1

# -- a reset, which must be changed ------------------------------------------------------------

done_by "an administrator resets a password" by admins/ann ldappasswd -s temporary-1 "$(dn w2)"
ok "... which must be changed" [ "$(user_value w2 pwdReset)" = TRUE ]
refused 50 "before that he sees nothing" by_user w2 temporary-1 ldapsearch -LLL -b "$PEOPLE"
refused 50 "... and changes nothing else" modify_as w2 temporary-1 "$(dn w2)" 'replace: mail\nmail: y@example.com'
refused 53 "who still has the old one does not undo the reset" by_user w2 temporary-1 ldappasswd -a secret-1 -s secret-3 "$(dn w2)"
done_by "he changes it" by_user w2 temporary-1 ldappasswd -a temporary-1 -s secret-4 "$(dn w2)"
ok "... and the mark is gone" [ -z "$(user_value w2 pwdReset)" ]
user fresh 1900000011 --scope web --temporary temporary-2
ok "a new one's temporary password must be changed" [ "$(user_value fresh pwdReset)" = TRUE ]
ok "... and is kept as a hash" grep -q '^{CRYPT}[$]y[$]' <(user_value fresh userPassword)
done_by "... which the user does" by_user fresh temporary-2 ldappasswd -a temporary-2 -s secret-5 "$(dn fresh)"
ok "... and has the new one" binds fresh secret-5

# -- suspended -------------------------------------------------------------------------------

# A connection that was bound before: what it is told comes through a pipe.
mkfifo "$tmp/pipe"
by_user w4 secret-1 ldapmodify -c <"$tmp/pipe" >"$tmp/session" 2>&1 &
session=$!
exec 8>"$tmp/pipe"
change "$(dn w4)" 'replace: mail\nmail: z@example.com\n' >&8
ok "a session is open" soon grep -q 'Insufficient access' "$tmp/session"
done_by "an administrator suspends, and writes what others go by" modify admins/ann "$(dn w4)" \
    'replace: coderStatus\ncoderStatus: suspended\n-\nreplace: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n-\nreplace: shadowExpire\nshadowExpire: 1'
before=$(user_value w4 userPassword)
change "$(dn w4)" 'delete: userPassword\nuserPassword: secret-1\n-\nadd: userPassword\nuserPassword: secret-6\n' >&8
exec 8>&-
wait "$session"
ok "the open session cannot change the password" [ "$(user_value w4 userPassword)" = "$before" ]
ok "... nor take the lock off by it" [ -n "$(user_value w4 pwdAccountLockedTime)" ]
ok "a suspended user does not bind" eval '! binds w4 secret-1'
done_by "an administrator's reset" by admins/ann ldappasswd -s temporary-4 "$(dn w4)"
ok "... takes ppolicy's lock off" [ -z "$(user_value w4 pwdAccountLockedTime)" ]
ok "... and still he does not bind" eval '! binds w4 temporary-4'
ok "... and is suspended" [ "$(user_value w4 coderStatus)" = suspended ]
chosen=$(perl -e 'print crypt("chosen-1", "\$y\$j9T\$dddddddddddddddddddddd.")')
done_by "an administrator gives a password that the user has chosen" modify admins/ann "$(dn w4)" "replace: userPassword\nuserPassword: {CRYPT}$chosen\n-\nreplace: pwdReset"
ok "... which is no temporary one" [ -z "$(user_value w4 pwdReset)" ]
done_by "... and one that is" by admins/ann ldappasswd -s temporary-5 "$(dn w4)"
ok "... is one" [ "$(user_value w4 pwdReset)" = TRUE ]
done_by "activated" modify admins/ann "$(dn w4)" 'replace: coderStatus\ncoderStatus: active'
ok "... he does" binds w4 temporary-5

modify admins/ann "$(dn w5)" 'replace: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z' >/dev/null
ok "whom others lock out does not bind, either" eval '! binds w5 secret-1'

# -- what a host that follows is told ----------------------------------------------------------

# follow HOST [COOKIE]: into $tmp/HOST.log, until it is ended.
follow()
{
    with "hosts/$1" stdbuf -oL ldapsearch -Q -Y EXTERNAL -H "$URI" -b "$PEOPLE" -o ldif-wrap=no -E "!sync=rp${2:+/$2}" '(objectClass=posixAccount)' uid coderStatus \
        >"$tmp/$1.log" 2>&1 &
    disown
    soon grep -q 'refresh done' "$tmp/$1.log"
}
# told HOST WHAT NAME: that this account is added, modified or deleted.
told() { soon grep -q "UUID $(uuid "$3") $2" "$tmp/$1.log"; }
uuid() { cat "$tmp/uuid-$1"; }
for name in w1 w2 w3 w4 w5 w6 alone; do user_value "$name" entryUUID >"$tmp/uuid-$name"; done
follow h1
follow h2
ok "a host follows" grep -q '^uid: w6$' "$tmp/h1.log"
set_user w5 coderStatus suspended admins/ann >/dev/null
ok "it is told of a suspension" told h1 modified w5
by admins/ann ldapdelete "$(dn w6)"
ok "... of an entry that is deleted" told h1 deleted w6
set_user w5 coderScope all admins/ann >/dev/null
ok "... and of one that leaves its scope" told h1 deleted w5
ok "... which other hosts have still" told h2 modified w5
set_user alone loginShell /bin/sh admins/ann >/dev/null
told h2 modified alone
ok "it is told nothing of others" eval '! grep -q "$(uuid alone)" "$tmp/h1.log"'

# out of all its groups: the engine remembers a membership as long as the host follows
modify admins/ann cn=web,ou=groups,dc=fleet 'delete: member\nmember: cn=h2,ou=hosts,dc=fleet' >/dev/null
modify admins/ann cn=h2,ou=hosts,dc=fleet 'delete: coderScope' >/dev/null
set_user w1 loginShell /bin/dash admins/ann >/dev/null
ok "a host that is still in its scope is told" told h1 modified w1
ok "... one that has none any more is told nothing" eval '! grep -q "$(uuid w1) modified" "$tmp/h2.log"'
pkill -x ldapsearch

# more than 500, which is a stranger's most
for i in $(seq 600); do
    printf 'dn: uid=m%s,%s\nobjectClass: inetOrgPerson\nobjectClass: posixAccount\nobjectClass: coderAccount\nuid: m%s\ncn: m\nsn: m\nuidNumber: %s\ngidNumber: %s\nhomeDirectory: /home/m%s\ncoderStatus: active\ncoderScope: all\n\n' \
        "$i" "$PEOPLE" "$i" $((1900001000 + i)) $((1900001000 + i)) "$i"
done | by_root a ldapadd >"$tmp/many" 2>&1
run by hosts/h3 ldapsearch -LLL -b "$PEOPLE" '(objectClass=posixAccount)' uid
ok "a host gets more than 500" eval '[ "$status" -eq 0 ] && [ "$(grep -c "^uid: m" "$tmp/out")" -eq 600 ]'

# -- names and ids ---------------------------------------------------------------------------

refused 19 "an id is nobody else's" eval "at a '$FLEET/add' user other --uid 1900000001 --mail other@example.com | by admins/ann ldapadd"
refused 19 "... nor an address" eval "at a '$FLEET/add' user other --uid 1900000098 --mail w1@example.com | by admins/ann ldapadd"
refused 19 "... nor a name elsewhere below" eval "at a '$FLEET/add' user w1 --uid 1900000098 --mail other@example.com | sed 's/^dn: uid=w1,/dn: cn=w1,/' | by admins/ann ldapadd"
modify admins/ann "$(dn w3)" 'replace: coderStatus\ncoderStatus: deleted\n-\ndelete: userPassword\n-\ndelete: mail' >/dev/null
ok "a deleted one does not bind" eval '! binds w3 salted-15'
refused 19 "... and his id is not given again" eval "at a '$FLEET/add' user other --uid 1900000003 --mail other@example.com | by admins/ann ldapadd"
refused 68 "... nor his name" eval "at a '$FLEET/add' user w3 --uid 1900000097 --mail other@example.com | by admins/ann ldapadd"
# two write at once, a hundred ids in the same order
for side in x y; do
    for i in $(seq 100); do
        printf 'dn: uid=race%s%s,%s\nobjectClass: inetOrgPerson\nobjectClass: posixAccount\nobjectClass: coderAccount\nuid: race%s%s\ncn: r\nsn: r\nuidNumber: %s\ngidNumber: %s\nhomeDirectory: /\ncoderStatus: active\n\n' \
            $side "$i" "$PEOPLE" $side "$i" $((1900002000 + i)) $((1900002000 + i))
    done >"$tmp/race$side"
done
by admins/ann ldapadd -c -f "$tmp/racex" >/dev/null 2>&1 &
other=$!
by admins/ann ldapadd -c -f "$tmp/racey" >/dev/null 2>&1
wait $other
by_root a ldapsearch -LLL -b "$PEOPLE" '(uid=race*)' uidNumber | grep '^uidNumber' | sort >"$tmp/taken"
ok "of two at once one gets the id: each of 100" eval '[ "$(wc -l <"$tmp/taken")" -eq 100 ] && [ -z "$(uniq -d "$tmp/taken")" ]'

# -- administrators and auditors ---------------------------------------------------------------

refused 50 "nobody opens a gravestone" modify admins/ann "$(dn w3)" 'replace: coderStatus\ncoderStatus: active'
refused 50 "... or gives it a hash" modify admins/ann "$(dn w3)" "replace: userPassword\nuserPassword: {CRYPT}$hash"
refused 50 "... or another name" by admins/ann ldapmodrdn -r "$(dn w3)" uid=w9
refused 50 "... or another id" modify admins/ann "$(dn w3)" 'replace: uidNumber\nuidNumber: 1900000096'
refused 50 "... or takes it away" by admins/ann ldapdelete "$(dn w3)"
run by admins/ann ldapsearch -LLL -b dc=fleet -s one '(objectClass=coderIds)' coderCounter
ok "one counter is seen here" [ "$(grep -c '^dn' "$tmp/out")" -eq 1 ]
refused 50 "... and the other one not touched" modify admins/ann cn=ids-2,dc=fleet 'increment: coderCounter\ncoderCounter: 1'
refused 50 "... nor replaced" by admins/ann ldapdelete cn=ids-2,dc=fleet
refused 50 "a writer does not make writers" modify admins/ann cn=writers,ou=admins,dc=fleet 'add: member\nmember: cn=aud,ou=admins,dc=fleet'
refused 50 "... nor change the policy" modify admins/ann cn=default,ou=policies,dc=fleet 'replace: pwdSafeModify\npwdSafeModify: FALSE'
refused 50 "... nor the configuration" modify admins/ann 'olcDatabase={2}mdb,cn=config' 'add: olcReadOnly\nolcReadOnly: TRUE'
innocent='modifiersName: cn=innocent,ou=admins,dc=fleet'
refused 50 "... nor say that it was another" eval 'change "$(dn w1)" "replace: modifiersName\n$innocent" | by admins/ann ldapmodify -e relax'
refused 50 "... nor of what he adds" eval '{ at a "$FLEET/add" user forged --uid 1900000096 --mail forged@example.com | sed "/^$/d"; echo "$innocent"; } |
    by admins/ann ldapadd -e relax'
change cn=ann,ou=admins,dc=fleet "add: userPassword\nuserPassword: {CRYPT}$hash" | by_root a ldapmodify >/dev/null
# Who guesses is made to wait; a certificate is not.
guesses() { with hosts/h1 ldapwhoami -x -H "$URI" -D cn=ann,ou=admins,dc=fleet -w "$1"; }
anns() { by_root a ldapsearch -LLL -o ldif-wrap=no -b cn=ann,ou=admins,dc=fleet -s base "$1" | sed -n "s/^$1: //p"; }
for _ in 1 2 3 4; do guesses wrong >/dev/null 2>&1; done
done_by "after four wrong passwords of an administrator's the right one is taken" guesses secret-1
for _ in 1 2 3 4 5; do guesses wrong >/dev/null 2>&1; done
refused 49 "... after five it is not" guesses secret-1
csn=$(anns entryCSN)
for _ in 1 2 3; do guesses wrong >/dev/null 2>&1; done
ok "... and no further guess is written" [ "$(anns entryCSN)" = "$csn" ]
done_by "his certificate is taken" by admins/ann ldapwhoami
done_by "... and he writes" modify admins/ann "$(dn w1)" 'replace: loginShell\nloginShell: /bin/sh'
refused 50 "... but takes the bound off nobody" modify admins/ann cn=ann,ou=admins,dc=fleet 'replace: pwdPolicySubentry'
ok "half a minute is the longest" [ "$(by_root a ldapsearch -LLL -b cn=admins,ou=policies,dc=fleet -s base pwdLockoutDuration | sed -n 's/^pwd.*: //p')" = 30 ]
change cn=admins,ou=policies,dc=fleet 'replace: pwdLockoutDuration\npwdLockoutDuration: 1' | by_root a ldapmodify >/dev/null
ok "... after it the right one is taken" soon guesses secret-1
change cn=admins,ou=policies,dc=fleet 'replace: pwdLockoutDuration\npwdLockoutDuration: 30' | by_root a ldapmodify >/dev/null
refused 50 "a host does not loosen it" modify hosts/h1 cn=admins,ou=policies,dc=fleet 'replace: pwdMaxFailure\npwdMaxFailure: 0'
admin joe writers
ok "a new administrator's password is bound as well" [ "$(by_root a ldapsearch -LLL -b cn=joe,ou=admins,dc=fleet -s base pwdPolicySubentry | sed -n 's/^pwd.*: //p')" = cn=admins,ou=policies,dc=fleet ]
done_by "an administrator can also come by a password" with hosts/h1 ldapwhoami -x -H "$URI" -D cn=ann,ou=admins,dc=fleet -w secret-1
run by admins/joe ldapsearch -LLL -b ou=admins,dc=fleet
shows '^dn: cn=ann,' "another one sees him"
hides '^userPassword' "... without his hash"
refused 50 "an auditor changes nobody" modify admins/aud "$(dn w1)" 'replace: loginShell\nloginShell: /bin/sh'
run by admins/aud ldapsearch -LLL -b "$PEOPLE"
hides '^dn: uid' "... and sees no accounts"
change "$(dn w1)" "replace: userPassword;lang-en\nuserPassword;lang-en: {CRYPT}$hash" | by admins/ann ldapmodify >/dev/null 2>&1
run by admins/aud ldapsearch -LLL -o ldif-wrap=no -b cn=accesslog '*' '+'
shows '^reqAuthzID: cn=ann,ou=admins,dc=fleet$' "he reads who did what"
shows '^reqMod: coderStatus:= suspended$' "... and how"
shows '^reqOld: coderStatus: active$' "... and what was before"
awk '{ print } /^req(Mod|Old):: / { system("printf %s " $2 " | base64 -d"); print "" }' "$tmp/out" >"$tmp/log"
ok "... without one hash" eval '! grep -qE "(userPassword|pwdHistory)|[$]y[$]|[$]6[$]" "$tmp/log"'
run by admins/ann ldapsearch -LLL -b cn=accesslog
hides '^dn' "a writer does not read the log"
refused 50 "nobody writes it" modify admins/aud cn=accesslog 'add: description\ndescription: x'
done_testing
