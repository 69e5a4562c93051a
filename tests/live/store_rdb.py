"""Data files: picket-store's read by redis-server and redis-check-rdb, redis-server's read by picket-store; corrupt ones refused; kill -9 while saving."""

import os
import random
import shutil
import subprocess
import time

import draws
import resp
from storelab import Lab, dataset, same_data
from waiting import check, wait

DRAW = random.Random(7)


def fill(node, count=3000):
    with node.connect(30.0) as conn:
        for number in (0, 3, 15):
            conn.call("SELECT", number)
            commands = []
            for i in range(count // 3):
                text = DRAW.choice(["v%d" % i, "x" * DRAW.randint(0, 100), "ab" * DRAW.randint(0, 2000), str(DRAW.randint(-10**19, 10**19)),
                                    str(DRAW.randint(-70000, 70000)), str(DRAW.randint(-200, 200)), ""])
                commands.append(("SET", "key:%d:%d" % (number, i), text))
                if i % 5 == 0:
                    commands.append(("PEXPIREAT", "key:%d:%d" % (number, i), 4000000000000 + i))
            commands += [("SET", i, i) for i in (-2**31, 2**31 - 1, 2**31, -129, 128, 127, -32769, 32767)]
            commands += [("SET", "k" * n, "v" * n) for n in (1, 20, 21, 63, 64, 65, 16383, 16384, 70000)]
            commands += [c for samples in draws.each("SAMPLES") for c in samples()]
            conn.pipeline(commands)
        conn.send_bytes(resp.encode([b"SET", b"\x00binary\xff", bytes(DRAW.randrange(256) for _ in range(5000))]))
        conn.read()


def save_and_stop(node):
    node.call("SAVE", timeout=30.0)
    node.term()
    return node.file()


def picket_to_redis(lab, **options):
    one = lab.node("picket", save="", **options)
    fill(one)
    other = lab.node("redis", save="", start=False)
    one.call("SAVE")
    shutil.copy(one.file(), other.file())
    out = subprocess.run(["redis-check-rdb", one.file()], capture_output=True, text=True)
    check(out.returncode == 0 and "looks OK" in out.stdout, "redis-check-rdb: %s" % out.stdout[-300:])
    other.start().await_ready()
    same_data(one, other)


def redis_to_picket(lab, before=(), **options):
    one = lab.node("redis", save="", **options)
    for command in before:
        one.call(*command)
    fill(one)
    one.call("SAVE")
    other = lab.node("picket", save="", start=False)
    shutil.copy(one.file(), other.file())
    other.start().await_ready()
    same_data(one, other)


def own_round_trip(lab):
    """SHUTDOWN saves, a start reads; expired keys are left behind."""
    node = lab.node("picket", save="3600 1")
    fill(node)
    before = dataset(node)
    node.call("SET", "gone", "v", "PX", 1000)
    status, seconds = node.term()
    check(status == 0 and seconds < 1.0, "SIGTERM: status %s after %.2f s" % (status, seconds))
    time.sleep(1.0)  # the key's time passes while nobody runs
    node.start().await_ready()
    check(dataset(node) == before, "the same data")
    check(int(node.info("persistence")["rdb_last_load_keys_expired"]) == 1, "one key had expired")
    node.call("SET", "x", "1")
    check(shutdown(node, "NOSAVE") == 0, "SHUTDOWN NOSAVE")
    node.start().await_ready()
    check(node.call("EXISTS", "x") == 0, "not saved")
    node.call("SET", "x", "1")
    check(shutdown(node, "SAVE") == 0, "SHUTDOWN SAVE")
    node.start().await_ready()
    check(node.call("EXISTS", "x") == 1, "saved")


def shutdown(node, *words):
    node.ended_by_us = True
    try:
        node.call("SHUTDOWN", *words)
    except OSError:
        pass
    return node.wait_exit()


def corrupt(lab):
    """A flipped byte, a cut, or other bytes: exit 1, the file and an offset named, nothing served."""
    node = lab.node("picket", save="")
    node.call("SET", "key", "value")
    node.call("SET", "long", "abc" * 100)
    file = save_and_stop(node)
    with open(file, "rb") as f:
        good = f.read()
    for name, bytes_ in [("cut in the middle", good[:len(good) // 2]), ("cut at the end", good[:-1]), ("empty", b""),
                         ("flipped", good[:-20] + bytes([good[-20] ^ 1]) + good[-19:]), ("no RDB", b"GARBAGE" * 20),
                         ("version", b"REDIS9999" + good[9:]), ("type", good[:9] + b"\x0e" + good[10:])]:
        with open(file, "wb") as f:
            f.write(bytes_)
        node.spawn()
        node.ended_by_us = True
        status = node.wait_exit()
        last = [line for line in node.log().splitlines() if "cannot be read" in line][-1]
        check(status == 1, "%s: exit status %s" % (name, status))
        check("offset" in last and "dump.rdb" in last, "%s: %s" % (name, last))
        with open(file, "rb") as f:
            check(f.read() == bytes_, "%s: the file is left as it was" % name)


def loading(lab):
    """While a large file is read, clients are told so; the listener is there at once."""
    node = lab.node("picket", save="")
    with node.connect(60.0) as conn:
        for start in range(0, 600000, 10000):
            conn.pipeline([("SET", "key:%d" % i, i) for i in range(start, start + 10000)])
    save_and_stop(node)
    node.spawn()
    seen = set()

    def look():
        with node.connect(5.0) as conn:
            conn.send("GET", "key:1")
            seen.add(str(conn.read()))
            loading_now = resp.info_fields(conn.call("INFO", "persistence"))["loading"] == "1"
            conn.send("PING")
            seen.add(("PING while loading: " if loading_now else "PING: ") + str(conn.read()))
        return "1" in seen
    wait(look, "the data are there")
    check("LOADING Redis is loading the dataset in memory" in seen, "clients were told: %s" % seen)
    check(node.call("DBSIZE") == 600000, "all of it was read")


def kill_while_saving(lab):
    """kill -9 in the middle of background saves: every start succeeds, with the data of some save."""
    node = lab.node("picket", save="")
    with node.connect(60.0) as conn:
        for start in range(0, 200000, 10000):
            conn.pipeline([("SET", "key:%d" % i, "generation 0") for i in range(start, start + 10000)])
    node.call("SAVE")
    for turn in range(1, 6):
        with node.connect(60.0) as conn:
            conn.call("SET", "turn", turn)
            conn.call("BGSAVE")
        time.sleep(DRAW.random() * 0.15)  # any moment is as good as another
        node.kill()
        node.start().await_ready()
        wait(lambda: node.info("persistence")["loading"] == "0", "loaded")
        check(node.call("DBSIZE") in (200000, 200001), "all keys are there")
        check([f for f in os.listdir(node.dir) if f.startswith("temp-")] == [], "nothing is left lying about")


def save_points(lab):
    """`save` works by itself, failures are told, and writes refused until it works again."""
    node = lab.node("picket", save="1 1")
    node.call("SET", "a", "b")
    wait(lambda: os.path.exists(node.file()), "a save by itself")
    wait(lambda: node.info("persistence")["rdb_changes_since_last_save"] == "0", "all is saved")
    os.chmod(node.dir, 0o500)
    if os.access(node.dir, os.W_OK):
        # Root writes everywhere: put a folder in the way instead.
        os.chmod(node.dir, 0o700)
        os.remove(node.file())
        os.mkdir(node.file())
    node.call("SET", "a", "c")
    wait(lambda: node.info("persistence")["rdb_last_bgsave_status"] == "err", "the failure is told")

    def refused():
        with node.connect(5.0) as conn:
            conn.send("SET", "a", "d")
            return str(conn.read()).startswith("MISCONF")
    wait(refused, "MISCONF")
    if os.path.isdir(node.file()):
        os.rmdir(node.file())
    os.chmod(node.dir, 0o700)
    node.call("CONFIG", "SET", "save", "1 1")
    wait(lambda: node.info("persistence")["rdb_last_bgsave_status"] == "ok", "it works again")
    check(node.call("SET", "a", "e") == "OK", "writes are accepted")


def background(lab):
    """BGSAVE holds nobody up, and a second one is refused."""
    node = lab.node("picket", save="")
    with node.connect(60.0) as conn:
        for start in range(0, 300000, 10000):
            conn.pipeline([("SET", "key:%d" % i, "value %d" % i) for i in range(start, start + 10000)])
        check(conn.call("BGSAVE") == "Background saving started", "started")
        conn.send("BGSAVE")
        check("already in progress" in str(conn.read()), "one at a time")
        worst = 0.0
        done = 0
        while True:
            info = resp.info_fields(conn.call("INFO", "persistence"))
            if info["rdb_bgsave_in_progress"] == "0":
                break
            check(done <= int(info["current_save_keys_processed"]) <= int(info["current_save_keys_total"]) == 300000, "progress: %s" % info)
            done = int(info["current_save_keys_processed"])
            begin = time.monotonic()
            conn.call("SET", "during", "it")
            worst = max(worst, time.monotonic() - begin)
        check(worst < 1.0, "a write took %.2f s" % worst)
    info = node.info("persistence")
    check(info["rdb_last_bgsave_status"] == "ok" and int(info["rdb_changes_since_last_save"]) >= 1, "%s" % info)
    check(int(node.call("LASTSAVE")) >= int(time.time()) - 60, "LASTSAVE")


def main():
    lab = Lab("store_rdb")
    lab.case("picket -> redis", picket_to_redis, lab)
    lab.case("picket -> redis, plain", lambda: picket_to_redis(lab, rdbcompression="no", rdbchecksum="no"))
    lab.case("picket -> redis, other nodes", lambda: picket_to_redis(lab, list_max_listpack_size=-5))
    lab.case("redis -> picket", redis_to_picket, lab)
    lab.case("redis -> picket, plain", lambda: redis_to_picket(lab, rdbcompression="no", rdbchecksum="no"))
    # Nodes of lists that are packed in memory, of another size than ours, and long elements as such.
    lab.case("redis -> picket, other nodes", lambda: redis_to_picket(lab, [("DEBUG", "QUICKLIST-PACKED-THRESHOLD", "3000b")],
                                                                     list_max_listpack_size=-5, list_compress_depth=1))
    lab.case("redis -> picket, small nodes", lambda: redis_to_picket(lab, list_max_listpack_size=3))
    lab.case("shutdown and start", own_round_trip, lab)
    lab.case("corrupt files", corrupt, lab)
    lab.case("loading", loading, lab)
    lab.case("kill -9 while saving", kill_while_saving, lab)
    lab.case("save points and failures", save_points, lab)
    lab.case("background save", background, lab)
    lab.finish()


if __name__ == "__main__":
    main()
