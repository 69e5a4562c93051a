"""redis-py with asyncio."""

import asyncio

import redis.asyncio
import redis.asyncio.sentinel
import redis.exceptions

import loop

TIMEOUT_S = 2.0

config = loop.config()
group = config["group"]
runner = asyncio.new_event_loop()
asyncio.set_event_loop(runner)
sentinel = redis.asyncio.sentinel.Sentinel(
    config["sentinels"], min_other_sentinels=2, socket_timeout=TIMEOUT_S,
    sentinel_kwargs={"socket_timeout": TIMEOUT_S, "decode_responses": True, "username": config["sentinel_user"],
                     "password": config["sentinel_password"]})
options = {"username": config["user"], "password": config["password"], "decode_responses": True}
writer = sentinel.master_for(group, **options)
reader = sentinel.slave_for(group, **options)


async def set_key(key, value):
    for attempt in loop.attempts(redis.exceptions.RedisError):
        with attempt:
            return await writer.set(key, value)


async def get_key(key):
    for attempt in loop.attempts(redis.exceptions.RedisError):
        with attempt:
            return [await reader.get(key), (await reader.execute_command("ROLE"))[0]]


async def primary():
    return "%s:%d" % tuple(await sentinel.discover_master(group))


async def replicas():
    return ["%s:%d" % tuple(address) for address in await sentinel.discover_slaves(group)]


async def fields():
    first = sentinel.sentinels[0]
    master, masters, slaves, others, address = await asyncio.gather(
        first.sentinel_master(group), first.sentinel_masters(), first.sentinel_slaves(group),
        first.sentinel_sentinels(group), first.sentinel_get_master_addr_by_name(group))
    return {"master": master, "masters": list(masters.values()), "replicas": slaves, "sentinels": others,
            "address": "%s:%d" % tuple(address)}


async def failover():
    return await sentinel.sentinels[0].sentinel_failover(group)


def blocking(verb):
    return lambda *words: runner.run_until_complete(verb(*words))


loop.serve({"set": blocking(set_key), "get": blocking(get_key), "primary": blocking(primary),
            "replicas": blocking(replicas), "fields": blocking(fields), "failover": blocking(failover)})
