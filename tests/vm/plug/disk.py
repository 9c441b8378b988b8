"""A log of what was written to a disk, and the disks that a power cut could have left.

The format is that of the kernel's dm-log-writes (drivers/md/dm-log-writes.c,
Documentation/admin-guide/device-mapper/log-writes.rst), which qemu's blklogwrites writes, too: a sector with the number of
entries, then for each entry a sector that describes it and its data. The kernel writes an entry down once it is flushed,
or at once if it was written through (FUA): what stands between two flushes was waiting in the disk's cache when the later
one came."""

import struct

FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8
MAGIC = 0x6A736677736872


def entries(path, marks=()):
    """Yields (flags, offset, data) of each; data is bytes, or the text of a mark. Of a log without marks of its own, marks
    says where they are: (size of the log then, text), in order."""
    marks = list(marks)
    with open(path, 'rb') as log:
        magic, version, count, sector = struct.unpack('<QQQI', log.read(28))
        if magic != MAGIC or version != 1:
            raise ValueError(f'{path}: no log of this kind')
        place = sector
        for _ in range(count):
            while marks and marks[0][0] <= place:
                yield MARK, 0, marks.pop(0)[1]
            log.seek(place)
            head = log.read(sector)
            where, sectors, flags, length = struct.unpack_from('<QQQQ', head)
            place += sector
            if flags & MARK:
                yield flags, 0, head[32:32 + length].decode()
            elif flags & DISCARD:
                raise ValueError('the filesystem was to be mounted without discard')
            else:
                yield flags, where * sector, log.read(sectors * sector)
                place += sectors * sector


def states(log, base, chance, loses=0.0):
    """Walks through the entries of a log, and yields (mark, kind, writes) for each disk that the power could have left:

    flush     what was on the disk when a flush had ended
    torn      that, and of what was waiting for the next one a random half in random order
    returned  what was on it when the mark was made, and nothing of what was waiting

    mark is the newest one that had been made, writes a list of (offset, data) beyond what is in the file base by then.
    A disk that loses drops that part of all writes, and says it has them."""
    mark, waiting, changed = '', [], False
    with open(base, 'r+b') as disk:
        def put(offset, data):
            disk.seek(offset)
            disk.write(data)

        for flags, offset, data in log:
            if flags & MARK:
                mark = data
                disk.flush()
                yield mark, 'returned', []
                continue
            if flags & FLUSH:
                if waiting:
                    half = [write for write in waiting if chance.random() < 0.5]
                    chance.shuffle(half)
                    disk.flush()
                    yield mark, 'torn', half
                for write in waiting:
                    put(*write)
                changed, waiting = changed or bool(waiting), []
            if data and chance.random() >= loses:
                if flags & FUA:
                    waiting = [w for w in waiting if w[0] + len(w[1]) <= offset or w[0] >= offset + len(data)]
                    put(offset, data)
                    changed = True
                else:
                    waiting.append((offset, data))
            if flags & FLUSH and changed:
                disk.flush()
                yield mark, 'flush', []
                changed = False
