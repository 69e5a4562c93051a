#include "store/table_io.h"

#include "store/admin_io.h"
#include "store/aof_io.h"
#include "store/cmd.h"
#include "store/failover_io.h"
#include "store/key_rules.h"
#include "store/memory_io.h"
#include "store/picket_io.h"
#include "store/primary_io.h"
#include "store/replicas_io.h"
#include "store/store.h"
#include "store/unblock_io.h"
#include "store/users_io.h"
#include "wire/client_cmd.h"
#include "wire/command_keys.h"

/* The flags, short enough for a table. */
enum {
    W = COMMAND_WRITE,
    R = COMMAND_READONLY,
    OOM = COMMAND_DENYOOM,
    ADM = COMMAND_ADMIN,
    PS = COMMAND_PUBSUB,
    NS = COMMAND_NOSCRIPT,
    BLK = COMMAND_BLOCKING,
    LD = COMMAND_LOADING,
    ST = COMMAND_STALE,
    F = COMMAND_FAST,
    NA = COMMAND_NO_AUTH,
    NM = COMMAND_NO_MULTI,
    MR = COMMAND_MAY_REPLICATE,
    PROT = COMMAND_PROTECTED,
    UNQ = COMMAND_UNQUEUED,
    EXE = COMMAND_EXEC,
    PNG = COMMAND_PING,
    BUSY = COMMAND_ALLOW_BUSY,
    NAL = COMMAND_NO_ASYNC_LOADING,
    NSL = COMMAND_SKIP_SLOWLOG,
    STR = COMMAND_IN_STRING,
    LIST = COMMAND_IN_LIST,
    SETS = COMMAND_IN_SET,
    ZSET = COMMAND_IN_SORTEDSET,
    HASH = COMMAND_IN_HASH,
    KEYSP = COMMAND_IN_KEYSPACE,
    TX = COMMAND_IN_TRANSACTION,
    CON = COMMAND_IN_CONNECTION,
    INADM = COMMAND_IN_ADMIN,
    DNG = COMMAND_IN_DANGEROUS,
};

/* What a command does to a key. */
enum {
    RO = COMMAND_KEY_RO,
    RW = COMMAND_KEY_RW,
    OW = COMMAND_KEY_OW,
    RM = COMMAND_KEY_RM,
    ACC = COMMAND_KEY_ACCESS,
    UPD = COMMAND_KEY_UPDATE,
    INS = COMMAND_KEY_INSERT,
    DEL = COMMAND_KEY_DELETE,
    INC = COMMAND_KEY_INCOMPLETE,
    VAR = COMMAND_KEY_VARIABLE,
};

#define KEYS_OF COMMAND_KEYS
#define AT      COMMAND_KEY_AT
#define FOUND   COMMAND_KEY_FOUND
#define FROM    COMMAND_KEY_FROM
#define COUNTED COMMAND_KEY_COUNTED
#define UNKNOWN COMMAND_KEY_UNKNOWN

#define PLAIN(name_, arity_, run_, flags_, summary_)                                               \
    {                                                                                              \
        .name = name_, .arity = arity_, .flags = flags_, .run = run_, .summary = summary_          \
    }
#define GROUP(name_, arity_, run_, flags_, subs_, summary_)                                        \
    {                                                                                              \
        .name = name_, .arity = arity_, .flags = flags_, .run = run_, .subs = subs_,               \
        .summary = summary_                                                                        \
    }
#define KEYS(name_, arity_, run_, flags_, keys_, summary_)                                         \
    {                                                                                              \
        .name = name_, .arity = arity_, .flags = flags_, .run = run_, .keys = keys_,               \
        .summary = summary_                                                                        \
    }

/* clang-format off */

static const struct command acl_commands[] = {
    PLAIN("cat", -2, cmd_acl_cat, NS|LD|ST, "Lists categories, or the commands of one"),
    PLAIN("deluser", -3, cmd_acl_deluser, ADM|NS|LD|ST, "Removes users and closes their connections"),
    PLAIN("dryrun", -4, cmd_acl_dryrun, ADM|NS|LD|ST, "Says whether a user may run a command"),
    PLAIN("genpass", -2, cmd_acl_genpass, NS|LD|ST, "Returns a password that nobody can guess"),
    PLAIN("getuser", 3, cmd_acl_getuser, ADM|NS|LD|ST, "Describes a user"),
    PLAIN("help", 2, cmd_help, LD|ST, "Prints this help"),
    PLAIN("list", 2, cmd_acl_list, ADM|NS|LD|ST, "Lists the users with their rules"),
    PLAIN("load", 2, cmd_acl_load, ADM|NS|LD|ST, "Reads all users from the file of users"),
    PLAIN("log", -2, cmd_acl_log, ADM|NS|LD|ST, "Shows who was refused what, or forgets it"),
    PLAIN("save", 2, cmd_acl_save, ADM|NS|LD|ST, "Writes all users to the file of users"),
    PLAIN("setuser", -3, cmd_acl_setuser, ADM|NS|LD|ST, "Changes a user or makes one"),
    PLAIN("users", 2, cmd_acl_users, ADM|NS|LD|ST, "Lists the names of the users"),
    PLAIN("whoami", 2, cmd_acl_whoami, NS|LD|ST, "Returns the user of the connection"),
    { .name = NULL },
};

