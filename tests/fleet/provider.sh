#!/bin/bash
# A provider is set up, set up again, joined by a second one, and takes its place: examples/fleet/provider, on real slapds.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/fleet/lib.sh
. /src/tests/fleet/lib.sh

provider() { local where=$1; shift; run at "$where" "$FLEET/provider" "$@"; }
fails() { ok "$1" eval '[ "$status" -eq 2 ] && grep -q "^provider: " "$tmp/err"'; }
lacks() { ! grep -qE -- "$1" "$tmp/out"; }
says_nothing_of() { ok "$2" lacks "$1"; }
csn() { by_root "$1" ldapsearch -LLL -b dc=fleet -s base contextCSN | sed -n 's/^contextCSN: //p' | sort | paste -sd';'; }
ids() { by_root "$1" ldapsearch -LLL -b dc=fleet '(objectClass=posixAccount)' entryUUID | grep '^entryUUID' | sort; }
quietly() { "$@" >/dev/null 2>&1; }
same() { [ "$(csn a)" = "$(csn b)" ]; }
files() { find /srv -type f -exec sha256sum {} + 2>/dev/null | sort; }

# -- one -------------------------------------------------------------------------------------

provider a first --name a.fleet.test --tls /root
fails "without an arc of the site's nothing is set up"
provider a first --name a.fleet.test --oid 1.3.6.1.4.1.99999.7
fails "... nor without certificates"
provider a first --name 'a b' --trial "$CA"
fails "... nor with a name that is none"
provider a first --name a.fleet.test --trial "$CA" --scope 'web)(uid=*'
fails "... nor a scope that is more than a word"
provider a first --name a.fleet.test --trial "$CA" --scope web --dry-run
ok "a rehearsal" eval '[ "$status" -eq 0 ] && grep -q "^would: " "$tmp/out" && [ ! -e /srv/a ]'
mkdir -p /srv/a/etc/ldap/slapd.d
echo here >/srv/a/etc/ldap/slapd.d/old
provider a first --name a.fleet.test --trial "$CA" --scope web
ok "a first provider" [ "$status" -eq 0 ]
ok "... keeps what was there" [ -e /srv/a/etc/ldap/slapd.d.before-fleet/old ]
pid=$(pid_of a)
provider a first
ok "once more: nothing to change" eval '[ "$(cat "$tmp/out")" = "nothing to change" ] && [ "$(pid_of a)" = "$pid" ]'
quietly by_root a ldapdelete cn=admins,ou=policies,dc=fleet
printf 'dn: cn=old,ou=admins,dc=fleet\nobjectClass: person\ncn: old\nsn: old\n' | quietly by_root a ldapadd
policy() { by_root a ldapsearch -LLL -o ldif-wrap=no -b "cn=$1,dc=fleet" -s base pwdPolicySubentry pwdMaxFailure 2>/dev/null | sed -n 's/^pwd.*: //p'; }
provider a check
ok "check says that an administrator of before has no bound" grep -q "administrator's password can be guessed" "$tmp/out"
provider a first --dry-run
ok "... it is rehearsed" eval 'grep -q "^would: administrators" "$tmp/out" && [ -z "$(policy admins,ou=policies)" ]'
provider a first
ok "... and brought" [ "$(policy admins,ou=policies) $(policy old,ou=admins)" = '5 cn=admins,ou=policies,dc=fleet' ]
ok "... without a restart" [ "$(pid_of a)" = "$pid" ]
provider a first
ok "... once" [ "$(cat "$tmp/out")" = "nothing to change" ]
user w1 1900000001 --scope web
user w2 1900000002 --scope web
host h1 web
admin ann writers
before=$(csn a)
provider_kill a
provider_start a
ok "a power cut takes nothing from what a provider knows of itself" [ "$(csn a)" = "$before" ]
provider a first --scope db --dry-run
ok "another scope, rehearsed: is not there" eval 'grep -q "^would: " "$tmp/out" && ! quietly by_root a ldapsearch -b cn=db,ou=groups,dc=fleet -s base'
provider a first --scope db
ok "another scope has its group" quietly by_root a ldapsearch -b cn=db,ou=groups,dc=fleet -s base
ok "... and everybody is there" [ "$(ids a | wc -l)" -eq 2 ]
cp -r "$FLEET" "$tmp/broken"
sed -i 's/^olcServerID: .*/&\nolcNoSuchThing: x/' "$tmp/broken/config.ldif"
pid=$(pid_of a)
run at a "$tmp/broken/provider" first --scope other
fails "what slapd does not take ends it"
ok "... and the one that runs runs on" eval '[ "$(pid_of a)" = "$pid" ] && quietly by_root a ldapwhoami'

