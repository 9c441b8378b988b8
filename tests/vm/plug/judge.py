"""Judges what a power cut has left in /var/lib/coder, with the machine's own programs: what has been acknowledged is
there, the store is whole, the directory shows it, the log verifies, and whoever is suspended is out."""

import json
import os
import sqlite3
import struct
import subprocess

from changes import HASH, NAME, SHELL, STATE, STATUS, STORE, TEMPORARY, content
from login import is_let_in

OURS = 'store-', 'directory-', 'audit-', 'account-record'   # of the doctor's findings; the others are of this host
DOCTOR = 5   # one in so many is shown to it: it takes as long as all else together
AFTER = 'audit', 'accounts', 'account_roles', 'account_keys', 'policy', 'tombstones'


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def directory_generation():
    try:
        with open(STATE + '/directory', 'rb') as file:
            head = file.read(24)
        return struct.unpack_from('=Q', head, 16)[0] if head[:8] == b'CODERDIR' else -1
    except OSError:
        return -1


def generation(store):
    return next(iter(store['counters'].values()))[1] if store else 0


def is_between(found, before, after):
    """What some, but not all of the commits of one command leave: each row as before it or after it, value by value."""
    for table in set(found) | set(before) | set(after):
        rows, old, new = (one.get(table, {}) for one in (found, before, after))
        for key in set(rows) | set(old) | set(new):
            row, was, becomes = rows.get(key), old.get(key), new.get(key)
            if row in (was, becomes):
                continue
            if None in (row, was, becomes) or any(a not in (b, c) for a, b, c in zip(row, was, becomes)):
                return False
    return True


def missing(wanted, rows):
    return [key for key, row in wanted.items() if rows.get(key) != row]


class Judge:
    """records: what the store held after each change, the first before any; those in `several` made more than one
    commit; passwords: of hashes."""

    def __init__(self, records, several, passwords, chance):
        self.records, self.several, self.passwords, self.chance = records, several, passwords, chance

    def faults(self, claim, last=None):
        """All that is wrong with what is mounted there, if `claim` changes had been acknowledged, and at most `last`;
        one more may have been under way."""
        early = directory_generation()
        healed = run('admin-tool', 'publish')
        if healed.returncode != 0:
            return [f'publish fails: {healed.stderr.strip()}']
        if not os.path.exists(STORE):
            return [] if claim == 0 else ['there is no store']
        found = self.store_faults()
        try:
            now = content()
        except sqlite3.Error as error:
            return found + [f'the store cannot be read: {error}']
        if not now.get('accounts'):
            return found if claim == 0 else found + ['there is no account']
        if early < generation(self.records[claim]):
            found.append(f'before it was healed, the directory showed {early}, not {generation(self.records[claim])}')
        found += self.content_faults(now, claim, claim if last is None else last)
        return found + self.directory_faults(now) + self.login_faults(now) + self.tool_faults()

    def store_faults(self):
        try:
            store = sqlite3.connect(f'file:{STORE}?mode=ro', uri=True, timeout=20)
            rows = store.execute('PRAGMA integrity_check').fetchall() + store.execute('PRAGMA foreign_key_check').fetchall()
            store.close()
        except sqlite3.Error as error:
            return [f'the store is broken: {error}']
        return [] if rows == [('ok',)] else [f'the store is broken: {rows}']

    def content_faults(self, now, claim, last):
        for number in range(claim, min(last + 2, len(self.records))):
            if now == self.records[number] or number > claim and number in self.several and \
                    is_between(now, *self.records[number - 1:number + 1]):
                return []
        if last >= len(self.records) and not missing(self.records[-1]['audit'], now['audit']):
            return []   # later than what is on record
        lost = next((k for k in range(claim) if self.records[k] == now), None)
        if lost is not None:
            return [f'{claim} changes were acknowledged, and {lost} are there']
        was = self.records[claim] or {}
        other = [f'{table} {key}' for table in AFTER for key in missing(was.get(table, {}), now.get(table, {}))]
        return [f'the store holds neither what {claim} changes made nor one more: {other[:5]}']

    def directory_faults(self, now):
        out = {row[NAME] for row in now['accounts'].values() if row[STATUS] == 'suspended'}
        wanted = {row[NAME]: '/usr/sbin/nologin' if row[NAME] in out else row[SHELL] for row in now['accounts'].values()}
        lines = [line.split(':') for line in run('getent', 'passwd').stdout.splitlines()]
        shown = {line[0]: line[6] for line in lines if 70100 <= int(line[2]) < 100000}
        found = [] if shown == wanted else [f'the directory shows {sorted(set(shown.items()) ^ set(wanted.items()))[:4]}']
        barred = {line.split(':')[0] for line in run('getent', 'shadow').stdout.splitlines() if line.split(':')[1] == '!'}
        if not out <= barred or barred & (set(wanted) - out):
            found.append(f'shadow bars {sorted(barred & set(wanted))}, and {sorted(out)} are suspended')
        groups = dict(line.split(':', 1) for line in run('getent', 'group', 'coder-admin', 'coder-auditor').stdout.splitlines())
        for role in 'admin', 'auditor':
            members = {now['accounts'][json.dumps([row[0]])][NAME] for row in now['account_roles'].values()
                       if row[1] == role} - out
            shown = groups.get(f'coder-{role}', '').split(':')[-1]
            if set(filter(None, shown.split(','))) != members:
                found.append(f'coder-{role} is {shown}, not {sorted(members)}')
        return found

    def login_faults(self, now):
        """Somebody who is suspended, by key and password, and somebody who is not."""
        rows = [row for row in now['accounts'].values() if row[HASH] in self.passwords]
        self.chance.shuffle(rows)
        found = []
        for row in [row for row in rows if row[STATUS] == 'suspended'][:1]:
            if is_let_in(row[NAME]) or is_let_in(row[NAME], self.passwords[row[HASH]]):
                found.append(f'{row[NAME]} is suspended and gets in')
        for row in [row for row in rows if row[STATUS] == 'active'][:1]:
            if not is_let_in(row[NAME], self.passwords[row[HASH]]):
                found.append(f'{row[NAME]} does not get in')
            if is_let_in(row[NAME]) == bool(row[TEMPORARY]):
                found.append(f'{row[NAME]} gets in by key, though his password is temporary, or does not')
        return found

    def tool_faults(self):
        found = []
        chain = run('admin-tool', 'audit', '--verify')
        if chain.returncode != 0:
            found.append(f'audit --verify: {chain.stdout.strip()} {chain.stderr.strip()}')
        if self.chance.randrange(DOCTOR) > 0:
            return found
        doctor = run('admin-tool', 'check', '-o', 'json')
        try:
            named = [f'{one["check"]}: {one["subject"]}: {one["what"]}' for one in json.loads(doctor.stdout)
                     if one['check'].startswith(OURS)]
        except (ValueError, KeyError) as error:
            named = [f'check said nothing that can be read: {error} {doctor.stderr.strip()}']
        return found + named
