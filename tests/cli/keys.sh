#!/bin/bash
# keys list, add, remove: what is taken as a key, from where, and what is on record of it.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

make alice --roles admin
make amy
cd "$tmp" || exit 1
for type in ed25519 ecdsa rsa; do ssh-keygen -q -t "$type" -N '' -C "amy@$type" -f "$type"; done
print() { ssh-keygen -lf "$1.pub" | cut -d' ' -f2; }
word() { cat "$1.pub"; }
stored() { value "SELECT line FROM account_keys JOIN accounts USING (uid) WHERE username = '$1' ORDER BY id"; }
last() { value "SELECT event || ' ' || username || ' ' || coalesce(after ->> 'detail', '-') FROM audit ORDER BY id DESC LIMIT 1"; }

# -- from a file, a word, standard input ----------------------------------------------------------------------
exits 0 "no keys yet" admin-tool keys list amy
says '^amy has no keys here\.$' "... is said"
exits 0 "... and in JSON" admin-tool keys list amy -o json
json 'd == []' "... an empty array"
exits 0 "add FILE" admin-tool keys add amy ed25519.pub
says "^amy has the key $(print ed25519 | sed 's/[+/]/\\&/g') now\.$" "... says its fingerprint, as ssh-keygen has it"
ok "... kept as it is in the file" [ "$(stored amy)" = "$(word ed25519)" ]
ok "... audited with the fingerprint" [ "$(last)" = "key-add amy $(print ed25519)" ]
ok "... and with nothing else of it" eval '! value "SELECT before || after FROM audit" | grep -qF "$(cut -d" " -f2 ed25519.pub)"'
exits 0 "add KEY" admin-tool keys add amy "restrict,from=\"10.0.0.0/8\"   $(word rsa)"
exits 0 "add -" sh -c 'admin-tool keys add amy - <ecdsa.pub'
exits 0 "list" admin-tool keys list amy
ok "... has them as ssh-keygen -l" eval '[ "$(sed -n "/SHA256/p" "$tmp/out" | cut -d" " -f1-3)" = "$(cat ed25519.pub rsa.pub ecdsa.pub | ssh-keygen -lf - | cut -d" " -f1-3)" ]'
says '^  options restrict,from="10\.0\.0\.0/8"$' "... the options, too"
exits 0 "list -o json" admin-tool keys list amy -o json
json '[k["comment"] for k in d] == ["amy@ed25519", "amy@rsa", "amy@ecdsa"]' "... all of them, in order"
json 'd[1]["type"] == "ssh-rsa" and d[1]["bits"] == 3072 and d[1]["options"] == "restrict,from=\"10.0.0.0/8\""' "... with type, bits and options"
json 'd[0]["line"].startswith("ssh-ed25519 AAAA") and d[0]["added_at"].endswith("Z")' "... the line, and since when"

# -- show -----------------------------------------------------------------------------------------------------
exits 0 "show -o json" admin-tool users show amy -o json
json "d['ssh_keys'] == '$(print ed25519) $(print rsa) $(print ecdsa)'.split()" "... has the fingerprints"
exits 0 "show" admin-tool users show amy
ok "... too" [ "$(grep -c '^Ssh key  *SHA256:' "$tmp/out")" = 3 ]
exits 0 "show of one without" admin-tool users show alice -o json
json "d['ssh_keys'] == []" "... has an empty array"

# -- once more, several, dry ----------------------------------------------------------------------------------
remember
exits 0 "a key that is there" admin-tool keys add amy "$(word rsa)"
says '^amy has this key already; nothing was changed\.$' "... says so"
exits 0 "--dry-run of a new one" admin-tool keys add alice ed25519.pub --dry-run
says 'Would add keys to alice; nothing was changed' "... says what it would do"
says "^key: $(print ed25519 | sed 's/[+/]/\\&/g')$" "... and the fingerprint"
exits 0 "--dry-run of a removal" admin-tool keys remove amy amy@rsa --dry-run
says 'Would remove a key of amy; nothing was changed' "... says so"
unchanged "none of it changed anything"
{ echo "# my keys"; echo; sed 's/$/\r/' ed25519.pub; echo '   '; cat rsa.pub ed25519.pub; } >several
exits 0 "a file of several, with comments, empty lines and CRLF" admin-tool keys add alice several
ok "... each once" [ "$(stored alice | wc -l)" = 2 ]
ok "... in one audit row" [ "$(last)" = "key-add alice $(print ed25519), $(print rsa)" ]
ok "a key may be two people's" is_value "SELECT count(*) FROM account_keys" 5

