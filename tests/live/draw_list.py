"""Lists (draws.py)."""

READERS = {"list": (lambda key: ("LRANGE", key, 0, -1), lambda reply: ("list", list(reply)))}

ELEMENTS = ["0", "1", "-1", "127", "128", "4095", "4096", "-4097", "32768", "8388608", "2147483648", "9223372036854775807", "01", "1.5", "",
            "a", "b", "c", "\x00\xff\n", "x" * 63, "x" * 64, "y" * 1000, "z" * 4096, "w" * 9000]
INDICES = [0, 0, 1, 2, 3, 5, 10, 100, -1, -1, -2, -3, -7, -100, 2**63 - 1, -2**63, "x", "1.5", ""]
ENDS = ["LEFT", "RIGHT", "LEFT", "RIGHT", "left", "Right"]


def commands(make):
    d, k = make.draw, make.key

    def e():
        return d.choice(ELEMENTS[:16] if d.random() < 0.8 else ELEMENTS)

    def elements():
        luck = d.random()
        if luck < 0.02:  # as many as make it large
            first = d.randint(0, 400)
            return ["element:%d" % i for i in range(first, first + d.choice([200, 800]))]
        return make.some(e, 8)

    def i():
        return d.choice(INDICES) if d.random() < 0.5 else d.randint(-20, 20)

    def end():
        return d.choice(ENDS) if d.random() < 0.97 else "BOGUS"

    def count():
        return d.choice([[], [], [1], [2], [3], [0], [100], [2000], [-1], ["x"], [2**63 - 1], [2**63]])

    def keys():
        names = make.some(k)
        return [len(names) if d.random() < 0.9 else d.choice([0, -1, "x", 1, 7, 2**40])] + names

    def many():
        return d.choice([[], [], ["COUNT", 2], ["count", 100], ["COUNT", 0], ["COUNT", "x"], ["COUNT"], ["COUNT", 1, "COUNT", 1], ["BOGUS", 1]])

    def search():
        words = []
        for _ in range(d.choice([0, 0, 1, 1, 2, 3])):
            words += d.choice([["RANK", d.choice([1, 2, 3, -1, -2, 0, "x", 2**63 - 1])], ["COUNT", d.choice([0, 1, 2, 100, -1, "x"])],
                               ["MAXLEN", d.choice([0, 1, 5, 1000, -1, "x"])], ["rank", 1], ["BOGUS", 1], ["COUNT"]])
        return words

    def soon():
        return d.choice(["0.001", "0.001", "0.002", "1e-3", "x", "-1", "nan"])

    def waiting():
        """Those that wait for a moment, if at all."""
        return d.choice([["BLPOP"] + make.some(k) + [soon()], ["BRPOP"] + make.some(k) + [soon()], ["BLMOVE", k(), k(), end(), end(), soon()],
                         ["BRPOPLPUSH", k(), k(), soon()], ["BLMPOP", soon()] + keys() + [end()] + many()])

    pushes = ["LPUSH", "RPUSH", "LPUSH", "RPUSH", "LPUSHX", "RPUSHX"]
    return [
        lambda: [d.choice(pushes), k()] + elements(), lambda: [d.choice(pushes), k()] + elements(), lambda: [d.choice(pushes), k(), e()],
        lambda: [d.choice(["LPOP", "RPOP"]), k()] + count(), lambda: [d.choice(["LPOP", "RPOP"]), k()], lambda: ["LLEN", k()],
        lambda: ["LINDEX", k(), i()], lambda: ["LSET", k(), i(), e()], lambda: ["LSET", k(), d.randint(-5, 5), e()],
        lambda: ["LRANGE", k(), i(), i()], lambda: ["LRANGE", k(), 0, -1],
        lambda: ["LTRIM", k(), i(), i()] if d.random() < 0.3 else ["LTRIM", k(), d.randint(0, 3), d.choice([-1, -2, 1000, 500])],
        lambda: ["LREM", k(), d.choice([0, 1, 2, -1, -2, 100, "x", 2**63 - 1]), e()],
        lambda: ["LINSERT", k(), d.choice(["BEFORE", "AFTER", "before", "BOGUS"] if d.random() < 0.1 else ["BEFORE", "AFTER"]), e(), e()],
        lambda: ["LINSERT", k(), d.choice(["BEFORE", "AFTER"]), "element:%d" % d.randint(0, 1200), e()],
        lambda: ["LPOS", k(), e()] + search(), lambda: ["LMOVE", k(), k(), end(), end()], lambda: ["RPOPLPUSH", k(), k()],
        lambda: ["LMPOP"] + keys() + [end()] + many(), waiting,
        lambda: ["COPY", k(), k()] + d.choice([[], ["REPLACE"]]), lambda: ["RENAME", k(), k()], lambda: ["TYPE", k()],
        lambda: ["DEL", k()], lambda: ["PEXPIRE", k(), make.FAR_MS],
    ]


