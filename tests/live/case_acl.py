"""Scenarios: users and passwords: ACL beside redis-sentinel, logging in of clients and of peers, what survives."""

import contextlib
import functools
import os
import re
import signal

import resp
from cluster import Cluster
from command_shapes import alike, exact
from scenario import scenario
from waiting import check, wait

ONLY = ("picketd",)
PASSWORD = "open-sesame-7"
WRONG = "something-else-9"
# What Redis's documentation gives a client that only looks for the primary.
CLIENT_RULES = ("on", ">" + PASSWORD, "-@all", "+auth", "+client|getname", "+client|id", "+client|setname", "+command",
                "+hello", "+ping", "+role", "+sentinel|get-master-addr-by-name", "+sentinel|master", "+sentinel|myid",
                "+sentinel|replicas", "+sentinel|sentinels")
# How long nothing must happen for "it does not".
STAYS_S = 4.0

HASH = "148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940"

# Rules of which both show the same; later versions of Redis than 7.0 show some others as they were given, as we do.
RULES = (
    ("on",), ("off",), ("nopass",), (">p",), (">p", "<p"), ("<q",), ("#" + HASH,), ("#abc",), ("!" + HASH,), ("!zz",),
    (">p", "nopass"), ("nopass", ">p"), ("resetpass",), ("reset",), ("+ping",), ("-ping",), ("+@all",), ("-@all",),
    ("+@all", "-@admin"), ("+@all", "-ping"), ("+@admin",), ("+@admin", "-@admin"), ("allcommands",), ("nocommands",),
    ("+nosuch",), ("-nosuch",), ("+@nosuch",), ("-@nosuch",), ("+sentinel|masters",), ("+sentinel|bogus",),
    ("+sentinel|masters|x",), ("+ping|x",), ("-ping|x",), ("~a*",), ("~a*", "~b"), ("~*", "~a"), ("allkeys",),
    ("resetkeys",), ("%R~a",), ("%W~a",), ("%R~a", "%W~a"), ("%X~a",), ("%",), ("%R",), ("&a*",), ("&a*", "&b"),
    ("&*", "&a"), ("allchannels",), ("resetchannels",), ("",), ("bogus",), ("(",), (")",), ("()",), ("(+ping)",),
    ("(+ping", "~a)"), ("(+ping", "~a"), ("(on)",), ("(>p)",), ("(+ping)", "(~b)"), ("(+ping)", "clearselectors"),
    ("ON",), ("+PING",), ("~a b",), ("+@all", "~*", "&*"), ("+acl", "-acl|setuser"), ("+@pubsub", "-publish"),
    ("sanitize-payload",), ("skip-sanitize-payload",), ("+@all", "-client|kill"),
)