static const struct command client_commands[] = {
    PLAIN("getname", 2, client_cmd_getname, NS|LD|ST|CON, "Returns the name of the connection"),
    PLAIN("help", 2, cmd_help, LD|ST|CON, "Prints this help"),
    PLAIN("id", 2, client_cmd_id, NS|LD|ST|CON, "Returns the number of the connection"),
    PLAIN("info", 2, cmd_client_info, NS|LD|ST|CON, "Describes the connection"),
    PLAIN("kill", -3, cmd_client_kill, ADM|NS|LD|ST|CON, "Closes connections"),
    PLAIN("list", -2, cmd_client_list, ADM|NS|LD|ST|CON, "Lists connections"),
    PLAIN("no-evict", 3, client_cmd_no_evict, ADM|NS|LD|ST|CON, "Keeps the connection when memory is short"),
    PLAIN("pause", -3, cmd_client_pause, ADM|NS|LD|ST|CON, "Holds commands back for a while"),
    PLAIN("reply", 3, client_cmd_reply, NS|LD|ST|CON, "Turns replies on or off"),
    PLAIN("setinfo", 4, client_cmd_setinfo, NS|LD|ST|CON, "Tells name and version of the library"),
    PLAIN("setname", 3, client_cmd_setname, NS|LD|ST|CON, "Names the connection"),
    PLAIN("unblock", -3, cmd_client_unblock, ADM|NS|LD|ST|CON, "Ends the waiting of a connection"),
    PLAIN("unpause", 2, cmd_client_unpause, ADM|NS|LD|ST|CON, "Ends a pause"),
    { .name = NULL },
};

static const struct command command_commands[] = {
    PLAIN("count", 2, cmd_command_count, LD|ST|CON, "Returns the number of commands"),
    PLAIN("docs", -2, cmd_command_docs, LD|ST|CON, "Documents commands"),
    PLAIN("getkeys", -4, cmd_command_getkeys, LD|ST|CON, "Returns the keys of a command"),
    PLAIN("getkeysandflags", -4, cmd_command_getkeysandflags, LD|ST|CON, "Returns the keys of a command and what happens to them"),
    PLAIN("help", 2, cmd_help, LD|ST|CON, "Prints this help"),
    PLAIN("info", -2, cmd_command_info, LD|ST|CON, "Describes commands"),
    PLAIN("list", -2, cmd_command_list, LD|ST|CON, "Lists the names of commands"),
    { .name = NULL },
};

static const struct command config_commands[] = {
    PLAIN("get", -3, cmd_config_get, ADM|NS|LD|ST, "Returns options that match patterns"),
    PLAIN("help", 2, cmd_help, LD|ST, "Prints this help"),
    PLAIN("resetstat", 2, cmd_config_resetstat, ADM|NS|LD|ST, "Sets the counters of INFO to zero"),
    PLAIN("rewrite", 2, cmd_config_rewrite, ADM|NS|LD|ST, "Writes options that were changed to the state file"),
    PLAIN("set", -4, cmd_config_set, ADM|NS|LD|ST, "Changes options"),
    { .name = NULL },
};

static const struct command latency_commands[] = {
    PLAIN("doctor", 2, cmd_latency_doctor, ADM|NS|LD|ST, "Says in words what was slow"),
    PLAIN("help", 2, cmd_help, LD|ST, "Prints this help"),
    PLAIN("histogram", -2, cmd_latency_histogram, ADM|NS|LD|ST, "Returns how long commands take"),
    PLAIN("history", 3, cmd_latency_history, ADM|NS|LD|ST, "Returns when an event was slow"),
    PLAIN("latest", 2, cmd_latency_latest, ADM|NS|LD|ST, "Returns the last slow one of each event"),
    PLAIN("reset", -2, cmd_latency_reset, ADM|NS|LD|ST, "Forgets slow events"),
    { .name = NULL },
};

static const struct command memory_commands[] = {
    PLAIN("doctor", 2, cmd_memory_doctor, 0, "Says what is unusual about the memory"),
    PLAIN("help", 2, cmd_help, LD|ST, "Prints this help"),
    PLAIN("malloc-stats", 2, cmd_memory_malloc_stats, 0, "Returns what the allocator counts"),
    PLAIN("purge", 2, cmd_memory_purge, 0, "Gives free memory back to the system"),
    PLAIN("stats", 2, cmd_memory_stats, 0, "Says where the memory is"),
    KEYS("usage", -3, cmd_memory_usage, R, KEYS_OF(AT(RO, 2)), "Returns the memory that a key takes"),
    { .name = NULL },
};

static const struct command object_commands[] = {
    KEYS("encoding", 3, cmd_object_encoding, R|KEYSP, KEYS_OF(AT(RO, 2)), "Returns the form in which a value is kept"),
    KEYS("freq", 3, cmd_object_freq, R|KEYSP, KEYS_OF(AT(RO, 2)), "Returns how often a key was used"),
    PLAIN("help", 2, cmd_help, LD|ST|KEYSP, "Prints this help"),
    KEYS("idletime", 3, cmd_object_idletime, R|KEYSP, KEYS_OF(AT(RO, 2)), "Returns for how long a key was not used"),
    KEYS("refcount", 3, cmd_object_refcount, R|KEYSP, KEYS_OF(AT(RO, 2)), "Returns how often a value is shared"),
    { .name = NULL },
};

