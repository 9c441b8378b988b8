# shellcheck shell=bash disable=SC2001,SC2034
# What tests under a real systemd share. Sourced first of all, with nothing before it: what follows in the test runs
# as a service of a systemd of its own (tests/world-systemd).

if [ "${1:-}" != inside ]; then
    status=0
    exec 3>&1
    reason=$(/src/tests/world-systemd "$0" inside 2>&1 >&3 3>&-) || status=$?
    [ -z "$reason" ] || sed 's/^/# /' <<<"$reason"
    if [ "$status" -eq 77 ]; then
        echo "ok 1 - a real systemd # SKIP $(tail -n 1 <<<"$reason")"
        echo "1..1"
        exit
    fi
    [ "$status" -eq 0 ] || tail -n 40 /var/log/console | sed 's/^/# console: /'
    exit "$status"
fi

# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
good=violet-Otter-77-stream
