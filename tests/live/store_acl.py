"""Users of picket-store beside redis-server: rules, rights by command, key and channel, keys of commands, what is kept.

    store_acl.py [CHECKS [SEED]]     so many random rights are compared; seed 0 draws one
"""

import os
import random
import re
import sys

import resp
from case_acl import HASH, RULES
from storelab import HOST, KINDS, Lab
from waiting import check, wait

# Where ours differs from Redis 7.0 on purpose: later arguments of ZRANK, and flags that Redis does not show or have.
OTHER_FLAGS = {"may_replicate", "no_multi"}
OTHER_ARITY = {"zrank", "zrevrank"}

GETKEYS = (
    "SORT k BY store STORE d", "SORT k STORE a STORE b", "SORT k LIMIT store 1 GET store store x", "SORT k", "SORT_RO k BY w_*", "ZUNIONSTORE d 2 a b",
    "SET k v", "SET k v GET", "SET k GET", "ZUNION 5 a", "ZUNION x a", "ZUNION 0 a", "ZUNION 2 a b WEIGHTS 1 2", "PING x", "NO x", "GET", "SET a",
    "MSET a b c", "MSET a 1 b 2", "SINTERCARD 2 a b LIMIT 1", "SINTERCARD 3 a b", "BLPOP a b 0", "BLMPOP 0 2 a b LEFT", "BZMPOP 0 1 a MIN",
    "LMPOP 1 a LEFT", "ZMPOP 2 a b MAX", "MEMORY USAGE k", "OBJECT ENCODING k", "OBJECT HELP", "CONFIG GET x", "COPY a b", "RENAME a b",
    "ZRANGESTORE d s 0 -1", "SINTERSTORE d a b", "DEL a b c", "EXISTS a", "WATCH a b", "SMOVE a b m", "LMOVE a b LEFT RIGHT", "TOUCH a b",
)

# What random users are made of, and what they ask for. No empty key: of those Redis 7.0 says that they do not match the pattern *.
COMMAND_RULES = ("+@all", "-@all", "+@read", "-@read", "+@write", "-@write", "+get", "-get", "+set", "+@string", "-@string", "+@hash", "-@list",
                 "+@list", "+@keyspace", "-@dangerous", "+@fast", "-@slow", "+config|get", "+config", "-config|set", "+object|encoding", "+select|1",
                 "+@connection", "-@admin", "+@pubsub", "+@sortedset", "+@set", "+@transaction", "+@blocking", "+client", "-client|kill")
KEY_RULES = ("~*", "~a*", "~b?", "~*c", "%R~a*", "%W~a*", "%RW~b*", "%R~*", "%W~*", "%R~b[ab]", "~", "allkeys", "resetkeys", "%W~c")
CHANNEL_RULES = ("&*", "&a*", "&b", "allchannels", "resetchannels")
KEYS = ("a", "ab", "b", "ba", "bb", "c", "ac", "x")
REQUESTS = (
    "GET {k}", "SET {k} v", "SET {k} v GET", "SET {k} v EX 5", "SETNX {k} v", "APPEND {k} v", "GETDEL {k}", "GETEX {k}", "STRLEN {k}", "TYPE {k}",
    "DEL {k} {k}", "UNLINK {k}", "EXISTS {k} {k}", "MGET {k} {k}", "MSET {k} v {k} v", "COPY {k} {k}", "RENAME {k} {k}", "RENAMENX {k} {k}",
    "EXPIRE {k} 5", "TTL {k}", "PERSIST {k}", "DUMP {k}", "RESTORE {k} 0 x", "OBJECT ENCODING {k}", "MEMORY USAGE {k}", "TOUCH {k}",
    "HSET {k} f v", "HGET {k} f", "HDEL {k} f", "HLEN {k}", "HGETALL {k}", "HSETNX {k} f v", "HINCRBY {k} f 1", "LPUSH {k} v", "LPOP {k}",
    "LRANGE {k} 0 1", "LMOVE {k} {k} LEFT LEFT", "BLPOP {k} {k} 0", "LMPOP 2 {k} {k} LEFT", "BLMPOP 0 1 {k} LEFT", "LLEN {k}", "SADD {k} m", "SREM {k} m",
    "SMEMBERS {k}", "SPOP {k}", "SMOVE {k} {k} m", "SINTERSTORE {k} {k} {k}", "SUNIONSTORE {k} {k}", "SINTERCARD 2 {k} {k}", "SISMEMBER {k} m", "SDIFF {k} {k}",
    "ZADD {k} 1 m", "ZSCORE {k} m", "ZREM {k} m", "ZPOPMIN {k}", "ZUNIONSTORE {k} 2 {k} {k}", "ZRANGESTORE {k} {k} 0 1", "ZUNION 1 {k}", "ZMPOP 1 {k} MIN",
    "ZCARD {k}", "SORT {k}", "SORT {k} STORE {k}", "SORT {k} BY x STORE {k}", "SORT_RO {k}", "SCAN 0", "KEYS *", "RANDOMKEY", "DBSIZE", "FLUSHALL",
    "SELECT 1", "SELECT 2", "CONFIG GET x", "CONFIG SET a b", "CONFIG REWRITE", "CLIENT LIST", "CLIENT KILL x", "CLIENT ID", "PING", "ECHO x", "MULTI",
    "EXEC", "WATCH {k} {k}", "UNWATCH", "PUBLISH {k} x", "SUBSCRIBE {k} {k}", "PSUBSCRIBE {k}", "UNSUBSCRIBE {k}", "INFO", "SAVE", "DEBUG SLEEP 0",
    "ACL LIST", "ACL WHOAMI", "WAIT 0 0", "SUBSTR {k} 0 1", "PSYNC ? -1", "REPLCONF x y", "AUTH a b", "HELLO", "RESET", "SWAPDB 0 1",
    "ZUNION 3 {k} {k}", "BZMPOP 0 9 {k} MIN", "SINTERCARD x {k}",
)


