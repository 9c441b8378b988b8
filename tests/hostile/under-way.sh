#!/bin/bash
# No login that is under way outlives what an administrator decides. Between the session phase's word and its setuid(2)
# a su is root's, with its caller's real and login uid; who holds it up there - ^S on the terminal that it tells the last
# login on - gets nothing by letting it go afterwards. What is the caller's own goes on.

# shellcheck source=tests/cli/lib.sh disable=SC2034,SC2154,SC2016,SC2317
. /src/tests/cli/lib.sh
# shellcheck source=tests/hostile/lib.sh
. /src/tests/hostile/lib.sh
cd /

useradd -m bob
for name in eve amy ann abe ada; do
    make "$name" --password-stdin --roles admin <<<"$good"
done
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
as() { setpriv --reuid "$1" --regid "$1" --init-groups "${@:2}"; }
alive() { kill -0 "$1" 2>/dev/null && ! grep -q '^State:.[ZX]' "/proc/$1/status"; }

# held NAME: bob's su for NAME on a terminal that is stopped, until there is a file "go".
cat >"$tmp/held.py" <<'PY'
import os, pty, subprocess, sys, termios, time
name, password, go = sys.argv[1:]
mine, out = pty.openpty()
keys, theirs = pty.openpty()
termios.tcflow(out, termios.TCOOFF)
subprocess.Popen(["su", "-", name], stdin=theirs, stdout=out, stderr=subprocess.DEVNULL)
time.sleep(1)
os.write(keys, password.encode() + b"\n")
while not os.path.exists(go):
    time.sleep(0.1)
termios.tcflow(out, termios.TCOON)
os.write(keys, b"sleep 300\n")
time.sleep(300)
PY
chmod 755 "$tmp" "$tmp/held.py"
held()
{
    (id -u bob >/proc/self/loginuid; exec setpriv --reuid bob --regid bob --init-groups \
        python3 "$tmp/held.py" "$1" "$good" "$tmp/go-$1") >/dev/null 2>&1 & his=$!
}
openings() { sqlite3 -cmd '.timeout 2000' "$STATE/private/activity.db" "SELECT pid FROM openings WHERE uid = $1"; }
is_recorded() { [[ $su =~ ^[0-9]+$ ]] && openings "$1" | grep -qx "$su"; }
# Its helper has answered (until it is started it is called su, too), and it is still root's.
is_held() { su=$(pgrep -xf "su - $1") && is_recorded "$2" && ! pgrep -P "$su" && ! pgrep -U "$2"; }

# round NAME WHAT COMMAND...
round()
{
    local name=$1 what=$2 uid his su=
    shift 2
    uid=$(id -u "$name")
    as bob su "$name" -c true <<<"$good" >/dev/null 2>&1 # there is a last login to tell of
    held "$name"
    ok "$what: a su is held up, recorded as what it is, root's" soon is_held "$name" "$uid"
    run "$@"
    ok "... the command ends with 0" [ "$status" -eq 0 ]
    ok "... and the su has ended" eval '! alive '"$su"
    touch "$tmp/go-$name"
    sleep 1
    ok "... let go, nothing runs as its user" eval '! pgrep -r D,R,S,T,t -U '"$uid"
    ok "... the caller's own goes on" alive "$his"
    kill "$his"
    wait "$his" 2>/dev/null
}
round amy suspension admin-tool users suspend amy -y
round ann demotion admin-tool users edit-roles ann --roles member -y
round abe deletion admin-tool users delete abe -y
round ada "a new name" eval '! admin-tool users rename ada adele -y 2>"$tmp/running" && grep -q "ada runs" "$tmp/running" &&
    admin-tool users rename ada adele -y --end-sessions'

# Who asks without root's privilege is not recorded, nor whose session is not ours to open.
as bob true
su bob -c true
ok "a local user's session is not recorded" [ -z "$(openings "$(id -u bob)")" ]
done_testing
