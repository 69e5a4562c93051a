"""Scenarios: who is not to be trusted: forged hellos, poisoned epochs, votes for anybody, secrets, names.

With `--supervisor redis-sentinel` most of them have to fail: see fakes.shows_in_sentinel.
"""

import os
import random
import shutil
import signal
import stat
import time

import case_failover
import resp
from case_import import hello_epochs
from cluster import Cluster
from fakes import Fake, Gate, Prepared, hello, publish, shows_in_sentinel, supervisor_that_names
from scenario import ms, scenario
from servers import HOST, Node, Supervisor
from waiting import check, wait

DOWN_AFTER = 500
STRANGER = "f" * 40
# How long a forged word is given to do harm: Sentinel believes it in milliseconds.
WATCH_S = 2.5
# No election of a test gets anywhere near it.
EPOCH_SANE = 1000


def evil_node(world):
    """A real primary that has nothing to do with the group."""
    node = Node(world, "evil", world.group.kind)
    node.start().await_ready()
    node.call("SET", "evil", "1")
    return node


def check_unmoved(world, evil, what, seconds=WATCH_S):
    """Nobody was taken in, for so long."""
    group, old = world.group, world.group.primary
    world.stays(lambda: all(s.primary_port(group.name) == old.port for s in world.living),
                "after %s a supervisor names another primary" % what, seconds)
    check(not world.switches(group), "+switch-master after %s" % what)
    check(old.role() == "master" and group.attached(), "the nodes do not follow their primary after %s" % what)
    check(evil is None or evil.info()["connected_slaves"] == "0", "a node follows the evil one after %s" % what)


def check_fails_over(world, evil=None):
    """The group works all the same."""
    group, old = world.group, world.group.primary
    new = world.wait_switch(group, old.kill(), old, deadline=30.0)
    check(new is not evil, "the evil node was promoted")
    case_failover.check_follows(world, group, new)
    old.start().await_ready()
    wait(lambda: old.follows(new), "the old primary follows the new one")


def forgeries(world, evil, epoch):
    """Hellos that name the evil node: by name of what they pretend, in this epoch."""
    group = world.group
    peer = world.supervisors[2]
    peer_id = peer.call("SENTINEL", "MYID")
    return (("a hello of a stranger", hello(9, STRANGER, group, evil.port, epoch)),
            ("a hello in a peer's name", hello(peer.port, peer_id, group, evil.port, epoch)),
            ("a hello in a peer's name from elsewhere", hello(evil.port, peer_id, group, evil.port, epoch)))


@scenario(seconds=10, nodes=("redis",))
@shows_in_sentinel
def forged_hello(nodes, supervisor):
    """hellos that name an evil primary, on a node or straight to a supervisor: nobody switches, failover works"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group, evil = world.group, evil_node(world)
        epoch = int(world.supervisors[0].master(group.name)["config-epoch"])
        for step in (1, 50):
            for what, text in forgeries(world, evil, epoch + step):
                publish(world.supervisors, text)
                publish([group.primary], text)
                check_unmoved(world, evil, what, 0.3)
        check_unmoved(world, evil, "all forgeries")
        check(all("127.0.0.1:%d" % evil.port not in str(s.replicas(group.name)) for s in world.supervisors),
              "the evil node is listed as a replica")
        check_fails_over(world, evil)


def replaced(world, old):
    """True when all supervisors name one primary, another than OLD."""
    named = {s.primary_port(world.group.name) for s in world.supervisors}
    return len(named) == 1 and named != {old.port}


def flood(world, evil):
    """Forged hellos everywhere, each with an epoch above the last."""
    epoch = 10
    while True:
        for server in [n for n in world.group.nodes if n.alive()] + world.supervisors:
            publish([server], hello(9, STRANGER, world.group, evil.port, epoch))
            epoch += 1
        yield


@scenario(supervisors=("picketd",), seconds=8, nodes=("redis",))
def forged_hellos_all_the_time(nodes, supervisor):
    """the primary dies while forged hellos keep coming: it is replaced, by a replica"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group, old, evil = world.group, world.group.primary, evil_node(world)
        attack = flood(world, evil)
        for _ in range(5):
            next(attack)
        moment = old.kill()
        wait(lambda: next(attack) is None and replaced(world, old), "a failover while forged hellos come", 20.0)
        took = time.monotonic() - moment
        check(world.wait_agreed(group, old) is not evil, "the evil node is the primary")
        return "all agree %s after the kill" % ms(took)


