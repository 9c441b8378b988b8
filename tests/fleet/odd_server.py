#!/usr/bin/python3
"""An LDAP server that misbehaves in one way, for coder_fleet: TLS, the answers that come before following, then what MODE says.

usage: odd_server.py PORT CERTIFICATE KEY CA MODE LOG     (LOG gets a word for each thing it was asked)
"""
import socket
import ssl
import sys
import threading
import time

PORT, CERTIFICATE, KEY, CA, MODE, LOG = int(sys.argv[1]), *sys.argv[2:7]
OLD, NEW = ("%s.000000Z#000000#001#000000" % t for t in ("20250101000000", "20990101000000"))
STATE, SYNC_INFO, STARTTLS = b"1.3.6.1.4.1.4203.1.9.1.2", b"1.3.6.1.4.1.4203.1.9.1.4", b"1.3.6.1.4.1.1466.20037"
SYNC = b"1.3.6.1.4.1.4203.1.9.1.1"


def ber(tag, *parts):
    content = b"".join(parts)
    length = len(content)
    head = bytes([length]) if length < 128 else b"\x84" + length.to_bytes(4, "big")
    return bytes([tag]) + head + content


def text(value):
    return ber(4, value.encode() if isinstance(value, str) else value)


def message(number, operation, controls=b""):
    return ber(0x30, ber(2, number.to_bytes(4, "big")), operation, ber(0xA0, controls) if controls else b"")


def result(tag, code=0, why=""):
    return ber(tag, ber(10, code.to_bytes(2, "big")), text(""), text(why))


def entry(dn, **attributes):
    return ber(0x64, text(dn), ber(0x30, *(ber(0x30, text(name), ber(0x31, *map(text, values))) for name, values in attributes.items())))


def state(kind, uuid=b"\x07" * 16):
    return ber(0x30, text(STATE), text(ber(0x30, ber(10, bytes([kind])), text(uuid))))


def info(tag, *parts):
    return ber(0x79, ber(0x80, SYNC_INFO), ber(0x81, ber(tag, *parts)))


BOB = entry("uid=bob,ou=people,dc=fleet", uid=["bob"], uidNumber=["1900000009"], coderStatus=["active"])
SHOWN = entry("uid=bob,ou=people,dc=fleet", entryUUID=["0c6e0102-0304-0506-0708-090a0b0c0d0e"], entryCSN=[NEW], coderStatus=["active"])


def done(cookie):
    return info(0xA1, text("rid=000,csn=" + cookie))


def following(number, has_cookie):
    """What is said to the request to follow, one after another; None: nothing more, and the connection stays open."""
    def say(operation, controls=b""):
        return message(number, operation, controls)
    return {
        "unwilling": [say(result(0x65, 53, "consumer state is newer than provider!"))],
        "required": [say(result(0x65, 4096))] if has_cookie else [say(BOB, state(1)), say(done(NEW)), None],
        "always-required": [say(result(0x65, 4096))],
        "old-cookie": [say(BOB, state(1)), say(done(OLD)), None],
        "no-state": [say(BOB), say(done(NEW)), None],
        "bad-state": [say(BOB, state(9)), None],
        "bad-uuid": [say(BOB, state(1, b"short")), None],
        "bad-info": [say(info(0xA9)), None],
        "bad-cookie": [say(info(0xA1, text("rid=000,csn=yesterday"))), None],
        "empty-info": [say(ber(0x79, ber(0x80, SYNC_INFO))), None],
        "half-a-set": [say(info(0xA3, ber(1, b"\xff"), ber(0x31, text(b"\x07" * 16), text(b"x")))), None],
        "twice": [say(done(NEW)), say(done(NEW)), None],
        "present-late": [say(done(NEW)), say(BOB, state(0)), None],
        "no-ber": [b"GET / HTTP/1.0\r\n\r\n" * 9, None],
        "ends": [say(BOB, state(1)), say(result(0x65, 0))],
        "closes": [say(BOB, state(1))],
        "huge": [b"\x30\x84\x7f\xff\xff\xf0" + b"\x02\x01\x07" + b"x" * 65536, None],
        "half-a-record": [say(BOB, state(1)), "half", None],
        "referral": [say(ber(0x73, text("ldap://127.0.0.1/"))), say(BOB, state(1)), say(done(NEW)), None],
        "no-beat": [say(done(NEW)), None],
    }[MODE]