def pair(lab, **options):
    return [lab.node(kind, **options) for kind in ("picket", "redis")]


def said(conn, *words):
    """The reply with its types; of a secret that a rule repeats, only the kind."""
    value = conn.call_typed(*words, timeout=5.0)
    return re.sub(r"modifier '([<>#!])[^']*'", r"modifier '\1...'", repr(value))


def same(conns, *words):
    ours, theirs = [said(c, *words) for c in conns]
    check(ours == theirs, "%s:\n  ours:   %s\n  theirs: %s" % (" ".join(map(str, words)), ours, theirs))
    return ours


def flat(rows, found):
    for row in rows:
        found[row[0]] = row
        flat(row[9], found)
    return found


def plain(spec):
    """A key specification without its notes."""
    return {k: v for k, v in resp.pairs(spec).items() if k != "notes"}


def table(lab):
    """What COMMAND and ACL CAT say of each command that both have."""
    ours, theirs = pair(lab, save="")
    a, b = flat(ours.call("COMMAND"), {}), flat(theirs.call("COMMAND"), {})
    both = set(a) & set(b)
    check(len(both) > 180, "%d commands in common" % len(both))
    for name in both:
        check(a[name][1] == b[name][1] or name in OTHER_ARITY, "arity of %s: %s, %s" % (name, a[name][1], b[name][1]))
        check(set(a[name][2]) - OTHER_FLAGS == set(b[name][2]) - OTHER_FLAGS, "flags of %s: %s, %s" % (name, a[name][2], b[name][2]))
        check(a[name][3:6] == b[name][3:6], "keys of %s: %s, %s" % (name, a[name][3:6], b[name][3:6]))
        check(set(a[name][6]) == set(b[name][6]), "categories of %s: %s, %s" % (name, a[name][6], b[name][6]))
        specs = [[plain(s) for s in side[name][8]] for side in (a, b)]
        check(specs[0] == specs[1], "key specifications of %s: %s, %s" % (name, specs[0], specs[1]))
    check(ours.call("ACL", "CAT") == theirs.call("ACL", "CAT"), "the categories")
    for category in ours.call("ACL", "CAT"):
        here, there = set(ours.call("ACL", "CAT", category)) & both, set(theirs.call("ACL", "CAT", category)) & both
        check(here == there, "@%s: %s" % (category, sorted(here ^ there)))


def getkeys(lab):
    conns = [node.connect() for node in pair(lab, save="")]
    for text in GETKEYS:
        for sub in ("GETKEYS", "GETKEYSANDFLAGS"):
            same(conns, "COMMAND", sub, *text.split())


