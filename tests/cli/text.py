#!/usr/bin/env python3
"""Hostile text through every verb that takes text: refused with one clean line or stored and escaped wherever it is
shown; JSON gives it back as it was, to two readers. Prints TAP lines without a plan; the caller counts."""
import json, re, subprocess, sys

TOOL = "/usr/sbin/admin-tool"
HOSTILE = {
    "escape sequence": "a\x1b[31mred\x1b]0;title\x07",
    "C1 control": "a\u009b31m",
    "newline": "a\nroot:x:0:0::/:/bin/sh",
    "carriage return": "alice\rmallory",
    "tab": "a\tb",
    "delete": "a\x7f",
    "right-to-left override": "a\u202ecod.exe",
    "right-to-left mark": "a\u200fb",
    "isolate": "a\u2066b\u2069",
    "zero width": "a\u200bb",
    "line separator": "a\u2028b",
    "byte order mark": "\ufeffa",
    "tag characters": "a\U000e0041b",
    "comma": "Last, First",
    "quote": "O\"Hara 'x' \\n",
    "percent": "%s%n%d%%",
    "shell": "$(id);`id`|id>/tmp/x",
    "SQL": "x'); DROP TABLE accounts; --",
    "JSON": '","uid":0,"x":"',
    "markup": "<script>&amp;",
    "4-byte UTF-8": "\U0001f600\U00020000",
    "combining": "e\u0301" * 20,
    "wide": "漢字" * 20,
    "10 kB": "x" * 10240,
    "10 kB wide": "漢" * 3400,
    "bad UTF-8": b"a\xff\xfeb",
    "overlong": b"a\xc0\xafb",
    "surrogate": b"a\xed\xa0\x80b",
    "truncated": b"a\xf0\x9f\x98",
    "dash": "-x",
    "space": " ",
    "empty": "",
    "colon": "a:b",
}
PLAIN = re.compile(rb"^[\x20-\x7e\n\x80-\xff]*$")


def tap(good, what, shown=b""):
    print(("ok" if good else "not ok") + " - " + what)
    if not good:
        print("#   %r" % (shown,))


def run(*words):
    done = subprocess.run([TOOL, *words], capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    return done.returncode, done.stdout, done.stderr


def is_safe(octets):
    """No control but newline, nothing that reorders or hides, valid UTF-8."""
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return False
    return PLAIN.match(octets) is not None and not re.search(
        "[\u0080-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]", text)


def is_clean_refusal(status, out, err):
    return status in (2, 4) and err.startswith(b"admin-tool: ") and err.count(b"\n") == 1 and is_safe(err) and \
        len(err) < 16384


def look(name, text):
    """What is stored is shown escaped in every table and whole in JSON."""
    for verb in (["users", "list", "-c", "username,full name,home,shell,email"], ["users", "show", "hal"], ["audit"]):
        status, out, err = run(*verb)
        tap(status == 0 and is_safe(out), f"{name}: escaped by {' '.join(verb[:2])}", out[-400:])
    status, out, err = run("users", "show", "hal", "-o", "json")
    tap(json.loads(out)["full_name"] == text, f"{name}: JSON gives it back", out)
    jq = subprocess.run(["jq", "-j", ".full_name"], input=out, capture_output=True)
    tap(jq.stdout == text.encode(), f"{name}: to jq, too", jq.stdout)
    for verb in (["users", "list", "-o", "json"], ["audit", "-o", "json"], ["policy", "-o", "json"]):
        out = run(*verb)[1]
        jq = subprocess.run(["jq", "-e", "type == \"array\""], input=out, capture_output=True)
        tap(jq.returncode == 0 and isinstance(json.loads(out), list), f"{name}: {' '.join(verb)} parses", out[-300:])


run("users", "create", "-u", "hal", "-e", "hal@example.com", "--no-create-home", "--no-password")
run("users", "create", "-u", "ada", "-e", "ada@example.com", "--no-create-home", "--no-password", "--roles", "admin")
for name, text in HOSTILE.items():
    # e-mail, names, paths, numbers, dates, lists, keys: refused whatever it is
    for words in (["users", "create", "-u", text, "-e", "x@example.com"], ["users", "create", "-u", "x", "-e", text],
                  ["users", "edit", "hal", "-e", text], ["users", "edit", "hal", "--shell", text],
                  ["users", "edit", "hal", "--expires", text], ["users", "create", "-u", "x", "-e", "x@y", "--home", text],
                  ["users", "create", "-u", "x", "-e", "x@y", "--uid", text],
                  ["users", "edit-roles", "hal", "-y", "--roles", text], ["users", "list", "-c", text],
                  ["users", "list", "-o", text], ["users", "list", "--status", text], ["audit", "--since", text],
                  ["audit", "-n", text], ["policy", "get", text], ["policy", "set", text],
                  ["policy", "set", b"admin_groups=x," + (text if isinstance(text, bytes) else text.encode())],
                  ["policy", "set", b"lock_seconds=1" + (text if isinstance(text, bytes) else text.encode()) + b"x"],
                  [text], ["users", text], ["users", "list", "--" + text if isinstance(text, str) else b"--" + text]):
        status, out, err = run(*words)
        if text == "" and words[:2] == ["policy", "set"] and words[2][:1] == b"a":
            continue
        if text in ("", " ", "-x") and len(words) == 2:
            tap(status == 2, f"{name}: a command {words!r}", err)  # the overview, perhaps
            continue
        if text == "" and words[-1] == "--":
            continue
        tap(is_clean_refusal(status, out, err), f"{name}: refused by {' '.join(map(str, words[:3]))[:40]}", err[:300])
    # operands that find nobody
    for words in (["users", "show", text], ["users", "suspend", text, "-y"], ["reset-password", text, "-y"]):
        status, out, err = run(*words)
        tap(status in (2, 3) and err.count(b"\n") == 1 and is_safe(err), f"{name}: nobody for {words[:2]}", err[:300])
    status, out, err = run("audit", "--user", text)
    tap(status == 3 and err.count(b"\n") == 1 and is_safe(err), f"{name}: audit --user", err[:300])
    status, out, err = run("audit", "--event", text)
    tap(status == 2 and err.count(b"\n") == 1 and is_safe(err), f"{name}: audit --event", err[:300])
    for option in ("--actor", "--origin"):
        status, out, err = run("audit", option, text)
        tap(status == 0 and is_safe(out), f"{name}: audit {option}", err[:300])
    # text that may be anything decent
    before = json.loads(run("users", "show", "hal", "-o", "json")[1])
    status, out, err = run("users", "edit", "hal", "-n", text)
    if status == 0:
        tap(is_safe(out) and is_safe(err), f"{name}: accepted as a full name", out)
        look(name, text)
        done = run("users", "suspend", "hal", "-y", "--reason", text, "--keep-sessions")
        tap(done[0] in (0, 4) and is_safe(done[1] + done[2]), f"{name}: as a reason", done)
        run("users", "activate", "hal", "-y")
    else:
        tap(is_clean_refusal(status, out, err), f"{name}: refused as a full name", err[:300])
        after = json.loads(run("users", "show", "hal", "-o", "json")[1])
        tap(before == after, f"{name}: changed nothing")
        done = run("users", "suspend", "hal", "-y", "--reason", text, "--keep-sessions")
        tap(":" in str(text) or is_clean_refusal(*done), f"{name}: refused as a reason", done)
        run("users", "activate", "hal", "-y")
status, out, err = run("users", "list")
tap(out.count(b"\n") == 3, "nobody came in through any of it", out)
