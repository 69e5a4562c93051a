"""Scenarios: picketd and picket-store under a service manager: what it is told, and the sockets that it hands over.

The manager is this test: a datagram socket that NOTIFY_SOCKET names.
"""

import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import urllib.request

import ports
import process
import resp
from cluster import Cluster
from scenario import scenario
from waiting import check, wait

ONLY = ("picketd",)
HOST = "127.0.0.1"
SO_TIMESTAMP = 29   # not in Python's socket
PERIOD_S = 0.3      # of the watchdog; a daemon pings three times in it
ASLEEP_S = 1.0      # a loop that stands still for longer


class Manager:
    """Keeps what daemons tell it."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "notify")
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.sock.bind(self.path)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)
        self.told = []
        self.fed_at = []    # when the watchdog's pings were sent, by the kernel

    def environment(self, **more):
        return dict({k: v for k, v in os.environ.items() if k not in ("WATCHDOG_PID", "LISTEN_PID")},
                    NOTIFY_SOCKET=self.path, **more)

    def read(self):
        """All fields that were told until now, in order, as (name, value)."""
        with contextlib.suppress(BlockingIOError):
            while True:
                data, ancillary, _, _ = self.sock.recvmsg(4096, 256)
                fields = [tuple(line.split("=", 1)) for line in data.decode().splitlines()]
                self.told += fields
                if ("WATCHDOG", "1") in fields:
                    seconds, micros = struct.unpack("ll", ancillary[0][2])
                    self.fed_at.append(seconds + micros / 1e6)
        return self.told

    def values(self, name):
        return [value for key, value in self.read() if key == name]

    def forget(self):
        self.read()
        self.told.clear()


@contextlib.contextmanager
def managed(argv, folder, manager, sockets=(), **more):
    """The program under that manager, with listening sockets as descriptors from 3 on."""
    env = manager.environment(**more)
    if sockets:
        # Only the shell that becomes the program knows the pid that LISTEN_PID must name.
        places = " ".join("%d<&%d" % (3 + i, s.fileno()) for i, s in enumerate(sockets))
        env.update(LISTEN_FDS=str(len(sockets)))
        argv = ["sh", "-c", 'export LISTEN_PID=$$; exec "$@" %s' % places, "sh"] + argv
    log_path = os.path.join(folder, "log")
    with open(log_path, "ab") as log:
        popen = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
                                 pass_fds=[s.fileno() for s in sockets], preexec_fn=process._die_with_parent)
    try:
        yield popen
    except BaseException:
        with open(log_path) as log:
            print(log.read()[-4000:])
        raise
    finally:
        popen.kill()
        popen.wait()


@contextlib.contextmanager
def folder():
    path = tempfile.mkdtemp(prefix="picket-service-")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def listening():
    sock = socket.socket()
    sock.bind((HOST, 0))
    sock.listen()
    # Low numbers are where the program is to find them: keep ours out of the way.
    high = socket.socket(fileno=os.dup(sock.fileno()))
    sock.close()
    return high


def write_conf(path, port, group=""):
    conf = os.path.join(path, "picketd.conf")
    with open(conf, "w") as file:
        file.write('listen = { host = "%s"; port = %d; };\nstate_dir = "%s/state";\n%s' % (HOST, port, path, group))
    return conf


def call(port, *args):
    with resp.connect(HOST, port, 5.0) as conn:
        return conn.call(*args)


@scenario(supervisors=ONLY, nodes=("redis",), seconds=6)
def service_manager_told(nodes, supervisor):
    """a service manager is told READY, how all is, RELOADING with its time, STOPPING; the watchdog is fed"""
    with Cluster(nodes, supervisor, replicas=1, supervisors=0, settle=False) as world, folder() as path:
        manager, port = Manager(path), ports.reserve()
        group = ('groups = ( { name = "orders"; host = "%s"; port = %d; quorum = 1; down_after_ms = 1000; '
                 'crash_detection = "off"; } );\n' % (HOST, world.group.primary.port))
        conf = write_conf(path, port, group)
        with managed([process.binary("picketd"), "-c", conf], path, manager,
                     WATCHDOG_USEC=str(int(PERIOD_S * 1e6))) as daemon:
            wait(lambda: manager.values("READY") == ["1"], "READY")
            check(call(port, "PING") == "PONG", "it was ready before it could be reached")
            wait(lambda: manager.values("STATUS")[-1].endswith("; all is well"), "STATUS: all is well")
            wait(lambda: len(manager.values("WATCHDOG")) >= 3, "the watchdog is fed")
            world.group.replicas[0].kill()
            wait(lambda: manager.values("STATUS")[-1].endswith("orders: no replica could take over"), "STATUS: no replica")
            manager.forget()
            daemon.send_signal(signal.SIGHUP)
            wait(lambda: manager.values("READY") == ["1"], "READY after RELOADING")
            keys = [key for key, _ in manager.told if key in ("RELOADING", "MONOTONIC_USEC", "READY")]
            check(keys == ["RELOADING", "MONOTONIC_USEC", "READY"], "reloading was told as %s" % keys)
            with open(conf, "a") as file:
                file.write("nonsense = 1;\n")
            manager.forget()
            daemon.send_signal(signal.SIGHUP)
            wait(lambda: manager.values("READY") == ["1"], "READY after a file with an error")
            check("has an error" in manager.values("STATUS")[-1], "STATUS: %s" % manager.values("STATUS"))
            manager.forget()
            daemon.terminate()
            wait(lambda: manager.values("STOPPING") == ["1"], "STOPPING")
            check(daemon.wait(20) == 0, "it ended with %s" % daemon.returncode)
        ports.release(port)


@scenario(supervisors=ONLY, nodes=("picket",), seconds=4)
def watchdog_starves(nodes, supervisor):
    """a loop that stands still feeds no watchdog, and feeds it again as it goes on"""
    with folder() as path:
        manager, port = Manager(path), ports.reserve()
        argv = [process.binary("picket-store"), "--port", str(port), "--dir", path, "--bind", HOST]
        with managed(argv, path, manager, WATCHDOG_USEC=str(int(PERIOD_S * 1e6))) as daemon:
            wait(lambda: manager.values("READY") == ["1"], "READY")
            check(manager.values("STATUS")[-1] == "a primary with 0 replicas", "STATUS: %s" % manager.values("STATUS"))
            wait(lambda: manager.values("WATCHDOG"), "the watchdog is fed")
            call(port, "REPLICAOF", HOST, "1")
            wait(lambda: manager.values("STATUS")[-1] == "a replica of 127.0.0.1:1; the link is down", "STATUS: a replica")
            manager.forget()
            call(port, "DEBUG", "SLEEP", str(ASLEEP_S))
            fed = len(manager.values("WATCHDOG"))
            wait(lambda: len(manager.values("WATCHDOG")) > fed + 2, "fed again")
            pause = max(after - before for before, after in zip(manager.fed_at, manager.fed_at[1:]))
            check(pause > ASLEEP_S * 0.9, "fed while the loop stood still: the longest pause was %.3f s" % pause)
            daemon.terminate()
            wait(lambda: manager.values("STOPPING") == ["1"], "STOPPING")
            check(daemon.wait(20) == 0, "it ended with %s" % daemon.returncode)
        ports.release(port)


@scenario(supervisors=ONLY, nodes=("redis",), seconds=4)
def sockets_inherited(nodes, supervisor):
    """it listens on the sockets that it is given, tells their port, and refuses what is no such socket"""
    with folder() as path:
        manager = Manager(path)
        socks = [listening(), listening()]
        own, other = [s.getsockname()[1] for s in socks]
        conf = write_conf(path, ports.reserve())
        argv = [process.binary("picketd"), "-c", conf]
        with managed(argv, path, manager, socks) as daemon:
            wait(lambda: manager.values("READY") == ["1"], "READY")
            check([call(p, "PING") for p in (own, other)] == ["PONG"] * 2, "it does not answer on its sockets")
            info = call(own, "INFO", "server")
            check("tcp_port:%d\r" % own in info, "another port than its socket's:\n%s" % info)
            daemon.terminate()
            check(daemon.wait(20) == 0, "it ended with %s" % daemon.returncode)
        # By their names in the unit, one is for HTTP.
        with open(conf, "a") as file:
            file.write('http = { host = "%s"; port = %d; };\n' % (HOST, ports.reserve()))
        with managed(argv, path, manager, socks, LISTEN_FDNAMES="picketd:http"):
            wait(lambda: call(own, "PING") == "PONG", "it answers")
            with urllib.request.urlopen("http://%s:%d/health" % (HOST, other), timeout=20) as answer:
                check(answer.status == 200, "HTTP on its socket: %d" % answer.status)
        # They are the manager's: whoever comes meanwhile waits for the next one.
        with contextlib.closing(socket.create_connection((HOST, own))) as early:
            early.sendall(b"PING\r\n")
            with managed(argv, path, manager, socks):
                early.settimeout(20)
                check(early.recv(100) == b"+PONG\r\n", "who came before the start is not served")
        for sock in socks:
            sock.close()
        with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as sock:
            sock.bind(os.path.join(path, "unix"))
            sock.listen()
            with managed(argv, path, manager, [sock]) as daemon:
                check(daemon.wait(20) == 1, "a socket of another kind was taken")
            with open(os.path.join(path, "log")) as log:
                check("ListenStream=" in log.read(), "the error does not say what to do")
