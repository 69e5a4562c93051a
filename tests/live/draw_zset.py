"""Sorted sets (draws.py)."""

CHANCE = {"ZRANDMEMBER"}
WALKS = {"ZSCAN"}
WHOLE = {"ZRANK", "ZREVRANK"}  # a word more is WITHSCORE
READERS = {"zset": (lambda key: ("ZRANGE", key, 0, -1, "WITHSCORES"), lambda reply: ("zset", reply))}
SCANS = [(lambda name: ("ZADD", "z", 1, name), lambda name: ("ZREM", "z", name), ["ZSCAN", "z"])]

PLAIN = ["0", "1", "2", "-1", "3", "1.5", "-2.25", "100", "0.1"]
SCORES = PLAIN + ["inf", "-inf", "+inf", "1e17", "1e-7", "-0", "4611686018427387904", "9223372036854775807", "-9223372036854775808",
                  "3.0e3", "0x10", "1.7976931348623157e308", "5e-324", "123456789.123456789"]
BAD = ["nan", "abc", "", " 1", "1e400", "1 ", "1e-400", "(1"]
NAMES = ["m%d" % i for i in range(12)] + ["", "1", "2", "-7", "01", "\x00\x01\xff", "x" * 64, "x" * 65, "9223372036854775807"]
ENDS = ["-inf", "+inf", "inf", "(1", "(2", "1", "2", "0", "-1", "(-1", "1.5", "100", "(inf", "(-inf", "1e400", "-0"]
BAD_ENDS = ["abc", "(", "", "nan", "((1", "[1", " 1", "1 "]
LEX = ["lex%d" % i for i in range(4)]  # keys whose members all have one score
LEX_NAMES = ["", "a", "aa", "ab", "b", "c", "1", "2", "x" * 64, "x" * 65, "\x00", "\xff"]
LEX_ENDS = ["-", "+", "[a", "(a", "[", "(", "[b", "(c", "[aaa", "(1", "[x", "[\xff", "(\x00"]


