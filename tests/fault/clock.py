"""clock.c: servers whose wall clock can be stepped."""

import os
import struct
import subprocess
import time

from waiting import wait

HERE = os.path.dirname(os.path.abspath(__file__))
# What a server may need to say what time it is.
TELL_S = 60.0


class Clock:
    """The wall clock of a server; to be made before the server is started."""

    def __init__(self, world, server):
        self.server = server
        self.path = os.path.join(world.dir, server.label + ".clock")
        library = os.path.join(world.dir, "clock.so")
        if not os.path.exists(library):
            subprocess.run([os.environ.get("CC", "cc"), "-D_GNU_SOURCE", "-shared", "-fPIC", "-O1", "-o", library,
                            os.path.join(HERE, "clock.c")], check=True)
        with open(self.path, "wb") as file:
            file.write(struct.pack("=q", 0))
        server.argv = ["env", "LD_PRELOAD=" + library, "CLOCK_STEP=" + self.path,
                       "ASAN_OPTIONS=verify_asan_link_order=0"] + server.argv

    def step(self, seconds):
        """From now on it is off by so much."""
        with open(self.path, "r+b", buffering=0) as file:
            file.write(struct.pack("=q", seconds))

    def check_off(self, seconds):
        """Until the server itself says that its clock is so much off."""
        def told():
            at_s = int(self.server.info("server")["server_time_usec"]) / 1e6
            return abs(at_s - time.time() - seconds) < TELL_S
        wait(told, "the clock of %s is %d s off" % (self.server.label, seconds))
