"""Sets (draws.py)."""

UNORDERED = {"SMEMBERS", "SPOP", "SINTER", "SUNION", "SDIFF"}
WHOLE = {"SPOP"}
CHANCE = {"SRANDMEMBER"}
WALKS = {"SSCAN"}
READERS = {"set": (lambda key: ("SMEMBERS", key), lambda reply: ("set", sorted(reply)))}
SCANS = [(lambda name: ("SADD", "s", name), lambda name: ("SREM", "s", name), ["SSCAN", "s"])]

NUMBERS = ["0", "1", "-1", "7", "100", "127", "128", "-129", "32767", "32768", "-32769", "2147483647", "2147483648", "-2147483649",
           "9223372036854775807", "-9223372036854775808"]
NAMES = ["m%d" % i for i in range(12)] + ["", "01", "+1", "1 ", "9223372036854775808", "1.5", "\x00\x01\xff", "x" * 64, "x" * 65]
MEMBERS = NUMBERS + NAMES


def commands(make):
    d, k = make.draw, make.key

    def m():
        return d.choice(NUMBERS if d.random() < 0.5 else MEMBERS)

    def members():
        if d.random() < 0.03:  # as many as change the form
            first, count = d.randint(0, 400), d.choice([100, 120, 600])
            return [d.choice(["", "m"]) + str(n) if count == 120 else n for n in range(first, first + count)]
        if d.random() < 0.4:
            return make.some(lambda: d.choice(NUMBERS), 8)
        return make.some(m, 8)

    def keys():
        return make.some(k, d.choice([1, 2, 3, 3, 8]))

    def pop_all():
        """What can be compared: none, and all that are there."""
        return d.choice([0, 100000, 2**63 - 1, -1, "x", 2**63, "", "1.5"])

    def card():
        names = keys()
        count = len(names) if d.random() < 0.8 else d.choice([0, -1, "x", 1, 100, ""])
        limit = d.choice([[], [], ["LIMIT", d.choice([0, 1, 3, 100, -1, "x"])], ["limit", 2], ["LIMIT"], ["LIMIT", 1, "LIMIT", 2], ["BOGUS", 1]])
        return ["SINTERCARD", count] + names + limit

    counts = [0, 1, 3, 1000, -1, -7, "x", -2**63, 2**63 - 1, ""]
    return [
        lambda: ["SADD", k()] + members(), lambda: ["SADD", k()] + members(), lambda: ["SADD", k(), m()], lambda: ["SREM", k(), m()],
        lambda: ["SREM", k()] + members(), lambda: ["SISMEMBER", k(), m()], lambda: ["SMISMEMBER", k()] + members(), lambda: ["SCARD", k()],
        lambda: ["SMEMBERS", k()], lambda: ["SMOVE", k(), k(), m()], lambda: ["SPOP", k(), pop_all()], lambda: ["SPOP", k(), 1, 1],
        lambda: ["SRANDMEMBER", k()], lambda: ["SRANDMEMBER", k(), d.choice(counts)],
        lambda: ["SSCAN", k(), d.choice([0, 0, 0, 0, "x", "-", "", "00"])] + make.scan_options(),
        lambda: ["SINTER"] + keys(), lambda: ["SUNION"] + keys(), lambda: ["SDIFF"] + keys(), card,
        lambda: [d.choice(["SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"]), k()] + keys(),
        lambda: [d.choice(["SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"]), k()] + keys(),
        lambda: ["COPY", k(), k()] + d.choice([[], ["REPLACE"]]), lambda: ["RENAME", k(), k()], lambda: ["TYPE", k()],
        lambda: ["DEL", k()], lambda: ["PEXPIRE", k(), make.FAR_MS], lambda: ["PTTL", k()],
    ]


def same_encoding(picket, redis):
    """Redis 7.0 has no compact form of sets that are not of integers only, and keeps what it once chose."""
    return redis == b"hashtable" and picket in (b"listpack", b"intset")


