#!/usr/bin/python3
"""What one whole login by the real sshd costs the server, beside pam_unix's with the same hash: CPU of all its processes.

Run in a private world by "make bench-login". An sshd of the bench's own serves a few logins and is ended; the kernel
then says what it and all that it has waited for have used (getrusage(2)): sshd's children, the helpers, the user's
shell. The ways are taken in turn; medians. Each login must have run its command.
"""
import os, resource, shutil, signal, socket, statistics, subprocess, sys, time

ROUNDS, LOGINS, PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 9, 4, 2222
GOOD = "plain-horse-9-lantern"
WORK = "/run/bench-login"
STORE = "/var/lib/coder/private/accounts.db"
USERS = {"coder": "ours", "pam_unix": "local"}


def run(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout


def sql(statement):
    return run("sqlite3", STORE, statement).strip()


def prepare():
    os.makedirs(WORK)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", WORK + "/key")
    with open(WORK + "/askpass", "w") as script:
        script.write("#!/bin/sh\necho %s\n" % GOOD)
    os.chmod(WORK + "/askpass", 0o755)
    run("admin-tool", "users", "create", "-u", "ours", "-e", "ours@example.com", "--password-stdin", input=GOOD + "\n")
    sql("UPDATE accounts SET temporary = 0, temporary_until = NULL")
    run("useradd", "-m", "-s", "/bin/sh", "local")
    run("usermod", "-s", "/bin/sh", "-p", sql("SELECT hash FROM accounts"), "local")
    sql("UPDATE accounts SET shell = '/bin/sh'")
    run("admin-tool", "publish")
    for name in USERS.values():
        folder = os.path.expanduser("~%s/.ssh" % name)
        os.mkdir(folder, 0o700)
        shutil.copy(WORK + "/key.pub", folder + "/authorized_keys")
        run("chown", "-R", name + ":", folder)


def serve():
    """Its own sshd, once it listens."""
    server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-p", str(PORT)], stderr=subprocess.DEVNULL)
    while True:
        try:
            socket.create_connection(("127.0.0.1", PORT)).close()
            time.sleep(0.2)
            return server
        except ConnectionRefusedError:
            time.sleep(0.02)


def login(name, way):
    method = {"password": ["-o", "PreferredAuthentications=password"],
              "key": ["-i", WORK + "/key", "-o", "PreferredAuthentications=publickey"], }[way]
    said = run("ssh", "-F", "none", "-p", str(PORT), *method, "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no",
               "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=QUIET", name + "@127.0.0.1", "id -un",
               stdin=subprocess.DEVNULL, env=dict(os.environ, SSH_ASKPASS=WORK + "/askpass", SSH_ASKPASS_REQUIRE="force"))
    if said.strip() != name:
        sys.exit("no figures: %s by %s said %r" % (name, way, said))


def measure(name, way, logins):
    """Milliseconds of CPU for each login, and page faults."""
    server = serve()
    for _ in range(logins):
        login(name, way)
    while open("/proc/%d/task/%d/children" % (server.pid, server.pid)).read():
        time.sleep(0.01)  # the last one's processes end
    server.send_signal(signal.SIGTERM)
    _, _, usage = os.wait4(server.pid, 0)
    server.returncode = 0
    return (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_minflt


def main():
    prepare()
    kinds = [(service, way) for way in ("password", "key") for service in USERS]
    used = {kind: [] for kind in kinds + [None]}
    for number in range(ROUNDS):
        idle = measure("", "", 0)
        used[None].append(idle)
        for service, way in kinds if number % 2 else reversed(kinds):
            cpu, faults = measure(USERS[service], way, LOGINS)
            used[service, way].append(((cpu - idle[0]) / LOGINS, (faults - idle[1]) / LOGINS))
    middle = {kind: [statistics.median(column) for column in zip(*rows)] for kind, rows in used.items()}
    print("%-22s %10s %12s %10s" % ("a login by sshd", "CPU ms", "to pam_unix", "faults"))
    for service, way in kinds:
        print("%-22s %10.1f %12.2f %10.0f" % (way + ", " + service, middle[service, way][0],
                                             middle[service, way][0] / middle["pam_unix", way][0], middle[service, way][1]))


main()
