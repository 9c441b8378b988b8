-- The life of an account: names with dots, a new name, a primary group of its own, service accounts, ssh keys,
-- the age of passwords, and when it was last used. A CHECK cannot be altered, so the tables are made anew.

CREATE TABLE new_accounts (
    uid                 INTEGER PRIMARY KEY CHECK (uid BETWEEN 1000 AND 2147483647),
    username            TEXT NOT NULL UNIQUE
                        CHECK (length(username) BETWEEN 1 AND 32
                               AND username NOT GLOB '*[^a-z0-9_.-]*' AND username GLOB '[a-z_]*'
                               AND username NOT GLOB '*.' AND username NOT GLOB '*..*'
                               AND username NOT GLOB 'coder-*'),
    email               TEXT COLLATE NOCASE UNIQUE CHECK (length(email) BETWEEN 3 AND 254),
    full_name           TEXT NOT NULL DEFAULT '',
    home                TEXT NOT NULL CHECK (home GLOB '/*'),
    shell               TEXT NOT NULL CHECK (shell GLOB '/*'),
    status              TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    service             INTEGER NOT NULL DEFAULT 0 CHECK (service IN (0, 1)),
    hash                TEXT CHECK (length(hash) BETWEEN 1 AND 383), -- NULL: no password matches
    temporary           INTEGER NOT NULL DEFAULT 0 CHECK (temporary IN (0, 1)),
    temporary_until     INTEGER,
    expires_at          INTEGER,
    created_at          INTEGER NOT NULL,
    password_changed_at INTEGER,
    gid                 INTEGER CHECK (gid BETWEEN 1 AND 4294967294 AND gid <> uid), -- NULL: the private group
    password_max_days   INTEGER CHECK (password_max_days = -1 OR password_max_days BETWEEN 1 AND 99998), -- NULL: policy's; -1: never too old
    never_dormant       INTEGER NOT NULL DEFAULT 0 CHECK (never_dormant IN (0, 1)),
    last_login_day      INTEGER,          -- 00:00 UTC of the day; NULL: none is known
    awake_since         INTEGER,          -- the last activation, or this migration; NULL: creation
    CHECK (temporary = 1 OR temporary_until IS NULL),
    CHECK (email IS NOT NULL OR service = 1)
) STRICT;
INSERT INTO new_accounts (uid, username, email, full_name, home, shell, status, hash, temporary, temporary_until,
                          expires_at, created_at, password_changed_at, awake_since)
SELECT uid, username, email, full_name, home, shell, status, hash, temporary, temporary_until,
       expires_at, created_at, password_changed_at, unixepoch() FROM accounts;

CREATE TABLE new_account_roles (
    uid  INTEGER NOT NULL REFERENCES new_accounts (uid) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('auditor', 'admin')),
    PRIMARY KEY (uid, role)
) STRICT, WITHOUT ROWID;
INSERT INTO new_account_roles SELECT * FROM account_roles;

CREATE TABLE new_password_history (
    uid         INTEGER NOT NULL REFERENCES new_accounts (uid) ON DELETE CASCADE,
    replaced_at INTEGER NOT NULL,
    hash        TEXT NOT NULL
) STRICT;
INSERT INTO new_password_history SELECT * FROM password_history ORDER BY rowid;

-- A name once given is never another's, nor is a uid. The name an account had before a rename is here, too, with
-- the account's uid.
CREATE TABLE new_tombstones (
    username   TEXT PRIMARY KEY,
    uid        INTEGER NOT NULL,
    deleted_at INTEGER NOT NULL,
    gone_to    TEXT CHECK (gone_to IN ('passwd')) -- where the account lives on, NULL: nowhere, or renamed
) STRICT, WITHOUT ROWID;
INSERT INTO new_tombstones SELECT username, uid, deleted_at, NULL FROM tombstones;

DROP TABLE account_roles;
DROP TABLE password_history;
DROP TABLE accounts;
DROP TABLE tombstones;
ALTER TABLE new_accounts RENAME TO accounts;
ALTER TABLE new_account_roles RENAME TO account_roles;
ALTER TABLE new_password_history RENAME TO password_history;
ALTER TABLE new_tombstones RENAME TO tombstones;
CREATE INDEX password_history_by_uid ON password_history (uid, replaced_at);
CREATE INDEX tombstones_by_uid ON tombstones (uid);

-- In the order of their ids, as they were added.
CREATE TABLE account_keys (
    id          INTEGER PRIMARY KEY,
    uid         INTEGER NOT NULL REFERENCES accounts (uid) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL CHECK (fingerprint GLOB 'SHA256:*'),
    line        TEXT NOT NULL CHECK (length(line) > 0 AND instr(line, char(10)) = 0), -- of authorized_keys
    added_at    INTEGER NOT NULL,
    UNIQUE (uid, fingerprint)
) STRICT;

CREATE TRIGGER accounts_keep_their_uid BEFORE UPDATE ON accounts WHEN NEW.uid IS NOT OLD.uid
BEGIN SELECT RAISE(ABORT, 'a uid never changes'); END;

