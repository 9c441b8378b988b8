#!/bin/bash
# What a fleet costs, in one private world: a provider and three whole hosts, each a machine of its own, and FOLLOWERS (1000)
# followers in one process beside them. First a host's first fill for each SIZE, then changes, then the server begun anew.
#
#   tests/bench/bench_fleet.sh [SIZE...]      accounts; 1000 10000 100000 where nothing is said. The herd comes with HERD (10000)
# shellcheck disable=SC2016

set -euo pipefail
[ $# -gt 0 ] || set -- 1000 10000 100000
FOLLOWERS=${FOLLOWERS:-1000} HERD=${HERD:-10000} CHANGES=${CHANGES:-40}
machine=/src/tests/fleet/machine
fleet=/src/examples/fleet
ca=/srv/machines/a/root/ca
store=var/lib/coder/private/accounts.db
tmp=$(mktemp -d)
on() { "$machine" on "$@"; }
ms() { date +%s%3N; }
as_root() { on a "$1" -Q -Y EXTERNAL -H ldapi:/// "${@:2}"; }
server() { on a cat /run/slapd/slapd.pid; }
# Seconds of the processor, and MB, of a process of a machine.
cpu_of() { on "$1" awk '{ print ($14 + $15) / 100 }' "/proc/$2/stat"; }
mb_of() { on "$1" awk '/^VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$2/status"; }
less() { awk "BEGIN { printf \"%.2f\", $2 - $1 }"; }
value() { sqlite3 "file:/srv/machines/$1/$store?mode=ro" "$2" 2>/dev/null || true; }

START='ulimit -n $(ulimit -Hn); exec slapd -h "ldapi:/// ldaps:///" -F /etc/ldap/slapd.d -u openldap -g openldap'
server_stop() { on a bash -c 'pid=$(cat /run/slapd/slapd.pid); kill $pid; while kill -0 $pid 2>/dev/null; do sleep 0.05; done'; }
server_start() { on a bash -c "$START"; until as_root ldapwhoami >/dev/null 2>&1; do sleep 0.05; done; }

accounts() # accounts FROM TO
{
    awk -v from="$1" -v to="$2" 'BEGIN { for (i = from; i <= to; i++) printf "dn: uid=user%d,ou=people,dc=fleet\nobjectClass: inetOrgPerson\nobjectClass: posixAccount\nobjectClass: shadowAccount\nobjectClass: coderAccount\nuid: user%d\ncn: User %d\nsn: %d\nuidNumber: %d\ngidNumber: %d\nhomeDirectory: /home/user%d\nloginShell: /bin/bash\nmail: user%d@example.org\ncoderStatus: active\ncoderScope: all\nuserPassword: {CRYPT}$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7\n\n", i, i, i, i, 1900000000 + i, 1900000000 + i, i, i }'
}

# So many accounts in the tree, beside those that are there.
have=0
fill_server()
{
    server_stop
    accounts $((have + 1)) "$1" | on a setpriv --reuid openldap --regid openldap --clear-groups slapadd -q -w -F /etc/ldap/slapd.d -b dc=fleet -S 1
    server_start
    have=$1
}

joins() # joins HOST NUMBER
{
    "$machine" start "$1" "10.77.0.$2"
    on a bash -c '"$@" | ldapadd -Q -Y EXTERNAL -H ldapi:/// >/dev/null' bash "$fleet/add" host "$1" --scope all --join "/root/$1.join" --trial /root/ca
    cp "/srv/machines/a/root/$1.join" "/srv/machines/$1/root/"
    on "$1" admin-tool fleet join "/root/$1.join" >/dev/null 2>"$tmp/join" || { cat "$tmp/join"; exit 1; }
}

follows()
{
    on "$1" setsid bash -c 'umask 077; mkdir -p /run/coder
        systemd-socket-activate --accept --inetd -l /run/coder/fleet.sock setpriv --reuid=_coder-fleet --regid=_coder-fleet --clear-groups \
            /usr/libexec/coder_fleet >/var/log/socket 2>&1 &
        exec admin-tool follow >/var/log/follow 2>&1' </dev/null >/dev/null 2>&1 &
    disown
}

is_filled() { [ "$(value "$1" "SELECT count(*) FROM fleet_accounts")" = "$have" ] && [ "$(value "$1" "SELECT cookie <> '' FROM fleet")" = 1 ]; }

# A host's first fill, and what a change costs it then.
first_fill()
{
    local host=$1 begun cpu link follow changes
    cpu=$(cpu_of a "$(server)")
    begun=$(ms)
    follows "$host"
    until is_filled "$host" && [ -n "$(on "$host" getent passwd "user$have")" ]; do sleep 0.1; done
    begun=$(($(ms) - begun))
    link=$(on "$host" pgrep -x coder_fleet) follow=$(on "$host" pgrep -o -x admin-tool)
    changes=$(change_times "$host")
    printf '%9d %10d ms %8s s %8s s %8s s %6s MB %6s MB   %s\n' "$have" "$begun" "$(less "$cpu" "$(cpu_of a "$(server)")")" \
        "$(cpu_of "$host" "$link")" "$(cpu_of "$host" "$follow")" "$(mb_of "$host" "$link")" "$(mb_of "$host" "$follow")" "$changes"
}

# Watches NAME in this machine's NSS: when, in milliseconds since 1970, and what the shell became.
watch() # watch HOST NAME
{
    on "$1" python3 -c '
import pwd, sys, time
last = None
while True:
    shell = pwd.getpwnam(sys.argv[1]).pw_shell
    if shell != last:
        print(int(time.time() * 1000), "suspended" if shell.endswith("nologin") else "active", flush=True)
        last = shell
    time.sleep(0.002)' "$2" >"$tmp/watch-$1" 2>/dev/null &
    watchers+=($!)
}
# The same of what PAM says of the account, looked at 20 times a second.
watch_pam() # watch_pam HOST NAME
{
    on "$1" python3 -c '
import subprocess, sys, time
last = None
while True:
    begun = time.time()
    status = "suspended" if subprocess.run(["/src/.build/world/pam_call", "account", sys.argv[1]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode else "active"
    if status != last:
        print(int(time.time() * 1000), status, flush=True)
        last = status
    time.sleep(max(0, begun + 0.05 - time.time()))' "$2" >"$tmp/pam-$1" 2>/dev/null &
    watchers+=($!)
}
watchers=()
unwatch() { kill "${watchers[@]}" 2>/dev/null || true; watchers=(); }

# What the watches saw after each "changed" line of the file: median, 99th percentile, most.
spread()
{
    python3 - "$@" <<'PYTHON'
import sys
begun = [l.split()[1:] for l in open(sys.argv[1]) if l.startswith("changed ")]
took = []
for path in sys.argv[2:]:
    seen = [l.split() for l in open(path)]
    for at, status in begun:
        later = [int(t) for t, s in seen if s == status and int(t) >= int(at) - 1]
        took.append(min(later) - int(at) if later else 10**6)
took.sort()
print("%d / %d / %d ms of %d" % (took[len(took) // 2], took[len(took) * 99 // 100], took[-1], len(took)))
PYTHON
}

set_status() { printf 'dn: %s\nchangetype: modify\nreplace: coderStatus\ncoderStatus: %s\n' "$1" "$2" | as_root ldapmodify >/dev/null; }

change_times()
{
    local k status
    # what a first fill still has to log comes before
    set_status uid=user8,ou=people,dc=fleet suspended
    until [[ $(on "$1" getent passwd user8) == *nologin ]]; do sleep 0.2; done
    : >"$tmp/changes"
    watch "$1" user7
    sleep 1
    for k in $(seq 10); do
        status=$([ $((k % 2)) -eq 1 ] && echo suspended || echo active)
        echo "changed $(ms) $status" >>"$tmp/changes"
        set_status "$user7" "$status"
        sleep 1
    done
    sleep 2
    unwatch
    spread "$tmp/changes" "$tmp/watch-$1"
}

# -- the herd -----------------------------------------------------------------------------------

herd_joins()
{
    local i
    for i in $(seq 0 $((FOLLOWERS - 1))); do on a "$fleet/ca" issue /root/ca hosts "herd$i"; done
    { for i in $(seq 0 $((FOLLOWERS - 1))); do
          printf 'dn: cn=herd%d,ou=hosts,dc=fleet\nchangetype: add\nobjectClass: device\nobjectClass: coderHost\ncn: herd%d\ncoderScope: all\n\n' "$i" "$i"
      done
      printf 'dn: cn=all,ou=groups,dc=fleet\nchangetype: modify\nadd: member\n'
      for i in $(seq 0 $((FOLLOWERS - 1))); do printf 'member: cn=herd%d,ou=hosts,dc=fleet\n' "$i"; done; } | as_root ldapadd >/dev/null
}

bench_fleet() { (ulimit -n "$(ulimit -Hn)"; exec /src/.build/world/bench_fleet ldaps://a.example "$ca" dc=fleet "$FOLLOWERS" "$@"); }

# Three runs of the herd: only connected; with changes; with one, and the server begun anew.
herd()
{
    local cpu connecting host
    cpu=$(cpu_of a "$(server)")
    bench_fleet 0 "$user7" >"$tmp/herd"
    connecting=$(less "$cpu" "$(cpu_of a "$(server)")")
    echo "connecting $FOLLOWERS: $(sed -n 's/^all_connected //p' "$tmp/herd") ms, server's CPU $connecting s"
    for host in h1 h2 h3; do
        watch $host user7
        watch_pam $host user7
    done
    cpu=$(cpu_of a "$(server)")
    bench_fleet "$CHANGES" "$user7" >"$tmp/herd"
    sleep 1
    unwatch
    echo "$CHANGES changes: server's CPU $(less "$connecting" "$(less "$cpu" "$(cpu_of a "$(server)")")") s"
    echo "server: $(mb_of a "$(server)") MB"
    grep -E "_ha(s|ve)_it" "$tmp/herd"
    grep -v active "$tmp/herd" >"$tmp/suspended"
    echo "three whole hosts, suspended to NSS: $(spread "$tmp/suspended" "$tmp"/watch-h[123])"
    echo "... refused by PAM: $(spread "$tmp/suspended" "$tmp"/pam-h[123])"
    bench_fleet 1 "$user7" "$machine" on a bash -c "pid=\$(cat /run/slapd/slapd.pid); kill \$pid; while kill -0 \$pid 2>/dev/null; do sleep 0.02; done; $START" |
        grep -E '^(server_up|all_back|connections)'
    echo "server's CPU since it was begun: $(cpu_of a "$(server)") s"
}

user7=uid=user7,ou=people,dc=fleet
printf '10.77.0.1 a.example\n10.77.0.11 h1\n10.77.0.12 h2\n10.77.0.13 h3\n' >>/etc/hosts
getent passwd _coder-fleet >/dev/null || useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin _coder-fleet
"$machine" start a 10.77.0.1
on a "$fleet/provider" first --name a.example --trial /root/ca --scope all >/dev/null
on a bash -c '"$@" | ldapadd -Q -Y EXTERNAL -H ldapi:/// >/dev/null' bash "$fleet/add" admin ann --group writers --trial /root/ca
printf '%9s %13s %10s %10s %10s %9s %9s   %s\n' accounts 'first fill' "server's" coder_fleet follow coder_fleet follow 'change to NSS: median / 99th / most'
number=20
for size; do
    fill_server "$size"
    joins "f$size" $number
    first_fill "f$size"
    "$machine" stop "f$size"
    number=$((number + 1))
    [[ $size = "$HERD" && $FOLLOWERS -gt 0 ]] || continue
    for host in 1 2 3; do
        joins h$host 1$host
        follows h$host
    done
    for host in 1 2 3; do until is_filled h$host; do sleep 0.2; done; done
    herd_joins
    herd
    for host in 1 2 3; do "$machine" stop h$host; done
done
