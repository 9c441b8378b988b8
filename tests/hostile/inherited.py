# inherited.py portraits|effects WAY FIRST COUNT: executes a program of root's that way, once with each of COUNT hostile
# attributes of tests/unit/fixture/hostility*.c, all at once; root's processes in the meantime are ours to look at.
#
#   portraits  while somebody has locked the attempts: a line "ok NAME", "ended NAME" (nothing to look at) or "odd NAME:
#              WHAT" each; the first is a plain caller's
#   effects    the commands on standard input are run while they come and go; "ok COMMAND: N ms" or "bad COMMAND: ..."
#
# Ways: su, sudo, passwd, host (a host of PAM that root runs), socket: coder_helper asked by them;
# tool, sudo-tool: admin-tool.
import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

INHERIT, CALL = "/src/.build/world/inherit", "/src/.build/world/pam_call"
HELPER, SOCKET = "/usr/libexec/coder_helper", "/run/coder/helper.sock"
AS_MAL = ["setpriv", "--reuid", "mal", "--regid", "mal", "--init-groups"]
SUSPEND = ["admin-tool", "users", "suspend", "amy"]
WAYS = {
    "su": (AS_MAL, ["su", "amy", "-c", "true"]),
    "sudo": (AS_MAL, ["sudo", "-k", "-S", "-p", "", "true"]),
    "passwd": (AS_MAL, ["passwd"]),
    "host": ([], ["pamtester", "login", "amy", "authenticate"]),
    "socket": (AS_MAL + ["--no-new-privs"], [CALL, "auth", "mal", "wrong"]),
    "sudo-tool": (AS_MAL, ["sudo"] + SUSPEND),
    "tool": ([], SUSPEND),
}
RESET, HARD, KEPT, POWERLESS = 0, 2, 3, 4  # enum hostility_kind
LOOK_SECONDS = 4.5  # the helper waits 5 s for a lock
LIMIT_MS = 30000  # a login and a tool give up before, by deadlines of their own; the rest is a busy machine's
AMIDST_SECONDS = 1.5
GROUP = os.environ.get("CODER_GROUP")  # a control group that they run in
# What a tool shows as it was executed with it, or has of its own; and what it keeps for a person at a terminal.
TOOLS = re.compile(r"^(fd/|descriptors|environment|timers:|SigIgn|terminal:|session:)")

ORDINARY = {"Umask:\t0077", "nice: 0, real-time priority 0, class 0", "timerslack_ns: 50000", "oom_score_adj: 0",
            "personality: 00000000", "cwd: /", "memory policy: default", "I/O priority: 0"}