# How replies that only look at users are compared; lim is the user that begin() makes.
ASKS = (
    (exact, "ACL"), (exact, "ACL", "bogus"), (exact, "ACL", "CAT"), (exact, "ACL", "CAT", "nosuch"),
    (exact, "ACL", "CAT", "a", "b"), (exact, "ACL", "USERS"), (exact, "ACL", "LIST"), (exact, "ACL", "WHOAMI"),
    (exact, "ACL", "GETUSER", "default"), (exact, "ACL", "GETUSER", "lim"), (exact, "ACL", "GETUSER", "nosuch"),
    (exact, "ACL", "GETUSER"), (exact, "ACL", "DELUSER"), (exact, "ACL", "DELUSER", "default"),
    (exact, "ACL", "DELUSER", "nosuch"), (exact, "ACL", "SETUSER"), (exact, "ACL", "SETUSER", "a b", "on"),
    (exact, "ACL", "LOG", "x"), (exact, "ACL", "LOG", "0"), (exact, "ACL", "LOG", "1", "2"), (exact, "ACL", "LOG", "RESET"),
    (exact, "ACL", "LOG"), (alike, "ACL", "GENPASS"), (alike, "ACL", "GENPASS", "5"), (exact, "ACL", "GENPASS", "0"),
    (exact, "ACL", "GENPASS", "4097"), (exact, "ACL", "GENPASS", "x"), (exact, "ACL", "GENPASS", "1", "2"),
    (exact, "ACL", "SAVE"), (exact, "ACL", "LOAD"), (exact, "ACL", "DRYRUN", "nosuch", "ping"),
    (exact, "ACL", "DRYRUN", "lim"), (exact, "ACL", "DRYRUN", "lim", "get", "x"),
    (exact, "ACL", "DRYRUN", "lim", "sentinel", "bogus"), (exact, "ACL", "DRYRUN", "lim", "sentinel"),
    (exact, "ACL", "DRYRUN", "lim", "ping"), (exact, "ACL", "DRYRUN", "lim", "role"),
    (exact, "ACL", "DRYRUN", "lim", "sentinel", "masters"), (exact, "ACL", "DRYRUN", "lim", "sentinel", "master", "x"),
    (exact, "ACL", "DRYRUN", "lim", "subscribe", "a", "b"), (exact, "ACL", "DRYRUN", "lim", "psubscribe", "a*"),
    (exact, "ACL", "DRYRUN", "lim", "auth", "x"), (exact, "CLIENT", "KILL", "USER", "nosuch"),
    (exact, "CLIENT", "KILL", "USER", "lim"),
)

# What lim may and may not, each on a connection of its own.
LIM = ("on", ">" + PASSWORD, "+ping", "+sentinel|masters", "+subscribe", "+psubscribe", "+publish", "&a*", "+acl|whoami")
LIM_SAYS = (
    ("PING",), ("ACL", "WHOAMI"), ("ROLE",), ("GET", "x"), ("SENTINEL", "bogus"), ("SENTINEL",), ("SENTINEL", "master", "x"),
    ("ACL", "LIST"), ("PUBLISH", "b", "x"), ("PUBLISH", "__sentinel__:hello", "x"), ("SUBSCRIBE", "b"),
    ("SUBSCRIBE", "a", "b"), ("PSUBSCRIBE", "a"), ("PSUBSCRIBE", "a*"), ("SUBSCRIBE", "ab"), ("AUTH", "lim", "bad"),
    ("SENTINEL", "is-master-down-by-addr", "127.0.0.1", "1", "1", "*"),
)

# Said by somebody who has not logged in, while the default user has a password; each on its own connection.
STRANGER_SAYS = (
    ("PING",), ("AUTH",), ("GET", "x"), ("SENTINEL", "bogus"), ("SENTINEL", "masters"), ("HELLO",), ("HELLO", "3"),
    ("HELLO", "9"), ("HELLO", "x"), ("HELLO", "3", "SETNAME", "a"), ("HELLO", "3", "AUTH", "default", "bad"),
    ("HELLO", "3", "AUTH", "default"), ("AUTH", "bad"), ("AUTH", "nosuch", PASSWORD), ("AUTH", PASSWORD),
    ("AUTH", "default", PASSWORD), ("AUTH", "a", "b", "c"), ("SUBSCRIBE", "a"),
    ("SENTINEL", "is-master-down-by-addr", "127.0.0.1", "1", "1", "*"), ("PUBLISH", "__sentinel__:hello", "x"),
    ("ACL", "WHOAMI"), ("SHUTDOWN",),
)


def newest(value):
    """Of a secret that a rule repeats, only the kind."""
    if isinstance(value, resp.Typed):
        return resp.Typed(value.kind, newest(value.value))
    if isinstance(value, (list, tuple)):
        return [newest(v) for v in value]
    if isinstance(value, (str, resp.RespError)):
        text = str(value)
        return re.sub(r"modifier '([<>#!])[^']*'", r"modifier '\1...'", text)
    return value


def reply(conn, how, *command):
    try:
        return newest(how(conn.call_typed(*command, timeout=5.0)))
    except OSError as error:
        return type(error).__name__


