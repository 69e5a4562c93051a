"""Scenarios: picketd --import: a sentinel.conf is understood as redis-sentinel understands it, and taken over."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile

import ports
import process
from case_process import run_once
from cluster import Cluster
from scenario import scenario
from servers import HOST, Supervisor
from waiting import check, wait

STATE_DIR = "/var/lib/picket"
HELLO = "__sentinel__:hello"
# What both answer about a group that neither of them can reach.
ALIKE = ("name", "ip", "port", "down-after-milliseconds", "config-epoch", "num-slaves", "num-other-sentinels", "quorum",
         "failover-timeout", "parallel-syncs", "notification-script", "client-reconfig-script")


def convert(path):
    """What --import prints, which is refused by nobody."""
    done = subprocess.run([process.binary("picketd"), "--import", path], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=20)
    check(done.returncode == 0 and not done.stderr, "--import: status %s: %s" % (done.returncode, done.stderr))
    return done.stdout


def stand_in(world, sentinel):
    """A picketd at the place of that Sentinel, with what its file says."""
    other = Supervisor(world, "picketd%d" % sentinel.index, "picketd", sentinel.index)
    ports.release(other.port)
    other.port = other.events.port = sentinel.port
    text = convert(sentinel.conf)
    check('state_dir = "%s";' % STATE_DIR in text, "no state_dir in:\n" + text)
    with open(other.conf, "w") as file:
        file.write(text.replace(STATE_DIR, other.state_dir))
    status, output = run_once([process.binary("picketd"), "--check", "-c", other.conf])
    check(status == 0, "--check: %s\n%s" % (output, text))
    return other


def written(sentinel, directive):
    """The value of one directive in the file that Sentinel wrote."""
    with open(sentinel.conf) as file:
        return re.search(r"^sentinel %s (\S+)" % directive, file.read(), re.M).group(1)


def knowledge(supervisor, name):
    """What a supervisor knows about the group, apart from what it sees of it."""
    master = supervisor.master(name)
    return {"myid": supervisor.call("SENTINEL", "MYID"), "config-epoch": master["config-epoch"],
            "primary": (master["ip"], int(master["port"])),
            "replicas": {(e["ip"], p) for p, e in supervisor.replicas(name).items()},
            "peers": {(runid, e["ip"], int(e["port"])) for runid, e in supervisor.peers(name).items()}}


def check_vote_kept(supervisor, group, epoch, peer):
    """The epoch of the last vote is remembered, and in that epoch nobody gets another one."""
    answer = supervisor.call("SENTINEL", "IS-MASTER-DOWN-BY-ADDR", HOST, group.primary.port, epoch, peer)
    check(answer[1] != peer and answer[2] == epoch, "%s: asked for a vote in epoch %d, it answers %s" % (
        supervisor.label, epoch, answer))


def hello_epochs(node, count):
    """The current epochs that COUNT supervisors tell, by run id."""
    found = {}
    with contextlib.closing(node.connect()) as conn:
        conn.subscribe(HELLO)

        def all_told():
            message = conn.next_message(0.5)
            if message is not None:
                fields = message.payload.split(",")
                found[fields[2]] = int(fields[3])
            return len(found) >= count
        wait(all_told, "hellos of %d supervisors" % count)
    return found


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=25)
def sentinels_are_imported(nodes, supervisor):
    """files that redis-sentinels wrote after a failover: each picketd knows the same, and they go on from there"""
    with Cluster(nodes, "redis-sentinel") as world:
        group = world.group
        old = group.primary
        world.wait_switch(group, since=old.kill())
        wait(lambda: all(s.master(group.name)["flags"] == "master" for s in world.supervisors), "the failover is over")
        wait(lambda: len({s.master(group.name)["config-epoch"] for s in world.supervisors}) == 1, "one config epoch")
        sentinels = world.supervisors
        for sentinel in sentinels:
            check(sentinel.call("SENTINEL", "FLUSHCONFIG") == "OK", "FLUSHCONFIG")
        known = [knowledge(s, group.name) for s in sentinels]
        check(all(len(k["replicas"]) == 2 and len(k["peers"]) == 2 for k in known), "not all is known: %s" % known)
        for sentinel in sentinels:
            check(sentinel.term()[0] == 0, "%s does not end" % sentinel.label)

        # Each by itself, with nobody to learn from.
        world.supervisors = [stand_in(world, s) for s in sentinels]
        for node in group.nodes:
            node.stop()
        for i, (sentinel, daemon) in enumerate(zip(sentinels, world.supervisors)):
            daemon.start().await_ready()
            has = knowledge(daemon, group.name)
            check(has == known[i], "%s knows %s, expected %s" % (daemon.label, has, known[i]))
            check_vote_kept(daemon, group, int(written(sentinel, "leader-epoch " + group.name)), known[i - 1]["myid"])
            check(daemon.term()[0] == 0, "%s does not end" % daemon.label)
        for node in group.nodes:
            node.cont()

        # All together: the epochs go on where they were, and the next failover too.
        epochs = {s_known["myid"]: int(written(s, "current-epoch")) for s, s_known in zip(sentinels, known)}
        for daemon in world.supervisors:
            daemon.start()
        for daemon in world.supervisors:
            daemon.await_ready()
        told = hello_epochs(group.primary, 3)
        check(told == epochs, "hellos tell the epochs %s, expected %s" % (told, epochs))
        old.start().await_ready()
        world.settle()
        wait(group.attached, "the first primary follows")
        world.wait_switch(group, since=group.primary.kill())
        config_epoch = int(world.supervisors[0].master(group.name)["config-epoch"])
        check(config_epoch == max(epochs.values()) + 1, "config epoch %d after %s" % (config_epoch, epochs))
        return "epochs %s, then %d" % (sorted(epochs.values()), config_epoch)


MAIN = """# The order of lines does not matter, nor does case; quotes and escapes are those of Redis.
SENTINEL Down-After-Milliseconds "or\\x64ers" 4321
sentinel failover-timeout 'orders' 54321
sentinel known-slave orders %(host)s 7001
sentinel known-replica orders %(host)s 7002
sentinel known-sentinel users %(host)s 7003 %(peer)s
include %(dir)s/nothing-*.conf
include "%(dir)s/group [0-9].conf"
sentinel notification-script orders '%(dir)s/it\\'s'
sentinel client-reconfig-script "orders" "%(dir)s/a \\"b\\" \\\\"
sentinel myid %(myid)s
sentinel current-epoch 9
sentinel config-epoch orders 8
bind %(host)s
loglevel verbose
dir "%(dir)s"
"""


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=5)
def import_understands(nodes, supervisor):
    """includes, quoting, both vocabularies: picketd has the same settings as redis-sentinel from the same file"""
    with Cluster(nodes, "redis-sentinel", replicas=0, supervisors=1, groups=(), settle=False) as world:
        sentinel = world.supervisors[0]
        sentinel.term()
        folder = sentinel.dir
        values = {"dir": folder, "host": HOST, "myid": "0123456789" * 4, "peer": "a123456789" * 4}
        for script in ("it's", 'a "b" \\'):
            with open(os.path.join(folder, script), "w") as file:
                os.fchmod(file.fileno(), 0o755)
        files = {"sentinel.conf": MAIN % values + "port %d\n" % sentinel.port,
                 "group 1.conf": "sentinel monitor orders %s 7000 2\n" % HOST,
                 "group 2.conf": "sentinel parallel-syncs users 7\r\n\tsentinel monitor users %s 7010 1  " % HOST}
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", newline="") as file:
                file.write(text)
        # Before Sentinel rewrites it.
        daemon = stand_in(world, sentinel)
        masters = []
        for one in (sentinel, daemon):
            one.start().await_ready()
            masters.append([{k: v for k, v in one.master(name).items() if k in ALIKE} for name in ("orders", "users")])
            check(one.call("SENTINEL", "MYID") == values["myid"], "MYID of %s" % one.label)
            check(set(one.replicas("orders")) == {7001, 7002}, "replicas of %s" % one.label)
            check(set(one.peers("users")) == {values["peer"]}, "peers of %s" % one.label)
            one.term()
        check(masters[0] == masters[1], "redis-sentinel: %s\npicketd: %s" % (masters[0], masters[1]))
        check(len(masters[0][0]) == len(ALIKE), "fields are missing: %s" % masters[0][0])


# What stands in the file, which line is blamed, and for what.
WRONG = (
    ("port 1\nsentinel monitor m 127.0.0.1 1", 2, "sentinel monitor: takes 4 values"),
    ("tls-port 26380", 1, "tls-port: cannot be carried over"),
    ("sentinel auth-pass m secret", 1, 'sentinel auth-pass: no group "m"'),
    ("# x\n\nport \"1", 3, "unbalanced quotes"),
    ("include sentinel.conf", 1, "include: too many files"),
    ("include gone.conf", 1, "include: gone.conf cannot be read: No such file"),
    ("include .", 1, "include: . cannot be read: Is a directory"),
    ("user bob on nopass +@all", 1, "user: cannot be carried over"),
)


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=3)
def import_refuses(nodes, supervisor):
    """what cannot be carried over ends with status 1, `file:line: directive: why`, and no output"""
    folder = tempfile.mkdtemp(prefix="picket-live-")
    program = process.binary("picketd")
    try:
        for text, line, why in WRONG:
            with open(os.path.join(folder, "sentinel.conf"), "w") as file:
                file.write(text + "\n")
            done = subprocess.run([program, "--import", "sentinel.conf"], cwd=folder, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, universal_newlines=True, timeout=20)
            check(done.returncode == 1 and done.stdout == "", "%r: status %s" % (text, done.returncode))
            check(("sentinel.conf:%d: %s" % (line, why)) in done.stderr and "secret" not in done.stderr,
                  "%r: %s" % (text, done.stderr))
        status, output = run_once([program, "--import", os.path.join(folder, "gone")])
        check(status == 1 and "gone: cannot be read: " in output, output)
        path = os.path.join(folder, "sentinel.conf")
        with open(path, "w") as file:
            file.write("port 1\n")
        with open("/dev/full", "w") as full:
            done = subprocess.run([program, "--import", path], stdout=full, stderr=subprocess.PIPE,
                                  universal_newlines=True, timeout=20)
        check(done.returncode == 1 and "cannot be written" in done.stderr, "on a full disk: %s" % done.stderr)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return "%d wrong files" % len(WRONG)
