#!/bin/bash
# What a program is answered by the commands that are about no single account: whether something was changed, how much, and
# what was said.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

# answers CHANGED EXPRESSION WHAT COMMAND...: an object with that `changed` and the three lists of lines, for which the
# expression holds.
answers()
{
    local changed=$1 expression=$2 what=$3
    shift 3
    exits 0 "$what" "$@" -o json
    json 'd["changed"] is '"$changed"' and all(isinstance(d[k], list) for k in ("said", "notes", "problems")) and ('"$expression"')' \
        "... is answered"
}

printf 'username,email\nada,ada@example.com\nbea,bea@example.com\n' >"$tmp/two.csv"
answers False 'len(d["said"]) > 0 and [(p["username"], p["action"]) for p in d["plan"]] == [("ada", "create"), ("bea", "create")]' \
    "an import, a dry run" admin-tool users import "$tmp/two.csv" --dry-run
answers True 'd["imported"] == 2' "an import with its passwords elsewhere" admin-tool users import "$tmp/two.csv" --passwords-to "$tmp/passwords"
printf 'username,email\ncleo,cleo@example.com\n' >"$tmp/one.csv"
exits 0 "an import" admin-tool users import "$tmp/one.csv" -o json
json '[a["username"] for a in d] == ["cleo"] and d[0]["temporary_password"]' "... is answered with the passwords"
run admin-tool users import "$tmp/one.csv" -o json
ok "one that is bad (exit 4)" [ "$status" -eq 4 ]
json 'd["error"]["code"] == 4 and any("cleo" in line for line in d["notes"])' "... is an error, with a note for the line"

answers False 'd["would_make"] == 0' "homes, a dry run" admin-tool users make-homes --dry-run
rm -r /home/ada
answers True 'd["made"] == 1' "homes" admin-tool users make-homes
answers False 'd["made"] == 0' "homes again" admin-tool users make-homes
answers False 'True' "a publication, a dry run" admin-tool publish --dry-run
answers True 'True' "a publication" admin-tool publish
admin-tool backup /root/backup.db >"$tmp/made"
answers False 'True' "a restore, a dry run" admin-tool restore /root/backup.db --dry-run
admin-tool users suspend ada -y >"$tmp/made"
answers True 'd["accounts"] >= 1' "a restore" admin-tool restore /root/backup.db --exact -y
answers False 'True' "rows to remove, none" admin-tool audit prune --before 2001-01-01 -y
answers True 'd["removed"] > 0' "rows removed" admin-tool audit prune --before "$(date -d tomorrow +%F)" -y
answers False 'True' "accounts to /etc/passwd, a dry run" admin-tool users export --to-passwd bea --dry-run
answers True 'd["moved"] == 1' "accounts to /etc/passwd" admin-tool users export --to-passwd bea -y
exits 0 "an export" admin-tool users export -o json
ok "... is JSON lines" eval 'head -n 1 "$tmp/out" | jq -e .username >"$tmp/made"'

admin-tool users edit ada -n "Ada Arden" >"$tmp/made"
run eval 'echo no | admin-tool restore /root/backup.db -o json'
ok "a question answered by no (exit 5)" [ "$status" -eq 5 ]
complains 'Are you sure' "... stands on standard error"
complains '^ada ' "... with the table that it is about"
json 'd["error"]["kind"] == "not-confirmed"' "... and is an error"
done_testing
