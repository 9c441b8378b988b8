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
fault missing 2 "no command" admin-tool users suspend
fault missing 2 "a new account without an address" admin-tool users create -u igor
json 'd["error"]["field"] == "email"' "... which is the field"
fault invalid 4 "an address that is none" admin-tool users create -u igor -e igor
json 'd["error"]["field"] == "email" and d["error"]["subject"] == "igor"' "... which is the field"
fault invalid 4 "a name with capitals" admin-tool users create -u Igor -e igor@example.com
json 'd["error"]["field"] == "username" and d["error"]["subject"] == "Igor"' "... which is the field"
fault taken 4 "a name that is ours" admin-tool users create -u olga -e igor@example.com
fault taken 4 "an address that is ours" admin-tool users create -u igor -e olga@example.com
json 'd["error"]["field"] == "email" and d["error"]["subject"] == "olga@example.com"' "... which is the field"
fault taken 4 "a name of this machine" admin-tool users create -u daemon -e igor@example.com
fault reserved 4 "a name with a meaning" admin-tool users create -u wheel -e igor@example.com
fault reserved 4 "an id that is none" admin-tool users create -u igor -e igor@example.com --uid 0
json 'd["error"]["field"] == "uid"' "... which is the field"
fault invalid 4 "a day in the past" admin-tool users create -u igor -e igor@example.com --expires 2001-01-01
fault invalid 4 "a role there is not" admin-tool users create -u igor -e igor@example.com --roles boss
exits 0 "an Admin" admin-tool users create -u root1 -e root1@example.com --roles admin
fault last-admin 4 "the last Admin" admin-tool users suspend root1 -y
admin-tool users create -u root2 -e root2@example.com --roles admin >"$tmp/made"
fault yourself 4 "oneself" env SUDO_USER=root1 SUDO_UID="$(id -u root1)" admin-tool users delete root1 -y --dry-run
run admin-tool users suspend olga -o json </dev/null
json 'd["error"]["kind"] == "not-confirmed" and d["error"]["code"] == '"$status"' == 5 and d["error"]["advice"] is None' "a question that is not answered"
run setpriv --reuid nobody --regid nogroup --clear-groups admin-tool check -o nagios
ok "a monitor who is not root is told so in its line (3, unknown)" eval '[ "$status" -eq 3 ] && grep -q "^CODER UNKNOWN - must be run as root$" "$tmp/out"'
run admin-tool check nobody-here -o nagios
ok "... as of a user nobody is" eval '[ "$status" -eq 3 ] && grep -q "^CODER UNKNOWN - no such user: nobody-here" "$tmp/out"'
fault not-root 6 "somebody else" setpriv --reuid nobody --regid nogroup --clear-groups admin-tool users list
sqlite3 "$STORE" "PRAGMA user_version = 99" >"$tmp/made"
fault too-new 7 "a store of tomorrow" admin-tool users list
sqlite3 "$STORE" "PRAGMA user_version = 4" >"$tmp/made"
printf 'no database at all, but long enough to be read as one ......................................................................' >"$STORE"
fault damaged 7 "a store that is none" admin-tool users list
rm "$STORE"*
exits 7 "text is asked for" admin-tool users show boris
ok "... and no object comes" [ ! -s "$tmp/out" ]

done_testing
