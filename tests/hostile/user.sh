#!/bin/bash
# A local user who means harm: locks all he can open, holds old mappings, floods the setuid helper, prepares what every
# set-id program inherits, and swaps links under root's hands. A suspend is done and takes effect all the same, and
# nothing of ours is his to read or write but what CONTRACT section 4 gives to everybody.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
# shellcheck source=tests/hostile/lib.sh
. /src/tests/hostile/lib.sh
cd / || exit 1 # his find comes back to where he may be
points=0 bad=0
HELPER=/usr/libexec/coder_helper

for name in amy mal eve; do
    make "$name" --password-stdin <<<"$good"
done
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
admin-tool policy set free_failures=100 >"$tmp/out"
echo 'mal ALL=(ALL:ALL) ALL' >/etc/sudoers.d/mal
pamtester login amy authenticate <<<"$good" >/dev/null 2>&1

as() { setpriv --reuid "$1" --regid "$1" --init-groups "${@:2}"; }
stop() { pkill -KILL -U "$1"; wait; } 2>/dev/null
right() { /src/.build/world/pam_call auth "$@" >"$tmp/pam" 2>&1; }
goes_on()
{
    admin suspend
    ok "$1: suspend is done ($took ms)" [ "$status" -eq 0 ]
    ok "$1: and seen by everybody" eval '[ "$(as mal getent passwd amy | cut -d: -f7)" = /usr/sbin/nologin ]'
    ok "$1: and takes effect" eval '! right amy "$good"'
    admin activate
    ok "$1: activate, too" eval '[ "$status" -eq 0 ] && right amy "$good"'
}

# -- what he may read and write ------------------------------------------------------------------

mine() { as mal find "$STATE" /run/coder -mindepth 0 "$@" 2>/dev/null | sort | tr '\n' ' '; }
mkdir -p /run/coder
ok "he reads the public directory and nothing else" [ "$(mine -type f -readable)" = "$STATE/directory " ]
ok "enters the two public folders only" [ "$(mine -type d -executable)" = "/run/coder $STATE " ]
ok "writes nothing" [ -z "$(mine -writable ! -type s)" ]
ok "nor anything that is installed" [ -z "$(as mal find $HELPER /usr/sbin/admin-tool /lib/*/security/pam_coder.so \
    /lib/*/libnss_coder.so.2 -writable)" ]
ok "the only set-id program of ours is the helper" [ "$(find /usr/sbin/admin-tool $HELPER -perm /6000)" = $HELPER ]
ok "nothing of ours lies in /tmp, /var/tmp or /dev/shm" [ -z "$(find /tmp /var/tmp /dev/shm -name '*coder*')" ]
for what in "admin-tool users list" "sqlite3 $STORE .dump" "cat $STATE/private/activity.db" "ls $STATE/private"; do
    # shellcheck disable=SC2086
    ok "he cannot: $what" eval "! as mal $what >$tmp/out 2>$tmp/err"
done

# -- locks, leases, mappings ---------------------------------------------------------------------

cat >"$tmp/locker.py" <<'END'
import fcntl, mmap, os, struct, sys, time
held = []
for path in sys.argv[2:]:
    for _ in range(100):
        try:
            fd = os.open(path, os.O_RDONLY)
        except OSError:
            break
        held.append(fd)
        for lock in (lambda: fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB),
                     lambda: fcntl.lockf(fd, fcntl.LOCK_SH | fcntl.LOCK_NB),
                     lambda: fcntl.fcntl(fd, 37, struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0)), # F_OFD_SETLK
                     lambda: fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK),
                     lambda: fcntl.fcntl(fd, fcntl.F_NOTIFY, fcntl.DN_MODIFY | fcntl.DN_RENAME | fcntl.DN_MULTISHOT)):
            try:
                lock()
            except OSError:
                pass
        try:
            held.append(mmap.mmap(fd, 0, mmap.MAP_SHARED, mmap.PROT_READ))
        except (OSError, ValueError):
            pass
