#!/bin/bash
# Tab after admin-tool: commands, options, their values and names, as its --help and the directory have them; in bash, in
# zsh and in fish.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=examples/bash-completion/admin-tool
. /src/examples/bash-completion/admin-tool

# offers EXPECTED WORD...: what Tab offers behind these words, the last of which is being typed.
offers()
{
    local expected=$1
    shift
    COMP_WORDS=(admin-tool "$@") COMP_CWORD=$#
    _admin_tool
    ok "admin-tool $*<Tab> offers $expected" [ "$(printf '%s\n' "${COMPREPLY[@]}" | sort | xargs -d '\n')" = "$expected" ]
}

make alice
make bob
offers "users" u
offers "suspend" users sus
offers "activate" users act
offers "--keep-sessions" users suspend alice --keep
offers "--role" users list --rol
offers "admin auditor member" users list --role ""
offers "csv json table" users list -o ""
offers "json text" users create --output ""
offers "json" users list --output = j
offers "csv json jsonl table" audit --output =
offers "alice bob" users suspend ""
offers "alice bob" users suspend alice ""
offers "alice" user rm -y al
offers "bob" reset-password b
offers "alice" users rename a
offers "" users rename alice ""
offers "alice" audit --user a
offers "alice bob" audit --actor ""
offers "suspend" audit --event s
offers 'password\ changed password\ set' audit --event pass
offers "username" users list -c usern
offers "email,username" users list --columns email,usern
offers "admin,auditor" users create --roles admin,au
offers "admin,member" users edit-roles alice --roles = admin,m
offers "csv json" users export --format ""
offers "prune" audit ""
offers "" users create ""
offers "" users create -u ""
offers "alice" users suspend --reason why a
offers "show suspend" help users s
offers "backup" help back
offers "" frobnicate ""
cd "$(mktemp -d)" && touch amy.pub && mkdir amys
offers "add list remove" keys ""
offers "alice bob" keys add ""
offers "amy.pub" keys add alice amy.
offers "amy.pub amys" users create --ssh-key a
offers "amy.pub amys" backup a

# Each option that takes a value: it is offered, but where only its user can know it.
admin-tool --help | sed -n 's/^  \([a-z][a-z -]*[a-z]\).*/\1/p' >"$tmp/commands"
while read -r -a command; do
    while read -r _ option value; do
        [ -n "$value" ] || continue
        case $option:$value in
            --username:NAME|*:EMAIL|*:FULL-NAME|*:N|*:M|*:ID|*:WHEN|*:DAY|*:TEXT|*:ORIGIN) continue ;;
        esac
        COMP_WORDS=(admin-tool "${command[@]}" "$option" "") COMP_CWORD=$((${#command[@]} + 2))
        _admin_tool
        [ "${#COMPREPLY[@]}" -gt 0 ] || lacking+=" ${command[*]} $option"
        tried=$((${tried:-0} + 1))
    done < <(admin-tool "${command[@]}" --help | _admin_tool_rows)
done <"$tmp/commands"
ok "values are offered for every option (${tried:-0})" [ -z "${lacking:-}" -a "${tried:-0}" -ge 30 ]
echo "# lacking: ${lacking:-none}"
for event in $(grep -rhoE '\.event = "[^"]*"' /src/admin-tool | cut -d '"' -f 2 | sort -u); do
    [[ " $(admin-tool audit --help | sed -n 's/^Events://p') " =~ [\ ,]${event}[,.] ]] || unknown+=" $event"
done
ok "the help of audit knows every event" [ -z "${unknown:-}" ]

# -- fish -------------------------------------------------------------------------------------

# fish_offers EXPECTED LINE: what fish offers at the end of the line.
fish_offers() { ok "fish: $2<Tab> offers $1" [ "$(HOME=$tmp fish -c "complete -C '$2'" 2>"$tmp/err" | sort | xargs)" = "$1" ]; }
if command -v fish >"$tmp/out"; then
    fish_offers "suspend" "admin-tool users sus"
    fish_offers "alice bob" "admin-tool users suspend "
    fish_offers "alice" "admin-tool users suspend -y a"
    fish_offers "csv json table" "admin-tool users list -o "
    fish_offers "--keep-sessions" "admin-tool users suspend alice --keep"
    fish_offers "--output=csv" "admin-tool audit --output=c"
    fish_offers "amy.pub amys/" "admin-tool backup a"
else
    echo "ok $((number += 1)) - fish # SKIP no fish"
fi

# -- zsh --------------------------------------------------------------------------------------

# zsh_completes LINE RESULT: Tab at its end makes this of it.
zsh_completes()
{
    HOME=$tmp expect >"$tmp/out" 2>"$tmp/err" <<END
set timeout 20
spawn zsh -f
send "PS1='ready> '; autoload -Uz compinit; compinit -u -d $tmp/dump; print is-re\"\"ady\r"
expect "is-ready" {} timeout { exit 1 }
expect "ready> "
send "$1\t"
expect "$2" { exit 0 } timeout { exit 1 } eof { exit 1 }
END
    ok "zsh: $1<Tab> makes $2" [ $? -eq 0 ]
}
if command -v zsh >"$tmp/out"; then
    zsh_completes "admin-tool users sus" "admin-tool users suspend"
    zsh_completes "admin-tool users suspend -y al" "suspend -y alice"
    zsh_completes "admin-tool users list -o c" "list -o csv"
    zsh_completes "admin-tool users suspend alice --keep" "alice --keep-sessions"
    zsh_completes "admin-tool audit --output=c" "audit --output=csv"
    zsh_completes "admin-tool users list --columns email,usern" "email,username"
    zsh_completes "admin-tool backup amy." "backup amy.pub"
else
    echo "ok $((number += 1)) - zsh # SKIP no zsh"
fi
done_testing