@scenario(supervisors=("picketd",), seconds=9, nodes=("redis",))
def lying_peer(nodes, supervisor):
    """a supervisor that lies about the primary when asked: a foreign node is not adopted"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group, evil = world.group, evil_node(world)
        with Fake(supervisor_that_names(evil.port, STRANGER)) as liar:
            text = hello(liar.port, STRANGER, group, evil.port, 7)
            publish(world.supervisors, text)
            wait(lambda: sum("GET-MASTER-ADDR-BY-NAME" in c.upper() for c in liar.commands()) >= 3,
                 "all supervisors ask the liar")
            check_unmoved(world, evil, "a lie", 4.0)
            check_fails_over(world, evil)


GHOSTS = 40


def ghosts(world):
    """Hellos that tell of supervisors which are not, or not there: (what they pretend, text)."""
    group, peer = world.group, world.supervisors[2]
    peer_id, port = peer.call("SENTINEL", "MYID"), group.primary.port
    found = [("of strangers where nobody is", hello(9 + i, "%040d" % i, group, port, 0)) for i in range(GHOSTS)]
    found += [("of strangers at a peer", hello(peer.port, "%039d0" % i, group, port, 0)) for i in range(3)]
    found += [("of strangers at a node", hello(port, "%038d00" % i, group, port, 0)) for i in range(3)]
    found += [("of a peer where nobody is", hello(9, peer_id, group, port, 0))]
    found += [("of a peer at another", hello(world.supervisors[1].port, peer_id, group, port, 0))]
    return found


def check_members(world):
    """Each knows the others and nobody else, at their addresses, with links that are up; nothing else was ever told."""
    here = {s.call("SENTINEL", "MYID"): s.port for s in world.supervisors}
    for s in world.supervisors:
        peers = s.peers(world.group.name)
        check({r: int(p["port"]) for r, p in peers.items()} == {r: p for r, p in here.items() if p != s.port},
              "%s knows %s" % (s.label, {r: p["port"] for r, p in peers.items()}))
        check(all(p["flags"] == "sentinel" for p in peers.values()), "flags of the peers of %s" % s.label)
        check(s.master(world.group.name)["num-other-sentinels"] == "2", "num-other-sentinels of %s" % s.label)
        check(s.call("SENTINEL", "CKQUORUM", world.group.name).startswith("OK 3 usable"), "CKQUORUM of %s" % s.label)
        check(all(e.payload.split(" ")[1] in here for e in s.events.find("+sentinel")), "+sentinel of a forged hello")
        for kind in ("+sentinel-address-switch", "+sentinel-invalid-addr"):
            check(not s.events.find(kind), "%s after a forged hello" % kind)


@scenario(seconds=12)
@shows_in_sentinel
def forged_members(nodes, supervisor):
    """dozens of made-up supervisors, and real ones said to be elsewhere: none counts, moves or goes; failover works"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        for _, text in ghosts(world):
            publish(world.supervisors + [world.group.primary], text)
            check_members(world)
        world.stays(lambda: check_members(world) is None, "members", WATCH_S)
        for _, text in ghosts(world):
            publish(world.group.nodes, text)
        check_fails_over(world)
        check_members(world)


def peer_ports(world, of):
    """Where the others say that OF stands; None: not at all."""
    runid = of.call("SENTINEL", "MYID")
    return {s.peers("orders").get(runid, {}).get("port") for s in world.supervisors if s is not of}


