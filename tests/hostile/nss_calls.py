# nss_calls.py NAME ID SIZE: what every call of passwd, group and shadow answers a program of the real glibc: a line
# "CALL: RETURNED errno ERRNO", once with errno 0 before the call and once with 42. SIZE is that of the buffers.
import ctypes
import sys

name, number, size = sys.argv[1].encode(), int(sys.argv[2]), int(sys.argv[3])
libc = ctypes.CDLL("libc.so.6", use_errno=True)
entry, buffer = ctypes.create_string_buffer(256), ctypes.create_string_buffer(max(size, 1))
MAPS = ("pw", "gr", "sp")
for pointer in [f"get{m}{what}" for m in MAPS for what in ("nam", "ent")] + ["getpwuid", "getgrgid"]:
    getattr(libc, pointer).restype = ctypes.c_void_p


def asked(before, call, *words):
    ctypes.set_errno(before)
    returned = getattr(libc, call)(*words)
    return returned, ctypes.get_errno()


def tell(call, returned, error):
    print(f"{call}: {returned} errno {error}")


def by_buffer(before, call, *words):
    found = ctypes.c_void_p()
    returned, error = asked(before, call, *words, entry, buffer, ctypes.c_size_t(size), ctypes.byref(found))
    return (returned, "found" if found else "none"), error


def lookups(before):
    for call, word in [(f"get{m}nam", name) for m in MAPS] + [("getpwuid", number), ("getgrgid", number)]:
        tell(call + "_r", *by_buffer(before, call + "_r", word))
        returned, error = asked(before, call, word)
        tell(call, "found" if returned else "none", error)


# To the end, which is all that is told of it: errno is set once, before all.
def enumerations(before):
    for m in MAPS:
        getattr(libc, f"set{m}ent")()
        ctypes.set_errno(before)
        while getattr(libc, f"get{m}ent")():
            pass
        tell(f"get{m}ent", "none", ctypes.get_errno())
        getattr(libc, f"set{m}ent")()
        returned, error = (0, None), before
        while returned[0] == 0:
            returned, error = by_buffer(error, f"get{m}ent_r")
        tell(f"get{m}ent_r", returned, error)
        getattr(libc, f"end{m}ent")()


def lists(before):
    gids, count = (ctypes.c_uint * 64)(), ctypes.c_int(64)
    returned, error = asked(before, "getgrouplist", name, number, gids, ctypes.byref(count))
    tell("getgrouplist", (returned, gids[: count.value]), error)
    tell("initgroups", *asked(before, "initgroups", name, number))


for preset in (0, 42):
    lookups(preset)
    enumerations(preset)
    lists(preset)
