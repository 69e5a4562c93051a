"""redis-py. It never asks GET-MASTER-ADDR-BY-NAME by itself: it reads SENTINEL MASTERS and SLAVES with their flags."""

import redis
import redis.sentinel

import loop

TIMEOUT_S = 2.0

config = loop.config()
group = config["group"]
# Insists on a supervisor that knows the other two.
sentinel = redis.sentinel.Sentinel(
    config["sentinels"], min_other_sentinels=2, socket_timeout=TIMEOUT_S,
    sentinel_kwargs={"socket_timeout": TIMEOUT_S, "decode_responses": True, "username": config["sentinel_user"],
                     "password": config["sentinel_password"]})
options = {"username": config["user"], "password": config["password"], "decode_responses": True}
writer = sentinel.master_for(group, **options)
reader = sentinel.slave_for(group, **options)


def set_key(key, value):
    for attempt in loop.attempts(redis.RedisError):
        with attempt:
            return writer.set(key, value)


def get_key(key):
    for attempt in loop.attempts(redis.RedisError):
        with attempt:
            return [reader.get(key), reader.execute_command("ROLE")[0]]


def primary():
    return "%s:%d" % sentinel.discover_master(group)


def replicas():
    return ["%s:%d" % address for address in sentinel.discover_slaves(group)]


def fields():
    first = sentinel.sentinels[0]
    return {"master": first.sentinel_master(group), "masters": list(first.sentinel_masters().values()),
            "replicas": first.sentinel_slaves(group), "sentinels": first.sentinel_sentinels(group),
            "address": "%s:%d" % first.sentinel_get_master_addr_by_name(group)}


def failover():
    return sentinel.sentinels[0].sentinel_failover(group)


loop.serve({"set": set_key, "get": get_key, "primary": primary, "replicas": replicas, "fields": fields,
            "failover": failover})