class Sides:
    """Ours and theirs, and where their replies differ."""

    def __init__(self, world):
        self.world = world
        self.faults = []
        self.count = 0

    def compare(self, title, replies):
        self.count += 1
        if replies[0] != replies[1]:
            self.faults.append("%s\n    ours:   %s\n    theirs: %s" % (title, replies[0], replies[1]))

    def each(self, commands, how=exact, **options):
        """Commands in turn, on one connection to each side."""
        with contextlib.ExitStack() as stack:
            conns = [stack.enter_context(s.connect(**options)) for s in self.world.supervisors]
            for command in commands:
                self.compare(" ".join(command), [reply(c, how, *command) for c in conns])

    def alone(self, commands, login=()):
        """Each command on new connections, which have logged in."""
        for command in commands:
            replies = []
            for side in self.world.supervisors:
                with side.connect() as conn:
                    for first in login:
                        conn.call(*first)
                    replies.append(reply(conn, alike if command[0] == "HELLO" else exact, *command))
            self.compare("%s %s" % (login, " ".join(command)), replies)


def as_set(typed):
    """A list whose order is nobody's."""
    return sorted(v.value for v in typed.value)


def our_categories(typed):
    """The commands of a category that redis-sentinel 7.0 has as well."""
    extra = re.compile(r"picket|sentinel\|(primar|get-primary|is-primary)|client\|setinfo|sentinel\|help")
    return [name for name in as_set(typed) if not extra.match(name)]


@scenario(nodes=("redis",), seconds=12)
def acl_alike(nodes, supervisor):
    """ACL, AUTH and refusals have the replies that redis-sentinel gives"""
    with Cluster(nodes, (supervisor, "redis-sentinel"), settle=False) as world:
        sides = Sides(world)
        for rules in RULES:
            sides.each([("ACL", "SETUSER", "u") + rules, ("ACL", "GETUSER", "u"), ("ACL", "LIST"), ("ACL", "DELUSER", "u")])
        sides.each([("ACL", "SETUSER", "lim") + LIM])
        for proto in (2, 3):
            with contextlib.ExitStack() as stack:
                conns = [stack.enter_context(s.connect(proto=proto)) for s in world.supervisors]
                for how, *command in ASKS:
                    if command[-1] == "lim" and command[1] in ("GETUSER",) or command[1:] == ["LIST"]:
                        continue  # 7.0 words its commands in another order
                    sides.compare("RESP%d %s" % (proto, " ".join(command)), [reply(c, how, *command) for c in conns])
                for category in conns[0].call("ACL", "CAT"):
                    sides.compare("ACL CAT " + category,
                                  [our_categories(c.call_typed("ACL", "CAT", category)) for c in conns])
        sides.alone(LIM_SAYS, [("AUTH", "lim", PASSWORD)])
        sides.alone([("ACL", "WHOAMI"), ("PING",)], [("AUTH", "default", "any will do")])
        sides.each([("ACL", "SETUSER", "default", ">" + PASSWORD), ("PING",)])
        sides.alone(STRANGER_SAYS)
        for side in world.supervisors:  # so that the harness can go on
            with resp.connect("127.0.0.1", side.port, password=PASSWORD) as conn:
                conn.call("ACL", "SETUSER", "default", "nopass")
        check(not sides.faults, "%d of %d replies differ:\n%s" % (len(sides.faults), sides.count, "\n".join(sides.faults)))
        return "%d replies compared" % sides.count


def refusal(conn, *command):
    """The code of the error that a command gets, or None."""
    try:
        conn.call(*command)
    except resp.RespError as error:
        return error.code
    return None


def ended(conn):
    """Whether the other side has closed the connection."""
    try:
        return refusal(conn, "PING") is None and False
    except OSError:
        return True


def logged_in(supervisor, user):
    conn = resp.connect("127.0.0.1", supervisor.port)
    conn.call("AUTH", user, PASSWORD)
    return conn


