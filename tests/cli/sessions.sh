#!/bin/bash
# Suspended means out: what runs for the user ends, by login uid too; nothing else does.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

# start NAME COMMAND...: in the background as that user; $! is its process.
start() { setpriv --reuid "$1" --regid "$1" --init-groups -- "${@:2}" >/dev/null 2>&1 & }
alive() { kill -0 "$1" 2>/dev/null && ! grep -q '^State:.[ZX]' "/proc/$1/status"; }

make alice --roles admin
make bob
make carol
make dora --roles auditor

start bob sleep 1000; plain=$!
start bob bash -c 'trap "" TERM HUP; while :; do sleep 1; done'; stubborn=$!
start carol sleep 1000; other=$!
start bob bash -c 'setsid sleep 1000 & while :; do sleep 0.2 & wait; done'; forking=$!
setpriv --ruid bob --clear-groups --regid bob -- sleep 1000 & real=$!
sleep 0.5
exits 0 "suspend --keep-sessions" admin-tool users suspend bob -y --keep-sessions
ok "... leaves them" alive "$plain"
admin-tool users activate bob -y >"$tmp/made"
exits 0 "suspend" admin-tool users suspend bob -y
for process in "$plain" "$stubborn" "$forking" "$real"; do
    ok "ends process $process" eval '! alive '"$process"
done
ok "nothing of his is left" eval '! pgrep -U bob && ! pgrep -u bob'
ok "another user's are" alive "$other"
ok "and we are" true

start bob sleep 1000
left=$!
exits 0 "suspend once more, --keep-sessions" admin-tool users suspend bob -y --keep-sessions
ok "... leaves what a killed run had left" alive "$left"
exits 0 "suspend once more" admin-tool users suspend bob -y
ok "... ends it" eval '! alive '"$left"

start carol sleep 1000
kept=$!
exits 0 "reset-password" admin-tool reset-password carol -y
ok "... leaves sessions" alive "$kept"
exits 0 "reset-password --end-sessions" admin-tool reset-password carol -y --end-sessions
ok "... ends them" eval '! alive '"$kept"

start dora sleep 1000
kept=$!
exits 0 "a role given" admin-tool users edit-roles dora --roles auditor,admin -y
ok "... leaves sessions" alive "$kept"
exits 0 "a role taken away, --keep-sessions" admin-tool users edit-roles dora --roles admin -y --keep-sessions
ok "... leaves sessions" alive "$kept"
admin-tool users edit-roles dora --roles auditor,admin -y >"$tmp/made"
exits 0 "a role taken away" admin-tool users edit-roles dora --roles admin -y
ok "... ends them" eval '! alive '"$kept"

if (echo 70101 >/proc/self/loginuid) 2>/dev/null; then
    admin-tool users activate bob -y >"$tmp/made"
    bash -c 'echo 70101 >/proc/self/loginuid; exec sleep 1000' & shell=$!
    sleep 0.3
    exits 0 "suspend one with a root shell" admin-tool users suspend bob -y
    ok "... ends it by its login uid" eval '! alive '"$shell"
    admin-tool users activate bob -y >"$tmp/made"
    # Oneself, by the login uid.
    self() { run bash -c 'echo 70101 >/proc/self/loginuid; exec admin-tool "$@"' bash "$@"; }
    own() { self "${@:2}"; ok "$1 oneself is refused (exit 4)" eval '[ $status -eq 4 ] && is_clean_error'; complains 'bob is your own account.*another Admin.*--force' "... with a word"; unchanged "... and nothing is changed"; }
    admin-tool backup /root/member >"$tmp/made"
    admin-tool users edit-roles bob --roles admin,auditor -y >"$tmp/made"
    remember
    own "suspending" users suspend bob -y
    own "... with --keep-sessions" users suspend bob -y --keep-sessions
    own "... with --dry-run" users suspend bob --dry-run
    own "deleting" users delete bob -y
    own "demoting" users edit-roles bob --roles member -y
    own "taking a role from" users edit-roles bob --roles admin -y
    self restore /root/member -y
    ok "a restore that demotes oneself is refused (exit 4)" eval '[ $status -eq 4 ] && is_clean_error'
    complains 'you yourself would lose.*another Admin.*--force' "... with a word"
    unchanged "... and nothing is changed"
    self users suspend dora -y --dry-run
    ok "another one is not" [ $status -eq 0 ]
    run bash -c 'echo 70101 >/proc/self/loginuid; echo yes | admin-tool users suspend bob --force; :'
    says 'Are you sure you want to suspend this user' "with --force it asks as ever"
    says 'bob is suspended' "... and says what is done before its own session ends"
    ok "... so the work is done" is_value "SELECT status FROM accounts WHERE username='bob'" suspended
    for _ in $(seq 1000); do # it looks on for a moment, long on a busy machine, and would find the next one
        pgrep -x admin-tool >/dev/null || break
        sleep 0.05
    done
    self restore /root/member -y --force --exact
    says '^The backup is restored' "a restore with --force says so first, too"
    admin-tool users suspend bob -y >"$tmp/made"
    ok "... and published" [ "$(getent passwd bob | cut -d: -f7)" = /usr/sbin/nologin ]
else
    echo "ok $((number += 1)) - a root shell by its login uid # SKIP cannot be set here"
fi
start carol sleep 1000
kept=$!
exits 0 "delete" admin-tool users delete carol -y
ok "... ends sessions" eval '! alive '"$kept"
exits 0 "nothing runs any more than it should" true
done_testing
