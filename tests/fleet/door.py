"""What player.py and writer.py share: coder_fleet's socket, and the pipe by which a test says what comes out of it."""
import json
import os
import socket


def listen(path, pipe):
    """The socket, for root alone, and the pipe."""
    if os.path.exists(path):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    os.chmod(path, 0o600)
    listener.listen(4)
    if not os.path.exists(pipe):
        os.mkfifo(pipe, 0o600)
    return listener, os.open(pipe, os.O_RDWR)


def connected(whole):
    """The first line to whoever follows."""
    return json.dumps({'line': 'connected', 'uri': 'ldaps://a.example', 'whole': whole}).encode() + b'\n'


def is_over(client):
    """Nobody says anything to coder_fleet after what was asked."""
    try:
        return not client.recv(65536)
    except OSError:
        return True
