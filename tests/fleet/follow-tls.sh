#!/bin/bash
# Whom the follower believes: a server whose certificate is of the one authority, in force, not taken back and in the
# name that was asked for, with TLS 1.2 or later. Nothing of ldap.conf or the environment makes it believe more.

# shellcheck disable=SC2016,SC2034,SC2317
# shellcheck source=tests/fleet/follow-lib.sh
. "$(dirname "$0")/follow-lib.sh"
later=/src/.build/world/other_day.so
# the authority is there since two days, as a site's is
LD_PRELOAD=$later OTHER_DAYS=-2 "$FLEET/ca" issue "$CA" hosts h0
first
host h1 web
host h2 web
user ann 1900000001 --scope web
A=ldaps://a.fleet.test
echo '127.0.1.1 c.fleet.test' >>/etc/hosts

# refused WHAT WHY: it does not connect with the first server, and says so.
refused()
{
    follow f
    ok "$1: refused" comes f '.line == "lost" and (.why | test("'"$2"'"))' 8
    ok "... and nothing is taken" [ -z "$(lines f '.line == "connected" or .line == "entry"')" ]
    unfollow f
}
taken()
{
    follow f
    ok "$1" eval 'committed f && [ "$(names f)" = ann ]'
    unfollow f
}
# the provider with another certificate of its own
with_certificate()
{
    cp "$1.pem" "$tmp/own.pem"; cp "$1.key" "$tmp/own.key"
    install -o root -g openldap -m 0640 "$tmp/own.pem" /srv/a/etc/ldap/fleet/provider.pem
    install -o root -g openldap -m 0640 "$tmp/own.key" /srv/a/etc/ldap/fleet/provider.key
    provider_kill a
    provider_start a
}

joined h1 $A
taken "(the provider as it is)"
joined h1 ldap://a.fleet.test
taken "StartTLS"

# -- whose certificate, until when, for whom ------------------------------------------------------------
joined h1 ldaps://c.fleet.test
refused "a name that is not in the certificate" "."
joined h1 ldap://c.fleet.test
refused "... nor with StartTLS" "."
joined h1 ldaps://127.0.1.1
refused "... nor by its address" "."
"$FLEET/ca" issue "$tmp/others" hosts h1
joined h1 $A
install -o root -g _coder-fleet -m 0640 "$tmp/others/ca.pem" /etc/coder/fleet/ca.pem
refused "another authority" "."
mkdir -p /etc/ldap
printf 'TLS_CACERT %s\nTLS_REQCERT never\nURI ldaps://a.fleet.test\n' "$CA/ca.pem" >/etc/ldap/ldap.conf
FOLLOW_WITH="env LDAPTLS_CACERT=$CA/ca.pem LDAPTLS_REQCERT=never LDAPCONF=/etc/ldap/ldap.conf HOME=/tmp"
cp /etc/ldap/ldap.conf /tmp/.ldaprc; chmod 644 /tmp/.ldaprc
refused "... whatever ldap.conf and the environment say" "."
joined h1 $A
printf 'TLS_CACERT /etc/passwd\nTLS_CIPHER_SUITE NONSENSE\nDEREF always\nBASE dc=other\n' >/etc/ldap/ldap.conf
cp /etc/ldap/ldap.conf /tmp/.ldaprc
FOLLOW_WITH="env LDAPTLS_CACERT=/etc/passwd LDAPTLS_CERT=/etc/passwd LDAPTLS_CIPHER_SUITE=NONSENSE LDAPDEREF=always HOME=/tmp"
follow f
ok "... nor can they keep it from the right one" eval 'committed f && [ "$(names f)" = ann ]'
unfollow f
rm /etc/ldap/ldap.conf /tmp/.ldaprc
FOLLOW_WITH=
: >/etc/coder/fleet/ca.pem
refused "no authority at all" "."
joined h1 $A
rm /etc/coder/fleet/host.key
refused "no key of one's own" "cannot be used"
joined h1 $A

cp -a "$CA" "$tmp/expired"
"$FLEET/ca" issue "$tmp/expired" providers a.fleet.test "1 hour ago"
with_certificate "$tmp/expired/providers/a.fleet.test"
refused "a server's certificate that has expired" "."
with_certificate "$CA/providers/a.fleet.test"
taken "(the right one again)"

# an hour of the host's clock, either way, is nothing to a certificate that is in force
for seconds in 3600 -3600; do
    FOLLOW_WITH="env LD_PRELOAD=$later OTHER_SECONDS=$seconds"
    taken "the host's clock is off by $seconds s"
done
FOLLOW_WITH="env LD_PRELOAD=$later OTHER_DAYS=400"
refused "... by more than the certificate lasts" "."
FOLLOW_WITH=

