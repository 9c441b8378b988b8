#!/bin/bash
# A home that somebody writes in while it is removed: that ends all the same, and what is left is told.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

# -- nobody in the way: all goes, however deep, many or odd
make ann
setpriv --reuid ann --regid ann --clear-groups python3 -c '
import os
os.chdir("/home/ann")
for i in range(20000):
    open("f%d" % i, "w").close()
os.mkdir(".removed-0"); open(".removed-0/x", "w").close(); open(".removed-1", "w").close()
for _ in range(2000):
    os.mkdir("d"); os.chdir("d"); open("x", "w").close()'
exits 0 "a large and deep home" admin-tool users delete ann -y --remove-home
ok "... goes" [ ! -e /home/ann ]
silent "... without a word"

# -- several of another user's programs, which end no sooner
make bob
chmod 777 /home/bob
writers=()
for writer in 1 2 3; do
    setpriv --reuid nobody --regid nogroup --clear-groups python3 -c '
import os, sys
folder = os.open("/home/bob", os.O_PATH)
i = 0
while True:
    try:
        os.mkdir("w%s-%d" % (sys.argv[1], i), dir_fd=folder)
    except OSError:
        pass
    i += 1' "$writer" &
    writers+=($!)
done
sleep 1
begun=$SECONDS
run timeout -s KILL 120 admin-tool users delete bob -y --remove-home
kill "${writers[@]}"; wait "${writers[@]}" 2>/dev/null
ok "a home that others write in all the while: it ends, after $((SECONDS - begun)) s" [ "$status" -ne 137 ]
ok "... the account is deleted" is_value "SELECT count(*) FROM accounts WHERE username = 'bob'" 0
ok "... and what is left is told, or nothing is" eval '[ "$status" -eq 0 -a ! -e /home/bob ] ||
    { [ "$status" -eq 1 ] && grep -qE "^admin-tool: bob is deleted, but /home/bob is still there, with w[0-9]+-[0-9]+: .*; look and remove it by hand$" "$tmp/err"; }'

# -- a link in the place of a home that is being made
useradd mal
mkdir -m 777 /srv/open
mkdir /srv/victim
strace -qq -o "$tmp/trace" -P /srv/open -P gus -e trace=mkdirat -e inject=mkdirat:delay_exit=3000000 \
    admin-tool users create -u gus -e gus@example.com --home /srv/open/gus --force >"$tmp/out" 2>"$tmp/err" & creator=$!
for _ in $(seq 100); do
    setpriv --reuid mal --regid mal --clear-groups rmdir /srv/open/gus 2>/dev/null && break
    sleep 0.05
done
setpriv --reuid mal --regid mal --clear-groups ln -s /srv/victim /srv/open/gus
wait "$creator"
ok "a link put in a new home's place was there in time" [ -L /srv/open/gus ]
ok "... nothing is made behind it" [ -z "$(ls -A /srv/victim)" ]
ok "... nor given away" [ "$(stat -c %u /srv/victim)" -eq 0 ]
ok "... which is told" grep -q 'not the home directory /srv/open/gus' "$tmp/err"
done_testing
