"""Scenarios: what picketd tells over HTTP."""

import signal
import urllib.request

import process
from case_service import HOST, Manager, call, folder, listening, managed, write_conf
from cluster import Cluster
from disk import Disk
from scenario import scenario
from waiting import check, wait
from webs import Stream, give_webs

STREAMS_MAX = 64
TOKEN = "b3-open-sesame"


def at(node):
    return "%s:%d" % (node.host, node.port)


def roles(web, group, more=""):
    """What a load balancer is told of each node: (takes writes, takes reads)."""
    return {n.port: (web.status("/groups/orders/primary?node=%s%s" % (at(n), more)),
                     web.status("/groups/orders/replica?node=%s&lag_ms=60000%s" % (at(n), more))) for n in group.nodes}


def wanted_roles(group):
    return {n.port: (200, 503) if n is group.primary else (503, 200) for n in group.nodes}


def check_doors(open_web, shut_web):
    """Methods, paths and the token."""
    for path, status in (("/health", 200), ("/ready", 200), ("/", 200), ("/page.js", 200), ("/nothing", 404), ("/groups/none", 404),
                         ("/groups/orders/primary?node=x", 400), ("/groups/orders/replica", 400),
                         ("/groups/orders/replica?node=127.0.0.1:1&lag_ms=soon", 400), ("/groups/orders/primary?node=127.0.0.1:1", 503),
                         ("/events?since=soon", 400), ("/" + "x" * 3000, 404)):
        check(open_web.status(path) == status, "%s: %s, not %d" % (path[:60], open_web.status(path), status))
    check(open_web.status("/groups", method="POST", body="x" * 100000) == 405, "POST")
    check(open_web.ask("/groups", method="HEAD")[2] == "", "HEAD has a body")
    check(shut_web.status("/groups") == 200, "the right token")
    check(shut_web.without_token().status("/groups") == 401, "no token")
    for wrong in ("", "Bearer ", "Bearer " + TOKEN[:-1], "Bearer " + TOKEN + "x", "Basic " + TOKEN):
        for path, status in (("/groups", 401), ("/metrics", 401), ("/events", 401), ("/health", 200), ("/ready", 200), ("/", 200)):
            check(shut_web.status(path, headers={"Authorization": wrong}) == status, "%s with token %r" % (path, wrong))


def check_group(web, group):
    told = web.json("/groups/orders")
    check((told["state"], told["primary"], told["replicas"]) == ("ok", at(group.primary), len(group.nodes) - 1), "group: %s" % told)
    check([n["role"] for n in told["nodes"]] == ["primary"] + ["replica"] * (len(group.nodes) - 1), "nodes: %s" % told["nodes"])
    check(all(n["state"] == "ok" for n in told["nodes"]), "nodes: %s" % told["nodes"])
    check(all(n["follows"] == at(group.primary) for n in told["nodes"][1:]), "nodes: %s" % told["nodes"])
    check(len(told["supervisors"]) == 3 and sum(s["self"] for s in told["supervisors"]) == 1, "supervisors: %s" % told["supervisors"])
    return told


def check_history(web, old, new):
    """The failover is the newest attempt, and can be read step by step."""
    told = web.json("/history?group=orders&count=1")["attempts"]
    check([(a["from"], a["to"], a["outcome"]) for a in told] == [(at(old), at(new), "switched")], "history: %s" % told)
    whole = web.json("/history/%d" % told[0]["id"])
    # Who hears of it from another may not have noticed anything itself.
    wanted = {"+switch-master"} if whole["kind"] == "elsewhere" else {"+sdown", "+switch-master"}
    check(wanted <= {s["event"] for s in whole["steps"]} and whole["id"] == told[0]["id"], "steps: %s" % whole)
    check(web.json("/history?group=none")["attempts"] == [], "the history of a group that is none")
    check([web.status(p) for p in ("/history/0", "/history/999999", "/history/x", "/history?count=0")] == [404, 404, 404, 400], "no such attempt")


def is_well(web):
    return web.json("/groups/orders")["state"] == "ok"