class Server:
    def __init__(self, connection):
        self.socket = connection
        self.read, self.written, self.tls, self.buffer = ssl.MemoryBIO(), ssl.MemoryBIO(), None, b""
        self.deaf = False

    def log(self, word):
        with open(LOG, "a", encoding="ascii") as file:
            file.write(word + "\n")

    def flush(self, share=1):
        octets = self.written.read()
        self.socket.sendall(octets[:len(octets) // share])

    def secure(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE, KEY)
        context.load_verify_locations(CA)
        context.verify_mode = ssl.CERT_REQUIRED
        self.tls = context.wrap_bio(self.read, self.written, server_side=True)
        while True:
            try:
                self.tls.do_handshake()
                self.flush()
                return
            except ssl.SSLWantReadError:
                self.flush()
                self.read.write(self.receive())

    def receive(self):
        octets = self.socket.recv(65536)
        if not octets:
            raise ConnectionError
        return octets

    def more(self):
        if self.tls is None:
            return self.receive()
        while True:
            try:
                return self.tls.read(65536)
            except ssl.SSLWantReadError:
                self.read.write(self.receive())

    def send(self, octets, share=1):
        if self.tls is None:
            self.socket.sendall(octets)
        else:
            self.tls.write(octets)
            self.flush(share)

    def request(self):
        """The next one: number, tag, and all of its octets (they are short)."""
        while len(self.buffer) < 2 or len(self.buffer) < self.length():
            self.buffer += self.more()
        length = self.length()
        octets, self.buffer = self.buffer[:length], self.buffer[length:]
        at = 2 if octets[1] < 128 else 2 + octets[1] - 128
        number = int.from_bytes(octets[at + 2:at + 2 + octets[at + 1]], "big")
        return number, octets[at + 2 + octets[at + 1]], octets

    def length(self):
        if self.buffer[1] < 128:
            return 2 + self.buffer[1]
        count = self.buffer[1] - 128
        return 2 + count + int.from_bytes(self.buffer[2:2 + count], "big")

    def search(self, number, octets):
        if SYNC in octets:
            self.log("follow")
            for said in following(number, b"csn=" in octets):
                if said is None:
                    self.deaf = MODE in ("no-beat", "half-a-record")
                    return
                if said == "half":
                    self.send(message(number, BOB, state(1)), 2)
                else:
                    self.send(said)
            raise ConnectionError
        if self.deaf:
            self.log("beat")
            return
        if b"coderCounter" in octets:  # who writes looks at the account
            self.send(message(number, SHOWN))
        elif b"coderScope" in octets:
            self.log("scope")
            self.send(message(number, entry("cn=h1,ou=hosts,dc=fleet", coderScope=["web"])))
        else:
            self.log("context")
            self.send(message(number, entry("dc=fleet", contextCSN=[NEW])))
        self.send(message(number, result(0x65)))

    def serve(self):
        if MODE == "no-answer":
            time.sleep(3600)
        if not MODE.startswith("clear"):
            self.secure()
        while True:
            number, tag, octets = self.request()
            if tag == 0x77:
                self.log("starttls" if STARTTLS in octets else "extended")
                self.send(message(number, result(0x78, 2 if MODE == "clear-refuses" else 0)))
                if MODE == "clear-lies":
                    time.sleep(3600)
            elif tag == 0x60:
                self.log("bind")
                if MODE == "slow-bind":
                    time.sleep(3600)
                self.send(message(number, result(0x61)))
            elif tag == 0x63:
                self.search(number, octets)
            elif tag == 0x66:
                self.log("modify asserted" if b"1.3.6.1.1.12" in octets and NEW.encode() in octets else "modify")
                if MODE == "write-closes":
                    raise ConnectionError
                if MODE == "write-unshown":
                    self.send(message(number, result(0x67)))
            else:
                self.log("unbind" if tag == 0x42 else "other")


def serve(connection):
    try:
        Server(connection).serve()
    except (ConnectionError, OSError):
        pass
    connection.close()


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.1.9", PORT))
listener.listen(16)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
