#include <string.h>

#include "sentinel/import_own.h"
#include "wire/glob.h"

#define CLIENTS_MAX 65000 /* most that maxclients may say */

struct directive;
typedef void directive_fn(struct import *im, const struct directive *directive);

/* What becomes of a generic directive. */
struct directive {
    const char *pattern;
    directive_fn *apply;
    const char *why; /* it has no meaning here, or cannot be carried over */
};

/* --- what happens to them ----------------------------------------------------------------- */

/* It has no meaning here. */
static void leave_out(struct import *im, const struct directive *directive)
{
    import_note(im, im->at, false, "%s", directive->why);
}

/* The same, and its value is nobody's business. */
static void leave_out_secret(struct import *im, const struct directive *directive)
{
    import_note(im, im->at, true, "%s", directive->why);
}

/* It would be missed, unless its value is that of "off". */
static void refuse_unless_off(struct import *im, const struct directive *directive)
{
    static const char *const off[] = { "", "0", "no" };

    for (size_t i = 0; im->at->words.n == 2 && i < sizeof(off) / sizeof(off[0]); i++) {
        if (slice_is_nocase(im->at->words.list[1], off[i])) {
            import_note(im, im->at, false, "this is off anyway");
            return;
        }
    }
    import_refuse(im, "cannot be carried over: %s", directive->why);
}

/* The only value of the directive; NULL with an error when there are more, or none. */
static const struct slice *only_value(struct import *im)
{
    if (im->at->words.n == 2)
        return &im->at->words.list[1];
    import_refuse_count(im, 1, im->at->words.n - 1);
    return NULL;
}

static void take_port(struct import *im, const struct directive *directive)
{
    const struct slice *value = only_value(im);
    int64_t port;

    (void)directive;
    if (value && import_take_number(im, *value, 1, 65535, &port))
        im->listen.port = (uint16_t)port;
}

static void take_maxclients(struct import *im, const struct directive *directive)
{
    const struct slice *value = only_value(im);

    (void)directive;
    if (value)
        import_take_number(im, *value, 1, CLIENTS_MAX, &im->clients_max);
}

static void take_loglevel(struct import *im, const struct directive *directive)
{
    const struct slice *value = only_value(im);

    (void)directive;
    if (value)
        import_take_option(im, &im->global, option_by_wire_name(&global_table, "loglevel"), *value);
}

static void take_requirepass(struct import *im, const struct directive *directive)
{
    const struct slice *value = only_value(im);

    (void)directive;
    if (value)
        import_take_text(im, *value, true, im->requirepass, sizeof(im->requirepass));
}

static void take_aclfile(struct import *im, const struct directive *directive)
{
    const struct slice *value = only_value(im);

    (void)directive;
    if (value)
        import_take_path(im, *value, im->acl_file);
}

static void take_dir(struct import *im, const struct directive *directive)
{
    if (only_value(im))
        leave_out(im, directive);
}

static void take_protected_mode(struct import *im, const struct directive *directive)
{
    const struct slice *value = only_value(im);

    (void)directive;
    if (!value)
        return;
    bool yes = slice_is_nocase(*value, "yes");
    im->protected_mode = yes ? im->at : NULL;
    if (!yes && !slice_is_nocase(*value, "no"))
        import_refuse(im, "\"%s\" is not allowed, allowed are yes, no", import_shown(*value));
    else if (!yes)
        leave_out(im, directive);
}

/* What is said when import_line() has done what it asks for. */
static void take_include(struct import *im, const struct directive *directive)
{
    (void)im;
    (void)directive;
}

static void take_bind(struct import *im, const struct directive *directive)
{
    (void)directive;
    import_take_bind(im);
}

static void take_user(struct import *im, const struct directive *directive)
{
    (void)directive;
    import_take_user(im);
}

/* --- the table ---------------------------------------------------------------------------- */

#define SYSTEMD "picketd is run by systemd"
#define STORES  "a setting of data nodes; picketd stores no data"
#define OWN_LOG "picketd logs to standard error, by that to the journal"
#define FIXED   "picketd has limits of its own"
#define NO_TLS  "TLS is not on here"
#define MODULES "Sentinel loads no modules either"
#define METERS  "picketd has measurements of its own"
#define THREADS "picketd has one thread for its connections"
#define INSIDE  "there is nothing like it in picketd"

