"""The draw_TYPE.py modules, found by their names: what tests of the store need to know of each type of value. Each may have

    commands(make)    functions that return the words of a random command; make is a store_commands.Maker
    SCRIPT            lines of words whose replies must agree to the letter
    DIFFERS           lines of SCRIPT whose replies are known to differ
    UNORDERED, PAIRS, CHANCE, WALKS    names of commands whose replies are compared by other rules (store_commands.py)
    WHOLE             names of commands of which no word is left out or added: they would choose by chance, or are newer than Redis 7.0
    READERS           {what TYPE says: (command that reads a key whole, what makes equal values look equal)}
    SAMPLES()         commands that make values of all encodings, for round trips by RDB files
    STORIES           {name: lines} of clients that wait (store_blocking.py)
    BATCHES(draw)     lists of commands, each to be run in a row, for writing while nodes replicate
    SCANS             [(words that add a name, that remove it, head of the scan)]
    same_encoding(redis, picket)       whether two words of OBJECT ENCODING stand for the same, where they differ
"""

import glob
import importlib
import os

MODULES = {os.path.basename(p)[5:-3]: importlib.import_module(os.path.basename(p)[:-3])
           for p in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "draw_*.py")))}


def union(name):
    """The sets of all modules, together."""
    return {x for module in MODULES.values() for x in getattr(module, name, ())}


def each(name):
    """What the modules that have it have under a name."""
    return [getattr(module, name) for module in MODULES.values() if hasattr(module, name)]
