# shellcheck shell=bash disable=SC2016,SC2034,SC2317
# What the tests of a joined host share. No server is needed: what follows a fleet leaves in the store is put there, and
# coder_fleet is a script that says what it is told to.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
FOLDER=/etc/coder/fleet
FLEET=/usr/libexec/coder_fleet
getent group _coder-fleet >/dev/null || useradd -r -M -s /usr/sbin/nologin _coder-fleet
printf '#!/bin/sh\n[ "$(id -un) $1" = "_coder-fleet check" ] && cat /run/coder_fleet.says\n' >"$tmp/fleet"
install -m 0755 "$tmp/fleet" "$FLEET"
: >/run/coder_fleet.says

# In the place of admin-tool follow, which nobody starts here.
follower_begin()
{
    mkdir -p /run/coder
    : >"$tmp/follows"
    python3 -c 'import fcntl, time
lock = open("/run/coder/follow.lock", "w")
fcntl.lockf(lock, fcntl.LOCK_EX)
print("yes", flush=True)
time.sleep(600)' >"$tmp/follows" 2>&1 </dev/null &
    follower=$!
    for _ in {1..100}; do [ ! -s "$tmp/follows" ] || break; sleep 0.05; done
}
follower_end() { kill "$follower"; wait "$follower" 2>/dev/null; }

# Of here, also on a host that follows a fleet.
make() { admin-tool users create --here -u "$1" -e "$1@example.com" "${@:2}" >"$tmp/made" || echo "# cannot make $1"; }

sql() { sqlite3 "$STORE" "$1"; }

# join_file FILE [KEY=JSON]...: a join file, mode 0600; "KEY=" leaves one out.
join_file()
{
    rm -f "$1"
    python3 - "$@" <<'END'
import json, os, sys
def pem(label):
    return f"-----BEGIN {label}-----\nMIIB\n-----END {label}-----\n"
content = {"uris": ["ldaps://a.example:636", "ldaps://b.example"], "base": "dc=fleet", "host": "cn=web17,ou=hosts,dc=fleet",
           "ca": pem("CERTIFICATE"), "certificate": pem("CERTIFICATE"), "key": pem("PRIVATE KEY"), "expires": 4000000000}
for pair in sys.argv[2:]:
    key, value = pair.split("=", 1)
    content.pop(key, None)
    if value:
        content[key] = json.loads(value)
with open(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
    json.dump(content, out)
END
}

# fleet_user NAME UID: an account that came from the fleet.
fleet_user()
{
    make "$1" --uid "$2" --force "${@:3}"
    sql "INSERT INTO fleet_accounts (uid, entry_uuid, status, reason, csn, changed_by)
         VALUES ($2, '00000000-0000-0000-0000-00$2', 'active', '', '', '')"
}

# fleet_says NAME STATUS: active, suspended or absent.
fleet_says()
{
    sql "UPDATE fleet_accounts SET status = '$2' WHERE uid = (SELECT uid FROM accounts WHERE username = '$1')"
    admin-tool publish >"$tmp/made"
}

join() { join_file /root/host.join "$@" && admin-tool fleet join /root/host.join >"$tmp/made" 2>&1; }
