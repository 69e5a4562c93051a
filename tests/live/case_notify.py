"""Scenarios: our own hooks, PICKET EVENTS: who is told of what, whatever becomes of those who are told."""

import hmac
import http.server
import json
import os
import signal
import ssl
import subprocess
import threading
import time

import ports
from case_hooks import gone
from cluster import Cluster
from scenario import scenario
from waiting import check, wait

# What it was told becomes whole files, in the order in which it was told.
TELL = """#!/bin/sh
cd "$(dirname "$0")" || exit 9
cat >"new.$$"
env >"env.$$"
mv "env.$$" "$PICKET_SEQ.env"
mv "new.$$" "$PICKET_SEQ.json"
echo "$PICKET_SEQ $*" >>calls
"""

# It fails until there is a file `go`; with a file `hang` it hangs, with a child.
STUBBORN = """#!/bin/sh
cd "$(dirname "$0")" || exit 9
if [ -e hang ]; then sleep 30 & echo "$! $$" >new; mv new hung; wait; fi
[ -e go ] || exit 7
printf '%s\n' "$PICKET_DETAIL" >>told
"""


class Folder:
    """A hook with a folder of its own."""

    def __init__(self, world, name, text):
        self.dir = os.path.join(world.dir, name)
        os.makedirs(self.dir)
        self.path = self.file("hook")
        with open(self.path, "w") as file:
            file.write(text)
        os.chmod(self.path, 0o755)

    def file(self, name):
        return os.path.join(self.dir, name)

    def read(self, name):
        try:
            with open(self.file(name)) as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def touch(self, name):
        open(self.file(name), "w").close()

    def told(self):
        """Events as JSON, by their number."""
        names = [n for n in os.listdir(self.dir) if n.endswith(".json")]
        return {int(n[:-5]): json.loads(self.read(n)) for n in names}


def hooks_of(daemon):
    return [dict(zip(entry[::2], entry[1::2])) for entry in daemon.call("PICKET", "HOOKS")]


