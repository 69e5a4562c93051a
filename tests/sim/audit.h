/*
 * audit: what must never happen, checked after every step, on what was said and
 * delivered and not on what the core believes. It keeps its own record of all that was
 * ever shown, across crashes.
 *
 *   audit_vote.c    one vote per supervisor, group and epoch; one leader; epochs never fall
 *   audit_disk.c    nothing visible before it is durable
 *   audit_down.c    nobody is called down without evidence, no failover without the quorum
 *   audit_select.c  the promoted node passed the selection rule
 *   audit_hold.c    what an operator holds back is held back
 *   audit_flap.c    after failovers in short succession the next one waits
 *   audit_drain.c   a planned switchover loses nothing
 *   audit_catch_up.c  a preferred replica takes over from a primary that works, and never otherwise
 *   audit_blind.c   under strict fencing, who can promote nobody leaves it to others
 *   audit_salvage.c no former primary follows before what it alone has was fetched, or given up
 *   audit_thaw.c    who was replaced while it stood still does not acknowledge what waited
 *   audit_acked.c   durability = quorum loses nothing that was acknowledged
 *   audit_repoint.c replicas are brought over few at a time, and never the wrong node
 *   audit_forget.c  who is gone for good does not come back by hearsay
 *   audit_fight.c   whoever turns a replica away again and again is not fought all the time
 *   audit_calm.c    liveness: once the faults are over, all agree within a bound
 */
#ifndef TESTS_SIM_AUDIT_H
#define TESTS_SIM_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/node_info.h"
#include "tests/sim/net.h"
#include "tests/sim/plan.h"
#include "wire/msec.h"

struct engine;
struct event;
struct hello;
struct input;
struct message;
struct order;
struct output;
struct packet;
struct reply;
struct row;
struct sup;
struct world;

/* Somebody was shown this: a vote, a leader, or a primary of a configuration. */
struct shown {
    uint8_t kind; /* enum shown_kind */
    uint8_t sup;  /* SHOWN_VOTE: the voter; else 0 */
    uint8_t group;
    uint8_t what; /* the candidate, the leader, the primary's engine */
    uint64_t epoch;
};

/* What one supervisor heard from one node since it knows it. */
struct heard {
    uint32_t id;
    msec unheld_at; /* when its maintenance ended; the world's clock */
    msec valid_at;  /* its own clock */
    msec valid_stalled;
    bool cmd_up;
    msec reset_at; /* MSEC_NEVER = the command link was not reset since it was up */
    int refusals;
    bool called_down;    /* +sdown was raised, */
    msec down_at;        /* and when */
    msec write_asked_at; /* the oldest probe of writes without an answer; MSEC_NEVER = none */
    msec write_bad_at;   /* since when each answer to one was WRITE_WORD; MSEC_NEVER = none was */
    char write_word[16];
    bool leased;     /* before its first INFO: its row says that it needs leases */
    bool knows_need; /* what it needs for a write, as min-replicas, was told */
    msec busy_since; /* MSEC_NEVER = the last answer to PING was not BUSY */
    msec lost_at;    /* when the command link was last lost */
    bool reborn;     /* a primary, it said so before, and was another process then, */
    msec reborn_at;
    msec left_for, silent_for;       /* which was out of reach, and told nothing, for so long, */
    uint64_t left_offset;            /* and that far, */
    char left_replid[RUNID_LEN + 1]; /* in this history */
    bool has_info;
    msec info_at;
    msec loading_since; /* MSEC_NEVER = the last INFO did not say so */
    struct info_reply info;
};

/* What one supervisor was told last by another about one primary in one configuration. */
#define AUDIT_WORDS   4
#define AUDIT_LINEAGE 256

struct told {
    struct word {
        bool down;
        uint8_t engine;
        uint64_t config_epoch;
    } words[AUDIT_WORDS];
    int n;
};

