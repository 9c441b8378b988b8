#!/bin/bash
# admin-tool follow: a fill of very many: little of it is in memory, others get their turn, and killed in the midst of it the
# cookie is as it was.
# shellcheck source=tests/fleet/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"
COUNT=12000

# many COUNT KEY=JSON: entries m1 to mCOUNT, and their end.
many()
{
    entry mNUMBER 0 'uid=190NUMBER' 'gid=190NUMBER' "${@:2}" >"$tmp/pattern"
    awk -v count="$1" '{ for (n = 1; n <= count; n++) { line = $0; uid = 1900000000 + n
        gsub(/190NUMBER/, uid, line); gsub(/mNUMBER/, "m" n, line); sub(/-000000000000"/, sprintf("-%012d\"", n), line); print line } }' "$tmp/pattern"
    echo "$REFRESHED"
}
accounts() { value "SELECT count(*) FROM accounts WHERE username LIKE 'm%'"; }
peak() { awk '/VmHWM/ { print $2 }' "/proc/$FOLLOWER/status"; }
has_some() { [ "$(accounts)" -gt 0 ]; }
# Whether SQLite's file has a name: the folder is asked while it is written.
has_name() { ls -A "$STATE" "$STATE/private" | grep -v -e '^accounts\.db' -e '^activity\.db' -e '^directory' -e '^lock$' -e '^private$' -e ':$' -e '^$'; }

admin-tool users create -u lea -e lea@example.org --no-password --no-create-home >"$tmp/made" 2>&1
joined
play
follow_begin

# -- killed in the midst of it ------------------------------------------------------------------------
many "$COUNT" >"$tmp/fill"
cat "$tmp/fill" >"$tmp/pipe"
tell '{"line":"commit","cookie":"killed"}'
until_true 60 has_some
kill -9 "$FOLLOWER"
wait "$FOLLOWER" 2>/dev/null
ok "killed in the midst of a fill of many: a part of it is there" [ "$(accounts)" -gt 0 -a "$(accounts)" -lt "$COUNT" ]
ok "... and the cookie is as it was" is_cookie ''
ok "... nothing is being applied" [ -z "$(value 'SELECT applying FROM fleet')" ]
ok "... and what was kept of it has no name" [ -z "$(has_name)" ]
follow_begin
cat "$tmp/fill" >"$tmp/pipe"
tell '{"line":"commit","cookie":"many"}'
is_filling() { [ "$(accounts)" -gt 8192 ]; }
until_true 60 is_filling
admin-tool users edit lea --full-name Lea >"$tmp/out" 2>&1
ok "meanwhile an administrator gets his turn" [ $? = 0 ]
until_true 120 is_cookie many
ok "sent anew, all of it is there" [ "$(accounts)" = "$COUNT" ]
ok "... and is public" [ "$(getent passwd m1 m$COUNT | wc -l)" = 2 ]
ok "... with little memory, of which checking the hash takes 16 MB" [ "$(peak)" -lt 32000 ]

# -- begun anew meanwhile -------------------------------------------------------------------------------
many "$COUNT" 'shell="/bin/sh"' >"$tmp/fill"
cat "$tmp/fill" >"$tmp/pipe"
tell '{"line":"commit","cookie":"last"}'
has_changed() { [ "$(value "SELECT count(*) FROM accounts WHERE shell = '/bin/sh'")" -gt 0 ]; }
until_true 60 has_changed
value "UPDATE fleet SET cookie = ''"
until_true 30 grep -q "is to be followed from its beginning" "$tmp/follow"
ok "an administrator who has all sent anew in the midst of it is heeded" is_cookie ''

# -- one more -------------------------------------------------------------------------------------------
cat "$tmp/fill" >"$tmp/pipe"
commit anew 120
ok "... and so is all of it then" [ "$(value "SELECT count(*) FROM accounts WHERE shell = '/bin/sh'")" = "$COUNT" ]
ok "... public" [ "$(getent passwd m7 | cut -d: -f7)" = /bin/sh ]
ok "... without a line of the log for each" grep -q 'changes more' "$tmp/follow"
ok "... and with little memory" [ "$(peak)" -lt 40000 ]
taken "$(entry late 500000)" "$(entry thief 500001 'home="/home/m77"')"
ok "one more is taken" [ "$(status_of late)" = active ]
ok "... and one with a home that is another's is not" [ -z "$(status_of thief)" ]
ok "... which is said" [ "$(why 500001)" = "/home/m77 is the home of m77, too" ]
done_testing
