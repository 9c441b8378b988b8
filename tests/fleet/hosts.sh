#!/bin/bash
# An administrator's host adds hosts to the fleet and puts them out, lists them all, and an auditor reads the fleet's log:
# the verbs under a real systemd and by real providers.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/hostile/systemd-lib.sh
. /src/tests/hostile/systemd-lib.sh
# shellcheck source=tests/fleet/lib.sh
. /src/tests/fleet/lib.sh

certificate() { "$FLEET/ca" issue "$CA" "$1" "$2" && (umask 077 && cat "$CA/$1/$2.pem" "$CA/$1/$2.key" >"/root/$2.pem"); }
sees() { by "hosts/$1" ldapsearch -LLL -b "$PEOPLE" '(objectClass=posixAccount)' uid 2>/dev/null | sed -n 's/^uid: //p' | sort | paste -sd' '; }
is_in() { [ "$(getent passwd "$1" | cut -d: -f7)" = /bin/bash ]; }

getent group _coder-fleet >/dev/null || useradd -r -M -s /usr/sbin/nologin _coder-fleet
systemctl daemon-reload
systemctl stop slapd.service
second
admin ann writers
admin rev auditors
user bob 1900000001 --scope all
user web 1900000002 --scope web
host h1 all
printf '%s\n' '{"uris": ["ldaps://a.fleet.test", "ldaps://b.fleet.test"]}' >"$tmp/uris"
(umask 077 && jq -c '. + input' "$CA/h1.join" "$tmp/uris" >/root/h1.join)
admin-tool fleet join /root/h1.join >"$tmp/made" 2>&1
ok "an administrator's host" soon is_in bob
for who in ann rev; do (umask 077 && cat "$CA/admins/$who.pem" "$CA/admins/$who.key" >"/root/$who.pem"); done
certificate hosts web17
add=(admin-tool fleet add-host web17 --scope "all,web" --certificate /root/web17.pem --join /root/web17.join)

# -- who may, and what is refused ------------------------------------------------------------------
exits 8 "without an administrator nothing is added" "${add[@]}"
ok "... and there is no join file" [ ! -e /root/web17.join ]
cp -p /root/ann.pem /root/.coder-fleet.pem
exits 8 "an auditor adds none" "${add[@]}" --identity /root/rev.pem
ok "... and there is no join file" [ ! -e /root/web17.join ]
exits 2 "without --scope" admin-tool fleet add-host web17 --certificate /root/web17.pem --join /root/web17.join
exits 2 "without --join" admin-tool fleet add-host web17 --scope all --certificate /root/web17.pem
exits 2 "without --certificate" admin-tool fleet add-host web17 --scope all --join /root/web17.join
exits 4 "a name that is more than one" admin-tool fleet add-host web17,ou=people "${add[@]:4}"
exits 4 "a scope that there is not" admin-tool fleet add-host web17 --scope db "${add[@]:6}"
complains 'scope db' "... is named"
ok "... and there is no join file" [ ! -e /root/web17.join ]
chmod 644 /root/web17.pem
exits 4 "a key that others can read" "${add[@]}"
chmod 600 /root/web17.pem
exits 4 "a certificate without its key" admin-tool fleet add-host web17 --scope all --certificate "$CA/hosts/web17.pem" --join /root/web17.join
complains 'key is missing' "... says what is missing"
exits 0 "a rehearsal" "${add[@]}" --dry-run
says '^Would add web17 to the fleet dc=fleet with the scopes all,web, and write its join file into /root/web17\.join; nothing was changed\.$' "... says what would be"
ok "... and nothing is" eval '[ ! -e /root/web17.join ] && [ -z "$(sees web17)" ]'