def rules(lab):
    """Each rule makes of a user what it makes in Redis, and shows it in the same words."""
    conns = [node.connect() for node in pair(lab, save="")]
    for words in RULES:
        if any("sentinel" in word for word in words):
            continue
        same(conns, "ACL", "SETUSER", "u", "reset")
        same(conns, "ACL", "SETUSER", "u", *words)
        same(conns, "ACL", "GETUSER", "u")
        same(conns, "ACL", "LIST")
    for words in (("ACL",), ("ACL", "bogus"), ("ACL", "USERS"), ("ACL", "WHOAMI"), ("ACL", "GETUSER", "nosuch"), ("ACL", "DELUSER", "default"),
                  ("ACL", "DELUSER", "nosuch", "u"), ("ACL", "SETUSER", "a b"), ("ACL", "LOG", "x"), ("ACL", "LOG"), ("ACL", "CAT", "nosuch"),
                  ("ACL", "GENPASS", "0"), ("ACL", "GENPASS", "x"), ("ACL", "SAVE"), ("ACL", "LOAD"), ("ACL", "DRYRUN", "nosuch", "ping"),
                  ("ACL", "DRYRUN", "default", "nosuch"), ("ACL", "DRYRUN", "default", "get"), ("CLIENT", "KILL", "USER", "nosuch"),
                  ("CLIENT", "KILL", "USER", "default"), ("AUTH", "x"), ("AUTH", "nosuch", "x"), ("AUTH",), ("AUTH", "a", "b", "c")):
        same(conns, *words)


def draw_user(draw):
    words = [draw.choice(COMMAND_RULES) for _ in range(draw.randint(1, 5))]
    words += [draw.choice(KEY_RULES) for _ in range(draw.randint(0, 3))] + [draw.choice(CHANNEL_RULES) for _ in range(draw.randint(0, 2))]
    return words


