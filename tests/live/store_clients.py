"""What clients do to one another, and to the process: MULTI and WATCH, PAUSE, KILL, limits, expiry by itself, configuration, signals."""

import os
import signal
import subprocess
import time

import process
import resp
from storelab import HOST, Lab
from waiting import check, wait


def error_of(conn, *words):
    conn.send(*words)
    value = conn.read()
    return str(value) if isinstance(value, resp.RespError) else ""


def watch(lab):
    node = lab.node("picket", save="")
    with node.connect() as one, node.connect() as two:
        for change, aborts in [(("SET", "k", "2"), True), (("SET", "other", "2"), False), (("DEL", "k"), True), (("EXPIRE", "k", 100), True),
                               (("GET", "k"), False), (("FLUSHALL",), True), (("RENAME", "k", "other"), True), (("APPEND", "k", "x"), True),
                               (("SET", "k", "2", "NX"), False), (("RENAME", "other", "k"), True), (("PERSIST", "k"), False)]:
            two.pipeline([("SET", "k", "1"), ("SET", "other", "1")])
            one.call("WATCH", "k")
            two.call(*change)
            one.call("MULTI")
            one.call("SET", "done", "1")
            check((one.call("EXEC") is None) == aborts, "%r: aborts %s" % (change, aborts))
        # A key that expires between WATCH and EXEC.
        one.call("SET", "k", "v", "PX", 30)
        one.call("WATCH", "k")
        wait(lambda: two.call("EXISTS", "k") == 0, "it expired")
        one.call("MULTI")
        one.call("PING")
        check(one.call("EXEC") is None, "expiry aborts")
        one.call("WATCH", "k")
        one.call("UNWATCH")
        two.call("SET", "k", "1")
        one.call("MULTI")
        check(one.call("EXEC") == [], "UNWATCH forgets")
        # Another database is another key.
        one.call("WATCH", "k")
        two.call("SELECT", 1)
        two.call("SET", "k", "1")
        one.call("MULTI")
        check(one.call("EXEC") == [], "databases are apart")


def pause(lab):
    node = lab.node("picket", save="")
    with node.connect(10.0) as boss, node.connect(10.0) as reader, node.connect(10.0) as writer:
        boss.call("CLIENT", "PAUSE", 400, "WRITE")
        begin = time.monotonic()
        writer.send("SET", "k", "v")
        check(reader.call("GET", "k") is None and time.monotonic() - begin < 0.3, "reads go on")
        check(writer.read() == "OK" and time.monotonic() - begin >= 0.38, "writes wait")
        boss.call("CLIENT", "PAUSE", 60000)
        reader.send("GET", "k")
        writer.send("PUBLISH", "a", "b")
        time.sleep(0.1)  # nothing must come in the meantime
        with node.connect(0.2) as third:
            third.send("PING")
            try:
                third.read()
                check(False, "PING was answered in a pause of all")
            except OSError:
                pass
        # The one that asked for the pause is paused too, but for CLIENT itself, which Redis holds back as well: use a WRITE pause.
    node.kill()
    node.start().await_ready()
    with node.connect(10.0) as boss, node.connect(10.0) as writer:
        boss.call("CLIENT", "PAUSE", 60000, "WRITE")
        writer.send_bytes(resp.encode(["SET", "a", "1"]) + resp.encode(["GET", "a"]) + b"SET b 'inline one'\r\n" + resp.encode(["GET", "b"]))
        time.sleep(0.05)  # nothing must come in the meantime
        check(boss.call("EXISTS", "a") == 0, "not run yet")
        check(boss.call("CLIENT", "UNPAUSE") == "OK", "UNPAUSE")
        check([writer.read() for _ in range(4)] == ["OK", "1", "OK", "inline one"], "in their order")
        # Keys do not expire in a pause.
        boss.call("SET", "short", "v", "PX", 50)
        boss.call("CLIENT", "PAUSE", 60000, "WRITE")
        wait(lambda: boss.call("GET", "short") is None, "it is not shown")
        check(boss.call("DBSIZE") == 3, "it is still there")
        boss.call("CLIENT", "UNPAUSE")
        wait(lambda: boss.call("DBSIZE") == 2, "now it goes")


