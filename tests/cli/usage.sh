#!/bin/bash
# Help, versions, wrong usage, not being root: nothing is made or changed by any of it.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

exits 0 "--help" admin-tool --help
says 'users create' "--help names the commands"
exits 0 "--version" admin-tool --version
says '^admin-tool [0-9]+\.[0-9]+\.[0-9]+$' "--version tells it"
exits 0 "users --help" admin-tool users --help
for command in 'users create' 'users list' 'users count' 'users show' 'users suspend' 'users activate' \
    'users edit-roles' 'users delete' 'users unlock' 'keys list' 'keys add' 'keys remove' reset-password audit publish; do
    # shellcheck disable=SC2086
    exits 0 "$command --help" admin-tool $command --help
    says "^Usage: admin-tool $command" "$command --help shows its usage"
    # shellcheck disable=SC2086
    exits 0 "$command --version" admin-tool $command --version
done
exits 0 "users --version" admin-tool users --version
for words in '--help x' '--version x' '-h --help' 'users --help x' 'users --version list' \
    'backup --version -- --help' 'check --version axl'; do
    # shellcheck disable=SC2086
    exits 2 "$words" admin-tool $words
    complains '^admin-tool: unexpected: (x|--help|list|axl)' "... the word too many is named"
done
while read -r words; do # whoever looks for the help gets it, and nothing is done
    # shellcheck disable=SC2086
    exits 0 "$words" admin-tool $words
    says '^Usage: admin-tool ' "... is the help"
done <<'END'
users suspend alice --help
users suspend --help alice bob -y
backup x --help
restore --help -- x
audit --help prune
END
ok "... a command's own" grep -q '^Usage: admin-tool audit ' "$tmp/out"
run admin-tool
ok "no command: the overview on stderr (exit 2)" eval '[ $status -eq 2 ] && [ ! -s "$tmp/out" ] && head -n 1 "$tmp/err" | grep -q "^admin-tool: " && grep -q Usage "$tmp/err"'
run admin-tool users
ok "users alone: likewise" [ "$status" -eq 2 ]
exits 2 "an unknown command" admin-tool frobnicate
complains 'frobnicate' "... is named"
exits 2 "an unknown verb" admin-tool users frobnicate
exits 2 "edit without a change" admin-tool users edit alice
exits 2 "an unknown option" admin-tool users list --frobnicate
complains '--frobnicate' "... is named"
exits 2 "an unknown letter" admin-tool users list -yz
exits 2 "another command's option" admin-tool users list --remove-home
exits 2 "an option without its value" admin-tool users list --columns
exits 2 "a value for an option that takes none" admin-tool users suspend x --yes=1
exits 2 "an option given twice" admin-tool users list -o json -o table
exits 2 "an unknown output" admin-tool users list -o xml
exits 2 "an unknown status" admin-tool users list --status gone
exits 2 "an unknown role to list" admin-tool users list --role boss
exits 2 "an unknown column" admin-tool users list -c username,shoe_size
complains 'created at' "... and the known ones are named"
exits 0 "columns beside JSON, which has every key whatever they say" admin-tool users list -c username -o json
exits 2 "an operand too many" admin-tool users list alice bob
exits 2 "two users at once" admin-tool users edit alice bob -n X
for verb in show suspend activate edit-roles delete unlock; do
    exits 2 "users $verb without a name" admin-tool users "$verb"
done
exits 2 "reset-password without a name" admin-tool reset-password
exits 2 "edit-roles without roles" admin-tool users edit-roles alice
exits 2 "audit --since nonsense" admin-tool audit --since yesterdayish
exits 2 "audit --since 31 February" admin-tool audit --since 2026-02-31
exits 2 "audit -n nonsense" admin-tool audit -n many
exits 2 "an empty verb" admin-tool users ''
exits 2 "an empty command" admin-tool '' --help
ok "none of it made anything" [ ! -e "$STATE" ]

nobody() { setpriv --reuid nobody --regid nogroup --clear-groups -- "$@"; }
for command in 'users list' 'users create -u a -e a@example.com' 'users show a' 'users suspend a -y' 'users activate a' \
    'users edit-roles a --roles member' 'users delete a' 'users unlock a' 'reset-password a' audit publish; do
    # shellcheck disable=SC2086
    exits 6 "not root: $command" nobody admin-tool $command
done
exits 0 "not root: --help" nobody admin-tool users list --help
done_testing
