"""The same commands to picket-store and to redis-server, side by side: every reply must be the same, by type, value and error text.

    store_commands.py [COUNT [SEED [TYPE]]]      COUNT random commands (default 20000); SEED 0 draws one; TYPE: nearly all of them on
                                                 values of this type (hash, set, ...)
"""

import random
import sys

import draws
import resp
from storelab import HOST, Lab, dataset
from waiting import Failed, check

COUNT = 20000
SEED = 869244
BATCH = 50
NEAR_S = 1   # replies that are times may differ by so much
NEAR_MS = 500
GROWING_TURNS = 60  # of a SCAN, each with new keys

KEYS = ["k%d" % i for i in range(12)] + ["", "a key with blanks", "\x00\xff\n", "long" * 40]
INTS = ["0", "1", "-1", "7", "100", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "01", "+1", "1 ",
        "", "abc", "1.5", "-0"]
FLOATS = ["0.1", "1.5", "-3.25", "1e3", "5.0e-3", "inf", "-inf", "nan", "abc", "", " 1", "3", "1e400", "0x10", "-0", "1e17"]
VALUES = INTS + FLOATS + ["value", "x" * 8, "x" * 9, "\x00\x01\xff", "y" * 1000, "12345678"]
FAR = 10**8  # even in milliseconds longer than any run
TIMES = ["0", "-1", str(FAR), str(FAR * 10), "abc", "1.5", "9223372036854775807", "9223372036854775", ""]
MISSPELT = ["GETT", "SE", "foo", "", "a" * 200, "config|get"]

NEAR_KEYS = 2  # whose time is up, and which one of them has removed and the other has not

NEAR = {"DBSIZE": NEAR_KEYS, "TTL": NEAR_S, "PTTL": NEAR_MS, "EXPIRETIME": NEAR_S, "PEXPIRETIME": NEAR_MS}
UNORDERED = {"KEYS"} | draws.union("UNORDERED")  # large ones come in the order of the table
PAIRS = draws.union("PAIRS")
CHANCE = {"RANDOMKEY"} | draws.union("CHANCE")  # only the shape can be compared
WALKS = {"SCAN"} | draws.union("WALKS")
WHOLE = draws.union("WHOLE")  # no word is left out or added


