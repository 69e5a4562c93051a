"""What a client must have read from the supervisors: the values of the fields, in the types that the client makes of them."""

from waiting import check

# Fields that must be there and hold a number, whatever it is.
LIVE_ENTRY = {"last-ping-sent", "last-ok-ping-reply", "last-ping-reply", "link-pending-commands", "link-refcount",
              "down-after-milliseconds"}
NODE_ENTRY = {"info-refresh", "role-reported-time"}

QUORUM = "OK 3 usable Sentinels. Quorum and failover authorization can be reached"


def text(value):
    """A value as the supervisor sent it: clients give numbers as text or as numbers, flags as text or as lists."""
    return ",".join(value) if isinstance(value, list) else str(value)


def check_entry(what, entry, wanted, counters):
    """The fields `wanted` have these values, the fields `counters` hold numbers."""
    for name, value in wanted.items():
        check(name in entry, "%s has no field %s: %s" % (what, name, entry))
        check(text(entry[name]) == str(value), "%s: %s is %r, expected %r" % (what, name, entry[name], value))
    for name in counters:
        check(name in entry and text(entry[name]).isdigit(), "%s: %s is %r, expected a number" % (what, name, entry.get(name)))


def master_wanted(facts):
    host, port = facts["primary"].split(":")
    options = facts["options"]
    return {"name": "orders", "ip": host, "port": port, "runid": facts["run_ids"][int(port)], "flags": "master",
            "last-ping-sent": 0, "down-after-milliseconds": options["down_after"], "role-reported": "master",
            "config-epoch": facts["config_epoch"], "num-slaves": len(facts["replicas"]), "num-other-sentinels": 2,
            "quorum": options["quorum"], "failover-timeout": options["failover_timeout"],
            "parallel-syncs": options["parallel_syncs"]}


def replica_wanted(facts, where):
    host, port = where.split(":")
    master_host, master_port = facts["primary"].split(":")
    return {"name": where, "ip": host, "port": port, "runid": facts["run_ids"][int(port)], "flags": "slave",
            "role-reported": "slave", "master-link-down-time": 0, "master-link-status": "ok", "master-host": master_host,
            "master-port": master_port, "slave-priority": 100, "replica-announced": 1}


def sentinel_wanted(port, run_id):
    return {"name": run_id, "ip": "127.0.0.1", "port": port, "runid": run_id, "flags": "sentinel"}


def by_port(what, entries, count):
    found = {int(e["port"]): e for e in entries}
    check(len(found) == len(entries) == count, "%s: %s, expected %d" % (what, entries, count))
    return found


def check_entries(facts, got):
    """The tables of MASTER, MASTERS, REPLICAS or SLAVES, SENTINELS; the answer to GET-MASTER-ADDR-BY-NAME."""
    check(got["address"] == facts["primary"], "address is %s, expected %s" % (got["address"], facts["primary"]))
    counters = LIVE_ENTRY | NODE_ENTRY
    for entry in [got["master"]] + list(by_port("masters", got["masters"], 1).values()):
        check_entry("master", entry, master_wanted(facts), counters)
    replicas = by_port("replicas", got["replicas"], len(facts["replicas"]))
    for where in facts["replicas"]:
        port = int(where.split(":")[1])
        check(port in replicas, "no replica on port %d: %s" % (port, sorted(replicas)))
        check_entry("replica", replicas[port], replica_wanted(facts, where), counters | {"slave-repl-offset"})
    check_sentinels(facts, by_port("sentinels", got["sentinels"], 2))


def check_sentinels(facts, found):
    """All supervisors but the one that was asked."""
    for port, entry in found.items():
        check(port in facts["sentinel_ids"], "unknown supervisor on port %d" % port)
        check_entry("sentinel", entry, sentinel_wanted(port, facts["sentinel_ids"][port]),
                    LIVE_ENTRY | {"last-hello-message", "voted-leader-epoch"})
        check("voted-leader" in entry, "sentinel has no voted-leader: %s" % entry)


# What single clients make of it.

# The flags that redis-py turns into booleans, and who has them.
PYTHON_FLAGS = ("is_master", "is_slave", "is_sentinel", "is_sdown", "is_odown", "is_disconnected", "is_master_down")


def check_python(facts, got):
    check_entries(facts, got)
    for kind, entries in (("is_master", got["masters"]), ("is_slave", got["replicas"]), ("is_sentinel", got["sentinels"])):
        for entry in entries:
            for name in PYTHON_FLAGS:
                check(entry[name] is (name == kind), "%s of a %s is %r" % (name, kind[3:], entry[name]))
            check(type(entry["port"]) is int, "port is %r" % entry["port"])


def check_php(facts, got):
    check_entries(facts, got)
    for verb in ("ping", "ckquorum", "flushconfig"):
        check(got[verb] is True, "%s gives %r" % (verb, got[verb]))


def check_ioredis(facts, got):
    check_entries(facts, got)
    everyone = sorted("127.0.0.1:%d" % port for port in facts["sentinel_ids"])
    check(sorted(got["known"]) == everyone, "it knows the supervisors %s, expected %s" % (got["known"], everyone))


def check_node_redis(facts, got):
    check_entries(facts, got)
    # So spelt by the client.
    for change in ("SENTINEL_CHANGE", "MASTER_CHANGE", "REPLICA_ADD", "SENTINE_LIST_CHANGE"):
        check(change in got["changes"], "it saw the changes %s, not %s" % (got["changes"], change))


def check_redis_cli(facts, got):
    check_entries(facts, got)
    check(got["ckquorum"] == QUORUM, "ckquorum says %r" % got["ckquorum"])
    line = "master0:name=orders,status=ok,address=%s,slaves=2,sentinels=3" % facts["primary"]
    check(line in got["info"].splitlines(), "INFO has no line %s: %s" % (line, got["info"]))
    wanted = ['"message","+switch-master","%s"' % payload for payload in facts["switches"]]
    check(got["switches"] == wanted, "SUBSCRIBE printed %s, expected %s" % (got["switches"], wanted))


def check_exporter(facts, got):
    samples = got["samples"]
    of_master = {"master_name": "orders", "master_address": facts["primary"]}
    wanted = [("redis_up", {}, 1), ("redis_exporter_last_scrape_error", {"err": ""}, 0),
              ("redis_sentinel_masters", {}, 1), ("redis_sentinel_tilt", {}, 0),
              ("redis_sentinel_running_scripts", {}, 0), ("redis_sentinel_scripts_queue_length", {}, 0),
              ("redis_sentinel_simulate_failure_flags", {}, 0),
              ("redis_sentinel_master_status", dict(of_master, master_status="ok"), 1),
              ("redis_sentinel_master_slaves", of_master, 2), ("redis_sentinel_master_ok_slaves", of_master, 2),
              ("redis_sentinel_master_sentinels", of_master, 3), ("redis_sentinel_master_ok_sentinels", of_master, 3)]
    for sample in wanted:
        check(list(sample) in samples, "no sample %s in %s" % (sample, samples))
    check(["redis_sentinel_master_ckquorum_status", {"master_name": "orders", "message": QUORUM}, 1] in samples,
          "no ckquorum sample in %s" % samples)
    modes = [labels.get("redis_mode") for name, labels, _ in samples if name == "redis_instance_info"]
    check(modes == ["sentinel"], "redis_mode is %s" % modes)
