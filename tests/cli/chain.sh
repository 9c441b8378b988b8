#!/bin/bash
# The audit log as evidence: --verify finds what was done to it behind the tool's back, pruning is accounted for,
# -f shows what comes, and the system log and the kernel hear of each change.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

exits 1 "--verify without a store" admin-tool audit --verify
exits 2 "--verify looks at all of it" admin-tool audit --verify --user alice
exits 2 "prune needs to know how old" admin-tool audit prune
exits 2 "... in a time it knows" admin-tool audit prune --before yesterday
ok "none of it makes a store" [ ! -e "$STATE" ]

make alice --roles admin
make bob
admin-tool users suspend bob -y --keep-sessions >"$tmp/made"
admin-tool users activate bob -y >"$tmp/made"
exits 0 "a log nobody touched" admin-tool audit --verify
says '^The audit log is whole\. Rows: 4; the newest is 4, with the hash$' "... is whole"
says '^[0-9a-f]{64}$' "... and its newest hash is shown"
says 'cut off at the end' "... with what that cannot show"
newest=$(grep -E '^[0-9a-f]{64}$' "$tmp/out")
ok "the system log has that hash" grep -q "activate user=bob .* audit=4:$newest" /var/log/messages
exits 0 "--verify as JSON" admin-tool audit --verify -o json
json "d == {'rows': 4, 'id': 4, 'hash': '$newest', 'pruned_through': 0}" "... is one object"
exits 0 "each row has its hash" admin-tool audit -o json
json "d[-1]['hash'] == '$newest' and len({r['hash'] for r in d}) == 4" "... in the JSON"
content=$(admin-tool audit -o json | python3 -c '
import json, sys
r = json.load(sys.stdin)[0]
t = lambda v: "n," if v is None else "t%d:%s," % (len(v.encode()), v) if isinstance(v, str) else "i%d," % v
o = lambda v: t(None if v is None else json.dumps(v, separators=(",", ":"), ensure_ascii=False))
import calendar, time
at = calendar.timegm(time.strptime(r["at"], "%Y-%m-%dT%H:%M:%SZ"))
print("0" * 64 + "".join(map(t, (r["id"], at, r["event"], r["actor_uid"], r["actor"], r["via"], r["origin"],
      r["uid"], r["username"]))) + o(r["before"]) + o(r["after"]), end="")' | sha256sum | cut -d' ' -f1)
ok "anybody can count the first one again" is_value 'SELECT hash FROM audit WHERE id = 1' "$content"

# tampered WHAT SQL ROW: with the rules dropped, the first bad row is found; and all is as it was again.
tampered()
{
    cp -p "$STORE" "$tmp/whole"
    sqlite3 "$STORE" "DROP TRIGGER audit_stays; DROP TRIGGER audit_is_fixed; $2"
    exits 1 "$1" admin-tool audit --verify
    complains "first bad row is $3 " "... is found"
    cat "$tmp/whole" >"$STORE"
}
tampered "a changed row" "UPDATE audit SET actor = 'mallory' WHERE id = 3" 3
tampered "a removed row" "DELETE FROM audit WHERE id = 2" 3
tampered "the first row removed" "DELETE FROM audit WHERE id = 1" 2
tampered "the last row removed" "DELETE FROM audit WHERE id = 4" 4
tampered "rows changed about" "UPDATE audit SET id = 9 WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 3;
    UPDATE audit SET id = 3 WHERE id = 9" 2
tampered "a row put in" "INSERT INTO audit (at, event, actor, via, origin) VALUES (1, 'x', '', '', '')" 5

# -- following
admin-tool audit -f -n 1 >"$tmp/follow" 2>&1 &
follower=$!
admin-tool audit -f -o json --user alice >"$tmp/follow.json" 2>&1 &
json_follower=$!
for _ in $(seq 50); do grep -q activate "$tmp/follow" && break; sleep 0.1; done
admin-tool users suspend bob -y --keep-sessions >"$tmp/made"
admin-tool users edit-roles alice --roles admin,auditor -y >"$tmp/made"
for _ in $(seq 50); do grep -q edit-roles "$tmp/follow" && grep -q edit-roles "$tmp/follow.json" && break; sleep 0.1; done
ok "-f shows the last N and what comes, in columns that do not move" eval \
    '[ "$(cut -c27-42 "$tmp/follow" | xargs)" = "EVENT activate suspend edit-roles" ]'
ok "-f -o json is one object a line, filtered" python3 -c '
import json, sys
rows = [json.loads(l) for l in open(sys.argv[1])]
sys.exit([r["event"] for r in rows] != ["create", "edit-roles"] or any(r["username"] != "alice" for r in rows))' "$tmp/follow.json"
ok "a follower holds no lock" timeout 4 sqlite3 "$STORE" 'BEGIN EXCLUSIVE; ROLLBACK'
kill -INT "$follower" "$json_follower" 2>/dev/null # a shell's background jobs ignore it
kill "$follower" "$json_follower" 2>/dev/null
wait "$follower" "$json_follower" 2>/dev/null
run timeout 20 bash -c 'admin-tool audit -f | head -n 1; exit "${PIPESTATUS[0]}"'
ok "-f ends when nobody reads any more" [ "$status" -eq 0 ]
silent "... without a word"
run timeout -s INT 2 strace -f -o "$tmp/trace" admin-tool audit -f
ok "... and at an interrupt" grep -q 'killed by SIGINT' "$tmp/trace"

# -- pruning
admin-tool users activate bob -y >"$tmp/made"
last=$(value 'SELECT max(id) FROM audit')
remember
exits 0 "prune --dry-run" admin-tool audit prune --before 2999-01-01 --dry-run
says "rows: $last;" "... says how many"
unchanged "... and does nothing"
exits 5 "prune without a yes" admin-tool audit prune --before 2999-01-01 <<<"y"
unchanged "... does nothing"
exits 0 "prune with nothing as old" admin-tool audit prune --before 2001-01-01
unchanged "... does nothing, either"
exits 0 "prune" admin-tool audit prune --before 2999-01-01 <<<"yes"
says 'Are you sure you want to remove them from the audit log\? \(yes/no\)' "... asks"
ok "one row is left" is_value 'SELECT count(*) || event FROM audit' 1audit-prune
ok "... with the hash of the last one removed" eval \
    '[ "$(value "SELECT json_extract(after, \"\$.pruned_hash\") FROM audit" | tr -d \")" = "$(sed -n "s/.* audit=$last:\([0-9a-f]*\)$/\1/p" /var/log/messages)" ]'
exits 0 "the chain goes on from there" admin-tool audit --verify
says 'whole since the last pruning' "... and is whole"
make carol
exits 0 "... with what comes" admin-tool audit --verify
tampered "the anchor removed" "DELETE FROM audit WHERE event = 'audit-prune'" $((last + 2))
exits 0 "rows cannot be deleted without a pruning" admin-tool audit -n 1
run sqlite3 "$STORE" 'DELETE FROM audit'
ok "... by the schema" [ "$status" -ne 0 ]
tampered "rows put back after a pruning" \
    "INSERT INTO audit (id, at, event, actor, via, origin) VALUES (2, 1, 'x', '', '', '')" 2

# -- what the helper writes hangs in the same chain, and goes to the same log
run chpasswd <<<"bob:a-fine-long-password-1"
last=$(value "SELECT id || ':' || hash FROM audit ORDER BY id DESC LIMIT 1")
ok "a password set through PAM is a row" is_value "SELECT event FROM audit ORDER BY id DESC LIMIT 1" "password set"
ok "... whose hash the system log has" grep -q "password set user=bob uid=70101 audit=$last" /var/log/messages
exits 0 "... in the chain" admin-tool audit --verify

# -- the kernel's audit (linux/audit.h), where the kernel has one
# heard NAME TYPE COMMAND...: it is sent a message of this type.
heard()
{
    local name=$1 type=$2
    shift 2
    strace -f -o "$tmp/trace" -e trace=socket,sendto "$@" >"$tmp/out" 2>"$tmp/err"
    if grep -qE 'NETLINK_AUDIT\) *= [0-9]' "$tmp/trace"; then
        ok "$4 is $name to the kernel" grep -qE "nlmsg_type=(0x$type|AUDIT_$name)\b" "$tmp/trace"
    else
        echo "ok $((number += 1)) - $name # SKIP no audit in this kernel"
    fi
}
heard ADD_USER 45a admin-tool users create -u dan -e dan@example.com --no-password
heard ACCT_LOCK 46f admin-tool users suspend dan -y --keep-sessions
heard ACCT_UNLOCK 470 admin-tool users activate dan -y
heard USER_CHAUTHTOK 454 admin-tool reset-password dan -y
heard USER_MGMT 44e admin-tool users edit-roles dan --roles auditor -y
heard DEL_USER 45b admin-tool users delete dan -y
for error in EPROTONOSUPPORT EAFNOSUPPORT EINVAL EPERM; do
    run strace -f -o "$tmp/trace" -e trace=socket -e "inject=socket:error=$error" admin-tool reset-password alice -y
    ok "a kernel that has none ($error) is no trouble" [ "$status" -eq 0 ]
    silent "... and no news"
    ok "... but it was asked" grep -q "NETLINK_AUDIT) = -1 $error" "$tmp/trace"
done
done_testing
