"""The append-only log: picket-store's read by redis-server and the other way round; cut, corrupt and full; switched, rewritten, replicated.

    store_aof.py [COUNT [SEED]]      COUNT random commands (default 6000) whose log must hold what they did; SEED 0 draws one
"""

import os
import random
import resource
import shutil
import subprocess
import sys
import threading
import time

import resp
import store_commands
from disk import Disk
from storelab import Lab, dataset, same_data, wait_same_offset
from store_rdb import fill, shutdown
from waiting import check, wait

COUNT = 6000
SEED = 20261122
FOLDER = "appendonlydir"
DRAW = random.Random(11)


def log_dir(node):
    return os.path.join(node.dir, FOLDER)


def manifest(node):
    """[(type, path)] in the order of the file."""
    with open(os.path.join(log_dir(node), "appendonly.aof.manifest")) as file:
        words = [line.split() for line in file]
    return [(w[5], os.path.join(log_dir(node), w[1])) for w in words]


def last_file(node):
    return [path for kind, path in manifest(node) if kind == "i"][-1]


def check_aof(node):
    path = os.path.join(log_dir(node), "appendonly.aof.manifest")
    out = subprocess.run(["redis-check-aof", path], capture_output=True, text=True)
    check(out.returncode == 0 and "All AOF files and manifest are valid" in out.stdout, "redis-check-aof: %s" % out.stdout[-400:])


def aof(node):
    return node.info("persistence")


def settled(node):
    """No rewrite is under way or waits."""
    info = aof(node)
    return info["aof_rewrite_in_progress"] == "0" and info["aof_rewrite_scheduled"] == "0" and info["aof_last_bgrewrite_status"] == "ok"


def await_written(node):
    """With everysec a write may wait for the thread's sync."""
    wait(lambda: aof(node)["aof_buffer_length"] == "0", "all is written")


def rewrite(node):
    done = int(aof(node)["aof_rewrites"])
    node.call("BGREWRITEAOF")
    wait(lambda: int(aof(node)["aof_rewrites"]) > done and settled(node), "the log is rewritten")


def fails_to_start(node, *words):
    """Exit status 1, and one line of the log that says all these words."""
    before = len(node.log())
    node.spawn()
    node.ended_by_us = True
    status = node.wait_exit(30.0)
    last = [line for line in node.log()[before:].splitlines() if "cannot be read" in line]
    check(status == 1 and last, "exit status %s: %s" % (status, node.log()[before:]))
    for word in words:
        check(word in last[-1], "%r in %r" % (word, last[-1]))


def copy_log(one, other):
    shutil.rmtree(log_dir(other), ignore_errors=True)
    shutil.copytree(log_dir(one), log_dir(other))


# --- with redis-server ---------------------------------------------------------------------------


def there_and_back(lab, first, second, policy, **more):
    """All types: in the base, in commands before and behind a rewrite, in commands of both programs."""
    one = lab.node(first, save="", appendonly="yes", appendfsync=policy, **more)
    fill(one, 600)
    rewrite(one)
    fill(one, 600)
    one.call("MSET", "last", "word", "of", first)
    one.term()
    check_aof(one)
    other = lab.node(second, save="", start=False, appendonly="yes", appendfsync=policy)
    copy_log(one, other)
    one.start().await_ready()
    other.start().await_ready()
    same_data(one, other)
    fill(other, 300)
    rewrite(other)
    other.call("SET", "of", second)
    other.term()
    check_aof(other)
    one.term()
    copy_log(other, one)
    other.start().await_ready()
    one.start().await_ready()
    same_data(one, other)