class Maker:
    """Draws commands from one seed."""

    FAR_MS = FAR

    def __init__(self, seed, only=None):
        self.draw = random.Random(seed)
        self.collections = 0.6 if only is None else 0.95  # the share of commands on other types than strings
        self.tables = [m.commands(self) for name, m in draws.MODULES.items() if only in (None, name) and hasattr(m, "commands")]

    def key(self):
        return self.draw.choice(KEYS)

    def value(self):
        return self.draw.choice(VALUES)

    def int(self):
        return self.draw.choice(INTS)

    def time(self):
        return self.draw.choice(TIMES)

    def some(self, make, most=4):
        return [make() for _ in range(self.draw.randint(1, most))]

    def set_options(self):
        words = []
        for _ in range(self.draw.choice([0, 0, 1, 1, 2, 3])):
            word = self.draw.choice(["NX", "XX", "GET", "KEEPTTL", "EX", "PX", "EXAT", "PXAT", "ex", "BOGUS"])
            words.append(word)
            if word.upper() in ("EX", "PX") and self.draw.random() < 0.9:
                words.append(self.time())
            elif word in ("EXAT", "PXAT") and self.draw.random() < 0.9:
                words.append(self.draw.choice(["33177117420", "33177117420000", "1", "0", "-5", "x"]))
        return words

    def getex_options(self):
        word = self.draw.choice([None, "EX", "PX", "EXAT", "PXAT", "PERSIST", "persist", "KEEPTTL", "BOGUS"])
        if word is None:
            return []
        if word in ("EX", "PX"):
            return [word, self.time()]
        if word in ("EXAT", "PXAT"):
            return [word, self.draw.choice(["33177117420", "33177117420000", "1", "0", "-5", "x"])]
        return [word]

    def own_time(self):
        """A time to live that comes once, so that GT and LT do not depend on the millisecond."""
        return self.draw.randint(1, 10**6) * FAR

    def conditions(self, words=("NX", "XX", "GT", "LT", "nx", "BOGUS")):
        return [self.draw.choice(words) for _ in range(self.draw.choice([0, 0, 1, 1, 2]))]

    def absolute(self):
        return self.draw.choice(["33177117420", "33177117420000", "1", "0", "-5", "x", "9223372036854775807"])

    def scan_options(self):
        return self.draw.choice([[], [], ["COUNT", 1000], ["MATCH", "f*"], ["MATCH", "f1*", "COUNT", 10], ["COUNT", 0], ["COUNT", "x"],
                                 ["TYPE", "hash"], ["MATCH"], ["BOGUS", 1]])

    def command(self):
        d, k, v, i = self.draw, self.key, self.value, self.int
        table = [
            lambda: ["SET", k(), v()] + self.set_options(), lambda: ["SET", k(), v()], lambda: ["GET", k()],
            lambda: ["GETSET", k(), v()], lambda: ["GETDEL", k()], lambda: ["GETEX", k()] + self.getex_options(),
            lambda: ["SETNX", k(), v()], lambda: ["SETEX", k(), self.time(), v()], lambda: ["PSETEX", k(), self.time(), v()],
            lambda: ["APPEND", k(), v()], lambda: ["STRLEN", k()], lambda: ["GETRANGE", k(), i(), i()],
            lambda: ["SUBSTR", k(), d.randint(-12, 12), d.randint(-12, 12)],
            lambda: ["GETRANGE", k(), d.randint(-12, 12), d.randint(-12, 12)],
            lambda: ["SETRANGE", k(), d.choice([0, 1, 5, 20, -1, "x", 536870912]), v()],
            lambda: [d.choice(["INCR", "DECR"]), k()], lambda: [d.choice(["INCRBY", "DECRBY"]), k(), i()],
            lambda: ["INCRBYFLOAT", k(), d.choice(FLOATS + INTS)], lambda: ["MGET"] + self.some(k),
            lambda: [d.choice(["MSET", "MSETNX"])] + [w for _ in range(d.randint(1, 3)) for w in (k(), v())],
            lambda: [d.choice(["MSET", "MSETNX"]), k(), v(), k()],
            lambda: [d.choice(["DEL", "UNLINK", "EXISTS", "TOUCH"])] + self.some(k), lambda: ["TYPE", k()],
            lambda: [d.choice(["RENAME", "RENAMENX"]), k(), k()],
            lambda: ["KEYS", d.choice(["*", "k?", "k[1-3]", "nothing*", "*\\*", "k1*"])],
            lambda: [d.choice(["EXPIRE", "PEXPIRE"]), k(), self.time()] + self.conditions(["NX", "XX", "BOGUS"]),
            lambda: [d.choice(["EXPIRE", "PEXPIRE"]), k(), self.own_time()] + self.conditions(),
            lambda: [d.choice(["EXPIREAT", "PEXPIREAT"]), k(), self.absolute()] + self.conditions(),
            lambda: [d.choice(["TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"]), k()], lambda: ["PERSIST", k()],
            lambda: ["SELECT", d.choice([0, 0, 0, 1, 15, 16, -1, "x"])], lambda: ["ECHO", v()], lambda: ["PING"],
            lambda: ["PING", v()], lambda: ["MULTI"], lambda: ["EXEC"], lambda: ["DISCARD"], lambda: ["WATCH"] + self.some(k, 2),
            lambda: ["UNWATCH"], lambda: ["PUBLISH", "channel", v()],
        ]
        if d.random() < self.collections:
            table = d.choice(self.tables)
        words = [str(w) for w in d.choice(table)()]
        luck = d.random()
        if luck < 0.02 and words[0] in WHOLE:
            pass
        elif luck < 0.01 and len(words) > 1:
            words.pop()
        elif luck < 0.02:
            words.append("surplus")
        elif luck < 0.025:
            words = [d.choice(MISSPELT)] + words
        elif luck < 0.027:
            words = [d.choice(["FLUSHDB", "FLUSHALL"])] + d.choice([[], ["ASYNC"], ["SYNC"], ["x"]])
        elif luck < 0.1:
            words[0] = words[0].lower()
        return words