def commands(make):
    d, k = make.draw, make.key

    def score():
        luck = d.random()
        return d.choice(PLAIN if luck < 0.6 else SCORES if luck < 0.98 else BAD)

    def m():
        return d.choice(NAMES)

    def pairs():
        if d.random() < 0.03:  # as many as make it large
            first, count = d.randint(0, 400), d.choice([100, 120, 300])
            return [w for n in range(first, first + count) for w in (n % 17, "n%d" % n)]
        return [w for _ in range(d.randint(1, 6)) for w in (score(), m())]

    def rules():
        return make.conditions(["NX", "XX", "GT", "LT", "CH", "ch", "INCR", "BOGUS"])

    def place():
        return d.choice([0, 1, 2, 5, -1, -2, -3, 100, -100, 2**63 - 1, -2**63, "x", d.randint(-200, 200)])

    def end():
        return d.choice(ENDS if d.random() < 0.95 else BAD_ENDS)

    def lex_end():
        return d.choice(LEX_ENDS if d.random() < 0.95 else ["a", "", "x", "1", "++"])

    def limit():
        return d.choice([[], [], ["LIMIT", d.choice([0, 1, 3, 100, -1, "x"]), d.choice([0, 1, 5, -1, -2, 1000, "x"])], ["LIMIT", 1]])

    def scores_word():
        return d.choice([[], [], ["WITHSCORES"], ["withscores"], ["BOGUS"]] if d.random() < 0.1 else [[], ["WITHSCORES"]])

    def zrange(*more):
        by = d.choice(["", "", "BYSCORE", "byscore"])
        ends = [place(), place()] if not by else [end(), end()]
        words = [[by] if by else [], d.choice([[], ["REV"]]), limit() if by or d.random() < 0.1 else []] + list(more)
        d.shuffle(words)
        return ends + sum(words, [])

    def lex(*more):
        words = [["BYLEX"], d.choice([[], ["REV"]]), limit()] + list(more)
        d.shuffle(words)
        return [lex_end(), lex_end()] + sum(words, [])

    def lk():
        return d.choice(LEX)

    def lex_pairs():
        if d.random() < 0.03:
            return [w for n in range(150) for w in (0, "%c%d" % (d.choice("abcxyz"), n))]
        return [w for _ in range(d.randint(1, 6)) for w in (0, d.choice(LEX_NAMES))]

    def keys():
        names = make.some(k, d.choice([1, 2, 2, 3, 5]))
        return [len(names) if d.random() < 0.95 else d.choice([0, -1, "x", 100, len(names) + 1])] + names

    def algebra(weighs, scores):
        words = keys()
        options = []
        if weighs and d.random() < 0.4:
            options.append(["WEIGHTS"] + [d.choice(PLAIN + ["inf", "-inf", "x"] if d.random() < 0.2 else PLAIN) for _ in words[1:]])
        if weighs and d.random() < 0.4:
            options.append(["AGGREGATE", d.choice(["SUM", "MIN", "MAX", "min", "x"] if d.random() < 0.3 else ["SUM", "MIN", "MAX"])])
        if scores and d.random() < 0.6:
            options.append(["WITHSCORES"])
        if d.random() < 0.03:
            options.append(["BOGUS"])
        d.shuffle(options)
        return words + sum(options, [])

    def mpop():
        return keys() + [d.choice(["MIN", "MAX", "min", "x"])] + d.choice([[], [], ["COUNT", d.choice([1, 2, 10, 1000, 0, -1, "x"])], ["COUNT"]])

    def card():
        return keys() + d.choice([[], [], ["LIMIT", d.choice([0, 1, 2, 100, -1, "x"])], ["LIMIT"], ["WITHSCORES"]])

    def wait():
        return d.choice(["0.001", "0.01", "-1", "x", "nan"] if d.random() < 0.1 else ["0.001"])

    counts = [0, 1, 3, 1000, -1, -7, "x", -2**63, 2**63 - 1, ""]
    return [
        lambda: ["ZADD", k()] + pairs(), lambda: ["ZADD", k()] + pairs(), lambda: ["ZADD", k()] + pairs(), lambda: ["ZADD", k()] + rules() + pairs(),
        lambda: ["ZADD", k()] + rules() + [score(), m()], lambda: ["ZADD", k(), "INCR", score(), m()], lambda: ["ZADD", k(), score()],
        lambda: ["ZINCRBY", k(), score(), m()], lambda: ["ZREM", k(), m()], lambda: ["ZREM", k()] + make.some(m, 8), lambda: ["ZCARD", k()],
        lambda: ["ZSCORE", k(), m()], lambda: ["ZMSCORE", k()] + make.some(m), lambda: ["ZRANK", k(), m()], lambda: ["ZREVRANK", k(), m()],
        lambda: ["ZCOUNT", k(), end(), end()], lambda: ["ZRANGE", k()] + zrange(scores_word()), lambda: ["ZRANGE", k()] + zrange(scores_word()),
        lambda: ["ZREVRANGE", k(), place(), place()] + scores_word() + d.choice([[], [], [], limit()]),
        lambda: [d.choice(["ZRANGEBYSCORE", "ZREVRANGEBYSCORE"]), k(), end(), end()] + scores_word() + limit(),
        lambda: ["ZRANGESTORE", k(), k()] + zrange(), lambda: ["ZRANGESTORE", k(), k()] + zrange(scores_word()),
        lambda: ["ZREMRANGEBYRANK", k(), place(), place()], lambda: ["ZREMRANGEBYRANK", k(), d.randint(0, 5), d.randint(0, 5)],
        lambda: ["ZREMRANGEBYSCORE", k(), end(), end()], lambda: [d.choice(["ZPOPMIN", "ZPOPMAX"]), k()],
        lambda: [d.choice(["ZPOPMIN", "ZPOPMAX"]), k(), d.choice([0, 1, 2, 10, 1000, -1, "x", ""])], lambda: ["ZPOPMIN", k(), 1, 2],
        lambda: ["ZMPOP"] + mpop(), lambda: ["BZMPOP", wait()] + mpop(), lambda: [d.choice(["BZPOPMIN", "BZPOPMAX"])] + make.some(k) + [wait()],
        lambda: ["ZUNION"] + algebra(True, True), lambda: ["ZINTER"] + algebra(True, True), lambda: ["ZDIFF"] + algebra(d.random() < 0.1, True),
        lambda: [d.choice(["ZUNIONSTORE", "ZINTERSTORE"]), k()] + algebra(True, d.random() < 0.1), lambda: ["ZDIFFSTORE", k()] + algebra(False, False),
        lambda: ["ZINTERCARD"] + card(), lambda: ["ZRANDMEMBER", k()], lambda: ["ZRANDMEMBER", k(), d.choice(counts)],
        lambda: ["ZRANDMEMBER", k(), d.choice(counts), d.choice(["WITHSCORES", "withscores", "x"])],
        lambda: ["ZSCAN", k(), d.choice([0, 0, 0, 0, "x", "-", "", "00"])] + make.scan_options(),
        lambda: ["ZADD", lk()] + lex_pairs(), lambda: ["ZADD", lk()] + lex_pairs(), lambda: ["ZREM", lk()] + make.some(lambda: d.choice(LEX_NAMES)),
        lambda: ["ZRANGE", lk()] + lex(d.choice([[], [], [], ["WITHSCORES"]])), lambda: ["ZRANGESTORE", lk(), lk()] + lex(),
        lambda: ["ZLEXCOUNT", lk(), lex_end(), lex_end()], lambda: [d.choice(["ZRANGEBYLEX", "ZREVRANGEBYLEX"]), lk(), lex_end(), lex_end()] + limit(),
        lambda: ["ZREMRANGEBYLEX", lk(), lex_end(), lex_end()], lambda: ["ZRANGE", lk(), 0, -1, "WITHSCORES"],
        lambda: ["SADD", k()] + make.some(m, 8), lambda: ["COPY", k(), k()] + d.choice([[], ["REPLACE"]]), lambda: ["RENAME", k(), k()],
        lambda: ["TYPE", k()], lambda: ["DEL", k()], lambda: ["PEXPIRE", k(), make.FAR_MS], lambda: ["PTTL", k()],
    ]


