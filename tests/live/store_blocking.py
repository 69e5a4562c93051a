"""Commands that wait for a value, on picket-store and redis-server: several clients play the same story on both, and all replies must be the same.

A story is a list of lines, each `client words`; a client is made when it is first named.

    a BLPOP k 0 &      sends, and goes on when the server says that one more client waits
    a <                reads the reply to that
    b RPUSH k 1        sends and reads
    a !                the server has closed it
    a -                closes it, and goes on when the server says that one client less waits
"""

import time

import draws
import resp
from storelab import Lab, same_data, wait_same_offset
from waiting import check, wait

READ_S = 20.0

STORIES = {
    "first come, first served": """
        a BLPOP k 0 &
        b BRPOP k 0 &
        c BLPOP k 0 &
        d BLPOP other 0 &
        x RPUSH k 1 2 3 4 5
        a <
        b <
        c <
        x LRANGE k 0 -1
        x LPUSH other 1
        d <
        x DBSIZE""",
    "more clients than elements": """
        a BLPOP k 0 &
        b BLPOP k 0 &
        x RPUSH k 1
        a <
        x EXISTS k
        a BLPOP k 0 &
        x RPUSH k 2
        b <
        x LPUSH k 3
        a <""",
    "several keys": """
        a BLPOP k1 k2 k1 k3 0 &
        b BLPOP k3 k2 0 &
        x RPUSH k2 1
        a <
        x RPUSH k3 2
        b <
        x MULTI
        a BRPOP k1 k2 0 &
        x RPUSH k2 3
        x RPUSH k1 4
        x EXEC
        a <
        x LRANGE k1 0 -1
        x LRANGE k2 0 -1""",
    "a whole command, a whole transaction": """
        a BLPOP k 0 &
        x LPUSH k 1 2 3
        a <
        x DEL k
        a BLPOP k 0 &
        x MULTI
        x RPUSH k 1
        x DEL k
        x EXEC
        x MULTI
        x RPUSH k 2 3
        x LPOP k
        x LPUSH k 4
        x EXEC
        a <
        x LRANGE k 0 -1""",
    "other types": """
        a BLPOP k 0 &
        x SET k v
        x APPEND k w
        x SET k v2
        x DEL k
        x SADD k 1
        x DEL k
        x HSET k f v
        x RENAME k k2
        x RPUSH k 1
        a <
        a BLPOP k2 k3 0.02
        a BLPOP k3 k2 0""",
    "moves": """
        a BLMOVE s d LEFT RIGHT 0 &
        x RPUSH s 1 2
        a <
        x LRANGE d 0 -1
        x DEL s
        a BRPOPLPUSH s d 0 &
        x RPUSH s 3 4
        a <
        x LRANGE d 0 -1
        x DEL s
        a BLMOVE s s LEFT RIGHT 0 &
        b BLMOVE s s LEFT RIGHT 0 &
        x RPUSH s 1 2 3
        a <
        b <
        x LRANGE s 0 -1""",
    "a move feeds another": """
        a BLMOVE s d LEFT RIGHT 0 &
        b BLMOVE d e RIGHT LEFT 0 &
        c BLPOP e 0 &
        x RPUSH s word
        a <
        b <
        c <
        x DBSIZE""",
    "moves in a circle": """
        a BRPOPLPUSH one two 0 &
        b BRPOPLPUSH two one 0 &
        x RPUSH one foo
        a <
        b <
        x LRANGE one 0 -1
        x LRANGE two 0 -1""",
    "a target of another type": """
        a BLMOVE s d LEFT RIGHT 0 &
        b BLPOP s 0 &
        x SET d v
        x RPUSH s 1
        a <
        b <
        x DBSIZE
        a BLMOVE s d LEFT RIGHT 0.02
        x RPUSH s 1
        a BLMOVE s d LEFT RIGHT 0
        x LRANGE s 0 -1""",
    "several elements": """
        a BLMPOP 0 2 k1 k2 LEFT COUNT 2 &
        b BLMPOP 0 1 k2 RIGHT &
        x RPUSH k2 1 2 3 4
        a <
        b <
        x LRANGE k2 0 -1
        a BLMPOP 0 2 k1 k2 RIGHT COUNT 10""",
    "other ways to make a list": """
        x RPUSH list 1 2 3
        a BLPOP renamed 0 &
        x RENAME list renamed
        a <
        a BLPOP copied 0 &
        x COPY renamed copied
        a <
        a BLPOP restored 0 &
        x RESTORE restored 0 @dump:copied
        a <
        a BLPOP sorted 0 &
        x RPUSH numbers 3 1 2
        x SORT numbers STORE sorted
        a <
        a BLPOP swapped 0 &
        y RPUSH swapped 8
        y SWAPDB 0 1
        a <""",
    "a database of its own": """
        a SELECT 1
        a BLPOP k 0 &
        x RPUSH k 0
        y SELECT 1
        y RPUSH k 1
        a <
        x LRANGE k 0 -1""",
    "time-outs": """
        a BLPOP k 0.02
        a BLMOVE s d LEFT RIGHT 0.02
        a BRPOPLPUSH s d 0.02
        a BLMPOP 0.02 2 k s LEFT
        a BRPOP k l m 0.001
        a BLPOP k 1e-9
        a PING""",
    "within a transaction nobody waits": """
        a MULTI
        a BLPOP k 0
        a BLMOVE s d LEFT RIGHT 0
        a BRPOPLPUSH s d 0
        a BLMPOP 0 1 k LEFT
        a RPUSH k 1 2
        a BLPOP k 0
        a EXEC""",
    "CLIENT UNBLOCK": """
        a CLIENT ID
        a BLPOP k 0 &
        x CLIENT UNBLOCK @a
        a <
        a BLMOVE s d LEFT RIGHT 0 &
        x CLIENT UNBLOCK @a TIMEOUT
        a <
        a BLPOP k 0 &
        x CLIENT UNBLOCK @a error
        a <
        x CLIENT UNBLOCK @a
        a PING
        x RPUSH k 1
        x LLEN k""",
    "CLIENT UNBLOCK, of WAIT": """
        a WAIT 9 0 &
        x CLIENT UNBLOCK @a
        a <
        a WAIT 9 0 &
        x CLIENT UNBLOCK @a ERROR
        a <
        a PING""",
    "who leaves takes nothing": """
        a BLPOP k k2 0 &
        b BLPOP k 0 &
        c BLPOP k 0 &
        a -
        x CLIENT KILL ID @b
        x RPUSH k 1 2
        c <
        x LRANGE k 0 -1""",
    "what was sent behind it": """
        a BLPOP k 0 &
        a> SET done 1
        a> GET done
        x EXISTS done
        x RPUSH k 1
        a <
        a <
        a <""",
    "replies that are not wanted": """
        a> CLIENT REPLY SKIP
        a BLPOP k 0 &
        x RPUSH k 1
        a PING
        a> CLIENT REPLY SKIP
        a BLPOP k 0.02 &
        a PING
        x EXISTS k""",
    "watched keys": """
        w WATCH k
        a BLPOP k 0 &
        x RPUSH k 1
        a <
        w MULTI
        w PING
        w EXEC""",
    "we become a replica": """
        a BLPOP k 0 &
        b BLMOVE s d LEFT RIGHT 0 &
        x REPLICAOF 127.0.0.1 1
        a <
        a !
        b <
        b !
        x BLPOP k 0
        x REPLICAOF NO ONE
        x RPUSH k 1
        x LLEN k""",
}


