"""disk.c: processes whose disk forgets what was not synced when the power is cut, or takes its time."""

import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


class Disk:
    """The disk of a node; to be made before the node is started."""

    def __init__(self, lab, node):
        self.node = node
        self.notes = os.path.join(lab.dir, node.label + ".synced")
        self.slow = os.path.join(lab.dir, node.label + ".slow")
        library = os.path.join(lab.dir, "disk.so")
        os.mkdir(self.notes)
        if not os.path.exists(library):
            subprocess.run([os.environ.get("CC", "cc"), "-D_GNU_SOURCE", "-shared", "-fPIC", "-O1", "-o", library, os.path.join(HERE, "disk.c"), "-ldl"], check=True)
        self.words = ["env", "LD_PRELOAD=" + library, "DISK_NOTES=" + self.notes, "DISK_SLOW=" + self.slow,
                      "ASAN_OPTIONS=verify_asan_link_order=0"]
        self.put_in_front()

    def put_in_front(self):
        """Again after set_argv."""
        self.node.argv = self.words + self.node.argv

    def take_ms(self, ms):
        """From now on a sync takes so long; 0: none of that; -1: it fails."""
        with open(self.slow + ".new", "w") as file:
            file.write("%d" % ms)
        os.rename(self.slow + ".new", self.slow)

    def cut_power(self):
        """The process is dead: what was not synced goes. Returns how many bytes that were."""
        lost = 0
        for folder, _, names in os.walk(self.node.dir):
            for name in names:
                path = os.path.join(folder, name)
                note = os.path.join(self.notes, str(os.stat(path).st_ino))
                synced = 0
                if os.path.exists(note):
                    with open(note) as file:
                        synced = int(file.read())
                size = os.path.getsize(path)
                if size > synced:
                    lost += size - synced
                    os.truncate(path, synced)
        return lost
