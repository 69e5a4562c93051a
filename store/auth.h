/*
 * Who may talk to the store. There is one user, "default", with the password requirepass or none.
 */
#ifndef STORE_AUTH_H
#define STORE_AUTH_H

#include <stdbool.h>

#include "wire/slice.h"

struct client;
struct store;

#define AUTH_USER "default"

/* Checks a user and password; on success the client is authenticated. False after the error was
 * written. */
bool auth_client(struct store *s, struct client *c, struct slice user, struct slice password);

/* The state of a new connection: authenticated if there is no password. */
void auth_default(struct store *s, struct client *c);

#endif