def one_supervisor(hooks, **options):
    """A world with one supervisor, which has what HOOKS makes of the world's folder in its file."""
    world = Cluster("redis", "picketd", supervisors=1, quorum=1, **options)
    daemon = world.supervisors[0]
    plain = daemon._picketd_conf
    text = hooks(world)
    daemon._picketd_conf = lambda groups: plain(groups) + text
    return world, daemon


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=5)
def hooks_are_told(nodes, supervisor):
    """own hooks get the event as JSON and variables, nothing else, in order; PICKET EVENTS has what was missed, also after a restart"""
    folders = []

    def write(world):
        folders.append(Folder(world, "tell", TELL))
        return ('hooks = ( { events = "+switch-master,*sdown"; groups = "ord*"; run = "%s"; args = ("a b", "c"); '
                'environment = ("A=b c", "PATH", "NOT_THERE"); } );\n' % folders[0].path)
    world, daemon = one_supervisor(write, replicas=1, down_after=500)
    tell = folders[0]
    with world:
        old, begin = world.group.primary, daemon.call("PICKET", "EVENTS", "COUNT", 1)[1]
        new = world.wait_switch(world.group, old.kill())
        wait(lambda: [e for e in tell.told().values() if e["event"] == "+switch-master"], "the hook is told of the switch")
        event = [e for e in tell.told().values() if e["event"] == "+switch-master"][0]
        for field, wanted in (("group", "orders"), ("level", "warning"), ("led", True), ("from", "127.0.0.1:%d" % old.port),
                              ("to", "127.0.0.1:%d" % new.port), ("supervisor", daemon.call("SENTINEL", "MYID"))):
            check(event.get(field) == wanted, "%s: %r" % (field, event.get(field)))
        env = dict(line.split("=", 1) for line in tell.read("%d.env" % event["seq"]).splitlines())
        check(env["PICKET_EVENT"] == "+switch-master" and env["PICKET_TO"] == event["to"], "variables: %s" % env)
        check(env["A"] == "b c" and "PATH" in env, "named variables: %s" % env)
        ours = {"PICKET_" + field.upper() for field in event}
        check(set(env) - {"PWD", "OLDPWD", "SHLVL", "_"} == ours | {"A", "PATH"}, "variables: %s" % sorted(env))
        # In the order of the events, with the arguments.
        missed = daemon.call("PICKET", "EVENTS", "SINCE", begin)[2]
        wanted = [e[0] for e in missed if e[2] == "+switch-master" or e[2].endswith("sdown")]
        # In a line that is not whole yet the number is another one.
        wait(lambda: [int(line.split()[0]) for line in tell.read("calls").splitlines()][-len(wanted):] == wanted, "the order")
        check(tell.read("calls").splitlines()[0].endswith(" a b c"), "arguments: %s" % tell.read("calls"))
        check([e[0] for e in missed] == list(range(begin + 1, begin + 1 + len(missed))), "numbers: %s" % missed)
        heard = [(e.channel, e.payload) for e in list(daemon.events.events)]
        check(all((e[2], e[5]) in heard for e in missed if e[2] == "+switch-master"), "not what subscribers heard")
        last = daemon.call("PICKET", "EVENTS", "COUNT", 1)[1]
        daemon.kill()
        daemon.start().await_ready()
        wait(lambda: daemon.call("PICKET", "EVENTS")[1] > last, "numbers go on")
        check(daemon.call("PICKET", "EVENTS")[0] > last, "a number was given twice")


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=3)
def hooks_file_is_put_aside(nodes, supervisor):
    """a damaged hooks.db is put aside and told of; hooks are told all the same"""
    folders = []

    def write(world):
        folders.append(Folder(world, "tell", TELL))
        return 'hooks = ( { events = "+monitor,+set"; run = "%s"; } );\n' % folders[0].path
    world, daemon = one_supervisor(write, replicas=0)
    with world:
        daemon.term()
        for end in ("", "-wal", "-shm"):
            path = os.path.join(daemon.state_dir, "hooks.db" + end)
            if os.path.exists(path):
                with open(path, "wb") as file:
                    file.write(b"no database " * 1000)
        daemon.start().await_ready()
        check(os.path.exists(os.path.join(daemon.state_dir, "hooks.db.damaged")), "it was not put aside")
        check("hooks.db.damaged" in daemon.log(), "not told of")
        daemon.call("SENTINEL", "SET", "orders", "parallel-syncs", 3)
        wait(lambda: [e for e in folders[0].told().values() if e["event"] == "+set"], "the hook is told")


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=10)
def hooks_are_stubborn(nodes, supervisor):
    """a hook that fails, hangs, is flooded: tried again in order, killed with its child, dropped and told; kill -9 loses nothing"""
    folders = []

    def write(world):
        folders.append(Folder(world, "stubborn", STUBBORN))
        return ('hooks = ( { events = "+set"; run = "%s"; timeout_ms = 1000; retries = 100; backoff_ms = 20; } );\n'
                % folders[0].path)
    world, daemon = one_supervisor(write, replicas=0)
    hook = folders[0]

    def change(n):
        daemon.call("SENTINEL", "SET", "orders", "parallel-syncs", n + 1)

    def told():
        """In their order; on a machine under load one may have been told twice, since it was killed right behind that."""
        return list(dict.fromkeys(hook.read("told").splitlines()))

    def waiting():
        shown = hooks_of(daemon)[0]
        return shown["waiting"] + shown["running"]
    with world:
        for n in range(5):
            change(n)
        check(waiting() == 5, "waiting: %s" % hooks_of(daemon))
        hook.touch("hang")
        wait(lambda: hook.read("hung"), "it hangs")
        child, pid = hook.read("hung").split()
        wait(lambda: gone(child) and gone(pid), "it is killed with what it started")
        os.unlink(hook.file("hang"))
        daemon.kill()
        daemon.start().await_ready()
        check(waiting() == 5, "after kill -9: %s" % hooks_of(daemon))
        hook.touch("go")
        wait(lambda: waiting() == 0, "all is told")
        check(told() == ["parallel-syncs %d" % (n + 1) for n in range(5)], "told: %s" % told())
        check(hooks_of(daemon)[0]["done"] == 5, "counts: %s" % hooks_of(daemon))
        # More than the queue holds.
        os.unlink(hook.file("hung"))
        hook.touch("hang")
        for n in range(300):
            change(n)
        wait(lambda: daemon.events.first("-limit-reached", 0, hook.path), "the overflow is told")
        check(hooks_of(daemon)[0]["dropped"] == 300 - 256, "dropped: %s" % hooks_of(daemon))
        check(len(daemon.events.find("-limit-reached")) == 1, "told more than once")
        # A hook that is configured no longer is given up, with what waits for it.
        wait(lambda: hook.read("hung"), "it hangs again")
        daemon._picketd_conf = type(daemon)._picketd_conf.__get__(daemon)
        daemon.configure()
        daemon.signal(signal.SIGHUP)
        wait(lambda: hooks_of(daemon) == [], "the hook is gone")
        wait(lambda: gone(hook.read("hung").split()[0]), "what hung is killed all the same")