for _stories in draws.each("STORIES"):
    STORIES.update(_stories)
ALONE = {"CLIENT UNBLOCK, of WAIT"}  # without a replica


class Players:
    """The clients of one story at one node."""

    def __init__(self, node, proto):
        self.node = node
        self.proto = proto
        self.conns = {}
        self.ids = {}
        self.boss = node.connect(READ_S)

    def conn(self, name):
        if name not in self.conns:
            conn = self.conns[name] = self.node.connect(READ_S, raw=True, proto=self.proto)
            self.ids[name] = conn.call("CLIENT", "ID")
        return self.conns[name]

    def waiting(self):
        return int(resp.info_fields(self.boss.call("INFO", "clients"))["blocked_clients"])

    def word(self, word):
        """@client is its number, @dump:key what DUMP says."""
        if word.startswith("@dump:"):
            with self.node.connect(READ_S, raw=True) as conn:
                return conn.call("DUMP", word[6:])
        return str(self.ids[word[1:]]) if word.startswith("@") else word

    def play(self, line):
        """Plays one line; returns what was read, None if nothing was."""
        name, *words = line.split()
        if name.endswith(">"):
            self.conn(name[:-1]).send(*words)
            return None
        conn = self.conn(name)
        words = [self.word(w) for w in words]
        if words == ["<"]:
            return conn.read(typed=True)
        if words == ["!"]:
            conn.sock.settimeout(READ_S)
            check(conn.sock.recv(1) == b"", "%s is not closed" % name)
            return None
        before = self.waiting()
        if words == ["-"]:
            conn.close()
            wait(lambda: self.waiting() == before - 1, "%s has gone" % name)
        elif words[-1] == "&":
            conn.send(*words[:-1])
            wait(lambda: self.waiting() == before + 1, "%s waits" % name)
        else:
            conn.send(*words)
            value = conn.read(typed=True)
            return None if words == ["CLIENT", "ID"] else value
        return None

    def close(self):
        for conn in list(self.conns.values()) + [self.boss]:
            conn.close()


def play(lab, name, proto):
    nodes = [lab.node(kind, save="") for kind in ("picket", "redis")]
    replica = None if name in ALONE else lab.node("picket", save="", primary=nodes[0])
    if replica is not None:
        wait(lambda: replica.follows(nodes[0]), "the replica follows")
    players = [Players(node, proto) for node in nodes]
    try:
        for line in STORIES[name].strip().splitlines():
            one, other = [p.play(line.strip()) for p in players]
            check(one == other, "%r: picket %r, redis %r" % (line.strip(), one, other))
        check([p.waiting() for p in players] == [0, 0], "somebody still waits")
        same_data(*nodes)
        if replica is not None:
            wait(lambda: replica.follows(nodes[0]), "the replica follows still")
            wait_same_offset([nodes[0], replica])
            same_data(nodes[0], replica)
    finally:
        for p in players:
            p.close()


