"""Scenarios: notification-script and client-reconfig-script, with scripts that write down how they were called."""

import os
import re

import resp
from case_failover import check_one_switch
from cluster import Cluster
from scenario import ms, scenario
from waiting import check, wait

# Events of level WARNING, as far as a failover shows them.
WARNINGS = ("+sdown", "-sdown", "+odown", "-odown", "+new-epoch", "+vote-for-leader", "+try-failover", "+elected-leader",
            "+failover-state-select-slave", "+selected-slave", "+promoted-slave", "+failover-state-reconf-slaves",
            "+failover-end", "+config-update-from", "+switch-master", "+set")
# As SENTINEL DEBUG sets them where it is there; else what holds without it.
QUICK = {"script-max-runtime": 4000, "script-retry-delay": 3000}
USUAL = {"script-max-runtime": 60000, "script-retry-delay": 30000}
SLACK_S = 20.0

RECORD = """#!/bin/sh
cd "$(dirname "$0")" || exit 9
printf '%s|' "$@" >>"$0.calls.$$" && printf '\\n' >>"$0.calls.$$"
"""

# What it does stands at the end of the payload of +set: "... parallel-syncs N".
BEHAVE = RECORD + """
case "$1 ${2##* }" in
'+set 12') [ -e once ] || { : >once; exit 1; } ;;
'+set 13') exit 3 ;;
'+set 14') trap '' TERM HUP INT; sleep 150 & echo "$! $$" >new; mv new hung; wait; sleep 150 ;;
'+set 15') ls /proc/self/fd >new; mv new descriptors ;;
esac
exit 0
"""


class Hook:
    """A script in a supervisor's folder, and how it was called."""

    def __init__(self, supervisor, name, text):
        self.path = os.path.join(supervisor.dir, name)
        with open(self.path, "w") as file:
            file.write(text)
        os.chmod(self.path, 0o755)

    def calls(self):
        """The arguments of each call. Each process has a file of its own, ended by a newline."""
        found = []
        folder, name = os.path.split(self.path)
        for entry in os.listdir(folder):
            if entry.startswith(name + ".calls."):
                with open(os.path.join(folder, entry)) as file:
                    found += [tuple(line.split("|")[:-1]) for line in file.read().split("\n")[:-1]]
        return found


def set_up(world, options="", top="", notify=RECORD):
    """Gives each supervisor hooks of its own, in its configuration."""
    for supervisor in world.supervisors:
        supervisor.notify = Hook(supervisor, "notify", notify)
        supervisor.reconfig = Hook(supervisor, "reconfig", RECORD)
        if supervisor.kind == "picketd":
            def write(groups, plain=supervisor._picketd_conf, own=supervisor):
                hooks = 'notification_script = "%s"; client_reconfig_script = "%s"; ' % (
                    own.notify.path, own.reconfig.path)
                return top + plain(groups).replace("parallel_syncs", hooks + "parallel_syncs")
            supervisor._picketd_conf = write
        else:
            def write(groups, plain=supervisor._sentinel_conf, own=supervisor):
                lines = "".join("sentinel notification-script %s %s\nsentinel client-reconfig-script %s %s\n" % (
                    g.name, own.notify.path, g.name, own.reconfig.path) for g in groups)
                return plain(groups) + lines + options
            supervisor._sentinel_conf = write


def warnings_of(supervisor):
    return sorted((e.channel, e.payload) for e in list(supervisor.events.events) if e.channel in WARNINGS)


