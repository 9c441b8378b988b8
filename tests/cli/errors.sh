#!/bin/bash
# Errors as data: with -o json a command that failed says so in an object on standard output, and on standard error as
# ever; the kinds of admin-tool(8).
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

# fault KIND CODE WHAT COMMAND...: it fails so, in both forms.
fault()
{
    local kind=$1 code=$2 what=$3
    shift 3
    exits "$code" "$what" "$@" -o json
    json 'd["error"]["kind"] == "'"$kind"'" and d["error"]["code"] == '"$code" "... is of the kind $kind"
    ok "... and the line on standard error is the object's message and advice" eval '
        python3 -c "import json, sys; e = json.load(open(sys.argv[1]))[\"error\"]
print(\"admin-tool: \" + e[\"message\"] + (\"; \" + e[\"advice\"] if e[\"advice\"] else \"\"))" "$tmp/out" | grep -qFxf - "$tmp/err"'
}

fault not-found 3 "a user nobody is, of no store yet" admin-tool users show olga
json 'd["error"]["field"] == "username" and d["error"]["subject"] == "olga"' "... the field and whom it is about"
exits 0 "an account" admin-tool users create -u olga -e olga@example.com
fault not-found 3 "a user nobody is" admin-tool users show boris
fault usage 2 "an unknown command" admin-tool users frobnicate
fault usage 2 "an unknown option" admin-tool users show olga --frobnicate
exits 2 "asked for in another way" admin-tool users show --frobnicate --output=json
json 'd["error"]["kind"] == "usage"' "... is answered as well"
exits 3 "text is asked for" admin-tool users show boris
ok "... and no object comes" [ ! -s "$tmp/out" ]

done_testing