static const struct command picket_commands[] = {
    PLAIN("confirm", -2, cmd_picket_confirm, ADM|NS|ST, "Opens the start gate"),
    PLAIN("help", 2, cmd_help, LD|ST, "Prints this help"),
    PLAIN("lease", -5, cmd_picket_lease, ADM|NS|LD|ST, "Renews or ends the write lease"),
    PLAIN("status", 2, cmd_picket_status, ADM|NS|LD|ST, "Returns what a supervisor wants to know"),
    { .name = NULL },
};

static const struct command pubsub_commands[] = {
    PLAIN("channels", -2, client_cmd_channels, PS|LD|ST, "Lists channels that have subscribers"),
    PLAIN("help", 2, cmd_help, LD|ST, "Prints this help"),
    PLAIN("numpat", 2, client_cmd_numpat, PS|LD|ST, "Returns the number of patterns"),
    PLAIN("numsub", -2, client_cmd_numsub, PS|LD|ST, "Counts subscribers of channels"),
    { .name = NULL },
};

static const struct command slowlog_commands[] = {
    PLAIN("get", -2, cmd_slowlog_get, ADM|LD|ST, "Returns the last slow commands"),
    PLAIN("help", 2, cmd_help, LD|ST, "Prints this help"),
    PLAIN("len", 2, cmd_slowlog_len, ADM|LD|ST, "Returns how many slow commands are kept"),
    PLAIN("reset", 2, cmd_slowlog_reset, ADM|LD|ST, "Forgets the slow commands"),
    { .name = NULL },
};