# -- taken back -----------------------------------------------------------------------------------------
"$FLEET/ca" revoke "$CA" hosts h2
cat "$CA/crl.pem" >>/etc/coder/fleet/ca.pem
taken "a list of others that were taken back changes nothing"
"$FLEET/ca" revoke "$CA" providers a.fleet.test
joined h1 $A
taken "(without the new list it is not known)"
cat "$CA/crl.pem" >>/etc/coder/fleet/ca.pem
refused "a server's certificate that was taken back" "."

# -- which TLS ------------------------------------------------------------------------------------------
serve()
{
    gnutls-serv --quiet --port 7100 --x509certfile "$CA/providers/a.fleet.test.pem" --x509keyfile \
        "$CA/providers/a.fleet.test.key" --x509cafile "$CA/ca.pem" --priority "$1" --echo >"$tmp/serve" 2>&1 &
    serve=$!
    sleep 1
}
joined h1 ldaps://a.fleet.test:7100
serve 'NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:%COMPAT'
follow f
comes f '.line == "lost"' 8
ok "TLS 1.1 is none" eval '! grep -q "Description: (TLS1.1)" "$tmp/serve" && [ -z "$(lines f ".line == \"connected\"")" ]'
ok "... and the server has not heard who we are" eval '! grep -q "OU=hosts" "$tmp/serve"'
unfollow f; kill $serve; wait $serve 2>/dev/null

# -- the host's own -------------------------------------------------------------------------------------
joined h1 $A
cert() { openssl x509 -in /etc/coder/fleet/host.pem -noout -enddate | cut -d= -f2; }
run as_fleet "$CODER_FLEET" check
ok "check says when the host's own ends" [ "$(sed -n 's/^certificate //p' "$tmp/out")" = "$(date -d "$(cert)" +%s)" ]
end_of() { sed -n "s/^$1 //p" "$tmp/out"; }
authority=$(date -d "$(openssl x509 -in "$CA/ca.pem" -noout -enddate | cut -d= -f2)" +%s)
ok "... and the authority" [ "$(end_of authority)" = "$authority" ]
ok "... and where there is none, no list of what is revoked" [ -z "$(end_of revoked)" ]
ok "... and that the server answers" grep -qx "uri $A ok" "$tmp/out"
joined h1 ldaps://c.fleet.test $A ldaps://a.fleet.test:1
run as_fleet "$CODER_FLEET" check
ok "... for each" eval '[ "$(grep -c "^uri" "$tmp/out")" = 3 ] && grep -q "^uri $A ok" "$tmp/out" && ! grep -q "^uri ldaps://[ac].fleet.test:*1* ok" <(grep -v " ok" "$tmp/out")'
joined h1 ldaps://none.fleet.test
run as_fleet "$CODER_FLEET" check
ok "... of a name without address that it has none" grep -q '^uri ldaps://none.fleet.test its name has no address: ' "$tmp/out"
joined h1 $A
for end in "1 hour ago" "20 days" "400 days" "2 hours ago"; do
    "$FLEET/ca" issue "$tmp/ends" admins another "$end"
    cat "$tmp/ends/admins/another.pem"
    [ "$end" != "20 days" ] || cp "$tmp/ends/admins/another.pem" "$tmp/first"
done >>/etc/coder/fleet/ca.pem
cat "$CA/crl.pem" >>/etc/coder/fleet/ca.pem
run as_fleet "$CODER_FLEET" check
ok "check says of several authorities the first end of those in force" [ "$(end_of authority)" = "$(date -d "$(openssl x509 -in "$tmp/first" -noout -enddate | cut -d= -f2)" +%s)" ]
ok "... and the end of the list of revoked ones" [ "$(end_of revoked)" = "$(date -d "$(openssl crl -in "$CA/crl.pem" -noout -nextupdate | cut -d= -f2)" +%s)" ]
"$FLEET/ca" issue "$tmp/expired" hosts h1 "1 hour ago"
joined h1 $A
install -o root -g _coder-fleet -m 0640 "$tmp/expired/hosts/h1.pem" /etc/coder/fleet/host.pem
install -o root -g _coder-fleet -m 0640 "$tmp/expired/hosts/h1.key" /etc/coder/fleet/host.key
refused "a host's certificate that has expired (by the server)" "."
echo "url x" >/etc/coder/fleet/fleet.conf
follow f
ok "settings that are wrong are named" comes f '.line == "unusable" and (.why | contains("line 1: unknown key"))'
unfollow f
rm /etc/coder/fleet/fleet.conf
run as_fleet "$CODER_FLEET" check
ok "... by check, too" eval '[ "$status" = 1 ] && grep -q "^coder_fleet: /etc/coder/fleet/fleet.conf: No such file" "$tmp/err"'
done_testing
