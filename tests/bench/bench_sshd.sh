#!/bin/bash
# Does the time of a refusal by the real sshd tell its reason? Password attempts, a user each so that no limit is
# met, the kinds interleaved, six at a time; times are of the whole ssh client, the delay after a failure included.
# Run by "make bench" in a private world.
set -u
rounds=${1:-40}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf '#!/bin/sh\ncat "$ASKED"\n' >"$work/askpass"
chmod 755 "$work/askpass"
echo plain-horse-9-lantern >"$work/right"
echo wrong-horse-9-lantern >"$work/wrong"

# One account is made by the tool; the others are rows like it, so all have the same hash.
tee_users()
{
    local uid=72000 kind status until
    for kind in wrong suspended-wrong suspended-right expired-right; do
        [ "$kind" = expired-right ] && until=1 || until=NULL
        case $kind in suspended*) status=suspended ;; *) status=active ;; esac
        for ((i = 0; i < rounds; i++)); do
            uid=$((uid + 1))
            echo "INSERT INTO accounts (uid, username, email, home, shell, status, hash, expires_at, created_at)
                SELECT $uid, '$kind$i', '$kind$i@example.com', '/home/$kind$i', shell, '$status', hash, $until, created_at
                FROM accounts WHERE username = 'model';"
        done
    done
}
echo plain-horse-9-lantern | admin-tool users create -u model -e model@example.com --no-create-home --password-stdin >"$work/made"
tee_users | sqlite3 /var/lib/coder/private/accounts.db || exit 1
admin-tool publish >"$work/made" || exit 1

# attempt KIND NUMBER: one line "KIND MILLISECONDS"; a login that succeeds is no refusal and ends the run.
attempt()
{
    local kind=$1 asked=$work/wrong begin
    case $kind in *-right) asked=$work/right ;; esac
    begin=$(date +%s%N)
    if ASKED=$asked SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force ssh -F none -o StrictHostKeyChecking=no \
        -o UserKnownHostsFile=/dev/null -o LogLevel=QUIET -o PreferredAuthentications=password \
        -o NumberOfPasswordPrompts=1 "$kind$2@127.0.0.1" true </dev/null 2>/dev/null; then
        echo "$kind in"
    else
        echo "$kind $((($(date +%s%N) - begin) / 1000000))"
    fi
}
export -f attempt
export work
for ((i = 0; i < rounds; i++)); do
    for kind in wrong unknown suspended-wrong suspended-right expired-right; do
        echo "$kind $i"
    done
done | xargs -P 6 -L 1 bash -c 'attempt "$1" "$2"' attempt >"$work/times"
grep ' in$' "$work/times" && { echo "no figures: somebody was let in"; exit 1; }

python3 - "$work/times" <<'PYTHON'
import math, statistics, sys
times = {}
for line in open(sys.argv[1]):
    kind, ms = line.split()
    times.setdefault(kind, []).append(int(ms))
base = times["wrong"]
print("%-18s %6s %9s %8s" % ("sshd, password", "n", "median ms", "rank z"))
for kind, own in times.items():
    u = sum((a > b) + 0.5 * (a == b) for a in own for b in base)
    n, m = len(own), len(base)
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    print("%-18s %6d %9.0f %8.1f" % (kind, n, statistics.median(own), z))
PYTHON
