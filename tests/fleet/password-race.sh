#!/bin/bash
# An administrator's reset or suspension at the moment of a user's own change, at a real server, a few milliseconds apart
# each time: what the administrator did stands, and the user is told so.
# shellcheck disable=SC2317
# shellcheck source=tests/fleet/write-lib.sh
. "$(dirname "$0")/write-lib.sh"
ROUNDS=24
first
host h1 all
admin ann writers
joined h1 "$URI"
HASH=$(perl -e 'print crypt($ARGV[0], "\$y\$j9T\$ccccccccccccccccccccc.")' reset-of-all-9)
for n in $(seq $ROUNDS); do user "u$n" $((1900000000 + n)) --scope all --temporary "first-of-u$n"; done
hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; }
binds() { by_user "$1" "$2" ldapwhoami >"$tmp/bind" 2>&1; }
reset() { printf 'replace: userPassword\nuserPassword: {CRYPT}%s\n' "$HASH"; }
suspend() { printf 'replace: coderStatus\ncoderStatus: suspended\n-\nreplace: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n'; }

# meets N DOES: the change of uN is sent about when the administrator's is; $answer is the user's.
meets()
{
    mkfifo "$tmp/to" "$tmp/from"
    as_fleet "$CODER_FLEET" <"$tmp/to" >"$tmp/from" 2>"$tmp/err" &
    exec {to}>"$tmp/to" {from}<"$tmp/from"
    printf 'change-password\nname u%s\nold %s\nnew %s\n\n' "$1" "$(hex "first-of-u$1")" "$(hex "second-of-u$1")" >&"$to"
    read -r -t 10 answer <&"$from"
    { sleep 0.3; printf 'dn: uid=u%s,%s\nchangetype: modify\n' "$1" "$PEOPLE"; "$2"; echo; } | by admins/ann ldapmodify >"$tmp/out" 2>&1 &
    python3 -c "import time; time.sleep(0.19 + $1 * 0.004)"
    echo go >&"$to"
    read -r -t 10 answer <&"$from"
    wait $! || answer="the administrator's failed"
    exec {to}>&- {from}<&-
    rm -f "$tmp/to" "$tmp/from"
    echo "# u$1, $2: $answer"
}
for n in $(seq 1 2 $ROUNDS); do
    meets "$n" reset
    ok "a reset ($n) stands" eval '[[ $answer =~ ^(done|wrong)$ ]] && binds "u$n" reset-of-all-9 && ! binds "u$n" "second-of-u$n"'
done
for n in $(seq 2 2 $ROUNDS); do
    meets "$n" suspend
    ok "a suspension ($n) stands" eval '[[ $answer =~ ^(done|wrong|refused Insufficient access)$ ]] && ! binds "u$n" "second-of-u$n" && ! binds "u$n" "first-of-u$n" &&
        [ "$(user_value "u$n" pwdAccountLockedTime)" = 000001010000Z ]'
done
done_testing
