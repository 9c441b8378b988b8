# shellcheck shell=bash disable=SC2034,SC2154
# Three users and mal, who sets what he can, and inherited.py with all the attributes (tests/unit/fixture/hostility*.c),
# one way after the other. Sourced after tests/cli/lib.sh and tests/hostile/lib.sh.

INHERIT=/src/.build/world/inherit CALL=/src/.build/world/pam_call
AT_ONCE=26  # of two to four processes each
WAYS=(su sudo passwd host socket sudo-tool tool)
: >"$tmp/err"
: >"$tmp/out"

for name in amy ben cleo mal; do
    make "$name" --password-stdin <<<"$good"
done
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
printf '%s\n' 'mal ALL=(ALL:ALL) ALL' 'mal ALL=(root) NOPASSWD: /usr/sbin/admin-tool' >/etc/sudoers.d/mal
"$CALL" auth amy "$good" >/dev/null # makes the file that is locked below
printf '%s\n' "$CALL auth ben $good" 'admin-tool users suspend cleo -y' 'admin-tool users activate cleo -y' \
    >"$tmp/commands" # what is done in time, whatever others are up to
count=$("$INHERIT" --list | wc -l)

# in_batches WHAT WAY [COUNT]: inherited.py with all or so many of the attributes; $tmp/all, and what is not as it should
# be in $tmp/out.
in_batches()
{
    local first
    for ((first = 0; first < ${3:-count}; first += AT_ONCE)); do
        python3 /src/tests/hostile/inherited.py "$1" "$2" "$first" "$AT_ONCE" <"$tmp/commands"
    done >"$tmp/all" 2>"$tmp/err"
    grep -E '^(odd|bad) ' "$tmp/all" >"$tmp/out"
}
counted() { grep -c "^$1 " "$tmp/all"; }
