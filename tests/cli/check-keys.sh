#!/bin/bash
# The doctor on ssh keys of accounts: does sshd ask for them, as whom, and can it run the program; check NAME tells
# keys of the account from those in the home.
# shellcheck source=tests/cli/check-lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/check-lib.sh"
KEPT="$KEPT usr/libexec/coder_keys"
make alice --roles admin
make bob
ssh-keygen -q -t ed25519 -N '' -f "$tmp/key"
make kay --no-password --ssh-key "$tmp/key.pub"
make kim --no-password --ssh-key "$tmp/key.pub"
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL WHERE username = 'bob'"
keep
conf() { echo -e "$*" >/etc/ssh/sshd_config.d/00-test.conf; }
runner() { sed -i "s/CommandUser .*/CommandUser $1/" /etc/ssh/sshd_config.d/coder.conf; }
unask() { sed -i '/AuthorizedKeysCommand/d' /etc/ssh/sshd_config.d/coder.conf; }
# bend LINE: the line of kay's key becomes that expression; keys never change, so it is another row.
bend() { sql "INSERT INTO account_keys (uid, fingerprint, line, added_at) SELECT uid, fingerprint || 'x', $1, 1 FROM account_keys WHERE id = 1"; }
run admin-tool check
ok "with the shipped settings all is in order" in_order

plant_all <<'END'
sshd-keys|warning|yes|sshd does not ask|unask
sshd-keys|warning|no|sshd asks another program|conf 'AuthorizedKeysCommand /bin/true %u\nAuthorizedKeysCommandUser nobody'
sshd-keys|warning|no|sshd asks ours, but not by name|conf 'AuthorizedKeysCommand /usr/libexec/coder_keys\nAuthorizedKeysCommandUser nobody'
sshd-keys-user|problem|yes|as a user who is not there|runner frobnicate
sshd-keys-user|warning|yes|as root|runner root
sshd-keys-user|note|yes|as nobody, who runs more|runner nobody
sshd-keys-user|problem|yes|as ours, which was not made|userdel _coder-keys
sshd-keys-user|note|yes|as nobody, where ours was not made|runner nobody; userdel _coder-keys
sshd-keys-program|problem|no|the program is not there|rm /usr/libexec/coder_keys
sshd-keys-program|problem|yes|others can write it|chmod 777 /usr/libexec/coder_keys
sshd-keys-program|problem|yes|it is another's|chown bob /usr/libexec/coder_keys
sshd-keys-program|problem|yes|it cannot be run|chmod 644 /usr/libexec/coder_keys
sshd-keys-program|problem|yes|it can be read|chmod 755 /usr/libexec/coder_keys
account-keys|problem|yes|a key that is no longer one|bend "'restrict ' || line || '='"
account-keys|problem|yes|the key of an authority|bend "'cert-authority ' || line"
account-keys|problem|no|more than there is room for|sql "INSERT INTO account_keys (uid, fingerprint, line, added_at) SELECT uid, 'SHA256:' || value, line, 1 FROM account_keys, generate_series(1, 70) WHERE id = 1"
END
unask
run admin-tool check
says 'sshd does not ask for the ssh keys that 2 accounts have' "how many accounts it is about"
put_back
conf PubkeyAuthentication no
unask
run admin-tool check -o json
ok "where no keys are taken, that is all there is to it" eval '! grep -q sshd-keys "$tmp/out"'
put_back

# -- one user --------------------------------------------------------------------------------------------------
user()
{
    run admin-tool check "$1" -o json
    ok "$3: exit $2" [ "$status" -eq "$2" ]
    json "$4" "... and the ways in are right"
}
works='{w["service"] + " " + w["method"]: w["works"] for w in d["ways"]}'
why='{w["service"] + " " + w["method"]: w["why"] for w in d["ways"]}'
ids='[f["check"] for f in d["findings"]]'
user kay 0 "a key of the account" "$works"'["sshd account key"] and not '"$works"'["sshd key"] and '"$ids == []"
run admin-tool check kay
says '^sshd +account key +yes$' "as text, by its source"
says '^sshd +key +no: no key is installed$' "... beside those in the home"
user bob 0 "none of the account" '"sshd account key" not in '"$works"
install -d -o kay -m 700 /home/kay/.ssh && install -o kay -m 600 "$tmp/key.pub" /home/kay/.ssh/authorized_keys
user kay 0 "keys of both kinds" "$works"'["sshd account key"] and '"$works"'["sshd key"]'
rm -r /home/kay
user kay 0 "no home" "$works"'["sshd account key"] and not '"$works"'["sshd key"] and "user-home" in '"$ids"
install -d -o kay -m 700 /home/kay
unask
user kay 1 "sshd does not ask" "not $works"'["sshd account key"] and "coder_keys" in '"$why"'["sshd account key"] and sorted('"$ids"') == ["sshd-keys", "user-no-way"]'
put_back
conf UsePAM no
user kay 1 "UsePAM no" "$works"'["sshd account key"]'
admin-tool users suspend kay -y >"$tmp/made"
user kay 1 "UsePAM no, suspended" "not $works"'["sshd account key"]'
rm /etc/ssh/sshd_config.d/00-test.conf
user kay 1 "suspended" "not $works"'["sshd account key"]'
admin-tool users activate kay -y >"$tmp/made"
conf DenyUsers kay
user kay 1 "DenyUsers" "not $works"'["sshd account key"]'
conf PubkeyAuthentication no
user kay 1 "PubkeyAuthentication no" "not $works"'["sshd account key"]'
put_back
echo kay:x:5001:5001::/home/kay:/bin/bash >>/etc/passwd
user kay 0 "a local account over ours" "not $works"'["sshd account key"]'
done_testing