provider a check
ok "check says what is only for trying" eval '[ "$status" -eq 1 ] && grep -q "RFC 5612" "$tmp/out" && grep -q "private authority" "$tmp/out"'
# what ends is told before, and another --trial makes it anew
"$FLEET/ca" issue "$CA" providers a.fleet.test "20 days"
cp /srv/a/etc/ldap/fleet/provider.pem "$tmp/kept"
cp "$CA/providers/a.fleet.test.pem" /srv/a/etc/ldap/fleet/provider.pem
"$FLEET/ca" issue "$CA" hosts former
"$FLEET/ca" revoke "$CA" hosts former
sed -i 's/^default_crl_days = .*/default_crl_days = 5/' "$CA/openssl.cnf"
"$FLEET/ca" issue "$CA" hosts former
"$FLEET/ca" revoke "$CA" hosts former
cp "$CA/crl.pem" /srv/a/etc/ldap/fleet/crl.pem
provider a check
ok "check says what ends soon: its certificate" grep -q "This provider's certificate ends within 30 days" "$tmp/out"
ok "... the list of revoked ones" grep -q 'revoked certificates ends within 7 days' "$tmp/out"
cp "$tmp/kept" /srv/a/etc/ldap/fleet/provider.pem
rm /srv/a/etc/ldap/fleet/crl.pem
sed -i 's/^default_crl_days = .*/default_crl_days = 30/' "$CA/openssl.cnf"
rm "$CA/crl.pem"
provider a first --trial "$CA"
ok "a certificate of the trial authority that ends soon is made anew" openssl x509 -in /srv/a/etc/ldap/fleet/provider.pem -noout -checkend $((300 * 86400)) -out /dev/null
provider a check
says_nothing_of 'ends within' "... and check is content"
# a site: its own arc, authority and names
mkdir "$tmp/site"
openssl req -new -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 400 -subj "/O=Example/CN=Example CA" \
    -keyout "$tmp/site/ca.key" -out "$tmp/site/ca.pem" 2>/dev/null
site() # site KIND NAME FILE
{
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/O=Example/OU=$1/CN=$2" -addext "subjectAltName=DNS:$2" \
        -keyout "$tmp/site/$3.key" -out "$tmp/site/$3.csr" 2>/dev/null
    openssl x509 -req -in "$tmp/site/$3.csr" -copy_extensions copy -CA "$tmp/site/ca.pem" -CAkey "$tmp/site/ca.key" -CAcreateserial -days 300 \
        -out "$tmp/site/$3.pem" 2>/dev/null
}
site providers b.fleet.test provider
provider a first --oid 1.3.6.1.4.1.99999.7 --tls "$tmp/site" --subject o=example
fails "a certificate for another host is refused"
site providers a.fleet.test provider
site hosts h1 h1
provider a first --oid 1.3.6.1.4.1.99999.7 --tls "$tmp/site" --subject o=example
ok "a site's own arc, authority and names" [ "$status" -eq 0 ]
provider a check
says_nothing_of 'RFC 5612|private authority' "... are what check wants"
run env LDAPTLS_CACERT="$tmp/site/ca.pem" LDAPTLS_CERT="$tmp/site/h1.pem" LDAPTLS_KEY="$tmp/site/h1.key" ldapsearch -Q -Y EXTERNAL -H "$URI" -LLL -b "$PEOPLE" uid
ok "... a host of theirs gets its scope" [ "$(grep -c '^uid: ' "$tmp/out")" -eq 2 ]
run by hosts/h1 ldapwhoami
ok "... one of the former authority is nobody" [ "$status" -ne 0 ]
provider a first --oid 1.3.6.1.4.1.32473.1 --trial "$CA" --subject o=fleet
ok "... and back" quietly by hosts/h1 ldapwhoami