/* The first pattern that matches counts. */
static const struct directive directives[] = {
    { "port", take_port, NULL },
    { "bind", take_bind, NULL },
    { "maxclients", take_maxclients, NULL },
    { "loglevel", take_loglevel, NULL },
    { "requirepass", take_requirepass, NULL },
    { "aclfile", take_aclfile, NULL },
    { "user", take_user, NULL },
    { "include", take_include, NULL },
    { "dir", take_dir, "picketd stays where it was started; what it writes goes to state_dir" },
    { "protected-mode", take_protected_mode, "listen says who can connect" },

    { "tls-port", refuse_unless_off, "picketd does not listen with TLS" },
    { "tls-replication", refuse_unless_off, "picketd does not connect with TLS" },
    { "unixsocket", refuse_unless_off, "picketd listens on TCP alone" },
    { "bind-source-addr", refuse_unless_off, "picketd cannot choose its source address" },
    { "socket-mark-id", refuse_unless_off, "picketd does not mark its connections" },
    { "rename-command", refuse_unless_off,
      "picketd's own commands have fixed names; take rights away with users instead" },

    { "daemonize", leave_out, SYSTEMD },
    { "supervised", leave_out, SYSTEMD },
    { "pidfile", leave_out, SYSTEMD },
    { "set-proc-title", leave_out, SYSTEMD },
    { "proc-title-template", leave_out, SYSTEMD },
    { "oom-score-adj*", leave_out, SYSTEMD },
    { "*cpulist", leave_out, SYSTEMD },
    { "disable-thp", leave_out, SYSTEMD },
    { "shutdown-*", leave_out, SYSTEMD },
    { "logfile", leave_out, OWN_LOG },
    { "syslog-*", leave_out, OWN_LOG },
    { "log-format", leave_out, OWN_LOG },
    { "log-timestamp-format", leave_out, OWN_LOG },
    { "hide-user-data-from-log", leave_out, OWN_LOG },
    { "always-show-logo", leave_out, OWN_LOG },
    { "timeout", leave_out, "picketd keeps idle clients; Sentinel's wait for events for hours" },
    { "tcp-keepalive", leave_out, FIXED },
    { "tcp-backlog", leave_out, FIXED },
    { "client-output-buffer-limit", leave_out, FIXED },
    { "client-query-buffer-limit", leave_out, FIXED },
    { "proto-max-bulk-len", leave_out, FIXED },
    { "maxmemory-clients", leave_out, FIXED },
    { "acllog-max-len", leave_out, FIXED },
    { "max-new-*connections-per-cycle", leave_out, FIXED },
    { "latency-*", leave_out, METERS },
    { "slowlog-*", leave_out, METERS },
    { "commandlog-*", leave_out, METERS },
    { "*io-thread*", leave_out, THREADS },
    { "prefetch-batch-max-size", leave_out, THREADS },
    { "acl-pubsub-default", leave_out, "users say for themselves which channels they may use" },
    { "unixsocketperm", leave_out, "picketd listens on TCP alone" },
    { "unixsocketgroup", leave_out, "picketd listens on TCP alone" },
    { "tls-*-pass", leave_out_secret, NO_TLS },
    { "tls-*", leave_out, NO_TLS },
    { "loadmodule*", leave_out, MODULES },
    { "module*", leave_out, MODULES },
    { "enable-*", leave_out, INSIDE },
    { "crash-*", leave_out, INSIDE },
    { "debug-context", leave_out, INSIDE },
    { "jemalloc-*", leave_out, INSIDE },
    { "locale-collate", leave_out, INSIDE },
    { "lua-*", leave_out, INSIDE },
    { "busy-reply-threshold", leave_out, INSIDE },
    { "ignore-warnings", leave_out, INSIDE },
    { "tracking-table-max-keys", leave_out, INSIDE },
    { "extended-redis-compatibility", leave_out, INSIDE },
    { "availability-zone", leave_out, INSIDE },
    { "*mptcp", leave_out, INSIDE },
    { "rdma-*", leave_out, INSIDE },
    { "hz", leave_out, "picketd has no ticks" },
    { "dynamic-hz", leave_out, "picketd has no ticks" },

    { "masterauth", leave_out_secret, STORES },
    { "primaryauth", leave_out_secret, STORES },
#define X(pattern) { pattern, leave_out, STORES },
    /* clang-format off */
    X("masteruser") X("primaryuser") X("replicaof") X("slaveof") X("replica-*")
    X("slave-*") X("repl-*") X("min-replicas-*") X("min-slaves-*") X("cluster-*") X("save")
    X("databases") X("dbfilename") X("rdb*") X("append*") X("aof*") X("auto-aof-*")
    X("no-appendfsync-on-rewrite") X("stop-writes-on-bgsave-error") X("sanitize-dump-payload")
    X("maxmemory*") X("active*") X("lazyfree-*") X("lfu-*") X("hash-*") X("list-*") X("set-*")
    X("zset-*") X("stream-*") X("hll-*") X("notify-keyspace-events") X("propagation-error-behavior")
    X("dual-channel-*") X("import-mode") X("key-load-delay") X("vset-*") X("search*") X("ts-*")
    X("bf-*") X("cf-*")
/* clang-format on */
#undef X
};

void import_server_line(struct import *im)
{
    struct slice name = im->at->words.list[0];

    for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++) {
        if (glob_match(slice_str(directives[i].pattern), name, true)) {
            directives[i].apply(im, &directives[i]);
            return;
        }
    }
    import_refuse(im, "no directive of Redis or Valkey has this name");
}

/* Protected mode: as long as there is no password, only this machine may connect. */
static void protect(struct import *im)
{
    if (im->requirepass[0] || im->acl_file[0]) {
        import_note(im, im->protected_mode, false, "it has no effect where passwords are needed");
        return;
    }
    import_note(im, im->protected_mode, false, "but there is no password, so listen is 127.0.0.1");
    addr_set(&im->listen, "127.0.0.1", im->listen.port);
}

void import_server_finish(struct import *im)
{
    if (im->default_user)
        import_check_default_user(im);
    if (im->protected_mode)
        protect(im);
}
