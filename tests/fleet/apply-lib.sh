# shellcheck shell=bash
# What the tests of admin-tool follow share: player.py in coder_fleet's place, which says what the test tells it to.

# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
RUN=/run/coder
FOLLOWER=0
GOOD=plain-horse-9-lantern
HASH=$(perl -e 'print crypt($ARGV[0], "\$y\$j9T\$ccccccccccccccccccccc.")' "$GOOD")
KEY='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFg'

# Of here, also on a host that follows a fleet.
make() { admin-tool users create --here -u "$1" -e "$1@example.com" "${@:2}" >"$tmp/made" || echo "# cannot make $1"; }

value() { sqlite3 -cmd ".timeout 10000" "$STORE" "$1"; }

# This host has joined: what fleet join leaves in the store.
joined()
{
    admin-tool publish >"$tmp/made" 2>&1
    value "INSERT INTO fleet (base, joined_at, cookie, last_uri) VALUES ('dc=fleet', unixepoch(), '', '')"
}

play()
{
    mkdir -p "$RUN"
    rm -f "$tmp/pipe"
    mkfifo -m 600 "$tmp/pipe"
    : >"$tmp/asked"
    /src/tests/fleet/player.py "$RUN/fleet.sock" "$tmp/pipe" "$tmp/asked" 2>"$tmp/player" &
    until_true 5 test -S "$RUN/fleet.sock"
}

follow_begin()
{
    admin-tool follow >>"$tmp/follow" 2>&1 &
    FOLLOWER=$!
}
follow_end() { kill "$FOLLOWER"; wait "$FOLLOWER" 2>/dev/null; }

# tell LINE...: as they are.
tell() { printf '%s\n' "$@" >"$tmp/pipe"; }

# uuid NUMBER; entry NAME NUMBER [KEY=JSON...]: an active account with uid 1900000000 + NUMBER, but for what is given.
uuid() { printf '00000000-0000-4000-8000-%012d' "$1"; }
entry()
{
    local name=$1 number=$2 key line
    local -A has=([entry_uuid]="\"$(uuid "$number")\"" [changed_by]='"cn=anna,ou=admins,dc=fleet"' [csn]='"20261128232000.000001Z#000000#001#000000"'
        [username]="\"$name\"" [uid]=$((1900000000 + number)) [gid]=$((1900000000 + number)) [full_name]='""'
        [home]="\"/home/$name\"" [shell]='"/bin/bash"' [email]="\"$name@example.org\"" [status]='"active"' [reason]=null
        [hash]="\"$HASH\"" [temporary]=false [temporary_until]=null [expires_at]=null [created_at]='"2026-11-28T23:00:00Z"'
        [password_changed_at]=null [roles]='[]' [keys]='[]')
    shift 2
    for key; do has[${key%%=*}]=${key#*=}; done
    line='{"line":"entry","entry_uuid":'${has[entry_uuid]}
    unset "has[entry_uuid]"
    for key in "${!has[@]}"; do [ "${has[$key]}" = ABSENT ] || line+=",\"$key\":${has[$key]}"; done
    echo "$line}"
}
gone() { local list; list=$(for n; do printf '"%s",' "$(uuid "$n")"; done); echo '{"line":"gone","entry_uuids":['"${list%,}"']}'; }
present() { gone "$@" | sed 's/"gone"/"present"/'; }
REFRESHED='{"line":"refreshed","absent":true}'

# commit COOKIE: until it is taken, and public: what is prepared for that lies there before the store has it.
is_cookie() { [ "$(value 'SELECT cookie FROM fleet')" = "$1" ] && [ ! -e "$STATE/directory.new" ]; }
commit() { tell "{\"line\":\"commit\",\"cookie\":\"$1\"}"; until_true "${2:-20}" is_cookie "$1"; }
COUNTER=0
# taken LINE...: a batch of these.
taken() { COUNTER=$((COUNTER + 1)); tell "$@"; commit "c$COUNTER"; }

status_of() { value "SELECT status FROM accounts WHERE username = '$1'"; }
why() { value "SELECT why FROM fleet_held WHERE entry_uuid = '$(uuid "$1")'"; }
kind() { value "SELECT kind FROM fleet_held WHERE entry_uuid = '$(uuid "$1")'"; }
# PAM's answer as a number: 0 is success, 6 PERM_DENIED, 9 AUTHINFO_UNAVAIL.
pam() { /src/.build/world/pam_call "$@" 2>/dev/null | head -n 1; }
