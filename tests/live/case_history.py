"""Scenarios: what supervisors remember of failovers, and what they say about why there was none."""

import json
import os
import re
import sqlite3
import subprocess

import process
import resp
from cluster import Cluster
from scenario import scenario
from waiting import check, wait


def ctl(supervisor, *words):
    """What picketctl prints."""
    run = subprocess.run([process.binary("picketctl"), "-h", supervisor.host, "-p", str(supervisor.port)] + list(words),
                         capture_output=True, text=True, timeout=60, check=False)
    check(run.returncode == 0, "picketctl %s: status %d: %s" % (" ".join(words), run.returncode, run.stderr))
    return run.stdout


def history(supervisor, *words):
    return [resp.pairs(entry) for entry in supervisor.call("PICKET", "HISTORY", *words)]


def why(supervisor, what):
    return resp.pairs(supervisor.call("PICKET", "WHY", what))


def steps(entry):
    return [step[1] for step in entry["steps"]]


def holds(found, wanted):
    """Whether `wanted` stand in `found` in that order, whatever stands between them: an election may be held again."""
    rest = iter(found)
    return all(step in rest for step in wanted)


def one_by(world, test, what):
    """The supervisor at which the newest attempt passes, once there is one."""
    def find():
        found = [s for s in world.supervisors if history(s) and test(history(s)[0])]
        return found[0] if found else None
    return wait(find, what)


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=9)
def history_is_kept(nodes, supervisor):
    """a switchover and a failover as rows, with steps, votes and who asked; they outlive kill -9"""
    with Cluster(nodes, supervisor, down_after=500) as world:
        group, first = world.group, world.group.primary
        check(history(world.supervisors[0]) == [], "a history before anything has happened")
        check("nothing has happened" in ctl(world.supervisors[0], "history"), "picketctl history without any")
        world.supervisors[0].call("PICKET", "SWITCHOVER", "orders")
        world.wait_agreed(group, first)
        asked = world.supervisors[0]
        wait(lambda: "+failover-end" in steps(why(asked, "1")), "the end of the switchover")
        row = why(asked, "1")
        check((row["kind"], row["outcome"], row["led"]) == ("switchover", "switched", "yes"), "the switchover: %s" % row)
        check(row["asked-by"].startswith("default at 127.0.0.1:"), "who asked: %s" % row["asked-by"])
        check((row["from"], row["to"]) == ("127.0.0.1:%d" % first.port, "127.0.0.1:%d" % group.primary.port), "way: %s" % row)
        check(row["bytes-at-risk"] == "0", "bytes at risk: %s" % row["bytes-at-risk"])
        check("+switchover-demoted" in steps(row), "steps: %s" % steps(row))
        for other in world.supervisors[1:]:
            row = wait(lambda s=other: history(s) and history(s)[0], "%s remembers the switch" % other.label)
            check((row["kind"], row["outcome"], row["led"]) == ("elsewhere", "switched", "no"), "at %s: %s" % (other.label, row))
        world.settle()

        old = group.primary
        moment = old.kill()
        world.wait_switch(group, moment)
        leader = one_by(world, lambda r: r["kind"] == "failover" and r["led"] == "yes" and r["outcome"] == "switched",
                        "somebody led the failover")
        number = history(leader, "orders", "COUNT", "1")[0]["id"]
        wait(lambda: "+failover-end" in steps(why(leader, number)), "the end of the failover")
        row = why(leader, number)
        wanted = ["+sdown", "+odown", "+try-failover", "+elected-leader", "+selected-slave", "+promoted-slave", "+switch-master"]
        check(holds(steps(row), wanted), "steps of the failover: %s" % steps(row))
        votes = next(step[2] for step in reversed(row["steps"]) if step[1] == "+elected-leader")
        check(re.search(r"\b[23] of 3 votes, 2 needed: own, 127\.0\.0\.1:", votes), "votes: %s" % votes)
        check(leader.call("SENTINEL", "MYID") == row["leader"], "leader: %s" % row["leader"])
        for phase in ("agreement-ms", "election-ms", "selection-ms", "promotion-ms"):
            check(phase in row and int(row[phase]) >= 0, "%s in %s" % (phase, sorted(row)))
        text = ctl(leader, "why", number)
        check("failover %s of orders: switched" % number in text and "(this supervisor)" in text and "+promoted-slave" in text,
              "picketctl why prints:\n%s" % text)
        check(re.search(r"^ *%s .* orders  failover switched, " % number, ctl(leader, "history"), re.M), "picketctl history")
        check(json.loads(ctl(leader, "history", "orders", "--json")) == history(leader, "orders"), "picketctl history --json")

        def stored():
            path = os.path.join(leader.state_dir, "history.db")
            found = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
            try:
                return found.execute("SELECT outcome, n FROM attempts JOIN (SELECT attempt, count(*) AS n FROM steps GROUP BY 1)"
                                     " ON attempt = id WHERE id = ?", (int(number),)).fetchone() == ("switched", len(row["steps"]))
            finally:
                found.close()
        wait(stored, "the failover on the disk")
        before = why(leader, number)
        leader.kill()
        leader.start().await_ready()
        check(why(leader, number) == before, "after a restart: %s, before: %s" % (why(leader, number), before))


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=6)
def history_of_nothing(nodes, supervisor):
    """no failover: it is said why, as long as it lasts and afterwards; an end in the middle leaves "interrupted" """
    with Cluster(nodes, supervisor, supervisors=2, replicas=1, down_after=500) as world:
        group, one, other = world.group, world.supervisors[0], world.supervisors[1]
        check(why(one, "orders")["held"] == "no", "held while all is well")
        other.term()
        group.primary.kill()
        wait(lambda: why(one, "orders")["held"] == "yes", "it is held")
        text = why(one, "orders")["why"]
        check(text == "1 of 2 needed supervisors hold the primary for down", "why: %s" % text)
        check("orders: waiting: 1 of 2 needed" in ctl(one, "why", "orders"), "picketctl why")
        wait(lambda: history(one) and history(one)[0]["reason"] == text, "the reason in the history")
        row = why(one, "1")
        check((row["kind"], row["outcome"]) == ("failover", "open"), "while it lasts: %s" % row)
        check("held" in steps(row), "steps: %s" % steps(row))

        def stored():
            found = sqlite3.connect("file:%s?mode=ro" % os.path.join(one.state_dir, "history.db"), uri=True)
            try:
                return found.execute("SELECT count(*) FROM steps WHERE event = 'held'").fetchone()[0] > 0
            finally:
                found.close()
        wait(stored, "the reason on the disk")
        one.kill()
        one.start().await_ready()
        check(why(one, "1")["outcome"] == "interrupted", "after a restart: %s" % why(one, "1"))
        wait(lambda: history(one)[0]["id"] == "2" and "held" in steps(why(one, "2")), "the new life sees the outage, too")
        group.primary.start().await_ready()
        wait(lambda: why(one, "2")["outcome"] == "recovered", "the primary is back")
        check(text in [step[2] for step in why(one, "2")["steps"]], "steps: %s" % why(one, "2")["steps"])


