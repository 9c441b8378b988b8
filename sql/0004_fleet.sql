-- The fleet: which accounts come from it, what it says of them, and how far this host has followed. accounts.status is
-- what holds here; the fleet's word and this host's own stand beside it, and the rules below keep them together.

-- One row on a host that has joined.
CREATE TABLE fleet (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    base         TEXT NOT NULL CHECK (length(base) > 0), -- of the tree that is followed
    joined_at    INTEGER NOT NULL,
    cookie       TEXT NOT NULL DEFAULT '',               -- how far; '': all is to be sent anew
    last_contact INTEGER,                                -- to the minute
    last_uri     TEXT NOT NULL DEFAULT '',
    latched_at   INTEGER,                                -- a server went back; nothing is taken until an administrator says so
    braked_at    INTEGER                                 -- many vanished at once; theirs is held until then, too
) STRICT;

-- An account with a row here is the fleet's: changed there, and only followed here.
CREATE TABLE fleet_accounts (
    uid            INTEGER PRIMARY KEY REFERENCES accounts (uid) ON DELETE CASCADE,
    entry_uuid     TEXT NOT NULL UNIQUE CHECK (length(entry_uuid) = 36 AND entry_uuid NOT GLOB '*[^0-9a-f-]*'),
    status         TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'absent')), -- absent: not in what this host may see
    reason         TEXT NOT NULL DEFAULT '',
    here_suspended INTEGER NOT NULL DEFAULT 0 CHECK (here_suspended IN (0, 1)),
    vanished_at    INTEGER,                              -- what the brake counts; NULL: not, or with an administrator's word
    csn            TEXT NOT NULL DEFAULT '',             -- of the newest change that was taken
    changed_by     TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX fleet_vanished ON fleet_accounts (vanished_at) WHERE vanished_at IS NOT NULL;

-- Gravestones in the tree whose accounts are deleted here, or never were: known, and nothing is to be done.
CREATE TABLE fleet_gone (
    entry_uuid TEXT PRIMARY KEY,
    uid        INTEGER,
    username   TEXT
) STRICT, WITHOUT ROWID;

-- What was not taken as it was sent, and why.
CREATE TABLE fleet_held (
    entry_uuid TEXT PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('entry', 'vanished', 'remark')), -- remark: it was taken, but for that
    username   TEXT NOT NULL,
    why        TEXT NOT NULL,
    since      INTEGER NOT NULL,
    csn        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Whose sessions are still to be ended: written with the change, removed when it is done.
CREATE TABLE fleet_sweeps (
    uid      INTEGER PRIMARY KEY,
    username TEXT NOT NULL,
    home     TEXT NOT NULL,
    deleted  INTEGER NOT NULL CHECK (deleted IN (0, 1))
) STRICT;

-- Has a row in the transaction in which the fleet's word is taken; empty at all other times.
CREATE TABLE fleet_applying (
    one INTEGER PRIMARY KEY CHECK (one = 1)
) STRICT;

-- -- status: the fleet's word and this host's, of which the stricter holds ------------------------

CREATE TRIGGER fleet_accounts_say_status AFTER INSERT ON fleet_accounts
BEGIN
    UPDATE accounts SET status = iif(NEW.status = 'active' AND NOT NEW.here_suspended, 'active', 'suspended')
    WHERE uid = NEW.uid AND status <> iif(NEW.status = 'active' AND NOT NEW.here_suspended, 'active', 'suspended');
END;
CREATE TRIGGER fleet_accounts_change_status AFTER UPDATE ON fleet_accounts
BEGIN
    UPDATE accounts SET status = iif(NEW.status = 'active' AND NOT NEW.here_suspended, 'active', 'suspended')
    WHERE uid = NEW.uid AND status <> iif(NEW.status = 'active' AND NOT NEW.here_suspended, 'active', 'suspended');
END;
CREATE TRIGGER fleet_status_holds BEFORE UPDATE ON accounts
WHEN NEW.status <> OLD.status
     AND EXISTS (SELECT 1 FROM fleet_accounts f WHERE f.uid = OLD.uid AND
                 NEW.status <> iif(f.status = 'active' AND NOT f.here_suspended, 'active', 'suspended'))
