#!/bin/bash
# "coder_fleet write" on two providers: which one writes, whose ids they are, what becomes of it when one is away or hangs;
# hosts more and less, who of them is connected, and the log of it all.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/fleet/write-lib.sh
. /src/tests/fleet/write-lib.sh

B=ldaps://b.fleet.test
second
host h1 web
host h2 all
host h3 web all
admin ann writers
admin aud auditors
joined h1 "$B" "$URI"
user bob 1900000100 --scope web
minimal=("set home /home/x" "set shell /bin/sh")
at_b() { by_root b ldapsearch -LLL -b "$PEOPLE" "$1" dn | grep -q ^dn; }
soon at_b '(uid=bob)'

# -- which one writes ------------------------------------------------------------------------

asks "do change" "name bob" "$(shown bob)" "set status suspended"
done_well "the one that stands by is passed over"
ok "... soon has it" soon at_b '(coderStatus=suspended)'
asks "do add" "name lea" "${minimal[@]}" "set scopes web"
is "an id is of the one that writes" '.uid == 1900000000'
joined h1 "$B"
asks "do change" "name bob" "set status active"
refused standby "where none writes"
provider_kill b
asks "do change" "name bob" "set status active"
refused away "where none is reached"
joined h1 "$B" "$URI"
asks "do change" "name bob" "set status active"
done_well "one that is away is passed over"
provider_start b
kill -STOP "$(pid_of b)"
asks "do change" "name bob" "set status suspended"
done_well "one that hangs, too"
ok "... within its time (took $took ms)" [ "$took" -lt 14000 ]
kill -CONT "$(pid_of b)"

# -- who is connected ------------------------------------------------------------------------

connections() { answer '.line == "host"' | jq -r '"\(.name) \(.uri)"' | sort | paste -sd ' '; }
joined h3 "$URI"
follow h3
comes h3 '.line == "commit"'
joined h1 "$B"
follow h1
comes h1 '.line == "commit"'
joined h1 "$B" "$URI"
asks "do change" "name bob" "set status active" "hosts"
done_well "a change, and who is connected"
ok "... of the hosts with its scope, on both servers" [ "$(connections)" = "h1 $B h3 $URI" ]
unfollow h3
gone() { asks "do change" "name bob" "set reason x" "hosts"; [ "$(connections)" = "h1 $B h3 null" ]; }
ok "one that is not is told" soon gone
asks "do hosts"
ok "all hosts" [ "$(connections)" = "h1 $B h2 null h3 null" ]
is "... with their scopes" '.name == "h3" and (.scopes | sort) == ["all","web"]'
asks "do hosts" "set scopes all"
ok "... of a scope" [ "$(connections)" = "h2 null h3 null" ]
asks "do change" "name bob" "set scopes all" "hosts"
ok "an account that moves: those that lose it are named, too" [ "$(connections)" = "h1 $B h2 null h3 null" ]
kill -STOP "$(pid_of b)"
asks "do change" "name bob" "set scopes web" "hosts"
is "a server that cannot be asked is named" ".line == \"unasked\" and .uri == \"$B\""
done_well "... and takes nothing back"
ok "... within its time (took $took ms)" [ "$took" -lt 16000 ]
kill -CONT "$(pid_of b)"

# -- hosts more and less ---------------------------------------------------------------------

"$FLEET/ca" issue "$CA" hosts h9
admitted() { as_fleet "$CODER_FLEET" check | grep -qx "uri $URI ok"; }
asks "do add-host" "name h9" "set scopes web" "set scopes all"
done_well "a host is added"
joined h9 "$URI"
ok "... and admitted" admitted
follow h9
committed h9
ok "... to its scopes' accounts" [ "$(names h9)" = "bob lea" ]
joined h1 "$B" "$URI"
asks "do add-host" "name h9" "set scopes web"
refused taken "a host is added once"
asks "do add-host" "name h8" "set scopes nowhere"
refused invalid "there is no scope that is not"
asks "do add-host" "name h8"
refused invalid "a host without a scope is none"
asks "do remove-host" "name h9"
done_well "a host is removed"
joined h9 "$URI"
ok "... and put out" eval '! admitted'
ok "... of the groups, too" eval '! by_root a ldapsearch -LLL -b ou=groups,dc=fleet "(member=cn=h9,ou=hosts,dc=fleet)" dn | grep -q ^dn'
joined h1 "$B" "$URI"
asks "do remove-host" "name h9"
refused changed "a host is removed once"

# -- the log ---------------------------------------------------------------------------------

rows() { answer '.line == "log"' | jq -r "$1" | paste -sd ' '; }
IDENTITY=(as_admin aud)
asks "do log" "set name bob"
done_well "an auditor reads the log"
ok "... each change once, in its order" [ "$(rows '.status // empty')" = "active suspended active suspended active" ]
ok "... with who made it" [ "$(rows .by | tr ' ' '\n' | sort -u | paste -sd ' ')" = "cn=ann,ou=admins,dc=fleet gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth" ]
is "... and what was changed" '.line == "log" and .what == "modify" and (.changed | index("coderScope")) and .name == "bob"'
asks "do log" "set count 2"
ok "the newest of all, as many as are wanted" [ "$(answer '.line == "log"' | wc -l) $(rows .name)" = "2 all web" ]
asks "do log" "set since $(($(date +%s) + 60))"
ok "since a time" [ -z "$(rows .name)" ]
asks "do log" "set since $(($(date +%s) - 600))" "set name h9"
ok "... of a host" [ "$(rows .what)" = "add delete" ]
hash=$(openssl passwd -6 secret-1)
IDENTITY=(as_admin ann)
asks "do change" "name bob" "set hash $hash"
IDENTITY=(as_admin aud)
asks "do log"
ok "no hash is in it" eval '! grep -qF "$hash" "$tmp/answer" && ! grep -q CRYPT "$tmp/answer"'
asks "do log" "set count 10001"
refused invalid "not without an end"
IDENTITY=(as_admin ann)
asks "do log"
refused rights "who only writes does not read it"

# -- one in the other's place ----------------------------------------------------------------

at a "$FLEET/provider" standby >/dev/null
at b "$FLEET/provider" promote >/dev/null
asks "do add" "name mia" "${minimal[@]}"
is "the other one writes: ids of its own" '.uid == 1950000000'
provider_kill a
asks "do add" "name pia" "${minimal[@]}"
is "... with the first away, too" '.uid == 1950000001'
done_testing
