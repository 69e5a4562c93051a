"""picketctl backup, restore and copy, on picket-store and redis-server.

    store_backup.py [KEYS [WORD]]      so many keys (default 1500), only cases whose name holds the word
"""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

import process
import resp
from servers import HOST
from storelab import KINDS, Lab, dataset, same_data
from waiting import check, wait

KEYS = 1500


def ctl(*words, env=None, code=0, **options):
    """Runs picketctl to its end; what it printed."""
    run = subprocess.run([process.binary("picketctl")] + [str(w) for w in words], capture_output=True, text=True, timeout=120,
                         env=dict(os.environ, **(env or {})), **options)
    check(run.returncode == code, "picketctl %s: status %d: %s%s" % (" ".join(map(str, words)), run.returncode, run.stdout, run.stderr))
    return run.stdout + run.stderr


def addr(node):
    return "%s:%d" % (HOST, node.port)


def fill(node, keys, dbs=(0, 3, 15)):
    """All types, small and large, with and without expiry times, in several databases."""
    with node.connect(60.0) as conn:
        for db in dbs:
            commands = [("SELECT", db)]
            for i in range(keys):
                commands.append(("SET", "s:%d" % i, "value %d" % i) if i % 2 else ("SET", "n:%d" % i, i))
            for i in range(keys // 20):
                commands += [("RPUSH", "l:%d" % i, *["e%d" % j for j in range(i % 9 + 1)]), ("SADD", "i:%d" % i, 1, 2, i + 3),
                             ("SADD", "t:%d" % i, "a", "b\x00\r\n", i), ("HSET", "h:%d" % i, "f", i, "g", "x" * (i % 90)),
                             ("ZADD", "z:%d" % i, 1.5, "one", "-inf", "low", i, "i"), ("PEXPIRE", "h:%d" % i, 10000000 + i)]
            for start in range(0, keys, 500):
                some = range(start, start + 500)
                commands += [("RPUSH", "L", *["element %d" % i for i in some]), ("SADD", "S", *["member %d" % i for i in some]),
                             ("HSET", "H", *[x for i in some for x in ("f%d" % i, "v%d" % i)]),
                             ("ZADD", "Z", *[x for i in some for x in (i / 7, "m%d" % i)]), ("SADD", "I", *[i * 1000003 for i in some])]
            commands += [("SET", "big", "0123456789" * 100000), ("EXPIRE", "L", 5000), ("SET", "", "empty name")]
            for start in range(0, len(commands), 1000):
                for reply in conn.pipeline(([("SELECT", db)] if start else []) + commands[start:start + 1000]):
                    check(not isinstance(reply, resp.RespError), reply)


def backup(lab, kind, keys, **options):
    """The file holds what the node holds; nothing else is left behind."""
    node = lab.node(kind, save="", **options)
    fill(node, keys)
    path = os.path.join(node.dir, "backup.rdb")
    for _ in range(2):  # the second one replaces the first
        check("checked" in ctl("backup", addr(node), path), "it says so")
    check(not os.path.exists(path + ".part"), "the temporary file is gone")
    for reader in KINDS:
        other = lab.node(reader, save="", start=False)
        os.link(path, other.file())
        other.start().await_ready()
        wait(lambda o=other: o.info("persistence")["loading"] == "0", "loaded")
        same_data(node, other)
        other.kill()


def backup_errors(lab):
    node = lab.node("picket", save="", requirepass="secret")
    node.call("SET", "a", 1)
    path = os.path.join(node.dir, "x.rdb")
    check("what to do: give the password" in ctl("backup", addr(node), path, code=1), "NOAUTH")
    check("WRONGPASS" in ctl("backup", addr(node), path, code=1, env={"PICKETCTL_AUTH": "wrong"}), "WRONGPASS")
    check(os.listdir(node.dir) == [], "nothing is left: %s" % os.listdir(node.dir))
    ctl("backup", addr(node), path, env={"PICKETCTL_AUTH": "secret"})
    secret = os.path.join(node.dir, "secret")
    with open(secret, "w") as file:
        file.write("secret\n")
    ctl("backup", "--pass-file", secret, "--user", "default", addr(node), path)
    ctl("backup", "nonsense", path, code=2)
    ctl("backup", "--skip", addr(node), path, code=2)
    ctl("backup", addr(node), os.path.join(node.dir, "none", "x.rdb"), code=1, env={"PICKETCTL_AUTH": "secret"})
    redis = lab.node("redis", save="")
    redis.call("XADD", "stream", "*", "a", "b")
    old = open(path, "rb").read()
    check("'stream'" in ctl("backup", addr(redis), path, code=1), "it names the key")
    check(open(path, "rb").read() == old, "the older backup is still there")
    ctl("backup", "--unchecked", addr(redis), path)
    check(subprocess.run(["redis-check-rdb", path], capture_output=True).returncode == 0, "redis-check-rdb takes it")


def backup_killed(lab, keys):
    """A backup that dies on its way, or whose node dies, leaves no file of that name."""
    node = lab.node("redis", save="", rdb_key_save_delay=2000)
    node.call("DEBUG", "POPULATE", keys)
    path = os.path.join(node.dir, "x.rdb")
    for sig in (signal.SIGINT, signal.SIGKILL, None):
        run = subprocess.Popen([process.binary("picketctl"), "backup", addr(node), path], stderr=subprocess.DEVNULL)
        wait(lambda: os.path.exists(path + ".part"), "it has begun")
        wait(lambda: node.info()["connected_slaves"] == "1", "it is connected")
        if sig:
            run.send_signal(sig)
        else:
            node.kill()
        check(run.wait(60) != 0, "it did not end well")
        check(not os.path.exists(path), "no file")
        check(sig == signal.SIGKILL or not os.path.exists(path + ".part"), "no temporary file")


def speak(conn, pieces):
    """Takes what a replica says up to PSYNC, then sends the pieces, one packet each; or calls them."""
    heard = b""
    while b"PSYNC" not in heard:
        data = conn.recv(4096)
        heard += data
        if b"PSYNC" not in heard:
            conn.sendall(b"-ERR what?\r\n")
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for piece in pieces:
        if callable(piece):
            piece()
        else:
            conn.sendall(piece)


def from_fake(pieces, path, code):
    """A backup from a server that says what it is told to."""
    with socket.create_server((HOST, 0)) as server:
        def serve():
            conn, _ = server.accept()
            with conn:
                try:
                    speak(conn, pieces)
                    conn.shutdown(socket.SHUT_WR)
                    while conn.recv(4096):
                        pass
                except OSError:
                    pass
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        out = ctl("backup", "%s:%d" % (HOST, server.getsockname()[1]), path, code=code)
        thread.join()
        return out


def backup_drips(lab):
    """Both forms of the transfer, cut into packets anywhere; and what is no such transfer."""
    node = lab.node("picket", save="")
    fill(node, 40, (0,))
    node.call("DEL", "big", "L", "S", "H", "Z", "I")
    path, drip = os.path.join(node.dir, "whole.rdb"), os.path.join(node.dir, "drip.rdb")
    ctl("backup", addr(node), path)
    data, mark, draw = open(path, "rb").read(), b"0123456789abcdef0123456789abcdef01234567", random.Random(4711)
    hello = b"\n\n+FULLRESYNC " + mark + b" 17\r\n\n"
    marked, counted = hello + b"$EOF:" + mark + b"\r\n" + data + mark, hello + b"$%d\r\n" % len(data) + data
    for text in (marked, counted, counted + b"*1\r\n$4\r\nPING\r\n"):
        for most in (1, 3, 50, 10000):
            cuts = [0]
            while cuts[-1] < len(text):
                cuts.append(cuts[-1] + draw.randint(1, most))
            from_fake([text[a:b] for a, b in zip(cuts, cuts[1:])], drip, 0)
            check(open(drip, "rb").read() == data, "the same file")
            os.unlink(drip)
    for part in (1, 20, 39):  # of the mark has come, and what can be known to be data is written
        def written(n=len(data) + part - 39):
            wait(lambda: os.path.getsize(drip + ".part") >= n, "the data are written")
        cut = len(marked) - 40 + part
        from_fake([marked[:cut], written, marked[cut:]], drip, 0)
        check(open(drip, "rb").read() == data, "the same file")
        os.unlink(drip)
    for text in (marked[:-1], marked[:-50], counted[:-1], hello, b"", b"-ERR no\r\n", b"-NOMASTERLINK Can't SYNC\r\n", b"$-5\r\n", b"$EOF:x\r\n",
                 b"x" * 2000, hello + b"$99999999999999999999\r\nabc", hello + b"$8\r\n" + data[:8], marked[:200] + mark,
                 counted[:len(counted) - 20] + b"x" * 20):
        check("picketctl: " in from_fake([text], drip, 1), "%r is refused" % text[:60])
        check(not os.path.exists(drip) and not os.path.exists(drip + ".part"), "no file of %r" % text[:60])


def saved(lab, keys):
    """A node with data, and a backup of it."""
    node = lab.node("redis", save="")
    fill(node, keys)
    path = os.path.join(node.dir, "backup.rdb")
    ctl("backup", addr(node), path)
    return node, path


def restore(lab, kind, keys, *words):
    node, path = saved(lab, keys)
    other = lab.node(kind, save="")
    ctl("restore", *words, path, addr(other))
    same_data(node, other)
    check("what to do: give --replace or --skip" in ctl("restore", *words, path, addr(other), code=1), "keys are there")
    other.call("SET", "s:1", "changed")
    other.call("SET", "more", 1)
    ctl("restore", "--skip", "--from-start", *words, path, addr(other))
    check(other.call("GET", "s:1") == "changed", "--skip lets it be")
    ctl("restore", "--replace", *words, path, addr(other))
    check(other.call("DEL", "more") == 1, "what is not in the file stays")
    same_data(node, other)
    other.call("FLUSHALL")
    ctl("restore", "--match", "[zl]:*", *words, path, addr(other))
    check(other.call("DBSIZE") == 2 * (keys // 20), "only those that match: %s" % other.call("DBSIZE"))
    check(not os.path.exists(path + ".resume"), "no resume point is left")


def restore_errors(lab, keys):
    node, path = saved(lab, keys)
    replica = lab.node("picket", save="", primary=node)
    wait(lambda: replica.follows(node), "it follows")
    check("name its primary" in ctl("restore", path, addr(replica), code=1), "READONLY")
    broken = os.path.join(node.dir, "broken.rdb")
    whole = open(path, "rb").read()
    other = lab.node("picket", save="")
    for data in (whole[:-9], whole[:len(whole) // 2], whole[:-1] + b"x", b"nothing of this kind", b""):
        with open(broken, "wb") as file:
            file.write(data)
        check("broken.rdb: " in ctl("restore", broken, addr(other), code=1), "it names the file")
        check(other.call("DBSIZE") == 0, "nothing of a broken file is written")
    small = lab.node("redis", save="", maxmemory="2mb")
    check("maxmemory" in ctl("restore", path, addr(small), code=1), "OOM")


def restore_killed(lab, kind, keys, *words):
    """Killed again and again, it goes on; in the end all is there. Refusing keys that are there is the hardest."""
    node, path = saved(lab, keys)
    with node.connect(60.0) as conn:  # more than one window
        for i in range(0, 300):
            conn.call("SET", "w:%d" % i, os.urandom(100000))
    ctl("backup", addr(node), path)
    total = node.call("DBSIZE")
    other = lab.node(kind, save="")
    seen = resumed = 0
    for turn in range(60):
        run = subprocess.Popen([process.binary("picketctl"), "restore", "--rate", str(keys * 5), *words, path, addr(other)],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        before = other.call("DBSIZE")
        wait(lambda: run.poll() is not None or other.call("DBSIZE") > before + total // 8, "it goes on")
        if run.poll() is None:
            run.send_signal((signal.SIGKILL, signal.SIGINT)[turn % 2])
        out = "".join(run.communicate())
        resumed += "going on at offset" in out
        seen = turn
        if run.returncode == 0:
            break
        check(run.returncode in (1, -signal.SIGKILL) and "BUSYKEY" not in out, "it ended so: %d %s" % (run.returncode, out))
    print("note: %d ends in the middle, %d times from a point" % (seen, resumed))
    check(run.returncode == 0 and seen > 1 and resumed > 0, "it was interrupted and came to its end")
    check(not os.path.exists(path + ".resume"), "no resume point is left")
    same_data(node, other)


def restore_stranger(lab):
    """After a kill, a key that somebody else wrote meanwhile is not taken for ours."""
    node, path = saved(lab, 100)
    other = lab.node("picket", save="")
    other.call("SET", "big", "not ours")
    ctl("restore", path, addr(other), code=1)
    check(os.path.exists(path + ".resume"), "there is a resume point")
    check("'big'" in ctl("restore", path, addr(other), code=1), "it names the key")
    other.call("DEL", "big")
    ctl("restore", path, addr(other))
    same_data(node, other)


def restore_rate(lab):
    node, path = saved(lab, 100)
    other = lab.node("picket", save="")
    begin = time.monotonic()
    ctl("restore", "--rate", 400, path, addr(other))
    keys = sum(len(d) for d in dataset(other).values())
    check(time.monotonic() - begin > keys / 400 * 0.9, "it took its time")


class Traffic(threading.Thread):
    """Writes of all kinds until end()."""

    def __init__(self, node):
        super().__init__(daemon=True)
        self.node, self.ends, self.rounds, self.error = node, threading.Event(), 0, None

    def run(self):
        try:
            with self.node.connect(20.0) as conn:
                while not self.ends.is_set():
                    i = self.rounds = self.rounds + 1
                    for reply in conn.pipeline([
                            ("SELECT", i % 3), ("SET", "t:%d" % (i % 500), i), ("INCR", "count"), ("LPUSH", "tl", i), ("LTRIM", "tl", 0, 99),
                            ("MULTI",), ("HINCRBY", "th", "f%d" % (i % 9), 1), ("ZINCRBY", "tz", 1, "m%d" % (i % 300)), ("EXEC",),
                            ("SET", "tx:%d" % i, i, "PX", 200 + i % 1000), ("SPOP", "S"), ("DEL", "s:%d" % (i % 3000)), ("SADD", "ts", i % 77)]):
                        check(not isinstance(reply, resp.RespError), reply)
        except Exception as error:  # told by end()
            self.error = error

    def end(self):
        self.ends.set()
        self.join()
        check(self.error is None, "traffic: %s" % self.error)


def copy(lab, kind, to, keys, *words, **options):
    """With live traffic; until interrupted."""
    node, other = lab.node(kind, save="", **options), lab.node(to, save="")
    fill(node, keys, (0, 1, 15))
    traffic = Traffic(node)
    traffic.start()
    wait(lambda: traffic.rounds > 10, "traffic")
    run = subprocess.Popen([process.binary("picketctl"), "copy", *words, addr(node), addr(other)], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
    check("all data are there" in run.stdout.readline(), "it follows")
    seen = traffic.rounds
    wait(lambda: traffic.rounds > seen + 200, "more traffic")
    traffic.end()
    run.send_signal(signal.SIGINT)
    out = "".join(run.communicate(timeout=60))
    check(run.returncode == 0 and "compared are the same" in out, "it ended well: %d %s" % (run.returncode, out))
    for each in (node, other):  # else they expire between the reading of one and of the other
        wait(lambda e=each: not any(k.startswith(b"tx:") for keys in dataset(e).values() for k in keys), "short-lived keys are gone")
    same_data(node, other)


def copy_once(lab, keys):
    node, other = lab.node("redis", save=""), lab.node("picket", save="")
    fill(node, keys)
    ctl("copy", "--once", addr(node), addr(other))
    same_data(node, other)
    check("empty it, or give --replace" in ctl("copy", "--once", addr(node), addr(other), code=1), "it is not empty")
    other.call("SET", "s:1", "changed")
    other.call("SET", "more", 1)
    ctl("copy", "--once", "--replace", addr(node), addr(other))
    check(other.call("DEL", "more") == 1, "what the source does not have stays")
    same_data(node, other)
    other.call("FLUSHALL")
    traffic = Traffic(node)
    traffic.start()
    ctl("copy", "--once", addr(node), addr(other))
    traffic.end()


def copy_differs(lab):
    """What is not the same in the end is found."""
    for change, text in ((("SET", "a", 2), "source and target differ"), (("RPUSH", "new", 2), "the same number of keys"),
                         (("LSET", "l", 0, "y"), "source and target differ"), (("DEL", "l"), "source and target differ")):
        node, other = lab.node("picket", save=""), lab.node("redis", save="")
        node.call("SET", "a", 1)
        node.call("RPUSH", "l", "x", "y", "x")
        run = subprocess.Popen([process.binary("picketctl"), "copy", addr(node), addr(other)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
        run.stdout.readline()
        other.call(*change)
        run.send_signal(signal.SIGINT)
        out = "".join(run.communicate(timeout=60))
        check(run.returncode == 1 and text in out, "%s: %d %s" % (change, run.returncode, out))


def copy_errors(lab):
    node = lab.node("picket", save="", requirepass="one")
    other = lab.node("redis", save="", requirepass="two")
    both = {"PICKETCTL_AUTH": "one", "PICKETCTL_TO_AUTH": "two"}
    node.call("SET", "a", 1)
    check("same node" in ctl("copy", "--once", addr(node), addr(node), code=1, env=dict(both, PICKETCTL_TO_AUTH="one")), "same node")
    check("NOAUTH" in ctl("copy", "--once", addr(node), addr(other), code=1), "passwords are wanted")
    ctl("copy", "--once", addr(node), addr(other), env=both)
    check(other.call("GET", "a") == "1", "copied")
    run = subprocess.Popen([process.binary("picketctl"), "copy", "--replace", addr(node), addr(other)], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, env=dict(os.environ, **both))
    run.stdout.readline()
    other.kill()
    node.call("SET", "b", 1)
    check(run.wait(60) == 1, "the target's end is seen")
    other.start().await_ready()
    run = subprocess.Popen([process.binary("picketctl"), "copy", "--replace", addr(node), addr(other)], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, env=dict(os.environ, **both))
    run.stdout.readline()
    node.kill()
    errors = run.communicate(timeout=60)[1]
    check(run.returncode == 1 and "closed the connection" in errors, "the source's end is seen: %d %s" % (run.returncode, errors))


def main():
    keys = int(sys.argv[1]) if len(sys.argv) > 1 else KEYS
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    lab = Lab("store_backup")

    def case(name, *rest):
        if word in name:
            lab.case(name, *rest)

    for kind in KINDS:
        case("backup of %s, diskless" % kind, lambda k=kind: backup(lab, k, keys, repl_diskless_sync="yes"))
        case("backup of %s, by file" % kind, lambda k=kind: backup(lab, k, keys, repl_diskless_sync="no"))
    case("backup: errors", backup_errors, lab)
    case("backup: any packets", backup_drips, lab)
    case("backup: killed", backup_killed, lab, keys)
    for kind in KINDS:
        case("restore into %s" % kind, restore, lab, kind, keys)
        case("restore into %s by commands" % kind, restore, lab, kind, keys, "--commands")
        case("restore into %s, killed" % kind, restore_killed, lab, kind, keys)
    case("restore by commands, killed", restore_killed, lab, "picket", keys, "--commands")
    case("restore: errors", restore_errors, lab, keys)
    case("restore: keys of others", restore_stranger, lab)
    case("restore: rate", restore_rate, lab)
    for kind, to in (("redis", "picket"), ("picket", "redis"), ("picket", "picket")):
        case("copy from %s to %s" % (kind, to), copy, lab, kind, to, keys)
    case("copy by file and by commands", lambda: copy(lab, "redis", "picket", keys, "--commands", repl_diskless_sync="no"))
    case("copy --once", copy_once, lab, keys)
    case("copy: differences", copy_differs, lab)
    case("copy: errors", copy_errors, lab)
    lab.finish()


if __name__ == "__main__":
    main()