BEGIN SELECT RAISE(ABORT, 'the account comes from the fleet'); END;
CREATE TRIGGER fleet_leaves_here_suspended BEFORE UPDATE ON fleet_accounts
WHEN OLD.here_suspended AND NOT NEW.here_suspended AND EXISTS (SELECT 1 FROM fleet_applying)
BEGIN SELECT RAISE(ABORT, 'what was suspended here is activated here'); END;

-- -- nobody else changes what the fleet says -------------------------------------------------------

-- What is this host's own may change: last_login_day, awake_since, password_max_days, never_dormant.
CREATE TRIGGER fleet_accounts_are_followed BEFORE UPDATE ON accounts
WHEN (NEW.email COLLATE BINARY, NEW.full_name, NEW.home, NEW.shell, NEW.service, NEW.hash, NEW.temporary,
      NEW.temporary_until, NEW.expires_at, NEW.created_at, NEW.password_changed_at, NEW.gid)
     IS NOT (OLD.email, OLD.full_name, OLD.home, OLD.shell, OLD.service, OLD.hash, OLD.temporary,
             OLD.temporary_until, OLD.expires_at, OLD.created_at, OLD.password_changed_at, OLD.gid)
     AND EXISTS (SELECT 1 FROM fleet_accounts f WHERE f.uid = OLD.uid) AND NOT EXISTS (SELECT 1 FROM fleet_applying)
BEGIN SELECT RAISE(ABORT, 'the account comes from the fleet'); END;
CREATE TRIGGER fleet_accounts_keep_their_name BEFORE UPDATE ON accounts
WHEN NEW.username IS NOT OLD.username AND EXISTS (SELECT 1 FROM fleet_accounts f WHERE f.uid = OLD.uid)
BEGIN SELECT RAISE(ABORT, 'the account comes from the fleet'); END;
CREATE TRIGGER fleet_accounts_stay BEFORE DELETE ON accounts
WHEN EXISTS (SELECT 1 FROM fleet_accounts f WHERE f.uid = OLD.uid) AND NOT EXISTS (SELECT 1 FROM fleet_applying)
BEGIN SELECT RAISE(ABORT, 'the account comes from the fleet'); END;
CREATE TRIGGER fleet_gives_roles BEFORE INSERT ON account_roles
WHEN EXISTS (SELECT 1 FROM fleet_accounts f WHERE f.uid = NEW.uid) AND NOT EXISTS (SELECT 1 FROM fleet_applying)
BEGIN SELECT RAISE(ABORT, 'the account comes from the fleet'); END;
CREATE TRIGGER fleet_takes_roles BEFORE DELETE ON account_roles
WHEN EXISTS (SELECT 1 FROM fleet_accounts f WHERE f.uid = OLD.uid) AND NOT EXISTS (SELECT 1 FROM fleet_applying)
BEGIN SELECT RAISE(ABORT, 'the account comes from the fleet'); END;
CREATE TRIGGER fleet_gives_keys BEFORE INSERT ON account_keys
WHEN EXISTS (SELECT 1 FROM fleet_accounts f WHERE f.uid = NEW.uid) AND NOT EXISTS (SELECT 1 FROM fleet_applying)
BEGIN SELECT RAISE(ABORT, 'the account comes from the fleet'); END;
CREATE TRIGGER fleet_takes_keys BEFORE DELETE ON account_keys
WHEN EXISTS (SELECT 1 FROM fleet_accounts f WHERE f.uid = OLD.uid) AND NOT EXISTS (SELECT 1 FROM fleet_applying)
BEGIN SELECT RAISE(ABORT, 'the account comes from the fleet'); END;

-- -- an entry is one account for ever --------------------------------------------------------------

CREATE TRIGGER fleet_entries_are_fixed BEFORE UPDATE ON fleet_accounts
WHEN (NEW.uid, NEW.entry_uuid) IS NOT (OLD.uid, OLD.entry_uuid)
BEGIN SELECT RAISE(ABORT, 'an entry is one account for ever'); END;
CREATE TRIGGER fleet_entries_are_not_replaced BEFORE INSERT ON fleet_accounts
WHEN EXISTS (SELECT 1 FROM fleet_accounts WHERE uid = NEW.uid OR entry_uuid = NEW.entry_uuid)
     OR EXISTS (SELECT 1 FROM fleet_gone WHERE entry_uuid = NEW.entry_uuid)
BEGIN SELECT RAISE(ABORT, 'an entry is one account for ever'); END;