SCRIPT = ("""
ZADD z
ZADD z 1
ZADD z 1 a 2
ZADD z NX XX 1 a
ZADD z GT LT 1 a
ZADD z NX GT 1 a
ZADD z INCR 1 a 2 b
ZADD z XX 1 a
ZADD z XX INCR 1 a
EXISTS z
ZADD z 1 a 2 b 3 c
ZADD z NX INCR 1 a
ZADD z GT INCR -1 a
ZADD z LT CH 0 a 5 b 7 d
ZADD z CH 0 a
ZADD z inf a
ZINCRBY z -inf a
ZADD z INCR -inf a
ZADD z 1 a
TYPE z
OBJECT ENCODING z
ZADD z 1 """ + "x" * 65 + """
OBJECT ENCODING z
ZREM z """ + "x" * 65 + """
OBJECT ENCODING z
ZSCORE z a
ZSCORE z nosuch
ZMSCORE z a nosuch b
ZMSCORE none a b
ZRANK z a
ZRANK z nosuch
ZREVRANK z a
ZRANGE z 0 -1 LIMIT 0 1
ZRANGE z 0 -1 LIMIT 0 -1
ZRANGE z 0 -1 BYSCORE BYLEX
ZRANGE z a b BYLEX WITHSCORES
ZRANGE z - + BYLEX WITHSCORES
ZRANGE z a b BYSCORE
ZRANGE z a b BYLEX
ZRANGE z a b
ZRANGE z 0 1 REV REV
ZREVRANGE z 0 1 REV
ZREVRANGE z 0 -1 BYSCORE
ZRANGEBYSCORE z 0 1 REV
ZRANGE none a b
ZRANGE none 0 1
ZRANGESTORE d z 0 -1 WITHSCORES
ZRANGESTORE d z 0 -1
ZRANGE d 0 -1 WITHSCORES
ZRANGESTORE d none 0 -1
EXISTS d
ZRANGESTORE none none 0 -1
SET string v
ZRANGESTORE d string 0 -1
ZRANGESTORE string z 0 0
TYPE string
SET string v
ZADD string 1 a
ZADD string x a
ZINCRBY string 1 a
ZREM string a
ZCARD string
ZSCORE string a
ZMSCORE string a
ZRANK string a
ZCOUNT string a b
ZCOUNT string 1 2
ZLEXCOUNT string a b
ZLEXCOUNT string - +
ZRANGE string 0 1
ZREMRANGEBYRANK string a b
ZREMRANGEBYRANK string 0 1
ZPOPMIN string
ZPOPMIN string 0
ZPOPMIN string -1
ZMPOP 1 string MIN
ZMPOP 2 none string MIN
ZMPOP 2 z string MIN
ZMPOP 1 z
ZMPOP 1 z MID
ZMPOP 0 z MIN
ZMPOP x z MIN
ZMPOP 1 z MIN COUNT
ZMPOP 1 z MIN COUNT 0
ZMPOP 1 z MIN COUNT 1 COUNT 1
ZMPOP 1 none MIN
BZMPOP x 1 z MIN
BZMPOP -1 1 z MIN
BZMPOP 0.01 1 none MIN
BZMPOP 0.01 2 none z MAX COUNT 2
BZPOPMIN none x
BZPOPMIN none -1
BZPOPMIN none 0.01
BZPOPMIN string 0.01
BZPOPMAX none z 0.01
DEL z
ZADD z 1 a 2 b 3 c
ZPOPMIN z 0
ZPOPMIN none 0
ZPOPMIN z 1
ZPOPMAX z 10
EXISTS z
ZADD z 1 a 2 b 3 c
ZUNION 0 z
ZUNION x z
ZUNION 2 z
ZUNIONSTORE d 0 z
ZUNIONSTORE d 1 z WITHSCORES
ZUNION 1 z WEIGHTS
ZUNION 1 z WEIGHTS x
ZUNION 1 z WEIGHTS inf WITHSCORES
ZUNION 1 z AGGREGATE
ZUNION 1 z AGGREGATE avg
ZUNION 2 z string
ZUNION 2 none string
ZUNION 1 none
ZUNION 2 z z WITHSCORES WEIGHTS 2 3 AGGREGATE MAX
ZINTER 2 z none
ZINTER 2 z z WITHSCORES
ZDIFF 2 z none WITHSCORES
ZDIFF 2 z z
ZDIFF 1 z WEIGHTS 1
ZDIFFSTORE d 2 z z
ZADD many 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h 9 i
ZADD one 1 b
SADD two d g x
ZDIFF 9 many one two one two one one one one WITHSCORES
ZDIFF 9 many one two one two many one one one WITHSCORES
ZDIFF 3 many one two WITHSCORES
DEL many one two
ZINTERCARD 0 z
ZINTERCARD 2 z z LIMIT 2
ZINTERCARD 2 z z LIMIT -1
ZINTERCARD 2 z z WEIGHTS 1 1
SADD s a b x
ZUNION 2 z s WITHSCORES
ZINTER 2 s z WITHSCORES WEIGHTS 10 1
ZINTERSTORE d 2 s z
ZDIFF 2 z s WITHSCORES
ZDIFF 2 s z WITHSCORES
ZRANGE d 0 -1 WITHSCORES
ZADD zero 0 m
ZUNION 2 zero zero WEIGHTS -1 1 WITHSCORES
ZUNION 1 zero WEIGHTS -1 WITHSCORES
ZINTER 2 zero zero WEIGHTS -1 1 WITHSCORES
ZADD tenth 0.1 m
ZADD fifth 0.2 m
ZADD third 0.3 m
ZUNION 3 tenth fifth third WITHSCORES
ZUNION 3 third fifth tenth WITHSCORES
ZINTER 3 third fifth tenth WITHSCORES
ZADD third 1 n
ZUNION 3 third fifth tenth WITHSCORES
ZADD high inf m
ZADD low -inf m
ZUNION 1 high WEIGHTS 0 WITHSCORES
ZUNION 2 high low WITHSCORES
ZINTER 2 high low WITHSCORES
ZINTER 2 high low WITHSCORES WEIGHTS 0 0
ZINTER 2 high low WITHSCORES AGGREGATE MIN WEIGHTS 0 1
ZINTER 2 low high WITHSCORES AGGREGATE MAX WEIGHTS 1 0
ZADD high 1e-400 m
ZADD high 1e400 m
ZADD high -1e-320 m
ZSCORE high m
DEL zero tenth fifth third high low
ZUNIONSTORE z 1 z WEIGHTS 0
ZRANGE z 0 -1 WITHSCORES
ZUNIONSTORE z 1 none
EXISTS z
ZRANDMEMBER none
ZRANDMEMBER none 1
ZRANDMEMBER none 1 WITHSCORES
ZRANDMEMBER none 1 x
ZRANDMEMBER none x
ZRANDMEMBER none 9223372036854775807 WITHSCORES
ZRANDMEMBER string
ZSCAN none 0
ZSCAN none x
ZSCAN string 0
ZSCAN d 0 COUNT 0
ZSCAN d 0 MATCH nosuch
ZADD z 100000000000000000 a 0.1 b -0 c inf d 4611686018427387904 e
ZSCAN z 0
ZRANGE z 0 -1 WITHSCORES
ZADD z 1 """ + "x" * 65 + """
ZADD z -0 f
ZSCORE z f
ZRANGE z 0 -1 WITHSCORES
EXPIRE z 100000
ZUNIONSTORE z 1 d
TTL z
MULTI
BZPOPMIN none 0
BZMPOP 0 1 none MIN
BZPOPMIN d 0
EXEC
DEL z d s string
""").strip().splitlines()


