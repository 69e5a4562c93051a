"""picketctl backup, restore and copy, on picket-store and redis-server.

    store_backup.py [KEYS]      so many keys (default 3000)
"""

import os
import signal
import subprocess
import sys
import threading
import time

import draws
import process
import resp
from servers import HOST
from storelab import KINDS, Lab, dataset, same_data
from waiting import Failed, check, wait

KEYS = 3000


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


def main():
    keys = int(sys.argv[1]) if len(sys.argv) > 1 else KEYS
    lab = Lab("store_backup")
    for kind in KINDS:
        lab.case("backup of %s, diskless" % kind, lambda k=kind: backup(lab, k, keys, repl_diskless_sync="yes"))
        lab.case("backup of %s, by file" % kind, lambda k=kind: backup(lab, k, keys, repl_diskless_sync="no"))
    lab.case("backup: errors", backup_errors, lab)
    lab.case("backup: killed", backup_killed, lab, keys)
    lab.finish()


if __name__ == "__main__":
    main()