class Receiver(http.server.ThreadingHTTPServer):
    """Takes posts: fails the first FAILURES of them, then hangs in one, then is well."""

    daemon_threads = True

    def __init__(self, failures):
        super().__init__(("127.0.0.1", 0), Receiver.Handler)
        self.seen, self.taken, self.failures, self.end = [], [], failures, threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self):
        return "http://me:pw@127.0.0.1:%d/hook?token=t" % self.server_port

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            world = self.server
            world.seen.append((self.path, dict(self.headers), body))
            if len(world.seen) == world.failures + 1:
                world.end.wait(20)
                return
            good = len(world.seen) > world.failures
            if good:
                world.taken.append(body)
            self.send_response(204 if good else 503)
            self.end_headers()

        def log_message(self, *_args):
            pass


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=5)
def hooks_are_posted(nodes, supervisor):
    """events are posted to a URL, signed and in order; a receiver that fails, hangs or is not there yet gets them again"""
    receiver = Receiver(2)
    text = ('hooks = ( { events = "+monitor,+set"; url = "%s"; secret = "key"; timeout_ms = 1000; backoff_ms = 10; },\n'
            '{ events = "+set"; url = "http://127.0.0.1:%d/"; backoff_ms = 300000; } );\n'
            % (receiver.url, ports.reserve()))
    world, daemon = one_supervisor(lambda _world: text, replicas=0)
    with world:
        for n in range(3):
            daemon.call("SENTINEL", "SET", "orders", "parallel-syncs", n + 1)
        wait(lambda: hooks_of(daemon)[0]["done"] == 4, "all is taken")
        told = [json.loads(body) for body in dict.fromkeys(receiver.taken)]
        check([e["event"] for e in told] == ["+monitor"] + ["+set"] * 3, "order: %s" % told)
        check([e["seq"] for e in told] == sorted(e["seq"] for e in told), "numbers: %s" % told)
        check(len(receiver.seen) >= 4 + 3, "attempts: %d" % len(receiver.seen))
        for path, headers, body in receiver.seen:
            wanted = "sha256=" + hmac.new(b"key", body, "sha256").hexdigest()
            check(headers["X-Picket-Signature"] == wanted, "signature: %s" % headers)
            check(headers["Content-Type"] == "application/json" and path == "/hook?token=t", "%s %s" % (path, headers))
        first, second = hooks_of(daemon)
        check(first["url"] == "http://127.0.0.1:%d/hook" % receiver.server_port, "shown: %s" % first["url"])
        check(second["waiting"] == 3 and second["done"] == 0, "nobody there: %s" % second)
        check("me:pw" not in daemon.log() and "token" not in daemon.log(), "a secret in the log")
        # With one that hangs, the end still comes at once.
        daemon.term()
    receiver.end.set()
    receiver.shutdown()


