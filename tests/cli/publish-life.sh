#!/bin/bash
# What the public directory says of an account's life: its keys and until when, that a dormant one has none from the next
# day on, and private groups where /etc/group has none of the id.
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

key() { ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$tmp/$1" && cut -d' ' -f1,2 "$tmp/$1.pub"; }

# published NAME WORD: of the extension, read without the product: "keys" or "until"; "" when there is nothing.
published()
{
    python3 - "$STATE/directory" "$(id -u "$1")" "$2" <<'PYTHON'
import struct, sys
data = open(sys.argv[1], "rb").read()
magic, rings, count = struct.unpack_from("8sQQ", data, 192)
assert magic in (b"CODERKEY", bytes(8))
for i in range(count):
    _, uid, until, offset, length, _ = struct.unpack_from("IIqQII", data, rings + 32 * i)
    if uid == int(sys.argv[2]):
        print(data[offset:offset + length].decode() if sys.argv[3] == "keys" else until, end="")
PYTHON
}
has() { [ "$(published "$1" keys | cut -d' ' -f1,2)" = "$2" ]; }
inode() { stat -c %i "$STATE/directory"; }

# flags NAME: of the record: 1 suspended, 4 no private group, 8 no key lets in.
flags()
{
    python3 - "$STATE/directory" "$1" <<'PYTHON'
import struct, sys
data = open(sys.argv[1], "rb").read()
offset, count = struct.unpack_from("QQ", data, 40)
for i in range(count):
    _, _, flags, length, text = struct.unpack_from("IIIIQ", data, offset + 128 * i)
    if data[text:text + length].split(b"\0")[0].decode() == sys.argv[2]:
        print(flags)
PYTHON
}
is_flagged() { [ "$(flags "$1")" = "$2" ]; }

for name in alice bob carol; do make "$name" --no-create-home; done
one=$(key one) two=$(key two)
ok "no key, no section" [ -z "$(published alice keys)" ]
admin-tool keys add alice "$one" >"$tmp/made"
admin-tool keys add carol "$two" >"$tmp/made"
ok "a key is published with its account" eval 'has alice "$one" && has carol "$two" && [ -z "$(published bob keys)" ]'
ok "... without an end" [ "$(published alice until)" = 0 ]
admin-tool users edit alice --expires 2099-01-01T00:00:00Z >"$tmp/made"
ok "the account's end is the keys' end" [ "$(published alice until)" = "$(value "SELECT expires_at FROM accounts WHERE username = 'alice'")" ]
admin-tool users suspend bob -y >"$tmp/made"
admin-tool users suspend carol -y >"$tmp/made"
ok "a change of others leaves keys alone" eval 'has alice "$one" && has carol "$two"'
ok "who is suspended is so in the file, key or not" eval 'is_flagged bob 1 && is_flagged carol 1 && is_flagged alice 0'
admin-tool users activate carol -y >"$tmp/made"
admin-tool keys remove alice "$(ssh-keygen -lf "$tmp/one.pub" | cut -d' ' -f2)" >"$tmp/made" 2>"$tmp/err"
ok "a removed key is gone" eval '[ -z "$(published alice keys)" ] && ! grep -q "$(cut -d" " -f2 <<<"$one")" "$STATE/directory"'
admin-tool users delete carol -y >"$tmp/made"
ok "... as are those of a deleted account" eval '! grep -q "$(cut -d" " -f2 <<<"$two")" "$STATE/directory"'

# -- another day -----------------------------------------------------------------------------------------
days_later() { local days=$1; shift; OTHER_DAYS=$days LD_PRELOAD=/src/.build/world/other_day.so "$@"; }
admin-tool keys add alice "$one" >"$tmp/made"
before=$(inode)
days_later 40 admin-tool users list >"$tmp/list"
ok "without dormancy a day is like the others" eval '[ "$(inode)" = "$before" ] && is_flagged alice 0'
admin-tool policy set dormant_days=30 >"$tmp/made"
before=$(inode)
admin-tool users list >"$tmp/list"
ok "the same day writes nothing" [ "$(inode)" = "$before" ]
days_later 29 admin-tool users list >"$tmp/list"
ok "the first command of a day writes the file anew" [ "$(inode)" != "$before" ]
ok "... nobody is dormant yet" is_flagged alice 0
days_later 40 admin-tool users list >"$tmp/list"
ok "a dormant account's keys let nobody in" is_flagged alice 8
ok "... and nothing else of it is other" eval '[ "$(getent passwd alice | cut -d: -f7)" = /bin/bash ] && ! getent -s coder shadow alice'
sqlite3 "$STORE" "UPDATE accounts SET awake_since = unixepoch() + 40 * 86400 WHERE username = 'alice'"
days_later 40 admin-tool users list >"$tmp/made"
ok "one that is awake again is not" is_flagged alice 0
days_later 80 admin-tool publish >"$tmp/made"
ok "dormant again, by what the timer runs" is_flagged alice 8
sqlite3 "$STORE" "UPDATE accounts SET never_dormant = 1 WHERE username = 'alice'"
days_later 80 admin-tool users list >"$tmp/made"
ok "... unless it never is" is_flagged alice 0
admin-tool policy set dormant_days=0 >"$tmp/made"

# -- private groups ----------------------------------------------------------------------------------------
uid=$(id -u alice)
ok "a private group" [ "$(getent -s coder group alice)" = "alice:x:$uid:" ]
sed -i "\$a wheel-of-alice:x:$uid:" /etc/group
admin-tool users list >"$tmp/list"
ok "none where /etc/group has the id" eval '! getent -s coder group alice && ! getent -s coder group "$uid"'
ok "... whose name is shown" [ "$(id -gn alice)" = wheel-of-alice ]
ok "... and there is one line of it in all" [ "$(getent group | grep -c ":$uid:")" = 1 ]
ok "the primary group is the same" [ "$(getent passwd alice | cut -d: -f4)" = "$uid" ]
sed -i '/^wheel-of-alice:/d' /etc/group
admin-tool users list >"$tmp/list"
ok "it is back when that one is gone" [ "$(getent group "$uid")" = "alice:x:$uid:" ]
done_testing
