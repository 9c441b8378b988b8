-- Tamper evidence: each row of the audit log carries a hash over its content and over the hash of the row
-- before it (store_chain.c). A row is inserted without one and given it in the same transaction.

ALTER TABLE audit ADD COLUMN hash TEXT
    CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'); -- SHA-256, as sha256sum(1) writes it

-- The row that a pruning leaves carries the hash of the last row removed: the chain hangs on it. Its `after`
-- begins {"pruned_through":ID,"pruned_hash":"HASH"; the rules below read it as text, because not every SQLite
-- takes JSON functions for harmless in a trigger.
CREATE INDEX audit_prunings ON audit (id) WHERE event = 'audit-prune';

-- All columns by name: UPDATE OF id would not see an update of rowid.
DROP TRIGGER audit_is_fixed;
CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit
WHEN OLD.hash IS NOT NULL OR NEW.hash IS NULL
     OR (NEW.id, NEW.at, NEW.event, NEW.actor_uid, NEW.actor, NEW.via, NEW.origin, NEW.uid,
         NEW.username, NEW.before, NEW.after)
        IS NOT (OLD.id, OLD.at, OLD.event, OLD.actor_uid, OLD.actor, OLD.via, OLD.origin, OLD.uid,
                OLD.username, OLD.before, OLD.after)
BEGIN SELECT RAISE(ABORT, 'audit rows never change'); END;

DROP TRIGGER audit_stays;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit WHERE event = 'audit-prune' AND id > OLD.id
                 AND CAST(substr(after, 19) AS INTEGER) >= OLD.id)
BEGIN SELECT RAISE(ABORT, 'audit rows are removed by a pruning only'); END;

-- A log that comes whole out of a backup has its hashes already, and not what was pruned from it.
CREATE TRIGGER audit_prunings_are_true BEFORE INSERT ON audit
WHEN NEW.event = 'audit-prune' AND NEW.hash IS NULL
     AND NOT EXISTS (SELECT 1 FROM audit WHERE NEW.after GLOB
                     '{"pruned_through":' || id || ',"pruned_hash":"' || hash || '"*'
                     AND id = CAST(substr(NEW.after, 19) AS INTEGER))
BEGIN SELECT RAISE(ABORT, 'a pruning names the last row it removes and its hash'); END;

-- Accounts that a restore gives back though they were deleted since the backup; empty at all other times.
CREATE TABLE returning_accounts (
    uid      INTEGER PRIMARY KEY,
    username TEXT NOT NULL UNIQUE
) STRICT;

DROP TRIGGER tombstones_stay;
CREATE TRIGGER tombstones_stay BEFORE DELETE ON tombstones
WHEN NOT EXISTS (SELECT 1 FROM returning_accounts r
                 WHERE r.uid = OLD.uid AND r.username = OLD.username)
BEGIN SELECT RAISE(ABORT, 'tombstones are never removed'); END;

DROP TRIGGER accounts_identity_is_fixed;
CREATE TRIGGER accounts_identity_is_fixed BEFORE UPDATE ON accounts
WHEN NEW.uid IS NOT OLD.uid OR NEW.username IS NOT OLD.username
BEGIN SELECT RAISE(ABORT, 'a username or uid never changes'); END;
