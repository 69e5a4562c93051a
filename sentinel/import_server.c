#include <string.h>

#include "sentinel/import_own.h"
#include "sentinel/sha256.h"
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
    import_refuse(im, "takes 1 value, here are %zu", im->at->words.n - 1);
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
    im->protected_mode = slice_is_nocase(*value, "yes");
    if (!im->protected_mode && !slice_is_nocase(*value, "no"))
        import_refuse(im, "\"%s\" is not allowed, allowed are yes, no", import_shown(*value));
    else if (!im->protected_mode)
        leave_out(im, directive);
}

/* What is said when import_line() has done what it asks for. */
static void take_include(struct import *im, const struct directive *directive)
{
    (void)im;
    (void)directive;
}

/* --- bind --------------------------------------------------------------------------------- */

static bool is_all(struct slice host)
{
    return slice_is(host, "*") || slice_is(host, "::*") || slice_is(host, "0.0.0.0") ||
           slice_is(host, "::");
}

static bool is_loopback(struct slice host)
{
    return (host.n > 4 && memcmp(host.p, "127.", 4) == 0) || slice_is(host, "::1") ||
           slice_is_nocase(host, "localhost");
}

/* One address of bind, without the mark of those that may fail. */
static struct slice bind_host(struct slice word, bool *ret_optional)
{
    *ret_optional = word.n > 0 && word.p[0] == '-';
    if (*ret_optional) {
        word.p++;
        word.n--;
    }
    return word;
}

/* Which of the addresses we listen on: all when one of several says so, else the first that must
 * be there. */
static struct slice choose_host(const struct import_words *words)
{
    struct slice chosen = { NULL, 0 };
    bool must = false, optional;

    for (size_t i = 1; i < words->n; i++) {
        struct slice host = bind_host(words->list[i], &optional);
        if (is_all(host))
            return words->n == 2 && !slice_is(host, "::*") ? host : slice_str("*");
        if (!chosen.p || (!must && !optional)) {
            chosen = host;
            must = !optional;
        }
    }
    return chosen;
}

/* `bind` has many addresses, we have one: others may be missing if they may fail, or are loopback
 * like the one that we have. */
static void take_bind(struct import *im, const struct directive *directive)
{
    const struct import_words *words = &im->at->words;
    struct slice chosen = choose_host(words);
    bool left = false, optional;

    if (!addr_set_slice(&im->listen, chosen.p ? chosen.p : "", chosen.n, im->listen.port)) {
        import_refuse(im, "\"%s\" can be no address to listen on", import_shown(chosen));
        return;
    }
    for (size_t i = 1; i < words->n && !is_all(chosen) && !slice_is(chosen, "*"); i++) {
        struct slice host = bind_host(words->list[i], &optional);
        if (slice_equal(host, chosen))
            continue;
        if (!optional && !(is_loopback(host) && is_loopback(chosen))) {
            import_refuse(im, "cannot be carried over: %s; leave one here, or *", directive->why);
            return;
        }
        left = true;
    }
    if (left)
        import_note(im, im->at, false, "all but %s: %s", im->listen.host, directive->why);
}

/* --- users -------------------------------------------------------------------------------- */

/* Users stand in a file of their own; the default user is what requirepass says of it. */
static void take_user(struct import *im, const struct directive *directive)
{
    if (im->at->words.n > 2 && slice_is(im->at->words.list[1], "default"))
        im->default_user = im->at;
    else
        import_refuse(im, "cannot be carried over: %s", directive->why);
}

/* Whether WORD leaves the default user with all its rights. */
static bool grants_all(struct slice word)
{
    static const char *const words[] = { "on",
                                         "sanitize-payload",
                                         "skip-sanitize-payload",
                                         "~*",
                                         "allkeys",
                                         "&*",
                                         "allchannels",
                                         "+@all",
                                         "allcommands",
                                         "alldbs" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (slice_is_nocase(word, words[i]))
            return true;
    return false;
}

/* Whether WORD says of the password what requirepass says. */
static bool same_password(const struct import *im, struct slice word)
{
    char hex[SHA256_HEX_LEN + 1];
    struct slice rest = { word.p + 1, word.n - (word.n > 0) };

    if (im->requirepass[0] == '\0')
        return slice_is_nocase(word, "nopass");
    sha256_hex(slice_str(im->requirepass), hex);
    return word.n > 0 && ((word.p[0] == '#' && slice_is(rest, hex)) ||
                          (word.p[0] == '>' && slice_is(rest, im->requirepass)));
}

/* `user default` must say what picketd does by itself: all rights, the password of requirepass. */
static void check_default_user(struct import *im)
{
    const struct import_words *words = &im->default_user->words;
    size_t rights = 0, passwords = 0;
    bool on = false;

    for (size_t i = 2; i < words->n; i++) {
        rights += grants_all(words->list[i]);
        passwords += same_password(im, words->list[i]);
        on |= slice_is_nocase(words->list[i], "on");
    }
    im->at = im->default_user;
    if (on && passwords == 1 && rights + passwords == words->n - 2)
        import_note(im, im->at, true,
                    "the default user may do everything, with the password of "
                    "requirepass if there is one");
    else
        import_refuse(im, "cannot be carried over: it is not the default user with all rights and "
                          "the password of requirepass; move it to the file that aclfile names");
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
#define USERS   "users stand in a file, as `aclfile` names it; move the lines `user ...` there"

/* The first pattern that matches counts. */
static const struct directive directives[] = {
    { "port", take_port, NULL },
    { "bind", take_bind, "picketd listens on one address, or on all" },
    { "maxclients", take_maxclients, NULL },
    { "loglevel", take_loglevel, NULL },
    { "requirepass", take_requirepass, NULL },
    { "aclfile", take_aclfile, NULL },
    { "user", take_user, USERS },
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
    { "*[_-]cpulist", leave_out, SYSTEMD },
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
    { "*io-threads*", leave_out, THREADS },
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

void import_server_finish(struct import *im)
{
    if (im->default_user)
        check_default_user(im);
    /* Protected mode: without a password, nobody from another machine. */
    if (im->protected_mode && im->requirepass[0] == '\0' && !im->acl_file[0])
        addr_set(&im->listen, "127.0.0.1", im->listen.port);
}
