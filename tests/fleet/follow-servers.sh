#!/bin/bash
# Two providers, and what can happen to them: killed, hung, behind, filled anew, put back to a backup. The follower has
# everything once, and never a state that is older than what it had.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/fleet/follow-lib.sh
. "$(dirname "$0")/follow-lib.sh"
second
host h1 web
user ann 1900000001 --scope web
user ben 1900000002 --scope web
A=ldaps://a.fleet.test B=ldaps://b.fleet.test
set_at() { printf 'dn: uid=%s,%s\nchangetype: modify\nreplace: loginShell\nloginShell: %s\n' "$2" "$PEOPLE" "$3" | by_root "$1" ldapmodify >"$tmp/set" 2>&1; }
context() { by_root "$1" ldapsearch -LLL -o ldif-wrap=no -b dc=fleet -s base contextCSN | grep -v '^dn' | sort; }
equal() { for _ in $(seq 200); do [ "$(context a)" != "$(context b)" ] || return 0; sleep 0.05; done; return 1; }
equal

# -- killed ---------------------------------------------------------------------------------------------
joined h1 $A $B
follow f
ok "the first one is followed" eval 'committed f && [ "$(names f)" = "ann ben" ]'
mark f
before=$(date +%s%N)
provider_kill a
ok "it is killed: the second one is followed" comes f '.line == "commit"' 10
echo "# killed to following the other | $((($(date +%s%N) - before) / 1000000)) ms"
ok "... which has nothing new to say" [ -z "$(lines f '.line == "entry" or .line == "gone"')" ]
ok "... nor says that anybody is absent" [ -z "$(lines f '.absent')" ]
at b "$FLEET/provider" promote --other-is-down >"$tmp/promote" 2>&1
mark f
comes f '.line == "commit"'
mark f
set_at b ann /bin/dash
ok "what is changed there comes" eval 'comes f ".username == \"ann\"" && committed f'
both=$(cookie f)
ok "... and the cookie knows of both" eval '[[ $both == *"#001#"*";"*"#002#"* ]]'
provider_start a
at a "$FLEET/provider" standby >"$tmp/standby" 2>&1
equal
mark f
provider_kill b
ok "the other is killed: back to the first one, with the changes of both" eval 'comes f ".line == \"commit\"" 15 && [ "$(cookie f)" = "$both" ]'
ok "... and again nothing is said twice" [ -z "$(lines f '.line == "entry" or .line == "gone"')" ]
unfollow f

# -- behind ---------------------------------------------------------------------------------------------
# b is down; a is promoted and changes; then a is down, and b comes up without the change.
at a "$FLEET/provider" promote --other-is-down >"$tmp/promote" 2>&1
set_at a ben /bin/dash
follow f "$both"
ok "(a change that b has not)" comes f '.username == "ben"'
committed f
newer=$(cookie f)
mark f
provider_kill a
provider_start b
ok "who is behind is not followed" comes f '.line == "behind" and (.uri | contains("b.fleet")) and (.why | contains("contextCSN"))' 15
sleep 2
ok "... however often" [ -z "$(lines f '.line == "connected" or .line == "commit"')" ]
ok "... the fleet has not gone back: the first one is only down" [ -z "$(lines f '.line == "went_back"')" ]
mark f
provider_start a
ok "the first one is back: it goes on" comes f '.line == "commit"' 15
equal
unfollow f

# -- hung -----------------------------------------------------------------------------------------------
joined h1 $A $B
follow f "$newer"
committed f
mark f
begun=$SECONDS
kill -STOP "$(pid_of a)"
ok "one that is hung is left" comes f '.line == "lost" and (.why | contains("heartbeat"))' 27
echo "# hung to left | $((SECONDS - begun)) s"
ok "... the other is followed" comes f '.line == "connected" and (.uri | contains("b.fleet"))' 5
unfollow f
follow f "$newer"
begun=$SECONDS
ok "whoever begins while it hangs follows the other, too" comes f '.line == "commit"' 12
echo "# hung at first to following the other | $((SECONDS - begun)) s"
unfollow f
kill -CONT "$(pid_of a)"

# -- filled anew ----------------------------------------------------------------------------------------
provider_kill b
rm -f /srv/b/var/lib/ldap/fleet/*
kill -STOP "$(pid_of a)"
provider_start b
joined h1 $B
follow f "$newer"
ok "an empty one is behind" comes f '.line == "behind" and (.why | contains("empty"))'
unfollow f
follow f
ok "... also for who wants everything: half a tree is worse than none" comes f '.line == "behind" and (.why | contains("empty"))'
ok "... which is no step back" [ -z "$(lines f '.line == "went_back"')" ]
kill -CONT "$(pid_of a)"
ok "... until it is filled" eval 'comes f ".line == \"commit\"" 40 && [ "$(names f)" = "ann ben" ]'
unfollow f

# -- put back -------------------------------------------------------------------------------------------
provider_kill b
pid=$(pid_of a)
kill "$pid"; while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
cp -a /srv/a/var/lib/ldap/fleet "$tmp/backup"
provider_start a
set_at a ann /bin/rbash
joined h1 $A
follow f
ok "(a change after the backup)" eval 'committed f && [ "$(lines f ".username == \"ann\"" | jq -r .shell)" = /bin/rbash ]'
mark f
provider_kill a
rm -rf /srv/a/var/lib/ldap/fleet && cp -a "$tmp/backup" /srv/a/var/lib/ldap/fleet
provider_start a
ok "the only one, put back to it, is behind" comes f '.line == "behind"' 15
ok "... and so the fleet went back" comes f '.line == "went_back" and (.uri | contains("a.fleet"))'
sleep 2
ok "... nothing of it is taken" [ -z "$(lines f '.line == "connected" or .line == "entry" or .line == "commit"')" ]
unfollow f
follow f
ok "... but by who asks for everything" eval 'committed f && [ "$(lines f ".username == \"ann\"" | jq -r .shell)" = /bin/dash ]'
done_testing
