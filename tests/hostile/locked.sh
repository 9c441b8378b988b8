#!/bin/bash
# What is done while a lock is held, call by call: each verb and each kind of question to the helper prints nothing then,
# starts no program, talks to no service and opens nobody else's file. So nobody outside can make a lock last.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cli/fleet-lib.sh
. /src/tests/cli/fleet-lib.sh
# shellcheck source=tests/hostile/lib.sh
. /src/tests/hostile/lib.sh
command -v strace >/dev/null || { echo "1..0 # SKIP no strace"; exit; }
sed -i -E 's/^(passwd|group):.*/& sss/' /etc/nsswitch.conf # a source that is asked for each id, because it may list nothing

# watch LOCKS COMMAND...: it takes a lock at least so often, and does nothing else under it. Its input is ours.
watch()
{
    local least=$1 locks
    shift
    strace -f -y -s 256 -o "$tmp/calls" -e trace=fcntl,close,open,openat,write,writev,connect,sendto,sendmsg,clone,clone3,fork,vfork,execve,poll,ppoll \
        "$@" >"$tmp/out" 2>"$tmp/err"
    python3 /src/tests/hostile/locked.py "$tmp/calls" >"$tmp/held"
    locks=$(tail -n 1 "$tmp/held" | cut -d ' ' -f 1)
    cp "$tmp/held" "$tmp/err"
    ok "${*:1:5}: under its locks ($locks) nothing but ours" eval '[ "$(wc -l <"$tmp/held")" -eq 1 ] && [ "$locks" -ge "$least" ]'
}

make amy --password-stdin <<<"$good"
make ben --password-stdin <<<"$good"
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
admin-tool policy set admin_groups=adm >"$tmp/out"
admin-tool backup /root/locked.backup >"$tmp/out"
watch 2 admin-tool users create -u cleo -e cleo@example.com
watch 2 admin-tool users edit amy -n Amelia
watch 2 admin-tool users edit-roles amy --roles admin -y
watch 2 admin-tool users suspend ben -y
watch 2 admin-tool users activate ben -y
watch 2 admin-tool users unlock ben
watch 2 admin-tool users require-change amy ben -y
watch 2 admin-tool policy set dormant_days=90 password_max_days=90
watch 2 admin-tool reset-password ben -y
ssh-keygen -q -t ed25519 -N '' -C ben@home -f "$tmp/key"
watch 2 admin-tool keys add ben "$tmp/key.pub"
watch 2 admin-tool keys remove ben ben@home
watch 2 admin-tool users rename cleo clea --move-home -y
watch 2 admin-tool users delete clea -y
watch 2 admin-tool policy set password_min_length=13
watch 2 admin-tool publish
watch 2 admin-tool audit prune --before 2001-01-01
printf 'username,email\ndora,dora@example.com\nemil,emil@example.com\n' >"$tmp/two.csv"
watch 2 admin-tool users import "$tmp/two.csv" --hand-over-to "$tmp/texts"
printf 'username,email,roles,status\ndora,d@example.com,admin,suspended\nfay,fay@example.com,,\n' >"$tmp/two.csv"
watch 2 admin-tool users import "$tmp/two.csv" --update -y
printf '%s\n' '{"username": "amy", "full_name": "A", "ssh_keys": []}' '{"username": "frieda", "email": "f@example.com"}' >"$tmp/wanted.json"
watch 2 admin-tool users apply "$tmp/wanted.json" --prune -y
watch 2 admin-tool restore /root/locked.backup -y
watch 2 admin-tool users export --to-passwd amy -y
ok "... and it did its work" grep -q '^amy:' /etc/passwd
watch 2 admin-tool users import --from-passwd --take-over amy -y
join_file /root/host.join
watch 2 admin-tool fleet join /root/host.join
fleet_user bea 1900000001
watch 2 admin-tool users suspend bea --here -y
watch 2 admin-tool users activate bea --here -y
watch 2 admin-tool fleet resync
watch 2 admin-tool fleet leave -y
for verb in 'fleet status' 'users list' 'users list -o json' 'users show amy' 'users export' 'keys list amy' audit 'audit --verify' policy check 'check amy' 'check --repair'; do
    rm "$STATE/directory" # to be caught up with
    # shellcheck disable=SC2086
    watch 2 admin-tool $verb
done
watch 1 admin-tool backup /root/again.backup
for kind in auth account session; do
    watch 1 /src/.build/world/pam_call "$kind" amy "$good"
done
watch 1 /src/.build/world/pam_call auth amy wrong
done_testing
