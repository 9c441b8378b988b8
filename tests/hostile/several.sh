#!/bin/bash
# Several users' sessions end in one sweep: nobody's forks get away meanwhile, whoever they are, and the machine's
# processes are looked at once for all of them, not once for each.

# shellcheck source=tests/cli/lib.sh disable=SC2034,SC2154,SC2016,SC2317
. /src/tests/cli/lib.sh
runaway=/src/.build/world/runaway
users='ann ben cid dan eve'

make root1 --roles admin
for name in $users bystander; do
    make "$name"
done
alive() { kill -0 "$1" 2>/dev/null && ! grep -q '^State:.[ZX]' "/proc/$1/status"; }
generation() { od -An -tu8 "$tmp/$1" 2>/dev/null; }
goes_on()
{
    local once
    once=$(generation "$1")
    sleep 0.1
    [ "$once" != "$(generation "$1")" ]
}
chain() { nice -n -20 "$runaway" chain "$2" "$2" "$2" "$tmp/$1" >/dev/null 2>&1 & disown; soon goes_on "$1"; }
runs() { pgrep -r D,R,S,T,t -U "$1" >/dev/null || pgrep -r D,R,S,T,t -u "$1" >/dev/null; }
nobody_runs() { for name in $users; do ! runs "$name" || return 1; done; }

# A restore of what was when these were suspended: everybody who loses access by it is one of the sweep's.
for name in $users; do
    admin-tool users suspend "$name" -y >"$tmp/made"
    [ "$name" != ann ] || admin-tool backup /root/one >"$tmp/made"
done
admin-tool backup /root/five >"$tmp/made"
activate() { for name in $users; do admin-tool users activate "$name" -y >"$tmp/made" 2>&1; done; }

# -- everybody forks ---------------------------------------------------------------------------------

activate
for name in $users; do
    chain "$name" "$(id -u "$name")"
    setpriv --reuid "$name" --regid "$name" --init-groups sleep 1000 & disown
    setpriv --ruid root --euid "$name" --clear-groups sleep 1000 & disown
done
chain bystander "$(id -u bystander)"
"$runaway" ids 0 0 0 0 & roots=$!
ok "others fork, too" goes_on bystander
exits 0 "one sweep against five who fork" admin-tool restore /root/five -y --exact
ok "... nothing of theirs runs" nobody_runs
for name in $users; do
    ok "... $name's forks have ended" eval '! goes_on '"$name"
done
ok "another's forks go on" goes_on bystander
ok "... and root's process" alive "$roots"
kill "$roots"
admin-tool users suspend bystander -y >"$tmp/made" # as pkill(1) would not: it looks once

# -- one look for all --------------------------------------------------------------------------------

# Who runs the same, by who is swept: what is opened below /proc, and how often /proc itself.
count_looks()
{
    activate
    for name in $users; do
        for _ in 1 2 3 4; do
            setpriv --reuid "$name" --regid "$name" --init-groups sleep 1000 & disown
        done
    done
    sleep 0.3
    run timeout 120 strace -f -qq -e trace=openat -o "$tmp/trace" admin-tool restore "$1" -y --exact
    opened=$(grep -c '"/proc/' "$tmp/trace") looks=$(grep -c '"/proc", ' "$tmp/trace")
    for name in $users; do
        pkill -KILL -U "$name"
    done
}
count_looks /root/one
ok "one user is swept" [ "$status" -eq 0 ]
opened_for_one=$opened looks_for_one=$looks
count_looks /root/five
ok "five are" [ "$status" -eq 0 ]
ok "with about as many looks at all processes ($looks_for_one for one, $looks for five)" \
    [ "$looks" -lt $((4 * looks_for_one)) ]
ok "and not twice the files of /proc ($opened_for_one for one, $opened for five)" \
    [ "$opened" -lt $((2 * opened_for_one)) ]

# -- the verbs, and one walk over the files ----------------------------------------------------------