def shape(value):
    """What is left of a reply when its members were chosen by chance."""
    if isinstance(value, resp.Typed):
        return (value.kind, shape(value.value))
    if isinstance(value, (list, tuple)):
        return [shape(x) for x in value]
    return value is None


def pairs_of(words):
    return sorted(repr(pair) for pair in zip(words[::2], words[1::2]))


def near_walk(one, other):
    """A cursor, and what was found: compared if both found all of it in one step."""
    if one.value is None or other.value is None or len(one.value) != 2 or len(other.value) != 2:
        return False
    (here, found), (there, seen) = one.value, other.value
    if here.value != b"0" or there.value != b"0":
        return found.kind == seen.kind
    return sorted(map(repr, found.value)) == sorted(map(repr, seen.value))


def near(name, one, other):
    """Equal, or times that are close."""
    if one == other:
        return True
    if isinstance(one, resp.Typed) and isinstance(other, resp.Typed) and one.kind == other.kind and one.kind != "-":
        if name.upper() in CHANCE:
            return shape(one) == shape(other)
        if name.upper() in WALKS and one.kind == "*":
            return near_walk(one, other)
        if name.upper() in PAIRS and one.value is not None and other.value is not None:
            flat = [w for x in one.value for w in x] if one.kind == "%" and one.value and isinstance(one.value[0], (list, tuple)) else one.value
            them = [w for x in other.value for w in x] if one.kind == "%" and other.value and isinstance(other.value[0], (list, tuple)) else other.value
            return pairs_of(flat) == pairs_of(them)
    limit = NEAR.get(name.upper())
    if limit is not None and isinstance(one, int) and isinstance(other, int):
        return abs(one - other) <= limit
    if isinstance(one, resp.Typed) and isinstance(other, resp.Typed) and one.kind == other.kind:
        if name.upper() in UNORDERED and isinstance(one.value, list) and isinstance(other.value, list):
            return sorted(map(repr, one.value)) == sorted(map(repr, other.value))
        if limit is not None and one.kind == ":":
            return abs(one.value - other.value) <= limit
    return False


def near_exec(names, one, other):
    """The replies of a transaction, each by the rule of its command."""
    if one == other or one.kind != "*" or other.kind != "*" or one.value is None or other.value is None:
        return one == other
    return len(names) == len(one.value) == len(other.value) and all(map(near, names, one.value, other.value))


def same_values(one, other):
    """The same keys and values in both; times of expiry may differ a little."""
    a, b = dataset(one), dataset(other)
    check(a.keys() == b.keys(), "databases %r and %r" % (sorted(a), sorted(b)))
    for number in a:
        check({k: v[0] for k, v in a[number].items()} == {k: v[0] for k, v in b[number].items()}, "data of db%d differ" % number)
        for key in a[number]:
            times = (a[number][key][1], b[number][key][1])
            check(abs(times[0] - times[1]) <= NEAR_MS * 10 and (times[0] < 0) == (times[1] < 0), "%r expires at %r" % (key, times))
        same_encodings(one, other, number, [key for key in a[number] if isinstance(a[number][key][0], tuple)])


def same_encodings(one, other, number, keys):
    """Values that are no strings are compact in both, or in none."""
    names = []
    for node in (one, other):
        with node.connect(10.0, raw=True) as conn:
            conn.call("SELECT", number)
            names.append(conn.pipeline([("OBJECT", "ENCODING", key) for key in keys]))
    differ = [x for x in zip(keys, *names) if x[1] != x[2] and not any(same(x[1], x[2]) for same in draws.each("same_encoding"))]
    check(not differ, "encodings: %s" % differ)


