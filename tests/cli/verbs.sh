#!/bin/bash
# Every verb and every option it documents, from one table: help, version, wrong usage, not root, a dry run that writes
# nothing at all, and the exit code for nobody's account.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317,SC2086
. "$(dirname "$0")/lib.sh"

# COMMAND | what it takes | a line that would change something (or only reads) | options of its help
table='
users create||-u zoe -e zoe@example.com --no-create-home|username email full-name roles uid shell home expires password-max-days never-dormant no-create-home no-subids password-stdin no-password service-account ssh-key force here scope identity yes output dry-run help version
users list|||columns status role inactive expires-before locked must-change no-key sort reverse limit offset output help version
users count|||status role inactive expires-before locked must-change no-key output help version
users show|alice||columns output help version
users suspend|alice|-y --force|yes reason keep-sessions remove-setid force here identity output dry-run help version
users activate|carl|-y|yes here identity output dry-run help version
users edit-roles|bob|--roles auditor -y|roles yes keep-sessions remove-setid force identity output dry-run help version
users edit|bob|-n X -e x@example.com --shell /bin/sh --expires 2037-01-31 --no-password|email full-name shell expires no-password password-max-days never-dormant may-be-dormant scope identity yes output dry-run help version
users delete|bob|-y --remove-home|yes remove-home keep-groups remove-setid force identity output dry-run help version
users unlock|bob||yes output dry-run help version
reset-password|bob|-y --end-sessions|yes end-sessions identity output dry-run help version
policy|||output help version
policy get|uid_min||output help version
policy set|temporary_hours=1 admin_groups=sudo||yes output dry-run help version
policy apply|/root/settings.json||yes output dry-run help version
publish|||yes output dry-run help version
'
echo '[{"key": "temporary_hours", "value": 2}]' >/root/settings.json
rows() { grep . <<<"$table"; }

# All there is, to the byte and the time of its last change; what is read may be touched.
all_of_it()
{
    find "$STATE" /run/coder /home /etc/passwd /etc/group /etc/subuid /var/mail -not -type d -exec stat -c '%n %s %Y %Z %u %a %i' {} + 2>/dev/null
    find "$STATE" /home -type d 2>/dev/null
    find "$STATE" -type f -exec sha256sum {} + 2>/dev/null
}
freeze() { all_of_it | sort >"$tmp/before"; }
frozen() { all_of_it | sort >"$tmp/after"; ok "$1" cmp -s "$tmp/before" "$tmp/after"; }
nobody() { setpriv --reuid nobody --regid nogroup --clear-groups -- "$@"; }

# -- without a store ------------------------------------------------------------------------------------------
freeze
while IFS='|' read -r command operand line options; do
    run admin-tool $command --help
    ok "$command --help" eval '[ "$status" -eq 0 ] && grep -q "^Usage: admin-tool $command" "$tmp/out" && [ ! -s "$tmp/err" ]'
    ok "... names its options, and no other" [ "$(sed -nE 's/^  ..?.? +--([a-z-]+).*/\1/p' "$tmp/out" | sort | xargs)" = "$(xargs -n1 <<<"$options" | sort | xargs)" ]
    exits 0 "$command --version" admin-tool $command --version
    says '^admin-tool [0-9]+\.[0-9]+\.[0-9]+$' "... tells it"
    exits 6 "$command, not root" nobody admin-tool $command $operand $line
    exits 2 "$command --frobnicate" admin-tool $command $operand $line --frobnicate
    complains "try 'admin-tool $command --help'" "... names the help"
    case $command in
    policy* | *suspend | *activate | *-roles | *delete | *unlock | reset-password) ;; # take several
    *) exits 2 "$command with a word too many" admin-tool $command $operand $line a b c ;;
    esac
    case $options in *dry-run*)
        run timeout 60 admin-tool $command $operand $line --dry-run </dev/null
        ok "$command --dry-run without a store (0 or 3)" [ "$status" -eq 0 -o "$status" -eq 3 ] ;;
    esac
    [ -n "$operand" ] || continue
    exits 2 "$command without what it takes" admin-tool $command $line
    complains 'missing: ' "... says what is missing"
done < <(rows)
run admin-tool users list -o json
frozen "none of it made anything"
ok "... not even a folder" [ ! -e "$STATE" -a ! -e /run/coder/private ]

# -- with one -------------------------------------------------------------------------------------------------
make alice --roles admin
make bob
make carl
admin-tool users suspend carl -y >"$tmp/made"
admin-tool users list -o json >"$tmp/made"
sqlite3 "$STATE/private/activity.db" \
    "INSERT INTO failures (uid, origin, count, last) VALUES ($(id -u bob), '192.0.2.1', 9, unixepoch())"
while IFS='|' read -r command operand line options; do
    case $options in *dry-run*) ;; *) continue ;; esac
    freeze
    run timeout 60 admin-tool $command $operand $line --dry-run </dev/null
    ok "$command --dry-run" eval '[ "$status" -eq 0 ] && grep -q "nothing was changed" "$tmp/out"'
    frozen "... changes nothing"
    case $options in *output*) ;; *) continue ;; esac
    run timeout 60 admin-tool $command $operand $line --dry-run -o json </dev/null
    ok "... with -o json: nothing but JSON on stdout" eval '[ "$status" -eq 0 ] && jq -e . "$tmp/out" >/dev/null'
    frozen "... changes nothing"
done < <(rows)
while IFS='|' read -r command operand line options; do
    case $operand in alice | bob | carl) ;; *) continue ;; esac
    freeze
    exits 3 "$command of nobody" admin-tool $command nobody-here $line
    exits 3 "... in JSON" admin-tool $command nobody-here $line -o json
    json 'd["error"]["kind"] == "not-found" and d["error"]["subject"] == "nobody-here"' "... is an error"
    exits 3 "$command of a local user" admin-tool $command daemon $line
    exits 3 "$command of an id nobody has" admin-tool $command 4294967296 $line
    exits 3 "$command of ''" admin-tool $command '' $line
    frozen "... changes nothing"
done < <(rows)

# -- and then for real: the same lines do what the dry run said -------------------------------------------------
while IFS='|' read -r command operand line options; do
    exits 0 "$command $operand $line" timeout 60 admin-tool $command $operand $line
done < <(rows | grep -v '^users suspend' | sort -t'|' -k1,1 -s | grep -v '^users delete'; rows | grep '^users delete')
ok "the last of them left" [ -z "$(getent passwd bob)" ]
done_testing
