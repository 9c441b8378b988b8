#!/bin/bash
# Suspended under a subordinate uid: what runs under it is the user's, too, and nobody else's is hit.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034
. /src/tests/cli/lib.sh

touch /etc/subuid /etc/subgid
make alice
make bob --no-subids
first=$(sed -n 's/^alice:\([0-9]*\):.*/\1/p' /etc/subuid)
useradd -u $((first + 9)) -M near
setpriv --reuid $((first + 5)) --regid $((first + 5)) --clear-groups setsid sleep 300 & under=$!
setpriv --reuid $((first + 9)) --regid $((first + 9)) --clear-groups setsid sleep 300 & local=$!
setpriv --reuid $((first + 65536)) --regid 1 --clear-groups setsid sleep 300 & beyond=$!
setpriv --reuid "$(id -u bob)" --regid 1 --clear-groups setsid sleep 300 & bobs=$!
echo "alice:$(id -u bob):1" >>/etc/subuid
sleep 0.5
exits 4 "rename of whom something runs under a subordinate uid" admin-tool users rename alice alicia -y
exits 0 "suspend" admin-tool users suspend alice -y
sleep 0.3
ok "... ends what has a subordinate uid" eval '! kill -0 $under 2>"$tmp/ended"'
ok "... but no local user's own that is in the range" kill -0 "$local"
ok "... nor what is beyond it" kill -0 "$beyond"
ok "... nor another account's" kill -0 "$bobs"
kill "$local" "$beyond" "$bobs"
done_testing
