# shellcheck shell=bash
# What the tests of coder_fleet share: this world as a host that has joined, and followers whose lines are looked at.

# shellcheck source=tests/fleet/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
CODER_FLEET=/usr/libexec/coder_fleet
getent passwd _coder-fleet >/dev/null || useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin _coder-fleet

# joined HOST URI...: what `fleet join` leaves, with a certificate of the trial authority.
joined()
{
    local host=$1 uri
    shift
    install -d -o root -g _coder-fleet -m 0750 /etc/coder/fleet
    install -o root -g _coder-fleet -m 0640 "$CA/ca.pem" /etc/coder/fleet/ca.pem
    install -o root -g _coder-fleet -m 0640 "$CA/hosts/$host.pem" /etc/coder/fleet/host.pem
    install -o root -g _coder-fleet -m 0640 "$CA/hosts/$host.key" /etc/coder/fleet/host.key
    { for uri in "$@"; do echo "uri $uri"; done; echo "base dc=fleet"; echo "host cn=$host,ou=hosts,dc=fleet"; } >/etc/coder/fleet/fleet.conf
}

as_fleet() { setpriv --reuid=_coder-fleet --regid=_coder-fleet --clear-groups "$@"; }

# follow NAME [COOKIE]: a follower; its lines are in $tmp/NAME. unfollow NAME: ended, as slapd may have the pipe, too.
declare -A peer follower
follow()
{
    local name=$1 pipe=$tmp/$1.pipe
    unfollow "$name"
    rm -f "$pipe" && mkfifo "$pipe"
    : >"$tmp/$name"
    # shellcheck disable=SC2086
    setpriv --reuid=_coder-fleet --regid=_coder-fleet --clear-groups $FOLLOW_WITH "$CODER_FLEET" <"$pipe" >>"$tmp/$name" 2>"$tmp/$name.err" &
    follower[$name]=$!
    exec {peer[$name]}>"$pipe"
    echo "follow${2:+ $2}" >&"${peer[$name]}"
}
FOLLOW_WITH=
unfollow()
{
    [ -n "${peer[$1]:-}" ] || return 0
    exec {peer[$1]}>&-
    kill "${follower[$1]}" 2>/dev/null
    wait "${follower[$1]}" 2>/dev/null
    unset "peer[$1]" "follower[$1]"
}

# odd MODE [ldap|ldaps]: h1's first server is odd_server.py, at a port of its own, the real one the second. even: no more.
port=7000
odd()
{
    port=$((port + 1)) log=$tmp/$1.log
    [ -e "$CA/providers/odd.fleet.test.pem" ] || "$FLEET/ca" issue "$CA" providers odd.fleet.test
    grep -q odd.fleet.test /etc/hosts || echo '127.0.1.9 odd.fleet.test' >>/etc/hosts
    : >"$log"
    python3 /src/tests/fleet/odd_server.py "$port" "$CA/providers/odd.fleet.test.pem" "$CA/providers/odd.fleet.test.key" "$CA/ca.pem" "$1" "$log" &
    odd=$!
    until_true 30 eval '(: <"/dev/tcp/127.0.1.9/$port")'
    joined h1 "${2:-ldaps}://odd.fleet.test:$port" "$URI"
}
even() { unfollow f; kill "$odd"; wait "$odd" 2>/dev/null; }

# lines NAME FILTER: those of its lines for which the jq expression is true.
lines() { jq -c "select($2)" "$tmp/$1" 2>/dev/null; }
# comes NAME FILTER [SECONDS]: until there is one, for so long (5).
comes()
{
    local until=$((SECONDS + ${3:-5}))
    until [ -n "$(lines "$1" "$2")" ]; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.05
    done
}
# committed NAME [SECONDS]: the refresh was said to the end.
committed() { comes "$1" '.line == "commit"' "${2:-5}"; }
# mark NAME: forgets what it said; comes and lines look at what follows.
mark() { : >"$tmp/$1"; }
cookie() { lines "$1" '.line == "commit"' | tail -n 1 | jq -r .cookie; }
names() { lines "$1" '.line == "entry"' | jq -r .username | sort | xargs; }
uuid_of() { by_root a ldapsearch -LLL -b "uid=$1,$PEOPLE" -s base entryUUID | sed -n 's/^entryUUID: //p'; }
