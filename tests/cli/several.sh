#!/bin/bash
# Several accounts at once: one question, one transaction, one publication, one audit row each; all or none.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

audits() { value "SELECT count(*) FROM audit WHERE event = '$1'"; }
status_of() { admin-tool users show "$1" -o json | jq -r .status; }

for name in ada bea cleo dora; do make "$name"; done
printf '%s\n' "auth required pam_coder.so" "account required pam_coder.so" >/etc/pam.d/coder-test
make root1 --roles admin
make root2 --roles admin

remember
exits 3 "one of three is nobody" admin-tool users suspend ada nobody-here bea -y
unchanged "... nothing is changed"
run admin-tool users suspend nobody-1 ada nobody-2 -y
ok "two of them: both are named" eval '[ "$status" -eq 3 ] && grep -q nobody-1 "$tmp/err" && grep -q nobody-2 "$tmp/err"'
unchanged "... nothing is changed"

run eval 'echo no | admin-tool users suspend ada bea'
ok "a question, not answered by yes (exit 5)" [ "$status" -eq 5 ]
says '^ada .*' "... with a row for the one"
says '^bea .*' "... and for the other"
says 'suspend these 2 users\? \(yes/no\)' "... which says how many"
ok "... one question" [ "$(grep -c 'Are you sure' "$tmp/out")" -eq 1 ]
unchanged "... nothing is changed"

run eval 'echo yes | admin-tool users suspend ada bea ada'
ok "two, one of them named twice" [ "$status" -eq 0 ]
ok "... are suspended" [ "$(status_of ada) $(status_of bea) $(status_of cleo)" = "suspended suspended active" ]
ok "... with an audit row each" [ "$(audits suspend)" -eq 2 ]
says '^ada is suspended\.$' "... and a line each"
says '^bea is suspended\.$' "... and the other's"

exits 0 "one that is so already and one that is not" admin-tool users suspend ada cleo -y -o json
json '[(a["username"], a["changed"], a["status"]) for a in d] == [("ada", False, "suspended"), ("cleo", True, "suspended")]' \
    "... is an array, which says of each whether it was changed"
json 'd[0]["said"] == ["ada is already suspended."] and d[1]["said"] == ["cleo is suspended."]' "... with what was said of each"
ok "... and one more audit row" [ "$(audits suspend)" -eq 3 ]

printf 'ada\r\n\nbea\n' >"$tmp/names"
exits 2 "names on standard input, which cannot answer then" eval 'admin-tool users activate - <"$tmp/names"'
complains -- '--yes' "... says what to do"
exits 0 "names on standard input" eval 'admin-tool users activate - -y -o json <"$tmp/names"'
json '[(a["username"], a["changed"]) for a in d] == [("ada", True), ("bea", True)]' "... are an array"
exits 0 "one name on standard input" eval 'echo cleo | admin-tool users activate - -y -o json'
json 'isinstance(d, list) and len(d) == 1' "... is an array as well"
exits 2 "no name on standard input" eval 'admin-tool users activate - -y -o json </dev/null'
json 'd["error"]["kind"] == "missing"' "... is of the kind missing"

remember
exits 1 "names that cannot be read" eval 'admin-tool users suspend - -y </root'
complains 'standard input could not be read' "... are no names"
unchanged "... and nothing is changed"
exits 0 "-o in a word with others" admin-tool users activate ada bea -yo json
json 'len(d) == 2' "... is -o"
exits 0 "--output cut short" admin-tool users activate ada bea -y --outp=json
json 'len(d) == 2' "... is --output"
exits 0 "-ojson as an option's value" admin-tool users suspend cleo -y --reason -ojson
says '^cleo is ' "... asks for nothing"
admin-tool users activate cleo -y >"$tmp/made"
remember
exits 4 "both Admins there are" admin-tool users suspend root1 root2 -y -o json
json 'd["error"]["kind"] == "last-admin" and d["error"]["subject"] == "root1"' "... are the last ones together"
unchanged "... nothing is changed"
exits 4 "deleted" admin-tool users delete root1 root2 -y
exits 4 "demoted" admin-tool users edit-roles root1 root2 --roles member -y
unchanged "... neither"
exits 0 "one of them and another" admin-tool users edit-roles root2 dora --roles auditor -y -o json
json '[sorted(a["roles"]) for a in d] == [["auditor", "member"]] * 2' "... get the same roles"

