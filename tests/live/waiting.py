"""What a test demands, and how it waits for it: conditions with generous deadlines, never plain sleeps."""

import time

import resp

POLL_S = 0.01
SETTLE_S = 60.0


class Failed(Exception):
    """Something that a test demanded is not so."""


def check(condition, text):
    if not condition:
        raise Failed(text)


def wait(condition, what, deadline=SETTLE_S):
    """Polls until condition() is true and returns its value. Errors of the network count as false."""
    limit = time.monotonic() + deadline
    trouble = None
    while True:
        try:
            value = condition()
            if value:
                return value
        except (OSError, resp.RespError) as error:
            trouble = error
        if time.monotonic() > limit:
            raise Failed("waited %.0f s in vain: %s%s" % (
                deadline, what, " (last error: %r)" % trouble if trouble else ""))
        time.sleep(POLL_S)
