-- A store as version 3 of the schema left it, with something in every table: for the migration's test.
PRAGMA application_id=1128550977;
PRAGMA user_version=3;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE account_keys (
    id          INTEGER PRIMARY KEY,
    uid         INTEGER NOT NULL REFERENCES accounts (uid) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL CHECK (fingerprint GLOB 'SHA256:*'),
    line        TEXT NOT NULL CHECK (length(line) > 0 AND instr(line, char(10)) = 0), -- of authorized_keys
    added_at    INTEGER NOT NULL,
    UNIQUE (uid, fingerprint)
) STRICT;
INSERT INTO "account_keys" VALUES(1,70100,'SHA256:2tNM2ps6MBlEwOQPPIGsRpHvKPgyJsfZfqcZdRbAYxg','ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFg alice@laptop',1790000600);
CREATE TABLE "account_roles" (
    uid  INTEGER NOT NULL REFERENCES "accounts" (uid) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('auditor', 'admin')),
    PRIMARY KEY (uid, role)
) STRICT, WITHOUT ROWID;
INSERT INTO "account_roles" VALUES(70100,'admin');
CREATE TABLE "accounts" (
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
INSERT INTO "accounts" VALUES(70100,'alice','alice@example.org','Alice Ænderson','/home/alice','/bin/bash','active',0,'$y$j9T$aaaaaaaaaaaaaaaaaaaaaa$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',0,NULL,NULL,1790000000,1790000100,100,90,0,1789948800,1790000400);
INSERT INTO "accounts" VALUES(70101,'bob','bob@example.org','','/home/bob','/bin/sh','suspended',0,NULL,0,NULL,1900000000,1790000001,NULL,NULL,NULL,1,NULL,1790000400);
INSERT INTO "accounts" VALUES(70105,'backup.job',NULL,'','/var/backups','/usr/sbin/nologin','active',1,NULL,0,NULL,NULL,1790000500,NULL,NULL,NULL,0,NULL,1790000500);
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    event      TEXT NOT NULL,
    actor_uid  INTEGER,                       -- the login uid, NULL when there is none
    actor      TEXT NOT NULL,                 -- its name
    via        TEXT NOT NULL,                 -- the sudo user, or ''
    origin     TEXT NOT NULL,                 -- SSH client address or terminal, or ''
    uid        INTEGER,                       -- whom it is about
    username   TEXT,
    before     TEXT CHECK (before GLOB '{*}'),
    after      TEXT CHECK (after GLOB '{*}')
, hash TEXT
    CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*')) STRICT;
INSERT INTO "audit" VALUES(1,1790000000,'create',1000,'carol','','192.0.2.7',70100,'alice',NULL,'{"username":"alice","uid":70100,"status":"active","roles":["member","admin"]}','888b561d38089b1782c7ebbf4e68426e3b168a765ed49bc16cc27fd2de5b28d9');
INSERT INTO "audit" VALUES(2,1790000001,'create',1000,'carol','','192.0.2.7',70101,'bob',NULL,'{"username":"bob","uid":70101,"status":"active","roles":["member"]}','011ce632dd6b187fcdeb7b2d256a334039948622b9e0c1ed0eeba0643cd0e1ab');
INSERT INTO "audit" VALUES(3,1790000100,'password changed',70100,'alice','sshd','2001:db8::',70100,'alice','{"username":"alice","must_change":true}','{"username":"alice","must_change":false}','c62c281245faface42c0b2109ff41a7c21a0275c4e04857ceaca0f04194539c9');
INSERT INTO "audit" VALUES(4,1790000200,'suspend',NULL,'root','','/dev/pts/3',70101,'bob','{"username":"bob","status":"active"}','{"username":"bob","status":"suspended","detail":"left; \"quoted\"\nÆ"}','c312cd7d771a1141b7c5ed4805c84131cb88a21b41165e86ec80a0d610aaba9c');
INSERT INTO "audit" VALUES(5,1790000300,'delete',NULL,'root','','',70102,'gone','{"username":"gone"}',NULL,'a66dd3a63f8185f8d84fb3b653c704c7c7f0f82510332e81b73c352a77eb652d');
INSERT INTO "audit" VALUES(6,1795872794,'policy',NULL,'root','','',NULL,NULL,'{"lock_seconds":30}','{"lock_seconds":40}','cdd3d8dc531960b98819c509578011bc44de728dd0a9ab2a4a2287a2b2961b84');
CREATE TABLE counters (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    generation INTEGER NOT NULL
) STRICT;
INSERT INTO "counters" VALUES(1,10);
CREATE TABLE "password_history" (
    uid         INTEGER NOT NULL REFERENCES "accounts" (uid) ON DELETE CASCADE,
    replaced_at INTEGER NOT NULL,
    hash        TEXT NOT NULL
) STRICT;
INSERT INTO "password_history" VALUES(70100,1790000050,'$y$j9T$bbbbbbbbbbbbbbbbbbbbbb$BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB');
CREATE TABLE policy (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "policy" VALUES('lock_seconds','40');
INSERT INTO "policy" VALUES('password_min_length','14');
CREATE TABLE returning_accounts (
    uid      INTEGER PRIMARY KEY,
    username TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE "tombstones" (
    username   TEXT PRIMARY KEY,
    uid        INTEGER NOT NULL,
    deleted_at INTEGER NOT NULL,
    gone_to    TEXT CHECK (gone_to IN ('passwd')) -- where the account lives on, NULL: nowhere, or renamed
) STRICT, WITHOUT ROWID;
INSERT INTO "tombstones" VALUES('gone',70102,1790000300,NULL);
CREATE INDEX audit_by_username ON audit (username, id);
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'audit rows never change'); END;
CREATE TRIGGER counters_only_grow BEFORE UPDATE ON counters
WHEN NEW.generation < OLD.generation
BEGIN SELECT RAISE(ABORT, 'counters never go back'); END;
CREATE TRIGGER counters_stay BEFORE DELETE ON counters
BEGIN SELECT RAISE(ABORT, 'counters are never removed'); END;
CREATE TRIGGER counters_are_not_replaced BEFORE INSERT ON counters
BEGIN SELECT RAISE(ABORT, 'counters are never replaced'); END;
CREATE TRIGGER policy_inserted AFTER INSERT ON policy
BEGIN UPDATE counters SET generation = generation + 1; END;
CREATE TRIGGER policy_updated AFTER UPDATE ON policy
BEGIN UPDATE counters SET generation = generation + 1; END;
CREATE TRIGGER policy_deleted AFTER DELETE ON policy
BEGIN UPDATE counters SET generation = generation + 1; END;
CREATE INDEX audit_prunings ON audit (id) WHERE event = 'audit-prune';
CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit
WHEN OLD.hash IS NOT NULL OR NEW.hash IS NULL
     OR (NEW.id, NEW.at, NEW.event, NEW.actor_uid, NEW.actor, NEW.via, NEW.origin, NEW.uid,
         NEW.username, NEW.before, NEW.after)
        IS NOT (OLD.id, OLD.at, OLD.event, OLD.actor_uid, OLD.actor, OLD.via, OLD.origin, OLD.uid,
                OLD.username, OLD.before, OLD.after)
BEGIN SELECT RAISE(ABORT, 'audit rows never change'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit WHERE event = 'audit-prune' AND id > OLD.id
                 AND CAST(substr(after, 19) AS INTEGER) >= OLD.id)
BEGIN SELECT RAISE(ABORT, 'audit rows are removed by a pruning only'); END;
CREATE TRIGGER audit_prunings_are_true BEFORE INSERT ON audit
WHEN NEW.event = 'audit-prune' AND NEW.hash IS NULL
     AND NOT EXISTS (SELECT 1 FROM audit WHERE NEW.after GLOB
                     '{"pruned_through":' || id || ',"pruned_hash":"' || hash || '"*'
                     AND id = CAST(substr(NEW.after, 19) AS INTEGER))
BEGIN SELECT RAISE(ABORT, 'a pruning names the last row it removes and its hash'); END;
CREATE INDEX password_history_by_uid ON password_history (uid, replaced_at);
CREATE INDEX tombstones_by_uid ON tombstones (uid);
CREATE TRIGGER accounts_keep_their_uid BEFORE UPDATE ON accounts WHEN NEW.uid IS NOT OLD.uid
BEGIN SELECT RAISE(ABORT, 'a uid never changes'); END;
CREATE TRIGGER accounts_take_a_new_name BEFORE UPDATE ON accounts
WHEN NEW.username IS NOT OLD.username
     AND (EXISTS (SELECT 1 FROM tombstones WHERE username = NEW.username)
          OR EXISTS (SELECT 1 FROM accounts WHERE username = NEW.username))
BEGIN SELECT RAISE(ABORT, 'an account has or had this username'); END;
CREATE TRIGGER accounts_leave_their_name AFTER UPDATE ON accounts WHEN NEW.username IS NOT OLD.username
BEGIN INSERT INTO tombstones VALUES (OLD.username, OLD.uid, unixepoch(), NULL); END;
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
CREATE TRIGGER keys_end AFTER UPDATE OF expires_at, never_dormant, awake_since ON accounts
WHEN (NEW.expires_at, NEW.never_dormant, NEW.awake_since) IS NOT (OLD.expires_at, OLD.never_dormant, OLD.awake_since)
     AND EXISTS (SELECT 1 FROM account_keys WHERE uid = NEW.uid)
BEGIN UPDATE counters SET generation = generation + 1; END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('audit',6);
COMMIT;
