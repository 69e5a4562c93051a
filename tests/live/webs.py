"""HTTP as tests want it: whole answers, streams of server-sent events, and Prometheus' text format."""

import copy
import http.client
import json
import re
import socket

import ports
from waiting import Failed, check

ANSWER_S = 20.0
SAMPLE = re.compile(r'^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\]|\\.)*",?)+)\})? (\S+)$')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


class Web:
    """The HTTP side of one supervisor."""

    def __init__(self, supervisor, token=""):
        self.host = supervisor.host
        self.port = ports.reserve()
        self.token = token

    def without_token(self):
        """The same place, for one who has none."""
        other = copy.copy(self)
        other.token = ""
        return other

    def configuration(self):
        return 'http = { host = "%s"; port = %d; token = "%s"; };\n' % (self.host, self.port, self.token)

    def ask(self, path, method="GET", headers=None, body=None):
        """(status, type, body)"""
        headers = dict(headers or {})
        if self.token and "Authorization" not in headers:
            headers["Authorization"] = "Bearer " + self.token
        conn = http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_S)
        try:
            conn.request(method, path, body=body, headers=headers)
            answer = conn.getresponse()
            return answer.status, answer.getheader("Content-Type"), answer.read().decode()
        except http.client.HTTPException as error:
            raise OSError(error) from error
        finally:
            conn.close()

    def status(self, path, **more):
        return self.ask(path, **more)[0]

    def json(self, path):
        status, kind, body = self.ask(path)
        check((status, kind) == (200, "application/json"), "%s: %s %s %s" % (path, status, kind, body))
        return json.loads(body)

    def metrics(self):
        """{name: {labels: value}}"""
        status, _, body = self.ask("/metrics")
        check(status == 200, "/metrics: %s" % status)
        return parse_metrics(body)


def give_webs(world, tokens=()):
    """An HTTP server for each supervisor, as .web; before the world begins."""
    for supervisor in world.supervisors:
        token = tokens[supervisor.index] if supervisor.index < len(tokens) else ""
        supervisor.web = Web(supervisor, token)

        def write(groups, plain=supervisor._picketd_conf, web=supervisor.web):
            return web.configuration() + plain(groups)
        supervisor._picketd_conf = write


def parse_metrics(text):
    """Reads the text format strictly: each family once, with its help and type before its samples."""
    families, types, name = {}, {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name = line.split(" ", 3)[2]
            check(name not in families and len(line.split(" ", 3)) == 4, "HELP: %s" % line)
            families[name] = {}
        elif line.startswith("# TYPE "):
            _, _, of, kind = line.split(" ")
            check(of == name, "TYPE out of place: %s" % line)
            types[name] = kind
            check(kind != "counter" or name.endswith("_total"), "a counter's name: %s" % name)
        else:
            found = SAMPLE.match(line)
            check(found, "no sample: %s" % line)
            own = found.group(1)
            check(own == name or (types.get(name) == "histogram" and own in (name + "_bucket", name + "_sum", name + "_count")),
                  "a sample in another family: %s" % line)
            labels = tuple(sorted(LABEL.findall(found.group(2) or "")))
            samples = families.setdefault(own, {}) if own != name else families[name]
            check(labels not in samples, "twice: %s" % line)
            samples[labels] = float(found.group(3))
    for name, kind in types.items():
        if kind == "histogram":
            counts = list(families[name + "_bucket"].values())
            check(counts == sorted(counts) and counts[-1] == families[name + "_count"][()], "buckets of %s: %s" % (name, counts))
    return families


class Stream:
    """Server-sent events, read when asked for."""

    def __init__(self, web, path="/events", last=None):
        self.sock = socket.create_connection((web.host, web.port), timeout=ANSWER_S)
        lines = ["GET %s HTTP/1.1" % path, "Host: test"]
        if web.token:
            lines.append("Authorization: Bearer " + web.token)
        if last is not None:
            lines.append("Last-Event-ID: %d" % last)
        self.sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.answer = http.client.HTTPResponse(self.sock)
        self.answer.begin()
        self.status = self.answer.status
        self.events = []

    def next(self):
        """The next event as an object; comments are passed over."""
        fields = {}
        while True:
            line = self.answer.readline().decode()
            if line == "":
                raise Failed("the stream has ended")
            line = line.rstrip("\n")
            if line == "" and "data" in fields:
                event = json.loads(fields["data"])
                check(fields.get("event") == "gap" or int(fields["id"]) == event["seq"], "the id of %s" % fields)
                self.events.append(event)
                return event
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value

    def until(self, name):
        """Reads on to the event of that name."""
        while True:
            event = self.next()
            if event.get("event") == name:
                return event

    def close(self):
        self.answer.close()
        self.sock.close()
