"""Scenarios: nodes that take writes only with a lease, which a majority of the supervisors keeps up."""

import contextlib
import re
import subprocess
import time

import process
import resp
from cluster import Cluster
from scenario import ms, scenario
from waiting import check, wait
from writer import Writer

LEASE_MS = 2000
# Where it must not lapse though the machine is busy.
LONG_LEASE_MS = 3000
ENOUGH_WRITES = 50
RUN_S = 60
SIMULATED_MAX_MS = 3 * LEASE_MS  # of virtual time; without leases it is max_lag_s and more


class Leased(Cluster):
    def prepare(self):
        for node in self.group.nodes:
            node.call("CONFIG", "SET", "write-lease-ms", self.options["lease_ms"])


@contextlib.contextmanager
def leased(nodes, supervisor, fencing, lease_ms=LEASE_MS):
    """A cluster whose nodes need a lease, from the moment on at which their primary has one."""
    settings = 'lease_ms = %d; fencing = "%s"; ' % (lease_ms, fencing)
    with Leased(nodes, supervisor, down_after=500, lease_ms=lease_ms, settings=settings) as world:
        wait(lambda: int(world.group.primary.info()["lease_left_ms"]) > 0, "the primary has a lease")
        yield world


def refusal(node):
    """The first word of what a write is answered; None when it is done."""
    try:
        node.call("SET", "lease:tried", "1")
    except resp.RespError as error:
        return str(error).split(" ")[0]
    return None


def check_refuses(node):
    """A former primary takes no write, whatever it says; its connections may be cut meanwhile."""
    def refuses():
        word = refusal(node)
        check(word is not None, "%s took a write" % node.label)
        return word in ("NOLEASE", "READONLY")
    wait(refuses, "%s refuses writes" % node.label)


def simulated_ms(supervisor, node):
    """How long it would take until another node takes over from one that hangs, as a supervisor says."""
    told = resp.pairs(supervisor.call("PICKET", "SIMULATE", "FAIL", "127.0.0.1:%d" % node.port, "HANG"))
    return int(told["after-ms"]) if told["outcome"] == "switched" else float("inf")


def lease_of(supervisor, group):
    """What a supervisor shows of the primary's lease: (milliseconds left, pledges)."""
    shown = supervisor.master(group.name)
    return int(shown["lease-left"]), int(shown["lease-pledges"])


def status(supervisor):
    """What picketctl status says at that supervisor."""
    argv = [process.binary("picketctl"), "-p", str(supervisor.port), "status"]
    return subprocess.run(argv, stdout=subprocess.PIPE, timeout=RUN_S, universal_newlines=True).stdout


def await_writes(writer, since, not_port=None):
    return wait(lambda: writer.first_after(since, not_port), "writes are taken again")


@scenario(nodes=("picket",), supervisors=("picketd",), seconds=12)
def lease_of_a_majority(nodes, supervisor):
    """one supervisor of three is killed: no write is refused; two: all are, until one is back"""
    with leased(nodes, supervisor, "auto", LONG_LEASE_MS) as world:
        asked, first, second = world.supervisors
        wait(lambda: lease_of(asked, world.group)[0] > 0 and lease_of(asked, world.group)[1] == 3, "it is shown")
        check(re.search(r"lease \d+ ms, epoch 0, 3 pledges \(2 needed\)", status(asked)), status(asked))
        writer = Writer(world.supervisors[:1], world.group.name)
        writer.start()
        wait(lambda: len(writer.acks) >= ENOUGH_WRITES, "first writes")
        first.kill()
        moment = time.monotonic()
        wait(lambda: writer.first_after(moment + 1.2 * LONG_LEASE_MS / 1000), "writes go on with two supervisors")
        check(writer.refused == 0, "%d writes refused with two of three supervisors" % writer.refused)
        second.kill()
        wait(lambda: refusal(world.group.primary) == "NOLEASE", "the lease ends")
        wait(lambda: lease_of(asked, world.group) in ((0, 1), (-1, 1)), "its end is shown")
        moment = time.monotonic()
        second.start().await_ready()
        ack = await_writes(writer, moment)
        writer.finish()
        check(not writer.lost(world.group.primary), "acknowledged writes are gone")
        return "writes again %s after one came back" % ms(ack.at - moment)


@scenario(nodes=("picket",), supervisors=("picketd",), seconds=12)
def lease_of_the_frozen(nodes, supervisor):
    """strict: primary and a supervisor frozen: a new one takes writes; thawed, the old one takes none"""
    with leased(nodes, supervisor, "strict") as world:
        group, old = world.group, world.group.primary
        beside, others = world.supervisors[0], world.supervisors[1:]
        wait(lambda: simulated_ms(beside, old) < SIMULATED_MAX_MS, "PICKET SIMULATE waits for the lease alone")
        writer = Writer(others, group.name)
        writer.start()
        wait(lambda: len(writer.acks) >= ENOUGH_WRITES, "first writes")
        old.stop()
        beside.stop()
        moment = time.monotonic()
        ack = await_writes(writer, moment, not_port=old.port)
        old.cont()
        check_refuses(old)
        beside.cont()
        new = world.wait_agreed(group, old)
        wait(lambda: len(writer.acks) >= 2 * ENOUGH_WRITES, "more writes")
        writer.finish()
        lost = writer.lost(new)
        check(not lost, "%d acknowledged writes are gone" % len(lost))
        return "first write %s after the freeze" % ms(ack.at - moment)


@scenario(nodes=("picket",), supervisors=("picketd",), seconds=8)
def lease_of_the_dead(nodes, supervisor):
    """strict: who is certainly dead needs not be waited for; the new primary has its lease at once"""
    with leased(nodes, supervisor, "strict") as world:
        group, old = world.group, world.group.primary
        writer = Writer(world.supervisors, group.name)
        writer.start()
        wait(lambda: len(writer.acks) >= ENOUGH_WRITES, "first writes")
        moment = old.kill()
        ack = await_writes(writer, moment, not_port=old.port)
        old.start().await_ready()
        check_refuses(old)
        new = world.wait_agreed(group, old)
        writer.finish()
        lost = writer.lost(new)
        check(not lost, "%d acknowledged writes are gone" % len(lost))
        return "first write %s after the kill" % ms(ack.at - moment)


@scenario(nodes=("picket",), supervisors=("picketd",), seconds=8)
def lease_handed_over(nodes, supervisor):
    """a planned switchover: the lease goes with the role, and no write is lost"""
    with leased(nodes, supervisor, "auto") as world:
        group, old = world.group, world.group.primary
        writer = Writer(world.supervisors, group.name)
        writer.start()
        wait(lambda: len(writer.acks) >= ENOUGH_WRITES, "first writes")
        moment = time.monotonic()
        target, leader = group.replicas[0], world.supervisors[0]

        def handed_over():
            """It is tried again: one that finds the nodes too slow changes nothing."""
            return leader.primary_port(group.name) == target.port or leader.call(
                "PICKET", "SWITCHOVER", group.name, "TO", target.host, target.port) is None
        wait(handed_over, "the switchover")
        ack = await_writes(writer, moment, not_port=old.port)
        last = writer.last_before(ack.at - 1e-9)
        new = world.wait_agreed(group, old)
        writer.finish()
        lost = writer.lost(new)
        check(not lost, "%d acknowledged writes are gone" % len(lost))
        return "no write was taken for %s" % ms(ack.at - last.at)
