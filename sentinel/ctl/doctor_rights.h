/*
 * doctor_rights: the commands that picketd gives to nodes, as one request each that is queued in a
 * transaction which is thrown away: what its user may not do is refused there, and nothing is done.
 */
#ifndef SENTINEL_CTL_DOCTOR_RIGHTS_H
#define SENTINEL_CTL_DOCTOR_RIGHTS_H

/*   X(id, rule that gives the right, what fails without it, the request's words ...) */
#define DOCTOR_RIGHTS(X)                                                                           \
    X(PING, "+ping", "it counts as down", "PING")                                                  \
    X(INFO, "+info", "its replicas are never found", "INFO")                                       \
    X(ROLE, "+role", "planned switchovers cannot be sure", "ROLE")                                 \
    X(PUBLISH, "+publish &__sentinel__:hello", "supervisors do not find one another", "PUBLISH",   \
      "__sentinel__:hello", "")                                                                    \
    X(SUBSCRIBE, "+subscribe &__sentinel__:hello", "supervisors do not find one another",          \
      "SUBSCRIBE", "__sentinel__:hello")                                                           \
    X(FOLLOW, "+slaveof", "no failover is possible", "SLAVEOF", "NO", "ONE")                       \
    X(REWRITE, "+config|rewrite", "its new role is forgotten at a restart", "CONFIG", "REWRITE")   \
    X(GET, "+config|get", "fencing cannot be strict, durability not bounded", "CONFIG", "GET",     \
      "min-replicas-to-write")                                                                     \
    X(SET, "+config|set", "writes of an isolated primary cannot be stopped", "CONFIG", "SET",      \
      "min-replicas-to-write", "0")                                                                \
    X(NAME, "+client|setname", "connections have no name", "CLIENT", "SETNAME", "picketctl")       \
    X(KILL, "+client|kill", "clients stay at a replaced primary", "CLIENT", "KILL", "TYPE",        \
      "normal")                                                                                    \
    X(PAUSE, "+client|pause", "planned switchovers can lose writes", "CLIENT", "PAUSE", "1",       \
      "WRITE")                                                                                     \
    X(UNPAUSE, "+client|unpause", "an abandoned switchover holds up writes for seconds", "CLIENT", \
      "UNPAUSE")                                                                                   \
    X(SCRIPT, "+script|kill", "a script that does not end makes it count as down", "SCRIPT", "KILL")

enum doctor_right {
#define X(id, ...) DOCTOR_RIGHT_##id,
    DOCTOR_RIGHTS(X)
#undef X
        DOCTOR_RIGHT_COUNT
};

#define DOCTOR_RIGHT_WORDS_MAX 5

struct doctor_right_row {
    const char *rule, *without;
    const char *words[DOCTOR_RIGHT_WORDS_MAX]; /* NULL: no more */
};

/* MULTI, EXEC and DISCARD are needed as well, but cannot be tried this way. */
extern const struct doctor_right_row doctor_rights[DOCTOR_RIGHT_COUNT];

#endif
