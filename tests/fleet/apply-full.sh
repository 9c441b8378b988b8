#!/bin/bash
# admin-tool follow on a disk that is full, for batches short and long: all of it or nothing, and all of it when there is
# room again.
# shellcheck source=tests/fleet/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

joined
cp -a "$STATE" "$tmp/state"
mount -t tmpfs -o size=6m,mode=755 tmpfs "$STATE"
cp -a "$tmp/state/." "$STATE"
play
follow_begin
taken "$(entry ann 1)" "$(entry ben 2)" "$REFRESHED"

fill() { cat /dev/zero >"$STATE/rest" 2>"$tmp/full"; }
whole() { [ "$(value 'PRAGMA integrity_check')" = ok ]; }
# refused WHAT LINE...: this batch is not taken, and is when there is room again.
refused()
{
    local what=$1 failures
    shift
    fill
    failures=$(grep -c . "$tmp/follow")
    tell "$@" "{\"line\":\"commit\",\"cookie\":\"$what\"}"
    has_failed() { [ "$(grep -c . "$tmp/follow")" -gt "$failures" ]; }
    ok "$what on a full disk: said" until_true 20 has_failed
    ok "... nothing of it is there" [ "$(value "SELECT group_concat(username || status) FROM accounts")" = "$before" ]
    ok "... the cookie is as it was" is_cookie "$cookie"
    ok "... the store is whole" whole
    ok "... the public is as it was" getent passwd ann
    ok "... the follower goes on" kill -0 "$FOLLOWER"
    rm -f "$STATE/rest"
    tell "$@"
    commit "$what" 30
    ok "... with room again all of it is taken" is_cookie "$what"
    cookie=$what
    before=$(value "SELECT group_concat(username || status) FROM accounts")
}
before=$(value "SELECT group_concat(username || status) FROM accounts")
cookie=c$COUNTER
refused suspension "$(entry ann 1 'status="suspended"')"
ok "... somebody is suspended" [ "$(status_of ann)" = suspended ]
refused creation "$(entry ann 1)" "$(entry cyd 3)"
ok "... somebody is made, and is public" getent passwd cyd

# What is kept until the commit has no room: 4 MB of keys, each entry's own.
long=$(python3 - "$HASH" <<'E'
import base64, json, sys
for number in range(1, 251):
    keys = ['ssh-ed25519 ' + base64.b64encode(b'\0\0\0\x0bssh-ed25519\0\0\0\x20' + (number * 64 + k).to_bytes(32, 'big')).decode() + ' ' + 'x' * 200 for k in range(60)]
    print(json.dumps({"line": "entry", "entry_uuid": "00000000-0000-4000-8000-%012d" % (1000 + number), "username": "k%d" % number, "uid": 1900001000 + number,
        "home": "/home/k%d" % number, "shell": "/bin/bash", "email": "k%d@example.org" % number, "status": "active", "hash": sys.argv[1], "keys": keys}, separators=(',', ':')))
E
)
printf '%s\n' "$long" >"$tmp/long"
fill
cat "$tmp/long" >"$tmp/pipe"
ok "a batch for which there is no room is not listened to" until_true 30 grep -q 'more than there is room for' "$tmp/follow"
ok "... nothing of it is there" [ "$(value "SELECT count(*) FROM accounts WHERE username LIKE 'k%'")" = 0 ]
rm -f "$STATE/rest"
umount -l "$STATE"
done_testing
