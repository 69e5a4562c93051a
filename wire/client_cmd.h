/*
 * client_cmd: commands that concern the connection alone, or its subscriptions; the same in both
 * daemons. Rows of their command tables name them; none looks at app. argv as the request came.
 */
#ifndef WIRE_CLIENT_CMD_H
#define WIRE_CLIENT_CMD_H

#include "wire/command.h"

/* PING, of a subscriber too. */
command_fn client_cmd_ping;

/* CLIENT */
command_fn client_cmd_getname, client_cmd_id, client_cmd_no_evict, client_cmd_reply,
    client_cmd_setinfo, client_cmd_setname;

/* The registry is client->pubsub. */
command_fn client_cmd_subscribe, client_cmd_psubscribe, client_cmd_unsubscribe,
    client_cmd_punsubscribe;

/* PUBSUB */
command_fn client_cmd_channels, client_cmd_numsub, client_cmd_numpat;

#endif
