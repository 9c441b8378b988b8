#!/bin/bash
# restore on a host where somebody stands on a name, an id or a home of the backup already: shown, refused, and with
# --force such an account comes in suspended.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
mkdir -m 700 /root/here && cd /root/here || exit 1

make ann --roles admin
make bob
make cid
make dan
admin-tool users create -u wheel -e wheel@example.com --force >"$tmp/made" 2>&1
make eve --home /home/shared
make fay
make gus
make hal
sqlite3 "$STORE" "UPDATE accounts SET home = '/home/shared' WHERE username = 'dan'"
admin-tool publish >"$tmp/made"
run admin-tool backup b
uid_of() { value "SELECT uid FROM accounts WHERE username = '$1'"; }
bob=$(uid_of bob) eve=$(uid_of eve) gus=$(uid_of gus)

# -- the same host: its own accounts are no clash --------------------------------------------------------------
admin-tool users edit bob -n Bobby >"$tmp/made"
exits 0 "over the store that has these accounts" admin-tool restore b -y
ok "... nobody clashes" eval '! grep -qi clash "$tmp/out" "$tmp/err"'
ok "... and they are as they were" is_value "SELECT count(*) FROM accounts WHERE status = 'active'" 9
run admin-tool users delete cid -y
exits 0 "... with one deleted since, exactly" admin-tool restore b -y --exact
ok "... who comes back" is_value "SELECT status FROM accounts WHERE username = 'cid'" active
run admin-tool users delete wheel -y
run admin-tool restore b --exact --dry-run
ok "... but no name with a meaning that was deleted (exit 4)" eval '[ "$status" -eq 4 ] && grep -q "^clash: wheel: " "$tmp/out"'

# -- another host -------------------------------------------------------------------------------------------------
rm -rf "$STATE" /home/shared
useradd -M -s /bin/bash -o -u "$bob" -g users piet
groupadd -g "$eve" others
useradd -M -u 3333 cid
echo 'helpers:x:4000:fay' >>/etc/group
echo "odd:x:4321:$gus::/:/bin/sh" >>/etc/passwd
mkdir -p /home/ann && chown 3333 /home/ann
mkdir -p /etc/sudoers.d && echo 'hal ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/hal
remember
run admin-tool restore b --dry-run
ok "--dry-run on a host of others (exit 4)" [ "$status" -eq 4 ]
says "clash: bob: uid $bob is taken by the user piet of this machine" "... names the user who has the uid"
says "clash: eve: id $eve is taken by the group others of this machine" "... the group"
says "clash: cid: the name is taken by a user of this machine" "... the name"
says "clash: ann: /home/ann is the local user cid's \\(uid 3333\\)" "... the home"
says "clash: wheel: " "... the name with a meaning"
says "clash: dan: /home/shared is the home of another account of the backup, too" "... and the home of two"
says "clash: fay: the group helpers of this machine lists a member" "... a list of members"
says "clash: hal: /etc/sudoers.d/hal has a rule for hal" "... a rule of sudo's"
says "clash: gus: id $gus is the primary group of odd of this machine" "... and a primary group without a name"
complains '--force' "... and the way out"
run admin-tool restore b --dry-run -o json
json 'd["error"]["code"] == 4 and {c["username"] for c in d["clashes"]} >= {"ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal", "wheel"}' "for programs: who clashes"
json '[c for c in d["clashes"] if c["username"] == "bob"] == [{"username": "bob", "uid": '"$bob"', "reason": "uid '"$bob"' is taken by the user piet of this machine"}]' "... and why"
json '[p for p in d["plan"] if p["username"] == "bob"][0]["before"] is None' "... and what would come in"
ok "... and makes nothing" [ ! -e "$STATE" ]
run sh -c 'echo yes | admin-tool restore b'
ok "asked: refused before the question (exit 4)" eval '[ "$status" -eq 4 ] && ! grep -q "Are you sure" "$tmp/out"'
says "clash: bob: " "... and shown"
run admin-tool restore b -y
ok "with -y as well (exit 4)" [ "$status" -eq 4 ]
says "clash: bob: " "... and shown"
ok "... in one line of complaint" is_clean_error
ok "... and nobody is made" is_value "SELECT count(*) FROM accounts" 0
ok "the user of this machine reads nothing" eval '! getent passwd bob'

exits 0 "--force --dry-run" admin-tool restore b --force --dry-run
says "^bob +$bob +- +suspended" "... shows them suspended"
says "clash: bob: " "... and why"
exits 0 "... for programs" admin-tool restore b --force --dry-run -o json
json 'd["changed"] is False and [p["after"] for p in d["plan"] if p["username"] == "bob"] == ["suspended"] and d["clashes"]' "... the same as data"
json 'not any("clash:" in line or "bob" in line for line in d["said"])' "... and not as lines"
exits 0 "--force" admin-tool restore b --force -y
for name in ann bob cid eve hal wheel; do
    ok "$name comes in suspended" is_value "SELECT status FROM accounts WHERE username = '$name'" suspended
done
ok "... by the audit log, too" is_value "SELECT json_extract(after, '\$.status') FROM audit WHERE event = 'restore' AND username = 'bob'" suspended
run admin-tool restore b -y --exact
ok "the same again, exactly, does not let them in (exit 4)" [ "$status" -eq 4 ]
ok "... nobody is active" is_value "SELECT group_concat(status) FROM accounts WHERE username = 'bob'" suspended
exits 0 "... nor with --force" admin-tool restore b -y --exact --force
ok "... nobody is active" is_value "SELECT group_concat(status) FROM accounts WHERE username = 'bob'" suspended

# -- ids that others hand out ------------------------------------------------------------
rm -rf "$STATE"
userdel piet; userdel cid; groupdel others; sed -i '/^odd:/d' /etc/passwd; rm -rf /home/ann
sed -i '/^SUB_UID_MIN/d; /^SUB_UID_MAX/d' /etc/login.defs
printf 'SUB_UID_MIN 70000\nSUB_UID_MAX 79999\n' >>/etc/login.defs
run admin-tool restore b --dry-run
says "clash: bob: uid $bob is in this machine's range of subordinate ids" "ids that user namespaces get are a clash"
done_testing
