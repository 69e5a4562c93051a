"""Keys whatever their values are (draws.py)."""

import payloads

CHANCE = {"DUMP"}  # another packer may pack in another way

SCRIPT = """
MOVE
MOVE k
MOVE k 0
MOVE k 16
MOVE k -1
MOVE k x
SET k v EX 1000
MOVE k 1
MOVE k 1
EXISTS k
SWAPDB 0 1
SWAPDB 0 0
SWAPDB
SWAPDB 0
SWAPDB x 0
SWAPDB 0 x
SWAPDB 0 16
SWAPDB -1 0
SWAPDB 0 99999999999
GET k
PERSIST k
COPY k k2 DB 3
COPY k k2 DB 3
COPY k k DB 0
COPY k k2 REPLACE DB 3
DUMP
DUMP k x
DUMP nosuch
DUMP k
RESTORE
RESTORE r 0
RESTORE k 0 x
RESTORE r x x
RESTORE r -1 x
RESTORE r 0 x
RESTORE r 0 x BOGUS
RESTORE r 0 x IDLETIME
RESTORE r 0 x IDLETIME x
RESTORE r 0 x IDLETIME -1
RESTORE r 0 x FREQ 256
RESTORE r 0 x FREQ x
RESTORE r 0 x FREQ 1 IDLETIME 1
RESTORE r 0 x IDLETIME 1 FREQ 1
RESTORE r 0 0123456789
RESTORE k -1 x REPLACE
OBJECT FREQ k
OBJECT FREQ nosuch
OBJECT IDLETIME nosuch
OBJECT ENCODING nosuch
OBJECT REFCOUNT nosuch
OBJECT REFCOUNT k2
OBJECT FOO k
OBJECT FREQ
OBJECT ENCODING k x
MEMORY
MEMORY FOO
MEMORY USAGE
MEMORY USAGE nosuch
MEMORY USAGE k SAMPLES
MEMORY USAGE k SAMPLES x
MEMORY USAGE k SAMPLES -1
MEMORY USAGE k BOGUS 1
MEMORY PURGE
MEMORY STATS x
TOUCH
TOUCH k nosuch k
UNLINK
UNLINK k nosuch k
CONFIG SET maxmemory x
CONFIG SET maxmemory -1
CONFIG SET maxmemory 100q
CONFIG SET maxmemory 1
SET denied v
GET denied
DEL denied
MULTI
SET denied v
GET denied
EXEC
MULTI
PING
DISCARD
CONFIG SET maxmemory 0
SET allowed v
CONFIG SET maxmemory-samples 7
CONFIG GET maxmemory-samples
CONFIG GET maxmemory
CONFIG SET maxmemory-policy allkeys-lru
CONFIG GET maxmemory-policy
CONFIG SET maxmemory-policy noeviction
CONFIG GET replica-ignore-maxmemory
CONFIG GET slave-ignore-maxmemory
FLUSHALL
SLOWLOG
SLOWLOG FOO
SLOWLOG GET x
SLOWLOG GET -2
CONFIG SET slowlog-log-slower-than -1
SLOWLOG RESET
SLOWLOG LEN
SLOWLOG GET
SLOWLOG GET -1
SLOWLOG LEN x
CONFIG SET slowlog-log-slower-than -2
CONFIG SET slowlog-log-slower-than 10000
LATENCY
LATENCY FOO
LATENCY LATEST
LATENCY LATEST x
LATENCY HISTORY
LATENCY HISTORY nosuch
LATENCY HISTORY command
LATENCY RESET
LATENCY RESET command nosuch
LATENCY HISTOGRAM nosuch
CONFIG SET latency-monitor-threshold -1
CONFIG GET latency-monitor-threshold
CONFIG GET latency-tracking
RPUSH l 5 3 1 -2 10 1e2 0x10 2.5
SORT l
SORT l DESC
SORT l ASC ALPHA
SORT l LIMIT 1 3
SORT l LIMIT -5 3
SORT l LIMIT 2 -1
SORT l LIMIT 2 -7
SORT l LIMIT 100 5
SORT l LIMIT 0 0
SORT l LIMIT 0 100 DESC
SORT l LIMIT 0
SORT l LIMIT x 1
SORT l LIMIT 0 x
SORT l BOGUS
SORT l BY
SORT l GET
SORT l STORE
SORT nosuch
SORT nosuch GET # GET x
SORT_RO l
SORT_RO l STORE x
SORT_RO l DESC LIMIT 0 2
SORT
SORT_RO
SET str v
SORT str
HSET hash a 1
SORT hash
SORT str BY nosort
RPUSH words b a c
SORT words
SORT words ALPHA
SORT words BY nosort
SORT words BY nosort DESC
SORT words BY nosort LIMIT 1 1
SORT words BY nosort DESC LIMIT 0 2
SORT words ALPHA STORE sorted
LRANGE sorted 0 -1
TYPE sorted
SORT nosuch STORE sorted
EXISTS sorted
SORT nosuch STORE sorted
MSET w_a 3 w_b 2 w_c 1 d_a alpha d_b beta d_c ""
SORT words BY w_*
SORT words BY w_* DESC
SORT words BY w_* GET d_*
SORT words BY w_* GET # GET d_* GET nosuch_* GET fix
SORT words BY w_* GET d_* GET # STORE out
LRANGE out 0 -1
SORT words BY d_*
SORT words BY d_* ALPHA
SORT words BY w_* ALPHA DESC
SORT words BY nosuch_* DESC
SORT words BY nosuch_*
SORT words BY str
SORT words BY *
HSET o_a w 1 n one
HSET o_b w 3 n three
HSET o_c w 2 n two
SORT words BY o_*->w
SORT words BY o_*->w GET o_*->n
SORT words BY o_*->w GET o_*-> GET o_*->nosuch GET w_*->x GET o_*
SORT words BY w_*->x
SORT words BY *->
SORT words BY o_*->n ALPHA
SADD s 3 1 2
SORT s
SORT s BY nosort STORE out
LRANGE out 0 -1
SORT s DESC STORE words
LRANGE words 0 -1
SADD names x yy z
SORT names ALPHA
SORT names
SORT names ALPHA DESC LIMIT 0 2
SORT names BY nosort STORE out DESC
LRANGE out 0 -1
ZADD z 1 c 2 b 3 a
SORT z ALPHA
SORT z ALPHA DESC
SORT z BY nosort
SORT z BY nosort DESC
SORT z BY nosort DESC LIMIT 0 1
SORT z BY nosort LIMIT 1 5
SORT z
SORT z ALPHA STORE z
TYPE z
SORT z ALPHA GET # STORE z GET #
LRANGE z 0 -1
RPUSH empty "" 1
SORT empty
RPUSH inf inf -inf 0 +5 " 7"
SORT inf
EXPIRE l 1000
SORT s STORE l
TTL l
FLUSHALL
""".strip().splitlines()


