"""What nodes and supervisors of a world demand of whoever connects, and who may come in as whom."""

import collections
import functools
import hashlib
import os

# `user` is None for the default one.
Login = collections.namedtuple("Login", "user password")
# `client` and `own` log in to nodes; `sentinel` and `peer` log in to supervisors. None: whoever comes may come in.
# `own` is what supervisors and replicas come in as, `peer` what supervisors are to one another.
Locks = collections.namedtuple("Locks", "client own sentinel peer")

NODES = Login(None, "xyzzy 42")
SUPERVISORS = Login(None, "plugh 17")

OPEN = Locks(None, None, None, None)
NODES_ONLY = Locks(NODES, NODES, None, None)
BOTH = Locks(NODES, NODES, SUPERVISORS, SUPERVISORS)
USERS = Locks(Login("shop", "xyzzy-42"), Login("keeper", "xyzzy-43"), Login("watcher", "plugh-17"), Login("colleague", "plugh-18"))

# The harness comes in as this one where there are users.
ADMIN = Login("admin", "harness-1")

# What each of USERS may. The default user may nothing there: whoever forgets to tell his name stays out.
NODE_RULES = {
    "admin": "~* &* +@all",
    "shop": "~* -@all +@read +@write +@connection +role +info",
    "keeper": "&__sentinel__:hello -@all +ping +info +role +publish +subscribe +unsubscribe +multi +exec +discard +slaveof "
              "+config|rewrite +config|get +config|set +client|setname +client|kill +client|pause +client|unpause +script|kill "
              "+psync +replconf +auth",
}
SUPERVISOR_RULES = {
    "admin": "~* &* +@all",
    "watcher": "&* -@all +auth +hello +ping +info +role +command +client +subscribe +unsubscribe +psubscribe +punsubscribe "
               "+sentinel -sentinel|set -sentinel|remove -sentinel|monitor -sentinel|config",
    "colleague": "&__sentinel__:hello -@all +ping +publish +client|setname +sentinel|myid +sentinel|master "
                 "+sentinel|get-master-addr-by-name +sentinel|is-master-down-by-addr +picket|opinion +picket|claim",
}


def users(rules, logins):
    """Lines of a file of users."""
    of = {login.user: login.password for login in logins}
    lines = ["user %s on #%s %s" % (name, hashlib.sha256(of[name].encode()).hexdigest(), rights)
             for name, rights in rules.items()]
    return "".join(line + "\n" for line in lines + ["user default off -@all"])


def without(rules, right):
    """The rules for a server that has no such command, which would be an error there."""
    return {name: rights.replace(" " + right, "") for name, rights in rules.items()}


def write_users(server, rules, logins):
    """Writes that file for a server; its path."""
    path = os.path.join(server.dir, "users.acl")
    with open(path, "w") as file:
        file.write(users(rules, logins))
    return path


def lock_node(node, locks):
    """Before it is started for the first time."""
    if locks.client is None:
        return
    login = ADMIN if locks.client.user else locks.client
    node.user, node.password = login
    options = [("masterauth", locks.own.password)]
    if locks.client.user:
        rules = NODE_RULES if node.kind == "redis" else without(NODE_RULES, "+script|kill")
        path = write_users(node, rules, (ADMIN, locks.client, locks.own))
        options += [("masteruser", locks.own.user), ("aclfile", path)]
    else:
        options += [("requirepass", locks.client.password)]
    if node.kind == "picket":
        node.argv += [word for name, value in options for word in ("--" + name, value)]
        return
    with open(os.path.join(node.dir, "redis.conf"), "a") as file:
        file.writelines('%s "%s"\n' % option for option in options)


def lock_supervisor(server, locks):
    """Before its configuration is written."""
    server._picketd_conf = functools.partial(picketd_conf, server, locks, server._picketd_conf)
    server._sentinel_conf = functools.partial(sentinel_conf, locks, server._sentinel_conf)
    if locks.sentinel:
        login = ADMIN if locks.sentinel.user else locks.sentinel
        server.user, server.password = login
        server.events.user, server.events.password = login


def picketd_conf(server, locks, write, groups):
    """The configuration of picketd, with these locks and the keys to them."""
    text = write(groups)
    if locks.own:
        options = 'auth_pass = "%s"; ' % locks.own.password
        if locks.own.user:
            options = 'auth_user = "%s"; ' % locks.own.user + options
        text = text.replace("quorum = ", options + "quorum = ")
        assert text.count("auth_pass") == len(groups)
    if locks.sentinel and locks.sentinel.user:
        path = write_users(server, SUPERVISOR_RULES, (ADMIN, locks.sentinel, locks.peer))
        text += 'acl_file = "%s";\nsentinel_user = "%s";\nsentinel_pass = "%s";\n' % ((path,) + locks.peer)
    elif locks.sentinel:
        text += 'requirepass = "%s";\n' % locks.sentinel.password
    return text


def sentinel_conf(locks, write, groups):
    """The same for redis-sentinel, which knows no PICKET."""
    lines = []
    for group in groups if locks.own else ():
        lines.append('sentinel auth-pass %s "%s"' % (group.name, locks.own.password))
        if locks.own.user:
            lines.append("sentinel auth-user %s %s" % (group.name, locks.own.user))
    if locks.sentinel and locks.sentinel.user:
        rules = without(SUPERVISOR_RULES, "+picket|opinion +picket|claim")
        lines += ["sentinel sentinel-user %s" % locks.peer.user, "sentinel sentinel-pass %s" % locks.peer.password,
                  users(rules, (ADMIN, locks.sentinel, locks.peer))]
    elif locks.sentinel:
        lines.append('requirepass "%s"' % locks.sentinel.password)
    return write(groups) + "".join(line + "\n" for line in lines)


def config_of(locks):
    """What a client must know: its logins to nodes and supervisors."""
    def fields(prefix, login):
        return {prefix + "user": login and login.user, prefix + "password": login and login.password}
    return dict(fields("", locks.client), **fields("sentinel_", locks.sentinel))
