-- Attempts and logins: expendable, so synchronous=OFF, and recreated when damaged. No secret and no
-- unknown name is in here; uid 0 stands for "a name nobody has".

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

CREATE TABLE logins (
    uid     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    service TEXT NOT NULL,
    origin  TEXT NOT NULL
) STRICT;
