/*
 * doctor_rights: the commands that picketd gives to nodes, as one request each that is queued in a
 * transaction which is thrown away: what its user may not do is refused there, and nothing is done.
 */
#ifndef SENTINEL_CTL_DOCTOR_RIGHTS_H
#define SENTINEL_CTL_DOCTOR_RIGHTS_H

enum doctor_severity { DOCTOR_NOTE, DOCTOR_WARNING, DOCTOR_ERROR };

/*   X(id, severity, setting without which it is not needed, rule that gives the right, what fails
 * without it, the request's words ...) */
#define DOCTOR_RIGHTS(X)                                                                           \
    X(PING, ERROR, NULL, "+ping", "it counts as down", "PING")                                     \
    X(INFO, ERROR, NULL, "+info", "its replicas are never found", "INFO")                          \
    X(ROLE, ERROR, NULL, "+role", "planned switchovers cannot be sure", "ROLE")                    \
    X(PUBLISH, ERROR, NULL, "+publish &__sentinel__:hello", "supervisors do not find one another", \
      "PUBLISH", "__sentinel__:hello", "")                                                         \
    X(SUBSCRIBE, ERROR, NULL, "+subscribe &__sentinel__:hello",                                    \
      "supervisors do not find one another", "SUBSCRIBE", "__sentinel__:hello")                    \
    X(FOLLOW, ERROR, NULL, "+slaveof", "no failover is possible", "SLAVEOF", "NO", "ONE")          \
    X(REWRITE, ERROR, NULL, "+config|rewrite", "its new role is forgotten at a restart", "CONFIG", \
      "REWRITE")                                                                                   \
    X(GET, ERROR, NULL, "+config|get", "fencing cannot be strict, durability not bounded",         \
      "CONFIG", "GET", "min-replicas-to-write")                                                    \
    X(SET, ERROR, NULL, "+config|set", "writes of an isolated primary cannot be stopped",          \
      "CONFIG", "SET", "min-replicas-to-write", "0")                                               \
    X(NAME, WARNING, NULL, "+client|setname", "connections have no name", "CLIENT", "SETNAME",     \
      "picketctl")                                                                                 \
    X(KILL, ERROR, NULL, "+client|kill", "clients stay at a replaced primary", "CLIENT", "KILL",   \
      "TYPE", "normal")                                                                            \
    X(PAUSE, ERROR, NULL, "+client|pause", "planned switchovers can lose writes", "CLIENT",        \
      "PAUSE", "1", "WRITE")                                                                       \
    X(UNPAUSE, ERROR, NULL, "+client|unpause",                                                     \
      "an abandoned switchover holds up writes for seconds", "CLIENT", "UNPAUSE")                  \
    X(SCRIPT, WARNING, NULL, "+script|kill", "a script that does not end makes it count as down",  \
      "SCRIPT", "KILL")                                                                            \
    X(FUNCTION, WARNING, NULL, "+function|kill",                                                   \
      "a function that does not end makes it count as down", "FUNCTION", "KILL")                   \
    X(SETRANGE, ERROR, "write-probe", "+setrange ~__picket__:write-probe",                         \
      "its write probe tells nothing", "SETRANGE", "__picket__:write-probe", "0", "")              \
    X(PSYNC, ERROR, "salvage", "+psync", "what it alone has cannot be fetched", "PSYNC", "?",      \
      "-1")                                                                                        \
    X(LEASE, WARNING, NULL, "+picket|lease", "with write-lease-ms it takes no writes", "PICKET",   \
      "LEASE", "0", "0", "picketctl")                                                              \
    X(CONFIRM, WARNING, NULL, "+picket|confirm", "with start-gate it is never let in again",       \
      "PICKET", "CONFIRM", "0", "picketctl")

enum doctor_right {
#define X(id, ...) DOCTOR_RIGHT_##id,
    DOCTOR_RIGHTS(X)
#undef X
        DOCTOR_RIGHT_COUNT
};

#define DOCTOR_RIGHT_WORDS_MAX 5

struct doctor_right_row {
    enum doctor_severity severity;
    const char *setting; /* NULL: it is always needed */
    const char *rule, *without;
    const char *words[DOCTOR_RIGHT_WORDS_MAX]; /* NULL: no more */
};

/* MULTI, EXEC and DISCARD are needed as well, but cannot be tried this way. */
extern const struct doctor_right_row doctor_rights[DOCTOR_RIGHT_COUNT];

#endif