def SAMPLES():
    """Of both forms, with scores of all kinds, and on each side of each limit."""
    scores = ["0", "-0", "1", "-1", "127", "128", "4095", "-4096", "-4097", "0.1", "1e17", "1e300", "-1e-300", "inf", "-inf", "5e-324",
              "9223372036854775807", "4611686018427387904", "3.14159265358979", "2147483648"]
    yield ["ZADD", "zset:scores"] + [w for i, x in enumerate(scores) for w in (x, "m%d" % i)]
    yield ["ZADD", "zset:numbers"] + [w for i in (0, 1, -1, 127, 128, -4096, 32768, 2**31, 2**63 - 1, -2**63) for w in (i % 3, i)]
    yield ["ZADD", "zset:empty", "1", ""]
    for count in (1, 100, 128, 129, 5000):
        yield ["ZADD", "zset:%d" % count] + [w for i in range(count) for w in (i % 50 / 8, "member%d" % i)]
    yield ["ZADD", "zset:large:scores"] + [w for i, x in enumerate(scores * 10) for w in (x, "m%d" % i)]
    for size in (62, 63, 64, 65, 4095, 4096, 70000):
        yield ["ZADD", "zset:long:%d" % size, "1.5", "m" * size, "2", "m"]
    yield ["ZADD", "zset:volatile", "1", "a"]
    yield ["PEXPIREAT", "zset:volatile", 4000000000000]


