#!/usr/bin/env python3
"""Runs a command and looks, when it ends, through all its memory for what must not be there any more.

    remains.py SECRETS OUTPUT COMMAND...     its standard output goes to OUTPUT, its input is ours

Secrets are the words of the file SECRETS and the temporary passwords in OUTPUT, as JSON or in the hand-over text. Each
that is still there makes a line: where, and what is around it. The exit status is the command's; 3 when there
were no secrets, or when not even the command's last word was found, which is in memory to the end.
"""
import ctypes, os, re, signal, sys

TRACEME, CONT, SETOPTIONS, TRACEEXIT, EVENT_EXIT = 0, 7, 0x4200, 0x40, 6
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, pid, data=0):
    if libc.ptrace(request, pid, None, data) != 0:
        sys.exit("ptrace: " + os.strerror(ctypes.get_errno()))


def start(output, command):
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        ptrace(TRACEME, 0)
        os.execvp(command[0], command)
    os.waitpid(pid, 0)
    ptrace(SETOPTIONS, pid, TRACEEXIT)
    return pid


def run_to_end(pid):
    """Until it is about to end: its memory is there still."""
    number = 0
    while True:
        ptrace(CONT, pid, number)
        status = os.waitpid(pid, 0)[1]
        if not os.WIFSTOPPED(status):
            sys.exit("it ended unseen: %d" % status)
        if status >> 8 == signal.SIGTRAP | EVENT_EXIT << 8:
            return
        number = os.WSTOPSIG(status)


def memory(pid):
    with open("/proc/%d/maps" % pid) as maps, open("/proc/%d/mem" % pid, "rb", 0) as mem:
        for line in maps:
            first, end = (int(x, 16) for x in line.split()[0].split("-"))
            if line.split()[1][0] == "r":
                try:
                    mem.seek(first)
                    yield line.rstrip(), mem.read(end - first)
                except (OSError, ValueError, OverflowError):
                    pass  # [vvar], [vsyscall]


def secrets_of(words, output):
    text = open(output, encoding="utf-8").read()
    found = re.findall(r'"temporary_password": *"([^"]+)"', text) + re.findall(r"^Temporary password: (.+)$", text, re.M)
    return [word.encode() for word in found + open(words, encoding="utf-8").read().split()]


output, command = sys.argv[2], sys.argv[3:]
pid = start(output, command)
run_to_end(pid)
secrets, canary, seen = secrets_of(sys.argv[1], output), command[-1].encode(), False
for line, octets in memory(pid):
    seen |= canary in octets
    for secret in secrets:
        at = octets.find(secret)
        if at >= 0:
            print("a secret in", line, octets[max(at - 32, 0):at + len(secret) + 16])
ptrace(CONT, pid)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(status or (0 if seen and secrets else 3))
