"""The list of live scenarios. A scenario is a function (nodes, supervisor) which raises when something is
not as it should be; what it returns is a note for its line of output, such as a time worth knowing.
"""

import collections

KINDS = ("redis", "picket")

# `seconds` is a guess of how long it takes: long ones are begun first, so that two at a time end together.
Scenario = collections.namedtuple("Scenario", "name run nodes supervisors seconds")

_all = {}


class Skipped(Exception):
    """The scenario cannot run on this system, which is no fault of ours."""


def scenario(nodes=KINDS, supervisors=("picketd", "redis-sentinel"), seconds=10):
    """Registers the function. `nodes` may be one kind, where the kind of node makes no difference."""
    def add(function):
        assert function.__name__ not in _all
        _all[function.__name__] = Scenario(function.__name__, function, nodes, supervisors, seconds)
        return function
    return add


def every():
    return list(_all.values())


def by_name(name):
    return _all.get(name)


def ms(seconds):
    return "%.0f ms" % (seconds * 1000)