/* Per supervisor and group. */
struct account {
    struct told told[PLAN_SUPS_MAX];
    uint64_t votes_epoch; /* ANSWERs delivered for its campaign in this epoch */
    uint32_t voters;      /* bit mask */
    uint64_t shown_config_epoch;
    uint64_t told_config[PLAN_SUPS_MAX]; /* config epoch last said to each peer directly */
    int announced;                       /* engine of the last +switch-master; -1 = none */
    uint64_t durable_configs[64];        /* (config epoch << 8 | engine) that its disk has held */
    int n_durable;
    bool gone;             /* the disk has seen it removed in this life */
    msec switched_at;      /* when it last told of a switch, */
    msec told_at;          /* and when that left; */
    uint64_t switch_epoch; /* and to which configuration */
    uint32_t knew;         /* the members then: bits */
    uint32_t coming;       /* replicas that it ordered to follow and that do not yet: bits, */
    uint32_t came;         /* of these, those that were seen to follow in between, */
    msec coming_at[PLAN_ENGINES_MAX]; /* and since when */
    uint32_t primary_id;              /* the primary that it has, as its core calls it, */
    uint64_t primary_epoch;           /* and the config epoch in which it became that */
    int flaps;           /* failovers in short succession that it told of, in any life, */
    msec flapped_at;     /* the last one, */
    msec flap_coming_at; /* those of which it has not told yet: the last, */
    int flaps_coming;    /* and how many */
    bool forced;         /* an operator asked for a failover in this life, */
    msec odown_at;       /* when it last told that the primary is down for most; its own clock */
    msec
        blind_since; /* since when it leads a failover in which it can promote nobody; MSEC_NEVER */
    msec blind_stalled;
    bool wished;                                /* the last time to a certain replica */
    char lineage[AUDIT_LINEAGE][RUNID_LEN + 1]; /* histories that its primaries told, in any life */
    int n_lineage;
};

/* What an operator holds back at a supervisor, in the world's time; 0 = nothing. */
struct held {
    msec asked_until, until; /* the last request; what was answered */
};

/* What so many replicas had of a group's writes as durability = quorum asks for. */
struct promise {
    uint64_t replid; /* 0 = nothing */
    uint64_t offset;
    int chosen; /* who was promoted whatever it costs, + 1: what others still write is lost; else 0
                 */
};

/* A node that had OFFSET bytes of a history went on under a new replication id. */
struct fork {
    uint64_t replid, parent, offset;
};

/* A replica that an operator's tool turns away, and who put it right again. */
struct quarrel {
    int engine;     /* -1 = none */
    int turn;       /* how often it was turned away, */
    msec turned_at; /* the last time */
    struct party {
        int turn;        /* after which it last gave orders; 0 = none */
        msec before_at;  /* when the node had been turned away before its last order but one, */
        msec turned_at;  /* and before the last one */
        msec ordered_at; /* when that left */
        int n;           /* such orders, */
        msec pause_ms;   /* and the last pause that it owed; 0 = none */
        bool told;       /* of a fight that is not over */
    } parties[PLAN_SUPS_MAX];
};

/* A connection that a supervisor had to a node when that stood still. */
struct kept {
    uint32_t id; /* as its core calls the node; 0 = it had none */
    uint32_t life;
};

struct audit {
    struct quarrel quarrel;
    uint64_t forgetting[PLAN_SUPS_MAX][PLAN_ENGINES_MAX]; /* operators asked for it, last by this */
    bool forgotten[PLAN_SUPS_MAX][PLAN_ENGINES_MAX]; /* by that supervisor, and not named since */
    bool fewer_asked[PLAN_SUPS_MAX][PLAN_GROUPS_MAX];
    bool fewer[PLAN_SUPS_MAX][PLAN_GROUPS_MAX];          /* it forgot the plan's supervisor, */
    uint32_t fewer_life[PLAN_SUPS_MAX][PLAN_GROUPS_MAX]; /* which had begun so many lives */
    struct shown *shown;
    int n_shown, cap_shown;
    struct heard heard[PLAN_SUPS_MAX][PLAN_ENGINES_MAX];
    struct account accounts[PLAN_SUPS_MAX][PLAN_GROUPS_MAX];
    uint64_t shown_epoch[PLAN_SUPS_MAX];
    msec shown_epoch_at[PLAN_SUPS_MAX];
    struct kept kept[PLAN_SUPS_MAX][PLAN_ENGINES_MAX];
    struct promise promises[PLAN_GROUPS_MAX];
    bool told[PLAN_ENGINES_MAX]; /* clients were told that it is a primary, since it became one */
    struct fork *forks;
    int n_forks, cap_forks;
    int requests_open;
    uint32_t given_up[PLAN_SUPS_MAX][PLAN_ENGINES_MAX]; /* life in which its tail was */
    struct held paused[PLAN_SUPS_MAX][PLAN_GROUPS_MAX];
    struct held maintained[PLAN_SUPS_MAX][PLAN_ENGINES_MAX];
    bool
        unfounded[PLAN_GROUPS_MAX]; /* somebody was promoted by one who did not know all replicas */
};

