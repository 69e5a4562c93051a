"""redis-cli: scripts run it and read its output; operators leave a SUBSCRIBE open."""

import json
import subprocess
import tempfile

import loop

CALL_S = 5.0
DOWN = {"s_down", "o_down", "disconnected"}

config = loop.config()
group = config["group"]


def login(whose):
    """The options that log in to nodes ("") or supervisors ("sentinel_")."""
    user, password = config[whose + "user"], config[whose + "password"]
    return (["--user", user] if user else []) + (["-a", password, "--no-auth-warning"] if password else [])


heard = tempfile.TemporaryFile("w+")
listener = subprocess.Popen(["redis-cli", "-h", config["sentinels"][0][0], "-p", str(config["sentinels"][0][1])]
                            + login("sentinel_") + ["--csv", "SUBSCRIBE", "+switch-master"], stdout=heard, stdin=subprocess.DEVNULL)


class CliError(Exception):
    pass


def cli(address, *words):
    """What redis-cli prints; it ends with a status other than 0 at errors of the network and, with -e, of the server."""
    done = subprocess.run(["redis-cli", "-e", "-h", address[0], "-p", str(address[1])] + [str(w) for w in words],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=CALL_S)
    if done.returncode != 0:
        raise CliError(done.stdout + done.stderr)
    return done.stdout


def ask(*words):
    """The first supervisor that answers; --json makes redis-cli speak RESP3."""
    trouble = None
    for address in config["sentinels"]:
        try:
            return json.loads(supervisor(address, "--json", "SENTINEL", *words))
        except CliError as error:
            trouble = error
    raise trouble


def node(address, *words):
    return cli(address, *login(""), *words).splitlines()


def supervisor(address, *words):
    return cli(address, *login("sentinel_"), *words)


def find():
    """The primary's address, from the plain output that scripts parse."""
    return supervisor(config["sentinels"][0], "SENTINEL", "get-master-addr-by-name", group).split()


def living():
    return [e for e in ask("REPLICAS", group) if not DOWN.intersection(e["flags"].split(","))]


def set_key(key, value):
    for attempt in loop.attempts(CliError):
        with attempt:
            return node(find(), "SET", key, value) == ["OK"]


def get_key(key):
    entry = living()[0]
    address = (entry["ip"], entry["port"])
    return [node(address, "GET", key)[0], node(address, "ROLE")[0]]


def fields():
    heard.seek(0)
    switches = [line.strip() for line in heard if line.startswith('"message"')]
    return {"master": ask("MASTER", group), "masters": ask("MASTERS"), "replicas": ask("REPLICAS", group),
            "sentinels": ask("SENTINELS", group), "address": ":".join(ask("GET-MASTER-ADDR-BY-NAME", group)),
            "ckquorum": ask("CKQUORUM", group), "info": supervisor(config["sentinels"][0], "INFO", "sentinel"),
            "switches": switches}


def failover():
    return supervisor(config["sentinels"][0], "SENTINEL", "FAILOVER", group).strip() == "OK"


try:
    loop.serve({"set": set_key, "get": get_key, "primary": lambda: ":".join(find()), "fields": fields,
                "replicas": lambda: ["%s:%s" % (e["ip"], e["port"]) for e in living()], "failover": failover})
finally:
    listener.kill()
