/*
 * The handlers of the pure commands, one line each; cmd_*.c has them by subject, table_io.c the
 * table that names them.
 */
#ifndef STORE_CMD_H
#define STORE_CMD_H

#include "wire/command.h"

/* strings */
command_fn cmd_set, cmd_setnx, cmd_setex, cmd_psetex, cmd_get, cmd_getset, cmd_getdel, cmd_getex;
command_fn cmd_append, cmd_strlen, cmd_getrange, cmd_setrange, cmd_mget, cmd_mset, cmd_msetnx;

/* counters */
command_fn cmd_incr, cmd_decr, cmd_incrby, cmd_decrby, cmd_incrbyfloat;

/* keys */
command_fn cmd_del, cmd_exists, cmd_touch, cmd_type, cmd_rename, cmd_renamenx, cmd_randomkey,
    cmd_dbsize;
command_fn cmd_flushdb, cmd_flushall, cmd_select;
command_fn cmd_keys, cmd_scan;

command_fn cmd_sort, cmd_sort_ro;
command_fn cmd_copy, cmd_move, cmd_swapdb, cmd_dump, cmd_restore, cmd_memory_usage;
command_fn cmd_object_encoding, cmd_object_refcount, cmd_object_idletime, cmd_object_freq;

/* hashes */
command_fn cmd_hset, cmd_hmset, cmd_hsetnx, cmd_hget, cmd_hmget, cmd_hdel, cmd_hlen, cmd_hexists,
    cmd_hstrlen;
command_fn cmd_hgetall, cmd_hkeys, cmd_hvals, cmd_hincrby, cmd_hincrbyfloat, cmd_hrandfield,
    cmd_hscan;

/* sets */
command_fn cmd_sadd, cmd_srem, cmd_sismember, cmd_smismember, cmd_scard, cmd_smembers, cmd_smove,
    cmd_spop;
command_fn cmd_srandmember, cmd_sscan, cmd_sinter, cmd_sinterstore, cmd_sintercard, cmd_sunion,
    cmd_sunionstore;
command_fn cmd_sdiff, cmd_sdiffstore;

/* sorted sets */
command_fn cmd_zadd, cmd_zincrby, cmd_zrem, cmd_zcard, cmd_zscore, cmd_zmscore, cmd_zrank,
    cmd_zrevrank;
command_fn cmd_zrange, cmd_zrevrange, cmd_zrangebyscore, cmd_zrevrangebyscore, cmd_zrangebylex,
    cmd_zrevrangebylex;
command_fn cmd_zrangestore, cmd_zcount, cmd_zlexcount, cmd_zremrangebyrank, cmd_zremrangebyscore,
    cmd_zremrangebylex;
command_fn cmd_zpopmin, cmd_zpopmax, cmd_zmpop, cmd_bzpopmin, cmd_bzpopmax, cmd_bzmpop;
command_fn cmd_zunion, cmd_zinter, cmd_zdiff, cmd_zunionstore, cmd_zinterstore, cmd_zdiffstore,
    cmd_zintercard;
command_fn cmd_zrandmember, cmd_zscan;
/* lists */
command_fn cmd_lpush, cmd_rpush, cmd_lpushx, cmd_rpushx, cmd_lpop, cmd_rpop, cmd_llen, cmd_lindex;
command_fn cmd_lset, cmd_lrange, cmd_ltrim, cmd_lrem, cmd_linsert, cmd_lpos;
command_fn cmd_lmove, cmd_rpoplpush, cmd_lmpop, cmd_blpop, cmd_brpop, cmd_blmove, cmd_brpoplpush,
    cmd_blmpop;

/* expiry */
command_fn cmd_expire, cmd_pexpire, cmd_expireat, cmd_pexpireat, cmd_persist;
command_fn cmd_ttl, cmd_pttl, cmd_expiretime, cmd_pexpiretime;

/* connections */
command_fn cmd_echo, cmd_quit, cmd_reset, cmd_auth, cmd_hello, cmd_time;
command_fn cmd_help; /* HELP of any container */
command_fn cmd_command, cmd_command_count, cmd_command_list, cmd_command_info, cmd_command_docs;
command_fn cmd_command_getkeys, cmd_command_getkeysandflags;

/* users */
command_fn cmd_acl_cat, cmd_acl_deluser, cmd_acl_dryrun, cmd_acl_genpass, cmd_acl_getuser,
    cmd_acl_list, cmd_acl_log, cmd_acl_setuser, cmd_acl_users, cmd_acl_whoami;

/* transactions, pub/sub */
command_fn cmd_multi, cmd_exec, cmd_discard, cmd_watch, cmd_unwatch;
command_fn cmd_publish;

/* what took long */
command_fn cmd_slowlog_get, cmd_slowlog_len, cmd_slowlog_reset;
command_fn cmd_latency_doctor, cmd_latency_histogram, cmd_latency_history, cmd_latency_latest,
    cmd_latency_reset;

/* options */
command_fn cmd_config_get, cmd_config_set;

#endif