def check_metrics(world, moment_of):
    """The failover's histograms, and who is primary."""
    totals = {"detection": 0, "election": 0, "promotion": 0, "switch": 0}
    for supervisor in world.supervisors:
        metrics = supervisor.web.metrics()
        for name in totals:
            totals[name] += metrics["picket_%s_seconds_count" % name][()]
        primaries = [dict(labels)["node"] for labels, value in metrics["picket_node_primary"].items() if value == 1]
        check(primaries == [at(moment_of.primary)], "primaries: %s" % primaries)
        check(metrics["picket_events_total"][(("event", "+switch-master"),)] == 1, "+switch-master is not counted once")
    check(totals["election"] >= 1 and totals["promotion"] == 1 and totals["switch"] >= 1 and totals["detection"] >= 1, "phases: %s" % totals)


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=8)
def http_tells(nodes, supervisor):
    """doors, JSON, metrics and load balancers before and after a failover; streams lose no event"""
    world = Cluster(nodes, supervisor, down_after=500)
    give_webs(world, ("", TOKEN))
    with world:
        group, old = world.group, world.group.primary
        first, second = (s.web for s in world.supervisors[:2])
        for each in world.supervisors:
            wait(lambda w=each.web: is_well(w), "%s is content" % each.label)
            check_group(each.web, group)
        wait(lambda: roles(first, group) == wanted_roles(group), "load balancers know the nodes")
        check_doors(first, second)

        streams = [Stream(s.web) for s in world.supervisors]
        check([s.status for s in streams] == [200] * 3, "streams")
        moment = old.kill()
        switches = [s.until("+switch-master") for s in streams]
        new = world.wait_switch(group, moment)
        check(all(e["to"] == at(new) and e["from"] == at(old) and e["group"] == "orders" for e in switches), "events: %s" % switches)
        for stream in streams:
            numbers = [e["seq"] for e in stream.events]
            check(numbers == list(range(numbers[0], numbers[0] + len(numbers))), "numbers: %s" % numbers)
        wait(lambda: roles(first, group)[new.port] == (200, 503), "load balancers turn to the new primary")
        check(roles(first, group)[old.port] == (503, 503), "the old primary: %s" % roles(first, group))

        # Who comes back later is told the rest.
        seen = streams[0].events
        again = Stream(first, last=seen[0]["seq"])
        check([again.next() for _ in seen[1:]] == seen[1:], "the events again: %s" % again.events)
        check(Stream(first, "/events?since=0").next()["event"] == "+monitor", "the first event")

        for each in world.supervisors:
            check_history(each.web, old, new)
        old.start().await_ready()
        world.settle()
        for each in world.supervisors:
            wait(lambda w=each.web: is_well(w), "%s is content again" % each.label)
            check_group(each.web, group)
        check_metrics(world, group)

        # Another token, without a restart.
        world.supervisors[1].web.token = "b4"
        check(second.status("/groups") == 401, "the token before it is read")
        world.supervisors[1].configure()
        world.supervisors[1].signal(signal.SIGHUP)
        wait(lambda: second.status("/groups") == 200, "the new token")


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=6)
def http_bounds(nodes, supervisor):
    """too many streams are refused; a supervisor without majority answers 503 to load balancers, unless its view will do"""
    world = Cluster(nodes, supervisor, replicas=1, down_after=500)
    give_webs(world)
    with world:
        group, web = world.group, world.supervisors[0].web
        streams = [Stream(web) for _ in range(STREAMS_MAX)]
        check({s.status for s in streams} == {200} and Stream(web).status == 503, "streams: %s" % [s.status for s in streams])
        for stream in streams:
            stream.close()
        wait(lambda: roles(web, group) == wanted_roles(group), "load balancers know the nodes")
        for other in world.supervisors[1:]:
            other.kill()
        wait(lambda: set(roles(web, group).values()) == {(503, 503)}, "no majority: 503")
        check(roles(web, group, "&minority=allow") == wanted_roles(group), "its own view: %s" % roles(web, group, "&minority=allow"))
        check(web.json("/groups/orders")["state"] == "degraded" and web.status("/ready") == 200, "without majority")


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=2)
def http_in_the_way(nodes, supervisor):
    """a port that is taken is told of, and picketd does not start"""
    world = Cluster(nodes, supervisor, replicas=0, supervisors=1, quorum=1)
    give_webs(world)
    with world:
        daemon = world.supervisors[0]
        daemon.kill()
        own, daemon.web.port = daemon.web.port, world.group.primary.port
        daemon.configure()
        daemon.start()
        wait(lambda: daemon.popen.poll() is not None, "it ends")
        check(daemon.popen.returncode == 1 and "http: cannot listen on %s port %d" % (daemon.host, daemon.web.port) in daemon.tail(),
              "status %s: %s" % (daemon.popen.returncode, daemon.tail()))
        daemon.web.port = own
        daemon.configure()
        daemon.start().await_ready()


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=4)
def http_waits_for_the_disk(nodes, supervisor):
    """nothing is told of groups that is not stored: 503 after a while; the rest is told as ever"""
    world = Cluster(nodes, supervisor, replicas=0, supervisors=1, quorum=1)
    give_webs(world)
    daemon = world.supervisors[0]
    disk = Disk(world, daemon)
    with world:
        web = daemon.web
        check(web.json("/groups/orders")["down_after_ms"] == 1000, "before")
        disk.take_ms(-1)
        with daemon.connect() as conn:
            conn.send("SENTINEL", "SET", "orders", "down-after-milliseconds", "900")
            wait(lambda: web.ask("/groups/orders")[::2] == (503, "what would be told is not on the disk yet\n"), "503 while it is not stored")
            check([web.status(p) for p in ("/health", "/metrics", "/history")] == [200, 200, 200], "what does not depend on it")
            wait(lambda: web.status("/ready") == 503, "not ready")


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=1)
def http_inherited(_nodes, _supervisor):
    """a socket from the service manager by the name http is used, with no section http in the file"""
    with folder() as path, listening() as clients, listening() as web:
        conf, port = write_conf(path, clients.getsockname()[1]), web.getsockname()[1]
        manager = Manager(path)
        with managed([process.binary("picketd"), "-c", conf], path, manager, (clients, web), LISTEN_FDNAMES="picketd:http"):
            wait(lambda: manager.values("READY") == ["1"], "READY")
            with urllib.request.urlopen("http://%s:%d/groups" % (HOST, port), timeout=20) as answer:
                check(answer.status == 200 and b'"groups":[]' in answer.read(), "no groups")
            # The socket was a blocking one: nobody waits in accept() now.
            check(call(clients.getsockname()[1], "PING") == "PONG", "PING")
