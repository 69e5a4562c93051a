"""Scenarios: whether a node may start, asked before it does."""

import os
import subprocess

from cluster import Cluster
from process import binary
from scenario import scenario
from waiting import check, wait

GATE = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "etc", "redis-gate")
SOON_S = 30.0
OPEN, CLOSED, UNKNOWN = 0, 1, 3


def begin(world, *words):
    names = ",".join("%s:%d" % (s.host, s.port) for s in world.supervisors)
    return subprocess.Popen([binary("picketctl"), "-s", names, "gate"] + list(words),
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def gate(world, *words):
    child = begin(world, *words)
    text = child.communicate(timeout=60)[0].decode("utf-8", "replace")
    return child.returncode, text


def name(node):
    return "%s:%d" % (node.host, node.port)


def rejoins(world, old, new):
    """etc/redis-gate, called as ExecStartPre does, makes a former primary without its data a replica; then it may start."""
    conf = os.path.join(old.dir, "redis.conf")
    names = ",".join(name(s) for s in world.supervisors)
    path = dict(os.environ, PATH=os.path.dirname(binary("picketctl")) + ":" + os.environ["PATH"])
    done = subprocess.run([GATE, names, "orders", name(old), conf, old.dir], env=path, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check(done.returncode == 0, "redis-gate: %s" % done.stdout)
    with open(conf) as file:
        check(file.read().splitlines()[-1] == "replicaof %s %d" % (new.host, new.port), "redis.conf does not say so")
    old.start().await_ready()
    wait(lambda: old.follows(new), "it follows")


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=4)
def gate_asks(nodes, supervisor):
    """picketctl gate: yes to the primary and to its replicas, no to a former primary, to an empty one, to strangers"""
    with Cluster(nodes, supervisor, down_after=700) as world:
        group, old = world.group, world.group.primary
        replica = group.replicas[0]
        folder = os.path.join(world.dir, "data")
        os.mkdir(folder)

        def expect(status, word, *words):
            got, text = gate(world, *words)
            check(got == status and word in text, "gate %s: %s, %s" % (" ".join(words), got, text))

        expect(OPEN, "is the primary", "orders", name(old))
        expect(CLOSED, name(old), "orders", name(replica))
        expect(OPEN, "follows", "orders", name(replica), "--replica-of", name(old))
        expect(CLOSED, "follow that one", "orders", name(replica), "--replica-of", name(group.replicas[1]))
        expect(CLOSED, "would start empty", "orders", name(old), "--empty")
        expect(CLOSED, "would start empty", "orders", name(old), "--dir", folder)
        with open(os.path.join(folder, "dump.rdb"), "w") as file:
            file.write("x")
        expect(OPEN, "is the primary", "orders", name(old), "--dir", folder)
        expect(CLOSED, "no supervisor watches", "nobodys", name(old))
        expect(2, "usage", "orders", "nowhere")
        waiting = {n: begin(world, "orders", name(n), "--wait", "60") for n in group.replicas}
        moment = old.kill()
        new = world.wait_switch(group, moment, old, SOON_S)
        check(waiting[new].wait(SOON_S) == OPEN, "the new primary still waits")
        expect(CLOSED, name(new), "orders", name(old))
        expect(OPEN, "follows", "orders", name(old), "--replica-of", name(new))
        for node, child in waiting.items():
            check(node is new or child.poll() is None, "%s does not wait any more" % node.label)
            child.kill()
            child.communicate()
        rejoins(world, old, new)
        for dead in world.supervisors[:2]:
            dead.kill()
        wait(lambda: gate(world, "orders", name(new))[0] == UNKNOWN, "one of three is no majority", SOON_S)
        return "11 answers"
