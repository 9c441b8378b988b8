#!/bin/bash
# Two administrators' tools and fifty logins at once, for CODER_SECONDS (10; 60 with CODER_PROOF=1): nobody is told
# "busy", every change that was reported is in the store and every one in the store was reported, every wrong password
# is counted and no right one, and the right ones get in.
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

SECONDS_LONG=${CODER_SECONDS:-$([ "$PROOF" = 1 ] && echo 60 || echo 10)}
GOOD=plain-horse-9-lantern
CLIENTS=50
GUESSERS=10 # the first ones of them never know the password
mkdir "$tmp/did"

for name in ada ben cleo; do
    echo "$GOOD" | admin-tool users create -u "$name" -e "$name@example.com" --password-stdin --no-create-home >"$tmp/out" 2>&1
done
for i in $(seq "$CLIENTS"); do
    echo "u$i,u$i@example.com,$(perl -e 'print crypt("'"$GOOD"'", "\$6\$rounds=1000\$salt")')"
done | { echo username,email,password_hash; cat; } >"$tmp/users.csv"
admin-tool users import "$tmp/users.csv" >"$tmp/out" 2>&1 || cat "$tmp/out"
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
# a locked origin's guesses are not counted: FREE is more than the guessers can make
FREE=100
admin-tool policy set "free_failures=$FREE" user_failures_max=100000 >"$tmp/out" 2>&1
rm -f "$STATE"/private/activity.db*
rows=$(value "SELECT count(*) FROM audit")
ends=$((SECONDS + SECONDS_LONG))

# tool NUMBER COMMAND...: its status and complaint, one line each time.
tool()
{
    local number=$1 status=0
    shift
    admin-tool "$@" >/dev/null 2>"$tmp/did/error.$number" || status=$?
    echo "$status $1 ${2:-} $(head -n 1 "$tmp/did/error.$number")" >>"$tmp/did/tool.$number"
}

# administrator NUMBER NAME: changes of accounts of his own and, like the other one, of cleo.
administrator()
{
    local round=0
    while [ "$SECONDS" -lt "$ends" ] || [ "$round" -lt 2 ]; do
        round=$((round + 1))
        tool "$1" users suspend "$2" -y --keep-sessions
        tool "$1" users edit cleo -n "round $round of $1"
        tool "$1" users activate "$2" -y
        tool "$1" users edit-roles "$2" --roles "$([ $((round % 2)) -eq 0 ] && echo member || echo auditor)" -y
        tool "$1" reset-password ben -y
    done
}

# visitor NUMBER: right passwords, and each fifth time a wrong one; a guesser's are all wrong, and no more than FREE.
visitor()
{
    local round=0 password code
    while [ "$SECONDS" -lt "$ends" ] || [ "$round" -lt 5 ]; do
        round=$((round + 1))
        password=$GOOD
        [ "$1" -gt "$GUESSERS" ] && [ $((round % 5)) -ne 0 ] || password=wrong-horse-9-lantern
        [ "$1" -gt "$GUESSERS" ] || [ "$round" -lt "$FREE" ] || return
        code=$(/src/.build/world/pam_call auth "u$1" "$password" 2>/dev/null | head -n 1)
        echo "$([ "$password" = "$GOOD" ] && echo right || echo wrong) $code" >>"$tmp/did/visitor.$1"
    done
}

jobs=''
administrator 1 ada & jobs+=" $!"
administrator 2 ada & jobs+=" $!"
for i in $(seq "$CLIENTS"); do
    visitor "$i" & jobs+=" $!"
done
# shellcheck disable=SC2086
wait $jobs

cat "$tmp"/did/tool.* >"$tmp/tools"
cat "$tmp"/did/visitor.* >"$tmp/visitors"
count() { grep -cE "$1" "$2"; }
changes=$(count '^0 ' "$tmp/tools")
wrong=$(count '^wrong ' "$tmp/visitors")
right=$(count '^right ' "$tmp/visitors")
bad=$(($(count '^[1-9]' "$tmp/tools") + $(count '^right [1-9]' "$tmp/visitors") + $(count '^wrong [^7]' "$tmp/visitors")))
echo "# $((changes + wrong + right)) points tried, $bad failures: $changes changes, $right right and $wrong wrong passwords in $SECONDS_LONG s"
grep -v '^0 ' "$tmp/tools" | sort | uniq -c | sed 's/^/# /'
grep -vE '^(right 0|wrong 7)$' "$tmp/visitors" | sort | uniq -c | sed 's/^/# /'
ok "every change of both tools was made" [ "$(count '^[1-9]' "$tmp/tools")" -eq 0 ]
ok "there were such" [ "$changes" -gt 10 ]
# a suspend of somebody suspended is done, too, and is no change
changed() { is_value "SELECT count(*) FROM audit WHERE id > $rows AND event = '$1' AND username = '$2'" "$3"; }
for event in edit:cleo reset-password:ben; do
    ok "each ${event%:*} reported is in the log, and no other" \
        changed "${event%:*}" "${event#*:}" "$(count "^0 (users )?${event%:*} " "$tmp/tools")"
done
suspends=$(value "SELECT count(*) FROM audit WHERE id > $rows AND event = 'suspend'")
activates=$(value "SELECT count(*) FROM audit WHERE id > $rows AND event = 'activate'")
ok "ada was suspended and activated in turn" [ $((suspends - activates)) -eq "$(value "SELECT status = 'suspended' FROM accounts WHERE username = 'ada'")" ]
ok "the last name given is cleo's" \
    is_value "SELECT json_extract(after, '\$.full_name') = (SELECT full_name FROM accounts WHERE username = 'cleo')
        FROM audit WHERE event = 'edit' ORDER BY id DESC LIMIT 1" 1
ok "the chain of the log is whole" eval 'admin-tool audit --verify >"$tmp/out" 2>"$tmp/err"'
ok "the store is whole" is_value 'PRAGMA integrity_check' ok
ok "every right password gets in" [ "$(count '^right [^0]' "$tmp/visitors")" -eq 0 ]
ok "there were such" [ "$right" -gt "$CLIENTS" ]
ok "every wrong one is wrong" [ "$(count '^wrong [^7]' "$tmp/visitors")" -eq 0 ]
# what a success forgives is gone: what came after each one's last success is left
left=0
for i in $(seq "$CLIENTS"); do
    left=$((left + $(awk '/^right 0/ { n = 0 } /^wrong/ { n++ } END { print n + 0 }' "$tmp/did/visitor.$i")))
done
counted=$(sqlite3 "$STATE/private/activity.db" 'SELECT coalesce(sum(count), 0) FROM failures')
ok "each of them is counted until the next right one ($left)" [ "$counted" -eq "$left" ]
grep -E "coder_helper|pam_coder|admin-tool" /var/log/messages |
    grep -iE "busy|is locked|damaged|cannot|not usable|full" >"$tmp/err"
ok "nobody was told busy, nor the log" [ ! -s "$tmp/err" ]
done_testing