def certificate(folder):
    """The files of a certificate for 127.0.0.1 that nobody but itself has signed, and of its key."""
    paths = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=receiver", "-addext", "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1]]
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check(done.returncode == 0, "openssl: %s" % done.stdout)
    return paths


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=3)
def hooks_are_posted_in_secret(nodes, supervisor):
    """events are posted by https to whom ca_file proves right; without it, or under another name, nothing is said"""
    receiver = Receiver(0)
    receiver.end.set()

    def write(world):
        paths = certificate(world.dir)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*paths)
        receiver.socket = context.wrap_socket(receiver.socket, server_side=True, do_handshake_on_connect=False)
        proof = 'ca_file = "%s"; ' % paths[0]
        urls = [("127.0.0.1", proof), ("127.0.0.1", ""), ("localhost", proof)]
        return "hooks = ( %s );\n" % ", ".join(
            '{ events = "+set"; url = "https://%s:%d/%d"; %sbackoff_ms = %d; }' % (
                host, receiver.server_port, i, with_proof, 300000 if i else 10) for i, (host, with_proof) in enumerate(urls))
    world, daemon = one_supervisor(write, replicas=0)
    with world:
        daemon.call("SENTINEL", "SET", "orders", "parallel-syncs", 3)
        wait(lambda: hooks_of(daemon)[0]["done"] == 1, "it is told")
        for shown in (h["url"] for h in hooks_of(daemon)[1:]):
            wait(lambda s=shown: s + ": " in daemon.log(), "%s is tried, and the log says what is wrong" % shown)
        check([h["done"] for h in hooks_of(daemon)] == [1, 0, 0], "told to a stranger: %s" % hooks_of(daemon))
        check({path for path, _, _ in receiver.seen} == {"/0"}, "heard: %s" % receiver.seen)
        check(json.loads(receiver.taken[0])["event"] == "+set", "told: %s" % receiver.taken)
    receiver.shutdown()


# Says what stands in the file `answer`; hangs without it.
ASKED = """#!/bin/sh
cd "$(dirname "$0")" || exit 9
echo "$PICKET_EVENT $PICKET_GROUP $PICKET_PRIMARY $PICKET_CANDIDATE" >>asked
[ -e answer ] || sleep 30
exit "$(cat answer)"
"""


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=8)
def hooks_are_asked(nodes, supervisor):
    """pre_switchover, pre_failover: no keeps the primary; no answer stops a switchover, not a failover; yes lets both happen"""
    folders = []

    def write(world):
        folders.append(Folder(world, "asked", ASKED))
        return 'hooks = ( { events = "pre_switchover,pre_failover"; run = "%s"; timeout_ms = 1500; } );\n' % folders[0].path
    world, daemon = one_supervisor(write, replicas=2, down_after=500)
    hook = folders[0]

    def say(answer):
        with open(hook.file("new"), "w") as file:
            file.write(answer)
        os.rename(hook.file("new"), hook.file("answer"))

    def vetoed(since, what):
        return wait(lambda: daemon.events.first("-failover-abort-vetoed", since, what), what)
    with world:
        group, old = world.group, world.group.primary
        for answer, what in (("10", hook.path + ": no"), ("3", hook.path + ": no answer, but status 3"), (None, "no answer")):
            begin = time.monotonic()
            if answer is None:
                os.unlink(hook.file("answer"))
            else:
                say(answer)
            check(daemon.call("PICKET", "SWITCHOVER", "orders") == "OK", "asked for a switchover")
            vetoed(begin, what)
            wait(lambda: daemon.master("orders")["flags"] == "master", "it is over")
        check(daemon.primary_port("orders") == old.port, "the primary changed")
        check(hook.read("asked").startswith("pre_switchover orders 127.0.0.1:%d 127.0.0.1:" % old.port), hook.read("asked"))
        say("0")
        begin = time.monotonic()
        daemon.call("PICKET", "SWITCHOVER", "orders")
        old = world.wait_switch(group, begin)
        world.settle()
        say("10")
        moment = old.kill()
        vetoed(moment, hook.path + ": no")
        check(not daemon.events.find("+switch-master", moment), "a failover although a hook said no")
        os.unlink(hook.file("answer"))
        new = world.wait_switch(group, moment)
        check(daemon.events.first("-question-unanswered", moment), "no word of the missing answer")
        check("pre_failover orders 127.0.0.1:%d 127.0.0.1:%d" % (old.port, new.port) in hook.read("asked"), hook.read("asked"))
