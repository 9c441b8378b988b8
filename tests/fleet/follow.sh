#!/bin/bash
# A host follows one provider: everything first, then each change as it is made; what is gone, and what has left its
# scope; and from a cookie only what is new.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/fleet/follow-lib.sh
. "$(dirname "$0")/follow-lib.sh"
first
host h1 web
hash='$y$j9T$abcdefgh$0123456789'
user ann 1900000001 --full-name "Ann Ünicode" --scope web --hash "$hash" --role auditor --key "ssh-ed25519 AAAA ann@x"
user ben 1900000002 --scope web --temporary secret-9-word
user eve 1900000003 --scope all --temporary secret-9-word
joined h1 ldaps://a.fleet.test
ann=$(uuid_of ann) ben=$(uuid_of ben)

# -- everything -----------------------------------------------------------------------------------------
follow f
ok "a first fill is said to its end" committed f
ok "... it says with whom, and that it is everything" [ "$(head -n 1 "$tmp/f")" = '{"line":"connected","uri":"ldaps://a.fleet.test","whole":true}' ]
ok "... has whom the host's scope has, and nobody else" [ "$(names f)" = "ann ben" ]
ok "... every fact of an account" [ "$(lines f '.username == "ann"' | jq -c 'del(.csn, .created_at, .changed_by)')" = \
    '{"line":"entry","entry_uuid":"'"$ann"'","username":"ann","former_names":[],"uid":1900000001,"gid":1900000001,"full_name":"Ann Ünicode","home":"/home/ann","shell":"/bin/bash","email":"ann@example.com","status":"active","reason":null,"hash":"'"$hash"'","temporary_until":null,"temporary":false,"expires_at":null,"password_changed_at":null,"roles":["auditor"],"scopes":["web"],"keys":["ssh-ed25519 AAAA ann@x"]}' ]
ok "... who made it and when" comes f '.username == "ann" and (.changed_by | contains("uidNumber=0")) and (.csn | test("^[0-9]{14}\\..*Z#")) and (.created_at | fromdate > now - 120)' 1
ok "... a temporary password, and until when" comes f '.username == "ben" and .temporary and (.temporary_until | fromdate > now + 13 * 86400)' 1
ok "... and ends with who is absent, and one commit" [ "$(tail -n 2 "$tmp/f" | jq -r '.line, .absent' | xargs)" = "refreshed true commit null" ]
first_cookie=$(cookie f)

# -- changes --------------------------------------------------------------------------------------------
mark f
set_user ann coderStatus suspended >/dev/null
ok "a suspension comes" comes f '.line == "entry" and .entry_uuid == "'"$ann"'" and .status == "suspended"'
ok "... and is committed with a newer cookie" eval 'committed f && [[ "$(cookie f)" > "$first_cookie" ]]'
mark f
set_user ben pwdReset FALSE >/dev/null
ok "a password that is no longer temporary has no end either" comes f '.username == "ben" and .temporary == false and .temporary_until == null'
mark f
user cat 1900000004 --scope web
ok "a new account comes" comes f '.username == "cat"'
cat=$(uuid_of cat)
mark f
set_user ben coderScope all >/dev/null
ok "who has left the scope is gone" comes f '.line == "gone" and .entry_uuids == ["'"$ben"'"]'
mark f
by_root a ldapdelete "uid=cat,$PEOPLE"
ok "and so is who was deleted" comes f '.line == "gone" and .entry_uuids == ["'"$cat"'"]'
ok "... committed" committed f
last=$(cookie f)
mark f
set_user eve loginShell /bin/sh >/dev/null
sleep 1
ok "what is not this host's is not said" [ -z "$(lines f '.line == "entry" or .line == "gone"')" ]

# -- from a cookie --------------------------------------------------------------------------------------
unfollow f
follow f "$last"
ok "from the last cookie there is nothing new" eval 'committed f && [ -z "$(lines f ".line == \"entry\"")" ]'
ok "... it says that it is not everything, and nobody is absent" eval 'comes f ".whole == false" 1 && comes f ".absent == false" 1'
unfollow f
follow f "$first_cookie"
ok "from the first one what has changed since" eval 'committed f && [ "$(names f)" = ann ]'
ok "... and who is gone" eval 'lines f ".line == \"gone\"" | grep -q "$ben"'
unfollow f

provider_kill a
provider_start a
follow f "$first_cookie"
ok "of a provider that was begun anew, too" eval 'committed f && [ "$(names f)" = ann ]'
ok "... who is still there is named present, and the others are absent" eval 'comes f ".absent" 1 || lines f ".line == \"gone\"" | grep -q "$ben"'
unfollow f

# -- what is no cookie ----------------------------------------------------------------------------------
for bad in garbage 'rid=000,csn=20261128231500.123456Z#000000#001' 'rid=000,csn=x;y' 'rid=000'; do
    follow f "$bad"
    ok "$bad is no cookie: everything" eval 'committed f && comes f ".whole" 1 && [ "$(names f)" = ann ]'
    unfollow f
done

# -- the peer -------------------------------------------------------------------------------------------
follow f
committed f
exec {peer[f]}>&-
ok "it ends when its peer closes" timeout 5 tail --pid="${follower[f]}" -f /dev/null
unset "peer[f]" "follower[f]"
run as_fleet "$CODER_FLEET" <<<nonsense
ok "what is no request gets no answer" [ "$status" = 1 -a ! -s "$tmp/out" ]
run "$CODER_FLEET" <<<follow
ok "it does not run as root" eval '[ "$status" = 1 ] && grep -q "not as root" "$tmp/err"'
done_testing
