"""Scenarios: picketctl doctor, on set-ups that are bad on purpose."""

import contextlib
import json
import os
import subprocess
import threading

import process
from cluster import Cluster
from scenario import scenario
from waiting import check, wait

ONLY = ("picketd",)
WARNINGS, ERRORS = 3, 4
RUN_S = 60
# What a machine with much else to do brings about.
BUSY = ("a commit to its state_dir", "TILT", "MiB left")


def doctor(world, *words, env=(), supervisors=None):
    """Runs it; returns (status, findings as a list of (severity, text))."""
    where = ",".join("127.0.0.1:%d" % s.port for s in supervisors or world.supervisors[:1])
    argv = [process.binary("picketctl"), "-s", where, "doctor"] + list(words)
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=RUN_S,
                          universal_newlines=True, env=dict(os.environ, **dict(env)))
    lines = done.stdout.splitlines()
    found = []
    for line, remedy in zip(lines, lines[1:]):
        if line.startswith(("ERROR", "warning", "note")):
            check(remedy.startswith("        what to do: ") and len(remedy) > 30, "no remedy below:\n%s" % line)
            found.append(tuple(line.split(None, 1)))
    return done.returncode, found


def doctor_json(world):
    """The same by --json: (status, findings as (severity, "where: what"))."""
    argv = [process.binary("picketctl"), "-p", str(world.supervisors[0].port), "doctor", "--json"]
    done = subprocess.run(argv, stdout=subprocess.PIPE, timeout=RUN_S)
    told = json.loads(done.stdout)
    check(all(len(f["remedy"]) > 20 for f in told["findings"]), "no remedy in %s" % told)
    for severity in ("error", "warning", "note"):
        check(told[severity + "s"] == [f["severity"] for f in told["findings"]].count(severity), "number of %s: %s" % (severity, told))
    return done.returncode, [(f["severity"], "%s: %s" % (f["where"], f["what"])) for f in told["findings"]]


def offered(world, *words):
    """What the shells' completions offer behind these words, without options and files."""
    argv = [process.binary("picketctl"), "__complete", "-s", "127.0.0.1:%d" % world.supervisors[0].port] + list(words)
    text = subprocess.run(argv, stdout=subprocess.PIPE, timeout=RUN_S, universal_newlines=True, check=True).stdout
    return {line.split("\t")[0] for line in text.splitlines() if not line.startswith(("-", "//"))}


def has(found, severity, *texts):
    return any(s == severity and all(t in line for t in texts) for s, line in found)


def expect(found, severity, *texts):
    check(has(found, severity, *texts), "doctor did not find %s %s, but:\n%s" % (
        severity, texts, "\n".join("%s %s" % f for f in found)))


