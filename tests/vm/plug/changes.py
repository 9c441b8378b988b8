"""Random changes of the accounts, one command at a time, and what is known once each has returned."""

import json
import os
import sqlite3
import subprocess

from login import SERVICE

STATE = '/var/lib/coder'
STORE = STATE + '/private/accounts.db'
KEY = {'account_roles': 2, 'password_history': 3}                         # columns of a table's key, if not one
UID, NAME, EMAIL, FULL, HOME, SHELL, STATUS, SERVES, HASH, TEMPORARY = range(10)   # of accounts


def tool(*words, text=''):
    done = subprocess.run(['admin-tool', *words], input=text, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        raise RuntimeError(f'admin-tool {" ".join(words)}: {done.returncode}: {done.stderr}')
    return done.stdout


def content():
    """All that is in the store, {table: {key: row}}, the audit log included."""
    store = sqlite3.connect(f'file:{STORE}?mode=ro', uri=True, timeout=20)
    try:
        names = [row[0] for row in store.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        found = {name: [list(row) for row in store.execute(f'SELECT * FROM "{name}"')] for name in names}
        return {name: {json.dumps(row[:KEY.get(name, 1)]): row for row in rows} for name, rows in found.items()}
    finally:
        store.close()


class Changes:
    """Makes them. After each, look: what is known of the accounts is what the store says then."""

    def __init__(self, chance, work):
        self.chance, self.work, self.next = chance, work, 0
        self.fresh, self.passwords = {}, {}       # by name, set by the last change; by hash, of all there ever were
        self.active, self.out, self.newcomers = [], [], {}   # names; {name: temporary password} of active ones
        self.keys = []                            # (name, comment)

    def look(self):
        """What the store holds."""
        store = content()
        rows = list(store['accounts'].values())
        self.passwords.update({row[HASH]: self.fresh[row[NAME]] for row in rows if row[NAME] in self.fresh})
        self.fresh = {}
        self.active = [row[NAME] for row in rows if row[STATUS] == 'active']
        self.out = [row[NAME] for row in rows if row[STATUS] == 'suspended']
        self.newcomers = {row[NAME]: self.passwords[row[HASH]] for row in rows
                          if row[STATUS] == 'active' and row[TEMPORARY] and row[HASH] in self.passwords}
        names = {row[UID]: row[NAME] for row in rows}
        self.keys = [(names[row[1]], row[3].split()[-1]) for row in store['account_keys'].values()]
        return store

    def password(self):
        return f'plain-{self.chance.randrange(10**9)}-Otter-lantern'

    def name(self):
        self.next += 1
        return f'u{self.next:03}'

    def anybody(self):
        return self.chance.choice(self.active + self.out)

    # -- each makes one change, and says what it was --------------------------------------------------

    def create(self):
        name = self.name()
        self.fresh[name] = self.password()
        tool('users', 'create', '-u', name, '-e', f'{name}@example.org', '--no-create-home', '--no-subids',
             '--password-stdin', text=self.fresh[name] + '\n')
        return f'create {name}'

    def suspend(self):
        name = self.chance.choice(self.active)
        tool('users', 'suspend', name, '-y', '--force')
        return f'suspend {name}'

    def activate(self):
        name = self.chance.choice(self.out)
        tool('users', 'activate', name, '-y')
        return f'activate {name}'

    def roles(self):
        name, roles = self.anybody(), self.chance.choice(['member', 'auditor', 'admin', 'admin,auditor'])
        tool('users', 'edit-roles', name, '--roles', roles, '-y', '--force')
        return f'edit-roles {name} {roles}'

    def reset(self):
        name = self.anybody()
        told = json.loads(tool('reset-password', name, '-y', '-o', 'json'))
        self.fresh[name] = (told[0] if isinstance(told, list) else told)['temporary_password']
        return f'reset-password {name}'

    def add_key(self):
        name, path = self.anybody(), f'{self.work}/key{self.chance.randrange(10**9)}'
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', os.path.basename(path), '-f', path], check=True)
        tool('keys', 'add', name, path + '.pub')
        return f'keys add {name}'

    def remove_key(self):
        name, comment = self.chance.choice(self.keys)
        tool('keys', 'remove', name, comment)
        return f'keys remove {name}'

    def policy(self):
        hours = self.chance.randrange(24, 240)
        tool('policy', 'set', f'temporary_hours={hours}')
        return f'policy temporary_hours={hours}'

    def login(self):
        """The first one, in which the temporary password is changed."""
        name = self.chance.choice(list(self.newcomers))
        old, new = self.newcomers[name], self.password()
        done = subprocess.run(['pamtester', SERVICE, name, 'authenticate', 'chauthtok(PAM_CHANGE_EXPIRED_AUTHTOK)',
                               'acct_mgmt', 'open_session', 'close_session'], input=f'{old}\n{old}\n{new}\n{new}\n',
                              capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            raise RuntimeError(f'{name} cannot log in: {done.stdout}{done.stderr}')
        self.fresh[name] = new
        return f'login {name}'

    def rename(self):
        name, to = self.anybody(), self.name()
        tool('users', 'rename', name, to, '-y')
        return f'rename {name} {to}'

    def delete(self):
        name = self.anybody()
        tool('users', 'delete', name, '-y', '--force')
        return f'delete {name}'

    def apply(self):
        """Two new ones, other names for three, one suspended or let in again, in one file."""
        rows = [json.loads(line) for line in tool('users', 'export', '--format', 'json').splitlines()]
        for row in self.chance.sample(rows, min(3, len(rows))):
            row['full_name'] = f'Name {self.chance.randrange(10**6)}'
        other = self.chance.choice(rows)
        other['status'] = 'active' if other['status'] == 'suspended' else 'suspended'
        new = [self.name(), self.name()]
        rows += [{'username': name, 'email': f'{name}@example.org'} for name in new]
        told = json.loads(tool('users', 'apply', '-', '--no-create-home', '--no-subids', '--force', '-y', '-o', 'json',
                               text='\n'.join(map(json.dumps, rows))))
        self.fresh.update({one['username']: one['temporary_password'] for one in told['passwords']})
        return f'apply {" ".join(new)}, {other["username"]} {other["status"]}'

    def restore(self):
        """Back to a backup made at some earlier change."""
        path = f'{self.work}/backup'
        tool('restore', path, '-y', '--force')
        os.remove(path)
        return 'restore'

    # -- one of them --------------------------------------------------------------------------------

    def one(self):
        """Makes one change, and returns what it was when that is done."""
        kinds = [self.create] * 3
        if len(self.active) + len(self.out) > 3:
            kinds += [self.roles, self.reset, self.add_key, self.policy, self.apply, self.rename, self.delete]
            if len(self.active) > 2:
                kinds += [self.suspend] * 3
            if self.out:
                kinds += [self.activate] * 2
            if self.newcomers:
                kinds += [self.login] * 3
            if self.keys:
                kinds += [self.remove_key]
            if os.path.exists(f'{self.work}/backup'):
                kinds += [self.restore]
            else:
                tool('backup', f'{self.work}/backup')
        return self.chance.choice(kinds)()