SCRIPT = """
SADD set:a
SADD set:a 1 2 3
TYPE set:a
OBJECT ENCODING set:a
SADD set:a 1 2 3
SCARD set:a
SPOP set:none
SPOP set:none 0
SPOP set:none 5
SPOP set:none -5
SPOP set:none x
SPOP set:a 1 2
SRANDMEMBER set:none
SRANDMEMBER set:none 5
SRANDMEMBER set:a 1 2
SRANDMEMBER set:a x
SRANDMEMBER set:a -9223372036854775808
SMOVE set:a set:b 1
SMOVE set:a set:b 1
SMOVE set:none set:b 1
SMOVE set:a set:a 2
SMOVE set:a set:a 7
SET string v
SMOVE set:none string 1
SMOVE set:a string 1
SMOVE string set:a 1
SADD string 1
SREM string 1
SISMEMBER string 1
SMISMEMBER string 1
SCARD string
SMEMBERS string
SPOP string
SPOP string 0
SPOP string -1
SRANDMEMBER string
SRANDMEMBER string 1
SRANDMEMBER string 0
SINTER set:none string
SINTER set:a string
SUNION set:none string
SDIFF set:none string
SINTERSTORE string set:none
EXISTS string
SET string v
SINTERSTORE set:c set:a string
SUNIONSTORE string set:a
TYPE string
SET string v
SINTERCARD 0 set:a
SINTERCARD x set:a
SINTERCARD 2 set:a
SINTERCARD 1 set:a LIMIT
SINTERCARD 1 set:a LIMIT -1
SINTERCARD 1 set:a LIMIT 1
SINTERCARD 1 set:a BOGUS
SINTERCARD 1 string
SINTERCARD 2 set:none string
SSCAN set:none 0
SSCAN set:none x
SSCAN set:a x
SSCAN string 0
SSCAN set:a 0 COUNT 0
SSCAN set:a 0 NOVALUES
SSCAN set:a 0 TYPE set
EXPIRE set:a 100000
SUNIONSTORE set:a set:b
TTL set:a
SPOP set:a 100
EXISTS set:a
SADD set:d 9223372036854775807 -9223372036854775808 x
OBJECT ENCODING string
DEL string set:b set:c set:d
CONFIG GET set-max-intset-entries
CONFIG SET set-max-intset-entries 2
SADD set:e 1 2
OBJECT ENCODING set:e
SADD set:e 3
OBJECT ENCODING set:e
CONFIG SET set-max-intset-entries x
CONFIG SET set-max-intset-entries -1
CONFIG SET set-max-intset-entries 512
SREM set:e 3
OBJECT ENCODING set:e
SADD set:f 1 2 3 70000
DUMP set:f
DEL set:e set:f
""".strip().splitlines()


def SAMPLES():
    """Of all forms and widths; one on each side of each limit."""
    for name, numbers in [("16", (0, 1, -1, 32767, -32768)), ("32", (0, 32768, -32769)), ("64", (0, 2**31, 2**63 - 1, -2**63))]:
        yield ["SADD", "set:int" + name] + list(numbers)
    for count in (1, 100, 128, 129, 512, 513, 5000):
        yield ["SADD", "set:ints:%d" % count] + [i * 3 for i in range(count)]
        yield ["SADD", "set:names:%d" % count] + ["member%d" % i for i in range(count)]
        yield ["SADD", "set:mixed:%d" % count] + [i if i % 2 else "x%d" % i for i in range(count)]
    for size in (0, 62, 63, 64, 65, 4095, 4096, 70000):
        yield ["SADD", "set:long:%d" % size, "m" * size]
    yield ["SADD", "set:volatile", "a", "b"]
    yield ["PEXPIREAT", "set:volatile", 4000000000000]


def BATCHES(d):
    key, other = "set:%d" % d.randint(0, 20), "set:%d" % d.randint(0, 20)
    members = [d.choice([n, "m%d" % n]) for n in (d.randint(0, 300) for _ in range(d.choice([1, 3, 30])))]
    return [
        [["SADD", key] + members], [["SREM", key] + members], [("SPOP", key)], [("SPOP", key, d.choice([1, 5, 100]))],
        [("SMOVE", key, other, d.randint(0, 300))], [(d.choice(["SUNIONSTORE", "SDIFFSTORE", "SINTERSTORE"]), "set:stored", key, other)],
        [["SADD", "set:large"] + [d.randint(0, 10**6) for _ in range(200)]], [("SPOP", "set:large", d.choice([0] * 11 + [1500]))],
        [("MULTI",), ("SPOP", key, 2), ("SPOP", key), ("EXEC",)], [("SADD", key, "a"), ("PEXPIRE", key, 60000)],
    ]
