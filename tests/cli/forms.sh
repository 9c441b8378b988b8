#!/bin/bash
# Every command in its three forms, from one table that the help is compared with: done and said as text, done and answered
# as JSON, refused and answered as an error. What is answered is judged by the schema.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317,SC2086
. "$(dirname "$0")/lib.sh"
cd /root || exit 1

make alice --roles admin
for name in bob carl dora erik; do make $name; done
for name in one two; do
    ssh-keygen -q -t ed25519 -N '' -C $name -f $name
    printf 'username,email\n%s,%s@example.com\n' $name $name >$name.csv
    echo '{"username": "'$name'", "full_name": "Of '$name'"}' >$name.json
done
echo '[{"key": "temporary_hours", "value": 2}]' >settings.json

# COMMAND | what is done and said | what is done and answered in JSON | what is refused; -: not here
table='
users create|-u t1 -e t1@example.com|-u t2 -e t2@example.com|-u t1 -e t1@example.com
users list|||--sort nonsense
users count|||--status nonsense
users show|alice|alice|nobody-here
users suspend|bob -y|carl -y|nobody-here -y
users activate|bob -y|carl -y|nobody-here -y
users edit-roles|bob --roles auditor -y|carl --roles auditor -y|bob --roles boss -y
users edit|bob -n B|carl -n C|bob
users rename|bob rob -y|carl karl -y|nobody-here somebody -y
users unlock|alice|alice|nobody-here
users require-change|dora -y|erik -y|nobody-here -y
users move-to-fleet|-|-|nobody-here -y
users import|one.csv|two.csv|none.csv
users export|||nobody-here
users apply|one.json|two.json|none.json
users make-homes|||nobody-here
keys add|alice one.pub|alice two.pub|alice none.pub
keys list|alice|alice|nobody-here
keys remove|alice one|alice two|alice three
reset-password|alice -y|alice -y|nobody-here -y
backup|a.backup|b.backup|a.backup
restore|a.backup -y|b.backup -y|none.backup -y
users delete|rob -y|karl -y|nobody-here -y
audit|||--event nonsense
audit prune|--before 2001-01-01 -y|--before 2001-01-01 -y|--before soon -y
policy|||--frobnicate
policy get|uid_min|uid_min|nonsense
policy set|temporary_hours=20|temporary_hours=21|temporary_hours=x
policy apply|settings.json|settings.json|none.json
fleet join|-|-|none.json
fleet leave|-|-|--frobnicate
fleet status|-|-|--frobnicate
fleet accept|-|-|--frobnicate
fleet resync|-|-|--frobnicate
fleet hosts|-|-|--frobnicate
fleet add-host|-|-|web17 --join a.join
fleet remove-host|-|-|web17,x -y
follow|-|-|--frobnicate
publish|||nonsense
check|||nobody-here
help|users list|-|nonsense
version||-|--frobnicate
'
rows() { grep . <<<"$table"; }

admin-tool --help | sed -nE 's/^  ([a-z-]+( [a-z-]+)?)( .*)?$/\1/p' | sort >"$tmp/all"
rows | cut -d'|' -f1 | sort >"$tmp/here"
ok "the table has every command of the help" [ -s "$tmp/all" -a -z "$(comm -23 "$tmp/all" "$tmp/here")" ]
text=0 data=0 refused=0
while IFS='|' read -r command line json_line bad; do
    if [ "$line" != - ]; then
        run timeout 60 admin-tool $command $line </dev/null
        ok "$command: done" [ "$status" -eq 0 ]
        text=$((text + 1))
    fi
    if [ "$json_line" != - ]; then
        run timeout 60 admin-tool $command $json_line -o json </dev/null
        ok "... and answered in JSON" eval '[ "$status" -eq 0 ] && jq -e . "$tmp/out" >"$tmp/jq"'
        data=$((data + 1))
    fi
    if [ "$bad" != - ]; then
        run timeout 60 admin-tool $command $bad -o json </dev/null
        ok "... and refused in JSON, and on standard error" eval '[ "$status" -ne 0 ] && jq -e .error.kind "$tmp/out" >"$tmp/jq" && grep -q "^admin-tool: " "$tmp/err"'
        refused=$((refused + 1))
    fi
done < <(rows)
echo "# $(rows | wc -l) commands: $text as text, $data as JSON, $refused refused"
done_testing
