"""Scenarios: picketd as a process: signals, its state, its configuration read again."""

import contextlib
import glob
import os
import signal
import subprocess

import ports
import resp
from cluster import Cluster
from scenario import ms, scenario
from waiting import Failed, check, wait

ONLY = ("picketd",)
# The promise for SIGTERM; the one time that is a condition.
TERM_S = 1.0
RUN_S = 20


def client_ids(node):
    """Ids of the supervisors' connections to a node, which never change while a link lives."""
    with node.connect() as conn:
        mine = conn.call("CLIENT", "ID")
        lines = conn.call("CLIENT", "LIST").splitlines()
    fields = [dict(f.split("=", 1) for f in line.split(" ") if "=" in f) for line in lines]
    # Not ours, not a replica's, and not the harness's own, which have no name.
    return {int(f["id"]) for f in fields if int(f["id"]) != mine and f.get("name", "").startswith("sentinel-")}


def run_once(argv):
    """Runs a program that should end by itself; returns (status, its output)."""
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=RUN_S, universal_newlines=True, errors="replace")
    except subprocess.TimeoutExpired:
        raise Failed("%s did not end" % " ".join(argv))
    return done.returncode, done.stdout


@scenario(supervisors=ONLY, nodes=("redis",), seconds=4)
def term_ends_cleanly(nodes, supervisor):
    """SIGTERM: ends within a second with status 0, idle, with clients, and with a hung primary"""
    with Cluster(nodes, supervisor) as world:
        times = []
        with contextlib.closing(world.supervisors[0].connect()) as client:
            client.subscribe("+switch-master")
            times.append(world.supervisors[0].term())
        world.group.primary.stop()
        times.append(world.supervisors[1].term())
        world.group.primary.cont()
        with contextlib.closing(world.supervisors[2].connect()) as client:
            world.supervisors[2].ended_by_us = True
            client.send("SHUTDOWN")
            times.append((world.supervisors[2].wait_exit(), 0.0))
        check([status for status, _ in times] == [0, 0, 0], "ended with %s" % [status for status, _ in times])
        check(max(took for _, took in times) < TERM_S, "SIGTERM took %s" % [ms(took) for _, took in times])
        return "ended in %s" % ms(max(took for _, took in times))


@scenario(supervisors=ONLY, nodes=("redis",), seconds=12)
def hup_reads_again(nodes, supervisor):
    """SIGHUP: groups added, changed and removed; no link drops that need not; a wrong file changes nothing"""
    with Cluster(nodes, supervisor, groups=("orders", "users"), replicas=1, supervisors=1, settle=False) as world:
        daemon, (orders, users) = world.supervisors[0], world.groups

        def reload(groups, extra=""):
            daemon.configure(groups, extra)
            daemon.signal(signal.SIGHUP)

        def names():
            return {resp.pairs(m)["name"] for m in daemon.call("SENTINEL", "MASTERS")}
        world.settle()
        identity = daemon.call("SENTINEL", "MYID")
        links = client_ids(orders.primary)
        check(len(links) == 2, "%d links to the primary, expected a command link and a pub/sub link" % len(links))

        reload([orders])
        wait(lambda: names() == {"orders"}, "users is removed")
        wait(lambda: daemon.events.first("-monitor", 0, "master users "), "-monitor of users")
        wait(lambda: not client_ids(users.primary), "the links to users are closed")
        check(client_ids(orders.primary) == links, "links to orders dropped as users was removed")

        world.options["down_after"] = 7000
        reload([orders, users])
        wait(lambda: names() == {"orders", "users"}, "users is added")
        wait(lambda: daemon.events.first("+monitor", 0, "master users "), "+monitor of users")
        wait(lambda: daemon.master("orders")["down-after-milliseconds"] == "7000", "orders is changed")
        world.settle()
        check(client_ids(orders.primary) == links, "links to orders dropped as users was added")

        reload([orders], extra="nonsense = 1;\n")
        wait(lambda: "nonsense" in daemon.tail(), "the wrong file is reported")
        check(names() == {"orders", "users"}, "a wrong file changed the groups: %s" % names())
        check(client_ids(orders.primary) == links, "links to orders dropped because of a wrong file")
        check(daemon.call("SENTINEL", "MYID") == identity, "another identity after SIGHUP")


