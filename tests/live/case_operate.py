"""Scenarios: what an operator does with picketctl, at all supervisors at once."""

import json
import os
import pty
import re
import select
import subprocess
import time

import process
from cluster import Cluster
from scenario import scenario
from servers import HOST
from waiting import check, wait

ENV = {k: v for k, v in os.environ.items() if not k.startswith("PICKETCTL_")}


def addr(server):
    return "%s:%d" % (HOST, server.port)


def run(at, *words):
    """Runs picketctl to its end, with the address of one supervisor (or a list); it finds the others itself."""
    return subprocess.run([process.binary("picketctl"), "-s", at if isinstance(at, str) else addr(at)] + [str(w) for w in words],
                          capture_output=True, text=True, timeout=100, env=ENV, stdin=subprocess.DEVNULL)


def ctl(world, *words, code=0, at=None):
    """The same at the first supervisor; what it printed."""
    done = run(at or world.supervisors[0], *words)
    check(done.returncode == code, "picketctl %s: status %d: %s%s" % (" ".join(map(str, words)), done.returncode, done.stdout, done.stderr))
    return done.stdout + done.stderr


class Watch:
    """picketctl watch on a terminal; what it has drawn so far."""

    def __init__(self, server):
        self.terminal, inside = pty.openpty()
        self.text = ""
        self.process = subprocess.Popen([process.binary("picketctl"), "-s", addr(server), "watch"], env=ENV,
                                        stdin=inside, stdout=inside, stderr=inside, start_new_session=True)
        os.close(inside)

    def shows(self, *texts):
        while select.select([self.terminal], [], [], 0)[0]:
            self.text += os.read(self.terminal, 65536).decode(errors="replace")
        frame = self.text.split("\033[H\033[J")[-1]
        return all(text in frame for text in texts)

    def end(self):
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)


def seen_following(supervisor, group, node, primary):
    entry = supervisor.replicas(group.name).get(node.port)
    return entry is not None and int(entry["master-port"]) == primary.port


def count(world, event, since):
    return sum(1 for s in world.supervisors if s.events.find(event, since))


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=10)
def operate_pause(nodes, supervisor):
    """picketctl pause: the primary dies and nobody takes its place, until resume; switchover is refused meanwhile"""
    with Cluster(nodes, supervisor) as world:
        group, began = world.group, time.monotonic()
        check("at 3 of 3 supervisors" in ctl(world, "pause", group.name, "--for", "10m"), "all are told")
        wait(lambda: count(world, "+paused", began) == 3, "+paused everywhere")
        check("paused" in ctl(world, "switchover", group.name, code=1), "a switchover is refused")
        ctl(world, "pause", group.name, "--for", "never", code=2)
        world.supervisors[1].kill()
        world.supervisors[1].start().await_ready()
        moment = group.primary.kill()
        wait(lambda: count(world, "+odown", moment) >= 2, "+odown is told all the same")
        check(count(world, "+switch-master", moment) == 0 and count(world, "+try-failover", moment) == 0, "nobody begins a failover")
        watch = Watch(world.supervisors[0])
        try:
            wait(lambda: watch.shows("orders", "DOWN (agreed)"), "watch shows that the primary is down")
            resumed = time.monotonic()
            check("at 3 of 3" in ctl(world, "resume", group.name), "all are told")
            group.primary = world.wait_switch(group, resumed)
            wait(lambda: watch.shows("primary    %s" % addr(group.primary), "+switch-master"), "watch shows the switch")
        finally:
            watch.end()
        check("+switch-master" in ctl(world, "events", "--since", "0"), "events that are kept")


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=10)
def operate_nodes(nodes, supervisor):
    """picketctl switchover, drain, maintenance, forget, set, add, remove, at all supervisors"""
    with Cluster(nodes, supervisor) as world:
        group = world.group
        to = group.replicas[1]
        moment = time.monotonic()
        check("switched over" in ctl(world, "switchover", group.name, "--to", addr(to)), "it says so")
        check(world.wait_switch(group, moment) is to, "to the one that was named")
        group.primary = to
        wait(group.attached, "all follow")
        wait(lambda: world.supervisors[0].events.find("+failover-end", moment), "the failover ends")

        moment = time.monotonic()
        check("may be stopped" in ctl(world, "drain", addr(to)), "the primary is drained")
        new = next(n for n in group.nodes if addr(n) == ctl(world, "primary", group.name).strip())
        check(new is not to, "another one is the primary")
        group.primary = new
        third = next(n for n in group.nodes if n not in (to, new))
        wait(lambda: world.supervisors[0].events.find("+failover-end", moment), "the failover ends")
        wait(lambda: all(seen_following(s, group, third, new) for s in world.supervisors), "all see who follows")
        moment = to.kill()
        ctl(world, "maintenance", addr(to), "off")
        wait(lambda: count(world, "+sdown", moment) == 3, "when that ends it is told that it is down")
        ctl(world, "forget", group.name, addr(third), code=1)
        ctl(world, "forget", group.name, addr(to))
        wait(lambda: count(world, "-slave", moment) == 3, "it is forgotten")
        check(to.port not in world.supervisors[1].replicas(group.name), "it is not shown any more")

        ctl(world, "set", group.name, "down-after-milliseconds", "4321")
        for s in world.supervisors:
            check(s.master(group.name)["down-after-milliseconds"] == "4321", "set everywhere")
        shown = json.loads(run(world.supervisors[0], "status", "--json").stdout)
        check(int(shown[0]["port"]) == new.port, "status --json: %r" % shown)
        ids = {s.call("SENTINEL", "MYID"): s.port for s in world.supervisors}
        check({s["runid"]: int(s["port"]) for s in shown[0]["supervisors"]} == ids, "its supervisors: %r" % shown)
        table = run(world.supervisors[0], "status").stdout
        check(all(re.search(r"^  supervisor .*:%d .* %s$" % (port, runid), table, re.M) for runid, port in ids.items()), table)
        ctl(world, "add", "other", "127.0.0.1:1", "2")
        ctl(world, "remove", "other")
        check(all("other" not in s.call("INFO", "sentinel") for s in world.supervisors), "it is gone everywhere")

        gone = world.supervisors[2]
        gone.kill()
        wait(lambda: run(world.supervisors[0], "forget", group.name, addr(gone)).returncode == 0, "the supervisor is forgotten")
        check("at 2 of 2" in ctl(world, "resume", group.name), "it is counted no more")
        check(addr(new) in ctl(world, "primary", group.name, at="127.0.0.1:1,%s" % addr(world.supervisors[1])), "the next one is asked")
