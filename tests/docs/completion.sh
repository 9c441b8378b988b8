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
offers "gssapi" users suspend alice --identity gss
offers "gssapi" users suspend alice --identity = gss
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
            --username:NAME|*:EMAIL|*:FULL-NAME|*:N|*:M|*:ID|*:WHEN|*:DAY|*:TEXT|*:ORIGIN|*:S,S) continue ;;
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

# -- what was typed is only compared ----------------------------------------------------------

# nothing_happens WORD...: Tab behind these runs nothing of them, and no program chokes on them.
nothing_happens()
{
    COMP_WORDS=(admin-tool "$@") COMP_CWORD=$#
    _admin_tool 2>>"$tmp/err"
    [ ! -s "$tmp/err" -a -z "$(ls -A)" ] || echo "${*@Q} leaves" ./* >>"$tmp/out"
}

cd "$(mktemp -d)" || exit
: >"$tmp/out"
: >"$tmp/err"
for word in '|)/touch PWNED;#/e;#' '/e;s/^/touch PWNED/e;#' '/w PWNED' '$(touch PWNED)' '`touch PWNED`' 'a[$(touch PWNED)]' \
    '$(touch PWNED)/a' '`touch PWNED`/a' '; touch PWNED' $'a\ntouch PWNED' "'" '"' '(' ')' '[' '|' \\ '*' '-[' '-n' '%n' '!'; do
    for form in "$word" "-$word" "--$word"; do
        nothing_happens keys add bob "$form" ''
        nothing_happens users "$form"
        nothing_happens users list "$form" -o ''
    done
    nothing_happens "$word" ''
    nothing_happens help users "$word" ''
    nothing_happens users list --output "$word" ''
    nothing_happens users list --columns "$word,u"
    nothing_happens users list "--$word="
    nothing_happens users list "--columns=$word,u"
    nothing_happens users create --ssh-key "$word"
    nothing_happens backup "$word"
done
ok "Tab runs no word and builds no program of one" [ ! -s "$tmp/out" ]
offers "" users list '--.*='
offers "" users list '--.*=c'
offers "alice bob" users suspend '-.' ''
offers "alice bob" users suspend '--.*' ''
offers "" users list --columns '$(touch PWNED),user'
hostile="|)/touch PWNED;#/e;#"
run bash /src/examples/bash-completion/admin-tool admin-tool keys add bob "$hostile" ''
ok "nor does the file when it is asked" [ ! -s "$tmp/err" -a -z "$(ls -A)" ]
printf '#!/bin/sh\ntouch PWNED\n' >"$tmp/admin-tool"
chmod 755 "$tmp/admin-tool"
run bash /src/examples/bash-completion/admin-tool "$tmp/admin-tool" users sus
ok "a tool of another folder is not run by Tab" [ -z "$(ls -A)" -a "$(cat "$tmp/out")" = suspend ]
getent() { printf '%s:\n' 'alice' '$(touch${IFS}PWNED)' 'a;b' '-x' "it's"; }
offers "alice" users suspend ""
unset -f getent
cd "$OLDPWD" || exit

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
    fish_offers "amy.pub" 'admin-tool keys add "|)/touch PWNED;#/e;#" amy.'
    ok "fish: Tab runs no word" [ ! -e PWNED ]
else
    echo "ok $((number += 1)) - fish # SKIP no fish"
fi

# -- bash at a terminal, which carries out what stands in the name of a file that it completes ----

expect >"$tmp/out" 2>"$tmp/err" <<'END'
set timeout 20
spawn bash --norc --noprofile -i
send ". /src/examples/bash-completion/admin-tool; PS1='re''ady> '\r"
expect "ready> "
send "admin-tool backup \${a\[\$(touch PWNED)\]}/x\t\t\025admin-tool backup amy.\t"
expect "backup amy.pub" { exit 0 } timeout { exit 1 } eof { exit 1 }
END
ok "bash: Tab behind a substitution does not carry it out" [ $? -eq 0 -a ! -e PWNED ]

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
    zsh_completes "admin-tool keys add '|)/touch PWNED;#/e;#' amy." " amy.pub"
    ok "zsh: Tab runs no word" [ ! -e PWNED ]
else
    echo "ok $((number += 1)) - zsh # SKIP no zsh"
fi
done_testing
