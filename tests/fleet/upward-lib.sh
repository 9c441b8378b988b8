# shellcheck shell=bash
# What the tests of verbs that write to the fleet share: writer.py in coder_fleet's place, a host that follows it, and an
# administrator with a certificate.

# shellcheck source=tests/fleet/apply-lib.sh
. /src/tests/fleet/apply-lib.sh
PEM=/root/.coder-fleet.pem
BY=cn=anna,ou=admins,dc=fleet
HOSTS='{"line":"host","name":"h1","scopes":["all"],"uri":"ldaps://a.example"}
{"line":"host","name":"h2","scopes":["all"],"uri":"ldaps://a.example"}
{"line":"host","name":"web17","scopes":["all"],"uri":null}'

# Both halves of a PEM file, which no server looks at here; the key's words are looked for where they must not be.
certificate()
{
    rm -f "$1"
    (umask 077 && printf -- '-----BEGIN %s-----\nc2VjcmV0LWtleS13b3Jkcw==\n-----END %s-----\n' CERTIFICATE CERTIFICATE \
        'PRIVATE KEY' 'PRIVATE KEY' >"$1")
}

# upward: joined, followed, with the writer at work.
upward()
{
    mkdir -p "$RUN" "$tmp/answers-as"
    mkfifo -m 600 "$tmp/pipe"
    : >"$tmp/asked"
    [ -x /usr/libexec/coder_fleet ] || install -m 0755 /bin/true /usr/libexec/coder_fleet
    joined
    /src/tests/fleet/writer.py "$RUN/fleet.sock" "$tmp/pipe" "$tmp/asked" "$tmp/answers-as" 2>"$tmp/player" &
    WRITER=$!
    until_true 5 test -S "$RUN/fleet.sock"
    follow_begin
    certificate "$PEM"
    as hosts "$HOSTS"
}

# What came before is published, and sessions that it ends have ended.
remember() { admin-tool publish >"$tmp/made"; until_true 20 is_value 'SELECT count(*) FROM fleet_sweeps' 0; before=$(picture); }

# as WHAT TEXT: how the writer answers from now on; without TEXT: as usual again.
as() { if [ $# -gt 1 ]; then printf '%s\n' "$2" >"$tmp/answers-as/$1"; else rm -f "$tmp/answers-as/$1"; fi; }

# asked PATTERN WHAT: one line of what was asked since `forget`.
asked() { ok "$2" grep -qE -- "$1" "$tmp/asked"; }
forget() { : >"$tmp/asked"; }
