# shellcheck shell=bash disable=SC2012,SC2016,SC2034
# What the command-line tests share: run a command, look at what it said and left, say so in TAP. Each
# test file runs as root in a private world of its own, with the product installed and no account yet.

set -uo pipefail
export LC_ALL=C.UTF-8
STATE=/var/lib/coder
STORE=$STATE/private/accounts.db
tmp=$(mktemp -d)
# At the end, and by this shell alone: bash runs the trap in a subshell, too, that is killed before it has forgotten it.
# (No "if": what a command there came to is unknown.)
tidy='rm -rf "$tmp"'
trap 'case $BASHPID in $$) eval "$tidy" ;; esac' EXIT
number=0 failures=0 status=0 answers=0

# Runs a command: $status, and the files $tmp/out and $tmp/err.
run()
{
    status=0
    "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
    case "$*" in *admin-tool*' -o json'* | *admin-tool*--output=json*) keep_answer "$*" ;; esac
}

# What was answered in JSON is judged at the end, all at once.
keep_answer()
{
    answers=$((answers + 1))
    mkdir -p "$tmp/answers"
    echo "$1" >"$tmp/answers/$answers.command"
    cp "$tmp/out" "$tmp/answers/$answers.answer"
}

# Counts the command as one test: it succeeds.
ok()
{
    local what=$1
    shift
    number=$((number + 1))
    if "$@"; then
        echo "ok $number - $what"
        return
    fi
    failures=$((failures + 1))
    echo "not ok $number - $what"
    { echo "failed: $*"; echo "status $status"; sed 's/^/out: /;$a\' "$tmp/out"; sed 's/^/err: /;$a\' "$tmp/err"; } |
        sed 's/^/#   /'
}

# until_true SECONDS COMMAND...: false, should it not have become so by then.
until_true()
{
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.02
    done
}
soon() { until_true 30 "$@"; }

is_clean_error()
{
    [ "$(wc -l <"$tmp/err")" -eq 1 ] && grep -q '^admin-tool: ' "$tmp/err"
}

# exits STATUS WHAT COMMAND...: that exit status, and one line of complaint unless it is 0.
exits()
{
    local expected=$1 what=$2
    shift 2
    run "$@"
    if [ "$expected" -eq 0 ]; then
        ok "$what" [ "$status" -eq 0 ]
    else
        ok "$what (exit $expected)" eval '[ "$status" -eq '"$expected"' ] && is_clean_error'
    fi
}

# What the last command printed, on stdout or stderr, matches.
says()     { ok "$2" grep -qE -- "$1" "$tmp/out"; }
complains() { ok "$2" grep -qE -- "$1" "$tmp/err"; }
silent()   { ok "$1" [ ! -s "$tmp/err" ]; }

# json EXPRESSION WHAT: the last output is JSON for which the Python expression over d is true.
json()
{
    ok "$2" python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
sys.exit(0 if eval(sys.argv[2]) else 1)' "$tmp/out" "$1"
}

# The first word after a label of the hand-over text.
field() { sed -n "s/^$1: //p" "$tmp/out"; }

# One value from the store.
value() { sqlite3 -cmd ".timeout 10000" "file:$STORE?mode=ro" "$1"; }
is_value() { [ "$(value "$1")" = "$2" ]; }

# live_in LINE...: the zone of this host is the one of these lines of zic(8).
live_in()
{
    printf '%s\n' "$@" | zic -d "$tmp/zones" -
    cp --remove-destination "$tmp/zones/Test" /etc/localtime
}

# Everything there is to change: the store's content, the public directory, the homes. Not when the fleet was last heard,
# which a follower notes by itself.
picture()
{
    { [ ! -e "$STORE" ] || sqlite3 -cmd ".timeout 10000" "file:$STORE?mode=ro" .dump |
          sed -E "s/^(INSERT INTO fleet VALUES\('[^']*',[0-9]+,'[^']*',)[0-9]+,/\1/"
      cat "$STATE/directory" 2>/dev/null
      find "$STATE" "$STATE/private" /home -maxdepth 1 ! -name '*activity*' -printf '%M %U:%G %s %p\n' 2>/dev/null |
          sort -u; } | sha256sum
}
remember() { before=$(picture); }
unchanged() { ok "$1" [ "$before" = "$(picture)" ]; }

# make NAME [OPTION...]: an account that a test needs.
make() { admin-tool users create -u "$1" -e "$1@example.com" "${@:2}" >"$tmp/made" || echo "# cannot make $1"; }

done_testing()
{
    if [ "$answers" -gt 0 ]; then
        run "$(dirname "${BASH_SOURCE[0]}")/../answers" "$tmp/answers"
        ok "every answer in JSON is as the schema says: $(cat "$tmp/out") objects" [ "$status" -eq 0 ]
    fi
    echo "1..$number"
    [ "$failures" -eq 0 ]
    exit
}
