#!/bin/bash
# There and back: local accounts taken over and written back leave the four files as they were, line by line, but for the
# order and what the store has no place for; and whatever call a run is killed at, everybody is in one place at least, can log
# in, and the next run finishes.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
FILES="passwd shadow group gshadow"
good=violet-Otter-77-stream

can_login() { echo "$2" | timeout 20 pamtester sshd "$1" authenticate acct_mgmt >"$tmp/pam" 2>&1; }
local_user() { useradd -m -s /bin/bash -c "$1 Local" "${@:2}" "$1" && echo "$1:$good" | chpasswd; }
# sorted WHERE: the four files there, line by line.
sorted() { for file in $FILES; do LC_ALL=C sort "$1/$file" | sed "s/^/$file /"; done; }
difference() { diff <(sorted before) <(sorted /etc) | grep '^[<>]'; }
there() { run admin-tool users import --from-passwd --take-over "$@" -y; }
back() { run admin-tool users export --to-passwd --all -y; }
save() { rm -rf before && mkdir before && (cd /etc && cp $FILES "$tmp/before"); }

# -- nothing differs -------------------------------------------------------------------------------------
for name in lara fresh ending friends aging; do local_user "$name"; done
local_user steve -g users -N
usermod -aG audio,dialout lara && gpasswd -a lara friends >"$tmp/out" && gpasswd -A lara friends
chage -d 0 fresh && chage -E 2037-01-31 ending && chage -d 2020-02-03 lara && chage -M 3650 aging
echo "solo:x:3456:100:Solo:/home/solo:/bin/sh" >>/etc/passwd && echo "solo:$(getent shadow lara | cut -d: -f2-)" >>/etc/shadow
save
there
ok "taken over" eval '[ "$status" -eq 0 ] && ! grep -qE "^(lara|fresh|ending|friends|aging|solo|steve):" /etc/passwd'
back
ok "and back" [ "$status" -eq 0 ]
difference >"$tmp/out"
ok "no line of the four files differs" [ ! -s "$tmp/out" ]
ok "the password logs in" can_login lara "$good"
ok "nobody is ours any more" is_value "SELECT count(*) FROM accounts" 0
there
back
ok "... nor does one after the second time" [ -z "$(difference)" ]

# -- what does -------------------------------------------------------------------------------------------
local_user rooms && usermod -c 'Rooms Local,Room 1,555' rooms
local_user ages && chage -m 3 -W 9 -I 20 ages
local_user locked && usermod -L locked
local_user shut && usermod -L -e 1 shut
save
there rooms ages locked shut
back
difference >"$tmp/out"
differs() { ok "$3" eval '[ "$(grep -c "^[<>] [a-z]* '"$1"':" "$tmp/out")" -eq 2 ] && grep -q "'"$2"'" "$tmp/out"'; }
differs rooms '^> passwd rooms:x:[0-9:]*:Rooms Local:' "the full name ends at the first comma"
differs ages '^> shadow ages:[^:]*:[0-9]*:0:99999:7:::$' "the least age, the days of warning and of grace are policy's"
differs locked '^> shadow locked:\*:' "a locked password is none"
ok "what is locked and expired stays so, with its password" eval '! grep -q " shut:" "$tmp/out"'
ok "nothing else differs" [ "$(wc -l <"$tmp/out")" -eq 6 ]

# -- killed -----------------------------------------------------------------------------------------------
userdel locked; userdel rooms
admin-tool users create -u anna -e anna@example.org --password-stdin >"$tmp/made" <<<"$good"
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
admin-tool policy set admin_password_temporary=0 >"$tmp/made"
for file in $FILES; do cp -p /etc/$file "$tmp/kept.$file"; done
rm -rf "$tmp/state" && cp -a "$STATE" "$tmp/state"
reset() { rm -rf "$STATE" && cp -a "$tmp/state" "$STATE"; for file in $FILES; do cp -p "$tmp/kept.$file" /etc/$file; done; rm -f /etc/*+; }
strace -qq -o trace admin-tool users export --to-passwd anna -y >"$tmp/out" 2>&1
awk '{ name = $0; sub(/\(.*/, "", name); count[name]++ } /pwd.lock/ { begun = 1 }
    begun && name ~ /^(write|pwrite64|fsync|fdatasync|rename|unlink|mkdir|fcntl|openat|close|ftruncate|copy_file_range)$/ { print name, count[name] }' trace >calls
