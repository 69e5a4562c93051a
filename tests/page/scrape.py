"""What Prometheus' own checker says of /metrics."""

import subprocess

from cluster import Cluster
from waiting import check
from webs import give_webs


def test_scrape():
    world = Cluster("redis", "picketd", replicas=1, supervisors=1, quorum=1)
    give_webs(world)
    with world:
        text = world.supervisors[0].web.ask("/metrics")[2]
        told = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
        check(told.returncode == 0 and not told.stdout + told.stderr, "promtool: %s" % (told.stdout + told.stderr))
