#!/bin/bash
# A page of many accounts: however they are found and put in order, few pages of the store are read for it.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
command -v strace >/dev/null || { echo "1..0 # SKIP no strace"; exit; }

make ann
/src/tests/bench/fill.sh "$STORE" 10000
admin-tool users suspend user0000003 user0009999 --keep-sessions -y >"$tmp/made"
exits 0 "accounts can be dormant" admin-tool policy set dormant_days=3650

# reads MOST OPTION...: no more pages of the store than that; they have 4096 octets, and there are above 600 of them.
reads()
{
    local most=$1 count
    shift
    strace -f -y -o "$tmp/calls" -e trace=pread64 admin-tool users list -n 50 -c username "$@" >"$tmp/out" 2>"$tmp/err"
    count=$(grep -c 'private/accounts\.db>' "$tmp/calls")
    ok "$*: $count pages of $most" [ "$count" -gt 0 -a "$count" -le "$most" ]
}

ok "the store is large" [ "$(stat -c %s "$STORE")" -gt 2500000 ]
reads 60
reads 60 --reverse
reads 60 --status active
reads 60 --status suspended
ok "... who is found" [ "$(tail -n +2 "$tmp/out" | xargs)" = 'user0000003 user0009999' ]
reads 60 --role admin
reads 60 --locked
reads 60 --must-change
ok "... who is found" [ "$(tail -n +2 "$tmp/out" | xargs)" = ann ]
for key in created_at dormant_at email uid; do
    reads 60 --sort $key
    reads 60 --sort $key --reverse
done
reads 60 user000
reads 220 nobody-at-all # all of the text, which is less than a third of the store
done_testing