# -- a second --------------------------------------------------------------------------------

provider b second --name b.fleet.test --trial "$CA" --scope web --other a.fleet.test
fails "a second one does not begin empty"
provider a first --other b.fleet.test
run at a "$FLEET/provider" dump
cp "$tmp/out" "$tmp/whole"
ok "a dump has everybody" [ "$(grep -c '^coderStatus: ' "$tmp/whole")" -eq 2 ]
sed '/^dn: uid=w2/,$ { s/^entryUUID:/entryUUID: not one:/ }' "$tmp/whole" >"$tmp/half"
provider b second --name b.fleet.test --trial "$CA" --scope web --other a.fleet.test --load "$tmp/half"
fails "what cannot be loaded whole"
provider b second --name b.fleet.test --trial "$CA" --scope web --other a.fleet.test
fails "... is not taken for a tree"
provider b second --name b.fleet.test --trial "$CA" --scope web --other a.fleet.test --load "$tmp/whole"
ok "a second one" [ "$status" -eq 0 ]
ok "... has the same entries" [ "$(ids a)" = "$(ids b)" ]
ok "... and is as far as the first at once" same
provider b second --load "$tmp/whole"
ok "once more: nothing to change" grep -qx "nothing to change" "$tmp/out"

run eval "printf 'dn: uid=w1,%s\nchangetype: modify\nreplace: loginShell\nloginShell: /bin/sh\n' '$PEOPLE' | URI=ldaps://b.fleet.test by admins/ann ldapmodify"
ok "nobody writes on the one that stands by" [ "$status" -eq 53 ]
before=$(csn a)
set_user w1 loginShell /bin/dash admins/ann >/dev/null
by_root a ldapdelete "uid=w2,$PEOPLE"
ok "what is written on the first is soon on the second" soon same
# a host's cookie is good on both
follow_once()
{
    run with hosts/h1 ldapsearch -Q -Y EXTERNAL -H "ldaps://$1.fleet.test" -b "$PEOPLE" -o ldif-wrap=no -E "!sync=ro/rid=000,csn=$2" '(objectClass=posixAccount)' uid
}
for where in a b; do
    follow_once $where "$before"
    ok "a host that was away is told what changed, by $where" eval 'grep -q "^uid: w1" "$tmp/out" && grep -q "no longer match" "$tmp/out" && grep -q "refreshDeletes=1" "$tmp/out"'
done
provider a check
says_nothing_of 'answer|differs|write' "check finds them together"
# Guessed where it stands by, which did not hear of the new one.
guess() { with hosts/h1 ldapwhoami -x -H "ldaps://$1.fleet.test" -D cn=ann,ou=admins,dc=fleet -w "$2"; }
password() { printf 'dn: cn=ann,ou=admins,dc=fleet\nchangetype: modify\nreplace: userPassword\nuserPassword: %s\n' "$1" | quietly by_root a ldapmodify; }
password old-1
ok "an administrator's password is on both" soon same
provider_kill b
password new-1
provider_kill a
provider_start b
ok "... the old one, where the first is not heard" quietly guess b old-1
for _ in 1 2 3 4 5; do guess b wrong >/dev/null 2>&1; done
ok "... after five wrong ones not" eval '! quietly guess b old-1'
provider_start a
set_user w1 loginShell /bin/bash admins/ann >/dev/null
ok "... which is no change" eval 'soon same && quietly guess a new-1'
ok "... and brings no old one back" eval '! quietly guess a old-1'

# -- one in the other's place ------------------------------------------------------------------

