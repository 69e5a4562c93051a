"""Servers that are not what they seem, and scenarios that redis-sentinel must fail.

A Fake answers each command as the test wants, or not at all. A Gate stands before a real server until it is shut.
Both count what reaches them, by connection.
"""

import contextlib
import functools
import os
import socket
import threading

import ports
import resp
from cluster import Cluster
from servers import HOST
from waiting import Failed

HELLO = "__sentinel__:hello"
READ_SIZE = 65536


def shows_in_sentinel(function):
    """For `--supervisor redis-sentinel`: there the scenario has to fail, else it could not fail at all."""
    @functools.wraps(function)
    def run(nodes, supervisor):
        if supervisor == "picketd":
            return function(nodes, supervisor)
        try:
            function(nodes, supervisor)
        except Failed as error:
            return "as it should, %s fails: %s" % (supervisor, error)
        raise Failed("%s does not show this weakness: would the scenario ever fail?" % supervisor)
    return run


class Prepared(Cluster):
    """redis-server nodes with more in their configuration: {label of a node, or None for all: [line, ...]}."""

    def __init__(self, *args, lines, **options):
        super().__init__(*args, **options)
        for node in self.group.nodes:
            with open(os.path.join(node.dir, "redis.conf"), "a") as file:
                file.write("\n".join(lines.get(None, []) + lines.get(node.label, [])) + "\n")


class Talk:
    """One connection: what came in."""

    def __init__(self):
        self.bytes = 0
        self.commands = []

    def take(self, words):
        self.commands.append(" ".join(words))


class _Listener:
    """A port on which each connection gets a thread of its own."""

    def __init__(self):
        self.port = ports.reserve()
        self.talks = []
        self._socks = []
        self._listening = socket.create_server((HOST, self.port), backlog=64)
        self._ended = False
        self._spawn(self._accept)

    @staticmethod
    def _spawn(function, *args):
        threading.Thread(target=function, args=args, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                sock = self._listening.accept()[0]
                talk = Talk()
                self._socks.append(sock)
                self.talks.append(talk)
                self._spawn(self._guarded, sock, talk)

    def _guarded(self, sock, talk):
        with contextlib.suppress(OSError), sock:
            self.serve(sock, talk)

    def end(self):
        self._ended = True
        for sock in [self._listening] + self._socks:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        ports.release(self.port)

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.end()

    # What came in.

    def commands(self):
        return [c for t in list(self.talks) for c in list(t.commands)]

    def bytes(self):
        return sum(t.bytes for t in list(self.talks))


class _Reader:
    """Requests of a connection, as lists of words."""

    def __init__(self):
        self.data = b""

    def feed(self, data):
        self.data += data
        while True:
            words, rest = self._one()
            if words is None:
                return
            self.data = rest
            yield words

    def _one(self):
        head, found, rest = self.data.partition(b"\r\n")
        if not found or not head.startswith(b"*"):
            return None, None
        words = []
        for _ in range(int(head[1:])):
            size, found, rest = rest.partition(b"\r\n")
            if not found or len(rest) < int(size[1:]) + 2:
                return None, None
            words.append(rest[:int(size[1:])].decode("utf-8", "replace"))
            rest = rest[int(size[1:]) + 2:]
        return words, rest


class Fake(_Listener):
    """Calls answer(words), which returns the bytes of a reply, or None for silence."""

    def __init__(self, answer):
        self.answer = answer
        super().__init__()

    def serve(self, sock, talk):
        reader = _Reader()
        while True:
            data = sock.recv(READ_SIZE)
            if not data:
                return
            talk.bytes += len(data)
            for words in reader.feed(data):
                talk.take(words)
                reply = self.answer(words)
                if reply is not None:
                    sock.sendall(reply)


class Gate(_Listener):
    """Passes everything on to a port, until it is shut: then it takes in, like a process that hangs, and is silent."""

    def __init__(self, port):
        self.target = port
        self.shut = False
        super().__init__()

    def close(self):
        """From now on only what comes in is counted, on old connections and new ones."""
        self.shut = True
        for talk in self.talks:
            talk.bytes, talk.commands = 0, []

    def serve(self, sock, talk):
        out = None
        if not self.shut:
            out = socket.create_connection((HOST, self.target))
            self._socks.append(out)
            self._spawn(self._back, out, sock)
        reader = _Reader()
        while True:
            data = sock.recv(READ_SIZE)
            if not data:
                break
            talk.bytes += len(data)
            for words in reader.feed(data):
                talk.take(words)
            if not self.shut:
                out.sendall(data)
        if out is not None:
            out.close()

    def _back(self, out, sock):
        with contextlib.suppress(OSError):
            while True:
                data = out.recv(READ_SIZE)
                if not data:
                    break
                if not self.shut:
                    sock.sendall(data)
            if not self.shut:
                sock.shutdown(socket.SHUT_RDWR)


def bulk(text):
    return b"$%d\r\n%b\r\n" % (len(text.encode()), text.encode())


def supervisor_that_names(port, runid):
    """The answers of a supervisor RUNID that holds PORT for the primary of every group."""
    def answer(words):
        command = " ".join(words[:2]).upper()
        if command == "SENTINEL MYID":
            return bulk(runid)
        if command == "SENTINEL GET-MASTER-ADDR-BY-NAME":
            return b"*2\r\n" + bulk(HOST) + bulk(str(port))
        if command == "SENTINEL IS-MASTER-DOWN-BY-ADDR":
            return b"*3\r\n:0\r\n$1\r\n*\r\n:0\r\n"
        return {"PING": b"+PONG\r\n", "PUBLISH": b":1\r\n"}.get(words[0].upper(), b"+OK\r\n")
    return answer


def hello(sender_port, runid, group, primary_port, epoch, current=None):
    """The text of a hello; EPOCH is its config epoch, and its current epoch too unless told."""
    return "%s,%d,%s,%s,%s,%s,%d,%s" % (HOST, sender_port, runid, epoch if current is None else current, group.name,
                                        HOST, primary_port, epoch)


def publish(servers, text):
    """The same words on the hello channel of each of them, data nodes or supervisors."""
    for server in servers:
        with contextlib.suppress(resp.RespError, OSError):
            server.call("PUBLISH", HELLO, text)
