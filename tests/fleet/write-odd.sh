#!/bin/bash
# "coder_fleet write" with a server that takes a change and says nothing, or half of it: that is told as what it is, in
# time. And what is asked of it does not leave the process.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/fleet/write-lib.sh
. /src/tests/fleet/write-lib.sh

first
host h1 web
admin ann writers
user bob 1900000100 --scope web

csn=$(user_value bob entryCSN)
for mode in write-silent write-closes write-unshown; do
    odd $mode
    asks "do change" "name bob" "set status suspended" "do change" "name bob" "set shell /bin/sh"
    is "$mode: nobody knows whether it is done" '.line == "refused" and .nth == 0 and .kind == "unknown"'
    ok "... it was asked once, under the assertion of what was seen" [ "$(grep modify "$log")" = "modify asserted" ]
    ok "... within its time (took $took ms)" [ "$took" -lt 10000 ]
    even
done
ok "another server is not asked to do it, too" [ "$(user_value bob entryCSN)" = "$csn" ]
for mode in slow-bind no-answer; do
    odd $mode
    asks "do change" "name bob" "set reason $mode"
    done_well "$mode: the next one writes"
    ok "... within its time (took $took ms)" [ "$took" -lt 16000 ]
    even
done

# -- who asks --------------------------------------------------------------------------------

joined h1 "$URI"
{ echo write; as_admin ann; printf 'do change\nname bob\nset reason late\n'; sleep 12; echo; } | as_fleet "$CODER_FLEET" >"$tmp/answer" 2>"$tmp/answer.err"
ok "who does not come to an end is not waited for" eval '[ ! -s "$tmp/answer" ] && [ "$(user_value bob coderReason)" != late ]'
{ printf 'write\nas external\npem '; head -c 1100000 /dev/zero | tr '\0' A; printf '\n\n'; } | as_fleet "$CODER_FLEET" >"$tmp/answer" 2>"$tmp/answer.err"
refused invalid "more than 1 MiB"
{ echo write; as_admin ann; printf 'do change\nname bob\nset reason late\n\nmore\n'; } | as_fleet "$CODER_FLEET" >"$tmp/answer" 2>"$tmp/answer.err"
refused invalid "something behind the end"
echo "write now" | as_fleet "$CODER_FLEET" >"$tmp/answer" 2>"$tmp/answer.err"
ok "a word behind the first" [ ! -s "$tmp/answer" ]
{ echo write; as_admin ann; for i in $(seq 300); do printf '%s\n' "do add" "name n$i" "set home /home/n$i" "set shell /bin/sh"; done; echo; } |
    as_fleet "$CODER_FLEET" 2>"$tmp/answer.err" | head -n 1 >"$tmp/answer"
done_well "one of three hundred"
made=$(by_root a ldapsearch -LLL -b "$PEOPLE" '(uid=n*)' dn | grep -c '^dn')
ok "who has gone away gets no further one (made: $made)" [ "$made" -lt 200 ]

# -- secrets ---------------------------------------------------------------------------------

mkfifo "$tmp/pipe"
as_fleet "$CODER_FLEET" <"$tmp/pipe" >"$tmp/answer" 2>"$tmp/answer.err" &
exec {to}>"$tmp/pipe"
{ echo write; as_admin ann; } >&"$to"
asks() { asked=$(pgrep -n -u _coder-fleet coder_fleet); }
soon asks
ok "no other process of its user looks into it" eval '! as_fleet cat /proc/$asked/environ >/dev/null 2>&1 && ! as_fleet ls /proc/$asked/fd >/dev/null 2>&1'
ok "... and it leaves no core" [ "$(stat -c %U /proc/$asked/environ)" = root ]
exec {to}>&-
secret=$(tail -n 2 "$CA/admins/ann.key" | head -n 1)
asks "do change" "name bob" "set reason x" "set hash \$6\$aaaaaaaa\$bbbb" "set no_such x"
ok "what is refused is not repeated" eval '! grep -qF bbbb "$tmp/answer" && ! grep -qF "$secret" "$tmp/answer"'
ok "nothing is said but to who asked" [ ! -s "$tmp/answer.err" ]
done_testing
