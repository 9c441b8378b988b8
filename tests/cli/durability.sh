#!/bin/bash
# What is on the disk when: the system calls of one change, in their order. A finished suspend must survive a
# power cut, and the public directory must never show what is not committed (DESIGN D3, D10).
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

make alice
strace -y -f -o "$tmp/trace" -e trace=fsync,fdatasync,ftruncate,fchmod,rename,renameat,openat,pwrite64,write \
    admin-tool users suspend alice -y --keep-sessions >"$tmp/out" 2>"$tmp/err"

# place PATTERN: the line of the trace where it stands last, empty if nowhere.
place() { grep -nE -- "$1" "$tmp/trace" | tail -n 1 | cut -d: -f1; }
first() { grep -nE -- "$1" "$tmp/trace" | head -n 1 | cut -d: -f1; }

# Both are there, in this order.
in_order() { [ -n "$1" ] && [ -n "$2" ] && [ "$1" -lt "$2" ]; }
# It has the same folder, and with it the SELinux type: a rename changes none.
prepared=$(first 'fsync\(.*</var/lib/coder/directory\.new>\) *= 0')
journal=$(first 'f(data)?sync\(.*accounts\.db-journal>\) *= 0')
store=$(first 'f(data)?sync\(.*accounts\.db>\) *= 0')
committed=$(place 'ftruncate\(.*accounts\.db-journal>, 0\) *= 0')
renamed=$(place 'rename(at)?\(.*"/var/lib/coder/directory\.new".*/var/lib/coder/directory"\) *= 0')
opened=$(first 'fchmod\(.*directory\.new>, 0644\) *= 0')
folder=$(place 'fsync\(.*</var/lib/coder>\) *= 0')

ok "the new directory is on the disk before the commit" in_order "$prepared" "$committed"
ok "the journal is on the disk before the store is written" in_order "$journal" "$store"
ok "the store is on the disk before the journal is given up" in_order "$store" "$committed"
ok "until then root alone can open it" eval 'in_order "$committed" "$opened" && grep -q "directory\.new\", .*O_CREAT|O_EXCL.*, 0600)" "$tmp/trace"'
ok "its mode is on the disk before it is in place" in_order "$opened" "$(place 'fsync\(.*directory\.new>\) *= 0')"
ok "the directory is replaced after that" in_order "$(place 'fsync\(.*directory\.new>\) *= 0')" "$renamed"
ok "its folder is on the disk after that" in_order "$renamed" "$folder"
ok "the end of the journal is on the disk too" \
    in_order "$committed" "$(place 'f(data)?sync\(.*accounts\.db-journal>\) *= 0')"
ok "the published file is never opened to be made or cut" \
    eval '! grep -E "openat\(.*/var/lib/coder/directory\"" "$tmp/trace" | grep -qE "O_RDWR|O_TRUNC|O_CREAT"'
ok "... and all that is written into it is its mark" \
    [ "$(grep -E '(write|write64|truncate)\([0-9]+</var/lib/coder/directory>' "$tmp/trace" | grep -cvE 'pwrite64\([0-9]+</var/lib/coder/directory>, "\\1\\0\\0\\0", 4, 184\)')" -eq 0 ]
ok "... before the next one is in its place" in_order "$(place 'pwrite64\([0-9]+</var/lib/coder/directory>')" "$renamed"

# An administrator's temporary password takes effect without a publication: nothing public has changed.
before_generation=$(value 'SELECT generation FROM counters')
inode=$(stat -c %i "$STATE/directory")
admin-tool users activate alice -y >"$tmp/out" 2>&1
ok "a public change replaces the file" [ "$(stat -c %i "$STATE/directory")" != "$inode" ]
ok "... and raises the generation" [ "$(value 'SELECT generation FROM counters')" -gt "$before_generation" ]
before_generation=$(value 'SELECT generation FROM counters')
admin-tool reset-password alice -y >"$tmp/out" 2>&1
ok "a reset raises no generation" is_value 'SELECT generation FROM counters' "$before_generation"
done_testing
