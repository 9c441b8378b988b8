#!/bin/bash
# Tab after admin-tool: commands, options, choices and names, as its --help and the directory have them.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
. /src/examples/bash-completion/admin-tool

# offers EXPECTED WORD...: what Tab offers behind these words, the last of which is being typed.
offers()
{
    local expected=$1
    shift
    COMP_WORDS=(admin-tool "$@") COMP_CWORD=$#
    _admin_tool
    ok "admin-tool $*<Tab> offers $expected" [ "$(printf '%s\n' "${COMPREPLY[@]}" | sort | xargs)" = "$expected" ]
}

make alice
make bob
offers "users" u
offers "suspend" users sus
offers "activate apply" users a
offers "--keep-sessions" users suspend alice --keep
offers "--role" users list --rol
offers "admin auditor member" users list --role ""
offers "csv json table" users list -o ""
offers "count create" users c
offers "--locked" users count --lo
offers "json text" users create --output ""
offers "alice bob" users suspend ""
offers "bob" reset-password b
offers "alice" users rename a
offers "alice" audit --user a
offers "" users create ""
cd "$(mktemp -d)" && touch amy.pub
offers "add list remove" keys ""
offers "alice bob" keys add ""
offers "amy.pub" keys add alice am
offers "amy.pub" users create --ssh-key a
done_testing
