"""What operators ask of picket-store, beside redis-server: CONFIG, CLIENT, COMMAND, INFO, and the sample of the configuration."""

import os
import re

import resp
from command_shapes import exact
from storelab import Lab
from waiting import check

# Replies that are the same, errors above all. Each line is said by a new connection.
SAME = """
CONFIG SET|CONFIG SET a|CONFIG SET nosuch 1|CONFIG SET maxmemory x|CONFIG SET maxmemory -1|CONFIG SET maxmemory 1mb maxmemory 2mb
CONFIG SET maxmemory 1mb nosuch 2|CONFIG GET maxmemory|CONFIG SET dir /|CONFIG SET dbfilename x|CONFIG SET appendonly maybe|CONFIG SET timeout -1
CONFIG SET timeout x|CONFIG SET save x|CONFIG SET save "1 1"|CONFIG GET save|CONFIG SET client-output-buffer-limit x|CONFIG SET databases 3
CONFIG SET maxmemory 1gb timeout 7|CONFIG GET maxmemory|CONFIG GET timeout|CONFIG SET maxmemory 0 timeout 5 hz|CONFIG GET maxmemory
CONFIG SET slave-priority 7|CONFIG GET replica-priority|CONFIG GET slave-priority|CONFIG GET|CONFIG NOSUCH|CONFIG|CONFIG RESETSTAT x|CONFIG SET loglevel loud
CONFIG SET slowlog-max-len x|CONFIG SET requirepass a requirepass b|CONFIG SET repl-backlog-size x|CONFIG SET appendfilename x|CONFIG SET bind-nosuch x
CONFIG SET maxmemory 5 maxmemory-samples x|CONFIG GET maxmemory|CONFIG SET min-slaves-to-write 1|CONFIG GET min-replicas-to-write|CONFIG SET min-replicas-to-write 0
CLIENT NO-EVICT on|CLIENT NO-EVICT x|CLIENT NO-TOUCH on|CLIENT KILL|CLIENT KILL x|CLIENT KILL ID x|CLIENT KILL ID 99999|CLIENT KILL TYPE foo|CLIENT KILL SKIPME x
CLIENT KILL USER nosuch|CLIENT LIST x|CLIENT LIST TYPE foo|CLIENT LIST ID x|CLIENT LIST ID|CLIENT LIST TYPE master|CLIENT SETNAME|CLIENT GETNAME|CLIENT SETNAME a
CLIENT GETNAME|CLIENT SETNAME "a b"|CLIENT REPLY x|CLIENT UNBLOCK x|CLIENT UNBLOCK 99999|CLIENT UNBLOCK 99999 x|CLIENT PAUSE x|CLIENT PAUSE 1 x|CLIENT PAUSE -1
CLIENT UNPAUSE x|CLIENT NOSUCH|CLIENT|CLIENT ID x
COMMAND COUNT x|COMMAND DOCS nosuch|COMMAND LIST FILTERBY ACLCAT foo|COMMAND LIST FILTERBY MODULE x|COMMAND LIST FILTERBY PATTERN zad*|COMMAND LIST x
COMMAND LIST FILTERBY x y|COMMAND LIST FILTERBY PATTERN|COMMAND NOSUCH|COMMAND INFO nosuch other|x y z
RESET|RESET x|PING a b|ECHO|HELLO 3 SETNAME|TIME x|INFO nosuch nothing|SELECT x|SELECT 16|SELECT -1|AUTH|SHUTDOWN x|SLOWLOG GET x|DEBUG|QUIT x
"""

FIELDS = ("commandstats", "errorstats", "cpu", "keyspace", "clients", "latencystats")


def pair(lab):
    return [lab.node(kind, save="") for kind in ("picket", "redis")]


def words_of(line):
    return [a or b for a, b in re.findall(r'"([^"]*)"|(\S+)', line)]


def alike(lab):
    """Replies and errors in Redis's words, options that changed in force or not as in Redis."""
    nodes = pair(lab)
    count = 0
    for line in SAME.strip().splitlines():
        conns = [node.connect() for node in nodes]
        for text in line.split("|"):
            replies = []
            for i, node in enumerate(nodes):
                if conns[i].sock is None:
                    conns[i] = node.connect()
                try:
                    replies.append(repr(exact(conns[i].call_typed(*words_of(text), timeout=5.0))))
                except resp.Closed:
                    replies.append("closed")
            check(replies[0] == replies[1], "%s:\n  ours:   %.300s\n  theirs: %.300s" % (text, replies[0], replies[1]))
            count += 1
        for conn in conns:
            conn.close()
    return count


def sections(node, *names):
    found, title = {}, None
    for line in node.call("INFO", *names).splitlines():
        if line.startswith("# "):
            title = line[2:].lower()
            found[title] = []
        elif ":" in line:
            found[title].append(line.split(":")[0])
    return found


def info(lab):
    """INFO's sections, and the fields of those that count."""
    nodes = pair(lab)
    for node in nodes:
        with node.connect() as conn:
            for words in (("CONFIG", "RESETSTAT"), ("SET", "k", "1"), ("LPUSH", "k", "x"), ("NOSUCH",), ("GET",), ("AUTH", "a", "b"), ("MULTI",), ("GET",), ("EXEC",),
                          ("CONFIG", "GET", "port"), ("SUBSCRIBE", "x"), ("GET", "k"), ("RESET",), ("CLIENT", "KILL", "ID", "x")):
                conn.send(*words)
                conn.read()
    for names in ((), ("all",), ("everything",), ("default",), ("cpu", "clients"), ("nosuch",), ("ERRORSTATS",)):
        ours, theirs = [sections(node, *names) for node in nodes]
        check(list(ours) == list(theirs), "INFO %s: %s, %s" % (" ".join(names), list(ours), list(theirs)))
    ours, theirs = [sections(node, "everything") for node in nodes]
    optional = {"client_recent_max_input_buffer", "client_recent_max_output_buffer", "clients_in_timeout_table"}
    for name in FIELDS:
        # Whatever INFO itself was counted as.
        missing = {f for f in theirs[name] if f not in ours[name]} - optional
        check(not missing, "%s: %s" % (name, missing))
    counts = [{k: v for k, v in resp.info_fields(node.call("INFO", "errorstats")).items()} for node in nodes]
    check(counts[0] == counts[1], "%s" % counts)
    totals = [resp.info_fields(node.call("INFO", "stats"))["total_error_replies"] for node in nodes]
    check(totals[0] == totals[1], "errors in all: %s" % totals)
    for node in nodes:
        node.call("CONFIG", "RESETSTAT")
        check("errorstat_" not in node.call("INFO", "errorstats"), "RESETSTAT")


def sample(lab):
    """Each line of the sample is the default."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "etc", "picket-store.conf")
    plain, sampled = lab.node("picket"), lab.node("picket", start=False)
    sampled.argv[1:1] = ["-c", path]
    sampled.start().await_ready()
    options = [resp.pairs(node.call("CONFIG", "GET", "*")) for node in (plain, sampled)]
    differ = {name for name in options[0] if options[0][name] != options[1][name]} - {"port", "dir"}
    check(not differ, "not the default: %s" % differ)
    with open(path) as file:
        stands = re.findall(r"^(\w+) = ", file.read(), re.M)
    check(len(stands) == len(set(stands)), "each once")


def main():
    lab = Lab("store_admin")
    lab.case("replies and errors", alike, lab)
    lab.case("INFO", info, lab)
    lab.case("the sample", sample, lab)
    lab.finish()


if __name__ == "__main__":
    main()
