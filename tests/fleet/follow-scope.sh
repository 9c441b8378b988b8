#!/bin/bash
# A host that is put out of its scope is told so within a heartbeat, and keeps what it has; entries of any size and
# octets; how much memory it takes.

# shellcheck disable=SC2016,SC2034,SC2317
# shellcheck source=tests/fleet/follow-lib.sh
. "$(dirname "$0")/follow-lib.sh"
first
host h1 web
user ann 1900000001 --scope web
ann=$(uuid_of ann)
joined h1 ldaps://a.fleet.test
H1=cn=h1,ou=hosts,dc=fleet
scope() { printf 'dn: %s\nchangetype: modify\nreplace: coderScope\n%s\n' "$H1" "${1:+coderScope: $1}" | by_root a ldapmodify >"$tmp/scope" 2>&1; }

# -- entries of any size --------------------------------------------------------------------------------
follow f
committed f
# big ATTRIBUTE OCTETS: ann's becomes as long.
big() { { printf 'dn: uid=ann,%s\nchangetype: modify\nreplace: %s\n%s:: ' "$PEOPLE" "$1" "$1"; head -c "$2" /dev/zero | tr '\0' x | base64 -w 0; echo; } | by_root a ldapmodify >"$tmp/big" 2>&1; }
mark f
big coderReason 200000
ok "200 kB are passed on" comes f '.line == "entry" and (.reason | length == 200000)'
mark f
big coderReason 1000000
ok "1 MB is unreadable" comes f '.line == "unreadable" and .entry_uuid == "'"$ann"'" and (.why | contains("256 KiB"))'
ok "... and committed all the same" committed f
mark f
set_user ann coderStatus suspended >/dev/null
ok "... a suspension in it is heard" comes f '.line == "unreadable" and .status == "suspended" and .username == "ann"'
mark f
set_user ann coderReason >/dev/null
ok "... and when it is short again, all of it" comes f '.line == "entry" and .status == "suspended" and .reason == null'
mark f
printf 'dn: uid=ann,%s\nchangetype: modify\nadd: cn\ncn: Another\n' "$PEOPLE" | by_root a ldapmodify >"$tmp/cn" 2>&1
ok "two values where one is meant are unreadable" comes f '.line == "unreadable" and .why == "cn has several values" and .status == "suspended"'
printf 'dn: uid=ann,%s\nchangetype: modify\nreplace: cn\ncn:: %s\nreplace: coderSshKey\ncoderSshKey:: %s\n' "$PEOPLE" \
    "$(printf 'A \033[31m"\\ \u202e' | base64)" "$(printf 'ssh-ed25519 \377' | base64)" | sed 's/^replace: coderSshKey/-\n&/' | by_root a ldapmodify >"$tmp/cn" 2>&1
ok "octets that are no text, too" comes f '.line == "unreadable" and .why == "coderSshKey is no text in UTF-8"'
mark f
set_user ann coderSshKey >/dev/null
ok "controls are text, escaped" eval 'comes f ".line == \"entry\" and (.full_name | startswith(\"A \\u001b[31m\\\"\"))" && ! grep -q "$(printf "\033")" "$tmp/f"'

# -- put out --------------------------------------------------------------------------------------------
mark f
begun=$SECONDS
scope
ok "a host without a scope is told so" comes f '.line == "put_out" and .uri == "ldaps://a.fleet.test"' 20
echo "# put out to told | $((SECONDS - begun)) s"
ok "... nobody is gone or absent for it" [ -z "$(lines f '.line == "gone" or .absent')" ]
mark f
sleep 3
ok "... and none is asked for, however often it tries" [ -z "$(lines f '.line == "connected" or .line == "refreshed"')" ]
scope web
ok "with a scope again it goes on" comes f '.line == "commit"' 15
mark f
by_root a ldapdelete "$H1"
ok "a host that was deleted is told the same" comes f '.line == "put_out"' 20
unfollow f
scope web

# -- many -----------------------------------------------------------------------------------------------
printf 'dn: %s\nchangetype: add\nobjectClass: device\nobjectClass: coderHost\ncn: h1\ncoderScope: web\n' "$H1" | by_root a ldapadd >"$tmp/again" 2>&1
pid=$(pid_of a)
kill "$pid"; while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
at a "$FLEET/provider" dump >"$tmp/dump"
csn=$(sed -n 's/^contextCSN: //p' "$tmp/dump" | head -n 1)
awk -v n=20000 'BEGIN { for (i = 1; i <= n; i++) { u = 1900100000 + i
    printf "dn: uid=m%05d,ou=people,dc=fleet\nobjectClass: inetOrgPerson\nobjectClass: posixAccount\nobjectClass: coderAccount\nuid: m%05d\ncn: M %d\nsn: M\nuidNumber: %d\ngidNumber: %d\nhomeDirectory: /home/m%05d\nloginShell: /bin/bash\nmail: m%05d@example.org\ncoderStatus: active\ncoderScope: web\nuserPassword: {CRYPT}$y$j9T$abcdefghijklmnopqrstuv$0123456789012345678901234567890123456789012\n\n", i, i, i, u, u, i, i } }' >"$tmp/many"
setpriv --reuid openldap --regid openldap --clear-groups slapadd -q -w -F /srv/a/etc/ldap/slapd.d -b dc=fleet -S 1 <"$tmp/many" >"$tmp/slapadd" 2>&1
provider_start a
begun=$(date +%s%N)
follow f
ok "20,000 accounts are said to the end" committed f 60
echo "# 20,000 accounts | first fill | $((($(date +%s%N) - begun) / 1000000)) ms | memory | $(awk '/^VmHWM/ { print $2 }' "/proc/${follower[f]}/status") kB"
ok "... all of them" [ "$(grep -c '"line":"entry"' "$tmp/f")" -ge 20000 ]
ok "... in less than 50 MB" [ "$(awk '/^VmHWM/ { print $2 }' "/proc/${follower[f]}/status")" -lt 51200 ]
done_testing
