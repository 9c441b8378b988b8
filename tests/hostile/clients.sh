#!/bin/bash
# Whoever stops, kills, freezes, limits or slows down his own su, sudo or passwd holds neither the store nor an
# administrator up, and escapes no counting: with the real programs, at random moments.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
# shellcheck source=tests/hostile/lib.sh
. /src/tests/hostile/lib.sh
clients=(su sudo passwd)

make amy --password-stdin <<<"$good"
make mal --password-stdin <<<"$good"
pamtester login amy authenticate <<<"$good" >/dev/null 2>&1 # makes the file that we look into
groups_open
[ "$have_groups" = yes ] || echo "# no control groups here: nothing is frozen"

# -- stopped, killed and frozen at random moments ----------------------------------------------

# disturb GROUP HOW CLIENT: mal's client in a group of its own; at a random moment HOW, then an administrator's change.
disturb()
{
    local name=$1 how=$2 client=$3 verb
    [ "$have_groups" = no ] || group_new "$name"
    verb=$([ $((RANDOM % 2)) -eq 0 ] && echo suspend || echo activate)
    {
        [ "$have_groups" = no ] || echo "$BASHPID" >"$groups/$name/cgroup.procs"
        client mal true "$client" wrong
    } >/dev/null 2>&1 &
    sleep "0.0$((RANDOM % 9))"
    case $how in
        freeze) freeze "$name" ;;
        *) pkill "-$how" -U mal ;;
    esac
    admin "$verb"
    [ "$status" -eq 0 ] || echo "$client, $how: status $status" >>"$tmp/trouble"
    [ "$took" -le "$worst" ] || worst=$took
    pkill -KILL -U mal
    [ "$have_groups" = no ] || thaw "$name"
    wait $! 2>/dev/null
}

for client in "${clients[@]}"; do
    worst=0
    : >"$tmp/trouble"
    forget
    for i in 1 2 3 4 5; do
        disturb "$client-stop$i" STOP "$client"
        disturb "$client-kill$i" KILL "$client"
        [ "$have_groups" = no ] || disturb "$client-freeze$i" freeze "$client"
    done
    ok "$client stopped, killed or frozen: every change of an administrator's is made" [ ! -s "$tmp/trouble" ]
    echo "# the worst took $worst ms"
    sleep 1
    ok "and no more guesses than five were compared" [ "$(failures "uid:$(id -u mal)")" -le 5 ]
done
admin activate

# -- limits -----------------------------------------------------------------------------------

# What users set before the client: eight guesses at once, then the right password. Where the limit leaves the client
# working, five are compared and the right one comes too late; where not, nobody gets in at all.
limits=('true' 'trap "" XFSZ; ulimit -f 0' 'ulimit -n 16' 'ulimit -t 1' 'ulimit -v 60000' 'renice -n 19 $$; chrt --idle -p 0 $$'
    'trap "" INT QUIT TERM HUP CHLD PIPE ALRM XFSZ XCPU USR1')
counting=(0 5)
IDLE=5
# Root without CAP_SYS_RESOURCE cannot lift the limit again: then the helper ends, and nobody is judged.
if (ulimit -f 0 && ulimit -f unlimited) 2>/dev/null; then
    counting+=(1)
fi

# guess_at_once USER SETUP CLIENT: what the right password brought at last is in the user's file.
guess_at_once()
{
    local jobs='' _
    for _ in 1 2 3 4 5 6 7 8; do
        client "$1" "$2" "$3" wrong &
        jobs+=" $!"
    done
    # shellcheck disable=SC2086
    wait $jobs
    client "$1" "$2" "$3" "$good"
    echo $? >"$tmp/$1"
}

for client in "${clients[@]}"; do
    for i in "${!limits[@]}" calm; do
        make "$client-$i" --password-stdin <<<"$good"
        echo "$client-$i ALL=(ALL:ALL) ALL" >>/etc/sudoers.d/clients
    done
done
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL" # else su asks for a change
forget
for client in "${clients[@]}"; do
    run client "$client-calm" "${limits[$IDLE]}" "$client" "$good"
    ok "$client: niced and idle, the right password is right" [ "$status" -eq 0 ]
done
for client in "${clients[@]}"; do
    jobs=''
    for i in "${!limits[@]}"; do
        guess_at_once "$client-$i" "${limits[$i]}" "$client" 2>/dev/null &
        jobs+=" $!"
    done
    # shellcheck disable=SC2086
    wait $jobs
    for i in "${!limits[@]}"; do
        compared=$(failures "uid:$(id -u "$client-$i")")
        ok "$client, ${limits[$i]}: at most five guesses are compared ($compared)" [ "$compared" -le 5 ]
        ok "$client, ${limits[$i]}: then the right password is refused" [ "$(cat "$tmp/$client-$i")" -ne 0 ]
    done
    for i in "${counting[@]}"; do
        ok "$client, ${limits[$i]}: five it is" [ "$(failures "uid:$(id -u "$client-$i")")" -eq 5 ]
    done
done
done_testing
