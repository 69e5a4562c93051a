/* doctor_seen_io: the nodes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sentinel/ctl/doctor_link_io.h"
#include "sentinel/ctl/doctor_seen_io.h"
#include "wire/loop_io.h"

/* Settings that are asked for, one after the other: a node may lack some. */
static const struct {
    const char *name;
    size_t offset;
} numbers[] = {
    { "min-replicas-to-write", offsetof(struct doctor_node, min_replicas) },
    { "repl-backlog-size", offsetof(struct doctor_node, backlog_bytes) },
};

/* Settings of which only counts whether they hold something, or yes. */
static const struct {
    const char *name, *no; /* the value that counts as no; "" always does */
    size_t offset;
} choices[] = {
    { "save", "", offsetof(struct doctor_node, save) },
    { "appendonly", "no", offsetof(struct doctor_node, aof) },
    { "replica-read-only", "no", offsetof(struct doctor_node, read_only) },
    { "requirepass", "", offsetof(struct doctor_node, wants_password) },
    { "masterauth", "", offsetof(struct doctor_node, has_password) },
    { "start-gate", "no", offsetof(struct doctor_node, start_gate) },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static int64_t *at(struct doctor_node *node, size_t offset)
{
    return (int64_t *)(void *)((char *)node + offset);
}

/* Its value into RET; false: it has no such setting, or does not tell. */
static bool ask_setting(struct doctor_link *link, const char *name, char *ret, size_t size)
{
    redisReply *reply = DOCTOR_ASK(link, "CONFIG", "GET", name);
    bool told = reply && reply->type == REDIS_REPLY_ARRAY && reply->elements >= 2;

    if (told)
        snprintf(ret, size, "%s", doctor_text(reply->element[1]));
    freeReplyObject(reply);
    return told;
}

static void look_at_settings(struct doctor_link *link, struct doctor_node *node)
{
    char value[DOCTOR_VALUE_MAX];

    for (size_t i = 0; i < COUNT(numbers); i++)
        *at(node, numbers[i].offset) = ask_setting(link, numbers[i].name, value, sizeof(value))
                                           ? strtoll(value, NULL, 10)
                                           : -1;
    for (size_t i = 0; i < COUNT(choices); i++)
        *at(node, choices[i].offset) =
            ask_setting(link, choices[i].name, value, sizeof(value))
                ? value[0] != '\0' && strcasecmp(value, choices[i].no) != 0
                : -1;
}

/* TIME: how far its clock is ahead of ours. */
static void look_at_clock(struct doctor_link *link, struct doctor_node *node)
{
    int64_t before = loop_wall_ms();
    redisReply *reply = DOCTOR_ASK(link, "TIME");
    int64_t after = loop_wall_ms();

    if (reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2) {
        int64_t theirs = strtoll(doctor_text(reply->element[0]), NULL, 10) * 1000 +
                         strtoll(doctor_text(reply->element[1]), NULL, 10) / 1000;
        node->clock_known = true;
        node->clock_off_ms = theirs - (before + after) / 2;
        node->clock_error_ms = after - before;
    }
    freeReplyObject(reply);
}

static void read_info(struct doctor_node *node, const char *info)
{
    char word[64];

    node->says_primary = strcmp(doctor_word(info, "role", word, sizeof(word)), "master") == 0;
    node->link_up = strcmp(doctor_word(info, "master_link_status", word, sizeof(word)), "up") == 0;
    node->save_failed =
        strcmp(doctor_word(info, "rdb_last_bgsave_status", word, sizeof(word)), "err") == 0;
    node->aof_failed =
        strcmp(doctor_word(info, "aof_last_write_status", word, sizeof(word)), "err") == 0;
    node->loading = doctor_number(info, "loading", 0) == 1;
    node->priority = doctor_number(info, "slave_priority", -1);
    node->replicas = doctor_number(info, "connected_slaves", -1);
    node->offset = doctor_number(info, "master_repl_offset", -1);
    doctor_word(info, "picket_version", node->version, sizeof(node->version));
    node->store = node->version[0] != '\0';
    if (!node->store &&
        doctor_word(info, "valkey_version", node->version, sizeof(node->version))[0] == '\0')
        doctor_word(info, "redis_version", node->version, sizeof(node->version));
}

/* Whether the reply to a request within MULTI, or to ACL DRYRUN, says that the right is missing. */
static bool is_denied(const redisReply *reply, bool dry)
{
    if (dry)
        return reply->type == REDIS_REPLY_STRING;
    return reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "NOPERM", 6) == 0;
}

