"""Scenarios: what a former primary alone has is fetched before it follows."""

import os
import re
import subprocess

from cluster import Cluster
from process import binary
from scenario import scenario
from waiting import check, wait

WRITES = 500
SOON_S = 30.0


def cut_replication(group):
    """The replicas lose their links, and cannot make new ones: they log in with a password that is none."""
    for node in group.replicas:
        node.call("CONFIG", "SET", "masterauth", "wrong")
    group.primary.call("CLIENT", "KILL", "TYPE", "replica")
    for node in group.replicas:
        wait(lambda n=node: n.info()["master_link_status"] == "down", "%s has no link" % node.label, SOON_S)


def mend_replication(group):
    for node in group.nodes:
        # (clients are thrown out when roles change)
        wait(lambda n=node: n.stopped or n.call("CONFIG", "SET", "masterauth", "") == "OK", "it is mended", SOON_S)


def write_tail(node):
    """Writes of several kinds that nobody but NODE gets."""
    with node.connect() as conn:
        for i in range(WRITES):
            conn.call("SET", "tail:%d" % i, "value %d \x00\xff" % i)
        conn.call("SELECT", "3")
        conn.call("RPUSH", "tail:list", "a", "b")


def salvage_files(world):
    found = []
    for supervisor in world.supervisors:
        folder = os.path.join(supervisor.state_dir, "salvage")
        found += [os.path.join(folder, name) for name in os.listdir(folder)] if os.path.isdir(folder) else []
    return found


def ctl(*words):
    done = subprocess.run([binary("picketctl"), *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def tail_values(node):
    with node.connect() as conn:
        return [conn.call("GET", "tail:%d" % i) for i in range(WRITES)]


@scenario(supervisors=("picketd",), seconds=6)
def salvaged(nodes, supervisor):
    """500 writes that no replica got are in a file before their node follows, and are written back from there"""
    with Cluster(nodes, supervisor, down_after=700, settings="salvage = true; ") as world:
        group, old = world.group, world.group.primary
        cut_replication(group)
        write_tail(old)
        wanted = tail_values(old)
        moment = old.stop()
        new = world.wait_switch(group, moment, old, SOON_S)
        mend_replication(group)
        old.cont()
        wait(lambda: group.attached(new), "the old primary follows", SOON_S)
        check(tail_values(new) == [None] * WRITES, "the new primary has writes that it cannot have")
        told = [e for s in world.supervisors for e in s.events.find("+salvaged", moment)]
        files = salvage_files(world)
        check(told and files, "no file, or no event, but %s, %s" % (files, told))
        world.settle()
        status, text = ctl("salvage", "show", files[0])
        check(status == 0 and "%d writes" % (WRITES + 1) in text, text[-300:])
        names = "-s", ",".join("%s:%d" % (s.host, s.port) for s in world.supervisors)
        status, text = ctl(*names, "salvage", "replay", files[0])
        check(status == 0 and "0 of them meet" in text, "preview: " + text[-300:])
        check(tail_values(new) == [None] * WRITES, "a preview has written")
        status, text = ctl(*names, "salvage", "replay", files[0], "--yes")
        check(status == 0 and " 0 refused" in text, text[-300:])
        back = tail_values(new)
        check(back == wanted and None not in back, "not all is back")
        with new.connect() as conn:
            conn.call("SELECT", "3")
            check(conn.call("LRANGE", "tail:list", "0", "-1") == ["a", "b"], "the list is not back")
        wait(lambda: int(old.call("CONFIG", "GET", "min-replicas-to-write")[1]) < 1000000, "its fence is undone", SOON_S)
        tail = [e.payload for s in world.supervisors for e in s.events.find("+divergent-tail", moment)]
        return "%s; %d of %d writes back" % (re.search(r"(\d+ bytes)", tail[0]).group(1), len(back), WRITES)
