"""Medians and ratios of what bench_nss.sh gathered: lines of "ACCOUNTS SERVICE MEASURE VALUE STAT"."""
import statistics
import sys

ROWS = (  # measure, heading, is its ratio to stat() worth a word
    ("getpwnam", "getpwnam, us", True),
    ("getpwuid", "getpwuid, us", True),
    ("getgrgid", "getgrgid, us", True),
    ("initgroups", "initgroups, us", True),
    ("getpwnam-instructions", "getpwnam, instructions outside of the kernel", False),
    ("getpwuid-instructions", "getpwuid, the same", False),
    ("getgrgid-instructions", "getgrgid, the same", False),
    ("initgroups-instructions", "initgroups, the same", False),
    ("threads", "4 threads, us per lookup", True),
    ("enumeration", "enumeration, ms", False),
    ("cold", "cold getent, ms", False),
    ("syscalls", "its system calls", False),
    ("objects", "its objects beside libc", False),
    ("private-kb", "private memory, KiB", False),
    ("enumeration-kb", "more when enumerating, KiB", False),
    ("descriptors", "descriptors kept", False),
    ("activate", "one change, ms", False),
    ("commit", "of that the commit, ms", False),
    ("suspend", "a suspend: it looks for set-id files, ms", False),
)

# What we aim at, and then at: times stat(), or plain figures.
AIMS = (
    (("getpwnam", "getpwuid"), 10000, "ratio", 1.6, None),
    (("getpwnam", "getpwuid"), 1000000, "ratio", 2.0, None),
    (("getgrgid",), 10000, "ratio", 1.5, None),
    (("initgroups",), 10000, "ratio", 2.5, None),
    (("initgroups",), 1000000, "ratio", 3.0, None),
    (("syscalls",), 10000, "value", 67, None),
    (("objects",), 10000, "value", 1, None),
    (("private-kb",), 10000, "value", 40, None),
    (("descriptors",), 10000, "value", 0, None),
    (("activate",), 10000, "value", 25, None),
    (("activate",), 100000, "value", 150, None),
)


class Figure:
    """One measure of one service at one size: the median over all rounds, or what went wrong in any of them."""

    def __init__(self):
        self.values, self.ratios, self.trouble = [], [], None

    def add(self, measure, value, stat):
        if value in ("wrong", "crashed", "hung"):
            self.trouble = value
            return
        scale = 10 if measure in ("suspend", "activate", "commit") else 1  # tenths of a millisecond
        self.values.append(float(value) / scale)
        if float(stat) > 0:
            self.ratios.append(float(value) / float(stat))

    def text(self):
        if self.trouble:
            return self.trouble
        if not self.values:
            return ""
        value = statistics.median(self.values)
        return "%.0f" % value if value >= 100 or value == int(value) else "%.2f" % value

    def value(self):
        return None if self.trouble or not self.values else statistics.median(self.values)

    def ratio(self):
        return None if self.trouble or not self.ratios else statistics.median(self.ratios)


figures = {}
for line in open(sys.argv[1]):
    words = line.split()
    if len(words) != 5:
        continue
    size, service, measure, value, stat = words
    broken = {"lookups": ("getpwnam", "getpwuid", "getgrgid")}.get(measure, (measure,))
    for name in broken:
        figures.setdefault((int(size), service, name), Figure()).add(name, value, stat)

nothing = Figure()
for size in sorted({key[0] for key in figures}):
    services = [s for s in ("coder", "files", "extrausers", "cache", "db", "sss") if any(k[:2] == (size, s) for k in figures)]
    peers = services[1:]
    print("\n| %s accounts | %s | to stat() | to the best peer |" % ("{:,}".format(size), " | ".join(services)))
    print("|" + "---|" * (len(services) + 3))
    for measure, heading, has_ratio in ROWS:
        row = [figures.get((size, s, measure), nothing) for s in services]
        ours, best = row[0].value(), [f.value() for f in row[1:] if f.value()]
        ratio = "%.2f" % row[0].ratio() if has_ratio and row[0].ratio() is not None else ""
        against = "%.2g" % (ours / min(best)) if ours is not None and best and measure != "objects" else ""
        print("| %s | %s | %s | %s |" % (heading, " | ".join(f.text() for f in row), ratio, against))

print()
for measures, size, kind, aim, then in AIMS:
    for measure in measures:
        figure = figures.get((size, "coder", measure), nothing)
        got = figure.ratio() if kind == "ratio" else figure.value()
        if got is None:
            continue
        further = "" if then is None else "; then %.1f: %s" % (then, "reached" if got <= then else "%.2f of it" % (got / then))
        print("%s at %s: %.2f, aim %.1f: %s%s" % (measure, "{:,}".format(size), got, aim,
                                                  "reached" if got <= aim else "missed", further))