class Pair:
    def __init__(self, lab, **options):
        self.nodes = [lab.node("picket", save='', **options), lab.node("redis", save='', **options)]
        self.conns = [n.connect(20.0, raw=True) for n in self.nodes]
        self.queued = []  # names of the commands since MULTI

    def differences(self, commands):
        """Runs commands on both; returns what differs, as texts."""
        replies = []
        for conn in self.conns:
            conn.send_bytes(b"".join(resp.encode([w.encode("latin-1") for w in c]) for c in commands))
        for conn in self.conns:
            replies.append([conn.read(typed=True) for _ in commands])
        return ["%r: picket %r, redis %r" % (command, one, other) for command, one, other in zip(commands, *replies)
                if not self.agree(command[0], one, other)]

    def agree(self, name, one, other):
        if name.upper() == "MULTI" and one.kind == "+":
            self.queued = []
        elif one.kind == "+" and one.value == "QUEUED":
            self.queued.append(name)
        elif name.upper() == "EXEC":
            return near_exec(self.queued, one, other)
        return near(name, one, other)

    def batch(self, commands):
        for trouble in self.differences(commands):
            raise Failed(trouble)

    def one(self, *words):
        self.batch([[str(w) for w in words]])


def random_commands(lab, count, seed, proto, only=None):
    pair = Pair(lab)
    make = Maker(seed, only)
    for conn in pair.conns:
        conn.call("HELLO", proto)
    done = 0
    while done < count:
        pair.batch([make.command() for _ in range(BATCH)])
        done += BATCH
    same_values(*pair.nodes)


# Word lists whose replies must agree to the letter; one connection, in this order.
SCRIPT = """
EXEC
DISCARD
UNWATCH
MULTI
MULTI
WATCH k
SET a
EXEC
MULTI
NOSUCH
EXEC
MULTI
SET n notanumber
INCR n
GET n
EXEC
MULTI
PING
DISCARD
MULTI
SUBSCRIBE x
EXEC
UNSUBSCRIBE x
SELECT abc
SELECT 16
SELECT -1
CONFIG
CONFIG FOO
CONFIG GET
CONFIG SET
CONFIG SET a
CONFIG SET nosuchoption 1
CONFIG SET databases 4
CONFIG SET dir /tmp
CONFIG SET maxclients abc
CONFIG SET maxclients -1
CONFIG SET maxclients 100 maxclients 200
CONFIG SET timeout 5 maxclients x
CONFIG GET timeout
CONFIG SET loglevel loud
CONFIG SET replica-read-only maybe
CONFIG SET save "a b"
CONFIG SET save "1 2 3"
CONFIG SET save "900 1 300 10"
CONFIG GET save
CONFIG SET save ""
CONFIG GET save
CONFIG SET client-output-buffer-limit "nosuch 1 2 3"
CONFIG SET client-output-buffer-limit "normal 1 2"
CONFIG SET client-output-buffer-limit "normal 0 0 0 replica 100mb 50mb 10"
CONFIG GET client-output-buffer-limit
CONFIG SET replica-priority 50
CONFIG GET slave-priority
CONFIG SET slave-priority 100
CONFIG SET repl-backlog-size 2mb
CONFIG GET repl-backlog-size
CONFIG SET repl-backlog-size 1q
CONFIG SET repl-timeout 0
CONFIG GET nosuch*
CONFIG RESETSTAT
CLIENT
CLIENT FOO
CLIENT KILL
CLIENT KILL 1.2.3.4:5
CLIENT KILL ID abc
CLIENT KILL ID 0
CLIENT KILL ID 999999
CLIENT KILL TYPE foo
CLIENT KILL TYPE pubsub
CLIENT KILL SKIPME maybe
CLIENT KILL ADDR 1.2.3.4:5
CLIENT KILL LADDR 1.2.3.4:5 TYPE normal
CLIENT KILL USER nobody
CLIENT KILL BOGUS x
CLIENT KILL ID
CLIENT LIST TYPE foo
CLIENT LIST ID abc
CLIENT LIST BOGUS
CLIENT PAUSE
CLIENT PAUSE abc
CLIENT PAUSE -1
CLIENT PAUSE 10 BOGUS
CLIENT PAUSE 1 WRITE
CLIENT UNPAUSE
CLIENT SETNAME "a b"
CLIENT SETNAME tester
CLIENT GETNAME
CLIENT SETNAME ""
CLIENT GETNAME
CLIENT REPLY bogus
CLIENT REPLY ON
CLIENT NO-EVICT x
CLIENT NO-EVICT on
CLIENT NO-EVICT OFF
AUTH
AUTH x
AUTH default x
AUTH nobody x
AUTH a b c
HELLO 4
HELLO abc
HELLO 2 BOGUS
HELLO 2 AUTH a
HELLO 2 AUTH nobody pass
HELLO 2 SETNAME "a b"
WAIT
WAIT a b
WAIT 0 b
WAIT 0 -1
WAIT 0 10
WAIT 1 10
DEBUG
DEBUG SLEEP
DEBUG SLEEP 0
DEBUG BOGUS
SHUTDOWN BOGUS
SHUTDOWN ABORT
SHUTDOWN SAVE NOSAVE
BGSAVE BOGUS
REPLCONF
REPLCONF a
REPLCONF bogus x
REPLCONF listening-port abc
REPLICAOF
REPLICAOF a
REPLICAOF a b
REPLICAOF a 99999
REPLICAOF NO ONE
ROLE
ROLE x
TIME x
LASTSAVE x
FLUSHALL x
FLUSHDB ASYNC SYNC
COMMAND FOO
COMMAND COUNT x
COMMAND INFO nosuch
COMMAND DOCS nosuch
COMMAND LIST FILTERBY FOO
PUBSUB
PUBSUB FOO
PUBSUB CHANNELS
PUBSUB NUMSUB a b
PUBSUB NUMSUB
PUBSUB NUMPAT
PUBLISH a
PUBLISH a b
UNSUBSCRIBE
PUNSUBSCRIBE
UNSUBSCRIBE a
SCAN
SCAN abc
SCAN 0 COUNT 0
SCAN 0 COUNT abc
SCAN 0 BOGUS 1
SCAN 0 MATCH
SCAN 0 TYPE nosuch
DEL n
RANDOMKEY
SET k v
RANDOMKEY
SCAN 0 MATCH k COUNT 1000
SCAN 0 TYPE string COUNT 1000
SCAN 0 TYPE hash COUNT 1000
OBJECT
RESET
PING a b
ECHO
QUIT x
""".strip().splitlines()


