"""Scenarios: settings at run time, commands that go out under other names, failures on demand."""

import os
import time

from cluster import Cluster
from fakes import Gate
from scenario import scenario
from waiting import check, wait

SECRET = "hunter2-never-shown"
RENAMES = (("SLAVEOF", "slv-1"), ("CONFIG", "cfg-2"), ("MULTI", "mul-3"), ("EXEC", "exe-4"), ("PUBLISH", "pub-5"),
           ("SUBSCRIBE", "sub-6"), ("SCRIPT", "scr-7"))
SIMULATED = 99


def setting(supervisor, name):
    answer = supervisor.call("SENTINEL", "CONFIG", "GET", name)
    return answer[1] if answer else None


def info_field(supervisor, name):
    return supervisor.info("sentinel")[name]


def restart(supervisor):
    status, _ = supervisor.term()
    check(status == 0, "%s ended with status %s" % (supervisor.label, status))
    supervisor.start().await_ready()


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=8)
def settings_at_run_time(nodes, supervisor):
    """CONFIG SET survives a restart; what the file changes later wins; secrets are never shown"""
    with Cluster(nodes, supervisor) as world, Gate(world.supervisors[0].port) as gate:
        one, other = world.supervisors[0], str(gate.port)
        check(one.call("SENTINEL", "CONFIG", "SET", "announce-port", other, "loglevel", "debug") == "OK", "CONFIG SET")
        wait(lambda: any(p["port"] == other for p in world.supervisors[1].peers("orders").values()),
             "the peers are told the new port")
        restart(one)
        check(setting(one, "announce-port") == other, "announce-port after a restart: %s" % setting(one, "announce-port"))
        check(setting(one, "loglevel") == "debug", "loglevel after a restart: %s" % setting(one, "loglevel"))
        one.configure(extra="announce_port = %d;\n" % one.port)
        one.signal(1)
        wait(lambda: setting(one, "announce-port") == str(one.port), "the file wins")
        check(setting(one, "loglevel") == "debug", "what the file does not change stays")
        world.settle()
        for command in (("CONFIG", "SET", "sentinel-pass", SECRET), ("SET", "orders", "auth-pass", SECRET),
                        ("SET", "orders", "auth-user", SECRET)):
            check(one.call("SENTINEL", *command) == "OK", "SENTINEL %s" % " ".join(command))
        check(setting(one, "sentinel-pass") == "******", "CONFIG GET shows the password")
        wait(lambda: len(one.events.find("+set")) >= 2, "+set")
        told = [e.payload for e in one.events.find("+set")]
        check(not any(SECRET in text for text in told), "an event shows a secret")
        check(not any(SECRET in s.log() for s in world.supervisors), "a log shows a secret")
        with open(os.path.join(one.dir, "picketd.conf")) as file:
            check(SECRET not in file.read(), "the file was written")
        return None


class Renamed(Cluster):
    """Nodes that know commands by other names, and supervisors that are told so."""

    def __enter__(self):
        for node in self.group.nodes:
            with open(os.path.join(node.dir, "redis.conf"), "a") as file:
                file.write("".join("rename-command %s %s\n" % pair for pair in RENAMES))
        for supervisor in self.supervisors:
            supervisor.configure = lambda groups=None, extra="", s=supervisor: self.write(s, groups, extra)
        return super().__enter__()

    @staticmethod
    def write(supervisor, groups, extra):
        type(supervisor).configure(supervisor, groups, extra)
        with open(supervisor.conf) as file:
            text = file.read()
        with open(supervisor.conf, "w") as file:
            file.write(text.replace("quorum =", 'rename_commands = "%s"; quorum =' % " ".join(
                "%s=%s" % pair for pair in RENAMES)))


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=10)
def renamed_commands(nodes, supervisor):
    """a failover where the nodes know SLAVEOF, MULTI, CONFIG, PUBLISH and others by other names"""
    with Renamed(nodes, supervisor) as world:
        group, old = world.group, world.group.primary
        new = world.wait_switch(group, old.kill(), old)
        wait(group.attached, "the other replica follows")
        check(new.role() == "master", "the new primary says so")
        old.start().await_ready()
        wait(lambda: old.follows(new), "the old primary follows")
        return None


def fails(world, one, failure, flag):
    """Has that supervisor lead a failover in which it is to end."""
    check(one.call("SENTINEL", "SIMULATE-FAILURE", failure) == "OK", "SIMULATE-FAILURE")
    check(info_field(one, "sentinel_simulate_failure_flags") == flag, "the flag in INFO")
    one.ended_by_us = True
    moment = time.monotonic()
    wait(lambda: one.call("SENTINEL", "FAILOVER", "orders") == "OK", "FAILOVER")
    check(one.wait_exit() == SIMULATED, "the leader ended with status %s" % one.popen.returncode)
    one.start().await_ready()
    check(info_field(one, "sentinel_simulate_failure_flags") == "0", "the flag after a restart")
    return moment


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=10)
def simulated_failures(nodes, supervisor):
    """SIMULATE-FAILURE ends a leader in the middle, with status 99; restarted it knows how far it was"""
    with Cluster(nodes, supervisor) as world:
        group, one = world.group, world.supervisors[0]
        moment = fails(world, one, "crash-after-election", "1")
        world.settle()
        check(not world.switches(group, moment), "a switch, though nobody was promoted")
        old = group.primary
        fails(world, one, "crash-after-promotion", "2")
        world.wait_agreed(group, old)
        wait(group.attached, "all follow the new primary")
        return None