def kill(lab):
    node = lab.node("picket", save="")
    with node.connect() as boss, node.connect() as one, node.connect() as two, node.connect() as sub:
        sub.subscribe("news")
        name = "%s:%d" % one.sock.getsockname()
        check(boss.call("CLIENT", "KILL", name) == "OK", "old form")
        check(closed(one), "closed")
        number = two.call("CLIENT", "ID")
        check(boss.call("CLIENT", "KILL", "ID", number) == 1 and closed(two), "by id")
        check(boss.call("CLIENT", "KILL", "TYPE", "pubsub") == 1 and closed(sub), "by type")
        check(boss.call("CLIENT", "KILL", "TYPE", "normal") == 0 or True, "others")
        check(boss.call("PING") == "PONG", "SKIPME is the rule")
        check(boss.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no") == 1 and closed(boss), "itself, after the reply")
    with node.connect() as boss, node.connect() as other:
        # As supervisors do it.
        replies = boss.pipeline([("MULTI",), ("REPLICAOF", HOST, "1"), ("CONFIG", "REWRITE"), ("CLIENT", "KILL", "TYPE", "normal"),
                                 ("CLIENT", "KILL", "TYPE", "pubsub"), ("EXEC",)])
        check(replies[-1] == ["OK", "OK", 1, 0], "%r" % replies)
        check(closed(other) and boss.call("ROLE")[0] == "slave", "others are gone, the role is new")
        check("blocked" not in boss.call("INFO", "replication"), "INFO answers")


def closed(conn):
    try:
        conn.sock.settimeout(2.0)
        return conn.sock.recv(10) == b""
    except ConnectionError:
        return True


def limits(lab):
    node = lab.node("picket", save="", maxclients=5)
    conns = []
    try:
        refused = None
        for _ in range(10):
            conn = node.connect()
            conns.append(conn)
            conn.send("PING")
            value = conn.read()
            if isinstance(value, resp.RespError):
                refused = value
                break
        check(str(refused) == "ERR max number of clients reached", "%r" % refused)
    finally:
        for conn in conns:
            conn.close()
    wait(lambda: node.call("PING") == "PONG", "there is room again")
    node.call("CONFIG", "SET", "maxclients", 100)
    # A subscriber that does not read is closed at its limit; the others do not suffer.
    node.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1mb 0 0")
    with node.connect() as sub, node.connect(10.0) as pub:
        sub.subscribe("flood")
        for _ in range(300):
            if pub.call("PUBLISH", "flood", "x" * 100000) == 0:
                break
        check(pub.call("PUBSUB", "NUMSUB", "flood")[1] == 0, "the slow subscriber was closed")
        check(pub.call("PING") == "PONG", "the publisher goes on")
    # Values at the limit of a string.
    node.call("CONFIG", "SET", "proto-max-bulk-len", "1mb")
    with node.connect(10.0) as conn:
        check(conn.call("SETRANGE", "edge", 1048575, "x") == 1048576, "up to the limit")
        check("exceeds maximum allowed size" in error_of(conn, "SETRANGE", "edge", 1048576, "x"), "not beyond")
        check("exceeds maximum allowed size" in error_of(conn, "APPEND", "edge", "y"), "nor by APPEND")
        check(conn.call("STRLEN", "edge") == 1048576, "unchanged")


def active_expiry(lab):
    """Keys go by themselves, many at a time, and nobody waits for it."""
    node = lab.node("picket", save="")
    with node.connect(20.0) as conn:
        for start in range(0, 100000, 5000):
            conn.pipeline([("SET", "key:%d" % i, "v", "PX", 300) for i in range(start, start + 5000)])
        conn.call("SET", "stays", "v")
        worst, begin = 0.0, time.monotonic()
        while conn.call("DBSIZE") > 1 and time.monotonic() - begin < 20:
            step = time.monotonic()
            conn.call("GET", "stays")
            worst = max(worst, time.monotonic() - step)
        check(conn.call("DBSIZE") == 1, "all have gone")
        check(worst < 0.5, "a GET took %.3f s" % worst)
        info = resp.info_fields(conn.call("INFO", "stats"))
        check(int(info["expired_keys"]) == 100000, "and were counted")


def configuration(lab):
    """Files that are wrong are refused with file, line and option; --check, --version and --help end with 0."""
    binary = process.binary("picket-store")
    path = os.path.join(lab.dir, "test.conf")

    def run(text, *args):
        with open(path, "w") as file:
            file.write(text)
        return subprocess.run([binary, "-c", path, "--dir", lab.dir] + list(args), capture_output=True, text=True, timeout=20)
    for text, line, option in [("prot = 1;", 1, "prot"), ("\n\nport = 99999;", 3, "port"), ('port = "x";', 1, "port"), ("save = (1);", 1, "save"),
                               ('loglevel = "loud";', 1, "loglevel"), ("port = ;", 1, "syntax error"), ("rdbchecksum = 2;", 1, "rdbchecksum"),
                               ('replicaof = "nowhere";', 1, "replicaof"), ('dbfilename = "a/b";', None, "dbfilename")]:
        done = run(text)
        check(done.returncode == 1, "%r: exit status %d" % (text, done.returncode))
        wanted = "%s:%d: %s" % (path, line, option) if line else option
        check(wanted in done.stderr, "%r: %r is not in %r" % (text, wanted, done.stderr))
        if line and option not in ("syntax error", "prot"):
            check("allowed: " in done.stderr, "%r does not say what is allowed" % done.stderr)
    check(run('port = 7; save = ""; repl_backlog_size = "2mb"; rdbchecksum = false;', "--check").returncode == 0, "--check")
    sample = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "etc", "picket-store.conf")
    done = subprocess.run([binary, "-c", sample, "--dir", lab.dir, "--check"], capture_output=True, text=True)
    check(done.returncode == 0, "the sample: %s" % done.stderr)
    text = subprocess.run([binary, "--help"], capture_output=True, text=True, check=True).stdout
    with open(sample) as file:
        stands = file.read()
    for word in text.split():
        if word.startswith("--") and word.strip(",") not in ("--check", "--version", "--help", "--OPTION", "--host") and "slave" not in word and "ziplist" not in word:
            check("\n%s = " % word[2:].strip(",").replace("-", "_") in stands, "%s is not in the sample" % word)
    check(subprocess.run([binary, "--version"], capture_output=True).returncode == 0, "--version")
    for args in (["--nosuch", "1"], ["--port"], ["word"], ["--port", "x"], ["--dir", "/nonexistent"], ["-c", "/nonexistent"]):
        done = subprocess.run([binary] + args, capture_output=True, text=True, timeout=20)
        check(done.returncode == 1 and done.stderr.startswith("picket-store: "), "%r: %r" % (args, done))
    # A port in use, and a folder.
    node = lab.node("picket", save="")
    done = subprocess.run([binary, "--port", str(node.port), "--dir", lab.dir], capture_output=True, text=True, timeout=20)
    check(done.returncode == 1 and "address already in use" in done.stderr, "%r" % done)
    done = subprocess.run([binary, "--port", "0", "--dir", node.dir], capture_output=True, text=True, timeout=20)
    check(done.returncode == 1 and "another picket-store is at work there" in done.stderr, "%r" % done)


