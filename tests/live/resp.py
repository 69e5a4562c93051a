"""A tiny blocking RESP2/RESP3 client, for tests: standard library only.

    c = resp.connect("127.0.0.1", 6379, timeout=2.0)
    c.call("SET", "k", "v")                  -> 'OK'
    c.call("HELLO", 3)                       -> dict
    c.pipeline([("PING",), ("BOGUS",)])      -> ['PONG', RespError(...)]
    c.psubscribe("*"); c.next_message(1.0)   -> Message(kind, pattern, channel, payload) or None

Error replies are raised as RespError by call(), and stand as values in pipelines and inside arrays.
Everything that goes wrong with the connection is an OSError; after one the connection is closed,
since a reply which came too late would be taken for the next one's.
"""

import collections
import socket
import time

READ_SIZE = 65536

Message = collections.namedtuple("Message", "kind pattern channel payload")

# A reply with its type on the wire, for tests that compare shapes: ('$', 'abc'), ('*', [Typed...]).
Typed = collections.namedtuple("Typed", "kind value")


class RespError(Exception):
    """An error reply, text without the leading '-'."""

    def __eq__(self, other):
        return isinstance(other, RespError) and str(self) == str(other)

    def __hash__(self):
        return hash(str(self))

    @property
    def code(self):
        return str(self).split(" ", 1)[0]


class Closed(ConnectionError):
    """The other side closed the connection."""


class Push(list):
    """An out-of-band message of RESP3."""


def connect(host, port, timeout=2.0, **options):
    return Conn(host, port, timeout, **options)


def encode(args):
    """One request as multibulk bytes."""
    out = [b"*%d\r\n" % len(args)]
    for arg in args:
        data = arg if isinstance(arg, (bytes, bytearray)) else str(arg).encode("utf-8", "surrogateescape")
        out.append(b"$%d\r\n%b\r\n" % (len(data), data))
    return b"".join(out)


def pairs(flat):
    """A RESP2 flat array (or a RESP3 map) as a dict."""
    return flat if isinstance(flat, dict) else dict(zip(flat[::2], flat[1::2]))


def info_fields(text):
    """An INFO reply as a dict."""
    lines = (line.split(":", 1) for line in text.splitlines() if ":" in line and line[0] != "#")
    return {key: value for key, value in lines}


