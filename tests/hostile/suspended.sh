#!/bin/bash
# No way to say "is suspended" while something runs: whoever forks faster than anybody looks, whoever has the user's
# uid as any of its four, in one thread, or without its first thread. And nobody else is hit.

# shellcheck source=tests/cli/lib.sh disable=SC2034,SC2154,SC2016,SC2317
. /src/tests/cli/lib.sh
runaway=/src/.build/world/runaway

for name in amy bob cid; do
    make "$name" --no-create-home
done
amy=$(id -u amy) bob=$(id -u bob) cid=$(id -u cid)

alive() { kill -0 "$1" 2>/dev/null && ! grep -q '^State:.[ZX]' "/proc/$1/status"; }
# Without zombies: whoever is their parent takes them away in his own time.
of_amy() { pgrep -r D,R,S,T,t -U amy >/dev/null || pgrep -r D,R,S,T,t -u amy >/dev/null; }
generation() { od -An -tu8 "$tmp/$1" 2>/dev/null; }
# True when the chain FILE still goes on.
goes_on()
{
    local once
    once=$(generation "$1")
    sleep 0.1
    [ "$once" != "$(generation "$1")" ]
}
# chain FILE REAL EFFECTIVE SAVED: as fast as can be.
chain() { nice -n -20 "$runaway" chain "$2" "$3" "$4" "$tmp/$1" >/dev/null 2>&1 & disown; soon goes_on "$1"; }
suspend() { admin-tool users activate amy -y >"$tmp/made" 2>&1; run admin-tool users suspend amy -y; }

# -- others, who must not notice -------------------------------------------------------------

"$runaway" ids 0 0 0 0 & roots=$!
"$runaway" ids "$bob" "$bob" "$bob" "$bob" & bobs=$!
chain bystander "$bob" "$bob" "$bob"
others() { alive "$roots" && alive "$bobs" && goes_on bystander && pgrep -x sshd >/dev/null && pgrep -x busybox >/dev/null; }
ok "others run" others

# -- forking --------------------------------------------------------------------------------------

for round in 1 2 3 4 5 6 7 8; do
    chain "$round" "$amy" "$amy" "$amy"
    suspend
    ok "suspend against a chain of forks, round $round" [ "$status" -eq 0 ]
    ok "... it does not go on" eval '! goes_on '$round
    ok "... and nothing runs as her" eval '! of_amy'
done
for saved in "$amy $bob $bob" "$bob $bob $amy" "$bob $amy $amy"; do
    # shellcheck disable=SC2086
    chain set-id $saved
    suspend
    ok "a chain with the uids $saved" [ "$status" -eq 0 ]
    ok "... has ended" eval '! goes_on set-id'
done
chain effective "$cid" "$amy" "$cid"
suspend
ok "a chain that the kernel does not take for hers has ended, or the word is not that she is out" \
    eval 'if [ "$status" -eq 0 ]; then ! goes_on effective; else grep -q "for amy" "$tmp/err"; fi'
run admin-tool users suspend cid -y
ok "... and has ended with its owner" eval '[ "$status" -eq 0 ] && ! goes_on effective'
ok "others run on" others

# -- each uid -----------------------------------------------------------------------------------

for ids in "$amy 0 0 0" "0 $amy 0 0" "0 0 $amy 0" "0 0 0 $amy"; do
    # shellcheck disable=SC2086
    "$runaway" ids $ids & process=$!
    sleep 0.1
    suspend
    ok "the uids $ids: suspended" [ "$status" -eq 0 ]
    ok "... and ended" eval '! alive '"$process"
done
"$runaway" thread "$amy" & process=$!
sleep 0.1
suspend
ok "a thread with her uid: suspended" [ "$status" -eq 0 ]
ok "... and ended" eval '! alive '"$process"
"$runaway" headless "$amy" & process=$!
sleep 0.1
ok "a process whose first thread has ended" grep -q '^State:.Z' "/proc/$process/status"
suspend
ok "... suspended" [ "$status" -eq 0 ]
ok "... and ended" eval '! kill -0 '"$process"' 2>/dev/null || wait '"$process"'; ! of_amy'
if (echo "$amy" >/proc/self/loginuid) 2>/dev/null; then
    bash -c "echo $amy >/proc/self/loginuid; exec $runaway headless 0" & process=$!
    sleep 0.3
    suspend
    ok "... of root's, with her login uid: suspended" [ "$status" -eq 0 ]
    ok "... and ended" eval '! grep -q "^Threads:.[2-9]" /proc/'"$process"'/status 2>/dev/null'
else
    echo "ok $((number += 1)) - root's, with her login uid # SKIP cannot be set here"
fi

# -- the kernel's half, alone --------------------------------------------------------------------

# blind COMMAND...: where /proc shows no process.
blind()
{
    unshare --mount bash -c 'mount -t tmpfs none /proc && mkdir /proc/self &&
        echo "0 0 4294967295" >/proc/self/uid_map && exec "$@"' bash "$@"
}
for ids in "$amy $bob $bob" "$bob $bob $amy"; do
    # shellcheck disable=SC2086
    "$runaway" ids $ids "$bob" & process=$!
    sleep 0.1
    admin-tool users activate amy -y >"$tmp/made" 2>&1
    run blind admin-tool users suspend amy -y
    ok "the uids $ids, without a look at /proc: suspended" [ "$status" -eq 0 ]
    ok "... and ended" eval '! alive '"$process"
done
ok "others run on" others

# Started so that capabilities outlast a change of uid, what signals all of hers could signal all there are.
inside()
{
    unshare --mount --pid --fork --kill-child bash -c '
        mount -t proc proc /proc
        sleep 1000 & root=$!
        setpriv --reuid bob --regid bob --clear-groups sleep 1000 & bob=$!
        sleep 0.2
        setpriv --securebits=+no_setuid_fixup admin-tool users suspend amy -y
        grep -q "^State:.S" "/proc/$root/status" && grep -q "^State:.S" "/proc/$bob/status"'
}
admin-tool users activate amy -y >"$tmp/made" 2>&1
run inside
ok "with capabilities that outlast a change of uid nobody else is hit" [ "$status" -eq 0 ]
ok "others run on, and so do we" others

# -- soon -----------------------------------------------------------------------------------------

admin-tool users activate amy -y >"$tmp/made" 2>&1
best=99999
for _ in $(seq 40); do # the machine may be busy
    admin-tool users activate amy -y >"$tmp/made"
    begun=${EPOCHREALTIME/./}
    run admin-tool users suspend amy -y
    took=$(((${EPOCHREALTIME/./} - begun) / 1000))
    [ "$took" -ge "$best" ] || best=$took
    [ "$best" -ge 50 ] || break
done
echo "# suspend of somebody who runs nothing: $best ms"
ok "... without a pause (the aim is 50 ms)" [ "$best" -lt 500 ]
done_testing