@scenario(supervisors=("picketd",), seconds=12, nodes=("redis",))
def members_that_are_true(nodes, supervisor):
    """a supervisor that announces another address moves; one that lost its identity takes its own old place"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        last = world.supervisors[2]
        old_id = last.call("SENTINEL", "MYID")
        with Gate(last.port) as gate:
            last.call("SENTINEL", "CONFIG", "SET", "announce-port", gate.port)
            wait(lambda: peer_ports(world, last) == {str(gate.port)}, "the others find it at its new address")
            last.call("SENTINEL", "CONFIG", "SET", "announce-port", 0)
            wait(lambda: peer_ports(world, last) == {str(last.port)}, "and at its old one")
        last.term()
        shutil.rmtree(last.state_dir)
        last.configure()
        last.start().await_ready()
        check(last.call("SENTINEL", "MYID") != old_id, "it still has its identity")
        world.settle()
        wait(lambda: peer_ports(world, last) == {str(last.port)}, "it has taken its place")
        check(all(old_id not in s.peers("orders") for s in world.supervisors), "the old identity is still there")
        world.supervisors[1].kill()
        check_fails_over(world)


POISON = (-1, 18446744073709551615, 9223372036854775807, 9223372036854775808, 10 ** 9)


def poison(world):
    """Epochs that use up the numbers, by every door that takes one."""
    group = world.group
    peer = world.supervisors[2].call("SENTINEL", "MYID")
    one = world.supervisors[0]
    for epoch in POISON:
        for runid in ("*", STRANGER, peer):
            send(one, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", HOST, group.primary.port, epoch, runid)
        send(one, "PICKET", "OPINION", peer, group.name, HOST, group.primary.port, epoch, 0, epoch)
        for sender in (STRANGER, peer):
            text = hello(world.supervisors[2].port if sender == peer else 9, sender, group, group.primary.port, epoch)
            publish([one, group.primary], text)


def send(server, *args):
    """The reply, or the error that it is."""
    try:
        return server.call(*args)
    except resp.RespError as error:
        return error


@scenario(seconds=7, nodes=("redis",))
@shows_in_sentinel
def epochs_are_not_poisoned(nodes, supervisor):
    """epochs of -1, 2^64-1, 2^63, now + 10^9 by asks, opinions and hellos are refused; failover works after"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        poison(world)
        told = own_epochs(world)
        shown = [int(s.master("orders")["config-epoch"]) for s in world.supervisors]
        check(all(0 <= e < EPOCH_SANE for e in list(told.values()) + shown), "poisoned: epochs %s, config %s" % (
            told, shown))
        check_fails_over(world)


def own_epochs(world):
    """The current epoch that each supervisor tells of itself."""
    ids = [s.call("SENTINEL", "MYID") for s in world.supervisors]
    found = {}
    wait(lambda: found.update(hello_epochs(world.group.primary, 3)) or all(i in found for i in ids),
         "hellos of all supervisors")
    return {i: found[i] for i in ids}


