#!/usr/bin/env python3
"""Plays coder_fleet that is asked to write: a tree of accounts, what is asked is done in it, and whoever follows hears of it.

writer.py SOCKET PIPE LOG FOLDER: lines of PIPE are said to whoever follows, and those of entries are kept; requests to write
are noted in LOG. What is in FOLDER decides how it answers: "refuse" (NTH KIND WHY), "hosts" (lines of JSON said at the end),
"say" (said in place of an answer, then the connection is closed), "mute" (nothing is said), "late" (whoever follows does not
hear of it).
"""
import json
import os
import select
import sys

import door

path, pipe, log, folder = sys.argv[1:5]
listener, source = door.listen(path, pipe)
follower = None
waiting = b''
tree = {}
mute = []
number = 0
LISTS = ('roles', 'keys', 'scopes')
TIMES = ('expires_at', 'temporary_until')


def stamp(seconds):
    import datetime
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')


def told(name):
    """What decides how it answers."""
    try:
        with open(os.path.join(folder, name)) as file:
            return file.read()
    except OSError:
        return None


def say(connection, *lines):
    for line in lines:
        connection.sendall((line if isinstance(line, str) else json.dumps(line)).encode() + b'\n')


def publish(lines):
    if lines and follower and told('late') is None:
        say(follower, *lines, {'line': 'commit', 'cookie': 'w%d' % number})


def find(operation):
    for uuid, entry in tree.items():
        if entry['username'] == operation['name']:
            return uuid, entry
    return None, None


def add(operation):
    uid = int(operation['set'].get('uid', ['0'])[0]) or 1900000900 + number
    entry = {'line': 'entry', 'entry_uuid': '00000000-0000-4000-8000-%012d' % (900 + number), 'username': operation['name'],
             'uid': uid, 'gid': uid, 'full_name': '', 'home': '/home/' + operation['name'], 'shell': '/bin/bash', 'email': None,
             'status': 'active', 'reason': None, 'hash': None, 'temporary': False, 'temporary_until': None, 'expires_at': None,
             'created_at': '2026-11-28T23:00:00Z', 'password_changed_at': None, 'roles': [], 'keys': [], 'scopes': []}
    tree[entry['entry_uuid']] = entry
    return entry


def put(entry, facts):
    for fact, values in facts.items():
        if fact in LISTS:
            entry[fact] = [value for value in values if value]
        elif fact == 'temporary':
            entry[fact] = values[0] == 'true'
        elif fact in TIMES:
            entry[fact] = stamp(values[0]) if values[0] else None
        elif fact != 'uid':
            entry[fact] = values[0] or None


def do(operation):
    """The refusal's kind and why; or the entry as it is then."""
    uuid, entry = find(operation)
    if operation['do'] == 'add':
        if entry:
            return ('taken', 'uid'), None
        entry = add(operation)
    elif entry is None or uuid != operation.get('entry', uuid) or entry['csn'] != operation.get('csn', entry['csn']):
        return ('changed', 'assertion failed'), None
    if operation['do'] == 'delete':
        operation['set'] = {'status': ['deleted'], 'hash': [''], 'keys': [''], 'roles': ['']}
    if operation['do'] == 'rename':
        entry['former_names'] = entry.get('former_names', []) + [entry['username']]
    put(entry, operation['set'])
    entry['csn'] = '20270101%06d.000000Z#000000#001#000000' % number
    entry['changed_by'] = 'cn=anna,ou=admins,dc=fleet'
    return None, entry


def write(connection, text):
    global number
    operations = []
    hosts = False
    for line in text.splitlines():
        key, _, value = line.partition(' ')
        if key == 'do':
            operations.append({'do': value, 'set': {}})
        elif key == 'set':
            fact, _, value = value.partition(' ')
            operations[-1]['set'].setdefault(fact, []).append(value)
        elif key == 'hosts':
            hosts = True
        elif operations:
            operations[-1][key] = value
    refuse = (told('refuse') or '').strip().split(None, 2)
    lines = []
    for nth, operation in enumerate(operations):
        number += 1
        refusal = None
        if refuse and int(refuse[0]) == nth:
            refusal = refuse[1:]
        else:
            refusal, entry = do(operation)
        if refusal:
            say(connection, {'line': 'refused', 'nth': nth, 'kind': refusal[0], 'why': refusal[1]})
            break
        say(connection, {'line': 'done', 'nth': nth, 'name': entry['username'], 'entry_uuid': entry['entry_uuid'],
                         'csn': entry['csn'], 'uid': entry['uid'], 'by': entry['changed_by']})
        lines.append(entry)
    else:
        if hosts:
            say(connection, *(told('hosts') or '').splitlines())
    publish(lines)
    say(connection, {'line': 'ended'})


def receive(connection, end):
    asked = b''
    while not asked.endswith(end):
        more = connection.recv(65536)
        if not more:
            return None
        asked += more
        if asked.startswith(b'follow') and asked.endswith(b'\n'):
            break
    return asked.decode()


def greet():
    global follower
    connection = listener.accept()[0]
    asked = receive(connection, b'\n\n')
    if asked is None:
        return
    if asked.startswith('follow'):
        follower = connection
        follower.sendall(door.connected(asked.strip() == 'follow'))
        return
    with open(log, 'a') as out:
        out.write(asked)
    if told('mute') is not None:
        mute.append(connection)
        return
    try:
        if told('say') is not None:
            say(connection, *told('say').splitlines())
        else:
            write(connection, asked)
    except OSError:
        pass
    connection.close()


def heed(line):
    entry = json.loads(line)
    if entry['line'] == 'entry':
        tree[entry['entry_uuid']] = entry


while True:
    watched = [listener] + ([follower] if follower else []) + ([source] if follower or not waiting else [])
    ready = select.select(watched, [], [])[0]
    if listener in ready:
        greet()
    if follower in ready and door.is_over(follower):
        follower.close()
        follower = None
    if source in ready:
        waiting += os.read(source, 65536)
    while follower and b'\n' in waiting:
        one, waiting = waiting.split(b'\n', 1)
        heed(one)
        say(follower, one.decode())
