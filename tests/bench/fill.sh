#!/bin/bash
# Fills a store with many accounts in one transaction, for figures at sizes nobody wants to create one by one: rows
# like those of `admin-tool users create`, every tenth with a full name of its own, one auditor in 1,000 and ten admins.
#
#   tests/bench/fill.sh STORE COUNT [FIRST-UID]
set -eu
store=$1 count=$2 first=${3:-1900000000}

sqlite3 -bail "$store" >/dev/null <<SQL
PRAGMA journal_mode=TRUNCATE;
PRAGMA synchronous=OFF;
PRAGMA cache_size=-262144;
BEGIN IMMEDIATE;
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $count)
INSERT INTO accounts (uid, username, email, full_name, home, shell, created_at)
SELECT $first + i, printf('user%07d', i), printf('user%07d@example.com', i),
       CASE i % 10 WHEN 0 THEN printf('User Number %d of the Many', i) ELSE 'Some Body' END,
       printf('/home/user%07d', i), '/bin/bash', 1700000000 FROM n;
INSERT INTO account_roles SELECT uid, 'auditor' FROM accounts WHERE uid >= $first AND (uid - $first) % 1000 = 7;
INSERT INTO account_roles SELECT uid, 'admin' FROM accounts WHERE uid BETWEEN $first AND $first + 9;
COMMIT;
SQL