CREATE TRIGGER accounts_take_a_new_name BEFORE UPDATE ON accounts
WHEN NEW.username IS NOT OLD.username
     AND (EXISTS (SELECT 1 FROM tombstones WHERE username = NEW.username)
          OR EXISTS (SELECT 1 FROM accounts WHERE username = NEW.username))
BEGIN SELECT RAISE(ABORT, 'an account has or had this username'); END;

CREATE TRIGGER accounts_leave_their_name AFTER UPDATE ON accounts WHEN NEW.username IS NOT OLD.username
BEGIN INSERT INTO tombstones VALUES (OLD.username, OLD.uid, unixepoch(), NULL); END;

-- One that a restore gives back may have had other names before.
CREATE TRIGGER accounts_never_reuse BEFORE INSERT ON accounts
WHEN EXISTS (SELECT 1 FROM tombstones t WHERE t.username = NEW.username OR
             (t.uid = NEW.uid AND NOT EXISTS (SELECT 1 FROM returning_accounts r
                                              WHERE r.uid = NEW.uid AND r.username = NEW.username)))
BEGIN SELECT RAISE(ABORT, 'a deleted account had this username or uid'); END;

CREATE TRIGGER accounts_are_not_replaced BEFORE INSERT ON accounts
WHEN EXISTS (SELECT 1 FROM accounts WHERE uid = NEW.uid OR username = NEW.username
             OR email = NEW.email)
BEGIN SELECT RAISE(ABORT, 'the username, uid or e-mail address is taken'); END;

CREATE TRIGGER accounts_leave_tombstone AFTER DELETE ON accounts
BEGIN INSERT INTO tombstones VALUES (OLD.username, OLD.uid, unixepoch(), NULL); END;

CREATE TRIGGER accounts_remember_hash AFTER UPDATE OF hash ON accounts
WHEN OLD.hash IS NOT NULL AND NEW.hash IS NOT OLD.hash
BEGIN
    INSERT INTO password_history VALUES (OLD.uid, unixepoch(), OLD.hash);
    DELETE FROM password_history WHERE uid = OLD.uid AND rowid NOT IN
        (SELECT rowid FROM password_history WHERE uid = OLD.uid ORDER BY rowid DESC LIMIT 24);
END;

CREATE TRIGGER tombstones_stay BEFORE DELETE ON tombstones
WHEN NOT EXISTS (SELECT 1 FROM returning_accounts r
                 WHERE r.uid = OLD.uid AND r.username = OLD.username)
BEGIN SELECT RAISE(ABORT, 'tombstones are never removed'); END;
CREATE TRIGGER tombstones_are_fixed BEFORE UPDATE ON tombstones
WHEN OLD.gone_to IS NOT NULL OR (NEW.username, NEW.uid, NEW.deleted_at) IS NOT (OLD.username, OLD.uid, OLD.deleted_at)
BEGIN SELECT RAISE(ABORT, 'tombstones never change'); END;
CREATE TRIGGER tombstones_are_not_replaced BEFORE INSERT ON tombstones
WHEN EXISTS (SELECT 1 FROM tombstones WHERE username = NEW.username)
BEGIN SELECT RAISE(ABORT, 'tombstones never change'); END;

CREATE TRIGGER accounts_inserted AFTER INSERT ON accounts
BEGIN UPDATE counters SET generation = generation + 1; END;
CREATE TRIGGER accounts_deleted AFTER DELETE ON accounts
BEGIN UPDATE counters SET generation = generation + 1; END;
CREATE TRIGGER accounts_updated AFTER UPDATE OF username, gid, full_name, home, shell, status ON accounts
BEGIN UPDATE counters SET generation = generation + 1; END;
CREATE TRIGGER roles_inserted AFTER INSERT ON account_roles
BEGIN UPDATE counters SET generation = generation + 1; END;
CREATE TRIGGER roles_deleted AFTER DELETE ON account_roles
BEGIN UPDATE counters SET generation = generation + 1; END;
CREATE TRIGGER keys_inserted AFTER INSERT ON account_keys
BEGIN UPDATE counters SET generation = generation + 1; END;
CREATE TRIGGER keys_deleted AFTER DELETE ON account_keys
BEGIN UPDATE counters SET generation = generation + 1; END;
CREATE TRIGGER keys_are_fixed BEFORE UPDATE ON account_keys
BEGIN SELECT RAISE(ABORT, 'a key never changes'); END;
-- A key opens until the account's end, and whoever is dormant has none: the directory file says both.
CREATE TRIGGER keys_end AFTER UPDATE OF expires_at, never_dormant, awake_since ON accounts
WHEN (NEW.expires_at, NEW.never_dormant, NEW.awake_since) IS NOT (OLD.expires_at, OLD.never_dormant, OLD.awake_since)
     AND EXISTS (SELECT 1 FROM account_keys WHERE uid = NEW.uid)
BEGIN UPDATE counters SET generation = generation + 1; END;
