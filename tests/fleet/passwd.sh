#!/bin/bash
# Passwords of a fleet changed by their users where they are: passwd.exp drives real sshd, su, sudo, login and passwd on one
# host; another host, a machine of its own, has it within a second. Two real providers.

# shellcheck disable=SC2016
machine=/src/tests/fleet/machine
export DOOR=/run/coder/fleet.sock
getent passwd _coder-fleet >/dev/null || useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin _coder-fleet
printf '10.77.0.254 a.fleet.test\n10.77.0.253 b.fleet.test\n10.77.0.12 h2\n' >>/etc/hosts
"$machine" start h2 10.77.0.12
ip address add 10.77.0.253/24 dev fleet
# shellcheck source=tests/fleet/lib.sh
. /src/tests/fleet/lib.sh
second
number=1
for name in fay gus hal jim len mia ned ray amy ben cid dot ivy kim oda pia sam ted; do
    user $name $((1900000000 + number)) --scope all --temporary "first-Word-of-$name"
    number=$((number + 1))
done

FOLLOW='umask 077
    systemd-socket-activate --accept --inetd -l "$DOOR" setpriv --reuid=_coder-fleet --regid=_coder-fleet --clear-groups \
        /usr/libexec/coder_fleet >/var/log/socket 2>&1 &
    echo $$ >/run/follow.pid
    exec admin-tool follow >/var/log/follow 2>&1'
joins() # joins HOST COMMAND...: that host, by COMMAND
{
    host "$1" all
    cp "$CA/$1.join" "/tmp/$1.join"
    [ ! -d "/srv/machines/$1" ] || cp "$CA/$1.join" "/srv/machines/$1/tmp/"
    "${@:2}" admin-tool fleet join "/tmp/$1.join" >"$tmp/joined" 2>&1 || cat "$tmp/joined"
    "${@:2}" mkdir -p /run/coder
    "${@:2}" setsid bash -c "$FOLLOW" </dev/null >/dev/null 2>&1 &
}
joins h1 env
joins h2 "$machine" on h2
for _ in $(seq 400); do
    [ "$(sqlite3 -cmd ".timeout 10000" -readonly "$STORE" 'SELECT count(*) FROM fleet_accounts' 2>/dev/null)" != 18 ] || break
    sleep 0.05
done
exec /src/tests/fleet/passwd.exp
