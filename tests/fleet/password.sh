#!/bin/bash
# A user's own change of a password, as coder_helper asks coder_fleet for it, at real servers: bound as the user, the old
# one checked and the new one taken in one step; what an administrator does in between stands; a server that stands by,
# hangs or is away changes nothing.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/fleet/follow-lib.sh
. "$(dirname "$0")/follow-lib.sh"
second
host h1 all
A=ldaps://a.fleet.test B=ldaps://b.fleet.test
for n in 1 2 3 4 5 6 7 8; do user "u$n" "190000000$n" --scope all --temporary "first-of-u$n"; done

hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; }
# change NAME OLD NEW [COMMAND...]: the answer in $answer, after how many ms in $took; COMMAND runs between "ready" and "go".
change() { local name=$1 old=$2 new=$3; shift 3; request "change-password\nname $name\nold $(hex "$old")\nnew $(hex "$new")\n\n" "$@"; }
request()
{
    local begin line=''
    mkfifo "$tmp/to" "$tmp/from"
    as_fleet "$CODER_FLEET" <"$tmp/to" >"$tmp/from" 2>"$tmp/err" &
    exec {to}>"$tmp/to" {from}<"$tmp/from"
    begin=$(date +%s%3N)
    printf "$1" >&"$to"
    shift
    answer='' ready=no
    while [ -z "$answer" ] && read -r -t 20 line <&"$from"; do
        if [ "$line" = ready ]; then
            ready=yes
            if [ $# -gt 0 ]; then "$@" >"$tmp/between" 2>&1; fi
            [ "$line" = "${GO-ready}" ] && echo go >&"$to"
        else
            answer=$line
        fi
    done
    took=$(($(date +%s%3N) - begin))
    exec {to}>&- {from}<&-
    rm -f "$tmp/to" "$tmp/from"
}
is() { [ "$answer" = "$1" ] || { echo "# answered '$answer' after $took ms; $(cat "$tmp/err")"; return 1; }; }
binds() { by_user "$1" "$2" ldapwhoami >"$tmp/bind" 2>&1; }
kept() { binds "$1" "first-of-$1" && [ "$(user_value "$1" pwdReset)" = TRUE ]; }

# -- the change ------------------------------------------------------------------------------------------
joined h1 $A $B
change u1 first-of-u1 'a new one: "é\'
ok "a temporary password is changed" is done
echo "# it took $took ms"
ok "... the new one is good at once, whatever is in it" binds u1 'a new one: "é\'
ok "... the old one is not" eval '! binds u1 first-of-u1'
ok "... and nothing must be changed any more" [ -z "$(user_value u1 pwdReset)" ]
ok "... it was the user" [ "$(user_value u1 modifiersName)" = "uid=u1,$PEOPLE" ]
ok "... hashed as this host takes it" eval '[[ $(user_value u1 userPassword) == "{CRYPT}\$y\$j9T\$"* ]]'
change u1 'a new one: "é\' another-of-u1
ok "a second change" is done
change u1 another-of-u1 'a new one: "é\'
ok "a former one is refused" is used
ok "... and nothing is changed" binds u1 another-of-u1
change u1 first-of-u1 one-more-of-u1
ok "a wrong old one is refused" is wrong
ok "... before anything is asked of the peer" [ "$ready" = no ]
ok "... and nothing is changed" binds u1 another-of-u1
change nobody first-of-u1 one-more-of-u1
ok "nobody's is refused alike" is wrong
printf 'dn: cn=default,ou=policies,dc=fleet\nchangetype: modify\nreplace: pwdMinAge\npwdMinAge: 3600\n' | by_root a ldapmodify >"$tmp/policy" 2>&1
change u1 another-of-u1 one-more-of-u1
ok "one that was changed a moment ago waits, where the fleet's policy says so" is early
change u2 first-of-u2 second-of-u2
ok "... not one that must be changed" is done
printf 'dn: cn=default,ou=policies,dc=fleet\nchangetype: modify\nreplace: pwdMinAge\n-\nreplace: pwdMinLength\npwdMinLength: 20\n-\nreplace: pwdCheckQuality\npwdCheckQuality: 2\n' |
    by_root a ldapmodify >"$tmp/policy" 2>&1
change u3 first-of-u3 too-short
ok "what the fleet's policy does not take is refused" eval '[[ $answer == "refused "?* ]]'
ok "... in the server's words" eval '[[ $answer =~ ^[\ -~]{10,250}$ ]]'
ok "... and nothing is changed" kept u3
printf 'dn: cn=default,ou=policies,dc=fleet\nchangetype: modify\nreplace: pwdMinLength\n-\nreplace: pwdCheckQuality\npwdCheckQuality: 0\n' | by_root a ldapmodify >"$tmp/policy" 2>&1

# -- in between ------------------------------------------------------------------------------------------
reset() { set_user u3 userPassword reset-of-u3; }
change u3 first-of-u3 second-of-u3 reset
ok "an administrator's reset in between" is wrong
ok "... stands" eval 'binds u3 reset-of-u3 && ! binds u3 second-of-u3'
ok "... and must be changed" [ "$(user_value u3 pwdReset)" = TRUE ]
suspend() { set_user u4 coderStatus suspended; }
change u4 first-of-u4 second-of-u4 suspend
ok "a suspension in between" is wrong
set_user u4 coderStatus active >"$tmp/activate" 2>&1
ok "... stands, with the old password" kept u4
set_user u4 coderStatus suspended >"$tmp/suspend" 2>&1
change u4 first-of-u4 second-of-u4
ok "who is suspended changes nothing" is wrong
GO='' change u5 first-of-u5 second-of-u5
ok "nothing is sent before the peer's word" [ "$ready" = yes ]
ok "... so who went away has changed nothing" kept u5

# -- which server ----------------------------------------------------------------------------------------
joined h1 $B $A
change u5 first-of-u5 second-of-u5
ok "one that stands by is passed over" is done
request "probe\n"
ok "... and one that writes is there" is there
joined h1 $B
change u6 first-of-u6 second-of-u6
ok "with one that stands by alone nothing is changed" is away
request "probe\n"
ok "... and none is there" is away
ok "... it is as it was" kept u6
joined h1 $A
kill -STOP "$(pid_of a)"
change u6 first-of-u6 second-of-u6
ok "a server that hangs is away" is away
ok "... after $took ms, before its asker has to go" [ "$took" -lt 7500 ]
request "probe\n"
ok "... and is not there" is away
ok "... after $took ms" [ "$took" -lt 4500 ]
kill -CONT "$(pid_of a)"
ok "... nothing was changed" kept u6
halt() { kill -STOP "$(pid_of a)"; }
change u6 first-of-u6 second-of-u6 halt
ok "one that hangs when it was told: nobody knows" is unknown
ok "... after $took ms" [ "$took" -lt 7500 ]
kill -CONT "$(pid_of a)"
ok "... this one had it done" soon binds u6 second-of-u6
joined h1 $A $B
kill -STOP "$(pid_of a)"
at b "$FLEET/provider" promote --other-is-down >"$tmp/promote" 2>&1
change u7 first-of-u7 second-of-u7
ok "the first one hangs, and the other writes by now" is done
ok "... after $took ms" [ "$took" -lt 7500 ]
ok "... it is changed there" eval 'URI=$B binds u7 second-of-u7'
kill -CONT "$(pid_of a)"
provider_kill a
provider_kill b
change u8 first-of-u8 second-of-u8
ok "all are down" is away
request "probe\n"
ok "... and none is there" is away

# -- a name server that does not answer ------------------------------------------------------------------
python3 -c 'import socket, time; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.77", 53)); time.sleep(120)' &
names=$!
hears() { ss -Hlun | grep -q '127\.0\.0\.77:53 '; }
soon hears
echo 'nameserver 127.0.0.77' >/etc/resolv.conf
joined h1 ldaps://nowhere.fleet.test ldaps://elsewhere.fleet.test
change u8 first-of-u8 second-of-u8
ok "a name that nobody looks up: no answer but the end" eval '[ -z "$answer" ] && [ "$took" -lt 20000 ]' # it was 60 s
request "probe\n"
ok "... when asked who is there, too" eval '[ -z "$answer" ] && [ "$took" -lt 20000 ]'
kill "$names"
joined h1 $A $B

# -- what is no request ----------------------------------------------------------------------------------
for what in "change-password u8" "probe now" "change-password\nname u8,ou=people\nold 61\nnew 62\n" "change-password\nname u8\nold 61\nnew 6\n" \
    "change-password\nname u8\nold 61\nnew 6G\n" "change-password\nname u8\nold 6100\nnew 62\n" "change-password\nname u8\nold 61\n" \
    "change-password\nname u8\nold \nnew 62\n" "change-password\nname u8\nold 61\nnew 62\nmore 61\n" "change-password\nname \nold 61\nnew 62\n"; do
    request "$what\n\n"
    ok "no request: ${what//\\n/ | }" [ -z "$answer" ]
done
done_testing
