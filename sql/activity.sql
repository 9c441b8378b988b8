-- Attempts and logins: expendable, so synchronous=OFF, and recreated when damaged. No secret and no
-- unknown name is in here; uids from 0xf0000000 up stand for names nobody has.

CREATE TABLE failures (
    uid    INTEGER NOT NULL,
    origin TEXT NOT NULL,
    count  INTEGER NOT NULL,
    last   INTEGER NOT NULL,
    PRIMARY KEY (uid, origin)
) STRICT, WITHOUT ROWID;
CREATE INDEX failures_by_last ON failures (last);

-- Charged and not yet settled. One left behind by a killed helper becomes a failure.
CREATE TABLE pending (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    uid    INTEGER NOT NULL,
    origin TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX pending_by_user ON pending (uid, origin);

-- Where a user has succeeded: served even when the user is over the limit for all origins.
CREATE TABLE known_origins (
    uid    INTEGER NOT NULL,
    origin TEXT NOT NULL,
    last   INTEGER NOT NULL,
    PRIMARY KEY (uid, origin)
) STRICT, WITHOUT ROWID;

-- Failures since the last login, to be told at the next one.
CREATE TABLE notices (
    uid    INTEGER PRIMARY KEY,
    count  INTEGER NOT NULL,
    last   INTEGER NOT NULL,
    origin TEXT NOT NULL
) STRICT;

CREATE TRIGGER failures_are_noticed AFTER INSERT ON failures WHEN NEW.uid < 0xf0000000
BEGIN
    INSERT INTO notices VALUES (NEW.uid, NEW.count, NEW.last, NEW.origin)
    ON CONFLICT DO UPDATE SET count = count + excluded.count, last = excluded.last,
                              origin = excluded.origin;
END;
CREATE TRIGGER further_failures_are_noticed AFTER UPDATE OF count ON failures
WHEN NEW.uid < 0xf0000000
BEGIN
    INSERT INTO notices VALUES (NEW.uid, NEW.count - OLD.count, NEW.last, NEW.origin)
    ON CONFLICT DO UPDATE SET count = count + excluded.count, last = excluded.last,
                              origin = excluded.origin;
END;

CREATE TABLE logins (
    uid     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    service TEXT NOT NULL,
    origin  TEXT NOT NULL
) STRICT;