# -- added -------------------------------------------------------------------------------------------
exits 0 "a host is added" "${add[@]}"
says '^web17 is in the fleet dc=fleet\.$' "... and said so"
says '^/root/web17\.join holds the key of web17: carry it there' "... with what to do"
ok "its file is root's alone" [ "$(stat -c '%u %a' /root/web17.join)" = "0 600" ]
is_join() { jq -e "$1" /root/web17.join >/dev/null; }
ok "... names it, the servers and the range of ids" is_join '.host == "cn=web17,ou=hosts,dc=fleet" and .base == "dc=fleet" and
    (.uris == ["ldaps://a.fleet.test", "ldaps://b.fleet.test"]) and .uid_min == 1900000000 and .uid_max == 1999999999'
ok "... and ends within a day" is_join '.expires - now | . > 86000 and . <= 86400'
ok "it has its scopes' accounts" [ "$(sees web17)" = "bob web" ]
exits 4 "its file is not written over" "${add[@]}"
exits 4 "it is not added twice" admin-tool fleet add-host web17 "${add[@]:4:4}" --join /root/again.join
ok "... and leaves no second file" [ ! -e /root/again.join ]
certificate hosts web17
exits 0 "a new file for one that is there" admin-tool fleet add-host web17 --renew --certificate /root/web17.pem --join /root/again.join
ok "... with the new certificate" [ "$(jq -r .certificate /root/again.join)" = "$(cat "$CA/hosts/web17.pem")" ]
run admin-tool audit --event fleet-add-host
says 'fleet-add-host.*in the fleet as cn=ann,ou=admins,dc=fleet: web17, scopes all,web' "this host's log has who it was"

# -- all of them ---------------------------------------------------------------------------------------
exits 0 "all hosts" admin-tool fleet hosts
says '^HOST +SCOPES +CONNECTED$' "... in a table"
says '^h1 +all +ldaps://a\.fleet\.test$' "... with where each is connected"
says '^web17 +all,web +no$' "... or that it is not"
run admin-tool fleet hosts -o json
json '{"name": "web17", "scopes": ["all", "web"], "connected": False, "uri": None} in d and len(d) == 2' "... for programs"
run admin-tool fleet hosts --scope web -o json
json '[h["name"] for h in d] == ["web17"]' "those of a scope"
provider_kill b
run admin-tool fleet hosts -o json
ok "a server that cannot be asked is named" grep -q '^admin-tool: note: ldaps://b\.fleet\.test could not be asked' "$tmp/err"
json '[h["connected"] for h in d if h["name"] == "web17"] == [None]' "... and who may be there is not called away"
provider_start b

"$FLEET/ca" issue "$CA" admins ann "20 days"
(umask 077 && cat "$CA/admins/ann.pem" "$CA/admins/ann.key" >/root/soon.pem)
run admin-tool fleet hosts --identity /root/soon.pem
ok "an administrator hears 30 days before that his certificate ends" eval '[ "$status" -eq 0 ] && grep -q "^admin-tool: note: the certificate /root/soon.pem ends at 2" "$tmp/err"'
run admin-tool fleet hosts
silent "... and nothing of one that lasts"