class Conn:
    """One connection. raw=True leaves bulk strings as bytes."""

    def __init__(self, host, port, timeout=2.0, raw=False, user=None, password=None, proto=2):
        self.timeout = timeout
        self.raw = raw
        self.buf = b""
        self.pos = 0
        self.pushes = collections.deque()
        self.sock = socket.create_connection((host, int(port)), timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if password is not None:
            self.call("AUTH", *([user] if user else []), password)
        if proto != 2:
            self.call("HELLO", proto)

    def close(self):
        if self.sock is not None:
            self.sock.close()
            self.sock = None

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.close()

    # Requests.

    def send(self, *args):
        self.send_bytes(encode(args))

    def send_bytes(self, data):
        try:
            self._socket().settimeout(self.timeout)
            self._socket().sendall(data)
        except OSError:
            self.close()
            raise

    def read(self, timeout=None, typed=False):
        """The next reply; error replies are returned, not raised."""
        limit = time.monotonic() + (self.timeout if timeout is None else timeout)
        try:
            while True:
                value = self._value(limit, typed)
                if not isinstance(value, Push):
                    return value
                self.pushes.append(value)
        except OSError:
            self.close()
            raise

    def next_value(self, timeout):
        """Whatever comes next, with its types: a reply as Typed, or a Push."""
        return self._value(time.monotonic() + timeout, True)

    def call(self, *args, timeout=None):
        self.send(*args)
        value = self.read(timeout)
        if isinstance(value, RespError):
            raise value
        return value

    def call_typed(self, *args, timeout=None):
        self.send(*args)
        return self.read(timeout, typed=True)

    def pipeline(self, commands, timeout=None):
        self.send_bytes(b"".join(encode(c) for c in commands))
        return [self.read(timeout) for _ in commands]

    # Pub/sub.

    def subscribe(self, *channels):
        self._subscribe("SUBSCRIBE", channels)

    def psubscribe(self, *patterns):
        self._subscribe("PSUBSCRIBE", patterns)

    def _subscribe(self, verb, names):
        """Sends, and reads one confirmation for each name (messages meanwhile are kept)."""
        self.send(verb, *names)
        confirmed = 0
        while confirmed < len(names):
            value = self._value(time.monotonic() + self.timeout, False)
            if isinstance(value, RespError):
                raise value
            if value[0] == verb.lower():
                confirmed += 1
            else:
                self.pushes.append(value)

    def next_message(self, timeout):
        """The next published message, or None when none began to arrive within `timeout` seconds."""
        limit = time.monotonic() + timeout
        while True:
            if self.pushes:
                value = self.pushes.popleft()
            else:
                if not self._readable(limit):
                    return None
                value = self._value(time.monotonic() + self.timeout, False)
            if isinstance(value, list) and value and value[0] == "message":
                return Message("message", None, value[1], value[2])
            if isinstance(value, list) and value and value[0] == "pmessage":
                return Message("pmessage", value[1], value[2], value[3])

    # Reading.

    def _socket(self):
        if self.sock is None:
            raise Closed("connection is closed")
        return self.sock

    def _readable(self, limit):
        """True when at least one byte waits; False at the deadline, with the stream still whole."""
        if self.pos < len(self.buf):
            return True
        try:
            self._fill(limit)
        except socket.timeout:
            return False
        return True

    def _fill(self, limit):
        left = limit - time.monotonic()
        if left <= 0:
            raise socket.timeout("no complete reply in time")
        self._socket().settimeout(left)
        data = self._socket().recv(READ_SIZE)
        if not data:
            raise Closed("closed by the server")
        self.buf = self.buf[self.pos:] + data
        self.pos = 0

    def _line(self, limit):
        while True:
            end = self.buf.find(b"\r\n", self.pos)
            if end >= 0:
                line = self.buf[self.pos:end]
                self.pos = end + 2
                return line
            self._fill(limit)

    def _exactly(self, count, limit):
        while len(self.buf) - self.pos < count + 2:
            self._fill(limit)
        data = self.buf[self.pos:self.pos + count]
        if self.buf[self.pos + count:self.pos + count + 2] != b"\r\n":
            raise ConnectionError("protocol: bulk string does not end in CRLF")
        self.pos += count + 2
        return data

    def _value(self, limit, typed):
        line = self._line(limit)
        kind, rest = chr(line[0]) if line else "", line[1:]
        reader = _READERS.get(kind)
        if reader is None:
            raise ConnectionError("protocol: unexpected reply line %r" % line[:80])
        value = reader(self, rest, limit, typed)
        return Typed(kind, value) if typed and not isinstance(value, Push) else value

    def _text(self, data):
        return data if self.raw else data.decode("utf-8", "surrogateescape")

    def _bulk(self, rest, limit, _typed):
        return None if rest == b"-1" else self._text(self._exactly(int(rest), limit))

    def _array(self, rest, limit, typed):
        return None if rest == b"-1" else [self._value(limit, typed) for _ in range(int(rest))]

    def _map(self, rest, limit, typed):
        items = [(self._value(limit, typed), self._value(limit, typed)) for _ in range(int(rest))]
        return items if typed else dict(items)


def _word(rest):
    return rest.decode("utf-8", "surrogateescape")


_READERS = {
    "+": lambda c, rest, limit, typed: _word(rest),
    "-": lambda c, rest, limit, typed: RespError(_word(rest)),
    ":": lambda c, rest, limit, typed: int(rest),
    "(": lambda c, rest, limit, typed: int(rest),
    ",": lambda c, rest, limit, typed: float(rest),
    "#": lambda c, rest, limit, typed: rest == b"t",
    "_": lambda c, rest, limit, typed: None,
    "$": Conn._bulk,
    "!": lambda c, rest, limit, typed: RespError(_word(c._exactly(int(rest), limit))),
    "=": lambda c, rest, limit, typed: c._text(c._exactly(int(rest), limit)[4:]),
    "*": Conn._array,
    "~": Conn._array,
    "%": Conn._map,
    ">": lambda c, rest, limit, typed: Push(c._array(rest, limit, False)),
}
