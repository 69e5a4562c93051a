"""The conversation with run.py, for the programs in Python: a request a line (a verb and words), an answer in JSON a line.

    {"value": ...}   what the verb gives        {"error": "..."}   why it gave nothing
"""

import json
import sys
import time

# How long a program tries again, where the client itself gives up at once; and how soon.
TRY_S = 20.0
RETRY_S = 0.02


def config():
    """What run.py tells: sentinels, group, user, password, sentinel_user, sentinel_password, listen."""
    return json.loads(sys.argv[1])


def attempts(errors):
    """Yields until the body went through, or TRY_S are over: `for attempt in attempts(Error): with attempt: ...; break`."""
    limit = time.monotonic() + TRY_S
    while True:
        yield Attempt(errors, last=time.monotonic() > limit)


class Attempt:
    """Swallows the client's errors, unless it is the last attempt."""

    def __init__(self, errors, last):
        self.errors = errors
        self.last = last

    def __enter__(self):
        return self

    def __exit__(self, kind, _error, _trace):
        if kind is None or self.last or not issubclass(kind, self.errors):
            return False
        time.sleep(RETRY_S)
        return True


def plain(value):
    """Bytes as text, sets as sorted lists: what JSON can say."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, dict):
        return {plain(k): plain(v) for k, v in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(plain, value))
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def answer(value=None, error=None):
    print(json.dumps({"value": plain(value)} if error is None else {"error": error}), flush=True)


def serve(verbs):
    """Answers requests until the other side closes."""
    for line in sys.stdin:
        verb, *words = line.split()
        try:
            answer(verbs[verb](*words))
        except Exception as error:
            answer(error="%s: %s" % (type(error).__name__, error))
