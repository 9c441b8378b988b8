#!/bin/bash
# Hashes whose cost somebody else chose: import tries each method and cost once, within limits, and refuses what is
# dear; one that came in all the same costs a login's helper a bounded time, and check names it.

# shellcheck disable=SC2016,SC2034,SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
cd "$tmp" || exit 1
good=violet-Otter-77-stream
letters() { printf "%0$1d" 0 | tr 0 a; }
row() { printf 'username,email,password_hash\ndear,dear@example.com,%s\n' "$1"; }
within() { local begun=$SECONDS; run timeout -s KILL 30 "$@"; took=$((SECONDS - begun)); }
refused() { [ "$status" -eq 4 ] && grep -q 'line 2: the password_hash cannot be computed here, or costs more than' "$tmp/err"; }

make root1 --roles admin
remember
for prefix in '$6$rounds=999999999$salt$' '$5$rounds=999999999$salt$' '$2b$31$' '$y$jHT$salt$' '$gy$jHT$salt$'; do
    case $prefix in
        '$6$'*) row "$prefix$(letters 86)" ;;
        '$2b$'*) row "$prefix$(letters 53)" ;;
        *) row "$prefix$(letters 43)" ;;
    esac >dear.csv
    within admin-tool users import dear.csv
    ok "import refuses $prefix, after $took s" refused
done
unchanged "... and changes nothing"
for i in $(seq 70); do
    echo "{\"username\": \"u$i\", \"email\": \"u$i@example.com\", \"password_hash\": \"\$6\$rounds=$((1000 + i))\$salt\$$(letters 86)\"}"
done >many.jsonl
within admin-tool users import many.jsonl --skip-bad
ok "not more than 64 different costs are tried ($took s)" [ "$(grep -c 'of yet another method or cost' "$tmp/err")" -eq 6 ]
hash=$(perl -e 'print crypt("'"$good"'", "\$2b\$11\$abcdefghijklmnopqrstuu")')
row "$hash" >fair.csv
exits 0 "a hash of a usual cost of bcrypt" admin-tool users import fair.csv
run pamtester login dear authenticate <<<"$good"
ok "... lets in" [ "$status" -eq 0 ]

# -- one that came in by a restore, or before ----------------------------------------------------------------
sqlite3 "$STORE" "UPDATE accounts SET hash = '\$6\$rounds=999999999\$salt\$$(letters 86)' WHERE username = 'dear'"
: >/var/log/messages
within pamtester login dear authenticate <<<"$good"
ok "such a hash lets nobody in, after $took s" eval '[ "$status" -ne 0 ] && [ "$status" -ne 137 ] && [ "$took" -lt 18 ]'
ok "... and the log says what to do" grep -q 'user dear: the hash of the password cannot be computed.*admin-tool reset-password dear' /var/log/messages
ok "... while nothing goes on computing" eval '! pgrep -x coder_helper >/dev/null'
within admin-tool check
ok "check names it, after $took s" grep -q '^problem: account-hash-cost: dear: 1 hashes cannot be computed' "$tmp/out"
eval "$(admin-tool check dear -o json | jq -r '.findings[] | select(.check == "account-hash-cost").mend') -y" >"$tmp/made"
within admin-tool check dear
ok "... and what mends it" eval '! grep -q account-hash-cost "$tmp/out"'
done_testing
