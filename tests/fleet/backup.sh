#!/bin/bash
# The recipe of examples/fleet/README.md for a backup of the tree: written while slapd runs, put back on both providers, and
# what the hosts do afterwards: nothing is taken until an administrator says so on each, so no suspension is undone.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/hostile/systemd-lib.sh
. /src/tests/hostile/systemd-lib.sh
# shellcheck source=tests/fleet/lib.sh
. /src/tests/fleet/lib.sh

provider() { local where=$1; shift; run at "$where" "$FLEET/provider" "$@"; }
fails() { ok "$1" eval '[ "$status" -eq 2 ] && grep -q "^provider: " "$tmp/err"'; }
csn() { by_root "$1" ldapsearch -LLL -b dc=fleet -s base contextCSN | sed -n 's/^contextCSN: //p' | sort | paste -sd';'; }
same() { [ "$(csn a)" = "$(csn b)" ]; }
tree() { at "$1" "$FLEET/provider" dump | grep -v '^contextCSN' | sha256sum; }
is_out() { [ "$(getent passwd "$1" | cut -d: -f7)" = /usr/sbin/nologin ]; }
is_in() { [ "$(getent passwd "$1" | cut -d: -f7)" = /bin/bash ]; }
counter() { printf 'dn: cn=ids-1,dc=fleet\nchangetype: modify\nincrement: coderCounter\ncoderCounter: 1\n' | by admins/ann ldapmodify -e '!postread=coderCounter' | sed -n 's/^# coderCounter: \|^coderCounter: //p'; }
latched() { admin-tool fleet status | grep -q '^Follows *no'; }
found() { { admin-tool check -o json || true; } | jq -e "any(.[]; .check == \"$1\")" >/dev/null; }
not() { ! "$@"; }

getent group _coder-fleet >/dev/null || useradd -r -M -s /usr/sbin/nologin _coder-fleet
systemctl daemon-reload
systemctl stop slapd.service
second
admin ann writers
user bob 1900000001 --scope all
user kim 1900000002 --scope all
host h1 all
printf '%s\n' '{"uris": ["ldaps://a.fleet.test", "ldaps://b.fleet.test"]}' >"$tmp/uris"
jq -c '. + input' "$CA/h1.join" "$tmp/uris" >"$tmp/h1.join"
install -m 600 "$tmp/h1.join" /root/h1.join
admin-tool fleet join /root/h1.join >"$tmp/made" 2>&1
ok "a host follows both" soon is_in bob

# -- the backup ------------------------------------------------------------------------------------
first_id=$(counter)
soon same
run at a "$FLEET/provider" dump
cp "$tmp/out" /root/tree.ldif
ok "a backup is written while slapd runs" eval '[ "$status" -eq 0 ] && grep -q "^dn: uid=kim,$PEOPLE" /root/tree.ldif'
before=$(tree a)
run slapcat -F /srv/a/etc/ldap/slapd.d -b cn=accesslog
ok "... and the log beside it" eval '[ "$status" -eq 0 ] && grep -q "^reqDN: uid=kim,$PEOPLE" "$tmp/out"'

# -- what was done since is lost with it ------------------------------------------------------------
set_user kim coderStatus suspended admins/ann >/dev/null
user eve 1900000003 --scope all
second_id=$(counter)
ok "since then somebody is suspended" soon is_out kim
ok "... and somebody is new" soon is_in eve
soon same

provider a load /root/nothing.ldif
fails "what cannot be read is not put back"
sed 1d /root/tree.ldif >/root/odd.ldif
provider a load /root/odd.ldif
fails "... nor what is no dump"
provider a load /root/tree.ldif
fails "... nor beside another provider, whose newer tree would come over"
provider_kill b
pid=$(pid_of a)
provider a load /root/tree.ldif --dry-run
ok "a rehearsal" eval '[ "$status" -eq 0 ] && grep -q "^would: " "$tmp/out" && [ "$(pid_of a)" = "$pid" ]'
sed '/^dn: uid=kim/,$ { s/^entryUUID:/entryUUID: not one:/ }' /root/tree.ldif >/root/half.ldif
provider a load /root/half.ldif
fails "half of one ends it"
ok "... and the former tree is back" [ "$(user_value eve coderStatus)" = active ]
provider a load /root/tree.ldif
ok "the first is put back" [ "$status" -eq 0 ]
ok "... to what it was" [ "$(user_value kim coderStatus)/$(user_value eve uid)" = active/ ]
ok "... the former one is kept" [ -s /srv/a/var/lib/ldap/fleet.before-load/data.mdb ]
at a "$FLEET/provider" dump >/root/again.ldif
provider b load /root/again.ldif
ok "the second is loaded from the first" [ "$status" -eq 0 ]
ok "... and both have the same" eval 'soon same && [ "$(tree a)" = "$(tree b)" ]'
ok "... and nothing newer came over" [ -z "$(user_value eve uid)" ]
third_id=$(counter)
ok "an id that was handed out since is not handed out again: $first_id $second_id $third_id" [ "$third_id" -gt "$second_id" ]

# -- the hosts --------------------------------------------------------------------------------------
ok "a host that has more takes nothing, though something was written meanwhile" soon found fleet-went-back
set_user bob coderStatus suspended admins/ann >/dev/null
sleep 3
ok "... not even what is new" is_in bob
ok "... and nobody who was suspended is in again" is_out kim
set_user kim coderStatus suspended admins/ann >/dev/null
run admin-tool fleet accept -y
ok "the word of an administrator" [ "$status" -eq 0 ]
ok "... and it follows: who is suspended" soon is_out bob
ok "... who was suspended again before that word was never in" is_out kim
ok "... who was lost with it is refused" soon is_out eve
ok "... and kept" [ "$(value "SELECT count(*) FROM accounts WHERE username = 'eve'")" = 1 ]
ok "... and check is content with that" not found fleet-went-back
done_testing