def commands(make):
    d, k = make.draw, make.key

    def payload():
        luck = d.random()
        body = d.choice(payloads.GOOD if luck < 0.7 else payloads.BAD)
        data = payloads.sealed(body, d.choice([2, 6, 7, 8, 9, 10]))
        if luck < 0.1:
            at = d.randrange(len(data))
            data = data[:at] + bytes([data[at] ^ d.randint(1, 255)]) + data[at + 1:]
        return data.decode("latin-1")

    def options():
        return [w for _ in range(d.choice([0, 0, 1, 1, 2])) for w in d.choice(
            [["REPLACE"], ["replace"], ["IDLETIME", 5], ["FREQ", 9], ["IDLETIME", "x"], ["FREQ", 300], ["BOGUS"], ["IDLETIME"]])]

    def source():
        return d.choice(["list1", "list2", "list3", "set1", "set2", "nosuch"])

    def sort():
        # Numbers, and what is not stored, stand in SCRIPT: Redis takes a number for none after one that was too large, and compares by
        # the locale, up to a zero byte, what it does not store.
        # Sources are keys of its own, no sorted sets: Redis's SORT gives them their large form.
        words = ["SORT", source()] + d.choice([["ALPHA"], ["BY", "nosort"], ["ALPHA", "GET", "k*"], ["BY", "nosort", "GET", "k*->f1"]])
        for _ in range(d.choice([0, 1, 1, 2, 3])):
            words += d.choice([["DESC"], ["asc"], ["LIMIT", d.randint(-2, 6), d.randint(-2, 6)], ["GET", "k*"], ["GET", "#"], ["BOGUS"], ["GET"]])
        return words + ["STORE", k()]

    return [
        sort, sort, sort, lambda: ["RPUSH", d.choice(["list1", "list2", "list3"])] + make.some(make.value),
        lambda: ["SADD", d.choice(["set1", "set2"])] + make.some(make.value), lambda: ["DEL", source()],
        lambda: ["MOVE", k(), d.choice([0, 1, 15, 16, "x"])], lambda: ["SWAPDB", d.choice([0, 1, 15]), d.choice([0, 1, 15])],
        lambda: ["SWAPDB", d.choice([0, 1, 16, "x", -1]), d.choice([0, 1, 16, "x", -1])],
        lambda: ["COPY", k(), k()] + d.choice([[], ["REPLACE"], ["DB", 1], ["DB", 1, "REPLACE"], ["DB", 16], ["DB", "x"], ["DB"], ["x"]]),
        lambda: ["DUMP", k()], lambda: ["RESTORE", k(), d.choice([0, 0, make.own_time(), -1, "x"]), payload()] + options(),
        lambda: ["RESTORE", k(), d.choice([0, 1, 33177117420000]), payload(), "ABSTTL"] + options(),
        lambda: ["RESTORE", k(), 0, payload(), "REPLACE"], lambda: ["OBJECT", d.choice(["FREQ", "x"]), k()],
        lambda: ["TOUCH"] + make.some(k), lambda: ["UNLINK"] + make.some(k), lambda: ["TYPE", k()], lambda: ["DBSIZE"],
        lambda: ["SET", k(), make.value()], lambda: ["EXPIRETIME", k()],
    ]