exits 0 "a dry run for two" admin-tool users delete ada root1 --dry-run --force -o json
json '[a["would_change"] for a in d] == [True, True] and not any(a["changed"] for a in d)' "... says what would be changed"
json '[a["last_admin"] for a in d] == [False, True] and all(a["processes"] == 0 for a in d)' "... who is the last Admin, and what runs"
mv /etc/subuid /etc/subuid.kept && mkdir /etc/subuid
exits 0 "where it cannot be found out what is whose" admin-tool users delete ada root1 --dry-run --force -o json
json 'all(a["processes"] is None for a in d)' "... what runs is not known, which is not none"
rmdir /etc/subuid && mv /etc/subuid.kept /etc/subuid
exits 0 "again" admin-tool users delete ada root1 --dry-run --force -o json
json 'any("Would delete ada" in line for line in d[0]["said"])' "... and what a person is told"
exits 0 "a dry run of what is so already" admin-tool users activate ada --dry-run -o json
json 'd["would_change"] is False and d["dry_run"] is True' "... changes nothing"

exits 0 "two reset" admin-tool reset-password ada bea -y -o json
json '[a["username"] for a in d] == ["ada", "bea"] and d[0]["temporary_password"] != d[1]["temporary_password"]' "... have a password each"
json 'all(a["temporary_password"] in a["hand_over"] and a["login"].startswith("ssh " + a["username"] + "@") for a in d)' \
    "... and a text to hand over each"
ok "... which opens the account" eval 'jq -r ".[1].temporary_password" "$tmp/out" | pamtester coder-test bea authenticate >"$tmp/made" 2>&1'
exits 0 "two reset, as text" admin-tool reset-password ada bea -y
ok "... are two texts" [ "$(grep -c '^Temporary password: ' "$tmp/out")" -eq 2 ]
exits 0 "made with JSON" admin-tool users create -u eve -e eve@example.com -o json
json 'd["changed"] is True and d["temporary_password"] in d["hand_over"] and d["status"] == "active"' "... has the text as well"
exits 0 "... which a dry run has not" admin-tool users create -u fay -e fay@example.com -o json --dry-run
json 'd["would_change"] is True and "hand_over" not in d and any("Would create fay" in line for line in d["said"])' "... but what would be"
exits 0 "two who must change it already" admin-tool users require-change cleo eve -y -o json
json '[a["changed"] for a in d] == [False, False]' "... are not changed"

ssh-keygen -q -t ed25519 -N "" -C lost -f "$tmp/lost"
for name in ada bea; do admin-tool keys add "$name" "$tmp/lost.pub" >"$tmp/made"; done
remember
exits 3 "a key that one of three has not" admin-tool keys remove ada bea cleo lost
unchanged "... stays with the others"
exits 0 "a key of two" admin-tool keys remove ada bea lost -o json
json 'all(a["changed"] and a["ssh_keys"] == [] for a in d)' "... is taken from both"

exits 0 "two deleted" admin-tool users delete ada bea -y -o json
json '[(a["username"], a["deleted"]) for a in d] == [("ada", True), ("bea", True)]' "... are told of as they were"
ok "... and gone" eval '! getent passwd -s coder ada && ! getent passwd -s coder bea'
exits 0 "one alone" admin-tool users suspend cleo -y -o json
json 'd["username"] == "cleo" and d["changed"] is True and d["notes"] == [] and d["problems"] == []' "... is an object"

# More than a thousand lines of an answer are an answer, too.
{ echo username,email,password_hash; seq 1100 | sed 's/.*/many&,many&@example.com,*/'; } >"$tmp/many.csv"
admin-tool users import "$tmp/many.csv" --no-create-home --no-subids >"$tmp/made" 2>&1
exits 0 "a dry run for 1,100" eval 'seq -f "many%g" 1100 | admin-tool users suspend - --dry-run -o json'
json 'len(d) == 1100 and all(len(a["said"]) == 1 for a in d)' "... has what is said of each"
done_testing