# Where each walk begins once.
walks() { grep -c 'openat(AT_FDCWD, "/srv", O_RDONLY|O_NOFOLLOW|O_CLOEXEC|O_PATH)' "$tmp/trace"; }
traced() { run timeout 120 strace -f -qq -e trace=openat,setresuid,kill -o "$tmp/trace" admin-tool "$@"; looks=$(grep -c '"/proc", ' "$tmp/trace"); }
activate
for name in $users; do
    chain "$name" "$(id -u "$name")"
    install -o "$name" -m 4755 /usr/bin/id "/srv/of-$name"
done
# shellcheck disable=SC2086
exits 0 "suspend of five who fork" admin-tool users suspend $users -y
ok "... ends what all of them run" nobody_runs
for name in $users; do
    says "^  /srv/of-$name$" "... and lists $name's set-id file"
done
activate
# shellcheck disable=SC2086
traced users suspend $users -y
ok "suspend of five looks at all processes for all at once ($looks times)" [ "$looks" -lt $((4 * looks_for_one)) ]
for name in $users; do
    ok "... the kernel is asked to end all of $name's" grep -q "setresuid([0-9]*, $(id -u "$name"), [0-9]*)" "$tmp/trace"
done
ok "... and walks over the files once" [ "$(walks)" -eq 1 ]
# shellcheck disable=SC2086
traced users suspend $users --remove-setid
ok "--remove-setid: a walk, and one that sees that the bits stay off" [ "$(walks)" -eq 2 ]
ok "... of all five" [ -z "$(find /srv -perm /6000)" ]
# shellcheck disable=SC2086
traced users delete $users --dry-run
ok "delete --dry-run: a walk for what is left, one for set-id files" [ "$(walks)" -eq 2 ]
ok "... that counts each one's" [ "$(grep -c '^  files: 5' "$tmp/out")" -eq 5 ]

# -- what cannot be ended is said for each -----------------------------------------------------------

activate
for name in ann eve; do
    setpriv --reuid "$name" --regid "$name" --init-groups sleep 1000 & disown
done
sleep 0.3
begun=$(date +%s)
run timeout 60 strace -f -qq -e trace=kill,pidfd_send_signal -e inject=kill,pidfd_send_signal:retval=0 -o "$tmp/trace" \
    admin-tool restore /root/five -y --exact
took=$(($(date +%s) - begun))
ok "what is not ended (exit 1)" [ "$status" -eq 1 ]
for name in ann eve; do
    complains "^admin-tool: could not end everything that runs for $name; see 'ps -fu $(id -u "$name")'" "... is said for $name"
done
ok "... and for nobody else" eval '! grep -q "runs for \(ben\|cid\|dan\)" "$tmp/err"'
ok "... after one sweep's patience, not one for each ($took s)" [ "$took" -lt 18 ]
for name in ann eve; do
    pkill -KILL -U "$name"
done

# -- who is always newer --------------------------------------------------------------------------------

activate
setpriv --reuid ben --regid ben --init-groups sleep 1000 & bens=$!; disown
(setsid "$runaway" hop "$(id -u ann)" 12 &) >/dev/null 2>&1
run strace -f -e trace=openat,sched_setscheduler -o "$tmp/trace" admin-tool users suspend ann ben -y
ok "one who hops on ahead of the look keeps nobody else" eval '! alive "$bens"'
longest=$(awk '/"\/proc", .*O_DIRECTORY/ { if (n > most) most = n; n = 0 } /"\/proc\/[0-9]+\/stat"/ { n++ } END { print (n > most ? n : most) + 0 }' "$tmp/trace")
ok "... nor leads a look on without an end ($longest were looked at)" [ "$longest" -lt 3000 ]
ok "... and the sweep comes before all who have the machine work" eval '
    grep -q "sched_setscheduler(0, SCHED_RR, \[1\])" "$tmp/trace" && tail -n 1 < <(grep sched_set "$tmp/trace") | grep -q SCHED_OTHER'
pkill -KILL -U ann
done_testing