def words_of(line):
    """Blank-separated words, with "..." for those that hold blanks."""
    words, rest = [], line
    while rest:
        if rest.startswith('"'):
            word, rest = rest[1:].split('"', 1)
        else:
            word, _, rest = rest.partition(" ")
        words.append(word)
        rest = rest.lstrip()
    return words


# Texts that name what picket-store has not got, or that tell versions apart.
DIFFERS = {"OBJECT", "CONFIG SET loglevel loud"}


def scripted(lab):
    trouble = []
    for script in [SCRIPT] + draws.each("SCRIPT"):
        pair = Pair(lab)
        for line in script:
            if line not in DIFFERS | draws.union("DIFFERS"):
                trouble += pair.differences([words_of(line)])
    check(not trouble, "%d differences:\n%s" % (len(trouble), "\n".join(trouble)))


def subscriber(lab, proto):
    """What a subscribed client may say, and how messages look."""
    pair = Pair(lab)
    if proto == 3:
        for conn in pair.conns:
            conn.call("HELLO", 3)
    steps = [(["SUBSCRIBE", "a", "b", "a"], 3), (["PSUBSCRIBE", "p*", "?q"], 2), (["PING"], 1), (["PING", "x"], 1),
             (["GET", "k"], 1), (["NOSUCH"], 1), (["CONFIG", "GET", "port"], 1), (["UNSUBSCRIBE", "a", "nosuch"], 2),
             (["PUNSUBSCRIBE", "p*", "?q"], 2), (["PUNSUBSCRIBE"], 1), (["UNSUBSCRIBE"], 1), (["GET", "k"], 1), (["UNSUBSCRIBE"], 1)]
    for command, replies in steps:
        got = []
        for conn in pair.conns:
            conn.send(*command)
            got.append([conn.next_value(5.0) for _ in range(replies)])
        if command[0] != "CONFIG" or proto == 2:
            check(repr(got[0]) == repr(got[1]), "%r: picket %r, redis %r" % (command, *got))
        if command[0] == "PSUBSCRIBE":
            for node in pair.nodes:
                check(node.call("PUBLISH", "pq", "message") == 2, "both patterns match")
            got = [[conn.next_value(5.0) for _ in range(2)] for conn in pair.conns]
            check(sorted(map(repr, got[0])) == sorted(map(repr, got[1])), "messages: picket %r, redis %r" % (*got,))


