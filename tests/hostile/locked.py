# locked.py FILE: what a program did while it held a lock of ours, from the output of strace -f -y. One line each of what it
# must not do then: print, start a program, talk to a service, open anybody else's file. The last line counts the locks.
import re
import sys

OURS = ("/var/lib/coder", "/run/coder")
# what a publication resolves a role's local groups with, who we are, random octets
ALLOWED = ("/etc/group", "/proc/self/", "/dev/urandom", "/etc/localtime", "/usr/share/zoneinfo")
TALK = ("connect", "sendto", "sendmsg", "clone", "clone3", "fork", "vfork", "execve", "poll", "ppoll")


def path_of(text):
    named = re.search(r'"((?:/|\.)[^"]*)"', text)
    return named.group(1) if named else ""


def is_foreign(call, text):
    if call in TALK:
        return True
    if call in ("write", "writev"):
        return re.match(r"[12]<", text) is not None
    if call in ("openat", "open"):
        return not path_of(text).startswith(OURS + ALLOWED)
    return False


def lock_of(text):
    """(file, True when it is taken), None when it is no lock of ours or was not got."""
    lock = re.match(r"\d+<([^>]*/private/[^>]*)>, F_(?:OFD_)?SETLK, \{l_type=F_(\w+),[^}]*l_start=(\d+), l_len=(\d+)[^}]*\}\) = 0", text)
    if not lock:
        return None
    if lock.group(2) != "UNLCK":
        return lock.group(1), True
    return (lock.group(1), False) if lock.group(4) == "0" else None


held, locks = {}, 0
for line in open(sys.argv[1], errors="replace"):
    match = re.match(r"(\d+) +(\w+)\((.*)", line)
    if not match:
        continue
    pid, call, text = match.groups()
    mine = held.setdefault(pid, set())
    if call == "fcntl" and lock_of(text):
        file, taken = lock_of(text)
        locks += taken and file not in mine
        (mine.add if taken else mine.discard)(file)
    elif call == "close" and re.match(r"\d+<([^>]*/private/lock)>", text):
        mine.discard(re.match(r"\d+<([^>]*)>", text).group(1))
    elif mine and is_foreign(call, text):
        print(", ".join(sorted(mine)), "held:", call, text.strip()[:100])
print(locks, "locks")