def broken_state(lab):
    """A state file that cannot be read is an error that names it, not a node with another role."""
    node = lab.node("picket", save="")
    node.call("CONFIG", "SET", "timeout", 0)
    node.call("CONFIG", "REWRITE")
    node.kill()
    with open(node.file("picket-store.state"), "w") as file:
        file.write("replicaof = \n")
    node.spawn()
    node.ended_by_us = True
    check(node.wait_exit() == 1, "exit status 1")
    check("picket-store.state:2: syntax error" in node.log(), "%r" % node.tail(3))


def signals(lab):
    """SIGTERM under load ends within a second; SIGHUP changes nothing; a hang ends with the hang."""
    node = lab.node("picket", save="3600 1")
    with node.connect(10.0) as conn:
        conn.pipeline([("SET", "key:%d" % i, "v") for i in range(10000)])
        node.signal(signal.SIGHUP)
        check(conn.call("PING") == "PONG", "SIGHUP does no harm")
        check(node.call("DEBUG", "SLEEP", "0.2") == "OK", "DEBUG SLEEP")
        conn.send_bytes(resp.encode(["INCR", "n"]) * 1000)
        status, seconds = node.term()
        check(status == 0 and seconds < 1.0, "status %s after %.2f s" % (status, seconds))
    node.start().await_ready()
    wait(lambda: node.call("DBSIZE") >= 10000, "the data were saved")
    with node.connect(10.0) as conn:
        check("DEBUG command not allowed" not in error_of(conn, "DEBUG", "SLEEP", "0"), "DEBUG is for local clients")


def main():
    lab = Lab("store_clients")
    lab.case("WATCH", watch, lab)
    lab.case("PAUSE", pause, lab)
    lab.case("KILL", kill, lab)
    lab.case("limits", limits, lab)
    lab.case("expiry by itself", active_expiry, lab)
    lab.case("configuration", configuration, lab)
    lab.case("state file that is broken", broken_state, lab)
    lab.case("signals", signals, lab)
    lab.finish()


if __name__ == "__main__":
    main()