@scenario(supervisors=ONLY, nodes=("redis",), seconds=12)
def state_survives(nodes, supervisor):
    """a restart resumes identity, epochs, primary, nodes and peers, even with the configuration of old"""
    with Cluster(nodes, supervisor, down_after=500) as world:
        group, old = world.group, world.group.primary
        daemon = world.supervisors[0]
        identity = daemon.call("SENTINEL", "MYID")
        new = world.wait_switch(group, old.kill())
        epoch = int(daemon.master(group.name)["config-epoch"])
        peers, replicas = set(daemon.peers(group.name)), set(daemon.replicas(group.name))
        check(epoch > 0, "config epoch is %d after a failover" % epoch)
        for ending in (daemon.term, daemon.kill):
            ending()
            daemon.start().await_ready()
            check(daemon.call("SENTINEL", "MYID") == identity, "another identity")
            # At once: known from the state, not learnt again.
            check(daemon.primary_port(group.name) == new.port, "another primary after a restart")
            check(int(daemon.master(group.name)["config-epoch"]) == epoch, "another epoch after a restart")
            check(set(daemon.peers(group.name)) == peers, "other peers after a restart")
            check(set(daemon.replicas(group.name)) == replicas, "other replicas after a restart")


@scenario(supervisors=ONLY, nodes=("redis",), seconds=4)
def state_is_locked(nodes, supervisor):
    """a second daemon on the same state is refused, and the first goes on"""
    with Cluster(nodes, supervisor, replicas=0, supervisors=1) as world:
        daemon = world.supervisors[0]
        other = os.path.join(world.dir, "other.conf")
        with open(daemon.conf) as file:
            text = file.read().replace("port = %d; };" % daemon.port, "port = %d; };" % ports.reserve(), 1)
        with open(other, "w") as file:
            file.write(text)
        status, output = run_once([daemon.argv[0], "-c", other])
        check(status == 1, "the second daemon ended with %s:\n%s" % (status, output))
        check(daemon.state_dir in output, "the error does not name the folder:\n%s" % output)
        check(daemon.call("PING") == "PONG", "the first daemon is disturbed")


def spoil_all(data):
    return b"\xa5" * len(data)


def spoil_half(data):
    return data[:len(data) // 2]


def spoil_middle(data):
    return data[:100] + b"\xff" * (len(data) - 200) + data[-100:]


@scenario(supervisors=ONLY, nodes=("redis",), seconds=6)
def corrupt_state(nodes, supervisor):
    """a state that cannot be read is an error that names the file, never silently a new identity"""
    with Cluster(nodes, supervisor, replicas=0, supervisors=1) as world:
        daemon = world.supervisors[0]
        identity = daemon.call("SENTINEL", "MYID")
        check(daemon.term()[0] == 0, "SIGTERM")
        # Others in the folder (history.db) are no part of the state: see history_is_put_aside.
        files = [p for p in glob.glob(os.path.join(daemon.state_dir, "picket.*")) if os.path.getsize(p) > 512]
        check(files, "nothing of size in %s: %s" % (daemon.state_dir, os.listdir(daemon.state_dir)))
        for path in files:
            with open(path, "rb") as file:
                good = file.read()
            for spoil in (spoil_all, spoil_half, spoil_middle):
                with open(path, "wb") as file:
                    file.write(spoil(good))
                status, output = run_once(daemon.argv)
                check(status == 1, "%s: ended with %s:\n%s" % (spoil.__name__, status, output))
                check(path in output, "%s: the error does not name %s:\n%s" % (spoil.__name__, path, output))
                with open(path, "wb") as file:
                    file.write(good)
        daemon.start().await_ready()
        check(daemon.call("SENTINEL", "MYID") == identity, "another identity after the state was restored")
        check(daemon.call("SENTINEL", "MASTERS"), "the group is forgotten after the state was restored")
