#!/bin/bash
# The first half an hour of coder-fleet(7): its commands, word for word, on three machines of their own; what has to be
# there afterwards; how a second server takes the first one's place. And that the manual has each thing that check finds.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/fleet/lib.sh
. /src/tests/fleet/lib.sh

machine=/src/tests/fleet/machine
MANUAL=/src/admin-tool/coder-fleet.7
on() { "$machine" on "$@"; }
# section NAME: its lines; commands NAME: "HOST LINE" of each command there.
section() { sed -n "/^\.Ss \(\\\\\&\)\{0,1\}$1\$/,/^\.Ss /p" "$MANUAL" | sed 1d; }
commands() { section "$1" | sed -n 's/^\.Dl \([a-z0-9]*\)# /\1 /p'; }
play() { local where=$1; shift; case $where in web17) run on "$where" bash -c "cd /root && $*" ;; *) run on "$where" bash -c "cd /src && $*" ;; esac; }
is_in() { [ "$(on "$1" getent passwd "$2" | cut -d: -f7)" = /bin/bash ]; }
is_out() { [ "$(on "$1" getent passwd "$2" | cut -d: -f7)" = /usr/sbin/nologin ]; }

: >"$tmp/out" 2>"$tmp/err"
printf '10.77.0.1 a.example\n10.77.0.2 b.example\n10.77.0.17 web17\n' >>/etc/hosts
getent passwd _coder-fleet >/dev/null || useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin _coder-fleet
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys
printf 'StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nLogLevel ERROR\n' >/root/.ssh/config
"$machine" start a 10.77.0.1 && "$machine" start b 10.77.0.2 && "$machine" start web17 10.77.0.17

# What "Without systemd" says, for there is none on these machines.
begin_following()
{
    on "$1" mkdir -p /run/coder
    section "Without systemd" | sed -n 's/^\.Dl //p' | while IFS= read -r line; do
        on "$1" setsid bash -c "umask 077; exec $line" >/dev/null 2>&1 </dev/null &
        disown
        soon on "$1" test -S /run/coder/fleet.sock
    done
}

# -- its commands --------------------------------------------------------------------------------
count=0
while IFS= read -r line; do
    count=$((count + 1))
    play "${line%% *}" "${line#* }" </dev/null
    case $line in
        *"provider check") ok "$line: only what is for trying" eval '[ "$status" -eq 1 ] && [ "$(grep -cE "RFC 5612|private authority" "$tmp/out")" = 2 ] && [ "$(wc -l <"$tmp/out")" = 2 ]' ;;
        *) ok "$line" [ "$status" -eq 0 ] ;;
    esac
    case $line in
        *"fleet join"*) begin_following web17 ;;
        *"users create"*) says '^Temporary password: ' "... prints what to hand over" ;;
        *"fleet hosts"*) says '^web17 +all,web +ldaps://[ab]\.example' "... is connected" ;;
    esac
done < <(commands "In half an hour")
ok "that was all of it: $count commands" [ "$count" -ge 15 ]
ok "bob is on the host" soon is_in web17 bob
ok "the next host's join file is there, root's alone" [ "$(on web17 stat -c '%a %u' /root/web18.join)" = "600 0" ]
ok "no join file is left on the host that joined" eval '! on web17 test -e /root/web17.join'

# -- the servers ---------------------------------------------------------------------------------
on web17 admin-tool users suspend bob -y >"$tmp/made" 2>&1
ok "bob is suspended" soon is_out web17 bob
on a bash -c 'kill -KILL $(cat /run/slapd/slapd.pid)'
run on web17 admin-tool users activate bob -y
ok "without the first server nothing is written, and the verb says so" eval '[ "$status" -eq 9 ] && is_out web17 bob'
line=$(commands "The servers" | sed -n 1p)
play "${line%% *}" "${line#* }"
ok "$line" [ "$status" -eq 0 ]
run on web17 admin-tool users activate bob -y
ok "... and what is written reaches the host" eval '[ "$status" -eq 0 ] && soon is_in web17 bob'
line=$(commands "The servers" | sed -n 2p)
play "${line%% *}" "${line#* }"
ok "$line: of one that is down, too" [ "$status" -eq 0 ]
ok "... which did not write in between" eval 'on a ldapsearch -Q -Y EXTERNAL -H ldapi:/// -LLL -b "olcDatabase={2}mdb,cn=config" -s base olcReadOnly | grep -qx "olcReadOnly: TRUE"'
play b "examples/fleet/provider check"
ok "... and both are in order" eval '! grep -qvE "RFC 5612|private authority" "$tmp/out"'

# -- what check finds ------------------------------------------------------------------------------
section "What each failure looks like" >"$tmp/failures"
for finding in $(grep -ohE '"fleet-[a-z-]+"' /src/admin-tool/check/fleet*.c | tr -d '"' | sort -u); do
    ok "the manual has $finding" grep -qE "[( ]${finding}[,)]" "$tmp/failures"
done
done_testing
