#!/bin/bash
# No way to say "is suspended" while something runs, under a real systemd: in the user's own slice, in others' services
# (cron, a mail server, a file server), and beside services of an administrator's, which run as the user and stay.

# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/hostile/systemd-lib.sh
. "$(dirname "$0")/systemd-lib.sh"
runaway=/src/.build/world/runaway
chmod 755 "$tmp"

make amy
amy=$(id -u amy)
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
# Without zombies: whoever is their parent takes them away in his own time.
of_amy() { pgrep -r D,R,S,T,t -U amy "$@" >/dev/null || pgrep -r D,R,S,T,t -u amy "$@" >/dev/null; }
goes_on()
{
    local once
    once=$(od -An -tu8 "$tmp/$1")
    sleep 0.1
    [ "$once" != "$(od -An -tu8 "$tmp/$1")" ]
}
count_file() { install -m 600 -o amy -g amy /dev/null "$tmp/$1"; }
state_of() { sed -n 's/^State:.\(.\).*/\1/p' "/proc/$1/status"; }
tasks_of() { wc -l <"/sys/fs/cgroup/system.slice/$1.service/cgroup.procs"; }
main_of() { systemctl show --property=MainPID --value "$1"; }
suspend() { admin-tool users activate amy -y >"$tmp/made" 2>&1; run admin-tool users suspend amy -y; }
is_running() { [ "$(systemctl is-system-running)" = running ]; }

systemctl reset-failed
ok "the machine runs, and no unit has failed" soon is_running

# -- in others' services ---------------------------------------------------------------------------

count_file cron
echo "@reboot $runaway chain $amy $amy $amy $tmp/cron" | crontab -u amy -
rm -f /run/crond.reboot
systemctl restart cron
ok "a chain of forks from her crontab" soon goes_on cron
suspend
ok "suspend" [ "$status" -eq 0 ]
ok "... ends it" eval '! goes_on cron && ! of_amy'
silent "... and names no service"
ok "cron runs on" systemctl is-active -q cron
crontab -u amy -r

# What dovecot and smbd do: a process of the user's own, and root's with the user's effective uid.
systemd-run -q --unit=mail sh -c "$runaway ids $amy $amy $amy $amy & $runaway ids 0 $amy 0 $amy & $runaway ids 0 0 0 0"
ok "an open mailbox and an open share, in a service of root's" soon eval '[ "$(tasks_of mail)" -eq 4 ]'
suspend
ok "suspend" [ "$status" -eq 0 ]
ok "... ends them" eval '! of_amy && [ "$(tasks_of mail)" -eq 2 ]'
silent "... and names no service"
ok "the service itself runs on" systemctl is-active -q mail

# -- beside an administrator's own services ---------------------------------------------------------

count_file continued
cat >"$tmp/of-amy" <<'END'
$SIG{CONT} = sub { open my $file, ">>", $ARGV[0]; print $file "x" };
sleep 1 while 1;
END
chmod 644 "$tmp/of-amy"
systemd-run -q --unit=of-amy --uid=amy perl "$tmp/of-amy" "$tmp/continued"
systemd-run -q --unit=of-amy-too --uid=amy --slice=web-shop.slice sleep 7802
systemd-run -q --unit=of-amy@3 --uid=amy sleep 7803
ok "three services of the administrator's run as her" soon eval '[ "$(pgrep -r D,R,S,T,t -U amy | wc -l)" -eq 3 ]'
kill -STOP "$(main_of of-amy@3)"
count_file beside
systemd-run -q --unit=backup sh -c "$runaway chain $amy $amy $amy $tmp/beside; sleep 7804"
ok "... and a chain of forks in another's service" soon goes_on beside
setpriv --reuid amy --regid amy --init-groups sleep 7805 &
admin-tool users activate amy -y >"$tmp/made"
(su amy -c 'sleep 7806; :' >/dev/null 2>&1; echo ended >"$tmp/su") &
ok "... and root's su" soon of_amy -f 'sleep 7806$'
run admin-tool users suspend amy -y
ok "suspend" [ "$status" -eq 0 ]
ok "... ends the chain" eval '! goes_on beside'
ok "... and everything but the three" [ "$(pgrep -r D,R,S,T,t -U amy | wc -l)" -eq 3 ]
for unit in of-amy of-amy-too of-amy@3; do
    complains "the service $unit.service runs as amy and was left alone" "... $unit is named"
    ok "... and runs" systemctl is-active -q "$unit"
done
ok "... each of them once" [ "$(wc -l <"$tmp/err")" -eq 3 ]
ok "... it was stopped for a moment, as all of hers was" soon [ -s "$tmp/continued" ]
ok "what was not stopped is not" eval '[ "$(state_of "$(main_of of-amy)")" = S ] && [ "$(state_of "$(main_of of-amy-too)")" = S ]'
ok "what was stopped is" [ "$(state_of "$(main_of of-amy@3)")" = T ]
ok "root's su has ended, and is not stopped" soon [ -e "$tmp/su" ]
systemctl stop of-amy of-amy-too of-amy@3 backup mail
systemctl reset-failed

# -- her own manager and sessions ---------------------------------------------------------------------

ok "logind has forgotten her" soon eval '[ ! -e /run/systemd/users/'"$amy"' ]'
admin-tool users activate amy -y >"$tmp/made"
ok "she has a manager" eval 'loginctl enable-linger amy && soon systemctl is-active -q user@'"$amy"
count_file slice
setpriv --reuid amy --regid amy --init-groups env "XDG_RUNTIME_DIR=/run/user/$amy" \
    systemd-run --user -q sh -c "$runaway chain $amy $amy $amy $tmp/slice; sleep 7807"
ok "... and a chain of forks in it" soon goes_on slice
run admin-tool users suspend amy -y
ok "suspend" [ "$status" -eq 0 ]
ok "... ends both" eval '! of_amy && ! goes_on slice'
ok "... and no unit has failed" is_running
systemctl list-units --failed --no-legend | sed 's/^/# /'

# -- soon ---------------------------------------------------------------------------------------------

ok "logind has forgotten her once more" soon eval '[ ! -e /run/systemd/users/'"$amy"' ]'
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