open(sys.argv[1], "w").close()
time.sleep(600)
END
chmod 755 "$tmp" && chmod 644 "$tmp/locker.py"
install -d -o mal "$tmp/his"
as mal python3 "$tmp/locker.py" "$tmp/his/ready" "$STATE/directory" "$STATE" /var/lib /run/coder $HELPER \
    /usr/sbin/admin-tool /lib/*/libnss_coder.so.2 /lib/*/security/pam_coder.so "$STATE/private/lock" "$STORE" 2>/dev/null &
until [ -e "$tmp/his/ready" ]; do sleep 0.1; done
goes_on "all that he can open is locked and mapped"
ok "his old mappings keep no file of ours alive but their own" [ "$(find "$STATE" -maxdepth 1 -type f | wc -l)" -eq 1 ]
stop mal

# -- floods ------------------------------------------------------------------------------------

# 150 helpers that wait for a request that never comes, renewed as they give up; and nonsense in a tight loop.
cat >"$tmp/flood.py" <<'END'
import os, socket, subprocess, sys, time
idle = []
end = time.time() + 600
while time.time() < end:
    idle = [(p, s) for p, s in idle if p.poll() is None]
    while len(idle) < 150:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        idle.append((subprocess.Popen([sys.argv[2]], stdin=theirs), ours))
        theirs.close()
    open(sys.argv[1], "w").close()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    nonsense = subprocess.Popen([sys.argv[2]], stdin=theirs)
    theirs.close()
    try:
        ours.send(os.urandom(800))
    except OSError:
        pass
    ours.close()
    nonsense.wait()
END
rm -f "$tmp/his/ready"
as mal python3 "$tmp/flood.py" "$tmp/his/ready" $HELPER 2>/dev/null &
until [ -e "$tmp/his/ready" ]; do sleep 0.1; done
goes_on "150 idle helpers and a stream of nonsense"
stop mal
no_helper() { ! pgrep -x coder_helper >"$tmp/out"; }
for _ in $(seq 300); do
    no_helper && break
    sleep 0.1
done
ok "the helpers that he leaves end by themselves" no_helper

# -- what set-id programs inherit ------------------------------------------------------------------

mkdir -m 777 "$tmp/gone"
presets=('umask 0' 'umask 777' "cd $tmp/gone && rmdir $tmp/gone" 'exec 1>&-' 'exec 2>&-' 'exec 1>&- 2>&-' 'exec 0<&-'
    'exec 0<&- 1>&- 2>&-' 'exec 1</dev/null 2</dev/null' 'exec 3</ 4</ 5</ 6</ 7</ 8</ 9</'
    'export LD_PRELOAD=/src/.build/world/failing_malloc.so LD_AUDIT=x LD_LIBRARY_PATH=/tmp GCONV_PATH=/tmp'
    'export SQLITE_TMPDIR=/tmp TMPDIR=/tmp HOME=/tmp TZ=/tmp/zone LOCPATH=/tmp LC_ALL=xx MALLOC_PERTURB_=7 IFS=x'
    'export LONG=$(head -c 100000 /dev/zero | tr "\0" x)' 'trap "" 1 2 3 6 10 12 13 14 15 17 24 25' 'ulimit -c unlimited'
    'ulimit -s 256' 'ulimit -n 6' 'ulimit -u 1' 'ulimit -f 1' 'ulimit -v 20000' 'exec setsid --wait bash -c "exec \"\$@\"" -')

# Owners and modes of all that is ours, and both databases whole.
whole()
{
    local odd
    odd=$(find "$STATE" /run/coder \( ! -user root -o ! -group root -o -type f ! -name directory ! -perm 600 \
        -o -type d -name private ! -perm 700 -o -name directory ! -perm 644 \) ! -type s)
    [ -z "$odd" ] || { echo "odd: $odd"; return; }
    [ "$(sqlite3 "$STORE" 'PRAGMA integrity_check')" = ok ] || echo "the store is damaged"
    [ "$(sqlite3 -cmd '.timeout 2000' "$STATE/private/activity.db" 'PRAGMA integrity_check')" = ok ] || echo "the attempts are damaged"
    [ -z "$(find / -xdev -name 'core*' -newer "$tmp/begun" -type f ! -path '/proc/*' ! -path '/sys/*' -uid +69999)" ] || echo "a core file"
    right amy "$good" || echo "amy does not get in"
    right mal "$now" || { [ -n "$next" ] && right mal "$next" && now=$next; } || echo "mal has neither his old password nor his new one"
}

