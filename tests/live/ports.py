"""Free TCP ports that stay ours: several harnesses run at once on one machine.

A port is held through an abstract Unix socket of the same number, which the kernel releases when the
process ends, however it ends. Ports lie below the kernel's range for outgoing connections: there, a
client that keeps trying a dead server's port can connect to itself.
"""

import random
import socket

LOWEST, HIGHEST = 10000, 31999
TRIES_MAX = 1000

_held = {}


def reserve():
    """A port that nothing listens on, held until release() or the end of this process."""
    for _ in range(TRIES_MAX):
        port = random.randint(LOWEST, HIGHEST)
        holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            holder.bind("\0picket-test-port-%d" % port)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            holder.close()
            continue
        _held[port] = holder
        return port
    raise RuntimeError("no free port in %d tries" % TRIES_MAX)


def release(port):
    holder = _held.pop(port, None)
    if holder is not None:
        holder.close()
