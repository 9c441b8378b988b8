#!/bin/bash
# What admin-tool follow does not take: entries that an administrator of the tree must not be able to make a host take,
# each held by itself while others go on.
# shellcheck source=tests/fleet/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

admin-tool users create -u lea -e lea@example.org --no-password --no-create-home >"$tmp/made" 2>&1
useradd --no-create-home --uid 1900000050 local 2>"$tmp/made"
groupadd --gid 1900000051 staffers
echo 'trusted ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/trusted
mkdir -p /home/taken && chown 4711 /home/taken
joined
play
follow_begin
taken "$(entry ann 1)" "$(entry ben 2)" "$REFRESHED"

# -- one bad entry, and a good one behind it in the same batch ------------------------------------------
# held NUMBER REASON WHAT LINE: NUMBER's entry is not taken, and the next one is.
next=100
held()
{
    next=$((next + 1))
    taken "$4" "$(entry "good$next" "$next")"
    ok "$3: held" grep -qE -- "$2" <<<"$(why "$1")"
    ok "... there is no such account" [ -z "$(value "SELECT 1 FROM fleet_accounts WHERE entry_uuid = '$(uuid "$1")'")" ]
    ok "... and the next one is taken" [ "$(status_of "good$next")" = active ]
}
held 10 'uid' "uid 0" "$(entry rootly 10 uid=0 gid=0)"
held 11 'fleet_uid_min' "a uid below the fleet's range" "$(entry low 11 uid=1500 gid=1500)"
held 12 'fleet_uid_min' "one of this host's own range" "$(entry own 12 uid=70100 gid=70100)"
held 13 'uid' "the uid of nobody" "$(entry nobodys 13 uid=65534 gid=65534)"
held 14 'uid' "a uid beyond what one can be" "$(entry huge 14 uid=4294967296 gid=4294967296)"
held 15 'uid' "a uid that is no number" "$(entry words 15 'uid="-1"')"
held 16 'gid is not its uid' "another gid than uid" "$(entry other 16 gid=27)"
held 17 'taken by a user' "the uid of a local user" "$(entry likelocal 17 uid=1900000050 gid=1900000050)"
held 18 'taken by a user' "the name of a local user" "$(entry local 18)"
held 19 'taken by a group' "the name of a local group" "$(entry staffers 19)"
held 20 'taken by a group' "the uid of a local group's id" "$(entry likegroup 20 uid=1900000051 gid=1900000051)"
held 21 'taken by a user|is or was' "the name of an account of here" "$(entry lea 21)"
held 22 'e-mail address' "the e-mail address of an account of here" "$(entry mailer 22 'email="lea@example.org"')"
held 23 'name with a meaning' "a name with a meaning" "$(entry wheel 23)"
held 24 'has a rule for' "a name that sudo trusts" "$(entry trusted 24)"
held 25 'coder-' "a name of ours" "$(entry coder-admin 25)"
held 26 'capital letters' "a name with capital letters" "$(entry Bob 26)"
held 27 'username' "a name with a newline" "$(entry x 27 'username="x\ny"')"
held 28 'username' "a name of 40 letters" "$(entry x 28 "username=\"$(printf 'x%.0s' {1..40})\"")"
held 29 'home_base' "a home elsewhere" "$(entry wanders 29 'home="/etc/wanders"')"
held 30 'home' "a home by way of .." "$(entry climbs 30 'home="/home/../etc"')"
held 31 "4711|somebody else's|is " "a home that is another's" "$(entry taken 31)"
held 32 'shells' "a shell that is none" "$(entry shelly 32 'shell="/bin/ls"')"
held 33 'shell' "a shell that is not there" "$(entry shellless 33 'shell="/bin/nosuch"')"
held 34 'password_hash' "no hash at all" "$(entry plain 34 'hash="secret"')"
held 35 'password_hash' "another scheme" "$(entry ssha 35 'hash="{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="')"
held 36 'cost' "a dear hash" "$(entry dear 36 'hash="$y$jFT$ccccccccccccccccccccc.$8foS8aULuWo4Hv.ksIjUkzJUSAyDAv4H9E5on3SkcC6"')"
held 37 'full_name' "a full name with a colon" "$(entry colon 37 'full_name="a:0:0:"')"
held 38 'full_name' "... with an escape" "$(entry esc 38 'full_name="\u001b[2J"')"
held 39 'full_name' "... of 1 MB" "$(entry mega 39 "full_name=\"$(head -c 200000 /dev/zero | tr '\0' x)\"")"
held 40 'role' "a role nobody knows" "$(entry roly 40 'roles=["god"]')"
held 41 'ssh_keys' "a key that is none" "$(entry keyless 41 'keys=["ssh-rsa nonsense"]')"
held 42 'status' "a status nobody knows" "$(entry odd 42 'status="perhaps"')"
held 43 'status' "no status" "$(entry none 43 status=null)"
held 44 'email is missing' "no e-mail address" "$(entry nomail 44 email=null)"
held 45 'cannot be read' "keys of JSON that nobody knows" "$(entry more 45 more=1)"
held 46 'cannot be read' "a NUL" "$(entry nul 46 'full_name="a\u0000b"')"
held 47 'is no text' "a list in a list" "$(entry lists 47 'username=[["x"]]')"
held 48 'too big' "one that coder_fleet could not read" '{"line":"unreadable","entry_uuid":"'"$(uuid 48)"'","why":"it is too big","username":"big","status":"active","csn":null,"changed_by":null}'
taken "$(entry twin 49)" "$(entry twin2 149 uid=1900000049 gid=1900000049)"
ok "two of one uid in a batch: one of them is held" [ "$(status_of twin)$(status_of twin2)" = active -a -n "$(why 149)" ]
ok "nothing of all that was seen by NSS" [ -z "$(getent passwd rootly low own other likelocal mailer wheel coder-admin wanders taken)" ]
ok "... or changed for those of here" [ "$(getent passwd local | cut -d: -f3)$(id -u lea)" = 190000005070100 ]
run admin-tool fleet status
ok "all of it is told" [ "$status" -eq 0 ]

# -- a bad entry of an account that there is -------------------------------------------------------------
# stays NUMBER REASON WHAT LINE: held, and the account is as it was.
stays()
{
    local before after
    before=$(value "SELECT username, uid, email, full_name, home, shell, hash FROM accounts WHERE uid = 1900000001")
    taken "$4"
    after=$(value "SELECT username, uid, email, full_name, home, shell, hash FROM accounts WHERE uid = 1900000001")
    ok "$3: held" grep -qE -- "$2" <<<"$(why "$1")"
    ok "... and the account is as it was" [ "$before" = "$after" -a "$(status_of ann)" = active ]
}
stays 1 'the uid never changes' "another uid" "$(entry ann 1 uid=1900000077 gid=1900000077)"
stays 1 'nor does the name without a rename' "another name" "$(entry anne 1)"
stays 1 'shell' "a bad shell" "$(entry ann 1 'shell="/bin/ls"' 'full_name="X"')"
stays 1 'home_base' "a home elsewhere" "$(entry ann 1 'home="/root"')"
stays 1 'e-mail' "another's e-mail address" "$(entry ann 1 'email="lea@example.org"')"
stays 1 'cost' "a dear hash" "$(entry ann 1 'hash="$y$jFT$ccccccccccccccccccccc.$8foS8aULuWo4Hv.ksIjUkzJUSAyDAv4H9E5on3SkcC6"')"
taken "$(entry ann 1)"
ok "a good one lets it go" [ -z "$(why 1)" ]
for bad in 'shell="/bin/ls"' uid=0 'email="lea@example.org"' more=1; do
    taken "$(entry ann 1 'status="suspended"' "$bad")"
    if [ "$bad" = more=1 ]; then
        ok "what cannot be read says nothing of a suspension" [ "$(status_of ann)" = active ]
    else
        ok "suspended in an entry with $bad is suspended" [ "$(status_of ann)" = suspended ]
        ok "... though it is held" [ "$(kind 1)" = entry ]
    fi
    taken "$(entry ann 1)"
done
taken '{"line":"unreadable","entry_uuid":"'"$(uuid 1)"'","why":"x","username":"ann","status":"suspended","csn":null,"changed_by":null}'
ok "suspended in one that coder_fleet could not read is suspended" [ "$(status_of ann)" = suspended ]
taken "$(entry ann 1)"
taken '{"line":"unreadable","entry_uuid":"'"$(uuid 2)"'","why":"x","username":"ben","status":"deleted","csn":null,"changed_by":null}'
ok "... and deleted is deleted" [ -z "$(status_of ben)" ]
useradd --no-create-home --uid 4712 later 2>"$tmp/made"
taken "$(entry ann 1 'status="suspended"')"
sed -i 's/^later:x:4712:/ann:x:4712:/' /etc/passwd
taken "$(entry ann 1)"
ok "one whose name is a local user's by now is not activated" [ "$(status_of ann)" = suspended ]
sed -i '/^ann:/d' /etc/passwd
taken "$(entry ann 1)"
ok "... until he is gone" [ "$(status_of ann)" = active ]

done_testing