# inherit PRESET PROGRAM: what goes wrong.
inherit()
{
    next=
    case $2 in
        su) set -- "$1" 'su amy -c true' "$good" ;;
        sudo) set -- "$1" 'sudo -k -S -p "" true' "$now" ;;
        passwd) next="violet-Otter-$points-lantern"; set -- "$1" passwd "$now"$'\n'"$next"$'\n'"$next" ;;
        helper) set -- "$1" $HELPER nonsense ;;
    esac
    { timeout -s KILL 60 setpriv --reuid mal --regid mal --init-groups bash -c "$1; exec $2" <<<"$3"; } >/dev/null 2>&1
    [ $? -ne 137 ] || echo "it hangs"
}

now=$good next=
touch "$tmp/begun"
for preset in "${presets[@]}"; do
    for program in helper su sudo passwd; do
        mkdir -p -m 777 "$tmp/gone"
        points=$((points + 1))
        inherit "$preset" "$program" >"$tmp/wrong" 2>&1
        whole >>"$tmp/wrong" 2>&1
        [ ! -s "$tmp/wrong" ] || { bad=$((bad + 1)); echo "# ${preset:0:60}; $program: $(tr '\n' ' ' <"$tmp/wrong")"; }
    done
done
echo "# $points points tried, $bad failures"
ok "whatever helper, su, sudo and passwd inherit, all of ours stays whole" [ "$bad" -eq 0 ]
ok "and some of it let passwd work" [ "$now" != "$good" ]

# -- links under root's hands --------------------------------------------------------------------

mkdir -m 700 /srv/victim && echo precious >/srv/victim/file && chmod 666 /srv/victim/file
pictured() { (cd /srv && find victim -printf '%p %m %u %s\n' | sort; cat victim/file); }
picture=$(pictured)
# A folder that is a link every other moment, in a home that is being removed; and names that root writes to.
cat >"$tmp/swap.py" <<'END'
import os, sys, time
os.chdir(sys.argv[1])
end = time.time() + 600
while time.time() < end and os.path.isdir(sys.argv[1]):
    for step in (lambda: os.mkdir("real"), lambda: open("real/file", "w").close(), lambda: os.symlink("/srv/victim", "link"),
                 lambda: os.rename("real", "x"), lambda: os.rename("link", "real"), lambda: os.rename("real", "link"),
                 lambda: os.rename("x", "real"), lambda: os.symlink("/srv/victim/file", "out"), lambda: os.unlink("out")):
        try:
            step()
        except OSError:
            pass
END
chmod 755 "$tmp/swap.py"
for round in 1 2 3; do
    make "prey$round" --no-password
    install -d -m 777 "/home/prey$round/shared" "$tmp/shared"
    mkdir -p "/home/prey$round"/d{1..40}/e{1..10}
    as eve python3 "$tmp/swap.py" "/home/prey$round/shared" 2>/dev/null &
    as eve python3 "$tmp/swap.py" "$tmp/shared" 2>/dev/null &
    for _ in 1 2 3 4 5 6 7 8; do
        admin-tool backup "$tmp/shared/out" >"$tmp/out" 2>&1
        printf 'username,email\nb%s,b%s@example.com\n' "$RANDOM$RANDOM" "$RANDOM$RANDOM" |
            admin-tool users import - --passwords-to "$tmp/shared/out" >"$tmp/out" 2>&1
    done
    run admin-tool users delete "prey$round" --remove-home -y
    stop eve
    rm -rf "/home/prey$round" "$tmp/shared"
done
ok "nothing behind the links was removed, written or opened up" [ "$(pictured)" = "$picture" ]
goes_on "after all that"
done_testing