def rights(lab, checks, seed):
    """Random users: who may do what, by DRYRUN, and for some by doing it."""
    seed = seed or random.SystemRandom().getrandbits(32)
    draw = random.Random(seed)
    conns = [node.connect() for node in pair(lab, save="")]
    done = refused = 0
    try:
        while done < checks:
            for conn in conns:
                conn.call("ACL", "SETUSER", "u", "reset", "on", ">p")
            words = draw_user(draw)
            if draw.random() < 0.3:
                words.append("(%s)" % " ".join(draw_user(draw)))
            if "OK" not in same(conns, "ACL", "SETUSER", "u", *words):
                continue
            for _ in range(40):
                request = draw.choice(REQUESTS).split()
                request = [draw.choice(KEYS) if word == "{k}" else word for word in request]
                reply = same(conns, "ACL", "DRYRUN", "u", *request)
                refused += "no permissions" in reply
                done += 1
            with resp.connect(HOST, conns[0].sock.getpeername()[1]) as one, resp.connect(HOST, conns[1].sock.getpeername()[1]) as other:
                same([one, other], "AUTH", "u", "p")
                for _ in range(6):
                    request = draw.choice([r for r in REQUESTS if r.split()[0] in ("GET", "SET", "MSET", "SORT", "HSET", "LLEN", "PUBLISH", "COPY")]).split()
                    same([one, other], *[draw.choice(KEYS) if word == "{k}" else word for word in request])
    except BaseException:
        print("note: seed %d, user: %s" % (seed, " ".join(words)))
        raise
    check(checks // 10 < refused < checks * 9 // 10, "%d of %d were refused" % (refused, done))


def said_by_user(lab):
    """Logging in, transactions, SORT's patterns, and what is told of refusals."""
    nodes = pair(lab, save="")
    conns = [node.connect() for node in nodes]
    for conn in conns:
        conn.call("ACL", "SETUSER", "u", "on", ">p", "+@all", "-config|set", "-save", "~a*", "%R~r*", "&a*")
        conn.call("RPUSH", "a", "1", "2")
    users = [node.connect() for node in nodes]
    for words in (("AUTH", "u", "wrong"), ("AUTH", "u", "p"), ("ACL", "WHOAMI"), ("GET", "b"), ("SET", "r", "1"), ("GET", "r"), ("CONFIG", "SET", "x", "y"),
                  ("SAVE",), ("SORT", "a", "BY", "w*"), ("SORT", "a", "GET", "#"), ("SORT", "a", "BY", "nosort", "STORE", "ab"), ("SORT", "a", "STORE", "b"),
                  ("PUBLISH", "b", "x"), ("SUBSCRIBE", "b"), ("PSUBSCRIBE", "a"), ("MULTI",), ("SET", "b", "1"), ("SET", "a1", "1"), ("EXEC",),
                  ("MULTI",), ("SET", "a1", "1"), ("GET", "r1"), ("NOSUCH",), ("EXEC",), ("HELLO", "3", "AUTH", "u", "bad"), ("HELLO", "4"), ("HELLO", "x"),
                  ("HELLO", "2", "SETNAME", "a b"), ("HELLO", "2", "AUTH", "u"), ("HELLO", "2", "BOGUS"), ("RESET",), ("ACL", "WHOAMI")):
        same(users, *words)
    # The rights go between MULTI and EXEC.
    for words in (("AUTH", "u", "p"), ("MULTI",), ("SET", "a1", "2"), ("GET", "a1"), ("PUBLISH", "a", "x"), ("CONFIG", "GET", "port")):
        same(users, *words)
    same(conns, "ACL", "SETUSER", "u", "resetkeys", "~b*", "-config", "resetchannels")
    text = same(users, "EXEC")
    check(text.count("NOPERM") == 4, "what EXEC says of rights that went: %s" % text)
    logs = [[{k: v for k, v in resp.pairs(e).items() if k in ("count", "reason", "context", "object", "username")} for e in c.call("ACL", "LOG", 50)]
            for c in conns]
    check(logs[0] == logs[1] and len(logs[0]) > 8, "ACL LOG:\n%s\n%s" % tuple(logs))
    for conn in conns:
        conn.call("CONFIG", "SET", "slowlog-log-slower-than", "0")
        conn.call("ACL", "SETUSER", "u", ">very-secret")
        check("ACL" in repr(conn.call("SLOWLOG", "GET")) and "very-secret" not in repr(conn.call("SLOWLOG", "GET")), "SLOWLOG does not repeat passwords")
    same(conns, "ACL", "LOG", "RESET")
    check(conns[0].call("ACL", "LOG") == [], "the log is empty again")


def closed(conn):
    try:
        conn.send("PING")
        conn.read()
    except OSError:
        return True
    return False


def removed(lab):
    """Connections of users who are no more end: waiting ones, listening ones, and that of the one who did it, behind the reply."""
    for node in pair(lab, save=""):
        boss = node.connect()
        boss.call("ACL", "SETUSER", "u", "on", ">p", "+@all", "~*", "&*")
        waits, listens, idles = [node.connect() for _ in range(3)]
        for conn in (waits, listens, idles):
            conn.call("AUTH", "u", "p")
        waits.send("BLPOP", "k", "0")
        listens.subscribe("news")
        wait(lambda: "cmd=blpop" in boss.call("CLIENT", "LIST"), "one waits")
        boss.call("ACL", "SETUSER", "u", "resetchannels", "&other")
        wait(lambda: closed(listens), "%s: who may not listen any more is closed" % node.kind)
        check(not closed(idles), "others stay")
        check(idles.call("ACL", "DELUSER", "u") == 1, "a user may remove itself")
        wait(lambda: closed(idles), "... and is gone")
        wait(lambda: "cmd=blpop" not in boss.call("CLIENT", "LIST"), "%s: who waits is closed" % node.kind)


def passwords(lab):
    """requirepass is the password of the default user, in whatever way it is set."""
    nodes = pair(lab, save="", requirepass="sesame")
    strangers = [resp.connect(HOST, node.port) for node in nodes]
    for words in (("PING",), ("GET", "a"), ("NOSUCH",), ("HELLO",), ("HELLO", "3"), ("MULTI",), ("EXEC",), ("AUTH", "x"), ("AUTH", "default", "sesame"),
                  ("PING",), ("CONFIG", "SET", "requirepass", "other"), ("AUTH", "sesame"), ("AUTH", "other"), ("ACL", "SETUSER", "default", ">third"),
                  ("AUTH", "third"), ("AUTH", "other"), ("ACL", "GETUSER", "default"), ("CONFIG", "SET", "requirepass", ""), ("AUTH", "other"),
                  ("ACL", "GETUSER", "default"), ("ACL", "SETUSER", "default", "off"), ("PING",)):
        same(strangers, *words)
    late = [resp.connect(HOST, node.port) for node in nodes]
    same(late, "PING")


def kept(lab):
    """Users of the options, what CONFIG REWRITE makes of them, and the file of users, in Redis's form."""
    node = lab.node("picket", save="", user="alice on >p ~a* +get")
    check(node.call("ACL", "LIST")[0] == "user alice on #%s ~a* resetchannels -@all +get" % HASH, "the user of the options: %s" % node.call("ACL", "LIST"))
    node.call("ACL", "SETUSER", "bob", "on", "#" + HASH, "+@read", "%R~b*", "(+set ~c)", "&\"x")
    node.call("ACL", "DELUSER", "alice")
    check(node.call("CONFIG", "REWRITE") == "OK", "REWRITE")
    before = node.call("ACL", "LIST")
    node.kill()
    node.start().await_ready()
    check(node.call("ACL", "LIST") == before, "after the restart: %s" % node.call("ACL", "LIST"))
    path = os.path.join(lab.dir, "users.acl")
    with open(path, "w") as file:
        file.write("user carol on >p ~* &* +@all\n")
    for kind in KINDS:
        node = lab.node(kind, save="", aclfile=path)
        boss = node.connect()
        check(boss.call("ACL", "USERS") == ["carol", "default"] or kind == "redis", "users of the file: %s" % boss.call("ACL", "USERS"))
        boss.call("ACL", "SETUSER", kind, "on", "#" + HASH, "~k", "%R~r", "+@all", "-@admin", "(+get ~s)")
        check(boss.call("ACL", "SAVE") == "OK", "SAVE")
        boss.call("ACL", "SETUSER", "carol", "off")
        boss.call("ACL", "DELUSER", kind)
        check(boss.call("ACL", "LOAD") == "OK", "LOAD")
        check("user carol on" in "".join(boss.call("ACL", "LIST")), "LOAD takes back what was not saved")
    node = lab.node("picket", save="", aclfile=path)
    check(set(KINDS) < set(node.call("ACL", "USERS")), "what both wrote: %s" % node.call("ACL", "USERS"))
    with open(path, "a") as file:
        file.write("user dora on +nosuch\n")
    boss = node.connect()
    boss.send("ACL", "LOAD")
    text = str(boss.read())
    check("users.acl:" in text and "nosuch" in text and "dora" not in boss.call("ACL", "USERS"), "a file that is wrong changes nothing: %s" % text)


def replicates(lab):
    """A replica that logs in as a user, both ways."""
    for one, other in (("picket", "redis"), ("redis", "picket"), ("picket", "picket")):
        primary = lab.node(one, save="", requirepass="boss")
        primary.call("ACL", "SETUSER", "copy", "on", ">p", "+psync", "+replconf", "+ping")
        primary.call("SET", "k", "1")
        replica = lab.node(other, save="", primary=primary, masteruser="copy", masterauth="p")
        wait(lambda: replica.follows(primary), "%s follows %s" % (other, one), 20.0)
        primary.call("SET", "k", "2")
        wait(lambda: replica.call("GET", "k") == "2", "the write comes")
        replica.call("ACL", "SETUSER", "default", "-set", "+@all", "resetkeys")
        primary.call("SET", "k", "3")
        primary.call("ACL", "SETUSER", "copy", "-psync")


def main():
    checks = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    lab = Lab("store_acl")
    lab.case("commands have flags, keys and categories as in Redis", table, lab)
    lab.case("keys of requests", getkeys, lab)
    lab.case("rules", rules, lab)
    lab.case("random rights", rights, lab, checks, seed)
    lab.case("what a user may not do", said_by_user, lab)
    lab.case("connections of users who are no more", removed, lab)
    lab.case("passwords", passwords, lab)
    lab.case("users are kept", kept, lab)
    lab.case("replicas log in", replicates, lab)
    lab.finish()


if __name__ == "__main__":
    main()