def effects(lab):
    """The stream has what they did, not that they waited."""
    node = lab.node("picket", save="")
    with node.connect(READ_S, raw=True) as link, node.connect(READ_S) as one, node.connect(READ_S) as two, node.connect(READ_S) as three:
        link.send("PSYNC", "?", "-1")
        check(link.read().startswith("FULLRESYNC"), "it begins")
        one.send("BLPOP", "k", "0")
        two.send("BLMOVE", "k", "d", "LEFT", "RIGHT", "0")
        three.send("BZPOPMIN", "z", "0")
        wait(lambda: int(node.info("clients")["blocked_clients"]) == 3, "all wait")
        with node.connect() as boss:
            boss.call("RPUSH", "k", "1", "2", "3", "4", "5", "6")
            boss.call("BRPOPLPUSH", "k", "d", 0)
            boss.call("BLMPOP", 0, 1, "k", "RIGHT", "COUNT", 2)
            boss.call("ZADD", "z", 1, "a", 2, "b", 3, "c", 4, "d", 5, "e")
            boss.call("ZMPOP", 2, "none", "z", "MAX", "COUNT", 2)
            boss.call("BZMPOP", 0, 1, "z", "MIN")
            boss.call("BZPOPMAX", "z", "0")
            boss.call("LMPOP", 1, "d", "LEFT")
            boss.call("BLPOP", "none", "0.01")
        stream = b""
        link.sock.settimeout(READ_S)
        stream += link.buf[link.pos:]
        while stream.count(b"\r\nLPOP\r\n") < 2:
            stream += link.sock.recv(65536)
        words = [w for w in stream.split(b"\r\n") if w.isalpha() and w.isupper() and w not in (b"SELECT", b"PING", b"LEFT", b"RIGHT")]
        words = words[words.index(b"RPUSH"):]
        check(words == [b"RPUSH", b"LPOP", b"LMOVE", b"RPOPLPUSH", b"RPOP", b"ZADD", b"ZPOPMIN", b"ZPOPMAX", b"ZPOPMIN", b"ZPOPMAX",
                        b"LPOP"], "%r" % words)


def paused(lab):
    """In a pause of writes nobody is served, but time-outs come."""
    node = lab.node("picket", save="")
    with node.connect(READ_S) as one, node.connect(READ_S) as two, node.connect(READ_S) as boss:
        one.send("BLPOP", "k", "0")
        wait(lambda: int(node.info("clients")["blocked_clients"]) == 1, "it waits")
        two.send("BLPOP", "other", "0.1")
        boss.pipeline([("MULTI",), ("RPUSH", "k", "1"), ("CLIENT", "PAUSE", "60000", "WRITE"), ("EXEC",)])
        check(two.read() is None, "a time-out is no write")
        check(boss.call("LLEN", "k") == 1, "the element is still there")
        check("flags=b" in boss.call("CLIENT", "LIST", "ID", one_id(boss)), "CLIENT LIST shows who waits")
        boss.call("CLIENT", "UNPAUSE")
        check(one.read() == ["k", "1"], "and then goes to the one that waited")
        check(boss.call("EXISTS", "k") == 0, "for good")


def one_id(boss):
    """The number of the client that waits."""
    return next(line.split()[0][3:] for line in boss.call("CLIENT", "LIST").splitlines() if " cmd=blpop " in line and " flags=b " in line)


def many(lab):
    """A thousand clients at one key, and one that waits for a thousand keys; each gets one, nobody is held up."""
    node = lab.node("picket", save="")
    conns = [node.connect(READ_S) for _ in range(1000)]
    try:
        for conn in conns:
            conn.send("BLPOP", "k", *["k%d" % i for i in range(100)], "30")
        wait(lambda: int(node.info("clients")["blocked_clients"]) == 1000, "all wait")
        with node.connect(READ_S) as x:
            begin = time.monotonic()
            for start in range(0, 1000, 10):
                x.call("RPUSH", "k", *range(start, start + 10))
            got = [conn.read() for conn in conns]
            took = time.monotonic() - begin
            check(got == [["k", str(i)] for i in range(1000)] or sorted(int(g[1]) for g in got) == list(range(1000)), "each gets one")
            check(x.call("EXISTS", "k") == 0 and took < READ_S, "nothing is left")
    finally:
        for conn in conns:
            conn.close()


def main():
    lab = Lab("store_blocking")
    for number, name in enumerate(STORIES):
        lab.case(name, play, lab, name, 2 + number % 2)
    lab.case("effects in the stream", effects, lab)
    lab.case("a pause", paused, lab)
    lab.case("many", many, lab)
    lab.finish()


if __name__ == "__main__":
    main()
