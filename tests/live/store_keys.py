"""Keys whatever their values are: DUMP and RESTORE, maxmemory, SLOWLOG and LATENCY, DEBUG, and that nothing large is done in one step.

    store_keys.py [PAYLOADS [SEED]]      PAYLOADS malformed ones for RESTORE (default 4000); SEED 0 draws one
"""

import random
import shutil
import sys
import time

import draws
import payloads
import resp
from storelab import READERS, Lab, dataset, same_data, wait_same_offset
from waiting import Failed, check, wait

PAYLOADS = 4000
SEED = 20260
RESTORE_ERRORS = ("ERR Bad data format", "ERR DUMP payload version or checksum are wrong")
MANY = 200000
TRIES = 3


def fill_samples(node):
    with node.connect(30.0) as conn:
        conn.pipeline([c for samples in draws.each("SAMPLES") for c in samples()] + [("SET", "s:%d" % n, "ab" * n) for n in (0, 1, 20, 9000)])


def dumps(node):
    """Every key of database 0 with its payload."""
    with node.connect(30.0, raw=True) as conn:
        keys = conn.call("KEYS", "*")
        return list(zip(keys, conn.pipeline([("DUMP", k) for k in keys]), conn.pipeline([("PTTL", k) for k in keys])))


def exchange(lab, one, other):
    """What one dumps, the other restores."""
    nodes = [lab.node(kind, save="") for kind in (one, other)]
    fill_samples(nodes[0])
    with nodes[1].connect(30.0) as conn:
        for key, payload, _ in dumps(nodes[0]):
            check(conn.call("RESTORE", key, 0, payload) == "OK", "%r restored" % key)
    before, after = ({k: v[0] for k, v in dataset(n)[0].items()} for n in nodes)
    check(before == after, "the same values")


def mutated(draw, payload):
    """A payload with a few bytes changed, cut out or put in, and the checksum that belongs to it."""
    body = bytearray(payload[:-10] or b"\x00")
    for _ in range(draw.choice([1, 1, 1, 2, 4])):
        at = draw.randrange(len(body))
        if draw.random() < 0.7:
            body[at] = draw.choice([0, 1, 0x7F, 0x80, 0xC0, 0xFE, 0xFF, draw.randrange(256)])
        elif draw.random() < 0.5:
            del body[at:at + draw.randint(1, 8)]
        else:
            body[at:at] = bytes(draw.randrange(256) for _ in range(draw.randint(1, 4)))
        body = body or bytearray(b"\x00")
    return payloads.sealed(bytes(body), draw.choice([6, 9, 10, 11, 12, 80]))


