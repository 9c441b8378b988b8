#!/usr/bin/env python3
"""Plays coder_fleet: listens at the socket, notes what it is asked, and says to whoever is connected what comes out of a pipe.

player.py SOCKET PIPE LOG [LINES]: each connection is greeted with a line "connected", and those of the file LINES; a line
"HANG UP" of the pipe closes it. Whoever asks for anything but to follow is told that no server is there.
"""
import os
import select
import sys

import door

path, pipe, log = sys.argv[1:4]
always = open(sys.argv[4], 'rb').read() if len(sys.argv) > 4 else b''
listener, source = door.listen(path, pipe)
talk = None
waiting = b''


def greet():
    """The next connection, and what it asks for; the one before stays where this one does not follow."""
    client = listener.accept()[0]
    asked = b''
    while not asked.endswith(b'\n'):
        more = client.recv(65536)
        if not more:
            return None
        asked += more
    with open(log, 'ab') as out:
        out.write(asked)
    if not asked.startswith(b'follow'):
        client.sendall(b'away\n')
        client.close()
        return talk
    try:
        client.sendall(door.connected(asked.strip() == b'follow') + always)
    except OSError:
        return None
    return client


def pass_on(client, line):
    """One line of the pipe; what becomes of the connection."""
    if line == b'HANG UP':
        client.close()
        return None
    try:
        client.sendall(line + b'\n')
        return client
    except OSError:
        return None


while True:
    watched = [listener] + ([talk] if talk else []) + ([source] if talk or not waiting else [])
    ready = select.select(watched, [], [])[0]
    if listener in ready:
        talk = greet()
    if talk in ready and door.is_over(talk):
        talk.close()
        talk = None
    if source in ready:
        waiting += os.read(source, 65536)
    while talk and b'\n' in waiting:
        one, waiting = waiting.split(b'\n', 1)
        talk = pass_on(talk, one)