def single_file(lab):
    """The log of before Redis 7, one file, becomes a base; a crash on the way loses nothing."""
    one = lab.node("picket", save="", appendonly="yes")
    fill(one, 300)
    rewrite(one)
    one.call("SET", "behind", "the base")
    before = dataset(one)
    one.term()
    with open(os.path.join(one.dir, "appendonly.aof"), "wb") as file:
        for _, path in manifest(one):
            with open(path, "rb") as part:
                file.write(part.read())
    shutil.rmtree(log_dir(one))
    one.start().await_ready()
    check(dataset(one) == before, "the same data")
    check(not os.path.exists(os.path.join(one.dir, "appendonly.aof")), "it was moved")
    one.term()
    # As if the process had died between manifest and move.
    shutil.move(os.path.join(log_dir(one), "appendonly.aof"), one.dir)
    one.start().await_ready()
    check(dataset(one) == before, "the same data again")


def random_commands(lab, count, seed):
    """Whatever commands did, the log says: after kill -9 the data are the same, and redis-server reads the same from it."""
    seed = seed or random.SystemRandom().randrange(1, 10**6)
    print("note: random commands: seed %d" % seed)
    make = store_commands.Maker(seed)
    one = lab.node("picket", save="", appendonly="yes", appendfsync="always")
    with one.connect(30.0) as conn:
        for turn in range(0, count, 50):
            conn.pipeline([make.command() for _ in range(50)])
            if turn % max(50, count // 150 * 50) == 0:
                conn.send("BGREWRITEAOF")
                conn.read()
    one.call("SET", "short", "life", "PX", 300)
    wait(lambda: one.call("DBSIZE") >= 0 and one.call("EXISTS", "short") == 0, "a key expires")
    wait(lambda: settled(one), "the rewrite has ended")
    before = dataset(one)
    one.kill()
    check_aof(one)
    other = lab.node("redis", save="", start=False, appendonly="yes")
    copy_log(one, other)
    one.start().await_ready()
    after = dataset(one)
    check(after == before, "the same data after kill -9: %s" % differences(before, after))
    other.start().await_ready()
    same_data(one, other)


def differences(one, other):
    return [(n, k, one.get(n, {}).get(k), other.get(n, {}).get(k)) for n in set(one) | set(other)
            for k in set(one.get(n, {})) | set(other.get(n, {})) if one.get(n, {}).get(k) != other.get(n, {}).get(k)][:5]


# --- what is wrong with files --------------------------------------------------------------------


def written(lab, **options):
    """A stopped node with a log of ten commands and two transactions, and the file's content."""
    node = lab.node("picket", save="", appendonly="yes", **options)
    with node.connect() as conn:
        for i in range(10):
            conn.call("SET", "key:%d" % i, "value %d" % i)
        for t in (b"a", b"b"):
            conn.pipeline([("MULTI",), ("SET", b"t1:" + t, 1), ("SET", b"t2:" + t, 2), ("EXEC",)])
    node.term()
    with open(last_file(node), "rb") as file:
        return node, file.read()


def put_back(node, content):
    with open(last_file(node), "wb") as file:
        file.write(content)


def truncated(lab):
    """Cut at any place: what is whole is read, the rest cut off with a warning that names file and offset; transactions are all or nothing."""
    node, good = written(lab)
    last = b"".join([b"*3\r\n$3\r\nSET\r\n$4\r\nt2:b\r\n$1\r\n2\r\n", b"*1\r\n$4\r\nEXEC\r\n"])
    places = sorted(DRAW.sample(range(1, len(good)), 25) + [good.index(last) + 5, good.index(last) + len(last) - 1, len(good) - 1])
    for at in places:
        put_back(node, good[:at])
        before = len(node.log())
        node.start().await_ready()
        with node.connect() as conn:
            keys = conn.pipeline([("EXISTS", "key:%d" % i) for i in range(10)])
            check(keys == sorted(keys, reverse=True), "cut at %d: a beginning of the keys: %s" % (at, keys))
            for t in "ab":
                pair = conn.pipeline([("EXISTS", "t1:" + t), ("EXISTS", "t2:" + t)])
                check(pair[0] == pair[1], "cut at %d: half a transaction" % at)
        node.kill()
        size = os.path.getsize(last_file(node))
        text = node.log()[before:]
        check(size <= at or "cut off" not in text, "the file was cut")
        if "cut off" in text:
            line = [x for x in text.splitlines() if "cut off" in x][0]
            check(os.path.basename(last_file(node)) in line and "offset " in line, line)
            whole = int(line.split("offset ")[1].split(";")[0])
            check(good[:whole] == good[:at][:whole] and (whole == len(good) or good[whole:whole + 1] in b"*#"), "cut at a command")
    put_back(node, good[:-3] + b"\0" * 3000)
    fails_to_start(node, "offset")
    put_back(node, good + b"\0" * 3000)
    node.start().await_ready()
    check(node.call("EXISTS", "t2:b") == 1 and "3000 bytes are cut off" in node.log(), "zeroes at the end")
    node.term()
    put_back(node, good[:-1])
    node.options["aof_load_truncated"] = "no"
    node.set_argv()
    fails_to_start(node, os.path.basename(last_file(node)), "offset", "aof-load-truncated")


def corrupt(lab):
    """Anything else is an error that names file and offset, nothing is served, and the file stays as it was."""
    node, good = written(lab)
    middle = good.index(b"*3", len(good) // 2)
    name = os.path.basename(last_file(node))
    for what, content in [("a letter", good[:middle] + b"X" + good[middle + 1:]), ("a length", good.replace(b"$7\r\nvalue 5", b"$8\r\nvalue 5")),
                          ("a command", good[:middle] + resp.encode(["BOGUS", 1]) + good[middle:]),
                          ("an error", good[:middle] + resp.encode(["HSET", "key:0", "f", "v"]) + good[middle:]),
                          ("a stranger", good[:middle] + resp.encode(["CONFIG", "SET", "save", ""]) + good[middle:]),
                          ("inline", good[:middle] + b"SET a b\r\n" + good[middle:]), ("zeroes", good[:middle] + b"\0" * 8 + good[middle:])]:
        put_back(node, content)
        fails_to_start(node, name, "offset ")
        offset = int(node.log().rsplit("offset ", 1)[1].split(":")[0])
        check(what == "a length" or offset == middle, "%s: offset %d instead of %d" % (what, offset, middle))
        with open(last_file(node), "rb") as file:
            check(file.read() == content, "%s: the file is left as it was" % what)
    put_back(node, good)
    path = os.path.join(log_dir(node), "appendonly.aof.manifest")
    with open(path) as file:
        text = file.read()
    for what, content, word in [("nothing", "", "line 1"), ("no seq", text.replace("seq", "sex"), "line 1"),
                                ("a path", text.replace("file ", "file ../"), "line 1"), ("twice", text + text, "line 3"),
                                ("no end", text[:-1], "line 2"), ("a kind", text.replace("type i", "type x"), "line 2")]:
        with open(path, "w") as file:
            file.write(content)
        fails_to_start(node, "appendonly.aof.manifest", word)
    with open(path, "w") as file:
        file.write(text)
    os.rename(last_file(node), last_file(node) + ".away")
    fails_to_start(node, name, "No such file")
    os.rename(last_file(node) + ".away", last_file(node))
    base = manifest(node)[0][1]
    with open(base, "r+b") as file:
        file.truncate(os.path.getsize(base) - 3)
    fails_to_start(node, os.path.basename(base), "offset")


def disk_full(lab, policy):
    """No room: with `always` nobody hears OK for what is not on disk; writes are refused, reads are not; it works again by itself."""
    node = lab.node("picket", save="", appendonly="yes", appendfsync=policy, auto_aof_rewrite_percentage=0)
    node.call("SET", "before", "1")
    room = os.path.getsize(last_file(node)) + 20
    resource.prlimit(node.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    with node.connect() as conn:
        try:
            answer = conn.call("SET", "during", "x" * 100)
        except resp.Closed:
            answer = None
    check((answer is None) == (policy == "always"), "%s: answer %s" % (policy, answer))

    def refused():
        with node.connect() as conn:
            conn.send("SET", "later", "1")
            return str(conn.read()).startswith("MISCONF Errors writing to the AOF file: File too large")
    wait(refused, "writes are refused")
    check(node.call("GET", "before") == "1", "reads are not")
    check(aof(node)["aof_last_write_status"] == "err", "INFO says so")
    node.call("CONFIG", "SET", "save", "")
    check(os.path.getsize(last_file(node)) <= room, "nothing half is left")
    resource.prlimit(node.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    wait(lambda: node.call("SET", "after", "1") == "OK", "writes are accepted again")
    check(aof(node)["aof_last_write_status"] == "ok", "INFO says that too")
    await_written(node)
    node.kill()
    node.start().await_ready()
    check(node.call("MGET", "before", "during", "after") == ["1", "x" * 100, "1"], "the log has it all")


def slow_disk(lab):
    """everysec: nobody waits for the disk, and INFO says that it lags. always: all wait, but for the same sync."""
    node = lab.node("picket", save="", start=False, appendonly="yes", appendfsync="everysec")
    disk = Disk(lab, node)
    node.start().await_ready()
    disk.take_ms(3500)
    load = Load(node)
    wait(lambda: int(aof(node)["aof_delayed_fsync"]) > 0, "a write that does not wait any longer")
    disk.take_ms(0)
    load.end()
    check(load.trouble is None and load.slowest < 2.0, "%s, the slowest write took %.2f s" % (load.trouble, load.slowest))
    node.call("CONFIG", "SET", "appendfsync", "always", "latency-monitor-threshold", 100)
    wait(lambda: aof(node)["aof_pending_bio_fsync"] == "0", "the thread is done")
    disk.take_ms(400)
    conns = [node.connect(30.0) for _ in range(20)]
    begin = time.monotonic()
    for i, conn in enumerate(conns):
        conn.send("SET", "together:%d" % i, 1)
    for conn in conns:
        conn.read()
    took = time.monotonic() - begin
    check(0.4 <= took < 0.4 * 10, "20 writes waited %.2f s for syncs of 0.4 s" % took)
    check("aof-fsync-always" in str(node.call("LATENCY", "LATEST")), "LATENCY knows it: %s" % node.call("LATENCY", "LATEST"))
    disk.take_ms(0)


def broken_disk(lab, policy):
    """A sync that fails may have lost anything: writes are refused until there is a new log."""
    node = lab.node("picket", save="", start=False, appendonly="yes", appendfsync=policy)
    disk = Disk(lab, node)
    node.start().await_ready()
    node.call("SET", "before", 1)
    disk.take_ms(-1)

    def refused():
        with node.connect() as conn:
            conn.send("SET", "during", 1)
            return str(conn.read()).startswith("MISCONF Errors writing to the AOF file: Input/output error")
    wait(refused, "writes are refused")
    check("begins anew" in node.log(), "the log says why")
    check(node.call("GET", "before") == "1", "reads are not refused")
    disk.take_ms(0)
    wait(lambda: node.call("SET", "after", 1) == "OK", "writes are accepted again")
    check(settled(node) and aof(node)["aof_last_write_status"] == "ok", "there is a new log")
    await_written(node)
    node.kill()
    node.start().await_ready()
    check(node.call("MGET", "before", "after") == ["1", "1"], "which has it all")


# --- rewriting, switching ------------------------------------------------------------------------


class Load:
    """Writes in a thread of its own, counts what was acknowledged."""

    def __init__(self, node):
        self.node = node
        self.acked = 0
        self.slowest = 0.0
        self.ends = threading.Event()
        self.trouble = None
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        try:
            with self.node.connect(30.0) as conn:
                while not self.ends.is_set():
                    key = "load:%d" % self.acked
                    begin = time.monotonic()
                    conn.call(*(("SET", key, "value") if self.acked % 2 else ("HSET", key, "field", "value")))
                    self.acked += 1
                    self.slowest = max(self.slowest, time.monotonic() - begin)
        except (OSError, resp.RespError) as error:
            self.trouble = error

    def end(self):
        self.ends.set()
        self.thread.join()
        return self.acked


def rewriting(lab):
    """By size and by command, while clients write: one base and one file are left, which hold all."""
    node = lab.node("picket", save="", appendonly="yes", appendfsync="everysec", auto_aof_rewrite_min_size="20kb")
    load = Load(node)
    wait(lambda: int(aof(node)["aof_rewrites"]) >= 3, "the log is rewritten by itself")
    node.call("CONFIG", "SET", "auto-aof-rewrite-percentage", 0)
    wait(lambda: settled(node), "the last one has ended")
    rewrite(node)
    count = load.end()
    check(load.trouble is None, "%s" % load.trouble)
    await_written(node)
    wait(lambda: [kind for kind, _ in manifest(node)] == ["b", "i"], "history is deleted")
    check(sorted(os.listdir(log_dir(node))) == sorted([os.path.basename(p) for _, p in manifest(node)] + ["appendonly.aof.manifest"]),
          "other files: %s" % os.listdir(log_dir(node)))
    info = aof(node)
    check(int(info["aof_current_size"]) == sum(os.path.getsize(p) for _, p in manifest(node)), "aof_current_size")
    check(int(info["aof_last_cow_size"]) > 0 and int(info["aof_base_size"]) > 0, "sizes in INFO")
    node.kill()
    node.start().await_ready()
    check(node.call("DBSIZE") == count, "%s keys of %d" % (node.call("DBSIZE"), count))
    with node.connect() as conn:
        conn.pipeline([("MULTI",), ("SET", "m", 1), ("BGREWRITEAOF",), ("SET", "n", 2), ("EXEC",)])
    wait(lambda: settled(node), "it was scheduled behind the transaction")
    check_aof(node)


def switching(lab):
    """appendonly may change while clients write; the log of before stays until there is a new one."""
    node = lab.node("picket", save="", appendfsync="always")
    check(not os.path.exists(log_dir(node)) and aof(node)["aof_enabled"] == "0", "there is none")
    with node.connect() as conn:
        conn.send("BGREWRITEAOF")
        check("appendonly is no" in str(conn.read()), "nothing to rewrite")
    load = Load(node)
    wait(lambda: load.acked > 50, "writes")
    node.call("CONFIG", "SET", "appendonly", "yes")
    wait(lambda: settled(node) and aof(node)["aof_enabled"] == "1", "it is on")
    wait(lambda c=load.acked: load.acked > c + 50, "writes")
    count = load.end()
    node.kill()
    node.options["appendonly"] = "yes"
    node.set_argv()
    node.start().await_ready()
    check(node.call("DBSIZE") == count, "all is there")
    node.call("CONFIG", "SET", "appendonly", "no")
    node.call("SET", "forgotten", 1)
    check(aof(node)["aof_enabled"] == "0", "it is off")
    node.kill()
    node.start().await_ready()
    check(node.call("DBSIZE") == count, "the log ends where it was switched off")
    node.call("CONFIG", "SET", "appendonly", "no")
    node.call("SET", "known", 1)
    node.call("CONFIG", "SET", "appendonly", "yes")
    node.term()  # maybe before the child has begun
    node.start().await_ready()
    check(node.call("DBSIZE") == count + 1, "at the end the base is written")


def from_data_file(lab):
    """Switched on in the configuration of a node that has a data file: nothing is lost, from then on the log counts."""
    node = lab.node("picket", save="")
    fill(node, 300)
    node.call("SAVE")
    before = dataset(node)
    node.term()
    node.options.update(appendonly="yes", appendfsync="always")
    node.set_argv()
    node.start().await_ready()
    check(dataset(node) == before, "the data file was read")
    node.call("SET", "new", 1)
    node.kill()
    node.start().await_ready()
    check(node.call("GET", "new") == "1" and node.call("DBSIZE") == len(before[0]) + 1, "the log is read")
    node.call("FLUSHALL")
    node.kill()
    node.start().await_ready()
    check(node.call("DBSIZE") == 0, "FLUSHALL is in it")


def everysec(lab):
    """A kill -9 of the process loses nothing that was acknowledged a moment ago; the sync goes on in a thread."""
    node = lab.node("picket", save="", appendonly="yes", appendfsync="everysec")
    load = Load(node)
    wait(lambda: load.acked > 500, "writes")
    wait(lambda: aof(node)["aof_pending_bio_fsync"] == "1" or load.acked > 20000, "a sync")
    count = load.end()
    await_written(node)
    node.kill()
    node.start().await_ready()
    check(node.call("DBSIZE") == count, "all is there")
    status, _ = node.term()
    check(status == 0, "it ends well")


# --- replication ---------------------------------------------------------------------------------


def replica(lab, kind):
    """A replica logs what its primary sends; restarted, it continues from its log; so do the replicas of a restarted primary."""
    primary = lab.node(kind, save="", appendonly="yes", appendfsync="always")
    fill(primary, 300)
    one = lab.node("picket", save="", appendonly="yes", appendfsync="always", primary=primary)
    wait(lambda: one.follows(primary), "it follows")
    wait(lambda: settled(one), "the log began anew with the primary's data")
    load = Load(primary)
    wait(lambda: load.acked > 100, "writes")
    one.kill()
    wait(lambda c=load.acked: load.acked > c + 100, "more writes")
    full = primary.stat("sync_full")
    one.start().await_ready()
    wait(lambda: one.follows(primary), "it follows again")
    check(primary.stat("sync_full") == full and primary.stat("sync_partial_ok") == 1, "it continued")
    primary.call("MSET", "a", 1, "b", 2)
    with primary.connect() as conn:
        conn.pipeline([("MULTI",), ("SELECT", 3), ("SET", "in", "three"), ("EXEC",), ("SELECT", 0), ("PEXPIRE", "a", 50)])
    wait(lambda: primary.call("EXISTS", "a") == 0, "a key expires")
    load.end()
    wait_same_offset([primary, one])
    same_data(primary, one)
    before = dataset(primary)
    one.kill()
    one.options.pop("primary")
    one.set_argv()
    one.start().await_ready()
    check(dataset(one) == before, "its log has it all")
    one.term()
    if kind == "redis":
        return
    one.options["primary"] = primary
    one.set_argv()
    one.start().await_ready()
    wait(lambda: one.follows(primary), "it follows")
    wait_same_offset([primary, one])
    full = one.info("stats")["sync_full"]
    primary.kill()
    primary.start().await_ready()
    wait(lambda: one.follows(primary), "it follows the one that was restarted")
    check(primary.stat("sync_full") == 0 and primary.stat("sync_partial_ok") == 1, "it continued from it")
    primary.call("SET", "and", "on")
    wait(lambda: one.call("GET", "and") == "on", "the stream goes on")
    same_data(primary, one)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    lab = Lab("store_aof")
    lab.case("picket -> redis -> picket", there_and_back, lab, "picket", "redis", "everysec")
    lab.case("redis -> picket -> redis", there_and_back, lab, "redis", "picket", "always")
    lab.case("redis, plain base and times of day", lambda: there_and_back(lab, "redis", "picket", "everysec", aof_use_rdb_preamble="no",
                                                                          aof_timestamp_enabled="yes"))
    lab.case("one file of before Redis 7", single_file, lab)
    lab.case("random commands", random_commands, lab, count, seed)
    lab.case("cut short", truncated, lab)
    lab.case("corrupt", corrupt, lab)
    lab.case("disk full, always", disk_full, lab, "always")
    lab.case("disk full, everysec", disk_full, lab, "everysec")
    lab.case("slow disk", slow_disk, lab)
    lab.case("broken disk, always", broken_disk, lab, "always")
    lab.case("broken disk, everysec", broken_disk, lab, "everysec")
    lab.case("rewriting", rewriting, lab)
    lab.case("switched on and off", switching, lab)
    lab.case("from a data file", from_data_file, lab)
    lab.case("everysec", everysec, lab)
    lab.case("replica of picket", replica, lab, "picket")
    lab.case("replica of redis", replica, lab, "redis")
    lab.finish()


if __name__ == "__main__":
    main()