const struct command table_commands[] = {
    GROUP("acl", -2, NULL, 0, acl_commands, "Commands about users"),
    KEYS("append", 3, cmd_append, W|OOM|F|STR, KEYS_OF(AT(RW|INS, 1)), "Adds to the end of a string"),
    PLAIN("auth", -2, cmd_auth, NS|LD|ST|F|NA|CON|BUSY, "Authenticates the connection"),
    PLAIN("bgrewriteaof", 1, cmd_bgrewriteaof, ADM|NS|NAL, "Rewrites the append-only log in the background"),
    PLAIN("bgsave", -1, cmd_bgsave, ADM|NS|NAL, "Saves the data in the background"),
    KEYS("blmove", 6, cmd_blmove, W|OOM|NS|BLK|LIST, KEYS_OF(AT(RW|ACC|DEL, 1), AT(RW|INS, 2)), "Moves an element between lists, or waits for one"),
    KEYS("blmpop", -5, cmd_blmpop, W|BLK|LIST, KEYS_OF(COUNTED(RW|ACC|DEL, 2)), "Takes elements from the first list of several, or waits for one"),
    KEYS("blpop", -3, cmd_blpop, W|NS|BLK|LIST, KEYS_OF(FROM(RW|ACC|DEL, 1, -2, 1)), "Takes the first element of a list, or waits for one"),
    KEYS("brpop", -3, cmd_brpop, W|NS|BLK|LIST, KEYS_OF(FROM(RW|ACC|DEL, 1, -2, 1)), "Takes the last element of a list, or waits for one"),
    KEYS("brpoplpush", 4, cmd_brpoplpush, W|OOM|NS|BLK|LIST, KEYS_OF(AT(RW|ACC|DEL, 1), AT(RW|INS, 2)), "Moves the last element to the front of a list, or waits for one"),
    KEYS("bzmpop", -5, cmd_bzmpop, W|BLK|ZSET, KEYS_OF(COUNTED(RW|ACC|DEL, 2)), "Takes members from the end of a sorted set, or waits for some"),
    KEYS("bzpopmax", -3, cmd_bzpopmax, W|NS|BLK|F|ZSET, KEYS_OF(FROM(RW|ACC|DEL, 1, -2, 1)), "Takes the member with the highest score, or waits for one"),
    KEYS("bzpopmin", -3, cmd_bzpopmin, W|NS|BLK|F|ZSET, KEYS_OF(FROM(RW|ACC|DEL, 1, -2, 1)), "Takes the member with the lowest score, or waits for one"),
    GROUP("client", -2, NULL, 0, client_commands, "Commands about connections"),
    GROUP("command", -1, cmd_command, LD|ST|CON, command_commands, "Describes all commands"),
    GROUP("config", -2, NULL, 0, config_commands, "Commands about options"),
    KEYS("copy", -3, cmd_copy, W|OOM|KEYSP, KEYS_OF(AT(RO|ACC, 1), AT(OW|UPD, 2)), "Copies a key"),
    PLAIN("dbsize", 1, cmd_dbsize, R|F|KEYSP, "Returns the number of keys"),
    PLAIN("debug", -2, cmd_debug, ADM|NS|LD|ST|PROT, "For tests: makes keys, reloads the data, stops the process for a while"),
    KEYS("decr", 2, cmd_decr, W|OOM|F|STR, KEYS_OF(AT(RW|ACC|UPD, 1)), "Subtracts one"),
    KEYS("decrby", 3, cmd_decrby, W|OOM|F|STR, KEYS_OF(AT(RW|ACC|UPD, 1)), "Subtracts a number"),
    KEYS("del", -2, cmd_del, W|KEYSP, KEYS_OF(FROM(RM|DEL, 1, -1, 1)), "Deletes keys"),
    PLAIN("discard", 1, cmd_discard, NS|LD|ST|F|UNQ|TX|BUSY, "Forgets a transaction"),
    KEYS("dump", 2, cmd_dump, R|KEYSP, KEYS_OF(AT(RO|ACC, 1)), "Returns a value in the form that RESTORE takes"),
    PLAIN("echo", 2, cmd_echo, LD|ST|F|CON, "Returns its argument"),
    PLAIN("exec", 1, cmd_exec, NS|LD|ST|UNQ|EXE|TX|NSL, "Runs a transaction"),
    KEYS("exists", -2, cmd_exists, R|F|KEYSP, KEYS_OF(FROM(RO, 1, -1, 1)), "Counts keys that exist"),
    KEYS("expire", -3, cmd_expire, W|F|KEYSP, KEYS_OF(AT(RW|UPD, 1)), "Sets the time to live in seconds"),
    KEYS("expireat", -3, cmd_expireat, W|F|KEYSP, KEYS_OF(AT(RW|UPD, 1)), "Sets the time of expiry in seconds"),
    KEYS("expiretime", 2, cmd_expiretime, R|F|KEYSP, KEYS_OF(AT(RO|ACC, 1)), "Returns the time of expiry in seconds"),
    PLAIN("failover", -1, cmd_failover, ADM|NS|ST|NM, "Changes places with a replica"),
    PLAIN("flushall", -1, cmd_flushall, W|DNG|KEYSP, "Deletes all keys"),
    PLAIN("flushdb", -1, cmd_flushdb, W|DNG|KEYSP, "Deletes all keys of the database"),
    KEYS("get", 2, cmd_get, R|F|STR, KEYS_OF(AT(RO|ACC, 1)), "Returns a string"),
    KEYS("getdel", 2, cmd_getdel, W|F|STR, KEYS_OF(AT(RW|ACC|DEL, 1)), "Returns a string and deletes its key"),
    KEYS("getex", -2, cmd_getex, W|F|STR, KEYS_OF(AT(RW|ACC|UPD, 1)), "Returns a string and sets its time of expiry"),
    KEYS("getrange", 4, cmd_getrange, R|STR, KEYS_OF(AT(RO|ACC, 1)), "Returns a part of a string"),
    KEYS("getset", 3, cmd_getset, W|OOM|F|STR, KEYS_OF(AT(RW|ACC|UPD, 1)), "Sets a string and returns the one before"),
    KEYS("hdel", -3, cmd_hdel, W|F|HASH, KEYS_OF(AT(RW|DEL, 1)), "Deletes fields of a hash"),
    PLAIN("hello", -1, cmd_hello, NS|LD|ST|F|NA|CON|BUSY, "Greets, authenticates, and chooses the protocol"),
    KEYS("hexists", 3, cmd_hexists, R|F|HASH, KEYS_OF(AT(RO, 1)), "Says whether a hash has a field"),
    KEYS("hget", 3, cmd_hget, R|F|HASH, KEYS_OF(AT(RO|ACC, 1)), "Returns the value of a field"),
    KEYS("hgetall", 2, cmd_hgetall, R|HASH, KEYS_OF(AT(RO|ACC, 1)), "Returns all fields of a hash and their values"),
    KEYS("hincrby", 4, cmd_hincrby, W|OOM|F|HASH, KEYS_OF(AT(RW|ACC|UPD, 1)), "Adds a number to a field"),
    KEYS("hincrbyfloat", 4, cmd_hincrbyfloat, W|OOM|F|HASH, KEYS_OF(AT(RW|ACC|UPD, 1)), "Adds a floating point number to a field"),
    KEYS("hkeys", 2, cmd_hkeys, R|HASH, KEYS_OF(AT(RO|ACC, 1)), "Returns all fields of a hash"),
    KEYS("hlen", 2, cmd_hlen, R|F|HASH, KEYS_OF(AT(RO, 1)), "Returns the number of fields of a hash"),
    KEYS("hmget", -3, cmd_hmget, R|F|HASH, KEYS_OF(AT(RO|ACC, 1)), "Returns the values of fields"),
    KEYS("hmset", -4, cmd_hmset, W|OOM|F|HASH, KEYS_OF(AT(RW|UPD, 1)), "Sets fields of a hash"),
    KEYS("hrandfield", -2, cmd_hrandfield, R|HASH, KEYS_OF(AT(RO|ACC, 1)), "Returns fields of a hash chosen by chance"),
    KEYS("hscan", -3, cmd_hscan, R|HASH, KEYS_OF(AT(RO|ACC, 1)), "Walks over the fields of a hash"),
    KEYS("hset", -4, cmd_hset, W|OOM|F|HASH, KEYS_OF(AT(RW|UPD, 1)), "Sets fields of a hash"),
    KEYS("hsetnx", 4, cmd_hsetnx, W|OOM|F|HASH, KEYS_OF(AT(RW|INS, 1)), "Sets a field if the hash does not have it"),
    KEYS("hstrlen", 3, cmd_hstrlen, R|F|HASH, KEYS_OF(AT(RO, 1)), "Returns the length of the value of a field"),
    KEYS("hvals", 2, cmd_hvals, R|HASH, KEYS_OF(AT(RO|ACC, 1)), "Returns all values of a hash"),
    KEYS("incr", 2, cmd_incr, W|OOM|F|STR, KEYS_OF(AT(RW|ACC|UPD, 1)), "Adds one"),
    KEYS("incrby", 3, cmd_incrby, W|OOM|F|STR, KEYS_OF(AT(RW|ACC|UPD, 1)), "Adds a number"),
    KEYS("incrbyfloat", 3, cmd_incrbyfloat, W|OOM|F|STR, KEYS_OF(AT(RW|ACC|UPD, 1)), "Adds a floating point number"),
    PLAIN("info", -1, cmd_info, LD|ST|DNG, "Returns facts and counters"),
    PLAIN("keys", 2, cmd_keys, R|DNG|KEYSP, "Lists keys that match a pattern"),
    PLAIN("lastsave", 1, cmd_lastsave, LD|ST|F|DNG|INADM, "Returns the time of the last save"),
    GROUP("latency", -2, NULL, 0, latency_commands, "Commands about what took long"),
    KEYS("lindex", 3, cmd_lindex, R|LIST, KEYS_OF(AT(RO|ACC, 1)), "Returns the element of an index"),
    KEYS("linsert", 5, cmd_linsert, W|OOM|LIST, KEYS_OF(AT(RW|INS, 1)), "Puts an element next to another one"),
    KEYS("llen", 2, cmd_llen, R|F|LIST, KEYS_OF(AT(RO, 1)), "Returns the length of a list"),
    KEYS("lmove", 5, cmd_lmove, W|OOM|LIST, KEYS_OF(AT(RW|ACC|DEL, 1), AT(RW|INS, 2)), "Moves an element between lists"),
    KEYS("lmpop", -4, cmd_lmpop, W|LIST, KEYS_OF(COUNTED(RW|ACC|DEL, 1)), "Takes elements from the first list of several"),
    KEYS("lpop", -2, cmd_lpop, W|F|LIST, KEYS_OF(AT(RW|ACC|DEL, 1)), "Takes the first elements of a list"),
    KEYS("lpos", -3, cmd_lpos, R|LIST, KEYS_OF(AT(RO|ACC, 1)), "Finds elements of a list"),
    KEYS("lpush", -3, cmd_lpush, W|OOM|F|LIST, KEYS_OF(AT(RW|INS, 1)), "Puts elements in front of a list"),
    KEYS("lpushx", -3, cmd_lpushx, W|OOM|F|LIST, KEYS_OF(AT(RW|INS, 1)), "Puts elements in front of a list that exists"),
    KEYS("lrange", 4, cmd_lrange, R|LIST, KEYS_OF(AT(RO|ACC, 1)), "Returns elements of a range of indices"),
    KEYS("lrem", 4, cmd_lrem, W|LIST, KEYS_OF(AT(RW|DEL, 1)), "Deletes equal elements of a list"),
    KEYS("lset", 4, cmd_lset, W|OOM|LIST, KEYS_OF(AT(RW|UPD, 1)), "Replaces the element of an index"),
    KEYS("ltrim", 4, cmd_ltrim, W|LIST, KEYS_OF(AT(RW|DEL, 1)), "Deletes all but a range of indices"),
    GROUP("memory", -2, NULL, 0, memory_commands, "Commands about memory"),
    KEYS("mget", -2, cmd_mget, R|F|STR, KEYS_OF(FROM(RO|ACC, 1, -1, 1)), "Returns several strings"),
    KEYS("move", 3, cmd_move, W|F|KEYSP, KEYS_OF(AT(RW|ACC|UPD, 1)), "Moves a key to another database"),
    KEYS("mset", -3, cmd_mset, W|OOM|STR, KEYS_OF(FROM(OW|UPD, 1, -1, 2)), "Sets several strings"),
    KEYS("msetnx", -3, cmd_msetnx, W|OOM|STR, KEYS_OF(FROM(OW|INS, 1, -1, 2)), "Sets several strings if none of the keys exists"),
    PLAIN("multi", 1, cmd_multi, NS|LD|ST|F|UNQ|TX|BUSY, "Begins a transaction"),
    GROUP("object", -2, NULL, 0, object_commands, "Commands about the form of values"),
    KEYS("persist", 2, cmd_persist, W|F|KEYSP, KEYS_OF(AT(RW|UPD, 1)), "Takes the time of expiry away"),
    KEYS("pexpire", -3, cmd_pexpire, W|F|KEYSP, KEYS_OF(AT(RW|UPD, 1)), "Sets the time to live in milliseconds"),
    KEYS("pexpireat", -3, cmd_pexpireat, W|F|KEYSP, KEYS_OF(AT(RW|UPD, 1)), "Sets the time of expiry in milliseconds"),
    KEYS("pexpiretime", 2, cmd_pexpiretime, R|F|KEYSP, KEYS_OF(AT(RO|ACC, 1)), "Returns the time of expiry in milliseconds"),
    GROUP("picket", -2, NULL, 0, picket_commands, "Commands of a supervisor"),
    PLAIN("ping", -1, client_cmd_ping, F|PNG|CON, "Answers"),
    KEYS("psetex", 4, cmd_psetex, W|OOM|STR, KEYS_OF(AT(OW|UPD, 1)), "Sets a string with a time to live in milliseconds"),
    PLAIN("psubscribe", -2, client_cmd_psubscribe, PS|NS|LD|ST, "Subscribes to patterns"),
    PLAIN("psync", -3, cmd_psync, ADM|NS|NM|NAL, "Begins or continues replication"),
    KEYS("pttl", 2, cmd_pttl, R|F|KEYSP, KEYS_OF(AT(RO|ACC, 1)), "Returns the time to live in milliseconds"),
    PLAIN("publish", 3, cmd_publish, PS|LD|ST|F|MR, "Sends a message"),
    GROUP("pubsub", -2, NULL, 0, pubsub_commands, "Commands about channels"),
    PLAIN("punsubscribe", -1, client_cmd_punsubscribe, PS|NS|LD|ST, "Unsubscribes from patterns"),
    PLAIN("quit", -1, cmd_quit, NS|LD|ST|F|NA|UNQ|CON|BUSY, "Closes the connection"),
    PLAIN("randomkey", 1, cmd_randomkey, R|KEYSP, "Returns a key chosen by chance"),
    KEYS("rename", 3, cmd_rename, W|KEYSP, KEYS_OF(AT(RW|ACC|DEL, 1), AT(OW|UPD, 2)), "Renames a key"),
    KEYS("renamenx", 3, cmd_renamenx, W|F|KEYSP, KEYS_OF(AT(RW|ACC|DEL, 1), AT(OW|INS, 2)), "Renames a key if the new name is free"),
    PLAIN("replconf", -1, cmd_replconf, ADM|NS|LD|ST|BUSY, "Says what a replica is and has"),
    PLAIN("replicaof", 3, cmd_replicaof, ADM|NS|ST|NAL, "Follows a primary, or nobody"),
    PLAIN("reset", 1, cmd_reset, NS|LD|ST|F|NA|UNQ|CON|BUSY, "Puts the connection into its first state"),
    KEYS("restore", -4, cmd_restore, W|OOM|DNG|KEYSP, KEYS_OF(AT(OW|UPD, 1)), "Makes a key of what DUMP returned"),
    PLAIN("role", 1, cmd_role, NS|LD|ST|F|DNG|INADM, "Returns the role in replication"),
    KEYS("rpop", -2, cmd_rpop, W|F|LIST, KEYS_OF(AT(RW|ACC|DEL, 1)), "Takes the last elements of a list"),
    KEYS("rpoplpush", 3, cmd_rpoplpush, W|OOM|LIST, KEYS_OF(AT(RW|ACC|DEL, 1), AT(RW|INS, 2)), "Moves the last element to the front of a list"),
    KEYS("rpush", -3, cmd_rpush, W|OOM|F|LIST, KEYS_OF(AT(RW|INS, 1)), "Puts elements behind a list"),
    KEYS("rpushx", -3, cmd_rpushx, W|OOM|F|LIST, KEYS_OF(AT(RW|INS, 1)), "Puts elements behind a list that exists"),
    KEYS("sadd", -3, cmd_sadd, W|OOM|F|SETS, KEYS_OF(AT(RW|INS, 1)), "Adds members to a set"),
    PLAIN("save", 1, cmd_save, ADM|NS|NM|NAL, "Saves the data"),
    PLAIN("scan", -2, cmd_scan, R|KEYSP, "Walks over the keys"),
    KEYS("scard", 2, cmd_scard, R|F|SETS, KEYS_OF(AT(RO, 1)), "Returns the number of members of a set"),
    KEYS("sdiff", -2, cmd_sdiff, R|SETS, KEYS_OF(FROM(RO|ACC, 1, -1, 1)), "Returns the difference of sets"),
    KEYS("sdiffstore", -3, cmd_sdiffstore, W|OOM|SETS, KEYS_OF(AT(OW|UPD, 1), FROM(RO|ACC, 2, -1, 1)), "Stores the difference of sets"),
    PLAIN("select", 2, cmd_select, LD|ST|F|CON, "Chooses the database"),
    KEYS("set", -3, cmd_set, W|OOM|STR, KEYS_OF(FOUND(RW|ACC|UPD|VAR, 1, keys_of_set)), "Sets a string"),
    KEYS("setex", 4, cmd_setex, W|OOM|STR, KEYS_OF(AT(OW|UPD, 1)), "Sets a string with a time to live in seconds"),
    KEYS("setnx", 3, cmd_setnx, W|OOM|F|STR, KEYS_OF(AT(OW|INS, 1)), "Sets a string if the key does not exist"),
    KEYS("setrange", 4, cmd_setrange, W|OOM|STR, KEYS_OF(AT(RW|UPD, 1)), "Overwrites a part of a string"),
    PLAIN("shutdown", -1, cmd_shutdown, ADM|NS|LD|ST|NM|BUSY, "Ends the process"),
    KEYS("sinter", -2, cmd_sinter, R|SETS, KEYS_OF(FROM(RO|ACC, 1, -1, 1)), "Returns the intersection of sets"),
    KEYS("sintercard", -3, cmd_sintercard, R|SETS, KEYS_OF(COUNTED(RO|ACC, 1)), "Counts the intersection of sets"),
    KEYS("sinterstore", -3, cmd_sinterstore, W|OOM|SETS, KEYS_OF(AT(RW|UPD, 1), FROM(RO|ACC, 2, -1, 1)), "Stores the intersection of sets"),
    KEYS("sismember", 3, cmd_sismember, R|F|SETS, KEYS_OF(AT(RO, 1)), "Says whether a set has a member"),
    PLAIN("slaveof", 3, cmd_replicaof, ADM|NS|ST|NAL, "Follows a primary, or nobody"),
    GROUP("slowlog", -2, NULL, 0, slowlog_commands, "Commands about slow commands"),
    KEYS("smembers", 2, cmd_smembers, R|SETS, KEYS_OF(AT(RO|ACC, 1)), "Returns all members of a set"),
    KEYS("smismember", -3, cmd_smismember, R|F|SETS, KEYS_OF(AT(RO|ACC, 1)), "Says which members a set has"),
    KEYS("smove", 4, cmd_smove, W|F|SETS, KEYS_OF(AT(RW|ACC|DEL, 1), AT(RW|INS, 2)), "Moves a member from one set to another"),
    KEYS("sort", -2, cmd_sort, W|OOM|DNG|LIST|SETS|ZSET, KEYS_OF(FOUND(RO|ACC, 1, keys_of_sort), UNKNOWN(RO|ACC), UNKNOWN(OW|UPD)), "Returns or stores the elements of a list, set or sorted set in order"),
    KEYS("sort_ro", -2, cmd_sort_ro, R|DNG|LIST|SETS|ZSET, KEYS_OF(FOUND(RO|ACC, 1, keys_of_sort_ro), UNKNOWN(RO|ACC)), "Returns the elements of a list, set or sorted set in order"),
    KEYS("spop", -2, cmd_spop, W|F|SETS, KEYS_OF(AT(RW|ACC|DEL, 1)), "Takes members chosen by chance out of a set"),
    KEYS("srandmember", -2, cmd_srandmember, R|SETS, KEYS_OF(AT(RO|ACC, 1)), "Returns members of a set chosen by chance"),
    KEYS("srem", -3, cmd_srem, W|F|SETS, KEYS_OF(AT(RW|DEL, 1)), "Takes members out of a set"),
    KEYS("sscan", -3, cmd_sscan, R|SETS, KEYS_OF(AT(RO|ACC, 1)), "Walks over the members of a set"),
    KEYS("strlen", 2, cmd_strlen, R|F|STR, KEYS_OF(AT(RO, 1)), "Returns the length of a string"),
    PLAIN("subscribe", -2, client_cmd_subscribe, PS|NS|LD|ST, "Subscribes to channels"),
    KEYS("substr", 4, cmd_getrange, R|STR, KEYS_OF(AT(RO|ACC, 1)), "Returns a part of a string"),
    KEYS("sunion", -2, cmd_sunion, R|SETS, KEYS_OF(FROM(RO|ACC, 1, -1, 1)), "Returns the union of sets"),
    KEYS("sunionstore", -3, cmd_sunionstore, W|OOM|SETS, KEYS_OF(AT(OW|UPD, 1), FROM(RO|ACC, 2, -1, 1)), "Stores the union of sets"),
    PLAIN("swapdb", 3, cmd_swapdb, W|F|DNG|KEYSP, "Lets two databases change places"),
    PLAIN("sync", 1, cmd_sync, ADM|NS|NM|NAL, "The old form of PSYNC, which is refused"),
    PLAIN("time", 1, cmd_time, LD|ST|F, "Returns the time of day"),
    KEYS("touch", -2, cmd_touch, R|F|KEYSP, KEYS_OF(FROM(RO, 1, -1, 1)), "Counts keys that exist"),
    KEYS("ttl", 2, cmd_ttl, R|F|KEYSP, KEYS_OF(AT(RO|ACC, 1)), "Returns the time to live in seconds"),
    KEYS("type", 2, cmd_type, R|F|KEYSP, KEYS_OF(AT(RO, 1)), "Returns the type of a value"),
    KEYS("unlink", -2, cmd_del, W|F|KEYSP, KEYS_OF(FROM(RM|DEL, 1, -1, 1)), "Deletes keys"),
    PLAIN("unsubscribe", -1, client_cmd_unsubscribe, PS|NS|LD|ST, "Unsubscribes from channels"),
    PLAIN("unwatch", 1, cmd_unwatch, NS|LD|ST|F|TX|BUSY, "Forgets watched keys"),
    PLAIN("wait", 3, cmd_wait, NS|CON, "Waits until replicas have the last write"),
    KEYS("watch", -2, cmd_watch, NS|LD|ST|F|UNQ|TX|BUSY, KEYS_OF(FROM(RO, 1, -1, 1)), "Makes the next transaction depend on keys"),
    KEYS("zadd", -4, cmd_zadd, W|OOM|F|ZSET, KEYS_OF(AT(RW|UPD, 1)), "Sets scores of members"),
    KEYS("zcard", 2, cmd_zcard, R|F|ZSET, KEYS_OF(AT(RO, 1)), "Returns the number of members of a sorted set"),
    KEYS("zcount", 4, cmd_zcount, R|F|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Counts members between two scores"),
    KEYS("zdiff", -3, cmd_zdiff, R|ZSET, KEYS_OF(COUNTED(RO|ACC, 1)), "Returns the difference of sorted sets"),
    KEYS("zdiffstore", -4, cmd_zdiffstore, W|OOM|ZSET, KEYS_OF(AT(OW|UPD, 1), COUNTED(RO|ACC, 2)), "Stores the difference of sorted sets"),
    KEYS("zincrby", 4, cmd_zincrby, W|OOM|F|ZSET, KEYS_OF(AT(RW|ACC|UPD, 1)), "Adds a number to a score"),
    KEYS("zinter", -3, cmd_zinter, R|ZSET, KEYS_OF(COUNTED(RO|ACC, 1)), "Returns the intersection of sorted sets"),
    KEYS("zintercard", -3, cmd_zintercard, R|ZSET, KEYS_OF(COUNTED(RO|ACC, 1)), "Counts the intersection of sorted sets"),
    KEYS("zinterstore", -4, cmd_zinterstore, W|OOM|ZSET, KEYS_OF(AT(OW|UPD, 1), COUNTED(RO|ACC, 2)), "Stores the intersection of sorted sets"),
    KEYS("zlexcount", 4, cmd_zlexcount, R|F|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Counts members between two names"),
    KEYS("zmpop", -4, cmd_zmpop, W|ZSET, KEYS_OF(COUNTED(RW|ACC|DEL, 1)), "Takes members from the end of the first sorted set that has some"),
    KEYS("zmscore", -3, cmd_zmscore, R|F|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Returns the scores of members"),
    KEYS("zpopmax", -2, cmd_zpopmax, W|F|ZSET, KEYS_OF(AT(RW|ACC|DEL, 1)), "Takes the members with the highest scores"),
    KEYS("zpopmin", -2, cmd_zpopmin, W|F|ZSET, KEYS_OF(AT(RW|ACC|DEL, 1)), "Takes the members with the lowest scores"),
    KEYS("zrandmember", -2, cmd_zrandmember, R|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Returns members of a sorted set chosen by chance"),
    KEYS("zrange", -4, cmd_zrange, R|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Returns a range of a sorted set"),
    KEYS("zrangebylex", -4, cmd_zrangebylex, R|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Returns the members between two names"),
    KEYS("zrangebyscore", -4, cmd_zrangebyscore, R|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Returns the members between two scores"),
    KEYS("zrangestore", -5, cmd_zrangestore, W|OOM|ZSET, KEYS_OF(AT(OW|UPD, 1), AT(RO|ACC, 2)), "Stores a range of a sorted set"),
    KEYS("zrank", -3, cmd_zrank, R|F|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Returns the place of a member"),
    KEYS("zrem", -3, cmd_zrem, W|F|ZSET, KEYS_OF(AT(RW|DEL, 1)), "Deletes members of a sorted set"),
    KEYS("zremrangebylex", 4, cmd_zremrangebylex, W|ZSET, KEYS_OF(AT(RW|DEL, 1)), "Deletes the members between two names"),
    KEYS("zremrangebyrank", 4, cmd_zremrangebyrank, W|ZSET, KEYS_OF(AT(RW|DEL, 1)), "Deletes the members between two places"),
    KEYS("zremrangebyscore", 4, cmd_zremrangebyscore, W|ZSET, KEYS_OF(AT(RW|DEL, 1)), "Deletes the members between two scores"),
    KEYS("zrevrange", -4, cmd_zrevrange, R|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Returns a range of a sorted set, backwards"),
    KEYS("zrevrangebylex", -4, cmd_zrevrangebylex, R|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Returns the members between two names, backwards"),
    KEYS("zrevrangebyscore", -4, cmd_zrevrangebyscore, R|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Returns the members between two scores, backwards"),
    KEYS("zrevrank", -3, cmd_zrevrank, R|F|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Returns the place of a member from the end"),
    KEYS("zscan", -3, cmd_zscan, R|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Walks over the members of a sorted set"),
    KEYS("zscore", 3, cmd_zscore, R|F|ZSET, KEYS_OF(AT(RO|ACC, 1)), "Returns the score of a member"),
    KEYS("zunion", -3, cmd_zunion, R|ZSET, KEYS_OF(COUNTED(RO|ACC, 1)), "Returns the union of sorted sets"),
    KEYS("zunionstore", -4, cmd_zunionstore, W|OOM|ZSET, KEYS_OF(AT(OW|UPD, 1), COUNTED(RO|ACC, 2)), "Stores the union of sorted sets"),
    { .name = NULL },
};

/* clang-format on */