@scenario(seconds=6, nodes=("redis",))
@shows_in_sentinel
def votes_are_refused(nodes, supervisor):
    """whoever is no supervisor of the group gets no vote, in no epoch; nor does anybody in an old one"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group = world.group
        check_fails_over(world)
        for s in world.supervisors:
            ask = lambda epoch, runid: send(s, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", HOST, group.primary.port, epoch, runid)
            vote = ask(0, "*")
            epoch = int(s.master(group.name)["config-epoch"])
            peer = next(iter(s.peers(group.name)))
            for asked in (epoch + 1, epoch + 5):
                for runid in ("*", STRANGER, "x", "", "0" * 39, "0" * 41):
                    answer = ask(asked, runid)
                    check(isinstance(answer, resp.RespError) or answer[1:] == vote[1:],
                          "%s asked to vote for %r in epoch %d: %s" % (s.label, runid, asked, answer))
            for old in (0, epoch - 1, epoch):
                check(ask(old, peer)[1:] == vote[1:], "%s votes in old epoch %d: %s" % (s.label, old, ask(old, peer)))
            check(ask(0, "*") == vote, "the vote of %s has changed: %s, %s" % (s.label, vote, ask(0, "*")))
        check_fails_over(world)


SECRETS = {"user": "user-in-secret", "pass": "pass-in-secret-9f3", "peer": "peer-in-secret-77a"}
HIDDEN = tuple(SECRETS.values())
ASKED = (("SENTINEL", "MASTERS"), ("SENTINEL", "MASTER", "orders"), ("SENTINEL", "REPLICAS", "orders"),
         ("SENTINEL", "SENTINELS", "orders"), ("SENTINEL", "CONFIG", "GET", "*"),
         ("SENTINEL", "CONFIG", "GET", "sentinel-pass"), ("SENTINEL", "DEBUG"), ("SENTINEL", "PENDING-SCRIPTS"),
         ("SENTINEL", "INFO-CACHE", "orders"), ("INFO", "everything"), ("CLIENT", "LIST"), ("SENTINEL", "CKQUORUM", "orders"),
         ("COMMAND",), ("SENTINEL", "HELP"))


# The nodes let only the user of the supervisors do what it needs; the default user keeps what the harness asks.
GUARDED = {None: ["masteruser " + SECRETS["user"], "masterauth " + SECRETS["pass"],
                  "user %s on >%s +@all ~* &*" % (SECRETS["user"], SECRETS["pass"]),
                  "user default on nopass ~* &* -@all +info +role +ping +set +wait"]}


@scenario(seconds=9, nodes=("redis",))
@shows_in_sentinel
def secrets_are_hidden(nodes, supervisor):
    """user names and passwords stand in no reply, event, error, log or other user's file"""
    with Prepared(nodes, supervisor, lines=GUARDED, down_after=DOWN_AFTER, settle=False) as world:
        replies = []
        for s in world.supervisors:
            ask = lambda *args: replies.append((args, send(s, *args)))
            ask("SENTINEL", "CONFIG", "SET", "loglevel", "debug")
            ask("SENTINEL", "SET", "orders", "auth-user", SECRETS["user"])
            ask("SENTINEL", "SET", "orders", "auth-pass", SECRETS["pass"])
            ask("SENTINEL", "SET", "orders", "auth-pass", SECRETS["pass"] + "\n")
            ask("SENTINEL", "SET", "orders", "auth-pass", SECRETS["pass"], "quorum", "none")
            ask("SENTINEL", "CONFIG", "SET", "sentinel-pass", SECRETS["peer"] + "\r\n")
            ask("SENTINEL", "CONFIG", "SET", "sentinel-pass", SECRETS["peer"], "announce-port", "none")
        world.settle()
        check_fails_over(world)
        for s in world.supervisors:
            s.call("SENTINEL", "CONFIG", "SET", "sentinel-pass", SECRETS["peer"])
            replies += [(args, send(s, *args)) for args in ASKED]
        for args, reply in replies:
            check(not any(secret in str(reply) for secret in HIDDEN), "%s is answered %s" % (" ".join(args[:4]), reply))
        for s in world.supervisors:
            told = [e.payload for e in s.events.events if any(secret in e.payload for secret in HIDDEN)]
            check(not told, "an event shows a secret: %s" % told)
            check(not any(secret in s.log() for secret in HIDDEN), "the log of %s shows a secret" % s.label)
            check(not readable_secrets(s.dir), "readable for others: %s" % readable_secrets(s.dir))


def readable_secrets(folder):
    """Files with a secret in them that other users may read."""
    found = []
    for top, _, names in os.walk(folder):
        for path in (os.path.join(top, name) for name in names):
            with open(path, "rb") as file:
                data = file.read()
            if os.stat(path).st_mode & (stat.S_IRGRP | stat.S_IROTH) and any(s.encode() in data for s in HIDDEN):
                found.append(os.path.relpath(path, folder))
    return found


BAD_NAMES = ("", " ", "a b", "a\tb", "a\nb", "a\r\nb", "a\0b", "a\x1bb", "a\x7fb", 'a"b', "a'b", "a,b", "x" * 200, "\xe9\n",
             "orders\nsentinel monitor evil 127.0.0.1 1 1")
BAD_SETTINGS = (("SET", "orders", "auth-pass", "a\nb"), ("SET", "orders", "auth-user", "a\r\nb"),
                ("SET", "orders", "rename-command", "CONFIG", "a b"), ("SET", "orders", "rename-command", "CON FIG", "a"),
                ("SET", "orders", "notification-script", "/bin/true\n"),
                ("CONFIG", "SET", "announce-ip", "a,b"), ("CONFIG", "SET", "announce-ip", "a b"),
                ("CONFIG", "SET", "announce-ip", "a\nb"), ("CONFIG", "SET", "sentinel-user", "a\nb"))