def same_encoding(picket, redis):
    """Redis 7.0 has one form only."""
    return redis == b"quicklist" and picket == b"listpack"


DIFFERS = {"OBJECT ENCODING list"}

SCRIPT = """
LPUSH
LPUSH a
LPOP a x
LPOP a -1
LPOP a 0
LPOP a 1
LPOP list:none
LPOP list:none 0
LPOP list:none 3
LPOP list:none x
RPUSH list 1 2 3
LPOP list 0
LPOP list -1
SET string v
LPOP string x
LPOP string 0
LPOP string
LINDEX list x
LINDEX list:none x
LINDEX string x
LINDEX list 5
LSET list:none 0 v
LSET list 10 v
LSET list x v
LSET list:none x v
LSET string x v
LRANGE list:none 0 x
LRANGE string 0 x
LRANGE string 0 1
LTRIM list:none 0 x
LTRIM list:none 0 1
LTRIM string x 1
LREM list:none x v
LREM string 0 v
LINSERT list:none BEFOREX a b
LINSERT list:none BEFORE a b
LINSERT list BEFORE a b
LINSERT string BEFORE a b
LPOS list 1 RANK
LPOS list 1 RANK 0
LPOS list 1 RANK x
LPOS list 1 COUNT -1
LPOS list 1 COUNT x
LPOS list 1 MAXLEN -1
LPOS list 1 MAXLEN x
LPOS list 1 BOGUS 1
LPOS list:none 1 RANK 0
LPOS list:none 1
LPOS list:none 1 COUNT 1
LPOS string 1 COUNT 1
LMOVE list list LEFT
LMOVE list list LEFT X
LMOVE list list LEFT RIGHT
LMOVE list:none string LEFT RIGHT
LMOVE list string LEFT RIGHT
LMOVE string list LEFT RIGHT
RPOPLPUSH list:none string
RPOPLPUSH list string
LMPOP 0 list LEFT
LMPOP x list LEFT
LMPOP 1 list
LMPOP 2 list LEFT
LMPOP 1 list LEFTT
LMPOP 1 list LEFT COUNT 0
LMPOP 1 list LEFT COUNT
LMPOP 1 list LEFT COUNT 1 COUNT 1
LMPOP 1 list LEFT BOGUS 1
LMPOP 1 list:none LEFT COUNT 1
LMPOP 1 string LEFT COUNT 1
LMPOP 2 list:none list LEFT COUNT 2
BLPOP list x
BLPOP list -1
BLPOP list nan
BLPOP string 0
BLPOP list:none string 0
BLPOP list:none string x
LMPOP 1 list BOGUS COUNT 0
LMPOP 1 list LEFT COUNT 1 X
LPOP list 1 2
RPOP list 1 2
LREM list 0 zz x
DEL list
RPUSH list 1 2 3 4 5 6 7 8 9
SET string v
BLPOP list:none list 0
BLPOP list:none 0.01
BLMOVE list:none list LEFT RIGHT 0.01
BLMOVE list:none string LEFT RIGHT 0.01
BLMOVE list:none string LEFT RIGHTT x
BLMOVE list:none string LEFT RIGHT x
BLMOVE string list LEFT RIGHT 0.01
BRPOPLPUSH list:none list 0.01
BRPOPLPUSH list:none list x
BLMPOP x 1 list LEFT
BLMPOP x x list LEFT
BLMPOP 0.01 0 list LEFT
BLMPOP -1 1 list LEFT
BLMPOP 0.01 1 list LEFTT
BLMPOP 0.01 1 list:none LEFT
MULTI
BLPOP list:none 0
BLMOVE list:none list LEFT RIGHT 0
BRPOPLPUSH list:none list 0
BLMPOP 0 1 list:none LEFT
LMPOP 1 list:none LEFT
LPOP list:none
LPOP list:none 1
LPOS list:none 1
LPOS list:none 1 COUNT 1
LINDEX list:none 1
EXEC
CLIENT UNBLOCK
CLIENT UNBLOCK x
CLIENT UNBLOCK 999
CLIENT UNBLOCK x BOGUS
CLIENT UNBLOCK 9 TIMEOUT X
OBJECT ENCODING list
LPUSHX list:none 1
LPUSHX string 1
LLEN string
LMOVE list list LEFT RIGHT
LMOVE list list RIGHT RIGHT
RPOPLPUSH list list
LRANGE list 0 -1
LPOP list 0
LPOP list:none 0
LPOP list 2
RPOP list 100
DEL list
RPUSH list a b c a b c a
LPOS list a
LPOS list a RANK -1
LPOS list a COUNT 0
LPOS list a COUNT 2 RANK -2
LPOS list a MAXLEN 1 COUNT 0
LPOS list zz
LPOS list zz COUNT 0
LPOS list a RANK -7
LPOS list a RANK -9223372036854775807
LPOS list a COUNT 1 COUNT 0
LPOS list a COUNT
LREM list 0 zz
LREM list -9223372036854775808 a
LREM list 9223372036854775807 a
LINDEX list -9223372036854775808
LRANGE list -9223372036854775808 9223372036854775807
LRANGE list 5 1
LTRIM list 5 1
EXISTS list
LMPOP 9999999999 list LEFT
LMPOP 1 list LEFT COUNT 9223372036854775807
LMPOP 1 list LEFT COUNT 9999999999999999999
BLMPOP 0.01 9999999999 list LEFT
RPOP list:none 9223372036854775807
RPOP list:none 9223372036854775808
RPOPLPUSH string list:none
RPUSH list 1
RPOPLPUSH list list:2
EXISTS list
""".strip().splitlines()