reset
ours() { admin-tool users show anna >"$tmp/shown" 2>&1; } # also heals what the kill left
somewhere() { ours || grep -q '^anna:' /etc/passwd; }
finished() { grep -q '^anna:' /etc/passwd && [ "$(grep -c '^anna:' /etc/passwd /etc/shadow /etc/group /etc/gshadow | grep -vc ':1$')" -eq 0 ]; }
points=0 lost=0 out=0 torn=0 unfinished=0 both=0
while read -r name ordinal; do
    reset
    { strace -qq -o /dev/null -e "trace=$name" -e "inject=$name:signal=KILL:when=$ordinal" \
        admin-tool users export --to-passwd anna -y >"$tmp/out" 2>&1; } 2>"$tmp/killed"
    points=$((points + 1))
    pwck -qr >"$tmp/pwck" 2>&1; [ $? -ne 3 ] || { torn=$((torn + 1)); echo "# $name $ordinal: torn"; }
    somewhere || { lost=$((lost + 1)); echo "# $name $ordinal: in neither place"; }
    [ $((points % 3)) -ne 0 ] || can_login anna "$good" || { out=$((out + 1)); echo "# $name $ordinal: cannot log in"; }
    grep -q '^anna:' /etc/passwd && ours && both=$((both + 1))
    run admin-tool users export --to-passwd --all -y
    finished && ! ls /etc/*+ >"$tmp/left" 2>&1 && [ "$(value "SELECT count(*) FROM accounts")" = 0 ] ||
        { unfinished=$((unfinished + 1)); echo "# $name $ordinal: not finished"; }
done <calls
echo "# $points points; $both left the account in both places"
ok "killed at any call: whole files" [ "$torn" -eq 0 -a "$points" -gt 20 ]
ok "... nobody in neither place" [ "$lost" -eq 0 ]
ok "... who can log in" [ "$out" -eq 0 ]
ok "... and the next run finishes" [ "$unfinished" -eq 0 ]
ok "... also from both places" [ "$both" -gt 0 ]

# -- a disk that fails ---------------------------------------------------------------------------------------
points=0 mute=0 lost=0 torn=0 unfinished=0
while read -r name ordinal; do
    [[ $name =~ ^(write|fsync|rename|mkdir|openat)$ ]] || continue
    reset
    status=0
    strace -qq -o /dev/null -e "trace=$name" -e "inject=$name:error=EIO:when=$ordinal" \
        admin-tool users export --to-passwd anna -y >"$tmp/out" 2>"$tmp/err" || status=$?
    points=$((points + 1))
    [ "$status" -eq 0 ] || [ -s "$tmp/err" ] || { mute=$((mute + 1)); echo "# $name $ordinal: no word"; }
    pwck -qr >"$tmp/pwck" 2>&1; [ $? -ne 3 ] || { torn=$((torn + 1)); echo "# $name $ordinal: torn"; }
    somewhere || { lost=$((lost + 1)); echo "# $name $ordinal: in neither place"; }
    run admin-tool users export --to-passwd --all -y
    finished && ! ls /etc/*+ >"$tmp/left" 2>&1 || { unfinished=$((unfinished + 1)); echo "# $name $ordinal: not finished"; }
done <calls
echo "# $points points"
ok "a call that fails: whole files, and a word" [ "$torn" -eq 0 -a "$mute" -eq 0 -a "$points" -gt 20 ]
ok "... nobody in neither place" [ "$lost" -eq 0 ]
ok "... and the next run finishes" [ "$unfinished" -eq 0 ]

# -- what changes meanwhile -----------------------------------------------------------------------------------
reset
# The tool is held before its lock; then the password is another one.
strace -qq -o /dev/null -P "$STATE/private/lock" -e trace=openat -e inject=openat:delay_enter=3000000:when=2 \
    admin-tool users export --to-passwd anna -y >"$tmp/out" 2>"$tmp/err" &
held=$!
for ((i = 0; i < 100; i++)); do [ -e /etc/passwd+ ] && break; sleep 0.05; done
changed=0; [ -e /etc/passwd+ ] && { echo anna:battery-staple-8-horse | chpasswd 2>"$tmp/made"; changed=1; }
status=0; wait "$held" || status=$?
ok "a password set meanwhile" [ "$changed" -eq 1 -a "$status" -eq 0 ]
ok "... is the one that goes on" eval 'can_login anna battery-staple-8-horse && ! can_login anna "$good"'
done_testing
