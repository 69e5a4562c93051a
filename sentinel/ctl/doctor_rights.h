/*
 * doctor_rights: the commands that picketd gives to nodes, as one request each that is queued in a
 * transaction which is thrown away: what its user may not do is refused there, and nothing is done.
 */
#ifndef SENTINEL_CTL_DOCTOR_RIGHTS_H
#define SENTINEL_CTL_DOCTOR_RIGHTS_H

/*   X(id, setting without which it is not needed, rule that gives the right, what fails without it,
 *     the request's words ...) */
#define DOCTOR_RIGHTS(X)                                                                           \
    X(PING, NULL, "+ping", "it counts as down", "PING")                                            \
    X(INFO, NULL, "+info", "its replicas are never found", "INFO")                                 \
    X(ROLE, NULL, "+role", "planned switchovers cannot be sure", "ROLE")                           \
    X(PUBLISH, NULL, "+publish &__sentinel__:hello", "supervisors do not find one another",        \
      "PUBLISH", "__sentinel__:hello", "")                                                         \
    X(SUBSCRIBE, NULL, "+subscribe &__sentinel__:hello", "supervisors do not find one another",    \
      "SUBSCRIBE", "__sentinel__:hello")                                                           \
    X(FOLLOW, NULL, "+slaveof", "no failover is possible", "SLAVEOF", "NO", "ONE")                 \
    X(REWRITE, NULL, "+config|rewrite", "its new role is forgotten at a restart", "CONFIG",        \
      "REWRITE")                                                                                   \
    X(GET, NULL, "+config|get", "fencing cannot be strict, durability not bounded", "CONFIG",      \
      "GET", "min-replicas-to-write")                                                              \
    X(SET, NULL, "+config|set", "writes of an isolated primary cannot be stopped", "CONFIG",       \
      "SET", "min-replicas-to-write", "0")                                                         \
    X(NAME, NULL, "+client|setname", "connections have no name", "CLIENT", "SETNAME", "picketctl") \
    X(KILL, NULL, "+client|kill", "clients stay at a replaced primary", "CLIENT", "KILL", "TYPE",  \
      "normal")                                                                                    \
    X(PAUSE, NULL, "+client|pause", "planned switchovers can lose writes", "CLIENT", "PAUSE", "1", \
      "WRITE")                                                                                     \
    X(UNPAUSE, NULL, "+client|unpause", "an abandoned switchover holds up writes for seconds",     \
      "CLIENT", "UNPAUSE")                                                                         \
    X(SCRIPT, NULL, "+script|kill", "a script that does not end makes it count as down", "SCRIPT", \
      "KILL")                                                                                      \
    X(FUNCTION, NULL, "+function|kill", "a function that does not end makes it count as down",     \
      "FUNCTION", "KILL")                                                                          \
    X(SETRANGE, "write-probe", "+setrange ~__picket__:write-probe",                                \
      "its write probe tells nothing", "SETRANGE", "__picket__:write-probe", "0", "")              \
    X(PSYNC, "salvage", "+psync", "what it alone has cannot be fetched", "PSYNC", "?", "-1")

enum doctor_right {
#define X(id, ...) DOCTOR_RIGHT_##id,
    DOCTOR_RIGHTS(X)
#undef X
        DOCTOR_RIGHT_COUNT
};

#define DOCTOR_RIGHT_WORDS_MAX 5

struct doctor_right_row {
    const char *setting; /* NULL: it is always needed */
    const char *rule, *without;
    const char *words[DOCTOR_RIGHT_WORDS_MAX]; /* NULL: no more */
};

/* MULTI, EXEC and DISCARD are needed as well, but cannot be tried this way. */
extern const struct doctor_right_row doctor_rights[DOCTOR_RIGHT_COUNT];

#endif