def BATCHES(d):
    key, other = "zset:%d" % d.randint(0, 20), "zset:%d" % d.randint(0, 20)
    pairs = [w for n in (d.randint(0, 300) for _ in range(d.choice([1, 3, 30]))) for w in (d.choice([n, n / 8]), "m%d" % n)]
    return [
        [["ZADD", key] + pairs], [("ZINCRBY", key, 0.1, "m%d" % d.randint(0, 300))], [("ZADD", key, "GT", "INCR", -1, "m1")],
        [["ZREM", key] + pairs[1::2]], [(d.choice(["ZPOPMIN", "ZPOPMAX"]), key, d.choice([1, 5]))], [("ZPOPMIN", key)],
        [("ZMPOP", 3, "zset:none", key, other, "MAX", "COUNT", d.choice([1, 7, 1000]))], [("BZPOPMIN", key, other, 0.001)],
        [("BZMPOP", 0.001, 2, key, other, "MIN", "COUNT", 3)], [("ZRANGESTORE", "zset:range", key, 0, d.randint(-5, 50))],
        [(d.choice(["ZUNIONSTORE", "ZINTERSTORE"]), "zset:stored", 2, key, other, "WEIGHTS", 0.3, 2)], [("ZDIFFSTORE", "zset:stored", 2, key, other)],
        [("ZREMRANGEBYRANK", key, 10, 20)], [("ZREMRANGEBYSCORE", key, 100, "(110")],
        [("MULTI",), ("ZPOPMAX", key, 2), ("ZMPOP", 1, key, "MIN"), ("BZPOPMAX", key, 0), ("EXEC",)],
    ]


# Of store_blocking.py.
STORIES = {
    "sorted sets: first come, first served": """
        a BZPOPMIN z 0 &
        b BZPOPMAX none z 0 &
        c BZMPOP 0 2 none z MAX COUNT 2 &
        x ZADD z 1 one 2 two 3 three 4 four 5 five 6 six
        a <
        b <
        c <
        x ZRANGE z 0 -1 WITHSCORES
        a BZPOPMIN z 0
        b BZPOPMAX z 0
        x DBSIZE""",
    "sorted sets: more clients than members": """
        a BZPOPMIN z 0 &
        b BZMPOP 0 1 z MIN &
        x ZADD z 1 one
        a <
        x EXISTS z
        x ZINCRBY z 2.5 two
        b <""",
    "sorted sets: other ways to make one": """
        x ZADD from 1 a 2 b
        x SADD set a b c
        a BZPOPMIN z 0 &
        x ZUNIONSTORE z 2 from set
        a <
        x DEL z
        a BZPOPMIN z 0 &
        x ZRANGESTORE z from 0 0
        a <
        a BZPOPMIN z 0 &
        x RENAME from z
        a <""",
    "sorted sets: other types": """
        a BZPOPMIN z 0 &
        b BLPOP z 0 &
        x SET z v
        x DEL z
        x RPUSH z 1 2
        b <
        x DEL z
        x ZADD z 1 a
        a <
        x SET z v
        a BZPOPMIN z 0
        a BZMPOP 0.01 2 z none MIN""",
    "sorted sets: time-outs": """
        a BZPOPMIN z 0.02
        a BZPOPMAX z y 0.02
        a BZMPOP 0.02 1 z MIN
        a MULTI
        a BZPOPMIN z 0
        a BZMPOP 0 1 z MAX COUNT 3
        a EXEC""",
}
