#!/bin/bash
# Accounts of the fleet made from a host that follows it: what is asked, the id from there, home and hand-over from here;
# and accounts of here beside them.
# shellcheck source=tests/fleet/upward-lib.sh disable=SC2016,SC2034
. /src/tests/fleet/upward-lib.sh

upward
make ann --roles admin
taken "$(entry bob 1)" "$REFRESHED"

# -- a dry run ---------------------------------------------------------------------------------------------
remember
exits 0 "a dry run" admin-tool users create zoe -e zoe@example.com --dry-run
says '^Would create zoe in the fleet; nothing was changed\.$' "... says where"
run admin-tool users create zoe -e zoe@example.com --dry-run -o json
json 'd["username"] == "zoe" and d["uid"] == 0 and d["would_change"] and not d["changed"]' "... for programs: the fleet gives the id"
unchanged "... makes nothing"
ok "... asks nobody" [ ! -s "$tmp/asked" ]

# -- made --------------------------------------------------------------------------------------------------
exits 0 "create" admin-tool users create zoe -e zoe@example.com -n 'Zoe Z.' --roles auditor --expires +90d --ssh-key "$KEY zoe@home"
password=$(field 'Temporary password')
says '^2 of 3 hosts are connected; not: web17\.$' "... with who is not connected"
for line in 'do add' 'name zoe' 'set status active' 'set email zoe@example.com' 'set full_name Zoe Z.' 'set home /home/zoe' 'set shell /bin/bash' \
    'set temporary true' 'set roles auditor' "set keys $KEY zoe@home" 'set scopes all' 'hosts'; do
    ok "asked: ${line:0:40}" grep -qxF "$line" "$tmp/asked"
done
asked '^set expires_at [0-9]{10}$' "... the end"
ok "no id is asked for" eval '! grep -q "^set uid" "$tmp/asked"'
uid=$(value "SELECT uid FROM accounts WHERE username = 'zoe'")
ok "the id is the fleet's" [ "$uid" -ge 1900000000 ]
ok "she is known here" [ "$(getent passwd zoe | cut -d: -f3,6,7)" = "$uid:/home/zoe:/bin/bash" ]
ok "... with a home" [ "$(stat -c %u:%g /home/zoe)" = "$uid:$uid" ]
ok "... and subordinate ids" grep -q ^zoe: /etc/subuid
hash=$(value "SELECT hash FROM accounts WHERE username = 'zoe'")
ok "... and the password that is handed over" [ "$(perl -e 'print crypt($ARGV[0], $ARGV[1])' "$password" "$hash")" = "$hash" ]
ok "... which went nowhere else" eval '! grep -qF "$password" "$tmp/asked" && ! grep -raqF "$password" "$STATE"'
run admin-tool audit --user zoe --event create -o json
json 'any(r["via"] != "fleet" and "in the fleet as cn=anna,ou=admins,dc=fleet" in str(r) for r in d)' "on record with who did it"
run admin-tool users create yan -e yan@example.com --scope web,all --uid 1900000777 --no-password --no-create-home --no-subids -o json
json 'd["username"] == "yan" and d["uid"] == 1900000777 and d["from"] == "fleet" and d["fleet"]["reached"] and d["temporary_password"] is None' "another, for programs"
ok "... each scope asked for" [ "$(grep -c '^set scopes' "$tmp/asked")" = 3 ]
ok "... no home" [ ! -e /home/yan ]
run eval 'printf "secret-words-9\n" | admin-tool users create sam -e sam@example.com --password-stdin'
ok "a password that was given (exit 0)" [ "$status" -eq 0 ]
ok "... went up as a hash alone" eval '! grep -q secret-words "$tmp/asked"'

# -- of here -----------------------------------------------------------------------------------------------
forget
exits 0 "--here" admin-tool users create hal -e hal@example.com --here
ok "... asks nobody" [ ! -s "$tmp/asked" ]
ok "... and takes an id of here" is_value "SELECT uid < 1900000000 FROM accounts WHERE username = 'hal'" 1
exits 0 "a service account is of here" admin-tool users create robot --service-account --here
remember
exits 2 "... alone" admin-tool users create robot2 --service-account
complains "each host's own; use --here" "... and it is said"
exits 2 "ageing, too" admin-tool users create vic -e vic@example.com --never-dormant
exits 4 "an id of here" admin-tool users create vic -e vic@example.com --uid 4242
complains "uid 4242 is not of the fleet's range, 1900000000 to 1999999999" "... is not the fleet's"
exits 4 "a scope that is none" admin-tool users create vic -e vic@example.com --scope 'a b'
exits 4 "a name of here" admin-tool users create hal -e other@example.com
exits 4 "an e-mail address of here" admin-tool users create vic -e hal@example.com
mkdir /home/vic
exits 4 "a home that is there" admin-tool users create vic -e vic@example.com
rmdir /home/vic
as refuse '0 taken uid is taken'
exits 4 "a name that the fleet has" admin-tool users create vic -e vic@example.com
complains 'vic: the fleet has that already: uid is taken; nothing was changed' "... is refused there"
as refuse
unchanged "nothing of that made anything"
ok "... nor a home" [ ! -e /home/vic ]
as late ''
run admin-tool users create vic -e vic@example.com
ok "one of which this host does not hear (exit 1)" [ "$status" -eq 1 ]
complains 'the change of vic was made in the fleet, but has not reached this host within 2 s' "... is said to be so"
ok "... is handed over all the same" [ -n "$(field 'Temporary password')" ]
ok "... without a home" [ ! -e /home/vic ]
run admin-tool users create viv -e viv@example.com -o json
json 'd["username"] == "viv" and d["changed"] and d["fleet"]["reached"] is False and d["uid"] >= 1900000000' "... for programs"
as late
run admin-tool audit --verify
ok "the log is whole" [ "$status" -eq 0 ]
done_testing
