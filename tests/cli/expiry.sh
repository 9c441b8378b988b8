#!/bin/bash
# When an account ends: the day that is given is its last good one, in the zone of this host whoever runs the tool; and
# what is shown or exported means the same when it is given back.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

live_in 'Rule EU 1981 max - Mar lastSun 1:00u 1:00 S' 'Rule EU 1996 max - Oct lastSun 1:00u 0 -' \
    'Zone Test 1:00 EU CE%sT'
end_of() { value "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', expires_at, 'unixepoch') FROM accounts WHERE username = '$1'"; }
ends() { ok "$3" [ "$(end_of "$1")" = "$2" ]; }
today=$(date +%F)
midnight() { date -u -d "@$(date -d "$1 00:00" +%s)" +%FT%TZ; } # of a day, here

# -- given ----------------------------------------------------------------------------------------------------
make alice --no-password --expires 2037-07-01
ends alice 2037-07-01T22:00:00Z "a day is the last good one: it ends at 24:00 of this host"
while IFS='|' read -r text end; do
    exits 0 "--expires $text" env TZ=JST-9 admin-tool users edit alice --expires "$text"
    ends alice "$end" "... is $end, whatever the caller's zone"
    run env TZ=EST5 admin-tool users show alice -c 'account expires at'
    shown=$(sed -E 's/^Account expires at +//' "$tmp/out")
    run env TZ=EST5 admin-tool users edit alice --expires "$shown"
    ok "... and what is shown ($shown) means the same" grep -q 'these values already' "$tmp/out"
done <<END
2037-03-29|2037-03-29T22:00:00Z
2037-10-25|2037-10-25T23:00:00Z
2037-12-31|2037-12-31T23:00:00Z
today|$(midnight "$today 1 day")
+90d|$(midnight "$today 91 days")
+1w|$(midnight "$today 8 days")
2037-07-01 18:00|2037-07-01T16:00:00Z
2037-07-01T18:00:00Z|2037-07-01T18:00:00Z
2037-07-01T18:00:00-03:30|2037-07-01T21:30:00Z
2037-10-25 02:30:00 +0100|2037-10-25T01:30:00Z
END
exits 0 "never" admin-tool users edit alice --expires never
ok "... is no end" is_value "SELECT expires_at IS NULL FROM accounts WHERE username = 'alice'" 1
for text in soon 90d '2d ago' 2037-02-29 +1y 9999-12-31; do
    exits 2 "--expires $text" admin-tool users edit alice --expires "$text"
done
complains 'the last day, 2027-06-30, today or \+90d' "... and what it takes is said"
exits 4 "yesterday" admin-tool users edit alice --expires "$(date -d yesterday +%F)"

# -- its last day, and what is after it -----------------------------------------------------------------------
admin-tool users edit alice --expires today >"$tmp/made"
run su alice -c 'echo in'
ok "on the last day she is in" [ "$(cat "$tmp/out")" = in ]
run admin-tool users list --status active -c username
says '^alice$' "... and active"
sqlite3 "$STORE" "UPDATE accounts SET expires_at = unixepoch() WHERE username = 'alice'"
run su alice -c 'echo in'
ok "after it she is not" eval '[ "$status" -ne 0 ] && ! grep -q in "$tmp/out"'
run admin-tool users list --status expired -c username
says '^alice$' "... but expired"

# -- in files -------------------------------------------------------------------------------------------------
cat >"$tmp/in.csv" <<'END'
username,email,expires
carl,carl@example.com,2037-07-01
dora,dora@example.com,2037-07-01T18:00:00Z
emil,emil@example.com,never
END
exits 0 "an import with ends" env TZ=JST-9 admin-tool users import "$tmp/in.csv"
ends carl 2037-07-01T22:00:00Z "... a day is the last good one"
ends dora 2037-07-01T18:00:00Z "... a moment is that moment"
ends emil '' "... and never none"
for text in +90d today soon 2037-02-29; do
    run admin-tool users import - <<<$'username,email,account_expires_at\nx,x@example.com,'"$text"
    ok "$text is no end in a file, which is kept (exit 4)" [ "$status" -eq 4 ]
    complains "line 2: the account_expires_at '[+]*${text#+}' is neither a day like" "... which is said"
done
all() { value "SELECT group_concat(username || coalesce(expires_at, '-'), ' ') FROM (SELECT * FROM accounts ORDER BY username)"; }
before=$(all)
for format in csv json; do
    admin-tool users export --with-hashes --format "$format" >"$tmp/export"
    mv "$STATE" "$tmp/old-$format"
    live_in 'Zone Test 9:00 - JST'
    exits 0 "what is exported as $format" admin-tool users import "$tmp/export"
    ok "... has the same ends on a host in another zone" [ "$(all)" = "$before" ]
done

# -- local accounts: shadow(5) has the first day that is not good, in UTC -------------------------------------
useradd -m -e 2037-07-01 frida
exits 0 "a local account with an end" admin-tool users import --from-passwd frida
ends frida 2037-07-01T00:00:00Z "... keeps it"
done_testing
