"""Asks PAM about somebody as a login does, without the wait after a refusal: a client may say that it has its own
(pam_fail_delay(3))."""

import ctypes
import os

SERVICE = 'plug'
STACK = ''.join(f'{kind} required pam_coder.so\n' for kind in ('auth', 'account', 'password', 'session'))
PAM_FAIL_DELAY, HIDDEN = 10, 1


class Message(ctypes.Structure):
    _fields_ = [('style', ctypes.c_int), ('text', ctypes.c_char_p)]


class Response(ctypes.Structure):
    _fields_ = [('text', ctypes.c_void_p), ('code', ctypes.c_int)]


Talk = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.POINTER(Message)),
                        ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p)
Wait = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p)


class Conversation(ctypes.Structure):
    _fields_ = [('talk', Talk), ('data', ctypes.c_void_p)]


def wire():
    with open(f'/etc/pam.d/{SERVICE}', 'w', encoding='ascii') as file:
        file.write(STACK)


def ask(name, password):
    """0 when PAM says yes: with a password to that, without one to a login by key."""
    pam, libc = ctypes.CDLL('libpam.so.0'), ctypes.CDLL('libc.so.6')
    libc.calloc.restype = libc.strdup.restype = ctypes.c_void_p

    def talk(count, messages, answers, _):
        room = libc.calloc(count, ctypes.sizeof(Response))
        for number in range(count):
            if messages[number].contents.style == HIDDEN:
                Response.from_address(room + number * ctypes.sizeof(Response)).text = libc.strdup(password.encode())
        answers[0] = room
        return 0

    conversation, wait, handle = Conversation(Talk(talk), None), Wait(lambda *_: None), ctypes.c_void_p()
    if pam.pam_start(SERVICE.encode(), name.encode(), ctypes.byref(conversation), ctypes.byref(handle)) != 0 or \
            pam.pam_set_item(handle, PAM_FAIL_DELAY, wait) != 0:
        raise OSError('no PAM')
    return pam.pam_acct_mgmt(handle, 0) if password is None else pam.pam_authenticate(handle, 0)


def is_let_in(name, password=None):
    """In a process of its own: whoever has looked up a user keeps the directory mapped, and its disk busy."""
    child = os.fork()
    if child == 0:
        status = 2
        try:
            status = 0 if ask(name, password) == 0 else 1
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in (0, 1):
        raise OSError(f'PAM could not be asked about {name}: {status}')
    return status == 0
