#!/bin/bash
# What a caller sets before he executes something of root's does not reach it: the helper as the child of su, sudo and
# passwd, of a root host and behind the socket, and admin-tool by sudo and by root, look like a plain caller's in /proc.
# (What others notice of it: inherited-beside.sh. The helper executed by the caller himself: test_callers.c.)

# shellcheck disable=SC2016,SC2034,SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
# shellcheck source=tests/hostile/lib.sh
. /src/tests/hostile/lib.sh
# shellcheck source=tests/hostile/inherited-lib.sh
. /src/tests/hostile/inherited-lib.sh

# -- nothing is left ----------------------------------------------------------------------------

# The helper waits for the attempts, which an administrator's program has locked: it can be looked at.
python3 -c '
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
open(sys.argv[2], "w").close()
time.sleep(600)' "$STATE/private/activity.db" "$tmp/held" &
locker=$!
until [ -e "$tmp/held" ]; do sleep 0.02; done
for way in "${WAYS[@]}"; do
    begun=$EPOCHSECONDS
    in_batches portraits "$way"
    echo "# $way: $((EPOCHSECONDS - begun)) s; $(sed -n 's/^ended //p' "$tmp/all" | paste -sd,)"
    ok "$way: whatever was set is nobody's but the caller's" eval '[ "$(counted odd)" -eq 0 ] && [ ! -s "$tmp/err" ]'
    ok "$way: with most of them it goes as far as root's program ($(counted ok) of $count)" [ "$(counted ok)" -ge 35 ]
done
kill "$locker"

# -- what a tool keeps, as people expect it (time zone, locale: tests/cli/terminal.sh, listing.sh) -----------

# tool OPTION...: a tool of root's that waits for an answer, with env's options about signals; $tool.
tool()
{
    env "$@" admin-tool users suspend amy <"$tmp/silence" >/dev/null 2>&1 &
    tool=$!
    for _ in $(seq 500); do
        [ "$(cat "/proc/$tool/comm")" = admin-tool ] && grep -q '^Umask:.0077' "/proc/$tool/status" && break
        sleep 0.02
    done
    sleep 0.3
}
# Those of the signals up to SIGTERM that it ignores, in bits.
ignored() { echo $((0x$(sed -n 's/^SigIgn:[[:space:]]*//p' "/proc/$tool/status") & 0x4fff)); }
end_tool() { kill -KILL "$tool"; wait "$tool"; } 2>/dev/null
mkfifo "$tmp/silence"
exec 7<>"$tmp/silence"
tool --ignore-signal=HUP --default-signal=INT,QUIT,TERM
ok "under nohup it goes on ignoring SIGHUP" [ "$(ignored)" -eq 1 ]
kill -HUP "$tool"
sleep 0.2
ok "... and a hangup does not end it" [ -e "/proc/$tool" ]
end_tool
tool --ignore-signal=USR1,TERM,ALRM --default-signal=HUP,INT,QUIT
ok "what else its caller ignored it does not" [ "$(ignored)" -eq 0 ]
end_tool

script -qfc 'bash -c "admin-tool users suspend amy; :"' /dev/null <"$tmp/silence" >/dev/null &
until tool=$(pgrep -xn admin-tool); do sleep 0.02; done
sleep 0.5
read -r _ group session terminal front _ < <(sed 's/.*) . //' "/proc/$tool/stat")
ok "it stays in its terminal, in front there" \
    eval '[ "$terminal" -ne 0 ] && [ "$group" = "$front" ] && [ "$session" != "$tool" ]'
kill -KILL "$tool"
done_testing
