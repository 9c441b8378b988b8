#!/bin/bash
# admin-tool follow: what is held is judged again when what stood in its way is gone, without being sent again; how much is
# kept of what cannot be taken; and what another process left undone behind its commit.
# shellcheck source=tests/fleet/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

# again: the connection ends, and another one begins.
again()
{
    local count
    count=$(wc -l <"$tmp/asked")
    tell "HANG UP"
    has_more() { [ "$(wc -l <"$tmp/asked")" -gt "$count" ]; }
    until_true 15 has_more
}
is_there() { [ "$(status_of "$1")" = active ]; }

useradd --no-create-home local
admin-tool users create -u lea -e lea@example.org --no-password --no-create-home >"$tmp/made" 2>&1
joined
play
follow_begin
taken "$(entry ann 1)" "$(entry ben 2 'roles=["admin"]')" "$REFRESHED"
taken "$(entry local 10)" "$(entry late 11 uid=2000000011 gid=2000000011)" "$(entry mailer 12 'email="lea@example.org"')" \
    "$(entry ann 1 'shell="/opt/shell"')" "$(entry never 13 'home="/elsewhere/never"')" "$(entry gonner 14 uid=2000000014 gid=2000000014)" \
    "$(entry left 15 uid=2000000015 gid=2000000015)"
taken "$(gone 15)"
ok "all of them are held" [ "$(value "SELECT count(*) FROM fleet_held WHERE kind = 'entry'")" = 6 ]

# -- nothing has changed ---------------------------------------------------------------------------------
before=$(value "SELECT group_concat(entry_uuid || why || since) FROM fleet_held")
written=$(stat -c %y "$STORE")
again
sleep 0.5
ok "while nothing is otherwise, they stay held" [ "$(value "SELECT group_concat(entry_uuid || why || since) FROM fleet_held")" = "$before" ]
ok "... and nothing is written" [ "$(stat -c %y "$STORE")" = "$written" ]

# -- one thing after the other -----------------------------------------------------------------------------
userdel local
again
ok "a name that became free: its entry is taken" until_true 5 is_there local
ok "... by whom the tree says" [ "$(value "SELECT actor FROM audit WHERE event = 'create' AND username = 'local'")" = "cn=anna,ou=admins,dc=fleet" ]
ok "... and public" getent passwd local
ok "... held no more" [ -z "$(kind 10)" ]
ok "... and said" grep -q 'taken of what was held' "$tmp/follow"
admin-tool users edit lea -e other@example.org >"$tmp/out" 2>&1
again
ok "an address that became free: its entry is taken" until_true 5 is_there mailer
mkdir -p /opt && cp /bin/sh /opt/shell && echo /opt/shell >>/etc/shells
again
has_shell() { [ "$(value "SELECT shell FROM accounts WHERE username = 'ann'")" = /opt/shell ]; }
ok "a shell that is one now: the account has it" until_true 5 has_shell
tell "{\"line\":\"gone\",\"entry_uuids\":[\"$(uuid 14)\"]}" '{"line":"commit","cookie":"x"}'
until_true 5 is_cookie x
admin-tool policy set fleet_uid_max=2100000000 >"$tmp/out" 2>&1
again
ok "another policy: its entry is taken" until_true 5 is_there late
ok "... but none that is not shown any more" [ -z "$(status_of gonner)$(status_of left)" ]
ok "a role that was left out" [ "$(kind 2)" = remark ]
admin-tool policy set fleet_roles=member,admin >"$tmp/out" 2>&1
again
has_role() { [ "$(value "SELECT count(*) FROM account_roles WHERE role = 'admin' AND uid = 1900000002")" = 1 ]; }
ok "... comes when policy has it" until_true 5 has_role
ok "what is still in the way of one stays" grep -q home_base <<<"$(why 13)"

# -- a newer word --------------------------------------------------------------------------------------------
taken "$(entry deb 20 'shell="/opt/none"')"
taken "$(entry deb 20 'shell="/opt/none"' 'status="suspended"')"
cp /bin/sh /opt/none && echo /opt/none >>/etc/shells
again
is_suspended() { [ "$(status_of deb)" = suspended ]; }
ok "the last word of an entry that was held twice is taken" until_true 5 is_suspended

# -- left undone: no change may come for days ----------------------------------------------------------------
is_public() { getent -s coder passwd ann; }
rm "$STATE/directory"
tell '{"line":"beat","at":"2026-11-29T00:00:00Z"}'
ok "a public directory that is behind the store is written with the next line" soon is_public
follow_end
rm "$STATE/directory"
mv "$RUN/fleet.sock" "$RUN/away"
follow_begin
ok "... and by one that begins, be all servers away" soon is_public
mv "$RUN/away" "$RUN/fleet.sock"
value "INSERT INTO fleet_sweeps (uid, username, home, deleted) VALUES (1900000099, 'nobody99', '/home/nobody99', 0)"
again
none_due() { [ "$(value "SELECT count(*) FROM fleet_sweeps")" = 0 ]; }
ok "who is still to be swept is swept with the next connection" soon none_due

# -- not without an end ----------------------------------------------------------------------------------------
value "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
    INSERT INTO fleet_held (entry_uuid, kind, username, why, since, csn) SELECT 'x' || i, 'gone', '', '', 0, '' FROM n"
taken "$(entry grave 30 'status="deleted"')" "$(entry grove 31 'status="deleted"')" "$(entry fay 32)"
ok "beside a million gravestones no more are kept" [ "$(value "SELECT count(*) FROM fleet_held WHERE kind = 'gone'")" = 1000000 ]
ok "... which is said once" [ "$(grep -c 'nothing is noted of 2 entries' "$tmp/follow")" = 1 ]
ok "... the others are taken" is_there fay
taken "$(entry fay 32 'status="deleted"')"
ok "... and the gravestone of one that was an account is kept" [ "$(kind 32)" = gone ]
value "DELETE FROM fleet_held WHERE entry_uuid LIKE 'x%';
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
    INSERT INTO fleet_held (entry_uuid, kind, username, why, since, csn) SELECT 'x' || i, 'entry', '', 'x', 0, '' FROM n"
taken "$(entry bad 40 uid=0)" "$(entry ann 1 'shell="/opt/nosuch"')"
ok "beside 200000 that are held no more are noted" [ -z "$(why 40)" ]
ok "... but of accounts" grep -q shell <<<"$(why 1)"
done_testing
