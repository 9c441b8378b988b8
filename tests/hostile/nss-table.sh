#!/bin/bash
# Every call of passwd, group and shadow in every state of the source, through the real glibc: what it returns and what
# errno is afterwards are what they are with glibc's own "files" in that state.

# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
chmod 755 "$tmp"
cp /src/tests/hostile/nss_calls.py "$tmp"
as_root() { "$@"; }
as_other() { "$@" | grep -v '^initgroups\|^getgrouplist'; } # in which systemd's has an errno of its own for who is not found
# root's alone is initgroups, and what "files" reads for shadow
as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@" | grep -v '^initgroups\|^getsp'; }

# asked WHO SERVICES NAME ID SIZE: the calls by root or by nobody, with these services in nsswitch.conf.
asked()
{
    sed -i "s/^\(passwd\|group\|shadow\):.*/\1: $2/; s/^group: \(.*files\) coder/group: \1 ${merge:-} coder/" /etc/nsswitch.conf
    "$1" python3 "$tmp/nss_calls.py" "${@:3}"
}
# same WHAT OURS THEIRS NAME ID SIZE: with the services OURS every call answers as with THEIRS.
same()
{
    local what=$1 ours=$2 theirs=$3
    asked "$who" "$theirs" "${@:4}" >"$tmp/theirs" 2>&1
    asked "$who" "$ours" "${@:4}" >"$tmp/ours" 2>&1
    status=0
    diff "$tmp/theirs" "$tmp/ours" >"$tmp/out" 2>"$tmp/err"
    ok "$what: $(grep -c : "$tmp/ours") answers of $ours are those of $theirs" \
        eval '[ ! -s "$tmp/out" ] && [ "$(grep -c ": .* errno" "$tmp/ours")" -ge 26 ]'
}
# Our files and glibc's, the same way out of order.
theirs_away() { mkdir "$tmp/etc" && cp -a /etc/passwd /etc/group /etc/shadow "$tmp/etc"; }
theirs_back() { cp -a --remove-destination "$tmp/etc/." /etc; rm -r "$tmp/etc"; }

who=as_root
others=files
[ ! -e "$(echo /usr/lib/*/libnss_systemd.so.2)" ] || others+=' systemd'

# -- no account yet -------------------------------------------------------------------------------

same "nobody yet, not found" "files coder" files nosuch 77777 4096
same "... by a local name" "files coder" files daemon 1 4096
merge='[SUCCESS=merge]' same "... with merged groups" "files coder" files daemon 1 4096
who=as_other same "... for another service" "files coder" "$others" nosuch 77777 4096
who=as_nobody same "... for anybody" "files coder" files nosuch 77777 4096
theirs_away
for file in passwd group shadow; do : >/etc/$file; done
same "... where all are empty" coder files nosuch 77777 4096
theirs_back

# -- accounts; ben is in all three maps and no group ------------------------------------------------

make amy --no-password
make ben --no-password
admin-tool users suspend ben -y >"$tmp/made"
ben=$(id -u ben)
same "not found" "files coder" files nosuch 77777 4096
who=as_other same "... behind another" "files coder" "$others" nosuch 77777 4096
same "... by a local name" "files coder" files daemon 1 4096
merge='[SUCCESS=merge]' same "... with merged groups" "files coder" files daemon 1 4096
same "... alone" coder files nosuch 77777 4096
who=as_nobody same "... for anybody" "files coder" files nosuch 77777 4096
theirs_away
getent passwd ben >>/etc/passwd
getent group ben >>/etc/group
getent shadow ben >>/etc/shadow
same "found" coder files ben "$ben" 4096
same "short buffer" coder files ben "$ben" 2
theirs_back

# -- no answer from the file ------------------------------------------------------------------------

theirs_away
cp -a "$STATE/directory" "$tmp/directory"
put() { cp -a --remove-destination "$tmp/directory" "$STATE/directory"; }
rm /etc/passwd /etc/group /etc/shadow "$STATE/directory"
same "lost" coder files ben "$ben" 4096
head -c 300 "$tmp/directory" >"$STATE/directory"
same "cut off" coder files ben "$ben" 4096
: >"$STATE/directory"
same "empty, which no directory is" coder files ben "$ben" 4096
put
chmod 666 "$STATE/directory"
same "another's to write" coder files ben "$ben" 4096
put
sed -i 's|/home/ben|/home/bem|' "$STATE/directory"
same "damaged in what was asked for" coder files ben "$ben" 4096
put
theirs_back

# -- where the two differ: why the file cannot be had is not told -----------------------------------

theirs_away
chmod 600 /etc/shadow /etc/group /etc/passwd "$STATE/directory"
asked as_nobody files ben "$ben" 4096 | sed 's/(13,/(2,/; s/errno 13$/errno 2/' >"$tmp/theirs"
asked as_nobody coder ben "$ben" 4096 >"$tmp/ours"
run diff "$tmp/theirs" "$tmp/ours"
ok "unreadable: ENOENT where files has EACCES" eval '[ "$status" -eq 0 ] && grep -q "^getpwnam_r: (2," "$tmp/ours"'
theirs_back
done_testing