# -- the log -------------------------------------------------------------------------------------------
set_user bob coderStatus suspended admins/ann >/dev/null
printf 'dn: cn=all,ou=groups,dc=fleet\nchangetype: modify\nadd: member\nmember: cn=spy,ou=hosts,dc=fleet\n' | by_root a ldapmodify >"$tmp/made" 2>&1
admin-tool users create -u zoe -e zoe@example.com >"$tmp/made" 2>&1
exits 8 "a writer is no auditor" admin-tool audit --fleet
complains 'the log: the fleet does not let you read that: .*; an auditor of the fleet may$' "... and is told who is"
exits 0 "an auditor reads the log" admin-tool audit --fleet --identity /root/rev.pem
says 'suspend +bob +cn=ann,ou=admins,dc=fleet +fleet +ldaps://a\.fleet\.test +coderStatus' "... in the words of this host's own"
says 'create +web17 +cn=ann,' "... hosts, too"
says 'create +bob +root \(on the server\) +fleet ' "... root there by a name that says so"
ok "... nothing of the ids that were taken" eval '! grep -qE "ids-1|coderCounter" "$tmp/out"'
ok "... nor twice that web17 came" [ "$(grep -c web17 "$tmp/out")" = 1 ]
says 'edit +writers +root .* member \+ann' "... but who became a writer"
says 'edit +all +root .* member \+spy' "... and a host's place that came alone"
run admin-tool audit --fleet --identity /root/rev.pem -o json
json 'any(r["actor"].startswith("gidNumber=0+uidNumber=0,") for r in d)' "programs are told what is there"
json 'any(r["name"] == "web" and r["changed"] == ["member"] and r["members"] == ["+web17"] for r in d)' "... all of it"
exits 0 "(again)" admin-tool audit --fleet --identity /root/rev.pem
ok "... oldest first" eval '[ "$(grep -nE " create +bob" "$tmp/out" | cut -d: -f1)" -lt "$(grep -nE " suspend +bob" "$tmp/out" | cut -d: -f1)" ]'
ok "... without a hash" eval '! grep -q "\\\$y\\\$\|userPassword: " "$tmp/out"'
run admin-tool audit --fleet --identity /root/rev.pem --user bob -n 1 -o json
json 'len(d) == 1 and d[0]["event"] == "suspend" and d[0]["status"] == "suspended" and d[0]["actor"].startswith("cn=ann,") and "coderStatus" in d[0]["changed"]' "one row, for programs"
run admin-tool audit --fleet --identity /root/rev.pem --since 2026-01-01 -o csv
says ',suspend,bob,' "... as CSV"
exits 2 "it goes with few options" admin-tool audit --fleet --event suspend
exits 2 "... and --identity with it" admin-tool audit --identity /root/rev.pem
exits 2 "a number of rows" admin-tool audit --fleet -n 0

# -- out -----------------------------------------------------------------------------------------------
exits 3 "a host that is not there" admin-tool fleet remove-host web18 -y
exits 5 "the question, answered no" admin-tool fleet remove-host web17 <<<no
says 'Are you sure you want to put web17 out of the fleet dc=fleet\?' "... is asked"
exits 0 "a rehearsal" admin-tool fleet remove-host web17 --dry-run
ok "... and nothing is changed" [ "$(sees web17)" = "bob web zoe" ]
exits 0 "a host is put out" admin-tool fleet remove-host web17 -y
says '^web17 is out of the fleet: it is told nothing more\.' "... and said so"
ok "... it has nothing more" [ -z "$(sees web17)" ]
run admin-tool fleet hosts -o json
json '[h["name"] for h in d] == ["h1"]' "... and is no host any more"
run admin-tool audit --event fleet-remove-host
says 'in the fleet as /root/\.coder-fleet\.pem: web17' "... which is on record"
run admin-tool fleet remove-host web18 -y -o json
json 'd["error"]["kind"] == "not-found"' "what is refused, for programs"
admin-tool fleet remove-host h1 -y >"$tmp/made" 2>&1
run admin-tool check -o json
json 'any(f["check"] == "fleet-put-out" and f["severity"] == "problem" for f in d) and not any(f["check"] == "fleet-server" for f in d)' "a host that was put out itself says so"
run admin-tool users edit bob -n 'Bob B.'
ok "... a verb of his, too, when it is done there" eval '[ "$status" -eq 1 ] && [ "$(user_value bob cn)" = "Bob B." ]'
complains '^admin-tool: note: this host was put out of the fleet and hears of no change any more' "... in words"
run admin-tool users activate bob -y
ok "... and one that is not (exit 4)" [ "$status" -eq 4 ]
complains '^admin-tool: note: this host was put out of the fleet' "... in words, too"
provider_kill a
provider_kill b
exits 9 "no server" admin-tool fleet hosts
admin-tool fleet leave -y >"$tmp/made" 2>&1
exits 1 "a host of no fleet" admin-tool fleet hosts
done_testing
