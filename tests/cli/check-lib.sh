# shellcheck shell=bash disable=SC2016,SC2034,SC2317
# What the doctor's tests share: plant one misconfiguration, look whether it is named, put all back.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# The stock set-up: Admins may use sudo.
install -m 0440 /src/examples/sudoers.d/coder-admins /etc/sudoers.d/
export DEBIAN_FRONTEND=noninteractive
DIRECTORY=$STATE/directory

in_order() { [ "$status" -eq 0 ] && [ "$(cat "$tmp/out")" = "everything is in order" ]; }
KEPT="etc/nsswitch.conf etc/pam.d etc/ssh etc/passwd etc/group etc/shadow etc/gshadow etc/subuid etc/subgid etc/login.defs
var/lib/coder usr/libexec/coder_helper"
# shellcheck disable=SC2086
keep() { tar -C / -cpf "$tmp/kept.tar" $KEPT; }
# shellcheck disable=SC2086
put_back() { (cd / && rm -rf $KEPT) && tar -C / -xpf "$tmp/kept.tar"; }

has_found()
{
    jq -e --arg id "$1" --arg s "$2" 'any(.[]; .check == $id and .severity == $s and .why != "" and .mend != "")' \
        "$tmp/out" >"$tmp/jq"
}
mend_of() { admin-tool check -o json 2>/dev/null | jq -r --arg id "$1" '[.[] | select(.check == $id)][0].mend'; }

# planted ID SEVERITY WHAT MENDS COMMAND: with the command run, ID is found with that severity, and the exit status
# is 1 for a problem. MENDS yes: the finding's own command leaves nothing to find; no: it is for people.
planted()
{
    local id=$1 severity=$2 what=$3 mends=$4 mend
    eval "$5" >"$tmp/planting" 2>&1 || sed 's/^/# planting: /' "$tmp/planting"
    run admin-tool check -o json
    ok "$what: $id is found" has_found "$id" "$severity"
    if [ "$severity" = problem ]; then
        ok "... exit 1" [ "$status" -eq 1 ]
    else
        ok "... exit 0" [ "$status" -eq 0 ]
    fi
    if [ "$mends" = yes ]; then
        mend=$(mend_of "$id")
        eval "$mend" >"$tmp/mending" 2>&1
        run admin-tool check
        ok "... and mended by: $mend" in_order
    fi
    put_back
}

sql() { sqlite3 "$STORE" "$1"; }
flip() { printf '\377\377' | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null; }

# Reads lines of ID|SEVERITY|MENDS|WHAT|COMMAND.
plant_all()
{
    while IFS='|' read -r id severity mends what command; do
        [ -z "$id" ] || planted "$id" "$severity" "$what" "$mends" "$command"
    done
}