@scenario(nodes=("redis",), supervisors=ONLY, seconds=6)
def acl_users(nodes, supervisor):
    """the documented client user works; users survive kill -9; removed ones lose their connections"""
    with Cluster(nodes, supervisor, supervisors=1, settle=False, quorum=1) as world:
        one = world.supervisors[0]
        wait(lambda: one.master("orders"), "the group is there")
        one.call("ACL", "SETUSER", "app", *CLIENT_RULES)
        one.call("ACL", "SETUSER", "other", "on", ">" + PASSWORD, "+ping", "(+role)")
        listed = one.call("ACL", "LIST")
        with contextlib.closing(logged_in(one, "app")) as app:
            for command in (("PING",), ("ROLE",), ("HELLO", "2"), ("COMMAND",), ("CLIENT", "SETNAME", "x"), ("CLIENT", "ID"),
                            ("CLIENT", "GETNAME"), ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "orders"), ("SENTINEL", "MYID"),
                            ("SENTINEL", "MASTER", "orders"), ("SENTINEL", "REPLICAS", "orders"),
                            ("SENTINEL", "SENTINELS", "orders")):
                check(refusal(app, *command) is None, "%s is refused to the documented user" % (command,))
            for command in (("SENTINEL", "MASTERS"), ("SENTINEL", "FAILOVER", "orders"), ("SENTINEL", "REMOVE", "orders"),
                            ("SENTINEL", "SET", "orders", "quorum", "1"), ("ACL", "LIST"), ("CLIENT", "LIST"), ("SHUTDOWN",),
                            ("SUBSCRIBE", "+switch-master"), ("PUBLISH", "__sentinel__:hello", "x"), ("INFO",),
                            ("SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "1", "1", "*"),
                            ("PICKET", "OPINION", "a" * 40, "orders", "127.0.0.1", "1", "1", "1", "0")):
                check(refusal(app, *command) == "NOPERM", "%s is not refused to the documented user" % (command,))
        one.kill()
        one.start().await_ready()
        check(one.call("ACL", "LIST") == listed, "users after kill -9: %s" % one.call("ACL", "LIST"))
        with contextlib.closing(logged_in(one, "other")) as other, contextlib.closing(logged_in(one, "app")) as app:
            one.call("ACL", "SETUSER", "app", "off")
            check(refusal(app, "PING") is None, "a connection of a user who was turned off stays, as in Redis")
            check(one.call("ACL", "DELUSER", "other", "nosuch") == 1, "DELUSER")
            check(ended(other), "a removed user keeps its connection")
        one.call("ACL", "SETUSER", "boss", "on", ">" + PASSWORD, "+@all")
        with contextlib.closing(logged_in(one, "boss")) as boss:
            check(boss.call("ACL", "DELUSER", "boss") == 1, "who removes itself gets its reply")
            check(ended(boss), "who removes itself keeps its connection")
        check(PASSWORD not in one.log() and PASSWORD not in "".join(one.call("ACL", "LIST")), "a password is shown")
        one.term()
        one.start().await_ready()
        check([u for u in one.call("ACL", "USERS")] == ["app", "default"], "users: %s" % one.call("ACL", "USERS"))
        return None


def password_at(supervisor, password):
    """From now on the harness logs in with this one."""
    supervisor.password = supervisor.events.password = password


@scenario(nodes=("redis",), supervisors=ONLY, seconds=5)
def acl_requirepass(nodes, supervisor):
    """requirepass: the default user's password; ACL SETUSER survives, a change in the file wins"""
    with Cluster(nodes, supervisor, supervisors=1, settle=False, quorum=1) as world:
        one = world.supervisors[0]

        def reconfigure(extra):
            one.configure(extra=extra)
            one.signal(signal.SIGHUP)

        stranger = one.connect()
        check(refusal(stranger, "PING") is None, "open at first")
        reconfigure('requirepass = "%s";\n' % PASSWORD)
        password_at(one, PASSWORD)
        wait(lambda: one.connect(), "the password of the file")
        check(refusal(stranger, "PING") is None, "open connections stay")
        with contextlib.closing(resp.connect("127.0.0.1", one.port)) as conn:
            check(refusal(conn, "PING") == "NOAUTH", "a stranger gets in")
        one.call("ACL", "SETUSER", "default", "resetpass", ">" + WRONG)
        password_at(one, WRONG)
        one.kill()
        one.start()
        wait(lambda: one.connect().call("PING") == "PONG", "what ACL SETUSER said survives")
        reconfigure('requirepass = "%s2";\n' % PASSWORD)
        password_at(one, PASSWORD + "2")
        wait(lambda: one.connect(), "a new password in the file wins")
        reconfigure("")
        password_at(one, None)
        wait(lambda: one.connect().call("PING") == "PONG", "none in the file: none")
        stranger.close()
        check(PASSWORD not in one.log() and WRONG not in one.log(), "a password is logged")
        return None


@scenario(nodes=("redis",), supervisors=ONLY, seconds=5)
def acl_file(nodes, supervisor):
    """acl_file: read at the start, LOAD and SAVE; a wrong one names its line and changes nothing"""
    with Cluster(nodes, supervisor, supervisors=1, settle=False, quorum=1) as world:
        one = world.supervisors[0]
        path = os.path.join(one.dir, "users.acl")

        def write(text):
            with open(path, "w") as file:
                file.write(text)

        one.term()
        one.configure(extra='acl_file = "%s";\n' % path)
        one.spawn()
        check(one.wait_exit() == 1, "starts without its file of users")
        check("users.acl" in one.log(), "the log does not name the file")
        write("# users\nuser app on >%s +ping\n" % PASSWORD)
        one.start().await_ready()
        check(one.call("ACL", "USERS") == ["app", "default"], "users: %s" % one.call("ACL", "USERS"))
        one.call("ACL", "SETUSER", "more", "on", "nopass", "+role", "(+ping ~a)")
        app = logged_in(one, "app")
        write("user app on +bogus\n")
        try:
            one.call("ACL", "LOAD")
            check(False, "a wrong file is loaded")
        except resp.RespError as error:
            check("users.acl:1: " in str(error) and "WARNING" in str(error), "the error of LOAD: %s" % error)
        check(one.call("ACL", "USERS") == ["app", "default", "more"], "a wrong file changed the users")
        before = one.call("ACL", "LIST")
        check(one.call("ACL", "SAVE") == "OK" and one.call("ACL", "LOAD") == "OK", "SAVE, LOAD")
        check(one.call("ACL", "LIST") == before, "SAVE and LOAD changed %s" % one.call("ACL", "LIST"))
        check(refusal(app, "PING") is None, "LOAD closes the connection of a user who is still there")
        with open(path) as file:
            check(PASSWORD not in file.read(), "a password in clear in the file")
        check(os.stat(path).st_mode & 0o77 == 0, "the file can be read by others")
        write("user more on nopass +ping\n")
        check(one.call("ACL", "LOAD") == "OK", "LOAD")
        check(ended(app), "a user who is no more keeps its connection")
        one.term()
        one.start().await_ready()
        check(one.call("ACL", "USERS") == ["default", "more"], "users: %s" % one.call("ACL", "USERS"))
        return None


def secured(world, passwords):
    """Supervisors with these passwords; before the block begins."""
    for supervisor, password in zip(world.supervisors, passwords):
        line = 'requirepass = "%s";\n' if supervisor.kind == "picketd" else "requirepass %s\n"
        supervisor.configure = functools.partial(supervisor.configure, extra=line % password)
        password_at(supervisor, password)
    return world


def check_strangers_refused(world):
    """Whatever supervisors say to one another is refused to who has not logged in, and changes nothing."""
    primary = world.group.primary
    for supervisor in world.supervisors:
        epochs = supervisor.master("orders")["config-epoch"]
        with contextlib.closing(resp.connect("127.0.0.1", supervisor.port)) as conn:
            hello = "127.0.0.1,1,%s,77,orders,127.0.0.1,9,77" % ("b" * 40)
            for command in (("SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", primary.port, "50", "b" * 40),
                            ("PUBLISH", "__sentinel__:hello", hello), ("SENTINEL", "FAILOVER", "orders"),
                            ("SUBSCRIBE", "x"), ("SHUTDOWN",)):
                check(refusal(conn, *command) == "NOAUTH", "%s from a stranger is not refused" % (command,))
            if supervisor.kind == "picketd":
                check(refusal(conn, "PICKET", "OPINION", "b" * 40, "orders", "127.0.0.1", primary.port, "0", "1",
                              "0") == "NOAUTH", "OPINION from a stranger is not refused")
        check(supervisor.master("orders")["config-epoch"] == epochs, "a stranger changed the epoch")
        check(not supervisor.events.find("+vote-for-leader"), "%s voted for a stranger" % supervisor.label)


@scenario(nodes=("redis",), supervisors=ONLY, seconds=8)
def acl_peers(nodes, supervisor):
    """three with requirepass find one another and fail over; strangers are refused"""
    with secured(Cluster(nodes, supervisor), [PASSWORD] * 3) as world:
        check_strangers_refused(world)
        for one in world.supervisors:
            check("OK 3 usable" in one.call("SENTINEL", "CKQUORUM", "orders"), "CKQUORUM at %s" % one.label)
        old = world.group.primary
        world.wait_switch(world.group, old.kill())
        check(not any(s.events.find("+access-denied") for s in world.supervisors), "an alarm without reason")
        check(not any(PASSWORD in s.log() for s in world.supervisors), "a password is logged")
        return None


@scenario(nodes=("redis",), supervisors=ONLY, seconds=10)
def acl_mixed_peers(nodes, supervisor):
    """one of ours and two redis-sentinels, all with requirepass, agree and fail over"""
    with secured(Cluster(nodes, (supervisor, "redis-sentinel", "redis-sentinel")), [PASSWORD] * 3) as world:
        old = world.group.primary
        world.wait_switch(world.group, old.kill())
        return None


@scenario(nodes=("redis",), supervisors=ONLY, seconds=14)
def acl_wrong_peer(nodes, supervisor):
    """a peer with another password is an alarm and has no vote; with the right one the alarm ends"""
    with secured(Cluster(nodes, supervisor, supervisors=2, settle=False), [PASSWORD, WRONG]) as world:
        first, second = world.supervisors
        for one, other in ((first, second), (second, first)):
            # The log, not the collector: it may come before anybody has subscribed.
            alarm = "-sentinel-refused sentinel %s .* refuses what we log in with" % other.call("SENTINEL", "MYID")
            wait(lambda a=one, text=alarm: re.search(text, a.log()), "%s is told that %s refuses it" % (one.label, other.label))
        check("NOQUORUM" == refusal(first.connect(), "SENTINEL", "CKQUORUM", "orders"), "a peer that refuses us counts")
        moment = world.group.primary.kill()
        wait(lambda: first.events.find("+sdown", moment, text="master orders"), "+sdown")
        world.stays(lambda: not world.switches(world.group, moment), "a failover without the other's vote", STAYS_S)
        check(not any(s.events.find("+vote-for-leader", moment, text=o.call("SENTINEL", "MYID"))
                      for s, o in ((first, second), (second, first))), "a vote for one who has not logged in")
        for one in world.supervisors:
            check(WRONG not in one.log() and PASSWORD not in one.log(), "a password is logged")
        # Mended at run time: they agree, and what was due happens.
        first.call("SENTINEL", "CONFIG", "SET", "sentinel-pass", WRONG)
        second.call("SENTINEL", "CONFIG", "SET", "sentinel-pass", PASSWORD)
        world.wait_switch(world.group, moment)
        for one in world.supervisors:
            wait(lambda a=one: a.events.find("+sentinel"), "+sentinel at %s" % one.label)
        return None
