#!/bin/bash
# A server that breaks the protocol, hangs in the middle or is of another mind: the follower says what it was, keeps
# nothing of it, and goes on with the next one.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/fleet/follow-lib.sh
. "$(dirname "$0")/follow-lib.sh"
first
host h1 web
user ann 1900000001 --scope web
known=rid=000,csn=20260101000000.000000Z#000000#001#000000

# then_goes_on MODE: with the real one, which has everything of the known cookie's time.
then_goes_on()
{
    ok "$1: ... then the next one is followed" comes f '.line == "commit" and (.cookie | contains("2099") | not)' 20
    ok "$1: ... and nothing of the other was committed" [ "$(lines f '.line == "commit"' | head -n 1 | jq -r '.cookie | contains("2099")')" = false ]
}

# -- words that are none --------------------------------------------------------------------------------
while read -r mode why; do
    odd "$mode"
    follow f "$known"
    ok "$mode: it is said" comes f '.line == "lost" and (.uri | contains("odd")) and (.why | test("'"$why"'"))' 10
    then_goes_on "$mode"
    even
done <<'END_OF_MODES'
no-state an entry without a sound state
bad-state an entry without a sound state
bad-uuid an entry without a sound state
bad-info a message that is none of content synchronization
bad-cookie a message that is none of content synchronization
empty-info a message that is none of content synchronization
half-a-set a message that is none of content synchronization
no-ber .
ends Success
closes Can't contact LDAP server
huge .
END_OF_MODES

# these have said to the end of a refresh before: that much holds
while read -r mode why; do
    odd "$mode"
    follow f "$known"
    ok "$mode: it is said" comes f '.line == "lost" and (.uri | contains("odd")) and (.why | test("'"$why"'"))' 10
    ok "$mode: ... with what was whole before it" comes f '.line == "commit" and (.cookie | contains("2099"))' 1
    even
done <<'END_OF_MODES'
twice a second refresh on one search
present-late an entry that is only present, after the refresh
END_OF_MODES

# -- another mind ---------------------------------------------------------------------------------------
odd unwilling
follow f "$known"
ok "53: the fleet went back behind this host" comes f '.line == "went_back" and (.uri | contains("odd"))'
then_goes_on unwilling
even

odd required
follow f "$known"
ok "4096: everything is asked for anew" comes f '.line == "connected" and .whole and (.uri | contains("odd"))'
ok "... there, at once" comes f '.line == "refreshed" and .absent'
ok "... and committed" comes f '.line == "commit" and (.cookie | contains("2099"))'
ok "... nothing is said to be lost" [ -z "$(lines f '.line == "lost"')" ]
even
odd always-required
follow f "$known"
ok "4096 again and again: that one is lost" comes f '.line == "lost" and (.uri | contains("odd"))'
ok "... everything is asked of the next one" comes f '.line == "connected" and .whole and (.uri | contains("a.fleet"))'
ok "... and committed" committed f
even

odd old-cookie
follow f "rid=000,csn=20260101000000.000000Z#000000#001#000000"
ok "a refresh that ends with an older cookie is one of who is behind" comes f '.line == "behind" and (.why | contains("cookie"))'
then_goes_on old-cookie
even

odd referral
follow f "$known"
ok "who is sent elsewhere does not go there" comes f '.line == "commit" and (.cookie | contains("2099"))'
even

# -- nothing in clear -----------------------------------------------------------------------------------
odd clear-refuses ldap
follow f "$known"
ok "StartTLS refused: it is left" comes f '.line == "lost" and (.uri | contains("odd"))'
ok "... and heard nothing but the wish for TLS" eval '! grep -vE "^(starttls|unbind)$" "$log"'
even

# -- hanging: all at once, it takes its time ------------------------------------------------------------
begun=$SECONDS
for mode in no-answer clear-lies slow-bind no-beat half-a-record; do
    kind=ldaps
    [[ $mode != clear-* ]] || kind=ldap
    odd "$mode" "$kind"
    follow "$mode" "$known"
    comes "$mode" '.line == "connected"' 1   # or not; it has read the settings
done
# left MODE SECONDS: by then, at the latest
left()
{
    ok "$1: it is left" comes "$1" '.line == "lost" and (.uri | contains("odd"))' $(($2 - (SECONDS - begun)))
    echo "# $1 | left after at most | $((SECONDS - begun)) s"
}
for mode in no-answer clear-lies slow-bind; do
    left "$mode" 15
    ok "$mode: ... the next one is followed" comes "$mode" '.line == "connected" and (.uri | contains("a.fleet"))' 5
done
left no-beat 35
ok "no-beat: ... and who lacks what it said is not followed" comes no-beat '.line == "behind" and (.uri | contains("a.fleet"))' 5
left half-a-record 35
ok "half-a-record: ... half a refresh was not committed" [ -z "$(sed '/"line":"lost"/q' "$tmp/half-a-record" | grep '"line":"commit"')" ]
ok "half-a-record: ... the next one is followed" comes half-a-record '.line == "connected" and (.uri | contains("a.fleet"))' 5
done_testing
