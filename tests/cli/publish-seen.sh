#!/bin/bash
# What a process that lives on sees of the public directory: our changes on its next lookup, though it looks at the path
# once a second only; and nothing that is done to the file ends it.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2317
. "$(dirname "$0")/lib.sh"

# A process that looks up a user at each line it reads and says the shell; it has looked before.
cat >"$tmp/asker.py" <<'PYTHON'
import pwd, sys
pwd.getpwnam("alice")
for line in sys.stdin:
    for i in range(3):
        try:
            shell = pwd.getpwnam("alice").pw_shell
        except KeyError:
            shell = "nobody"
    print(shell, flush=True)
PYTHON
asks() { echo >&"${asker[1]}" && read -r -t 10 answer <&"${asker[0]}"; }

make alice
coproc asker { python3 "$tmp/asker.py"; }
late=0
for ((i = 0; i < 20; i++)); do
    asks
    admin-tool users suspend alice -y >"$tmp/out" 2>"$tmp/err"
    asks
    [ "$answer" != /bin/bash ] || late=$((late + 1))
    admin-tool users activate alice -y >"$tmp/out" 2>"$tmp/err"
    asks
    [ "$answer" = /bin/bash ] || late=$((late + 1))
done
ok "40 changes are seen by the very next lookup" [ "$late" -eq 0 ]
ok "the published file is not marked" [ "$(od -An -tu4 -j184 -N4 "$STATE/directory" | tr -d ' ')" = 0 ]
admin-tool check >"$tmp/out" 2>"$tmp/err"
ok "... and in order" eval '! grep -q directory "$tmp/out"'

# A tool that is killed between mark and rename: slower lookups, and the next command mends it.
mark() { od -An -tu4 -j184 -N4 "$STATE/directory" | tr -d ' '; }
strace -f -o "$tmp/trace" -e trace=rename -e inject=rename:signal=KILL:when=1 admin-tool users suspend alice -y >"$tmp/out" 2>&1
ok "killed when it renames: the file in place is marked" [ "$(mark)" = 1 ]
asks
ok "... and answers" [ "$answer" = /bin/bash ]
exits 0 "the next command" admin-tool users list
asks
ok "... publishes, seen at once" [ "$answer" != /bin/bash ]
ok "... and unmarked" [ "$(mark)" = 0 ]
admin-tool users activate alice -y >"$tmp/out" 2>"$tmp/err"
printf '\1' | dd of="$STATE/directory" bs=1 seek=184 conv=notrunc 2>"$tmp/err"
exits 0 "a mark and no change to make up for: the next command" admin-tool users list
ok "... publishes all the same" [ "$(mark)" = 0 ]

# Cut short and written over where it is. The cut is between two lookups: whoever is in one is sent SIGBUS, as ever.
cp "$STATE/directory" "$tmp/backup"
ended=0 wrong=0
for ((i = 0; i < 20; i++)); do
    asks && [ "$answer" = /bin/bash ] || wrong=$((wrong + 1))
    : >"$STATE/directory"
    asks && [ "$answer" = nobody ] || ended=$((ended + 1))
    cp "$tmp/backup" "$STATE/directory"
done
ok "emptied 20 times: nobody is found, and nobody ended" [ "$ended" -eq 0 ]
ok "... and alice as soon as the file is back" [ "$wrong" -eq 0 ]

# Somebody else's file: within a second.
admin-tool users edit alice --shell /bin/sh >"$tmp/out" 2>"$tmp/err"
asks
ok "another shell" [ "$answer" = /bin/sh ]
cp "$tmp/backup" "$STATE/other" && mv "$STATE/other" "$STATE/directory"
sleep 1.1
asks
ok "a backup renamed over it is seen within a second" [ "$answer" = /bin/bash ]
rm "$STATE/directory"
sleep 1.1
asks
ok "... and a removal" [ "$answer" = nobody ]
exits 0 "publish" admin-tool publish

# On an overlay, whose lower file readers have mapped: marked is a copy of it, and so readers are waited for.
mkdir "$tmp/lower" "$tmp/over" && mount -t tmpfs over "$tmp/over" && mkdir "$tmp/over/up" "$tmp/over/work"
cp -a "$STATE/." "$tmp/lower"
mount -t overlay -o "lowerdir=$tmp/lower,upperdir=$tmp/over/up,workdir=$tmp/over/work" over "$STATE"
for shell in bash sh bash; do
    sleep 1.1
    asks
    admin-tool users edit alice --shell "/bin/$shell" >"$tmp/out" 2>"$tmp/err"
    asks
    ok "on an overlay: $shell is seen at once" [ "$answer" = "/bin/$shell" ]
done
umount "$STATE" "$tmp/over"

# Counted: what a thousand lookups ask the kernel about the file.
cat >"$tmp/many.py" <<'PYTHON'
import os, pwd
for i in range(1000):
    pwd.getpwnam("alice")
    os.getgrouplist("alice", 70100)
PYTHON
strace -f -o "$tmp/trace" -e trace=file python3 "$tmp/many.py"
looks=$(grep -c "$STATE/directory" "$tmp/trace")
ok "2,000 lookups look at the path at most once a second ($looks times)" [ "$looks" -ge 1 -a "$looks" -le 12 ]
done_testing