@scenario(seconds=4, nodes=("redis",))
@shows_in_sentinel
def names_are_refused(nodes, supervisor):
    """names and settings with control characters, spaces, quotes, commas are refused; the next start works"""
    with Cluster(nodes, supervisor, replicas=0, supervisors=1, quorum=1) as world:
        one, taken = world.supervisors[0], []
        for name in BAD_NAMES:
            answer = send(one, "SENTINEL", "MONITOR", name, HOST, random.randint(2, 9000), 1)
            taken += [name] if not isinstance(answer, resp.RespError) else []
        for words in BAD_SETTINGS:
            answer = send(one, "SENTINEL", *words)
            taken += [words] if not isinstance(answer, resp.RespError) else []
        one.call("SENTINEL", "FLUSHCONFIG")
        check(one.term()[0] == 0, "it does not end")
        one.start()
        wait(lambda: one.crashed() or one.call("PING") == "PONG", "it starts again")
        status = one.popen.poll()
        one.ended_by_us = True
        check(status is None, "it does not start again, status %s: %s" % (status, one.tail(3)))
        check(not taken, "taken: %s" % taken)
        check([m["name"] for m in map(resp.pairs, one.call("SENTINEL", "MASTERS"))] == ["orders"], "other groups than before")
        one.ended_by_us = False
        return "%d names, %d settings" % (len(BAD_NAMES), len(BAD_SETTINGS))


def peers_seen(world, count):
    """True when each of the first three knows so many others."""
    return all(len(s.peers("orders")) == count for s in world.supervisors[:3])


@scenario(supervisors=("picketd",), seconds=12, nodes=("redis",))
def voters_are_fixed(nodes, supervisor):
    """voters = (...): a fourth supervisor, and strangers, get no vote and do not count; they did before"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER, supervisors=4) as world:
        group, fourth = world.group, world.supervisors[3]
        runid = fourth.call("SENTINEL", "MYID")
        check(peers_seen(world, 3), "the fourth is not known")
        voters = 'voters = ( "%s", "%s:%d", "%s" );\n' % (
            world.supervisors[0].call("SENTINEL", "MYID"), HOST, world.supervisors[1].port,
            world.supervisors[2].call("SENTINEL", "MYID"))
        for s in world.supervisors[:3]:
            s.configure(extra=voters)
            s.signal(signal.SIGHUP)
        wait(lambda: peers_seen(world, 2), "the fourth is sorted out")
        for i in range(20):
            publish(world.supervisors[:3] + [group.primary], hello(9, "%040d" % i, group, group.primary.port, 0))
        for s in world.supervisors[:3]:
            answer = s.call("SENTINEL", "IS-MASTER-DOWN-BY-ADDR", HOST, group.primary.port, 1, runid)
            check(answer[1] == "*", "%s votes for one that has none: %s" % (s.label, answer))
            check(s.call("SENTINEL", "CKQUORUM", group.name).startswith("OK 3 usable"), "CKQUORUM of %s" % s.label)
        world.stays(lambda: peers_seen(world, 2), "a stranger counts", WATCH_S)
        # It wants to lead, and gets nobody's vote.
        moment = time.monotonic()
        send(fourth, "SENTINEL", "FAILOVER", group.name)
        world.stays(lambda: fourth.primary_port(group.name) == group.primary.port, "the fourth leads a failover", 1.5)
        check(not fourth.events.find("+elected-leader", moment), "the fourth was elected")
        # The three need two votes, those of each other.
        world.supervisors[2].kill()
        old = group.primary
        world.wait_switch(group, old.kill(), old, deadline=30.0)
        check(not fourth.events.find("+elected-leader", moment), "the fourth was elected")


@scenario(supervisors=("picketd",), seconds=8, nodes=("redis",))
def liars_outside_the_voters(nodes, supervisor):
    """voters fixed: three lying supervisors and an evil node with the group's own history change nothing"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group = world.group
        ids = ['"%s"' % s.call("SENTINEL", "MYID") for s in world.supervisors]
        for s in world.supervisors:
            s.configure(extra="voters = ( %s );\n" % ", ".join(ids))
            s.signal(signal.SIGHUP)
        evil = Node(world, "evil", nodes, group.primary)
        evil.start().await_ready()
        wait(lambda: evil.follows(group.primary), "the evil node copies")
        evil.call("REPLICAOF", "NO", "ONE")
        wait(lambda: int(group.primary.info()["connected_slaves"]) == 2, "it is no replica any more")
        for s in world.supervisors:
            s.call("SENTINEL", "RESET", group.name)
        world.settle()
        liars = [Fake(supervisor_that_names(evil.port, "%040d" % i)) for i in range(3)]
        try:
            for i, liar in enumerate(liars):
                publish(world.supervisors + [group.primary], hello(liar.port, "%040d" % i, group, evil.port, 9))
            check_unmoved(world, evil, "three lies")
            check(not any(liar.talks for liar in liars), "a stranger is talked to")
            check_fails_over(world, evil)
        finally:
            for liar in liars:
                liar.end()