void audit_init(struct world *w);
void audit_done(struct world *w);

/* A life begins; what an earlier one heard counts no more, what it showed does. */
void audit_started(struct world *w, struct sup *s);

/* An operator takes a group away: what was heard about it counts no more. */
void audit_removed(struct world *w, struct sup *s, int group);

/* Before a step: what is being delivered. */
void audit_evidence(struct world *w, struct sup *s, const struct conn *conn,
                    enum evidence evidence);
void audit_info(struct world *w, struct sup *s, const struct conn *conn,
                const struct info_reply *info);
void audit_answer(struct world *w, struct sup *s, int from, const struct packet *packet);
void audit_write_asked(struct world *w, struct sup *s, const struct conn *conn);
void audit_write(struct world *w, struct sup *s, const struct conn *conn, bool ok,
                 const char *error);
/* Whether the node says of itself that it could not write either, for want of the same. */
bool audit_is_no_better(const struct heard *heard, const char *word);
/* INFO of a node comes in; after each step: whether strangers are seen for what they are. */
void audit_stranger_heard(struct world *w, const struct sup *s, struct heard *heard,
                          const struct node_info *info);
void audit_stranger_check(struct world *w, const struct sup *s);
/* The start gate of a node is being opened; and what of a node is not as it should be in the end.
 */
void audit_tune_confirm(struct world *w, const struct sup *s, int engine);
const char *audit_tune_unsettled(const struct world *w, const struct engine *e);
void audit_closed(struct world *w, struct sup *s, const struct conn *conn);
void audit_opened(struct world *w, struct sup *s, int engine, uint32_t id);

/* After a step: what came out. */
void audit_output(struct world *w, struct sup *s, const struct output *output);

/* As it leaves. PEER: to whom; TICKET: what an ANSWER answers. */
void audit_message(struct world *w, struct sup *s, const struct message *message, int peer);
void audit_order(struct world *w, struct sup *s, const struct order *order, int engine);
void audit_event(struct world *w, struct sup *s, const struct event *event);
/* A commit has reached the disk. */
void audit_durable(struct world *w, struct sup *s, const struct row *rows, size_t n);

/* The parts, each in a file of its own. */
void audit_show(struct world *w, int kind, int sup, int group, uint64_t epoch, int what);

/* Whether a leader ever ordered this node to be promoted. */
bool audit_was_promoted(const struct world *w, int group, int engine);
enum shown_kind { SHOWN_VOTE, SHOWN_LEADER, SHOWN_PRIMARY, SHOWN_PROMOTED };
void audit_hello(struct world *w, struct sup *s, const struct hello *hello);
void audit_flap_output(struct world *w, struct sup *s, const struct event *event);
void audit_flap_ended(struct world *w, const struct sup *s, int group);
void audit_flap_event(struct world *w, struct sup *s, const struct event *event);
void audit_vote_output(struct world *w, struct sup *s, const struct event *event);
void audit_down_output(struct world *w, struct sup *s, const struct event *event);
/* Whether a primary that this supervisor had, or a replica of it, told this history. */
bool audit_is_remembered(const struct account *account, const char *replid);
void audit_select_heard(struct world *w, struct sup *s, int engine, const struct node_info *info);
void audit_select_output(struct world *w, struct sup *s, const struct event *event);
void audit_disk_message(struct world *w, struct sup *s, const struct message *message, int group);
void audit_disk_order(struct world *w, struct sup *s, const struct order *order, int engine);
void audit_disk_event(struct world *w, struct sup *s, const struct event *event);
void audit_disk_hello(struct world *w, struct sup *s, const struct hello *hello);

struct group;
struct node;
void audit_follow(struct world *w, struct sup *s, const struct group *group,
                  const struct node *node);
