#!/bin/bash
# The doctor on a host that follows a fleet: silent while all is well, each thing that is not is named, and the command that
# mends it does. On a host in no fleet it says nothing at all: fleet.sh.
# shellcheck source=tests/cli/check-lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/check-lib.sh"
# shellcheck source=tests/cli/fleet-lib.sh
. "$(dirname "$0")/fleet-lib.sh"
KEPT="$KEPT etc/coder"

make ann --roles admin
ok "the host is in a fleet" join uid_min=1900000000 uid_max=1900999999
fleet_user bea 1900000001
says_well() { printf 'certificate 4000000000\nuri ldaps://a.example:636 ok\nuri ldaps://b.example ok\n' >/run/coder_fleet.says; }
says_well
sql "UPDATE fleet SET cookie = 'rid=000,csn=20261101120000.000001Z#000000#001#000000', last_contact = unixepoch() - 20, last_uri = 'ldaps://a.example:636'"
mkdir -p /run/coder
: >/run/coder/follow.lock # one that ran has left it
run admin-tool check -o json
ok "nobody follows it: fleet-unit is found" has_found fleet-unit problem
json 'd[0]["subject"] == "admin-tool follow" and "systemctl" not in d[0]["mend"]' "... and what is to be done without systemd"
follower_begin
run admin-tool check
ok "all is in order" in_order
keep

plant_all <<'END'
fleet-contact|warning|no|no word for 10 minutes|sql "UPDATE fleet SET joined_at = 1, last_contact = unixepoch() - 600"
fleet-contact|problem|no|no word for two days|sql "UPDATE fleet SET joined_at = 1, last_contact = unixepoch() - 172800"
fleet-contact|problem|no|no word since a day|sql "UPDATE fleet SET joined_at = unixepoch() - 90000, last_contact = NULL"
fleet-clock|warning|no|a change that is yet to come|sql "UPDATE fleet SET cookie = 'rid=000,csn=' || strftime('%Y%m%d%H%M%S', 'now', '+1 hour') || '.000000Z#000000#001#000000'"
fleet-went-back|problem|no|a server that went back|sql "UPDATE fleet SET latched_at = 1790000000"
fleet-brake|problem|no|many who vanished|sql "UPDATE fleet SET braked_at = 1790000000"
fleet-held|warning|no|an entry that was not taken|sql "INSERT INTO fleet_held VALUES ('00000000-0000-0000-0000-000000000001', 'entry', 'eve', 'its uid 0', 1790000000, '', NULL)"
fleet-remark|note|no|one that was taken but for a role|sql "INSERT INTO fleet_held VALUES ('00000000-0000-0000-0000-000000000001', 'remark', 'bea', 'the role admin was left out', 1790000000, '', NULL)"
fleet-files|problem|yes|a key that others can read|chmod 644 $FOLDER/host.key
fleet-files|problem|yes|a folder that others can enter|chmod 755 $FOLDER
fleet-files|problem|yes|another one's settings|chown nobody $FOLDER/fleet.conf
fleet-files|problem|yes|another group's certificate|chgrp nogroup $FOLDER/host.pem
fleet-files|problem|no|a key that is gone|rm $FOLDER/host.key
fleet-files|problem|no|a link in place of the authority|ln -sf /etc/ssl/ca.pem $FOLDER/ca.pem
fleet-range|warning|no|a local user in the fleet's range|echo eve:x:1900000004:100::/:/bin/sh >>/etc/passwd
fleet-range|warning|no|a local group in it|echo crew:x:1900000004: >>/etc/group
fleet-range|warning|no|subordinate ids over it|echo ann:1900500000:65536 >>/etc/subuid
fleet-range|warning|no|an account of here in it|admin-tool users create --here -u ida -e ida@example.com --uid 1900000004 --force
account-admins|warning|no|no Admin, and the fleet may give none|sql "DELETE FROM account_roles"; admin-tool publish
fleet-range|warning|no|our own range over it|admin-tool policy set uid_min=1900000000 uid_max=1900000100
END

