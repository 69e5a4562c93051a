/*
 * hello: the message by which supervisors find one another and spread a group's
 * address, in Redis Sentinel's format: eight fields joined by commas,
 *
 *   ip,port,runid,current_epoch,group,primary_ip,primary_port,config_epoch
 *
 * published on the channel HELLO_CHANNEL of every data node and sent to every
 * peer by PUBLISH.
 */
#ifndef QUORUM_HELLO_H
#define QUORUM_HELLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/addr.h"

#define HELLO_CHANNEL  "__sentinel__:hello"
#define PEER_RUNID_LEN 40
#define GROUP_NAME_MAX 128  /* bytes of a group's name */
#define HELLO_TEXT_MAX 1024 /* a longer payload is not one of ours */

struct hello {
    struct addr sender; /* empty host = "my address on this link": the sender's link fills it in */
    char runid[PEER_RUNID_LEN + 1];
    uint64_t current_epoch;
    char group[GROUP_NAME_MAX + 1];
    struct addr primary;
    uint64_t config_epoch;
};

/* Parse LEN bytes. False, RET_HELLO untouched, unless every field is there and
 * well formed (epochs unsigned decimal, ports 1..65535, runid 40 printable). */
bool hello_parse(struct hello *ret_hello, const char *text, size_t len);

/* Write the payload; returns its length. */
size_t hello_format(const struct hello *hello, char ret_text[HELLO_TEXT_MAX]);

/* Whether NAME may name a group: 1..GROUP_NAME_MAX bytes, printable, and none of
 * space, comma and quotes, which protocols and files use as separators. */
bool group_name_valid(const char *name, size_t len);

/* Whether TEXT is a supervisor's run id: 40 letters or digits. */
bool peer_runid_valid(const char *text, size_t len);

#endif