def SAMPLES():
    """Of both forms, and with elements around the size of a node."""
    for count in (1, 2, 100, 600, 700, 5000):
        yield ["RPUSH", "list:ints:%d" % count] + [i * 7 for i in range(count)]
        yield ["LPUSH", "list:texts:%d" % count] + ["element %d" % i for i in range(count)]
    for size in (0, 63, 64, 4095, 4096, 8100, 8180, 8192, 70000, 200000):
        yield ["RPUSH", "list:long:%d" % size, "front", "e" * size, "behind"]
    yield ["RPUSH", "list:edges"] + [n for b in (7, 12, 13, 15, 16, 23, 24, 31, 32, 63) for n in (2**b - 1, -2**b)]
    yield ["RPUSH", "list:volatile", "a", "b"]
    yield ["PEXPIREAT", "list:volatile", 4000000000000]


def BATCHES(d):
    key, other = "list:%d" % d.randint(0, 20), "list:%d" % d.randint(0, 20)
    words = ["element %d" % d.randint(0, 300) for _ in range(d.choice([1, 3, 200]))]
    ends = [d.choice(["LEFT", "RIGHT"]) for _ in range(2)]
    return [
        [[d.choice(["LPUSH", "RPUSH"]), key] + words], [(d.choice(["LPOP", "RPOP"]), key, d.choice([1, 5, 300]))], [("LPOP", key)],
        [("LTRIM", key, 1, -2)], [("LREM", key, d.choice([0, 1, -2]), "element 7")], [("LINSERT", key, "BEFORE", words[0], "x" * d.choice([1, 5000]))],
        [("LSET", key, d.randint(-3, 3), "y" * d.choice([1, 9000]))], [["LMOVE", key, other] + ends], [("RPOPLPUSH", key, other)],
        [("LMPOP", 3, "list:none", key, other, ends[0], "COUNT", d.choice([1, 7, 1000]))], [("BLPOP", key, other, 0.001)],
        [["BLMOVE", key, other] + ends + [0.001]], [("BRPOPLPUSH", key, other, 0.001)], [("BLMPOP", 0.001, 2, key, other, ends[0], "COUNT", 3)],
    ]