void audit_follow_seen(struct world *w, struct sup *s, int engine, const struct node_info *info);
void audit_follow_ended(struct world *w, struct sup *s, int engine);
void audit_order_lost(struct world *w, struct sup *s, const struct order *order);
void audit_follow_leaves(struct world *w, struct sup *s, const struct order *order, int engine);

/* An order to follow leaves; what came of fetching what the node alone has. */
void audit_salvage_follow(struct world *w, struct sup *s, const struct order *order, int engine);
void audit_salvage_event(struct world *w, struct sup *s, const struct event *event);

/* A hold of the group (ENGINE < 0) or of a node is asked for; is answered; ends with what it was
 * about. */
void audit_hold_asked(struct world *w, const struct sup *s, int group, int engine, msec until);
void audit_hold_answered(struct world *w, const struct sup *s, int group, int engine, msec until);
void audit_hold_dropped(struct world *w, const struct sup *s, int group, bool pause);
bool audit_is_maintained(const struct world *w, const struct sup *s, int engine);
void audit_hold_output(struct world *w, struct sup *s, const struct event *event);

/* Offsets are up to now; a primary begins anew with what its disk has; somebody is promoted. */
void audit_acked_note(struct world *w);
void audit_acked_renamed(struct world *w, uint64_t replid, uint64_t parent, uint64_t offset);
void audit_acked_forget(struct world *w, const struct engine *e);
void audit_acked_promote(struct world *w, const struct sup *s, int engine);

/* Somebody is to be forgotten; it is answered; the group is taken away; a node's INFO is delivered;
 * a step is done; an order leaves. */
struct ticket;
void audit_forget_asked(struct world *w, const struct sup *s, int group, int engine,
                        uint64_t ticket);
bool audit_is_there(const struct world *w, const struct sup *s, int engine);
void audit_forget_answered(struct world *w, const struct sup *s, const struct ticket *ticket);
void audit_forget_dropped(struct world *w, const struct sup *s, int group);
void audit_forget_info(struct world *w, const struct sup *s, int engine,
                       const struct info_reply *info);
void audit_forget_check(struct world *w, const struct sup *s);
void audit_forget_order(struct world *w, const struct sup *s, const struct order *order,
                        int engine);

/* How many make a majority of those whom it knows, at most. */
int audit_majority(const struct world *w, const struct sup *s, int group);

/* The tool turns NODE away once more; an order to follow leaves; the fight is told of. */
void audit_fight_turned(struct world *w, int engine);
void audit_fight_follow(struct world *w, struct sup *s, int engine);
void audit_fight_event(struct world *w, struct sup *s, const struct event *event);
const char *audit_fight_unsettled(const struct world *w);

/* A node is got to know; an order of ours has ended; an event; a step is done. */
void audit_blind_opened(struct world *w, const struct sup *s, int engine);
void audit_blind_settled(struct world *w, const struct sup *s, const struct conn *conn,
                         const struct packet *packet);
void audit_blind_output(struct world *w, const struct sup *s, const struct event *event);
void audit_blind_check(struct world *w, const struct sup *s);

/* The process stands still; S's connection to it ends then; it goes on, and acknowledges what
 * clients wrote meanwhile. */
void audit_thaw_frozen(struct world *w, const struct engine *e);
void audit_thaw_cut(struct world *w, const struct sup *s, const struct engine *e);
void audit_thaw_acknowledged(struct world *w, const struct engine *e);

/* An order to promote that node leaves. */
void audit_drain_promote(struct world *w, struct sup *s, int engine);

/* A switchover that no operator asked for. */
void audit_catch_up_output(struct world *w, struct sup *s, const struct event *event);
void audit_catch_up_promote(struct world *w, struct sup *s, int engine);

/* What is not yet as it should be; NULL when everything is. */
const char *audit_unsettled(struct world *w);

/* Within this time after the last fault everything must be as it should be; and within this time
 * after a primary was lost in the calm. */
msec audit_settle_bound(const struct world *w);
msec audit_failover_bound(const struct world *w);

/* Whether every supervisor has a replica of that group to promote. */
bool audit_can_fail_over(struct world *w, int group);

/* What a supervisor's clock says. */
msec audit_clock(const struct world *w, const struct sup *s);

/* The config epoch that a supervisor is in for the group with that primary; 0 = none. */
uint64_t audit_config_epoch(struct world *w, struct sup *s, const struct addr *primary);

#endif
