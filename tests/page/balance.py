"""HAProxy, with etc/haproxy.cfg, in front of a group: it leads writers to the primary and readers to the replicas, through a failover."""

import os
import time

import ports
import process
import resp
from cluster import Cluster
from waiting import check, wait
from webs import give_webs

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SAMPLE = os.path.join(TOP, "etc", "haproxy.cfg")


class Balancer(process.Proc):
    """HAProxy with the sample's configuration, its addresses replaced by those of this world."""

    def __init__(self, world):
        self.writes, self.reads = ports.reserve(), ports.reserve()
        with open(SAMPLE) as file:
            text = file.read()
        for i, node in enumerate(world.group.nodes):
            text = text.replace("10.0.0.%d:6379" % (i + 1), "%s:%d" % (node.host, node.port))
        for plain, own in (("6400", self.writes), ("6401", self.reads), ("26380", world.supervisors[0].web.port)):
            check(plain in text, "%s is not in the sample" % plain)
            text = text.replace(plain, str(own))
        path = os.path.join(world.dir, "haproxy.cfg")
        with open(path, "w") as file:
            file.write(text)
        super().__init__("haproxy", ["haproxy", "-db", "-f", path], os.path.join(world.dir, "haproxy.log"), world.dir)

    def done(self):
        self.kill()
        ports.release(self.writes)
        ports.release(self.reads)


def ask(port, *words):
    with resp.connect("127.0.0.1", port, 2.0) as conn:
        return conn.call(*words)


def leads_to(port):
    """The port of the node behind it."""
    fields = resp.info_fields(ask(port, "INFO", "server"))
    return int(fields["tcp_port"])


def leads(balancer, node):
    check(balancer.alive(), "haproxy has ended: %s" % balancer.tail())
    # Until its first checks HAProxy takes all servers for good, and leads to one after another.
    return all(leads_to(balancer.writes) == node.port for _ in range(3 * len(node.world.group.nodes)))


def readers(balancer):
    """The nodes that some readers, one after another, are led to."""
    return {leads_to(balancer.reads) for _ in range(6)}


def writer_gap(balancer, since, old):
    """The time from SINCE until a write is taken again, behind HAProxy."""
    def written():
        return leads_to(balancer.writes) != old.port and ask(balancer.writes, "SET", "after", "1") == "OK"
    wait(written, "writes are taken again")
    return time.monotonic() - since


def test_balancer():
    world = Cluster("redis", "picketd", down_after=500)
    give_webs(world)
    with world:
        group, old = world.group, world.group.primary
        balancer = Balancer(world)
        try:
            balancer.spawn()
            wait(lambda: leads(balancer, old), "writers are led to the primary")
            check(ask(balancer.writes, "SET", "before", "1") == "OK", "a write")
            wait(lambda: readers(balancer) == {n.port for n in group.replicas}, "readers are led to all replicas")

            # A writer that stays connected to a primary that is frozen is cut off.
            writer = resp.connect("127.0.0.1", balancer.writes, 20.0)
            check(writer.call("SET", "frozen", "0") == "OK", "a write")
            moment = time.monotonic()
            old.stop()
            gap = writer_gap(balancer, moment, old)
            try:
                writer.call("SET", "frozen", "1", timeout=20.0)
                check(False, "the frozen primary answered")
            except (resp.Closed, OSError):
                pass
            new = world.wait_switch(group, moment, old)
            check(leads_to(balancer.writes) == new.port, "writers are led to the new primary")
            old.cont()
            world.settle()
            wait(lambda: readers(balancer) == {n.port for n in group.replicas}, "readers are led to the former primary, too")
            return "%.0f ms from the freeze to the next write" % (gap * 1000)
        finally:
            balancer.done()
