"""Nodes of both kinds, pointed to one another, promoted, killed, frozen and cut by chance while writes go on; in the end all follow one, and hold the same.

    store_chaos.py [ROUNDS [SEED]]      each round ends in calm (default 3 rounds; seed 0 draws one)
"""

import random
import sys

import resp
from storelab import HOST, Lab, same_data, wait_same_offset
from store_replication import Writer, expired_are_gone
from waiting import check, wait

ROUNDS = 3
SEED = 20261122
STEPS = 25
SYNC_S = 60.0
KINDS = ("picket", "picket", "redis", "picket")
OPTIONS = {"picket": ({"save": "3600 1"}, {"save": "", "appendonly": "yes"}, {"save": "", "repl_backlog_size": "16kb"}, {"save": "", "repl_diskless_sync": "no"}),
           "redis": ({"save": ""}, {"save": "3600 1"})}


class Chaos:
    def __init__(self, lab, seed):
        self.draw = random.Random(seed)
        self.nodes = [lab.node(kind, **self.draw.choice(OPTIONS[kind])) for kind in KINDS]
        self.writers = []
        self.done = []

    def node(self):
        return self.draw.choice(self.nodes)

    def say(self, node, *words):
        """Whatever the answer: a node that is frozen, loading or gone gives none."""
        try:
            node.call(*words, timeout=1.0)
        except (OSError, resp.RespError):
            pass

    def repoint(self):
        node, other = self.draw.sample(self.nodes, 2)
        self.say(node, "REPLICAOF", HOST, other.port)

    def promote(self):
        self.say(self.node(), "REPLICAOF", "NO", "ONE")

    def failover(self):
        self.say(self.node(), "FAILOVER", "TIMEOUT", self.draw.choice((1, 100, 1000)))

    def kill(self):
        node = self.node()
        node.kill()
        node.start().await_ready()

    def end(self):
        node = self.node()
        node.term()
        node.start().await_ready()

    def freeze(self):
        node = self.node()
        node.stop()
        self.draw.choice((self.repoint, self.cut, self.promote))()
        node.cont()

    def cut(self):
        self.say(self.node(), "CLIENT", "KILL", "TYPE", self.draw.choice(("replica", "master")))

    def pause(self):
        self.say(self.node(), "CLIENT", "PAUSE", self.draw.randint(1, 200), self.draw.choice(("WRITE", "ALL")))

    def resize(self):
        self.say(self.node(), "CONFIG", "SET", "repl-backlog-size", self.draw.choice((16 << 10, 1 << 20, 20 << 20)))

    def save(self):
        self.say(self.node(), *self.draw.choice((("BGSAVE",), ("SAVE",), ("BGREWRITEAOF",))))

    def write(self):
        """A writer on a node; on a replica it is told READONLY, which it does not mind."""
        self.writers.append(Writer(self.node(), self.draw.randint(1, 10**6)))

    def storm(self):
        steps = (self.repoint, self.repoint, self.promote, self.failover, self.kill, self.end, self.freeze, self.cut, self.pause, self.resize, self.save, self.write)
        for _ in range(STEPS):
            step = self.draw.choice(steps)
            self.done.append(step.__name__)
            step()

    def calm(self):
        for writer in self.writers:
            writer.end.set()
        for writer in self.writers:
            writer.stop()
        self.writers = []
        primary = self.node()
        for node in self.nodes:
            wait(lambda n=node: n.call("PING") == "PONG", "%s answers" % node.label, SYNC_S)
            self.say(node, "CLIENT", "UNPAUSE")
            self.say(node, "FAILOVER", "ABORT")
        primary.call("REPLICAOF", "NO", "ONE")
        for node in self.nodes:
            if node is not primary:
                wait(lambda n=node: n.call("REPLICAOF", HOST, primary.port).startswith("OK"), "repointed", SYNC_S)
        for node in self.nodes:
            wait(lambda n=node: n is primary or n.follows(primary), "%s follows" % node.label, SYNC_S)
        writer = Writer(primary, self.draw.randint(1, 10**6))
        wait(lambda: writer.written > 300 or writer.error, "writes go on")
        writer.stop()
        wait(lambda: expired_are_gone(primary), "nothing is about to expire", SYNC_S)
        wait_same_offset(self.nodes, SYNC_S)
        for node in self.nodes:
            same_data(primary, node)


def round_of(lab, seed):
    chaos = Chaos(lab, seed)
    try:
        for _ in range(2):
            chaos.storm()
            chaos.calm()
    except Exception:
        print("      seed %d: %s" % (seed, " ".join(chaos.done)))
        raise
    check(chaos.done, "something was done")


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    seed = (int(sys.argv[2]) if len(sys.argv) > 2 else SEED) or random.SystemRandom().randint(1, 10**6)
    lab = Lab("store_chaos")
    for number in range(rounds):
        lab.case("round %d, seed %d" % (number + 1, seed + number), round_of, lab, seed + number)
    lab.finish()


if __name__ == "__main__":
    main()
