#!/bin/bash
# Origins that cost nothing: a guesser with a shell here has every address of loopback and every subordinate id, but is
# one guesser. He is locked out as one, and the owner gets in elsewhere.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
# shellcheck source=tests/hostile/lib.sh
. /src/tests/hostile/lib.sh
GUESSES=40
: >"$tmp/err"

for name in amy ben mal; do
    make "$name" --password-stdin <<<"$good"
done
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
admin-tool policy set user_failures_max=30 >"$tmp/out"
printf '#!/bin/sh\ncat "$ASKED"\n' >"$tmp/askpass"
echo "$good" >"$tmp/right"
echo "wrong-$good" >"$tmp/wrong"
chmod -R a+rX "$tmp"
chmod 755 "$tmp/askpass"

# from ADDRESS right|wrong NAME: ssh to a session that says so.
from()
{
    ASKED=$tmp/$2 SSH_ASKPASS=$tmp/askpass SSH_ASKPASS_REQUIRE=force timeout 60 ssh -F none -b "$1" \
        -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
        -o PreferredAuthentications=password -o NumberOfPasswordPrompts=1 "$3@127.0.0.1" echo inside </dev/null 2>&1
}
elsewhere() { /src/.build/world/pam_call auth "$1" "$good" >"$tmp/pam" 2>&1; } # 192.0.2.1
uid_of() { id -u "$1"; }
counted() { sqlite3 -cmd '.timeout 2000' "$STATE/private/activity.db" "SELECT $1 FROM failures WHERE uid = $(uid_of "$2")"; }
is_in() { [ "$(from "$@")" = inside ]; }

# -- addresses of loopback, and others of this host --------------------------------------------

ip address add 198.51.100.7/32 dev lo
ip route add local 203.0.113.0/24 dev lo # a whole block is this host's, and no interface lists it
ok "amy gets in from one address" is_in 127.0.0.2 right amy
for n in $(seq "$GUESSES"); do
    case $((n % 8)) in
        0) address=198.51.100.7 ;;
        1) address=203.0.113.$n ;;
        *) address=127.0.$n.$n ;;
    esac
    from "$address" wrong amy >"$tmp/$n.said" &
done
wait
ok "$GUESSES guesses from as many addresses are refused" [ "$(cat "$tmp"/*.said | grep -c 'Permission denied')" -eq "$GUESSES" ]
ok "they are one origin" [ "$(counted 'count(*) || min(origin)' amy)" = 1local ]
ok "of which five were compared" [ "$(counted 'sum(count)' amy)" -eq 5 ]
ok "the right password from yet another address is refused" eval '! is_in 127.9.9.9 right amy'
ok "amy gets in elsewhere, also where she never was before" elsewhere amy
ok "and so does ben from there" is_in 127.9.9.9 right ben
ok "the last login is told by its address" eval \
    '[ "$(sqlite3 "$STATE/private/activity.db" "SELECT origin FROM logins WHERE uid = $(uid_of ben)")" = ip:127.9.9.9 ]'

# -- subordinate ids ------------------------------------------------------------------------------

forget
echo "mal:$((first = 100000)):65536" >/etc/subuid
for n in $(seq 12); do
    setpriv --reuid $((first + n * 100)) --regid 65534 --clear-groups su amy -c true <<<"wrong-$good" >/dev/null 2>&1 &
done
wait
ok "a dozen of them are one origin, too" [ "$(counted 'count(*) || min(origin) || sum(count)' amy)" = 1subuid:mal5 ]
ok "mal himself is another" eval 'setpriv --reuid mal --regid mal --init-groups su amy -c true <<<"$good" >/dev/null 2>&1'
done_testing
