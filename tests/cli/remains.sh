#!/bin/bash
# What stays in admin-tool's memory when it ends: no password it made, was given or showed, and no hash it read.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

remains=$(dirname "$0")/remains.py
: >"$tmp/secrets"
# leaves WHAT COMMAND...: nothing of the secrets, those in its output included
leaves()
{
    run python3 "$remains" "$tmp/secrets" "$tmp/said" "${@:2}"
    ok "$1 leaves nothing" [ "$status" -eq 0 -a ! -s "$tmp/out" ]
}
hash_of() { value "SELECT hash FROM accounts WHERE username = '$1'" >"$tmp/secrets"; }

echo kept-in-plain-sight >"$tmp/secrets"
run python3 "$remains" "$tmp/secrets" "$tmp/said" admin-tool users show kept-in-plain-sight
ok "what stays is found" grep -q 'a secret in .*kept-in-plain-sight' "$tmp/out"

: >"$tmp/secrets"
leaves "users create" admin-tool users create -u ann -e ann@example.com
leaves "... as JSON" admin-tool users create -u bob -o json -e bob@example.com
ok "... which had a password" grep -q temporary_password "$tmp/said"
leaves "reset-password" admin-tool reset-password -y ann
leaves "... as JSON" admin-tool reset-password -y -o json ann
printf 'username,email\ncal,cal@example.com\ndan,dan@example.com\n' >"$tmp/people.csv"
leaves "users import" admin-tool users import "$tmp/people.csv"
ok "... which had two passwords" [ "$(grep -c temporary_password "$tmp/said")" = 2 ]
echo given-by-hand-4711 >"$tmp/secrets"
leaves "users create --password-stdin" admin-tool users create --password-stdin -u eve -o json -e eve@example.com <"$tmp/secrets"

hash_of ann
leaves "users list" admin-tool users list
leaves "... as JSON" admin-tool users list -o json
leaves "users show" admin-tool users show ann
leaves "users suspend" admin-tool users suspend -y ann
leaves "users activate" admin-tool users activate -y ann
leaves "users edit-roles" admin-tool users edit-roles --roles auditor -y ann
leaves "policy set" admin-tool policy set lock_seconds=31
leaves "audit" admin-tool audit
leaves "check" admin-tool check ann
leaves "users export" admin-tool users export
leaves "... with hashes" admin-tool users export --with-hashes
ok "... which had hers" grep -qFf "$tmp/secrets" "$tmp/said"
sed -n -e 1p -e 's/^ann,ann@\(.*\),[0-9]*,[0-9]*,\/bin\/bash,\/home\/ann,/fay,fay@\1,,,,,/p' "$tmp/said" >"$tmp/hashed.csv"
leaves "users import of hashes" admin-tool users import "$tmp/hashed.csv"
ok "... which came in" is_value "SELECT hash FROM accounts WHERE username = 'fay'" "$(cat "$tmp/secrets")"
leaves "backup" admin-tool backup /root/backup
admin-tool users edit-roles --roles member -y ann >"$tmp/made"
leaves "restore" admin-tool restore -y /root/backup
leaves "users delete" admin-tool users delete -y ann
done_testing
