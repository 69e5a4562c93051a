"""Ways to compare two replies: each function gives what must be equal on both sides."""

import re

# Fields of instance maps that must be equal on both sides, not only alike.
EQUAL = {"name", "ip", "port", "flags", "link-refcount", "down-after-milliseconds", "role-reported", "config-epoch",
         "num-slaves", "num-other-sentinels", "quorum", "failover-timeout", "parallel-syncs", "master-link-status",
         "master-host", "master-port", "slave-priority", "replica-announced", "voted-leader", "voted-leader-epoch"}
# A peer's entry is about the other one.
CLIENT_FIELDS = 28
PEER_EQUAL = EQUAL - {"name", "port"}


def exact(typed):
    """The reply as it is, types included."""
    return typed


def alike(typed):
    """Types and structure; texts of simple strings and errors, but not of bulk strings and numbers."""
    kind, value = typed
    if kind in "+-":
        return kind, str(value)
    if kind in "*~":
        return kind, None if value is None else [alike(v) for v in value]
    if kind == "%":
        return kind, [(alike(k), alike(v)) for k, v in value]
    return kind, None if value is None else "..."


def kind_of(text):
    """What sort of text a field holds."""
    for name, pattern in (("number", r"-?\d+"), ("run id", r"[0-9a-f]{40}"), ("empty", r"")):
        if re.fullmatch(pattern, text):
            return name
    return "text"


def instance(typed, equal=None):
    """An instance map: field names in their order, sort of each value, some values themselves."""
    kind, value = typed
    if kind not in "*%":
        return alike(typed)
    items = value if kind == "%" else list(zip(value[::2], value[1::2]))
    equal = EQUAL if equal is None else equal
    return kind, [(k.kind, k.value, v.kind, v.value if k.value in equal else kind_of(v.value)) for k, v in items]


def instances(typed, equal=None):
    """An array of instance maps, in order of port, since theirs is unspecified."""
    kind, value = typed
    if kind != "*":
        return alike(typed)
    return kind, sorted(instance(v, equal) for v in value)


def peers(typed):
    return instances(typed, PEER_EQUAL)


def hello(typed):
    """Names of the fields of HELLO, and the values that are not about the program."""
    kind, value = typed
    items = value if kind == "%" else list(zip(value[::2], value[1::2])) if kind == "*" else None
    if items is None:
        return alike(typed)
    return kind, [(k.value, v.kind, v.value if k.value in ("proto", "mode", "modules") else "...") for k, v in items]


def sentinel_info(typed):
    """The sentinel section: field names in order, and the line of each group."""
    kind, value = typed
    return kind, [line if line.startswith("master") else line.split(":")[0] for line in value.splitlines()]


def client_fields(typed):
    """CLIENT LIST: the names of the fields, as of 7.0; later versions have more behind them."""
    kind, value = typed
    return kind, [f.split("=")[0] for f in value.splitlines()[0].split(" ")][:CLIENT_FIELDS]


def command_entry(typed):
    """COMMAND INFO of one command: structure, name, arity."""
    kind, value = typed
    entry = value[0].value if value else []
    return kind, [(v.kind, v.value if i < 2 else "...") for i, v in enumerate(entry[:6])]


def field_names(typed):
    """A map: the names of its fields in their order, and the types of the values."""
    kind, value = typed
    items = value if kind == "%" else list(zip(value[::2], value[1::2]))
    return kind, [(k.kind, k.value, v.kind, kind_of(v.value)) for k, v in items]


def help_text(typed):
    """HELP: the first line, and that each subcommand has a line of its own with indented ones below it."""
    kind, value = typed
    return kind, [value[0].value] + sorted({(v.kind, v.value.startswith("    ")) for v in value[1:]})


def info_cache(typed):
    """INFO-CACHE: the structure, and of each INFO the sections."""
    kind, value = typed
    if kind != "*":
        return alike(typed)
    return kind, [v.value if v.kind == "$" else
                  [(pair.kind, age.kind, info.kind, re.findall("(?m)^# .*$", info.value or "")) for pair in v.value
                   for age, info in [pair.value]] for v in value]