@scenario(supervisors=ONLY, seconds=6)
def doctor_finds(nodes, supervisor):
    """doctor: all well but the host; then nothing on disk, a small backlog, min-replicas, priorities, settings, the dead"""
    with Cluster(nodes, supervisor) as world:
        group, one = world.group, world.supervisors[0]
        for node in group.nodes:
            node.call("CONFIG", "SET", "appendonly", "yes")
            wait(lambda n=node: n.info("persistence")["aof_enabled"] == "1"
                 and n.info("persistence")["aof_rewrite_in_progress"] == "0", "%s has a log" % node.label)
        status, found = doctor(world)
        calm = [f for f in found if not any(text in f[1] for text in BUSY)]
        check(len(calm) == 1 and status in (WARNINGS, ERRORS), "all is well, but doctor says %d: %s" % (status, found))
        expect(found, "warning", "3 of 3 supervisors are on one host")
        status, found = doctor_json(world)
        check([f for f in found if not any(text in f[1] for text in BUSY)] == calm and status in (WARNINGS, ERRORS),
              "--json: status %d: %s, but not %s" % (status, found, calm))

        replica = group.replicas[0]
        for name, value in (("save", ""), ("appendonly", "no"), ("min-replicas-to-write", "2"), ("repl-backlog-size", "16384")):
            group.primary.call("CONFIG", "SET", name, value)
        replica.call("CONFIG", "SET", "replica-priority", "0")
        replica.call("CONFIG", "SET", "replica-read-only", "no")
        one.call("SENTINEL", "SET", "orders", "failover-timeout", "77000")
        with writing(group.primary):
            status, found = doctor(world)
        check(status in (WARNINGS, ERRORS), "status %d: %s" % (status, found))
        expect(found, "warning", str(group.primary.port), "keeps nothing on disk")
        expect(found, "warning", str(group.primary.port), "backlog of 16384 bytes")
        expect(found, "warning", "the new primary has 1 replicas")
        expect(found, "warning", str(replica.port), "accepts writes")
        expect(found, "note", str(replica.port), "priority is 0")
        expect(found, "warning", "failover-timeout is")

        replica.kill()
        world.supervisors[2].kill()
        status, found = doctor(world, "orders")
        check(status == ERRORS, "status %d: %s" % (status, found))
        expect(found, "ERROR", ":%d: it cannot be asked: Connection refused" % replica.port)
        expect(found, "ERROR", "supervisor 127.0.0.1:%d" % world.supervisors[2].port, "Connection refused")
        wait(lambda: has(doctor(world)[1], "ERROR", "refuses writes"), "it refuses writes")
        status, _ = doctor(world, "nosuch")
        check(status == 1, "a group that is not there: %d" % status)
        one.kill()
        status, _ = doctor(world)
        check(status == 1, "nobody to ask: %d" % status)


@contextlib.contextmanager
def writing(node):
    """Writes to the node all the time."""
    done = threading.Event()

    def write():
        with node.connect() as conn:
            while not done.is_set():
                conn.pipeline([("SET", "doctor:%d" % i, "x" * 1000) for i in range(50)])
    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@scenario(supervisors=ONLY, seconds=4)
def doctor_tries_rights(nodes, supervisor):
    """doctor: rights that picketd's user lacks, by its login and by ACL DRYRUN; the nodes are left as they are"""
    rules = ("on >secret ~* &__sentinel__:hello -@all +ping +info +role +publish +subscribe +multi +exec +discard +slaveof "
             "+config|get +config|set +client|setname +client|kill +client|unpause +time")
    with Cluster(nodes, supervisor) as world:
        for node in world.group.nodes:
            node.call("ACL", "SETUSER", "keeper", *rules.split())
        epoch = world.supervisors[0].master("orders")["config-epoch"]
        status, found = doctor(world, "--user", "keeper", env={"PICKETCTL_AUTH": "secret"})
        check(status == ERRORS, "status %d: %s" % (status, found))
        for node in world.group.nodes:
            expect(found, "ERROR", str(node.port), "client|pause", "can lose writes")
            expect(found, "ERROR", str(node.port), "config|rewrite", "forgotten at a restart")
            check(not has(found, "ERROR", str(node.port), "slaveof"), "a right is missed that is there: %s" % found)
            for right in ("picket|lease", "picket|confirm"):
                check(has(found, "warning", str(node.port), right) == (nodes == "picket"), "%s: %s" % (right, found))
        _, dry = doctor(world, "--as", "keeper")
        check([f for f in dry if "no right to" in f[1]] == [f for f in found if "no right to" in f[1]],
              "ACL DRYRUN says something else:\n%s\n%s" % (dry, found))
        check({"%s:%d" % (n.host, n.port) for n in world.group.nodes} == offered(world, "backup"), "completions: other nodes")
        check("orders" in offered(world, "primary"), "completions: other groups")
        status, found = doctor(world, "--user", "keeper", env={"PICKETCTL_AUTH": "wrong"})
        expect(found, "ERROR", "WRONGPASS")
        check(world.group.primary.role() == "master" and world.supervisors[0].master("orders")["config-epoch"] == epoch,
              "doctor has changed something")