def attributes():
    lines = subprocess.run([INHERIT, "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return [(int(line.split(" ", 1)[0]), line.split(" ", 1)[1]) for line in lines]


def start(way, name):
    """The client's process; with its standard input open where the tool is to wait for an answer."""
    before, after = WAYS[way]
    if GROUP:
        before = ["sh", "-c", 'echo $$ >"$0/cgroup.procs"; exec "$@"', GROUP] + before
    middle = [INHERIT, name] if name else []
    after = [shutil.which(after[0])] + after[1:]  # PATH is hostile, too
    client = subprocess.Popen(before + middle + after, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, start_new_session=True, cwd="/")
    if "tool" not in way:
        try:
            client.stdin.write(b"wrong\n")
            client.stdin.close()
        except OSError:
            pass
    return client


def processes():
    """pid -> (name, parent), of those that have not ended."""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open("/proc/%s/stat" % entry, "rb") as file:
                    head, tail = file.read().decode(errors="replace").rsplit(")", 1)
            except OSError:
                continue
            fields = tail.split()
            if fields[0] not in "ZX":
                found[int(entry)] = (head.split("(", 1)[1], int(fields[1]))
    return found


def programs(way, clients):
    """What each client brought about: (its place in `clients`, pid). By the socket nobody's in particular."""
    wanted = "admin-tool" if "tool" in way else "coder_helper"
    places = {client.pid: place for place, client in enumerate(clients)}
    running = processes()
    for pid, (name, _) in running.items():
        if name != wanted:
            continue
        if way == "socket":
            yield None, pid
            continue
        above = pid
        while above in running and above not in places:
            above = running[above][1]
        if above in places and not (pid == above and way == "sudo-tool"):
            yield places[above], pid


def portrait(way, pid, limits):
    command = [INHERIT, "--portrait", str(pid)] + (["--limits"] if limits else [])
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, errors="replace").stdout.splitlines()
    return [line for line in lines if "tool" not in way or not TOOLS.match(line)]


class Server:
    """What systemd does for the socket unit."""
    def __init__(self):
        if os.path.exists(SOCKET):
            os.unlink(SOCKET)
        os.makedirs(os.path.dirname(SOCKET), exist_ok=True)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(SOCKET)
        os.chmod(SOCKET, 0o666)
        self.listener.listen(128)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            subprocess.Popen([HELPER], stdin=client, env={})
            client.close()


def leave_group():
    """Who is to end needs a processor."""
    for line in open(GROUP + "/cgroup.procs") if GROUP else []:
        try:
            with open(os.path.dirname(GROUP) + "/cgroup.procs", "w") as procs:
                procs.write(line)
        except OSError:
            pass


def descendants():
    running = processes()
    for pid in running:
        above = running[pid][1]
        while above in running and above != os.getpid():
            above = running[above][1]
        if above == os.getpid():
            yield pid


def finish(clients):
    """Nothing of theirs goes on; orphans come to us."""
    for _ in range(200):
        leave_group()
        left = list(descendants())
        if not left:
            break
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        time.sleep(0.02)
    for client in clients:
        client.wait()
        try:
            client.stdin.close()
        except OSError:
            pass


def plain(way):
    """What a plain caller's program looks like, when it has come to rest; a busy machine needs more than one."""
    for _ in range(5):
        clients = [start(way, None)]
        last, until = [], time.monotonic() + LOOK_SECONDS
        while time.monotonic() < until:
            time.sleep(0.2)
            for _, pid in programs(way, clients):
                now = portrait(way, pid, True)
                if now and now == last:
                    finish(clients)
                    return now
                last = now or last
        finish(clients)
    sys.exit("a plain caller by %s does not get to a program of root's" % way)


def may_raise():
    with open("/proc/self/status") as file:
        bounds = next(line for line in file if line.startswith("CapBnd"))
    return int(bounds.split()[1], 16) >> 24 & 1 == 1  # CAP_SYS_RESOURCE


def is_kept(line, kind):
    """Without CAP_SYS_RESOURCE no timer can be made below a hard limit of no signals: such a helper judges nothing."""
    return (kind == POWERLESS and line.startswith("NoNewPrivs")) or (kind == HARD and line.startswith("timers:"))


class Look:
    """What is odd about one program; it has a second to become ordinary."""
    def __init__(self):
        self.odd, self.first, self.last, self.here = None, 0, 0, False

    def take(self, odd):
        self.first = self.first or time.monotonic()
        self.odd, self.last, self.here = odd, time.monotonic(), True

    def is_due(self, client):
        return self.odd != [] and (self.here or (client is not None and client.poll() is None))

    def verdict(self, name):
        if self.odd is None or (self.odd and self.last - self.first < 1):
            return "ended " + name
        return "odd %s: %s" % (name, "; ".join(self.odd)) if self.odd else "ok " + name


def look_round(way, clients, looks, odd_of):
    for look in looks.values():
        look.here = False
    for place, pid in programs(way, clients):
        look = looks.setdefault(pid if place is None else place, Look())
        if look.odd != []:
            look.take(odd_of(place, pid))


def portraits(way, chosen):
    clean = plain(way)
    extra = [line for line in clean if line.startswith("environment:")]
    if ORDINARY <= set(clean) and not extra:
        print("ok a plain caller")
    else:
        print("odd a plain caller: it lacks %s and has %s" % (sorted(ORDINARY - set(clean)), extra))
    bare = [line for line in clean if not re.match(r"(Limit|Max) ", line)]
    raised = may_raise()

    def odd_of(place, pid):
        kind = HARD if place is None else chosen[place][0]
        limits = raised or kind != HARD
        return [line for line in portrait(way, pid, limits)
                if line not in (clean if limits else bare) and not is_kept(line, kind)]

    clients = [start(way, name) for _, name in chosen]
    looks = {} if way == "socket" else {place: Look() for place in range(len(clients))}
    until = time.monotonic() + LOOK_SECONDS
    while time.monotonic() < until:
        look_round(way, clients, looks, odd_of)
        if way == "socket":
            alive = sum(client.poll() is None for client in clients)
            due = len(looks) < alive or any(look.is_due(None) for look in looks.values())
        else:
            due = any(look.is_due(clients[place]) for place, look in looks.items())
        if not due:
            break
        time.sleep(0.05)
    if way == "tool":  # until a timer would have expired
        time.sleep(0.5)
        going_on = {place for place, _ in programs(way, clients)}
        for place in looks.keys() - going_on:
            if chosen[place][0] == RESET and looks[place].odd == []:
                looks[place].odd, looks[place].last = ["it ended by itself"], looks[place].first + 1
    finish(clients)
    for place, look in looks.items():
        print(look.verdict("connection" if way == "socket" else chosen[place][1]))


def judge_command(line):
    begun = time.monotonic()
    try:
        result = subprocess.run(["sh", "-c", line], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                timeout=2 * LIMIT_MS / 1000, stdin=subprocess.DEVNULL)
        said, status = result.stderr.decode(errors="replace").strip().replace("\n", "; "), result.returncode
    except subprocess.TimeoutExpired:
        said, status = "it did not end", -1
    took = int((time.monotonic() - begun) * 1000)
    word = "ok" if status == 0 and took <= LIMIT_MS else "bad"
    print("%s %s: %d ms, status %d %s" % (word, line, took, status, said))


def effects(way, chosen):
    clients, lines = [], sys.stdin.read().splitlines()
    starter = threading.Thread(target=lambda: clients.extend(start(way, name) for _, name in chosen))
    starter.start()
    until = time.monotonic() + AMIDST_SECONDS
    while starter.is_alive() or time.monotonic() < until:
        for line in lines:
            judge_command(line)
    starter.join()
    finish(clients)


PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
what, way, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
chosen = attributes()[first:first + count]
if what == "portraits":
    chosen = [pair for pair in chosen if pair[0] != KEPT]
if way == "socket":
    Server()
(portraits if what == "portraits" else effects)(way, chosen)
if way == "socket":
    os.unlink(SOCKET)