@scenario(nodes=("redis",), seconds=10)
def hooks_are_called(nodes, supervisor):
    """a failover: leader and observers call client-reconfig-script once, notification-script for each warning"""
    world = Cluster(nodes, supervisor, down_after=500)
    set_up(world)
    with world:
        group, old = world.group, world.group.primary
        for each in world.supervisors:
            wait(lambda s=each: ("+monitor", "master orders 127.0.0.1 %d quorum 2" % old.port) in s.notify.calls(),
                 "%s tells its start" % each.label)
        moment = old.kill()
        new = world.wait_switch(group, moment)
        ends = ("start", "127.0.0.1", str(old.port), "127.0.0.1", str(new.port))
        for each in world.supervisors:
            led = bool(each.events.find("+promoted-slave", moment))
            wanted = [("orders", "leader" if led else "observer") + ends]
            wait(lambda s=each, w=wanted: s.reconfig.calls() == w, "%s calls client-reconfig-script" % each.label)
        old.start().await_ready()
        world.settle()
        check_one_switch(world, group, moment, old, new)
        for each in world.supervisors:
            def told(s=each):
                return sorted(c for c in s.notify.calls() if c[0] in WARNINGS) == warnings_of(s)
            wait(told, "%s calls notification-script for each warning" % each.label)
            names = {c[0] for c in each.notify.calls()}
            check({"+sdown", "+new-epoch", "+vote-for-leader", "+switch-master"} <= names,
                  "%s told only of %s" % (each.label, sorted(names)))
            check(all(len(c) == 2 for c in each.notify.calls()), "not two arguments: %s" % each.notify.calls())
            check(not {"+slave", "+sentinel", "+role-change"} & names, "told of what is no warning: %s" % names)
            check(len(each.reconfig.calls()) == 1, "more than one call: %s" % each.reconfig.calls())


def pending(supervisor):
    return [resp.pairs(entry) for entry in supervisor.call("SENTINEL", "PENDING-SCRIPTS")]


def queue(supervisor):
    info = supervisor.info("sentinel")
    return int(info["sentinel_running_scripts"]), int(info["sentinel_scripts_queue_length"])


def hurry(supervisor):
    """Shortens the times with SENTINEL DEBUG; returns those that hold."""
    try:
        supervisor.call("SENTINEL", "DEBUG", *[word for pair in QUICK.items() for word in pair])
    except resp.RespError:
        return USUAL
    return QUICK


def gone(pid):
    try:
        with open("/proc/%s/stat" % pid) as file:
            return file.read().rsplit(")", 1)[1].split()[0] in "ZX"
    except OSError:
        return True


@scenario(nodes=("redis",), seconds=65)
def hooks_end_badly(nodes, supervisor):
    """exit 1 is tried again, exit 3 is not, a hung script is killed with what it started; no descriptor is inherited"""
    world = Cluster(nodes, supervisor, replicas=0, supervisors=1, quorum=1)
    set_up(world, notify=BEHAVE)
    with world:
        daemon, path = world.supervisors[0], world.supervisors[0].notify.path
        times = hurry(daemon)
        longest = (times["script-max-runtime"] + times["script-retry-delay"]) / 1000.0 + SLACK_S
        wait(lambda: not pending(daemon), "the script of the start ends")

        def calls(mode):
            return len([c for c in daemon.notify.calls() if c[0] == "+set" and c[1].endswith("parallel-syncs %d" % mode)])

        def run(mode):
            daemon.call("SENTINEL", "SET", "orders", "parallel-syncs", mode)
            wait(lambda: calls(mode) == 1, "the script is called with %d" % mode)

        run(13)
        wait(lambda: daemon.events.find("-script-error", 0, "%s 0 3" % path), "-script-error of exit 3")
        wait(lambda: not pending(daemon), "exit 3 is not tried again")

        if daemon.kind == "picketd":
            run(15)
            listing = os.path.join(daemon.dir, "descriptors")
            wait(lambda: os.path.exists(listing), "the list of descriptors")
            with open(listing) as file:
                # The last one is that of ls itself.
                check(file.read().split() == ["0", "1", "2", "3"], "descriptors are inherited")

        run(14)
        hung = os.path.join(daemon.dir, "hung")
        wait(lambda: os.path.exists(hung), "the hung script")
        with open(hung) as file:
            child, pid = file.read().split()
        entry = pending(daemon)[0]
        check(list(entry) == ["argv", "flags", "pid", "run-time", "retry-num"], "fields: %s" % list(entry))
        check(entry["argv"][:2] == [path, "+set"] and len(entry["argv"]) == 3, "argv: %s" % entry["argv"])
        check((entry["flags"], entry["pid"], entry["retry-num"]) == ("running", pid, "1"), "entry: %s" % entry)
        check(queue(daemon) == (1, 1), "INFO: %s" % (queue(daemon),))

        run(12)

        def scheduled():
            found = [e for e in pending(daemon) if e["argv"][2].endswith("parallel-syncs 12")]
            return found[0] if found and found[0]["flags"] == "scheduled" else None
        entry = wait(scheduled, "exit 1 is to be tried again")
        check(list(entry) == ["argv", "flags", "pid", "run-delay", "retry-num"], "fields: %s" % list(entry))
        check((entry["pid"], entry["retry-num"]) == ("0", "1"), "entry: %s" % entry)
        check(0 <= int(entry["run-delay"]) <= times["script-retry-delay"], "run-delay: %s" % entry)
        wait(lambda: calls(12) == 2, "the second attempt", longest)
        wait(lambda: not [e for e in pending(daemon) if e["argv"][2].endswith("12")], "exit 0 ends it")
        check(not daemon.events.find("-script-error", 0, "%s 0 1" % path), "-script-error although it will be tried again")

        event = wait(lambda: daemon.events.first("-script-timeout", 0, path), "-script-timeout", longest)
        check(event.payload == "%s %s" % (path, pid), "payload: %s" % event.payload)
        wait(lambda: gone(pid), "the hung script is killed")
        if daemon.kind == "picketd":
            wait(lambda: gone(child), "what it started is killed")
        else:
            os.kill(int(child), 9)
        ours = sorted(c for c in (calls(12), calls(13), calls(14)))
        check(ours[0] == 1 and calls(12) == 2 and calls(13) == 1, "calls: %s" % ours)
        # Its next attempt would hang beyond the end of this scenario.
        os.unlink(path)
        return "run time %s" % ms(times["script-max-runtime"] / 1000.0)