/* One right, by the words that need it. */
static redisReply *try_right(struct doctor_link *link, const char *as, int right)
{
    const char *words[DOCTOR_RIGHT_WORDS_MAX + 4] = { "ACL", "DRYRUN", as };
    size_t n = as ? 3 : 0;

    for (int i = 0; i < DOCTOR_RIGHT_WORDS_MAX && doctor_rights[right].words[i]; i++)
        words[n++] = doctor_rights[right].words[i];
    words[n] = NULL;
    return doctor_ask(link, words);
}

/* What the user may not. Without AS, each command is queued in a transaction that never is. */
static void look_at_rights(struct doctor_link *link, struct doctor_node *node, const char *as)
{
    redisReply *begun = as ? NULL : DOCTOR_ASK(link, "MULTI");

    if (!as && (!begun || begun->type == REDIS_REPLY_ERROR)) {
        freeReplyObject(begun);
        return;
    }
    freeReplyObject(begun);
    node->rights_known = true;
    for (int i = 0; i < DOCTOR_RIGHT_COUNT && node->rights_known; i++) {
        redisReply *reply = try_right(link, as, i);
        node->rights_known =
            reply && (!as || reply->type != REDIS_REPLY_ERROR || strstr(reply->str, "Command"));
        if (reply && is_denied(reply, as != NULL))
            node->rights_missing |= UINT64_C(1) << i;
        freeReplyObject(reply);
    }
    if (!as)
        freeReplyObject(DOCTOR_ASK(link, "DISCARD"));
}

void doctor_look_at_node(struct doctor_node *node, const struct doctor_login *login)
{
    struct doctor_link link;
    redisReply *info = NULL;

    *node = (struct doctor_node){ .addr = node->addr,
                                  .primary = node->primary,
                                  .down = node->down,
                                  .maintained = node->maintained,
                                  .quarantine = node->quarantine };
    node->priority = node->replicas = node->offset = -1;
    for (size_t i = 0; i < COUNT(numbers); i++)
        *at(node, numbers[i].offset) = -1;
    for (size_t i = 0; i < COUNT(choices); i++)
        *at(node, choices[i].offset) = -1;
    if (doctor_connect(&link, &node->addr, login->user, login->password))
        info = DOCTOR_ASK(&link, "INFO");
    node->lookup_ms = link.lookup_ms;
    node->reached = info && info->type == REDIS_REPLY_STRING;
    if (node->reached) {
        read_info(node, info->str);
        look_at_settings(&link, node);
        look_at_clock(&link, node);
        look_at_rights(&link, node, login->as);
    } else {
        snprintf(node->error, sizeof(node->error), "%s",
                 info && info->type == REDIS_REPLY_ERROR ? info->str : link.error);
    }
    freeReplyObject(info);
    doctor_close(&link);
}

void doctor_look_again(struct doctor_node *node, const struct doctor_login *login, int64_t since_ms)
{
    struct doctor_link link;

    if (!doctor_connect(&link, &node->addr, login->user, login->password))
        return;
    redisReply *info = DOCTOR_ASK(&link, "INFO", "replication");
    int64_t offset = doctor_number(doctor_text(info), "master_repl_offset", -1);
    int64_t ms = loop_now_ms() - since_ms;
    if (node->offset >= 0 && offset >= node->offset && ms > 0)
        node->written_bytes_s = (offset - node->offset) * 1000 / ms;
    freeReplyObject(info);
    doctor_close(&link);
}