def protected(lab):
    pair = Pair(lab, requirepass="secret")
    pair.conns = [resp.connect(HOST, n.port, 5.0, raw=True) for n in pair.nodes]
    for line in ["GET k", "NOSUCH", "GET", "PING", "MULTI", "EXEC", "EXEC x", "HELLO", "HELLO 3", "HELLO 3 AUTH default wrong", "AUTH wrong",
                 "AUTH nobody secret", "DEBUG SLEEP 0", "CLIENT ID", "RESET", "AUTH secret", "PING", "RESET", "PING",
                 "AUTH default secret", "SET k v", "GET k"]:
        pair.one(*words_of(line))


def broken_bytes(lab):
    """Inputs that are not the protocol: the same last words, and closed."""
    pair = Pair(lab)
    for data in [b"*abc\r\n", b"*1\r\n$abc\r\n", b"*1\r\n:1\r\n", b"*-5\r\nPING\r\n", b"*3000000000\r\n", b"*1\r\n$999999999999\r\n",
                 b"*1\r\n$-1\r\n", b"GET \"unbalanced\r\n", b"*0\r\n\r\nPING\r\n", b"PING\r\n", b"  set  a  'b c' \r\nget a\r\n",
                 b"x" * 70000]:
        replies = []
        for node in pair.nodes:
            with node.connect(5.0) as conn:
                conn.send_bytes(data + b"QUIT\r\n" if data.endswith(b"\n") else data)
                replies.append(read_all(conn))
        check(replies[0] == replies[1], "%r: picket %r, redis %r" % (data[:40], *replies))


def read_all(conn):
    data = b""
    while True:
        try:
            more = conn.sock.recv(65536)
        except (ConnectionError, TimeoutError):
            more = b""
        if not more:
            return data
        data += more


def scan_guarantee(lab, add, remove, scan):
    """What is there all the time is seen, while the table grows and shrinks. The words of a command for one name; of the scan's head."""
    node = lab.node("picket", save="")
    with node.connect(10.0) as conn:
        stay = {"stay%d" % i for i in range(3000)}
        conn.pipeline([add(name) for name in stay])
        for step in (1, -1):
            seen, cursor, turn = set(), "0", 0
            while True:
                cursor, names = conn.call(*scan, cursor, "COUNT", 50)
                seen.update(names)
                turn += 1
                if turn <= GROWING_TURNS:
                    batch = ["x%d" % i for i in range(turn * 400, turn * 400 + 400)]
                    conn.pipeline([add(name) if step > 0 else remove(name) for name in batch])
                if cursor == "0":
                    break
            check(stay <= seen, "%d of %d were not seen" % (len(stay - seen), len(stay)))


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    seed = (int(sys.argv[2]) if len(sys.argv) > 2 else SEED) or random.SystemRandom().randint(1, 10**6)
    only = sys.argv[3] if len(sys.argv) > 3 else None
    lab = Lab("store_commands")
    lab.case("scripted replies and errors", scripted, lab)
    lab.case("subscriber, protocol 2", subscriber, lab, 2)
    lab.case("subscriber, protocol 3", subscriber, lab, 3)
    lab.case("password", protected, lab)
    lab.case("broken input", broken_bytes, lab)
    lab.case("SCAN over a table that grows and shrinks", scan_guarantee, lab,
             lambda name: ("SET", name, "v"), lambda name: ("DEL", name), ["SCAN"])
    for add, remove, scan in sum(draws.each("SCANS"), []):
        lab.case("%s over a table that grows and shrinks" % scan[0], scan_guarantee, lab, add, remove, scan)
    lab.case("%d random commands, seed %d, protocol 2" % (count, seed), random_commands, lab, count, seed, 2, only)
    lab.case("%d random commands, seed %d, protocol 3" % (count // 2, seed + 1), random_commands, lab, count // 2, seed + 1, 3, only)
    lab.finish()


if __name__ == "__main__":
    main()