@scenario(nodes=("redis",), seconds=5)
def hooks_are_set(nodes, supervisor):
    """SENTINEL SET of the scripts: denied unless the file allows it; only programs; "" clears; kept over a restart"""
    world = Cluster(nodes, supervisor, replicas=0, supervisors=1, quorum=1)
    set_up(world)
    with world:
        daemon = world.supervisors[0]
        other = Hook(daemon, "other", RECORD)

        def change(option, path):
            try:
                return daemon.call("SENTINEL", "SET", "orders", option, path)
            except resp.RespError as error:
                return str(error)

        def shown():
            fields = daemon.master("orders")
            return fields.get("notification-script"), fields.get("client-reconfig-script")
        check(shown() == (daemon.notify.path, daemon.reconfig.path), "MASTER shows %s" % (shown(),))
        for path in (other.path, ""):
            check(change("notification-script", path).startswith("ERR Reconfiguration of scripts path is denied"),
                  "not denied: %r" % path)
        check(shown()[0] == daemon.notify.path, "changed although denied")

        daemon.term()
        with open(daemon.conf, "a") as file:
            file.write("deny_scripts_reconfig = false;\n" if daemon.kind == "picketd"
                       else "sentinel deny-scripts-reconfig no\n")
        daemon.start().await_ready()
        check(change("notification-script", "/no/such").startswith("ERR Notification script seems"), "a path to nothing")
        check(change("client-reconfig-script", daemon.conf).startswith("ERR Client reconfiguration script seems"),
              "a file that cannot be executed")
        check(change("notification-script", other.path) == "OK", "allowed and refused")
        check(change("client-reconfig-script", "") == "OK", "cannot be cleared")
        check(shown() == (other.path, None), "MASTER shows %s" % (shown(),))
        event = "master orders 127.0.0.1 %d notification-script %s" % (world.group.primary.port, other.path)
        wait(lambda: ("+set", event) in other.calls(), "the new script tells of itself")
        daemon.term()
        daemon.start().await_ready()
        check(shown() == (other.path, None), "after a restart MASTER shows %s" % (shown(),))
        daemon.call("SENTINEL", "REMOVE", "orders")
        wait(lambda: [c for c in other.calls() if c[0] == "-monitor"], "-monitor is told although the group is gone")


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=2)
def hooks_are_checked(nodes, supervisor):
    """a script that cannot be run is an error of the file, with its line"""
    world = Cluster(nodes, supervisor, replicas=0, supervisors=1, quorum=1)
    set_up(world)
    with world:
        daemon = world.supervisors[0]
        daemon.term()
        os.chmod(daemon.reconfig.path, 0o644)
        daemon.spawn()
        check(daemon.wait_exit() == 1, "starts with a script that cannot be executed")
        daemon.ended_by_us = True
        pattern = r"%s:\d+: groups\[0\]\.client_reconfig_script: \"%s\": Permission denied" % (
            re.escape(daemon.conf), re.escape(daemon.reconfig.path))
        check(re.search(pattern, daemon.log()), "no line like %s in:\n%s" % (pattern, daemon.tail()))