def malformed(lab, count, seed):
    """Whatever comes, RESTORE makes a key that can be used, or says that it is malformed."""
    node = lab.node("picket", save="")
    fill_samples(node)
    samples = [payload for _, payload, _ in dumps(node) if len(payload) < 3000]
    with lab.node("redis", save="").connect(30.0, raw=True) as conn:
        conn.pipeline([c for each in draws.each("SAMPLES") for c in each()])
        keys = conn.call("KEYS", "*")
        samples += [p for p in conn.pipeline([("DUMP", k) for k in keys]) if len(p) < 3000]
    samples += [payloads.sealed(body) for body in payloads.GOOD + payloads.BAD + payloads.CUT]
    draw = random.Random(seed)
    taken = 0
    with node.connect(30.0, raw=True) as conn:
        for _ in range(count):
            conn.send("RESTORE", "key", 0, mutated(draw, draw.choice(samples)), "REPLACE")
            reply = conn.read()
            if isinstance(reply, resp.RespError):
                check(str(reply) in RESTORE_ERRORS, "an error that was not expected: %s" % reply)
                continue
            taken += 1
            reader = READERS[conn.call("TYPE", "key")]
            conn.call(*reader[0]("key"))
            conn.call("DUMP", "key")
            conn.call("COPY", "key", "copy", "REPLACE")
    check(taken > count // 50, "some were harmless")
    check(node.call("PING") == "PONG", "still there")


def cut_payloads(lab):
    """Values that end within their footer."""
    node = lab.node("picket", save="")
    with node.connect(10.0, raw=True) as conn:
        for body in payloads.CUT + payloads.BAD:
            conn.send("RESTORE", "key", 0, payloads.sealed(body))
            check(str(conn.read()) == RESTORE_ERRORS[0], "%r is malformed" % body)
        conn.send("RESTORE", "key", 0, payloads.sealed(payloads.string(b"x") + b"y"))
        check(str(conn.read()) == RESTORE_ERRORS[0], "bytes that are left over")
        for version in (2, 6, 80):
            check(conn.call("RESTORE", "key", 0, payloads.sealed(payloads.string(b"x"), version), "REPLACE") == "OK", "version %d" % version)


def restored_on_replica(lab, kind):
    """A replica gets the moment of expiry, and the deletion by a value whose time has come."""
    primary = lab.node("picket", save="")
    replica = lab.node(kind, save="", primary=primary)
    wait(lambda: replica.follows(primary), "the replica follows")
    payload = payloads.sealed(payloads.string(b"value"))
    with primary.connect(10.0) as conn:
        conn.call("RESTORE", "a", 100000, payload, "IDLETIME", 5)
        conn.call("RESTORE", "b", 33177117420000, payload, "ABSTTL")
        conn.call("SET", "c", "old")
        conn.call("RESTORE", "c", 1, payload, "ABSTTL", "REPLACE")
        conn.call("RESTORE", "d", 1, payload, "ABSTTL")
        conn.call("RESTORE", "newer", 0, payloads.sealed(payloads.string(b"x" * 100), 80))
        conn.call("HSET", "h", "f", "v")
        conn.call("MOVE", "h", 3)
        conn.call("SWAPDB", 0, 3)
        conn.call("RPUSH", "l", 3, 1, 2)
        conn.call("SORT", "l", "STORE", "sorted")
    wait_same_offset([primary, replica])
    same_data(primary, replica)
    check(sorted(dataset(primary)) == [0, 3], "two databases")


def unblocked_by_swap(lab):
    """A value that comes by SWAPDB, MOVE, RESTORE or SORT serves those who wait for it."""
    for kind in ("picket", "redis"):
        node = lab.node(kind, save="")
        with node.connect(10.0) as other:
            other.call("SELECT", 1)
            other.call("RPUSH", "l", "a", "b", "c", "d")
            payload = None
            for words in (("SWAPDB", 0, 1), ("MOVE", "l", 0), ("SORT", "l", "BY", "nosort", "STORE", "l"), "RESTORE"):
                with node.connect(10.0, raw=True) as waits:
                    if words == "RESTORE":
                        other.call("SELECT", 0)
                        payload = resp.connect("127.0.0.1", node.port, 5.0, raw=True).call("DUMP", "l")
                        other.call("DEL", "l")
                        words = ("RESTORE", "l", 0, payload)
                    elif words[0] == "SORT":
                        other.call("SELECT", 0)
                        payload = other.call("LRANGE", "l", 0, -1)
                        other.call("DEL", "l")
                        other.call("RPUSH", "source", *payload)
                        words = ("SORT", "source", "BY", "nosort", "STORE", "l")
                    elif words[0] == "MOVE":
                        other.call("SELECT", 0)
                        other.call("RENAME", "l", "x")
                        other.call("MOVE", "x", 1)
                        other.call("SELECT", 1)
                        other.call("RENAME", "x", "l")
                    waits.send("BLPOP", "l", 0)
                    wait(lambda: node.info("clients")["blocked_clients"] == "1", "somebody waits")
                    other.call(*words)
                    check(waits.read() in ([b"l", b"a"], [b"l", b"b"], [b"l", b"c"], [b"l", b"d"]), "%s: %s serves" % (kind, words[0]))


# --- memory ------------------------------------------------------------------------------------------------------------------


def fill_keys(conn, prefix, count, size=100, *more):
    for start in range(0, count, 1000):
        conn.pipeline([("SET", "%s:%d" % (prefix, i), "x" * size) + more for i in range(start, min(start + 1000, count))])


def evicts_unused(lab):
    """allkeys-lru: what is in use stays, memory stays below the limit, replica and log have what the primary has."""
    primary = lab.node("picket", save="", appendonly="yes", maxmemory_policy="allkeys-lru", maxmemory_samples=10)
    replica = lab.node("picket", save="", primary=primary)
    wait(lambda: replica.follows(primary), "the replica follows")
    with primary.connect(30.0) as conn:
        fill_keys(conn, "hot", 500)
        fill_keys(conn, "cold", 20000)
        limit = int(resp.info_fields(conn.call("INFO", "memory"))["used_memory_dataset"]) * 3 // 4
        wait(lambda: conn.call("OBJECT", "IDLETIME", "cold:0") >= 2, "cold keys have not been used for a while")
        conn.pipeline([("TOUCH", "hot:%d" % i) for i in range(500)])
        conn.call("CONFIG", "SET", "maxmemory", limit)
        for turn in range(10):
            fill_keys(conn, "new%d" % turn, 200)
            conn.pipeline([("GET", "hot:%d" % i) for i in range(500)])
        hot = sum(conn.pipeline([("EXISTS", "hot:%d" % i) for i in range(500)]))
        cold = sum(conn.pipeline([("EXISTS", "cold:%d" % i) for i in range(20000)]))
        check(hot >= 475, "of 500 keys in use %d are left" % hot)
        check(cold < 15000, "of 20000 cold keys %d are left" % cold)
        memory = resp.info_fields(conn.call("INFO", "memory"))
        check(int(memory["used_memory"]) - int(memory["mem_not_counted_for_evict"]) <= limit + 1000, "memory is below the limit")
        check(memory["maxmemory_policy"] == "allkeys-lru" and memory["maxmemory"] == str(limit), "INFO shows the limit")
    check(primary.stat("evicted_keys") > 5000 and replica.stat("evicted_keys") == 0, "the primary deletes, the replica does not")
    wait_same_offset([primary, replica])
    same_data(primary, replica)
    before = dataset(primary)
    primary.term()
    primary.start().await_ready()
    check(dataset(primary) == before, "the log has the deletions")


def replica_has_no_limit(lab):
    """A replica with a lower limit than its primary keeps all that the primary has."""
    primary = lab.node("picket", save="")
    replica = lab.node("picket", save="", primary=primary, maxmemory="100kb", maxmemory_policy="allkeys-random")
    wait(lambda: replica.follows(primary), "the replica follows")
    with primary.connect(30.0) as conn:
        fill_keys(conn, "k", 5000)
    wait_same_offset([primary, replica])
    check(replica.call("DBSIZE") == 5000 and replica.call("GET", "k:1") is not None, "all keys are there")


def policies(lab):
    """Each deletes the keys that it may; none left of them: writes are refused, reads and deletions are not."""
    for policy, volatile in (("noeviction", False), ("allkeys-random", False), ("volatile-lru", True), ("volatile-random", True), ("volatile-ttl", True)):
        node = lab.node("picket", save="", maxmemory_policy=policy)
        with node.connect(30.0) as conn:
            fill_keys(conn, "stay", 2000)
            conn.pipeline([("SET", "go:%d" % i, "x" * 100, "EX", 10000 + i) for i in range(2000)])
            used = int(resp.info_fields(conn.call("INFO", "memory"))["used_memory"])
            conn.call("CONFIG", "SET", "maxmemory", used - used // 8)
            wait(lambda: policy == "noeviction" or int(resp.info_fields(conn.call("INFO", "memory"))["used_memory"]) <= used - used // 8,
                 "%s: below the limit" % policy)
            stay = sum(conn.pipeline([("EXISTS", "stay:%d" % i) for i in range(2000)]))
            go = conn.pipeline([("EXISTS", "go:%d" % i) for i in range(2000)])
            check(stay == 2000 or policy == "allkeys-random", "%s: %d keys that do not expire are left" % (policy, stay))
            check(sum(go) == 2000 if policy == "noeviction" else stay + sum(go) < 3700, "%s: %d that expire" % (policy, sum(go)))
            if policy == "volatile-ttl":
                check(go == sorted(go), "those that expire first are gone")
            if policy == "allkeys-random":
                continue
            conn.call("CONFIG", "SET", "maxmemory", 1000)
            wait(lambda: policy == "noeviction" or conn.call("DBSIZE") == 2000, "%s: all that may go is gone" % policy)
            conn.send("SET", "more", "x")
            check(str(conn.read()).startswith("OOM command not allowed"), "%s: writes are refused" % policy)
            check(conn.call("GET", "stay:1") is not None and conn.call("DEL", "stay:1") == 1, "%s: GET and DEL are not" % policy)


def flags(lab):
    """Commands that both have are refused and allowed by the same flags."""
    tables = []
    for kind in ("picket", "redis"):
        with lab.node(kind, save="").connect(10.0) as conn:
            tables.append({row[0]: set(map(str, row[2])) for row in conn.call("COMMAND")})
    wanted = {"write", "readonly", "denyoom"}
    differ = {name: (flags & wanted, tables[1][name] & wanted) for name, flags in tables[0].items()
              if name in tables[1] and (flags & wanted) != (tables[1][name] & wanted)}
    check(not differ, "picket and redis differ: %r" % differ)


def idle_times(lab):
    """Looking does not count, using does; as in Redis."""
    for kind in ("picket", "redis"):
        node = lab.node(kind, save="")
        with node.connect(10.0) as conn:
            conn.pipeline([("SET", k, "v") for k in "abcdef"])
            wait(lambda: conn.call("OBJECT", "IDLETIME", "a") >= 2, "a is idle")
            conn.pipeline([("TYPE", "a"), ("TTL", "a"), ("EXISTS", "a"), ("OBJECT", "ENCODING", "a"), ("GET", "b"), ("TOUCH", "c"), ("APPEND", "d", "x"),
                           ("DUMP", "e"), ("MEMORY", "USAGE", "a")])
            idle = [conn.call("OBJECT", "IDLETIME", k) for k in "abcdef"]
            check(idle[0] >= 2 and idle[5] >= 2 and max(idle[1:5]) <= 1, "%s: %r" % (kind, idle))


def idle_times_are_saved(lab):
    """Data files hold them while the policy goes by them; both ways with Redis."""
    for one, other in (("picket", "redis"), ("redis", "picket"), ("picket", "picket")):
        node = lab.node(one, save="", maxmemory="1gb", maxmemory_policy="allkeys-lru")
        reader = lab.node(other, save="", start=False, maxmemory="1gb", maxmemory_policy="allkeys-lru")
        with node.connect(10.0) as conn:
            payload = payloads.sealed(payloads.string(b"value"))
            conn.call("RESTORE", "old", 0, payload, "IDLETIME", 1000)
            conn.call("HSET", "hash", "f", "v")
            conn.call("RESTORE", "older", 50000000, payload, "IDLETIME", 100000)
            conn.call("SET", "new", "v")
            conn.call("SAVE")
        shutil.copy(node.file(), reader.file())
        reader.start().await_ready()
        idle = [reader.call("OBJECT", "IDLETIME", k) for k in ("old", "older", "new", "hash")]
        near = all(abs(a - b) <= 5 for a, b in zip(idle, (1000, 100000, 0, 0)))
        check(near, "%s to %s: %r" % (one, other, idle))


# --- what takes long -------------------------------------------------------------------------------------------------------------


def slow_log(lab):
    for kind in ("picket", "redis"):
        node = lab.node(kind, save="", slowlog_log_slower_than=0, slowlog_max_len=5)
        with node.connect(10.0) as conn:
            conn.call("CLIENT", "SETNAME", "me")
            conn.call("CONFIG", "SET", "masterauth", "secret", "timeout", "0")
            conn.pipeline([("AUTH", "secret"), ("AUTH", "user", "secret"), ("HELLO", 2, "AUTH", "default", "secret"), ("MGET",) + tuple(range(40)),
                           ("SET", "k", "v" * 300)])
            rows = conn.call("SLOWLOG", "GET", -1)
            check(len(rows) == 5 and [row[0] for row in rows] == sorted((row[0] for row in rows), reverse=True), "%s: the last five" % kind)
            check("secret" not in repr(rows) and "(redacted)" in repr(rows), "%s: no password is shown" % kind)
            check(rows[0][3] == ["SET", "k", "v" * 128 + "... (172 more bytes)"], "%s: a long word" % kind)
            check(len(rows[1][3]) == 32 and rows[1][3][-1] == "... (10 more arguments)", "%s: many words" % kind)
            check(rows[0][5] == "me" and rows[0][4].startswith("127.0.0.1:"), "%s: who it was" % kind)
            conn.call("CONFIG", "SET", "slowlog-log-slower-than", 20000)
            conn.call("SLOWLOG", "RESET")
            conn.call("DEBUG", "SLEEP", "0.03")
            conn.call("MULTI")
            conn.call("DEBUG", "SLEEP", "0.04")
            conn.call("EXEC")
            rows = conn.call("SLOWLOG", "GET")
            check([row[3] for row in rows] == [["DEBUG", "SLEEP", "0.04"], ["DEBUG", "SLEEP", "0.03"]], "%s: %r" % (kind, rows))
            check(rows[0][2] >= 40000 and rows[1][2] >= 30000, "%s: how long they took" % kind)
            check(conn.call("SLOWLOG", "LEN") == 2, "%s: two of them" % kind)


def latency(lab):
    for kind in ("picket", "redis"):
        node = lab.node(kind, save="", latency_monitor_threshold=20)
        with node.connect(10.0) as conn:
            conn.call("DEBUG", "SLEEP", "0.05")
            conn.call("DEBUG", "SLEEP", "0.03")
            latest = conn.call("LATENCY", "LATEST")
            check([row[0] for row in latest] == ["command"] and latest[0][3] >= 50, "%s: %r" % (kind, latest))
            check(max(ms for _, ms in conn.call("LATENCY", "HISTORY", "command")) >= 50, "%s: its history" % kind)
            check("command" in conn.call("LATENCY", "DOCTOR") or kind == "redis", "%s: in words" % kind)
            check(conn.call("LATENCY", "RESET") == 1 and conn.call("LATENCY", "LATEST") == [], "%s: forgotten" % kind)
            conn.pipeline([("SET", "k", i) for i in range(100)])
            name, (_, calls, _, times) = conn.call("LATENCY", "HISTOGRAM", "set")
            check(name == "set" and calls == 100 and times[-1] == 100, "%s: a histogram" % kind)
            check(times[1::2] == sorted(times[1::2]) and times[::2] == sorted(times[::2]), "%s: its sums rise" % kind)
            stats = resp.info_fields(conn.call("INFO", "commandstats"))
            check(stats["cmdstat_set"].startswith("calls=100,"), "%s: %s" % (kind, stats["cmdstat_set"]))


def spent_us(conn, command):
    fields = resp.info_fields(conn.call("INFO", "commandstats")).get("cmdstat_" + command, "calls=0,usec=0")
    return int(fields.split("usec=")[1].split(",")[0])


def cheap(conn, what, make, many, one):
    """One command that deletes all takes a small part of the time that many take; now and then the machine does something else in it."""
    for _ in range(TRIES):
        make(conn)
        conn.call("CONFIG", "RESETSTAT")
        many(conn)
        slow = spent_us(conn, what[0])
        conn.call("CONFIG", "RESETSTAT")
        conn.call(*one)
        quick = spent_us(conn, what[1])
        if quick * 20 < slow:
            return
    raise Failed("%s took %d us, one by one it took %d us" % (" ".join(one), quick, slow))


def large_steps(lab):
    """Emptying, deleting, overwriting: the command itself does a small part of the work."""
    node = lab.node("picket", save="")

    def hashes(conn, name):
        for start in range(0, MANY, 2000):
            conn.call("HSET", name, *(w for i in range(start, start + 2000) for w in (i, i)))

    def two_hashes(conn):
        hashes(conn, "one")
        conn.call("DEL", "two")
        hashes(conn, "two")

    def forget_fields(conn):
        for start in range(0, MANY, 100):
            conn.call("HDEL", "one", *range(start, start + 100))

    def forget_keys(conn):
        conn.call("DEBUG", "POPULATE", MANY)
        for start in range(0, MANY, 10000):
            conn.pipeline([("DEL", "key:%d" % i) for i in range(start, start + 10000)])

    with node.connect(60.0) as conn:
        for words, name in ((("DEL", "two"), "del"), (("SET", "two", "v"), "set"), (("UNLINK", "two"), "unlink")):
            cheap(conn, ("hdel", name), two_hashes, forget_fields, words)
        for words, name in ((("DEL", "long"), "del"), (("SET", "long", "v"), "set")):
            cheap(conn, ("setrange", name), lambda conn: conn.call("DEL", "long"),
                  lambda conn: conn.call("SETRANGE", "long", 5 * 10**7, "x"), words)
        cheap(conn, ("del", "flushall"), lambda conn: conn.call("DEBUG", "POPULATE", MANY, "other"), forget_keys, ("FLUSHALL", "ASYNC"))
        wait(lambda: resp.info_fields(conn.call("INFO", "memory"))["lazyfree_pending_objects"] == "0", "all is freed")
        check(int(resp.info_fields(conn.call("INFO", "memory"))["used_memory"]) < 100000, "the memory is free")


def answers_meanwhile(lab):
    """While many keys expire, and while a flushed database is freed, others are answered many times."""
    node = lab.node("picket", save="")
    with node.connect(60.0) as conn:
        conn.call("DEBUG", "SET-ACTIVE-EXPIRE", 0)
        at = int(time.time() * 1000) + 500
        for start in range(0, MANY, 5000):
            conn.pipeline([("SET", "key:%d" % i, "v", "PXAT", at) for i in range(start, start + 5000)])
        wait(lambda: time.time() * 1000 > at, "their time has come")
        sizes = sample_while(conn, lambda: conn.call("DBSIZE"), ("DEBUG", "SET-ACTIVE-EXPIRE", 1))
        check(len(sizes) >= 20, "while %d keys expired, %d replies" % (MANY, len(sizes)))
        wait(lambda: node.stat("expired_keys") == MANY, "all have expired")
        conn.call("DEBUG", "POPULATE", MANY * 2)
        sizes = sample_while(conn, lambda: int(resp.info_fields(conn.call("INFO", "memory"))["used_memory"]), ("FLUSHALL",))
        check(len(sizes) >= 20, "while %d keys were freed, %d replies" % (MANY * 2, len(sizes)))


def sample_while(conn, look, words):
    """The different values that are seen on the way to the least one."""
    seen = [look()]
    conn.call(*words)
    limit = time.monotonic() + 60
    while seen[-1] > seen[0] // 20:
        check(time.monotonic() < limit, "it ends")
        seen.append(look())
    return sorted(set(seen))


# --- DEBUG, MEMORY -----------------------------------------------------------------------------------------------------------------


def debug(lab):
    node = lab.node("picket", save="")
    fill_samples(node)
    with node.connect(30.0) as conn:
        check(conn.call("DEBUG", "POPULATE", 1000, "p", 50) == "OK" and len(conn.call("GET", "p:7")) == 50, "POPULATE")
        before = dataset(node)
        check(conn.call("DEBUG", "RELOAD") == "OK" and dataset(node) == before, "RELOAD gives the same data")
        check("encoding:raw" in conn.call("DEBUG", "OBJECT", "p:1"), "OBJECT")
        for key in before[0]:
            lengths = [int(n.call("DEBUG", "OBJECT", key.decode()).split("serializedlength:")[1].split()[0]) for n in (node,)]
            check(lengths[0] > 0, "length of %r" % key)
        conn.call("DEBUG", "SET-ACTIVE-EXPIRE", 0)
        conn.call("SET", "e", "v", "PX", 1)
        size = conn.call("DBSIZE")
        conn.call("DEBUG", "SLEEP", "0.01")
        check(conn.call("DBSIZE") == size, "an expired key stays")
        check(conn.call("GET", "e") is None and conn.call("DBSIZE") == size - 1, "until it is asked for")
    node = lab.node("picket", save="", enable_debug_command="no")
    with node.connect(5.0) as conn:
        conn.send("DEBUG", "SLEEP", "0")
        check("DEBUG command not allowed" in str(conn.read()), "not allowed")


def memory_usage(lab):
    """More elements take more memory, and what all keys take is about what INFO says."""
    node = lab.node("picket", save="")
    fill_samples(node)
    with node.connect(30.0, raw=True) as conn:
        keys = conn.call("KEYS", "*")
        usage = conn.pipeline([("MEMORY", "USAGE", k, "SAMPLES", 0) for k in keys])
        total = int(resp.info_fields(conn.call("INFO", "memory").decode())["used_memory_dataset"])
        check(0.9 * total < sum(usage) < 1.1 * total, "keys take %d bytes, the data %d" % (sum(usage), total))
        check(conn.call("MEMORY", "USAGE", "hash:5000", "SAMPLES", 0) > 10 * conn.call("MEMORY", "USAGE", "hash:100"), "a larger hash")
        stats = resp.pairs(conn.call("MEMORY", "STATS"))
        check(stats[b"keys.count"] == len(keys) and stats[b"dataset.bytes"] > 0, "MEMORY STATS")


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PAYLOADS
    seed = (int(sys.argv[2]) if len(sys.argv) > 2 else SEED) or random.SystemRandom().randint(1, 10**6)
    lab = Lab("store_keys")
    lab.case("redis's payloads", exchange, lab, "redis", "picket")
    lab.case("payloads for redis", exchange, lab, "picket", "redis")
    lab.case("%d malformed payloads, seed %d" % (count, seed), malformed, lab, count, seed)
    lab.case("payloads that are cut", cut_payloads, lab)
    lab.case("RESTORE, MOVE, SWAPDB, SORT on a replica", restored_on_replica, lab, "picket")
    lab.case("the same on redis", restored_on_replica, lab, "redis")
    lab.case("who waits is served", unblocked_by_swap, lab)
    lab.case("the longest unused keys are deleted", evicts_unused, lab)
    lab.case("a replica deletes nothing by itself", replica_has_no_limit, lab)
    lab.case("policies", policies, lab)
    lab.case("flags", flags, lab)
    lab.case("OBJECT IDLETIME", idle_times, lab)
    lab.case("idle times in data files", idle_times_are_saved, lab)
    lab.case("SLOWLOG", slow_log, lab)
    lab.case("LATENCY", latency, lab)
    lab.case("large steps", large_steps, lab)
    lab.case("answers meanwhile", answers_meanwhile, lab)
    lab.case("DEBUG", debug, lab)
    lab.case("MEMORY", memory_usage, lab)
    lab.finish()


if __name__ == "__main__":
    main()
