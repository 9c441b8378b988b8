-- The fleet: which accounts come from it, what it says of them, and how far this host has followed. accounts.status is
-- what holds here; the fleet's word and this host's own stand beside it. Each login reads the whole schema, so this is
-- short, and what its columns mean stands in coder-store(5).

-- One row on a host that has joined.
CREATE TABLE fleet (base TEXT PRIMARY KEY, joined_at INTEGER NOT NULL, cookie TEXT NOT NULL, last_contact INTEGER,
last_uri TEXT NOT NULL, latched_at INTEGER, braked_at INTEGER, applying INTEGER) STRICT, WITHOUT ROWID;

-- An account with a row here is the fleet's: changed there, and only followed here.
CREATE TABLE fleet_accounts (uid INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE, entry_uuid TEXT NOT NULL UNIQUE,
status TEXT NOT NULL, reason TEXT NOT NULL, here_suspended INTEGER NOT NULL DEFAULT 0, vanished_at INTEGER, csn TEXT NOT NULL,
changed_by TEXT NOT NULL, scopes TEXT NOT NULL DEFAULT '', holds TEXT AS (iif(status = 'active' AND NOT here_suspended, 'active', 'suspended'))) STRICT;

-- What was not taken as it was sent, and why; and gravestones, of which nothing is to be taken any more.
CREATE TABLE fleet_held (entry_uuid TEXT PRIMARY KEY, kind TEXT NOT NULL, username TEXT NOT NULL, why TEXT NOT NULL,
since INTEGER NOT NULL, csn TEXT NOT NULL, line TEXT) STRICT, WITHOUT ROWID;

-- Whose sessions are still to be ended: written with the change, removed when it is done.
CREATE TABLE fleet_sweeps (id INTEGER PRIMARY KEY, uid INTEGER NOT NULL, username TEXT NOT NULL, home TEXT NOT NULL,
deleted INTEGER NOT NULL) STRICT;

-- Accounts of here whose entry is awaited: asked for by this host; entry_uuid: '' until it is known.
CREATE TABLE fleet_moving (uid INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE, entry_uuid TEXT NOT NULL) STRICT;

-- Accounts that nobody changes now: the fleet's, while its word is not being taken.
CREATE VIEW fleet_kept AS SELECT uid FROM fleet_accounts WHERE (SELECT applying FROM fleet) IS NOT 1;

-- The stricter of the two words holds. It alone changes accounts.status, and nothing else changes with it.
CREATE TRIGGER fleet_says_status AFTER UPDATE OF status, here_suspended ON fleet_accounts BEGIN
UPDATE accounts SET status = NEW.holds WHERE uid = NEW.uid AND status <> NEW.holds; END;
CREATE TRIGGER fleet_keeps_status BEFORE UPDATE OF status ON accounts
WHEN NEW.status <> (SELECT holds FROM fleet_accounts WHERE uid = NEW.uid) BEGIN SELECT RAISE(ABORT, 'the account comes from the fleet'); END;

CREATE TRIGGER fleet_keeps_facts BEFORE UPDATE OF username, email, home, shell, hash, temporary, expires_at ON accounts
WHEN OLD.uid IN fleet_kept BEGIN SELECT RAISE(ABORT, 'the account comes from the fleet'); END;
CREATE TRIGGER fleet_keeps_account BEFORE DELETE ON accounts
WHEN OLD.uid IN fleet_kept BEGIN SELECT RAISE(ABORT, 'the account comes from the fleet'); END;

-- Roles and keys: in the triggers that are there already.
DROP TRIGGER roles_inserted;
CREATE TRIGGER roles_inserted AFTER INSERT ON account_roles BEGIN UPDATE counters SET generation = generation + 1;
SELECT RAISE(ABORT, 'the account comes from the fleet') WHERE NEW.uid IN fleet_kept; END;
DROP TRIGGER roles_deleted;
CREATE TRIGGER roles_deleted AFTER DELETE ON account_roles BEGIN UPDATE counters SET generation = generation + 1;
SELECT RAISE(ABORT, 'the account comes from the fleet') WHERE OLD.uid IN fleet_kept; END;
DROP TRIGGER keys_inserted;
CREATE TRIGGER keys_inserted AFTER INSERT ON account_keys BEGIN UPDATE counters SET generation = generation + 1;
SELECT RAISE(ABORT, 'the account comes from the fleet') WHERE NEW.uid IN fleet_kept; END;
DROP TRIGGER keys_deleted;
CREATE TRIGGER keys_deleted AFTER DELETE ON account_keys BEGIN UPDATE counters SET generation = generation + 1;
SELECT RAISE(ABORT, 'the account comes from the fleet') WHERE OLD.uid IN fleet_kept; END;

-- Finding among many: store_find.c has the two expressions, word by word. The text begins with the name, so its order is
-- that of the names.
CREATE INDEX accounts_suspended ON accounts (username) WHERE status <> 'active';
CREATE INDEX accounts_temporary ON accounts (username) WHERE temporary = 1;
CREATE INDEX accounts_by_creation ON accounts (created_at, username);
CREATE INDEX accounts_by_dormancy ON accounts (coalesce(iif(service OR never_dormant, NULL, nullif(max(iif(last_login_day,
last_login_day + 86400, 0), created_at, coalesce(awake_since, 0)), 0)), 9223372036854775807), username);
CREATE INDEX accounts_by_text ON accounts (lower(username || char(10) || full_name || char(10) || coalesce(email, '')));
CREATE INDEX account_roles_by_role ON account_roles (role, uid);
CREATE INDEX accounts_by_home ON accounts (home);