# -- refused --------------------------------------------------------------------------------------------------
remember
exits 4 "a private key" admin-tool keys add amy ed25519
complains 'line 1: it is no public key but a file that may hold a private one.*\.pub' "... is told from a public one"
ok "... and not repeated" eval '! grep -q OPENSSH "$tmp/err"'
exits 4 "a private key on standard input" sh -c 'admin-tool keys add amy <ed25519'
ssh-keygen -q -t rsa -b 1024 -N '' -f weak
exits 4 "a weak key" admin-tool keys add amy weak.pub
complains 'weak.pub, line 1: it is an RSA key of less than 2048 bits' "... is told"
exits 4 "an authority" admin-tool keys add amy "cert-authority $(word rsa)"
complains 'the key is refused: it is the key of an authority' "... is told"
{ cat ecdsa.pub; echo "frobnicate $(word rsa)"; } >half
exits 4 "one bad line among good ones" admin-tool keys add alice half
complains 'half, line 2: it has an option that sshd does not know' "... is named by its line"
exits 4 "a key that is cut" admin-tool keys add amy "$(word rsa | cut -c 1-200)"
exits 4 "an empty file" admin-tool keys add amy /dev/null
exits 4 "a file with a NUL" sh -c 'printf "ssh-ed25519\0AAAA" | admin-tool keys add amy'
exits 4 "a file that does not end" admin-tool keys add amy /dev/zero
exits 1 "a folder" admin-tool keys add amy /tmp
exits 1 "no file" admin-tool keys add amy no-such.pub
mkfifo "$tmp/never.pub"
exits 1 "a FIFO, which never answers, is not waited for" timeout 20 admin-tool keys add amy "$tmp/never.pub"
complains 'a KEY itself is one word in quotes' "... says how a key is given"
exits 2 "a key without quotes" admin-tool keys add amy $(word rsa)
exits 3 "nobody's" admin-tool keys add nobody-here ed25519.pub
exits 3 "nobody's keys" admin-tool keys list nobody-here
exits 2 "no name" admin-tool keys add
exits 2 "a list of two" admin-tool keys list amy alice
exits 3 "a key that is not there" admin-tool keys remove amy "$(ssh-keygen -lf weak.pub | cut -d' ' -f2)"
exits 3 "a comment that is not there" admin-tool keys remove amy nothing
exits 3 "a part of one" admin-tool keys remove amy amy@
exits 3 "no comment is none" admin-tool keys remove amy ''
exits 2 "nothing to remove" admin-tool keys remove amy
unchanged "none of it changed anything"

# -- remove ---------------------------------------------------------------------------------------------------
exits 0 "remove by comment" admin-tool keys remove amy amy@rsa
says "^The key $(print rsa | sed 's/[+/]/\\&/g') of amy is removed\.$" "... names it"
ok "... audited" [ "$(last)" = "key-remove amy $(print rsa)" ]
exits 0 "remove by fingerprint" admin-tool keys remove amy "$(print ed25519)"
ok "... the others stay" [ "$(stored amy)" = "$(word ecdsa)" ]
admin-tool keys add amy "$(cut -d' ' -f1-2 rsa.pub) amy@ecdsa" >"$tmp/made"
exits 4 "a comment of two keys" admin-tool keys remove amy amy@ecdsa
complains "2 keys of amy have this comment; .*$(print ecdsa | sed 's/[+/]/\\&/g'), $(print rsa | sed 's/[+/]/\\&/g')" "... names both"
for type in rsa ecdsa; do admin-tool keys remove amy "$(print $type)" >"$tmp/made" 2>"$tmp/notes"; done
ok "the last key of one with a password" [ ! -s "$tmp/notes" ]
sqlite3 "$STORE" "UPDATE accounts SET hash = NULL, temporary = 0, temporary_until = NULL WHERE username = 'amy'"
admin-tool keys add amy rsa.pub >"$tmp/made"
exits 0 "the last key of one without" admin-tool keys remove amy "$(print rsa)"
complains 'note: amy has neither a password nor a key here now' "... says that nothing is left"

