"""prometheus-redis-exporter, pointed at a supervisor: what the dashboards and alerts are made of."""

import re
import subprocess
import sys
import urllib.request

import loop

CALL_S = 10.0
SAMPLE = re.compile(r'^(\w+)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'(\w+)="([^"]*)"')

config = loop.config()
login = [word for name, option in (("sentinel_user", "-redis.user"), ("sentinel_password", "-redis.password"))
         if config[name] for word in (option, config[name])]
exporter = subprocess.Popen(
    ["prometheus-redis-exporter"] + login + ["-redis.addr", "redis://%s:%d" % tuple(config["sentinels"][0]),
     "-web.listen-address", "127.0.0.1:%d" % config["listen"]], stdin=subprocess.DEVNULL, stdout=sys.stderr)


def metrics():
    """The samples of one scrape: (name, labels, value)."""
    for attempt in loop.attempts(OSError):
        with attempt:
            url = "http://127.0.0.1:%d/metrics" % config["listen"]
            with urllib.request.urlopen(url, timeout=CALL_S) as page:
                found = (SAMPLE.match(line) for line in page.read().decode().splitlines())
                return [(m.group(1), dict(LABEL.findall(m.group(2) or "")), float(m.group(3))) for m in found if m]


def primary():
    """The label that alerts and dashboards show."""
    found = [labels for name, labels, _ in metrics() if name == "redis_sentinel_master_status"]
    return found[0]["master_address"]


def fields():
    return {"samples": [s for s in metrics() if s[0].startswith(("redis_sentinel", "redis_up", "redis_instance_info",
                                                                 "redis_exporter_last_scrape_error"))]}


try:
    loop.serve({"primary": primary, "fields": fields})
finally:
    exporter.kill()