# said SEVERITY WHAT TEXT: with what coder_fleet says, fleet-certificate or fleet-server is found.
said()
{
    printf '%b' "$4" >/run/coder_fleet.says
    run admin-tool check -o json
    ok "$3: $1 is found" has_found "$1" "$2"
    says_well
}
now=$(date +%s)
said fleet-certificate warning "a certificate that ends in 20 days" "certificate $((now + 20 * 86400))\n"
said fleet-certificate warning "an authority that ends in 20 days" "certificate 4000000000\nauthority $((now + 20 * 86400))\n"
said fleet-certificate problem "one that has ended" "authority $((now - 60))\n"
said fleet-certificate warning "a list of revoked certificates that ends in 20 days" "authority 4000000000\nrevoked $((now + 20 * 86400))\n"
said fleet-certificate problem "one that has ended" "certificate $((now - 60))\n" "certificate $((now - 60))\n"
said fleet-server warning "a server that does not answer" 'uri ldaps://a.example:636 ok\nuri ldaps://b.example Connection refused\n'
json 'd[0]["why"].startswith("with one server less")' "... it is one of two"
said fleet-put-out problem "a host that was put out" 'uri ldaps://a.example:636 this host has no scope there\nuri ldaps://b.example this host has no scope there\n'
json '[f["check"] for f in d] == ["fleet-put-out"] and "nothing keeps" in d[0]["why"] and "fleet leave" in d[0]["mend"]' "... once, in words of its own"
said fleet-server warning "one of two servers that does not know it yet" 'uri ldaps://a.example:636 ok\nuri ldaps://b.example this host has no scope there\n'
json '[f["check"] for f in d] == ["fleet-server"]' "... is not put out"
sed -i.two '/b\.example/d' $FOLDER/fleet.conf
said fleet-server warning "the only server does not answer" 'uri ldaps://a.example:636 Connection refused\n'
json '"nothing keeps this host up to date" in d[0]["why"] and "less" not in d[0]["why"]' "... and is not one less"
mv $FOLDER/fleet.conf.two $FOLDER/fleet.conf
printf 'certificate %s\nauthority %s\nrevoked %s\nuri ldaps://a.example:636 ok\n' $((now + 40 * 86400)) $((now + 40 * 86400)) $((now + 40 * 86400)) >/run/coder_fleet.says
run admin-tool check
ok "a certificate that ends in 40 days, and a server that could not be tried, are in order" in_order
for i in $(seq 30); do
    sql "INSERT INTO fleet_held VALUES ('00000000-0000-0000-0000-0000000001$(printf %02d "$i")', 'entry', 'eve$i', 'its uid 0', 1790000000, '', NULL)"
done
run admin-tool check -o json
json 'sum(f["check"] == "fleet-held" for f in d) == 21 and any("10 more" in f["what"] for f in d)' "of many held the first are told, the rest is counted"
put_back
sql "DELETE FROM account_roles"
run admin-tool check -o json
json 'any(f["check"] == "account-admins" and f["mend"].startswith("admin-tool users create NAME --here ") and "fleet_roles=member,auditor,admin" in f["mend"] for f in d)' "no Admin where the fleet may give none: the mend is of here"
put_back
sql "UPDATE fleet SET braked_at = 1790000000; INSERT INTO fleet_held VALUES ('00000000-0000-0000-0000-000000000001', 'vanished', 'bea', 'gone with many', 1790000000, '', NULL)"
run admin-tool check -o json
json '[f["check"] for f in d] == ["fleet-brake"] and "1 vanished and are kept as before, 0 are deleted" in d[0]["what"]' "those who vanished are the brake's alone"
run admin-tool check bea -o json
json 'not any(f["check"].startswith("fleet-") for f in d["findings"])' "check NAME is about NAME"
sql "UPDATE fleet SET joined_at = 1, last_contact = unixepoch() - 600"
run admin-tool check -o json
json 'all("systemctl" not in f["mend"] and "journalctl" not in f["mend"] and "timedatectl" not in f["mend"] for f in d)' "no mend names systemd, which does not run here"
follower_end
done_testing
