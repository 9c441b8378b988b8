#!/bin/bash
# The tool itself: a machine boots by its own kernel and systemd, gives back what a script prints and its status, is booted
# again with its disk, loses what nobody synced when the power goes, and reaches nothing.

vm=$(dirname "$0")/vm
"$vm" can || exit 0
number=0 failed=0
ok()
{
    number=$((number + 1))
    if "${@:2}"; then echo "ok $number - $1"; else failed=1 && echo "not ok $number - $1" && sed 's/^/# /' "$out"; fi
}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
status=0
"$vm" run "$(dirname "$0")/guest/machine" one 'two words' >"$out" 2>&1 || status=$?
ok "the script's status comes back" [ "$status" -eq 7 ]
ok "... and what it was told, said, and where" grep -qx 'step 1: <one> <two words>' "$out"
ok "systemd came up whole" grep -qx 'systemd: running' "$out"
ok "the packages of this tree are in it" grep -qE '^product: ii .*libnss-coder' "$out"
ok "it has no network but its own" grep -qx 'network: lo' "$out"
ok "booted again it has its disk" grep -qx 'step 2: kept' "$out"
ok "after the power went it has what was synced, and no more" grep -qx 'step 3: kept synced' "$out"
echo "1..$number"
exit $failed
