# shellcheck shell=bash disable=SC2034,SC2154
# What the tests of "coder_fleet write" share: this world as a host that has joined, and requests whose answers are looked
# at.

# shellcheck source=tests/fleet/follow-lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/follow-lib.sh"

# as_admin NAME, as_password NAME PASSWORD: the request's first lines.
as_admin() { printf 'as external\npem %s\n' "$(cat "$CA/admins/$1.pem" "$CA/admins/$1.key" | base64 -w 0)"; }
as_password() { printf 'as %s\npassword %s\n' "$1" "$(printf %s "$2" | base64 -w 0)"; }
IDENTITY=(as_admin ann)

# asks LINE...: as $IDENTITY; the answers are in $tmp/answer, $took the milliseconds.
asks()
{
    local begun
    begun=$(date +%s%3N)
    { echo write; "${IDENTITY[@]}"; printf '%s\n' "$@" ""; } | as_fleet "$CODER_FLEET" >"$tmp/answer" 2>"$tmp/answer.err"
    took=$(($(date +%s%3N) - begun))
}
# answer FILTER: those lines for which the jq expression is true. is WHAT FILTER: there is one.
answer() { jq -c "select($1)" "$tmp/answer"; }
has_answer() { [ -n "$(answer "$1")" ]; }
is()
{
    cp "$tmp/answer" "$tmp/out"
    cp "$tmp/answer.err" "$tmp/err"
    ok "$1" has_answer "$2"
}
done_well() { is "$1" '.line == "done" and .nth == 0'; }
refused() { is "$2 ($1)" ".line == \"refused\" and .kind == \"$1\""; }
# shown NAME: the lines entry and csn of its entry now.
shown() { printf 'entry %s\ncsn %s' "$(user_value "$1" entryUUID)" "$(user_value "$1" entryCSN)"; }
