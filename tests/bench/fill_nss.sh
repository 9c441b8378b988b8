#!/bin/bash
# fill_nss.sh COUNT: a store of so many accounts, and the directory that the product publishes from it. In a
# private world only: rows are written as no product does it. Account number i is user0000000 + i with uid
# 1900000000 + i; everyone is a member, every tenth an auditor, every hundredth an admin. One more is "model".
set -euo pipefail
count=$1

admin-tool users create -u model -e model@example.com --no-create-home --no-password >/dev/null
sqlite3 /var/lib/coder/private/accounts.db <<SQL
PRAGMA foreign_keys = ON;
PRAGMA cache_size = -200000;
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $count)
INSERT INTO accounts (uid, username, email, full_name, home, shell, created_at)
SELECT 1900000000 + i, printf('user%07d', i), printf('user%07d@example.com', i), 'User Number ' || i,
       printf('/home/user%07d', i), '/bin/bash', 1700000000 FROM n;
INSERT INTO account_roles SELECT uid, 'auditor' FROM accounts WHERE uid >= 1900000000 AND uid % 10 = 0;
INSERT INTO account_roles SELECT uid, 'admin' FROM accounts WHERE uid >= 1900000000 AND uid % 100 = 0;
COMMIT;
SQL
admin-tool publish >/dev/null
