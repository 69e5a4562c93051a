"""Scenarios: thousands who listen to events."""

import os
import resource
import select
import socket

import process
from cluster import Cluster
from scenario import scenario
from waiting import check, wait

COUNT = 2000
STALLED = 100  # of them, those that never read
SPARE_FILES = 200


def subscriber(port, stalled):
    """A socket that has asked for the switch; a stalled one for everything, with next to no room for it."""
    sock = socket.socket()
    if stalled:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    sock.connect(("127.0.0.1", port))
    sock.sendall(b"PSUBSCRIBE *\r\n" if stalled else b"SUBSCRIBE +switch-master\r\n")
    sock.setblocking(False)
    return sock


def redis_cli(world, daemon):
    """One that prints all events to its log."""
    listener = process.Proc("redis-cli", ["redis-cli", "-h", daemon.host, "-p", str(daemon.port), "PSUBSCRIBE", "*"],
                            os.path.join(world.dir, "redis-cli.log"), world.dir)
    listener.spawn()
    return listener


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=8)
def subscribers_by_thousands(nodes, supervisor):
    """2,000 subscribers, 100 of whom never read: the failover is as ever, all others hear of it, a redis-cli that stood still too"""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(COUNT, hard - SPARE_FILES) if hard != resource.RLIM_INFINITY else COUNT
    world = Cluster(nodes, supervisor, replicas=1, supervisors=1, quorum=1, down_after=1000)
    with world:
        daemon = world.supervisors[0]
        socks = [subscriber(daemon.port, i < STALLED) for i in range(count)]
        heard = {sock: b"" for sock in socks[STALLED:]}
        poll = select.epoll()
        by_number = {sock.fileno(): sock for sock in heard}
        for number in by_number:
            poll.register(number, select.EPOLLIN)

        def read():
            for number, _ in poll.poll(0.05):
                heard[by_number[number]] += by_number[number].recv(65536)

        def all_heard(text):
            read()
            return all(text in got for got in heard.values())
        wait(lambda: all_heard(b"subscribe"), "all are subscribed")
        still = redis_cli(world, daemon)
        wait(lambda: "psubscribe" in still.log(), "redis-cli is subscribed")
        still.stop()
        check(int(daemon.info("clients")["connected_clients"]) >= count, "connections: %s" % daemon.info("clients"))
        old = world.group.primary
        moment = old.kill()
        new = world.wait_switch(world.group, moment)
        text = b"orders 127.0.0.1 %d 127.0.0.1 %d" % (old.port, new.port)
        wait(lambda: all_heard(text), "all hear of the switch")
        still.cont()
        wait(lambda: text.decode() in still.log(), "redis-cli hears of it when it goes on")
        still.kill()
        info = daemon.info("stats")
        check(info["client_output_buffer_limit_disconnections"] == "0", "dropped although there was room: %s" % info)
        for sock in socks:
            sock.close()
        wait(lambda: int(daemon.info("clients")["connected_clients"]) < 20, "all are gone")
        return "%d subscribers" % count
