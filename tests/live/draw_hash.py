"""Hashes (draws.py)."""

UNORDERED = {"HKEYS", "HVALS"}
PAIRS = {"HGETALL"}
CHANCE = {"HRANDFIELD"}
WALKS = {"HSCAN"}
READERS = {"hash": (lambda key: ("HGETALL", key), lambda reply: ("hash", sorted(zip(reply[::2], reply[1::2]))))}
SCANS = [(lambda name: ("HSET", "h", name, "v"), lambda name: ("HDEL", "h", name), ["HSCAN", "h"])]

INTS = ["0", "1", "-1", "7", "100", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "01", "+1", "1 ", ""]
FLOATS = ["0.1", "1.5", "-3.25", "1e3", "5.0e-3", "inf", "-inf", "nan", "abc", " 1", "3", "1e400", "0x10", "-0", "1e17"]
FIELDS = ["f%d" % i for i in range(12)] + INTS + ["field" * 20]


def commands(make):
    d, k, v, i = make.draw, make.key, make.value, make.int

    def f():
        return d.choice(FIELDS)

    def pairs():
        if d.random() < 0.02:  # as many as make it large
            first, count = d.randint(0, 400), d.choice([100, 600])
            return [w for n in range(first, first + count) for w in ("m%d" % n, n)]
        return [w for _ in range(d.randint(1, 4)) for w in (f(), v())]

    return [
        lambda: ["HSET", k()] + pairs(), lambda: ["HSET", k(), f(), v()], lambda: ["HMSET", k()] + pairs(),
        lambda: ["HSET", k(), f(), v(), f()], lambda: ["HSETNX", k(), f(), v()], lambda: ["HGET", k(), f()],
        lambda: ["HMGET", k()] + make.some(f), lambda: ["HDEL", k()] + make.some(f, 12), lambda: ["HDEL", k(), f()],
        lambda: ["HLEN", k()], lambda: ["HEXISTS", k(), f()], lambda: ["HSTRLEN", k(), f()], lambda: ["HGETALL", k()],
        lambda: ["HKEYS", k()], lambda: ["HVALS", k()], lambda: ["HINCRBY", k(), f(), i()],
        lambda: ["HINCRBY", k(), f(), d.randint(-5, 5)], lambda: ["HINCRBYFLOAT", k(), f(), d.choice(FLOATS + INTS)],
        lambda: ["HRANDFIELD", k()], lambda: ["HRANDFIELD", k(), d.choice([0, 1, 3, 1000, -1, -7, "x", -2**63, 2**63 - 1])],
        lambda: ["HRANDFIELD", k(), d.choice([0, 1, 3, 1000, -1, -7, "x", 2**63 - 1]), d.choice(["WITHVALUES", "withvalues", "x"])],
        lambda: ["HSCAN", k(), d.choice([0, 0, 0, 0, "x", "-", "", "00"])] + make.scan_options(),
        lambda: ["COPY", k(), k()] + d.choice([[], [], ["REPLACE"], ["DB", 1], ["DB", 1, "REPLACE"], ["DB", 16], ["DB", "x"], ["DB"], ["x"]]),
        lambda: ["RENAME", k(), k()], lambda: ["TYPE", k()], lambda: ["DEL", k()], lambda: ["PEXPIRE", k(), make.FAR_MS],
        lambda: ["SET", k(), v(), "GET"], lambda: ["GETEX", k()], lambda: ["MGET"] + make.some(k),
    ]


SCRIPT = """
CONFIG SET hash-max-listpack-entries 2
CONFIG GET hash-max-ziplist-entries
HSET hash:a 1 1 2 2
OBJECT ENCODING hash:a
HSET hash:a 3 3
OBJECT ENCODING hash:a
CONFIG SET hash-max-ziplist-value 3
HSET hash:b a 123
OBJECT ENCODING hash:b
HSET hash:b a 1234
OBJECT ENCODING hash:b
CONFIG SET hash-max-listpack-entries x
CONFIG SET hash-max-listpack-entries -1
CONFIG SET hash-max-listpack-value 1q
CONFIG SET hash-max-listpack-entries 512 hash-max-listpack-value 64
HDEL hash:a 3
OBJECT ENCODING hash:a
COPY hash:a hash:c
OBJECT ENCODING hash:c
DEL hash:a hash:b hash:c
""".strip().splitlines()


def SAMPLES():
    """Of both forms, with fields and values of all lengths and kinds of numbers."""
    numbers = [0, 1, 127, 128, -1, -4096, 4095, -4097, 32767, -32769, 8388607, -8388609, 2**31 - 1, -2**31 - 1, 2**63 - 1, -2**63, 2**63]
    yield ["HSET", "hash:numbers"] + [w for n in numbers for w in (n, -n)]
    yield ["HSET", "hash:empty", "", ""]
    for count in (1, 100, 512, 513, 5000):
        yield ["HSET", "hash:%d" % count] + [w for i in range(count) for w in ("field%d" % i, "value" * (i % 12))]
    for size in (62, 63, 64, 65, 4095, 4096, 70000):
        yield ["HSET", "hash:long:%d" % size, "f" * size, "v", "f", "v" * size]
    yield ["HSET", "hash:volatile", "a", "b"]
    yield ["PEXPIREAT", "hash:volatile", 4000000000000]


def BATCHES(d):
    key, field = "hash:%d" % d.randint(0, 20), "f%d" % d.randint(0, 600)
    return [
        [("HSET", key, field, d.randint(0, 9999)), ("HINCRBY", key, field, 7)], [("HDEL", key, field, "f1", "f2")],
        [("HINCRBYFLOAT", key, "float", "0.1")], [("HSETNX", key, field, "x" * d.choice([1, 70]))], [("PEXPIRE", key, 60000)],
        [("COPY", key, "hash:copy", "REPLACE")], [("COPY", key, key, "DB", 3, "REPLACE")], [("DEL", key)],
    ]