# -- who may not enter ----------------------------------------------------------------------------------------
admin-tool users suspend amy -y >"$tmp/made"
exits 0 "a suspended user's keys can be changed" admin-tool keys add amy ed25519.pub
ok "... and he stays out" is_value "SELECT status FROM accounts WHERE username = 'amy'" suspended
admin-tool users delete amy -y >"$tmp/made"
ok "a deleted one has none" is_value "SELECT count(*) FROM account_keys" 2

# -- a new account with keys ----------------------------------------------------------------------------------
exits 0 "create --ssh-key, twice" admin-tool users create -u kay -e kay@example.com --no-password --ssh-key ed25519.pub --ssh-key "restrict $(word rsa)"
says '^There is no password: log in with your key\.$' "... tells its user to log in with the key"
says "^Ssh key: $(print ed25519 | sed 's/[+/]/\\&/g')$" "... which one"
ok "... has both" [ "$(stored kay)" = "$(word ed25519; echo "restrict $(word rsa)")" ]
ok "... and no password" is_value "SELECT count(*) FROM accounts WHERE username = 'kay' AND hash IS NULL" 1
ok "... audited: the account and its keys" is_value "SELECT group_concat(event || coalesce(after ->> 'detail', '')) FROM (SELECT * FROM audit WHERE username = 'kay' ORDER BY id)" \
    "create,key-add$(print ed25519), $(print rsa)"
exits 0 "create --ssh-key with a password" admin-tool users create -u kim -e kim@example.com --ssh-key ecdsa.pub -o json
json "d['ssh_keys'] == ['$(print ecdsa)'] and d['temporary_password']" "... has both"
remember
exits 4 "create with a bad key" admin-tool users create -u bad -e bad@example.com --ssh-key ed25519
exits 4 "create with a good key and a bad one" admin-tool users create -u bad -e bad@example.com --ssh-key ed25519.pub --ssh-key weak.pub
exits 1 "create with a file that is not there" admin-tool users create -u bad -e bad@example.com --ssh-key nowhere.pub
exits 2 "create with standard input" admin-tool users create -u bad -e bad@example.com --ssh-key -
exits 0 "create --dry-run" admin-tool users create -u bad -e bad@example.com --ssh-key ed25519.pub --dry-run
unchanged "none of it made anything"
for who in kay kim; do admin-tool users delete $who -y >"$tmp/made"; done

# -- how many -------------------------------------------------------------------------------------------------
# keys REAL... of points that nobody has: 65 different ones
python3 - >many <<'END'
import base64, struct
text = lambda b: struct.pack(">I", len(b)) + b
for i in range(65):
    blob = text(b"ssh-ed25519") + text(bytes([i]) * 32)
    print("ssh-ed25519", base64.b64encode(blob).decode(), f"number {i}")
END
remember
exits 4 "65 at once" admin-tool keys add alice many
complains 'many, line 65: it is one more than the 64 keys' "... is one too many"
head -n 63 many >most
exits 4 "63 and 2" admin-tool keys add alice most
complains 'more than 64 keys' "... are too many"
sed "s/^/command=\"$(printf '%07000d' 0)\" /" many | head -n 10 >long
exits 4 "10 of 7000 octets" admin-tool keys add alice long
complains 'long, line 10: it is too much: .* more than 65536 octets' "... are too long"
head -n 9 long >one && tail -n 1 long >two
admin-tool users create -u zoe -e zoe@example.com --ssh-key one --no-password >"$tmp/made"
exits 4 "9 of 7000 octets, and one more" admin-tool keys add zoe two
complains 'more than 65536 octets' "... are too long, too"
admin-tool users delete zoe -y >"$tmp/made"
head -n 62 many >fit
exits 0 "62 and 2" admin-tool keys add alice fit
ok "... are 64" is_value "SELECT count(*) FROM account_keys" 64
done_testing
