#!/bin/bash
# Hostile text: refused with one clean line, or escaped wherever it is shown; text.py does the work.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

python3 "$(dirname "$0")/text.py" >"$tmp/tap" 2>"$tmp/err" || status=$?
ok "the table was gone through" [ "$status" -eq 0 -a ! -s "$tmp/err" ]
while IFS= read -r line; do
    case $line in
        'ok - '*) number=$((number + 1)); echo "ok $number - ${line#ok - }" ;;
        'not ok - '*) number=$((number + 1)) failures=$((failures + 1)); echo "not ok $number - ${line#not ok - }" ;;
        *) echo "$line" ;;
    esac
done <"$tmp/tap"

# What came into the store by other ways is escaped, too.
sqlite3 "$STORE" "UPDATE accounts SET full_name = 'a' || char(27) || '[2J', email = 'x' || char(10) || '@y',
    home = '/' || char(0x202e), shell = '/' || char(9) WHERE username = 'hal';
    INSERT INTO policy VALUES ('admin_groups', 'a,b');
    INSERT INTO audit (at, event, actor, via, origin, username, after) VALUES (1, 'x' || char(27), char(7), char(0x9b), char(13), 'hal' || char(10), '{\"detail\":\"a\\u001b[2J\\u202e\"}')"
for command in 'users list' 'users list -c username,full_name,home,shell' 'users show hal' audit policy \
    'users delete hal --dry-run' 'users suspend hal --dry-run'; do
    # shellcheck disable=SC2086
    run admin-tool $command
    ok "$command: nothing that a terminal would obey" eval '[ "$status" -eq 0 ] && ! LC_ALL=C grep -qP "[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]" "$tmp/out"'
done
for command in 'users list' 'users show hal' audit policy; do
    # shellcheck disable=SC2086
    run admin-tool $command -o json
    ok "$command -o json parses" eval '[ "$status" -eq 0 ] && jq -e . "$tmp/out" >/dev/null'
done
done_testing
