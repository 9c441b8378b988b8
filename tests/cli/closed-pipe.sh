#!/bin/bash
# Whoever reads the first line and goes away has what he wanted: a command that only reads ends quietly, with the status
# it has anyway. One that changed something says so; and a disk that is full is no reader that went away.
# shellcheck source=tests/cli/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"

make alice --roles admin
make bob
admin-tool keys add alice "$(ssh-keygen -q -t ed25519 -N '' -f "$tmp/key" && cat "$tmp/key.pub")" >"$tmp/made"

# A pipe that nobody reads any more is descriptor 8.
mkfifo "$tmp/pipe"
exec 7<>"$tmp/pipe" 8>"$tmp/pipe" 7<&-

# quiet COMMAND...: as if it had been read, and without a word.
quiet()
{
    local expected=0
    "$@" >"$tmp/out" 2>"$tmp/read" || expected=$?
    status=0
    "$@" >&8 2>"$tmp/err" || status=$?
    ok "$*: ends quietly ($expected)" eval '[ "$status" -eq '"$expected"' ] && cmp -s "$tmp/read" "$tmp/err"'
}

for command in audit 'audit -o json' 'audit -o jsonl' 'audit -o csv' 'audit --verify' 'users list' 'users list -o json' 'users list -o csv' 'users count' 'users count -o json' \
    'users show alice' 'users show alice -o json' 'users export' 'users export --format json' check 'check -o json' \
    'check -o nagios' 'check alice' policy 'policy -o json' 'policy get lock_seconds' 'keys list alice' \
    'keys list alice -o json' --help --version 'users --help' 'users list --help' 'users suspend bob --dry-run' \
    'users activate bob' 'restore /nowhere' 'users show nobody'; do
    # shellcheck disable=SC2086
    quiet admin-tool $command
done
status=0
timeout 10 admin-tool audit -f >&8 2>"$tmp/err" || status=$?
ok "audit -f: likewise" eval '[ "$status" -eq 0 ] && [ ! -s "$tmp/err" ]'

# More than a pipe holds, of which a line is read.
for i in $(seq 2000); do
    echo "user$i,user$i@example.com,User Number $i of the Many,*"
done | { echo username,email,full_name,password_hash; cat; } >"$tmp/users.csv"
run admin-tool users import "$tmp/users.csv"
ok "there are many accounts" [ "$status" -eq 0 ]
for command in audit 'audit -o json' 'audit -o jsonl' 'audit -o csv' 'users list' 'users list -o json' 'users export' \
    'users export --format json'; do
    # shellcheck disable=SC2086
    { admin-tool $command 2>"$tmp/err" | head -n 1 >"$tmp/out"; } && status=0 || status=$?
    ok "$command | head -n 1, with pipefail" eval '[ "$status" -eq 0 ] && [ ! -s "$tmp/err" ] && [ "$(wc -l <"$tmp/out")" -eq 1 ]'
done

status=0
admin-tool users suspend bob -y >&8 2>"$tmp/err" || status=$?
ok "a change that nobody read about is made, and said" eval 'grep -q "^admin-tool: the change was made" "$tmp/err"'
ok "... it is" is_value "SELECT status FROM accounts WHERE username = 'bob'" suspended
for command in audit 'users list' 'users export' check; do
    status=0
    # shellcheck disable=SC2086
    admin-tool $command >/dev/full 2>"$tmp/err" || status=$?
    ok "$command onto a full disk fails, and says so" eval '[ "$status" -eq 1 ] && grep -q "standard output could not be written" "$tmp/err"'
done
done_testing
