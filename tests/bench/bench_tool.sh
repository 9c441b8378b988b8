#!/bin/bash
# What admin-tool's verbs cost: users list of 100,000 accounts in each form, with its memory to that of a list of
# 1,000; a page of 50 of them, found in each way; and users create beside useradd on the same machine, with 1,000, 10,000 and 100,000 accounts there already.
# Run by "make bench" in a private world.
set -u

python3 - <<'PYTHON'
import os, re, sqlite3, statistics, subprocess, time

STORE = "/var/lib/coder/private/accounts.db"
quiet = {"stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}


def tool(*words):
    subprocess.run(["admin-tool", *words], check=True, **quiet)


def measure(*words):
    """Wall seconds, CPU seconds and kB of one run. By a small starter: a process's peak counts whoever forked it."""
    begin = time.monotonic()
    child = subprocess.Popen(["busybox", "time", "-v", *words], stderr=subprocess.PIPE, text=True, **quiet)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status != 0:
        raise SystemExit("no figures: %r ended with %d" % (words, status))
    peak = int(re.search(r"Maximum resident set size \(kbytes\): (\d+)", said).group(1)) // 4  # busybox takes kB for pages
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, peak


def fill(count):
    """That many accounts in the store (rows like the tool's), and in /etc/passwd, shadow, group."""
    have = db.execute("SELECT count(*) FROM accounts").fetchone()[0]
    db.execute("BEGIN")
    for i in range(have, count):
        name = "u%08x" % (i * 2654435761 % 2**32)  # names come in another order than ids
        db.execute("INSERT INTO accounts (uid, username, email, full_name, home, shell, hash, created_at)"
                   " SELECT ?, ?, ?, 'User Number', ?, shell, hash, created_at"
                   " FROM accounts WHERE username = 'model'", (1900000000 + i, name, name + "@example.com", "/home/" + name))
    db.execute("COMMIT")
    tool("publish")
    with open("/etc/passwd", "a") as p, open("/etc/shadow", "a") as s, open("/etc/group", "a") as g:
        for i in range(count):
            p.write("l%d:x:%d:%d::/home/l%d:/bin/sh\n" % (i, 200000 + i, 200000 + i, i))
            s.write("l%d:!:19000:0:99999:7:::\n" % i)
            g.write("l%d:x:%d:\n" % (i, 200000 + i))


tool("users", "create", "-u", "model", "-e", "model@example.com", "--no-create-home", "--uid", "1999999999")
db = sqlite3.connect(STORE, isolation_level=None)
local = {name: open(name).read() for name in ("/etc/passwd", "/etc/shadow", "/etc/group")}
print("%-28s %9s %9s %9s" % ("one account more, median of 5", "create ms", "useradd", "ratio"))
memory = {}
for count in 1000, 10000, 100000:
    fill(count)
    ours, theirs = [], []
    for i in range(5):
        name = "n%dx%d" % (count, i)
        ours.append(measure("admin-tool", "users", "create", "-u", name, "-e", name + "@example.com", "--no-create-home")[0])
        theirs.append(measure("useradd", "-M", "-K", "UID_MIN=400000", "-K", "UID_MAX=499999", "-K", "SUB_UID_COUNT=0",
                              "-K", "SUB_GID_COUNT=0", "l" + name)[0])
    ours, theirs = statistics.median(ours) * 1000, statistics.median(theirs) * 1000
    print("%-28s %9.0f %9.0f %9.2f" % ("with %d there already" % count, ours, theirs, ours / theirs))
    for name, text in local.items():  # where so many are ours, few are local: every local name is looked for among ours
        open(name, "w").write(text)
    tool("publish")
    memory[count] = measure("admin-tool", "users", "list")[2]

print("\n%-28s %9s %9s %9s" % ("100,000 accounts", "wall s", "CPU s", "kB"))
for words in ([], ["-o", "json"], ["-c", "username,last login"], ["--role", "admin"]):
    runs = [measure("admin-tool", "users", "list", *words) for _ in range(3)]
    print("%-28s %9.2f %9.2f %9d" % (" ".join(["list", *words]), *(statistics.median(r[k] for r in runs) for k in range(3))))

tool("policy", "set", "dormant_days=90")
print("\n%-28s %9s %9s %9s" % ("a page of 50 of them", "wall ms", "CPU ms", "kB"))
for words in ("", "-o json", "-o csv", "--offset 50000", "--reverse", "--status active", "--status suspended", "--role admin",
              "--locked", "--must-change", "--sort created_at", "--sort dormant_at", "u0f", "nobody-at-all"):
    runs = [measure("admin-tool", "users", "list", "-n", "50", *words.split()) for _ in range(9)]
    print("%-28s %9.1f %9.1f %9d" % ("list -n 50 " + words, *(statistics.median(r[k] for r in runs) * (1000, 1000, 1)[k] for k in range(3))))
runs = [measure("admin-tool", "users", "count") for _ in range(9)]
print("%-28s %9.1f %9.1f %9d" % ("count", *(statistics.median(r[k] for r in runs) * (1000, 1000, 1)[k] for k in range(3))))
print("\nmemory of list, 100,000 to 1,000 accounts: %.2f" % (memory[100000] / memory[1000]))
PYTHON
