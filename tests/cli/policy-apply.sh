#!/bin/bash
# policy apply: settings as 'policy -o json' writes them, all or none, and a second time nothing.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

setting() { admin-tool policy get "$1" -o json | jq -r '.[0].value'; }
rows() { value "SELECT count(*) FROM audit WHERE event = 'policy'"; }
mkdir /root/here && cd /root/here || exit 1

exits 0 "policy -o json without a store" bash -c 'admin-tool policy -o json >all.json'
exits 0 "... applied" admin-tool policy apply all.json --dry-run
ok "... makes none in a dry run" [ ! -e "$STORE" ]
make ann
exits 0 "... applied" admin-tool policy apply all.json
says '^The policy has these values already; nothing was changed\.$' "... there is nothing to change"
ok "... and no audit row" [ "$(rows)" = 0 ]

# -- there and back
text=$'Привет, {full_name}!\n\tПароль: {password}\n'
admin-tool policy set temporary_hours=24 admin_groups=adm default_shell=/bin/dash hand_over_text="$text" >"$tmp/made"
admin-tool policy -o json >these.json
admin-tool policy set temporary_hours=default admin_groups=default default_shell=default hand_over_text=default lock_seconds=31 >"$tmp/made"
was=$(rows)
remember
exits 0 "a dry run" admin-tool policy apply these.json --dry-run
says '^Would change temporary_hours: 72 -> 24, lock_seconds: 31 -> 30, admin_groups: - -> adm, default_shell: - -> /bin/dash, hand_over_text: - -> \([0-9]+ characters\); nothing was changed\.$' "... says what would change, in one line"
unchanged "... and changes nothing"
exits 0 "applied" admin-tool policy apply these.json
says '^temporary_hours: 72 -> 24, lock_seconds: 31 -> 30, ' "... says what changed"
ok "... with one audit row" [ "$(rows)" = $((was + 1)) ]
admin-tool policy -o json >again.json
ok "... and all is as it was" cmp these.json again.json
ok "... the text to the octet" [ "$(admin-tool policy get hand_over_text -o json | jq -j '.[0].value' | sha256sum)" = "$(printf %s "$text" | sha256sum)" ]
remember
exits 0 "applied again" admin-tool policy apply these.json
says 'these values already; nothing was changed' "... it is so already"
exits 0 "... for programs" admin-tool policy apply these.json -o json
json 'd == []' "... nothing"
silent "... and nothing is noted of what was there before"
unchanged "... and nothing is changed"

# -- parts
exits 0 "a part, from standard input" bash -c 'echo "[{\"key\": \"lock_seconds\", \"value\": 40}]" | admin-tool policy apply - -o json'
json '[(s["key"], s["value"]) for s in d] == [("lock_seconds", 40)]' "... is answered with what changed"
ok "... and what the file does not have stays" [ "$(setting lock_seconds) $(setting temporary_hours)" = '40 24' ]
exits 0 "no setting at all" admin-tool policy apply - <<<'[]'
exits 0 "null" admin-tool policy apply - <<<'[{"key": "lock_seconds", "value": null}]'
ok "... is the default" [ "$(setting lock_seconds)" = 30 ]

# -- refused
remember
refused() { exits 4 "$1" admin-tool policy apply - <<<"$2"; [ -z "${3-}" ] || complains "$3" "... is said"; }
refused "an unknown setting" '[{"key": "temporary_hours", "value": 1}, {"key": "colour", "value": 1}]' "^admin-tool: standard input: unknown setting 'colour'; see"
refused "a value out of its range" '[{"key": "temporary_hours", "value": 1}, {"key": "lock_seconds", "value": 0}]' '^admin-tool: lock_seconds takes 1-86400'
refused "settings that do not go together" '[{"key": "lock_seconds", "value": 901}]' 'must not be above lock_max_seconds'
refused "a setting twice" '[{"key": "lock_seconds", "value": 1}, {"key": "lock_seconds", "value": 2}]' 'lock_seconds is there twice'
refused "no value" '[{"key": "lock_seconds"}]' 'lock_seconds has no value'
refused "a value that is none" '[{"key": "lock_seconds", "value": {}}]' 'lock_seconds has no value'
refused "a broken number" '[{"key": "lock_seconds", "value": 1.5}]' 'lock_seconds has no value'
refused "a key twice in one" '[{"key": "lock_seconds", "key": "lock_seconds", "value": 5}]' 'one "key" and one "value"'
refused "no key" '[{"value": 1}]'
refused "an object" '{"lock_seconds": 40}' 'not a JSON array of settings'
refused "a list of numbers" '[1, 2]' 'not a JSON array of settings'
refused "half a file" "$(head -c 300 these.json)" 'not a JSON array of settings'
refused "nothing" ''
refused "JSON5" "[{key: 'lock_seconds', value: 40}]"
refused "a NUL in a text" '[{"key": "login_host", "value": "a\u0000b"}]'
refused "a terminal's escape" '[{"key": "hand_over_text", "value": "a\u001b[2J"}]' '^admin-tool: hand_over_text has a control or direction character in line 1$'
printf '[\0]' >nul.json
exits 4 "a NUL in the file" admin-tool policy apply nul.json
exits 4 "a large one" admin-tool policy apply <(head -c 2000000 /dev/zero | tr '\0' ' ')
exits 1 "a file that is not there" admin-tool policy apply none.json
exits 1 "a folder" admin-tool policy apply /root
mkfifo fifo
exits 1 "a FIFO, which nobody waits for" timeout 10 admin-tool policy apply fifo
exits 2 "no file" admin-tool policy apply
run admin-tool policy apply - -o json <<<'[{"key": "lock_seconds", "value": 0}]'
ok "for programs" [ "$status" -eq 4 ]
json 'd["error"]["kind"] == "invalid" and d["error"]["field"] == "lock_seconds"' "... the field is named"
unchanged "none of it changed anything"
done_testing