provider b promote
fails "two do not write"
provider_kill a
provider b promote
fails "one that does not answer may write"
pid=$(pid_of b)
provider b promote --other-is-down
ok "unless somebody says that it is down" [ "$status" -eq 0 ]
ok "... and whoever follows it stays with it" [ "$(pid_of b)" = "$pid" ]
provider_kill b
provider_start b
URI=ldaps://b.fleet.test
set_user w1 coderStatus suspended admins/ann >/dev/null
ok "the second writes" [ "$(by_root b ldapsearch -LLL -b "$PEOPLE" '(coderStatus=suspended)' dn | grep -c ^dn)" -eq 1 ]
provider_start a
ok "the first comes back and has it" soon same
provider a check
ok "two that write are told" grep -q 'Both providers write' "$tmp/out"
provider a standby
ok "the first stands by" [ "$status" -eq 0 ]
writing() { by_root "$1" ldapsearch -LLL -b 'olcDatabase={2}mdb,cn=config' -s base olcMultiProvider | sed -n 's/^olcMulti.*: //p'; }
ok "... and what it notes itself is no change" [ "$(writing a) $(writing b)" = 'FALSE TRUE' ]
provider b check
says_nothing_of 'write|answer|differs' "... and all is well"
follow_once a "$before"
shows_all() { grep -q '^uid: w1' "$tmp/out" && grep -q 'csn=.*#001#.*;.*#002#' "$tmp/out"; }
ok "a host's cookie is of both, wherever it comes" shows_all
cookie=$(csn b)
follow_once a "$cookie"
ok "... and with it nothing is sent" eval '! grep -q "^uid: " "$tmp/out" && [ "$status" -eq 0 ]'
provider b standby
provider b check
ok "none that writes is told" grep -q 'No provider writes' "$tmp/out"
provider a promote
ok "the first writes again" [ "$status" -eq 0 ]
URI=ldaps://a.fleet.test
counter() { printf 'dn: cn=ids-%s,dc=fleet\nchangetype: modify\nincrement: coderCounter\ncoderCounter: 1\n' "$1" | by admins/ann ldapmodify -e '!postread=coderCounter' | sed -n 's/^# coderCounter: \|^coderCounter: //p'; }
ok "ids are of its own counter" [ "$(counter 1)" = 1900000001 ]
ok "... the other one is not seen" [ -z "$(counter 2 2>/dev/null)" ]

# -- another suffix ----------------------------------------------------------------------------

echo 127.0.1.3 c.fleet.test >>/etc/hosts
provider c first --name c.fleet.test --trial "$CA" --suffix dc=corp,dc=example --scope db
ok "a tree of another name" quietly by_root c ldapsearch -b cn=db,ou=groups,dc=corp,dc=example -s base
at c "$FLEET/add" user w1 --uid 1900000001 --mail w1@example.com --scope db | by_root c ldapadd >/dev/null
ok "... has its users, too" quietly by_root c ldapsearch -b uid=w1,ou=people,dc=corp,dc=example -s base

# -- as Debian runs it -------------------------------------------------------------------------

tmp=$(mktemp -d /root/tmp.XXXXXX)   # that systemd empties /tmp
run /src/tests/world-systemd bash -c 'unset FLEET_ROOT FLEET_URLS
    /src/examples/fleet/provider first --name a.fleet.test --trial /root/ca --scope all &&
    systemctl show slapd -P LimitNOFILE && systemctl is-active slapd && ldapwhoami -Q -Y EXTERNAL -H ldapi:/// &&
    ls -d /etc/ldap/slapd.d.before-fleet && ss -Hltn "sport = :636 or sport = :389"'
if [ "$status" -eq 77 ]; then
    number=$((number + 1))
    echo "ok $number - under systemd # SKIP no systemd here"
else
    ok "under systemd it is Debian's own service, for more than a thousand hosts" eval '[ "$status" -eq 0 ] && grep -qx 65536 "$tmp/out" && grep -qx active "$tmp/out"'
    ok "... which listens to ldaps alone" eval 'grep -q ":636 " "$tmp/out" && ! grep -q ":389 " "$tmp/out"'
fi
done_testing