def replayed(path):
    """What `picketd --replay` prints of a trace."""
    run = subprocess.run([process.binary("picketd"), "--replay", path], capture_output=True, text=True, timeout=120, check=False)
    check(run.returncode == 0, "replay of %s: status %d: %s" % (path, run.returncode, run.stderr))
    return run.stdout


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=7)
def trace_is_replayed(nodes, supervisor):
    """the traces of three supervisors through failover, SET, switchover and restart: replayed, the same events come of them"""
    world = Cluster(nodes, supervisor, down_after=500, settings='auth_pass = "hush-hush"; ')
    for each in world.supervisors:
        configure = each.configure
        each.trace = os.path.join(each.dir, "trace")
        each.configure = lambda groups=None, extra="", own=each, plain=configure: plain(groups, extra + 'trace = "%s";\n' % own.trace)
    for node in world.group.nodes:
        with open(os.path.join(node.dir, "redis.conf"), "a") as file:
            file.write("requirepass hush-hush\nmasterauth hush-hush\n")
        node.password = "hush-hush"
    with world:
        group = world.group
        moment = group.primary.kill()
        world.wait_switch(group, moment)
        leader = one_by(world, lambda r: r["led"] == "yes" and r["outcome"] == "switched", "somebody led the failover")
        leader.call("SENTINEL", "SET", "orders", "down-after-milliseconds", "700")
        before = {each: [(e.channel, e.payload) for e in each.events.find("+switch-master")] for each in world.supervisors}
        for each in world.supervisors:
            each.term()
            text = replayed(each.trace)
            found = re.findall(r"^\d+ event \+switch-master (.*)$", text, re.M)
            check(found == [payload for _, payload in before[each]], "%s replayed these switches: %s, saw %s" % (
                each.label, found, before[each]))
            with open(each.trace) as file:
                trace = file.read()
            check("hush" not in trace and "conf.auth_pass=******" in trace, "the trace of %s tells a password" % each.label)
        check(" order kind=promote " in replayed(leader.trace), "the order to promote is not printed")
        check("conf.down_after_ms=700" in replayed(leader.trace), "the row of SENTINEL SET is not printed")

        # A new life: a new trace, which begins with what was stored; the old one is kept.
        leader.start().await_ready()
        wait(lambda: int(leader.master("orders")["port"]) == group.primary.port, "the new life knows the primary")
        leader.term()
        replayed(leader.trace)
        replayed(leader.trace + ".1")

        # What is changed by hand is found out, and where.
        with open(leader.trace + ".1") as file:
            lines = file.read().splitlines(True)
        at = next(i for i, line in enumerate(lines) if line.startswith("= +switch-master"))
        spoilt = os.path.join(leader.dir, "spoilt")
        for change, says in (("= +switch-master orders 1 1 2 2\n", "%d: another event: +switch-master" % (at + 1)),
                             ("", "another event: +switch-master"), ("5 dance\n", "%d: " % (at + 1))):
            with open(spoilt, "w") as file:
                file.writelines(lines[:at] + [change] + lines[at + 1:])
            run = subprocess.run([process.binary("picketd"), "--replay", spoilt], capture_output=True, text=True, timeout=120, check=False)
            check(run.returncode == 1 and "%s:" % spoilt in run.stderr and says in run.stderr, "a spoilt trace: %d, %s" % (
                run.returncode, run.stderr))


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=3)
def history_is_put_aside(nodes, supervisor):
    """a history that cannot be read is put aside, which the log tells; picketd goes on with a new one"""
    with Cluster(nodes, supervisor, replicas=1, supervisors=1, quorum=1, down_after=500) as world:
        daemon, first = world.supervisors[0], world.group.primary
        daemon.call("SENTINEL", "FAILOVER", "orders")
        world.wait_agreed(world.group, first)
        wait(lambda: history(daemon)[0]["outcome"] == "switched", "the switchover in the history")
        identity = daemon.call("SENTINEL", "MYID")
        check(daemon.term()[0] == 0, "SIGTERM")
        path = os.path.join(daemon.state_dir, "history.db")
        with open(path, "r+b") as file:
            file.write(b"no database" * 10)
        daemon.start().await_ready()
        check("%s: damaged" % path in daemon.log() and "put aside as %s.damaged" % path in daemon.log(), "the log:\n%s" % daemon.tail())
        check(os.path.exists(path + ".damaged"), "it was not put aside")
        check(history(daemon) == [], "a history out of nothing")
        check(daemon.call("SENTINEL", "MYID") == identity, "another identity")
        # SIGTERM has what came last stored.
        world.group.primary.kill()
        wait(lambda: history(daemon), "the outage in the new history")
        daemon.term()
        daemon.start().await_ready()
        check(history(daemon)[-1]["kind"] == "failover", "after a restart: %s" % history(daemon))


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=4)
def failures_are_simulated(nodes, supervisor):
    """PICKET SIMULATE names who would be promoted, or why nobody; nothing is done; then it comes as it was said"""
    world = Cluster(nodes, supervisor, down_after=500)
    with open(os.path.join(world.group.nodes[1].dir, "redis.conf"), "a") as file:
        file.write("replica-priority 0\n")
    with world:
        group, daemon = world.group, world.supervisors[0]

        def simulate(node, *words):
            return resp.pairs(daemon.call("PICKET", "SIMULATE", "FAIL", "127.0.0.1:%d" % node.port, *words))
        for words in ((), ("HANG",)):
            told = simulate(group.primary, *words)
            check((told["outcome"], told["primary"]) == ("switched", "127.0.0.1:%d" % group.nodes[2].port), "simulated: %s" % told)
            attempt = resp.pairs(told["attempt"])
            check("priority 0" in " ".join(step[2] for step in attempt["steps"]), "who is refused: %s" % attempt)
            check(words == () or int(told["after-ms"]) >= 500, "before it can be silent for so long: %s" % told)
        told = simulate(group.nodes[2])
        check((told["role"], told["outcome"]) == ("replica", "nothing"), "a replica: %s" % told)
        check("127.0.0.1:%d would be the primary" % group.nodes[2].port in ctl(
            daemon, "simulate", "fail", "127.0.0.1:%d" % group.primary.port), "picketctl simulate")
        daemon.call("PICKET", "MAINTENANCE", "orders", "127.0.0.1", group.nodes[2].port, "ON", "600000")
        text = ctl(daemon, "simulate", "fail", "127.0.0.1:%d" % group.primary.port)
        check(text.count("-failover-abort-no-good-slave") == 1 and "times more" in text, "elections alike are counted:\n%s" % text)
        daemon.call("PICKET", "MAINTENANCE", "orders", "127.0.0.1", group.nodes[2].port, "OFF")
        check(history(daemon) == [] and not daemon.events.find("+sdown"), "something was done")
        check(daemon.primary_port("orders") == group.primary.port, "the primary was changed")
        check(group.primary.role() == "master" and group.nodes[2].role() == "slave", "a role was changed")
        try:
            daemon.call("PICKET", "SIMULATE", "FAIL", "127.0.0.1:1")
            check(False, "a node that there is not")
        except resp.RespError as error:
            check("No node of any group" in str(error), "error: %s" % error)

        moment = group.primary.kill()
        check(world.wait_switch(group, moment) is group.nodes[2], "another one than was said")
        for each in world.supervisors[1:]:
            each.kill()
        wait(lambda: "disconnected" in " ".join(e["flags"] for e in daemon.peers("orders").values()), "the others are gone")
        told = simulate(group.primary)
        check(told["outcome"] == "nothing" and "1 of 2 needed" in told["why"], "without the others: %s" % told)
